"""Monthly Storage Fees."""

from __future__ import annotations

from ..rows import StorageRow
from ..world import World
from .text import Row, Sheet, dollars, period

STORAGE = (
    "asin", "fnsku", "product-name", "fulfillment-center", "country-code", "longest-side", "median-side",
    "shortest-side", "measurement-units", "weight", "weight-units", "item-volume", "volume-units",
    "product-size-tier", "average-quantity-on-hand", "average-quantity-pending-removal",
    "estimated-total-item-volume", "month-of-charge", "storage-utilization-ratio",
    "storage-utilization-ratio-units", "base-rate", "utilization-surcharge-rate", "currency",
    "estimated-base-monthly-storage-fee", "estimated-storage-utilization-surcharge",
    "estimated-monthly-storage-fee", "dangerous-goods-storage-type", "total-incentive-fee-amount",
    "breakdown-incentive-fee-amount", "average-quantity-customer-orders",
)  # fmt: skip


def storage_fees(world: World) -> Sheet:
    """The .csv download, newest month first."""
    newest = sorted(world.storage, key=lambda row: (row.month, row.product.fnsku), reverse=True)
    name = f"storage-fees_{period(world.first_day, world.last_day)}.csv"
    return Sheet("storage fees", name, [STORAGE, *(_fee(world, row) for row in newest)])


def _fee(world: World, row: StorageRow) -> Row:
    side = (row.volume / 1000 * 1728) ** (1 / 3)
    total = row.average / 100 * row.volume / 1000
    fee = dollars(row.fee)
    cells = dict.fromkeys(STORAGE, "")
    cells |= {
        "asin": row.product.asin,
        "fnsku": row.product.fnsku,
        "product-name": row.product.title,
        "fulfillment-center": row.centre,
        "country-code": world.market.country,
        "longest-side": f"{side:.2f}",
        "median-side": f"{side:.2f}",
        "shortest-side": f"{side:.2f}",
        "measurement-units": "inches",
        "weight": "1.00",
        "weight-units": "pounds",
        "item-volume": f"{row.volume / 1000:.3f}",
        "volume-units": "cubic feet",
        "product-size-tier": "Standard-Size",
        "average-quantity-on-hand": f"{row.average / 100:.2f}",
        "average-quantity-pending-removal": "0.00",
        "estimated-total-item-volume": f"{total:.2f}",
        "month-of-charge": f"{row.month:%Y-%m}",
        "base-rate": dollars(row.rate),
        "utilization-surcharge-rate": "0.00",
        "currency": world.market.currency,
        "estimated-base-monthly-storage-fee": fee,
        "estimated-storage-utilization-surcharge": "0.00",
        "estimated-monthly-storage-fee": fee,
        "dangerous-goods-storage-type": "--",
        "total-incentive-fee-amount": "0.00",
        "average-quantity-customer-orders": "0.00",
    }
    return list(cells.values())
