"""Money that was missed: claims whose deadline went by unfiled, by week, by cause and by whose it was.

Decisions:
- A claim counts from the day after its deadline, also before the next refresh says so. It is told by Claims, and by
  drafts of claims that are no longer there. Lines of Not Claimed that expired before Recoup saw them hold no value and
  are left out: nobody here missed them.
- The cause is what the claim was last: a draft, on Hold, what its Status was by the Journal; whether it was found too
  late, or its reports were not read any more, comes before its Status.
- It belongs to the Owner of its case, else to whoever decided, else to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .cases import NOT_RECHECKED, day, stage_of, text
from .memory import plain
from .model import Cell, Record
from .policy import ALL, Policy
from .work_tasks import monday

DRAFT, HOLD, LATE, OLD = "in Draft", "on Hold", "found after its deadline", "reports too old"
ASKED, WAITING, READY, UNKNOWN = "Needs input", "Waiting", "Ready, never filed", "not known"
_BY_STATUS = {"Needs input": ASKED, "Waiting": WAITING, "Ready": READY}
_OPEN = ("Ready", "Waiting", "Needs input")
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Missed:
    """A claim that nobody filed in time; ``missing`` is the record or question it waited for."""

    claim_id: str
    case: str
    kind: str
    sku: str
    deadline: date
    cause: str
    missing: str
    owner: str
    value: float | None
    currency: str

    @property
    def week(self) -> date:
        """The Monday of the week in which the deadline went by."""
        return monday(self.deadline)


def find_missed(
    claims: Iterable[Record], cases: Sequence[Record], journal: Iterable[Record], on: date
) -> list[Missed]:
    """Every claim past its deadline that was never filed, the latest deadline first, then the most money."""
    by_claim: dict[str, Record] = {}
    for row in cases:
        by_claim.setdefault(text(row.get("Claim ID")), row)
    by_claim.pop("", None)
    last = _last_status(journal)
    found = [_of_claim(c, by_claim.get(text(c.get("Claim ID")), {}), last, on) for c in claims]
    known = {m.claim_id for m in found if m} | {text(c.get("Claim ID")) for c in claims}
    found += [_of_draft(row, on) for row in cases if text(row.get("Claim ID")) not in known]
    missed = {m.claim_id or m.case: m for m in reversed(found) if m}
    return sorted(
        missed.values(), key=lambda m: (-m.deadline.toordinal(), -(m.value or 0.0), m.claim_id, m.case)
    )


def _last_status(journal: Iterable[Record]) -> dict[str, str]:
    """Claim id -> what its Status was before it was called Expired, by the last line that says so."""
    return {
        text(line.get("Claim ID")): text(line.get("From"))
        for line in journal
        if text(line.get("Field")) == "Status" and text(line.get("To")) == "Expired"
    }


def _of_claim(claim: Record, case: Record, last: Mapping[str, str], on: date) -> Missed | None:
    deadline, status = day(claim.get("Deadline")), text(claim.get("Status"))
    if deadline is None or deadline >= on or status not in (*_OPEN, "Expired"):
        return None
    if case and stage_of(case) != "Draft":
        return None
    key = text(claim.get("Claim ID"))
    cause = _cause(claim, bool(case), last.get(key, "") if status == "Expired" else status, deadline)
    owner = text(case.get("Owner")) or text(claim.get("Decided by")) or NOBODY
    return Missed(
        key,
        text(case.get("Case")),
        text(claim.get("Kind")),
        text(claim.get("SKU")),
        deadline,
        cause,
        text(claim.get("Missing")) if cause in (ASKED, OLD) else "",
        owner,
        _number(claim.get("Claim value")),
        text(claim.get("Currency")),
    )


def _cause(claim: Mapping[str, Cell], drafted: bool, status: str, deadline: date) -> str:
    first = day(claim.get("First seen"))
    if drafted:
        return DRAFT
    if first and first > deadline:
        return LATE
    if text(claim.get("Decision")) == "Hold":
        return HOLD
    if NOT_RECHECKED in text(claim.get("Missing")):
        return OLD
    return _BY_STATUS.get(status, UNKNOWN)


def _of_draft(row: Record, on: date) -> Missed | None:
    """A draft past its deadline whose claim is not on Claims."""
    deadline = day(row.get("Deadline"))
    if deadline is None or deadline >= on or stage_of(row) != "Draft":
        return None
    return Missed(
        text(row.get("Claim ID")),
        text(row.get("Case")),
        text(row.get("Kind")),
        text(row.get("SKU")),
        deadline,
        DRAFT,
        "",
        text(row.get("Owner")) or NOBODY,
        _number(row.get("Claim value")),
        text(row.get("Currency")),
    )


def recent(missed: Iterable[Missed], policy: Policy, on: date) -> tuple[list[Missed], date]:
    """Those of the last weeks, as many as policy says, and the day from which they count."""
    weeks = policy.value("missed_money_weeks", on=on, marketplace=ALL)
    since = on - timedelta(weeks=round(weeks.number) if weeks else 0)
    return [m for m in missed if m.deadline >= since], since


def by_week(missed: Iterable[Missed]) -> list[Record]:
    """One line per week, cause, owner and currency; the latest week first, then the most money."""
    groups: dict[tuple[date, str, str, str], list[Missed]] = {}
    for m in missed:
        groups.setdefault((m.week, m.cause, m.owner, m.currency), []).append(m)
    rows: list[Record] = [
        {"Week of": week, "Cause": cause, "Owner": owner, **_sum(group, currency)}
        for (week, cause, owner, currency), group in groups.items()
    ]
    return sorted(rows, key=_latest_first)


def _latest_first(row: Record) -> tuple[int, float, str, str, str]:
    week, value = day(row["Week of"]), _number(row["Value"])
    names = (plain(row["Cause"]), plain(row["Owner"]), plain(row["Currency"]))
    return (-(week.toordinal() if week else 0), -(value or 0.0), *names)


def by_currency(missed: Iterable[Missed]) -> list[Record]:
    """Claims and money per currency."""
    groups: dict[str, list[Missed]] = {}
    for m in missed:
        groups.setdefault(m.currency, []).append(m)
    return [_sum(group, currency) for currency, group in sorted(groups.items())]


def _sum(group: Sequence[Missed], currency: str) -> Record:
    return {
        "Claims": len(group),
        "Value": round(sum(m.value or 0.0 for m in group), 2),
        "Currency": currency,
        "Without a value": sum(m.value is None for m in group),
    }


def missed_rows(missed: Iterable[Missed]) -> Iterator[Record]:
    """One line per claim by the headers that people see."""
    for m in missed:
        yield {
            "Week of": m.week,
            "Claim": m.claim_id or m.case,
            "Kind": m.kind,
            "SKU": m.sku,
            "Deadline": m.deadline,
            "Cause": m.cause,
            "Missing": m.missing,
            "Owner": m.owner,
            "Value": m.value,
            "Currency": m.currency,
        }


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
