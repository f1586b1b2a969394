"""Dated fee tables: strict YAML of this folder, and which of them is in force on each day of a column.

A file ``<stem>.yaml`` (or several, ``<stem>.<anything>.yaml``) holds ``tables:``, a list. Every table states

    name: US storage 2024          # unique within the stem; shown to people
    from: 2024-04-01               # first and last day in force, both inclusive
    to: 2026-01-14                 # null: still in force
    marketplaces: [US]
    certainty: confirmed           # as in `policy.vocabulary.Certainty`
    tolerance: 0.01                # money per unit; only more than this is ever claimed
    reference: "https://..."       # where the numbers stand
    last_reviewed: 2026-11-21
    note: ""                       # may be left out

and what is its own, declared by a subclass of `Table` whose fields are the further keys:

    class StorageTable(Table):
        standard: float
        oversize: float

    TABLES = load_tables("storage", StorageTable)
    chosen = choose(TABLES, frame["date"], "US")              # position in TABLES per row, NONE where none
    rate = per_row(chosen, [t.standard for t in TABLES])      # float64, NaN where no table is in force

Unknown, missing and repeated keys, two tables in force on one day in one marketplace and a repeated name fail
with a `PolicyFileError` that names the file. Fields are read strictly: lists are lists, dates unquoted dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from ..model import Problem
from ..policy.documents import PolicyFileError, read_document
from ..policy.vocabulary import Certainty

NONE = -1  # no table is in force
SHOWN = 3  # tables named in a warning
CONFIDENCE: tuple[Certainty, ...] = (
    "confirmed",
    "our choice",
    "quoted",
    "inferred, not confirmed",
    "old page, not confirmed",
    "unknown",
)
Positions = npt.NDArray[np.int64]
T = TypeVar("T", bound="Table")


class Review(BaseModel):
    """What a table of any shape says of itself: enough to ask when somebody last looked at it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    name: str
    ends_on: date | None = Field(alias="to")
    last_reviewed: date


class Reviews(BaseModel):
    """All tables of a file."""

    model_config = ConfigDict(frozen=True, strict=True)

    tables: list[Review]


class Strict(BaseModel):
    """A part of a table: frozen, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Table(Strict):
    """What every fee table states; ``tolerance`` is money per unit."""

    name: str = Field(min_length=3)
    starts_on: date = Field(alias="from")
    ends_on: date | None = Field(alias="to")
    marketplaces: list[str] = Field(min_length=1)
    certainty: Certainty
    tolerance: float = Field(ge=0)
    reference: str = Field(min_length=8)
    last_reviewed: date
    note: str = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Table:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("it ends before it starts")
        return self

    def covers(self, day: date, marketplace: str) -> bool:
        """True when it is in force that day in that marketplace."""
        ended = self.ends_on is not None and day > self.ends_on
        return marketplace in self.marketplaces and self.starts_on <= day and not ended


@cache
def load_tables(stem: str, shape: type[T]) -> tuple[T, ...]:
    """The tables of ``<stem>.yaml`` and ``<stem>.*.yaml`` of this folder, by first day; read once per process."""
    return load_folder(files(__package__), stem, shape)


@cache
def reviews() -> tuple[Review, ...]:
    """Every table of this folder, of whatever shape."""
    found = [f for f in files(__package__).iterdir() if f.name.endswith(".yaml")]
    return tuple(r for f in sorted(found, key=lambda f: f.name) for r in read_document(f, Reviews).tables)


def stale_tables(as_of: date, interval: int) -> list[Problem]:
    """One warning for all tables in force that were last reviewed more than ``interval`` days before ``as_of``."""
    limit = as_of - timedelta(days=interval)
    old = [r for r in reviews() if r.last_reviewed < limit and (r.ends_on is None or r.ends_on >= limit)]
    if not old:
        return []
    first = min(r.last_reviewed for r in old)
    return [
        Problem(
            "warning",
            "Policy",
            f"{len(old)} fee tables not reviewed since {first}; they stay in use: "
            f"{', '.join(r.name for r in old[:SHOWN])}",
            "Check them against Amazon's fee pages; a newer release of Recoup may hold them.",
            rows=len(old),
        )
    ]


def load_folder(folder: Traversable, stem: str, shape: type[T]) -> tuple[T, ...]:
    """As `load_tables`, from any folder. Raises PolicyFileError, naming the file and what is wrong there."""
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".yaml"))
    names = [n for n in names if n == f"{stem}.yaml" or n.startswith(f"{stem}.")]
    if not names:
        raise PolicyFileError(f"{stem}.yaml: there is no such file")
    document: type[Any] = create_model("FeeFile", __base__=Strict, tables=(list[shape], ...))  # type: ignore[valid-type]
    found: list[T] = []
    for name in names:
        for table in read_document(folder / name, document).tables:
            _refuse_overlap(name, table, found)
            found.append(table)
    return tuple(sorted(found, key=lambda t: (t.starts_on, t.name)))


def _refuse_overlap(file: str, table: Table, others: Iterable[Table]) -> None:
    for other in others:
        if other.name == table.name:
            raise PolicyFileError(f"{file}: the table {table.name!r} is stated twice")
        later = max(table.starts_on, other.starts_on)
        for market in table.marketplaces:
            if table.covers(later, market) and other.covers(later, market):
                raise PolicyFileError(f"{file}: {table.name!r} and {other.name!r} both hold on {later}")


def choose(tables: Sequence[Table], days: pd.Series, marketplace: str) -> Positions:
    """Position in ``tables`` of the table in force on each day (datetime64), NONE where there is none.

    A blank day has none. One pass per table, none per row.
    """
    chosen = np.full(len(days), NONE, dtype=np.int64)
    stamps = days.to_numpy().astype("datetime64[D]")
    for position, table in enumerate(tables):
        if marketplace not in table.marketplaces:
            continue
        held = stamps >= np.datetime64(table.starts_on)
        if table.ends_on is not None:
            held &= stamps <= np.datetime64(table.ends_on)
        chosen[held] = position
    return chosen


def in_force(tables: Sequence[T], on: date, marketplace: str) -> T | None:
    """The table in force on one day, or None."""
    return next((t for t in tables if t.covers(on, marketplace)), None)


def per_row(chosen: Positions, values: Sequence[float], otherwise: float = np.nan) -> npt.NDArray[np.float64]:
    """The number of each row's table, ``otherwise`` where it has none."""
    return np.array([*values, otherwise], dtype=np.float64)[chosen]


def texts_per_row(chosen: Positions, values: Sequence[str], otherwise: str = "") -> pd.Series:
    """The text of each row's table, ``otherwise`` where it has none."""
    categories = [*values, otherwise]
    return pd.Series(pd.array(categories, dtype="str").take(chosen))


def weakest(certainties: Iterable[Certainty]) -> Certainty:
    """The least certain of several; "confirmed" of none."""
    return max(certainties, key=CONFIDENCE.index, default="confirmed")


def not_recomputed(tables: Sequence[Table], marketplace: str) -> str:
    """What to say of a marketplace without any table here; "" where there is one."""
    if any(marketplace in table.marketplaces for table in tables):
        return ""
    return f"fees of {marketplace or 'an unknown marketplace'} are shown, not recomputed"
