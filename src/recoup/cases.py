"""This run's claims against what the workbook already holds: decisions, stages, cases, and rows that went away.

Decisions:
- A dismissed or closed claim keeps its row on Claims (status Withdrawn), so that clearing the Decision undoes it.
- Clearing `Take up`, or changing it to `Dismiss`, never deletes the case row: while it is a Draft, Recoup unlinks
  the claim and suggests to close the draft.
- A claim that can no longer be derived keeps its row; it ends only as paid, refuted, dismissed or expired.
- `Hold` changes no status: it is a mark between people.
- Short SKUs of one inbound shipment share a case while it is a draft. Amazon takes one claim per shipment: a short SKU
  that comes up after the shipment was filed is a question, and taking it up opens no case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from .documents import KIND as INBOUND
from .model import Cell, Claim, NotClaimed, Reason, Record, SourceRow, Status
from .money import exceeds

FILED_STAGES = frozenset(
    {"Filed", "Waiting on Amazon", "Info requested", "Approved", "Partly paid", "Appealed"}
)
BEYOND_DRAFT = frozenset({*FILED_STAGES, "Paid", "Denied"})  # only a case that was filed gets there
NOT_RECHECKED = "not rechecked since"  # of a claim whose rows are gone
GROWN = "it has grown since: decide again"  # of a claim that was dismissed
# How a claim ended that is no longer derived: what became of its last open units comes first.
_ENDS: dict[Reason, Status] = {
    "expired": "Expired",
    "below threshold": "Withdrawn",
    "excluded by policy": "Withdrawn",
    "too early": "Withdrawn",
    "paid": "Paid",
    "found": "Withdrawn",
}


@dataclass(slots=True)
class Known:
    """What the workbook held before this run: rows by claim id, and what Recoup remembered of them.

    ``cases`` also holds filed rows that somebody deleted, as they were last seen; ``deleted`` names them.
    ``appealable`` are the denied claims that may still be appealed.
    """

    claims: dict[str, Record] = field(default_factory=dict)
    cases: dict[str, Record] = field(default_factory=dict)
    memory: dict[str, dict[str, str]] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()
    appealable: frozenset[str] = frozenset()

    def shipment_of(self, case: Mapping[str, Cell]) -> str:
        """The inbound shipment of a case row, by itself or by its claim; "" of other kinds."""
        claim = self.claims.get(text(case.get("Claim ID")), {})
        inbound = (text(case.get("Kind")) or text(claim.get("Kind"))) == INBOUND
        return (text(case.get("Shipment ID")) or text(claim.get("Shipment ID"))) if inbound else ""

    @classmethod
    def of(
        cls, claims: Sequence[Record], cases: Sequence[Record], memory: dict[str, dict[str, str]]
    ) -> Known:
        """Index rows by claim id; of duplicated rows the first counts."""
        known = cls(memory=memory)
        for rows, index in ((claims, known.claims), (cases, known.cases)):
            for row in rows:
                key = text(row.get("Claim ID"))
                if key:
                    index.setdefault(key, row)
        return known


@dataclass(slots=True)
class Tracked:
    """A claim with what people decided about it.

    ``line`` holds its facts; ``claim`` is None when it was not derived this time, ``ended`` says that the reports
    tell why (paid, found, ...), otherwise its rows are simply gone.
    """

    claim_id: str
    status: Status
    line: NotClaimed
    value: float | None
    deadline: date | None
    why: str = ""  # instead of the claim's own sentence
    missing: str = ""
    case: str = ""
    shipment: str = ""  # of an inbound claim
    first_seen: date | None = None
    claim: Claim | None = None
    ended: bool = False


@dataclass(slots=True)
class Tracking:
    """The outcome: every claim row, further Not Claimed lines, and Draft cases to open or suggest to close."""

    tracked: list[Tracked] = field(default_factory=list)
    not_claimed: list[NotClaimed] = field(default_factory=list)
    opened: list[Tracked] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)


def track(
    claims: Sequence[Claim],
    not_claimed: Sequence[NotClaimed],
    known: Known,
    as_of: date,
    sources: Mapping[str, str],
) -> Tracking:
    """Apply decisions and stages to the claims, and keep the rows of claims that were not derived.

    ``sources``: kind -> the tab whose rows a claim of that kind comes from.
    """
    tracking = Tracking()
    derived = {c.claim_id for c in claims}
    ends: dict[str, list[NotClaimed]] = {}
    for line in not_claimed:
        ends.setdefault(line.claim_id, []).append(line)
    tracking.tracked = [_derived(c, known, as_of) for c in claims] + [
        _gone(key, row, ends.get(key, []), as_of, sources)
        for key, row in known.claims.items()
        if key not in derived
    ]
    shipments = _filed_shipments(known)
    for tracked in tracking.tracked:
        _decide(tracked, known, shipments, tracking)
    _share_cases(tracking.opened, known)
    return tracking


def case_name(claim_id: str) -> str:
    """The Case a claim opens: derived from the claim's id, not a counter."""
    return f"C-{claim_id}"


def _filed_shipments(known: Known) -> dict[str, Record]:
    """Inbound shipment -> a row of the case under which it was filed."""
    filed: dict[str, Record] = {}
    for row in known.cases.values():
        if was_filed(row) and (shipment := known.shipment_of(row)):
            filed.setdefault(shipment, row)
    return filed


def _share_cases(opened: Sequence[Tracked], known: Known) -> None:
    """Put the short SKUs of one shipment into one case: that of its drafts, else that of the first id."""
    names: dict[str, str] = {}
    for row in known.cases.values():
        if stage_of(row) == "Draft" and (shipment := known.shipment_of(row)):
            names.setdefault(shipment, text(row.get("Case")) or case_name(text(row.get("Claim ID"))))
    for tracked in sorted(opened, key=lambda t: t.claim_id):
        tracked.case = case_name(tracked.claim_id)
        if tracked.shipment:
            tracked.case = names.setdefault(tracked.shipment, tracked.case)


def _derived(claim: Claim, known: Known, as_of: date) -> Tracked:
    line = NotClaimed(
        claim_id=claim.claim_id,
        kind=claim.kind,
        reason="closed",
        detail="",
        marketplace=claim.marketplace,
        sku=claim.sku,
        fnsku=claim.fnsku,
        asin=claim.asin,
        product=claim.product,
        order_id=claim.order_id,
        reference_id=claim.reference_id,
        event_date=claim.event_date,
        units=claim.units,
        why="",
        rows=[e.source for e in claim.evidence],
    )
    first = day(known.claims.get(claim.claim_id, {}).get("First seen")) or as_of
    return Tracked(
        claim.claim_id,
        claim.status,
        line,
        claim.claim_value,
        claim.deadline,
        missing=claim.missing,
        shipment=claim.shipment_id if claim.kind == INBOUND else "",
        first_seen=first,
        claim=claim,
    )


def _gone(
    key: str, row: Record, ends: Sequence[NotClaimed], as_of: date, sources: Mapping[str, str]
) -> Tracked:
    """A claim the reports no longer show as owed: ended for a reason they state, or not rechecked."""
    tracked = _of_row(key, row)
    tracked.ended = bool(ends)
    kind, deadline = tracked.line.kind, tracked.deadline
    order = list(_ENDS)
    end = min(ends, key=lambda n: order.index(n.reason) if n.reason in order else len(order), default=None)
    if end is not None:
        tracked.status, tracked.why = _ENDS.get(end.reason, "Withdrawn"), f"{end.reason}: {end.why}"
        return tracked
    if text(row.get("Status")) == "Withdrawn" and tracked.why.startswith(tuple(f"{r}: " for r in _ENDS)):
        tracked.status = "Withdrawn"  # what ended it was seen, though its rows are gone now
        return tracked
    if text(row.get("Status")) in ("Paid", "Expired") or (deadline is not None and deadline < as_of):
        tracked.status = "Paid" if text(row.get("Status")) == "Paid" else "Expired"
    event, seen = tracked.line.event_date, day(row.get("Last seen"))
    month = f" for {event:%Y-%m}" if event else ""
    source = sources.get(kind, "its reports")
    tracked.missing = f"{NOT_RECHECKED} {seen or 'it was found'}: paste {source}{month}"
    return tracked


def _of_row(key: str, row: Mapping[str, Cell]) -> Tracked:
    """A claim as its row on Claims tells it."""
    kind, units, value = text(row.get("Kind")), row.get("Units"), row.get("Claim value")
    line = NotClaimed(
        claim_id=key,
        kind=kind,
        reason="closed",
        detail="",
        marketplace=text(row.get("Marketplace")),
        sku=text(row.get("SKU")),
        fnsku=text(row.get("FNSKU")),
        asin=text(row.get("ASIN")),
        product=text(row.get("Product")),
        order_id=text(row.get("Order ID")),
        reference_id=text(row.get("Reference ID")),
        event_date=day(row.get("Event date")),
        units=round(units) if isinstance(units, (int, float)) else None,
        why="",
    )
    return Tracked(
        key,
        "Needs input",
        line,
        float(value) if isinstance(value, (int, float)) else None,
        day(row.get("Deadline")),
        why=text(row.get("Why")),
        shipment=text(row.get("Shipment ID")) if kind == INBOUND else "",
        first_seen=day(row.get("First seen")),
    )


def dismissal(row: Mapping[str, Cell], who: str, note: str, rows: list[SourceRow]) -> Tracking:
    """What a refresh makes of a claim that is dismissed; ``rows`` are those of its evidence."""
    tracked, tracking = _of_row(text(row.get("Claim ID")), row), Tracking()
    tracked.line.rows = rows
    tracking.tracked.append(tracked)
    _withdraw(tracked, "dismissed", who, f"dismissed by {who}: {note}", tracking)
    return tracking


