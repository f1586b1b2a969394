"""What Excel and people do to pasted reports is found and named with cell and remedy; nothing is guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import fastexcel
import pandas as pd
import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from recoup import reports
from recoup.books.package import Package
from recoup.books.report_tab import read_tab
from recoup.books.used_range import readable
from recoup.model import Problem, RawTable
from recoup.reports import Reports, all_reports
from recoup.reports._declared import fold
from report_samples import FOLDER, sheet

TABLES = yaml.safe_load((Path(__file__).parent / "damage.yaml").read_text())
CASES = TABLES["cases"]
FRAMES = {"Inventory Ledger": "inventory_ledger", "Reimbursements": "reimbursements"}


def clean_rows(tab: str) -> list[list[str]]:
    """The rows of a tab of damage.yaml."""
    return [[cell.strip() for cell in line.split("|")] for line in TABLES["tabs"][tab].splitlines()]


def damaged(case: dict) -> RawTable:
    """The tab of a case with everything done to it that the case says."""
    rows = [*case.get("above", []), *clean_rows(case["tab"]), *case.get("add", [])]
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    for address, text in case.get("put", {}).items():
        column, row = place(address)
        rows[row][column] = text
    for letter, cells in case.get("insert", {}).items():
        for row, cell in zip(rows, cells, strict=True):
            row.insert(place(f"{letter}1")[0], cell)
    if "as_lines" in case:
        rows = [in_one_cell(row, case["as_lines"], case.get("split_at", "")) for row in rows]
    return sheet(case["tab"], rows)


def place(address: str) -> tuple[int, int]:
    """B3 -> column 1, row 2."""
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(number) - 1


def in_one_cell(row: list[str], delimiter: str, split_at: str) -> list[str]:
    """A row as the line of a file, in the first cell or split at another mark than its own."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(row)
    return text.getvalue().split(split_at) if split_at else [text.getvalue()]


def assert_accounted(read: Reports) -> None:
    """Of every export: rows read = used + skipped."""
    for export in read.exports:
        assert export.rows_read == export.rows_used + sum(export.skipped.values())
    for name in FRAMES.values():
        used = sum(e.rows_used for e in read.exports if e.report == name)
        assert used == len(read.frames[name])


def shown(value: object) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)


@pytest.mark.parametrize("tab", FRAMES)
def test_the_tab_that_every_case_starts_from_is_read_without_a_word(tab: str) -> None:
    read = reports.read([sheet(tab, clean_rows(tab))])
    assert read.frames[FRAMES[tab]]["_row"].tolist() == [2, 3, 4, 5, 6]
    assert read.problems == []


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_damage_is_named_with_its_cells_and_what_to_do(case: dict) -> None:
    read = reports.read([damaged(case)])
    frame = read.frames[FRAMES[case["tab"]]].set_index("_row")
    used = [2, 3, 4, 5, 6] if case["used"] == "all" else case["used"]
    assert frame.index.tolist() == used
    assert_accounted(read)
    for row, cells in case.get("reads", {}).items():
        assert {name: shown(frame.loc[row, name]) for name in cells} == {
            name: shown(float(v)) if isinstance(v, int | float) else str(v) for name, v in cells.items()
        }
    found = [(p.severity, p.first_cells, p.column) for p in read.problems]
    assert found == [tuple(check[:3]) for check in case.get("checks", [])], read.problems
    for problem, check in zip(read.problems, case.get("checks", []), strict=True):
        assert check[3] in problem.problem
        assert check[4] in problem.remedy


# One sample export of each kind, as a tab. Damage to a cell that matters makes its row unusable or is named.
SAMPLES = {
    "inventory_ledger/us_2026_16_columns.tsv": "Inventory Ledger",
    "reimbursements/us_18_columns.tsv": "Reimbursements",
    "customer_returns/us_13_columns.tsv": "Customer Returns",
    "settlements/us_24_columns.tsv": "Settlements",
    "transactions/us_2025_32_columns.csv": "Transactions",
}
RUINED = (
    "#N/A", "#REF!", "2.03E+16", "2,03E+16", "2026-10-12 00:00:00", "1899-12-31 10:12:00", "true", "12%",
    "one\ntwo", "??",
)  # fmt: skip
HARMLESS = ("'{}", " {} ", "\u00a0{}", "\u200b{}", '="{}"', "{}\ufeff")
ADDED = (["Total"], ["", "Summe"], ["Our remark on it"], ["", "", "", "", "x"], ["1,2,3,4"])


