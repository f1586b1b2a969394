"""The seller's world while it is simulated: the calendar, the identifiers, and everything that has happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal, cast

from .market import US, Market
from .rows import (
    Document,
    LedgerRow,
    MoneyLine,
    ParcelRow,
    PaymentLine,
    ReceiptRow,
    RemovalRow,
    ReplacementRow,
    ReturnRow,
    SaleRow,
    ShipmentRow,
    StorageRow,
    Transaction,
)
from .units import Incident, Innocent, Kind, Product, Unit


@dataclass
class World:
    """All units, incidents and report rows of one seller; ``random`` is the only source of chance."""

    as_of: date
    first_day: date
    random: Random
    market: Market = US
    mess: frozenset[str] = frozenset()
    products: list[Product] = field(default_factory=list)
    story: str = ""
    incidents: list[Incident] = field(default_factory=list)
    innocents: list[Innocent] = field(default_factory=list)
    ledger: list[LedgerRow] = field(default_factory=list)
    payments: list[PaymentLine] = field(default_factory=list)
    returns: list[ReturnRow] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    sales: list[SaleRow] = field(default_factory=list)
    replacements: list[ReplacementRow] = field(default_factory=list)
    shipments: list[ShipmentRow] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    removals: list[RemovalRow] = field(default_factory=list)
    parcels: list[ParcelRow] = field(default_factory=list)
    receipts: list[ReceiptRow] = field(default_factory=list)
    storage: list[StorageRow] = field(default_factory=list)
    opening: dict[str, int] = field(default_factory=dict)  # sellable units of each FNSKU on the first day
    _reference: int = 20_140_000_000_000
    _used: set[str] = field(default_factory=set)

    @property
    def last_day(self) -> date:
        """The last day the exports cover: the day before ``as_of``."""
        return self.as_of - timedelta(days=1)

    def ago(self, days: int) -> date:
        """The day so many days before ``as_of``."""
        return self.as_of - timedelta(days=days)

    def centre(self, other_than: str = "") -> str:
        """Some fulfilment centre."""
        return self.random.choice([name for name in self.market.centres if name != other_than])

    def reference(self) -> str:
        """A new transaction item id; two that are asked for together are near each other."""
        self._reference += self.random.randint(1, 40)
        return str(self._reference)

    def number(self, digits: int) -> str:
        """A new identifier of that many digits, never given twice."""
        while True:
            text = str(self.random.randint(10 ** (digits - 1), 10**digits - 1))
            if text not in self._used:
                self._used.add(text)
                return text

    def order_id(self) -> str:
        """A new Amazon order id."""
        first = (111, 112, 113, 114) if self.market.code == "US" else (302, 303, 304, 305)
        return f"{self.random.choice(first)}-{self.number(7)}-{self.number(7)}"

    def code(self, prefix: str, length: int) -> str:
        """A new identifier of letters and digits behind a prefix, such as that of a shipment."""
        while True:
            text = prefix + "".join(self.random.choices("0123456789BCDFGHJKLMNPQRSTVWXYZ", k=length))
            if text not in self._used:
                self._used.add(text)
                return text

    def moment(self, day: date) -> datetime:
        """A time of that day (UTC) at which it is the same day on the Pacific coast."""
        return datetime.combine(
            day, time(self.random.randint(8, 15), self.random.randint(0, 59))
        ) + timedelta(seconds=self.random.randint(0, 59))

    def note(self, row: LedgerRow) -> LedgerRow:
        """Amazon books a ledger row, in the country its centre stands in."""
        row.country = row.country or self.market.country_of(row.centre)
        self.ledger.append(row)
        return row

    def charge(self, day: date, kind: str, lines: list[MoneyLine], **details: object) -> Transaction:
        """Money moves on the seller's account."""
        transaction = Transaction(self.moment(day), kind, lines, **details)  # type: ignore[arg-type]
        self.transactions.append(transaction)
        return transaction

    def happen(
        self, kind: str, product: Product, day: date, units: list[Unit], **details: object
    ) -> Incident:
        """Something happens for which Amazon may owe these units."""
        details.setdefault("sku", product.sku)
        incident = Incident(cast(Kind, kind), product, day, self.story, units, **details)  # type: ignore[arg-type]
        self.incidents.append(incident)
        return incident

    def clear(
        self,
        kind: Kind,
        product: Product,
        day: date,
        *,
        reference: str = "",
        order_id: str = "",
        sku: str = "",
        shipment: str = "",
        removal: str = "",
        question: bool = False,
    ) -> None:
        """Say of a discrepancy that nothing is owed for it."""
        shown: Literal["", "Needs input"] = "Needs input" if question else ""
        names = (product.fnsku, sku or product.sku, order_id, reference, day, shipment, removal, shown)
        self.innocents.append(Innocent(self.story, kind, *names))
