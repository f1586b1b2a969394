"""Tidy: the rows of Claims sorted by priority in every engine, each with all that people put into it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

import book_samples as samples
import workbooks
from clicking import Person, cells_of, clicks, excel_running, opened, state_of
from excel_stand_in import Range
from live_books import EVERY, FILES, open_book
from recoup import doors
from recoup.books.base import BookLocked, BookUnsupported
from recoup.sheets import CLAIMS
from recoup.tidying import BY

ROWS: list[dict[str, Any]] = [
    {"Claim ID": "LW-D", "Status": "Paid", "Product": "paid", "Decision note": "mine, D"},
    {"Claim ID": "LW-B", "Status": "Ready", "Priority": 2.5, "Product": "small"},
    {"Claim ID": "LW-C", "Status": "Expired", "Product": "over"},
    {"Claim ID": "LW-A", "Status": "Ready", "Priority": 20.0, "Product": "large", "Decision": "Hold"},
    {"Claim ID": "LW-AA", "Status": "Waiting", "Priority": 2.5, "Product": "small too"},
]
SORTED = ["LW-A", "LW-AA", "LW-B", "LW-D", "LW-C"]
TOP = 4  # the sheet row of the first claim


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Claims in no order; a colour on one of Recoup's cells, and a formula on the row's own cells."""
    path = samples.build(tmp_path / "book.xlsx", {"Claims": ROWS})
    book = openpyxl.load_workbook(path)
    sheet = book["Claims"]
    assert sheet[f"A{TOP}"].value == "LW-D"
    sheet[f"{letter('Product')}{TOP}"].fill = PatternFill("solid", fgColor="00FFCC00")
    sheet[f"{letter('Decided by')}{TOP + 1}"] = f"=A{TOP + 1}&{letter('Product')}{TOP + 1}"
    book.save(path)
    return path


def letter(header: str) -> str:
    return openpyxl.utils.get_column_letter(CLAIMS.headers.index(header) + 1)


def claims(path: Path) -> list[dict[str, Any]]:
    return [dict(r) for r in open_book(path).read_table("Claims").records()]


@pytest.mark.parametrize("engine", EVERY)
def test_rows_move_with_all_that_stands_in_them(path: Path, engine: str) -> None:
    before = {r["Claim ID"]: r for r in claims(path)}
    book = open_book(path, engine)
    book.sort_rows("Claims", BY)
    assert [r["Claim ID"] for r in book.read_table("Claims").records()] == SORTED
    book.save()
    after = claims(path)
    assert [r["Claim ID"] for r in after] == SORTED
    for row in after:
        kept = ("Status", "Priority", "Product", "Decision", "Decision note")
        assert {h: row[h] for h in kept} == {h: before[row["Claim ID"]][h] for h in kept}
    sheet = openpyxl.load_workbook(path)["Claims"]
    coloured = [
        r for r in range(TOP, TOP + 5) if sheet[f"{letter('Product')}{r}"].fill.fgColor.rgb == "00FFCC00"
    ]
    assert coloured == [TOP + 3], "the colour went along"
    assert sheet[f"{letter('Decided by')}{TOP + 2}"].value == f"=A{TOP + 2}&{letter('Product')}{TOP + 2}"


@pytest.mark.parametrize("engine", FILES)
def test_sorted_rows_stay_as_they_are_byte_for_byte(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    book.sort_rows("Claims", BY)
    book.save()
    before = path.read_bytes()
    again = open_book(path, engine)
    again.sort_rows("Claims", BY)
    again.save()
    assert path.read_bytes() == before


def mark(
    path: Path, *, hidden: bool = False, note: bool = False, link: bool = False, array: bool = False
) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Claims"]
    sheet.row_dimensions[TOP + 1].hidden = hidden
    if note:
        sheet[f"{letter('Decision')}{TOP}"].comment = Comment("ask Zoë", "Ann")
    if link:
        sheet[f"{letter('Decision note')}{TOP + 4}"].hyperlink = "https://example.com/case/7"
    if array:
        sheet[f"{letter('Decision note')}{TOP + 3}"] = openpyxl.worksheet.formula.ArrayFormula(
            f"{letter('Decision note')}{TOP + 3}:{letter('Decision note')}{TOP + 4}", "=A4:A5"
        )
    book.save(path)


@pytest.mark.parametrize("engine", EVERY[:3])
def test_hidden_rows_are_not_sorted_past(path: Path, engine: str) -> None:
    mark(path, hidden=True)
    book = open_book(path, engine)
    with pytest.raises(
        BookLocked, match=r"1 rows of the tab 'Claims' are hidden.*show them.*Nothing was changed"
    ):
        book.sort_rows("Claims", BY)


@pytest.mark.parametrize("engine", FILES)
def test_in_a_file_a_note_would_stay_behind_so_nothing_moves(path: Path, engine: str) -> None:
    mark(path, note=True)
    book = open_book(path, engine)
    with pytest.raises(
        BookUnsupported, match=rf"note on {letter('Decision')}{TOP}, which would stay.*click Tidy"
    ):
        book.sort_rows("Claims", BY)


@pytest.mark.parametrize("engine", FILES)
def test_in_a_file_a_link_would_end_up_on_another_claim_so_nothing_moves(path: Path, engine: str) -> None:
    mark(path, link=True)
    book = open_book(path, engine)
    with pytest.raises(
        BookUnsupported,
        match=rf"link on {letter('Decision note')}{TOP + 4}, which would stay.*click Tidy",
    ):
        book.sort_rows("Claims", BY)


def test_in_excel_a_note_goes_along(path: Path) -> None:
    mark(path, note=True)
    book = open_book(path, "xlwings")
    book.sort_rows("Claims", BY)
    book.save()
    sheet = book.book.impl.tabs["Claims"].sheet  # type: ignore[attr-defined]
    assert [sheet[f"{letter('Decision')}{r}"].comment is not None for r in (TOP, TOP + 3)] == [False, True]


@pytest.mark.parametrize("engine", FILES)
def test_a_formula_that_fills_several_rows_is_not_torn(path: Path, engine: str) -> None:
    mark(path, array=True)
    book = open_book(path, engine)
    with pytest.raises(BookUnsupported, match="array formula"):
        book.sort_rows("Claims", BY)


def test_an_excel_that_no_program_can_sort_is_told_with_the_command(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Range, "Sort")
    book = open_book(path, "xlwings")
    book.sort_rows("Claims", BY)
    with pytest.raises(BookUnsupported, match="save and close the workbook, then run `recoup tidy`"):
        book.save()


def test_a_live_book_is_sorted_apart_from_other_changes_to_the_tab(path: Path) -> None:
    book = open_book(path, "xlwings")
    book.sort_rows("Claims", BY)
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "LW-A", "Product": "renamed"}])
    with pytest.raises(ValueError, match="save before anything else is changed"):
        book.save()
    other = open_book(path, "xlwings")
    other.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "LW-A", "Product": "renamed"}])
    with pytest.raises(ValueError, match="before its rows are sorted"):
        other.sort_rows("Claims", BY)


