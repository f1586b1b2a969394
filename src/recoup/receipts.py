"""Parcels of removed units on their way to the seller, and what the seller wrote down of their arrival.

Decisions: tracking numbers and order ids are compared without case and blanks, and shown as Removal Shipments
writes them. Orders of another type than Return send nothing to the seller. A receipt belongs to the parcel it
names; without a tracking number to its order. One that fits neither is astray: it answers for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from .catalogue import Catalogue
from .events import Product
from .frames import Row, records, source
from .model import Problem, SourceRow
from .policy import Policy

TO_THE_SELLER = "Return"
_CELLS = ["removal_order_id", "tracking_number", "sku", "fnsku", "received_on", "units_received", "condition"]


@dataclass(frozen=True, slots=True)
class Shipped:
    """Units of one product in one parcel, as one row of Removal Shipments says. ``tracking`` may be blank."""

    order_id: str
    tracking: str
    product: Product
    units: int
    day: date
    disposition: str
    row: SourceRow


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units that arrived, 0 included. ``astray``: no parcel in the reports is the one it names."""

    order_id: str
    tracking: str
    product: Product
    units: int
    day: date | None
    condition: str
    row: SourceRow
    astray: bool = False

    @property
    def named(self) -> str:
        """Where it stands and what it says it is of."""
        return f"row {self.row.row} of {self.row.where} ({self.tracking or self.order_id})"


@dataclass(slots=True)
class Removals:
    """All rows of parcels to the seller, and all receipts, by order and by tracking number."""

    shipped: list[Shipped] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    _lines: dict[tuple[str, str], list[Shipped]] = field(default_factory=lambda: defaultdict(list))
    _receipts: dict[tuple[str, str], list[Receipt]] = field(default_factory=lambda: defaultdict(list))

    def add_shipped(self, line: Shipped) -> None:
        """Take in one row of a parcel."""
        self.shipped.append(line)
        for name in _places(line.order_id, line.tracking):
            self._lines[name].append(line)

    def add_receipt(self, receipt: Receipt) -> None:
        """Take in one receipt."""
        self.receipts.append(receipt)
        for name in _places(receipt.order_id, receipt.tracking):
            self._receipts[name].append(receipt)

    def lines_of(self, order_id: str, tracking: str) -> list[Shipped]:
        """Rows of the parcel, where a tracking number is given; else all rows of the order."""
        if not tracking:
            return self._lines.get(("order", plain(order_id)), []) if order_id else []
        lines = self._lines.get(("parcel", plain(tracking)), [])
        return [x for x in lines if not order_id or plain(x.order_id) == plain(order_id)]

    def of_parcel(self, line: Shipped) -> list[Receipt]:
        """Receipts that name the tracking number of this row."""
        found = self._receipts.get(("parcel", plain(line.tracking)), []) if line.tracking else []
        return [
            r for r in found if not r.astray and (not r.order_id or plain(r.order_id) == plain(line.order_id))
        ]

    def of_order(self, line: Shipped) -> list[Receipt]:
        """Receipts of its order that name no tracking number."""
        found = self._receipts.get(("order", plain(line.order_id)), [])
        return [r for r in found if not r.astray and not r.tracking]

    def astray(self, line: Shipped) -> list[Receipt]:
        """Receipts that name its order or its parcel, but not both rightly."""
        names = _places(line.order_id, line.tracking)
        return [r for name in names for r in self._receipts.get(name, []) if r.astray]


def plain(name: str) -> str:
    """An id without case and blanks, for comparing only."""
    return "".join(name.split()).casefold()


def _places(order_id: str, tracking: str) -> list[tuple[str, str]]:
    named = (("order", plain(order_id)), ("parcel", plain(tracking)))
    return [(what, name) for what, name in named if name]


