"""The seller's world while it is simulated: the calendar, the identifiers, and everything that has happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal

from .rows import LedgerRow, MoneyLine, PaymentLine, ReturnRow, Transaction
from .units import Incident, Innocent, Kind, Product, Unit

CENTRES = ("ABE8", "BNA2", "CLT2", "DFW7", "FTW1", "GYR3", "IND9", "LAS2", "MDW2", "ONT8", "PHX7", "TEB9")


@dataclass
class World:
    """All units, incidents and report rows of one seller; ``random`` is the only source of chance."""

    as_of: date
    first_day: date
    random: Random
    products: list[Product] = field(default_factory=list)
    story: str = ""
    incidents: list[Incident] = field(default_factory=list)
    innocents: list[Innocent] = field(default_factory=list)
    ledger: list[LedgerRow] = field(default_factory=list)
    payments: list[PaymentLine] = field(default_factory=list)
    returns: list[ReturnRow] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
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
        return self.random.choice([name for name in CENTRES if name != other_than])

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
        return f"{self.random.choice((111, 112, 113, 114))}-{self.number(7)}-{self.number(7)}"

    def moment(self, day: date) -> datetime:
        """A time of that day (UTC) at which it is the same day on the Pacific coast."""
        return datetime.combine(
            day, time(self.random.randint(8, 15), self.random.randint(0, 59))
        ) + timedelta(seconds=self.random.randint(0, 59))

    def note(self, row: LedgerRow) -> LedgerRow:
        """Amazon books a ledger row."""
        self.ledger.append(row)
        return row

    def charge(self, day: date, kind: str, lines: list[MoneyLine], **details: object) -> Transaction:
        """Money moves on the seller's account."""
        transaction = Transaction(self.moment(day), kind, lines, **details)  # type: ignore[arg-type]
        self.transactions.append(transaction)
        return transaction

    def happen(
        self, kind: Kind, product: Product, day: date, units: list[Unit], **details: object
    ) -> Incident:
        """Something happens for which Amazon may owe these units."""
        details.setdefault("sku", product.sku)
        incident = Incident(kind, product, day, self.story, units, **details)  # type: ignore[arg-type]
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
        question: bool = False,
    ) -> None:
        """Say of a discrepancy that nothing is owed for it."""
        shown: Literal["", "Needs input"] = "Needs input" if question else ""
        self.innocents.append(
            Innocent(self.story, kind, product.fnsku, sku or product.sku, order_id, reference, day, shown)
        )
