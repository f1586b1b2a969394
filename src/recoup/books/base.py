"""What every workbook engine can do (the Protocol ``Book``), its value types and its errors."""

# ruff: noqa: N818  (errors are named by what happened)
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from recoup import sheets
from recoup.model import Cell, Problem, RawTable, Record, RecoupError


class BookError(RecoupError):
    """The workbook cannot be read or written as asked; ``exit_code`` is what the command line returns."""

    exit_code: ClassVar[int] = 2


class BookLocked(BookError):
    """Someone has the workbook open."""

    exit_code = 3


class BookChanged(BookError):
    """The file on disk is no longer the one that was read."""

    exit_code = 3


class BookUnsaved(BookError):
    """The disk, the folder or the file does not let the workbook be saved."""

    exit_code = 1


class BookUnsupported(BookError):
    """The file is no workbook that this engine can change without loss."""


class SheetMissing(BookError):
    """A tab that is needed is not in the workbook."""


class TableMissing(BookError):
    """An owned table was deleted or turned into a plain range."""


class ColumnMissing(BookError):
    """A column of an owned table was deleted or renamed."""


class NameMissing(BookError):
    """A defined name of Recoup was deleted or points nowhere."""


class TableBlocked(BookError):
    """A table cannot grow because something stands below it."""


@dataclass(slots=True)
class TableRows:
    """The body of one table: ``rows[i][j]`` is the value under ``headers[j]`` in sheet row ``numbers[i]``.

    A blank cell is None; text is str; a number is float; a date-styled number is date or datetime; an error
    cell is its text (``#N/A``). A formula gives its cached value. Rows in which nobody typed anything (all
    cells blank or formulas) are left out.
    """

    headers: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def records(self) -> list[Record]:
        """The rows as dicts by header."""
        return [dict(zip(self.headers, row, strict=True)) for row in self.rows]


@runtime_checkable
class BookToRead(Protocol):
    """A workbook as far as its content is only read. Methods raise ``BookError`` with one sentence."""

    path: Path

    def sheet_names(self) -> list[str]:
        """The names of all tabs, hidden ones too, in order."""
        ...

    def read_raw(self, sheet: str) -> RawTable:
        """A whole tab as text, nothing interpreted: date cells as ISO text with their time, whole numbers
        without ``.0``, error cells as ``#N/A``. ``problems`` name hidden rows and cells far out.
        """
        ...

    def fingerprint(self, sheet: str) -> str:
        """The SHA-256 of all that ``read_raw`` makes the tab's cells of; "" where that is not known cheaply.

        Raises ``SheetMissing``.
        """
        ...

    def tables(self) -> dict[str, list[str]]:
        """Every table of the workbook: its name and its headers as they stand now."""
        ...

    def read_table(self, name: str) -> TableRows:
        """The body of a table. Raises ``TableMissing``."""
        ...

    def read_name(self, defined_name: str) -> Cell:
        """The value of the one cell that a defined name points at. Raises ``NameMissing``."""
        ...


