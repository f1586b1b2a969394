"""Amazon's own unreconciled quantity of every loss and damage code.

Source:  TheSellersNetwork/TheSellersNetwork on GitHub, src/lib/tools/amazon-reports.ts (commit a698060), tests in
         src/lib/tools/amazon-reports.test.ts (commit 598a6a2). The same signal is published by
         Bowshy/amazon-review-automation, docs/reimbursement.md (M and 5 with an unreconciled quantity; commit 0073a56),
         by EstoreFactory109/SellerQI, server/Services/Calculations/Reimbursement.js (6, 7, E, H, K and U with one;
         commit 7610b86), and by the tool fba_reimbursement_check of vendooly (glama.ai).
Claims:  adjustments with the codes M and 5 (lost) and 6, 7, E, H, K and U (damaged) for as many units as the ledger
         calls unreconciled, until 60 days after the event; rows without that figure are netted by date.
Not done: payments and finds that the figure does not know yet, reversals, units that were not sellable before,
         corrections of a damage, disposals.
"""

from __future__ import annotations

from datetime import date

from ...reports import Reports
from ._ruleset import DAMAGED, LOST, WAREHOUSE, Finding, RuleSet, Windows
from .dated_netting import WINDOWS, net


def find(reports: Reports, windows: Windows, _as_of: date) -> list[Finding]:
    """What the ledger itself still calls unreconciled."""
    return net(reports, windows, trust_amazon=True)


RULES = RuleSet(
    "unreconciled",
    "Unreconciled M/5 and damage codes",
    "github.com/TheSellersNetwork/TheSellersNetwork src/lib/tools/amazon-reports.ts",
    ("fnsku",),
    frozenset((LOST, DAMAGED)),
    WAREHOUSE,
    WINDOWS,
    find,
)
