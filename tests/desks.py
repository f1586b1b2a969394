"""Where people work: a workbook in memory, and a workbook file that openpyxl edits as Excel would.

Both offer the same few movements of the hand; rows are named by their place among the rows that hold anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, Protocol, TypeVar

from openpyxl.worksheet.table import TableColumn

from paper_book import FIRST, PaperBook
from recoup.books import open_book
from recoup.books.base import Book
from recoup.model import Cell, Record
from workbooks import Desk, Grid

T = TypeVar("T")


class Workplace(Protocol):
    """One copy of a workbook with a person in front of it."""

    def rows(self, table: str) -> list[Record]:
        """The rows of a table that hold anything, by header."""
        ...

    def headers(self, table: str) -> list[str]:
        """The headings of a table as they stand."""
        ...

    def type(self, table: str, row: int, cells: Mapping[str, Cell]) -> None:
        """Type into cells of a row."""
        ...

    def add(self, table: str, cells: Mapping[str, Cell]) -> None:
        """Type a new row below the last one."""
        ...

    def wipe(self, table: str, row: int) -> None:
        """Delete what a row holds."""
        ...

    def rearrange(self, table: str, order: Sequence[int]) -> None:
        """Sort, or cut and paste: row ``order[i]`` moves to place i."""
        ...

    def hide(self, table: str, rows: Sequence[int]) -> None:
        """Hide rows by hand or with a filter."""
        ...

    def insert_column(self, table: str, at: int, header: str) -> None:
        """Put a column of one's own into a table."""
        ...

    def paste(self, tab: str, rows: Sequence[Sequence[str]]) -> None:
        """Clear a report tab and paste other rows."""
        ...

    def act(self, function: Callable[[Book], T]) -> T:
        """Let the engine work in the book, and save."""
        ...

    def copy(self, name: str) -> Workplace:
        """A copy of the workbook under another name, for a colleague."""
        ...

    def open(self) -> Book:
        """The book as it was last saved."""
        ...


class PaperDesk:
    """See ``Workplace``; everything stays in memory."""

    def __init__(self, book: PaperBook) -> None:
        self.book = book

    def rows(self, table: str) -> list[Record]:
        return self.book.read_table(table).records()

    def headers(self, table: str) -> list[str]:
        return list(self.book.sheets[table].headers)

    def type(self, table: str, row: int, cells: Mapping[str, Cell]) -> None:
        self.book.edit_rows(table, {self._at(table, row) + FIRST: dict(cells)})

    def add(self, table: str, cells: Mapping[str, Cell]) -> None:
        self.book.append_rows(table, [dict(cells)])

    def wipe(self, table: str, row: int) -> None:
        sheet = self.book.changing(table)
        sheet.rows[self._at(table, row)] = dict.fromkeys(sheet.headers)

    def rearrange(self, table: str, order: Sequence[int]) -> None:
        sheet = self.book.changing(table)
        used = sheet.used()
        rows = [sheet.rows[used[i]] for i in order]
        for at, row in zip(used, rows, strict=True):
            sheet.rows[at] = row

    def hide(self, table: str, rows: Sequence[int]) -> None:
        self.book.sheets[table].hidden = {self._at(table, i) for i in rows}

    def insert_column(self, table: str, at: int, header: str) -> None:
        self.book.insert_column(table, at, header)

    def paste(self, tab: str, rows: Sequence[Sequence[str]]) -> None:
        self.book.paste(tab, rows)

    def act(self, function: Callable[[Book], T]) -> T:
        self.book.problems = []
        return function(self.book)

    def copy(self, name: str) -> PaperDesk:
        return PaperDesk(self.book.copy(name))

    def open(self) -> Book:
        return self.book

    def _at(self, table: str, row: int) -> int:
        return self.book.sheets[table].used()[row]


