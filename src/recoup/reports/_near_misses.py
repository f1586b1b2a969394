"""Reports that look like one we read but are another one: how to know them and what to download instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A report that is not read here; ``headers`` are those that only it has together."""

    name: str
    headers: tuple[str, ...]
    advice: str


NEAR_MISSES = (
    NearMiss(
        "the Transaction view download",
        ("Order ID", "Transaction type", "Payment Type", "Payment Detail", "Amount"),
        "download the Transaction report with a custom date range (Payments > Reports Repository)",
    ),
    NearMiss(
        "seller-fulfilled returns",
        ("Order ID", "Order date", "Return request date", "Return request status"),
        "download FBA customer returns (Reports > Fulfillment > Customer Concessions)",
    ),
    NearMiss(
        "the retired Inventory Adjustments report",
        ("adjusted-date", "transaction-item-id", "fnsku", "quantity", "reason"),
        "download the Inventory Ledger, Detailed view",
    ),
    NearMiss(
        "the retired Received Inventory report",
        ("received-date", "fnsku", "quantity", "fba-shipment-id"),
        "download the Inventory Ledger, Detailed view; it holds the receipts",
    ),
    NearMiss(
        "the retired Inventory Event Detail report",
        ("snapshot-date", "transaction-type", "fnsku", "quantity", "disposition"),
        "download the Inventory Ledger, Detailed view",
    ),
    NearMiss(
        "customer shipment sales",
        ("shipment-date", "amazon-order-id", "item-price-per-unit", "gift-wrap-price"),
        "download the Transaction report with a custom date range for sales",
    ),
    NearMiss(
        "Storage Overage Fees",
        ("charged_date", "storage_type", "overage_volume", "charged_fee_amount"),
        "download Monthly Storage Fees; charges for going over the storage limit are not checked",
    ),
)
