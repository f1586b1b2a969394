"""Own records and contents lists: what is an answer, what is refused, which values are known, which shipment it is."""

from __future__ import annotations

import pandas as pd
import pytest

from recoup import reports, sheets
from recoup.reports import Reports, all_reports
from recoup.reports._headings import recognise
from recoup.reports._importable import importable
from report_samples import FOLDER, delimited, read_text, sheet

TABS = {
    "inbound_shipments": "Inbound Shipments",
    "product_dimensions": "Product Dimensions",
    "removal_receipts": "Removal Receipts",
    "documents": "Documents",
}
ANSWERED = {
    "inbound_shipments": {
        "Shipment ID": "FBA15EXMPL01",
        "FNSKU": "X00EXAMPL1",
        "Status": "Closed",
        "Units shipped": "100",
        "Units received": "97",
    },
    "product_dimensions": {
        "SKU": "PAN-12",
        "Longest side": "18.5",
        "Median side": "12.25",
        "Shortest side": "3.1",
        "Dimension unit": "in",
        "Weight": "2.35",
        "Weight unit": "lb",
    },
    "removal_receipts": {
        "Removal order ID": "1EXAMPLE01",
        "Tracking number": "1Z0000000000000001",
        "FNSKU": "X00EXAMPL1",
        "Units received": "0",
        "Received on": "2026-09-20",
        "Condition": "OK",
    },
    "documents": {
        "Document ID": "INV-1",
        "Kind": "invoice",
        "Applies to": "FBA15EXMPL01",
        "Path or link": "C:\\Claims\\invoice.pdf",
    },
}


def tab(name: str, *changes: dict[str, str]) -> Reports:
    """The tab as the workbook has it, with one answered row per set of changed cells."""
    headers = list(sheets.OWN_RECORDS[TABS[name]])
    rows = [{**ANSWERED[name], **change} for change in changes]
    assert all(set(row) <= set(headers) for row in rows)
    return reports.read([sheet(TABS[name], [headers, *([row.get(h, "") for h in headers] for row in rows)])])


@pytest.mark.parametrize("name", TABS)
def test_every_heading_of_the_tab_is_read(name: str) -> None:
    headers = sheets.OWN_RECORDS[TABS[name]]
    heading = recognise(headers)
    assert heading is not None
    assert heading.report is all_reports()[name]
    assert sorted(heading.columns.values()) == list(range(len(headers)))


@pytest.mark.parametrize("name", TABS)
def test_an_answered_row_is_a_record(name: str) -> None:
    read = tab(name, {})
    assert len(read.frames[name]) == 1
    assert read.problems == []


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("inbound_shipments", ["Status", "Units shipped", "Units received"]),
        ("product_dimensions", ["Longest side", "Median side", "Shortest side", "Weight"]),
        ("removal_receipts", ["Units received", "Received on", "Condition"]),
        ("documents", ["Kind", "Path or link"]),
    ],
)
def test_a_row_with_identifiers_only_is_no_record_and_only_noted(name: str, asked: list[str]) -> None:
    read = tab(name, dict.fromkeys(asked, ""), {})
    (export,) = read.exports
    assert (export.rows_read, export.rows_used, export.skipped) == (2, 1, {"not answered yet": 1})
    assert export.unreadable == 0
    assert [(p.severity, p.first_cells) for p in read.problems] == [("note", "row 2")]
    assert read.problems[0].problem == "not answered yet: these rows were not used"


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("inbound_shipments", {"FNSKU": ""}, "no SKU, FNSKU or ASIN"),
        ("inbound_shipments", {"Shipment ID": ""}, "no Shipment ID"),
        ("inbound_shipments", {"Units received": "-3"}, "units below 0"),
        ("product_dimensions", {"SKU": ""}, "no SKU, FNSKU or ASIN"),
        ("product_dimensions", {"Weight": ""}, "a side or the weight missing"),
        ("product_dimensions", {"Median side": ""}, "a side or the weight missing"),
        ("product_dimensions", {"Weight": "0"}, "a side or weight of 0 or less"),
        ("removal_receipts", {"Units received": "-1"}, "units below 0"),
        (
            "removal_receipts",
            {"Removal order ID": "", "Tracking number": ""},
            "neither a removal order nor a tracking number",
        ),
        ("documents", {"Applies to": ""}, "no SKU, FNSKU, shipment, removal or order that it applies to"),
    ],
)
def test_a_row_that_says_too_little_is_refused_and_named(
    name: str, change: dict[str, str], reason: str
) -> None:
    read = tab(name, change)
    assert read.exports[0].skipped == {reason: 1}
    assert [p.problem for p in read.problems] == [f"{reason}: these rows were not used"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("inbound_shipments", {"Units received": "", "Units reconciled": ""}),  # the ledger may know them
        ("inbound_shipments", {"Units shipped": ""}),  # the contents list may know them
        ("inbound_shipments", {"Units received": "0"}),
        ("inbound_shipments", {"FNSKU": "", "ASIN": "B0EXAMPLE1"}),
        ("product_dimensions", {"Dimension unit": "", "Weight unit": "", "Apparel": ""}),
        ("removal_receipts", {"Units received": "0", "Condition": ""}),
        ("removal_receipts", {"Removal order ID": ""}),
        ("removal_receipts", {"Tracking number": ""}),
        ("documents", {"Document ID": "", "Kind": ""}),
    ],
)
def test_what_is_not_required_may_be_blank(name: str, change: dict[str, str]) -> None:
    read = tab(name, change)
    assert len(read.frames[name]) == 1
    assert read.problems == []


