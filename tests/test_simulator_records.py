"""The further reports and the seller's own records tell of the same units and the same money as the ledger."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from recoup.simulator import Seller, simulate

MOVES = (
    "Receipts",
    "Customer Shipments",
    "Customer Returns",
    "Vendor Returns",
    "Warehouse Transfer In/Out",
    "Found",
    "Lost",
    "Damaged",
    "Disposed",
    "Other Events",
)


@pytest.fixture(scope="module")
def seller() -> Seller:
    return simulate()


@pytest.fixture(scope="module")
def folder(seller: Seller, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("seller")
    seller.write(target)
    return target


def _rows(folder: Path, pattern: str, delimiter: str = ",") -> list[dict[str, str]]:
    (path,) = folder.glob(pattern)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_the_summary_rolls_forward_from_month_to_month_and_never_falls_below_zero(folder: Path) -> None:
    ends: dict[tuple[str, str, str], int] = {}
    rows = _rows(folder, "ledger-summary*.csv")
    assert len({row["Date"] for row in rows}) == 3
    for row in rows:
        key = (row["FNSKU"], row["Disposition"], row["Location"])
        start, end = int(row["Starting Warehouse Balance"]), int(row["Ending Warehouse Balance"])
        assert start + sum(int(row[move]) for move in MOVES) == end
        assert start >= 0 and end >= 0
        assert ends.get(key, start) == start
        ends[key] = end


def test_the_summary_counts_the_units_of_the_ledger(folder: Path) -> None:
    columns = {
        "M": "Lost",
        "5": "Lost",
        "Receipts": "Receipts",
        "Shipments": "Customer Shipments",
        "VendorReturns": "Vendor Returns",
    }
    moved: Counter[tuple[str, str, str]] = Counter()
    for row in _rows(folder, "inventory-ledger*.txt", "\t"):
        column = columns.get(row["Reason"] or row["Event Type"])
        if column:
            month = f"{row['Date'][:2]}/{row['Date'][6:]}"
            moved[row["FNSKU"], month, column] += int(row["Quantity"])
    told: Counter[tuple[str, str, str]] = Counter()
    for row in _rows(folder, "ledger-summary*.csv"):
        for column in set(columns.values()):
            told[row["FNSKU"], row["Date"], column] += int(row[column])
    assert sum(units for (_, _, column), units in told.items() if column == "Lost") < -40
    assert sum(units for (_, _, column), units in told.items() if column == "Vendor Returns") < -40
    assert all(moved[key] == units for key, units in told.items())


def test_what_arrived_of_a_shipment_stands_in_the_ledger_too(seller: Seller, folder: Path) -> None:
    received: Counter[tuple[str, str]] = Counter()
    for row in _rows(folder, "inventory-ledger*.txt", "\t"):
        if row["Event Type"] == "Receipts":
            received[row["Reference ID"], row["FNSKU"]] += int(row["Quantity"])
    differing = [
        (row["Shipment ID"], row["FNSKU"])
        for row in _rows(folder, "Inbound Shipments.csv")
        if row["Units received"] and int(row["Units received"]) != received[row["Shipment ID"], row["FNSKU"]]
    ]
    (conflict,) = (i for i in seller.innocent if i.story == "record_against_ledger")
    assert differing == [(conflict.shipment_id, conflict.fnsku)]


def test_every_shipment_has_its_papers_but_the_one_whose_invoice_is_missing(
    seller: Seller, folder: Path
) -> None:
    papers = defaultdict(set)
    for row in _rows(folder, "Documents.csv"):
        papers[row["Applies to"]].add(row["Kind"])
    both = {"invoice", "proof of delivery"}
    lacking = [
        claim.trap
        for claim in seller.truth
        if claim.kind == "lost_inbound" and papers[claim.shipment_id] != both
    ]
    assert lacking == ["invoice_missing"]


def test_removed_units_leave_the_ledger_in_the_parcels_that_carry_them(folder: Path) -> None:
    left: Counter[str] = Counter()
    for row in _rows(folder, "inventory-ledger*.txt", "\t"):
        if row["Event Type"] == "VendorReturns":
            left[row["FNSKU"]] -= int(row["Quantity"])
    sent: Counter[str] = Counter()
    for row in _rows(folder, "removal-shipments*.csv"):
        sent[row["fnsku"]] += int(row["shipped-quantity"])
    assert left == sent
    ordered: Counter[tuple[str, str]] = Counter()
    for row in _rows(folder, "removal-orders*.csv"):
        parts = ("cancelled", "disposed", "shipped", "in-process")
        assert int(row["requested-quantity"]) == sum(int(row[f"{part}-quantity"]) for part in parts)
        ordered[row["order-id"], row["sku"]] += int(row["shipped-quantity"])
    for row in _rows(folder, "removal-shipments*.csv"):
        ordered[row["order-id"], row["sku"]] -= int(row["shipped-quantity"])
    assert set(ordered.values()) == {0}


def test_a_measured_product_is_one_whose_fees_somebody_looks_at(seller: Seller, folder: Path) -> None:
    measured = {row["SKU"] for row in _rows(folder, "Product Dimensions.csv")}
    assert len(measured) >= 20
    about_fees = {i.sku for i in seller.world.incidents if i.kind.endswith("_fee_overcharged")}
    assert measured <= about_fees
    sold = {row["sku"] for row in _rows(folder, "fulfilled-shipments*.txt", "\t")}
    assert sold & measured and sold - measured


def test_fulfilled_shipments_say_when_a_unit_left_and_no_word_of_a_buyer(folder: Path) -> None:
    rows = _rows(folder, "fulfilled-shipments*.txt", "\t")
    assert len(rows[0]) == 48
    about = ("buyer-email", "buyer-name", "recipient-name", "ship-address-1", "ship-city", "bill-city")
    assert all(row[column] == "" for row in rows for column in about)
    days = {date.fromisoformat(row["shipment-date"][:10]) for row in rows}
    assert min(days) >= date(2026, 8, 7) and max(days) < date(2026, 11, 15)


def test_storage_is_charged_by_volume_units_and_rate(folder: Path) -> None:
    rows = _rows(folder, "storage-fees*.csv")
    assert len(rows) >= 6
    for row in rows:
        volume, units = float(row["item-volume"]), float(row["average-quantity-on-hand"])
        assert float(row["estimated-monthly-storage-fee"]) == pytest.approx(
            volume * units * float(row["base-rate"]), abs=0.006
        )


def test_replacements_name_an_order_that_was_charged_and_one_that_was_not(folder: Path) -> None:
    charged = {
        line["order-id"]
        for path in folder.glob("settlement_*.txt")
        for line in csv.DictReader(
            path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
        )
    }
    rows = _rows(folder, "replacements*.csv")
    assert len(rows) >= 10
    for row in rows:
        assert row["original-amazon-order-id"] in charged
        assert row["replacement-amazon-order-id"] not in charged - {
            line["amazon-order-id"] for line in _rows(folder, "reimbursements*.csv")
        }
