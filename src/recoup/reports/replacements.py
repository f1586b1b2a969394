"""Replacements: units that Amazon sent a second time, and the order that they replace."""

from __future__ import annotations

from ._declared import Column, Report
from .customer_returns import upper_words

REPORT = Report(
    name="replacements",
    tab="Replacements",
    menu="Reports > Fulfillment > Customer Concessions > Replacements",
    request="The same days as Customer Returns",
    day="shipment_date",
    groups=("reason_code", "sku", "asin", "fulfillment_center"),
    columns=(
        Column("shipment_date", "date", ("shipment-date",), "must", key=True, identity=True),
        Column("sku", "id", ("sku", "Merchant SKU", "seller-sku"), "must", identity=True),
        Column("asin", "id", ("asin",), "usual", identity=True),
        Column(
            "fulfillment_center",
            "value",
            ("fulfillment-center-id", "fulfillment center"),
            "usual",
            identity=True,
            otherwise=str.upper,
        ),
        Column(
            "original_fulfillment_center",
            "value",
            ("original-fulfillment-center-id", "original fulfillment center"),
            identity=True,
            otherwise=str.upper,
        ),
        Column("quantity", "quantity", ("quantity",), "must", key=True, identity=True),
        Column(  # a number from 0 to 12, seldom a word: kept as written
            "reason_code",
            "value",
            ("replacement-reason-code", "replacement reason"),
            "usual",
            identity=True,
            otherwise=upper_words,
        ),
        Column(
            "replacement_order_id",
            "id",
            ("replacement-amazon-order-id", "replacement-customer-order-id"),
            "must",
            key=True,
            identity=True,
        ),
        Column(
            "original_order_id",
            "id",
            ("original-amazon-order-id", "original-customer-order-id"),
            "must",
            key=True,
            identity=True,
        ),
    ),
)