@pytest.mark.parametrize(
    ("name", "header", "column", "values"),
    [
        (
            "inbound_shipments",
            "Status",
            "status",
            {
                "closed": "Closed",
                "RECEIVING": "Receiving",
                "Checked-in": "Checked in",
                "canceled": "Cancelled",
            },
        ),
        (
            "inbound_shipments",
            "Action",
            "action",
            {
                "": "",
                "action required": "Action required",
                "Investigation Completed": "Investigation completed",
                "units not shipped": "Units not shipped",
                "Acknowledged fewer": "Acknowledged fewer",
                "Case Submitted": "Case submitted",
            },
        ),
        ("product_dimensions", "Dimension unit", "dimension_unit", {"Inches": "in", "CM": "cm", "": ""}),
        (
            "product_dimensions",
            "Weight unit",
            "weight_unit",
            {"Pounds": "lb", "lbs": "lb", "OZ": "oz", "kilograms": "kg", "Gramm": "g"},
        ),
        (
            "product_dimensions",
            "Apparel",
            "apparel",
            {"Yes": "Y", "n": "N", "y": "Y", "No": "N", "TRUE": "Y"},
        ),
        ("product_dimensions", "Dangerous goods", "dangerous_goods", {"Y": "Y", "no": "N"}),
        (
            "removal_receipts",
            "Condition",
            "condition",
            {"ok": "OK", "DAMAGED": "Damaged", "wrong-item": "Wrong item", "": ""},
        ),
        (
            "documents",
            "Kind",
            "kind",
            {
                "Invoice": "invoice",
                "Proof of Delivery": "proof of delivery",
                "bill of lading": "bill of lading",
                "Packing slip": "packing slip",
                "Photo": "photo",
                "lpn photo": "LPN photo",
                "OTHER": "other",
            },
        ),
    ],
)
def test_known_values_are_spelt_alike_and_others_are_named(
    name: str, header: str, column: str, values: dict[str, str]
) -> None:
    read = tab(name, *({header: spelt} for spelt in values))
    assert read.frames[name][column].tolist() == list(values.values())
    assert read.problems == []
    odd = tab(name, {header: "so-so"})
    assert odd.frames[name][column].tolist() == ["so-so"]
    (problem,) = odd.problems
    assert (problem.severity, problem.column, "so-so not known" in problem.problem) == (
        "warning",
        header,
        True,
    )


@pytest.mark.parametrize(
    ("name", "header", "damaged", "reason"),
    [
        ("inbound_shipments", "FNSKU", "#N/A", "Excel error"),
        ("inbound_shipments", "SKU", "2026-12-01 00:00:00", "date by Excel"),
        ("inbound_shipments", "ASIN", "6001234", "leading zeros lost"),
        ("product_dimensions", "SKU", "1.2E+11", "scientific notation"),
        ("removal_receipts", "Tracking number", "9.4E+21", "scientific notation"),
        ("removal_receipts", "Tracking number", "9400111899223100000000", "15 digits"),
        ("removal_receipts", "Received on", "#VALUE!", "Excel error"),
        ("removal_receipts", "Received on", "yesterday", "date"),
        ("documents", "Applies to", "1.1E+15", "scientific notation"),
    ],
)
def test_a_damaged_identifier_makes_its_row_unusable_as_an_error(
    name: str, header: str, damaged: str, reason: str
) -> None:
    read = tab(name, {header: damaged}, {})
    assert (read.exports[0].rows_used, read.exports[0].unreadable) == (1, 1)
    (problem,) = read.problems
    assert (problem.severity, problem.column, reason in problem.problem) == ("error", header, True)


