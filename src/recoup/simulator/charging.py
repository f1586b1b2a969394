"""What Amazon charges for its services: fulfilment, referral and storage fees, right and wrong ones."""

from __future__ import annotations

from datetime import date

from .fees import Tariff, storage_rate
from .money import pay
from .rows import MoneyLine, StorageRow
from .trade import OrderLine, sell
from .units import Charge, Incident, Product
from .world import World

HOME_AND_KITCHEN = 0.15  # referral fee of the category of the measured products, of price (domain.md 4.5)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_before(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def fulfil(
    world: World,
    product: Product,
    day: date,
    due: Tariff,
    *,
    charged: Tariff | None = None,
    more: int = 0,
    units: int = 1,
    price: int | None = None,
    shipped: date | None = None,
) -> Incident:
    """An order whose fulfilment fee is due by one tariff and charged by another, or by so many cents ``more``."""
    left = shipped or day
    right = due.on(left)
    taken = (charged or due).on(left) + more
    each = product.price if price is None else price
    commission = round(each * units * HOME_AND_KITCHEN)
    sell(world, product, day, units, fee=taken, price=each, commission=commission, shipped=shipped)
    incident = _incident(world, "fulfillment_fee_overcharged", product, day)
    if taken - right > 1:
        incident.charges.append(Charge(day, taken * units, right * units, units))
    return incident


def _incident(world: World, kind: str, product: Product, day: date) -> Incident:
    """The incident of that product and month; charges of one month are one."""
    month = month_of(day)
    for incident in reversed(world.incidents):
        if incident.kind == kind and incident.product is product and month_of(incident.day) == month:
            return incident
    return world.happen(kind, product, day, [])


def refer(
    world: World,
    product: Product,
    day: date,
    due: int,
    taken: int,
    tariff: Tariff,
    *,
    price: int | None = None,
    units: int = 1,
    shipping: int = 0,
    wrap: int = 0,
) -> Incident:
    """An order on which so many cents of commission are due and so many taken; its fulfilment fee is right."""
    line: OrderLine = sell(
        world,
        product,
        day,
        units,
        price=price,
        commission=taken,
        fee=tariff.on(day),
        shipping=shipping,
        wrap=wrap,
    )
    incident = world.happen("referral_fee_overcharged", product, day, [], order_id=line.order_id)
    if taken - due > 1:
        incident.charges.append(Charge(day, taken, due, units))
    return incident


def store(
    world: World, product: Product, month: date, volume: int, *, due: int | None = None, average: int = 2000
) -> Incident | None:
    """A month of storage at a volume per unit (thousandths of a cubic foot), of which ``due`` would be right.

    Owed is the fee's share of the excess volume. Nothing is looked at where ``due`` is None.
    """
    rate = storage_rate(month)
    fee = round(average * volume * rate / 100_000)
    world.storage.append(StorageRow(month, product, world.centre(), volume, average, rate, fee))
    if due is None:
        return None
    incident = _incident(world, "storage_fee_overcharged", product, month)
    incident.last_clock = charged_on(month).replace(day=15)
    if volume > due:
        incident.charges.append(Charge(charged_on(month), fee, round(average * due * rate / 100_000)))
    return incident


def charged_on(month: date) -> date:
    """The first day on which Amazon may charge the storage of that month, the 7th of the next.

    It does so between the 7th and the 15th and does not say when: the window opens with the last of these days.
    """
    return month_before(month, -1).replace(day=7)


def correct_fee(world: World, incident: Incident, day: date, cents: int, order_id: str = "") -> None:
    """Amazon pays an overcharged fee back as a reimbursement."""
    pay(
        world,
        [],
        day,
        product=incident.product,
        reason="Fee_Correction",
        cents=cents,
        cash=1,
        order_id=order_id,
        sku=incident.sku if order_id else "",
    )
    give_back(incident, cents)


def adjust_fee(world: World, incident: Incident, day: date, line: MoneyLine, order_id: str) -> None:
    """Amazon books a fee of an order back on the account."""
    world.charge(day, "Fee Adjustment", [line], order_id=order_id, sku=incident.sku, title="Fee Adjustment")
    give_back(incident, line.cents)


def give_back(incident: Incident, cents: int) -> None:
    """Money given back closes the oldest charges first."""
    for charge in incident.open_charges:
        given = min(cents, charge.owed)
        charge.back += given
        cents -= given
