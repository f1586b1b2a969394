"""A stand-in for Excel: an engine under xlwings' own objects, over workbooks that openpyxl holds.

It does with cells, tables, names and tabs what ``recoup.books.xlwings_book`` asks for, in Excel's manner
(``excel_habits``), and breaks where Excel would. It neither draws nor sorts, and calculates next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import absolute_coordinate, quote_sheetname
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import TableColumn
from xlwings import base_classes as bc

import excel_habits as habits
from excel_habits import ComError
from recoup.books.area import MAX_COLUMNS, MAX_ROWS, Area
from recoup.books.cell_values import translated
from recoup.books.cells import column_index, column_letter, plain
from recoup.books.openpyxl_cells import Tab
from recoup.books.openpyxl_edits import drop_rows
from recoup.books.openpyxl_kept import Kept, read_kept
from recoup.books.openpyxl_reader import load
from recoup.books.openpyxl_writer import write
from recoup.books.package import Package
from recoup.books.workbook_part import WorkbookPart
from recoup.model import Formula

NAME = "excel_stand_in"


class Engine:
    """All that xlwings asks of an engine."""

    name, type = NAME, "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return value


class Apps(bc.Apps):
    def __init__(self) -> None:
        self.running: list[App] = []

    def keys(self) -> list[int]:
        return [app.pid for app in self.running]

    def add(self, spec: Any = None, add_book: Any = None, visible: Any = None, **_: Any) -> App:
        self.running.insert(0, App(self, 1000 + len(self.running)))
        return self.running[0]

    def __iter__(self) -> Iterator[App]:
        return iter(self.running)

    def __len__(self) -> int:
        return len(self.running)

    def __getitem__(self, pid: int) -> App:
        return next(app for app in self.running if app.pid == pid)


class Window:
    """How far the shown tab is scrolled, and where it is frozen."""

    ScrollRow, ScrollColumn, SplitRow, SplitColumn = 1, 1, 0, 0

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def FreezePanes(self) -> bool:
        return bool(self.SplitRow)

    @FreezePanes.setter
    def FreezePanes(self, value: bool) -> None:
        book = self.app.books.active
        assert book is not None
        frozen = f"A{self.SplitRow + 1}" if value else None
        book.tabs[book.shown].sheet.freeze_panes = frozen


class AutoCorrect:
    """What Excel does on its own; filling formulas into the blank cells of a table's column is on in a fresh Excel."""

    AutoFillFormulasInLists = True


class App(bc.App):
    """One Excel. ``busy`` while somebody edits a cell; ``calls`` are the reads and writes of cells it was asked for."""

    def __init__(self, apps: Apps, pid: int) -> None:
        self.apps, self._pid = apps, pid
        self._books = Books(self)
        self.busy = self.apostrophe_kept = self.days_in_words = self.chart_selected = False
        self.copied: Range | None = None
        self.calls: list[tuple[str, str]] = []
        self.before_write: list[Any] = []  # what others do in the meantime, one by one before each write
        self.ActiveWindow = Window(self)
        self.AutoCorrect = AutoCorrect()
        self.settings: dict[str, Any] = {
            "screen_updating": True,
            "enable_events": True,
            "display_alerts": True,
            "calculation": "automatic",
            "status_bar": False,
            "cut_copy_mode": False,
        }

    engine = property(lambda self: xw.engines[NAME].impl)
    api = property(lambda self: self)
    pid = property(lambda self: self._pid)
    books = property(lambda self: self._books)

    @property
    def selection(self) -> Range | None:
        book = self._books.active
        if book is None or self.chart_selected:
            return None
        return Range(Sheet(book, book.shown), book.selected.partition(",")[0])

    def asked(self, what: str, where: str) -> None:
        if self.busy:
            raise ComError(habits.REFUSED, "", habits.BUSY)
        self.calls.append((what, where))

    def activate(self, steal_focus: Any = None) -> None:
        """There is only this one to be seen."""

    def quit(self) -> None:
        self.apps.running.remove(self)


def _setting(name: str) -> property:
    def put(app: App, value: Any) -> None:
        if app.busy:
            raise ComError(habits.REJECTED)
        app.settings[name] = value

    return property(lambda app: app.settings[name], put)


for _name in (
    "screen_updating",
    "enable_events",
    "display_alerts",
    "calculation",
    "status_bar",
    "cut_copy_mode",
):
    setattr(App, _name, _setting(_name))


