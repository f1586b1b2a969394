"""The simulated reports look like Amazon's: headers, quoting, sums, overlap, and the same bytes by seed."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from recoup.simulator import Seller, simulate

AS_OF = date(2026, 11, 15)
DIGEST = """
import hashlib, sys, tempfile
from recoup.simulator import simulate
with tempfile.TemporaryDirectory() as folder:
    paths = simulate(3).write(folder)
    print(hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in paths)).hexdigest())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("seller")
    simulate().write(target)
    return target


def _rows(path: Path, delimiter: str = "\t", quoting: int = csv.QUOTE_MINIMAL) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, quoting=quoting))


def _one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def _ledger(folder: Path) -> list[dict[str, str]]:
    return _rows(_one(folder, "inventory-ledger*.txt"))


def _settlements(folder: Path) -> dict[Path, list[dict[str, str]]]:
    return {p: _rows(p, quoting=csv.QUOTE_NONE) for p in sorted(folder.glob("settlement_*.txt"))}


def _transactions(folder: Path) -> list[dict[str, str]]:
    lines = _one(folder, "*UnifiedTransaction.csv").read_text(encoding="utf-8-sig").splitlines()
    return list(csv.DictReader(lines[7:]))


def test_the_same_seed_writes_the_same_bytes_whatever_the_hash_order() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(digests) == 1


def test_another_seed_is_another_seller(folder: Path, tmp_path: Path) -> None:
    simulate(8).write(tmp_path)
    ours, theirs = (
        hashlib.sha256(_one(f, "inventory-ledger*").read_bytes()).digest() for f in (folder, tmp_path)
    )
    assert ours != theirs


def test_a_year_of_a_hundred_skus_makes_some_thirty_five_thousand_rows(folder: Path) -> None:
    reports = [path for path in folder.iterdir() if path.suffix != ".json"]
    rows = sum(path.read_bytes().count(b"\n") - 1 for path in reports)
    assert 31_000 <= rows <= 36_000
    costs = _rows(_one(folder, "Bulk*.csv"), ",")
    assert len(costs) == 123, "all products but the one whose cost nobody knows"
    days = [datetime.strptime(row["Date"], "%m/%d/%Y").date() for row in _ledger(folder)]
    assert min(days) <= AS_OF - timedelta(days=360)


def test_the_ledger_quotes_all_sixteen_columns_and_knows_its_event_types(folder: Path) -> None:
    lines = _one(folder, "inventory-ledger*.txt").read_bytes().decode().split("\r\n")
    assert lines[0].count("\t") == 15
    assert all(line.startswith('"') and line.endswith('"') for line in lines if line)
    assert {row["Event Type"] for row in _ledger(folder)} == {
        "Adjustments",
        "CustomerReturns",
        "Receipts",
        "Shipments",
        "VendorReturns",
        "WhseTransfers",
    }


def test_no_export_reaches_beyond_the_day_before_as_of_but_for_the_one_loss_that_is_too_early(
    folder: Path,
) -> None:
    late = [row for row in _ledger(folder) if datetime.strptime(row["Date"], "%m/%d/%Y").date() >= AS_OF]
    assert [(row["Reason"], row["Quantity"]) for row in late] == [("M", "-1")]
    for pattern, column, delimiter in (
        ("reimbursements*.csv", "approval-date", ","),
        ("customer-returns*.txt", "return-date", "\t"),
    ):
        rows = _rows(_one(folder, pattern), delimiter)
        assert max(row[column][:10] for row in rows) < AS_OF.isoformat()


def test_reimbursements_have_eighteen_columns_and_totals_that_fit(folder: Path) -> None:
    rows = _rows(_one(folder, "reimbursements*.csv"), ",")
    assert len(rows[0]) == 18
    for row in rows:
        if row["quantity-reimbursed-total"]:
            cash, goods = int(row["quantity-reimbursed-cash"]), int(row["quantity-reimbursed-inventory"])
            assert cash + goods == int(row["quantity-reimbursed-total"])
            if cash:
                each, total = Decimal(row["amount-per-unit"]), Decimal(row["amount-total"])
                assert abs(each) * abs(cash) == abs(total)
                assert (total < 0) == (row["reason"] == "Reimbursement_Reversal")


