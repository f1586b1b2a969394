"""Everyday mishaps of the kinds that trade itself does not bring: each seed has others, on products of their own.

Where a report names only the product, what is owed and what is not stand on different products, so that no
disposal order and no receipt could be thought to answer for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from . import fees
from .charging import fulfil, month_before, refer, store
from .concessions import refund_keeping, refund_too_much, send_again
from .inbound import send
from .money import pay
from .removals import count, dispose, order_disposal, order_return, send_parcel
from .returns import come_back
from .trade import refund, sell
from .units import Measures, Product
from .windows import window
from .world import World

USUAL = 10  # days after opening on which waiting ends: kept free


@dataclass(frozen=True, slots=True)
class Cast:
    """The products of the mishaps: shared with stories (``orders``, ``inbound``, ``removed``), or their own."""

    orders: Sequence[Product]
    inbound: Sequence[Product]
    removed: Sequence[Product]
    own: Sequence[Product]


OWN = {"US": 7, "UK": 3, "DE": 3}  # how many products of their own they need


def befall(world: World, cast: Cast) -> None:
    """All mishaps of the market."""
    thrown, asked, unshelved, *measured = cast.own
    _lose_shipments(world, cast.inbound)
    _dispose(world, thrown, asked)
    _replace(world, cast.orders)
    _leave_off_the_shelf(world, unshelved)
    _remove(world, cast.removed)
    _refund_wrongly(world, cast.orders)
    if measured:
        mat, box, gadget, cube = measured
        _charge_wrongly(world, mat, fees.MAT, fees.SMALL_6_OZ, fees.LARGE_8_OZ)
        _charge_wrongly(world, box, fees.BOX, fees.LARGE_2_5_LB, fees.BULKY_3_LB)
        _refer_wrongly(world, gadget)
        _store_wrongly(world, cube)


def _some(world: World, how_many: int, youngest: int, oldest: int) -> list[date]:
    """So many days, between these ages."""
    return [world.ago(world.random.randint(youngest, oldest)) for _ in range(how_many)]


def _lose_shipments(world: World, products: Sequence[Product]) -> None:
    chance = world.random
    for day in _some(world, 14, 15, 320):
        sent = chance.randint(10, 60)
        short = chance.choices((0, 1, 2, 5), (50, 25, 15, 10))[0]
        explained = chance.randint(0, short) if chance.random() < 0.4 else 0
        action = chance.choice(("", "Action required"))
        send(world, chance.choice(products), day, sent, sent - short, action=action, reconciled=explained)


def _dispose(world: World, thrown: Product, asked: Product) -> None:
    for day in _some(world, 5, 12, 120):
        dispose(world, thrown, day, world.random.randint(1, 3))
    for day in _some(world, 4, 12, 200):
        incident = dispose(world, asked, day, world.random.randint(1, 4))
        order_disposal(world, asked, day - timedelta(days=4), incident.units, day)


def _settled_day(world: World, day: date) -> date:
    """The day, or the one before where waiting for it ends today."""
    days = window("replacement_not_returned", world.market.code)
    ends = USUAL + (days.earliest if days else 0)
    return day - timedelta(days=1) if (world.as_of - day).days == ends else day


def _replace(world: World, products: Sequence[Product]) -> None:
    chance = world.random
    for day in (_settled_day(world, d) for d in _some(world, 14, 30, 180)):
        line = sell(world, chance.choice(products), day - timedelta(days=chance.randint(4, 20)))
        again = send_again(world, line, day, reason=chance.choice(("1", "3", "5", "10")))
        roll = chance.random()
        assert line.replaced is not None
        if roll < 0.4:
            come_back(world, line, day + timedelta(days=chance.randint(5, 25)))
        elif roll < 0.55:
            come_back(world, line, day + timedelta(days=chance.randint(5, 25)), order_id=again)
        elif roll < 0.7:
            pay(world, line.replaced.units, day + timedelta(days=chance.randint(10, 28)))


def _leave_off_the_shelf(world: World, product: Product) -> None:
    product.traded = False
    for day in (_settled_day(world, d) for d in _some(world, 5, 60, 200)):
        line = sell(world, product, day - timedelta(days=10))
        refund(world, line, day)
        come_back(world, line, day + timedelta(days=world.random.randint(3, 20)), shelved=False)


def _remove(world: World, products: Sequence[Product]) -> None:
    chance = world.random
    for day in _some(world, 16, 25, 170):
        units = chance.randint(1, 12)
        order = order_return(world, chance.choice(products), day - timedelta(days=8), units)
        parcel = send_parcel(world, order, day, units)
        missing = chance.choices((0, 1, units), (70, 20, 10))[0]
        spoilt = 1 if missing < units and chance.random() < 0.25 else 0
        arrived = day + timedelta(days=chance.randint(5, 20))
        if spoilt:
            count(world, parcel, arrived, spoilt, chance.choice(("Damaged", "Wrong item")))
        count(world, parcel, arrived, units - missing - spoilt)


def _refund_wrongly(world: World, products: Sequence[Product]) -> None:
    chance = world.random
    for day in _some(world, 10, 12, 150):
        price = chance.randint(15, 60) * 100
        line = sell(
            world,
            chance.choice(products),
            day - timedelta(days=12),
            price=price,
            commission=round(price * 0.15),
        )
        if world.market.code != "US" or chance.random() < 0.5:
            refund_too_much(world, line, day, chance.choice(("Tax", "Shipping")), chance.randint(30, 900))
        else:
            refund_keeping(world, line, day, commission=chance.choice((0, round(price * 0.05))))
        come_back(world, line, day + timedelta(days=chance.randint(2, 9)))


def _charge_wrongly(
    world: World, product: Product, size: Measures, due: fees.Tariff, wrong: fees.Tariff
) -> None:
    """Orders of a week ago and older: the money of younger ones is still held back."""
    fees.measure(product, size)
    chance = world.random
    for day in _some(world, 20, 7, 130):
        charged = wrong if chance.random() < 0.4 else None
        units = chance.choices((1, 2), (8, 2))[0]
        fulfil(world, product, day, due, charged=charged, units=units, price=chance.randint(14, 38) * 100)


def _refer_wrongly(world: World, product: Product) -> None:
    fees.measure(product, fees.MAT, "Consumer Electronics")
    for day in _some(world, 14, 7, 130):
        price = world.random.randint(15, 45) * 100
        rate = world.random.choice((8, 8, 8, 15))
        refer(world, product, day, price * 8 // 100, price * rate // 100, fees.SMALL_6_OZ, price=price)


def _store_wrongly(world: World, product: Product) -> None:
    fees.measure(product, fees.CUBE)
    for back in (2, 3, 4, 5):
        volume = world.random.choice((250, 250, 400, 750))
        store(world, product, month_before(world.as_of, back), volume, due=250)