class Books(bc.Books):
    def __init__(self, app: App) -> None:
        self.app, self.open_ones = app, []

    api = property(lambda self: self)

    @property
    def active(self) -> Book | None:
        return self.open_ones[-1] if self.open_ones else None

    def __len__(self) -> int:
        return len(self.open_ones)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self.open_ones))

    def __call__(self, key: Any) -> Book:
        if isinstance(key, int):
            return self.open_ones[key - 1]
        found = [book for book in self.open_ones if book.name.lower() == key.lower()]
        if not found:
            raise KeyError(key)
        return found[0]

    def open(self, fullname: Any, *_: Any, **__: Any) -> Book:
        self.open_ones.append(Book(self, Path(fullname).read_bytes(), str(fullname)))
        return self.open_ones[-1]


class Book(bc.Book):
    """One open workbook; its own ``api``. ``FullName`` may be a web address, or no path at all."""

    def __init__(self, books: Books, data: bytes, full_name: str) -> None:
        self.books, self.FullName = books, full_name
        self.ReadOnly = self.ProtectStructure = False
        self.AutoSaveOn = False
        self.stored = data  # the file as it was opened or saved last
        self.rearranged = False  # tabs, names or tables were changed since it was saved
        self.totals: dict[str, dict[int, Any]] = {}  # of tables whose totals row is switched off
        self.selected = "A1"
        self._shown = ""

    @cached_property
    def workbook(self) -> Any:
        return load(self.stored, self.name)

    @cached_property
    def tabs(self) -> dict[str, Tab]:
        package = Package(self.stored, self.name)
        listed = WorkbookPart(package, self.name)
        return {
            tab.title: Tab(tab, read_kept(package, listed.sheets[tab.title], tab.title), self.date1904)
            for tab in self.workbook.worksheets
        }

    @cached_property
    def properties(self) -> bytes:
        package = Package(self.stored, self.name)
        return package.read("docProps/app.xml") if "docProps/app.xml" in package else b""

    Date1904 = property(lambda self: self.date1904)

    @property
    def date1904(self) -> bool:
        return bool(self.workbook.epoch == CALENDAR_MAC_1904)

    @property
    def shown(self) -> str:
        """The tab that is seen."""
        return self._shown or str(self.workbook.active.title)

    @shown.setter
    def shown(self, title: str) -> None:
        self._shown = title
        self.workbook.active = self.workbook.sheetnames.index(title)

    api = property(lambda self: self)
    app = property(lambda self: self.books.app)
    name = property(lambda self: self.FullName.replace("\\", "/").rpartition("/")[2])
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))

    def holds_file(self, path: Path) -> bool:
        """Whether opening that file would show what is open here."""
        return self.Saved and str(path) == self.FullName and path.read_bytes() == self.stored

    @property
    def Saved(self) -> bool:
        loaded: dict[str, Tab] = self.__dict__.get("tabs", {})
        return not (self.rearranged or any(tab.changed for tab in loaded.values()))

    @property
    def fullname(self) -> str:
        if "://" in self.FullName:
            raise xw.XlwingsError("Couldn't find the local OneDrive folder")
        return str(self.FullName)

    def activate(self) -> None:
        self.books.open_ones.sort(key=lambda book: book is self)

    def close(self) -> None:
        self.books.open_ones.remove(self)

    def save(self, path: Any = None, password: Any = None) -> None:
        self.stored = self.content()
        Path(path or self.FullName).write_bytes(self.stored)
        self.rearranged = False
        for tab in self.__dict__.get("tabs", {}).values():
            tab.changed = False

    def SaveCopyAs(self, path: str) -> None:
        self.app.asked("copy", self.name)
        Path(path).write_bytes(self.content())

    def content(self) -> bytes:
        if self.Saved:
            return self.stored
        return write(self.workbook, self.tabs, self.name, self.properties)


class Sheets(bc.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    api = property(lambda self: self)
    active = property(lambda self: Sheet(self.book, self.book.shown))

    def __call__(self, key: Any) -> Sheet:
        names = self.book.workbook.sheetnames
        if isinstance(key, int):
            return Sheet(self.book, names[key - 1])
        return Sheet(self.book, next(name for name in names if name.lower() == key.lower()))

    def __len__(self) -> int:
        return len(self.book.workbook.sheetnames)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, name) for name in self.book.workbook.sheetnames)

    def add(self, before: Any = None, after: Any = None, name: Any = None) -> Sheet:
        book = self.book
        tabs = book.tabs
        at = book.workbook.sheetnames.index(after.title) + 1 if after else 0
        tab = book.workbook.create_sheet(name, at)
        tabs[name] = Tab(tab, Kept(), book.date1904)
        book.rearranged = True
        book.shown = name  # Excel goes to the tab it has just made
        return Sheet(book, name)


