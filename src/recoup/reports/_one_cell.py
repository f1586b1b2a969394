"""Splits tabs in which whole lines landed in one cell, as Excel does with a foreign .csv."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ..model import Problem, RawTable
from ._delimited import DELIMITERS, parse
from ._grid import TEXT, FileTable, Grid
from ._headings import ENOUGH, Heading, find_headings

LOOKED_AT = 60
SHOWN = 5
REMEDY = "import the downloaded file instead of opening it in Excel"


def split_lines_in_cells(table: RawTable) -> Grid:
    """The grid of a table, split at its delimiter where lines stand in one cell."""
    grid = Grid(table)
    if table.cells.empty:
        return grid
    delimiter = _delimiter(grid)
    if delimiter:
        return Grid(_split_all(table, delimiter))
    return _split_some(grid) if table.kind == "sheet" else grid


def _split_all(table: RawTable, delimiter: str) -> RawTable:
    """Every row is a line; where Excel split it at another mark, the pieces are put together again."""
    other = "," if delimiter == ";" else ";"
    lines = [
        " ".join(other.join(row).rstrip(other).split("\n"))
        for row in table.cells.fillna("").itertuples(index=False, name=None)
    ]
    grid = parse("\n".join(lines).encode())
    text = "whole lines stand in one cell each; they were split"
    note = Problem("note", table.name, text, REMEDY)
    rows = table.rows[grid.lines - 1]
    return FileTable(
        table.name, table.kind, grid.cells, rows, table.sha256, (*table.problems, note), grid.widths
    )


def _delimiter(grid: Grid) -> str:
    """What separates the headings when they all stand in one cell, "" when they do not."""
    for row in range(min(grid.height, LOOKED_AT)):
        cells = [c for c in grid.row(row) if c.strip()]
        if len(cells) == 1 and len(cells[0]) > 20 and any(d in cells[0] for d in DELIMITERS):
            parsed = parse(cells[0].encode())
            if find_headings(Grid(RawTable("", "file", parsed.cells, parsed.lines))):
                return max(DELIMITERS, key=cells[0].count)
    return ""


def _split_some(grid: Grid) -> Grid:
    """Lines in one cell below a heading that stands in cells of its own."""
    if not _may_hold_lines(grid):
        return grid
    headings = find_headings(grid)
    if not headings:
        return grid
    table = grid.table
    split: dict[int, list[str]] = {}
    for heading, stop in zip(headings, [*(h.row for h in headings[1:]), grid.height], strict=True):
        split |= _lines_below(grid, heading, stop) if heading.readable else {}
    if not split:
        return grid
    places = list(split)
    columns = {}
    for index in range(grid.width):
        column = table.cells.iloc[:, index].to_numpy(dtype=object, copy=True)
        column[places] = [row[index] if index < len(row) else "" for row in split.values()]
        columns[index] = pd.Series(column, dtype=TEXT)
    shown = ", ".join(str(n) for n in table.rows[places[:SHOWN]])
    text = "whole lines stand in one cell each; they were split"
    note = Problem("note", table.name, text, REMEDY, rows=len(places), first_cells=f"row {shown}")
    cells = pd.DataFrame(columns)
    return Grid(RawTable(table.name, table.kind, cells, table.rows, table.sha256, (*table.problems, note)))


def _may_hold_lines(grid: Grid) -> bool:
    """Whether the first filled column holds a text with several delimiters; quick, and mostly False."""
    top = [grid.row(row) for row in range(min(grid.height, LOOKED_AT))]
    first = next((i for i in range(grid.width) if any(row[i].strip() for row in top)), None)
    if first is None:
        return False
    cells = grid.column(first).texts
    most = (pc.max(pc.count_substring(cells, d)).as_py() or 0 for d in DELIMITERS)
    return any(count >= ENOUGH for count in most)


def _lines_below(grid: Grid, heading: Heading, stop: int) -> dict[int, list[str]]:
    """Row -> cells, of rows whose first cell alone is filled and holds as many cells as the heading."""
    filled = [i for i, text in enumerate(heading.texts) if text.strip()]
    first, count = filled[0], filled[-1] - filled[0] + 1
    column = grid.column(first)
    lines = {code: _cells(text, count) for code, text in enumerate(column.texts.to_pylist())}
    alone = np.array([bool(cells) for cells in lines.values()])[column.codes]
    alone[: heading.row + 1] = alone[stop:] = False
    for index in range(first + 1, grid.width) if alone.any() else ():
        alone &= ~grid.filled(index)
    return {int(row): [""] * first + lines[int(column.codes[row])] for row in np.flatnonzero(alone)}


def _cells(line: str, count: int) -> list[str]:
    for delimiter in DELIMITERS:
        if line.count(delimiter) >= count - 1:
            try:
                cells = next(csv.reader([line], delimiter=delimiter), [])
            except csv.Error:
                continue
            if len(cells) == count:
                return cells
    return []