class FileDesk:
    """See ``Workplace``; every movement opens the file, changes it and saves it."""

    def __init__(self, path: Path, engine: str = "package") -> None:
        self.path, self.engine = path, engine

    def rows(self, table: str) -> list[Record]:
        return self.open().read_table(table).records()

    def headers(self, table: str) -> list[str]:
        return self.open().tables()[table]

    def type(self, table: str, row: int, cells: Mapping[str, Cell]) -> None:
        self._by_hand(table, lambda grid, used: _fill(grid, used[row], cells))

    def add(self, table: str, cells: Mapping[str, Cell]) -> None:
        def below(grid: Grid, used: list[Any]) -> None:
            number = (used[-1] if used else grid.rows[0])[0].row + 1
            row = [grid.sheet.cell(number, c.column) for c in grid.rows[0]]
            if number > grid.rows[-1][0].row:
                _stretch(grid, f"{grid.rows[0][0].coordinate}:{row[-1].coordinate}")
                for cell, above in zip(row, grid.rows[-1], strict=True):
                    cell._style = copy(above._style)
            _fill(grid, row, cells)

        self._by_hand(table, below)

    def wipe(self, table: str, row: int) -> None:
        def empty(_: Grid, used: list[Any]) -> None:
            for cell in used[row]:
                cell.value = None

        self._by_hand(table, empty)

    def rearrange(self, table: str, order: Sequence[int]) -> None:
        def move(_: Grid, used: list[Any]) -> None:
            rows = [[(c.value, c.data_type) for c in used[i]] for i in order]
            for target, row in zip(used, rows, strict=True):
                for cell, (value, kind) in zip(target, row, strict=True):
                    cell.value, cell.data_type = value, kind

        self._by_hand(table, move)

    def hide(self, table: str, rows: Sequence[int]) -> None:
        def hide(grid: Grid, used: list[Any]) -> None:
            for i, row in enumerate(used):
                grid.sheet.row_dimensions[row[0].row].hidden = i in set(rows)

        self._by_hand(table, hide)

    def insert_column(self, table: str, at: int, header: str) -> None:
        def insert(grid: Grid, _: list[Any]) -> None:
            for number, row in enumerate(grid.rows):
                cells = [*row, grid.sheet.cell(row[0].row, row[-1].column + 1)]
                for target, source in zip(cells[:at:-1], cells[at - 1 + (at == 0) : -1][::-1], strict=False):
                    target.value, target.data_type = source.value, source.data_type
                    target._style = copy(source._style)
                cells[at].value = header if number == 0 else None
            last = grid.sheet.cell(grid.rows[-1][0].row, grid.rows[0][-1].column + 1)
            _stretch(grid, f"{grid.rows[0][0].coordinate}:{last.coordinate}")
            ids = [c.id for c in grid.table.tableColumns]
            grid.table.tableColumns.insert(at, TableColumn(id=max(ids) + 1, name=header))

        self._by_hand(table, insert)

    def paste(self, tab: str, rows: Sequence[Sequence[str]]) -> None:
        with Desk(self.path) as desk:
            desk.paste(tab, rows)

    def act(self, function: Callable[[Book], T]) -> T:
        book = self.open()
        done = function(book)
        book.save()
        return done

    def copy(self, name: str) -> FileDesk:
        return FileDesk(Path(shutil.copy(self.path, self.path.with_name(name))), self.engine)

    def open(self) -> Book:
        return open_book(self.path, self.engine, keep=0)

    def _by_hand(self, table: str, movement: Callable[[Grid, list[Any]], None]) -> None:
        with Desk(self.path) as desk:
            grid = desk.table(table)
            movement(
                grid, [r for r in grid.rows[1:] if any(c.value is not None and c.data_type != "f" for c in r)]
            )


def _fill(grid: Grid, row: Sequence[Any], cells: Mapping[str, Cell]) -> None:
    for header, value in cells.items():
        cell = row[grid.headers.index(header)]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"


def _stretch(grid: Grid, ref: str) -> None:
    grid.table.ref = ref
    if grid.table.autoFilter is not None:
        grid.table.autoFilter.ref = ref
