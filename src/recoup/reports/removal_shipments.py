"""Removal Shipment Detail: the parcels in which removed units left, with carrier and tracking number."""

from __future__ import annotations

from ._declared import Column, Report
from .inventory_ledger import upper_snake
from .removal_orders import TYPES

REPORT = Report(
    name="removal_shipments",
    tab="Removal Shipments",
    menu="Reports > Fulfillment > Removal Shipment Detail",
    request="The same days as Removal Orders",
    day="shipment_date",
    groups=("order_id", "carrier", "sku", "fnsku", "disposition", "order_type"),
    columns=(
        Column("request_date", "date", ("request-date",), "usual", identity=True),
        Column("order_id", "id", ("order-id", "removal-order-id"), "must", key=True, identity=True),
        Column("shipment_date", "date", ("shipment-date",), "must", key=True, identity=True),
        Column("sku", "id", ("sku", "Merchant SKU", "MSKU"), "must", identity=True),
        Column("fnsku", "id", ("fnsku",), "usual", identity=True),
        Column("disposition", "value", ("disposition",), "usual", identity=True, otherwise=upper_snake),
        Column("quantity", "quantity", ("shipped-quantity",), "must", key=True, identity=True),
        Column("carrier", "text", ("carrier",), "usual"),
        Column("tracking_number", "id", ("tracking-number",), "must", identity=True),
        Column("order_type", "value", ("removal-order-type", "order-type"), values=TYPES),
    ),
)
