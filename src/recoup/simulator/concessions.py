"""What Amazon grants customers besides plain refunds: a second unit, too much money, a kept commission."""

from __future__ import annotations

from datetime import date

from .charging import give_back
from .rows import LedgerRow, MoneyLine, ReplacementRow, SaleRow
from .trade import OrderLine, Terms, refund
from .trade import admin_fee as usual_fee
from .units import Charge, Incident, Unit
from .world import World


def send_again(world: World, line: OrderLine, day: date, units: int = 1, reason: str = "3") -> str:
    """Amazon sends units a second time; as many must come back. Returns the replacement's order id.

    The first replacement calls for the units the customer has; any further one for what was sent before.
    """
    number, centre = world.order_id(), world.centre()
    if line.replaced is None:
        line.replaced = world.happen(
            "replacement_not_returned",
            line.product,
            day,
            [],
            order_id=line.order_id,
            sku=line.sku,
            unit_cents=line.product.proceeds,
        )
    free = [u for u in line.units if not u.went_through("replaced")]
    called = free[:units] or [Unit(line.product) for _ in range(units)]
    line.replaced.units.extend(called)
    for unit in called:
        unit.live(day, "replaced")
        if unit.owed_under is None and not unit.went_through("returned", "refunded"):
            unit.owe(line.replaced, day)
        elif not unit.fate and unit.owed_under is None:
            unit.fate = "refunded"
    _ship_again(world, line, day, units, number, centre, reason)
    return number


def _ship_again(
    world: World, line: OrderLine, day: date, units: int, number: str, centre: str, reason: str
) -> None:
    product = line.product
    world.note(LedgerRow(day, product, "Shipments", -units, centre))
    world.replacements.append(
        ReplacementRow(day, product, line.sku, units, centre, world.centre(), reason, number, line.order_id)
    )
    code = world.number(14)
    world.sales.append(SaleRow(day, day, number, code, product, line.sku, units, 0, 0, 0, 0, centre))


def refund_too_much(
    world: World, line: OrderLine, day: date, kind: str, cents: int, doubt: str = ""
) -> Incident:
    """A refund with so many cents more than the customer paid, booked as ``kind`` (Tax, Shipping ...)."""
    refund(world, line, day, terms=Terms(more=(MoneyLine("ItemPrice", kind, -cents),)))
    incident = _owed(world, "refund_exceeds_charge", line, day)
    incident.charges.append(Charge(day, cents, 0, len(line.units), doubt=doubt))
    return incident


def refund_twice(world: World, line: OrderLine, day: date) -> Incident:
    """A line that was refunded is refunded in full once more; tax that Amazon withheld is its own money."""
    refund(world, line, day, [], parts=((day, line.principal),))
    incident = _owed(world, "refund_exceeds_charge", line, day)
    tax = 0 if world.market.withheld else line.tax
    incident.charges.append(Charge(day, line.principal + tax + line.shipping, 0, len(line.units)))
    return incident


def refund_keeping(
    world: World, line: OrderLine, day: date, *, commission: int | None = None, admin_fee: int | None = None
) -> Incident:
    """A refund of the whole line on which Amazon credits that commission and keeps that administration fee."""
    refund(world, line, day, terms=Terms(commission, admin_fee))
    due_fee = usual_fee(line.commission)
    kept = line.commission - (line.commission if commission is None else commission)
    fee = due_fee if admin_fee is None else admin_fee
    incident = _owed(world, "refund_commission_kept", line, day)
    if kept + max(fee - due_fee, 0) > len(line.units):
        incident.charges.append(Charge(day, kept + fee, due_fee, len(line.units)))
    return incident


def make_good(
    world: World, incident: Incident, day: date, kind: str, line: MoneyLine, item_code: str = ""
) -> None:
    """Amazon books money of the order back: a retrocharge, an adjustment."""
    world.charge(
        day, kind, [line], order_id=incident.order_id, sku=incident.sku, item_code=item_code, quantity=None
    )
    give_back(incident, line.cents)


def _owed(world: World, kind: str, line: OrderLine, day: date) -> Incident:
    return world.happen(kind, line.product, day, [], order_id=line.order_id, sku=line.sku)
