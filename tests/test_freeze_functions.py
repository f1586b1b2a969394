"""Freeze functions on the stand-in for Excel: which formulas, what becomes of them, and what stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwings as xw
from openpyxl import load_workbook

import excel_stand_in
from clicking import Person, clicks
from excel_habits import REFUSED, ComError
from excel_stand_in import Range
from live_books import open_in_excel
from recoup import books
from recoup.books import excel_cells
from recoup.books.area import Area
from recoup.books.backups import BACKUP_FOLDER
from recoup.books.base import BookChanged, BookLocked
from recoup.books.function_cells import find_functions, freeze_functions
from recoup.freezing import preview
from recoup.model import Formula
from recoup.sheets import WORKBOOK_VERSION
from recoup.worksheet_functions.failures import FAILURES
from workbooks import Desk, refreshed_book, table

ADDIN = r"'C:\Users\Bo''b\AppData\Roaming\Microsoft\Excel\XLSTART\recoup.xlam'"
CELLS: dict[str, tuple[Any, Any]] = {  # address: formula, and the value it shows
    "A1": ('=RECOUP_DEADLINE("lost_in_warehouse",B1)', 46327.5),
    "A2": ('=IF(B1="","",RECOUP_REASON(B1))', "00123"),
    "A3": ("=recoup_why(B1)", "=1+1 is no formula"),
    "A4": ("=RECOUP_WHY(B9)", ""),
    "A5": ("=RECOUP_WHY(B2)", "#NAME?"),
    "A6": (f"={ADDIN}!RECOUP_DAYSLEFT(B1,B2)", "#NAME?"),
    "A7": ("=1+RECOUP_UNITVALUE(B1)", 8.25),
    "B1": (None, "RECOUP_WHY("),
    "B2": ('="RECOUP_WHY("&B1', "RECOUP_WHY(x"),
    "B3": ("=MY_RECOUP_WHY(1)", 1.0),
    "B4": ("=SUM(A7)", 8.25),
    "D1": ("=RECOUP_DUE(7)", "Due"),
    "E1": (None, "What"),
    "D2": (None, 46327.0),
    "E2": (None, "file"),
    "G1": ("=RECOUP_SIZETIER(B1:B2,1,1,1)", "small standard"),
    "G2": ("=RECOUP_SIZETIER(B1:B2,1,1,1)", "#N/A"),
}
OTHER = '=RECOUP_OPENS("x",A1)'
SPILL, ARRAY = Area.parse("D1:E2"), Area.parse("G1:G2")


@pytest.fixture
def arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in for Excel learns of a formula that spills and of one typed with Ctrl+Shift+Enter, on Sheet1."""

    def within(own: Range, area: Area | None) -> bool | None:
        assert area is not None
        inside = [area.overlaps(Area(c, r, c, r)) for places in own._places() for r, c in places]
        on = own.sheet.name == "Sheet1"
        return (on and any(inside)) if len(set(inside)) == 1 or not on else None

    def of(area: Area | None) -> property:
        return property(lambda own: Range(own._sheet, area))

    monkeypatch.setattr(Range, "HasSpill", property(lambda own: within(own, SPILL)), raising=False)
    monkeypatch.setattr(Range, "HasArray", property(lambda own: within(own, ARRAY)), raising=False)
    monkeypatch.setattr(Range, "CurrentArray", of(ARRAY), raising=False)
    monkeypatch.setattr(Range, "SpillParent", property(lambda own: own), raising=False)
    monkeypatch.setattr(Range, "SpillingToRange", of(SPILL), raising=False)
    monkeypatch.setattr(Range, "Address", property(lambda own: own.area.absolute), raising=False)
    monkeypatch.setattr(Range, "formula2", Range.formula, raising=False)


@pytest.fixture
def book(tmp_path: Path, arrays: None) -> Iterator[xw.Book]:
    assert arrays is None
    excel_stand_in.start()
    yield open_in_excel(_made(tmp_path / "own.xlsx"))
    excel_stand_in.stop()


