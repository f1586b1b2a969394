"""Inbound Performance: what Amazon found wrong with shipments on arrival, expected against received units."""

from __future__ import annotations

from ._declared import Column, Report

REPORT = Report(
    name="inbound_problems",
    tab="Inbound Problems",
    menu="Reports > Fulfillment > Inbound Performance",
    request="The last 12 months",
    day="issue_date",
    groups=("shipment_id", "problem_type", "problem_level", "sku", "fnsku", "asin", "fulfillment_center"),
    columns=(
        Column("issue_date", "date", ("issue-reported-date",), "must", key=True, identity=True),
        Column("shipment_created", "date", ("shipment-creation-date",)),
        Column("shipment_id", "id", ("fba-shipment-id",), "must", key=True, identity=True),
        Column("carton_id", "id", ("fba-carton-id",), identity=True),
        Column(
            "fulfillment_center",
            "value",
            ("fulfillment-center-id", "fulfillment-center"),
            "usual",
            identity=True,
            otherwise=str.upper,
        ),
        Column("sku", "id", ("sku", "Merchant SKU", "MSKU"), "must", identity=True),
        Column("fnsku", "id", ("fnsku",), "usual", identity=True),
        Column("asin", "id", ("asin",), "usual", identity=True),
        Column("title", "text", ("product-name",)),
        Column("problem_level", "text", ("problem-level",), identity=True),
        Column("problem_type", "text", ("problem-type",), "must", identity=True),
        Column("problem_quantity", "quantity", ("problem-quantity",), "usual"),
        Column("expected_quantity", "quantity", ("expected-quantity",), "usual"),
        Column("received_quantity", "quantity", ("received-quantity",), "usual"),
        Column("unit", "text", ("performance-measurement-unit",)),
        Column("coaching_level", "text", ("coaching-level",)),
        Column("fee_type", "text", ("fee-type",)),
        Column("currency", "value", ("currency",), otherwise=str.upper),
        Column("fee_total", "money", ("fee-total",)),
        Column("alert_status", "text", ("alert-status",)),
    ),
)
