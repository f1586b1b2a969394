"""The products a simulated seller lists."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .market import US, Market
from .units import Product

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_THINGS = (
    "Silicone Baking Mat", "Camping Lantern", "Bamboo Cutting Board", "Yoga Strap", "Dog Leash",
    "Desk Organizer", "Stainless Water Bottle", "Garden Trowel", "Travel Pillow", "Kitchen Timer",
    "Phone Tripod", "Cotton Tote Bag", "Measuring Cups", "Reading Lamp", "Resistance Bands",
)  # fmt: skip
_LOOKS = ("Black", "Blue", "Green", "Large", "Small", "2-Pack", '12" Wide', "Crème")


def stock_catalogue(count: int, random: Random, first_day: date, market: Market = US) -> list[Product]:
    """So many products; half have a cost of the seller approved before the first day, some only an estimate."""
    return [_product(number, random, first_day, market) for number in range(1, count + 1)]


def _product(number: int, random: Random, first_day: date, market: Market) -> Product:
    thing, look = _THINGS[number % len(_THINGS)], _LOOKS[(number // 3) % len(_LOOKS)]
    price = random.randint(12, 60) * 100 - random.choice((1, 5, 51))
    cost = round(price * random.uniform(0.2, 0.4))
    approved_by = random.choice(("SELLER", "SELLER", "AMAZON", ""))
    initials = "".join(word[0] for word in thing.split())
    return Product(
        sku=f"{initials}-{number:04d}-{_LETTERS[random.randrange(24)]}{random.randint(1, 9)}",
        fnsku="X00" + "".join(random.choices(_LETTERS, k=6)) + _LETTERS[number % 32],
        asin="B0" + "".join(random.choices(_LETTERS, k=7)) + _LETTERS[number % 32],
        title=f"{thing}, {look}",
        price=price,
        commission=round(price * 0.15),
        fulfilment_fee=random.choice((322, 345, 386, 431, 488, 561)),
        approved=cost if approved_by else None,
        approved_by=approved_by,
        approved_on=first_day - timedelta(days=random.randint(5, 90)),
        estimate=round(cost * random.uniform(0.7, 0.95)),
        currency=market.currency,
        cap=market.cap,
    )
