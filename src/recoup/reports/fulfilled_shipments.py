"""Amazon Fulfilled Shipments: every unit that left for a customer, with ship date, price and parcel."""

from __future__ import annotations

from ._declared import Column, Report
from .all_orders import CHANNELS, MONEY

REPORT = Report(
    name="fulfilled_shipments",
    tab="Fulfilled Shipments",
    menu="Reports > Fulfillment > Amazon Fulfilled Shipments",
    request="One month at a time",
    day="shipment_date",
    groups=("sku", "sales_channel", "fulfillment_center", "carrier", "order_id"),
    columns=(
        Column("order_id", "id", ("amazon-order-id",), "must", key=True, identity=True),
        Column("merchant_order_id", "id", ("merchant-order-id",)),
        Column("shipment_id", "id", ("shipment-id",), identity=True),
        Column("shipment_item_id", "id", ("shipment-item-id",), identity=True, spare=True),
        Column("order_item_id", "id", ("amazon-order-item-id", "order-item-id"), identity=True, spare=True),
        Column("purchase_date", "date", ("purchase-date",)),
        Column("payments_date", "date", ("payments-date",)),
        Column("shipment_date", "date", ("shipment-date",), "must", key=True, identity=True),
        Column("reporting_date", "date", ("reporting-date",)),
        Column("sku", "id", ("sku", "Merchant SKU"), "must", identity=True),
        Column("title", "text", ("product-name", "Title")),
        Column(
            "quantity", "quantity", ("quantity-shipped", "Shipped Quantity"), "must", key=True, identity=True
        ),
        Column("currency", "value", ("currency",), "usual", otherwise=str.upper),
        *(
            Column(name, "money", headers, "usual" if name == "item_price" else "maybe")
            for name, headers in MONEY.items()
        ),
        Column("points_granted", "money", ("points-granted",)),
        Column("service_level", "text", ("ship-service-level",)),
        Column("ship_country", "value", ("ship-country",), otherwise=str.upper),
        Column("carrier", "text", ("carrier",)),
        Column("tracking_number", "id", ("tracking-number",)),
        Column("estimated_arrival", "date", ("estimated-arrival-date",)),
        Column(
            "fulfillment_center",
            "value",
            ("fulfillment-center-id", "FC", "fulfillment center"),
            otherwise=str.upper,
        ),
        Column("fulfillment", "value", ("fulfillment-channel", "fulfilment-channel"), values=CHANNELS),
        Column("sales_channel", "text", ("sales-channel",), "usual"),
    ),
)
