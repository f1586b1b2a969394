"""The rows of one tab by export, before exports are merged: what `clear` may remove, and what it must keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ..model import Problem, RawTable
from ._declared import all_reports
from ._exports import Export
from ._grid import Grid
from ._read import read_blocks


@dataclass(frozen=True, slots=True)
class TabRows:
    """One export in a tab: its heading row, and the used rows with their days (None: the report has none)."""

    export: Export
    days: dict[int, date | None]


def tab_rows(table: RawTable) -> list[TabRows]:
    """Every export of a tab, in order; rows that could not be read are in none of them."""
    ignored: list[Problem] = []
    found = []
    for read in read_blocks(table, ignored):
        frame, column = read.frame, all_reports()[read.export.report].day
        numbers = frame["_row"].tolist()
        days = [None] * len(frame) if not column else frame[column].dt.date.where(frame[column].notna(), None)
        found.append(TabRows(read.export, dict(zip(numbers, days, strict=True))))
    return found


def filled_rows(table: RawTable) -> list[int]:
    """The numbers of all rows of a tab that hold more than blanks."""
    grid = Grid(table)
    return [int(n) for n in table.rows[np.flatnonzero(~grid.blank_rows())]] if grid.height else []
