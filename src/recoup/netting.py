"""One allocation over all losses and credits: each unit and each payment is used once (RULES 2).

Decisions where RULES leaves room:
- A reversed payment reopens the units it had paid, tagged with the reversal. A find may serve them; a payment
  dated before the reversal may not: they counted as paid then. What stays open of a tagged loss at the end, up
  to the tagged units, stands open by the reversal.
- Goods given back by a reversal (inventory +n) keep n units of the original payment settled.
- A payment of an order reason that names its order never touches another order's or the warehouse's units.
- A payment that is matched by product alone keeps the date rule, also towards losses of orders.
- Losses that policy excludes are served only by what no claimable loss could use.
- "Already past its deadline" is judged on the day of the payment.
- A loss in the ledger that is a question by itself may be none: newer losses that its payment or find could serve as
  well become a question, as if it were past its deadline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from .accounts import Account, Allocation, Index, Purse
from .events import Credit, Loss, Reversal
from .goods import pair_goods

ClaimKey = tuple[str, tuple[str, ...]]


def allocate(
    losses: Iterable[Loss],
    credits: Iterable[Credit],
    reversals: Sequence[Reversal] = (),
    *,
    lead_days: int,
    cases: Mapping[str, Sequence[ClaimKey]] | None = None,
) -> Allocation:
    """Settle all events together, in the order of RULES 2.4.

    ``lead_days``: how many days a ledger credit may precede a loss and still make it a question (RULES 2.5).
    ``cases``: Amazon case id -> the (kind, key) of the claims filed under it.
    """
    everything = [Account.of(loss) for loss in sorted(losses, key=_loss_order)]
    accounts = [a for a in everything if not a.loss.excluded]
    index, excluded = Index(accounts), Index([a for a in everything if a.loss.excluded])
    purses = [Purse(c, c.units) for c in sorted(pair_goods(credits, reversals), key=_credit_order)]
    payments = [p for p in purses if p.credit.role == "reimbursement"]
    returns = [p for p in purses if _arrived(p.credit)]
    others = [
        p for p in purses if not _arrived(p.credit)
    ]  # what arrived serves its own order or parcel alone
    unlinked = _withdraw(reversals, payments)
    for purse in sorted(returns, key=lambda p: not p.credit.parcel):  # what names its parcel goes first
        _serve_order(purse, index)
    for purse in payments:
        _serve_case(purse, index, cases or {})
    for purse in payments:
        _serve_order(purse, index)
    for purse in others:
        _serve_ledger(purse, index)
    for purse in others:
        _serve_asin(purse, index)
    for purse in others:
        _serve_ledger(purse, excluded)
    for purse in payments:
        _question_leftover(purse, index)
    for purse in others:
        _question_early(purse, index, lead_days)
    _question_newer(accounts, index, cases or {})
    return Allocation(everything, purses, unlinked + _unexplained(payments, returns, index))


def _loss_order(loss: Loss) -> tuple[object, ...]:
    said = (loss.reference_id, loss.kind, loss.key, loss.units, loss.reconciled, loss.code, loss.shows)
    return (loss.date, *said, loss.row.where, loss.row.row)


def _credit_order(credit: Credit) -> tuple[object, ...]:
    product, row = credit.product, credit.row
    ids = (credit.reference_id, credit.order_id, product.fnsku, product.asin, product.sku)
    paired = credit.until is not None  # what has no goods to wait for is spent first
    return (credit.date, credit.role, *ids, paired, credit.units or 0, row.where, row.row)


def _withdraw(reversals: Sequence[Reversal], payments: Sequence[Purse]) -> list[tuple[Reversal, int, str]]:
    """Take each reversal's units out of its original payment; goods given back stay settled (RULES 2.6)."""
    by_id: dict[str, list[Purse]] = defaultdict(list)
    for purse in payments:
        if not purse.credit.in_kind:
            by_id[purse.credit.reference_id].append(purse)
    unlinked: list[tuple[Reversal, int, str]] = []
    for reversal in sorted(reversals, key=lambda r: (r.date, r.reimbursement_id, r.product.fnsku, r.units)):
        wanted = reversal.units - min(reversal.returned, reversal.units)
        for purse in by_id.get(reversal.original_id, []) if reversal.linkable else []:
            if purse.credit.product.matches(reversal.product):
                units = wanted if purse.left is None else min(wanted, purse.left)
                if units:
                    purse.left = None if purse.left is None else purse.left - units
                    purse.withdrawn.append((reversal, units))
                    purse.reversed += units
                    wanted -= units
        if wanted:
            unlinked.append((reversal, wanted, "original"))
    return unlinked


def _serve_case(purse: Purse, index: Index, cases: Mapping[str, Sequence[ClaimKey]]) -> None:
    """A payment under a case id that a person recorded pays the claims of that case first."""
    if purse.credit.case_id:
        for kind, key in cases.get(purse.credit.case_id, ()):
            purse.spend(index.of_claim(kind, key))


