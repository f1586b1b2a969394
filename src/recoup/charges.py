"""Money that Amazon took beyond what was due, and what it gave back since: each given-back cent used once.

The counterpart of `netting` for kinds that are about money: an overcharge is reduced by the credits that name its
order, whatever the dates, then by those of its product that are dated on or after it: a claim of just that amount
first, then charges that could still be claimed on the day of the credit, then others, each the oldest first. Money that
several kinds found in one row of a report is one credit for all of them.

Evidence of such a claim adds up: the amounts of its rows are the claim value, their units the units of the claim.

Decisions: a credit in another currency touches nothing. A credit may serve only the kinds it names; one that
names an order serves the charges of its own product there first. A charge of which less than a cent is left is settled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from .drafts import Draft, Given, Lot, Settled, identifiers
from .events import Aside, MoneyCredit, Overcharge
from .model import Evidence
from .money import cents

ClaimKey = tuple[str, tuple[str, ...]]
SHOWN = 2  # charges whose arithmetic is told in words


@dataclass(slots=True)
class _Charge:
    """One overcharge with the credits spent on it."""

    overcharge: Overcharge
    left: float
    deadline: date | None = None
    uses: list[tuple[MoneyCredit, float]] = field(default_factory=list)


def settle_charges(
    overcharges: Iterable[Overcharge],
    credits: Iterable[MoneyCredit],
    deadline_of: Callable[[Overcharge], date | None] = lambda _: None,
    cases: Mapping[str, Sequence[ClaimKey]] = MappingProxyType({}),
) -> list[Draft]:
    """One draft per claim key: a lot for each charge that is still owed, and what was given back already.

    ``deadline_of``: the last day to claim an overcharge, None where it is not known. ``cases``: Amazon case id ->
    the (kind, key) of the claims filed under it.
    """
    charges = [_Charge(o, cents(o.amount), deadline_of(o)) for o in sorted(overcharges, key=_charge_order)]
    _spend_all(charges, sorted(_joined(credits), key=_credit_order), cases)
    groups: dict[tuple[str, tuple[str, ...]], list[_Charge]] = defaultdict(list)
    for charge in charges:
        groups[charge.overcharge.kind, charge.overcharge.key].append(charge)
    return [_draft(members) for members in groups.values()]


def _joined(credits: Iterable[MoneyCredit]) -> list[MoneyCredit]:
    """Each row of a report once: several kinds may have found the same money given back."""
    found: dict[tuple[object, float], MoneyCredit] = {}
    for credit in credits:
        key = (credit.row, cents(credit.amount))
        known = found.get(key)
        found[key] = replace(credit, kinds=credit.kinds | known.kinds) if known else credit
    return list(found.values())


def split_early(overcharges: Iterable[Overcharge], as_of: date) -> tuple[list[Overcharge], list[Aside]]:
    """Charges dated after the day of the run are too early."""
    known = list(overcharges)
    early = [
        Aside(
            kind=o.kind,
            key=o.key,
            reason="too early",
            date=o.date,
            units=o.units,
            product=o.product,
            row=o.evidence[0].source,
            why=f"dated {o.date}, after the day of this run ({as_of})",
            marketplace=o.marketplace,
            order_id=o.order_id,
            reference_id=o.reference_id,
        )
        for o in known
        if o.date > as_of
    ]
    return [o for o in known if o.date <= as_of], early


def _charge_order(o: Overcharge) -> tuple[object, ...]:
    row = o.evidence[0].source
    return (o.date, o.kind, o.key, o.amount, row.where, row.row)


def _credit_order(c: MoneyCredit) -> tuple[object, ...]:
    return (
        c.date,
        c.reference_id,
        c.order_id,
        c.product.fnsku,
        c.product.sku,
        c.amount,
        c.row.where,
        c.row.row,
    )


def _spend_all(
    charges: Sequence[_Charge], credits: Sequence[MoneyCredit], cases: Mapping[str, Sequence[ClaimKey]]
) -> None:
    """Credits that name an order first, each on the charges of that order; then the others by product.

    Credits under a case id that a person recorded go before them, and to the charges of that case first.
    """
    by_order: dict[str, list[_Charge]] = defaultdict(list)
    for charge in charges:
        for order in {charge.overcharge.order_id, *charge.overcharge.orders} - {""}:
            by_order[order].append(charge)
    filed = [c for c in credits if c.case_id and c.case_id in cases]
    for credit in filed:
        mine = [c for c in charges if (c.overcharge.kind, c.overcharge.key) in cases[credit.case_id]]
        others = [] if credit.own_case else by_order.get(credit.order_id, [])
        _spend(credit, [*mine, *(c for c in _own_first(credit, others) if all(c is not m for m in mine))])
    rest = [c for c in credits if c not in filed]
    for credit in (c for c in rest if c.order_id):
        _spend(credit, _own_first(credit, by_order.get(credit.order_id, [])))
    for credit in (c for c in rest if not c.order_id):
        before = [c for c in charges if _may_pay(credit, c) and c.overcharge.date <= credit.date]
        mine = [c for c in before if c.overcharge.product.matches(credit.product)]
        _spend(credit, _likely_first(credit, mine))


def _own_first(credit: MoneyCredit, charges: Sequence[_Charge]) -> list[_Charge]:
    """The charges of the product that the credit names before those of the rest of its order."""
    return sorted(charges, key=lambda c: not c.overcharge.product.matches(credit.product))


def _likely_first(credit: MoneyCredit, charges: Sequence[_Charge]) -> list[_Charge]:
    """The charges of a claim of just that amount, then those not past their deadline then, then the others."""
    owed: dict[tuple[str, tuple[str, ...]], float] = defaultdict(float)
    for charge in charges:
        owed[charge.overcharge.kind, charge.overcharge.key] += charge.left
    amount = cents(credit.amount)

    def order(c: _Charge) -> tuple[bool, bool]:
        exact = cents(owed[c.overcharge.kind, c.overcharge.key]) == amount
        return not exact, c.deadline is not None and c.deadline < credit.date

    return sorted(charges, key=order)


def _may_pay(credit: MoneyCredit, charge: _Charge) -> bool:
    return charge.overcharge.kind in credit.kinds and charge.overcharge.currency == credit.currency


def _spend(credit: MoneyCredit, charges: Sequence[_Charge]) -> None:
    left = cents(credit.amount)
    for charge in charges:
        if not _may_pay(credit, charge):
            continue
        taken = min(left, charge.left)
        if taken > 0:
            charge.uses.append((credit, taken))
            charge.left, left = cents(charge.left - taken), cents(left - taken)


def _draft(charges: Sequence[_Charge]) -> Draft:
    first = charges[0].overcharge
    references = {c.overcharge.reference_id for c in charges if c.overcharge.reference_id}
    draft = Draft(
        kind=first.kind,
        key=first.key,
        product=first.product,
        marketplace=first.marketplace,
        event_date=first.date,
        since=min(c.overcharge.since or c.overcharge.date for c in charges),
        order_id=first.order_id,
        reference_id=", ".join(sorted(references)),
        given=Given(0.0, first.currency, first.basis),
        counted=any(c.overcharge.units is not None for c in charges),
    )
    for charge in charges:
        _add(draft, charge)
    draft.story = _told([c for c in charges if c.left > 0])
    return draft


def _told(charges: Sequence[_Charge]) -> str:
    """The arithmetic in words: of many charges the first, and how many more there are; each stands on Evidence."""
    stories = list(dict.fromkeys(c.overcharge.story for c in charges))
    if len(stories) <= SHOWN:
        return "; ".join(stories)
    days = [c.overcharge.date for c in charges]
    return f"{'; '.join(stories[:SHOWN])}; and {len(stories) - SHOWN} more from {min(days)} to {max(days)}"


def _add(draft: Draft, charge: _Charge) -> None:
    o = charge.overcharge
    draft.given_back += charge.uses
    for credit, amount in charge.uses:
        why = f"{o.story}; {credit.shows} of {credit.date}: {amount:,.2f} {o.currency} of it given back"
        settled = o.units if charge.left <= 0 else None
        draft.settled.append(Settled("paid", settled, why, [credit.row, o.evidence[0].source]))
    if charge.left <= 0:
        return
    counted = [e._replace(units=o.units if n == 0 else None) for n, e in enumerate(o.evidence)]
    draft.evidence += counted + [_given_back(credit, amount) for credit, amount in charge.uses]
    doubts = [(o.units or 0, o.question)] if o.question else []
    given_back = cents(o.amount) - charge.left
    bounds = [None if b is None else max(cents(b - given_back), 0.0) for b in (o.low, o.high)]
    draft.lots.append(Lot(o.units or 0, o.clocks, doubts, charge.left, bounds[0], bounds[1]))


def _given_back(credit: MoneyCredit, amount: float) -> Evidence:
    named = identifiers(credit.product, credit.order_id, credit.reference_id, credit.case_id)
    return Evidence(credit.role, credit.row, credit.date, None, -amount, credit.currency, named, credit.shows)
