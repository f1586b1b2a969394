"""Several exports of one report: stacked, overlapping, the same twice, pasted over, and the period each covers."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup import reports
from recoup.reports import StatedPeriod
from report_samples import LEDGER, delimited, ledger_row, read_text, sheet


def lines(*days: int, **cells: str) -> list[list[str]]:
    return [ledger_row(f"09/{d:02}/2026", **cells) for d in days]


def day_counts(read: reports.Reports) -> dict[int, int]:
    return dict(Counter(read.inventory_ledger["date"].dt.day.tolist()))


def test_identical_lines_within_one_export_are_all_real() -> None:
    read = read_text(delimited([LEDGER, *lines(20, 20, 20, 21)]))
    assert day_counts(read) == {20: 3, 21: 1}


def test_stacked_exports_with_their_headings_are_several_exports_in_any_column_order() -> None:
    turned = [row[::-1] for row in [LEDGER, *lines(22, 23)]]
    read = read_text(delimited([LEDGER, *lines(20, 21), [], ["next month"], *turned]))
    assert [(e.rows_used, e.heading_row) for e in read.exports] == [(2, 1), (2, 6)]
    assert day_counts(read) == {20: 1, 21: 1, 22: 1, 23: 1}
    assert read.problems == []


def test_overlapping_exports_keep_the_larger_count_of_any_one_of_them() -> None:
    read = read_text(delimited([LEDGER, *lines(20, 21, 21, 22), LEDGER, *lines(21, 22, 22, 22, 23)]))
    assert day_counts(read) == {20: 1, 21: 2, 22: 3, 23: 1}
    assert sum(e.rows_used for e in read.exports) == 7
    assert sum(e.rows_read for e in read.exports) == 9


def test_of_overlapping_exports_the_youngest_gives_the_values() -> None:
    old = lines(20, 21, reconciled="0", unreconciled="1", title="Old name")
    young = lines(21, 22, reconciled="1", unreconciled="0", title="New name")
    for text in (delimited([LEDGER, *old, LEDGER, *young]), delimited([LEDGER, *young, LEDGER, *old])):
        frame = read_text(text).inventory_ledger.set_index("date").sort_index()
        assert frame["reconciled"].tolist() == [0, 1, 1]
        assert frame["title"].tolist() == ["Old name", "New name", "New name"]


def test_exports_overlap_across_tabs_and_files_and_column_variants() -> None:
    tab = sheet("Inventory Ledger", [LEDGER, *lines(20, 21)])
    other = sheet("Inventory Ledger UK", [LEDGER[:11], *(row[:11] for row in lines(21, 22))])
    (file,) = reports.read_bytes("l.txt", delimited([LEDGER, *lines(22, 23)]).encode())
    read = reports.read([tab, other, file])
    assert day_counts(read) == {20: 1, 21: 1, 22: 1, 23: 1}
    assert [e.where for e in read.exports] == ["Inventory Ledger", "Inventory Ledger UK", "l.txt"]


def test_the_same_export_twice_is_counted_once_with_a_note() -> None:
    export = [LEDGER, *lines(20, 21, 21)]
    read = read_text(delimited([*export, *export]))
    assert day_counts(read) == {20: 1, 21: 2}
    assert [p.severity for p in read.problems] == ["note"]
    assert "same inventory ledger export" in read.problems[0].problem


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), max_size=8), min_size=1, max_size=4), st.randoms())
def test_merging_is_counting_whatever_the_order_of_rows(exports: list[list[int]], random) -> None:
    rows = [[LEDGER, *lines(*(d + 12 for d in sorted(days)))] for days in exports]
    expected: Counter[int] = Counter()
    for days in exports:
        expected |= Counter(d + 12 for d in days)
    read = read_text(delimited([row for block in rows for row in block]))
    assert day_counts(read) == dict(expected)
    assert sum(e.rows_used for e in read.exports) == len(read.inventory_ledger)
    assert all(e.rows_read == e.rows_used + sum(e.skipped.values()) for e in read.exports)


def test_rows_pasted_without_heading_over_days_already_there_are_an_error() -> None:
    read = read_text(delimited([LEDGER, *lines(*range(1, 11)), *lines(*range(8, 16))]))
    assert [e.conflict for e in read.exports] == [True]
    (problem,) = read.problems
    assert (problem.severity, problem.first_cells, problem.rows) == ("error", "line 12", 8)


def test_the_same_holds_for_exports_that_run_backwards() -> None:
    read = read_text(delimited([LEDGER, *lines(*range(10, 0, -1)), *lines(*range(15, 7, -1))]))
    assert [e.conflict for e in read.exports] == [True]


def test_a_few_identical_lines_are_enough_in_a_short_paste() -> None:
    assert read_text(delimited([LEDGER, *lines(13, 14, 15, 14, 15, 16)])).exports[0].conflict


@pytest.mark.parametrize(
    "rows",
    [
        lines(*range(1, 11)),
        lines(*range(11, 20)) + lines(*range(1, 11)),  # an earlier month below: no day is there twice
        [
            ledger_row(f"09/{d:02}/2026", reference_id=str(n))
            for n, d in enumerate((1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5, 6, 5, 6, 7, 13))
        ],  # plain disorder
        lines(*range(1, 16)) + lines(*range(1, 16), event_type="Receipts", reason=""),  # sorted by event
        lines(*range(1, 16)) + lines(*range(1, 16), country="CA"),
        lines(13, 13, 13),
        lines(13),
    ],
)
def test_what_only_looks_like_a_paste_is_none(rows: list[list[str]]) -> None:
    assert [e.conflict for e in read_text(delimited([LEDGER, *rows])).exports] == [False]


def test_shuffled_rows_are_no_paste() -> None:
    random = np.random.default_rng(7)
    for size in (5, 20, 300):
        rows = [
            ledger_row(f"09/{d:02}/2026", reference_id=str(i))
            for i, d in enumerate(random.integers(1, 30, size).tolist())
        ]
        assert not read_text(delimited([LEDGER, *rows])).exports[0].conflict


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("2026Sep1-2026Sep30CustomUnifiedTransaction.csv", (date(2026, 9, 1), date(2026, 9, 30))),
        ("2026FebMonthlyUnifiedTransaction.csv", (date(2026, 2, 1), date(2026, 2, 28))),
        ("ledger_2026-01-01_2026-06-30.txt", (date(2026, 1, 1), date(2026, 6, 30))),
        ("ledger 20260101-20260630 (1).txt", (date(2026, 1, 1), date(2026, 6, 30))),
        ("123456789020638.txt", None),
        ("ledger 2026-06-30 of 2026-01-01.txt", None),
        ("ledger downloaded 2026-09-30.txt", None),
        ("report.txt", None),
    ],
)
def test_the_period_in_a_file_name_is_used(name: str, period: tuple[date, date] | None) -> None:
    (export,) = read_text(delimited([LEDGER, *lines(13)]), name).exports
    assert (export.stated_from, export.stated_to) == (period or (None, None))
    assert export.period_source == ("file name" if period else "rows")
    assert (export.first_day, export.last_day) == (date(2026, 9, 13), date(2026, 9, 13))


def test_the_preamble_states_the_period_before_the_file_name_does() -> None:
    text = delimited([["Period: 2026-09-01 to 2026-09-30"], LEDGER, *lines(13)])
    (export,) = read_text(text, "2025-01-01_2025-02-01.txt").exports
    assert (export.stated_from, export.stated_to) == (date(2026, 9, 1), date(2026, 9, 30))
    assert export.period_source == "preamble"


def test_what_a_person_states_stands_over_everything() -> None:
    stated = StatedPeriod("Inventory Ledger", date(2026, 8, 1), None, exported_on=date(2026, 10, 2))
    only_there = StatedPeriod("inventory_ledger", None, date(2026, 10, 1), where="report.txt")
    elsewhere = StatedPeriod("inventory_ledger", None, date(2027, 10, 1), where="another.txt")
    (export,) = read_text(delimited([LEDGER, *lines(13)]), periods=(stated, only_there, elsewhere)).exports
    assert (export.stated_from, export.stated_to) == (date(2026, 8, 1), date(2026, 10, 1))
    assert (export.period_source, export.exported_on) == ("person", date(2026, 10, 2))


def test_headings_without_rows_are_an_export_that_only_a_person_can_date() -> None:
    (export,) = read_text(delimited([LEDGER])).exports
    assert (export.rows_read, export.first_day, export.period_source) == (0, None, "rows")


def test_of_two_costs_of_one_product_and_day_the_later_file_stands() -> None:
    head = "SKU\tUnit cost\tCurrency\tEffective from\n"
    tables = reports.read_bytes("a.txt", (head + "PAN-12\t7.25\tUSD\t2026-01-15\n").encode())
    tables += reports.read_bytes("b.txt", (head + "PAN-12\t8.00\tUSD\t2026-01-15\n").encode())
    assert reports.read(tables).sourcing_costs["own_cost"].tolist() == [8.0]
