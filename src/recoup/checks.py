"""What is wrong or unknown in the reports themselves, beyond what reading them finds."""

from __future__ import annotations

from datetime import date

import pandas as pd

from .coverage import Coverage
from .fees import stale_tables
from .model import Problem
from .policy import ALL, Policy
from .reports import Reports, all_reports


def check_reports(reports: Reports, policy: Policy, as_of: date) -> list[Problem]:
    """Problems for the Checks sheet: unknown codes with their units, SKUs that lost zeros, policies not reviewed."""
    interval = policy.value("review_interval", on=as_of, marketplace=ALL)
    return [
        *_unknown_ledger_codes(reports, policy),
        *_unknown_payment_reasons(reports, policy),
        *_lost_zeros(reports),
        *policy.stale(as_of),
        *stale_tables(as_of, round(interval.number) if interval else 0),
    ]


def check_coverage(coverage: Coverage) -> list[Problem]:
    """Holes between the exports of one report, and long stretches without a row inside one."""
    problems = []
    for name, report in all_reports().items():
        read = ", ".join(f"{s.first} to {s.last} ({s.known_by})" for s in coverage.spans([name]))
        for first, last in coverage.gaps(name):
            days = (last - first).days + 1
            text = f"{report.tab} covers {read}: {days} {'day' if days == 1 else 'days'} missing, {first} to {last}"
            problems.append(
                Problem("warning", report.tab, text, f"Paste {report.tab} for {first} to {last}.")
            )
        for where, (first, last) in coverage.quiet(name):
            text = f"no row from {first} to {last}, though rows stand before and after"
            remedy = "Nothing, if nothing happened then; if a part of the export is missing, paste it again."
            problems.append(Problem("note", where, text, remedy))
    return problems


def _unknown_ledger_codes(reports: Reports, policy: Policy) -> list[Problem]:
    ledger = reports.frames["inventory_ledger"]
    rows = ledger.loc[ledger["event_type"].eq("Adjustments"), ["reason", "quantity", "_where", "_row"]]
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
                    f"reason code {code or '(blank)'} is not known: {units} {'unit is' if units == 1 else 'units are'} "
                    "neither loss nor credit",
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


def _lost_zeros(reports: Reports) -> list[Problem]:
    """SKUs of digits that stand with leading zeros elsewhere: Excel made numbers of them, and nothing matches."""
    parts = []
    for name, report in all_reports().items():
        frame = reports.frames[name]
        if "sku" not in report.names or frame.empty:
            continue
        digits = frame["sku"][frame["sku"].str.isdigit()].unique()  # by Arrow, to which also ¼ is one
        numbers = [s for s in digits if s.isdigit()]
        if numbers:
            parts.append(frame.loc[frame["sku"].isin(numbers), ["sku", "_where", "_row"]])
    if not parts:
        return []
    rows = pd.concat(parts)
    whole = {s.lstrip("0"): s for s in sorted(rows["sku"].unique()) if s.startswith("0")}
    problems = []
    for key, found in rows[rows["sku"].isin(list(whole))].groupby(["_where", "sku"], sort=True):
        where, sku = (str(k) for k in key)
        problems.append(
            Problem(
                "warning",
                where,
                f"SKU {sku} stands as {whole[sku]} in another report: Excel may have taken its leading zeros",
                "format the tab as text and paste again, or import the downloaded file",
                column="SKU",
                rows=len(found),
                first_cells="row " + ", ".join(str(n) for n in sorted(found["_row"])[:5]),
            )
        )
    return problems
