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
from report_samples import FOLDER, LEDGER, delimited, ledger_row, read_text, sheet


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


@settings(max_examples=30, deadline=None)
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


def test_a_paste_over_days_that_stand_further_up_than_the_run_before_is_an_error() -> None:
    runs = [range(10, 21), range(6, 10), (4, 5, *range(10, 16))]
    read = read_text(delimited([LEDGER, *(line for run in runs for line in lines(*run))]))
    assert [e.conflict for e in read.exports] == [True]
    (problem,) = read.problems
    assert (problem.first_cells, problem.rows) == ("line 17", 8)


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


REMOVAL = [
    "request-date", "order-id", "order-type", "order-status", "last-updated-date", "sku", "fnsku", "disposition",
    "requested-quantity", "cancelled-quantity", "disposed-quantity", "shipped-quantity", "in-process-quantity",
    "removal-fee", "currency",
]  # fmt: skip


def removal(
    updated: int, shipped: int, order: str = "RMV1", sku: str = "PAN-12", state: str = "Sellable"
) -> list[str]:
    """One line of a removal order as it stood on a day of September 2026."""
    cells = ["2026-08-20", order, "Return", "Pending", f"2026-09-{updated:02}", sku, f"X00{sku}", state]
    return [*cells, "9", "0", "0", str(shipped), "0", "", "USD"]


def test_a_removal_order_has_one_row_per_order_sku_and_disposition_the_youngest() -> None:
    old = [REMOVAL, removal(2, 1), removal(2, 5, state="Unsellable"), removal(2, 3, order="RMV2")]
    young = [REMOVAL, removal(9, 4), removal(9, 7, sku="LID-7")]
    for text in (delimited([*old, *young]), delimited([*young, *old])):
        frame = read_text(text).removal_orders
        rows = set(
            zip(frame["order_id"], frame["sku"], frame["disposition"], frame["shipped_quantity"], strict=True)
        )
        assert rows == {
            ("RMV1", "PAN-12", "SELLABLE", 4),
            ("RMV1", "PAN-12", "UNSELLABLE", 5),
            ("RMV2", "PAN-12", "SELLABLE", 3),
            ("RMV1", "LID-7", "SELLABLE", 7),
        }
        assert len(frame) == 4


def test_the_day_of_update_is_older_or_younger_before_the_export_is() -> None:
    young_file_old_row = [REMOVAL, removal(2, 1), removal(2, 2, order="RMV9")]
    read = read_text(delimited([REMOVAL, removal(9, 4), *young_file_old_row]))
    assert read.removal_orders.set_index("order_id").loc["RMV1", "shipped_quantity"] == 4
    same_day = read_text(delimited([REMOVAL, removal(9, 4), REMOVAL, removal(9, 6)]))
    assert same_day.removal_orders["shipped_quantity"].tolist() == [6]


def test_a_present_state_has_one_row_within_one_export_too_and_accounts_for_the_others() -> None:
    read = read_text(delimited([REMOVAL, removal(2, 1), removal(5, 3), removal(5, 3), removal(4, 2)]))
    (export,) = read.exports
    assert read.removal_orders["shipped_quantity"].tolist() == [3]
    assert (export.rows_read, export.rows_used, export.skipped) == (
        4,
        1,
        {"a younger row of the same thing stands": 3},
    )


lines_of_removals = st.tuples(
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from(["RMV1", "RMV2"]),
    st.sampled_from(["PAN-12", "LID-7"]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(lines_of_removals, min_size=1, max_size=6), min_size=1, max_size=3), st.randoms())
def test_the_youngest_row_stands_whatever_the_order_of_rows(exports, random) -> None:
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    for number, export in enumerate(exports):
        for updated, _, order, sku in export:
            key = (order, sku)
            newest[key] = max(newest.get(key, (0, 0)), (updated, number))

    def read_all() -> reports.Reports:
        return read_text(
            delimited([row for e in exports for row in [REMOVAL, *(removal(*line) for line in e)]])
        )

    read = read_all()
    frame = read.removal_orders
    days = {
        (o, s): d
        for o, s, d in zip(frame["order_id"], frame["sku"], frame["last_updated"].dt.day, strict=True)
    }
    assert days == {key: updated for key, (updated, _) in newest.items()}
    assert len(frame) == len(newest)
    assert all(e.rows_read == e.rows_used + sum(e.skipped.values()) for e in read.exports)
    assert sum(e.rows_used for e in read.exports) == len(frame)
    for export in exports:
        random.shuffle(export)
    by = ["order_id", "sku"]
    columns = [*by, "shipped_quantity"]
    again = read_all().removal_orders.sort_values(by)[columns].reset_index(drop=True)
    assert again.equals(frame.sort_values(by)[columns].reset_index(drop=True))


