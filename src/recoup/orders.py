"""What each order line was sold and refunded for, from the money lines of settlements and transactions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from .frames import records, source
from .model import SourceRow

SELLER_FULFILLED = "Seller"
_SALE_ITEMS = ("Principal", "Commission", "FulfillmentFee")


@dataclass(frozen=True, slots=True)
class Refund:
    """Principal given back on one day for one order line. ``quantity`` None where the report has none."""

    date: date
    principal: float
    quantity: int | None
    deferred: bool
    row: SourceRow


@dataclass(frozen=True, slots=True)
class Line:
    """One money line of a sale: principal with its quantity, or a fee (negative, quantity 0)."""

    item: str
    amount: float
    quantity: int
    row: SourceRow


@dataclass(slots=True)
class OrderLine:
    """One SKU of one order: money in the line's currency; fees are negative, as reports write them."""

    order_id: str
    sku: str
    currency: str = ""
    marketplace: str = ""
    fulfillment: str = ""
    sold: int = 0
    principal: float = 0.0
    commission: float | None = None
    fulfillment_fee: float | None = None
    sold_on: date | None = None  # the first posting of the sale
    lines: list[Line] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def unit_principal(self) -> float | None:
        """Principal per unit sold; None when the sale is not in the reports."""
        return self.principal / self.sold if self.sold > 0 and self.principal > 0 else None


Orders = dict[tuple[str, str], OrderLine]


def build_orders(money_lines: pd.DataFrame, order_ids: Iterable[str]) -> Orders:
    """Order lines keyed by (order id, SKU) for the orders that were refunded, or are named in ``order_ids``.

    ``money_lines``: columns posted_date, order_id, sku, type, item, amount, quantity, currency, marketplace,
    fulfillment, deferred, _where, _row. Row order does not matter.
    """
    refunded = money_lines["type"].eq("Refund") & money_lines["item"].eq("Principal")
    wanted = pd.Index(money_lines.loc[refunded, "order_id"].unique()).union(pd.Index(sorted(set(order_ids))))
    keep = (
        money_lines["order_id"].isin(wanted)
        & money_lines["order_id"].ne("")
        & money_lines["type"].isin(["Order", "Refund"])
        & money_lines["item"].isin(_SALE_ITEMS)
    )
    lines: Orders = {}
    rows = money_lines[keep].sort_values(["posted_date", "_where", "_row"], kind="stable")
    for row in records(rows):
        key = (row["order_id"], row["sku"])
        line = lines.setdefault(key, OrderLine(*key))
        line.currency = line.currency or row["currency"]
        line.marketplace = line.marketplace or row["marketplace"]
        line.fulfillment = line.fulfillment or row["fulfillment"]
        _book(line, row)
    return lines


def _book(line: OrderLine, row: dict[str, Any]) -> None:
    item, amount = row["item"], float(row["amount"])
    where = source(row)
    quantity = None if pd.isna(row["quantity"]) else round(row["quantity"])
    if row["type"] == "Refund":
        if item == "Principal" and amount < 0:
            units = abs(quantity) if quantity else None
            line.refunds.append(
                Refund(row["posted_date"].date(), -amount, units, bool(row["deferred"]), where)
            )
        return
    sold = (quantity or 0) if item == "Principal" else 0
    line.lines.append(Line(item, amount, sold, where))
    line.sold_on = line.sold_on or row["posted_date"].date()
    line.sold += sold
    if item == "Principal":
        line.principal += amount
    elif item == "Commission":
        line.commission = (line.commission or 0.0) + amount
    else:
        line.fulfillment_fee = (line.fulfillment_fee or 0.0) + amount


def replaced_orders(replacements: pd.DataFrame) -> dict[str, str]:
    """Replacement order id -> the order it replaces (columns replacement_order_id, original_order_id of Replacements).

    A replacement of a replacement leads to the first order.
    """
    pairs = replacements[["replacement_order_id", "original_order_id"]].drop_duplicates()
    known = {new: old for new, old in pairs.itertuples(index=False, name=None) if new and old and new != old}
    return {new: _first(new, known) for new in known}


def _first(order: str, known: dict[str, str]) -> str:
    seen = {order}
    while order in known and known[order] not in seen:
        order = known[order]
        seen.add(order)
    return order
