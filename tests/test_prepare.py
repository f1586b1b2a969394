"""The lines a person must answer: what is missing, largest money first, and nothing that is there touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from case_frames import CaseTables, build_reports
from recoup import doors
from recoup.doors import Target, prepare_book
from recoup.model import RecoupError
from recoup.pipeline import Brief, detect
from recoup.policy import load
from recoup.prepare import Ask, find_missing
from recoup.run import Run
from workbooks import Seller, cells, make_book, replace_report, run

AS_OF = date(2026, 2, 10)
SOLD = """
    posted_date | type  | order_id | sku   | quantity | product_sales | selling_fees | fba_fees
    2026-01-05  | Order | 111-1    | SKU-A | 1        | 30.00         | -4.50        | -5.00
    2026-01-06  | Order | 111-2    | SKU-B | 2        | 20.00         | -3.00        | -9.00
    2025-10-01  | Order | 111-3    | SKU-C | 2        | 20.00         | -3.00        | -9.00
"""


def missing(report: str, **tables: str) -> list[Ask]:
    reports = build_reports(CaseTables(AS_OF, "US", tables))
    result = detect(reports, Brief(load(), AS_OF))
    return [a for a in find_missing(result, reports, load(), AS_OF) if a.report == report]


def test_products_claimed_without_a_cost_are_asked_for_the_most_sold_for_first() -> None:
    asks = missing(
        "sourcing_costs",
        transactions=SOLD,
        inventory_ledger="""
            date       | reason | quantity | product
            2026-01-20 | M      | -1       | A
            2026-01-21 | M      | -4       | B
            2026-01-21 | M      | -9       | Z
            2025-06-01 | M      | -9       | C
        """,
        sourcing_costs="sku | own_cost\nSKU-D | 4.00",
    )
    assert [(a.record["sku"], a.money) for a in asks] == [("SKU-B", 40.0), ("SKU-A", 30.0), ("SKU-Z", None)]
    assert asks[0].record == {"sku": "SKU-B", "fnsku": "X00BBBBBBB", "asin": "B00BBBBBBB", "currency": "USD"}
    assert asks[0].why == "4 units claimed without a unit cost"


def test_products_whose_cost_is_known_are_not_asked_for() -> None:
    ledger = "date | reason | quantity\n2026-01-20 | M | -1"
    assert (
        missing("sourcing_costs", inventory_ledger=ledger, sourcing_costs="sku | own_cost\nSKU-A | 4.00")
        == []
    )


def test_products_with_fees_of_the_claim_window_are_measured_the_dearest_first() -> None:
    asks = missing("product_dimensions", transactions=SOLD)
    assert [(a.record["sku"], a.money, a.currency) for a in asks] == [
        ("SKU-B", 9.0, "USD"),
        ("SKU-A", 5.0, "USD"),
    ]


@pytest.mark.parametrize("name", ["sku", "fnsku", "asin"])
def test_a_product_measured_under_any_of_its_ids_is_not_asked_for(name: str) -> None:
    ids = {"sku": "SKU-B", "fnsku": "X00BBBBBBB", "asin": "B00BBBBBBB"}
    header = f"{name} | longest_side | median_side | shortest_side | weight"
    ledger = "date | reason | quantity | product\n2026-01-20 | F | 1 | B"  # tells which ids belong together
    asks = missing(
        "product_dimensions",
        transactions=SOLD,
        inventory_ledger=ledger,
        product_dimensions=f"{header}\n{ids[name]} | 3 | 2 | 1 | 1",
    )
    assert [a.record["sku"] for a in asks] == ["SKU-A"]


def test_shipments_the_ledger_received_and_nobody_recorded_are_asked_for() -> None:
    asks = missing(
        "inbound_shipments",
        inventory_ledger="""
            date       | event_type  | reference_id | quantity | product
            2026-01-20 | Receipts    | FBA1AAAA     | 4        | A
            2026-01-21 | Receipts    | FBA1AAAA     | 5        | A
            2026-01-21 | Receipts    | FBA1BBBB     | 5        | A
            2026-01-21 | Receipts    | 20140001     | 5        | A
            2024-12-21 | Receipts    | FBA1CCCC     | 5        | A
        """,
        inbound_shipments="shipment_id | units_shipped | units_received\nFBA1BBBB | 5 | 5",
    )
    assert [(a.record["shipment_id"], a.record["fnsku"], a.why) for a in asks] == [
        ("FBA1AAAA", "X00AAAAAAA", "9 units received, not on record")
    ]


def test_documents_are_asked_for_an_invoice_per_product_and_a_delivery_per_shipment() -> None:
    asks = missing(
        "documents",
        inbound_shipments="""
            shipment_id | delivered  | product | units_shipped | units_received
            FBA1AAAA    | 2026-01-05 | A       | 10            | 8
            FBA1AAAA    | 2026-01-05 | B       | 10            | 9
            FBA1BBBB    | 2026-01-05 | A       | 10            | 10
        """,
        sourcing_costs="sku | own_cost\nSKU-A | 4.00\nSKU-B | 10.00",
        documents="kind | applies_to | path\ninvoice | SKU-B | invoice.pdf",
    )
    assert [(a.record["kind"], a.record["applies_to"], a.money) for a in asks] == [
        ("proof of delivery", "FBA1AAAA", 18.0),
        ("invoice", "SKU-A", 8.0),
    ]


RUN = Run(date(2026, 11, 15), run().when, "Ann")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A loss of a product without a cost, whose sale is known."""
    seller = Seller().lose("2026-10-20", "X00TOYS01A", 2, "9101")
    return make_book(tmp_path, seller, skip=["costs"])


def costs(book: Path) -> dict[str, object]:
    return {k: v for k, v in cells(book, "Sourcing Costs").items() if v is not None}


def test_lines_are_added_once_below_the_headings_of_the_tab(book: Path) -> None:
    before = costs(book)
    added, path = prepare_book(book, RUN, [], target=Target(in_place=True))
    own = [a for a in added if a.tab == "Sourcing Costs"]
    assert path == book and own
    after = costs(book)
    assert {k: after[k] for k in before} == before
    assert len(after) > len(before)
    assert prepare_book(book, RUN, [], target=Target(in_place=True))[0] == []
    assert costs(book) == after


def test_a_dry_run_writes_nothing(book: Path) -> None:
    bytes_before = book.read_bytes()
    added, path = prepare_book(book, RUN, [], target=Target(dry_run=True))
    assert added and path is None
    assert book.read_bytes() == bytes_before


def test_a_line_that_nobody_answered_is_no_record_and_no_mistake(book: Path) -> None:
    prepare_book(book, RUN, [], target=Target(in_place=True))
    summary = doors.refresh_book(book, RUN, [], target=Target(dry_run=True)).summary
    assert [p for p in summary.problems if p.where == "Sourcing Costs" and p.severity != "note"] == []


def test_a_tab_that_lost_its_headings_is_named_with_the_remedy(book: Path) -> None:
    replace_report(book, "Sourcing Costs", [["something", "else"]])
    with pytest.raises(RecoupError, match=r"Sourcing Costs: no heading row .*recoup new"):
        prepare_book(book, RUN, [], target=Target(in_place=True))
