"""Inventory Ledger, summary view: what stood in the warehouses, what moved, and what Amazon sums up as lost."""

from __future__ import annotations

from ._declared import Column, Need, Report
from .inventory_ledger import DISPOSITIONS, upper_snake

BALANCES = {
    "starting_balance": "Starting Warehouse Balance",
    "in_transit": "In Transit Between Warehouses",
    "receipts": "Receipts",
    "customer_shipments": "Customer Shipments",
    "customer_returns": "Customer Returns",
    "vendor_returns": "Vendor Returns",
    "warehouse_transfers": "Warehouse Transfer In/Out",
    "found": "Found",
    "lost": "Lost",
    "damaged": "Damaged",
    "disposed": "Disposed",
    "removed": "Removed",  # on the help page only
    "other_events": "Other Events",
    "ending_balance": "Ending Warehouse Balance",
    "unknown_events": "Unknown Events",
}
MUST = {"starting_balance", "ending_balance"}
MAYBE = {"removed", "vendor_returns", "damaged"}


def _balance(name: str, header: str) -> Column:
    need: Need = "must" if name in MUST else "maybe" if name in MAYBE else "usual"
    return Column(name, "quantity", (header,), need)


REPORT = Report(
    name="ledger_summary",
    tab="Ledger Summary",
    menu="Reports > Fulfillment > Inventory Ledger > Download > Summary view",
    request="By country and month, the same days as the ledger",
    day="date",
    groups=("fnsku", "sku", "asin", "disposition", "location", "store"),
    native_dates="written",
    columns=(
        Column("date", "date", ("Date",), "must", key=True, identity=True, months=True, month_first=True),
        Column(
            "fnsku",
            "id",
            ("FNSKU", "FNKSU", "Fulfillment network SKU (FNSKU)"),
            "must",
            key=True,
            identity=True,
        ),
        Column("asin", "id", ("ASIN",), "usual", identity=True),
        Column("sku", "id", ("MSKU", "Merchant SKU", "SKU", "Seller SKU"), "usual", identity=True),
        Column("title", "text", ("Title", "Product name")),
        Column(
            "disposition",
            "value",
            ("Disposition",),
            "must",
            identity=True,
            values=DISPOSITIONS,
            otherwise=upper_snake,
        ),
        *(_balance(name, header) for name, header in BALANCES.items()),
        Column("location", "value", ("Location",), "usual", identity=True, otherwise=str.upper),
        Column("store", "text", ("Store",)),
    ),
)