class Sheet(bc.Sheet):
    def __init__(self, book: Book, title: str) -> None:
        self._book, self.title = book, title

    api = property(lambda self: self)
    book = property(lambda self: self._book)
    tab = property(lambda self: self._book.tabs[self.title])
    name = property(lambda self: self.title)
    index = property(lambda self: self._book.workbook.sheetnames.index(self.title) + 1)
    tables = property(lambda self: Tables(self))
    cells = property(lambda self: Range(self, Area(1, 1, MAX_COLUMNS, MAX_ROWS)))
    ProtectContents = property(lambda self: bool(self.tab.sheet.protection.sheet))

    @property
    def FilterMode(self) -> bool:
        return bool(self.tab.sheet.auto_filter.filterColumn)

    @property
    def visible(self) -> int:
        """As COM says it: -1 is seen, 2 is hidden so that no menu brings it back."""
        states = {"visible": -1, "hidden": 0, "veryHidden": 2}
        return states[self.tab.sheet.sheet_state]

    @visible.setter
    def visible(self, value: bool) -> None:
        workbook = self._book.workbook
        shown = [tab.title for tab in workbook.worksheets if tab.sheet_state == "visible"]
        if not value and shown == [self.title]:
            raise ComError(habits.REFUSED, "Unable to set the Visible property of the Worksheet class")
        self.tab.sheet.sheet_state = "visible" if value else "hidden"
        self._book.rearranged = True
        if not value and self._book.shown == self.title:
            self._book.shown = next(name for name in shown if name != self.title)

    @property
    def used_range(self) -> Range:
        places = self.tab.cells.keys() or {(1, 1)}
        rows, columns = [p[0] for p in places], [p[1] for p in places]
        return Range(self, Area(min(columns), min(rows), max(columns), max(rows)))

    def range(self, one: Any, other: Any = None) -> Range:
        return Range(self, one, other)

    def activate(self) -> None:
        self._book.shown = self.title


