"""What makes no sense on Cases as people typed it: named on Checks, never altered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from .case_log import CaseLog, case_of
from .case_sheet import CaseSheet, row_key, skipped_step
from .cases import BEYOND_DRAFT, day, stage_of, text
from .memory import plain
from .model import Cell, Problem, Record
from .policy import Policy
from .shield import unchecked
from .stages import Rules, find_faults, home_of, why_no_appeal

_WHERE = "Cases"


def rules_of(
    row: Mapping[str, Cell], claim: Mapping[str, Cell], log: CaseLog, policy: Policy, on: date
) -> Rules:
    """What the stage of this row is judged by."""
    marketplace = text(claim.get("Marketplace")) or home_of(policy)
    return Rules(policy, on, marketplace, day(claim.get("Opens")), log.appeals(case_of(row)))


def find_appealable(
    sheet: CaseSheet, claims: Mapping[str, Record], policy: Policy, on: date
) -> frozenset[str]:
    """The denied claims that policy still lets a person appeal."""
    found = set()
    for key, row in sheet.by_claim.items():
        judged = {**row, "Deadline": row.get("Deadline") or claims.get(key, {}).get("Deadline")}
        rules = rules_of(row, claims.get(key, {}), sheet.log, policy, on)
        if stage_of(row) == "Denied" and not why_no_appeal(judged, rules):
            found.add(key)
    return frozenset(found)


def case_problems(
    sheet: CaseSheet, claims: Mapping[str, Record], policy: Policy, on: date
) -> Iterator[Problem]:
    """One line per thing that makes no sense, with the row and what to do."""
    for row in sheet.rows:
        for fault in find_faults(row, rules_of(row, _claim(row, claims), sheet.log, policy, on)):
            yield _problem(row, fault.column, fault.says, fault.remedy)
        if text(row.get("Follow up on")) and day(row.get("Follow up on")) is None:
            typed = plain(row.get("Follow up on"))
            says = f"Follow up on says {typed!r}, which is no day; the default of policy counts"
            yield _problem(row, "Follow up on", says, "Write it as 2026-11-15.")
        if stage_of(row) in BEYOND_DRAFT and (block := unchecked(row, policy)):
            remedy = "Have a colleague check what was filed and sign in Checked by."
            yield _problem(row, "Checked by", f"{stage_of(row)}, but {block.why.partition(':')[0]}", remedy)
    for key, row in sheet.by_key.items():
        if step := skipped_step(key, row, sheet):
            yield _problem(row, "Stage", step, "Check the stage; Recoup takes it as it is typed.")
    yield from _copies(sheet)
    yield from _shared_ids(sheet)
    for key, row in sheet.deleted.items():
        yield _deleted(key, row)


def _claim(row: Record, claims: Mapping[str, Record]) -> Record:
    return claims.get(text(row.get("Claim ID")), {})


def _problem(row: Record, column: str, says: str, remedy: str) -> Problem:
    return Problem("warning", _WHERE, f"{named(row)}: {says}", remedy, column=column, rows=1)


def named(row: Record) -> str:
    """A row of Cases in words: its case, and its claim where that is another name."""
    case, claim = text(row.get("Case")), text(row.get("Claim ID"))
    if claim and claim not in case:
        return f"{case} ({claim})" if case else claim
    return case or (f"Amazon case {plain(row['Amazon case ID'])}" if row.get("Amazon case ID") else "a row")


def _copies(sheet: CaseSheet) -> Iterator[Problem]:
    counts: dict[str, int] = {}
    for row in sheet.rows:
        if text(row.get("Claim ID")):
            counts[row_key(row)] = counts.get(row_key(row), 0) + 1
    for key, count in counts.items():
        if count > 1:
            says = f"{key} stands on {count} rows of Cases; only the first counts and is kept up to date"
            remedy = "Move what was typed in the others to the first row, then delete them."
            yield Problem("warning", _WHERE, says, remedy, column="Claim ID", rows=count)


def _shared_ids(sheet: CaseSheet) -> Iterator[Problem]:
    cases: dict[str, dict[str, None]] = {}
    for row in sheet.rows:
        if amazon := plain(row.get("Amazon case ID")):
            cases.setdefault(amazon, {})[text(row.get("Case")) or text(row.get("Claim ID"))] = None
    for amazon, names in cases.items():
        if len(names) > 1:
            says = f"Amazon case {amazon} stands on several cases: {', '.join(names)}"
            remedy = "One request to Amazon is one case: correct the Amazon case ID of the wrong one."
            yield Problem("warning", _WHERE, says, remedy, column="Amazon case ID", rows=len(names))


def _deleted(key: str, row: Record) -> Problem:
    amazon = f", Amazon case {text(row.get('Amazon case ID'))}" if text(row.get("Amazon case ID")) else ""
    says = (
        f"the row of {key} ({stage_of(row)}{amazon}) is gone from Cases; it still counts as it was last seen"
    )
    remedy = "Paste the row back from the newest backup; to end the case, paste it back and set its Stage to Closed."
    return Problem("error", _WHERE, says, remedy, column="Claim ID", rows=1)
