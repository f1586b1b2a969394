"""Refunds without a return of that order and SKU.

Source:  TheSellersNetwork/TheSellersNetwork on GitHub, src/lib/tools/amazon-reports.ts (commit a698060), tests in
         src/lib/tools/amazon-reports.test.ts (commit 598a6a2). zqgfdwmdyj-hue/Lugru has the same rule in
         src/lib/claims/rules.ts (commit 14d3472) with 45 days and no last day.
Claims:  every order and SKU with a refund row of an order Amazon fulfilled, for the refunded quantity (1 where the
         row has none, as in settlements) less the units returned and those reimbursed under that order and SKU, from 45
         to 105 days after the first refund (the windows of the United Kingdom).
Not done: partial refunds count as whole, replacements and goods that came back under another SKU are not looked for,
         deferred refunds and reversed payments are not told apart, A-to-z claims and chargebacks count as refunds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ...reports import Reports
from ._ruleset import (
    ORDERS,
    REFUND,
    Finding,
    Row,
    RuleSet,
    Windows,
    dated_rows,
    later,
    paid_units,
    rows_of,
    units_of,
)

SELLER_FULFILLED = ("seller", "merchant", "mfn")
Line = tuple[str, str]  # order id and SKU


@dataclass(slots=True)
class Refunded:
    """The first refund of an order line, and the largest quantity a row of it states."""

    day: date
    units: int


def find(reports: Reports, windows: Windows, _as_of: date) -> list[Finding]:
    """Refunded lines that neither came back nor were paid for; nothing when there is no returns report at all."""
    if not any(export.report == "customer_returns" for export in reports.exports):
        return []
    back = _sums(reports.frames["customer_returns"], lambda r: abs(units_of(r["quantity"])) or 1)
    paid = _sums(reports.frames["reimbursements"], lambda r: max(paid_units(r), 0))
    findings = []
    for (order_id, sku), refund in _refunds(reports).items():
        units = refund.units - back[(order_id, sku)] - paid[(order_id, sku)]
        if units > 0:
            opens, closes = later(refund.day, windows.returns_open), later(refund.day, windows.returns_close)
            findings.append(
                Finding(REFUND, units, refund.day, sku, order_id=order_id, opens=opens, closes=closes)
            )
    return findings


def _refunds(reports: Reports) -> dict[Line, Refunded]:
    settled, stated = reports.frames["settlements"], reports.frames["transactions"]
    refunded = settled[settled["transaction_type"].str.contains("refund", case=False)]
    listed = stated[stated["type"].str.lower().eq("refund")]
    lines: dict[Line, Refunded] = {}
    for row in (*dated_rows(refunded, "posted_date"), *dated_rows(listed, "posted_date")):
        if row["order_id"] and row["fulfillment"].lower() not in SELLER_FULFILLED:
            units = abs(units_of(row["quantity"])) or 1
            line = lines.setdefault((row["order_id"], row["sku"]), Refunded(row["day"], units))
            line.day, line.units = min(line.day, row["day"]), max(line.units, units)
    return lines


def _sums(frame: pd.DataFrame, units: Callable[[Row], int]) -> dict[Line, int]:
    sums: dict[Line, int] = defaultdict(int)
    for row in rows_of(frame):
        if row["order_id"]:
            sums[(row["order_id"], row["sku"])] += units(row)
    return sums


RULES = RuleSet(
    "refunds_without_return",
    "Refunds without a return by order",
    "github.com/TheSellersNetwork/TheSellersNetwork src/lib/tools/amazon-reports.ts",
    ("order_id", "sku"),
    frozenset((REFUND,)),
    ORDERS,
    Windows(returns_open=45, returns_close=105),
    find,
)
