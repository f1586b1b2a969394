"""What saves the tests time gives what the long way gives: readings kept in memory, openpyxl's short cuts."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from quick_openpyxl import quick
from recoup import doors
from recoup.reports import Reports, read
from recoup.workbook import open_workbook, report_tabs
from remembered_reports import RememberedReports
from workbooks import Desk, Seller, imported_book, refresh, refreshed_book, replace_report, run, seen

STRANGE = [
    " a",
    " ",
    "",
    "b<&>\"'",
    "two\nlines",
    "tab\t",
    "_x0041_",
    "_x005F_x",
    "日本",
    "#N/A",
    "=1+1",
    True,
]
MANY = [*STRANGE, False, 0, 1.5, 1e300, 0.1 + 0.2, datetime(2025, 1, 2, 3, 4), date(2025, 1, 1), None]


def reports_of(book: Path, shelf: RememberedReports | None) -> Reports:
    return read(report_tabs(open_workbook(book)), shelf=shelf)


def same(one: Reports, other: Reports) -> bool:
    assert one.frames.keys() == other.frames.keys()
    for name, frame in one.frames.items():
        pd.testing.assert_frame_equal(frame, other.frames[name])
    return (one.exports, one.problems, one.contents) == (other.exports, other.problems, other.contents)


def test_tabs_that_were_read_before_give_what_they_gave(tmp_path: Path) -> None:
    """Also after the first run changed its own frames and exports, and after the file was saved anew."""
    book, shelf = imported_book(tmp_path), RememberedReports()
    expected = reports_of(book, None)
    for again in (False, True, True):
        found = reports_of(book, shelf)
        assert same(found, expected)
        for export in found.exports:
            export.rows_used, export.conflict = 99, True
        found.frames["inventory_ledger"]["quantity"] = 7.0
        if again:
            with Desk(book) as desk:
                desk.workbook["Settings"]["H4"] = "typed meanwhile"


@pytest.mark.parametrize("rows", [1, -1])
def test_a_tab_that_changed_in_one_cell_or_row_is_read_anew(tmp_path: Path, rows: int) -> None:
    book, shelf = imported_book(tmp_path), RememberedReports()
    first = reports_of(book, shelf)
    heading, *lines = Seller().tables()["Inventory Ledger"]
    changed = lines[:rows] if rows < 0 else [[*lines[0][:7], "-9", *lines[0][8:]], *lines[1:]]
    replace_report(book, "Inventory Ledger", [heading, *changed])
    assert same(reports_of(book, shelf), reports_of(book, None))
    assert not reports_of(book, shelf).frames["inventory_ledger"].equals(first.frames["inventory_ledger"])


def test_a_refresh_of_known_tabs_writes_the_same_cells_as_one_that_reads_them(tmp_path: Path) -> None:
    known, unknown = (refreshed_book(folder) for folder in _folders(tmp_path))
    doors.refresh_book(unknown, run(), [], target=doors.Target())
    refresh(known)
    assert _cells(seen(known)) == _cells(seen(unknown))


def _folders(tmp_path: Path) -> Iterator[Path]:
    for name in ("known", "unknown"):
        (tmp_path / name).mkdir()
        yield tmp_path / name


def _cells(book: Workbook) -> dict[tuple[str, str], Any]:
    return {
        (s.title, c.coordinate): (c.data_type, str(c.value), type(c.value))
        for s in book.worksheets
        for row in s.iter_rows()
        for c in row
    }


def test_the_desk_reads_and_writes_as_openpyxl_does(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        sheet = desk.workbook.create_sheet("Strange")
        for row, value in enumerate(MANY, 1):
            sheet.cell(row, 1, value)
        sheet.cell(1, 2, "=1+1").data_type = "s"
    assert _way(book, nullcontext()) == _way(book, quick())


def _way(book: Path, way: AbstractContextManager[None]) -> tuple[Any, Any]:
    saved = BytesIO()
    with way:
        workbook = load_workbook(book, rich_text=True)
        workbook.save(saved)
    with zipfile.ZipFile(saved) as package:
        parts = {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}
    return _cells(workbook), parts
