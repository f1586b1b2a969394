"""One table of an open workbook, as it stands in Excel: read, fitted to the rows that come, and written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from xlwings.main import Table

from recoup.books.area import Area
from recoup.books.base import TableBlocked
from recoup.books.cells import column_letter
from recoup.books.excel_cells import Place, range_of, read_cells, write_cells
from recoup.books.live_rows import LiveRows, Placed, Row, changed
from recoup.books.row_keys import key_text
from recoup.books.snapshot import Edit
from recoup.books.table_part import TablePart


class LiveTable:
    """A table as it stands in Excel now. ``before`` and ``was`` are the table and its rows as Recoup read them."""

    def __init__(self, table: Table, before: TablePart, was: Mapping[int, Row]) -> None:
        """Raises ``BookChanged`` when its columns are no longer those that were read."""
        self._table, self._before = table, before
        self._sheet = table.range.sheet
        found = table.range
        height, width = found.shape
        self._totals = bool(table.show_totals)
        self.area = Area(found.column, found.row, found.column + width - 1, found.row + height - 1)
        old, a = before.area, self.area
        if (a.left, a.top, a.right) != (old.left, old.top, old.right) or self._headers() != before.headers:
            raise changed(
                before, f"the columns of the table {before.name} are no longer those that were read"
            )
        self._rows = LiveRows(before, was, self._body, self._contents())

    def _headers(self) -> list[str]:
        a = self.area
        row = read_cells(self._sheet, Area(a.left, a.top, a.right, a.top))[0]
        return [h if isinstance(h, str) else key_text(h) for h in row]

    @property
    def _body(self) -> Area:
        a = self.area
        return Area(a.left, a.top + 1, a.right, a.bottom - self._totals)

    def _contents(self) -> dict[int, Row]:
        body = self._body
        if body.bottom < body.top:
            return {}
        rows = enumerate(read_cells(self._sheet, body), body.top)
        return {n: {c: v for c, v in enumerate(row, body.left) if v is not None} for n, row in rows}

    def place(self, edits: Mapping[Place, Edit], after: TablePart, replaced: bool) -> Placed:
        """The cells to write. ``replaced``: all rows were written anew. Raises ``BookChanged``."""
        return self._rows.place(edits, after, replaced)

    def write(self, placed: Placed, likes: Mapping[int, int]) -> None:
        """Fit the table to its new body, then write. ``likes``: new column -> the column it shall look like."""
        old = self._body
        if placed.body != old:
            self._fit(placed.body, likes)
        write_cells(self._sheet, placed.cells)
        self._arrange()

    def refuse_if_blocked(self, placed: Placed) -> None:
        """Raise ``TableBlocked`` when the table cannot grow over what stands below it or to its right."""
        a, body = self.area, placed.body
        below = Area(a.left, a.bottom + 1, a.right, body.bottom + self._totals)
        beside = Area(a.right + 1, a.top, body.right, a.bottom)
        for area in (area for area in (below, beside) if area.is_on_a_sheet()):
            for number, row in enumerate(read_cells(self._sheet, area), area.top):
                for column, value in enumerate(row, area.left):
                    if value is not None:
                        raise TableBlocked(
                            f"The table {self._before.name} on {self._sheet.name!r} cannot grow because "
                            f"{column_letter(column)}{number} is filled; move what stands there, then try again."
                        )

    def _fit(self, body: Area, likes: Mapping[int, int]) -> None:
        """Resize the table; new rows look like the last one."""
        old = self._body
        if self._totals:  # Excel moves a totals row only by taking it away and bringing it back
            self._table.show_totals = False
        self._table.resize(range_of(self._sheet, Area(body.left, body.top - 1, body.right, body.bottom)))
        if self._totals:
            self._table.show_totals = True
        if body.bottom > old.bottom:
            self._look_like(old, body)
        for column, like in likes.items():
            self._format_column(column, like, body)

    def _look_like(self, old: Area, body: Area) -> None:
        last = range_of(self._sheet, Area(old.left, old.bottom, old.right, old.bottom))
        grown = Area(old.left, old.bottom, old.right, body.bottom)
        try:
            last.autofill(range_of(self._sheet, grown), "fill_formats")
        except Exception:  # a filter hides the last row: Excel fills nothing then
            for column in range(old.left, old.right + 1):
                look = self._sheet.range((old.bottom, column)).number_format
                part = Area(column, old.bottom + 1, column, body.bottom)
                range_of(self._sheet, part).number_format = look

    def _format_column(self, column: int, like: int, body: Area) -> None:
        own, other = (range_of(self._sheet, Area(c, body.top - 1, c, body.bottom)) for c in (column, like))
        other.copy()
        own.paste("formats")
        self._sheet.book.app.cut_copy_mode = False
        width = other.column_width
        if width is not None:
            own.column_width = width

    def _arrange(self) -> None:
        """Let the filter and the order that a person chose hold for the new rows too; not every Excel can."""
        with suppress(Exception):
            if self._table.api.ShowAutoFilter and self._table.api.AutoFilter.FilterMode:
                self._table.api.AutoFilter.ApplyFilter()
        with suppress(Exception):
            if self._table.api.Sort.SortFields.Count:
                self._table.api.Sort.Apply()
