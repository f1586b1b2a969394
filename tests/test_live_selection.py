"""What is selected in Excel, told by ids: blocks, rows, columns, hidden and moved rows, and what names no claim."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

import excel_stand_in
import workbooks
from excel_stand_in import App, Range
from recoup.books import open_live
from recoup.books.area import Area
from recoup.books.base import BookChanged, BookError, BookLocked
from recoup.books.excel_selection import parse_area
from recoup.books.xlwings_book import XlwingsBook
from recoup.case_doors import start_book
from recoup.macros.picked import picked_cases, picked_claims
from recoup.model import RecoupError


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with claims, one of them with a draft."""
    path = workbooks.refreshed_book(tmp_path_factory.mktemp("sample"))
    ready = next(key for key, row in workbooks.claims(path).items() if row["Status"] == "Ready")
    start_book(path, workbooks.run(), [ready])
    return path


@pytest.fixture
def excel() -> Iterator[App]:
    yield excel_stand_in.start()
    excel_stand_in.stop()


@pytest.fixture(scope="module")
def unchanged(sample: Path) -> Iterator[tuple[Any, XlwingsBook]]:
    """The workbook in Excel, and as it was read; for tests that change nothing but the selection."""
    excel_stand_in.start()
    book = xw.books.open(str(sample)).impl
    yield book, open_live()
    excel_stand_in.stop()


@pytest.fixture
def book(sample: Path, tmp_path: Path, excel: App) -> Any:
    return xw.books.open(shutil.copy(sample, tmp_path)).impl


def at(book: Any, table: str) -> tuple[str, Area]:
    """The tab of a table, and the rows of its body."""
    for sheet in book.sheets:
        for found in sheet.tables:
            if found.name == table:
                a = found.range.area
                return sheet.name, Area(a.left, a.top + 1, a.right, a.bottom)
    raise AssertionError(table)


def select(book: Any, table: str, cells: str, opened: XlwingsBook | None = None) -> list[str]:
    """Select cells on a table's tab; ``#1`` is its first row. The claims that are picked then."""
    tab, body = at(book, table)
    book.shown = tab
    for number in range(9, -2, -1):
        cells = cells.replace(f"#{number}", str(body.top + number - 1))
    book.selected = cells
    return picked_claims(opened or open_live())


def ids(book: Any, table: str = "Claims") -> list[str]:
    tab, body = at(book, table)
    sheet = book.tabs[tab]
    column = next(c for c in range(body.left, body.right + 1) if sheet.raw((body.top - 1, c)) == "Claim ID")
    return [str(sheet.raw((n, column))) for n in range(body.top, body.bottom + 1) if sheet.raw((n, column))]


@pytest.mark.parametrize(
    ("cells", "picked"),
    [
        ("$B$#1", [0]),
        ("$B$#1:$D$#2", [0, 1]),
        ("$A$#3,$C$#1", [0, 2]),
        ("$#2:$#3", [1, 2]),
        ("$C:$C", "all"),
        ("$A$1:$XFD$1048576", "all"),
        ("$A$#0:$A$#1", [0]),
    ],
)
def test_cells_blocks_rows_and_columns_pick_the_claims_they_touch(
    unchanged: tuple[Any, XlwingsBook], cells: str, picked: list[int] | str
) -> None:
    every = ids(unchanged[0])
    assert len(every) > 5
    assert select(unchanged[0], "Claims", cells, unchanged[1]) == [
        k for i, k in enumerate(every) if picked == "all" or i in picked
    ]


def test_an_excel_without_areas_tells_blocks_by_their_address(
    unchanged: tuple[Any, XlwingsBook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Range, "Areas")
    assert select(unchanged[0], "Claims", "$#2:$#3", unchanged[1]) == ids(unchanged[0])[1:3]


def test_rows_that_a_filter_or_a_hand_hides_are_not_picked(book: Any) -> None:
    tab, body = at(book, "Claims")
    book.tabs[tab].sheet.row_dimensions[body.top + 1].hidden = True
    book.tabs[tab].changed = True
    every = ids(book)
    assert select(book, "Claims", "$A:$A") == [every[0], *every[2:]]
    with pytest.raises(RecoupError, match="Nothing is selected that names a claim"):
        select(book, "Claims", "$A$#2")


@pytest.mark.parametrize("table", ["Claims", "Evidence", "Cases", "NotClaimed"])
def test_claims_can_be_picked_on_each_sheet_that_names_them(
    unchanged: tuple[Any, XlwingsBook], table: str
) -> None:
    assert select(unchanged[0], table, "$#1:$#1", unchanged[1]) == ids(unchanged[0], table)[:1]


@pytest.mark.parametrize(
    ("table", "cells"),
    [("Claims", "$A$#0"), ("Claims", "$A$900"), ("Claims", "$XFD$#1"), ("Settings", "$A:$A")],
)
def test_a_heading_a_place_beside_the_table_or_another_sheet_is_refused_with_where_to_click(
    unchanged: tuple[Any, XlwingsBook], table: str, cells: str
) -> None:
    with pytest.raises(
        RecoupError, match=r"on Claims, Evidence, Cases or Not Claimed click a cell.*again\. Nothing"
    ):
        select(unchanged[0], table, cells, unchanged[1])


def test_a_picture_or_chart_that_is_selected_picks_nothing(book: Any, excel: App) -> None:
    excel.chart_selected = True
    with pytest.raises(RecoupError, match="Nothing is selected"):
        select(book, "Claims", "$A$#1")


def test_rows_that_moved_since_they_were_read_are_refused(book: Any) -> None:
    tab, body = at(book, "Claims")
    book.shown, book.selected = tab, f"$A${body.top}"
    opened = open_live()
    book.tabs[tab].put((body.top, body.left), "LW-OTHER", None)
    with pytest.raises(BookChanged, match=f"row {body.top} is another one than was read"):
        opened.selected()


def test_another_workbook_in_front_is_named(book: Any, tmp_path: Path, excel: App) -> None:
    opened = open_live()
    excel.books.open(shutil.copy(book.FullName, tmp_path / "other.xlsx"))
    with pytest.raises(BookError, match=r"other\.xlsx is in front in Excel; bring seller\.xlsx to the front"):
        opened.selected()


def test_a_busy_excel_is_named(book: Any, excel: App) -> None:
    book.shown, book.selected = at(book, "Claims")[0], "$A:$A"
    opened = open_live()
    excel.busy = True
    with pytest.raises(BookLocked, match="Excel is busy"):
        opened.selected()


def test_cases_are_told_by_what_they_are_called(book: Any) -> None:
    tab, body = at(book, "Cases")
    book.shown, book.selected = tab, f"${body.top}:${body.bottom}"
    assert picked_cases(open_live()) == [f"C-{ids(book, 'Cases')[0]}"]


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("$B$3", Area(2, 3, 2, 3)),
        ("B3:D9", Area(2, 3, 4, 9)),
        ("$3:$9", Area(1, 3, 16_384, 9)),
        ("$B:$D", Area(2, 1, 4, 1_048_576)),
        ("$B:$9", None),
        ("Chart 1", None),
    ],
)
def test_addresses(text: str, area: Area | None) -> None:
    assert parse_area(text) == area
