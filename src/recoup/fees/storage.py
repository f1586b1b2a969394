"""Monthly storage fees: average volume of the month times the rate of its season, and the utilization surcharge.

Decisions: a month belongs to the table in force on its first day. A storage utilization that stands exactly on the
first week of a step pays that step, the dearer reading. Amazon charges the fee between two days of the next month;
which one is not known, so a claim opens by the later and closes by the earlier of them (`charge_days`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from ._dated import NONE, Positions, Strict, Table, choose, in_force, load_tables, per_row, texts_per_row

Numbers = npt.NDArray[np.float64]
MONTHS = 12
NOISE = 1e-9
CUBIC_FEET = {"cubicfeet", "cubicfoot", "ft3", "cuft", "ft³"}


class Season(Strict):
    """Rates per cubic foot in some months of the year; None: not known."""

    months: list[int] = Field(min_length=1)
    standard: float | None
    oversize: float | None
    dangerous_standard: float | None
    dangerous_oversize: float | None


class Surcharge(Strict):
    """What a storage utilization of at least these weeks adds per cubic foot."""

    from_weeks: float = Field(gt=0)
    standard: float
    oversize: float


class Charged(Strict):
    """The days of the next month between which a month is charged."""

    from_day: int = Field(ge=1, le=28)
    to_day: int = Field(ge=1, le=28)


class StorageTable(Table):
    """Rates by season and size, and the surcharge by weeks of utilization, None where it is not known."""

    currency: str
    charged: Charged
    volume_share: float = Field(ge=0)
    volume_least: float = Field(ge=0)
    seasons: list[Season] = Field(min_length=1)
    surcharges: list[Surcharge] | None

    def rate(self, month: int, kind: str) -> float:
        """Rate per cubic foot of ``standard``, ``oversize``, ``dangerous_standard``, ``dangerous_oversize``."""
        found = [getattr(s, kind) for s in self.seasons if month in s.months]
        return np.nan if not found or found[0] is None else float(found[0])


KINDS = ("standard", "oversize", "dangerous_standard", "dangerous_oversize")


def storage_tables() -> tuple[StorageTable, ...]:
    """All tables, by their first day."""
    return load_tables("storage", StorageTable)


def storage_table(month: date, marketplace: str = "US") -> StorageTable | None:
    """The table in force on the first day of a month."""
    return in_force(storage_tables(), month.replace(day=1), marketplace)


def is_cubic_feet(unit: str) -> bool:
    """True for the unit of volume in which the rates are stated, however the report writes it."""
    return re.sub(r"[\W_]+", "", unit.casefold()) in CUBIC_FEET


def last_day(month: date) -> date:
    """The last day of the month of a day."""
    following = (month.year + 1, 1) if month.month == MONTHS else (month.year, month.month + 1)
    return date(*following, 1) - timedelta(days=1)


def charge_days(table: StorageTable, month: date) -> tuple[date, date]:
    """The first and the last day on which Amazon may have charged a month."""
    end = last_day(month)
    return end + timedelta(days=table.charged.from_day), end + timedelta(days=table.charged.to_day)


def is_larger(
    charged: pd.Series, measured: pd.Series, months: pd.Series, marketplace: str = "US"
) -> pd.Series:
    """Where a volume exceeds another one beyond the tolerance of its month; False without a table."""
    tables = storage_tables()
    chosen = choose(tables, months, marketplace)
    share, least = (
        per_row(chosen, [getattr(t, n) for t in tables]) for n in ("volume_share", "volume_least")
    )
    more = charged - measured
    return more.gt(measured * share + NOISE) & more.gt(least + NOISE)


def storage_rate(month: date, size: str, *, dangerous: bool, marketplace: str = "US") -> float:
    """The base rate per cubic foot in that month, NaN when it is not known."""
    table = storage_table(month, marketplace)
    return table.rate(month.month, f"dangerous_{size}" if dangerous else size) if table else np.nan


def storage_fees(frame: pd.DataFrame, marketplace: str = "US") -> pd.DataFrame:
    """What is due for each product and month, aligned with ``frame``.

    ``frame``: month (datetime64, any day of it), size (``standard`` or ``oversize``), dangerous_goods (bool),
    volume (average cubic feet of the month); and where known surcharge_volume (cubic feet of units stored more
    than 30 days) with utilization_weeks. Without these two there is no surcharge in the fee. The answer: fee
    (cents, NaN when not known), rate, surcharge_rate, table, certainty, tolerance, question.
    """
    tables = storage_tables()
    firsts = frame["month"].dt.to_period("M").dt.to_timestamp()
    chosen = choose(tables, firsts, marketplace)
    oversize = frame["size"].eq("oversize").to_numpy()
    known = oversize | frame["size"].eq("standard").to_numpy()
    rate = np.where(known, _rates(tables, chosen, firsts, oversize, frame["dangerous_goods"]), np.nan)
    aged = _filled(frame, "surcharge_volume")
    weeks = np.where(aged > 0, _filled(frame, "utilization_weeks"), 0.0)
    more = _surcharge_rates(tables, chosen, weeks, oversize)
    fee = frame["volume"].to_numpy(dtype=np.float64) * rate + aged * more
    answer = pd.DataFrame({
        "fee": np.round(fee, 2),
        "rate": rate,
        "surcharge_rate": more,
        "table": texts_per_row(chosen, [t.name for t in tables]).to_numpy(),
        "certainty": texts_per_row(chosen, [t.certainty for t in tables], "unknown").to_numpy(),
        "tolerance": per_row(chosen, [t.tolerance for t in tables]),
    }, index=frame.index)  # fmt: skip
    asked = np.where(np.isnan(more), "the utilization surcharge of that month is not known", "").astype(
        object
    )
    asked[np.isnan(rate)] = "the storage rate of that month is not known"
    asked[~known] = "standard size or oversize?"
    asked[chosen == NONE] = "no storage fee table of that month and marketplace"
    answer["question"] = asked
    return answer


def _filled(frame: pd.DataFrame, name: str) -> Numbers:
    """A column that may be left out, or blank in a row: 0 there."""
    values: Numbers = np.zeros(len(frame))
    return np.nan_to_num(frame[name].to_numpy(dtype=np.float64)) if name in frame.columns else values


def _rates(
    tables: tuple[StorageTable, ...],
    chosen: Positions,
    months: pd.Series,
    oversize: npt.NDArray[np.bool_],
    dangerous: pd.Series,
) -> Numbers:
    """The base rate of each row, looked up by table, month and kind."""
    grid = [t.rate(m, kind) for t in tables for m in range(1, MONTHS + 1) for kind in KINDS]
    month = months.dt.month.fillna(1).to_numpy(dtype=np.int64) - 1
    kind = oversize.astype(np.int64) + 2 * dangerous.to_numpy(dtype=np.int64)
    place = (chosen * MONTHS + month) * len(KINDS) + kind
    return np.array([*grid, np.nan])[np.where(chosen == NONE, len(grid), place)]


def _surcharge_rates(
    tables: tuple[StorageTable, ...], chosen: Positions, weeks: Numbers, oversize: npt.NDArray[np.bool_]
) -> Numbers:
    """What the weeks of utilization add per cubic foot: 0 below the first step, NaN where it is not known."""
    rates = np.where(weeks > 0, np.nan, 0.0)
    for position, table in enumerate(tables):
        if table.surcharges is None:
            continue
        rows = chosen == position
        rates[rows] = 0.0
        for step in table.surcharges:
            reached = rows & (weeks >= step.from_weeks)
            rates[reached] = np.where(oversize[reached], step.oversize, step.standard)
    return rates
