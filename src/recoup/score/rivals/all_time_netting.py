"""Netting per SKU over all time: everything lost, less everything found, less everything reimbursed.

Source:  zqgfdwmdyj-hue/Lugru on GitHub, src/lib/claims/rules.ts and tests/claims.test.ts (commit 14d3472).
Claims:  per SKU the units with code M less those with F less those reimbursed as Lost_Warehouse, and the units with
         E, 6 and 7 less those reimbursed as Damaged_Warehouse, once 30 days have passed since the first of them.
Not done: no dates beyond that, so an old surplus hides a new loss and what is too late is claimed again; no N rows,
         no stock booked under an Amazon.Found SKU, no reversals but their negative quantity, no reconciled quantity.
         The rule set's other parts (disposals, inbound, removals, low payments) are left out here, and its smallest
         amount: it drops candidates worth less than 1 by the seller's own cost, which these reports need not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from ...reports import Reports
from ._ruleset import (
    DAMAGED,
    LOST,
    WAREHOUSE,
    Finding,
    Row,
    RuleSet,
    Windows,
    adjustments,
    paid_units,
    rows_of,
    units_of,
)

WAIT = timedelta(days=30)
SIDES: tuple[tuple[str, frozenset[str], frozenset[str], str], ...] = (
    (LOST, frozenset(("M",)), frozenset(("F",)), "lostwarehouse"),
    (DAMAGED, frozenset(("E", "6", "7")), frozenset(), "damagedwarehouse"),
)


def find(reports: Reports, _windows: Windows, as_of: date) -> list[Finding]:
    """The balance of every SKU."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in adjustments(reports):
        if row["sku"]:
            groups[row["sku"]].append(row)
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows_of(reports.frames["reimbursements"]):
        paid[(row["sku"], reason_of(row))] += paid_units(row)
    findings = []
    for sku, rows in groups.items():
        for kind, gone, back, reason in SIDES:
            lost = [r for r in rows if r["reason"] in gone and r["quantity"] < 0]
            found = [r for r in rows if r["reason"] in back and r["quantity"] > 0]
            units = total(lost, abs) - total(found, abs) - paid[(sku, reason)]
            first = min((r["day"] for r in lost), default=None)
            if units > 0 and first is not None and first + WAIT <= as_of:
                findings.append(Finding(kind, units, first, sku, lost[0]["fnsku"], lost[0]["asin"]))
    return findings


def total(rows: list[Row], sign: Callable[[int], int]) -> int:
    """The units of these rows together."""
    return sum(sign(units_of(row["quantity"])) for row in rows)


def reason_of(row: Row) -> str:
    """A reimbursement's reason without case and separators."""
    return "".join(c for c in str(row["reason"]).lower() if c.isalnum())


RULES = RuleSet(
    "all_time_netting",
    "Netting per SKU over all time",
    "github.com/zqgfdwmdyj-hue/Lugru src/lib/claims/rules.ts",
    ("sku",),
    frozenset((LOST, DAMAGED)),
    WAREHOUSE,
    Windows(),
    find,
)