@pytest.mark.parametrize(
    ("name", "header", "damaged"),
    [
        ("inbound_shipments", "Units received", "ninety"),
        ("inbound_shipments", "Units shipped", "1.5"),
        ("inbound_shipments", "Delivered", "#N/A"),
        ("product_dimensions", "Measured on", "some day"),
    ],
)
def test_another_damaged_cell_is_read_as_blank_and_named(name: str, header: str, damaged: str) -> None:
    read = tab(name, {header: damaged})
    assert len(read.frames[name]) == 1
    column = next(c.name for c in all_reports()[name].columns if header in c.headers)
    assert read.frames[name][column].isna().all()
    assert [(p.severity, p.column) for p in read.problems] == [("warning", header)]


def test_sides_typed_in_another_order_are_put_in_order() -> None:
    read = tab(
        "product_dimensions", {"Longest side": "3.1", "Median side": "18.5", "Shortest side": "12.25"}, {}
    )
    assert (
        read.product_dimensions[["longest_side", "median_side", "shortest_side"]].to_numpy().tolist()
        == [[18.5, 12.25, 3.1]] * 2
    )


def test_measures_with_a_decimal_comma_are_read() -> None:
    sides = {"Longest side": "47,0", "Median side": "31,1", "Shortest side": "7,9", "Weight": "1,25"}
    frame = tab("product_dimensions", sides).product_dimensions
    assert frame[["longest_side", "median_side", "shortest_side", "weight"]].iloc[0].tolist() == [
        47.0, 31.1, 7.9, 1.25,
    ]  # fmt: skip


def test_a_path_copied_with_its_quotes_is_read_without_them() -> None:
    read = tab("documents", {"Path or link": '"C:\\Claims\\invoice 1.pdf"'})
    assert read.documents["path"].tolist() == ["C:\\Claims\\invoice 1.pdf"]


def test_a_record_in_a_tab_and_in_a_younger_file_is_one_record() -> None:
    headers = list(ANSWERED["removal_receipts"])
    rows = [list(ANSWERED["removal_receipts"].values()) for _ in range(2)]
    rows[1][headers.index("Units received")] = "3"
    tables = [sheet("Removal Receipts", [headers, rows[0]])]
    tables += reports.read_bytes("receipts.txt", delimited([headers, rows[1]]).encode())
    assert reports.read(tables).removal_receipts["units_received"].tolist() == [3.0]


