"""Amazon Fulfilled Shipments and Replacements."""

from __future__ import annotations

from datetime import timedelta

from ..rows import ReplacementRow, SaleRow
from ..world import World
from .text import Row, Sheet, dollars, period, tabbed

SHIPMENTS = (
    "amazon-order-id", "merchant-order-id", "shipment-id", "shipment-item-id", "amazon-order-item-id",
    "merchant-order-item-id", "purchase-date", "payments-date", "shipment-date", "reporting-date", "buyer-email",
    "buyer-name", "buyer-phone-number", "sku", "product-name", "quantity-shipped", "currency", "item-price",
    "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price", "gift-wrap-tax", "ship-service-level",
    "recipient-name", "ship-address-1", "ship-address-2", "ship-address-3", "ship-city", "ship-state",
    "ship-postal-code", "ship-country", "ship-phone-number", "bill-address-1", "bill-address-2", "bill-address-3",
    "bill-city", "bill-state", "bill-postal-code", "bill-country", "item-promotion-discount",
    "ship-promotion-discount", "carrier", "tracking-number", "estimated-arrival-date", "fulfillment-center-id",
    "fulfillment-channel", "sales-channel",
)  # fmt: skip
REPLACEMENTS = (
    "shipment-date", "sku", "asin", "fulfillment-center-id", "original-fulfillment-center-id", "quantity",
    "replacement-reason-code", "replacement-amazon-order-id", "original-amazon-order-id",
)  # fmt: skip
SHIPMENT_DAYS = 100


def fulfilled_shipments(world: World) -> Sheet:
    """The last months, oldest first, without a word about buyers."""
    first = world.ago(SHIPMENT_DAYS)
    chosen = sorted((r for r in world.sales if r.shipped >= first), key=lambda r: r.shipped)
    name = f"fulfilled-shipments_{period(first, world.last_day)}.txt"
    return tabbed("fulfilled shipments", name, [SHIPMENTS, *(_shipment(world, row) for row in chosen)])


def _shipment(world: World, row: SaleRow) -> Row:
    number = f"{row.item_code[:9]}"
    cells = dict.fromkeys(SHIPMENTS, "")
    shipped = f"{row.shipped.isoformat()}T14:21:09+00:00"
    cells |= {
        "amazon-order-id": row.order_id,
        "shipment-id": "D" + number,
        "shipment-item-id": "E" + number,
        "amazon-order-item-id": row.item_code,
        "purchase-date": f"{row.ordered.isoformat()}T09:03:11+00:00",
        "payments-date": shipped,
        "shipment-date": shipped,
        "reporting-date": shipped,
        "sku": row.sku,
        "product-name": row.product.title,
        "quantity-shipped": str(row.quantity),
        "currency": world.market.currency,
        "item-price": dollars(row.principal),
        "item-tax": dollars(row.tax),
        "shipping-price": dollars(row.shipping),
        "ship-service-level": "Standard",
        "ship-country": world.market.country,
        "item-promotion-discount": dollars(-row.discount),
        "carrier": "AMZN_US",
        "tracking-number": "TBA" + row.item_code[:12],
        "estimated-arrival-date": f"{(row.shipped + timedelta(days=3)).isoformat()}T20:00:00+00:00",
        "fulfillment-center-id": row.centre,
        "fulfillment-channel": "AFN",
        "sales-channel": world.market.sites[1],
    }
    return list(cells.values())


def replacements(world: World) -> Sheet:
    """The .csv download, newest first."""
    newest = sorted(world.replacements, key=lambda row: row.day, reverse=True)
    name = f"replacements_{period(world.first_day, world.last_day)}.csv"
    return Sheet("replacements", name, [REPLACEMENTS, *(_replacement(row) for row in newest)])


def _replacement(row: ReplacementRow) -> Row:
    return (
        f"{row.day.isoformat()}T11:40:00+00:00",
        row.sku,
        row.product.asin,
        row.centre,
        row.original_centre,
        str(row.quantity),
        row.reason,
        row.order_id,
        row.original_order_id,
    )
