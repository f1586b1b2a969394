"""Sorting the rows of a table as Excel does: by columns, blanks last whichever way, all cells of a row together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recoup.books.area import Area
from recoup.books.base import BookLocked, BookUnsupported, TableRows
from recoup.books.cells import column_letter
from recoup.books.row_keys import key_text
from recoup.model import Cell

SortBy = Sequence[tuple[str, bool]]  # header, and whether the largest comes first


def sorted_numbers(found: TableRows, by: SortBy) -> list[int]:
    """The numbers of the rows in their new order; rows that agree stay as they stand."""
    rows = list(zip(found.numbers, found.records(), strict=True))
    for header, descending in reversed(by):
        filled = [r for r in rows if r[1][header] is not None]
        filled.sort(key=lambda r: _rank(r[1][header]), reverse=descending)
        rows = filled + [r for r in rows if r[1][header] is None]
    return [number for number, _ in rows]


def _rank(cell: Cell) -> tuple[bool, float, str]:
    """Numbers before texts."""
    if isinstance(cell, (int, float)):
        return False, float(cell), ""
    return True, 0.0, key_text(cell).casefold()


def refuse_hidden_rows(sheet: str, hidden: int) -> None:
    """Raise ``BookLocked`` when rows are hidden: Excel would leave them where they are."""
    if hidden:
        raise BookLocked(
            f"{hidden} rows of the tab {sheet!r} are hidden, and would not be sorted; show them (Data > Clear, or "
            "Unhide), then try again. Nothing was changed."
        )


def refuse_hanging(sheet: str, body: Area, notes: Iterable[Area], links: Iterable[Area]) -> None:
    """Raise ``BookUnsupported`` when a note or a link hangs on a row: only Excel takes it along."""
    for what, areas in (("note", notes), ("link", links)):
        hanging = next((a for a in areas if a.overlaps(body)), None)
        if hanging is not None:
            raise BookUnsupported(
                f"The tab {sheet!r} has a {what} on {column_letter(hanging.left)}{hanging.top}, which would stay "
                "behind when its row moves; open the workbook in Excel and click Tidy there. Nothing was changed."
            )
