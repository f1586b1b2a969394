"""Size tiers and shipping weight by date, over whole columns: sides and weight in, tier and charged weight out.

Decision: an extra-large unit of at most 150 lb whose dimensional weight is more has no tier, for Amazon does not
say which of the two counts. Sides and weights within a millionth of a limit are on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from ..model import RecoupError
from ._dated import NONE, Positions, Strict, Table, choose, in_force, load_tables

MEASURES = ("longest", "median", "shortest", "weight")
NO_MEASURES = "a side or the weight is missing"
NO_TIER = "its weight fits no size tier of that day"
_NOISE = 1e-6
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Tier(Strict):
    """One tier: the limits a unit must keep, inches and pounds; what is left out does not limit."""

    tier: str
    weighs: Literal["unit", "greater"]
    weight: float = math.inf
    over: float = 0.0
    sides: list[float] = Field(default=[math.inf] * 3, min_length=3, max_length=3)
    length_and_girth: float = math.inf
    least_side: float = 0.0


class Overmax(Strict):
    """An extra-large unit beyond one of these is handled at a fee of its own."""

    longest: float
    length_and_girth: float


class SizeTable(Table):
    """The tiers of one time, in the order in which they are tried."""

    divisor: float = Field(gt=0)
    overmax: Overmax | None
    tiers: list[Tier] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Sized:
    """Per row: position in `tier_names` or NONE, charged weight in lb (NaN without tier), overmax, table."""

    tier: Positions
    weight: Numbers
    overmax: Flags
    table: Positions


def size_tables() -> tuple[SizeTable, ...]:
    """Every table of size tiers."""
    return load_tables("size_tiers", SizeTable)


def tier_names() -> tuple[str, ...]:
    """Every tier there ever was; a position in it stands for the tier."""
    return tuple(dict.fromkeys(t.tier for table in size_tables() for t in table.tiers))


def assign_tiers(measures: pd.DataFrame, days: pd.Series, marketplace: str) -> Sized:
    """The tier of each row of MEASURES (inches, lb; sides in any order) on its day, the day the unit ships."""
    numbers = measures[list(MEASURES)].to_numpy(dtype=np.float64)
    chosen = choose(size_tables(), days, marketplace)
    chosen[~(numbers > 0).all(axis=1)] = NONE
    sides, weight = -np.sort(-numbers[:, :3], axis=1), numbers[:, 3]
    rows = len(numbers)
    sized = Sized(np.full(rows, NONE), np.full(rows, np.nan), np.zeros(rows, dtype=bool), chosen)
    for position, table in enumerate(size_tables()):
        at = np.flatnonzero(chosen == position)
        if len(at):
            _fit(table, sides[at], weight[at], at, sized)
    return sized


def _fit(table: SizeTable, sides: Numbers, weight: Numbers, at: Positions, sized: Sized) -> None:
    """Write tier, weight and overmax of the rows ``at``, all of which ``table`` rules."""
    names = tier_names()
    longest, median, shortest = sides.T
    girth = longest + 2 * (median + shortest)
    waiting = np.ones(len(at), dtype=bool)
    for rule in table.tiers:
        charged = weight
        if rule.weighs == "greater":
            volume = longest * np.maximum(median, rule.least_side) * np.maximum(shortest, rule.least_side)
            charged = np.maximum(weight, volume / table.divisor)
        fits = waiting & (charged <= rule.weight + _NOISE) & (charged > rule.over + _NOISE)
        fits &= (sides <= np.array(rule.sides) + _NOISE).all(axis=1)
        fits &= girth <= rule.length_and_girth + _NOISE
        sized.tier[at[fits]] = names.index(rule.tier)
        sized.weight[at[fits]] = charged[fits]
        if table.overmax and not np.isfinite(rule.sides).any() and np.isfinite(rule.weight):
            too_long = longest > table.overmax.longest + _NOISE
            too_large = girth > table.overmax.length_and_girth + _NOISE
            sized.overmax[at[fits & (too_long | too_large)]] = True
        waiting &= ~fits


def texts_at(positions: Positions, texts: Sequence[str], index: pd.Index | None = None) -> pd.Series:
    """The text at each position, "" at NONE."""
    return pd.Series(pd.array([*texts, ""], dtype="str").take(positions), index=index)


@lru_cache(maxsize=1 << 12)  # many products, few sizes
def size_tier(
    longest: float, median: float, shortest: float, weight: float, on: date, *, marketplace: str = "US"
) -> str:
    """The size tier of one unit that ships on a day, ", overmax" added; RecoupError for what cannot be."""
    frame = one_row(longest, median, shortest, weight)
    if in_force(size_tables(), on, marketplace) is None:
        raise RecoupError(f"no size tiers of {marketplace} are known for {on:%Y-%m-%d}")
    sized = assign_tiers(frame, pd.Series([pd.Timestamp(on)]), marketplace)
    if sized.tier[0] == NONE:
        raise RecoupError(NO_TIER)
    name = tier_names()[int(sized.tier[0])]
    return f"{name}, overmax" if sized.overmax[0] else name


def one_row(longest: float, median: float, shortest: float, weight: float) -> pd.DataFrame:
    """The measures of one unit as a frame; RecoupError names what is no number above 0."""
    given = dict(zip(MEASURES, (longest, median, shortest, weight), strict=True))
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
            unit = "lb" if name == "weight" else "inches"
            raise RecoupError(f"{name} must be a number of {unit} above 0, not {value!r}")
    return pd.DataFrame({name: [float(value)] for name, value in given.items()})
