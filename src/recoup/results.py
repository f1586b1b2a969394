"""Claims, Not Claimed, Evidence, Checks, Cases and Journal as rows of their sheets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .cases import Tracked, Tracking, day, stage_of
from .follow_ups import to_file
from .home import quoted
from .memory import key_of, plain
from .model import Cell, Evidence, Formula, NotClaimed, Problem, Record, SourceRow
from .pipeline import priority
from .sheets import NOT_CLAIMED
from .shield import too_late
from .source_files import SourceFiles
from .typed_over import Typed, restore_rows

DAYS_LEFT = 'IF(Claims[[#This Row],[Deadline]]="","",Claims[[#This Row],[Deadline]]-TODAY())'
TO_EVIDENCE = (
    'HYPERLINK("#{1}!A"&(ROW(Evidence[[#Headers],[Claim ID]])'
    '+MATCH(Claims[[#This Row],[Claim ID]],Evidence[Claim ID],0)),"{0} rows")'
)
TO_POLICY = 'HYPERLINK("#{2}!A"&(ROW(Policy[[#Headers],[Rule]])+MATCH("{0}",Policy[Rule],0)),"{1}")'
CASE_FACTS = {  # columns of Cases that tell the claim, and where Claim holds them
    "Claim ID": "claim_id",
    "Kind": "kind",
    "SKU": "sku",
    "FNSKU": "fnsku",
    "ASIN": "asin",
    "Product": "product",
    "Order ID": "order_id",
    "Shipment ID": "shipment_id",
    "Reference ID": "reference_id",
    "Event date": "event_date",
    "Deadline": "deadline",
    "Units": "units",
    "Claim value": "claim_value",
    "Currency": "currency",
}
_RULE = re.compile(r"claim_window_latest\.[\w.]+-\d\d-\d\d")
_LONGEST = 250  # Excel allows 255 characters in a text inside a formula
_SHOWN_ROWS = 12
TAKEN_BACK = ("Closed", "The Decision on Claims was cleared: close this draft, or take the claim up again.")


@dataclass(frozen=True, slots=True)
class Places:
    """The tabs that links lead to, by the names they have now."""

    evidence: str = "Evidence"
    policy: str = "Policy"


def claim_rows(tracking: Tracking, as_of: date, places: Places = Places()) -> list[Record]:
    """One row per claim by the headers of Claims, people's columns left out."""
    rows = [_claim_row(t, as_of, places) if t.claim else _gone_row(t) for t in tracking.tracked]
    return sorted(rows, key=lambda r: (-(_number(r.get("Priority")) or -1.0), plain(r["Claim ID"])))


def _claim_row(tracked: Tracked, as_of: date, places: Places) -> Record:
    claim = tracked.claim
    assert claim is not None
    left = (claim.deadline - as_of).days if claim.deadline else None
    return {
        "Claim ID": claim.claim_id,
        "Kind": claim.kind,
        "Status": tracked.status,
        "Priority": priority(claim, as_of) if tracked.status in ("Ready", "Waiting", "Needs input") else None,
        "Marketplace": claim.marketplace,
        "SKU": claim.sku,
        "FNSKU": claim.fnsku,
        "ASIN": claim.asin,
        "Product": claim.product,
        "Order ID": claim.order_id,
        "Shipment ID": claim.shipment_id,
        "Removal order ID": claim.removal_order_id,
        "Reference ID": claim.reference_id,
        "Event date": claim.event_date,
        "Units": claim.units,
        "Unit value": claim.unit_value,
        "Claim value": claim.claim_value,
        "Value low": claim.value_low,
        "Value high": claim.value_high,
        "Currency": claim.currency,
        "Value basis": claim.value_basis,
        "Opens": claim.opens,
        "Deadline": claim.deadline,
        "File by": claim.file_by,
        "Days left": Formula(DAYS_LEFT, left if left is not None else ""),
        "Confidence": claim.confidence,
        "Expected value": claim.expected_value,
        "Missing": tracked.missing,
        "Why": tracked.why or claim.why,
        "Policy": _policy_link(claim.policy, places),
        "Evidence rows": Formula(
            TO_EVIDENCE.format(len(claim.evidence), quoted(places.evidence)), f"{len(claim.evidence)} rows"
        ),
        "Case": tracked.case,
        "First seen": tracked.first_seen or as_of,
        "Last seen": as_of,
    }