def _serve_order(purse: Purse, index: Index) -> None:
    """Returns, receipts and payments that name an order or parcel: its product first, then a question."""
    credit = purse.credit
    order = [a for a in index.of_id(credit) if not _arrived(credit) or a.loss.kind in credit.kinds]
    if not order:
        return
    near = [(a.loss.product.distance(credit.product), a) for a in order]
    for tier in (None,) if credit.product.blank else (0, 1, 2):  # SKU, then FNSKU, then ASIN
        purse.spend([a for distance, a in near if distance == tier])
    what = f"a {credit.role}" if _arrived(credit) else f"reimbursement {credit.reference_id}"
    covered = purse.left is None  # without a quantity it covers its own product and asks about the others
    for account in [a for d, a in near if not covered or (d is None and not credit.product.blank)]:
        purse.question(account, f"{what} for another product of this order may be this unit")


def _serve_ledger(purse: Purse, index: Index) -> None:
    """Finds and payments by product and reason, in date order, each to losses dated on or before it."""
    credit = purse.credit
    if credit.own_order or purse.left is None:
        return
    purse.spend([a for a in index.of_product(credit) if _serves(credit, a.loss)])


def _serve_asin(purse: Purse, index: Index) -> None:
    """Ledger receipts of returned units that are left over: another FNSKU of the ASIN may have got the unit."""
    if purse.credit.role == "receipt" and purse.left:
        purse.spend([a for a in index.of_asin(purse.credit) if _serves(purse.credit, a.loss)])


def _arrived(credit: Credit) -> bool:
    """True for units that came back or arrived under an id of their own: a return, a receipt of a parcel."""
    return credit.role == "return" or (credit.role == "receipt" and bool(credit.id or credit.parcel))


def _serves(credit: Credit, loss: Loss) -> bool:
    """By meaning and date: what was ordered before it happened, or brought back or paid after it."""
    return loss.kind in credit.kinds and _in_order(credit, loss)


def _in_order(credit: Credit, loss: Loss) -> bool:
    return credit.date <= loss.date if credit.role == "removal order" else loss.date <= credit.date


def _question_leftover(purse: Purse, index: Index) -> None:
    """A payment that matched nothing by id or reason: the oldest open units of its product are a question.

    So is a loss between the two dates of goods and their payment, which count at the earlier one.
    """
    credit = purse.credit
    if credit.own_order or purse.left == 0 or (purse.left is None and credit.order_id):
        return
    for account in index.of_product(credit):
        if account.loss.date <= (credit.until or credit.date):
            purse.question(account, f"reimbursement {credit.reference_id} may have paid this")


def _question_early(purse: Purse, index: Index, lead_days: int) -> None:
    """An unused ledger credit shortly before a loss makes as many units a question (RULES 2.5)."""
    credit = purse.credit
    if not purse.left or credit.own_order:
        return
    for account in index.of_product(credit):
        loss = account.loss
        first, last = sorted((credit.date, loss.date))
        early = not _in_order(credit, loss) and last <= first + timedelta(days=lead_days)
        if (
            early
            and loss.pool == "ledger"
            and not loss.ruled
            and (not credit.kinds or loss.kind in credit.kinds)
        ):
            what = "find" if credit.role == "found" else f"{credit.role} {credit.reference_id}"
            when = "after" if credit.role == "removal order" else "before"
            purse.question(account, f"the {what} of {credit.date}, shortly {when}, may explain this")


def _question_newer(
    accounts: Sequence[Account], index: Index, cases: Mapping[str, Sequence[ClaimKey]]
) -> None:
    """A credit spent on a loss that is late or in question while a newer open loss of the FNSKU stands."""
    for account in accounts:
        for use in account.uses:
            credit, units = use.credit, use.units
            by_id = credit.case_id in cases or credit.id in account.loss.ids
            if by_id or not (_late(credit, account.loss) or _doubtful(credit, account.loss)):
                continue
            what = f"reimbursement {credit.reference_id} may have paid this"
            text = what if credit.role == "reimbursement" else f"the find of {credit.date} may explain this"
            for newer in index.of_product(credit):
                if account.loss.date < newer.loss.date <= credit.date and newer.loss.kind in credit.kinds:
                    units -= newer.doubt(units, text, credit)


def _late(credit: Credit, loss: Loss) -> bool:
    return credit.role == "reimbursement" and loss.deadline is not None and credit.date > loss.deadline


def _doubtful(credit: Credit, loss: Loss) -> bool:
    return credit.role in ("reimbursement", "found") and loss.pool == "ledger" and bool(loss.question)


def _unexplained(
    payments: Sequence[Purse], returns: Sequence[Purse], index: Index
) -> list[tuple[Reversal, int, str]]:
    """What reversals took back and no open unit explains: a loss not known, or settled by the report's own word.

    Where the order is known and nothing of it is open or settled by word, or its goods came back, it was fair.
    """
    returned = defaultdict(list)
    for purse in returns:
        returned[purse.credit.id].append(purse.credit.product)
    found: list[tuple[Reversal, int, str]] = []
    for purse in (p for p in payments if p.withdrawn):
        credit, order = purse.credit, index.of_id(purse.credit)
        same = order if credit.own_order else index.of_product(credit)
        by_word = sum(
            a.reconciled for a in same if credit.product.blank or a.loss.product.matches(credit.product)
        )
        fair = credit.own_order and (order or any(p.matches(credit.product) for p in returned[credit.id]))
        for reversal, units in purse.withdrawn:
            settled = min(units, by_word)
            by_word -= settled
            found += [(reversal, settled, "settled")] if settled else []
            found += [(reversal, units - settled, "loss")] if units > settled and not fair else []
    return found
