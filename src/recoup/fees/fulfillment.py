"""FBA fulfilment fees per unit, recomputed from sides, weight, price and ship date over whole columns.

Decisions: the fee is rounded to cents per unit, half a cent upwards, surcharge included; where the price is not
known the dearest price band counts; dangerous goods that are apparel pay the dearer of both fees; the overmax
handling fee is part of the fee, and the surcharge is levied on it. What rests on several tables is as certain as
the least certain of them, and their tolerances add up. Marketplaces without a table are shown, not recomputed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from ..model import RecoupError
from ._dated import CONFIDENCE, NONE, Positions, Table, choose, in_force, not_recomputed, per_row
from ._fulfillment_tables import (
    FulfillmentTable,
    addition_tables,
    fulfillment_tables,
    grid,
    overmax_tables,
    surcharge_tables,
)
from .size_tiers import (
    MEASURES,
    NO_MEASURES,
    NO_TIER,
    Flags,
    Numbers,
    Sized,
    assign_tiers,
    one_row,
    size_tables,
    texts_at,
    tier_names,
)

CATEGORIES = {"": "other", "apparel": "apparel", "dangerous goods": "dangerous_goods"}
NO_TABLE = "no fulfilment fee table is known for that day"
_NOISE = 1e-6


def fulfillment_fees(frame: pd.DataFrame, *, marketplace: str = "US") -> pd.DataFrame:
    """What Amazon's tables say is due per unit, one row per row of ``frame`` and on its index.

    ``frame``: longest, median, shortest (inches, any order), weight (lb), price (NaN: not known), ship_date
    (datetime64), apparel, dangerous_goods (bool). Result: size_tier, shipping_weight (lb, before rounding to
    the steps of the table), fee (surcharge and overmax handling included), surcharge, overmax (money), table,
    certainty, tolerance (money per unit) and question: why there is no fee, "" where there is one.
    """
    days = frame["ship_date"]
    sized = assign_tiers(frame, days, marketplace)
    chosen = choose(fulfillment_tables(), days, marketplace)
    handling, handled = _overmax(sized, days, marketplace)
    base = _base_fees(frame, chosen, sized) + handling
    levied = choose(surcharge_tables(), days, marketplace)
    surcharge = round_up_half(base * per_row(levied, [t.share for t in surcharge_tables()], 0.0))
    parts: list[tuple[Positions, Sequence[Table]]] = [
        (sized.table, size_tables()),
        (chosen, fulfillment_tables()),
        (levied, surcharge_tables()),
        (handled, overmax_tables()),
    ]
    certainty = np.max([_ranks(*part) for part in parts], axis=0)
    tolerance = np.sum([per_row(at, [t.tolerance for t in tables], 0.0) for at, tables in parts], axis=0)
    known = np.isfinite(base)
    index = frame.index
    return pd.DataFrame(
        {
            "size_tier": texts_at(sized.tier, tier_names(), index),
            "shipping_weight": sized.weight,
            "fee": round_up_half(base + surcharge),
            "surcharge": surcharge,
            "overmax": handling,
            "table": texts_at(chosen, [t.name for t in fulfillment_tables()], index),
            "certainty": texts_at(np.where(known, certainty, NONE), CONFIDENCE, index),
            "tolerance": np.where(known, tolerance, np.nan),
            "question": _questions(frame, chosen, known, marketplace),
        },
        index=index,
    )


def fulfillment_fee(
    longest: float,
    median: float,
    shortest: float,
    weight: float,
    price: float,
    on: date,
    category: str = "",
    *,
    marketplace: str = "US",
) -> float:
    """The fee of one unit that ships on a day; ``category`` is "", "apparel" or "dangerous goods".

    RecoupError says in one sentence what cannot be, or why there is no fee.
    """
    frame = one_row(longest, median, shortest, weight)
    if isinstance(price, bool) or not isinstance(price, (int, float)) or not 0 <= price < math.inf:
        raise RecoupError(f"price must be a number of 0 or more, not {price!r}")
    goods = CATEGORIES.get(category.strip().casefold().replace("_", " "))
    if goods is None:
        raise RecoupError(f"category must be blank, apparel or dangerous goods, not {category!r}")
    frame = frame.assign(price=float(price), ship_date=pd.Timestamp(on))
    frame = frame.assign(apparel=goods == "apparel", dangerous_goods=goods == "dangerous_goods")
    due = fulfillment_fees(frame, marketplace=marketplace).iloc[0]
    if due["question"]:
        raise RecoupError(f"there is no fee: {due['question']}")
    return float(due["fee"])


def dearer_prices(prices: pd.Series, days: pd.Series, marketplace: str) -> pd.DataFrame:
    """Two prices that may have counted in place of each: where no band is dearer both are the price itself.

    ``near`` is the first price of the next band when it is within the doubt about the price, ``next`` when the
    price may be a sale price of a listing in that band.
    """
    chosen = choose(fulfillment_tables(), days, marketplace)
    given = prices.to_numpy(dtype=np.float64)
    near, following = given.copy(), given.copy()
    for position, table in enumerate(fulfillment_tables()):
        at = np.flatnonzero(chosen == position)
        starts = np.array([*table.price_bands[1:], np.nan])
        price, start = given[at], starts[_bands(table, given[at])]
        near[at] = np.where(start - price <= table.price_doubt + _NOISE, start, price)
        following[at] = np.where(price >= start * table.price_reach - _NOISE, start, near[at])
    return pd.DataFrame({"near": near, "next": following}, index=prices.index)


def not_covered(marketplace: str) -> str:
    """What to say of fees that are only shown: "fees of DE are shown, not recomputed", else ""."""
    return not_recomputed(fulfillment_tables(), marketplace)


def fee_currency(marketplace: str) -> str:
    """The currency of the fees of a marketplace, "" where there is no table."""
    return next((t.currency for t in fulfillment_tables() if marketplace in t.marketplaces), "")


def same_rules(first: pd.Series, second: pd.Series, marketplace: str) -> Flags:
    """Per row: whether the same tables of every kind hold on both days."""
    same = np.ones(len(first), dtype=bool)
    for tables in (size_tables(), fulfillment_tables(), surcharge_tables(), overmax_tables()):
        same &= choose(tables, first, marketplace) == choose(tables, second, marketplace)
    return same


def possible_addition(tier: str, excess: float, on: date, marketplace: str) -> str:
    """What Amazon may rightly have added when a unit's fee is above the recomputed one by ``excess``, else "".

    The text names the addition and asks. The addition may or may not bear the surcharge.
    """
    levied = in_force(surcharge_tables(), on, marketplace)
    share = levied.share if levied else 0.0
    for table in (t for t in addition_tables() if t.covers(on, marketplace)):
        for addition in (a for a in table.additions if not a.tiers or tier in a.tiers):
            for amount in addition.amounts:
                low, high = amount - table.tolerance, amount * (1 + share) + table.tolerance
                if low - _NOISE <= excess <= high + _NOISE:
                    return f"the difference is that of a {addition.name}: {addition.question}"
    return ""


def round_up_half(amounts: Numbers) -> Numbers:
    """Whole cents, half a cent upwards."""
    rounded: Numbers = np.floor(amounts * 100 + 0.5 + _NOISE) / 100
    return rounded


def _base_fees(frame: pd.DataFrame, chosen: Positions, sized: Sized) -> Numbers:
    """The fee of the table, without surcharge and handling; NaN where there is none."""
    fees = np.full(len(frame), np.nan)
    price = frame["price"].to_numpy(dtype=np.float64)
    apparel, dangerous = (frame[name].to_numpy(dtype=bool) for name in ("apparel", "dangerous_goods"))
    goods = {"other": ~(apparel | dangerous), "apparel": apparel, "dangerous_goods": dangerous}
    for position, table in enumerate(fulfillment_tables()):
        held = (chosen == position) & (sized.tier != NONE)
        for name, those in goods.items():
            at = np.flatnonzero(held & those)
            if len(at):
                bands = _bands(table, price[at])
                fees[at] = np.fmax(
                    fees[at], _look_up(position, name, sized.tier[at], sized.weight[at], bands)
                )
    return fees


def _look_up(table: int, goods: str, tiers: Positions, weights: Numbers, bands: Positions) -> Numbers:
    rates = grid(table, goods)
    found = rates.find(tiers, weights - _NOISE)
    row = np.minimum(found, len(rates.tiers) - 1)
    steps = np.ceil(np.maximum((weights - rates.above[row]) / rates.per[row] - _NOISE, 0.0))
    fees = rates.fees[row, bands] + rates.more[row] * steps
    known: Flags = (found < len(rates.tiers)) & (rates.tiers[row] == tiers)
    return np.where(known, fees, np.nan)


def _bands(table: FulfillmentTable, prices: Numbers) -> Positions:
    """Position of each price's band; the last where the price is not known."""
    found = np.searchsorted(np.array(table.price_bands), prices + _NOISE, side="right") - 1
    return np.maximum(found, 0)


