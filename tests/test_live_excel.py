"""The workbook that is open in Excel: what others do meanwhile, what becomes of texts, and Excel left as it was."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlwings as xw

import book_samples as samples
import excel_habits
import excel_stand_in
from excel_stand_in import App
from recoup import books
from recoup.books import excel_calls, excel_cells, open_live
from recoup.books.base import BookChanged, BookError, BookLocked, BookUnsaved, BookUnsupported, TableBlocked
from recoup.books.open_workbooks import Clicked
from recoup.books.xlwings_book import XlwingsBook
from recoup.model import Cell, Formula, Record
from recoup.progress import Cancelled

PATCH: list[Record] = [
    {"Claim ID": "LW-AAA", "Product": "changed"},
    {"Claim ID": "LW-CCC", "Product": "changed too"},
    {"Claim ID": "LW-NEW", "Product": "new"},
]


@pytest.fixture
def excel() -> Iterator[App]:
    """A fresh stand-in for Excel."""
    yield excel_stand_in.start()
    excel_stand_in.stop()


@pytest.fixture
def path(tmp_path: Path, excel: App) -> Path:
    """The sample workbook, open in Excel."""
    path = samples.build(tmp_path / "book.xlsx")
    opened(path)
    return path


def opened(path: Path) -> Any:
    app = xw.apps.active
    assert app is not None
    return app.books.open(str(path)).impl


def open_book(path: Path) -> Any:
    return next(book for book in xw.books if book.name == path.name).impl


def cells_of(path: Path, table: str = "Cases") -> list[Record]:
    """The rows of a table as they stand in Excel now."""
    there = open_book(path)
    copy = path.with_name("seen.xlsx")
    copy.write_bytes(there.content())
    return books.open_book(copy).read_table(table).records()


def products(path: Path) -> list[tuple[Cell, Cell]]:
    return [(r["Claim ID"], r["Product"]) for r in cells_of(path)]


def put(path: Path, address: str, value: object, sheet: str = "Cases") -> None:
    """Somebody types into a cell."""
    there = open_book(path)
    there.tabs[sheet].edit(_place(address), value)


def _place(address: str) -> tuple[int, int]:
    area = excel_stand_in.Area.parse(address)
    assert area is not None
    return area.top, area.left


def swap(path: Path, one: int, other: int, sheet: str = "Cases") -> None:
    """Somebody sorts: two rows change places."""
    tab = open_book(path).tabs[sheet]
    for column in range(1, 40):
        held = [(n, tab.carry((n, column)) if (n, column) in tab.cells else None) for n in (one, other)]
        for number, (_, cell) in zip((other, one), held, strict=True):
            if cell is None:
                tab.cells.pop((number, column), None)
            else:
                tab.set_down((number, column), cell)


# ---- what others do meanwhile


def test_rows_that_were_sorted_since_they_were_read_are_written_where_they_stand_now(path: Path) -> None:
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    swap(path, 4, 6)
    book.save()
    assert products(path) == [
        ("LW-CCC", "changed too"),
        ("LW-BBB", None),
        ("LW-AAA", "changed"),
        ("LW-NEW", "new"),
    ]


def test_rows_that_are_sorted_while_other_tabs_are_written_are_found_too(path: Path, excel: App) -> None:
    book = open_live()
    book.write_names({"Recoup_AsOf": "2026-01-01"})
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    excel.before_write = [lambda: swap(path, 4, 6)]
    book.save()
    assert dict(products(path)) == {
        "LW-AAA": "changed",
        "LW-BBB": None,
        "LW-CCC": "changed too",
        "LW-NEW": "new",
    }


def test_a_row_that_somebody_appended_meanwhile_stays_and_ours_follow(path: Path) -> None:
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    table = next(iter(xw.books.active.sheets["Cases"].tables))
    table.resize(xw.books.active.sheets["Cases"].range("A3:AJ7"))
    put(path, "B7", "C-9 by hand")
    book.save()
    assert products(path)[3:] == [("C-9 by hand", None), ("LW-NEW", "new")]


@pytest.mark.parametrize(
    ("address", "typed", "says"),
    [
        (samples.cases_cell("Product", 0), "by hand", "holds something else than was read"),
        (samples.cases_cell("Claim ID", 2), None, "LW-CCC in the table Cases is gone"),
        (samples.cases_cell("Claim ID", 1), "LW-CCC", "stands there more than once"),
        ("A3", "My heading", "columns of the table Cases"),
        (samples.cases_cell("Product", 4), "a remark", "cannot grow"),
    ],
)
def test_what_others_changed_under_our_hands_stops_before_anything_is_written(
    path: Path, excel: App, address: str, typed: object, says: str
) -> None:
    book = open_live()
    records = [*PATCH, {"Claim ID": "LW-NEW2"}]
    book.patch_rows("Cases", ["Claim ID"], records)
    book.write_names({"Recoup_AsOf": "2026-01-01"})
    put(path, address, typed)
    with pytest.raises((BookChanged, TableBlocked), match=says):
        book.save()
    assert [what for what, _ in excel.calls if what == "write"] == []


def test_cells_of_people_typed_meanwhile_are_neither_touched_nor_in_the_way(path: Path) -> None:
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    put(path, samples.cases_cell("Notes", 2), "just told by Ann")
    book.save()
    assert cells_of(path)[2]["Notes"] == "just told by Ann"


def test_a_table_that_is_written_anew_is_not_touched_when_anything_in_it_changed(
    path: Path, excel: App
) -> None:
    book = open_live()
    book.replace_rows("Cases", [{"Claim ID": "only"}], ["Claim ID"])
    put(path, samples.cases_cell("Notes", 2), "just told by Ann")
    with pytest.raises(BookChanged, match="something was typed, sorted or deleted"):
        book.save()
    assert [what for what, _ in excel.calls if what == "write"] == []


def test_rows_of_a_report_tab_are_removed_only_while_they_hold_what_was_read(path: Path, excel: App) -> None:
    book = open_live()
    book.drop_rows("Inventory Ledger", [2])
    put(path, "C2", "-5", "Inventory Ledger")
    with pytest.raises(BookChanged, match="row 2 holds something else"):
        book.save()
    assert [what for what, _ in excel.calls if what == "write"] == []


def test_when_excel_refuses_in_the_middle_it_is_said_which_tabs_are_written(path: Path, excel: App) -> None:
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.write_names({"Recoup_AsOf": "2026-01-01"})

    def protect() -> None:
        open_book(path).tabs["Cases"].sheet.protection.sheet = True

    excel.before_write = [protect]
    with pytest.raises(BookChanged, match=r"protected sheet.*Already written: Home;"):
        book.save()


# ---- texts


TYPED = [
    *["00123", "1-2", "1/2", "=1+1", "+49 30 123", "-5", "-x", "@SUM(A1)", "TRUE", "false", "May 2020"],
    *[
        "3E5",
        "12.5%",
        "$5",
        "1,234",
        "'quoted",
        "''twice",
        "#N/A",
        "1234E324",
        "10:30",
        "1 1/2",
        " 7 ",
        "plain",
    ],
    *[
        "two\nlines",
        "日本語 🎉",
        "=" * 950,
        "x" * 32_767,
        "3 units lost 2026-09-02, 1 found: 2 open",
        "2026-01-05",
    ],
]


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("column", ["Reason", "Kind"])
def test_every_text_stays_the_text_it_is(path: Path, excel: App, kept: bool, column: str) -> None:
    excel.apostrophe_kept = kept
    book = open_live()
    if column == "Kind":  # a column that is not formatted as text
        for number in range(3, 60):
            open_book(path).tabs["Settings"]._at((number, 6)).number_format = "General"
        book = open_live()
    book.append_rows("Exclusions", [{"SKU": "x", column: text} for text in TYPED])
    book.save()
    assert [r[column] for r in cells_of(path, "Exclusions")] == TYPED


def test_numbers_dates_truth_and_formulas_stay_what_they_are_in_cells_formatted_as_text(path: Path) -> None:
    values: list[Cell] = [
        1.5,
        45_000.0,
        True,
        None,
        Formula('HYPERLINK("#Home!A1","there")', "there"),
        0.1 + 0.2,
    ]
    book = open_live()
    book.append_rows("Exclusions", [{"SKU": "x", "Reason": v} for v in values])
    book.save()
    got = [r["Reason"] for r in cells_of(path, "Exclusions")]
    assert got == [1.5, 45_000.0, True, None, "there", 0.1 + 0.2]
    formats = {open_book(path).tabs["Settings"].cells[n, 8].number_format for n in range(4, 10)}
    assert formats == {"@"}


def test_a_cell_that_excel_never_takes_as_it_is_stops_the_run_and_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel_habits, "entered", lambda *_: ("other", False))
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-AAA", "Product": "this"}])
    with pytest.raises(BookUnsaved, match=r"does not take 'this' into Cases!G4"):
        book.save()


def test_large_tables_are_read_and_written_in_pieces(
    path: Path, excel: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel_cells, "MOST_READ", 200)
    monkeypatch.setattr(excel_cells, "MOST_WRITTEN", 100)
    rows: list[Record] = [{"Claim ID": f"A{n}", "Role": "loss", "Units": n} for n in range(50)]
    book = open_live()
    book.replace_rows("Evidence", rows)
    book.save()
    assert [(r["Claim ID"], r["Units"]) for r in cells_of(path, "Evidence")] == [
        (r["Claim ID"], float(str(r["Units"]))) for r in rows
    ]
    sizes = {_cells(where) for what, where in excel.calls if "Evidence" in where}
    assert max(sizes) <= 200
    assert len([1 for what, where in excel.calls if what == "write" and "Evidence" in where]) < 10


def test_many_scattered_cells_of_a_column_are_written_in_one_stretch_and_keep_all_their_digits(
    path: Path, excel: App
) -> None:
    amount = 0.1 + 0.2
    book = open_live()
    book.append_rows("Claims", [{"Claim ID": f"LW-{n}", "Claim value": amount} for n in range(100)])
    book.save()
    excel.calls.clear()
    odd: list[Record] = [{"Claim ID": f"LW-{n}", "Claim value": 5} for n in range(1, 99, 2)]
    book.patch_rows("Claims", ["Claim ID"], odd)
    swap(path, 10, 40, "Claims")
    book.save()
    values = {r["Claim ID"]: r["Claim value"] for r in cells_of(path, "Claims")}
    assert values == {f"LW-{n}": 5.0 if n % 2 and n < 99 else amount for n in range(100)}
    assert len([1 for what, _ in excel.calls if what == "write"]) == 1


def _cells(where: str) -> int:
    area = excel_stand_in.Area.parse(where.partition("!")[2])
    assert area is not None
    return (area.right - area.left + 1) * (area.bottom - area.top + 1)


def test_excel_wording_a_formula_in_its_own_way_is_no_change(path: Path) -> None:
    book = open_live()
    days = Formula('IF(Claims[[#This Row],[Deadline]]="","",Claims[[#This Row],[Deadline]]-TODAY())', 3)
    book.append_rows("Claims", [{"Claim ID": "A", "Days left": days}])
    book.save()
    again = open_live()
    again.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "A", "Days left": days, "Units": 1}])
    again.save()
    assert cells_of(path, "Claims")[0]["Units"] == 1.0


def test_excel_does_not_fill_a_column_with_a_formula_that_is_meant_for_one_row(
    path: Path, excel: App
) -> None:
    book = open_live()
    links: list[Cell] = [None, Formula('HYPERLINK("#Home!A1","one")'), None, Formula("1+1")]
    book.append_rows("Evidence", [{"Claim ID": "A", "Row": link} for link in links])
    book.save()
    tab = open_book(path).tabs["Evidence"]
    assert [tab.formula((row, 4)) for row in range(4, 8)] == [
        None,
        'HYPERLINK("#Home!A1","one")',
        None,
        "1+1",
    ]
    assert excel.AutoCorrect.AutoFillFormulasInLists


def test_functions_of_newer_versions_are_written_as_a_person_would_type_them(path: Path) -> None:
    book = open_live()
    found = Formula('_xlfn.XLOOKUP("_xlfn x",Cases[Case],_xlfn._xlws.SORT(Cases[Units]))')
    book.append_rows("Evidence", [{"Claim ID": "A", "Row": found}])
    book.save()
    there = open_book(path).tabs["Evidence"].formula(_place("D4"))
    assert there == 'XLOOKUP("_xlfn x",Cases[Case],SORT(Cases[Units]))'


@pytest.mark.parametrize("in_words", [False, True])
@pytest.mark.parametrize("date1904", [False, True])
def test_days_are_read_and_written_as_the_numbers_they_are(
    tmp_path: Path, excel: App, in_words: bool, date1904: bool
) -> None:
    excel.days_in_words = in_words
    path = samples.build(tmp_path / "days.xlsx", date1904=date1904)
    opened(path)
    book = open_live()
    new = {"Claim ID": "LW-AAA", "Event date": date(2026, 3, 4)}
    book.patch_rows("Cases", ["Claim ID"], [new, {"Claim ID": "LW-NEW", "Event date": date(2026, 3, 5)}])
    swap(path, 4, 6)
    book.save()
    days = {r["Claim ID"]: r["Event date"] for r in cells_of(path)}
    assert days == {
        "LW-CCC": date(2025, 3, 7),
        "LW-BBB": date(2025, 2, 6),
        "LW-AAA": date(2026, 3, 4),
        "LW-NEW": date(2026, 3, 5),
    }


# ---- Excel is left as it was


SETTINGS = {
    "screen_updating": True,
    "enable_events": False,
    "display_alerts": True,
    "calculation": "semiautomatic",
}


def failing(_: str) -> None:
    raise Cancelled("Cancelled.")


def crash() -> None:
    raise RuntimeError("crash")


@pytest.mark.parametrize("how", ["well", "cancelled", "refused", "crashed"])
def test_settings_selection_scroll_and_autosave_are_put_back_whatever_happens(
    path: Path, excel: App, how: str
) -> None:
    there = open_book(path)
    there.AutoSaveOn, there.shown, there.selected = True, "Settings", "$B$5:$C$9"
    excel.settings |= SETTINGS
    excel.ActiveWindow.ScrollRow, excel.ActiveWindow.ScrollColumn = 40, 3
    seen: list[object] = []
    excel.before_write = [
        lambda: seen.append((there.AutoSaveOn, *(excel.settings[name] for name in SETTINGS))),
        *([crash] if how == "crashed" else []),
    ]
    book = open_live(progress=failing if how == "cancelled" else lambda _: None)
    book.add_tab("Fee Preview", visible=True)
    book.write_names({"Recoup_AsOf": "2026-01-01"})
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    if how == "refused":
        put(path, samples.cases_cell("Product", 0), "by hand")
    if how == "well":
        book.save()
    else:
        with pytest.raises((BookChanged, Cancelled, RuntimeError)):
            book.save()
    if how in ("well", "crashed"):
        assert seen[0] == (False, False, False, False, "manual")
    assert excel.settings | SETTINGS == excel.settings
    assert (there.AutoSaveOn, there.shown, there.selected) == (True, "Settings", "$B$5:$C$9")
    assert (excel.ActiveWindow.ScrollRow, excel.ActiveWindow.ScrollColumn) == (40, 3)


def test_cancelled_before_the_first_write_leaves_the_workbook_alone_and_after_it_nothing_is_cancelled(
    path: Path, excel: App
) -> None:
    steps: list[str] = []

    def show(step: str) -> None:
        steps.append(step)
        if step.startswith(cancel_at):
            raise Cancelled("Cancelled.")

    cancel_at = "backup"
    book = open_live(progress=show)
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    with pytest.raises(Cancelled):
        book.save()
    assert [what for what, _ in excel.calls if what == "write"] == []
    cancel_at = "writing"
    book.save()
    assert steps[-1] == "writing Cases" and ("LW-NEW", "new") in products(path)


def test_a_filter_and_an_order_that_people_chose_hold_for_new_rows_too(path: Path) -> None:
    table = open_book(path).tabs["Cases"].sheet.tables["Cases"]
    chosen = excel_stand_in.ARRANGED.setdefault(id(table), excel_stand_in.Arrangement())
    chosen.FilterMode, chosen.Count = True, 1
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.save()
    assert chosen.applied == ["filter", "sort"]
    excel_stand_in.ARRANGED.clear()


def test_new_rows_look_like_the_others_also_below_a_row_that_a_filter_hides(path: Path) -> None:
    tab = open_book(path).tabs["Cases"]
    tab.sheet.row_dimensions[6].hidden = True
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-NEW", "Deadline": date(2026, 1, 5)}])
    book.save()
    deadline = _place(samples.cases_cell("Deadline", 3))
    assert tab.cells[deadline].number_format == "yyyy-mm-dd" and tab.is_hidden(6) and not tab.is_hidden(7)


def test_what_does_not_change_is_not_written(path: Path, excel: App) -> None:
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.save()
    excel.calls.clear()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.save()
    assert excel.calls == []


# ---- where the workbook is


def test_a_backup_of_what_stood_in_excel_is_kept_first_and_the_file_is_left_alone(path: Path) -> None:
    put(path, samples.cases_cell("Notes", 1), "not saved yet")
    before = path.read_bytes()
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.save()
    (backup,) = (path.parent / "Recoup backups").iterdir()
    rows = books.open_book(backup).read_table("Cases").records()
    assert [r["Notes"] for r in rows][1] == "not saved yet" and len(rows) == 3
    assert path.read_bytes() == before and ("LW-NEW", "new") in products(path)


@pytest.mark.parametrize(
    ("full_name", "name"),
    [
        ("https://contoso.sharepoint.com/sites/fba/Shared Documents/book.xlsx", "book.xlsx"),
        ("Book1", "Book1.xlsx"),
    ],
)
def test_a_workbook_in_the_web_or_never_saved_is_worked_on_and_backed_up_on_this_computer(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_name: str, name: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    open_book(path).FullName = full_name
    book = open_live()
    assert book.path == Path(name)
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    assert book.save() == Path(name)
    (backup,) = (tmp_path / "data" / "recoup" / "Recoup backups").iterdir()
    assert backup.name.startswith(Path(name).stem) and backup.suffix == ".xlsx"


def test_a_copy_is_written_as_a_file_and_the_open_workbook_stays_as_it_is(path: Path, excel: App) -> None:
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.save(path.with_name("copy.xlsx"))
    rows = books.open_book(path.with_name("copy.xlsx")).read_table("Cases").records()
    assert [r["Claim ID"] for r in rows][3] == "LW-NEW"
    assert [what for what, _ in excel.calls if what == "write"] == []


class OnMac:
    """What xlwings gives on a Mac instead of COM: other words, and no copies."""

    def __init__(self, saved: bool) -> None:
        self.saved = SimpleNamespace(get=lambda: saved)


@pytest.mark.parametrize("saved", [True, False])
def test_on_a_mac_the_saved_file_is_read_and_unsaved_changes_are_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, saved: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(excel_stand_in.Book, "api", OnMac(saved))
    monkeypatch.setattr(excel_stand_in.Sheet, "api", object())
    if not saved:
        with pytest.raises(BookUnsupported, match="has changes that are not saved"):
            open_live()
        return
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.save()
    assert book.path == path and ("LW-NEW", "new") in products(path)


# ---- what Excel does not let us do


def protect_cases(path: Path) -> None:
    open_book(path).tabs["Cases"].sheet.protection.sheet = True


def protect_tabs(path: Path) -> None:
    open_book(path).ProtectStructure = True


@pytest.mark.parametrize(
    ("protect", "says"),
    [(protect_cases, "The tab 'Cases' is protected"), (protect_tabs, "tabs of book.xlsx")],
)
def test_protected_tabs_are_named_before_anything_is_written(
    path: Path, excel: App, protect: Callable[[Path], None], says: str
) -> None:
    protect(path)
    book = open_live()
    book.write_names({"Recoup_AsOf": "2026-01-01"})
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    book.add_tab("Fee Preview", visible=True)
    with pytest.raises(BookLocked, match=says):
        book.save()
    assert [what for what, _ in excel.calls if what == "write"] == []


def test_rows_are_not_removed_from_a_tab_that_is_filtered(path: Path, excel: App) -> None:
    there = open_book(path).tabs["Inventory Ledger"].sheet.auto_filter
    there.ref = "A1:C2"
    there.add_filter_column(0, ["01/03/2025"])
    book = open_live()
    book.write_tab("Inventory Ledger", [["01/03/2025"]])
    book.save()
    book.drop_rows("Inventory Ledger", [2])
    with pytest.raises(BookLocked, match=r"'Inventory Ledger' is filtered.*Data > Clear"):
        book.save()
    assert open_book(path).tabs["Inventory Ledger"].raw((2, 1)) == "01/02/2025"


def test_while_a_cell_is_edited_a_person_is_asked_to_leave_it(path: Path, excel: App) -> None:
    excel.busy = True
    with pytest.raises(BookLocked, match="a cell is being edited or a dialog is open"):
        open_live()
    excel.busy = False
    book = open_live()
    book.patch_rows("Cases", ["Claim ID"], PATCH)
    excel.busy = True
    with pytest.raises(BookLocked, match="Excel is busy"):
        book.save()


def test_a_workbook_that_cannot_be_kept_no_workbook_and_two_excels_are_refused(
    path: Path, excel: App
) -> None:
    open_book(path).ReadOnly = True
    with pytest.raises(BookLocked, match="is open read-only"):
        open_live()
    second = xw.engines.active.impl.apps.add()
    second.books.open(path)
    with pytest.raises(BookLocked, match="Excel runs 2 times"):
        open_live()
    for app in list(xw.engines.active.impl.apps):
        app.books.open_ones.clear()
    with pytest.raises(BookError, match="No workbook is open in Excel"):
        open_live()
    excel_stand_in.stop()
    with pytest.raises(BookUnsupported, match="no Excel on this computer"):
        open_live()


def test_the_workbook_whose_button_was_clicked_is_taken_though_another_came_to_the_front(
    path: Path, excel: App
) -> None:
    other = path.with_name("other.xlsx")
    shutil.copyfile(path, other)
    opened(other)
    assert open_live(Clicked(path.name)).path == path
    assert open_live().path == other, "nobody clicked: the one in front"


def test_the_workbook_whose_button_was_clicked_is_taken_also_with_two_excels(path: Path, excel: App) -> None:
    other = path.with_name("other.xlsx")
    shutil.copyfile(path, other)
    xw.engines.active.impl.apps.add().books.open(other)
    book = open_live(Clicked("BOOK.xlsx"))
    assert isinstance(book, XlwingsBook) and book.book.impl is excel.books.active
    with pytest.raises(BookLocked, match=r"Excel runs 2 times, with other\.xlsx and"):
        open_live()
    xw.engines.active.impl.apps.running[0].books.open(path)
    with pytest.raises(BookLocked, match="Excel runs 2 times"):
        open_live(Clicked(path.name))


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (excel_habits.ComError(-2147418111), BookLocked, "Excel is busy"),
        (excel_habits.ComError(-2147352567, "", -2146777998), BookLocked, "Excel is busy"),
        (excel_habits.ComError(-2147023174), BookChanged, "was closed meanwhile"),
        (
            excel_habits.ComError(-2147352567, "The range is too\n large."),
            BookUnsaved,
            r"\(The range is too large\)",
        ),
    ],
)
def test_what_excel_refuses_is_one_sentence(error: Exception, kind: type[BookError], says: str) -> None:
    with pytest.raises(kind, match=says), excel_calls.excel_calls("book.xlsx"):
        raise error


def test_mistakes_that_are_not_excels_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), excel_calls.excel_calls():
        raise ZeroDivisionError


def test_xlwings_is_kept_from_asking_a_busy_excel_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = type("engine", (), {"N_COM_ATTEMPTS": 0})
    monkeypatch.setitem(__import__("sys").modules, "xlwings._xlwindows", engine)
    with pytest.raises(ValueError), excel_calls.excel_calls():
        assert engine.N_COM_ATTEMPTS == excel_calls.ATTEMPTS
        raise ValueError
    assert engine.N_COM_ATTEMPTS == 0
