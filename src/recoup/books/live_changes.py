"""What a run changed in its copy of a workbook, carried over to the workbook that is open in Excel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import xlwings as xw
from xlwings.main import Table

from recoup.books.base import BookChanged, BookLocked, NameMissing, SheetMissing, TableMissing
from recoup.books.excel_calls import says
from recoup.books.excel_cells import Place, write_cells
from recoup.books.live_rows import Placed, belongs
from recoup.books.live_tab import (
    AddRows,
    DropRows,
    SortRows,
    Step,
    add_tab,
    refuse_changed,
    refuse_changed_cells,
    take,
)
from recoup.books.live_table import LiveTable
from recoup.books.snapshot import Edit, Snapshot, TabEdits
from recoup.books.table_part import TablePart
from recoup.model import Cell

_SHOWN = -1  # as Excel says it; 2 is hidden from menus too


@dataclass(slots=True)
class Asked:
    """What cannot be seen from cells alone: what was asked for besides."""

    replaced: set[str] = field(default_factory=set)  # tables whose rows were written anew
    steps: dict[str, list[Step]] = field(default_factory=dict)  # by report tab, in their order
    new_tabs: list[str] = field(default_factory=list)
    visible: dict[str, bool] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # whose cells were written
    lists: set[str] = field(default_factory=set)  # names of lists that were written
    likes: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # table -> new header -> header it looks like

    def stepped(self) -> set[str]:
        """The tabs that are changed step by step instead of cell by cell."""
        added = set(self.new_tabs)
        return added | {
            sheet
            for sheet, steps in self.steps.items()
            if any(isinstance(s, (AddRows, DropRows, SortRows)) for s in steps)
        }


class LiveChanges:
    """The changes between two states of a workbook, to be made in Excel; ``tabs`` are carried over one by one."""

    def __init__(self, book: xw.Book, before: Snapshot, after: Snapshot, asked: Asked) -> None:
        self._book, self._before, self._after, self._asked = book, before, after, asked
        self._edits = {e.sheet: e for e in after.edits_since(before, asked.stepped())}
        self._bodies: dict[str, dict[int, dict[int, Cell]]] = {}  # by table, as they were read
        stepped = [sheet for sheet in asked.steps if sheet in asked.stepped()]
        self.tabs = [*self._edits, *stepped]

    def __bool__(self) -> bool:
        asked = self._asked
        return bool(self.tabs or asked.new_tabs or asked.visible or asked.lists)

    # ---- looking

    def refuse_unwritable(self) -> None:
        """Raise ``BookLocked`` when a tab or the list of tabs is protected, or a tab that loses rows is filtered."""
        for name in (n for n in self.tabs if n not in self._asked.new_tabs):
            api = self._sheet(name).api
            if says(api, "ProtectContents", False):
                raise BookLocked(
                    f"The tab {name!r} is protected; take its protection off (Review > Unprotect Sheet), then try "
                    "again."
                )
            drops = any(isinstance(step, DropRows) for step in self._asked.steps.get(name, ()))
            if drops and says(api, "FilterMode", False):
                raise BookLocked(
                    f"The tab {name!r} is filtered, and Excel would remove other rows than meant; show all its rows "
                    "(Data > Clear), then try again."
                )
        moves_tabs = self._asked.new_tabs or self._asked.visible
        if moves_tabs and says(self._book.api, "ProtectStructure", False):
            raise BookLocked(
                f"The tabs of {self._book.name} are protected; take the protection off (Review > Protect Workbook), "
                "then try again."
            )

    def look(self, name: str) -> None:
        """Compare a tab with what was read. Raises ``BookChanged`` or ``TableBlocked``."""
        if name in self._asked.new_tabs:
            return
        sheet = self._sheet(name)
        if name in self._edits:
            for table, placed, _ in self._tables(sheet, self._edits[name]):
                table.refuse_if_blocked(placed)
            refuse_changed_cells(sheet, self._beside_tables(sheet, self._edits[name]))
            return
        for step in self._asked.steps[name][:1]:  # later ones change what the first one left
            refuse_changed(sheet, step)

    # ---- writing

    def write(self, name: str) -> None:
        """Write a tab, to where its rows stand now."""
        sheet = self._sheet(name)
        if name in self._edits:
            beside = self._beside_tables(sheet, self._edits[name])
            for table, placed, likes in self._tables(sheet, self._edits[name]):
                table.write(placed, likes)
            write_cells(sheet, {place: edit.after for place, edit in beside.items()})
            return
        for step in self._asked.steps[name]:
            take(sheet, step)

    def add_tabs(self) -> None:
        """Add the new tabs at the end."""
        for name in self._asked.new_tabs:
            add_tab(self._book, name)

    def point_and_show(self) -> None:
        """Let names of lists point at their new cells; show and hide tabs."""
        for name in sorted(self._asked.lists):
            sheet, area = self._after.list_of(name)
            if (sheet, area) != self._before.list_of(name):
                quoted = sheet.replace("'", "''")
                self._name(name).refers_to = f"='{quoted}'!{area.absolute}"
        for sheet, visible in sorted(self._asked.visible.items(), key=lambda item: not item[1]):
            tab = self._sheet(sheet)
            if (tab.visible in (True, _SHOWN)) != visible:
                tab.visible = visible

    # ---- parts of a tab

    def _tables(
        self, sheet: xw.Sheet, edits: TabEdits
    ) -> Iterator[tuple[LiveTable, Placed, Mapping[int, int]]]:
        for before, after in edits.tables:
            own = {p: e for p, e in edits.cells.items() if belongs(p, before, after) == "table"}
            if not own and before.area == after.area:
                continue
            if before.name not in self._bodies:
                self._bodies[before.name] = self._before.body_contents(before)
            table = LiveTable(self._table(sheet, before), before, self._bodies[before.name])
            yield table, table.place(own, after, before.name in self._asked.replaced), self._likes(after)

    def _likes(self, after: TablePart) -> dict[int, int]:
        likes = self._asked.likes.get(after.name, {})
        return {after.column_of(new): after.column_of(old) for new, old in likes.items()}

    def _beside_tables(self, sheet: xw.Sheet, edits: TabEdits) -> dict[Place, Edit]:
        """The changed cells outside tables; named ones where their names point now."""
        named = self._named_places(sheet, edits.sheet)
        return {
            named.get(place, place): edit
            for place, edit in edits.cells.items()
            if all(belongs(place, *pair) == "tab" for pair in edits.tables)
        }

    def _named_places(self, sheet: xw.Sheet, name: str) -> dict[Place, Place]:
        places = {}
        for defined in self._asked.names:
            tab, place = self._before.place_of(defined)
            if tab == name:
                now = self._name(defined).refers_to_range
                if now.sheet.name != sheet.name or now.shape != (1, 1):
                    raise BookChanged(f"The name {defined} was moved while Recoup was working; try again.")
                places[place] = (now.row, now.column)
        return places

    def _sheet(self, name: str) -> xw.Sheet:
        for sheet in self._book.sheets:
            if sheet.name == name:
                return sheet
        raise SheetMissing(f"The tab {name!r} was renamed or deleted while Recoup was working; try again.")

    def _table(self, sheet: xw.Sheet, before: TablePart) -> Table:
        for table in sheet.tables:
            if table.name == before.name:
                return table
        raise TableMissing(
            f"The table {before.name} on {before.sheet!r} was deleted while Recoup was working; try again."
        )

    def _name(self, name: str) -> xw.Name:
        for found in self._book.names:
            if found.name == name:
                return found
        raise NameMissing(f"The name {name} was deleted while Recoup was working; try again.")
