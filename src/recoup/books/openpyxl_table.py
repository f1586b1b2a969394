"""The rows of one table in openpyxl: read, appended, resized, and its list of columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.table import Table

from recoup.books.area import MAX_ROWS, Area
from recoup.books.base import BookUnsupported, ColumnMissing, TableBlocked, TableRows
from recoup.books.cell_values import translated
from recoup.books.cells import column_letter, plain
from recoup.books.openpyxl_cells import Tab
from recoup.books.openpyxl_values import Carried, shown
from recoup.books.row_heights import height_of
from recoup.books.row_keys import Key, key_text
from recoup.model import Formula, Record

Fill = Mapping[int, Callable[[str], Formula]]
_A1 = re.compile(r"(?<![\w.\[])\$?[A-Z]{1,3}\$?\d+(?![\w(\]])")


def area_of(table: Table) -> Area:
    """The cells of a table. Raises ``BookUnsupported``."""
    area = Area.parse(str(table.ref))
    if area is None:
        raise BookUnsupported(f"The table {table.displayName} has no place; save the workbook in Excel.")
    return area


class TableCells:
    """One table and its tab. ``neighbours`` are the areas of the tab's other tables; ``fixed`` never grows."""

    def __init__(self, table: Table, tab: Tab, neighbours: Iterable[Area] = (), fixed: bool = False) -> None:
        """Raises ``BookUnsupported`` for a table without headers."""
        self.name, self.table, self.tab, self.fixed = str(table.displayName), table, tab, fixed
        if table.headerRowCount == 0:
            raise BookUnsupported(
                f"The heading row of the table {self.name} on {tab.name!r} is switched off; "
                "switch it on in Excel (Table Design > Header Row)."
            )
        self.neighbours = list(neighbours)
        self.area = area_of(table)
        self.totals = int(bool(table.totalsRowCount))
        self.headers = [shown(str(c.name)) for c in table.tableColumns]
        self.columns = {h: self.area.left + i for i, h in enumerate(self.headers)}
        self.letters = {c: column_letter(c) for c in range(self.area.left, self.area.right + 1)}
        self.styles = self._first_styles()

    @property
    def body(self) -> Area:
        """The rows of the table."""
        a = self.area
        return Area(a.left, a.top + 1, a.right, a.bottom - self.totals)

    def column_of(self, header: str) -> int:
        """The sheet column of a header. Raises ``ColumnMissing``."""
        if header not in self.columns:
            raise ColumnMissing(
                f"The table {self.name} on {self.tab.name!r} has no column {header!r} any more; "
                f"insert a column into the table and type {header!r} as its heading."
            )
        return self.columns[header]

    def _first_styles(self) -> dict[int, Any]:
        """The style of each column: of its first cell in the top rows, else of the whole column."""
        top, bottom = self.body.top, min(self.body.bottom, self.body.top + 20)
        styles = {}
        for column in self.letters:
            found = (self.tab.style((n, column)) for n in range(top, bottom + 1))
            styles[column] = next((s for s in found if s is not None), None)
            if styles[column] is None:
                styles[column] = self.tab.column_style(column)
        return styles

    def has_row(self, number: int) -> bool:
        """Whether the sheet states anything of a row."""
        return self.tab.has_row(number, self.area.left, self.area.right)

    def read(self) -> TableRows:
        """All rows in which something was typed or written."""
        found = TableRows(list(self.headers))
        for number in range(self.body.top, self.body.bottom + 1):
            places = [(number, c) for c in self.letters]
            if any(self.tab.is_typed(p) for p in places if p in self.tab.cells):
                found.rows.append([self.tab.value(p) for p in places])
                found.numbers.append(number)
        return found

    def formulas(self) -> dict[tuple[int, str], str]:
        """The text of every formula by row and header."""
        found = {}
        for number in range(self.body.top, self.body.bottom + 1):
            for column, header in zip(self.letters, self.headers, strict=True):
                text = self.tab.formula((number, column))
                if text is not None:
                    found[number, header] = text
        return found

    def key_of(self, number: int, columns: Sequence[int]) -> Key:
        """The key of a row, of some sheet columns."""
        return tuple(key_text(self.tab.raw((number, c))) for c in columns)

    def check_headers(self, records: Sequence[Record]) -> None:
        """Raise ``ColumnMissing`` when a record names a header the table has not."""
        for header in dict.fromkeys(h for r in records for h in r):
            self.column_of(header)

    # ---- rows

    def append(self, records: Sequence[Record]) -> None:
        """Add rows after the last one in use; blank rows that the table has there are used first."""
        self.check_headers(records)
        if not records:
            return
        last, bottom = self._last_used(), self.body.bottom
        self.end_at(max(last + len(records), bottom))
        fill = self.calculated_formulas(max(last, self.body.top))
        for number, record in enumerate(records, last + 1):
            if number <= bottom and self.has_row(number):
                self._fill_blank_row(number, record)
            else:
                self.write_row(number, record, fill)

    def _last_used(self) -> int:
        for number in range(self.body.bottom, self.body.top - 1, -1):
            if any(self.tab.is_typed((number, c)) for c in self.letters):
                return number
        return self.body.top - 1

    def _fill_blank_row(self, number: int, record: Record) -> None:
        """Write only the named cells: formulas and colours that a person prepared there stay."""
        for header, value in record.items():
            place = (number, self.column_of(header))
            own = self.tab.style(place)
            style = self.styles[place[1]] if own is None else own
            self.tab.put(place, plain(value, self.tab.date1904), style)
        self._show_row(number)

    def _show_row(self, number: int) -> None:
        self.tab.show_row(number)
        self.fit_row(number)

    def fit_row(self, number: int) -> None:
        """Let a row show the whole of its texts."""
        wrapped = self.wrapped.items()
        self.tab.fit_row(number, height_of((self.tab.raw((number, c)), letters) for c, letters in wrapped))

    @cached_property
    def wrapped(self) -> dict[int, int]:
        """The columns whose texts are broken into lines, and the letters of a line."""
        letters = self.tab.kept.letters
        return {c: letters[c] for c, s in self.styles.items() if c in letters and self.tab.wraps(s)}

    def calculated_formulas(self, source: int) -> Fill:
        """What fills the calculated columns of new rows: the formula of a row above, as Excel would fill it."""
        found = {}
        for column, listed in zip(self.letters, self.table.tableColumns, strict=True):
            text = self.tab.formula((source, column)) if listed.calculatedColumnFormula else None
            if text:
                found[column] = _filler(text, f"{self.letters[column]}{source}")
        return found

    def write_row(
        self, number: int, record: Record, fill: Fill, carried: Mapping[int, Carried] | None = None
    ) -> None:
        """Write all the table's cells of a row: the record's, carried ones of people, filled formulas, blanks."""
        for (column, letter), header in zip(self.letters.items(), self.headers, strict=True):
            place = (number, column)
            if carried and column in carried:
                self.tab.set_down(place, carried[column])
            elif column in fill and header not in record:
                self.tab.put(place, fill[column](f"{letter}{number}"), self.styles[column])
            else:
                self.tab.put(place, plain(record.get(header), self.tab.date1904), self.styles[column])
        self._show_row(number)

    def clear_row(self, number: int) -> None:
        """Take the table's cells of a row away."""
        for column in self.letters:
            self.tab.clear((number, column))
        self._show_row(number)

    # ---- size

    def end_at(self, bottom: int) -> None:
        """Let the body end at a row; a totals row moves along."""
        body = self.body
        if self.fixed and bottom > body.bottom:
            raise ValueError(f"{self.name} holds at most {body.bottom - body.top + 1} rows")
        if bottom > body.bottom:
            self._refuse_if_blocked(Area(body.left, self.area.bottom + 1, body.right, bottom + self.totals))
        self.table.insertRow = self.table.insertRowShift = None
        if bottom == body.bottom:
            return
        if self.totals:
            self._move_totals(body.bottom + 1, bottom + 1)
        self._grow_rules(body, bottom)
        self._resize(bottom - body.bottom)

    def _resize(self, by: int) -> None:
        end = self.body.bottom
        sorts = [self.table.sortState]
        if self.table.autoFilter is not None:
            self.table.autoFilter.ref = _shifted(str(self.table.autoFilter.ref), end, by)
            sorts.append(self.table.autoFilter.sortState)
        for state in filter(None, sorts):
            state.ref = _shifted(str(state.ref), end, by)
            for condition in state.sortCondition:
                condition.ref = _shifted(str(condition.ref), end, by)
        self.area = Area(self.area.left, self.area.top, self.area.right, self.area.bottom + by)
        self.table.ref = str(self.area)
        self.tab.changed = True

    def _grow_rules(self, body: Area, bottom: int) -> None:
        """Let validations and conditional formats that end with the body end with it again."""

        def grown(ref: str) -> str:
            area = Area.parse(ref)
            inside = area and body.left <= area.left and area.right <= body.right
            if not area or not inside or (area.top, area.bottom) != (body.top, body.bottom):
                return ref
            return str(Area(area.left, area.top, area.right, bottom))

        for rule in self.tab.sheet.data_validations.dataValidation:
            rule.sqref = MultiCellRange(" ".join(map(grown, str(rule.sqref).split())))
        formats = self.tab.sheet.conditional_formatting._cf_rules  # type: ignore[attr-defined]
        for area in list(formats):
            rules = formats.pop(area)
            area.sqref = MultiCellRange(" ".join(map(grown, str(area.sqref).split())))
            formats[area] = rules

    def _refuse_if_blocked(self, area: Area) -> None:
        where = f"The table {self.name} on {self.tab.name!r} cannot grow to row {area.bottom}"
        if area.bottom > MAX_ROWS:
            raise TableBlocked(
                f"The table {self.name} on {self.tab.name!r} would end below row {MAX_ROWS:,}, "
                "the last one of Excel; delete rows that are no longer needed."
            )
        if any(area.overlaps(other) for other in self.neighbours):
            raise TableBlocked(f"{where} because another table stands below it; move that table away.")
        if any(area.overlaps(other) for other in merged(self.tab)):
            raise TableBlocked(f"{where} because merged cells stand below it; move them away.")
        taken = first_filled(self.tab, area)
        if taken:
            raise TableBlocked(
                f"{where} because {taken} below it is filled; move what stands there beside the table."
            )

    def _move_totals(self, old: int, new: int) -> None:
        cells = {c: self.tab.carry((old, c)) for c in self.letters if (old, c) in self.tab.cells}
        for column in cells:
            text = self.tab.formula((old, column)) or ""
            if _A1.search(text) or self.tab.spans_cells((old, column)):
                raise TableBlocked(
                    f"The totals row of {self.name} on {self.tab.name!r} holds a formula with cell "
                    f"addresses (={text}); switch the totals row off, or use the totals Excel offers there."
                )
        self.clear_row(old)
        self.clear_row(new)
        for column, cell in cells.items():
            self.tab.set_down((new, column), cell)


def merged(tab: Tab) -> list[Area]:
    """The merged areas of a tab."""
    return [area for r in tab.sheet.merged_cells.ranges if (area := Area.parse(str(r.coord)))]


def first_filled(tab: Tab, area: Area) -> str:
    """The address of the first cell with content in an area, "" when there is none."""
    for number in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            if not tab.is_blank((number, column)):
                return f"{column_letter(column)}{number}"
    return ""


def _shifted(ref: str, at_least: int, by: int) -> str:
    area = Area.parse(ref)
    if area is None or area.bottom < at_least:
        return ref
    return str(Area(area.left, area.top, area.right, area.bottom + by))


def _filler(text: str, origin: str) -> Callable[[str], Formula]:
    return lambda ref: Formula(translated(text, origin, ref))
