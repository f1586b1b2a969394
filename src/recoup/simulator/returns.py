"""Units that customers send back: whole, spoilt or damaged by Amazon, put back on the shelf or not."""

from __future__ import annotations

from datetime import date

from .rows import LedgerRow, ReturnRow
from .trade import OrderLine
from .units import Incident, Product, Unit
from .world import World

AMAZONS_FAULT = ("CARRIER_DAMAGED", "WAREHOUSE_DAMAGED", "DAMAGED")


def come_back(
    world: World,
    line: OrderLine,
    day: date,
    units: list[Unit] | None = None,
    *,
    disposition: str = "SELLABLE",
    status: str = "Unit returned to inventory",
    reason: str = "UNWANTED_ITEM",
    sku: str = "",
    product: Product | None = None,
    shelved: bool = True,
    order_id: str = "",
) -> Incident | None:
    """Units come back, one row each. Damaged by Amazon and not yet reimbursed, they are owed as that.

    ``shelved`` False: nobody puts the units back into stock; sellable ones are owed until somebody does
    (`put_back`). ``order_id`` where the return names another order than the line's.
    """
    back = units if units is not None else list(line.units)
    product, sku = product or line.product, sku or line.sku
    centre, wrong = world.centre(), _wrong(disposition, shelved)
    details = {"order_id": line.order_id, "return_date": day, "sku": sku, "unit_cents": line.product.proceeds}
    incident = world.happen(wrong, product, day, back, **details) if wrong else None
    for unit in back:
        _arrive(unit, day, incident if status != "Reimbursed" else None)
        plate = "LPNRR" + world.number(9)
        names = (order_id or line.order_id, sku, product, 1, centre, disposition, reason, status, plate)
        world.returns.append(ReturnRow(day, *names))
        if shelved:
            shelf = "WAREHOUSE_DAMAGED" if disposition == "DAMAGED" else disposition
            world.note(LedgerRow(day, product, "CustomerReturns", 1, centre, shelf))
    return incident


def _wrong(disposition: str, shelved: bool) -> str:
    """What Amazon did wrong with a unit that came back like that, "" if nothing."""
    if disposition in AMAZONS_FAULT:
        return "return_damaged_by_amazon"
    return "return_not_restocked" if disposition == "SELLABLE" and not shelved else ""


def _arrive(unit: Unit, day: date, incident: Incident | None) -> None:
    """The unit is back; owed under the incident if it has not been paid for before."""
    paid_already = unit.fate == "paid"
    unit.settle(day, "returned")
    if paid_already:
        unit.fate = "paid"
    elif incident is not None:
        unit.owe(incident, _refund_day(unit) or day)


def _refund_day(unit: Unit) -> date | None:
    return next((day for day, what in unit.life if what == "refunded"), None)


def put_back(
    world: World, incident: Incident, day: date, units: int = 1, product: Product | None = None
) -> None:
    """Amazon books returned units into stock after all, under ``product`` where that is another listing."""
    for unit in incident.open_units[:units]:
        unit.settle(day, "put back")
    world.note(LedgerRow(day, product or incident.product, "CustomerReturns", units, world.centre()))
