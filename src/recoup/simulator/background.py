"""Everyday business around the stories: sales, transfers, refunds, losses that are mostly made good, fees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .money import pay, replace
from .returns import come_back
from .rows import LedgerRow, MoneyLine
from .trade import OrderLine, refund, sell
from .units import Product
from .warehouse import adjust, damage, find, lose, move, receive, regrade
from .windows import window
from .world import World

_USUAL = 10  # days after opening on which waiting ends: kept free, so no status hangs on an hour


def trade_every_day(world: World, products: Sequence[Product], orders: int, paid_for: frozenset[str]) -> None:
    """So many orders over the year, refunds among them; only SKUs in ``paid_for`` are paid by order."""
    chance = world.random
    weights = [0.0 if p.price > 500_00 or not p.traded else 1 / (3 + rank) for rank, p in enumerate(products)]
    days = (world.last_day - world.first_day).days
    for product in chance.choices(products, weights, k=orders):
        day = world.first_day + timedelta(days=chance.randint(0, days))
        units = chance.choices((1, 2, 3), (90, 8, 2))[0]
        roll = chance.random()
        if roll < 0.02:
            sell(world, product, day, units, fulfilment="Seller")
            continue
        line = sell(world, product, day, units, extras=roll > 0.93)
        if 0.02 <= roll < 0.08:
            _change_of_mind(world, line, product.sku in paid_for)


def defer_latest_orders(world: World) -> None:
    """Amazon holds the money of the last days back: in the transactions, deferred."""
    for transaction in world.transactions:
        if transaction.kind == "Order" and transaction.moment.date() >= world.ago(5):
            transaction.deferred = True


def _day_in_reach(world: World, day: date, avoid: int) -> date | None:
    """The day, moved off the one age at which a claim stops waiting; None when it has not come yet."""
    if (world.as_of - day).days == avoid:
        day -= timedelta(days=1)
    return day if day <= world.last_day else None


def _waiting_ends(world: World) -> int:
    """The age of a refund at which Amazon's own payment is no longer waited for."""
    days = window("return_not_received", world.market.code)
    return _USUAL + (days.earliest if days else 0)


def _change_of_mind(world: World, line: OrderLine, may_be_paid: bool) -> None:
    """A customer is refunded; usually the unit comes back.

    On products that are not paid by order it always does, so that no stray payment of theirs could be
    thought to answer for a refund.
    """
    chance = world.random
    day = _day_in_reach(world, line.day + timedelta(days=chance.randint(6, 25)), _waiting_ends(world))
    if day is None:
        return
    back = day + timedelta(days=chance.randint(-4, 40))
    if back > world.last_day and not may_be_paid:
        return
    refund(world, line, day)
    roll = chance.random()
    if roll < 0.75 or not may_be_paid:
        _comes_back(world, line, back, may_be_paid)
    elif roll < 0.9:
        _paid_for_order(world, line, day + timedelta(days=chance.randint(61, 69)))
    elif roll < 0.95:
        _comes_back(world, line, day + timedelta(days=chance.randint(62, 90)), False)


def _comes_back(world: World, line: OrderLine, day: date, may_be_paid: bool) -> None:
    chance = world.random
    if not line.day < day <= world.last_day:
        return
    disposition = chance.choices(
        ("SELLABLE", "CUSTOMER_DAMAGED", "DEFECTIVE", "CARRIER_DAMAGED"),
        (62, 20, 13, 8 if may_be_paid else 0),
    )[0]
    paid_on = day + timedelta(days=chance.randint(2, 9))
    pays = disposition == "CARRIER_DAMAGED" and chance.random() < 0.75 and paid_on <= world.last_day
    reason = chance.choice(("UNWANTED_ITEM", "NO_REASON_GIVEN", "ORDERED_WRONG_ITEM", "NOT_AS_DESCRIBED"))
    incident = come_back(world, line, day, disposition=disposition, reason=reason)
    if pays and incident is not None:
        pay(world, incident.units, paid_on)
        if chance.random() < 0.8:
            for row in world.returns[-len(incident.units) :]:
                row.status = "Reimbursed"


