"""Units that customers owe back, per order line: refunded in full, or sent to them a second time.

Decisions: every refund posting that is a whole number of units counts on its own day; postings that are not
whole are added up and count on the day of the last when their sum is whole, else they are a partial refund. Units
refunded beyond those sold are not counted. A line of Replacements without a quantity is one unit. A returned unit
whose SKU its order does not hold is one of that order all the same: the refunds of all its lines start the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from .frames import among, records, source, tuples
from .model import Evidence, SourceRow
from .money import exceeds
from .orders import OrderLine, Orders, Refund
from .policy import Policy

RETURN_KINDS = frozenset({"return_not_received", "replacement_not_returned"})  # a return settles either


@dataclass(frozen=True, slots=True)
class Refunded:
    """Postings with the units they stand for: none in a partial refund; ``counted`` are those sold before."""

    units: int
    counted: int
    refunds: tuple[Refund, ...]


@dataclass(frozen=True, slots=True)
class Resent:
    """Units that one row of Replacements shipped in place of those of ``order_id``, the first order."""

    date: date
    units: int
    order_id: str
    replacement_id: str
    sku: str
    asin: str
    reason: str
    row: SourceRow


def refunded_units(line: OrderLine, refunds: Iterable[Refund], policy: Policy, home: str) -> list[Refunded]:
    """These refunds of the line as units (RULES 2.10), at most as many counted as the line sold."""
    left = line.sold or None
    found = []
    for units, together in _whole_units(line, list(refunds), policy, home):
        counted = units if left is None else min(units, left)
        left = None if left is None else left - counted
        found.append(Refunded(units, counted, tuple(together)))
    return found


def _whole_units(
    line: OrderLine, refunds: Sequence[Refund], policy: Policy, home: str
) -> list[tuple[int, list[Refund]]]:
    price = line.unit_principal
    if price is None:
        return [(r.quantity or 1, [r]) for r in refunds]
    found: list[tuple[int, list[Refund]]] = []
    broken: list[Refund] = []
    marketplace = line.marketplace or home
    for refund in refunds:
        units = _units(refund.principal, price, refund.date, policy, marketplace)
        if units:
            found.append((units, [refund]))
        else:
            broken.append(refund)
    if broken:
        together = sum(r.principal for r in broken)
        found.append((_units(together, price, broken[-1].date, policy, marketplace), broken))
    return found


def _units(principal: float, price: float, day: date, policy: Policy, marketplace: str) -> int:
    units = round(principal / price)
    tolerance = policy.value("refund_unit_tolerance", on=day, marketplace=marketplace)
    off, allowed = abs(principal - units * price), units * (tolerance.number if tolerance else 0.0)
    return units if units and not exceeds(off, allowed) else 0


def resent_units(replacements: pd.DataFrame, replaced: Mapping[str, str]) -> dict[str, list[Resent]]:
    """First order id -> what Replacements shipped in its place, oldest first; rows that name no order are left out.

    ``replacements``: columns shipment_date, sku, asin, quantity, reason_code, replacement_order_id,
    original_order_id. ``replaced``: replacement order id -> first order id.
    """
    found: dict[str, list[Resent]] = defaultdict(list)
    if replacements.empty:
        return found
    rows = replacements[
        replacements["shipment_date"].notna()
        & replacements["original_order_id"].ne("")
        & ~replacements["quantity"].le(0)
    ]
    for row in records(rows.sort_values(["shipment_date", "replacement_order_id", "_where", "_row"])):
        first = replaced.get(row["original_order_id"], row["original_order_id"])
        quantity = row["quantity"]
        found[first].append(
            Resent(
                date=row["shipment_date"].date(),
                units=1 if pd.isna(quantity) else round(quantity),
                order_id=first,
                replacement_id=row["replacement_order_id"],
                sku=row["sku"],
                asin=row["asin"],
                reason=row["reason_code"],
                row=source(row),
            )
        )
    return found


def refund_evidence(line: OrderLine, refund: Refund) -> Evidence:
    """A refund as a row that tells of a loss and counts no units."""
    return Evidence(
        role="refund",
        source=refund.row,
        date=refund.date,
        units=None,
        amount=round(refund.principal, 2),
        currency=line.currency,
        identifiers=f"SKU {line.sku} · order {line.order_id}",
        shows=f"refunded {refund.principal:,.2f} {line.currency} principal",
    )


def sold_at_several_prices(line: OrderLine, policy: Policy, home: str) -> bool:
    """True where the units of a line had different prices, so that money alone does not tell how many came back."""
    prices = line.unit_prices
    if not prices or line.sold_on is None:
        return False
    tolerance = policy.value("refund_unit_tolerance", on=line.sold_on, marketplace=line.marketplace or home)
    return exceeds(prices[-1] - prices[0], tolerance.number if tolerance else 0.0)


def resent_evidence(resent: Resent) -> Evidence:
    """A replacement as a row that tells of a loss and counts no units."""
    identifiers = f"SKU {resent.sku} · order {resent.order_id} · reference {resent.replacement_id}"
    shows = f"{resent.units} sent again as order {resent.replacement_id}"
    return Evidence("replacement", resent.row, resent.date, None, None, "", identifiers, shows)


class OrderLines:
    """The lines of orders, for rows that name an order and a SKU."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._by_order: dict[str, list[OrderLine]] = defaultdict(list)
        for line in orders.values():
            self._by_order[line.order_id].append(line)

    def of(self, order_id: str, sku: str) -> list[OrderLine]:
        """The line of that SKU; where the order has none, all its lines: one of them is meant."""
        line = self._orders.get((order_id, sku))
        return [line] if line else self._by_order.get(order_id, [])


def return_doubts(
    returns: pd.DataFrame, orders: Orders, resent: Mapping[str, Sequence[Resent]], again: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """(first order id, SKU) -> what must be answered before units that came back for it are claimed.

    ``returns``: columns order_id (the first order), sku, quantity. ``again``: see `charged_again`.
    """
    found: dict[tuple[str, str], str] = {}
    if returns.empty:
        return found
    named = {order for order, _ in orders} | set(again)
    some = returns[among(returns["order_id"], named)]
    sums = some.groupby(["order_id", "sku"], as_index=False)[["quantity"]].sum()
    for order, sku, quantity in tuples(sums):
        line, units = orders.get((order, sku)), round(quantity)
        sent = (line.sold if line else 0) + sum(r.units for r in resent.get(order, ()))
        asked = []
        if line and line.sold and units > sent:
            asked.append(f"{units} units came back of {sent} sent: is one of them counted twice?")
        if order in again:
            asked.append(f"{again[order]}: did that pay for this unit?")
        if asked:
            found[order, sku] = "; ".join(asked)
    return found


def return_clocks(lines: Iterable[OrderLine], resent: Iterable[Resent]) -> tuple[Evidence, ...]:
    """The rows whose dates start the window of a return: the refunds, else the replacements; () if none is known."""
    told = tuple(refund_evidence(line, r) for line in lines for r in line.refunds)
    if told:
        return told
    return tuple(resent_evidence(r) for r in resent)
