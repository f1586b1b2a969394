"""Documents of inbound claims: what they are tied to, the rules they must meet, and the money that waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from case_frames import CaseTables, build_reports
from recoup.documents import Consignment, Documents, missing_documents, read_documents
from recoup.events import Product
from recoup.model import Claim
from recoup.pipeline import Brief, detect
from recoup.policy import load
from recoup.reports import Reports

DAY, AS_OF = date(2026, 1, 10), date(2026, 3, 1)
SENT = Consignment("FBA1", Product("MUG", "X00AAAAAAA"), DAY, "US")
SHIPMENTS = """
shipment_id | sku     | fnsku      | delivered  | units_shipped | units_received
FBA1        | MUG     | X00AAAAAAA | 2026-01-10 | 10            | 7
FBA1        | MUG-RED | X00BBBBBBB | 2026-01-10 | 5             | 4
FBA12       | CUP     | X00CCCCCCC | 2026-01-12 | 8             | 2
"""
COSTS = """
fnsku      | approved_cost | effective_from
X00AAAAAAA | 4.50          | 2025-06-01
X00CCCCCCC | 10.00         | 2025-06-01
"""


def read(documents: str, **tables: str) -> Reports:
    given = {"inbound_shipments": SHIPMENTS, "documents": documents, "sourcing_costs": COSTS, **tables}
    return build_reports(CaseTables(AS_OF, "US", given))


def documents_of(rows: str) -> Documents:
    return read_documents(read(rows).frames, load())


def wanted(rows: str, sent: Consignment = SENT) -> list[str]:
    return [need.what for need in documents_of(rows).lacking(sent)]


@pytest.mark.parametrize(
    ("path", "tied"),
    [
        ("MUG.pdf", True),
        ("invoices/2025/mug_november.PDF", True),
        (r"C:\papers\invoice MUG.png", True),
        ("https://files.example/d/invoice-FBA1.pdf?dl=1#page=2", True),
        ("https://files.example/d/invoice%20x00aaaaaaa.pdf", True),
        ("MUG-RED.pdf", False),
        ("FBA12.pdf", False),
        ("MUGS.pdf", False),
        ("FBA1/november.pdf", False),
        ("https://mug.example", False),
    ],
)
def test_a_name_that_stands_by_itself_in_the_file_name_ties_an_invoice(path: str, tied: bool) -> None:
    rows = f"kind | applies_to | path\ninvoice | supplier | {path}"
    assert ("invoice" not in wanted(rows)) == tied


def test_of_names_within_names_the_longest_counts_and_both_may_stand_there() -> None:
    rows = "kind | applies_to | path\ninvoice | supplier | MUG-RED and MUG.pdf"
    red = replace(SENT, product=Product("MUG-RED", "X00BBBBBBB"))
    assert "invoice" not in wanted(rows) and "invoice" not in wanted(rows, red)


@pytest.mark.parametrize("name", ["FBA1", "fba1 ", "MUG", "X00AAAAAAA", "FBA7; FBA1", "CUP,MUG"])
def test_applies_to_ties_an_invoice_by_shipment_sku_or_fnsku(name: str) -> None:
    assert wanted(f"kind | applies_to | path\ninvoice | {name} | a.pdf") == ["proof of delivery"]


@pytest.mark.parametrize(("name", "serves"), [("FBA1", True), ("MUG", False), ("FBA12", False)])
def test_a_proof_of_delivery_must_name_the_shipment(name: str, serves: bool) -> None:
    rows = f"kind | applies_to | path\nproof of delivery | {name} | a.pdf"
    assert ("proof of delivery" not in wanted(rows)) == serves


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ("invoice", "proof of delivery"),
        ("packing slip", "proof of delivery"),
        ("bill of lading", "invoice"),
        ("proof of delivery", "invoice"),
    ],
)
def test_what_each_kind_of_document_proves(kind: str, left: str) -> None:
    assert wanted(f"kind | applies_to | path\n{kind} | FBA1 | a.pdf") == [left]


@pytest.mark.parametrize("kind", ["photo", "other", ""])
def test_other_documents_prove_nothing(kind: str) -> None:
    assert wanted(f"kind | applies_to | path\n{kind} | FBA1 | a.pdf") == ["invoice", "proof of delivery"]


@pytest.mark.parametrize(
    ("file", "flaw"),
    [
        ("a.pdf", ""),
        ("a.JPEG", ""),
        ("a.tif", ""),
        ("scan 2025-118", ""),
        ("https://files.example", ""),
        ("a.xlsx", "D1 is a XLSX file"),
        ("a.docx", "D1 is a DOCX file"),
    ],
)
def test_formats_that_amazon_refuses_count_as_missing(file: str, flaw: str) -> None:
    rows = f"document_id | kind | applies_to | path\nD1 | invoice | FBA1 | {file}"
    lacking = {need.what: need.text for need in documents_of(rows).lacking(SENT)}
    assert ("invoice" in lacking) == bool(flaw)
    assert not flaw or lacking["invoice"].endswith(flaw)


def test_one_good_invoice_is_enough_beside_one_that_does_not_do() -> None:
    rows = "kind | applies_to | path\ninvoice | FBA1 | a.xlsx\ninvoice | MUG | a.pdf"
    assert wanted(rows) == ["proof of delivery"]


def test_the_earliest_dated_proof_of_delivery_says_when_a_shipment_arrived() -> None:
    documents = documents_of(
        "kind | applies_to | date | path\n"
        "invoice | FBA1 | 2026-01-01 | a.pdf\n"
        "proof of delivery | FBA1 | | b.pdf\n"
        "bill of lading | FBA1 | 2026-01-11 | c.pdf\n"
        "proof of delivery | FBA1 | 2026-01-12 | d.pdf"
    )
    assert documents.delivered("fba1") == date(2026, 1, 11)
    assert documents.delivered("FBA12") is None


def claims_of(reports: Reports) -> list[Claim]:
    return [c for c in detect(reports, Brief(load(), AS_OF)).claims if c.kind == "lost_inbound"]


def test_documents_that_serve_are_evidence_of_the_claim() -> None:
    rows = "document_id | kind | applies_to | path\nD1 | invoice | MUG | a.pdf\nD2 | proof of delivery | FBA1 | b.pdf"
    told = {c.sku: [e.shows for e in c.evidence if e.role == "document"] for c in claims_of(read(rows))}
    assert told == {
        "MUG": ["invoice D1", "proof of delivery D2"],
        "MUG-RED": ["proof of delivery D2"],
        "CUP": [],
    }


def test_each_shipment_says_what_it_lacks_and_which_money_waits_largest_first() -> None:
    reports = read("kind | applies_to | path\ninvoice | MUG | a.pdf")
    problems = missing_documents(claims_of(reports), reports.frames, load())
    assert [p.problem for p in problems] == [
        "shipment FBA12 lacks an invoice for CUP and a proof of delivery: 6 units, 60.00 USD wait for it",
        "shipment FBA1 lacks an invoice for MUG-RED and a proof of delivery: "
        "4 units, 13.50 USD, 1 of them without a known value wait for it",
    ]
    assert {p.severity for p in problems} == {"warning"} and {p.where for p in problems} == {"Documents"}
    assert "at most 365 days" in problems[0].remedy and "PDF, JPG" in problems[0].remedy


def test_a_shipment_with_its_documents_blocks_no_money() -> None:
    rows = (
        "kind | applies_to | path\ninvoice | FBA1 | a.pdf\nproof of delivery | FBA1 | b.pdf\n"
        "invoice | CUP | c.pdf\nproof of delivery | FBA12 | d.pdf"
    )
    reports = read(rows)
    assert {c.status for c in claims_of(reports)} == {"Ready"}
    assert missing_documents(claims_of(reports), reports.frames, load()) == []


def test_expired_claims_wait_for_no_document() -> None:
    reports = read("kind | applies_to | path")
    claims = [replace(c, status="Expired") for c in claims_of(reports)]
    assert len(claims) == 3
    assert missing_documents(claims, reports.frames, load()) == []


def test_the_rows_of_a_claim_name_how_many_products_of_the_shipment_are_short() -> None:
    shown = {c.sku: c.evidence[0].shows for c in claims_of(read("kind | applies_to | path"))}
    assert shown["MUG"].endswith("2 SKUs of it short, to be filed together")
    assert shown["CUP"].endswith("the only SKU of it short")
