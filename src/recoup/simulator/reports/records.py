"""What the seller writes down: inbound shipments, documents, removal receipts, measured products."""

from __future__ import annotations

from ..rows import ReceiptRow, ShipmentRow
from ..units import Product
from ..world import World
from .text import Row, Sheet

SHIPMENTS = (
    "Shipment ID", "Shipment name", "Status", "Created", "Delivered", "SKU", "FNSKU", "ASIN", "Units shipped",
    "Units received", "Units reconciled", "Action",
)  # fmt: skip
DOCUMENTS = ("Document ID", "Kind", "Applies to", "Date", "Path or link", "Note")
RECEIPTS = (
    "Removal order ID", "Tracking number", "SKU", "FNSKU", "Units received", "Received on", "Condition", "Note",
)  # fmt: skip
DIMENSIONS = (
    "SKU", "FNSKU", "ASIN", "Longest side", "Median side", "Shortest side", "Dimension unit", "Weight",
    "Weight unit", "Apparel", "Dangerous goods", "Category", "Measured on", "Measured by", "Proof",
)  # fmt: skip


def own_records(world: World) -> list[Sheet]:
    """One file for each record that holds anything."""
    measured = [p for p in world.products if p.measures is not None]
    sheets = [
        Sheet("inbound shipments", "Inbound Shipments.csv", [SHIPMENTS, *map(_shipment, world.shipments)]),
        Sheet("documents", "Documents.csv", [DOCUMENTS, *_documents(world)]),
        Sheet("removal receipts", "Removal Receipts.csv", [RECEIPTS, *map(_receipt, world.receipts)]),
        Sheet(
            "product dimensions",
            "Product Dimensions.csv",
            [DIMENSIONS, *(_measured(world, p) for p in measured)],
        ),
    ]
    return [sheet for sheet in sheets if len(sheet.rows) > 1]


def _shipment(row: ShipmentRow) -> Row:
    return (
        row.shipment,
        f"FBA STA ({row.created:%m/%d/%Y})-{row.shipment[-4:]}",
        row.status,
        row.created.isoformat(),
        row.delivered.isoformat(),
        row.product.sku,
        row.product.fnsku,
        row.product.asin,
        str(row.shipped),
        "" if row.received is None else str(row.received),
        str(row.reconciled) if row.reconciled else "",
        row.action,
    )


def _documents(world: World) -> list[Row]:
    return [
        (f"D-{number:03d}", paper.kind, paper.applies_to, paper.day.isoformat(), paper.path, "")
        for number, paper in enumerate(world.documents, 1)
    ]


def _receipt(row: ReceiptRow) -> Row:
    return (
        row.order_id,
        row.tracking,
        row.product.sku,
        row.product.fnsku,
        str(row.units),
        row.day.isoformat(),
        row.condition,
        "",
    )


def _measured(world: World, product: Product) -> Row:
    measures = product.measures
    assert measures is not None
    return (
        product.sku,
        product.fnsku,
        product.asin,
        *(f"{side:g}" for side in measures.sides),
        "in",
        f"{measures.ounces:g}",
        "oz",
        "Y" if measures.apparel else "N",
        "N",
        measures.category,
        world.first_day.isoformat(),
        "Warehouse",
        "",
    )
