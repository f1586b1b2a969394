"""Accounts for every row under one heading: used, or skipped for one reason, and named on Checks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..model import Problem, Severity
from ._declared import Report
from ._grid import FileTable, Grid, Mask
from ._headings import Heading

SHOWN = 5  # first cells named in a problem


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the rows below it, up to the next heading."""

    grid: Grid
    heading: Heading
    rows: npt.NDArray[np.int64]  # positions in the grid of the rows that are not blank
    preamble: tuple[str, ...] = ()

    @property
    def report(self) -> Report:
        """The report that the heading belongs to."""
        if self.heading.report is None:
            raise ValueError("a near miss has no rows to read")
        return self.heading.report


@dataclass(slots=True)
class Account:
    """Which rows are still in use; each row is skipped once, for its first reason."""

    block: Block
    used: Mask
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: int = 0
    spoilt: set[str] = field(default_factory=set)  # columns that no longer tell lines apart

    def report(
        self,
        rows: Mask,
        text: str,
        remedy: str,
        severity: Severity,
        column: int | None = None,
        header: str = "",
    ) -> None:
        """Put rows on Checks."""
        cells = places(self.block, np.flatnonzero(rows)[:SHOWN], column)
        table = self.block.grid.table
        self.problems.append(Problem(severity, table.name, text, remedy, header, int(rows.sum()), cells))

    def skip(self, rows: Mask, reason: str, lost: bool = True) -> int:
        """Take rows out of use; returns how many."""
        fresh = rows & self.used
        count = int(fresh.sum())
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count
            self.used &= ~fresh
            self.unreadable += count if lost else 0
        return count


def places(block: Block, rows: npt.NDArray[np.int64], column: int | None) -> str:
    """The addresses of cells of one column, or the rows; ``rows`` are positions in the block."""
    numbers = block.grid.table.rows[block.rows[rows]]
    if block.grid.table.kind == "file":
        return "line " + ", ".join(str(n) for n in numbers)
    if column is None or isinstance(block.grid.table, FileTable):  # lines in one cell: no column is there
        return "row " + ", ".join(str(n) for n in numbers)
    return ", ".join(f"{column_letters(column)}{n}" for n in numbers)


def column_letters(index: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters
