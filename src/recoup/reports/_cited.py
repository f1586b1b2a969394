"""Single rows of a report file under their headings, for people who follow a claim to its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..model import RawTable
from ._buyers import about_buyer
from ._files import read_files
from ._headings import Heading, find_headings
from ._one_cell import split_lines_in_cells

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class CitedRows:
    """The digest of a file (or member) as it is now, and some of its rows: header -> text, nothing of the buyer."""

    sha256: str
    rows: dict[int, dict[str, str]]


def cited_rows(path: Path, name: str, rows: Sequence[int]) -> CitedRows | None:
    """Rows of the table of that name in a file; None when it holds no such table."""
    table = next((t for t in read_files([path]) if t.name == name), None)
    return None if table is None else CitedRows(table.sha256, _rows(table, rows))


def _rows(table: RawTable, rows: Iterable[int]) -> dict[int, dict[str, str]]:
    grid = split_lines_in_cells(table)
    headings = find_headings(grid) if grid.height else []
    found: dict[int, dict[str, str]] = {}
    for number in rows:
        for place in np.flatnonzero(grid.table.rows == number)[:1].tolist():
            above = [h for h in headings if h.row < place]
            if above:
                found[number] = _cells(above[-1], grid.row(place))
    return found


def _cells(heading: Heading, cells: Sequence[str]) -> dict[str, str]:
    also = heading.report.buyer if heading.report is not None else ()
    named = zip(heading.texts, cells, strict=False)
    return {
        h.strip(): _CONTROL.sub(" ", c)
        for h, c in named
        if h.strip() and c.strip() and not about_buyer(h, also)
    }
