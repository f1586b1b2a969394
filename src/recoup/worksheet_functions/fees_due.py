"""Answers of the fee tables, over all distinct units at once: the fulfilment fee and the size tier."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pandas as pd

from recoup.fees._dated import NONE
from recoup.fees.fulfillment import CATEGORIES, fulfillment_fees
from recoup.fees.size_tiers import MEASURES, NO_TIER, assign_tiers, tier_names
from recoup.model import Cell, RecoupError
from recoup.worksheet_functions.grids import Asked
from recoup.worksheet_functions.rules import Circumstances
from recoup.worksheet_functions.typed import day_of, name_of, number_of, shown

_WHERE = "US"  # the only tables there are
Unit: TypeAlias = "dict[str, object]"


def size_tiers(at: Circumstances, questions: Sequence[Asked]) -> list[Cell]:
    """The size tier of each unit, ", overmax" added where its handling costs more."""

    def tiers(units: pd.DataFrame) -> list[Cell]:
        sized = assign_tiers(units, units["ship_date"], _WHERE)
        found: list[Cell] = []
        for table, tier, overmax in zip(sized.table, sized.tier, sized.overmax, strict=True):
            if NONE in (table, tier):
                found.append(f"No size tier: {_NO_TABLE if table == NONE else NO_TIER}.")
            else:
                found.append(f"{tier_names()[tier]}, overmax" if overmax else tier_names()[tier])
        return found

    return _of_units([_tried(_measured, at, asked[:4], asked[4]) for asked in questions], tiers)


def fba_fees(at: Circumstances, questions: Sequence[Asked]) -> list[Cell]:
    """The fee of each unit."""

    def fees(units: pd.DataFrame) -> list[Cell]:
        due = fulfillment_fees(units, marketplace=_WHERE)
        return [
            f"No fee: {q}." if q else float(fee) for fee, q in zip(due["fee"], due["question"], strict=True)
        ]

    return _of_units([_tried(_priced, at, asked) for asked in questions], fees)


_NO_TABLE = "no size tiers are known for that day"


def _tried(read: Callable[..., Unit], *given: object) -> Unit | str:
    try:
        return read(*given)
    except RecoupError as error:
        return str(error)


def _of_units(units: Sequence[Unit | str], answer: Callable[[pd.DataFrame], list[Cell]]) -> list[Cell]:
    """The answers to the units, and what is wrong with the others, in order."""
    good = [unit for unit in units if isinstance(unit, dict)]
    answers = iter(answer(_frame(good)) if good else [])
    return [unit if isinstance(unit, str) else next(answers) for unit in units]


def _frame(units: Sequence[Unit]) -> pd.DataFrame:
    columns = {name: [unit[name] for unit in units] for name in units[0]}
    return pd.DataFrame(columns | {"ship_date": pd.to_datetime(pd.Series(columns["ship_date"]))})


def _measured(at: Circumstances, measures: Asked, day: Cell) -> Unit:
    unit: Unit = {name: _measure(name, cell) for name, cell in zip(MEASURES, measures, strict=True)}
    return unit | {"ship_date": at.today if day is None else day_of("date", day, at.date1904)}


def _measure(name: str, cell: Cell) -> float:
    number = number_of(name, cell)
    if not 0 < number < math.inf:
        raise RecoupError(f"{name} must be above 0 {'lb' if name == 'weight' else 'inches'}, not {number:g}.")
    return number


def _priced(at: Circumstances, asked: Asked) -> Unit:
    *measures, price, day, category = asked
    unit, number = _measured(at, tuple(measures), day), number_of("price", price)
    if not 0 <= number < math.inf:
        raise RecoupError(f"price must be 0 or more, not {number:g}.")
    goods = CATEGORIES.get(name_of(category).casefold().replace("_", " "))
    if goods is None:
        raise RecoupError(f"category: {shown(category)} is neither blank, apparel nor dangerous goods.")
    kinds = {name: goods == name for name in ("apparel", "dangerous_goods")}
    return unit | {"price": number} | kinds
