"""What customers do: they buy, are refunded, and send units back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .rows import LedgerRow, MoneyLine, ReturnRow
from .units import Incident, Product, Unit
from .world import World

AMAZONS_FAULT = ("CARRIER_DAMAGED", "WAREHOUSE_DAMAGED", "DAMAGED")


@dataclass(slots=True, eq=False)
class OrderLine:
    """One product of one order; ``incident`` is the refund of it, once there is one."""

    order_id: str
    product: Product
    sku: str
    day: date
    units: list[Unit]
    fulfilment: str
    item_code: str
    tax: int = 0  # cents, of the whole line; Amazon collects and keeps it
    shipping: int = 0
    discount: int = 0
    refunded: list[Unit] = field(default_factory=list)
    incident: Incident | None = None


def sell(
    world: World,
    product: Product,
    day: date,
    units: int = 1,
    *,
    order_id: str = "",
    sku: str = "",
    fulfilment: str = "Amazon",
    reported: bool = True,
    extras: bool = False,
) -> OrderLine:
    """A customer buys and is charged; ``reported`` False keeps the sale out of the money reports."""
    sold = [Unit(product) for _ in range(units)]
    for unit in sold:
        unit.live(day, "sold")
    line = OrderLine(
        order_id or world.order_id(), product, sku or product.sku, day, sold, fulfilment, world.number(14)
    )
    if fulfilment == "Amazon":
        world.note(LedgerRow(day, product, "Shipments", -units, world.centre()))
    if reported:
        world.charge(
            day,
            "Order",
            _sale_lines(world, line, extras),
            order_id=line.order_id,
            sku=line.sku,
            title=product.title,
            quantity=units,
            item_code=line.item_code,
            fulfilment=fulfilment,
        )
    return line


def _sale_lines(world: World, line: OrderLine, extras: bool) -> list[MoneyLine]:
    count, product = len(line.units), line.product
    line.tax = round(product.price * count * world.random.choice((0, 0.0625, 0.07, 0.0825)))
    lines = [MoneyLine("ItemPrice", "Principal", product.price * count, count)]
    lines.extend(_tax_lines(line.tax))
    if extras:
        line.shipping = world.random.choice((399, 599, 799))
        line.discount = round(product.price * count * 0.05)
        lines.append(MoneyLine("ItemPrice", "Shipping", line.shipping))
        lines.append(MoneyLine("ItemFees", "ShippingChargeback", -line.shipping))
        lines.append(MoneyLine("Promotion", "Principal", -line.discount))
    lines.append(MoneyLine("ItemFees", "Commission", -product.commission * count))
    if line.fulfilment == "Amazon":
        lines.append(MoneyLine("ItemFees", "FBAPerUnitFulfillmentFee", -product.fulfilment_fee * count))
    return lines


def _tax_lines(cents: int) -> list[MoneyLine]:
    if not cents:
        return []
    withheld = MoneyLine("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", -cents)
    return [MoneyLine("ItemPrice", "Tax", cents), withheld]


def refund(
    world: World,
    line: OrderLine,
    day: date,
    units: list[Unit] | None = None,
    *,
    kind: str = "Refund",
    owed: bool = True,
    parts: tuple[tuple[date, int], ...] = (),
    deferred: bool = False,
) -> Incident:
    """Amazon refunds units of the line; those that are not back are owed from now on.

    ``owed`` False: not a refund Amazon answers for (a chargeback, a seller-fulfilled order ...).
    ``parts``: the money goes in these parts (day, cents of principal) instead of at once.
    """
    chosen = units if units is not None else [u for u in line.units if u not in line.refunded]
    line.refunded.extend(chosen)
    if line.incident is None:
        line.incident = world.happen(
            "return_not_received",
            line.product,
            day,
            [],
            order_id=line.order_id,
            sku=line.sku,
            unit_cents=line.product.proceeds,
            deferred=deferred,
        )
    line.incident.units.extend(chosen)
    for unit in chosen:
        unit.live(day, "refunded")
        if unit.owed_under is not None:  # it came back damaged before the refund was posted
            unit.clock = day
        elif owed and not unit.went_through("returned"):
            unit.owe(line.incident, day)
    for posted, cents in parts or ((day, line.product.price * len(chosen)),):
        _post_refund(world, line, posted, cents, kind, deferred)
    return line.incident


def refund_part(world: World, line: OrderLine, day: date, cents: int) -> None:
    """The customer gets a part of the price back and keeps the unit: nothing is owed."""
    _post_refund(world, line, day, cents, "Refund", False)
    world.clear("return_not_received", line.product, day, order_id=line.order_id, sku=line.sku)


def _post_refund(world: World, line: OrderLine, day: date, cents: int, kind: str, deferred: bool) -> None:
    share = cents / (line.product.price * len(line.units))
    commission = round(line.product.commission * len(line.units) * share)
    lines = [
        MoneyLine("ItemPrice", "Principal", -cents),
        *_tax_lines(-round(line.tax * share)),
        MoneyLine("ItemFees", "Commission", commission),
        MoneyLine("ItemFees", "RefundCommission", -min(500, commission // 5)),
    ]
    if line.discount:
        lines.append(MoneyLine("ItemPrice", "Shipping", -round(line.shipping * share)))
        lines.append(MoneyLine("ItemFees", "ShippingChargeback", round(line.shipping * share)))
        lines.append(MoneyLine("Promotion", "Principal", round(line.discount * share)))
    world.charge(
        day,
        kind,
        lines,
        order_id=line.order_id,
        sku=line.sku,
        title=line.product.title,
        quantity=max(1, round(cents / line.product.price)),
        item_code=line.item_code,
        adjustment_id=world.number(14),
        fulfilment=line.fulfilment,
        deferred=deferred,
    )


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
) -> Incident | None:
    """Units come back, one row each. Damaged by Amazon and not yet reimbursed, they are owed as that."""
    back = units if units is not None else list(line.units)
    product = product or line.product
    centre = world.centre()
    faulty = disposition in AMAZONS_FAULT
    incident = None
    if faulty:
        incident = world.happen(
            "return_damaged_by_amazon",
            product,
            day,
            back,
            order_id=line.order_id,
            return_date=day,
            sku=sku or line.sku,
            unit_cents=line.product.proceeds,
        )
    for unit in back:
        paid_already = unit.fate == "paid"
        unit.settle(day, "returned")
        if paid_already:
            unit.fate = "paid"
        elif incident is not None and status != "Reimbursed":
            unit.owe(incident, _refund_day(unit) or day)
        _book_return(world, line, day, product, sku or line.sku, disposition, status, reason, centre)
    return incident


def _refund_day(unit: Unit) -> date | None:
    return next((day for day, what in unit.life if what == "refunded"), None)


def _book_return(
    world: World,
    line: OrderLine,
    day: date,
    product: Product,
    sku: str,
    disposition: str,
    status: str,
    reason: str,
    centre: str,
) -> None:
    plate = "LPNRR" + world.number(9)
    world.returns.append(
        ReturnRow(day, line.order_id, sku, product, 1, centre, disposition, reason, status, plate)
    )
    shelf = "WAREHOUSE_DAMAGED" if disposition == "DAMAGED" else disposition
    world.note(LedgerRow(day, product, "CustomerReturns", 1, centre, shelf))