def _policy_link(sentence: str, places: Places) -> Cell:
    """The sentence as a link to the row of Policy that decided the deadline; rule ids are Recoup's own text."""
    rule = _RULE.search(sentence)
    if rule is None or "overridden by" in sentence:  # a name that somebody typed never enters a formula
        return sentence
    shown = sentence if len(sentence) <= _LONGEST else sentence[: _LONGEST - 1] + "…"
    return Formula(TO_POLICY.format(rule[0], shown, quoted(places.policy)), shown)


def _gone_row(tracked: Tracked) -> Record:
    return {
        "Claim ID": tracked.claim_id,
        "Status": tracked.status,
        "Priority": None,
        "Missing": tracked.missing,
        "Why": tracked.why,
        "Case": tracked.case,
    }


def not_claimed_rows(
    lines: Iterable[NotClaimed], known: Mapping[tuple[str, ...], Record], as_of: date
) -> list[Record]:
    """One row per claim id, reason and person, by the headers of Not Claimed."""
    rows: list[Record] = []
    for line in lines:
        key = (line.claim_id, line.reason, line.detail)
        rows.append(
            {
                "Claim ID": line.claim_id,
                "Kind": line.kind,
                "Reason": line.reason,
                "Closed by": line.detail,
                "Marketplace": line.marketplace,
                "SKU": line.sku,
                "FNSKU": line.fnsku,
                "ASIN": line.asin,
                "Product": line.product,
                "Order ID": line.order_id,
                "Reference ID": line.reference_id,
                "Event date": line.event_date,
                "Units": line.units,
                "Why": line.why,
                "Rows": _places(line.rows),
                "First seen": day(known.get(key, {}).get("First seen")) or as_of,
                "Last seen": as_of,
            }
        )
    return rows


DECIDED_REASONS = ("denied", "closed", "dismissed")  # of lines that follow from what people typed


def stale_lines(
    known: Mapping[tuple[str, ...], Record],
    rows: Sequence[Record],
    looked_at: Collection[str],
    tracked: Collection[str],
) -> list[Record]:
    """Lines that no longer hold: 0 units, and where to look.

    Of claims that the reports tell (``looked_at``) any; of others on Claims (``tracked``), whose reports were
    cleared, only what people decided, which they may have taken back.
    """
    now = {(plain(r["Claim ID"]), plain(r["Reason"]), plain(r["Closed by"])) for r in rows}
    return [
        {
            "Claim ID": key[0],
            "Reason": key[1],
            "Closed by": key[2],
            "Units": 0,
            "Why": "no longer so: see Claims",
        }
        for key in known
        if key not in now and (key[0] in looked_at or (key[0] in tracked and key[1] in DECIDED_REASONS))
    ]


def silent_lines(
    known: Mapping[tuple[str, ...], Record],
    rows: list[Record],
    typed: Iterable[Typed],
    written: Collection[str],
) -> list[Record]:
    """Lines that nothing derived this time: their keys, so that they stay remembered, and facts to be restored."""
    if not known:
        return []
    by_key = {key_of(row, NOT_CLAIMED.key): row for row in known.values()}
    now = {key_of(row, NOT_CLAIMED.key) for row in rows}
    silent: list[Record] = [
        {h: row.get(h) for h in NOT_CLAIMED.key}
        for key, row in by_key.items()
        if key not in now and key in written
    ]
    restore_rows(silent, by_key, [t for t in typed if t.key not in now], NOT_CLAIMED.key)
    restore_rows(rows, by_key, [t for t in typed if t.key in now], NOT_CLAIMED.key)
    return silent


def evidence_rows(
    told: Mapping[str, Sequence[Evidence]], sheets: set[str], files: SourceFiles
) -> list[Record]:
    """One row per report row that counts for or against a claim, with a link to its tab or its file."""
    return [_evidence_row(key, e, sheets, files) for key, rows in told.items() for e in rows]


def _evidence_row(claim_id: str, evidence: Evidence, sheets: set[str], files: SourceFiles) -> Record:
    where, row = evidence.source.where, evidence.source.row
    target = quoted(where)
    return {
        "Claim ID": claim_id,
        "Role": evidence.role,
        "Sheet or file": where,
        "Row": row,
        "Date": evidence.date,
        "Units": evidence.units,
        "Amount": evidence.amount,
        "Currency": evidence.currency,
        "Identifiers": evidence.identifiers,
        "What it shows": evidence.shows,
        "Link": Formula(f'HYPERLINK("#{target}!A{row}","row {row}")', f"row {row}")
        if where in sheets
        else files.proof(where, row),
    }


