"""Buttons used wrongly: one sentence that says what to do, and the workbook as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import workbooks
from clicking import Looking, Person, cells_of, clicks, excel_running, opened, ready, select_claims, state_of
from excel_stand_in import App
from recoup.addin.buttons import GROUPS
from recoup.case_doors import start_book
from recoup.macros.clicks import functions

BUTTONS = [b for group in GROUPS for b in group.buttons if b.function in functions(group)]
WITH_BOOK = [b.function for b in BUTTONS if b.needs_book]
LOOKING = ("explain_claim", "copy_case_text", "make_evidence_pack", "show_due_today", "merge_copy")
WRITING = [f for f in WITH_BOOK if f not in LOOKING]
ANY_BOOK = ["freeze_functions"]  # it takes any workbook, and this one holds none of its formulas


@pytest.fixture(scope="module")
def looking() -> Looking:
    return Looking()


@pytest.fixture(scope="module")
def excel(looking: Looking) -> Iterator[App]:
    with excel_running(looking) as app:
        yield app


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, excel: App) -> Any:
    """A refreshed workbook in which somebody typed on Checks and Claims: every button finds something to write."""
    path = workbooks.refreshed_book(tmp_path_factory.mktemp("desk"))
    start_book(path, workbooks.run(hour=10), ready(path)[-1:])
    book = opened(path)
    place = next(p for p, value in cells_of(book, "Checks").items() if value in ("warning", "note"))
    book.tabs["Checks"].put(place, "my own words", None)
    column = next(c for (_, c), value in cells_of(book, "Claims").items() if value == "Priority")
    last = max(r for r, c in cells_of(book, "Claims") if c == column)
    book.tabs["Claims"].put((last, column), 999.0, None)
    book.save()
    workbooks.Seller().lose("2026-10-21", "X00LOST01A", 2, "9990").write(path.parent / "more")
    return book


@pytest.fixture(autouse=True)
def nothing_changes(book: Any, excel: App, looking: Looking) -> Iterator[None]:
    before = state_of(book)
    yield
    assert state_of(book) == before
    assert excel.settings["status_bar"] is False and excel.settings["calculation"] == "automatic"
    looking.cancel_at = ""


def ready_to_click(book: Any, function: str) -> Person:
    """The person has selected and answers what the button needs to change something."""
    path = Path(book.FullName)
    if function == "clear_report_tab":
        book.shown = "Inventory Ledger"
    elif function == "record_answer":
        select_claims(book, ready(path)[-1], table="Cases")
    else:
        select_claims(book, ready(path)[0])
    files = [next((path.parent / "more").glob("inventory-ledger*"))]
    answers = {"Owner": "Dora"} if function == "record_answer" else {"Reason": "counted twice"}
    return Person(files=files, agrees=True, answers=answers, chooses={"Field": "Decision"})


def test_without_a_workbook_every_button_says_so(book: Any, excel: App) -> None:
    books = excel.books.open_ones
    excel.books.open_ones = []
    for function in WITH_BOOK:
        person = Person(files=[Path("x.csv")], agrees=True, answers={"Reason": "x"})
        assert clicks(function, person) == 0
        assert "No workbook is open in Excel" in person.told[0] and person.shown == []
    excel.books.open_ones = books


def test_while_a_cell_is_edited_every_button_says_so(book: Any, excel: App) -> None:
    for function in (f for f in WITH_BOOK if f not in ANY_BOOK):
        person = ready_to_click(book, function)
        excel.busy = True
        assert clicks(function, person) == 0
        excel.busy = False
        assert "Excel is busy: a cell is being edited" in person.told[0] and person.shown == []


def test_a_workbook_that_is_open_read_only_is_named_by_every_button_that_writes(book: Any) -> None:
    book.ReadOnly = True
    for function in WRITING:
        person = ready_to_click(book, function)
        clicks(function, person)
        assert "is open read-only" in person.told[0] and person.shown == []
    book.ReadOnly = False


@pytest.mark.parametrize("function", ["import_files", "clear_report_tab", "take_up_claims", "dismiss_claims"])
def test_a_protected_tab_is_named(book: Any, function: str) -> None:
    person = ready_to_click(book, function)
    for tab in book.tabs.values():
        tab.sheet.protection.sheet = True
    clicks(function, person)
    for tab in book.tabs.values():
        tab.sheet.protection.sheet = False
    assert "is protected; take its protection off" in person.told[0] and person.shown == []


@pytest.mark.parametrize("function", [f for f in WRITING if f not in ANY_BOOK])
def test_cancel_at_the_last_moment_before_anything_is_written(
    book: Any, looking: Looking, function: str
) -> None:
    person = ready_to_click(book, function)
    looking.cancel_at = "backup"
    assert clicks(function, person) == 0
    assert person.told == ["Cancelled: nothing was written into the workbook."] and person.shown == []


@pytest.mark.parametrize(
    "function",
    [
        *("import_files", "clear_report_tab", "dismiss_claims", "show_policy"),
        *("start_case", "make_evidence_pack", "record_answer", "merge_copy", "show_journal", "undo_last"),
    ],
)
def test_a_question_that_is_declined_says_nothing(book: Any, function: str) -> None:
    ready_to_click(book, function)
    person = Person()
    assert clicks(function, person) == 0
    assert person.told == person.shown == [] and person.asked != []


@pytest.mark.parametrize(
    "function",
    [
        *("explain_claim", "take_up_claims", "dismiss_claims"),
        *("start_case", "copy_case_text", "make_evidence_pack", "record_answer"),
    ],
)
def test_a_selection_without_a_claim_is_refused_with_where_to_click(book: Any, function: str) -> None:
    book.shown, book.selected = "Home", "$A$1"
    person = Person(agrees=True, answers={"Reason": "x"})
    clicks(function, person)
    assert "on Claims, Evidence, Cases or Not Claimed click a cell" in person.told[0]
    assert person.asked == person.shown == []


@pytest.mark.parametrize("tab", ["Claims", "Home", "Sourcing Costs"])
def test_a_tab_that_is_no_report_is_not_cleared(book: Any, tab: str) -> None:
    book.shown, person = tab, Person(agrees=True)
    clicks("clear_report_tab", person)
    says = "holds what people typed" if tab == "Sourcing Costs" else "is no report tab"
    assert says in person.told[0] and person.asked == []


def test_a_file_that_is_no_report_is_told(book: Any, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear seller,\nnothing to see here.\n")
    person = Person(files=[letter])
    clicks("import_files", person)
    assert "letter.txt: not read" in person.shown[0] and "Nothing was changed." in person.shown[0]
