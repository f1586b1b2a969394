"""What Checks says of the reports beyond what reading each of them finds."""

from __future__ import annotations

import pandas as pd
import pytest

from recoup import reports
from recoup.checks import check_reports
from recoup.policy import load
from recoup.reports import Reports
from report_samples import LEDGER, ledger_row, sheet
from workbooks import AS_OF

PAID = [
    "approval-date", "reimbursement-id", "reason", "sku", "fnsku", "asin", "currency-unit", "amount-per-unit",
    "amount-total", "quantity-reimbursed-cash", "quantity-reimbursed-inventory", "quantity-reimbursed-total",
]  # fmt: skip


def read(ledger_sku: str, paid_sku: str) -> Reports:
    paid = [
        "2026-09-20",
        "5001",
        "Lost_Warehouse",
        paid_sku,
        "X00EXAMPL1",
        "B0EXAMPLE1",
        "USD",
        "1",
        "1",
        "1",
        "0",
        "1",
    ]
    tabs = [
        sheet("Inventory Ledger", [LEDGER, ledger_row("09/13/2026", sku=ledger_sku)]),
        sheet("Reimbursements", [PAID, paid]),
    ]
    return reports.read(tabs)


@pytest.mark.parametrize(
    ("ledger_sku", "paid_sku", "where"),
    [("00417", "417", "Reimbursements"), ("417", "00417", "Inventory Ledger")],
)
def test_a_sku_without_the_zeros_it_has_elsewhere_is_named(
    ledger_sku: str, paid_sku: str, where: str
) -> None:
    found = [p for p in check_reports(read(ledger_sku, paid_sku), load(), AS_OF) if p.column == "SKU"]
    assert [(p.where, p.severity, p.rows, p.first_cells) for p in found] == [(where, "warning", 1, "row 2")]
    assert found[0].problem.startswith("SKU 417 stands as 00417 in another report")


@pytest.mark.parametrize(
    ("one", "other"), [("417", "417"), ("00417", "00417"), ("PAN-0417", "PAN-417"), ("0417", "418")]
)
def test_skus_that_are_alike_or_different_are_no_problem(one: str, other: str) -> None:
    assert [p for p in check_reports(read(one, other), load(), AS_OF) if p.column == "SKU"] == []


def test_reports_without_rows_are_no_problem() -> None:
    assert [p for p in check_reports(reports.read([]), load(), AS_OF) if p.column == "SKU"] == []
    assert isinstance(reports.read([]).inventory_ledger, pd.DataFrame)
