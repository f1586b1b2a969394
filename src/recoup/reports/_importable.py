"""The exports inside a file as text rows for a tab: Amazon's headings, and only the columns Recoup uses."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Problem, RawTable
from ._columns import positions_used
from ._exports import Export
from ._headings import find_headings
from ._one_cell import split_lines_in_cells
from ._read import _blocks
from ._report import Block, BlockRead, buyer_columns, ragged_rows, read_block
from ._settled import settled


@dataclass(frozen=True, slots=True)
class Importable:
    """One export ready for its tab: heading and cells as written in the file, and what reading it gave.

    What the lines above the heading say of all rows stands in columns of its own, at the end.
    """

    tab: str
    rows: list[list[str]]
    export: Export
    buyer: tuple[str, ...]  # headings of buyer columns that were left out


def importable(table: RawTable, *, all_columns: bool = False) -> tuple[list[Importable], list[Problem]]:
    """Every export in the file. With ``all_columns`` also columns Recoup does not use, but never the buyer's.

    Lines that do not have the cells of their heading are left out; the problems name them.
    """
    grid = split_lines_in_cells(table)
    problems: list[Problem] = list(grid.table.problems)
    headings = find_headings(grid) if grid.height else []
    found = []
    for block in _blocks(grid, headings, problems) if headings else []:
        read = read_block(block)
        problems += read.problems
        found.append(_cut(block, read, all_columns))
    return found, problems


def _cut(block: Block, read: BlockRead, all_columns: bool) -> Importable:
    buyer = dict(buyer_columns(block.heading.texts, block.report))
    used = positions_used(block.report, block.heading)
    if all_columns:
        used |= {i for i, header in enumerate(block.heading.texts) if header.strip()}
    keep = sorted(used - set(buyer))
    cells = block.grid.table.cells.iloc[block.rows[~ragged_rows(block)], keep]
    said = settled(block.report, block.heading.columns, read.frame)
    heading = [block.heading.texts[i] for i in keep] + [block.report.column(n).headers[0] for n in said]
    rows = [heading, *([*row, *said.values()] for row in cells.to_numpy(dtype=object).tolist())]
    return Importable(block.report.tab, rows, read.export, tuple(buyer.values()))