STOCK = ["sku", "fnsku", "asin", "product-name", "condition", "afn-fulfillable-quantity"]


def stock(sku: str, units: int, *more: str) -> list[str]:
    return [sku, f"X00{sku}", "B0EXAMPLE1", "Pan", "New", str(units), *more]


def test_the_stock_of_today_stands_and_that_of_two_stores_stays_apart() -> None:
    last_week = [STOCK, stock("PAN-12", 9), stock("LID-7", 4)]
    today = [[*STOCK, "store"], stock("PAN-12", 5, "US"), stock("PAN-12", 2, "CA")]
    frame = read_text(delimited([*last_week, *today])).fba_inventory
    rows = set(zip(frame["sku"], frame["store"], frame["fulfillable_quantity"], strict=True))
    assert rows == {("LID-7", "", 4), ("PAN-12", "US", 5), ("PAN-12", "CA", 2)}


def test_exports_of_single_stores_do_not_drop_one_another_for_an_older_one_without_store() -> None:
    blocks = [[[*STOCK, "store"], stock("PAN-12", n, s)] for n, s in ((5, "US"), (2, "CA"))]
    read = read_text(delimited([STOCK, stock("PAN-12", 9), *blocks[0], *blocks[1]]))
    assert sorted(read.fba_inventory["fulfillable_quantity"]) == [2, 5]


def test_a_planning_report_stands_over_the_undated_stock_of_the_same_product() -> None:
    planning = ["snapshot-date", "sku", "fnsku", "asin", "condition", "available", "marketplace"]
    rows = [
        ["2026-11-15", "PAN-12", "X00PAN-12", "B0EXAMPLE1", "New", n, m]
        for n, m in (("5", "US"), ("2", "CA"))
    ]
    for blocks in (
        [planning, *rows, STOCK, stock("PAN-12", 9)],
        [STOCK, stock("PAN-12", 9), planning, *rows],
    ):
        read = read_text(delimited(blocks))
        assert sorted(read.fba_inventory["fulfillable_quantity"]) == [2, 5]


def test_us_and_canadian_fees_of_one_product_stay_apart_and_the_youngest_of_each_stands() -> None:
    text = (FOLDER / "fee_preview/na_31_columns.tsv").read_text()
    older = text.replace("8.00", "7.00").replace("12.34", "11.11")
    tables = [
        t for n, part in (("a.txt", older), ("b.txt", text)) for t in reports.read_bytes(n, part.encode())
    ]
    frame = reports.read(tables).fee_preview
    assert sorted(zip(frame["sku"], frame["currency"], frame["fee_total"].fillna(0), strict=True)) == [
        ("LID-7", "USD", 0),
        ("PAN-12", "CAD", 12.34),
        ("PAN-12", "USD", 8.0),
    ]


def test_a_month_of_storage_fees_read_twice_counts_once() -> None:
    text = (FOLDER / "storage_fees/us_2024_35_columns.tsv").read_text()
    older_layout = (FOLDER / "storage_fees/us_2018_20_columns.tsv").read_text()
    read = read_text(text + older_layout + text.replace("2026-09", "2026-10"))
    assert Counter(read.storage_fees["month_of_charge"]) == {"2026-08": 1, "2026-09": 2, "2026-10": 2}
    assert {(e.first_day, e.last_day) for e in read.exports} == {
        (date(2026, 8, 1), date(2026, 9, 1)),
        (date(2026, 8, 1), date(2026, 10, 1)),
    }


def test_two_equal_parcels_in_one_export_are_two_and_an_order_line_takes_its_youngest_state() -> None:
    parcels = (FOLDER / "removal_shipments/us_10_columns.tsv").read_text().splitlines()
    assert len(read_text("\n".join([*parcels, parcels[1]])).removal_shipments) == 5
    orders = (FOLDER / "all_orders/us_34_columns.tsv").read_text()
    read = read_text(orders.replace("Shipped\tAmazon", "Pending\tAmazon") + orders)
    assert read.all_orders["order_status"].tolist().count("Pending") == 0
    assert len(read.all_orders) == 3
