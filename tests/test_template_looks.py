"""The template through LibreOffice: it opens, works out its formulas, and shows every value in full."""

from __future__ import annotations

import copy
import datetime as dt
import re
from pathlib import Path

import openpyxl
import pytest
import yaml
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook

from looks import convert, convert_all, page_texts, render
from recoup import sheets
from recoup.template import build_template
from recoup.template.marks import OVERTAKEN

ERRORS = re.compile(r"#NAME\?|#REF!|#VALUE!|#N/A|#DIV/0!|Err:\d+")
CASES = yaml.safe_load((Path(__file__).parent / "template_marks.yaml").read_text(encoding="utf-8"))
TODAY = dt.date.today()
WIDEST: dict[str, object] = {
    "date": dt.date(2026, 12, 28),
    "datetime": dt.datetime(2026, 12, 28, 20, 58),
    "money": 98_765.43,
    "int": 9_999,
    "percent": 1.0,
    "number": 5_000,
}


def fill(book: Workbook, table: sheets.Table, rows: list[dict[str, object]]) -> None:
    """Rows into a table as the engine writes them: each column in the style of the first body row."""
    sheet = book[table.sheet]
    left, top, right, _ = range_boundaries(sheet.tables[table.name].ref)
    for number, record in enumerate(rows, 1):
        for col, header in enumerate(table.headers, left):
            cell = sheet.cell(top + number, col)
            cell._style = copy.copy(sheet.cell(top + 1, col)._style)
            if header in record:
                cell.value = record[header]
    if not table.fixed_rows:
        area = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{top + len(rows)}"
        sheet.tables[table.name].ref = area
        if sheet.tables[table.name].autoFilter:
            sheet.tables[table.name].autoFilter.ref = area


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the widest values that people meet, all columns unfolded, and one claim per mark case."""
    path = build_template(tmp_path_factory.mktemp("looks") / "recoup.xlsx")
    book = openpyxl.load_workbook(path)
    for table in sheets.TABLES.values():
        if table.name not in ("RecoupMemory", "Policy", "ReasonCodes", "Settings"):
            fill(book, table, [{c.header: WIDEST.get(c.kind) for c in table.columns if c.kind in WIDEST}])
    deadline = "Claims[[#This Row],[Deadline]]"
    claim = {"Status": "Ready", "Deadline": TODAY + dt.timedelta(12)}
    claim["Days left"] = f'=IF({deadline}="","",{deadline}-TODAY())'
    fill(book, sheets.CLAIMS, [{}, claim])
    book["Home"]["C5"] = TODAY - dt.timedelta(4)
    work = book.create_sheet("Marks")
    for row, case in enumerate(CASES, 1):
        days = [case[k] for k in ("opens", "deadline", "refreshed")]
        for col, value in enumerate([case["status"], *days], 1):
            cell = work.cell(row, col)
            cell.value = value if col == 1 or value == "" else TODAY + dt.timedelta(value)
        formula = OVERTAKEN.replace("Recoup_AsOf", f"$D{row}")
        for header, letter in (("Status", "A"), ("Opens", "B"), ("Deadline", "C")):
            formula = formula.replace(f"{{{header}}}", f"${letter}{row}")
        work.cell(row, 5).value = f"={formula}"
    for letter in "ABCDE":
        work.column_dimensions[letter].width = 24
    for sheet in book.worksheets:
        for dimension in sheet.column_dimensions.values():
            dimension.hidden = dimension.collapsed = False
            dimension.outlineLevel = 0
    filled = path.with_name("filled.xlsx")
    book.save(filled)
    return filled


@pytest.fixture(scope="module")
def converted(filled: Path) -> list[Workbook]:
    """The filled workbook and the new one it was made of, as LibreOffice works them out."""
    books = convert_all([filled, filled.with_name("recoup.xlsx")], "xlsx")
    return [openpyxl.load_workbook(book, data_only=True) for book in books]


@pytest.fixture(scope="module")
def worked_out(converted: list[Workbook]) -> Workbook:
    return converted[0]


@pytest.fixture(scope="module")
def printed(filled: Path) -> Path:
    return convert(filled, "pdf")


def test_no_formula_ends_in_an_error(worked_out: Workbook) -> None:
    cells = [
        str(c.value)
        for s in worked_out.worksheets
        for row in s.iter_rows()
        for c in row
        if c.value is not None
    ]
    assert len(cells) > 1000
    assert not [text for text in cells if ERRORS.search(text)]


def test_home_says_how_old_the_refresh_is(converted: list[Workbook]) -> None:
    refreshed, new = converted
    assert refreshed["Home"]["B5"].value == "refreshed 4 days ago"
    assert new["Home"]["B5"].value == "not refreshed yet"


def test_days_left_counts_down_to_the_deadline(worked_out: Workbook) -> None:
    column = sheets.CLAIMS.headers.index("Days left") + 1
    assert worked_out["Claims"].cell(5, column).value == 12


def test_links_show_their_text(worked_out: Workbook) -> None:
    left, top, _, _ = range_boundaries("B36:B36")
    assert sheets.HOME_REPORTS.anchor == "B36"
    column = left + sheets.HOME_REPORTS.headers.index("Open")
    assert worked_out["Home"].cell(top + 2, column).value == "Open tab"


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_a_status_that_the_calendar_has_overtaken_is_marked(
    case: dict[str, object], worked_out: Workbook
) -> None:
    assert bool(worked_out["Marks"].cell(CASES.index(case) + 1, 5).value) is case["marked"]


def test_no_value_is_too_wide_for_its_column(printed: Path) -> None:
    pages = page_texts(printed)
    text = "\n".join(pages)
    assert text.count("98,765.43") >= 10
    assert "2026-12-28" in text
    assert "###" not in text
    assert not ERRORS.search(text)


def test_every_front_page_can_be_looked_at(printed: Path) -> None:
    pages = render(printed)
    assert len(pages) >= 8
    assert all(page.stat().st_size > 1_000 for page in pages)
