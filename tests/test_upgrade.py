"""A workbook of an older version is refused with the remedy, and upgraded without losing anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from recoup import doors
from recoup.model import RecoupError
from recoup.policy import load
from recoup.sheets import LISTS, TABLES, WORKBOOK_VERSION
from workbooks import Desk, claim_of, refresh, refreshed_book, table

RELEASED = sorted((Path(__file__).parent / "released").glob("workbook_v*.xlsx"))


@pytest.fixture(params=RELEASED, ids=lambda p: p.stem)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "seller.xlsx"))


def test_there_is_a_workbook_of_every_older_version() -> None:
    assert [p.stem for p in RELEASED] == [f"workbook_v{n}" for n in range(1, WORKBOOK_VERSION)]


def test_a_refresh_of_an_older_workbook_says_to_upgrade_and_changes_nothing(book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(RecoupError, match=r"run `recoup upgrade seller.xlsx` first"):
        refresh(book)
    assert book.read_bytes() == before


def test_an_upgraded_workbook_refreshes_as_a_new_one_and_keeps_what_people_typed(
    book: Path, tmp_path: Path
) -> None:
    doors.upgrade_book(book)
    refresh(book)
    (tmp_path / "new").mkdir()
    fresh = refreshed_book(tmp_path / "new")
    people = {
        "Decision",
        "Decision note",
        "Open",
    }  # Open: a formula without its value since a person saved it
    for name in ("Claims", "NotClaimed", "Evidence", "HomeReports", "HomeMoney"):
        old_rows = [{k: v for k, v in r.items() if k not in people} for r in table(book, name)]
        new_rows = [{k: v for k, v in r.items() if k not in people} for r in table(fresh, name)]
        assert _sorted(old_rows) == _sorted(new_rows), name
    upgraded = {str(r["Rule"]): r for r in doors.open_workbook(book).read_table("Policy").records()}
    shipped = {str(r["Rule"]): r for r in load().rows()}
    assert upgraded.keys() == shipped.keys()
    assert all(str(upgraded[k]["Certainty"]) == r["Certainty"] for k, r in shipped.items())
    lost = claim_of(book, "X00LOST01A")
    assert (lost["Decision"], lost["Decision note"]) == ("Hold", "ask Ann first")


def _sorted(rows: list[dict[str, object]]) -> list[str]:
    return sorted(str(sorted((k, str(v)) for k, v in r.items())) for r in rows)


def test_it_says_what_it_did_and_a_second_time_does_nothing(book: Path) -> None:
    done, _ = doors.upgrade_book(book)
    assert f"workbook version 1 is now {WORKBOOK_VERSION}" in done
    assert any(line.startswith("Home: column Money waiting") for line in done)
    bytes_then = book.read_bytes()
    assert doors.upgrade_book(book) == ([], None)
    assert book.read_bytes() == bytes_then


def test_every_declared_column_is_there_and_the_new_ones_look_like_their_neighbours(book: Path) -> None:
    doors.upgrade_book(book)
    workbook = openpyxl.load_workbook(book)
    for name, declared in TABLES.items():
        sheet = next(s for s in workbook.worksheets if name in s.tables)
        headings = [c.value for c in sheet[sheet.tables[name].ref][0]]
        assert set(declared.headers) <= set(headings), name
    home = workbook["Home"]
    head = home[home.tables["HomeReports"].ref][0]
    assert head[-1].value == "Money waiting"
    assert head[-1].fill.fgColor.rgb == head[-2].fill.fgColor.rgb
    assert home.column_dimensions[head[-1].column_letter].width > 20


def test_drop_down_lists_hold_todays_choices(book: Path) -> None:
    doors.upgrade_book(book)
    workbook = openpyxl.load_workbook(book)
    for name, choices in LISTS.items():
        sheet, ref = workbook.defined_names[name].attr_text.replace("$", "").replace("'", "").split("!")
        assert tuple(c.value for c in workbook[sheet][ref][0]) == choices, name


def test_a_deleted_report_tab_and_column_come_back(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        del desk.workbook["Removal Orders"]
        del desk.workbook["Documents"]
    done, _ = doors.upgrade_book(book)
    assert done[:2] == ["tab Removal Orders added, hidden", "tab Documents added, hidden"]
    assert [line.partition(":")[0] for line in done[2:]] == [
        "Policy"
    ]  # the test's workbook lists the US only
    workbook = openpyxl.load_workbook(book)
    assert workbook["Removal Orders"].sheet_state == "hidden"
    assert workbook["Documents"]["A1"].value == "Document ID"
    assert workbook["Removal Orders"]["C7"].number_format == "@" or _column_is_text(
        workbook["Removal Orders"]
    )
    refresh(book)


def _column_is_text(sheet: openpyxl.worksheet.worksheet.Worksheet) -> bool:
    return bool(sheet.column_dimensions["A"].number_format == "@")


def test_something_to_the_right_of_a_table_that_must_grow_is_never_overwritten(book: Path) -> None:
    with Desk(book) as desk:
        home = desk.workbook["Home"]
        ref = home.tables["HomeReports"].ref
        row, column = home[ref][0][-1].row, home[ref][0][-1].column
        home.cell(row + 2, column + 1, "my own note")
    before = book.read_bytes()
    with pytest.raises(RecoupError, match="something stands to its right"):
        doors.upgrade_book(book)
    assert book.read_bytes() == before