def test_returns_have_thirteen_columns_one_unit_a_row_and_no_word_of_a_buyer(folder: Path) -> None:
    rows = _rows(_one(folder, "customer-returns*.txt"), quoting=csv.QUOTE_NONE)
    assert len(rows[0]) == 13
    assert {row["quantity"] for row in rows} == {"1"}
    assert {row["customer-comments"] for row in rows} == {""}
    assert any('"' in row["product-name"] for row in rows), "no bare inch sign in any title"


def test_every_settlement_begins_with_its_totals_and_sums_to_them(folder: Path) -> None:
    settlements = _settlements(folder)
    assert len(settlements) >= 25
    for path, (totals, *lines) in settlements.items():
        assert len(totals) == 24
        assert totals["transaction-type"] == totals["amount"] == ""
        assert sum(Decimal(line["amount"]) for line in lines) == Decimal(totals["total-amount"]), path
        assert {line["settlement-id"] for line in lines} == {totals["settlement-id"]}
        first, last = totals["settlement-start-date"][:10], totals["settlement-end-date"][:10]
        assert all(first <= line["posted-date"] <= last for line in lines)


def test_settlements_follow_each_other_without_gap_or_overlap(folder: Path) -> None:
    periods = sorted(
        (rows[0]["settlement-start-date"][:10], rows[0]["settlement-end-date"][:10])
        for rows in _settlements(folder).values()
    )
    for (_, end), (start, _) in pairwise(periods):
        assert date.fromisoformat(start) - date.fromisoformat(end) == timedelta(days=1)


def test_transactions_overlap_the_settlements_with_the_same_money_under_the_same_id(folder: Path) -> None:
    settled: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for rows in _settlements(folder).values():
        for row in rows[1:]:
            if row["order-id"] and row["transaction-type"] in ("Order", "Refund"):
                key = (row["settlement-id"], row["order-id"], row["transaction-type"])
                settled[key] += Decimal(row["amount"])
    known = {key[0] for key in settled}
    told: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in _transactions(folder):
        if row["type"] in ("Order", "Refund"):
            told[row["settlement id"], row["order id"], row["type"]] += Decimal(row["total"].replace(",", ""))
    both = [key for key in told if key[0] in known]
    assert len(both) > 500
    assert all(settled[key] == told[key] for key in both)
    assert any(key[0] and key[0] not in known for key in told), "no row of the settlement still open"


def test_the_columns_of_every_transaction_add_up_to_its_total(folder: Path) -> None:
    for row in _transactions(folder):
        values = list(row.values())
        parts = sum(Decimal(cell.replace(",", "")) for cell in values[14:29])
        assert parts == Decimal(row["total"].replace(",", ""))


def test_deferred_money_stands_in_the_transactions_only(folder: Path) -> None:
    deferred = [row for row in _transactions(folder) if row["Transaction Status"] == "Deferred"]
    assert {row["type"] for row in deferred} == {"Order", "Refund"}
    assert all(row["settlement id"] == row["Transaction Release Date"] == "" for row in deferred)
    refunds = {row["order id"] for row in deferred if row["type"] == "Refund"}
    settled = {
        row["order-id"]
        for rows in _settlements(folder).values()
        for row in rows
        if row["transaction-type"] == "Refund"
    }
    assert refunds and not refunds & settled


def test_no_shelf_is_ever_below_what_could_have_stood_on_it_at_the_start(folder: Path) -> None:
    rows = [row for row in _ledger(folder) if row["Disposition"] == "SELLABLE"]
    rows.sort(key=lambda row: datetime.strptime(row["Date"], "%m/%d/%Y"))
    stock: Counter[str] = Counter()
    for row in rows:
        if not row["MSKU"].startswith("Amazon.Found."):
            stock[row["FNSKU"]] += int(row["Quantity"])
            assert stock[row["FNSKU"]] > -145


def test_each_order_of_amazons_fulfilment_left_the_warehouse(folder: Path) -> None:
    seller: Seller = simulate()
    shipped = sum(-row.quantity for row in seller.world.ledger if row.event_type == "Shipments")
    sold = sum(
        t.quantity or 0 for t in seller.world.transactions if t.kind == "Order" and t.fulfilment == "Amazon"
    )
    unreported = 2  # the sales that two stories of refunds without their sale keep out of the reports
    again = sum(row.quantity for row in seller.world.replacements)
    assert again >= 10
    assert shipped == sold + unreported + again
