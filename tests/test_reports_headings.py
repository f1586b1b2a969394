"""Headings are found wherever they stand and reports known by them; damage and near misses are named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup import reports
from recoup.reports import all_reports
from recoup.reports._buyers import about_buyer
from recoup.reports._declared import fold
from recoup.reports._grid import Grid
from recoup.reports._headings import find_headings, headers_among, is_header, recognise
from recoup.reports._near_misses import NEAR_MISSES
from recoup.reports._report import column_letters
from report_samples import FOLDER, LEDGER, delimited, ledger_row, read_text, samples, sheet

REIMBURSEMENTS = (FOLDER / "reimbursements/us_18_columns.tsv").read_text().splitlines()
RETURNS = (FOLDER / "customer_returns/us_13_columns.tsv").read_text().splitlines()
SETTLEMENT = (FOLDER / "settlements/us_24_columns.tsv").read_text().splitlines()
STORAGE = (FOLDER / "storage_fees/us_2024_35_columns.tsv").read_text().splitlines()


def tab(name: str, text: list[str]) -> reports.Reports:
    return reports.read([sheet(name, [line.split("\t") for line in text])])


def test_a_heading_is_found_below_a_preamble_and_to_the_right() -> None:
    rows = [["My notes"], [], ["", "", *LEDGER], ["", "", *ledger_row("09/20/2026")]]
    read = reports.read([sheet("Inventory Ledger", rows)])
    assert read.inventory_ledger["_row"].tolist() == [4]
    assert read.inventory_ledger["_where"].tolist() == ["Inventory Ledger"]


@settings(max_examples=20, deadline=None)
@given(
    st.permutations(list(range(len(LEDGER)))), st.sampled_from([str.upper, str.lower, str.title]), st.data()
)
def test_headings_match_in_any_order_case_and_punctuation(order: list[int], case, data) -> None:
    joint = data.draw(st.sampled_from([" ", "-", "_", "", "  "]))
    wrap = data.draw(st.sampled_from(["{}", '"{}"', "{}:", "'{}'", " {} ", "\ufeff{}"]))
    heading = [wrap.format(case(LEDGER[i].replace(" ", joint))) for i in order]
    row = ledger_row("09/20/2026")
    read = reports.read([sheet("Inventory Ledger", [heading, [row[i] for i in order]])])
    assert read.inventory_ledger[["fnsku", "reference_id"]].iloc[0].tolist() == ["X00EXAMPL1", "20260901001"]
    assert read.problems == []


def test_a_repeated_heading_far_below_is_found_in_a_long_table() -> None:
    rows = [LEDGER, *(ledger_row(f"09/{1 + i % 28:02}/2026", reference_id=str(i)) for i in range(3000))]
    rows += [[h.upper() for h in LEDGER], ledger_row("10/20/2026")]
    read = read_text(delimited(rows))
    assert [e.rows_read for e in read.exports] == [3000, 1]


@pytest.mark.parametrize("near_miss", NEAR_MISSES, ids=lambda n: n.name)
def test_a_near_miss_is_named_with_what_to_download_instead(near_miss) -> None:
    lines = ["\t".join(near_miss.headers), "\t".join("x" for _ in near_miss.headers)]
    read = tab("Inventory Ledger", lines)
    (problem,) = read.problems
    assert near_miss.name in problem.problem
    assert problem.remedy == near_miss.advice
    assert problem.severity == "error"
    assert read.exports == []


def test_the_wrong_report_in_a_tab_is_read_as_what_it_is_with_a_warning() -> None:
    read = tab("Inventory Ledger", REIMBURSEMENTS)
    assert len(read.reimbursements) == 4
    assert [(p.severity, p.problem) for p in read.problems] == [
        ("warning", "this tab holds Reimbursements; it was read as Reimbursements")
    ]


def test_a_report_on_another_sheet_is_only_noted() -> None:
    read = tab("Sheet7", REIMBURSEMENTS)
    assert read.exports == []
    assert [(p.severity, p.problem) for p in read.problems] == [
        ("note", "looks like Reimbursements, not read")
    ]
    assert tab("Sheet7", ["hello\tworld", "a\tb"]).problems == []


def test_a_report_tab_without_any_heading_is_an_error_and_an_empty_one_is_nothing() -> None:
    assert [p.severity for p in tab("Reimbursements", REIMBURSEMENTS[1:]).problems] == ["error"]
    assert tab("Reimbursements", [""]).problems == []


FEW = {"shipment_contents"}  # without one of its four headers it may be a list of stock as well
RECOGNISABLE = [
    r for r in all_reports().values() if sum(c.need == "must" for c in r.columns) > 2 and r.name not in FEW
]


@pytest.mark.parametrize("report", RECOGNISABLE, ids=lambda r: r.name)
def test_a_missing_indispensable_column_is_named_and_nothing_is_read(report) -> None:
    sample = next(p for p in samples() if p.parent.name == report.name)
    (table,) = reports.read_bytes(sample.name, sample.read_bytes())
    heading = find_headings(Grid(table))[0]
    for column in (c for c in report.columns if c.need == "must"):
        cells = table.cells.copy()
        cells.iloc[heading.row, heading.columns[column.name]] = "gone"
        left = recognise(cells.iloc[heading.row].tolist())
        if left is not None and left.report is report and column.name in left.columns:
            continue  # another column stands in for it
        read = reports.read([replace(table, cells=cells)])
        assert read.exports == [], column.name
        assert any(p.severity == "error" and column.headers[0] in p.column for p in read.problems), (
            column.name
        )


def test_a_missing_usual_column_is_a_warning() -> None:
    rows = [[c for i, c in enumerate(row) if i != 2] for row in (LEDGER, ledger_row("09/20/2026"))]
    read = read_text(delimited(rows))
    assert read.inventory_ledger["asin"].tolist() == [""]
    assert [(p.severity, p.column) for p in read.problems] == [("warning", "ASIN")]


@pytest.mark.parametrize(
    ("month", "read_as"),
    [("2026-09", 9), ("2026/09", 9), ("202609", 9), ("2026-09-01 00:00:00", 9), ("46266", 9)],
)
def test_a_month_of_charge_is_its_first_day_also_where_excel_made_a_date_of_it(
    month: str, read_as: int
) -> None:
    frame = read_text("\n".join(STORAGE).replace("2026-09", month)).storage_fees
    assert frame["month_of_charge"].tolist() == [f"2026-{read_as:02}"] * 2 + ["2026-08"]
    assert frame["month"].dt.day.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("month", "says"), [("Q3", "is no month"), ("2026-13", "is no month"), ("", "is blank")]
)
def test_a_storage_fee_without_a_month_is_not_used(month: str, says: str) -> None:
    read = read_text("\n".join(STORAGE).replace("2026-08", month))
    (export,) = read.exports
    assert (export.rows_used, export.unreadable) == (2, 1)
    assert [says in p.problem for p in read.problems if p.severity == "error"] == [True]


def test_dashes_are_blank_in_text_and_number_columns() -> None:
    frame = read_text((FOLDER / "fee_preview/us_25_columns.tsv").read_bytes(), "fees.tsv").fee_preview
    assert not frame.astype(str).isin(["--"]).any().any()
    assert frame.loc[2, ["brand", "size_tier"]].tolist() == ["", ""]
    assert frame.loc[2, ["longest_side", "fee_total"]].isna().all()


@pytest.mark.parametrize(
    "header",
    ["recipient-name", "ship-address-2", "ship-city", "ship-phone-number", "bill-city", "bill-country", "cpf",
     "buyer-company-name", "address-type", "Ort der Bestellung", "código postal del pedido", "郵便番号"],
)  # fmt: skip
def test_who_the_buyer_is_and_where_is_buyer_data_in_any_language(header: str) -> None:
    assert about_buyer(header)


@pytest.mark.parametrize(
    "header", ["purchase-order-number", "ship-country", "shipment-id", "billing", "Status"]
)
def test_what_says_nothing_of_the_buyer_is_no_buyer_data(header: str) -> None:
    assert not about_buyer(header)


def test_buyer_columns_never_enter_a_frame_and_are_named_in_tabs() -> None:
    read = tab("Customer Returns", RETURNS)
    assert not [c for c in read.customer_returns.columns if "comment" in c or "buyer" in c]
    (problem,) = read.problems
    assert (problem.severity, problem.column, problem.first_cells) == ("warning", "customer-comments", "M2")
    assert "import" in problem.remedy
    assert read_text("\n".join(RETURNS)).problems == []


def test_whole_lines_in_one_cell_are_split_and_read() -> None:
    lines = delimited([LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")], ",").splitlines()
    read = reports.read([sheet("Inventory Ledger", [[line] for line in ["", *lines]], first_row=3)])
    assert read.inventory_ledger["_row"].tolist() == [5, 6]
    assert [p.severity for p in read.problems] == ["note"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"reference_id": "2.0261E+13"}, "scientific notation"),
        ({"reference_id": "2,0261E+13"}, "scientific notation"),
        ({"reference_id": "1211397397571528200"}, "more than 15 digits"),
        ({"reference_id": "1211397397571527936"}, "more than 15 digits"),
        ({"sku": "2026-10-12 00:00:00"}, "turned into a date"),
        ({"fnsku": "#N/A"}, "an Excel error"),
        ({"asin": "123456789"}, "leading zeros lost"),
        ({"quantity": "#REF!"}, "an Excel error"),
        ({"quantity": "2026-10-12 00:00:00"}, "a date instead of a number"),
        ({"quantity": "one"}, "not a number"),
        ({"quantity": "1.5"}, "not a whole number"),
        ({"quantity": ""}, "is blank"),
        ({"fnsku": " "}, "is blank"),
    ],
)
def test_damage_in_a_cell_that_matters_skips_the_row_and_names_the_cell(
    cells: dict[str, str], says: str
) -> None:
    rows = [LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026", **cells)]
    read = reports.read([sheet("Inventory Ledger", rows)])
    (export,) = read.exports
    assert (export.rows_read, export.rows_used, export.unreadable) == (2, 1, 1)
    (problem,) = read.problems
    assert (problem.severity, problem.rows) == ("error", 1)
    assert says in problem.problem
    assert problem.first_cells[1:] == "3"
    assert LEDGER[ord(problem.first_cells[0]) - 65] == problem.column
    assert problem.remedy


def test_damage_in_a_cell_that_only_helps_is_read_as_blank() -> None:
    text = "\n".join(REIMBURSEMENTS).replace("16012345678", "1.60123E+10")
    read = read_text(text)
    assert read.reimbursements["case_id"].tolist() == [""] * 4
    assert [(p.severity, p.column) for p in read.problems] == [("warning", "case-id")]


def test_real_identifiers_of_many_digits_and_with_an_e_are_left_alone() -> None:
    rows = [
        ledger_row("09/20/2026", reference_id=i, sku="12E5")
        for i in ("2026090112345678901", "1211397397571527936")
    ]
    read = read_text(delimited([LEDGER, *rows]))
    assert read.inventory_ledger["reference_id"].tolist() == ["2026090112345678901", "1211397397571527936"]
    assert read.inventory_ledger["sku"].tolist() == ["12E5", "12E5"]


def test_wrappers_that_keep_excel_off_are_taken_off() -> None:
    rows = [LEDGER, ledger_row("09/20/2026", fnsku='="0012345678"', reference_id="'0099", sku=' "A-1" ')]
    frame = reports.read([sheet("Inventory Ledger", rows)]).inventory_ledger
    assert frame[["fnsku", "reference_id", "sku"]].iloc[0].tolist() == ["0012345678", "0099", "A-1"]


def test_unknown_codes_are_kept_as_written_and_named() -> None:
    rows = [
        LEDGER,
        ledger_row("09/20/2026", reason="Inventory misplaced"),
        ledger_row("09/21/2026", event_type="Gift"),
    ]
    read = read_text(delimited(rows))
    assert read.inventory_ledger["reason"].tolist() == ["INVENTORY MISPLACED", "M"]
    assert {p.column: p.severity for p in read.problems} == {"Reason": "warning", "Event Type": "warning"}


def test_a_ledger_without_evidence_is_month_first_and_iso_evidence_stands_over_it() -> None:
    silent = read_text(delimited([LEDGER, ledger_row("05/09/2026")]))
    proven = read_text(
        delimited([LEDGER, ledger_row("05/09/2026", date_and_time="2026-09-05T01:00:00+0100")])
    )
    assert silent.inventory_ledger["date"].dt.month.tolist() == [5]
    assert proven.inventory_ledger["date"].dt.month.tolist() == [9]


def test_undecidable_dates_skip_the_rows_of_their_column_as_an_error() -> None:
    read = read_text("\n".join(RETURNS).replace("2026-09-14T07:03:57+00:00", "05/09/2026 07:03"))
    (export,) = read.exports
    assert (export.rows_read, export.rows_used, export.unreadable) == (3, 1, 2)
    (problem,) = read.problems
    assert (problem.severity, problem.column, problem.rows) == ("error", "return-date", 2)


def test_a_settlement_that_does_not_add_up_says_by_how_much() -> None:
    good, off = read_text("\n".join(SETTLEMENT)), read_text("\n".join(SETTLEMENT[:-1]))
    assert good.problems == []
    (problem,) = off.problems
    assert "off by -23.09" in problem.problem
    assert "11000000001" in problem.problem


def test_a_settlement_row_without_amount_or_day_is_skipped_and_named() -> None:
    cells = [line.split("\t") for line in SETTLEMENT]
    cells[2][cells[0].index("posted-date")] = ""
    cells[3][cells[0].index("amount")] = ""
    read = read_text(delimited(cells))
    reasons = {"no posted date": 1, "neither an amount nor a settlement total": 1}
    assert read.exports[0].skipped == reasons
    assert read.exports[0].unreadable == 2
    errors = [p.problem for p in read.problems if p.severity == "error"]
    assert all(any(reason in text for text in errors) for reason in reasons)


def test_where_both_reports_hold_a_settlement_the_settlement_stands() -> None:
    us = (FOLDER / "transactions/us_2025_32_columns.csv").read_bytes()
    both = reports.read(
        [*reports.read_bytes("s.txt", "\n".join(SETTLEMENT).encode()), *reports.read_bytes("t.csv", us)]
    )
    alone = read_text("\n".join(SETTLEMENT))
    assert both.money_lines["_where"].tolist() == ["s.txt"] * len(alone.money_lines) + ["t.csv"] * 4
    assert both.money_lines["deferred"].tolist() == [False] * len(alone.money_lines) + [True] * 4


def test_money_lines_of_transactions_add_up_to_their_totals() -> None:
    for sample in samples():
        read = read_text(sample.read_bytes(), sample.name)
        if sample.parent.name == "transactions":
            assert read.money_lines["amount"].sum() == pytest.approx(read.transactions["total"].sum())
        if sample.parent.name == "settlements":
            assert read.money_lines["amount"].sum() == pytest.approx(read.settlements["total_amount"].sum())


def test_an_unknown_transaction_status_is_not_taken_for_money_received() -> None:
    text = (FOLDER / "transactions/us_2025_32_columns.csv").read_text().replace("Released", "Pondering")
    read = read_text(text, "t.csv")
    assert read.money_lines["deferred"].all()
    assert [p.severity for p in read.problems] == ["warning"]


cell = st.sampled_from(
    ["", " ", "1", "-3", "09/20/2026", "09/31/2026", "X00EXAMPL1", "#N/A", "1.5", "2.1E+13", "M"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cell, min_size=15, max_size=17), max_size=8), st.booleans())
def test_rows_read_are_rows_used_plus_rows_skipped_whatever_stands_in_them(
    rows: list[list[str]], as_sheet: bool
) -> None:
    table = [LEDGER, ledger_row("09/20/2026"), *rows, LEDGER, *rows]
    read = reports.read([sheet("Inventory Ledger", table)]) if as_sheet else read_text(delimited(table))
    filled = sum(1 for row in rows if any(c.strip() for c in row))
    assert sum(e.rows_read for e in read.exports) == 1 + 2 * filled
    for export in read.exports:
        assert export.rows_read == export.rows_used + sum(export.skipped.values())
        assert min(export.skipped.values(), default=1) > 0
    assert sum(e.rows_used for e in read.exports) == len(read.inventory_ledger)
    for name, report in all_reports().items():
        assert list(read.frames[name].columns) == [*report.names, "_where", "_row"]


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters_count_as_excel_does(index: int, letters: str) -> None:
    assert column_letters(index) == letters


HEADERS = st.sampled_from(sorted({h for r in all_reports().values() for c in r.columns for h in c.headers}))
WRITTEN = st.one_of(HEADERS, HEADERS.map(lambda h: f" {h.upper()}\n"), HEADERS.map(lambda h: h + 100 * " "))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=8), WRITTEN), max_size=6))
def test_headers_are_told_among_many_texts_as_one_by_one(texts: list[str]) -> None:
    assert headers_among(texts).tolist() == [is_header(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(max_codepoint=127), max_size=12))
def test_plain_text_folds_as_any_text_does(text: str) -> None:
    assert fold(text) == fold(f"{text}\u200b")  # with a letter that is ignored, it takes the long way
