"""The door that Excel's cells call, through xlwings' own server as far as it runs without Windows.

Only what Windows itself gives is stood in for: pywin32, and the cell that calls (in the stand-in for Excel).
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
import xlwings as xw

import excel_stand_in
from hostile_folder import HOSTILE, make_hostile_folder
from live_books import open_in_excel, stand_in
from recoup import books, udfs
from recoup.books.cells import ERRORS, to_serial
from recoup.books.open_tables import OpenTables
from recoup.case_doors import due_book
from recoup.sheets import TABLES
from recoup.work_tasks import HEADERS, due_table
from recoup.worksheet_functions.declared import FUNCTIONS
from workbooks import AS_OF, claims, refreshed_book, run

MISSING = -2147352572  # what COM hands over for an argument that was left out
TODAY = to_serial(AS_OF, False)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return refreshed_book(tmp_path_factory.mktemp("cells"))


@pytest.fixture
def book(path: Path) -> Iterator[xw.Book]:
    udfs._BOOKS.clear()
    yield open_in_excel(path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """xlwings' server as Excel talks to it, with the functions registered as on Windows."""
    for name in ("pythoncom", "win32api", "win32event", "win32com", "win32com.client"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    for name in ("win32com.server", "win32com.server.dispatcher", "win32com.server.policy"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    unwrapping = MagicMock(unwrap=MagicMock(side_effect=TypeError))
    monkeypatch.setitem(sys.modules, "win32com.server.util", unwrapping)
    monkeypatch.setattr(sys.modules["win32com"].server, "util", unwrapping)
    monkeypatch.setitem(sys.modules, "pywintypes", SimpleNamespace(com_error=OSError))
    own = SimpleNamespace(Range=lambda xl: xl, is_range_instance=lambda value: False, N_COM_ATTEMPTS=0)
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", own)
    monkeypatch.setattr(xw, "_xlwindows", own, raising=False)
    monkeypatch.setattr(excel_stand_in.Range, "CLSID", "", raising=False)
    for name in ("xlwings.udfs", "xlwings.com_server"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    stand_in()
    monkeypatch.setitem(xw.engines.engines_by_name, "excel", xw.engines.active)
    xlwings_udfs = importlib.import_module("xlwings.udfs")
    com_server = importlib.import_module("xlwings.com_server")
    for name in ("func", "arg", "ret"):
        monkeypatch.setattr(xw, name, getattr(xlwings_udfs, f"xl{name}"))
    importlib.reload(udfs)
    yield com_server.XLPython()
    monkeypatch.undo()
    for name in ("xlwings.udfs", "xlwings.com_server"):
        sys.modules.pop(name, None)
    importlib.reload(udfs)


def state_of(book: xw.Book, changes: str = "1") -> str:
    return f"{TODAY:.0f}|0|{changes}|{book.name}"


def ask(server: Any, book: xw.Book, name: str, *given: Any, changes: str = "1") -> Any:
    """A cell of the workbook calls a function, as the VBA does."""
    cell = book.sheets["Home"].range("A1").impl
    return server.CallUDF("recoup.udfs", name, (*given, state_of(book, changes), None), None, cell)


def test_every_function_is_registered_with_its_arguments_and_help(server: Any) -> None:
    assert server
    for function in FUNCTIONS:
        registered = getattr(udfs, function.name).__xlfunc__
        assert registered["name"] == function.name and registered["category"] == "Recoup"
        assert registered["ret"]["doc"] == function.says
        assert registered["volatile"] == (function.volatile == "always")
        shown = [a for a in registered["args"] if a["name"] not in ("state", "caller")]
        assert [(a["name"], a["doc"], "optional" in a) for a in shown] == [
            (a.name, a.says, a.optional) for a in function.arguments
        ]


def test_a_cell_a_column_and_a_missing_argument_go_through_xlwings(server: Any, book: xw.Book) -> None:
    days = tuple((d,) for d in (46267.0, 46268.5, None, ERRORS_OF["#N/A"]))
    assert ask(server, book, "RECOUP_DEADLINE", "lost_in_warehouse", 46267.0, MISSING) == 46327
    told = ask(server, book, "RECOUP_DEADLINE", "lost_in_warehouse", days, MISSING)
    assert told[:3] == [[46327], [46328], [""]] and "'#N/A' is no date" in told[3][0]
    row = ask(server, book, "RECOUP_OPENS", "lost_in_warehouse", (46267.0, 46268.0), MISSING)
    assert row == [46267, 46268], "one row comes flat, as a range of one row does"


ERRORS_OF = {text: number for number, text in ERRORS.items()}


def test_functions_of_the_workbook_read_it_through_excel(server: Any, book: xw.Book, path: Path) -> None:
    told = {i: row["Why"] for i, row in claims(path).items()}
    assert ask(server, book, "RECOUP_WHY", tuple((i,) for i in told)) == [[why] for why in told.values()]
    ready = next(i for i, row in claims(path).items() if row["Status"] == "Ready")
    assert "X00" in ask(server, book, "RECOUP_CASETEXT", ready)
    headings, *rows = ask(server, book, "RECOUP_DUE", 60.0)
    assert headings == list(HEADERS)
    assert len(rows) == len(due_table(due_book(path, run(), 60).queue)) - 1 > 0
    sku = next(str(r["SKU"]) for r in claims(path).values() if r["Value basis"] == "approved sourcing cost")
    value = next(r["Unit value"] for r in claims(path).values() if r["SKU"] == sku and r["Unit value"])
    assert ask(server, book, "RECOUP_UNITVALUE", sku, MISSING, MISSING) == value


def test_a_workbook_is_read_again_when_it_changed_and_not_before(server: Any, book: xw.Book) -> None:
    rule = "claim_window_latest.lost_in_warehouse.US.2024-10-23"
    sheet = book.sheets["Policy"]
    table = next(iter(sheet.tables)).range
    headers, *rows = table.raw_value
    line = next((n for n, row in enumerate(rows, table.row + 1) if row[0] == rule), table.row + 1)
    question = ("RECOUP_DEADLINE", "lost_in_warehouse", 46267.0, MISSING)
    assert ask(server, book, *question) == 46327
    sheet.range((line, table.column)).raw_value = rule
    sheet.range((line, table.column + headers.index("Override"))).raw_value = 30.0
    calls = book.app.impl.calls
    calls.clear()
    assert ask(server, book, *question) == 46327 and not calls, "the same content is not asked for again"
    assert ask(server, book, *question, changes="2") == 46297


def test_whatever_goes_wrong_is_told_in_the_cell(server: Any, book: xw.Book) -> None:
    assert server and book
    state = f"{TODAY:.0f}|0|1|gone.xlsx"
    for function in FUNCTIONS:
        given = [None] * len(function.arguments)
        told = getattr(udfs, function.name)(*given, state, None)
        assert told[0][0].startswith("Recoup could not answer: ")


def test_the_state_tells_the_day_the_year_and_a_name_with_bars() -> None:
    found = udfs.State.of("46341|1|7.3|a|b.xlsx")
    assert found == udfs.State(date(2026, 11, 15), True, "7.3", "a|b.xlsx")


def test_code_and_settings_in_a_workbook_change_nothing(server: Any, tmp_path: Path) -> None:
    hostile = open_in_excel(make_hostile_folder(tmp_path) / HOSTILE)
    assert any(sheet.name.endswith(".py") for sheet in hostile.sheets)
    cell = hostile.sheets[0].range("A1").impl
    asked = ("lost_in_warehouse", 46267.0, MISSING, state_of(hostile), None)
    assert server.CallUDF("recoup.udfs", "RECOUP_DEADLINE", asked, None, cell) == 46327


# ---- the open workbook, only looked at


def test_tables_read_from_excels_cells_are_those_of_the_file(book: xw.Book, path: Path) -> None:
    there, seen = books.open_book(path), OpenTables(book)
    assert seen.tables() == there.tables() and set(TABLES) <= set(seen.tables())
    for name in seen.tables():
        assert seen.read_table(name) == there.read_table(name), name
    for name in ("Recoup_Version", "Recoup_AsOf", "Recoup_RefreshedBy"):
        assert seen.read_name(name) == there.read_name(name)
    assert seen.sheet_names() == there.sheet_names()


def test_a_tab_read_from_excels_cells_is_that_of_the_file(book: xw.Book, path: Path) -> None:
    there, seen = books.open_book(path), OpenTables(book)
    mine, theirs = (b.read_raw("Sourcing Costs").cells for b in (seen, there))
    assert mine.to_numpy().tolist()[: len(theirs)] == theirs.to_numpy().tolist()


def test_what_is_not_there_is_named(book: xw.Book) -> None:
    seen = OpenTables(book)
    with pytest.raises(books.base.TableMissing, match="has no table Nope"):
        seen.read_table("Nope")
    with pytest.raises(books.base.NameMissing, match="has no name Recoup_Nope"):
        seen.read_name("Recoup_Nope")
    opened = book.impl
    opened.workbook.defined_names["Recoup_Version"].attr_text, opened.rearranged = "_Recoup!#REF!", True
    with pytest.raises(books.base.NameMissing, match="has no name Recoup_Version"):
        seen.read_name("Recoup_Version")
    with pytest.raises(books.base.SheetMissing, match="has no tab 'Nope'"):
        seen.read_raw("Nope")


# ---- the server


def test_without_excel_the_server_says_who_starts_it() -> None:
    command = [sys.executable, "-P", "-m", "recoup.udf_server"]
    done = subprocess.run(command, capture_output=True, text=True)
    told = "Excel on Windows starts this by itself, through the add-in.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
