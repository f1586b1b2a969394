"""Both layouts of a settlement give the same money lines, are counted once, and say when they do not add up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup import policy, reports
from recoup.catalogue import build_catalogue
from recoup.detectors import Scene, all_detectors
from recoup.orders import build_orders
from recoup.payments import read_payments
from recoup.reports import Reports
from report_samples import FOLDER, delimited, read_text, sheet

V2 = (FOLDER / "settlements/us_24_columns.tsv").read_text().splitlines()[0].split("\t")
V1 = (FOLDER / "settlements_v1/us_36_columns.tsv").read_text().splitlines()[0].split("\t")
V1_33 = (FOLDER / "settlements_v1/ca_33_columns.tsv").read_text().splitlines()[0].split("\t")
PAIRS = {  # amount type in V2 -> the two columns in V1
    "ItemPrice": ("price-type", "price-amount"),
    "ItemFees": ("item-related-fee-type", "item-related-fee-amount"),
    "Promotion": ("promotion-type", "promotion-amount"),
}
PLACE = ["_where", "_row", "description"]
Row = dict[str, Any]


def written(header: list[str], rows: list[Row]) -> str:
    assert all(set(row) <= set(header) for row in rows)
    return delimited([header, *([str(row.get(h, "")) for h in header] for row in rows)])


def total_row(settlement: str, amounts: list[str]) -> Row:
    return {
        "settlement-id": settlement,
        "settlement-start-date": "2026-03-13T20:21:38+00:00",
        "settlement-end-date": "2026-03-27T20:21:38+00:00",
        "deposit-date": "2026-03-29T20:21:38+00:00",
        "total-amount": str(sum((Decimal(a) for a in amounts), Decimal(0))),
        "currency": "USD",
    }


def sale(number: int, quantity: int = 1, kind: str = "Order", **amounts: str) -> Row:
    """A made-up order line; amounts such as ItemPrice_Principal="19.99"."""
    return {"number": number, "kind": kind, "quantity": quantity if kind == "Order" else None, **amounts}


def _common(line: Row) -> Row:
    refund = line["kind"] == "Refund"
    return {
        "settlement-id": "11000000001",
        "transaction-type": line["kind"],
        "order-id": f"111-0000001-000000{line['number']}",
        "adjustment-id": "A1" if refund else "",
        "shipment-id": f"D000000{line['number']}",
        "marketplace-name": "Amazon.com",
        "fulfillment-id": "AFN",
        "posted-date": f"2026-03-{20 if refund else 14}T08:49:04+00:00",
        "order-item-code": f"7100000000000{line['number']}",
        "sku": "PAN-12",
    }


def _amounts(line: Row) -> list[tuple[str, str, str]]:
    return [(*name.split("_"), amount) for name, amount in line.items() if "_" in name]  # type: ignore[misc]


def in_v2(lines: list[Row], paid: str = "") -> str:
    """One row per amount."""
    rows = []
    for line in lines:
        for kind, what, amount in _amounts(line):
            row = _common(line) | {"amount-type": kind, "amount-description": what, "amount": amount}
            if (kind, what) == ("ItemPrice", "Principal") and line["quantity"]:
                row["quantity-purchased"] = line["quantity"]
            rows.append(row)
    if paid:
        kind = {"transaction-type": "other-transaction", "amount-type": "FBA Inventory Reimbursement"}
        rows.append(_payment() | kind | {"amount-description": "WAREHOUSE_LOST", "amount": paid})
    total = total_row("11000000001", [r["amount"] for r in rows])
    return written(V2, [total, *rows])


def in_v1(lines: list[Row], paid: str = "", side_by_side: bool = True) -> str:
    """Price, fee and promotion side by side, or as Amazon wrote it: the quantity above, then amount by amount."""
    rows: list[Row] = []
    for line in lines:
        if not side_by_side and line["quantity"]:
            rows.append(_common(line) | {"quantity-purchased": line["quantity"]})
        free: list[Row] = []  # rows that still have room for an amount of that kind
        for kind, what, amount in _amounts(line):
            kind_column, amount_column = PAIRS[kind]
            room = next((r for r in free if amount_column not in r), None) if side_by_side else None
            row = room if room is not None else _common(line)
            row |= {kind_column: what, amount_column: amount}
            if side_by_side and what == "Principal" and kind == "ItemPrice" and line["quantity"]:
                row["quantity-purchased"] = line["quantity"]
            if room is None:
                free.append(row)
                rows.append(row)
    if paid:
        rows.append(_payment() | {"transaction-type": "WAREHOUSE_LOST", "other-amount": paid})
    amounts = [v for r in rows for k, v in r.items() if k.endswith("-amount")]
    return written(V1, [total_row("11000000001", amounts), *rows])


def _payment() -> Row:
    return {"settlement-id": "11000000001", "posted-date": "2026-03-21T01:00:00+00:00", "sku": "PAN-12"}


def facts(read: Reports) -> list[tuple[object, ...]]:
    """What the money lines say, whatever row they come from."""
    lines = read.money_lines.drop(columns=PLACE)
    return sorted(map(tuple, lines.astype(str).to_numpy().tolist()))


ORDERS = [
    sale(1, 2, ItemPrice_Principal="39.98", ItemPrice_Tax="3.20", ItemFees_Commission="-6.00",
         ItemFees_FBAPerUnitFulfillmentFee="-9.50", Promotion_Principal="-2.00"),
    sale(1, kind="Refund", ItemPrice_Principal="-39.98", ItemFees_Commission="6.00",
         ItemFees_RefundCommission="-1.20"),
    sale(2, 3, ItemPrice_Principal="59.97", ItemFees_Commission="-9.00"),
    sale(2, kind="Refund", ItemPrice_Principal="-19.99", ItemFees_Commission="3.00"),
]  # fmt: skip


@pytest.mark.parametrize("side_by_side", [True, False])
def test_the_same_orders_give_the_same_money_lines_in_both_layouts(side_by_side: bool) -> None:
    old = read_text(in_v1(ORDERS, "46.18", side_by_side))
    new = read_text(in_v2(ORDERS, "46.18"))
    assert (len(old.settlements_v1) > 0, len(old.settlements)) == (True, 0)
    assert facts(old) == facts(new)
    assert len(facts(old)) == 13
    assert old.problems == new.problems == []


cents = st.integers(-9999, 9999).filter(bool).map(lambda c: f"{c / 100:.2f}")
KINDS = [
    f"{kind}_{what}"
    for kind, names in {
        "ItemPrice": ("Principal", "Tax", "Shipping", "ShippingTax", "GiftWrap", "Goodwill"),
        "ItemFees": ("Commission", "RefundCommission", "FBAPerUnitFulfillmentFee", "ShippingChargeback"),
        "Promotion": ("Principal", "Shipping"),
    }.items()
    for what in names
]
made_up = st.builds(
    lambda kind, quantity, principal, amounts: (
        kind,
        quantity,
        {"ItemPrice_Principal": principal, **amounts},
    ),
    st.sampled_from(["Order", "Refund"]),
    st.integers(1, 5),
    cents,
    st.dictionaries(st.sampled_from(KINDS[1:]), cents, max_size=6),
)


@settings(max_examples=12)
@given(st.lists(made_up, min_size=1, max_size=9), st.booleans())
def test_any_orders_give_the_same_money_lines_in_both_layouts(
    orders: list[tuple[str, int, dict[str, str]]], side_by_side: bool
) -> None:
    lines = [sale(n, quantity, kind, **amounts) for n, (kind, quantity, amounts) in enumerate(orders, 1)]
    old, new = read_text(in_v1(lines, "", side_by_side)), read_text(in_v2(lines))
    assert facts(old) == facts(new)
    assert old.problems == []


def refunded(read: Reports) -> list[tuple[object, ...]]:
    """Units refunded and not returned, without the rows that prove them."""
    rules, catalogue = policy.load(), build_catalogue([])
    payments = read_payments(read.reimbursements, rules, catalogue, ())
    scene = Scene(rules, "US", catalogue, build_orders(read.money_lines, ()), payments)
    losses = all_detectors()["return_not_received"].find(read, scene).losses
    return sorted((x.key, str(x.date), x.units, x.marketplace, x.order_id) for x in losses)


@pytest.mark.parametrize("side_by_side", [True, False])
def test_refunded_units_are_found_alike_from_both_layouts(side_by_side: bool) -> None:
    old, new = refunded(read_text(in_v1(ORDERS, "", side_by_side))), refunded(read_text(in_v2(ORDERS)))
    assert old == new
    assert [units for _, _, units, *_ in new] == [2, 1]


def test_a_settlement_in_both_layouts_is_counted_once_and_v2_stands() -> None:
    tables = [
        *reports.read_bytes("old.txt", in_v1(ORDERS).encode()),
        *reports.read_bytes("new.txt", in_v2(ORDERS).encode()),
    ]
    both, alone = reports.read(tables), read_text(in_v2(ORDERS))
    assert facts(both) == facts(alone)
    assert set(both.money_lines["_where"]) == {"new.txt"}
    assert both.problems == []


def test_different_settlements_in_both_layouts_stand_side_by_side() -> None:
    tables = [
        *reports.read_bytes("old.txt", in_v1(ORDERS).replace("11000000001", "10000000001").encode()),
        *reports.read_bytes("new.txt", in_v2(ORDERS).encode()),
    ]
    read = reports.read(tables)
    assert read.money_lines["settlement_id"].value_counts().to_dict() == {
        "11000000001": 12,
        "10000000001": 12,
    }


def test_a_settlement_in_the_old_layout_stands_before_the_transactions_of_the_same_id() -> None:
    sample = (FOLDER / "transactions/us_2025_32_columns.csv").read_bytes()
    old = reports.read_bytes("s.txt", in_v1(ORDERS).encode())
    read = reports.read([*old, *reports.read_bytes("t.csv", sample)])
    from_transactions = read.money_lines[read.money_lines["_where"].eq("t.csv")]
    assert "11000000001" in set(read.transactions["settlement_id"])
    assert "11000000001" not in set(from_transactions["settlement_id"])


def test_the_lines_stand_in_the_order_of_the_rows() -> None:
    read = read_text(in_v1(ORDERS, "46.18"))
    assert read.money_lines["_row"].is_monotonic_increasing


def test_a_settlement_in_the_old_layout_that_does_not_add_up_says_by_how_much() -> None:
    lines = in_v1(ORDERS, "46.18").splitlines()
    (problem,) = read_text("\n".join(lines[:-1])).problems
    assert (problem.severity, "off by -46.18" in problem.problem) == ("warning", True)
    (problem,) = read_text("\n".join([lines[0], *lines[2:]])).problems
    assert "has no row with its total" in problem.problem


def test_every_amount_column_counts_towards_the_total() -> None:
    sample = (FOLDER / "settlements_v1/us_36_columns.tsv").read_text()
    columns = [h for h in V1 if h.endswith("-amount") and h != "total-amount"]
    assert len(columns) == 9
    cells = [line.split("\t") for line in sample.splitlines()]
    for column in columns:
        place = V1.index(column)
        row = next(r for r in cells[1:] if r[place] not in ("", "0.00"))
        kept, row[place] = row[place], ""
        (problem,) = read_text(delimited(cells)).problems
        assert f"off by {-Decimal(kept):,.2f}" in problem.problem, column
        row[place] = kept


def test_a_quantity_above_the_amounts_belongs_to_the_principal_and_to_no_other_line() -> None:
    row = _common(sale(1))
    rows = [
        row | {"quantity-purchased": 1},
        row | {"quantity-purchased": 2},
        row | {"price-type": "Principal", "price-amount": "10.00"},
        row | {"price-type": "Shipping", "price-amount": "5.00"},
        row | {"price-type": "Principal", "price-amount": "20.00"},
        _common(sale(2)) | {"quantity-purchased": 4},
        _common(sale(2)) | {"item-related-fee-type": "Commission", "item-related-fee-amount": "-1.00"},
    ]
    read = read_text(written(V1_33, [total_row("11000000001", ["34.00"]), *rows]))
    lines = read.money_lines[["item", "amount", "quantity"]].astype(object)
    assert lines.where(lines.notna(), None).to_numpy().tolist() == [
        ["Principal", 10.0, 1.0],
        ["Shipping", 5.0, None],
        ["Principal", 20.0, 2.0],
        ["Principal", 0.0, 4.0],  # the units were free
        ["Commission", -1.0, None],
    ]
    assert read.problems == []


@pytest.mark.parametrize(
    ("kind", "type_", "item"),
    [
        ("WAREHOUSE_DAMAGE", "other-transaction", "Other:WAREHOUSE_DAMAGE"),
        ("Storage Fee", "other-transaction", "Other:Storage Fee"),
        ("order", "Order", "Other:other-transaction"),
        ("Refund", "Refund", "Other:other-transaction"),
        ("Order_Retrocharge", "Order_Retrocharge", "Other:other-transaction"),
    ],
)
def test_an_other_amount_is_named_by_its_transaction_type_as_v2_does(
    kind: str, type_: str, item: str
) -> None:
    row = _payment() | {"transaction-type": kind, "other-amount": "5.00"}
    line = read_text(written(V1, [total_row("11000000001", ["5.00"]), row])).money_lines.iloc[0]
    assert (line["type"], line["item"], line["amount"]) == (type_, item, 5.0)


def test_exports_in_the_old_layout_overlap_by_counting_with_or_without_promotion_columns() -> None:
    plain = [line for line in ORDERS if "Promotion_Principal" not in line]
    long = in_v1(plain)
    short = "\n".join(
        "\t".join(c for c, h in zip(line.split("\t"), V1, strict=True) if not h.startswith("promotion"))
        for line in long.splitlines()
    )
    read = reports.read(
        [*reports.read_bytes("a.txt", long.encode()), *reports.read_bytes("b.txt", short.encode())]
    )
    assert facts(read) == facts(read_text(long))
    assert [p.severity for p in read.problems] == ["note"]
    assert sum(e.rows_used for e in read.exports) == len(read.settlements_v1)


def test_stacked_settlements_of_both_layouts_in_one_tab_are_both_read() -> None:
    text = in_v1(ORDERS).replace("11000000001", "10000000001") + in_v2(ORDERS)
    read = reports.read([sheet("Settlements", [line.split("\t") for line in text.splitlines()])])
    assert [(e.report, e.rows_used) for e in read.exports] == [("settlements", 13), ("settlements_v1", 7)]
    assert read.problems == []


def test_an_old_settlement_states_its_own_period() -> None:
    (export,) = read_text(in_v1(ORDERS)).exports
    assert (str(export.stated_from), str(export.stated_to), export.period_source) == (
        "2026-03-13",
        "2026-03-27",
        "settlement",
    )


@pytest.mark.parametrize(
    ("header", "damaged", "reason"),
    [
        ("settlement-id", "1.1E+10", "scientific notation"),
        ("order-id", "#REF!", "Excel error"),
        ("sku", "2026-12-01 00:00:00", "date by Excel"),
        ("price-amount", "12-Mar", "a date instead of a number"),
        ("posted-date", "#VALUE!", "Excel error"),
    ],
)
def test_cells_damaged_by_excel_make_their_row_unusable_and_are_named(
    header: str, damaged: str, reason: str
) -> None:
    cells = [line.split("\t") for line in in_v1(ORDERS).splitlines()]
    cells[2][V1.index(header)] = damaged
    read = read_text(delimited(cells))
    assert read.exports[0].unreadable == 1
    (error,) = [p for p in read.problems if p.severity == "error"]
    assert (error.column, error.rows, reason in error.problem) == (header, 1, True)


@pytest.mark.parametrize("layout", [in_v1, in_v2])
def test_an_order_item_code_that_excel_damaged_is_blank_and_its_line_still_counts(
    layout: Callable[[list[Row]], str],
) -> None:
    cells = [line.split("\t") for line in layout(ORDERS).splitlines()]
    place = cells[0].index("order-item-code")
    for row in cells[2:]:
        row[place] = "7.1E+13" if row[place] else ""
    read = read_text(delimited(cells))
    whole = read_text(layout(ORDERS))
    assert read.exports[0].rows_used == whole.exports[0].rows_used
    assert set(read.money_lines["order_item_code"]) == {""}
    kept = ["order_id", "sku", "type", "item", "amount", "quantity"]
    assert read.money_lines[kept].equals(whole.money_lines[kept])
    named = [p for p in read.problems if p.column == "order-item-code"]
    assert [(p.severity, p.rows) for p in named] == [("warning", len(cells) - 2)]
    assert "scientific notation" in named[0].problem and "read as blank" in named[0].problem


def test_a_copy_with_damaged_order_item_codes_is_not_counted_beside_the_download() -> None:
    cells = [line.split("\t") for line in in_v2(ORDERS).splitlines()]
    place = cells[0].index("order-item-code")
    damaged = [cells[0], *([*r[:place], "7.1E+13" if r[place] else "", *r[place + 1 :]] for r in cells[1:])]
    both = reports.read(
        [
            *reports.read_bytes("a.txt", in_v2(ORDERS).encode()),
            *reports.read_bytes("b.txt", delimited(damaged).encode()),
        ]
    )
    one = read_text(in_v2(ORDERS)).money_lines
    assert both.money_lines["amount"].sum() == pytest.approx(one["amount"].sum())
    assert len(both.money_lines) == len(one)


def test_a_row_without_amount_quantity_or_day_is_skipped_and_named() -> None:
    cells = [line.split("\t") for line in in_v1(ORDERS, "46.18").splitlines()]
    cells[2][V1.index("posted-date")] = ""
    cells[-1][V1.index("other-amount")] = ""
    read = read_text(delimited(cells))
    assert read.exports[0].skipped == {
        "no posted date": 1,
        "neither an amount, a quantity nor a settlement total": 1,
    }


def test_both_layouts_have_the_same_dtypes() -> None:
    old, new = read_text(in_v1(ORDERS, "1.00")).money_lines, read_text(in_v2(ORDERS)).money_lines
    pd.testing.assert_series_equal(old.dtypes, new.dtypes)
