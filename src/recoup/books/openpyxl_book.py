"""The plain engine: the whole workbook in openpyxl, loaded and saved, or refused when something would be lost.

It gives the same cells as the default engine. What openpyxl drops and can be put back is put back after each save:
the cached values of all formulas (people's too), notes with their boxes and fonts, errors to ignore, row heights
that Excel chose, charts, the document's properties, digits past the sixteenth. What cannot be put back makes the
workbook refused when it is opened, before anything is changed, with the list (``losses``). Formulas that a person typed
keep the value they last had, and Excel is asked to calculate everything when it opens the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import gettempdir

from openpyxl.utils import absolute_coordinate, quote_sheetname
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

from recoup import sheets
from recoup.books import openpyxl_edits as edits
from recoup.books.adopted_tab import adopted_tab
from recoup.books.area import Area
from recoup.books.base import (
    BookError,
    BookUnsupported,
    NameMissing,
    SheetMissing,
    TableMissing,
    TableRows,
)
from recoup.books.losses import count_rows, find_losses
from recoup.books.openpyxl_cells import Tab
from recoup.books.openpyxl_kept import APP, Kept, Place, read_kept
from recoup.books.openpyxl_raw import read_raw
from recoup.books.openpyxl_reader import load
from recoup.books.openpyxl_table import TableCells, area_of
from recoup.books.openpyxl_writer import write
from recoup.books.package import Package
from recoup.books.refusals import refusal
from recoup.books.row_order import SortBy
from recoup.books.saving import BookFile
from recoup.books.table_part import find_tables
from recoup.books.verification import Draft
from recoup.books.workbook_part import WorkbookPart
from recoup.model import Cell, Problem, RawTable, Record

MOST_ROWS = 200_000  # of all tabs together: more takes openpyxl minutes and gigabytes
_NEW_TAB_WIDTH = 18
_TEXT_FORMAT = "@"


class OpenpyxlBook:
    """A workbook in openpyxl; the Protocol ``books.base.Book`` says what each method does."""

    threads = True

    def __init__(self, path: Path, *, backups: Path | None = None, keep: int = 5) -> None:
        """Raises ``BookUnsupported``, naming what openpyxl would lose."""
        self.path = path
        self.problems: list[Problem] = []
        self.keep = keep
        self._file = BookFile(path, backups)
        self._load(self._file.read())

    def _load(self, data: bytes) -> None:
        package = Package(data, self.path.name)
        listed = WorkbookPart(package, self.path.name)
        find_tables(package, listed)  # refuses those that no Excel writes
        self._refuse_losses(package, listed)
        self._app = package.read(APP) if APP in package else b""
        self._workbook = load(data, self.path.name)
        date1904 = self._workbook.epoch == CALENDAR_MAC_1904
        self._tabs = {
            sheet.title: Tab(sheet, read_kept(package, listed.sheets[sheet.title], sheet.title), date1904)
            for sheet in self._workbook.worksheets
        }
        self._changed = False  # something beside the cells of tabs

    def _refuse_losses(self, package: Package, listed: WorkbookPart) -> None:
        losses = find_losses(package, listed)
        if losses:
            raise BookUnsupported(
                f"{self.path.name} holds what openpyxl would lose: {', '.join(losses)}; use --engine package."
            )
        self._rows = count_rows(package, listed)
        self._refuse_many_rows(self._rows)

    def _refuse_many_rows(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise BookUnsupported(
                f"{self.path.name} has {rows:,} rows, more than the {MOST_ROWS:,} that openpyxl can hold in good "
                "time and memory; use --engine package."
            )

    # ---- reading

    def sheet_names(self) -> list[str]:
        """All tabs in order."""
        return list(self._workbook.sheetnames)

    def _tab(self, sheet: str) -> Tab:
        if sheet not in self._tabs:
            raise SheetMissing(f"The workbook has no tab {sheet!r}; add an empty tab with that name.")
        return self._tabs[sheet]

    def read_raw(self, sheet: str) -> RawTable:
        """A tab as text."""
        return read_raw(self._tab(sheet))

    def _tables(self) -> Iterator[tuple[Table, Tab]]:
        for tab in self._tabs.values():
            for table in tab.sheet.tables.values():
                yield table, tab

    def fingerprint(self, sheet: str) -> str:
        """Not known: the cells are in memory, and may have been changed there."""
        self._tab(sheet)
        return ""

    def tables(self) -> dict[str, list[str]]:
        """Table name -> headers."""
        return {t.name: t.headers for t in (TableCells(table, tab) for table, tab in self._tables())}

    def _table(self, name: str) -> TableCells:
        found = [(table, tab) for table, tab in self._tables() if table.displayName == name]
        declared = sheets.TABLES.get(name)
        if not found:
            where = declared.sheet if declared else name
            raise TableMissing(
                f"{self.path.name} has no table {name} (tab {where!r}): it was deleted or turned into a range; "
                "select its cells with their headings, Insert > Table, and name it so under Table Design."
            )
        table, tab = found[0]
        neighbours = [area_of(t) for t in tab.sheet.tables.values() if t is not table]
        return TableCells(table, tab, neighbours, bool(declared and declared.fixed_rows))

    def sheet_of(self, table: str) -> str:
        """The tab of a table."""
        return self._table(table).tab.name

    def rows_hidden(self, table: str) -> int:
        """Rows of the body that are hidden."""
        body = self._table(table)
        return sum(body.tab.is_hidden(number) for number in body.read().numbers)

    def read_table(self, name: str) -> TableRows:
        """The body of a table."""
        return self._table(name).read()

    def read_formulas(self, table: str) -> dict[tuple[int, str], str]:
        """The formulas of a table's body."""
        return self._table(table).formulas()

    def formulas_in(self, sheet: str) -> dict[tuple[int, int], str]:
        """The formulas of a tab."""
        tab = self._tab(sheet)
        return {place: text for place in tab.cells if (text := tab.formula(place)) is not None}

    def _named(self, defined_name: str) -> tuple[Tab, Place]:
        sheet, area = self._target(defined_name)
        if area is None or (area.left, area.top) != (area.right, area.bottom):
            raise NameMissing(
                f"The name {defined_name} was deleted or no longer points at one cell; "
                "restore it in Excel (Formulas > Name Manager) or take the sheet from a new workbook."
            )
        if sheet not in self._tabs:
            raise NameMissing(f"The name {defined_name} points at the tab {sheet!r}, which is gone.")
        return self._tabs[sheet], (area.top, area.left)

    def _target(self, defined_name: str) -> tuple[str, Area | None]:
        """The tab and the cells that a name of the whole workbook points at."""
        name = self._workbook.defined_names.get(defined_name)
        targets = list(name.destinations) if name is not None else []
        return (targets[0][0], Area.parse(targets[0][1])) if len(targets) == 1 else ("", None)

    def read_name(self, defined_name: str) -> Cell:
        """The value of a named cell."""
        tab, place = self._named(defined_name)
        return tab.value(place)

    # ---- writing

    def replace_rows(self, table: str, records: Sequence[Record], keep_by: Sequence[str] = ()) -> None:
        """Rewrite a table's body."""
        declared, body = sheets.TABLES.get(table), self._table(table)
        own = [c.header for c in declared.columns if c.owner == "recoup"] if declared else body.headers
        self.problems += edits.replace_rows(body, records, keep_by, own)

    def patch_rows(self, table: str, key: Sequence[str], records: Sequence[Record]) -> None:
        """Edit and append rows by key."""
        self.problems += edits.patch_rows(self._table(table), key, records)

    def edit_rows(self, table: str, records: Mapping[int, Record]) -> None:
        """Edit the rows with those numbers."""
        edits.edit_rows(self._table(table), records)

    def sort_rows(self, table: str, by: SortBy) -> None:
        """Sort the rows of a table by columns."""
        edits.sort_rows(self._table(table), by)

    def append_rows(self, table: str, records: Sequence[Record]) -> None:
        """Add rows at the end of a table."""
        self._table(table).append(records)

    def add_columns(self, table: str, columns: Sequence[sheets.Column]) -> None:
        """Add columns at the right end of a table."""
        edits.add_columns(self._table(table), columns)

    def write_names(self, values: Mapping[str, Cell]) -> None:
        """Write named cells where they differ."""
        for name, value in values.items():
            tab, place = self._named(name)
            edits.edit_cell(tab, place, value)

    def edit_cells(self, sheet: str, cells: Mapping[tuple[int, int], Cell]) -> None:
        """Write single cells of a tab where they differ."""
        for place, value in cells.items():
            edits.edit_cell(self._tab(sheet), place, value)

    def write_list(self, defined_name: str, values: Sequence[str]) -> None:
        """Let a drop-down list hold these values."""
        sheet, area = self._target(defined_name)
        if area is None or area.top != area.bottom or sheet not in self._tabs:
            raise NameMissing(f"The name {defined_name} was deleted or no longer points at a row of cells.")
        room = edits.write_list(self._tabs[sheet], area, values)
        if room != area:
            self._workbook.defined_names[
                defined_name
            ].attr_text = f"{quote_sheetname(sheet)}!{absolute_coordinate(str(room))}"
            self._changed = True

    def write_tab(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        """Add text rows to a report tab."""
        tab = self._tab(sheet)
        self._refuse_many_rows(self._rows + len(rows))
        if rows:
            edits.extend_tab(tab, rows)
            self._rows, tab.changed = self._rows + len(rows), True

    def drop_rows(self, sheet: str, rows: Collection[int]) -> None:
        """Remove rows of a report tab."""
        edits.drop_rows(self._tab(sheet), rows)

    def add_tab(self, sheet: str, visible: bool) -> None:
        """Add an empty report tab at the end."""
        if sheet.casefold() in (name.casefold() for name in self.sheet_names()):
            raise BookError(f"The workbook has a tab {sheet!r} already.")
        try:
            tab = self._workbook.create_sheet(sheet)
        except ValueError as error:
            raise BookError(f"{sheet!r} cannot be the name of a tab ({error}).") from error
        column = tab.column_dimensions["A"]
        column.min, column.max, column.width = 1, 16384, _NEW_TAB_WIDTH
        column.number_format = _TEXT_FORMAT
        tab.freeze_panes = "A2"
        tab.sheet_state = "visible" if visible else "hidden"
        self._tabs[sheet] = Tab(tab, Kept(), self._workbook.epoch == CALENDAR_MAC_1904)
        self._changed = True

    def adopt_tab(self, sheet: str, donor: bytes) -> None:
        """Put a tab of Recoup's template in its place, in the file as it would be saved now."""
        package = Package(self._written(), self.path.name)
        listed, template = WorkbookPart(package, self.path.name), Package(donor, "the template")
        self._load(package.with_parts(adopted_tab(package, listed, package.xml, sheet, template)))
        self._changed = True

    def set_visible(self, sheet: str, visible: bool) -> None:
        """Show or hide a tab."""
        if sheet not in self._tabs:
            raise SheetMissing(f"The workbook has no tab {sheet!r} to show or hide.")
        shown = [name for name, tab in self._tabs.items() if tab.sheet.sheet_state == "visible"]
        if (sheet in shown) == visible:
            return
        if not visible and len(shown) == 1:
            raise SheetMissing(f"The tab {sheet!r} is the only visible one and cannot be hidden.")
        self._tabs[sheet].sheet.sheet_state = "visible" if visible else "hidden"
        if self._workbook.active is None or self._workbook.active.sheet_state != "visible":
            names = self.sheet_names()
            self._workbook.active = min(names.index(n) for n in shown if n != sheet)
        self._changed = True

    # ---- saving

    def save(self, to: Path | None = None) -> Path:
        """Write in place (nothing happens when nothing changed) or as a copy."""
        target = self._file.target(to)
        in_place = target == self._file.target(None)
        if in_place and not self._has_changes():
            return target
        data = self._written()
        Draft(data, self.sheet_names(), self.tables()).verify(target.name)
        self._file.save(data, to, self.keep)
        if in_place:
            self._changed = False
            for tab in self._tabs.values():
                tab.changed = False
        return target

    def _written(self) -> bytes:
        try:
            return write(self._workbook, self._tabs, self.path.name, self._app)
        except OSError as error:  # openpyxl writes its tabs into the system's temporary folder first
            raise refusal(error, Path(gettempdir()) / self.path.name) from error

    def _has_changes(self) -> bool:
        return self._changed or any(tab.changed for tab in self._tabs.values())
