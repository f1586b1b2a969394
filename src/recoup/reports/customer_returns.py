"""FBA customer returns: which units came back, when, in what state, and what became of them."""

from __future__ import annotations

from ._declared import Column, Report
from .inventory_ledger import DISPOSITIONS, upper_snake


def upper_words(value: str) -> str:
    """``not compatible`` -> ``NOT_COMPATIBLE``; hyphens (``AMZ-PG-DAMAGED``) stay."""
    return "_".join(value.upper().split())


REPORT = Report(
    name="customer_returns",
    tab="Customer Returns",
    menu="Reports > Fulfillment > Customer Concessions > FBA customer returns",
    request="18 months up to today",
    day="return_date",
    groups=("disposition", "reason", "status", "fnsku", "sku", "asin", "fulfillment_center"),
    buyer=("customer-comments",),
    columns=(
        Column("return_date", "date", ("return-date", "Date"), "must", key=True, identity=True),
        Column("order_id", "id", ("order-id", "amazon-order-id"), "must", key=True, identity=True),
        Column("sku", "id", ("sku", "Merchant SKU", "seller-sku"), "must", identity=True),
        Column("asin", "id", ("asin",), "usual", identity=True),
        Column("fnsku", "id", ("fnsku",), "usual", identity=True),
        Column("title", "text", ("product-name", "Title")),
        Column("quantity", "quantity", ("quantity",), "must", key=True, identity=True),
        Column(
            "fulfillment_center",
            "value",
            ("fulfillment-center-id", "fulfillment center"),
            "usual",
            identity=True,
            otherwise=str.upper,
        ),
        Column(
            "disposition",
            "value",
            ("detailed-disposition", "disposition"),
            "must",
            identity=True,
            values=DISPOSITIONS,
            otherwise=upper_snake,
        ),
        Column("reason", "value", ("reason",), "must", identity=True, otherwise=upper_words),
        Column("status", "text", ("status",)),
        Column("license_plate_number", "id", ("license-plate-number", "licence-plate-number"), identity=True),
    ),
)