def _overmax(sized: Sized, days: pd.Series, marketplace: str) -> tuple[Numbers, Positions]:
    """What is added for overmax units, 0 for others, and the table it is from."""
    handled = choose(overmax_tables(), days, marketplace)
    handled[~sized.overmax] = NONE
    amounts = np.zeros(len(days))
    for position, table in enumerate(overmax_tables()):
        by_tier = np.array([*(table.amounts.get(name, 0.0) for name in tier_names()), 0.0])
        at = np.flatnonzero(handled == position)
        amounts[at] = by_tier[sized.tier[at]]
    return amounts, handled


def _ranks(chosen: Positions, tables: Sequence[Table]) -> Positions:
    """How uncertain each row's table is, as a position in CONFIDENCE."""
    ranks = [CONFIDENCE.index(table.certainty) for table in tables]
    return np.array([*ranks, 0], dtype=np.int64)[chosen]


def _questions(frame: pd.DataFrame, chosen: Positions, known: Flags, marketplace: str) -> pd.Series:
    shown = not_recomputed(fulfillment_tables(), marketplace)
    measured = (frame[list(MEASURES)].to_numpy(dtype=np.float64) > 0).all(axis=1)
    texts = [shown or NO_TABLE, NO_MEASURES, NO_TIER]
    reason = np.where(chosen == NONE, 0, np.where(measured, 2, 1))
    return texts_at(np.where(known, NONE, reason), texts, frame.index)
