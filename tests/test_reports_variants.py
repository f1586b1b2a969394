"""Every header variant of every report is read as that report, or named as the one that it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from recoup.reports import Report, all_reports
from recoup.reports._buyers import about_buyer
from recoup.reports._columns import positions_used
from recoup.reports._declared import fold
from recoup.reports._headings import recognise
from report_samples import delimited, read_text

BOOK = yaml.safe_load((Path(__file__).parent / "report_variants.yaml").read_text())
VARIANTS = BOOK["variants"]
READ = [v for v in VARIANTS if "report" in v]
NAMED = [v for v in VARIANTS if "near_miss" in v]
NOT_READ = {name: {fold(h) for h in text.split(" | ")} for name, text in BOOK["not_read"].items()}
NUMBER_OF_VARIANTS = 108

# What stands in a cell, by the words of its header: the first pattern that fits. ``{n}`` is the row, from 1.
BY_WORDS = (
    ("month-of-charge", "2026-09"),
    ("fnsku|fnksu", "X00EXAMPL{n}"),
    ("asin", "B0EXAMPLE{n}"),
    ("sku", "PAN-1{n}"),
    ("(?<![a-z])date(?![a-z])|datum|data/|data d[ei]|data zreal|fecha|tarih|godzina|日付|承認日",
     "2026-09-1{n}T07:03:57+00:00"),
    ("tracking", "1Z999AA1012345678{n}"),
    ("reimbursement-?id|補てんid|補填id", "8800000000{n}"),
    ("shipment-id", "FBA15DEMO00{n}"),
    (
        "order-?id|bestellnummer|numéro de la commande|numero ordine|número de pedido|id. del pedido|bestelnummer"
        "|beställnings-id|id do pedido|identyfikator zamówienia|sipariş no|注文番号",
        "111-000000{n}-0000001",
    ),
    ("currency", "USD"),
    ("event-?type", "Adjustments"),
    ("reference-?id", "2026090100{n}"),
    ("disposition", "SELLABLE"),
    ("country", "US"),
    ("condition|コンディション|zustand", "NewItem"),
    ("reason-code", "10"),
    ("reason|理由", "M"),
    ("order-type", "Return"),
    ("order-status|item-status", "Shipped"),
    ("transaction-?status|transaktionsstatus|transactiestatus|statut de|stato della|estado de la|status da"
     "|status transakcji|durumu", "Released"),
    ("^(type|typ|tipo|tip|トランザクションの種類)$", "Order"),
    ("fulfil?lment-?channel|^fulfil?lment$|versand$|traitement|gestione|gestión|cumplimiento|leverans|realizacja|gönderim"
     "|atendimento|フルフィルメント", "Amazon"),
    ("quantity|qty|menge|quantité|quantità|cantidad|aantal|antal|quantidade|ilość|adet|数量|available|^inv-age|units-shipped"
     "|balance|in-?transit|receipts|shipments$|returns$|in/out|found|lost|damaged|disposed|removed|events|shipped$"
     "|versendete|inbound|ais-.*quantity|supply at fba|supply-buyable|future-supply", "2"),
    ("amount|price|fee|tax|rate|volume|side|girth|weight$|msf|sus$|ratio$|金額|合計額|単価|points|promo|promotion"
     "|days of supply|days-of-supply|^estimated-ais|storage-cost", "1.25"),
)  # fmt: skip
# Of a transaction one amount and the total, so that it adds up; every other amount is 0.
TRANSACTION = (
    "other|andere|autres?|altro|otro|overige|övrigt|inne|diğer|outro|その他"
    "|total|gesamt|totale|totaal|totalt|suma|toplam|合計"
)
LEDGER_DAY = "09/1{n}/2026"
# A settlement's own row with its total, then a price and a fee that add up to it.
SETTLEMENT = {
    "settlement-id": ("11000000001", "11000000001", "11000000001"),
    "settlement-start-date": ("2026-09-01 00:00:00 UTC", "", ""),
    "settlement-end-date": ("2026-09-15 00:00:00 UTC", "", ""),
    "deposit-date": ("2026-09-17 00:00:00 UTC", "", ""),
    "total-amount": ("10.00", "", ""),
    "currency": ("USD", "", ""),
    "transaction-type": ("", "Order", "Order"),
    "order-id": ("", "111-0000001-0000001", "111-0000001-0000001"),
    "marketplace-name": ("", "Amazon.com", "Amazon.com"),
    "fulfillment-id": ("", "AFN", "AFN"),
    "posted-date": ("", "2026-09-04", "2026-09-04"),
    "sku": ("", "PAN-11", "PAN-11"),
    "quantity-purchased": ("", "1", ""),
    "amount-type": ("", "ItemPrice", "ItemFees"),
    "amount-description": ("", "Principal", "Commission"),
    "amount": ("", "15.00", "-5.00"),
    "price-type": ("", "Principal", ""),
    "price-amount": ("", "15.00", ""),
    "item-related-fee-type": ("", "", "Commission"),
    "item-related-fee-amount": ("", "", "-5.00"),
}


def variant_id(variant: dict[str, str]) -> str:
    return f"{variant['row']}: {variant['variant']}"


def headers(variant: dict[str, str]) -> list[str]:
    return variant["header"].split(" | ")


def declared(report: Report) -> set[str]:
    """Every folded header that a report reads."""
    return {fold(h) for c in report.columns for h in (*c.headers, *c.plus, *c.same_day_as)}


def cell(report: str, header: str, n: int) -> str:
    """A plausible cell of row ``n`` (from 1) under this header."""
    if report.startswith("settlements"):
        return SETTLEMENT.get(header, ("", "", ""))[n - 1]
    if header == "Date" and report in ("inventory_ledger", "ledger_summary"):
        return LEDGER_DAY.format(n=n)
    words = re.sub("[ _]", "-", header.strip().casefold().rstrip(":"))
    if report == "transactions" and re.fullmatch(TRANSACTION, words):
        return "1.25"
    for pattern, value in BY_WORDS[:-1] if report == "transactions" else BY_WORDS:
        if re.search(pattern.replace(" ", "-"), words):
            return value.format(n=n)
    return "0" if report == "transactions" else ""


def export(variant: dict[str, str]) -> str:
    """A file of that variant: what stands above the heading, the heading, three rows."""
    names = headers(variant)
    rows = [[cell(variant.get("report", ""), name, n) for name in names] for n in (1, 2, 3)]
    above = [line.split(" | ") for line in variant.get("above", ())]
    return delimited([*above, names, *rows])


@pytest.mark.parametrize("variant", READ, ids=variant_id)
def test_a_variant_is_read_as_its_report_with_every_row(variant) -> None:
    read = read_text(export(variant), "download.txt")
    assert [(e.report, e.rows_read, e.rows_used) for e in read.exports] == [(variant["report"], 3, 3)]
    assert len(read.frames[variant["report"]]) == 3
    assert [p for p in read.problems if p.severity == "error" or "lacks" not in p.problem] == []


@pytest.mark.parametrize("variant", NAMED, ids=variant_id)
def test_a_near_miss_is_named_as_what_it_is(variant) -> None:
    read = read_text(export(variant), "download.txt")
    (problem,) = read.problems
    assert problem.problem == f"this is {variant['near_miss']}; 3 rows were not read"
    assert read.exports == []


@pytest.mark.parametrize("variant", READ, ids=variant_id)
def test_each_header_of_a_variant_is_read_or_stated_as_of_no_use(variant) -> None:
    report = all_reports()[variant["report"]]
    names = headers(variant)
    heading = recognise(names)
    assert heading is not None
    assert heading.report is report
    used = positions_used(report, heading)
    known = declared(report) | NOT_READ.get(report.name, set())
    left = [h for i, h in enumerate(names) if i not in used and not about_buyer(h, report.buyer)]
    assert [h for h in left if fold(h) not in known] == []


def test_nothing_stated_as_of_no_use_is_read_or_absent() -> None:
    for name, stated in NOT_READ.items():
        written = {fold(h) for v in READ if v["report"] == name for h in headers(v)}
        assert stated <= written - declared(all_reports()[name])


def test_no_buyer_column_of_any_variant_is_declared() -> None:
    for variant in READ:
        report = all_reports()[variant["report"]]
        read = declared(report)
        assert not [h for h in headers(variant) if fold(h) in read and about_buyer(h, report.buyer)]


def test_no_variant_of_the_reference_is_lost(capsys) -> None:
    rows = {v["row"] for v in VARIANTS}
    with capsys.disabled():
        print(f"\n{len(VARIANTS)} header variants of {len(rows)} rows: {len(READ)} read, {len(NAMED)} named")  # noqa: T201
    assert len(VARIANTS) == len({variant_id(v) for v in VARIANTS}) == NUMBER_OF_VARIANTS
    assert len(rows) == 26
    assert [variant_id(v) for v in VARIANTS if len(headers(v)) != v["columns"]] == []
    assert any(h != h.strip() for v in VARIANTS for h in headers(v))  # the trailing blank of `service-speed `
