"""Aged Inventory Surcharge, and the long-term storage fees before it: units charged for their age."""

from __future__ import annotations

from ._declared import Column, Report
from .fee_preview import blank_dashes

REPORT = Report(
    name="aged_inventory",
    tab="Aged Inventory",
    menu="Reports > Fulfillment > Aged Inventory Surcharge",
    request="Each month, charged from the 18th to 22nd",
    day="snapshot_date",
    any_of=(
        ("quantity_charged", "quantity_charged_12_months"),
        ("amount_charged", "amount_charged_12_months"),
    ),
    groups=("country", "currency", "age_tier", "sku", "fnsku", "asin", "condition"),
    settle=blank_dashes,
    columns=(
        Column("snapshot_date", "date", ("snapshot-date",), "must", key=True, identity=True),
        Column("sku", "id", ("sku", "Merchant SKU"), "must", identity=True),
        Column("fnsku", "id", ("fnsku",), "must", key=True, identity=True),
        Column("asin", "id", ("asin",), "usual", identity=True),
        Column("title", "text", ("product-name",)),
        Column("condition", "text", ("condition",), identity=True),
        Column("unit_volume", "measure", ("per-unit-volume",), "usual"),
        Column("volume_unit", "text", ("volume-unit",), "usual"),
        Column("country", "value", ("country",), "must", identity=True, otherwise=str.upper),
        Column("currency", "value", ("currency",), "must", identity=True, otherwise=str.upper),
        Column("quantity_charged", "quantity", ("qty-charged",)),
        Column("amount_charged", "money", ("amount-charged",)),
        Column("age_tier", "text", ("surcharge-age-tier",), identity=True),
        Column("rate", "money", ("rate-surcharge",)),
        Column("quantity_charged_12_months", "quantity", ("qty-charged-12-mo-long-term-storage-fee",)),
        Column(
            "amount_charged_12_months",
            "money",
            ("12-mo-long-terms-storage-fee", "12-mo-long-term-storage-fee"),
        ),
        Column("quantity_charged_6_months", "quantity", ("qty-charged-6-mo-long-term-storage-fee",)),
        Column(
            "amount_charged_6_months",
            "money",
            ("6-mo-long-terms-storage-fee", "6-mo-long-term-storage-fee"),
        ),
        Column("small_and_light", "text", ("enrolled-in-small-and-light",)),
    ),
)
