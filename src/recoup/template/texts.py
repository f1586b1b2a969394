"""What the sheets say to people: a sentence under each title, and how to get each report."""

from __future__ import annotations

from dataclasses import dataclass

from ..detectors import all_detectors
from ..reports import all_reports


@dataclass(frozen=True, slots=True)
class ReportText:
    """Where a report is found in Seller Central, what to ask for, and what it lets Recoup find."""

    where: str
    request: str
    unlocks: str


FIRST_STEP = (
    "Start here: paste Inventory Ledger and Reimbursements into their tabs, or import the downloaded files, "
    "then refresh the claims."
)

HINTS: dict[str, str] = {
    "Claims": "One row per claim. Orange headings are yours: pick Take up, Hold or Dismiss under Decision. "
    "Click a + above the columns for ids, windows and how the value was found.",
    "Not Claimed": "Every discrepancy that was looked at and not claimed, with the one reason why and the rows "
    "that say so.",
    "Evidence": "The report rows that count for or against each claim. A line above a row starts the next claim.",
    "Checks": "What is wrong, missing or only read with doubt in the reports, and what to do about it.",
    "Cases": "One row per claim that was taken up. Orange headings are yours; Recoup keeps the others up to date "
    "and never deletes a row.",
    "Case Log": "The letters, calls and answers of each case. Write here, or let Recoup add what you record.",
    "Journal": "Who changed what and when. Rows are only ever added.",
    "Policy": "Amazon's windows, caps and lags as shipped, each with its source. Fill Override, Override by and "
    "Why to use another value in this workbook.",
    "Reason Codes": "How each of Amazon's codes is read. Fill Override, Override by and Why to read one "
    "differently in this workbook.",
}

BESIDE_CLAIMS = {"ledger_summary": "checks that Inventory Ledger is whole"}
NO_KIND = "read and checked; no claim needs it"


def report_text(tab: str) -> ReportText:
    """What Home says about a report tab or own record; KeyError for an unknown one."""
    for report in all_reports().values():
        if report.tab == tab:
            return ReportText(report.menu, report.request, _unlocks(report.name))
    raise KeyError(tab)


def _unlocks(report: str) -> str:
    """The kinds of claim that need this report, then those that it can prove or refute, then those it helps."""
    detectors = all_detectors().values()
    needing = [d.kind for d in detectors if report in _names(d.needs)]
    proving = [d.kind for d in detectors if report in _names(d.refuted_by) and d.kind not in needing]
    if len(needing) + len(proving) == len(detectors):
        proving = ["all others"]
    helping = [d.kind for d in detectors if report in d.helped_by]
    parts = [("", needing), ("proof for ", proving), ("tells more of ", helping)]
    told = "; ".join(f"{what}{', '.join(kinds)}" for what, kinds in parts if kinds)
    return told or BESIDE_CLAIMS.get(report, NO_KIND)


def _names(reports: tuple[str | tuple[str, ...], ...]) -> set[str]:
    return {name for entry in reports for name in ((entry,) if isinstance(entry, str) else entry)}
