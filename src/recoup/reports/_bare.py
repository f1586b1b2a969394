"""The heading of a tab below which nothing stands yet: rows of the same columns may be written under it."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import RawTable
from ._declared import fold
from ._headings import recognise


def bare_heading(table: RawTable) -> tuple[str, ...]:
    """The last row of a tab when it is the heading of a report; () otherwise."""
    for row in range(len(table.cells) - 1, -1, -1):
        cells = table.cells.iloc[row].tolist()
        if any(cell.strip() for cell in cells):
            heading = recognise(cells)
            return tuple(cells) if heading is not None and heading.readable else ()
    return ()


def under_heading(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """The rows without their own heading, as they stand under that one; None unless both read the same.

    Both have the same columns of the report under the same words, in whatever order.
    """
    places = {fold(text): at for at, text in reversed(list(enumerate(heading)))}
    wanted = [fold(text) for text in rows[0]]
    if (
        len(set(wanted)) < len(wanted)
        or not places.keys() >= set(wanted)
        or _columns(heading) != _columns(rows[0])
    ):
        return None
    moved = []
    for row in rows[1:]:
        cells = [""] * len(heading)
        for name, cell in zip(wanted, row, strict=True):
            cells[places[name]] = cell
        moved.append(cells)
    return moved


def _columns(heading: Sequence[str]) -> dict[str, str]:
    """The words over each column of the report."""
    found = recognise(heading)
    return {name: fold(heading[at]) for name, at in found.columns.items()} if found else {}