# ---- the command and the button


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed workbook whose claims somebody sorted by SKU, with a mark of theirs beside one."""
    path = workbooks.refreshed_book(tmp_path_factory.mktemp("mixed"))
    book = doors.open_workbook(path)
    book.sort_rows("Claims", [("SKU", True)])
    book.save()
    key = str(book.read_table("Claims").records()[0]["Claim ID"])
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": key, "Decision note": "look here"}])
    book.save()
    return path


def test_the_command_sorts_open_claims_by_priority_and_keeps_every_row(mixed: Path, tmp_path: Path) -> None:
    path = workbooks.copy_of(mixed, tmp_path)
    before = {r["Claim ID"]: r for r in claims(path)}
    moved, written = doors.tidy_book(path)
    after = claims(path)
    assert moved > 3 and written == path and {r["Claim ID"]: r for r in after} == before
    priorities = [r["Priority"] for r in after]
    numbers = [p for p in priorities if p is not None]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) > 3
    assert priorities[: len(numbers)] == numbers and priorities[-1] is None, "finished ones stand below"
    assert doors.tidy_book(path) == (0, None)


def test_a_refresh_after_tidy_changes_nothing_but_its_own_time(mixed: Path, tmp_path: Path) -> None:
    path = workbooks.copy_of(mixed, tmp_path)
    doors.tidy_book(path)
    before = claims(path)
    workbooks.refresh(path)
    assert claims(path) == before


def test_the_button_sorts_as_the_command_does_and_the_file_is_left_alone(mixed: Path, tmp_path: Path) -> None:
    path = workbooks.copy_of(mixed, tmp_path)
    twin = Path(shutil.copy(path, tmp_path / "twin.xlsx"))
    doors.tidy_book(twin)
    with excel_running():
        book, data = opened(path), path.read_bytes()
        before = state_of(book)
        person = Person()
        assert clicks("tidy_claims", person) == 0
        assert "rows of Claims moved" in person.shown[0] and "not saved yet" in person.shown[0]
        assert book.shown == "Claims" and path.read_bytes() == data
        assert {t for t, cells in state_of(book).items() if cells != before[t]} == {"Claims"}
        book.save()
        again = Person()
        clicks("tidy_claims", again)
        assert "Claims is in order" in again.shown[0] and book.Saved
    assert claims(path) == claims(twin)


def test_a_filter_stops_the_button_and_a_protected_tab_too(mixed: Path, tmp_path: Path) -> None:
    with excel_running():
        book = opened(workbooks.copy_of(mixed, tmp_path))
        before = state_of(book)
        book.tabs["Claims"].sheet.protection.sheet = True
        person = Person()
        clicks("tidy_claims", person)
        assert "'Claims' is protected" in person.told[0]
        book.tabs["Claims"].sheet.protection.sheet = False
        row = max(r for r, _ in cells_of(book, "Claims"))
        book.tabs["Claims"].sheet.row_dimensions[row].hidden = True
        book.tabs["Claims"].changed = True
        clicks("tidy_claims", person)
        assert "are hidden, and would not be sorted" in person.told[1] and state_of(book) == before


def test_sorting_knows_numbers_texts_and_blanks(path: Path) -> None:
    book = open_book(path)
    book.sort_rows("Claims", [("Product", False)])
    assert [r["Product"] for r in book.read_table("Claims").records()] == [
        "large", "over", "paid", "small", "small too",
    ]  # fmt: skip
    book.sort_rows("Claims", [("Priority", False)])
    assert [r["Priority"] for r in book.read_table("Claims").records()] == [2.5, 2.5, 20.0, None, None]
