"""What is wrong or unknown in the reports themselves, beyond what reading them finds."""

from __future__ import annotations

from datetime import date

from .model import Problem
from .policy import Policy
from .reports import Reports


def check_reports(reports: Reports, policy: Policy, as_of: date) -> list[Problem]:
    """Problems for the Checks sheet: unknown codes with their units, dispositions, policies not reviewed."""
    return [
        *_unknown_ledger_codes(reports, policy),
        *_unknown_payment_reasons(reports, policy),
        *policy.stale(as_of),
    ]


def _unknown_ledger_codes(reports: Reports, policy: Policy) -> list[Problem]:
    ledger = reports.frames["inventory_ledger"]
    rows = ledger[ledger["event_type"].eq("Adjustments")]
    problems = []
    for code in sorted(rows["reason"].unique()):
        known = policy.reason_code(code)
        if known is None or known.role == "unknown":
            found = rows[rows["reason"].eq(code)]
            units = int(found["quantity"].abs().sum())
            problems.append(
                Problem(
                    "warning",
                    str(found["_where"].iloc[0]),
                    f"reason code {code or '(blank)'} is not known: {units} units are neither loss nor credit",
                    "Look the code up in Seller Central and fill its Override on the Reason Codes sheet.",
                    column="Reason",
                    rows=len(found),
                    first_cells=", ".join(f"row {n}" for n in sorted(found["_row"])[:5]),
                )
            )
    return problems


def _unknown_payment_reasons(reports: Reports, policy: Policy) -> list[Problem]:
    rows = reports.frames["reimbursements"]
    problems = []
    for reason in sorted(rows["reason"].unique()):
        if policy.payment_reason(reason) is None:
            found = rows[rows["reason"].eq(reason)]
            problems.append(
                Problem(
                    "warning",
                    str(found["_where"].iloc[0]),
                    f"reimbursement reason {reason or '(blank)'} is not known: {found['amount_total'].sum():,.2f} "
                    "in payments that only raise questions",
                    "Say on the Reason Codes sheet which kind of loss it pays.",
                    column="reason",
                    rows=len(found),
                    first_cells=", ".join(f"row {n}" for n in sorted(found["_row"])[:5]),
                )
            )
    return problems
