"""Payments and reversals of claims with a case as rows of Evidence, and read back from them when a report is cleared.

Decisions:
- Where the claim still stands, its own rows of those payments tell more; what they count stays. Rows that only explain
  the case say "counted on Cases" and count nothing of the claim.
- A payment is remembered by its row of Evidence once Reimbursements holds its id no more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from .case_payments import Ledger, Paid, TakenBack, Verdict
from .cases import day, text
from .drafts import identifiers
from .model import Cell, Evidence, Record, SourceRow
from .reconciliation import Reconciliation

ON_CASES = "counted on Cases"  # ends a row that counts nothing of its claim
MINE = "for this claim"
DOUBT = "(may have settled this)"
NO_MORE = "counted no more"  # in a row of a claim that stands without it
CLEARED = "(report cleared"
_PAID = re.compile(
    r" · (?:(\d+) units?, )?(?:([\d,]+\.\d\d) (\w*)|in inventory) for this claim(, goods back)?"
)
_TAKEN = re.compile(
    r" · (\d+) units?, ([\d,]+\.\d\d) (\w*) of this claim taken back, ([a-z ]+?)(?: as (\S+))?(?= · |$)"
)
_NAMED = re.compile(r"(?:^| · )(reference|case|reimbursement|original) (\S+)")


def payment_evidence(
    done: Reconciliation, told: Mapping[str, Sequence[Evidence]]
) -> dict[str, list[Evidence]]:
    """The rows of claims with a case: those they have (``told``), telling more, and those that explain the case."""
    rows: dict[str, list[Evidence]] = {}
    for key in (*done.filed, *(k for k in done.figures if k not in done.filed)):
        figures = done.figures.get(key)
        if figures is None:
            continue
        mine = list(told.get(key, ()))
        counted = {(p.row, p.goods) for p in figures.paid}
        every = done.ledger.paid.get(key, []) if key in done.filed else figures.paid
        every = [p for p in every if p not in done.kept.paid.get(key, ())]
        more = []
        for paid in every:
            before = "" if (paid.row, paid.goods) in counted or figures.filed is None else ", before filing"
            more += _tell(mine, paid, f"{_paid_words(paid, figures.case_id)}{before}, {_place(paid, done)}")
        kept = [t for t in figures.taken if t not in done.kept.taken.get(key, ())]
        rows[key] = [*mine, *more, *(_taken_row(t) for t in kept)]
    return rows


def _place(paid: Paid, done: Reconciliation) -> str:
    return done.ties.shown(paid.row) if paid.amount else "no cash"


def _paid_words(paid: Paid, case_id: str) -> str:
    count = "" if paid.units is None else f"{paid.units} unit{'' if paid.units == 1 else 's'}, "
    money = "in inventory" if paid.goods else f"{paid.amount or 0.0:,.2f} {paid.currency}"
    ours = "by Amazon itself" if not paid.case_id else f"under case {paid.case_id}"
    back = ", goods back" if paid.needless else ""
    other = f", not {case_id}" if paid.case_id and case_id and paid.case_id != case_id else ""
    return f" · {count}{money} for this claim{back}, {ours}{other}"


def _tell(mine: list[Evidence], paid: Paid, words: str) -> list[Evidence]:
    """Add the words to the claim's own row of this payment; without one a row of its own."""
    for n, row in enumerate(mine):
        free = row.role == "reimbursement" and not row.shows.endswith(DOUBT)
        if free and row.source == paid.row and MINE not in row.shows:
            mine[n] = row._replace(shows=f"{row.shows}{words}")
            return []
    units = None if paid.units is None else -paid.units
    return [
        Evidence(
            "reimbursement",
            paid.row,
            paid.date,
            units,
            paid.amount,
            paid.currency,
            identifiers(paid.product, paid.order_id, paid.reimbursement_id, paid.case_id),
            f"{paid.shows}{words} · {ON_CASES}",
        )
    ]


def _taken_row(taken: TakenBack) -> Evidence:
    dispute = f" as {taken.dispute}" if taken.verdict == "dispute" else ""
    count = f"{taken.units} unit{'' if taken.units == 1 else 's'}"
    return Evidence(
        "reversal",
        taken.row,
        taken.date,
        taken.units,
        -taken.amount,
        taken.currency,
        f"reimbursement {taken.reversal_id} · original {taken.original_id or 'not named'}",
        f"{taken.shows} · {count}, {taken.amount:,.2f} {taken.currency} of this claim taken back, "
        f"{taken.verdict}{dispute} · {ON_CASES}",
    )


# ---- what Evidence remembers


def recall_payments(evidence: Iterable[Record], reimbursements: Collection[str]) -> Ledger:
    """Payments and reversals on Evidence whose ids Reimbursements (``reimbursements``) no longer holds."""
    kept, seen = Ledger(), set()
    for row in evidence:
        key, role, shows = text(row.get("Claim ID")), text(row.get("Role")), text(row.get("What it shows"))
        when, named = day(row.get("Date")), dict(_NAMED.findall(text(row.get("Identifiers"))))
        number = named.get("reimbursement" if role == "reversal" else "reference", "")
        known = (NO_MORE in shows and CLEARED not in shows) or number in reimbursements or not number
        identity = (key, role, number, text(row.get("Sheet or file")), row.get("Row"), shows)
        if known or when is None or identity in seen:
            continue
        seen.add(identity)
        paid, taken = _PAID.search(shows), _TAKEN.search(shows)
        if role == "reimbursement" and paid:
            kept.paid[key].append(_recalled(row, number, when, named.get("case", ""), paid))
        elif role == "reversal" and taken:
            kept.taken[key].append(_recalled_reversal(row, named, when, taken))
    return kept


def _recalled(row: Record, number: str, when: date, case_id: str, found: re.Match[str]) -> Paid:
    units, amount, currency, back = found.groups()
    return Paid(
        number,
        when,
        int(units) if units else None,
        None if amount is None else float(amount.replace(",", "")),
        currency or text(row.get("Currency")),
        _source(row),
        text(row.get("What it shows")),
        case_id,
        goods=amount is None,
        needless=bool(back),
    )


def _recalled_reversal(row: Record, named: Mapping[str, str], when: date, found: re.Match[str]) -> TakenBack:
    units, amount, currency, verdict, dispute = found.groups()
    verdicts: tuple[Verdict, ...] = ("dispute", "fair", "goods given back", "paid again")
    return TakenBack(
        named.get("reimbursement", ""),
        named.get("original", ""),
        when,
        int(units),
        float(amount.replace(",", "")),
        currency,
        _source(row),
        text(row.get("What it shows")),
        next((v for v in verdicts if v == verdict), "fair"),
        dispute or "",
    )


def _source(row: Mapping[str, Cell]) -> SourceRow:
    number = row.get("Row")
    return SourceRow(text(row.get("Sheet or file")), round(number) if isinstance(number, (int, float)) else 0)
