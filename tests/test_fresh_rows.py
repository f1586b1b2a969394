"""New rows are rendered column by column: the same XML as written one cell after another."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.books.package_book import PackageBook
from recoup.doors import make_workbook
from recoup.model import Cell, Formula, Record

CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, 1.0, 0.0, -0.0, True, False, 2.50, 1e20]),
    st.sampled_from([date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), "2026-01-02"]),
    st.sampled_from(["1", "a\nb", " x ", "<&>", "word " * 60, "=1+1", "_x0041_", ""]),
    st.builds(
        Formula, st.sampled_from(["1+1", 'HYPERLINK("#A1","x")']), st.sampled_from([None, 2, "two & more"])
    ),
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["Claim ID", "Units", "Why", "Status", "Days left"]), CELLS), max_size=12
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workbook(tmp_path_factory.mktemp("fresh") / "book.xlsx")


@given(RECORDS)
def test_new_rows_are_what_one_cell_after_another_gives(template: Path, records: list[Record]) -> None:
    quick, slow = (PackageBook(template)._body("Claims") for _ in range(2))
    top = quick.table.body.top + 1
    fill = quick.calculated_formulas(top - 1)
    quick.write_rows(dict(enumerate(records, top)), fill)
    for number, record in enumerate(records, top):
        slow.write_row(number, record, fill)
    assert quick.sheet.xml() == slow.sheet.xml()
