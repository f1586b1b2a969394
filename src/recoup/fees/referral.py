"""Referral fees: the share of a unit's total sales price that its category and day make due, never less than the least.

Decisions: a price that stands exactly on a step belongs below it. The price of a unit is the line's price divided
by its units. Half a cent counts up. Where promotions leave open which price Amazon takes, `referral_fees` is given
the lowest one too and answers with the largest fee that any price between the two makes due.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator

from ._dated import NONE, Strict, Table, choose, in_force, load_tables, per_row, texts_per_row

Numbers = npt.NDArray[np.float64]
_NOISE = 1e-9


class Step(Strict):
    """The rate that holds above a price."""

    above: float = Field(ge=0)
    rate: float = Field(gt=0, lt=1)


class Category(Strict):
    """The rule of one category; see the head of referral.yaml."""

    by: Literal["price", "part"]
    steps: list[Step] = Field(min_length=1)
    least: float = Field(ge=0)
    closing_fee: float = Field(default=0.0, ge=0)
    also: list[str] = Field(default_factory=list)
    may_be: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _steps_rise_from_nothing(self) -> Category:
        starts = [s.above for s in self.steps]
        if starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("the steps begin above 0 and rise")
        return self

    @property
    def words(self) -> str:
        """The rate in words: ``15 % up to 100, 8 % on the part above``."""
        shown = [f"{s.rate * 100:g} %" for s in self.steps]
        if len(shown) == 1:
            return shown[0]
        limits = [f"{s.above:g}" for s in self.steps[1:]]
        parts = [f"{r} up to {limit}" for r, limit in zip(shown, limits, strict=False)]
        return ", ".join(
            [*parts, f"{shown[-1]} on the part above" if self.by == "part" else f"{shown[-1]} above"]
        )


class ReferralTable(Table):
    """The categories of one time, by name."""

    currency: str
    categories: dict[str, Category]

    @model_validator(mode="after")
    def _names_are_clear(self) -> ReferralTable:
        names = [n for name, c in self.categories.items() for n in {fold(x) for x in (name, *c.also)}]
        if len(names) > len(set(names)):
            raise ValueError(
                f"one name for two categories: {sorted({n for n in names if names.count(n) > 1})}"
            )
        if strange := {m for c in self.categories.values() for m in c.may_be} - set(self.categories):
            raise ValueError(f"may_be names no category: {sorted(strange)}")
        return self


def referral_tables() -> tuple[ReferralTable, ...]:
    """All tables, by their first day."""
    return load_tables("referral", ReferralTable)


def fold(name: str) -> str:
    """A category's name without case, marks and "and": ``Home & Kitchen`` is ``home and kitchen``."""
    return "".join(w for w in re.findall(r"\w+", name.casefold()) if w != "and")


@cache
def category_named(text: str) -> str:
    """The category of that name or spelling, "" when no table has one."""
    return _spellings().get(fold(text), "")


@cache
def _spellings() -> dict[str, str]:
    tables = referral_tables()
    return {fold(n): name for t in tables for name, c in t.categories.items() for n in (name, *c.also)}


def may_be(name: str) -> tuple[str, ...]:
    """Categories that Amazon may hold a product of this (canonical) category to belong to."""
    rules = [t.categories[name] for t in referral_tables() if name in t.categories]
    return tuple(dict.fromkeys(m for rule in rules for m in rule.may_be))


def category_on(name: str, day: date, marketplace: str = "US") -> Category | None:
    """The rule of a category (canonical name) in force that day, or None."""
    table = in_force(referral_tables(), day, marketplace)
    return table.categories.get(name) if table else None


def referral_currency(marketplace: str = "US") -> str:
    """The currency of the tables of a marketplace, "" when it has none."""
    return next((t.currency for t in referral_tables() if marketplace in t.marketplaces), "")


def closing_fee_within(commission: float, price: float, units: int, day: date, marketplace: str) -> float:
    """The closing fee of a line whose commission is just a referral fee and its closing fee; 0 where it is not."""
    table = in_force(referral_tables(), day, marketplace)
    rules = [c for c in table.categories.values() if c.closing_fee] if table else []
    if table is None or not rules or units <= 0:
        return 0.0
    fees = _unit_fee([*rules], np.arange(len(rules)), np.full(len(rules), price / units)) * units
    closing = np.array([c.closing_fee for c in rules]) * units
    just = closing[np.abs(fees + closing - commission) <= table.tolerance * units + _NOISE]
    return float(just.max()) if len(just) else 0.0