def follow_stage(
    row: Mapping[str, Cell], case: Mapping[str, Cell], appealable: bool, rows: list[SourceRow]
) -> Tracking:
    """What a refresh makes of a claim whose case is at this stage."""
    tracked, tracking = _of_row(text(row.get("Claim ID")), row), Tracking()
    tracked.line.rows = rows
    tracking.tracked.append(tracked)
    _apply_stage(tracked, case, stage_of(case), appealable, tracking)
    return tracking


def _decide(tracked: Tracked, known: Known, shipments: Mapping[str, Record], tracking: Tracking) -> None:
    """Link a claim to its case and let stage and decision speak, a stage beyond Draft before a decision."""
    row, case = known.claims.get(tracked.claim_id, {}), known.cases.get(tracked.claim_id, {})
    decision, remembered = text(row.get("Decision")), known.memory.get(tracked.claim_id, {})
    stage = stage_of(case)
    taken_back = remembered.get("Decision") == "Take up" or text(case.get("Suggested stage")) == "Closed"
    undone = (
        bool(case) and stage == "Draft" and (decision == "Dismiss" or (decision != "Take up" and taken_back))
    )
    if undone:
        tracking.undone.append(tracked.claim_id)
    if case and not undone:
        tracked.case = text(case.get("Case")) or case_name(tracked.claim_id)
        _apply_stage(tracked, case, stage, tracked.claim_id in known.appealable, tracking)
    elif tracked.shipment in shipments and decision != "Dismiss":
        _come_late(tracked, shipments[tracked.shipment])
    elif decision == "Take up":
        tracking.opened.append(tracked)
    elif decision == "Dismiss" and tracked.status in ("Ready", "Waiting", "Needs input"):
        _dismiss(tracked, row, remembered, tracking)


def _apply_stage(
    tracked: Tracked, case: Mapping[str, Cell], stage: str, appealable: bool, tracking: Tracking
) -> None:
    if stage in FILED_STAGES or (stage == "Denied" and appealable):
        tracked.status = "Filed"
    elif stage == "Paid":
        tracked.status = "Paid"
    elif stage == "Denied":
        _withdraw(tracked, "denied", "", "the case was denied", tracking)
    elif stage == "Closed":
        owner = text(case.get("Owner")) or text(case.get("Filed by")) or "its owner"
        _withdraw(tracked, "closed", owner, f"the case was closed by {owner}", tracking)


def _come_late(tracked: Tracked, filed: Mapping[str, Cell]) -> None:
    if tracked.status not in ("Ready", "Waiting", "Needs input"):
        return
    amazon = text(filed.get("Amazon case ID"))
    said = f"shipment {tracked.shipment} was filed already in case {text(filed.get('Case'))}"
    said += f" (Amazon case {amazon})" if amazon else ""
    said += ", and Amazon takes one claim per shipment: ask for these units in that case, or dismiss them"
    tracked.status = "Needs input"
    tracked.missing = "; ".join(t for t in (said, tracked.missing) if t)


def _dismiss(
    tracked: Tracked, row: Mapping[str, Cell], remembered: Mapping[str, str], tracking: Tracking
) -> None:
    who, note = text(row.get("Decided by")) or "somebody", text(row.get("Decision note")) or "no note"
    if _grown(tracked, remembered):
        grown = f"dismissed by {who}, but {GROWN}"
        tracked.missing = "; ".join(t for t in (tracked.missing, grown) if t)
    else:
        _withdraw(tracked, "dismissed", who, f"dismissed by {who}: {note}", tracking)


def _withdraw(tracked: Tracked, reason: Reason, by: str, why: str, tracking: Tracking) -> None:
    tracked.status, tracked.why = "Withdrawn", why
    if not tracked.ended:  # else the reports tell already where every unit of it went
        tracking.not_claimed.append(replace(tracked.line, reason=reason, detail=by, why=why))


def _grown(tracked: Tracked, remembered: Mapping[str, str]) -> bool:
    units, value = remembered.get("dismissed units", ""), remembered.get("dismissed value", "")
    more_units = bool(units) and (tracked.line.units or 0) > float(units)
    return more_units or (bool(value) and exceeds(tracked.value or 0.0, float(value)))


def stage_of(case: Mapping[str, Cell]) -> str:
    """The stage of a case row; a blank one is a draft."""
    return text(case.get("Stage")) or "Draft"


def was_filed(case: Mapping[str, Cell]) -> bool:
    """Whether Amazon has this case: by its stage, or a closed one by what it still says of its filing."""
    stage = stage_of(case)
    return stage in BEYOND_DRAFT or (stage == "Closed" and bool(text(case.get("Amazon case ID"))))


def text(cell: Cell) -> str:
    """A cell as trimmed text."""
    return "" if cell is None else str(cell).strip()


def day(cell: Cell) -> date | None:
    """A date cell as a day, None when it holds no date."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(text(cell)[:10])
    except ValueError:
        return None