def check_rows(problems: Iterable[Problem]) -> list[Record]:
    """Errors first, then warnings, then notes."""
    order = {"error": 0, "warning": 1, "note": 2}
    unique = dict.fromkeys(problems)
    return [
        {
            "Severity": p.severity,
            "Sheet or file": p.where,
            "Column": p.column,
            "Rows affected": p.rows or None,
            "First cells": p.first_cells,
            "Problem": p.problem,
            "What to do": p.remedy,
        }
        for p in sorted(unique, key=lambda p: (order[p.severity], p.where, p.problem))
    ]


def case_rows(
    tracking: Tracking, cases: Mapping[str, Record], as_of: date
) -> tuple[list[Record], list[Record]]:
    """(rows of cases that exist, Recoup's columns only; new Draft rows)."""
    patched, opened = [], []
    for tracked in tracking.tracked:
        if tracked.claim_id in cases:
            patched.append(_case_row(tracked, tracking.undone, cases[tracked.claim_id], as_of))
    for tracked in tracking.opened:
        row = _case_row(tracked, [], {}, as_of)
        opened.append({**row, "Case": tracked.case, "Stage": "Draft", "Last change": as_of})
    return patched, opened


def _case_row(tracked: Tracked, undone: Sequence[str], case: Mapping[str, Cell], on: date) -> Record:
    claim, stage = tracked.claim, stage_of(case)
    row: Record = {"Claim ID": tracked.claim_id}
    if claim is not None:
        row = {header: getattr(claim, name) for header, name in CASE_FACTS.items()}
        row["Order ID"] = claim.order_id or claim.removal_order_id
    suggested = _suggest(tracked, stage, tracked.claim_id in undone, on)
    row["Suggested stage"], row["Suggested next step"] = suggested
    return row


def case_facts(claim: Record) -> Record:
    """The cells of a case row that tell its claim, from the claim's row on Claims."""
    row: Record = {header: claim.get(header) for header in CASE_FACTS}
    row["Order ID"] = claim.get("Order ID") or claim.get("Removal order ID")
    return row


def _suggest(tracked: Tracked, stage: str, undone: bool, on: date) -> tuple[str, str]:
    claim = tracked.claim
    if undone:
        return TAKEN_BACK
    if stage != "Draft":
        return _suggest_filed(tracked, stage)
    if tracked.status == "Expired" and tracked.deadline:
        return "Closed", f"Do not file: {too_late(tracked.deadline)}."
    if claim is None:
        return _paid(tracked) or ("", tracked.missing or tracked.why)
    if tracked.status == "Waiting":
        return "", f"Wait: Amazon usually still pays this by itself, or the window opens on {claim.opens}."
    if tracked.status == "Needs input":
        return "", f"Settle first: {tracked.missing}"
    return "Filed", to_file(claim.file_by, claim.deadline, on)


def _suggest_filed(tracked: Tracked, stage: str) -> tuple[str, str]:
    """What became of the claim of a case that was filed."""
    if stage in ("Paid", "Closed") or tracked.claim is not None:
        return "", ""
    ended = f"Its claim ended: {tracked.why}." if tracked.ended else ""
    return _paid(tracked) or ("", ended or (f"Its claim is {tracked.missing}." if tracked.missing else ""))


def _paid(tracked: Tracked) -> tuple[str, str] | None:
    paid = tracked.ended and tracked.why.startswith("paid")
    return ("Paid", "Amazon has paid: check the amount.") if paid else None


def _places(rows: Sequence[SourceRow]) -> str:
    by_place: dict[str, list[int]] = {}
    for row in rows:
        by_place.setdefault(row.where, []).append(row.row)
    parts = []
    for where, numbers in by_place.items():
        ordered = sorted(set(numbers))
        shown = ", ".join(map(str, ordered[:_SHOWN_ROWS]))
        parts.append(f"{where} {shown}" + (" …" if len(ordered) > _SHOWN_ROWS else ""))
    return "; ".join(parts)


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) else None
