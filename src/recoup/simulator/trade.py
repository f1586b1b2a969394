"""What customers do: they buy, and are refunded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .rows import LedgerRow, MoneyLine, SaleRow
from .units import Incident, Product, Unit
from .world import World

ADMIN_FEE_MOST = 500  # cents; Amazon keeps a fifth of the commission on a refund, at most this much


@dataclass(slots=True, eq=False)
class OrderLine:
    """One product of one order; ``incident`` is the refund of it, once there is one. Money in cents, of the line.

    ``replaced`` is what Amazon sent again for it.
    """

    order_id: str
    product: Product
    sku: str
    day: date
    units: list[Unit]
    fulfilment: str
    item_code: str
    price: int  # of one unit
    commission: int
    fee: int
    tax: int = 0
    shipping: int = 0
    wrap: int = 0
    discount: int = 0
    refunded: list[Unit] = field(default_factory=list)
    paid_back: int = 0  # principal refunded so far
    incident: Incident | None = None
    replaced: Incident | None = None

    @property
    def principal(self) -> int:
        """What the customer paid for the units, without tax and shipping."""
        return self.price * len(self.units)


@dataclass(frozen=True, slots=True)
class Terms:
    """How the money of a refund goes where it does not go as usual; cents. None: as usual."""

    commission: int | None = None
    admin_fee: int | None = None
    more: tuple[MoneyLine, ...] = ()


AS_USUAL = Terms()


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
    price: int | None = None,
    commission: int | None = None,
    fee: int | None = None,
    shipping: int = 0,
    wrap: int = 0,
    shipped: date | None = None,
) -> OrderLine:
    """A customer buys and is charged; ``reported`` False keeps the sale out of the money reports.

    ``price`` and ``fee`` (fulfilment) are of one unit, ``commission`` of the line; ``shipped`` is the day it left,
    where that is not the day it was charged.
    """
    sold = [Unit(product) for _ in range(units)]
    for unit in sold:
        unit.live(shipped or day, "sold")
    each = product.price if price is None else price
    line = OrderLine(
        order_id or world.order_id(),
        product,
        sku or product.sku,
        day,
        sold,
        fulfilment,
        world.number(14),
        each,
        product.commission * units if commission is None else commission,
        (product.fulfilment_fee if fee is None else fee) * units,
    )
    _price(world, line, extras)
    line.shipping, line.wrap = line.shipping or shipping, wrap
    if fulfilment == "Amazon":
        _ship(world, line, shipped or day)
    if reported:
        charged = _sale_lines(world, line)
        _post(world, line, day, "Order", charged, units)
    return line


def _price(world: World, line: OrderLine, extras: bool) -> None:
    line.tax = round(line.principal * world.random.choice(world.market.taxes))
    if extras:
        line.shipping = world.random.choice((399, 599, 799))
        line.discount = round(line.principal * 0.05)


def _ship(world: World, line: OrderLine, day: date) -> None:
    centre = world.centre()
    world.note(LedgerRow(day, line.product, "Shipments", -len(line.units), centre))
    world.sales.append(
        SaleRow(
            min(line.day, day),
            day,
            line.order_id,
            line.item_code,
            line.product,
            line.sku,
            len(line.units),
            line.principal,
            line.tax,
            line.shipping,
            line.discount,
            centre,
        )
    )


def _sale_lines(world: World, line: OrderLine) -> list[MoneyLine]:
    lines = [MoneyLine("ItemPrice", "Principal", line.principal, len(line.units))]
    lines.extend(_tax_lines(world, line.tax))
    if line.shipping:
        lines.append(MoneyLine("ItemPrice", "Shipping", line.shipping))
        lines.append(MoneyLine("ItemFees", "ShippingChargeback", -line.shipping))
    if line.wrap:
        lines.append(MoneyLine("ItemPrice", "GiftWrap", line.wrap))
        lines.append(MoneyLine("ItemFees", "GiftwrapChargeback", -line.wrap))
    if line.discount:
        lines.append(MoneyLine("Promotion", "Principal", -line.discount))
    lines.append(MoneyLine("ItemFees", "Commission", -line.commission))
    if line.fulfilment == "Amazon":
        lines.append(MoneyLine("ItemFees", "FBAPerUnitFulfillmentFee", -line.fee))
    return lines


def _tax_lines(world: World, cents: int) -> list[MoneyLine]:
    if not cents:
        return []
    lines = [MoneyLine("ItemPrice", "Tax", cents)]
    if world.market.withheld:
        lines.append(MoneyLine("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", -cents))
    return lines


def _post(
    world: World,
    line: OrderLine,
    day: date,
    kind: str,
    lines: list[MoneyLine],
    quantity: int,
    *,
    adjustment_id: str = "",
    deferred: bool = False,
) -> None:
    world.charge(
        day,
        kind,
        lines,
        order_id=line.order_id,
        sku=line.sku,
        title=line.product.title,
        quantity=quantity,
        item_code=line.item_code,
        fulfilment=line.fulfilment,
        adjustment_id=adjustment_id,
        deferred=deferred,
    )


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
    terms: Terms = AS_USUAL,
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
        if unit.owed_under is line.replaced and line.replaced is not None:
            unit.owe(line.incident, day)  # replaced and refunded: owed once, as the refund
        elif unit.owed_under is not None:  # it came back damaged before the refund was posted
            unit.clock = day
        elif owed and not unit.went_through("returned"):
            unit.owe(line.incident, day)
    for posted, cents in parts or ((day, line.price * len(chosen)),):
        _post_refund(world, line, posted, cents, kind, deferred, terms)
    return line.incident


def admin_fee(commission: int) -> int:
    """What Amazon keeps of a commission it gives back."""
    return min(ADMIN_FEE_MOST, round(commission / 5))


def refund_part(world: World, line: OrderLine, day: date, cents: int) -> None:
    """The customer gets a part of the price back and keeps the unit: nothing is owed."""
    _post_refund(world, line, day, cents, "Refund", False, AS_USUAL)
    world.clear("return_not_received", line.product, day, order_id=line.order_id, sku=line.sku)
    world.clear("refund_commission_kept", line.product, day, order_id=line.order_id, sku=line.sku)


def _post_refund(
    world: World, line: OrderLine, day: date, cents: int, kind: str, deferred: bool, terms: Terms
) -> None:
    """Price, tax, shipping and commission go back in proportion, to the cent over all refunds of the line."""
    before, line.paid_back = line.paid_back, line.paid_back + cents

    def share(of: int) -> int:
        return round(of * line.paid_back / line.principal) - round(of * before / line.principal)

    usual = share(line.commission)
    commission = usual if terms.commission is None else terms.commission
    fee = admin_fee(usual) if terms.admin_fee is None else terms.admin_fee
    lines = [MoneyLine("ItemPrice", "Principal", -cents), *_tax_lines(world, -share(line.tax))]
    if commission:
        lines.append(MoneyLine("ItemFees", "Commission", commission))
    if fee:
        lines.append(MoneyLine("ItemFees", "RefundCommission", -fee))
    if line.shipping:
        lines.append(MoneyLine("ItemPrice", "Shipping", -share(line.shipping)))
        lines.append(MoneyLine("ItemFees", "ShippingChargeback", share(line.shipping)))
    if line.discount:
        lines.append(MoneyLine("Promotion", "Principal", share(line.discount)))
    units = max(1, round(cents / line.price))
    number = world.number(14)
    _post(world, line, day, kind, [*lines, *terms.more], units, adjustment_id=number, deferred=deferred)
