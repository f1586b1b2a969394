"""Netting by date: a loss less the finds and reimbursements dated no more than a week before it.

Source:  TheSellersNetwork/TheSellersNetwork on GitHub, src/lib/tools/amazon-reports.ts (commit a698060), tests in
         src/lib/tools/amazon-reports.test.ts (commit 598a6a2); the way taken there when the ledger lacks the column
         Unreconciled Quantity. Described on its page /tools/amazon-reimbursements.
Claims:  adjustments with the codes M and 5 (lost) and 6, 7, E, H, K and U (damaged), oldest first, each less the
         finds (F, N) and the reimbursements without an order id of the same FNSKU or SKU, each used once, until 60
         days after the event.
Not done: found units and payments of other kinds are not told apart, an inventory reimbursement counts a second
         time as the N row that brings the units, reversals reopen nothing, dispositions do not matter, and corrected
         or disposed units stay open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

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
    dated_rows,
    later,
    paid_units,
    units_of,
)

KIND_OF = dict.fromkeys(("M", "5"), LOST) | dict.fromkeys(("6", "7", "E", "H", "K", "U"), DAMAGED)
FOUND = frozenset(("F", "N"))
GRACE = timedelta(days=7)
WINDOWS = Windows(warehouse=60)


@dataclass(slots=True)
class Credit:
    """Units found or paid for on a day, and how many of them no loss has used yet."""

    day: date
    fnsku: str
    sku: str
    left: int

    def serves(self, row: Row) -> bool:
        """Whether it is of the same product and late enough for that loss."""
        same = (self.fnsku and self.fnsku == row["fnsku"]) or (self.sku and self.sku == row["sku"])
        return bool(same) and self.left > 0 and self.day >= row["day"] - GRACE


def find(reports: Reports, windows: Windows, _as_of: date) -> list[Finding]:
    """Losses that no find and no reimbursement of about that time explains."""
    return net(reports, windows, trust_amazon=False)


def net(reports: Reports, windows: Windows, *, trust_amazon: bool) -> list[Finding]:
    """The losses left open; with ``trust_amazon`` the ledger's unreconciled quantity decides where there is one."""
    rows = adjustments(reports)
    by_product = _by_product(_credits(reports, rows))
    findings = []
    for row in rows:
        kind, quantity = KIND_OF.get(row["reason"]), -units_of(row["quantity"])
        if kind is None or quantity <= 0:
            continue
        told = row["unreconciled"] == row["unreconciled"] and trust_amazon
        units = (
            min(abs(units_of(row["unreconciled"])), quantity) if told else _take(quantity, row, by_product)
        )
        if units > 0:
            findings.append(
                Finding(
                    kind,
                    units,
                    row["day"],
                    sku=row["sku"],
                    fnsku=row["fnsku"],
                    asin=row["asin"],
                    opens=row["day"],
                    closes=later(row["day"], windows.warehouse),
                )
            )
    return findings


def _credits(reports: Reports, rows: list[Row]) -> list[Credit]:
    found = [
        Credit(r["day"], r["fnsku"], r["sku"], units_of(r["quantity"]))
        for r in rows
        if r["reason"] in FOUND and r["quantity"] > 0
    ]
    paid = [
        Credit(r["day"], r["fnsku"], r["sku"], paid_units(r))
        for r in dated_rows(reports.frames["reimbursements"], "approval_date")
        if not r["order_id"] and paid_units(r) > 0
    ]
    return sorted(chain(paid, found), key=lambda c: c.day)


def _by_product(credits: list[Credit]) -> dict[str, list[Credit]]:
    products: dict[str, list[Credit]] = {}
    for credit in credits:
        for name in {credit.fnsku, credit.sku} - {""}:
            products.setdefault(name, []).append(credit)
    return products


def _take(units: int, row: Row, by_product: dict[str, list[Credit]]) -> int:
    """What is left of these units after the oldest credits that serve them, which it uses up."""
    pool = by_product.get(row["fnsku"], []) + by_product.get(row["sku"], [])
    for credit in sorted(pool, key=lambda c: c.day):
        if units and credit.serves(row):
            used = min(units, credit.left)
            credit.left -= used
            units -= used
    return units


RULES = RuleSet(
    "dated_netting",
    "Netting by reimbursement date",
    "github.com/TheSellersNetwork/TheSellersNetwork src/lib/tools/amazon-reports.ts",
    ("fnsku",),
    frozenset((LOST, DAMAGED)),
    WAREHOUSE,
    WINDOWS,
    find,
)