@runtime_checkable
class Book(BookToRead, Protocol):
    """One open workbook. Changes are collected and reach the file only with ``save``.

    ``problems`` gathers what a person should know about rows found on the way (duplicate keys, typed text
    of rows that were replaced). All methods raise ``BookError`` with one sentence when they cannot do what
    is asked, and ``ValueError`` for mistakes of the caller (two records with one key, ...).
    """

    problems: list[Problem]
    keep: int  # how many backups stay
    threads: (
        bool  # whether another thread may read tabs, one at a time: Excel answers only the one that opened it
    )

    def sheet_of(self, table: str) -> str:
        """The tab a table stands on now. Raises ``TableMissing``."""
        ...

    def rows_hidden(self, table: str) -> int:
        """How many rows of ``read_table`` a filter or a hand hides. Raises ``TableMissing``."""
        ...

    def replace_rows(self, table: str, records: Sequence[Record], keep_by: Sequence[str] = ()) -> None:
        """Rewrite the whole body; the table grows or shrinks to the records (one blank row when none).

        Columns that no record names belong to people: their cells are carried over to the record that
        agrees with the old row in the ``keep_by`` columns (all columns of the records when not given).
        A table of fixed size (``sheets.Table.fixed_rows``) keeps it; its other rows are blanked.
        """
        ...

    def patch_rows(self, table: str, key: Sequence[str], records: Sequence[Record]) -> None:
        """Edit the named cells of the rows with that key, only where the value differs; append new keys.

        Nothing else moves. Of several rows with one key the first is edited and ``problems`` says so.
        """
        ...

    def append_rows(self, table: str, records: Sequence[Record]) -> None:
        """Add records after the last row; the table grows."""
        ...

    def sort_rows(self, table: str, by: Sequence[tuple[str, bool]]) -> None:
        """Sort the rows of a table by columns (header, whether the largest comes first); blanks come last.

        All cells of a row move together, people's too, with looks and formulas. Raises ``TableMissing``,
        ``BookLocked`` when rows are hidden, ``BookUnsupported`` when something hangs on rows that cannot move along.
        """
        ...

    def read_formulas(self, table: str) -> dict[tuple[int, str], str]:
        """The formulas in a table's body, without ``=``, by sheet row and header."""
        ...

    def formulas_in(self, sheet: str) -> dict[tuple[int, int], str]:
        """The formulas of a tab, without ``=``, by sheet row and column (1-based). Raises ``SheetMissing``."""
        ...

    def edit_rows(self, table: str, records: Mapping[int, Record]) -> None:
        """Edit the named cells of the rows with those numbers (``TableRows.numbers``), only where the value differs."""
        ...

    def edit_cells(self, sheet: str, cells: Mapping[tuple[int, int], Cell]) -> None:
        """Write single cells of a tab, by sheet row and column (1-based), where the value differs; looks stay.

        Raises ``SheetMissing``.
        """
        ...

    def write_names(self, values: Mapping[str, Cell]) -> None:
        """Write the cells that defined names point at, where the value differs."""
        ...

    def write_list(self, defined_name: str, values: Sequence[str]) -> None:
        """Let a drop-down list hold these values: the row of cells behind its name, moved when it grows.

        Raises ``NameMissing``.
        """
        ...

    def write_tab(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        """Add text rows below what a report tab holds, from row 1 when it is empty."""
        ...

    def drop_rows(self, sheet: str, rows: Collection[int]) -> None:
        """Remove rows (numbers as in the sheet) of a report tab; the rows below move up.

        Where merged cells, comments, drawings, links, validations or conditional formats hang on the tab's
        rows, nothing moves: the rows are emptied instead. Raises ``SheetMissing``.
        """
        ...

    def add_tab(self, sheet: str, visible: bool) -> None:
        """Add an empty report tab (all cells formatted as text, first row frozen) behind the last tab of people.

        Raises ``BookError`` when a tab of that name is there.
        """
        ...

    def adopt_tab(self, sheet: str, donor: bytes) -> None:
        """Let a tab be as in the workbook ``donor`` that Recoup built: cells, tables, charts, looks and names.

        A tab of that name loses its cells; one that is not there comes behind the last. Raises ``BookError`` when
        something hangs on the tab, such as notes, a drawing or a table.
        """
        ...

    def add_columns(self, table: str, columns: Sequence[sheets.Column]) -> None:
        """Add columns at the right end of a table, styled like its last column of the same kind and owner.

        Raises ``TableMissing``, ``TableBlocked`` when something stands to the right of the table.
        """
        ...

    def set_visible(self, sheet: str, visible: bool) -> None:
        """Show or hide a tab."""
        ...

    def save(self, to: Path | None = None) -> Path:
        """Write the workbook in one step and return its path: in place (backup first) or as a copy ``to``.

        A copy that is there is backed up like the workbook itself. Raises ``BookLocked``, ``BookChanged``,
        ``BookUnsaved``; the old file is whole whenever this raises.
        """
        ...
