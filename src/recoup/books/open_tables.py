"""A workbook that is open in Excel, only looked at: its tables, named cells and tabs straight from Excel's cells.

For worksheet functions, which run while Excel calculates: then it answers questions, but takes no copy of the workbook
and lets nothing be written. Decision: dates are days as Excel shows them, whichever year the workbook counts from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlwings as xw
from xlwings.main import Table

from recoup.books.area import Area
from recoup.books.base import NameMissing, SheetMissing, TableMissing, TableRows
from recoup.books.cells import ERRORS, number_text
from recoup.books.excel_cells import MOST_READ, in_rows, range_of
from recoup.model import Cell, RawTable


class OpenTables:
    """An open workbook; the Protocol ``books.base.BookToRead`` says what each method does."""

    def __init__(self, book: xw.Book) -> None:
        """Nothing is read yet; where the tables stand is looked up once."""
        self._book, self.path = book, Path(book.name)

    def sheet_names(self) -> list[str]:
        """The names of all tabs."""
        return [sheet.name for sheet in self._book.sheets]

    def tables(self) -> dict[str, list[str]]:
        """Every table's name and headers."""
        return {name: table.headers for name, table in self._tables.items()}

    @cached_property
    def _tables(self) -> dict[str, _OpenTable]:
        return {table.name: _find(sheet, table) for sheet in self._book.sheets for table in sheet.tables}

    def read_table(self, name: str) -> TableRows:
        """The body of a table."""
        table = self._tables.get(name)
        if table is None:
            raise TableMissing(
                f"{self.path.name} has no table {name}: it was deleted or turned into a range."
            )
        body = table.body
        rows = _read(table.sheet, body) if body.bottom >= body.top else []
        filled = {n: row for n, row in enumerate(rows, body.top) if any(cell is not None for cell in row)}
        return TableRows(list(table.headers), list(filled.values()), list(filled))

    def read_name(self, defined_name: str) -> Cell:
        """The value of a named cell."""
        for found in self._book.names:
            if found.name == defined_name and "#REF!" not in (found.refers_to or ""):
                place = found.refers_to_range
                return _read(place.sheet, Area(place.column, place.row, place.column, place.row))[0][0]
        raise NameMissing(f"{self.path.name} has no name {defined_name}: it was deleted or points nowhere.")

    def read_raw(self, sheet: str) -> RawTable:
        """A whole tab as text."""
        if sheet not in self.sheet_names():
            raise SheetMissing(f"{self.path.name} has no tab {sheet!r}.")
        tab = self._book.sheets[sheet]
        used = _area_of(tab.used_range)
        rows = [[_text(cell) for cell in row] for row in _read(tab, Area(1, 1, used.right, used.bottom))]
        cells = pd.DataFrame(rows, dtype="string[pyarrow]")
        return RawTable(sheet, "sheet", cells, np.arange(1, len(rows) + 1, dtype=np.int64))

    def fingerprint(self, sheet: str) -> str:  # noqa: ARG002
        """Not known without reading."""
        return ""


@dataclass(frozen=True, slots=True)
class _OpenTable:
    sheet: xw.Sheet
    headers: list[str]
    body: Area  # below the headings, without totals; upside down when there is no row


def _find(sheet: xw.Sheet, table: Table) -> _OpenTable:
    area = _area_of(table.range)
    (headers,) = _read(sheet, Area(area.left, area.top, area.right, area.top))
    body = Area(area.left, area.top + 1, area.right, area.bottom - bool(table.show_totals))
    return _OpenTable(sheet, list(map(_text, headers)), body)


def _area_of(found: xw.Range) -> Area:
    height, width = found.shape
    return Area(found.column, found.row, found.column + width - 1, found.row + height - 1)


def _read(sheet: xw.Sheet, area: Area) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    step = max(MOST_READ // (area.right - area.left + 1), 1)
    for top in range(area.top, area.bottom + 1, step):
        part = range_of(sheet, Area(area.left, top, area.right, min(top + step - 1, area.bottom)))
        rows += [list(map(_cell, row)) for row in in_rows(part, part.raw_value)]
    return rows


def _cell(value: Any) -> Cell:
    """A cell as Excel hands it out, as the other engines read it."""
    if isinstance(value, str):
        return value or None
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return ERRORS.get(value, float(value))
    if isinstance(value, Decimal):
        return float(value)
    return _moment(value) if isinstance(value, date) else str(value)


def _moment(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    plain = datetime(*value.timetuple()[:6])
    return plain if plain.time() != datetime.min.time() else plain.date()


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).upper() if isinstance(cell, bool) else number_text(cell)  # type: ignore[arg-type]
