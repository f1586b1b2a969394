"""Fees of a few measured products, looked up by hand in Amazon's tables of dated fees (US).

Fulfilment fees are those of `domain.md` 4.3 (15 April 2024 to 14 January 2026) and 4.2 (from 15 January 2026), each
outside and inside peak (15 October to 14 January); from 17 April 2026 with the surcharge of 3.5 % that comes on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .units import Measures, Product

TABLE_2026, SURCHARGE = date(2026, 1, 15), date(2026, 4, 17)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Cents per unit of one size: until 2026, in 2026, and in 2026 with the surcharge; outside and in peak."""

    until_2026: tuple[int, int]
    in_2026: tuple[int, int]
    surcharged: tuple[int, int]

    def on(self, shipped: date) -> int:
        """The fee of a unit that left on that day."""
        peak = (shipped.month, shipped.day) >= (10, 15) or (shipped.month, shipped.day) <= (1, 14)
        if shipped < TABLE_2026:
            return self.until_2026[peak]
        return (self.in_2026 if shipped < SURCHARGE else self.surcharged)[peak]


@dataclass(frozen=True, slots=True)
class Size:
    """A measured size: what the seller measured, and its tariff at that price."""

    measures: Measures
    tariff: Tariff


# Small standard, 4+ to 6 oz: the price bands $10-50, below $10 and above $50.
MAT = Measures((14.0, 10.0, 0.6), 5.0, "Home and Kitchen")
SMALL_6_OZ = Tariff((324, 344), (345, 365), (357, 378))
SMALL_6_OZ_BELOW_10 = Tariff((247, 267), (256, 276), (265, 286))
SMALL_6_OZ_ABOVE_50 = Tariff((324, 344), (371, 391), (384, 405))
SMALL_6_OZ_APPAREL = Tariff((342, 367), (359, 384), (372, 397))
# Large standard, 4+ to 8 oz: what Amazon takes when it believes the mat is an inch high.
LARGE_8_OZ = Tariff((390, 416), (395, 421), (409, 436))
# Large standard, 2.25+ to 2.5 lb (12 x 9 x 3 in, 2.4 lb), and the bulky size of 3 lb it is taken for.
BOX = Measures((12.0, 9.0, 3.0), 38.4, "Home and Kitchen")
LARGE_2_5_LB = Tariff((605, 644), (610, 649), (631, 672))
BULKY_3_LB = Tariff((1037, 1141), (831, 935), (860, 968))
# Small standard to the last inch and ounce: 15 x 12 x 0.75 in, 16 oz.
AT_THE_EDGE = Measures((15.0, 12.0, 0.75), 16.0, "Home and Kitchen")
SMALL_16_OZ = Tariff((365, 387), (396, 418), (410, 433))
# A twentieth of an inch higher: large standard; 15 x 12 x 0.8 in are 1.04 lb by size, so 1+ to 1.25 lb.
PAST_THE_EDGE = Measures((15.0, 12.0, 0.8), 12.0, "Home and Kitchen")
LARGE_1_25_LB = Tariff((499, 529), (504, 534), (522, 553))
# A quarter of a cubic foot (12 x 12 x 3 in), for storage; 2.9 lb, and 3.11 lb by size: 3+ lb, one quarter pound.
CUBE = Measures((12.0, 12.0, 3.0), 46.4, "Home and Kitchen")
LARGE_3_25_LB = Tariff((700, 754), (705, 759), (730, 786))
# Storage per cubic foot and month: January to September, October to December (domain.md 4.4, standard size).
STORAGE_CENTS = (78, 240)


def storage_rate(month: date) -> int:
    """Cents per cubic foot in that month."""
    return STORAGE_CENTS[month.month >= 10]


def changes(first: date, last: date) -> list[date]:
    """The days in that time on which another fee begins: a table, the surcharge, peak and its end."""
    seasons = [date(y, m, 15) for y in range(first.year, last.year + 1) for m in (1, 10)]
    return [day for day in sorted({*seasons, SURCHARGE}) if first + timedelta(days=20) < day <= last]


def measure(product: Product, measures: Measures, category: str = "") -> None:
    """The seller measures a product; from now on only stories sell it, at the fees they say."""
    product.traded = False
    product.measures = Measures(
        measures.sides, measures.ounces, category or measures.category, measures.apparel
    )
