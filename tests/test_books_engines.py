"""All engines give the same workbook: the same changes, the same refresh, the same text of report tabs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import book_samples as samples
import workbooks
from conftest import EFFORT
from live_books import FILES as ENGINES
from live_books import open_book, open_in_excel
from recoup import doors, live_doors, sheets
from recoup.books.base import Book, BookError
from recoup.books.report_tab import leading_blank_columns
from recoup.freshness import READ
from recoup.model import Formula

Change = Callable[[Book], Any]


def everything(path: Path) -> dict[Any, Any]:
    """All that a person sees of a workbook, read with openpyxl; values as formulas and as last calculated.

    The stamp of a tab that was read stays out: it tells of the file's parts, which only one engine knows.
    """
    found: dict[Any, Any] = {}
    for cached in (False, True):
        book = openpyxl.load_workbook(path, data_only=cached)
        for tab in book.worksheets:
            for row in tab.iter_rows():
                stamped = tab.title == "_Recoup" and row[0].value == READ
                for cell in row:
                    if stamped and cell.column_letter == "C":
                        continue
                    if cell.value is not None or cell.has_style:
                        look = (
                            cell.number_format,
                            cell.font.b,
                            cell.fill.fgColor.rgb,
                            cell.alignment.wrap_text,
                        )
                        note = cell.comment.text if cell.comment else ""
                        found[tab.title, cell.coordinate, cached] = (cell.value, cell.data_type, look, note)
    for tab in book.worksheets:
        found[tab.title] = [
            {t.name: (t.ref, t.autoFilter and t.autoFilter.ref, t.column_names) for t in tab.tables.values()},
            {n: (d.hidden, d.height) for n, d in tab.row_dimensions.items() if d.hidden or d.height},
            {n: (d.min, d.max, d.width, d.hidden) for n, d in tab.column_dimensions.items()},
            sorted((str(v.sqref), v.formula1) for v in tab.data_validations.dataValidation),
            sorted((str(f.sqref), *f.rules[0].formula) for f in tab.conditional_formatting),
            (
                tab.sheet_state,
                tab.freeze_panes,
                tab.auto_filter.ref,
                [str(r) for r in tab.merged_cells.ranges],
            ),
        ]
    found["names"] = {n: d.attr_text for n, d in book.defined_names.items()}
    found["epoch"] = book.epoch
    return found


def assert_same(one: Path, other: Path) -> None:
    left, right = everything(one), everything(other)
    assert {k: (v, right.get(k)) for k, v in left.items() if right.get(k) != v} == {}
    assert left.keys() == right.keys()


# ---- the same changes


CHANGES: dict[str, Change] = {
    "patch": lambda b: b.patch_rows(
        "Cases",
        ["Claim ID"],
        [
            {"Claim ID": "LW-AAA", "Units": 9, "Product": "=1+1", "Deadline": date(2025, 6, 1)},
            {"Claim ID": "LW-ZZZ", "Units": 0.1 + 0.2, "Stage": "Draft", "Claim value": None},
        ],
    ),
    "append": lambda b: b.append_rows(
        "Journal", [{"ID": "007", "When": datetime(2025, 3, 4, 5, 6, 7), "From": True, "To": "_x0041_"}]
    ),
    "formulas": lambda b: b.append_rows(
        "Evidence",
        [
            {"Claim ID": "A", "Link": Formula('HYPERLINK("#Claims!A4","1 <row>")', "1 <row>")},
            {
                "Claim ID": "B",
                "Row": Formula("1+1", 2),
                "Amount": Formula("B4", None),
                "Units": Formula("1/3", 1 / 3),
            },
        ],
    ),
    "formula patched": lambda b: b.patch_rows(
        "Evidence", ["Claim ID"], [{"Claim ID": "B", "Row": Formula("1+1", 3), "Units": 1}]
    ),
    "edit rows": lambda b: b.edit_rows(
        "Cases", {5: {"Notes": "=told", "Filed on": date(2025, 7, 1), "Units": 1}, 6: {"Stage": None}}
    ),
    "edit cells": lambda b: b.edit_cells("Inventory Ledger", {(2, 2): "007", (2, 9): "=X", (40, 1): "below"}),
    "replace": lambda b: b.replace_rows(
        "Checks", [{"Problem": p, "Rows affected": i} for i, p in enumerate("dxb")], ["Problem"]
    ),
    "replace by less": lambda b: b.replace_rows("Checks", [{"Problem": "b"}], ["Problem"]),
    "replace by nothing": lambda b: b.replace_rows("Evidence", []),
    "replace cases": lambda b: b.replace_rows(
        "Cases", [{"Claim ID": c, "Units": 1} for c in ("LW-CCC", "LW-AAA", "new")], ["Claim ID"]
    ),
    "fixed table": lambda b: b.replace_rows("HomeMoney", [{"Status": s, "Claims": 1} for s in "ab"]),
    "side by side": lambda b: (
        b.append_rows("Settings", [{"Name": str(i), "Default": i} for i in range(3)]),
        b.append_rows("Exclusions", [{"SKU": s} for s in "xy"]),
    ),
    "names": lambda b: b.write_names({"Recoup_AsOf": date(2025, 1, 5), "Recoup_Age": Formula("1+1", "old")}),
    "tab": lambda b: b.write_tab("Inventory Ledger", [["01/03/2025", "=X", "007"], ["", "tail"]]),
    "drop": lambda b: b.drop_rows("Inventory Ledger", [2]),
    "columns": lambda b: b.add_columns(
        "Claims", [sheets.Column("Seen on", "date"), sheets.Column("Remark", owner="people")]
    ),
    "visible": lambda b: (b.set_visible("Hidden one", True), b.set_visible("Home", False)),
    "add tab": lambda b: b.add_tab("Fee Preview", visible=False),
    "save": lambda b: b.save(),
}


@cache
def sample(date1904: bool) -> bytes:
    """People's columns with formulas, a filter, a prepared blank row, validations and formats on Cases and Checks."""
    with tempfile.TemporaryDirectory() as folder:
        wide = sheets.Table("Checks", "Checks", (*sheets.CHECKS.columns, sheets.Column("Seen by")))
        rows = [{"Problem": p, "Rows affected": i, "Seen by": f"=D{4 + i}*2"} for i, p in enumerate("abcd")]
        with pytest.MonkeyPatch.context() as patched:
            patched.setitem(sheets.TABLES, "Checks", wide)
            path = samples.build(Path(folder) / "b.xlsx", {"Checks": rows}, date1904=date1904)
        rules = (
            '<conditionalFormatting sqref="B4:B6"><cfRule type="expression" dxfId="0" priority="1">'
            "<formula>B4=1</formula></cfRule></conditionalFormatting>"
            '<dataValidations count="1"><dataValidation type="list" sqref="C4:C6"><formula1>"a,b"</formula1>'
            "</dataValidation></dataValidations>"
        )
        part = samples.part_of(path, "Cases")
        samples.edit_part(path, part, lambda x: x.replace("<pageMargins", rules + "<pageMargins", 1))
        return path.read_bytes()