def referral_fees(frame: pd.DataFrame, marketplace: str = "US") -> pd.DataFrame:
    """What is due on each line, aligned with ``frame``; a million lines in seconds.

    ``frame``: category (any spelling), date (datetime64), price (item, shipping and gift wrap of the line, no
    tax), quantity, and where it may be lower, lowest_price. Money in the table's currency. The answer: fee (NaN
    when not known), closing_fee (charged beside it), table, certainty, tolerance (of the line), question.
    """
    tables = referral_tables()
    chosen = choose(tables, frame["date"], marketplace)
    codes, names = pd.factorize(frame["category"])
    known = [category_named(str(n)) for n in names]
    rules = [(t, t.categories.get(k)) for t in tables for k in known]
    row = np.where(chosen == NONE, len(rules), chosen * len(known) + codes)
    found = [c for _, c in rules]
    units = frame["quantity"].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        prices = frame["price"].to_numpy(dtype=np.float64) / np.where(units > 0, units, np.nan)
        lowest = frame.get("lowest_price", frame["price"]).to_numpy(dtype=np.float64) / units
    answer = pd.DataFrame({
        "fee": _largest(found, row, prices, np.minimum(lowest, prices)) * units,
        "closing_fee": _gather([c.closing_fee if c else np.nan for c in found], row) * units,
        "table": texts_per_row(chosen, [t.name for t in tables]).to_numpy(),
        "certainty": texts_per_row(chosen, [t.certainty for t in tables], "unknown").to_numpy(),
        "tolerance": per_row(chosen, [t.tolerance for t in tables]) * units,
    }, index=frame.index)  # fmt: skip
    answer["question"] = _questions(frame, chosen, codes, [bool(k) for k in known], units)
    return answer


def _largest(
    rules: list[Category | None], row: npt.NDArray[np.int64], high: Numbers, low: Numbers
) -> Numbers:
    """The largest fee of one unit at any price from ``low`` to ``high``: at ``high``, or at a step between them."""
    fee = _unit_fee(rules, row, high)
    between = np.flatnonzero(low < high - _NOISE)
    for step in range(1, _most_steps(rules)):
        at = np.clip(_steps(rules, step, "above", np.inf)[row[between]], low[between], high[between])
        fee[between] = np.fmax(fee[between], _unit_fee(rules, row[between], at))
    return fee


def _unit_fee(rules: list[Category | None], row: npt.NDArray[np.int64], price: Numbers) -> Numbers:
    """The fee of one unit in whole cents; NaN without a rule."""
    part, whole = np.zeros(len(price)), np.zeros(len(price))
    for step in range(_most_steps(rules)):
        above, rate = (
            _steps(rules, step, "above", np.inf if step else 0.0)[row],
            _steps(rules, step, "rate", 0.0)[row],
        )
        until = _steps(rules, step + 1, "above", np.inf)[row]
        reached = price > above + _NOISE if step else np.ones(len(price), dtype=bool)
        part += np.where(reached, rate * (np.minimum(price, until) - np.where(reached, above, 0.0)), 0.0)
        whole = np.where(reached, rate * price, whole)
    by_part = _gather([float(c.by == "part") if c else np.nan for c in rules], row) == 1
    least = _gather([c.least if c else np.nan for c in rules], row)
    fee = np.floor(np.where(by_part, part, whole) * 100 + 0.5 + _NOISE) / 100
    return np.where(np.isnan(least) | np.isnan(price), np.nan, np.maximum(fee, least))


def _most_steps(rules: Iterable[Category | None]) -> int:
    return max((len(c.steps) for c in rules if c), default=1)


def _steps(rules: list[Category | None], step: int, name: str, otherwise: float) -> Numbers:
    """One number of the n-th step of each rule, and one more entry for rows without a table."""
    values = [getattr(c.steps[step], name) if c and step < len(c.steps) else otherwise for c in rules]
    return np.array([*values, otherwise], dtype=np.float64)


def _gather(values: list[float], row: npt.NDArray[np.int64]) -> Numbers:
    return np.array([*values, np.nan], dtype=np.float64)[row]


def _questions(
    frame: pd.DataFrame,
    chosen: npt.NDArray[np.int64],
    codes: npt.NDArray[np.int64],
    known: list[bool],
    units: Numbers,
) -> npt.NDArray[np.object_]:
    """Why the fee of a line is not known, "" where it is."""
    asked = np.where(chosen == NONE, "no referral fee table of that day and marketplace", "").astype(object)
    strange = ~np.array([*known, True])[codes]
    asked[strange] = (
        "category " + frame["category"].to_numpy(dtype=object)[strange] + " is not in the fee table"
    )
    asked[~(units > 0)] = "how many units were sold?"
    return asked
