"""What each order line was sold and refunded for, from the money lines of settlements and transactions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import pandas as pd

from .frames import among, tuples
from .model import SourceRow

SELLER_FULFILLED = "Seller"
RESOLD = "amzn.gr."  # how the SKU of a graded and resold unit begins
SALE, REFUND = "Order", "Refund"
DISPUTES = ("Chargeback Refund", "A-to-z Guarantee")  # a bank or Amazon's guarantee gave the customer money
COMMISSIONED = ("Principal", "Shipping", "GiftWrap", "Promotion")  # what a commission is charged on
PRICE = (
    *COMMISSIONED,
    *("Tax", "ShippingTax", "GiftWrapTax", "Other:PromotionTax"),
    *("Other:RegulatoryFee", "Other:RegulatoryFeeTax"),
)  # what the customer pays, promotions taken off
WITHHELD = "WithheldTax"  # tax that Amazon keeps from the seller and pays itself
_SALE_ITEMS = ("Principal", "Commission", "FulfillmentFee")
_COLUMNS = [
    *("order_id", "sku", "quantity", "marketplace", "fulfillment"),
    *("posted_date", "type", "item", "amount", "deferred", "currency", "settlement_id", "_where", "_row"),
]  # the latter as in a Posting
_ITEMS = (*PRICE, WITHHELD, *_SALE_ITEMS, "RefundCommission")


class Refund(NamedTuple):
    """Principal given back on one day for one order line. ``quantity`` None where the report has none."""

    date: date
    principal: float
    quantity: int | None
    deferred: bool
    row: SourceRow


class Line(NamedTuple):
    """One money line of a sale: principal with its quantity, or a fee (negative, quantity 0)."""

    item: str
    amount: float
    quantity: int
    row: SourceRow


class Posting(NamedTuple):  # made by the ten thousand: a fifth of the cost of a frozen dataclass
    """One money line of a sale, refund or dispute as written: what the seller gets is positive."""

    date: date
    type: str
    item: str
    amount: float
    deferred: bool
    currency: str
    settlement_id: str
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
    postings: list[Posting] = field(default_factory=list)  # all of the above and the rest of the price

    @property
    def unit_principal(self) -> float | None:
        """Principal per unit sold; None when the sale is not in the reports."""
        return self.principal / self.sold if self.sold > 0 and self.principal > 0 else None

    @property
    def unit_prices(self) -> list[float]:
        """Principal per unit of each posting of the sale that counts units, lowest first."""
        return sorted(p.amount / p.quantity for p in self.lines if p.item == "Principal" and p.quantity > 0)

    @property
    def taken_back(self) -> date | None:
        """The last day on which principal of a refund was taken back from the customer; None when none was."""
        days = (p.date for p in self.postings if _is_refund(p) and p.amount > 0)
        return max(days, default=None)

    @property
    def amazons(self) -> bool:
        """True unless the seller shipped it, or it is a graded and resold unit (RULES 2.10)."""
        return self.fulfillment != SELLER_FULFILLED and not self.sku.startswith(RESOLD)


Orders = dict[tuple[str, str], OrderLine]


def in_two_reports(rows: pd.DataFrame) -> set[tuple[str, str]]:
    """(order id, SKU) of lines that hold one amount in two reports, one of which does not know its settlement."""
    same = rows.groupby(["order_id", "sku", "type", "item", "amount"])
    unsettled = rows["settlement_id"].eq("").groupby([rows[n] for n in same.keys]).transform("any")
    twice = rows[same["_where"].transform("nunique").gt(1) & unsettled & rows["amount"].ne(0)]
    return set(zip(twice["order_id"], twice["sku"], strict=True))


def same_in_two_reports(postings: Sequence[Posting]) -> bool:
    """True where two reports hold the same principal and one of them does not know its settlement."""
    prices = [p for p in postings if p.item == "Principal"]
    return any(
        a.amount == b.amount and a.row.where != b.row.where and "" in (a.settlement_id, b.settlement_id)
        for n, a in enumerate(prices)
        for b in prices[:n]
    )


def _is_refund(p: Posting) -> bool:
    return p.type == REFUND and p.item == "Principal"


def build_orders(money_lines: pd.DataFrame, order_ids: Iterable[str]) -> Orders:
    """Order lines keyed by (order id, SKU) for the orders that were refunded, or are named in ``order_ids``.

    ``money_lines``: columns posted_date, order_id, sku, type, item, amount, quantity, currency, marketplace,
    fulfillment, deferred, settlement_id, _where, _row. Row order does not matter.
    """
    if money_lines.empty:
        return {}
    refunded = money_lines["type"].isin((REFUND, *DISPUTES)) & money_lines["item"].isin(PRICE)
    wanted = {*money_lines.loc[refunded, "order_id"].unique(), *order_ids}
    keep = (
        among(money_lines["order_id"], wanted)
        & money_lines["order_id"].ne("")
        & money_lines["type"].isin((SALE, REFUND, *DISPUTES))
        & money_lines["item"].isin(_ITEMS)
    )
    lines: Orders = {}
    order = ["posted_date", "_where", "_row"]
    rows = money_lines.loc[keep, _COLUMNS].sort_values(order, kind="stable")
    for order_id, sku, quantity, marketplace, fulfillment, posted, *cells, where, number in tuples(rows):
        line = lines.get((order_id, sku))
        if line is None:
            line = lines[order_id, sku] = OrderLine(order_id, sku)
        posting = Posting._make((posted.date(), *cells, SourceRow(where, number)))
        line.currency = line.currency or posting.currency
        line.marketplace = line.marketplace or marketplace
        line.fulfillment = line.fulfillment or fulfillment
        line.postings.append(posting)
        _book(line, posting, 0 if math.isnan(quantity) else round(quantity))
    return lines


def _book(line: OrderLine, p: Posting, quantity: int) -> None:
    if p.type == REFUND:
        if p.item == "Principal" and p.amount < 0:
            line.refunds.append(Refund(p.date, -p.amount, abs(quantity) or None, p.deferred, p.row))
    elif p.type == SALE and p.item in _SALE_ITEMS:
        part = Line(p.item, p.amount, quantity if p.item == "Principal" else 0, p.row)
        _book_sale(line, part, p.date)


def _book_sale(line: OrderLine, part: Line, day: date) -> None:
    line.lines.append(part)
    line.sold_on = line.sold_on or day
    line.sold += part.quantity
    if part.item == "Principal":
        line.principal += part.amount
    elif part.item == "Commission":
        line.commission = (line.commission or 0.0) + part.amount
    else:
        line.fulfillment_fee = (line.fulfillment_fee or 0.0) + part.amount


def replaced_orders(replacements: pd.DataFrame) -> dict[str, str]:
    """Replacement order id -> the order it replaces (columns replacement_order_id, original_order_id of Replacements).

    A replacement of a replacement leads to the first order.
    """
    if replacements.empty:
        return {}
    pairs = replacements[["replacement_order_id", "original_order_id"]].drop_duplicates()
    known = {new: old for new, old in pairs.itertuples(index=False, name=None) if new and old and new != old}
    return {new: _first(new, known) for new in known}


def first_orders(order_ids: pd.Series, replaced: Mapping[str, str]) -> pd.Series:
    """The order ids, that of a replacement exchanged for that of the order it replaces (see `replaced_orders`)."""
    again = among(order_ids, replaced)
    return order_ids.mask(again, order_ids[again].map(replaced)) if again.any() else order_ids


def _first(order: str, known: dict[str, str]) -> str:
    seen = {order}
    while order in known and known[order] not in seen:
        order = known[order]
        seen.add(order)
    return order