def test_lines_of_one_tab_are_all_real() -> None:
    assert tab("removal_receipts", {}, {}).removal_receipts["units_received"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("sample", ["storage_fees", "fee_preview"])
def test_measures_of_amazon_are_not_taken_for_the_sellers_own(sample: str) -> None:
    for path in (FOLDER / sample).glob("*.expected.tsv"):
        source = next(p for p in path.parent.iterdir() if p.stem == path.name.split(".")[0])
        assert len(read_text(source.read_bytes(), source.name).product_dimensions) == 0


LIST = ["Merchant SKU", "Title", "ASIN", "FNSKU", "External ID", "Condition", "Who will prep?", "Prep Type",
        "Who will label?", "Shipped"]  # fmt: skip


def contents(shipment: str, *lines: tuple[str, str], label: str = "Shipment ID") -> list[list[str]]:
    above = [[label, shipment], ["Name", f"FBA STA ({shipment})-PHX7"], ["Total SKUs", "1"], [""]]
    rows = [[sku, "Pan", "B0EXAMPLE1", "X00EXAMPL1", "", "New", "", "", "", units] for sku, units in lines]
    return [*above, LIST, *rows]


def shipped(frame: pd.DataFrame) -> list[tuple[str, str, float]]:
    return list(zip(frame["shipment_id"], frame["sku"], frame["shipped"], strict=True))


STACKED = [
    *contents("FBA15EXMPL01", ("PAN-12", "100"), ("LID-12", "5")),
    *contents("FBA15EXMPL02", ("PAN-12", "60")),
]
BOTH = [("FBA15EXMPL01", "PAN-12", 100.0), ("FBA15EXMPL01", "LID-12", 5.0), ("FBA15EXMPL02", "PAN-12", 60.0)]


def test_lists_one_under_another_each_keep_their_own_shipment() -> None:
    for read in (read_text(delimited(STACKED)), reports.read([sheet("Inbound Shipments", STACKED)])):
        assert shipped(read.shipment_contents) == BOTH
        assert read.shipment_contents["shipment_name"].tolist()[1:] == [
            "FBA STA (FBA15EXMPL01)-PHX7",
            "FBA STA (FBA15EXMPL02)-PHX7",
        ]
        assert read.problems == []


def test_the_same_product_in_two_shipments_is_two_lines_and_the_same_list_twice_is_one() -> None:
    read = read_text(delimited([*STACKED, *contents("FBA15EXMPL02", ("PAN-12", "60"))]))
    assert sorted(shipped(read.shipment_contents)) == sorted(BOTH)
    assert [p.severity for p in read.problems] == ["note"]


def test_a_list_below_the_sellers_own_records_is_read_beside_them() -> None:
    head = list(sheets.OWN_RECORDS["Inbound Shipments"])
    own = [ANSWERED["inbound_shipments"].get(h, "") for h in head]
    read = reports.read([sheet("Inbound Shipments", [head, own, *STACKED])])
    assert read.inbound_shipments["units_received"].tolist() == [97.0]
    assert shipped(read.shipment_contents) == BOTH
    assert read.problems == []


def test_a_list_without_its_shipment_is_refused_with_what_to_do() -> None:
    above: list[list[list[str]]] = [[], [["Name", "my pans"]], [["Shipment ID", ""], ["Name", "my pans"]]]
    for rows in ([*lines, *STACKED[4:7]] for lines in above):
        read = read_text(delimited(rows))
        assert len(read.shipment_contents) == 0
        assert read.exports[0].unreadable == 2
        (problem,) = read.problems
        assert problem.severity == "error"
        assert problem.problem.startswith(
            "no shipment id (paste the lines above the heading too, or add a column Shipment ID)"
        )


@pytest.mark.parametrize(
    "above",
    [
        [["Sendungsnummer", "FBA15EXMPL01"]],
        [["SHIPMENT-ID:", "FBA15EXMPL01"]],
        [["Shipment ID: FBA15EXMPL01"]],
        [["Contents of FBA15EXMPL01, sent by truck"]],
    ],
)
def test_the_shipment_is_known_by_its_label_or_by_how_it_looks(above: list[list[str]]) -> None:
    read = read_text(delimited([*above, *STACKED[4:6]]))
    assert read.shipment_contents["shipment_id"].tolist() == ["FBA15EXMPL01"]


def test_two_ids_above_a_list_without_a_label_are_not_guessed_between() -> None:
    read = read_text(delimited([["FBA15EXMPL01 and FBA15EXMPL02"], ["FBA15EXMPL02"], *STACKED[4:6]]))
    assert len(read.shipment_contents) == 0


def test_a_column_of_the_list_itself_says_the_shipment_of_each_line() -> None:
    rows = [[*LIST, "Shipment ID"]]
    rows += [
        ["PAN-12", "Pan", "B0EXAMPLE1", "X00EXAMPL1", *[""] * 5, "7", s]
        for s in ("FBA15EXMPL03", "FBA15EXMPL04")
    ]
    assert read_text(delimited(rows)).shipment_contents["shipment_id"].tolist() == [
        "FBA15EXMPL03",
        "FBA15EXMPL04",
    ]


def test_an_imported_list_keeps_its_shipment() -> None:
    (table,) = reports.read_bytes("list.tsv", delimited(STACKED).encode())
    parts, problems = importable(table)
    assert problems == []
    assert [part.tab for part in parts] == ["Inbound Shipments"] * 2
    pasted = sheet("Inbound Shipments", [row for part in parts for row in part.rows])
    assert shipped(reports.read([pasted]).shipment_contents) == BOTH


@pytest.mark.parametrize(
    ("header", "damaged", "reason"),
    [("FNSKU", "#N/A", "Excel error"), ("Merchant SKU", "1.2E+11", "scientific"), ("Shipped", "many", "not a number"),
     ("Shipped", "", "blank")],
)  # fmt: skip
def test_a_damaged_line_of_a_list_is_an_error(header: str, damaged: str, reason: str) -> None:
    rows = [list(row) for row in STACKED]
    rows[5][LIST.index(header)] = damaged
    read = read_text(delimited(rows))
    assert shipped(read.shipment_contents) == BOTH[1:]
    (problem,) = read.problems
    assert (problem.severity, problem.column, reason in problem.problem) == ("error", header, True)
