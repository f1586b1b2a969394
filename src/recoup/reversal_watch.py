"""Payments of cases that Amazon may still take back: young ones whose goods came back.

Looks for units that came back although they are paid: a find, a return or a receipt of the same product that settled
nothing else, or a payment that found its units settled already. Such a reversal is fair; it should surprise nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .accounts import Account, Allocation
from .case_payments import Names, Paid, in_order
from .cases import text
from .events import Credit
from .model import Problem, Record, SourceRow
from .policy import ALL, Policy
from .reconciliation import Reconciliation


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Units of one payment that Amazon may take back, until when it usually does, and why."""

    claim_id: str
    case: str
    reimbursement_id: str
    paid_on: date
    until: date
    units: int | None
    amount: float | None
    currency: str
    why: str
    row: SourceRow


def payments_at_risk(
    done: Reconciliation,
    allocation: Allocation,
    name: Names,
    cases: Iterable[Record],
    policy: Policy,
    as_of: date,
) -> list[AtRisk]:
    """Young payments of cases whose goods came back, the one that is at risk longest last."""
    accounts: dict[str, list[Account]] = {}
    for account in (*allocation.accounts, *allocation.recalled):
        accounts.setdefault(name(account.loss.kind, account.loss.key), []).append(account)
    named = {text(r.get("Claim ID")): text(r.get("Case")) for r in cases}
    free = _left_over(allocation)
    found = []
    for key in sorted(done.figures):
        for paid in in_order(done.figures[key].paid):
            until = _until(paid.date, policy)
            why = _why(paid, accounts.get(key, []), free) if until and paid.date <= as_of <= until else ""
            if until and why and not paid.goods:
                found.append(
                    AtRisk(
                        key,
                        named.get(key, ""),
                        paid.reimbursement_id,
                        paid.date,
                        until,
                        paid.units,
                        paid.amount,
                        paid.currency,
                        why,
                        paid.row,
                    )
                )
    return sorted(found, key=lambda r: (r.until, r.claim_id, r.reimbursement_id, r.units or 0))


def risk_notes(risks: Sequence[AtRisk]) -> list[Problem]:
    """The same as notes for Checks."""
    return [
        Problem(
            "note",
            r.row.where,
            f"reimbursement {r.reimbursement_id} of {r.claim_id}, "
            f"{f'{r.amount:,.2f} {r.currency}, ' if r.amount is not None else ''}may be taken back until "
            f"{r.until}: {r.why}",
            "Count on a reversal; it would be fair. Dispute it only when these goods were others.",
            rows=1,
            first_cells=f"row {r.row.row}",
        )
        for r in risks
    ]


def _until(paid: date, policy: Policy) -> date | None:
    value = policy.value("payment_at_risk", on=paid, marketplace=ALL)
    return paid + timedelta(days=round(value.number)) if value else None


def _left_over(allocation: Allocation) -> list[tuple[Credit, int]]:
    """Finds, returns and receipts with the units that settled nothing."""
    spent: dict[int, int] = {}
    for account in (*allocation.accounts, *allocation.recalled):
        for use in account.uses:
            spent[id(use.credit)] = spent.get(id(use.credit), 0) + use.units
    left = [
        (p.credit, (p.credit.units or 0) - spent.get(id(p.credit), 0))
        for p in allocation.purses
        if p.credit.role in ("found", "return", "receipt")
    ]
    return sorted(
        ((c, n) for c, n in left if n > 0), key=lambda x: (x[0].date, x[0].role, x[0].reference_id, x[1])
    )


def _why(paid: Paid, accounts: Sequence[Account], free: Sequence[tuple[Credit, int]]) -> str:
    if paid.needless:
        return "the units it paid for came back before it"
    for credit, units in free:
        if any(_brings_back(credit, account, paid) for account in accounts):
            return f"{units} {_word(credit)} on {credit.date} settled nothing else"
    return ""


def _brings_back(credit: Credit, account: Account, paid: Paid) -> bool:
    loss = account.loss
    by_id = bool(credit.id or credit.parcel) and {credit.id, credit.parcel} & loss.ids
    same = loss.product.asin == credit.product.asin if credit.by_asin else _same_stock(credit, account)
    if credit.role == "found":
        return bool(same) and loss.kind in credit.kinds and credit.date >= loss.date
    return (
        bool(by_id)
        and loss.product.matches(credit.product)
        and any(u.credit.row == paid.row for u in account.uses)
    )


def _same_stock(credit: Credit, account: Account) -> bool:
    mine, its = account.loss.product, credit.product
    return mine.fnsku == its.fnsku if mine.fnsku and its.fnsku else mine.matches(its)


def _word(credit: Credit) -> str:
    return {"found": "found", "return": "returned", "receipt": "received"}[credit.role]
