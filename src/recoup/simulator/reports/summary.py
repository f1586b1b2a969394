"""Ledger Summary: per product, disposition and month what stood there, what moved, and what stood in the end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from ..charging import month_before, month_of
from ..rows import LedgerRow
from ..world import World
from .text import Row, Sheet, period

MOVES = (
    "Receipts", "Customer Shipments", "Customer Returns", "Vendor Returns", "Warehouse Transfer In/Out",
    "Found", "Lost", "Damaged", "Disposed", "Other Events",
)  # fmt: skip
SUMMARY = (
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Disposition", "Starting Warehouse Balance",
    "In Transit Between Warehouses", *MOVES, "Ending Warehouse Balance", "Unknown Events", "Location", "Store",
)  # fmt: skip
MONTHS = 3  # whole months before the day of the export
_EVENTS = {
    "Receipts": "Receipts",
    "Shipments": "Customer Shipments",
    "CustomerReturns": "Customer Returns",
    "VendorReturns": "Vendor Returns",
    "WhseTransfers": "Warehouse Transfer In/Out",
}
_CODES = {
    "F": "Found",
    "N": "Found",
    "M": "Lost",
    "5": "Lost",
    "D": "Disposed",
    "G": "Disposed",
} | dict.fromkeys("E67HKU", "Damaged")


@dataclass(slots=True)
class Shelf:
    """The rows of one product, disposition and country."""

    names: tuple[str, str, str, str]
    disposition: str
    country: str
    rows: list[LedgerRow] = field(default_factory=list)


def summary(world: World) -> Sheet:
    """By country and month, the last whole months; each month ends with what the next begins with."""
    first, end = month_before(world.as_of, MONTHS), month_of(world.as_of)
    months = [month_before(world.as_of, back) for back in range(MONTHS, 0, -1)]
    rows: list[Row] = [SUMMARY]
    for shelf in _shelves(world):
        stock = _opening(world, shelf) + sum(r.quantity for r in shelf.rows if r.day < first)
        for month in months:
            rows.append(_month(shelf, month, stock))
            stock += sum(r.quantity for r in shelf.rows if month_of(r.day) == month)
    last = date.fromordinal(end.toordinal() - 1)
    return Sheet("summary", f"ledger-summary_{period(first, last)}.csv", rows)


def _shelves(world: World) -> list[Shelf]:
    shelves: dict[tuple[str, str, str], Shelf] = {}
    for row in world.ledger:
        product = row.product
        fnsku, sku = product.fnsku, product.sku
        if row.under_asin:
            fnsku, sku = product.asin, f"Amazon.Found.{product.asin}"
        key = (fnsku, row.disposition, row.country)
        if key not in shelves:
            shelves[key] = Shelf((fnsku, product.asin, sku, product.title), row.disposition, row.country)
        shelves[key].rows.append(row)
    return [shelves[key] for key in sorted(shelves)]


def _opening(world: World, shelf: Shelf) -> int:
    """What stood there on the first day: as invented, or at least so much that nothing falls below zero."""
    by_day: dict[date, int] = defaultdict(int)
    for row in shelf.rows:
        by_day[row.day] += row.quantity
    stock = least = 0
    for day in sorted(by_day):
        stock += by_day[day]
        least = min(least, stock)
    invented = world.opening.get(shelf.names[0], 0) if shelf.disposition == "SELLABLE" else 0
    return max(invented, -least)


def _month(shelf: Shelf, month: date, stock: int) -> Row:
    moved = dict.fromkeys(MOVES, 0)
    for row in shelf.rows:
        if month_of(row.day) == month:
            what = _EVENTS.get(row.event_type) or _CODES.get(row.reason, "Other Events")
            moved[what] += row.quantity
    fnsku, asin, sku, title = shelf.names
    return (
        f"{month:%m/%Y}",
        fnsku,
        asin,
        sku,
        title,
        shelf.disposition,
        str(stock),
        "0",
        *(str(units) for units in moved.values()),
        str(stock + sum(moved.values())),
        "0",
        shelf.country,
        "",
    )