def read_removals(
    shipments: pd.DataFrame, orders: pd.DataFrame, receipts: pd.DataFrame, catalogue: Catalogue
) -> Removals:
    """Tie the frames removal_shipments, removal_orders (for the type only) and removal_receipts together."""
    removals = Removals()
    types = {plain(i): t for i, t in orders[["order_id", "order_type"]].itertuples(index=False, name=None)}
    written: dict[str, str] = {}
    rows = shipments[shipments["quantity"].gt(0) & shipments["shipment_date"].notna()]
    for row in records(rows.sort_values(["tracking_number", "_where", "_row"], kind="stable")):
        kind = row["order_type"] or types.get(plain(row["order_id"]), "")
        if kind in ("", TO_THE_SELLER):
            tracking = written.setdefault(plain(row["tracking_number"]), row["tracking_number"])
            removals.add_shipped(_shipped(row, tracking, catalogue))
    for row in records(receipts.sort_values([*_CELLS, "_where", "_row"], kind="stable")):
        removals.add_receipt(_tied(_receipt(row, catalogue), removals))
    return removals


def _shipped(row: Row, tracking: str, catalogue: Catalogue) -> Shipped:
    return Shipped(
        order_id=row["order_id"],
        tracking=tracking,
        product=catalogue.complete(Product(row["sku"], row["fnsku"])),
        units=round(row["quantity"]),
        day=row["shipment_date"].date(),
        disposition=row["disposition"],
        row=source(row),
    )


def _receipt(row: Row, catalogue: Catalogue) -> Receipt:
    day = row["received_on"]
    return Receipt(
        order_id=row["removal_order_id"],
        tracking=row["tracking_number"],
        product=catalogue.complete(Product(row["sku"], row["fnsku"])),
        units=0 if pd.isna(row["units_received"]) else round(row["units_received"]),
        day=None if pd.isna(day) else day.date(),
        condition=row["condition"],
        row=source(row),
    )


def _tied(receipt: Receipt, removals: Removals) -> Receipt:
    """The receipt with ids and product as Removal Shipments writes them, where only one can be meant."""
    lines = removals.lines_of(receipt.order_id, receipt.tracking)
    if not lines:
        return _replace(receipt, receipt.order_id, receipt.tracking, receipt.product, astray=True)
    orders = {x.order_id for x in lines}
    order_id = orders.pop() if len(orders) == 1 else receipt.order_id
    tracking = lines[0].tracking if receipt.tracking else ""
    return _replace(receipt, order_id, tracking, _product(receipt.product, lines), astray=False)


def _product(product: Product, lines: Iterable[Shipped]) -> Product:
    """The product of the parcel that the receipt names; the only one there is where it names none."""
    there = list(dict.fromkeys(x.product for x in lines))
    meant = there if product.blank else [p for p in there if p.matches(product)]
    return meant[0] if len(meant) == 1 else product


def _replace(receipt: Receipt, order_id: str, tracking: str, product: Product, *, astray: bool) -> Receipt:
    r = receipt
    return Receipt(order_id, tracking, product, r.units, r.day, r.condition, r.row, astray)


def first_damages(ledger: pd.DataFrame, returns: pd.DataFrame, policy: Policy) -> dict[str, date]:
    """FNSKU -> the first day on which Amazon damaged a unit of it, by inventory_ledger and customer_returns.

    A unit that leaves as unsellable from that day on may be one that was claimed or paid as damaged already.
    """
    codes = policy.codes("ledger.damaged") | policy.codes("ledger.damaged_unsellable")
    damaged = ledger[ledger["reason"].isin(codes) & ledger["quantity"].lt(0)]
    faulty = returns[returns["disposition"].isin(policy.codes("returns.amazon_fault"))]
    days = pd.concat(
        [damaged[["fnsku", "date"]], faulty[["fnsku", "return_date"]].rename(columns={"return_date": "date"})]
    ).dropna()
    return {str(fnsku): day.date() for fnsku, day in days.groupby("fnsku")["date"].min().items()}


def astray_problems(removals: Removals) -> list[Problem]:
    """One line per sheet or file for receipts that no parcel of Removal Shipments answers to."""
    by_place: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in removals.receipts:
        if receipt.astray:
            by_place[receipt.row.where].append(receipt)
    return [
        Problem(
            "warning",
            where,
            f"{len(found)} receipts name a removal order or tracking number that Removal Shipments does not hold: "
            f"{', '.join(sorted({r.tracking or r.order_id for r in found}))}",
            "Correct the number, or paste Removal Shipments for the days of that order.",
            column="Tracking number",
            rows=len(found),
            first_cells=", ".join(f"row {r.row.row}" for r in sorted(found, key=lambda r: r.row.row)),
        )
        for where, found in sorted(by_place.items())
    ]
