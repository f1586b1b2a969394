"""Reports that look like one we read but are another one: how to know them and what to download instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A report that is not read here; ``headers`` are those that only it has together."""

    name: str
    headers: tuple[str, ...]
    advice: str
    tab: str = ""  # the report tab where it belongs, if it has one: then it is no mistake to find it there


LATER = "Recoup does not use this report yet; nothing needs to be done"

NEAR_MISSES = (
    NearMiss(
        "Inventory Ledger, summary view",
        ("Starting Warehouse Balance", "Ending Warehouse Balance", "Disposition"),
        "download the Detailed view of the Inventory Ledger",
        "Ledger Summary",
    ),
    NearMiss(
        "a settlement in the old layout (flat file V1)",
        ("settlement-id", "price-type", "price-amount", "item-related-fee-type"),
        "download Flat File V2 of the same settlement (All Statements)",
    ),
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
        "a Send to Amazon contents list",
        ("Merchant SKU", "FNSKU", "Who will prep?", "Shipped"),
        "type received and shipped units on Inbound Shipments",
    ),
    NearMiss(
        "a Send to Amazon contents list (German)",
        ("Händler-SKU", "FNSKU", "Wer etikettiert?", "Versendete Einheiten"),
        "type received and shipped units on Inbound Shipments",
    ),
    NearMiss(
        "Replacements",
        ("shipment-date", "replacement-reason-code", "replacement-amazon-order-id"),
        LATER,
        "Replacements",
    ),
    NearMiss("All Orders", ("amazon-order-id", "purchase-date", "order-status"), LATER, "All Orders"),
    NearMiss(
        "Amazon Fulfilled Shipments",
        ("amazon-order-id", "shipment-id", "quantity-shipped", "tracking-number"),
        LATER,
        "Fulfilled Shipments",
    ),
    NearMiss("Fee Preview", ("sku", "fnsku", "longest-side", "estimated-fee-total"), LATER, "Fee Preview"),
    NearMiss(
        "Monthly Storage Fees",
        ("fnsku", "month-of-charge", "estimated-monthly-storage-fee"),
        LATER,
        "Storage Fees",
    ),
    NearMiss(
        "Aged Inventory Surcharge",
        ("snapshot-date", "fnsku", "qty-charged", "surcharge-age-tier"),
        LATER,
        "Aged Inventory",
    ),
    NearMiss(
        "long-term storage fees (retired)",
        ("snapshot-date", "fnsku", "qty-charged-12-mo-long-term-storage-fee"),
        "download the Aged Inventory Surcharge report",
    ),
    NearMiss(
        "Removal Order Detail",
        ("request-date", "order-id", "order-status", "requested-quantity", "disposed-quantity"),
        LATER,
        "Removal Orders",
    ),
    NearMiss(
        "Removal Shipment Detail",
        ("request-date", "order-id", "shipment-date", "carrier", "tracking-number"),
        LATER,
        "Removal Shipments",
    ),
    NearMiss(
        "Inbound Performance",
        ("issue-reported-date", "fba-shipment-id", "problem-type", "problem-quantity"),
        LATER,
        "Inbound Problems",
    ),
    NearMiss(
        "Manage FBA Inventory",
        ("sku", "fnsku", "afn-listing-exists", "afn-fulfillable-quantity"),
        LATER,
        "FBA Inventory",
    ),
    NearMiss(
        "FBA Inventory (planning)",
        ("snapshot-date", "sku", "fnsku", "inv-age-0-to-90-days"),
        LATER,
        "FBA Inventory",
    ),
)
