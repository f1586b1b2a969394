"""The shapes of the fulfilment fee tables, and their rates as sorted arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from pydantic import Field, field_validator, model_validator

from ._dated import Positions, Strict, Table, load_tables
from .size_tiers import Numbers, tier_names

GOODS = ("other", "apparel", "dangerous_goods")
_OUNCES = 16
_FAR = 1e6  # more pounds than any unit weighs; keeps the tiers apart in one sorted list


class Rate(Strict):
    """The fee of one tier up to a weight, per price band, and what each started step above a weight adds."""

    tier: str
    up_to: float | None
    fees: list[float] = Field(min_length=1)
    more: float = 0.0
    per: float = 1.0
    above: float = math.inf

    @field_validator("up_to", "per", "above", mode="before")
    @classmethod
    def _pounds(cls, text: object) -> object:
        """The pounds of "4 oz" or "3 lb"; a number without a unit is refused."""
        if text is None:
            return None
        number, _, unit = str(text).partition(" ")
        if unit not in ("oz", "lb"):
            raise ValueError(f"{text!r} is no weight in oz or lb")
        return float(number) / (_OUNCES if unit == "oz" else 1)


class Rates(Strict):
    """The rates of every kind of goods."""

    other: list[Rate]
    apparel: list[Rate]
    dangerous_goods: list[Rate]


class FulfillmentTable(Table):
    """The fees of one time. ``price_bands`` are the first prices of the bands, in the order of the ``fees``.

    ``price_doubt`` is money, ``price_reach`` a part of the first price of the next band; see `dearer_prices`.
    """

    currency: str = Field(pattern="^[A-Z]{3}$")
    price_bands: list[float] = Field(min_length=1)
    price_doubt: float = Field(ge=0)
    price_reach: float = Field(gt=0, le=1)
    rates: Rates

    @model_validator(mode="after")
    def _every_band_has_its_fee(self) -> FulfillmentTable:
        if self.price_bands != sorted(self.price_bands):
            raise ValueError("the price bands are not in order")
        for goods in GOODS:
            for rate in getattr(self.rates, goods):
                if len(rate.fees) != len(self.price_bands):
                    raise ValueError(f"{goods}, {rate.tier}: one fee for each price band is asked for")
                if rate.tier not in tier_names():
                    raise ValueError(f"{goods}: {rate.tier!r} is no size tier")
        return self


class SurchargeTable(Table):
    """A share of the fee that is added to it."""

    share: float = Field(ge=0)


class OvermaxTable(Table):
    """What is added for an overmax unit, by tier."""

    amounts: dict[str, float]


class Addition(Strict):
    """Amounts per unit that may be added to the fee of a tier (of every tier where none is named)."""

    name: str
    question: str
    tiers: list[str]
    amounts: list[float] = Field(min_length=1)


class AdditionTable(Table):
    """What may be added and the measures do not tell; ``tolerance`` is how near to it a charge must be."""

    additions: list[Addition]


@dataclass(frozen=True, slots=True)
class Grid:
    """The rates of one table and kind of goods, sorted by tier and weight."""

    tiers: Positions
    ends: Numbers  # the most each rate weighs, its tier's share of the sorted list added
    fees: Numbers  # rate x price band
    more: Numbers
    per: Numbers
    above: Numbers

    def find(self, tiers: Positions, weights: Numbers) -> Positions:
        """The rate of each row; one past the last, or one of another tier, where there is none."""
        found: Positions = np.searchsorted(self.ends, tiers * _FAR + weights)
        return found


def fulfillment_tables() -> tuple[FulfillmentTable, ...]:
    """Every fulfilment fee table."""
    return load_tables("fulfillment", FulfillmentTable)


def surcharge_tables() -> tuple[SurchargeTable, ...]:
    """Every surcharge on fulfilment fees."""
    return load_tables("fulfillment_surcharge", SurchargeTable)


def overmax_tables() -> tuple[OvermaxTable, ...]:
    """Every table of overmax handling fees."""
    return load_tables("fulfillment_overmax", OvermaxTable)


def addition_tables() -> tuple[AdditionTable, ...]:
    """Every table of what may be added to a fulfilment fee."""
    return load_tables("fulfillment_additions", AdditionTable)


@cache
def grid(table: int, goods: str) -> Grid:
    """The rates of the table at a position of `fulfillment_tables`."""
    names = tier_names()
    ends = [
        (names.index(rate.tier), _FAR / 2 if rate.up_to is None else rate.up_to, rate)
        for rate in getattr(fulfillment_tables()[table].rates, goods)
    ]
    ends.sort(key=lambda e: e[:2])
    return Grid(
        np.array([tier for tier, _, _ in ends]),
        np.array([tier * _FAR + end for tier, end, _ in ends]),
        np.array([rate.fees for _, _, rate in ends]),
        np.array([rate.more for _, _, rate in ends]),
        np.array([rate.per for _, _, rate in ends]),
        np.array([rate.above for _, _, rate in ends]),
    )
