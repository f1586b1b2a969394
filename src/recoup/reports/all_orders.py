"""All Orders: every order line with its state, by order date."""

from __future__ import annotations

from ._declared import Column, Report, fold

CHANNELS = {"amazon": "Amazon", "afn": "Amazon", "merchant": "Seller", "seller": "Seller", "mfn": "Seller"}
STATUSES = {
    fold(v): v
    for v in ("Pending", "Unshipped", "Shipping", "Shipped", "Shipped - Delivered to Buyer", "Cancelled")
} | {"canceled": "Cancelled"}
MONEY = {  # canonical column -> headers
    "item_price": ("item-price",),
    "item_tax": ("item-tax",),
    "shipping_price": ("shipping-price",),
    "shipping_tax": ("shipping-tax",),
    "gift_wrap_price": ("gift-wrap-price",),
    "gift_wrap_tax": ("gift-wrap-tax",),
    "item_promotion": ("item-promotion-discount", "Item Promo Discount"),
    "shipping_promotion": ("ship-promotion-discount", "Shipment Promo Discount"),
}

REPORT = Report(
    name="all_orders",
    tab="All Orders",
    menu="Reports > Fulfillment > All Orders",
    request="30 days at a time, by order date",
    day="purchase_date",
    groups=("order_status", "fulfillment", "sales_channel", "sku", "asin"),
    columns=(
        Column("order_id", "id", ("amazon-order-id",), "must", key=True, identity=True),
        Column("merchant_order_id", "id", ("merchant-order-id",)),
        Column("order_item_id", "id", ("order-item-id", "amazon-order-item-id"), identity=True, spare=True),
        Column("purchase_date", "date", ("purchase-date",), "must", key=True, identity=True),
        Column("last_updated", "date", ("last-updated-date",)),
        Column("order_status", "value", ("order-status",), "must", values=STATUSES),
        Column("item_status", "value", ("item-status",), values=STATUSES),
        Column(
            "fulfillment", "value", ("fulfillment-channel", "fulfilment-channel"), "usual", values=CHANNELS
        ),
        Column("sales_channel", "text", ("sales-channel",), "usual"),
        Column("order_channel", "text", ("order-channel",)),
        Column("title", "text", ("product-name",)),
        Column("sku", "id", ("sku",), "must", identity=True),
        Column("asin", "id", ("asin",), "usual", identity=True),
        Column("quantity", "quantity", ("quantity",), "must", key=True),
        Column("currency", "value", ("currency",), "usual", otherwise=str.upper),
        *(
            Column(name, "money", headers, "usual" if name == "item_price" else "maybe")
            for name, headers in MONEY.items()
        ),
        Column("ship_country", "value", ("ship-country",), otherwise=str.upper),
        Column("promotion_ids", "text", ("promotion-ids",)),
        Column("is_business_order", "text", ("is-business-order",)),
        Column("is_replacement_order", "text", ("is-replacement-order",)),
        Column("is_exchange_order", "text", ("is-exchange-order",)),
        Column("original_order_id", "id", ("original-order-id",)),
    ),
)
