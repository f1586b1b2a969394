"""What is selected in Excel: cells, blocks of them, whole rows or columns, on the tab in front; and selecting it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import xlwings as xw

from recoup.books.area import MAX_COLUMNS, MAX_ROWS, Area
from recoup.books.base import BookError
from recoup.books.cells import column_index, plain
from recoup.books.excel_calls import says
from recoup.books.excel_cells import read_cells, same
from recoup.books.live_rows import changed
from recoup.books.table_part import TablePart
from recoup.model import Formula, Record

_CALLED = ("Claim ID", "Case", "Amazon case ID")  # what rows are told by
_LINES = re.compile(r"\$?([A-Z]{1,3}|\d+):\$?([A-Z]{1,3}|\d+)")


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows of a table that are selected and can be seen, in their order; ``tab`` is the one in front."""

    tab: str
    table: str
    records: Sequence[Record]


def selected_areas(book: xw.Book) -> list[Area]:
    """The blocks that are selected on the tab in front; none where a chart or a picture is.

    Raises ``BookError`` when another workbook is in front.
    """
    app = book.app
    if app.books.active.name != book.name:
        front = app.books.active.name
        raise BookError(f"{front} is in front in Excel; bring {book.name} to the front, then try again.")
    selection = app.selection
    return [] if selection is None else [area for text in _addresses(selection) if (area := parse_area(text))]


def _addresses(selection: xw.Range) -> Iterator[str]:
    """The addresses of the blocks: Excel cuts that of the whole selection after 255 letters."""
    areas = says(selection.api, "Areas", None)
    if areas is None:
        yield from selection.address.split(",")
        return
    for number in range(1, areas.Count + 1):
        yield areas.Item(number).Address


def parse_area(text: str) -> Area | None:
    """``$B$3:$D$9``, ``$B$3``, the rows ``$3:$9`` or the columns ``$B:$D``; None for anything else."""
    lines = _LINES.fullmatch(text)
    if lines is None:
        return Area.parse(text)
    first, last = lines.groups()
    if first.isdecimal() and last.isdecimal():
        return Area(1, int(first), MAX_COLUMNS, int(last))
    if first.isalpha() and last.isalpha():
        return Area(column_index(first), 1, column_index(last), MAX_ROWS)
    return None


def refuse_moved(sheet: xw.Sheet, table: TablePart, held: Mapping[int, Record]) -> None:
    """Raise ``BookChanged`` when rows, by number, are no longer called what they were: rows are told by that alone."""
    for header in (h for h in _CALLED if held and h in table.headers):
        column, top, bottom = table.column_of(header), min(held), max(held)
        now = read_cells(sheet, Area(column, top, column, bottom))
        for number, record in held.items():
            cell = now[number - top][0]
            if not isinstance(cell, Formula) and not same(cell, plain(record[header])):
                raise changed(table, f"row {number} is another one than was read")


def select(book: xw.Book, tab: str, area: Area) -> None:
    """Bring a tab to the front, and cells of it into view. A matter of convenience: what Excel refuses is left."""
    with suppress(Exception):
        sheet = book.sheets[tab]
        sheet.activate()
        sheet.range(area.absolute).select()
        window = book.app.api.ActiveWindow
        if not _is_seen(window, area):
            window.ScrollRow = max(area.top - 3, 1)


def _is_seen(window: object, area: Area) -> bool:
    seen = says(window, "VisibleRange", None)
    return seen is None or seen.Row <= area.top < seen.Row + seen.Rows.Count
