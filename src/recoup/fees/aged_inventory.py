"""Aged inventory surcharge: by volume and age of the units in the snapshot of the 15th, at least so much per unit.

Decisions: the day of the snapshot picks the table. Age is given in days, or as the report writes its tier
(``181-210 days``, ``456+ days``): the first number of it, which must be the first day of a tier.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator

from ._dated import NONE, Strict, Table, choose, load_tables, per_row, texts_per_row

Numbers = npt.NDArray[np.float64]


class Tier(Strict):
    """From how many days of age on, the money per cubic foot and the least per unit."""

    from_days: int = Field(gt=0)
    rate: float = Field(ge=0)
    least: float = Field(ge=0)
    spares_clothing: bool


class AgedTable(Table):
    """The tiers of one time, by age."""

    currency: str
    tiers: list[Tier] = Field(min_length=1)

    @model_validator(mode="after")
    def _tiers_rise(self) -> AgedTable:
        starts = [t.from_days for t in self.tiers]
        if starts != sorted(set(starts)):
            raise ValueError("the tiers rise with age")
        return self


def aged_tables() -> tuple[AgedTable, ...]:
    """All tables, by their first day."""
    return load_tables("aged_inventory", AgedTable)


def tier_age(text: str) -> float:
    """The age in days at which a tier of the report begins: 181 of ``181-210 days``; NaN when it is none."""
    number = re.match(r"\D*(\d{3})\b", text)
    starts = {t.from_days for table in aged_tables() for t in table.tiers}
    return float(number[1]) if number and int(number[1]) in starts else np.nan


def aged_surcharge(frame: pd.DataFrame, marketplace: str = "US") -> pd.DataFrame:
    """What is due for each product of a snapshot, aligned with ``frame``.

    ``frame``: snapshot_date (datetime64), age_days (or age_tier, text), unit_volume (cubic feet), quantity, and
    where known clothing (bool: clothing, shoes, bags, jewelry or watches). The answer: fee (cents, NaN when not
    known), rate, least, table, certainty, tolerance (of the line), question.
    """
    tables = aged_tables()
    chosen = choose(tables, frame["snapshot_date"], marketplace)
    age = _ages(frame)
    clothing = frame.get("clothing", pd.Series(False, index=frame.index)).to_numpy(dtype=bool)
    rate, least = np.full(len(frame), np.nan), np.zeros(len(frame))
    for position, table in enumerate(tables):
        rate[(chosen == position) & ~np.isnan(age)] = 0.0  # younger than the first tier
        for tier in table.tiers:
            reached = (chosen == position) & (age >= tier.from_days)
            spared = reached & clothing & tier.spares_clothing
            rate[reached], least[reached] = tier.rate, tier.least
            rate[spared], least[spared] = 0.0, 0.0
    units = frame["quantity"].to_numpy(dtype=np.float64)
    unit = np.maximum(rate * frame["unit_volume"].to_numpy(dtype=np.float64), least)
    answer = pd.DataFrame({
        "fee": np.round(unit * units, 2),
        "rate": rate,
        "least": least,
        "table": texts_per_row(chosen, [t.name for t in tables]).to_numpy(),
        "certainty": texts_per_row(chosen, [t.certainty for t in tables], "unknown").to_numpy(),
        "tolerance": per_row(chosen, [t.tolerance for t in tables]) * units,
    }, index=frame.index)  # fmt: skip
    asked = np.where(np.isnan(age), "how old are the units?", "").astype(object)
    asked[chosen == NONE] = "no aged inventory table of that day and marketplace"
    answer["question"] = asked
    return answer


def _ages(frame: pd.DataFrame) -> Numbers:
    if "age_days" in frame.columns:
        return frame["age_days"].to_numpy(dtype=np.float64)
    return (
        frame["age_tier"].map({t: tier_age(t) for t in frame["age_tier"].unique()}).to_numpy(dtype=np.float64)
    )
