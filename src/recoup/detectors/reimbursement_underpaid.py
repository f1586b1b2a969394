"""Cash reimbursements of warehouse or inbound losses below the approved sourcing cost.

Looks for:   the amount paid per unit against the approved cost dated on or before the approval, same currency.
Wrong when:  a re-evaluation made it good, the cost was approved later, or the loss was before the cost rule.
Amazon says: policy/valuation.yaml, policy/claim_windows.yaml

Decisions: the lines of one reimbursement id and FNSKU are one claim, whose value is what all of them together
were paid too little. The money of a re-evaluation is shared by all units of the lines it names. Units whose
payment was taken back, and units that were unsellable or lost before the cost rule, are left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from ..accounts import Account, Allocation
from ..drafts import Draft, Given, Lot, Settled, identifiers
from ..events import MoneyCredit
from ..identity import claim_id
from ..model import Evidence, SourceRow
from ..money import cents, exceeds
from ..payments import Payment
from ..reports import Reports
from ..sourcing import Cost, SourcingCosts
from ._detector import Detector, Scene

KIND, PREFIX = "reimbursement_underpaid", "RU"
NO_LOSS = (
    "the loss that this reimbursement paid is not in the reports: paste the Inventory Ledger of that time"
)
OWN_COST = "only an own cost is known: is it approved in Manage Your Sourcing Cost?"
UNDATED = "the approved cost has no date: was it approved on or before {0}?"


@dataclass(slots=True)
class _Bill:
    """The lines of one reimbursement id and FNSKU: units that may be compared, and units left out."""

    lines: list[tuple[Payment, int]] = field(default_factory=list)
    left_out: list[tuple[Payment, int]] = field(default_factory=list)
    losses: list[Account] = field(default_factory=list)
    unknown: int = 0  # units whose loss is not in the reports

    @property
    def units(self) -> int:
        return sum(n for _, n in self.lines)

    @property
    def paid(self) -> float:
        return sum(p.per_unit * n for p, n in self.lines)


def review(allocation: Allocation, reports: Reports, scene: Scene) -> list[Draft]:
    """One draft per reimbursement id and FNSKU that was paid too little, or made good since."""
    drafts = [_draft(key, bill, scene.costs, scene) for key, bill in _bills(allocation, scene).items()]
    return [d for d in drafts if d]


def _bills(allocation: Allocation, scene: Scene) -> dict[tuple[str, ...], _Bill]:
    served: dict[SourceRow, list[tuple[Account, int]]] = defaultdict(list)
    for account in allocation.accounts:
        for use in account.uses:
            if use.credit.role == "reimbursement" and not use.credit.in_kind:
                served[use.credit.row].append((account, use.units))
    taken_back = {p.credit.row: p.reversed for p in allocation.purses if p.reversed}
    bills: dict[tuple[str, ...], _Bill] = defaultdict(_Bill)
    for payment in scene.payments.cash:
        units = payment.units - taken_back.get(payment.row, 0)
        if units > 0 and scene.policy.payment_pool(payment.reason) in ("ledger", "inbound"):
            key = (payment.reimbursement_id, payment.product.fnsku or payment.product.asin)
            _enter(bills[key], payment, units, served[payment.row], scene)
    return bills


def _enter(
    bill: _Bill, payment: Payment, units: int, losses: list[tuple[Account, int]], scene: Scene
) -> None:
    market = losses[0][0].loss.marketplace if losses else scene.home
    known = sum(n for _, n in losses)
    good = sum(n for account, n in losses if _eligible(account, scene))
    if not _applies(payment.date.date(), market, scene):
        return
    if known > good:
        bill.left_out.append((payment, known - good))
    bill.unknown += units - known
    if units - known + good:
        bill.lines.append((payment, units - known + good))
        bill.losses += [account for account, _ in losses]


def _eligible(account: Account, scene: Scene) -> bool:
    loss = account.loss
    unsellable = scene.policy.codes("ledger.damaged_unsellable")
    return not loss.excluded and loss.code not in unsellable and _applies(loss.date, loss.marketplace, scene)


def _applies(day: date, marketplace: str, scene: Scene) -> bool:
    starts = scene.policy.value("underpaid_starts", on=day, marketplace=marketplace)
    return starts is not None and day.isoformat() >= str(starts.value)


def _draft(key: tuple[str, ...], bill: _Bill, costs: SourcingCosts, scene: Scene) -> Draft | None:
    if not bill.lines:
        return _none_counted(key, bill.left_out, costs, scene) if bill.left_out else None
    first, day = bill.lines[0][0], min(p.date.date() for p, _ in bill.lines)
    cost = _cost(first, day, costs)
    if cost is None:
        return None
    market = bill.losses[0].loss.marketplace if bill.losses else scene.home
    due = _capped(cost.amount, day, market, scene)
    more = _more(bill, scene)
    short = cents(due * bill.units - bill.paid - sum(share for _, share in more))
    tolerance = scene.policy.value("underpaid_tolerance", on=day, marketplace=market)
    allowed = tolerance.number * bill.units if tolerance else 0.0
    if not exceeds(due * bill.units - bill.paid, allowed):
        return None
    basis = "approved cost less paid" if cost.basis == "approved" else "own cost, not approved, less paid"
    basis = f"{basis}, capped" if due < cost.amount else basis
    draft = _blank(key, first, market, day)
    draft.given = Given(cents(short / bill.units), first.currency, basis, total=short)
    draft.settled += _left_out(bill.left_out)
    draft.given_back += [(credit, cents(share)) for credit, share in more]
    if exceeds(short, allowed):
        _claim(draft, bill, cost, more)
    else:
        why = f"paid {bill.paid:,.2f} of {due * bill.units:,.2f}, made good by a re-evaluation"
        draft.settled.append(Settled("paid", bill.units, why, [*(p.row for p, _ in bill.lines), cost.row]))
    return draft


def _none_counted(
    key: tuple[str, ...], left_out: list[tuple[Payment, int]], costs: SourcingCosts, scene: Scene
) -> Draft | None:
    """All units were left out; said on Not Claimed when they were paid below the cost."""
    payment = left_out[0][0]
    day = payment.date.date()
    cost = _cost(payment, day, costs)
    if cost is None or not exceeds(cost.amount, payment.per_unit):
        return None
    draft = _blank(key, payment, scene.home, day)
    draft.settled += _left_out(left_out)
    return draft


def _blank(key: tuple[str, ...], payment: Payment, marketplace: str, day: date) -> Draft:
    return Draft(
        kind=KIND,
        key=key,
        product=payment.product,
        marketplace=marketplace,
        event_date=day,
        since=day,
        reference_id=payment.reimbursement_id,
    )


def _left_out(lines: list[tuple[Payment, int]]) -> list[Settled]:
    why = "the loss was before Amazon paid at sourcing cost, or of unsellable units"
    return [Settled("excluded by policy", n, why, [p.row]) for p, n in lines]


def _cost(payment: Payment, day: date, costs: SourcingCosts) -> Cost | None:
    approved = costs.find(payment.product, "approved", payment.currency, day)
    return approved or costs.find(payment.product, "own", payment.currency, day)


def _capped(amount: float, day: date, marketplace: str, scene: Scene) -> float:
    cap = scene.policy.value("reimbursement_cap", on=day, marketplace=marketplace)
    return min(amount, cap.number) if cap else amount


def _more(bill: _Bill, scene: Scene) -> list[tuple[MoneyCredit, float]]:
    """Re-evaluations of these lines, each with the share of its money that belongs to the counted units.

    What was paid under the case of this very claim is all for it.
    """
    first = bill.lines[0][0]
    key = (first.reimbursement_id, first.product.fnsku or first.product.asin)
    filed = scene.filed.get(claim_id(PREFIX, scene.home, KIND, key), frozenset())
    ours = [(c, c.amount) for c in scene.payments.case_money if c.case_id in filed]
    if all(p.original_id != first.reimbursement_id for p in scene.payments.re_evaluations):
        return ours
    named = [
        p
        for p in scene.payments.cash
        if p.reimbursement_id == first.reimbursement_id and p.product.matches(first.product)
    ]
    share = bill.units / max(sum(p.units for p in named), bill.units)
    return ours + [
        (_re_evaluated(p), p.total * share)
        for p in scene.payments.re_evaluations
        if p.original_id == first.reimbursement_id and p.product.matches(first.product)
    ]


def _re_evaluated(more: Payment) -> MoneyCredit:
    shows = f"re-evaluation of {more.original_id}: {more.total:,.2f} {more.currency} more"
    return MoneyCredit(
        date=more.date.date(),
        amount=more.total,
        currency=more.currency,
        kinds=frozenset({KIND}),
        row=more.row,
        shows=shows,
        product=more.product,
        reference_id=more.reimbursement_id,
        role="reimbursement",
    )


def _claim(draft: Draft, bill: _Bill, cost: Cost, more: list[tuple[MoneyCredit, float]]) -> None:
    units, day = bill.units, draft.event_date
    doubts = [(bill.unknown, NO_LOSS)] if bill.unknown else []
    if cost.basis == "own":
        doubts.append((units, OWN_COST))
    elif cost.since is None:
        doubts.append((units, UNDATED.format(day)))
    draft.lots.append(Lot(units, (day,), doubts))
    draft.evidence += [_paid_evidence(p, n) for p, n in bill.lines]
    draft.evidence += [_more_evidence(p, share) for p, share in more]
    draft.evidence.append(_cost_evidence(cost, bill.lines[0][0]))
    for loss in {a.loss.row: a.loss for a in bill.losses}.values():
        draft.evidence.append(
            Evidence("loss", loss.row, loss.date, None, None, "", f"FNSKU {loss.product.fnsku}", loss.shows)
        )
    total = draft.given.total if draft.given else 0.0
    draft.story = (
        f"{units} paid {bill.paid + sum(s for _, s in more):,.2f} {cost.currency} on {day}, {cost.basis} cost "
        f"{cost.amount:,.2f} each: {total:,.2f} short"
    )


def _paid_evidence(payment: Payment, units: int) -> Evidence:
    shows = f"{payment.reason}: {units} units at {payment.per_unit:,.2f} {payment.currency}"
    identifiers = f"reimbursement {payment.reimbursement_id} · FNSKU {payment.product.fnsku}"
    paid, day = cents(payment.per_unit * units), payment.date.date()
    return Evidence("reimbursement", payment.row, day, units, paid, payment.currency, identifiers, shows)


def _more_evidence(more: MoneyCredit, share: float) -> Evidence:
    named, amount = identifiers(more.product, "", more.reference_id, more.case_id), cents(share)
    return Evidence("reimbursement", more.row, more.date, 0, amount, more.currency, named, more.shows)


def _cost_evidence(cost: Cost, payment: Payment) -> Evidence:
    since = f" since {cost.since}" if cost.since else ""
    shows = f"{cost.basis} cost {cost.amount:,.2f} {cost.currency} per unit{since}"
    identifiers = f"FNSKU {payment.product.fnsku} · ASIN {payment.product.asin}"
    return Evidence("cost", cost.row, cost.since, None, cost.amount, cost.currency, identifiers, shows)


DETECTOR = Detector(
    kind=KIND,
    prefix=PREFIX,
    needs=("reimbursements", "sourcing_costs"),
    refuted_by=("reimbursements",),
    value="given",
    clock="the approval of the reimbursement",
    review=review,
)