def _made(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet, other = made.add_worksheet("Sheet1"), made.add_worksheet("Other")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for address, (formula, value) in CELLS.items():
            looks = day if address == "A1" else None
            if formula:
                sheet.write_formula(address, formula, looks, value)
            else:
                sheet.write(address, value)
        other.write_formula("A1", "=SUM(B1:B2)", None, 0)
        other.write_formula("C3", OTHER, None, "Unknown")
    return path


def seen(book: xw.Book, sheet: str = "Sheet1") -> dict[str, tuple[Any, Any]]:
    """Every cell: its formula, and what it shows."""
    found = {}
    for address in [*CELLS, "C3"]:
        cell = book.sheets[sheet].range(address)
        formula = cell.impl._tab.formula((cell.row, cell.column))
        found[address] = (formula and f"={formula}", cell.raw_value)
    return found


KEPT = ("A5", "A6", "B1", "B2", "B3", "B4", "G1", "G2")


def test_formulas_are_found_with_all_the_cells_they_fill(book: xw.Book) -> None:
    found = {(c.sheet, str(c.area)): c for c in find_functions(book)}
    single = [f"{a}:{a}" for a in ("A1", "A2", "A3", "A4", "A5", "A6", "A7")]
    assert found.keys() == {
        *(("Sheet1", a) for a in [*single, "D1:E2", "G1:G2"]),
        ("Other", "C3:C3"),
    }
    assert {a for (_, a), c in found.items() if c.is_array} == {"D1:E2", "G1:G2"}
    assert [c.foreign for c in found.values() if c.foreign] == [ADDIN.strip("'")]


CALLS_OR_NOT = {  # formulas with quotes of every kind, and whether they call a function
    """='5" box'!A2&RECOUP_WHY("x")""": True,
    """='Bob''s 5"'!A2&RECOUP_WHY("x")""": True,
    """=Boxes[5" box]&RECOUP_WHY("x")""": True,
    """=Boxes[[#This Row],['#5]]&RECOUP_WHY(Boxes[@['#6]])""": True,
    """="it's "&RECOUP_WHY("it's")""": True,
    """='RECOUP_WHY (old)'!A2""": False,
    """="'"&"RECOUP_WHY("&"'\"""": False,
    """=Boxes[RECOUP_WHY(x)]""": False,
}


def test_quotes_in_names_of_tabs_and_columns_hide_no_call(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    with xlsxwriter.Workbook(tmp_path / "quotes.xlsx") as made:
        sheet = made.add_worksheet("Own")
        for row, formula in enumerate(CALLS_OR_NOT):
            sheet.write_formula(row, 0, formula, None, "why")
    found = find_functions(open_in_excel(tmp_path / "quotes.xlsx"))
    assert [c.area.top for c in found] == [row for row, calls in enumerate(CALLS_OR_NOT.values(), 1) if calls]
    excel_stand_in.stop()


def test_values_stand_in_place_of_formulas_and_nothing_else_changes(book: xw.Book, tmp_path: Path) -> None:
    before = seen(book)
    frozen = freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    after = seen(book)
    assert {a: after[a] for a in KEPT if a != "A6"} == {a: before[a] for a in KEPT if a != "A6"}
    assert [after[a] for a in ("A2", "A3", "A4", "A7", "D1", "E2")] == [
        (None, "00123"),
        (None, "=1+1 is no formula"),
        (None, None),
        (None, 8.25),
        (None, "Due"),
        (None, "file"),
    ]
    assert after["A1"][0] is None and after["A1"][1] == before["A1"][1], "the day stays a day"
    assert book.sheets["Sheet1"].range("A1").number_format == "yyyy-mm-dd"
    assert seen(book, "Other")["C3"] == (None, "Unknown") and seen(book, "Other")["A1"][0] == "=SUM(B1:B2)"
    assert (frozen.cells, frozen.repaired) == (10, 1)
    assert {str(c.area) for c in frozen.left} == {"A5:A5", "G1:G2"}


def test_a_formula_of_another_computers_addin_is_led_back(book: xw.Book, tmp_path: Path) -> None:
    freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    assert book.sheets["Sheet1"].range("A6").formula == "=RECOUP_DAYSLEFT(B1,B2)"


def test_a_backup_with_the_formulas_comes_first(book: xw.Book, tmp_path: Path) -> None:
    freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    (backup,) = (tmp_path / "backups").iterdir()
    assert load_workbook(backup)["Sheet1"]["A2"].value == CELLS["A2"][0]


def test_what_changed_since_it_was_shown_or_is_protected_is_left_alone(book: xw.Book, tmp_path: Path) -> None:
    called, before = find_functions(book), seen(book)
    with pytest.raises(BookChanged, match="changed meanwhile; click the button again"):
        freeze_functions(book, called[1:], backups=tmp_path / "backups")
    book.sheets["Sheet1"].impl.tab.sheet.protection.enable()
    with pytest.raises(BookLocked, match="'Sheet1' is protected"):
        freeze_functions(book, called, backups=tmp_path / "backups")
    assert seen(book) == before and not (tmp_path / "backups").exists()


def refuse(monkeypatch: pytest.MonkeyPatch, area: str, ever_after: bool = False) -> None:
    """Excel takes nothing that is written to that area, and then nothing at all where it stays busy."""
    asked = excel_stand_in.App.asked

    def refusing(app: excel_stand_in.App, what: str, where: str) -> None:
        if (what, where) == ("write", area):
            app.busy = ever_after
            raise ComError(REFUSED, "No room")
        asked(app, what, where)

    monkeypatch.setattr(excel_stand_in.App, "asked", refusing)


def test_when_excel_refuses_midway_the_formula_comes_back_and_what_is_done_is_told(
    book: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "Sheet1!D1:E2")
    with pytest.raises(BookChanged) as told:
        freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    assert str(told.value).startswith("Excel refused a change to own.xlsx (No room)")
    assert str(told.value).endswith(
        " 5 cells hold their values already; click again for the rest. 1 formulas call the add-in of this computer "
        f"again. The backup from before is in {tmp_path / 'backups'}."
    )
    after = seen(book)
    assert after["D1"][0] == CELLS["D1"][0] and after["A1"][0] is None
    assert seen(book, "Other")["C3"][0] == OTHER


def test_a_formula_typed_over_several_cells_comes_back_as_one(
    book: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, str]] = []
    monkeypatch.setattr(
        Range, "formula_array", property(None, lambda own, text: written.append((str(own.area), text)))
    )
    book.sheets["Sheet1"].range("G2").impl._put((2, 7), "small standard")
    refuse(monkeypatch, "Sheet1!G1:G2")
    with pytest.raises(BookChanged, match="9 cells hold their values already"):
        freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    assert written == [("G1:G2", CELLS["G1"][0])]


def test_single_cells_that_excel_does_not_take_keep_their_formulas(
    book: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(book)
    refuse(monkeypatch, "Sheet1!A3:A3")  # where it is written once more by itself
    monkeypatch.setattr(excel_cells, "_could_be_typed", lambda content: False)
    with pytest.raises(BookChanged, match=r"again\. The backup from before is in "):
        freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    after = seen(book)
    assert {a: after[a][0] for a in CELLS if a != "A6"} == {a: before[a][0] for a in CELLS if a != "A6"}


def test_where_the_formula_cannot_come_back_the_cells_are_named(
    book: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "Sheet1!D1:E2", ever_after=True)
    with pytest.raises(
        BookChanged, match="look at Sheet1!D1:E2, where neither formula nor value may stand now"
    ):
        freeze_functions(book, find_functions(book), backups=tmp_path / "backups")


def test_when_excel_refuses_the_first_cell_nothing_was_changed(
    book: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(book)
    refuse(monkeypatch, "Sheet1!A6:A6")
    with pytest.raises(BookChanged, match="Nothing was changed"):
        freeze_functions(book, find_functions(book), backups=tmp_path / "backups")
    assert seen(book) == before


@pytest.mark.parametrize("opening", FAILURES)
def test_a_sentence_that_recoup_did_not_answer_is_made_no_value(
    book: xw.Book, tmp_path: Path, opening: str
) -> None:
    sheet = book.sheets["Sheet1"]
    for address, shown in {"A2": f"{opening}x", "D1": f"Due: {opening}x"}.items():
        cell = sheet.range(address)
        cell.impl._put((cell.row, cell.column), Formula(CELLS[address][0][1:], shown))
    before = seen(book)
    frozen = freeze_functions(book, find_functions(book), failures=FAILURES, backups=tmp_path / "backups")
    after = seen(book)
    assert {a: after[a] for a in ("A2", "D1", "E1", "D2", "E2")} == {
        a: before[a] for a in ("A2", "D1", "E1", "D2", "E2")
    }
    assert {str(c.area): shown for c, shown in frozen.left.items()} == {
        "A2:A2": f"{opening}x",
        "A5:A5": "#NAME?",
        "D1:E2": f"Due: {opening}x",
        "G1:G2": "#N/A",
    }


ON_A_MAC = "Recoup's functions need Excel on Windows; on a Mac use the ribbon."


def test_on_a_mac_every_function_is_left_and_told(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    path = refreshed_book(tmp_path)
    book, person, lines = _with_a_function(path, ON_A_MAC), Person(agrees=True), len(table(path, "Journal"))
    assert clicks("freeze_functions", person) == 0 and person.told == []
    *told, _, backup = person.shown[0].splitlines()
    assert told == [
        "No formula became a value.",
        "",
        "Left as they are, for Recoup did not answer: 1",
        "  Mine: B2",
        f"  {ON_A_MAC}",
    ]
    assert backup.startswith("The backup is in ")
    book.save()
    assert load_workbook(path)["Mine"]["B2"].value == "=RECOUP_WHY(A2)"
    assert len(table(path, "Journal")) == lines
    excel_stand_in.stop()


def test_the_preview_names_the_cells_tab_by_tab(book: xw.Book) -> None:
    assert preview(find_functions(book)).splitlines() == [
        "Become values: 9",
        "  Sheet1: A1, A2, A3, A4, A5, A7, D1:E2, G1:G2",
        "  Other: C3",
        "Name another computer's add-in and are led back to this one: 1",
        "  Sheet1: A6",
        f"  {ADDIN.strip(chr(39))}",
    ]


def test_the_button_asks_first_and_says_what_it_did(book: xw.Book) -> None:
    before, no = seen(book), Person()
    assert clicks("freeze_functions", no, book="own.xlsx") == 0
    assert seen(book) == before and "Become values: 9" in no.asked[1]
    yes = Person(agrees=True)
    assert clicks("freeze_functions", yes, book="own.xlsx") == 0 and yes.told == []
    first, second, *rest = yes.shown[0].splitlines()
    assert first == "10 cells hold their values now."
    assert second == "1 formulas call the add-in of this computer again; click once more to freeze them."
    assert "  Sheet1: A5, G1:G2" in rest and rest[-1].startswith("The backup is in ")


def test_a_workbook_without_functions_is_told_so(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    open_in_excel(refreshed_book(tmp_path))
    person = Person(agrees=True)
    assert clicks("freeze_functions", person) == 0
    assert person.told == ["seller.xlsx holds no formula with a RECOUP_ function. Nothing was changed."]
    excel_stand_in.stop()


def test_recoups_own_workbook_notes_it_in_the_journal(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    path = refreshed_book(tmp_path)
    with Desk(path) as desk:
        sheet = desk.workbook["Settings"]
        (row,) = (c.row for c in sheet["A"] if c.value == "Backups kept")
        sheet.cell(row, 2).value = 1
    book = _with_a_function(path)
    person = Person(agrees=True)
    assert clicks("freeze_functions", person) == 0 and person.told == []
    book.save()
    (backup,) = (path.parent / BACKUP_FOLDER).iterdir()
    assert load_workbook(backup)["Mine"]["B2"].value == "=RECOUP_WHY(A2)", (
        "the only one kept has the formulas"
    )
    line = table(path, "Journal")[-1]
    assert (line["Field"], line["From"], line["To"]) == (
        "Functions on Mine",
        "Formulas: 1\n  Mine: B2",
        "values, or led back",
    )
    excel_stand_in.stop()


def test_a_workbook_of_a_newer_recoup_is_left_alone(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    path = refreshed_book(tmp_path)
    newer = books.open_book(path)
    newer.write_names({"Recoup_Version": WORKBOOK_VERSION + 1})
    newer.save()
    book, lines = _with_a_function(path), len(table(path, "Journal"))
    person = Person(agrees=True)
    assert clicks("freeze_functions", person) == 0
    assert person.asked == [] and "was made by a newer Recoup" in person.told[0]
    book.save()
    assert load_workbook(path)["Mine"]["B2"].value == "=RECOUP_WHY(A2)"
    assert len(table(path, "Journal")) == lines
    excel_stand_in.stop()


def test_an_accountants_table_called_journal_is_none_of_recoups(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    path = tmp_path / "ledger.xlsx"
    columns = [{"header": name} for name in ("Date", "Account", "Amount")]
    with xlsxwriter.Workbook(path) as made:
        for name in ("Claims", "Journal"):
            made.add_worksheet(name).add_table("A1:C2", {"name": name, "columns": columns})
    book, person = _with_a_function(path), Person(agrees=True)
    assert clicks("freeze_functions", person, book="ledger.xlsx") == 0 and person.told == []
    assert person.shown[0].startswith("1 cells hold their values now.") and "Journal" not in person.shown[0]
    assert book.sheets["Mine"].range("B2").formula == "why"
    (journal,) = book.sheets["Journal"].tables
    assert journal.range.shape == (2, 3)
    excel_stand_in.stop()


def test_what_was_frozen_is_told_though_the_journal_takes_no_line(tmp_path: Path, arrays: None) -> None:
    assert arrays is None
    excel_stand_in.start()
    book, person = _with_a_function(refreshed_book(tmp_path)), Person(agrees=True)
    (journal,) = (table for sheet in book.sheets for table in sheet.tables if table.name == "Journal")
    journal.range[0, 0].raw_value = "Number"
    assert clicks("freeze_functions", person) == 0 and person.told == []
    first, *rest = person.shown[0].splitlines()
    assert first == "1 cells hold their values now."
    assert "The Journal has no line about it: " in person.shown[0] and rest[-1].startswith(
        "The backup is in "
    )
    excel_stand_in.stop()


def _with_a_function(path: Path, shows: str = "why") -> xw.Book:
    """The workbook in Excel, where the person calls a function on a tab of their own."""
    book = open_in_excel(path)
    book.sheets.add("Mine").range("B2").impl._put((2, 2), Formula("RECOUP_WHY(A2)", shows))
    return book