def sample_rows(sample: str) -> list[list[str]]:
    """The cells of a sample file."""
    (table,) = reports.read_bytes("s.txt", (FOLDER / sample).read_bytes())
    return table.cells.to_numpy(dtype=object).tolist()


CLEAN = {sample: sample_rows(sample) for sample in SAMPLES}


def frame_of(read: Reports, sample: str) -> pd.DataFrame:
    return read.frames[sample.split("/")[0]].set_index("_row")


def read_sample(sample: str, rows: list[list[str]]) -> Reports:
    return reports.read([sheet(SAMPLES[sample], rows)])


def named_rows(problems: list[Problem]) -> set[int]:
    """Rows of which a cell or which as a whole stands on Checks."""
    return {int(n) for p in problems for n in re.findall(r"\d+", p.first_cells)}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_one_damaged_cell_spoils_its_own_row_at_most_and_is_named(sample: str, data: st.DataObject) -> None:
    rows = [list(row) for row in CLEAN[sample]]
    before = read_sample(sample, rows)
    (heading,) = [e.heading_row for e in before.exports]
    whole = frame_of(before, sample)
    number = data.draw(st.sampled_from(whole.index.tolist()), label="row")
    columns = all_reports()[sample.split("/")[0]].columns
    folded = [fold(text) for text in rows[heading - 1]]
    places = {c: folded.index(fold(h)) for c in columns for h in reversed(c.headers) if fold(h) in folded}
    column = data.draw(st.sampled_from([c for c in places if c.key or c.identity]), label="column")
    text = data.draw(st.sampled_from(RUINED), label="text")
    rows[number - 1][places[column]] = text
    after = read_sample(sample, rows)
    assert_accounted(after)
    frame = frame_of(after, sample)
    assert set(whole.index) - {number} <= set(frame.index)
    others = whole.index[whole.index != number]
    derived = ["settlement_start", "settlement_end", "deposit_date", "currency"]
    kept = [name for name in whole.columns if name not in derived]
    pd.testing.assert_frame_equal(frame.loc[others, kept], whole.loc[others, kept])
    if column.kind in ("id", "date", "quantity", "money") and not (
        (column.kind == "id" and text in ("12%", "??")) or (column.kind == "date" and text[:2] == "20")
    ):
        assert number in named_rows([p for p in after.problems if p not in before.problems])


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_wrappers_and_invisible_characters_change_nothing(sample: str, data: st.DataObject) -> None:
    rows = [list(row) for row in CLEAN[sample]]
    before = read_sample(sample, rows)
    (heading,) = [e.heading_row for e in before.exports]
    everywhere = [(r, c) for r in range(heading, len(rows)) for c, text in enumerate(rows[r]) if text]
    for row, column in data.draw(st.lists(st.sampled_from(everywhere), max_size=8, unique=True)):
        rows[row][column] = data.draw(st.sampled_from(HARMLESS)).format(rows[row][column].strip())
    after = read_sample(sample, rows)
    texts = [c.name for c in all_reports()[sample.split("/")[0]].columns if c.kind == "text"]
    left = frame_of(before, sample).drop(columns=texts)
    pd.testing.assert_frame_equal(frame_of(after, sample).drop(columns=texts), left)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.sampled_from(ADDED), min_size=1, max_size=4), st.data())
def test_rows_that_people_add_are_named_and_leave_the_others_alone(
    sample: str, added: list[list[str]], data: st.DataObject
) -> None:
    rows = [list(row) for row in CLEAN[sample]]
    before = read_sample(sample, rows)
    rows += added
    after = read_sample(sample, rows)
    assert_accounted(after)
    pd.testing.assert_frame_equal(frame_of(after, sample), frame_of(before, sample))
    assert set(range(len(rows) - len(added) + 1, len(rows) + 1)) <= named_rows(after.problems)


# Workbooks as Excel leaves them: read through the same steps as a tab of the workbook.
TAB = "Inventory Ledger"
ROWS = clean_rows(TAB)
PART = "xl/worksheets/sheet1.xml"
SHEET_ROWS = 1_048_576


def workbook(change: Callable[[xlsxwriter.Workbook, Worksheet], None]) -> bytes:
    """The ledger of damage.yaml in a workbook, with what ``change`` does to its tab."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    tab = book.add_worksheet(TAB)
    for row, cells in enumerate(ROWS):
        tab.write_row(row, 0, [cell or None for cell in cells])
    change(book, tab)
    book.close()
    return data.getvalue()


def with_sheet(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its sheet part edited."""
    package = Package(data, "b.xlsx")
    return package.with_parts({PART: edit(package.read(PART))})


