"""Removal Order Detail: what was ordered out of the warehouses, by whom, and how far it got."""

from __future__ import annotations

from ._declared import Column, Report, fold
from .inventory_ledger import upper_snake

TYPES = {fold(v): v for v in ("Return", "Disposal", "Liquidations", "Donation")} | {
    "dispose": "Disposal",
    "liquidation": "Liquidations",
    "liquidate": "Liquidations",
}
STATUSES = {fold(v): v for v in ("Pending", "Processing", "Planning", "Completed", "Cancelled")} | {
    "canceled": "Cancelled",
    "inprocess": "Processing",
}
QUANTITIES = {
    "requested_quantity": ("requested-quantity",),
    "cancelled_quantity": ("cancelled-quantity", "canceled-quantity"),
    "disposed_quantity": ("disposed-quantity",),
    "shipped_quantity": ("shipped-quantity",),
    "in_process_quantity": ("in-process-quantity",),
}
MUST = {"requested_quantity", "disposed_quantity"}

REPORT = Report(
    name="removal_orders",
    tab="Removal Orders",
    menu="Reports > Fulfillment > Removal Order Detail",
    request="The same days as the ledger",
    day="request_date",
    groups=("order_type", "order_source", "order_status", "sku", "fnsku", "disposition"),
    one_row=True,
    updated="last_updated",
    columns=(
        Column("request_date", "date", ("request-date",), "must", key=True),
        Column("order_id", "id", ("order-id", "removal-order-id"), "must", key=True, identity=True),
        Column("order_source", "text", ("order-source",)),
        Column("order_type", "value", ("order-type", "removal-order-type"), "must", values=TYPES),
        Column("service_speed", "text", ("service-speed",)),
        Column("order_status", "value", ("order-status",), "must", values=STATUSES),
        Column("last_updated", "date", ("last-updated-date",), "usual"),
        Column("sku", "id", ("sku", "Merchant SKU", "MSKU"), "must", identity=True),
        Column("fnsku", "id", ("fnsku",), "usual", identity=True),
        Column("disposition", "value", ("disposition",), "usual", identity=True, otherwise=upper_snake),
        *(
            Column(name, "quantity", headers, "must" if name in MUST else "usual")
            for name, headers in QUANTITIES.items()
        ),
        Column("removal_fee", "money", ("removal-fee",), "usual"),
        Column("currency", "value", ("currency",), "usual", otherwise=str.upper),
    ),
)
