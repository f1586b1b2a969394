"""The rows of one tab by export, before exports are merged: what `clear` may remove and `prepare` may add below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ..model import Problem, RawTable
from ._declared import all_reports
from ._exports import Export
from ._grid import Grid
from ._headings import find_headings
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


@dataclass(frozen=True, slots=True)
class Form:
    """The last heading of a report in a tab: its row, where each column stands, and the text cells under them."""

    width: int
    places: dict[str, int]
    rows: list[dict[str, str]]
    heading: int = 0  # the sheet row


def find_form(table: RawTable, report: str) -> Form | None:
    """The form of a report to fill in, with all rows that stand under its columns; None without a heading."""
    grid = Grid(table)
    headings = [h for h in find_headings(grid) if h.report and h.report.name == report] if grid.height else []
    if not headings:
        return None
    heading = headings[-1]
    cells = table.cells.iloc[:, list(heading.columns.values())].to_numpy(dtype=object).tolist()
    rows = [{n: str(c).strip() for n, c in zip(heading.columns, row, strict=True)} for row in cells]
    filled = [r for r in rows if any(r.values())]
    return Form(len(heading.texts), dict(heading.columns), filled, int(table.rows[heading.row]))


def filled_rows(table: RawTable) -> list[int]:
    """The numbers of all rows of a tab that hold more than blanks."""
    grid = Grid(table)
    return [int(n) for n in table.rows[np.flatnonzero(~grid.blank_rows())]] if grid.height else []
