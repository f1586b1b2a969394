"""The live engine: a workbook that is open in Excel, worked on beside the person who has it open.

Excel gives a copy of the workbook as it stands (also one in the web, or never saved) into a folder of this computer.
All is read from there at full speed and at one moment, and all changes are made there first, so that whatever the
rules of tables refuse is refused before Excel is touched. ``save`` then compares each tab that changed with the open
workbook, in pieces, keeps a backup, and writes the changed cells to where their rows stand by then. Nobody's other
cells are touched. The file is not saved: that stays with the person, or with AutoSave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import xlwings as xw

from recoup import sheets
from recoup.books import open_workbooks as excel
from recoup.books.area import Area
from recoup.books.backups import back_up, keep_newest
from recoup.books.base import BookChanged, BookError
from recoup.books.excel_calls import excel_calls
from recoup.books.excel_quiet import quiet, status_bar
from recoup.books.excel_selection import Selected, refuse_moved, select, selected_areas
from recoup.books.live_changes import Asked, LiveChanges
from recoup.books.live_tab import AddRows, DropRows, EditCells, SortRows, Step
from recoup.books.new_columns import column_like
from recoup.books.row_order import SortBy
from recoup.books.snapshot import Edit, Snapshot
from recoup.books.table_part import TablePart
from recoup.model import Cell, Record
from recoup.progress import Cancelled, Detail, Progress, unseen


class XlwingsBook(Snapshot):
    """An open workbook; the Protocol ``books.base.Book`` says what each method does.

    ``path`` is where it stands on this computer, or its bare name. Copies for reading are gone with the object.
    """

    moves_hanging = True

    def __init__(
        self,
        book: xw.Book,
        *,
        backups: Path | None = None,
        keep: int = 5,
        progress: Progress = unseen,
    ) -> None:
        """``progress`` may raise ``Cancelled`` as long as nothing is written. Raises ``BookError``."""
        self.book, self._progress = book, progress
        self._folder = excel.temporary_folder()
        with excel_calls():
            self._copy = excel.copy_of(book, Path(self._folder.name))
            place = excel.place_of(book)
        super().__init__(self._copy, keep=keep)
        self.path = place
        self._backups = backups or excel.backup_folder(place)
        self._asked = Asked()
        self._sorted: dict[str, bytes] = {}  # tabs as they were right after their rows were sorted

    def status_bar(self) -> AbstractContextManager[Progress]:
        """Excel's status bar as what shows the steps of a run."""
        return status_bar(self.book.app)

    # ---- what the person sees

    def front_tab(self) -> str:
        """The tab in front."""
        with excel_calls(self.path.name):
            return str(self.book.sheets.active.name)

    def selected(self) -> list[Selected]:
        """The rows of tables on the tab in front that are selected, but for those that a filter or a hand hides.

        Raises ``BookChanged`` when rows moved since they were read, ``BookError`` when another workbook is in front.
        """
        with excel_calls(self.path.name):
            tab, areas = self.front_tab(), selected_areas(self.book)
            found = (self._selected(table, areas) for table in self._tables.values() if table.sheet == tab)
            return [rows for rows in found if rows.records]

    def _selected(self, table: TablePart, areas: Sequence[Area]) -> Selected:
        body, rows = table.body, self.read_table(table.name)
        chosen = [a for a in areas if a.overlaps(body)]
        hidden = self._hidden_rows(table.name) if chosen else set()
        held = {
            number: record
            for number, record in zip(rows.numbers, rows.records(), strict=True)
            if number not in hidden and any(a.top <= number <= a.bottom for a in chosen)
        }
        refuse_moved(self.book.sheets[table.sheet], table, held)
        return Selected(table.sheet, table.name, list(held.values()))

    def select(self, sheet: str, row: int, column: int = 1) -> None:
        """Bring a tab to the front and a cell of it into view; what Excel refuses is left."""
        select(self.book, sheet, Area(column, row, column, row))

    # ---- what cannot be seen from cells alone

    def replace_rows(self, table: str, records: Sequence[Record], keep_by: Sequence[str] = ()) -> None:
        """Rewrite a table's body."""
        super().replace_rows(table, records, keep_by)
        self._asked.replaced.add(table)

    def sort_rows(self, table: str, by: SortBy) -> None:
        """Sort the rows of a table by columns: Excel itself does it, and takes notes and looks along."""
        sheet = self._worksheet(self.sheet_of(table))
        if sheet.changed:
            raise ValueError("save what was changed on the tab before its rows are sorted")
        super().sort_rows(table, by)
        if sheet.changed:
            self._add_step(sheet.name, SortRows(table, tuple(by)))
            self._sorted[sheet.name] = sheet.xml()

    def write_names(self, values: Mapping[str, Cell]) -> None:
        """Write named cells where they differ."""
        super().write_names(values)
        self._asked.names |= values.keys()

    def write_list(self, defined_name: str, values: Sequence[str]) -> None:
        """Let a drop-down list hold these values."""
        super().write_list(defined_name, values)
        self._asked.lists.add(defined_name)

    def write_tab(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        """Add text rows to a report tab."""
        super().write_tab(sheet, rows)
        if rows:
            self._add_step(sheet, AddRows(tuple(map(tuple, rows))))

    def drop_rows(self, sheet: str, rows: Collection[int]) -> None:
        """Remove rows of a report tab."""
        held, there = self.rows_of(sheet, rows), self._worksheet(sheet).rows.keys()
        super().drop_rows(sheet, rows)
        moving = not self._worksheet(sheet).rows.keys() <= there - set(rows)
        last = max(there, default=0)
        gone = {number: held.get(number, {}) for number in rows if number <= last} if moving else held
        if gone:
            self._add_step(sheet, DropRows(gone, moving))

    def edit_cells(self, sheet: str, cells: Mapping[tuple[int, int], Cell]) -> None:
        """Write single cells of a tab where they differ."""
        numbers = {row for row, _ in cells}
        before = self.rows_of(sheet, numbers)
        super().edit_cells(sheet, cells)
        after = self.rows_of(sheet, numbers)
        edits = {(r, c): Edit(before.get(r, {}).get(c), after.get(r, {}).get(c)) for r, c in cells}
        self._add_step(sheet, EditCells({p: e for p, e in edits.items() if e.before != e.after}))

    def add_tab(self, sheet: str, visible: bool) -> None:
        """Add an empty report tab at the end."""
        super().add_tab(sheet, visible)
        self._asked.new_tabs.append(sheet)
        self._asked.visible[sheet] = visible

    def adopt_tab(self, sheet: str, donor: bytes) -> None:  # noqa: ARG002
        """Refused: the parts of a tab cannot be written into a workbook that Excel holds."""
        raise BookError(
            f"{self.path.name} is open in Excel, where its tab {sheet} cannot be rebuilt: close it, then run "
            f"`recoup upgrade {self.path.name}`."
        )

    def add_columns(self, table: str, columns: Sequence[sheets.Column]) -> None:
        """Add columns at the right end of a table."""
        known = list(self.tables().get(table, ()))
        super().add_columns(table, columns)
        likes = {c.header: column_like(table, known, c) for c in columns if c.header not in known}
        self._asked.likes.setdefault(table, {}).update(likes)

    def set_visible(self, sheet: str, visible: bool) -> None:
        """Show or hide a tab."""
        super().set_visible(sheet, visible)
        self._asked.visible[sheet] = visible

    def _add_step(self, sheet: str, step: Step) -> None:
        self._asked.steps.setdefault(sheet, []).append(step)

    # ---- saving

    def save(self, to: Path | None = None) -> Path:
        """Write what changed into the open workbook, or as a file of its own ``to``, which Excel does not open."""
        if to is not None and to != self.path:
            return super().save(to)
        if any(self._worksheet(tab).xml() != xml for tab, xml in self._sorted.items()):
            raise ValueError("save before anything else is changed on a tab whose rows were sorted")
        with excel_calls(self.path.name), quiet(self.book):
            changes = LiveChanges(self.book, Snapshot(self._copy), self, self._asked)
            if changes:
                self._look(changes)
                self._back_up()
                self._write(changes)
        self._follow()
        return self.path

    def _look(self, changes: LiveChanges) -> None:
        changes.refuse_unwritable()
        for name in changes.tabs:
            self._progress(Detail(f"comparing {name}"))
            changes.look(name)
        self._progress(Detail("backup"))

    def _back_up(self) -> None:
        if self.keep > 0:
            with excel.temporary_folder() as folder:
                copy = excel.copy_of(self.book, Path(folder))
                back_up(copy, copy.read_bytes(), self._backups, alone=False)
                keep_newest(copy, self._backups, self.keep)

    def _write(self, changes: LiveChanges) -> None:
        """From here on nothing is cancelled; the tab that holds Recoup's memory comes last."""
        changes.add_tabs()
        written: list[str] = []
        for name in sorted(changes.tabs, key=lambda tab: tab in sheets.HIDDEN):
            with suppress(Cancelled):
                self._progress(Detail(f"writing {name}"))
            with _half_written(written):
                changes.write(name)
            written.append(name)
        with _half_written(written):
            changes.point_and_show()

    def _follow(self) -> None:
        """Go on from what Excel holds now."""
        data = self._packed(self._changed_parts())
        self._copy.write_bytes(data)
        self._rebuilt, self._asked, self._sorted = set(), Asked(), {}
        self._load(data)


@contextmanager
def _half_written(written: Sequence[str]) -> Iterator[None]:
    """Say which tabs are written already when Excel refuses the next one."""
    try:
        with excel_calls():
            yield
    except BookError as error:
        if not written:
            raise
        raise BookChanged(
            f"{error} Already written: {', '.join(written)}; the same click again finishes the rest, or take the "
            "newest backup."
        ) from error