class Range(bc.Range):
    def __init__(self, sheet: Sheet, one: Any, other: Any = None) -> None:
        self._sheet, self.options = sheet, {}
        self.area = one if isinstance(one, Area) else _area(one, other)

    api = property(lambda self: self)
    sheet = property(lambda self: self._sheet)
    row = property(lambda self: self.area.top)
    column = property(lambda self: self.area.left)
    address = property(lambda self: self.area.absolute)
    max_cells_per_write = max_cells_per_read = None

    @property
    def Address(self) -> str:
        """Whole rows and columns without the other coordinate."""
        a = self.area
        if (a.left, a.right) == (1, MAX_COLUMNS):
            return f"${a.top}:${a.bottom}"
        if (a.top, a.bottom) == (1, MAX_ROWS):
            return f"${column_letter(a.left)}:${column_letter(a.right)}"
        return a.absolute

    @property
    def Areas(self) -> Areas:
        """The blocks of a selection; asked for on nothing else."""
        return Areas(self._sheet)

    @property
    def shape(self) -> tuple[int, int]:
        a = self.area
        return a.bottom - a.top + 1, a.right - a.left + 1

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int) -> Range:
        return Range(self._sheet, (self.row + row - 1, self.column + column - 1))

    @property
    def _app(self) -> App:
        app: App = self._sheet.book.app
        return app

    @property
    def _tab(self) -> Tab:
        tab: Tab = self._sheet.tab
        return tab

    def _places(self) -> list[list[tuple[int, int]]]:
        a = self.area
        return [[(r, c) for c in range(a.left, a.right + 1)] for r in range(a.top, a.bottom + 1)]

    def _format(self, place: tuple[int, int]) -> str:
        tab = self._tab
        if place in tab.cells:
            return str(tab.cells[place].number_format)
        style = tab.column_style(place[1])
        if style is None:
            return "General"
        return str(next(d for d in tab.sheet.column_dimensions.values() if d._style == style).number_format)

    # ---- contents

    @property
    def raw_value(self) -> Any:
        self._app.asked("read", f"{self._sheet.name}!{self.area}")
        return self._given([[self._value(place) for place in row] for row in self._places()])

    def _value(self, place: tuple[int, int]) -> object:
        cell = self._tab.cells.get(place)
        error = cell is not None and cell.data_type == "e"
        return habits.handed_out(self._tab.value(place), self._format(place), error)

    @staticmethod
    def _given(rows: list[list[Any]]) -> Any:
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else tuple(map(tuple, rows))

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        rows = data if isinstance(data, (list, tuple)) else [[data]]
        texts = [v for row in rows for v in row if isinstance(v, str)]
        if len(self) > 1 and any(len(text) > habits.LONGEST_IN_BLOCK for text in texts):
            raise ComError(habits.REFUSED, "Application-defined or object-defined error")
        self._enter(rows)

    @property
    def formula(self) -> Any:
        return self._given([[self._shown(place) for place in row] for row in self._places()])

    def _shown(self, place: tuple[int, int]) -> str:
        text, value = self._tab.formula(place), self._tab.raw(place)
        if text is not None:
            return "=" + habits.shown_formula(text)
        if isinstance(value, bool):
            return str(value).upper()
        if self._app.days_in_words and isinstance(day := self._tab.value(place), date):
            return f"{day.month}/{day.day}/{day.year}"
        return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)

    @formula.setter
    def formula(self, data: Any) -> None:
        self._enter(data if isinstance(data, (list, tuple)) else [[data]])
        if self._app.AutoCorrect.AutoFillFormulasInLists:
            self._fill_columns()

    def _fill_columns(self) -> None:
        for table in self._sheet.tables:
            a = table.range.area
            for row, column in (place for places in self._places() for place in places):
                text = self._tab.formula((row, column))
                if text and a.top < row <= a.bottom and a.left <= column <= a.right:
                    for other in range(a.top + 1, a.bottom + 1):
                        if self._tab.is_blank((other, column)):
                            self._put((other, column), Formula(text, None))

    def _enter(self, rows: Any) -> None:
        if self._app.before_write:
            self._app.before_write.pop(0)()
        self._app.asked("write", f"{self._sheet.name}!{self.area}")
        if self._sheet.ProtectContents:
            raise ComError(
                habits.REFUSED, "The cell or chart you're trying to change is on a protected sheet."
            )
        assert [len(rows), len(rows[0])] == list(self.shape)
        for places, values in zip(self._places(), rows, strict=True):
            for place, value in zip(places, values, strict=True):
                held, hidden = habits.entered(value, self._format(place), self._app.apostrophe_kept)
                self._put(place, held, hidden)
        self._name_columns()

    def _put(self, place: tuple[int, int], held: Any, hidden_apostrophe: bool = False) -> None:
        tab = self._tab
        if place not in tab.cells and held is None:
            return
        style = copy(tab.style(place) if place in tab.cells else tab.column_style(place[1]))
        style = StyleArray() if style is None else style
        style.quotePrefix = int(hidden_apostrophe)
        tab.put(place, plain(held), style)

    def _name_columns(self) -> None:
        """A table's column is called what stands in its heading."""
        for table in self._sheet.tab.sheet.tables.values():
            area = Area.parse(table.ref)
            if area and area.overlaps(self.area) and self.area.top <= area.top:
                for column, listed in enumerate(table.tableColumns, area.left):
                    listed.name = str(self._tab.raw((area.top, column)) or listed.name)

    def clear_contents(self) -> None:
        for place in [p for p in self._tab.cells if self._holds(p)]:
            self._tab.edit(place, None)

    def _holds(self, place: tuple[int, int]) -> bool:
        a = self.area
        return a.top <= place[0] <= a.bottom and a.left <= place[1] <= a.right

    def delete(self, shift: Any = None) -> None:
        assert shift == "up" and self.area.right == MAX_COLUMNS
        drop_rows(self._tab, range(self.area.top, self.area.bottom + 1))

    def Sort(self, **keys: Any) -> None:
        """A table with its headings: rows move whole, blanks come last, notes and looks go along."""
        a, tab = self.area, self._tab
        if self._sheet.ProtectContents:
            raise ComError(
                habits.REFUSED, "The cell or chart you're trying to change is on a protected sheet."
            )
        assert keys.pop("Header") == 1 and len(keys) in (2, 4, 6)
        order = list(range(a.top + 1, a.bottom + 1))
        for number in range(len(keys) // 2, 0, -1):
            column, descending = keys[f"Key{number}"].column, keys[f"Order{number}"] == 2
            filled = [r for r in order if tab.raw((r, column)) is not None]
            filled.sort(key=lambda r: _in_order(tab.raw((r, column))), reverse=descending)
            order = filled + [r for r in order if tab.raw((r, column)) is None]
        columns = range(a.left, a.right + 1)
        cells = {(r, c): tab.carry((r, c)) for r in order for c in columns if (r, c) in tab.cells}
        notes = {place: cell.comment for place in cells if (cell := tab.cells[place]).comment}
        for place in cells:
            tab.cells[place].comment = None
            tab.clear(place)
        for row, source in enumerate(order, a.top + 1):
            for c in columns:
                if (source, c) in cells:
                    tab.set_down((row, c), cells[source, c])
                if (source, c) in notes:
                    tab.cells[row, c].comment = notes[source, c]

    def select(self) -> None:
        book = self._sheet.book
        if book.shown != self._sheet.name:
            raise ComError(habits.REFUSED, "Select method of Range class failed")
        book.selected = self.area.absolute

    # ---- looks

    @property
    def number_format(self) -> str | None:
        found = {self._format(place) for row in self._places() for place in row}
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        if len(self) == MAX_COLUMNS * MAX_ROWS:
            column = self._tab.sheet.column_dimensions["A"]
            column.min, column.max, column.number_format = 1, MAX_COLUMNS, code
            return
        for place in (place for row in self._places() for place in row):
            self._tab._at(place).number_format = code
            self._tab.changed = True

    @property
    def column_width(self) -> float:
        return float(self._tab.sheet.column_dimensions[column_letter(self.column)].width)

    @column_width.setter
    def column_width(self, width: float) -> None:
        dimension = self._tab.sheet.column_dimensions[column_letter(self.column)]
        dimension.width, dimension.min = width, self.area.left
        dimension.max = self.area.right

    def autofill(self, destination: Any, type_: str = "") -> None:
        assert type_ == "fill_formats"
        if self._tab.is_hidden(self.row):
            raise ComError(habits.REFUSED, "AutoFill method of Range class failed")
        for row in destination.impl._places()[1:]:
            self._take_looks(row, self._places()[0])

    def copy(self, destination: Any = None) -> None:
        self._app.copied = self

    def paste(self, paste: Any = None, *_: Any, **__: Any) -> None:
        assert paste == "formats" and self._app.copied is not None
        for own, other in zip(self._places(), self._app.copied._places(), strict=True):
            self._take_looks(own, other)

    def _take_looks(self, own: list[Any], other: list[Any]) -> None:
        tab = self._tab
        for place, like in zip(own, other, strict=True):
            style = tab.style(like)
            if style is not None:
                tab._at(place)._style = copy(style)  # type: ignore[attr-defined]
                tab.changed = True


def _in_order(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, (int, float))
    return (
        not number,
        float(value) if number else 0.0,
        "" if number else str(value).casefold().replace("-", ""),
    )


class Areas:
    """The blocks that are selected, counted from 1."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet, self._texts = sheet, sheet.book.selected.split(",")

    @property
    def Count(self) -> int:
        return len(self._texts)

    def Item(self, number: int) -> Range:
        return Range(self._sheet, self._texts[number - 1])


def _area(one: Any, other: Any) -> Area:
    if isinstance(one, Range):
        return one.area.union((other or one).area)
    if isinstance(one, tuple):
        last = other or one
        return Area(one[1], one[0], last[1], last[0])
    first, _, last = one.replace("$", "").partition(":")
    if first.isdecimal():
        return Area(1, int(first), MAX_COLUMNS, int(last))
    if first.isalpha():
        return Area(column_index(first), 1, column_index(last), MAX_ROWS)
    found = Area.parse(one)
    assert found is not None
    return found


class Names(bc.Names):
    def __init__(self, book: Book) -> None:
        self.book = book

    api = property(lambda self: self)

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name, Name(self.book, name)) for name in self.book.workbook.defined_names]


class Name(bc.Name):
    def __init__(self, book: Book, name: str) -> None:
        self.book, self._name = book, name

    api = property(lambda self: self)
    name = property(lambda self: self._name)

    @property
    def _defined(self) -> Any:
        return self.book.workbook.defined_names[self._name]

    @property
    def refers_to(self) -> str:
        return f"={self._defined.attr_text}"

    @refers_to.setter
    def refers_to(self, text: str) -> None:
        sheet, _, cells = text.removeprefix("=").rpartition("!")
        area = Area.parse(cells)
        title = sheet.strip("'").replace("''", "'")
        assert area is not None and title in self.book.tabs
        self.book.rearranged = True
        self._defined.attr_text = f"{quote_sheetname(title)}!{absolute_coordinate(str(area))}"

    @property
    def refers_to_range(self) -> Range:
        ((title, cells),) = self._defined.destinations
        area = Area.parse(cells)
        assert area is not None
        return Range(Sheet(self.book, title), area)


class Tables(bc.Tables):
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    api = property(lambda self: self)

    def __iter__(self) -> Iterator[Table]:
        return (Table(self.sheet, table) for table in self.sheet.tab.sheet.tables.values())

    def __len__(self) -> int:
        return len(self.sheet.tab.sheet.tables)


class Arrangement:
    """The filter and the sort order of a table as COM shows them, and how often they were applied anew."""

    def __init__(self) -> None:
        self.FilterMode, self.Count, self.applied = False, 0, list[str]()

    SortFields = property(lambda self: self)

    def ApplyFilter(self) -> None:
        self.applied.append("filter")

    def Apply(self) -> None:
        self.applied.append("sort")


ARRANGED: dict[int, Arrangement] = {}  # by table


class Table(bc.Table):
    def __init__(self, sheet: Sheet, table: Any) -> None:
        self.sheet, self.table = sheet, table

    api = property(lambda self: self)
    parent = property(lambda self: self.sheet)
    name = property(lambda self: self.table.displayName)
    range = property(lambda self: Range(self.sheet, Area.parse(self.table.ref)))
    ShowAutoFilter = property(lambda self: self.table.autoFilter is not None)
    AutoFilter = Sort = property(lambda self: ARRANGED.setdefault(id(self.table), Arrangement()))

    @property
    def show_totals(self) -> bool:
        return bool(self.table.totalsRowCount)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        tab, area = self.sheet.tab, self.range.area
        key = f"{self.sheet.title} {self.name}"
        if self.show_totals and not value:
            places = [
                (area.bottom, c) for c in range(area.left, area.right + 1) if (area.bottom, c) in tab.cells
            ]
            self.sheet.book.totals[key] = {p[1]: tab.carry(p) for p in places}
            for place in places:
                tab.clear(place)
            self._point(Area(area.left, area.top, area.right, area.bottom - 1), 0)
        elif value and not self.show_totals:
            self._point(Area(area.left, area.top, area.right, area.bottom + 1), 1)
            for column, cell in self.sheet.book.totals.pop(key).items():
                tab.set_down((area.bottom + 1, column), cell)

    def resize(self, target: Any) -> None:
        """Cells that come in keep what they hold; calculated columns are filled down."""
        old, new = self.range.area, target.impl.area
        if self.show_totals:
            raise ComError(habits.REFUSED, "The totals row cannot be moved")
        assert (new.left, new.top) == (old.left, old.top) and new.bottom > new.top
        ids = max(int(c.id) for c in self.table.tableColumns)
        for step in range(1, new.right - old.right + 1):
            place = (new.top, old.right + step)
            if self.sheet.tab.is_blank(place):
                self.sheet.tab.put(place, f"Column{step}", None)
            name = str(self.sheet.tab.raw(place))
            self.table.tableColumns.append(TableColumn(id=ids + step, name=name))
        self._point(new, 0)
        self._fill(old, new)

    def _fill(self, old: Area, new: Area) -> None:
        tab = self.sheet.tab
        for column, listed in enumerate(self.table.tableColumns, old.left):
            above = tab.formula((old.bottom, column)) if listed.calculatedColumnFormula else None
            for row in range(old.bottom + 1, new.bottom + 1) if above else ():
                letter = column_letter(column)
                text = translated(above, f"{letter}{old.bottom}", f"{letter}{row}")
                tab.put((row, column), Formula(text, None), tab.style((old.bottom, column)))

    def _point(self, area: Area, totals: int) -> None:
        self.table.ref = str(area)
        self.table.totalsRowCount = totals or None
        if self.table.autoFilter is not None:
            body = Area(area.left, area.top, area.right, area.bottom - totals)
            self.table.autoFilter.ref = str(body)
        self.sheet.tab.changed = True


def start() -> App:
    """A fresh Excel, the only one that xlwings knows."""
    if NAME not in [engine.name for engine in xw.engines]:
        xw.engines.add(xw.Engine(impl=Engine()))
    engine = xw.engines[NAME]
    engine.activate()
    engine.impl.apps.running.clear()
    app: App = engine.impl.apps.add()
    return app


def stop() -> None:
    """No Excel any more, as on a computer without one."""
    xw.engines[NAME].impl.apps.running.clear()
    xw.engines.active = None