def read_workbook(data: bytes) -> tuple[RawTable, Reports]:
    package = Package(data, "b.xlsx")
    kept, notes = readable(package, PART, TAB)
    raw = read_tab(fastexcel.read_excel(kept), TAB, 0, notes)
    read = reports.read([raw])
    assert_accounted(read)
    return raw, read


def test_a_stray_cell_in_the_last_column_costs_nothing_and_is_named() -> None:
    raw, read = read_workbook(workbook(lambda _, tab: tab.write("XFD1048576", "x")))
    assert raw.cells.shape == (6, 15)
    assert len(read.inventory_ledger) == 5
    assert [(p.severity, p.column, p.first_cells) for p in read.problems] == [
        ("warning", "XFD", "XFD1048576")
    ]


def test_a_stray_cell_beyond_a_wide_gap_is_named_and_left_out() -> None:
    raw, read = read_workbook(workbook(lambda _, tab: tab.write("GZ3", "x")))
    assert raw.cells.shape == (6, 15)
    assert [(p.severity, p.first_cells, p.rows) for p in read.problems] == [("warning", "GZ3", 1)]


def test_cells_formatted_out_to_the_last_column_are_no_cells() -> None:
    def change(book: xlsxwriter.Workbook, tab: Worksheet) -> None:
        text = book.add_format({"num_format": "@"})
        for column in range(16, 16_384):
            tab.write_blank(3, column, None, text)

    raw, read = read_workbook(workbook(change))
    assert raw.cells.shape == (6, 15)
    assert (len(read.inventory_ledger), read.problems) == (5, [])


@pytest.mark.parametrize("blank", ["", '<c r="A{n}" s="1"/>'], ids=["rows", "cells"])
def test_a_million_formatted_rows_below_the_data_are_no_rows(blank: str) -> None:
    def edit(xml: bytes) -> bytes:
        rows = "".join(
            f'<row r="{n}" s="1" customFormat="1">{blank.format(n=n)}</row>' for n in range(7, SHEET_ROWS + 1)
        )
        wide = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:O1048576"', xml)
        return wide.replace(b"</sheetData>", rows.encode() + b"</sheetData>")

    raw, read = read_workbook(with_sheet(workbook(lambda _, tab: None), edit))
    assert raw.cells.shape == (6, 15)
    assert (len(read.inventory_ledger), read.problems) == (5, [])


def test_hidden_and_filtered_rows_are_read_and_a_note_says_so() -> None:
    def change(_: xlsxwriter.Workbook, tab: Worksheet) -> None:
        for row in (2, 3, 30):
            tab.set_row(row, None, None, {"hidden": True})

    _, read = read_workbook(workbook(change))
    assert read.inventory_ledger["_row"].tolist() == [2, 3, 4, 5, 6]
    (problem,) = read.problems
    assert (problem.severity, problem.rows) == ("note", 2)
    assert "read like all others" in problem.problem


def test_a_date_cell_among_written_dates_of_a_workbook_is_not_trusted() -> None:
    def change(book: xlsxwriter.Workbook, tab: Worksheet) -> None:
        tab.write_datetime("A5", datetime(2026, 5, 9), book.add_format({"num_format": "dd/mm/yyyy"}))
        tab.write_datetime("D3", datetime(2026, 10, 12), book.add_format({"num_format": "dd-mmm"}))
        tab.write_number("G4", 1211397397571527936)
        tab.write_boolean("H6", True)

    _, read = read_workbook(workbook(change))
    assert read.inventory_ledger["_row"].tolist() == [2]
    assert {(p.first_cells, p.column) for p in read.problems} == {
        ("A5", "Date"), ("D3", "MSKU"), ("G4", "Reference ID"), ("H6", "Quantity"),
    }  # fmt: skip


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!"])
def test_error_cells_of_a_workbook_are_named_by_heading(error: str) -> None:
    _, read = read_workbook(workbook(lambda _, tab: tab.write_formula("H3", "=1/0", None, error)))
    assert read.inventory_ledger["_row"].tolist() == [2, 4, 5, 6]
    assert [(p.severity, p.first_cells, p.column) for p in read.problems] == [("error", "H3", "Quantity")]