def after(folder: Path, engine: str, names: list[str], date1904: bool) -> tuple[Path, list[str], list[Any]]:
    path = folder / f"{engine}.xlsx"
    path.write_bytes(sample(date1904))
    book, said = open_book(path, engine, keep=0), []
    for name in names:
        try:
            CHANGES[name](book)
        except (BookError, ValueError) as error:
            said.append(f"{name}: {error}".replace(path.name, "BOOK"))
    book.save()
    return path, said, list(book.problems)


def contents(path: Path) -> dict[Any, Any]:
    """What stands in the cells, formulas as texts, and where the tables and names are; no looks.

    Excel calculates for itself and lays out rows; a formula in it is worded as in the file.
    """
    found = everything(path)
    cells = {k: v[0] for k, v in found.items() if isinstance(k, tuple) and k[2] is False and v[0] is not None}
    tables = {tab: {n: t[0] for n, t in v[0].items()} for tab, v in found.items() if isinstance(v, list)}
    return {**cells, **tables, "names": found["names"]}


def assert_same_contents(one: Path, other: Path) -> None:
    left, right = contents(one), contents(other)
    assert {
        k: (left.get(k), right.get(k)) for k in left.keys() | right.keys() if left.get(k) != right.get(k)
    } == {}


def same_live(names: list[str], date1904: bool) -> None:
    """In the workbook that is open in Excel the same comes about as in the file."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = (after(Path(folder), engine, names, date1904) for engine in ("package", "xlwings"))
        assert one[1:] == other[1:]
        assert_same_contents(one[0], other[0])


def same_after(names: list[str], date1904: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = (after(Path(folder), engine, names, date1904) for engine in ENGINES)
        assert one[1:] == other[1:]
        assert_same(one[0], other[0])


@pytest.mark.parametrize("name", [*CHANGES, "all of them"])
def test_a_change_gives_the_same_cells_in_both_engines(name: str) -> None:
    same_after(list(CHANGES) if name == "all of them" else [name], date1904=False)


@pytest.mark.parametrize(
    "name", ["all of them", *(pytest.param(name, marks=pytest.mark.slow) for name in CHANGES)]
)
def test_a_change_gives_the_same_cells_in_excel(name: str) -> None:
    same_live(list(CHANGES) if name == "all of them" else [name], date1904=False)


@pytest.mark.slow
@settings(max_examples=6 if EFFORT == "ci" else 100, deadline=None)
@given(st.lists(st.sampled_from(list(CHANGES)), max_size=12), st.booleans())
def test_many_orders_of_changes_give_the_same_cells_in_excel(names: list[str], date1904: bool) -> None:
    same_live(names, date1904)


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.sampled_from(list(CHANGES)), max_size=8), st.booleans())
def test_any_order_of_changes_gives_the_same_cells(names: list[str], date1904: bool) -> None:
    same_after(names, date1904)


@pytest.mark.slow
@settings(max_examples=12 if EFFORT == "ci" else 200, deadline=None)
@given(st.lists(st.sampled_from(list(CHANGES)), max_size=12), st.booleans())
def test_many_orders_of_changes_give_the_same_cells(names: list[str], date1904: bool) -> None:
    same_after(names, date1904)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_workbook_saved_by_one_engine_is_read_alike_by_both(tmp_path: Path, engine: str) -> None:
    path, _, _ = after(tmp_path, engine, list(CHANGES), False)
    books = [open_book(path, other) for other in ENGINES]
    assert books[0].tables() == books[1].tables()
    for name in books[0].tables():
        one, other = (book.read_table(name) for book in books)
        assert (one.rows, one.numbers) == (other.rows, other.numbers)
        assert books[0].rows_hidden(name) == books[1].rows_hidden(name)
        assert books[0].read_formulas(name) == books[1].read_formulas(name)
    for sheet in ("Checks", "My sheet", "Inventory Ledger"):
        assert books[0].formulas_in(sheet) == books[1].formulas_in(sheet)
    assert books[0].read_formulas("Checks") and books[0].formulas_in("My sheet")


# ---- the same refresh


def test_a_refresh_gives_the_same_workbook_in_both_engines_and_the_same_cells_in_excel(
    tmp_path: Path,
) -> None:
    books = [tmp_path / f"{engine}.xlsx" for engine in (*ENGINES, "xlwings")]
    for engine, book in zip(ENGINES, books, strict=False):
        book.write_bytes(workbooks.imported_book(tmp_path).read_bytes())
        doors.refresh_book(book, workbooks.run(), [], target=doors.Target(in_place=True), engine=engine)
    assert_same(*books[:2])
    books[2].write_bytes(workbooks.imported_book(tmp_path).read_bytes())
    refreshed = live_refresh(books[2])
    assert_same_contents(books[0], books[2])
    assert len(workbooks.claims(books[1])) > 3
    assert refreshed.path == books[2]


@pytest.mark.excel
def test_a_refresh_gives_the_same_cells_in_excel_itself(tmp_path: Path) -> None:
    file, live = tmp_path / "file.xlsx", tmp_path / "live.xlsx"
    for book in (file, live):
        book.write_bytes(workbooks.imported_book(tmp_path).read_bytes())
    live_refresh(live, "excel")
    doors.refresh_book(file, workbooks.run(), [], target=doors.Target(in_place=True))
    assert_same_contents(file, live)


def live_refresh(path: Path, engine: str = "xlwings") -> doors.Refreshed:
    """A person opens the workbook in Excel, clicks Refresh claims, and saves it."""
    there = open_in_excel(path, engine)
    with live_doors.opened_live("Refresh claims") as (book, progress):
        done = live_doors.refresh_live(book, workbooks.run(), progress)
    there.save()
    there.close()
    return done


# ---- the same text


FORMATS = (
    "General",
    "@",
    "yyyy-mm-dd",
    "d/m/yy h:mm",
    "[h]:mm",
    "h:mm AM/PM",
    "0.00",
    "0%",
    'mmm "of" yy',
    "[Red]0",
)
DAYS = (2, 3, 4, 5, 8)
NUMBERS = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(-1e9, 1e9),
    st.floats(1, 2_900_000),
    st.integers(0, 70_000),
    st.sampled_from([0.1 + 0.2, 1e21, 1e-7, 59, 60, 61, 45000.999999999]),
)
VALUES = st.one_of(
    NUMBERS,
    st.booleans(),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=9),
    st.sampled_from(["#N/A!", "#DIV/0!", "=1+1", "_x0041_", " padded "]),
)
CELLS = st.tuples(
    st.integers(0, 9), st.integers(0, 6), st.integers(0, len(FORMATS) - 1), VALUES, st.booleans()
)


def tab_of(path: Path, cells: list[tuple[int, int, int, Any, bool]], date1904: bool) -> Path:
    book = xlsxwriter.Workbook(str(path), {"date_1904": date1904})
    tab, looks = book.add_worksheet("Tab"), [book.add_format({"num_format": f}) for f in FORMATS]
    for row, column, look, value, calculated in cells:
        if isinstance(value, (int, float)) and not -600_000 < value < 2_900_000 and look in DAYS:
            value = 1  # no calendar has that day
        if calculated and "_x" in str(value):
            value = "x"  # fastexcel takes escapes in results of formulas for letters
        if calculated:
            tab.write_formula(row, column, "=A1", looks[look], value)
        elif isinstance(value, str):
            tab.write_string(row, column, value, looks[look])
        else:
            (tab.write_boolean if isinstance(value, bool) else tab.write_number)(
                row, column, value, looks[look]
            )
    book.close()
    return path


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(CELLS, max_size=12), st.booleans())
def test_any_tab_gives_the_same_text_in_both_engines(cells: list[Any], date1904: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = tab_of(Path(folder) / "b.xlsx", cells, date1904)
        one, other = (open_book(path, engine).read_raw("Tab") for engine in ENGINES)
        assert one.cells.to_numpy().tolist() == other.cells.to_numpy().tolist()
        assert (one.rows.tolist(), one.problems) == (other.rows.tolist(), other.problems)
        assert one.cells.dtypes.tolist() == other.cells.dtypes.tolist()


def test_a_formula_without_a_value_to_the_left_moves_nothing(tmp_path: Path) -> None:
    path = tab_of(tmp_path / "b.xlsx", [(9, 2, 3, "", True), (1, 6, 0, 60, False)], False)
    one, other = (open_book(path, engine).read_raw("Tab") for engine in ENGINES)
    assert one.cells.to_numpy().tolist() == other.cells.to_numpy().tolist()
    assert one.cells.iloc[1, 6] == "60"


@pytest.mark.parametrize(
    ("cell", "blank"),
    [
        ('<c r="C9" t="str"><f>A1</f><v></v></c>', 2),
        ('<c r="C9" t="str"><f>A1</f><v/></c>', 2),
        ('<c r="C9" t="inlineStr"><is><t></t></is></c>', 2),
        ('<c r="C9"> <f>A1</f> <v>1</v></c>', 2),
        ('<c r="C9" t="e"><f ca="1"/><v>#N/A</v></c>', 2),
        ('<c r="C9"><f>A1</f><v></v></c>', 5),
        ('<c r="C9"><f>A1</f></c>', 5),
        ('<c r="C9" t="b"><v></v></c>', 5),
        ('<c r="C9" t="inlineStr"></c>', 5),
        ('<c r="C9" s="4"/>', 5),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blank_columns_are_those_before_the_first_value(cell: str, blank: int, size: int) -> None:
    rows = f'<row r="2"><c r="F2"><v>60</v></c></row><row r="9">{cell}<c r="G9"><v>1</v></c></row>'
    xml = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    pieces = (xml[at : at + size] for at in range(0, len(xml), size))
    assert leading_blank_columns(pieces) == blank


def test_errors_and_cells_far_to_the_right_read_the_same(tmp_path: Path) -> None:
    cells = [
        (2, 3, 0, "#N/A", True),
        (3, 3, 0, "#REF!", True),
        (1, 1, 2, 45000.5, False),
        (4, 3, 0, 7, False),
        (4, 300, 0, "x", False),
    ]
    path = tab_of(tmp_path / "b.xlsx", cells, False)
    one, other = (open_book(path, engine).read_raw("Tab") for engine in ENGINES)
    assert one.cells.to_numpy().tolist() == other.cells.to_numpy().tolist()
    assert one.problems == other.problems
    assert one.cells.shape == (5, 4)
