"""A report tab of an open workbook: rows added below what it holds, rows removed, single cells written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import xlwings as xw

from recoup.books.area import MAX_ROWS, Area
from recoup.books.base import BookChanged, BookUnsupported, TableBlocked
from recoup.books.cells import column_letter, safe_text
from recoup.books.excel_calls import says
from recoup.books.excel_cells import (
    MOST_WRITTEN,
    TEXT_FORMAT,
    Place,
    range_of,
    read_cells,
    same,
    write_cells,
)
from recoup.books.snapshot import Edit
from recoup.model import Cell

_HEADED = 1  # xlYes
_WIDTH = 18  # of the columns of a new tab


@dataclass(frozen=True, slots=True)
class AddRows:
    """Text rows to add below what a tab holds."""

    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class DropRows:
    """Rows to remove, what they held when they were read, and whether the rows below move up."""

    rows: Mapping[int, Mapping[int, Cell]]
    moving: bool


@dataclass(frozen=True, slots=True)
class EditCells:
    """Single cells to write."""

    cells: Mapping[Place, Edit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SortRows:
    """A table to sort by columns: header, and whether the largest comes first; three at most."""

    table: str
    by: Sequence[tuple[str, bool]]


Step = AddRows | DropRows | EditCells | SortRows


def add_tab(book: xw.Book, name: str) -> xw.Sheet:
    """An empty tab at the end: all cells formatted as text, the first row frozen."""
    sheet = book.sheets.add(name, after=book.sheets[len(book.sheets) - 1])
    sheet.cells.number_format = TEXT_FORMAT
    sheet.cells.column_width = _WIDTH
    _freeze_first_row(sheet)
    return sheet


def _freeze_first_row(sheet: xw.Sheet) -> None:
    """A matter of the window, which xlwings does not know; a tab without it does as well."""
    sheet.activate()
    with suppress(Exception):
        window = sheet.book.app.api.ActiveWindow
        window.FreezePanes = False
        window.SplitRow, window.SplitColumn = 1, 0
        window.FreezePanes = True


def refuse_changed(sheet: xw.Sheet, step: Step) -> None:
    """Raise ``BookChanged`` when rows or cells to be written over no longer hold what was read."""
    if isinstance(step, EditCells):
        refuse_changed_cells(sheet, step.cells)
    elif isinstance(step, DropRows):
        for first, last in _runs(step.rows):
            width = max((max(step.rows[n], default=1) for n in range(first, last + 1)), default=1)
            for number, now in enumerate(read_cells(sheet, Area(1, first, width, last)), first):
                held = [step.rows[number].get(c) for c in range(1, width + 1)]
                if not all(map(same, now, held)):
                    raise _changed(sheet, f"row {number}")


def refuse_changed_cells(sheet: xw.Sheet, edits: Mapping[Place, Edit]) -> None:
    """Raise ``BookChanged`` when a cell to be written holds neither what was read nor what it shall hold."""
    for (row, column), edit in edits.items():
        now = read_cells(sheet, Area(column, row, column, row))[0][0]
        if not same(now, edit.before) and not same(now, edit.after):
            raise _changed(sheet, f"{column_letter(column)}{row}")


def _changed(sheet: xw.Sheet, where: str) -> BookChanged:
    return BookChanged(
        f"{sheet.name!r} was changed while Recoup was working: {where} holds something else than was read; try again."
    )


def take(sheet: xw.Sheet, step: Step) -> None:
    """Do one step."""
    if isinstance(step, AddRows):
        _add_rows(sheet, step.rows)
    elif isinstance(step, EditCells):
        write_cells(sheet, {place: edit.after for place, edit in step.cells.items()})
    elif isinstance(step, SortRows):
        _sort_rows(sheet, step)
    else:
        _drop_rows(sheet, step)


def _sort_rows(sheet: xw.Sheet, step: SortRows) -> None:
    """As Data > Sort does, for this once: the table remembers no order for the rows that come later."""
    table = next(t for t in sheet.tables if t.name == step.table)
    whole = table.range
    top, left, (height, width) = whole.row, whole.column, whole.shape
    headers = read_cells(sheet, Area(left, top, left + width - 1, top))[0]
    keys: dict[str, Any] = {"Header": _HEADED}
    for number, (header, descending) in enumerate(step.by, 1):
        key = sheet.range((top, left + headers.index(header)))
        keys |= {f"Key{number}": key.api, f"Order{number}": 1 + descending}
    bottom = top + height - 1 - bool(table.show_totals)
    sort = says(range_of(sheet, Area(left, top, left + width - 1, bottom)).api, "Sort", None)
    if sort is None:
        raise BookUnsupported(
            "This Excel lets no program sort (Excel for Mac); save and close the workbook, then run `recoup tidy`."
        )
    sort(**keys)


def _add_rows(sheet: xw.Sheet, rows: Sequence[Sequence[str]]) -> None:
    width, top = max(map(len, rows), default=0), _last_filled(sheet) + 1
    if top + len(rows) - 1 > MAX_ROWS:
        raise TableBlocked(
            f"The tab {sheet.name!r} cannot hold {len(rows):,} more rows (Excel ends at {MAX_ROWS:,}); "
            "keep the file in a folder, name that folder under Reports folder on Settings, and refresh."
        )
    if not width:
        return
    target = range_of(sheet, Area(1, top, width, top + len(rows) - 1))
    if target.number_format != TEXT_FORMAT:
        target.number_format = TEXT_FORMAT
    step = max(MOST_WRITTEN // width, 1)
    for start in range(0, len(rows), step):
        cells: dict[Place, Cell] = {
            (number, column): safe_text(text) or None
            for number, row in enumerate(rows[start : start + step], top + start)
            for column, text in enumerate([*row, *[""] * (width - len(row))], 1)
        }
        write_cells(sheet, cells)


def _last_filled(sheet: xw.Sheet) -> int:
    """The last row that holds something; formatted rows below it do not count."""
    used = sheet.used_range
    height, width = used.shape
    bottom, step = used.row + height - 1, max(MOST_WRITTEN // width, 1)
    while bottom >= used.row:
        top = max(bottom - step + 1, used.row)
        part = read_cells(sheet, Area(used.column, top, used.column + width - 1, bottom))
        filled = [n for n, row in enumerate(part, top) if any(v is not None for v in row)]
        if filled:
            return filled[-1]
        bottom = top - 1
    return 0


def _drop_rows(sheet: xw.Sheet, step: DropRows) -> None:
    for first, last in reversed(list(_runs(step.rows))):
        rows = sheet.range(f"{first}:{last}")
        if step.moving:
            rows.delete("up")
        else:
            rows.clear_contents()


def _runs(rows: Collection[int]) -> Iterator[tuple[int, int]]:
    """Rows that follow each other: first and last."""
    first = last = 0
    for number in sorted(rows):
        if first and number == last + 1:
            last = number
            continue
        if first:
            yield first, last
        first = last = number
    if first:
        yield first, last
