"""Amazon's bulk sheet of sourcing costs, saved as .csv."""

from __future__ import annotations

from ..units import Product
from ..world import World
from .text import Row, Sheet, dollars

COSTS = (
    "Asin", "Fnsku", "Amazon Estimated Cost", "Latest Approved Cost",
    "Source of Latest Approved Cost ('SELLER'|'AMAZON')", "Currency", "Date of Last Updated Cost",
    "Seller New Cost",
)  # fmt: skip


def costs(world: World) -> Sheet:
    """One row per product that has any cost."""
    rows = [_cost_row(product) for product in world.products if product.value is not None]
    return Sheet("costs", "Bulk Manage Your Sourcing Cost.csv", [COSTS, *rows])


def _cost_row(product: Product) -> Row:
    return (
        product.asin,
        product.fnsku,
        _cost(product.estimate),
        _cost(product.approved),
        product.approved_by if product.approved is not None else "",
        product.currency,
        product.approved_on.isoformat(),
        _cost(product.own_cost),
    )


def _cost(cents: int | None) -> str:
    return "" if cents is None else dollars(cents)
