"""Shipments on their way into Amazon's warehouses: what was sent, what arrived, and what the seller has on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .rows import Document, ShipmentRow
from .units import Incident, Product, Unit
from .warehouse import receive
from .world import World

CONCEDED = ("Units not shipped", "Acknowledged fewer", "Investigation completed", "Case submitted")
PAPERS = ("invoice", "proof of delivery")


def send(
    world: World,
    product: Product,
    delivered: date,
    units: int,
    arrived: int,
    *,
    shipment: str = "",
    status: str = "Closed",
    action: str = "",
    reconciled: int = 0,
    written: int | None = -1,
    papers: Sequence[str] = PAPERS,
) -> Incident:
    """Units go to Amazon, ``arrived`` of them are received; the others are owed once the shipment is closed.

    ``reconciled`` of the missing ones Amazon explains on the shipment. ``written`` is what the seller's record
    says was received (None: the cell is blank), where that is not what arrived. With ``shipment`` the product
    travels with others; only the first says which ``papers`` there are.
    """
    first = not shipment
    shipment = shipment or world.code("FBA", 9)
    lost = [Unit(product) for _ in range(units - arrived)]
    if arrived > 0:
        receive(world, product, delivered + timedelta(days=2), arrived, world.centre(), shipment)
    created = delivered - timedelta(days=12)
    seen = arrived if written == -1 else written
    world.shipments.append(
        ShipmentRow(shipment, status, created, delivered, product, units, seen, reconciled, action)
    )
    if first:
        _file(world, shipment, delivered, papers)
    incident = world.happen(
        "lost_inbound",
        product,
        delivered,
        lost,
        shipment=shipment,
        unit_cents=product.value,
        missing=", ".join(paper for paper in PAPERS if paper not in papers) if first else "",
    )
    for number, unit in enumerate(lost):
        unit.live(created, "sent")
        if number < reconciled or status != "Closed" or action in CONCEDED:
            unit.settle(delivered, "explained")
        else:
            unit.owe(incident, delivered)
    return incident


def _file(world: World, shipment: str, delivered: date, papers: Sequence[str]) -> None:
    """The seller keeps the papers of a shipment."""
    for paper in papers:
        day = delivered - timedelta(days=40) if paper == "invoice" else delivered
        name = f"documents/{shipment} {paper}.pdf"
        world.documents.append(Document(paper, shipment, day, name))
