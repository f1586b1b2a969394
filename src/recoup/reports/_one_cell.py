"""Splits tabs in which whole lines landed in one cell, as Excel does with a foreign .csv."""

from __future__ import annotations

from ..model import Problem, RawTable
from ._delimited import parse
from ._grid import FileTable, Grid
from ._headings import find_headings

LOOKED_AT = 60


def split_lines_in_cells(table: RawTable) -> RawTable:
    """The same table split at its delimiter when its heading stands in one cell; else the table unchanged."""
    if table.cells.empty or not _in_one_cell(Grid(table)):
        return table
    lines = [
        " ".join(";".join(c for c in row if c).split("\n"))
        for row in table.cells.fillna("").itertuples(index=False, name=None)
    ]
    grid = parse("\n".join(lines).encode())
    text = "whole lines stand in one cell each; they were split"
    note = Problem("note", table.name, text, "import the downloaded file instead of opening it in Excel")
    rows = table.rows[grid.lines - 1]
    return FileTable(
        table.name, table.kind, grid.cells, rows, table.sha256, (*table.problems, note), grid.widths
    )


def _in_one_cell(grid: Grid) -> bool:
    for row in range(min(grid.height, LOOKED_AT)):
        cells = [c for c in grid.row(row) if c.strip()]
        if len(cells) == 1 and len(cells[0]) > 20 and any(d in cells[0] for d in "\t,;"):
            parsed = parse(cells[0].encode())
            if find_headings(Grid(RawTable("", "file", parsed.cells, parsed.lines))):
                return True
    return False
