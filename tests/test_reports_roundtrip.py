"""Exports written in every variant, language, encoding and layout are read back as the very values written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from recoup import reports
from recoup.model import RawTable
from recoup.reports import Reports
from report_samples import sheet
from strategies_reports import Row, Variant, Written, expected, exports, read_variants

VARIANTS = read_variants()
QUICK = (Phase.explicit, Phase.generate)  # an export is small as drawn; making it smaller takes minutes
FORMS = ("file", "tab", "tab that Excel made cells of")
SEVERAL = sorted({v.report.name for v in VARIANTS if sum(o.report is v.report for o in VARIANTS) > 1})


def name_of(variant: Variant) -> str:
    return f"{variant.report.name}: {variant.name}"


def plain(value: Any) -> Any:
    """A cell of a frame as a day, a number, a text, a truth value or None."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, float):
        return round(value, 6)
    return None if pd.isna(value) else value


def frame_rows(read: Reports, report: str) -> list[Row]:
    frame = read.frames[report]
    names = [c for c in frame.columns if not c.startswith("_")]
    rows = zip(*(frame[n].tolist() for n in names), strict=True)
    return [{n: None if pd.isna(v) else plain(v) for n, v in zip(names, row, strict=True)} for row in rows]


def assert_read_back(read: Reports, *written: Written) -> None:
    """The frame holds what was written, cell by cell and in order; every row is used; nothing is wrong."""
    report = written[0].variant.report.name
    assert [p for p in read.problems if p.severity == "error"] == []
    assert [p.problem for p in read.problems if p.severity == "warning" and "lacks" not in p.problem] == []
    sizes = [len(w.rows) for w in written]
    assert [(e.report, e.rows_read, e.rows_used) for e in read.exports] == [(report, n, n) for n in sizes]
    assert all(e.rows_read == e.rows_used + sum(e.skipped.values()) for e in read.exports)
    wanted = [row for w in written for row in expected(w)]
    found = frame_rows(read, report)
    assert len(found) == len(wanted)
    for row, want in zip(found, wanted, strict=True):
        assert {n: v for n, v in row.items() if v != want[n]} == {
            n: want[n] for n, v in row.items() if v != want[n]
        }
    assert read.frames[report]["_row"].is_monotonic_increasing
    assert read.frames[report]["_row"].is_unique


def tab(written: Written, table: list[list[str]]) -> RawTable:
    return sheet(written.variant.report.tab, table)


@pytest.mark.parametrize("variant", VARIANTS, ids=name_of)
def test_what_a_variant_is_written_with_is_what_is_read(
    variant: Variant, scaled: Callable[[int], int]
) -> None:
    @settings(max_examples=scaled(2), phases=QUICK, report_multiple_bugs=False)
    @given(exports(variant), st.sampled_from(FORMS))
    def reads_back(written: Written, form: str) -> None:
        if form == "file":
            tables = reports.read_bytes("download.txt", written.file())
        else:
            tables = [tab(written, written.table(excel=form == "tab that Excel made cells of"))]
        assert_read_back(reports.read(tables), written)

    assert [h for h, mean in zip(variant.headers, variant.means, strict=True) if mean == "?"] == []
    reads_back()


@pytest.mark.parametrize("report", SEVERAL)
def test_two_variants_one_below_the_other_are_both_read(report: str, scaled: Callable[[int], int]) -> None:
    of_report = [v for v in VARIANTS if v.report.name == report]

    @st.composite
    def pairs(draw: st.DrawFn) -> tuple[Written, Written, int]:
        upper, lower = draw(st.permutations(of_report))[:2]
        first, second = draw(exports(upper, least=1)), draw(exports(lower, least=1, first=50))
        return first, second, draw(st.integers(0, 2))

    @settings(max_examples=scaled(2), phases=QUICK, report_multiple_bugs=False)
    @given(pairs())
    def reads_both(pair: tuple[Written, Written, int]) -> None:
        upper, lower, blank = pair
        table = [*upper.table(), *[[""]] * blank, *lower.table()]
        assert_read_back(reports.read([tab(upper, table)]), upper, lower)

    reads_both()
