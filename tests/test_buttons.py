"""Buttons of the groups Reports, Claims and Help over the stand-in for Excel: the cells are those of the command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import workbooks
from clicking import Person, cells_of, clicks, excel_running, opened, ready, select_claims, state_of
from excel_stand_in import App
from recoup import case_doors, doors
from recoup.books import open_book
from recoup.macros import claims as claims_buttons
from recoup.progress import WAITING
from recoup.sheets import OWN_RECORDS, REPORT_TABS, TABLES


@pytest.fixture
def steps() -> list[str]:
    """What the window with the steps showed."""
    return []


@pytest.fixture
def excel(steps: list[str]) -> Iterator[App]:
    with excel_running(steps.append) as app:
        yield app


@pytest.fixture
def book(tmp_path: Path, excel: App) -> Any:
    """A refreshed workbook of the seller, open in Excel."""
    return opened(workbooks.refreshed_book(tmp_path))


def saved(book: Any) -> Path:
    """The person saves the workbook."""
    book.save()
    return Path(book.FullName)


def cells(path: Path) -> dict[str, Any]:
    """All that Recoup and people fill: tables, report tabs, own records; in the order of their rows."""
    book = open_book(path)
    held: dict[str, Any] = {name: book.read_table(name).records() for name in TABLES}
    for tab in (t for t in book.sheet_names() if t.startswith((*REPORT_TABS, *OWN_RECORDS))):
        held[tab] = book.read_raw(tab).cells.to_numpy(dtype=object).tolist()
    return held


def row_of(book: Any, tab: str, number: int) -> set[str]:
    return {str(value) for (row, _), value in cells_of(book, tab).items() if row == number}


def changed_tabs(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {tab for tab in before.keys() | after.keys() if before.get(tab) != after.get(tab)}


# ---- Reports


def test_files_are_imported_as_by_the_command(tmp_path: Path, excel: App) -> None:
    files = workbooks.Seller().write(tmp_path / "reports")
    path = workbooks.blank_book(tmp_path)
    twin = Path(shutil.copy(path, tmp_path / "twin.xlsx"))
    book, before = opened(path), path.read_bytes()
    person = Person(files=files)
    assert clicks("import_files", person) == 0
    assert path.read_bytes() == before, "the file is left to the person"
    assert book.shown == "Inventory Ledger" and person.asked == ["Import files"]
    assert f"{files[0].name}: Inventory Ledger, 11 rows" in person.shown[0]
    assert "not saved yet" in person.shown[0]
    doors.import_files(twin, files)
    assert cells(saved(book)) == cells(twin)


def test_a_check_fills_checks_and_nothing_else(book: Any) -> None:
    person = Person()
    book.tabs["Inventory Ledger"].put((3, 1), "31/31/2026", None)
    before = state_of(book)
    assert clicks("check_reports", person) == 0
    assert changed_tabs(before, state_of(book)) == {"Checks"} and book.shown == "Checks"
    path = saved(book)
    _, problems, _ = doors.check_book(path, workbooks.run(), [])
    rows = open_book(path).read_table("Checks").records()
    assert {r["Problem"] for r in rows} == {p.problem for p in problems}
    assert ("Inventory Ledger", "A3") in {(r["Sheet or file"], r["First cells"]) for r in rows}
    assert "errors," in person.shown[0]


def test_a_check_leaves_what_the_last_refresh_said_of_sheets_that_people_mark(book: Any) -> None:
    row, column = next(p for p, value in cells_of(book, "Checks").items() if value in ("warning", "note"))
    said = {column: "warning", column + 1: "Claims", column + 5: "Decision of LW-1 says 'Perhaps'"}
    for place, text in said.items():
        book.tabs["Checks"].put((row, place), text, None)
    book.tabs["Checks"].put((row + 1, column + 5), "said of a report, and true no more", None)
    clicks("check_reports", Person())
    held = {str(value) for value in cells_of(book, "Checks").values()}
    assert said[column + 5] in held and "said of a report, and true no more" not in held


def test_records_to_fill_in_are_added_as_by_the_command_and_the_first_is_in_front(
    book: Any, tmp_path: Path
) -> None:
    twin = Path(shutil.copy(book.FullName, tmp_path / "twin.xlsx"))
    added, _ = doors.prepare_book(twin, workbooks.run(), [], target=doors.Target())
    person = Person()
    assert clicks("prepare_inputs", person) == 0
    tab = added[0].tab
    row = int(book.selected.rpartition("$")[2])
    assert book.shown == tab and added[0].record["fnsku"] in row_of(book, tab, row)
    assert f"{len(added)} lines added" in person.shown[0]
    assert cells(saved(book)) == cells(twin)
    again = Person()
    clicks("prepare_inputs", again)
    assert "Nothing is missing that is not asked for already" in again.shown[0] and book.Saved


def test_the_tab_in_front_is_cleared_as_by_the_command_after_the_person_saw_what_goes(
    book: Any, tmp_path: Path
) -> None:
    twin = Path(shutil.copy(book.FullName, tmp_path / "twin.xlsx"))
    book.shown = "Inventory Ledger"
    person = Person(agrees=True)
    assert clicks("clear_report_tab", person) == 0
    question, preview = person.asked
    assert question.startswith("Clear 11 rows of Inventory Ledger? A backup is made first")
    assert "Inventory Ledger: 11 rows go, 2026-07-25 to 2026-11-12; 1 stay" in preview
    assert "open claims lose their source" in preview and ready(twin)[0] in preview
    plan, _ = doors.clear_book(twin, "Inventory Ledger", None, agree=lambda _: True)
    assert f"Cleared {plan.rows} rows, headings kept." in person.shown[0]
    assert cells(saved(book)) == cells(twin)
    assert len(list((tmp_path / "Recoup backups").glob("seller*"))) >= 1


def test_only_the_tab_in_front_is_cleared_and_its_window_hides_while_the_question_is_asked(
    book: Any, steps: list[str]
) -> None:
    path = Path(book.FullName)
    book.close()
    with workbooks.Desk(path) as desk:
        other = desk.workbook.copy_worksheet(desk.workbook["Reimbursements"])
        other.title = "Reimbursements UK"
    book = opened(path)
    before, book.shown = state_of(book), "Reimbursements UK"
    person = Person(agrees=True)
    clicks("clear_report_tab", person)
    assert changed_tabs(before, state_of(book)) == {"Reimbursements UK", "_Recoup"}
    assert "Reimbursements:" not in person.asked[1] and WAITING in steps[:-1]


# ---- Claims


def test_a_refresh_fills_claims_and_shows_them(tmp_path: Path, excel: App) -> None:
    """That its cells are those of the command is said where the engines are compared."""
    path = workbooks.imported_book(tmp_path)
    book, data = opened(path), path.read_bytes()
    person = Person()
    assert clicks("refresh_claims", person) == 0
    assert book.shown == "Claims" and "Money by status" in person.shown[0]
    assert "not saved yet" in person.shown[0] and path.read_bytes() == data and not book.Saved
    assert sum(str(v).startswith("LW-") for v in cells_of(book, "Claims").values()) > 3


def test_a_claim_is_explained_and_its_rows_come_to_the_front(book: Any) -> None:
    first, second = ready(book.FullName)[:2]
    select_claims(book, first, second)
    person, before = Person(), state_of(book)
    book.ReadOnly = True  # to look is allowed
    assert clicks("explain_claim", person) == 0
    assert person.shown[0].count("From these rows:") == 2
    assert person.shown[0].index(first) < person.shown[0].index(second)
    assert book.shown == "Evidence" and state_of(book) == before and book.Saved
    assert first in row_of(book, "Evidence", int(book.selected.rpartition("$")[2]))


def test_of_many_claims_twenty_are_explained_and_the_others_counted(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ready(book.FullName)[:3]
    monkeypatch.setattr(claims_buttons, "MOST_CLAIMS", 2)
    select_claims(book, *keys)
    person = Person()
    clicks("explain_claim", person)
    assert person.shown[0].count("From these rows:") == 2 and person.shown[0].endswith("… and 1 more")


def test_claims_are_taken_up_as_by_the_command_and_the_draft_is_in_front(book: Any, tmp_path: Path) -> None:
    keys = ready(book.FullName)[:2]
    twin = Path(shutil.copy(book.FullName, tmp_path / "twin.xlsx"))
    select_claims(book, *keys)
    person = Person()
    assert clicks("take_up_claims", person) == 0
    assert book.shown == "Cases" and all(f"C-{key}" in person.shown[0] for key in keys)
    case_doors.start_book(twin, workbooks.run(), keys)
    assert cells(saved(book)) == cells(twin)
    again = Person()
    select_claims(book, keys[0])
    clicks("take_up_claims", again)
    assert f"{keys[0]} has a case already" in again.told[0] and book.Saved


def test_claims_are_dismissed_as_by_the_command_once_the_person_said_why(book: Any, tmp_path: Path) -> None:
    keys = ready(book.FullName)[:2]
    twin = Path(shutil.copy(book.FullName, tmp_path / "twin.xlsx"))
    select_claims(book, *keys)
    person = Person(answers={"Reason": "  counted twice "})
    assert clicks("dismiss_claims", person) == 0
    assert all(key in person.asked[0] for key in keys) and "Why are they dismissed?" in person.asked[0]
    assert f"{keys[0]}: dismissed by Ann: counted twice" in person.shown[0] and book.shown == "Not Claimed"
    case_doors.dismiss_book(twin, workbooks.run(), keys, "counted twice")
    assert cells(saved(book)) == cells(twin)


def test_a_claim_selected_on_another_sheet_is_the_same_claim(book: Any) -> None:
    key = ready(book.FullName)[0]
    select_claims(book, key, table="Evidence")
    person = Person()
    clicks("take_up_claims", person)
    assert f"C-{key}" in person.shown[0]


# ---- Help


def test_help_needs_no_workbook_and_no_excel() -> None:
    person = Person(answers={"Marketplace": "DE"})
    for function in ("show_policy", "run_doctor", "show_about"):
        assert clicks(function, person, book="") == 0
    policy, doctor, about = person.shown
    assert policy.strip().startswith("Policy in DE on 2026-11-15") and "Certainty" in policy
    assert "to do" in doctor and "Python" in doctor
    assert about.startswith("Recoup 0.1.0") and "MIT" in about
