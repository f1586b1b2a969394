"""A workbook as a file to read from and to try changes on, and what these changed, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from recoup.books.area import Area
from recoup.books.cell_values import formula_text, shared_formulas
from recoup.books.cells import column_index
from recoup.books.excel_cells import Place
from recoup.books.package_book import PackageBook
from recoup.books.table_part import TablePart
from recoup.books.worksheet import CellXml, Worksheet, parse_cells
from recoup.model import Cell, Formula


@dataclass(frozen=True, slots=True)
class Edit:
    """What a cell held and what it shall hold."""

    before: Cell
    after: Cell


@dataclass(slots=True)
class TabEdits:
    """The changed cells of one tab, and its tables that changed, as they were and as they shall be."""

    sheet: str
    cells: dict[Place, Edit] = field(default_factory=dict)
    tables: list[tuple[TablePart, TablePart]] = field(default_factory=list)


class Snapshot(PackageBook):
    """A copy of a workbook that knows the contents of its cells as Excel would give them."""

    def rows_of(self, sheet: str, numbers: Iterable[int]) -> dict[int, dict[int, Cell]]:
        """The contents of those rows that the tab has, by column: dates as numbers, formulas and errors as text."""
        tab = self._worksheet(sheet)
        shared = shared_formulas(tab)
        return {n: self._contents(tab, n, shared) for n in numbers if n in tab.rows}

    def _contents(self, tab: Worksheet, number: int, shared: dict[str, tuple[str, str]]) -> dict[int, Cell]:
        found: dict[int, Cell] = {}
        for column, style, kind, inner, xml in parse_cells(tab.rows[number]):
            if not inner:
                continue
            text = None
            if CellXml(style, kind, inner, xml).has_formula:
                text = formula_text(tab.row(number).cells[column], tab, shared)
            value = self._values.value("", kind, inner) if text is None else Formula(text)
            if value is not None:
                found[column] = value
        return found

    def body_contents(self, table: TablePart) -> dict[int, dict[int, Cell]]:
        """The contents of a table's rows, by row and column."""
        area = table.body
        numbers = range(area.top, area.bottom + 1)
        held = self.rows_of(table.sheet, numbers)
        return {n: _within(held.get(n, {}), area) for n in numbers}

    def place_of(self, defined_name: str) -> tuple[str, Place]:
        """The tab and the place of the cell that a name points at. Raises ``NameMissing``."""
        place = self._workbook.place_of(defined_name)
        return place.sheet, (place.row, column_index(place.column))

    def list_of(self, defined_name: str) -> tuple[str, Area]:
        """The tab and the cells of the list that a name points at. Raises ``NameMissing``."""
        return self._workbook.row_of_cells(defined_name)

    def edits_since(self, before: Snapshot, passed_over: set[str]) -> list[TabEdits]:
        """What changed, tab by tab in their order; tabs that are passed over are not compared."""
        found = []
        for sheet in self._changed_tabs():
            if sheet not in passed_over and sheet in before._workbook.sheets:
                edits = self._edits(before, sheet)
                if edits.cells or any(_resized(*pair) for pair in edits.tables):
                    found.append(edits)
        return found

    def _changed_tabs(self) -> list[str]:
        def changed(part: str) -> bool:
            return part in self._rebuilt or (part in self._worksheets and self._worksheets[part].changed)

        resized = {table.sheet for table in self._tables.values() if table.changed}
        return [s for s, part in self._workbook.sheets.items() if s in resized or changed(part)]

    def _edits(self, before: Snapshot, sheet: str) -> TabEdits:
        old, new = before._worksheet(sheet), self._worksheet(sheet)
        shared = shared_formulas(old), shared_formulas(new)
        edits = TabEdits(sheet)
        for number in sorted(old.rows.keys() | new.rows.keys()):
            if old.rows.get(number) == new.rows.get(number):
                continue
            was = before._contents(old, number, shared[0]) if number in old.rows else {}
            now = self._contents(new, number, shared[1]) if number in new.rows else {}
            for column in sorted(was.keys() | now.keys()):
                if not _alike(was.get(column), now.get(column)):
                    edits.cells[number, column] = Edit(was.get(column), now.get(column))
        edits.tables = [
            (before._tables[name], table)
            for name, table in self._tables.items()
            if table.sheet == sheet and name in before._tables
        ]
        return edits


def _alike(one: Cell, other: Cell) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _resized(before: TablePart, after: TablePart) -> bool:
    return before.area != after.area


def _within(row: dict[int, Cell], area: Area) -> dict[int, Cell]:
    return {c: value for c, value in row.items() if area.left <= c <= area.right}
