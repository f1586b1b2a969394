"""Netting lost units per ASIN over all time, and damage codes by their unreconciled quantity.

Source:  EstoreFactory109/SellerQI on GitHub, server/Services/Calculations/Reimbursement.js (commit 7610b86), after
         its "Refunzo Final Documentation 6.md" (commit e6e5cd4): discrepancy units = lost - found - reimbursed.
Claims:  per ASIN the units lost less those found less those reimbursed as Lost_Warehouse, whatever the dates; and the
         unreconciled quantity of the codes 6, 7, E, H, K and U, once per Reference ID, ASIN and FNSKU.
Not done: no windows, no N rows, no reversals but their negative quantity. Lost and found come from the ledger's
         summary there; here from the detail rows it sums up (M and 5, F). The project needs a price above the fees,
         which every product here has. Its disposals and inbound shortages are left out.
Examples: the project publishes rules but no worked example: the demo data it ships
         (client/src/Pages/DemoSellerCentralChecker/demoMockData.js) shows 8 open units of 20 lost, 12 found and 8
         reimbursed, which its own formula makes 0. The rules its comments state are tested instead, and the one example
         of such a balance found elsewhere (sellerzen.com, "Understand your Amazon Inventory Adjustment Report").
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

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
from .all_time_netting import reason_of, total

LOST_CODES, FOUND_CODES = frozenset(("M", "5")), frozenset(("F",))
DAMAGE_CODES = frozenset(("6", "7", "E", "H", "K", "U"))


def find(reports: Reports, _windows: Windows, _as_of: date) -> list[Finding]:
    """The balance of lost units of every ASIN, and the damage that is unreconciled."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in adjustments(reports):
        if row["asin"]:
            groups[row["asin"]].append(row)
    paid: dict[str, int] = defaultdict(int)
    for row in rows_of(reports.frames["reimbursements"]):
        paid[row["asin"]] += paid_units(row) if reason_of(row) == "lostwarehouse" else 0
    findings = [f for asin, rows in groups.items() if (f := _lost(asin, rows, paid[asin]))]
    return findings + [f for rows in groups.values() for f in _damaged(rows)]


def _lost(asin: str, rows: list[Row], paid: int) -> Finding | None:
    lost = [r for r in rows if r["reason"] in LOST_CODES and r["quantity"] < 0]
    found = [r for r in rows if r["reason"] in FOUND_CODES and r["quantity"] > 0]
    units = total(lost, abs) - total(found, abs) - paid
    return Finding(LOST, units, lost[-1]["day"], asin=asin) if lost and units > 0 else None


def _damaged(rows: list[Row]) -> list[Finding]:
    once = {
        (r["reference_id"], r["fnsku"]): r
        for r in reversed(rows)
        if r["reason"] in DAMAGE_CODES and units_of(r["unreconciled"]) > 0
    }
    return [Finding(DAMAGED, units_of(r["unreconciled"]), r["day"], asin=r["asin"]) for r in once.values()]


RULES = RuleSet(
    "asin_netting",
    "Netting per ASIN over all time",
    "github.com/EstoreFactory109/SellerQI server/Services/Calculations/Reimbursement.js",
    ("asin",),
    frozenset((LOST, DAMAGED)),
    WAREHOUSE,
    Windows(),
    find,
)
