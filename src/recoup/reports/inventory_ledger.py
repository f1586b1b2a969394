"""Inventory Ledger, detailed view: every movement of every unit in Amazon's warehouses."""

from __future__ import annotations

from ._declared import Column, Report, fold


def upper_snake(value: str) -> str:
    """``Customer damaged`` -> ``CUSTOMER_DAMAGED``."""
    return "_".join(value.replace("-", " ").replace("_", " ").upper().split())


EVENT_TYPES = {
    **{
        fold(v): v
        for v in ("Adjustments", "CustomerReturns", "Receipts", "Shipments", "VendorReturns", "WhseTransfers")
    },
    "adjustment": "Adjustments",
    "customerreturn": "CustomerReturns",
    "receipt": "Receipts",
    "shipment": "Shipments",
    "customershipments": "Shipments",
    "vendorreturn": "VendorReturns",
    "warehousetransfers": "WhseTransfers",
    "warehousetransfer": "WhseTransfers",
    "whsetransfer": "WhseTransfers",
}
DISPOSITIONS = {
    "fulfillmentcenterdamaged": "WAREHOUSE_DAMAGED",
    "fulfilmentcentredamaged": "WAREHOUSE_DAMAGED",
    "warehousedamaged": "WAREHOUSE_DAMAGED",
}
# Wordings of the online view that stand for one code only; the others (misplaced, found, damaged, disposed,
# disposition change) each mean several codes and are kept as written.
REASONS = {
    "inventorycorrection": "O",
    "productredefinitiontransferin": "3",
    "productredefinitiontransferout": "4",
}

REPORT = Report(
    name="inventory_ledger",
    tab="Inventory Ledger",
    menu="Reports > Fulfillment > Inventory > Inventory Ledger > Download > Detailed view",
    request="Detailed view, all event types, as far back as offered (18 months) up to today",
    day="date",
    groups=(
        "event_type",
        "fnsku",
        "sku",
        "asin",
        "disposition",
        "country",
        "store",
        "fulfillment_center",
        "reason",
    ),
    native_dates="written",
    columns=(
        Column(
            "date",
            "date",
            ("Date",),
            "must",
            key=True,
            identity=True,
            month_first=True,
            same_day_as=("Date and Time",),
        ),
        Column(
            "fnsku",
            "id",
            ("FNSKU", "FNKSU", "Fulfillment network SKU (FNSKU)", "Fulfillment network SKU"),
            "must",
            key=True,
            identity=True,
        ),
        Column("asin", "id", ("ASIN",), "usual", identity=True),
        Column("sku", "id", ("MSKU", "Merchant SKU", "SKU", "Seller SKU"), "usual", identity=True),
        Column("title", "text", ("Title", "Product name")),
        Column(
            "event_type",
            "value",
            ("Event Type",),
            "must",
            key=True,
            identity=True,
            values=EVENT_TYPES,
            known="|".join(sorted(set(EVENT_TYPES.values()))),
        ),
        Column("reference_id", "id", ("Reference ID",), "must", identity=True),
        Column("quantity", "quantity", ("Quantity",), "must", key=True, identity=True),
        Column(
            "fulfillment_center",
            "value",
            ("Fulfillment Center", "Fulfilment Centre", "FC"),
            "usual",
            identity=True,
            otherwise=str.upper,
        ),
        Column(
            "disposition",
            "value",
            ("Disposition",),
            "must",
            identity=True,
            values=DISPOSITIONS,
            otherwise=upper_snake,
        ),
        Column(
            "reason",
            "value",
            ("Reason",),
            "must",
            identity=True,
            values=REASONS,
            otherwise=str.upper,
            known="[0-9A-Z]?",
        ),
        Column("country", "value", ("Country",), identity=True, otherwise=str.upper),
        Column("reconciled", "quantity", ("Reconciled Quantity",)),
        Column("unreconciled", "quantity", ("Unreconciled Quantity",)),
        Column("store", "text", ("Store",)),
    ),
)