def _paid_for_order(world: World, line: OrderLine, day: date) -> None:
    if day <= world.last_day and line.incident is not None:
        pay(world, line.incident.open_units, day)


def lose_and_make_good(world: World, products: Sequence[Product], each: int) -> None:
    """Losses and damages of these products; Amazon finds, replaces or pays most of them."""
    days = (world.last_day - world.first_day).days
    for product in products:
        for _ in range(each):
            day = world.first_day + timedelta(days=world.random.randint(5, days))
            settled = _day_in_reach(world, day, _USUAL)
            if settled is None:
                continue
            if world.random.random() < 0.3:
                _damaged(world, product, settled)
            else:
                _lost(world, product, settled)


def _lost(world: World, product: Product, day: date) -> None:
    chance = world.random
    incident = lose(
        world,
        product,
        day,
        chance.choices((1, 2, 4), (80, 15, 5))[0],
        code=chance.choices("M5", (9, 1))[0],
        reconciled="exact",
    )
    later = day + timedelta(days=chance.randint(2, 8))
    if later > world.last_day:
        return
    roll = chance.random()
    if roll < 0.5:
        pay(world, incident.units, later)
    elif roll < 0.8:
        find(world, product, later, incident.units, reconciled="exact")
    elif roll < 0.9:
        replace(world, incident.units, later, later, reconciled="exact")


def _damaged(world: World, product: Product, day: date) -> None:
    incident = damage(world, product, day, reconciled="exact")
    later = day + timedelta(days=world.random.randint(3, 9))
    if later <= world.last_day and world.random.random() < 0.85:
        pay(world, incident.units, later)


def keep_moving(world: World, products: Sequence[Product], moves: int) -> None:
    """Transfers between centres, regrading and disposal of unsellable stock."""
    days = (world.last_day - world.first_day).days
    for number in range(moves):
        product = world.random.choice(products)
        day = world.first_day + timedelta(days=world.random.randint(0, days))
        move(world, product, day, world.random.randint(1, 8))
        if number % 40 == 0:
            regrade(world, product, day, 1, "CUSTOMER_DAMAGED", "DEFECTIVE")
        if number % 55 == 0:
            adjust(world, product, day, "D", -1, "DEFECTIVE")


def replenish(world: World) -> None:
    """Shipments arrive whenever sellable stock runs low, so that no shelf is ever below zero."""
    rows: dict[str, list[LedgerRow]] = {}
    for row in world.ledger:
        if row.disposition == "SELLABLE":
            rows.setdefault(row.product.fnsku, []).append(row)
    for product in world.products:
        stock = world.random.randint(60, 140)
        world.opening[product.fnsku] = stock
        for row in sorted(rows.get(product.fnsku, ()), key=lambda r: (r.day, -r.quantity)):
            if stock + row.quantity < 12:
                stock += _arrive(world, product, row.day, world.random.randint(3, 8))
            stock += row.quantity


def _arrive(world: World, product: Product, needed: date, boxes: int) -> int:
    shipment = world.code("FBA", 9)
    sizes = [world.random.randint(12, 20) for _ in range(boxes)]
    day = max(world.first_day, needed - timedelta(days=1))
    for size in sizes:
        receive(world, product, day, size, world.centre(), shipment)
    return sum(sizes)


def charge_the_account(world: World) -> None:
    """Subscription, storage and advertising: money that has nothing to do with units."""
    day = world.first_day
    while day <= world.last_day:
        if day.day == 2:
            world.charge(day, "ServiceFee", [MoneyLine("other-transaction", "Subscription Fee", -3999)])
        if day.day == 8:
            fee = -world.random.randint(90_00, 320_00)
            world.charge(day, "FBA Inventory Fee", [MoneyLine("other-transaction", "Storage Fee", fee)])
        if day.weekday() == 3:
            spent = -world.random.randint(40_00, 400_00)
            line = MoneyLine("Cost of Advertising", "TransactionTotalAmount", spent)
            world.charge(day, "ServiceFee", [line])
        day += timedelta(days=1)
