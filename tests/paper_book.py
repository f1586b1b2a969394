"""A workbook that exists in memory only: every sheet of a real one, as rows, behind the same Protocol.

The engine refreshes, clears, merges and files in it as it does in a file, thousands of times a minute. Random work is
done in both and compared (``tests/test_people_at_work.py``), so that what holds here holds there.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from pathlib import Path

import numpy as np
import pandas as pd

from recoup.books.base import Book, NameMissing, SheetMissing, TableMissing, TableRows
from recoup.books.cells import safe_text
from recoup.books.row_keys import by_key, record_key
from recoup.books.row_order import sorted_numbers
from recoup.model import Cell, Formula, Problem, RawTable, Record
from recoup.sheets import NAMED_CELLS, TABLES, Column

FIRST = 2  # the sheet row of a table's first record


@dataclass
class PaperTable:
    """The rows of one table, blank ones too; ``hidden`` rows are not shown."""

    sheet: str
    headers: list[str]
    rows: list[Record] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    def used(self) -> list[int]:
        """Positions of the rows in which something was typed or written."""
        return [i for i, row in enumerate(self.rows) if any(map(_typed, row.values()))]


class PaperBook:
    """See the Protocol ``Book``; ``save`` writes nothing."""

    keep, threads = 0, False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.order: list[str] = []
        self.sheets: dict[str, PaperTable] = {}  # by table
        self.tabs: dict[str, list[list[str]]] = {}
        self.names: dict[str, Cell] = {}
        self._raw: dict[str, RawTable] = {}
        self._read: dict[str, TableRows] = {}

    @classmethod
    def of(cls, book: Book) -> PaperBook:
        """What a workbook file holds."""
        paper = cls(book.path)
        paper.order = book.sheet_names()
        for name, headers in book.tables().items():
            found, formulas = book.read_table(name), book.read_formulas(name)
            rows = found.records()
            for number, row in zip(found.numbers, rows, strict=True):
                row |= {
                    h: Formula(formulas[number, h], row[h])  # type: ignore[arg-type]
                    for h in headers
                    if (number, h) in formulas
                }
            paper.sheets[name] = PaperTable(book.sheet_of(name), list(headers), rows)
        owned = {t.sheet for t in paper.sheets.values()}
        for tab in paper.order:
            if tab not in owned:
                paper.tabs[tab] = book.read_raw(tab).cells.to_numpy(dtype=object).tolist()
        paper.names = {name: book.read_name(name) for name in NAMED_CELLS}
        return paper

    def copy(self, name: str) -> PaperBook:
        """Another copy of the workbook, under another file name."""
        other = pickle.loads(pickle.dumps((self.order, self.sheets, self.tabs, self.names)))
        copy = PaperBook(self.path.with_name(name))
        copy.order, copy.sheets, copy.tabs, copy.names = other
        copy._raw, copy._read = dict(self._raw), dict(self._read)
        return copy

    # ---- tabs

    def sheet_names(self) -> list[str]:
        return list(self.order)

    def read_raw(self, sheet: str) -> RawTable:
        grid = self._tab(sheet)
        if sheet not in self._raw:
            width = max(map(len, grid), default=0)
            cells = pd.DataFrame([row + [""] * (width - len(row)) for row in grid], dtype="string[pyarrow]")
            self._raw[sheet] = RawTable(sheet, "sheet", cells, np.arange(1, len(grid) + 1, dtype=np.int64))
        return self._raw[sheet]

    def fingerprint(self, sheet: str) -> str:
        if sheet not in self.tabs:
            return ""
        return hashlib.sha256(repr(self.tabs[sheet]).encode()).hexdigest()

    def formulas_in(self, sheet: str) -> dict[tuple[int, int], str]:
        self._tab(sheet)
        return {}

    def edit_cells(self, sheet: str, cells: Mapping[tuple[int, int], Cell]) -> None:
        grid = self._changing(sheet)
        for (number, column), cell in cells.items():
            grid += [[] for _ in range(number - len(grid))]
            row = grid[number - 1]
            row += [""] * (column - len(row))
            row[column - 1] = "" if cell is None else str(cell)

    def write_tab(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        self._changing(sheet).extend([list(row) for row in rows])

    def drop_rows(self, sheet: str, rows: Collection[int]) -> None:
        grid = self._changing(sheet)
        grid[:] = [row for number, row in enumerate(grid, 1) if number not in set(rows)]

    def paste(self, sheet: str, rows: Iterable[Sequence[str]]) -> None:
        """A person clears a tab and pastes other rows."""
        self._changing(sheet)[:] = [list(map(str, row)) for row in rows]

    def add_tab(self, sheet: str, visible: bool) -> None:
        self.order.append(sheet)
        self.tabs[sheet] = []

    def set_visible(self, sheet: str, visible: bool) -> None:
        self._tab(sheet)

    def _tab(self, sheet: str) -> list[list[str]]:
        if sheet not in self.tabs:
            raise SheetMissing(f"{self.path.name} has no tab {sheet}")
        return self.tabs[sheet]

    def _changing(self, sheet: str) -> list[list[str]]:
        self._raw.pop(sheet, None)
        return self._tab(sheet)

    # ---- tables

    def tables(self) -> dict[str, list[str]]:
        return {name: list(t.headers) for name, t in self.sheets.items()}

    def sheet_of(self, table: str) -> str:
        return self._table(table).sheet

    def rows_hidden(self, table: str) -> int:
        used, hidden = self._table(table).used(), self._table(table).hidden
        return sum(i in hidden for i in used)

    def read_table(self, name: str) -> TableRows:
        if name not in self._read:
            t = self._table(name)
            used = t.used()
            rows = [[_shown(t.rows[i].get(h)) for h in t.headers] for i in used]
            self._read[name] = TableRows(list(t.headers), rows, [i + FIRST for i in used])
        found = self._read[name]
        return TableRows(list(found.headers), list(found.rows), list(found.numbers))

    def read_formulas(self, table: str) -> dict[tuple[int, str], str]:
        rows = enumerate(self._table(table).rows, FIRST)
        return {(n, h): c.text for n, row in rows for h, c in row.items() if isinstance(c, Formula)}

    def append_rows(self, table: str, records: Sequence[Record]) -> None:
        t = self.changing(table)
        if records:
            last = max(t.used(), default=-1)
            del t.rows[last + 1 :]
        for record in records:
            t.rows.append({**dict.fromkeys(t.headers), **_normal(t, record)})

    def edit_rows(self, table: str, records: Mapping[int, Record]) -> None:
        t = self.changing(table)
        for number, record in records.items():
            t.rows[number - FIRST] |= _normal(t, record)

    def patch_rows(self, table: str, key: Sequence[str], records: Sequence[Record]) -> None:
        t = self.changing(table)
        waiting, done, doubled = by_key(key, records, table, False), set(), []
        for i in t.used():
            own = record_key(t.rows[i], key, False)
            if own in done:
                doubled.append(own)
            elif own in waiting:
                t.rows[i] |= _normal(t, waiting.pop(own))
                done.add(own)
        self.append_rows(table, list(waiting.values()))
        if doubled:
            said = f"{len(doubled)} rows repeat the {' and '.join(key)} of a row above"
            self.problems.append(Problem("warning", t.sheet, said, "Delete them.", rows=len(doubled)))

    def replace_rows(self, table: str, records: Sequence[Record], keep_by: Sequence[str] = ()) -> None:
        t = self.changing(table)
        named = {h for record in records for h in record}
        theirs = [h for h in t.headers if h not in named] if records else []
        by = keep_by or sorted(named)
        old: dict[tuple[str, ...], list[Record]] = {}
        for i in t.used():
            old.setdefault(record_key(t.rows[i], by, False), []).append(t.rows[i])
        rows = []
        for record in records:
            same = old.get(record_key(record, by, False), [])
            kept = same.pop(0) if same else {}
            rows.append(
                {**dict.fromkeys(t.headers), **{h: kept.get(h) for h in theirs}, **_normal(t, record)}
            )
        size = len(t.rows) if TABLES.get(table) and TABLES[table].fixed_rows else 0
        t.rows = rows + [dict.fromkeys(t.headers) for _ in range(size - len(rows))]
        t.hidden = set()

    def sort_rows(self, table: str, by: Sequence[tuple[str, bool]]) -> None:
        t = self.changing(table)
        order = sorted_numbers(self.read_table(table), by)
        used = [t.rows[n - FIRST] for n in order]
        t.rows = used + [row for row in t.rows if not any(row is u for u in used)]

    def add_columns(self, table: str, columns: Sequence[Column]) -> None:
        for column in columns:
            self.insert_column(table, len(self._table(table).headers), column.header)

    def insert_column(self, table: str, at: int, header: str) -> None:
        """A person puts a column of their own into a table."""
        t = self.changing(table)
        t.headers.insert(at, header)
        t.rows = [{h: row.get(h) for h in t.headers} for row in t.rows]

    def changing(self, name: str) -> PaperTable:
        """A table that is about to be changed."""
        self._read.pop(name, None)
        return self._table(name)

    def _table(self, name: str) -> PaperTable:
        if name not in self.sheets:
            raise TableMissing(f"{self.path.name} has no table {name}")
        return self.sheets[name]

    # ---- names

    def read_name(self, defined_name: str) -> Cell:
        if defined_name not in self.names:
            raise NameMissing(f"{self.path.name} has no name {defined_name}")
        return _shown(self.names[defined_name])

    def write_names(self, values: Mapping[str, Cell]) -> None:
        self.names |= values

    def write_list(self, defined_name: str, values: Sequence[str]) -> None:
        """Lists are looks."""

    def save(self, to: Path | None = None) -> Path:
        return to or self.path


def _typed(cell: Cell) -> bool:
    return cell is not None and not isinstance(cell, Formula)


def _shown(cell: Cell) -> Cell:
    return cell.cached if isinstance(cell, Formula) else cell


def _normal(t: PaperTable, record: Mapping[str, Cell]) -> Record:
    """A record as cells give it back. Raises ``KeyError`` for a header that is not there."""
    missing = record.keys() - set(t.headers)
    if missing:
        raise KeyError(f"{t.sheet} has no column {', '.join(sorted(missing))}")
    return {h: _cell(c) for h, c in record.items()}


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return safe_text(cell) or None
    if cell is None or isinstance(cell, (bool, date, Formula)):
        return cell
    return float(cell) if isfinite(cell) else None
