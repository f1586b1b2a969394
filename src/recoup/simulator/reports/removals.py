"""Removal Order Detail and Removal Shipment Detail."""

from __future__ import annotations

from ..rows import ParcelRow, RemovalRow
from ..world import World
from .text import Row, Sheet, dollars, period

ORDERS = (
    "request-date", "order-id", "order-source", "order-type", "service-speed", "order-status",
    "last-updated-date", "sku", "fnsku", "disposition", "requested-quantity", "cancelled-quantity",
    "disposed-quantity", "shipped-quantity", "in-process-quantity", "removal-fee", "currency",
)  # fmt: skip
PARCELS = (
    "request-date", "order-id", "shipment-date", "sku", "fnsku", "disposition", "shipped-quantity", "carrier",
    "tracking-number", "removal-order-type",
)  # fmt: skip
FEE = 84  # cents per unit


def removal_orders(world: World) -> Sheet:
    """The .csv download, newest first."""
    newest = sorted(world.removals, key=lambda row: row.day, reverse=True)
    name = f"removal-orders_{period(world.first_day, world.last_day)}.csv"
    return Sheet("removal orders", name, [ORDERS, *(_order(world, row) for row in newest)])


def _order(world: World, row: RemovalRow) -> Row:
    gone = row.disposed + row.shipped
    return (
        f"{row.day.isoformat()}T08:15:00+00:00",
        row.order_id,
        "Seller-initiated Manual Removal",
        row.kind,
        "Standard",
        row.status,
        f"{row.updated.isoformat()}T19:02:00+00:00",
        row.product.sku,
        row.product.fnsku,
        row.disposition,
        str(row.requested),
        str(row.cancelled),
        str(row.disposed),
        str(row.shipped),
        str(row.in_process),
        dollars(FEE * gone) if gone else "",
        world.market.currency,
    )


def removal_shipments(world: World) -> Sheet:
    """The .csv download, newest first."""
    newest = sorted(world.parcels, key=lambda row: row.day, reverse=True)
    name = f"removal-shipments_{period(world.first_day, world.last_day)}.csv"
    return Sheet("removal shipments", name, [PARCELS, *(_parcel(row) for row in newest)])


def _parcel(row: ParcelRow) -> Row:
    return (
        f"{row.requested.isoformat()}T08:15:00+00:00",
        row.order_id,
        f"{row.day.isoformat()}T17:45:00+00:00",
        row.product.sku,
        row.product.fnsku,
        row.disposition,
        str(row.quantity),
        row.carrier,
        row.tracking,
        "Return",
    )
