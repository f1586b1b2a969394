"""Reimbursements that Amazon took back while the units they paid for are still missing.

Looks for:   reversal lines whose original payment and its loss are in the reports.
Wrong when:  the unit was found, returned or given back in inventory: then the reversal was fair.
Amazon says: policy/claim_windows.yaml (no window is published for reversals)
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ..accounts import Account, Allocation
from ..drafts import Draft, Given, Lot, Settled, credit_evidence, loss_evidence
from ..events import Credit, Pool, Reversal
from ..model import Evidence
from ..money import cents
from ..reports import Reports
from ._detector import Detector, Scene

KIND = "reimbursement_reversed"
REFUTED_BY: dict[Pool, tuple[str, ...]] = {  # by the pool of the loss that stands open again
    "ledger": ("inventory_ledger",),
    "inbound": ("inventory_ledger", "inbound_shipments"),
    "order": ("customer_returns",),
    "removal": ("removal_receipts",),
}
QUESTIONS = {
    "original": "reimbursement {0}, which this reverses, is not in the reports: paste Reimbursements from before {1}",
    "loss": "the loss that reimbursement {0} paid is not in the reports: paste the report of that loss",
    "settled": "the report still calls the unit settled, though reimbursement {0} was taken back: ask Amazon why",
    "money": "reimbursement {0}, which this reverses, was paid for a claim about money: ask Amazon what was taken back",
    "": "the reversal names no original reimbursement: look it up in Seller Central",
}


def review(allocation: Allocation, reports: Reports, scene: Scene) -> list[Draft]:
    """One draft per reversal and FNSKU: units open again, units in question, and what made the rest fair."""
    open_again: dict[int, list[tuple[Account, Credit, int]]] = defaultdict(list)
    for account in allocation.accounts:
        for reopened, units in account.standing_open():
            open_again[id(reopened.reversal)].append((account, reopened.payment, units))
    unknown: dict[int, list[tuple[int, str]]] = defaultdict(list)
    of_money = {credit.reference_id for credit in scene.payments.case_money}
    for reversal, units, missing in allocation.unlinked:
        if missing == "original" and reversal.original_id in of_money:
            missing = "money"
        unknown[id(reversal)].append((units, _question(reversal, missing)))
    drafts: dict[tuple[str, ...], Draft] = {}
    for reversal in scene.payments.reversals:
        key = key_of(reversal)
        draft = drafts.setdefault(key, _draft(key, reversal, scene))
        _add(draft, reversal, open_again[id(reversal)], unknown[id(reversal)])
        draft.given = _value(draft)
    return list(drafts.values())


def key_of(reversal: Reversal) -> tuple[str, str]:
    """The key of the claim about a reversal: its id and what it names of the product."""
    return reversal.reimbursement_id, reversal.product.fnsku or reversal.product.asin or reversal.order_id


def _draft(key: tuple[str, ...], reversal: Reversal, scene: Scene) -> Draft:
    per_unit = cents(reversal.amount / reversal.units) if reversal.units else reversal.amount
    return Draft(
        kind=KIND,
        key=key,
        product=reversal.product,
        marketplace=scene.home,
        event_date=reversal.date,
        since=reversal.date,
        order_id=reversal.order_id,
        reference_id=reversal.reimbursement_id,
        given=Given(per_unit, reversal.currency, "amount taken back"),
    )


def _add(
    draft: Draft, reversal: Reversal, again: list[tuple[Account, Credit, int]], unknown: list[tuple[int, str]]
) -> None:
    clocks, counted = (reversal.date,), 0
    for account, payment, units in again:
        if not units:
            continue
        draft.marketplace = account.loss.marketplace
        draft.since = min(draft.since, account.loss.date)
        draft.refuted_by = REFUTED_BY[account.loss.pool]
        draft.evidence += [loss_evidence(account.loss, units), credit_evidence(payment, -units)]
        draft.evidence.append(_evidence(reversal, units))
        beyond = account.doubtful - (
            account.open - account.reversed_units
        )  # the loss's own claim asks the rest
        doubts = [(min(d.units, beyond), d.question) for d in account.doubts] if beyond > 0 else []
        if account.loss.question:
            doubts.append((units, account.loss.question))
        if account.loss.excluded:
            doubts.append((units, f"policy makes no claim of this loss: {account.loss.excluded}"))
        draft.lots.append(Lot(units, clocks, doubts))
        counted += units
        draft.story = (
            f"{account.loss.shows} on {account.loss.date}, paid {payment.date}, {units} taken back {reversal.date}, "
            "not found or returned since"
        )
    for units, question in unknown:
        draft.evidence.append(_evidence(reversal, units))
        draft.lots.append(Lot(units, clocks, [(units, question)]))
        counted += units
        draft.story = draft.story or f"{units} taken back {reversal.date}, what for is not in the reports"
    if reversal.units > counted:
        fair = reversal.units - counted
        draft.settled.append(_fair(reversal, fair, again))


def _value(draft: Draft) -> Given | None:
    """What all counted units together were paid and lost again, whatever each line's price."""
    total = cents(-sum(e.amount or 0.0 for e in draft.evidence if e.role == "reversal"))
    if draft.given is None or not draft.units:
        return draft.given
    return replace(draft.given, unit=cents(total / draft.units), total=total)


def _fair(reversal: Reversal, units: int, again: list[tuple[Account, Credit, int]]) -> Settled:
    """Why units taken back are not owed: paid again since, or given back, found or returned."""
    later = [u.credit for account, _, _ in again for u in account.uses if u.credit.date >= reversal.date]
    repaid = [c for c in later if c.role == "reimbursement"]
    if repaid:
        why = f"{units} taken back and paid again by {repaid[-1].reference_id} ({reversal.shows})"
        return Settled("paid", units, why, [reversal.row, *(c.row for c in repaid)])
    why = f"{units} given back, found or returned: the reversal is fair ({reversal.shows})"
    return Settled("found", units, why, [reversal.row, *(c.row for c in later)])


def _evidence(reversal: Reversal, units: int) -> Evidence:
    return Evidence(
        role="reversal",
        source=reversal.row,
        date=reversal.date,
        units=units,
        amount=-cents(reversal.amount / reversal.units * units) if reversal.units else -reversal.amount,
        currency=reversal.currency,
        identifiers=f"FNSKU {reversal.product.fnsku} · reimbursement {reversal.reimbursement_id} · "
        f"original {reversal.original_id or 'not named'}",
        shows=reversal.shows,
    )


def _question(reversal: Reversal, missing: str) -> str:
    return QUESTIONS[missing if reversal.linkable else ""].format(reversal.original_id, reversal.date)


DETECTOR = Detector(
    kind=KIND,
    prefix="RV",
    needs=("reimbursements",),
    refuted_by=("reimbursements",),
    value="given",
    clock="the reversal",
    review=review,
)
