"""Units that leave the warehouses for good: removal and disposal orders, their parcels, and what arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .rows import LedgerRow, ParcelRow, ReceiptRow, RemovalRow
from .units import Incident, Product, Unit
from .warehouse import adjust
from .world import World

CARRIERS = ("UPS", "FEDEX", "USPS")
WRONG = ("Damaged", "Wrong item")


@dataclass(slots=True, eq=False)
class Parcel:
    """Units of one product in one parcel of a removal order."""

    order_id: str
    tracking: str
    day: date
    product: Product
    units: list[Unit]
    incident: Incident


def dispose(
    world: World, product: Product, day: date, units: int = 1, disposition: str = "SELLABLE"
) -> Incident:
    """Amazon throws sellable units away; they are owed unless somebody asked for it (`order_disposal`)."""
    thrown = [Unit(product) for _ in range(units)]
    row = adjust(world, product, day, "D", -units, disposition)
    row.units = thrown
    incident = world.happen(
        "disposed_without_request",
        product,
        day,
        thrown,
        reference=row.reference,
        unit_cents=product.value,
        country=row.country,
    )
    for unit in thrown:
        unit.live(day, "disposed of")
        unit.owe(incident, day)
    return incident


def order_disposal(
    world: World, product: Product, day: date, units: list[Unit], done: date, cancelled: int = 0
) -> RemovalRow:
    """The seller asks for units to be disposed of: for these nothing is owed. ``cancelled`` more are not touched."""
    row = _order(world, product, day, "Disposal", len(units) + cancelled, done)
    row.disposed, row.cancelled = len(units), cancelled
    row.status = "Completed" if units else "Cancelled"
    for unit in units:
        unit.settle(done, "disposed of as ordered")
    return row


def order_return(world: World, product: Product, day: date, units: int, waiting: int = 0) -> RemovalRow:
    """The seller asks for units to be sent to him; ``waiting`` of them are still being picked."""
    row = _order(world, product, day, "Return", units, day + timedelta(days=4))
    row.shipped, row.in_process = units - waiting, waiting
    row.status = "Processing" if waiting else "Completed"
    return row


def _order(world: World, product: Product, day: date, kind: str, units: int, done: date) -> RemovalRow:
    number = world.code("", 10)
    row = RemovalRow(day, number, kind, "Completed", done, product, "Sellable", units)
    world.removals.append(row)
    return row


def send_parcel(world: World, order: RemovalRow, day: date, units: int, *, tracking: str = "") -> Parcel:
    """A parcel leaves; until the seller counts them (`count`), nobody knows whether its units arrived."""
    product = order.product
    sent = [Unit(product) for _ in range(units)]
    tracking = tracking or "1Z" + world.code("", 16)
    carrier = world.random.choice(CARRIERS)
    world.note(LedgerRow(day, product, "VendorReturns", -units, world.centre()))
    world.parcels.append(
        ParcelRow(order.day, order.order_id, day, product, order.disposition, units, carrier, tracking)
    )
    incident = world.happen(
        "removal_lost",
        product,
        day,
        sent,
        reference=tracking,
        removal=order.order_id,
        unit_cents=product.value,
    )
    for unit in sent:
        unit.live(day, "sent back")
        unit.owe(incident, day)
        unit.doubt = "what arrived of the parcel?"
    return Parcel(order.order_id, tracking, day, product, sent, incident)


def count(
    world: World,
    parcel: Parcel,
    day: date,
    arrived: int,
    condition: str = "OK",
    *,
    named: bool = True,
    settles: bool = True,
) -> Incident | None:
    """The seller counts a parcel: so many units came in that condition. Returns what is owed for bad ones.

    ``named`` False: the record names the order only. ``settles`` False: too early to say that the rest is lost.
    """
    here = parcel.incident.open_units[:arrived]
    world.receipts.append(
        ReceiptRow(
            parcel.order_id, parcel.tracking if named else "", parcel.product, len(here), day, condition
        )
    )
    for unit in here:
        unit.settle(day, "arrived")
    if here and named:
        _moved(world, parcel.tracking, day)
    if settles:
        for unit in parcel.units:
            unit.doubt = ""
    if condition not in WRONG:
        return None
    incident = world.happen(
        "removal_damaged",
        parcel.product,
        day,
        here,
        removal=parcel.order_id,
        unit_cents=parcel.product.value,
    )
    for unit in here:
        unit.owe(incident, day)
    return incident


def _moved(world: World, tracking: str, day: date) -> None:
    """Something of the parcel arrived that day: its last known movement, for all that it holds."""
    for incident in world.incidents:
        if incident.kind == "removal_lost" and incident.reference == tracking:
            incident.last_clock = max(incident.last_clock or day, day)
