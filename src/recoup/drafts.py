"""A claim before it has a window and a value: its units, its doubts, what settled the rest, and the rows.

In ``evidence`` the units of a draft that claims any add up: losses count up, whatever settled units counts down, and
the sum is what the draft claims. `recoup explain` derives a claim again from exactly these rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from .accounts import Account
from .events import Credit, Loss, MoneyCredit, Product
from .model import Evidence, Reason, SourceRow
from .money import cents

SETTLED_BY: dict[str, Reason] = {"reimbursement": "paid", "removal order": "excluded by policy"}


@dataclass(slots=True)
class Lot:
    """Units that share one window: their clocks, and the questions on some or all of them.

    Of a kind about money ``amount`` is what counts, between ``low`` and ``high`` where the rules leave doubt.
    """

    units: int
    clocks: tuple[date, ...]
    doubts: list[tuple[int, str]] = field(default_factory=list)
    amount: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def doubtful(self) -> int:
        """Units under a question."""
        return min(self.units, sum(n for n, _ in self.doubts))

    def shown(self, currency: str) -> str:
        """What is open of it, in words: units, or money of a kind about money."""
        return str(self.units) if self.amount is None else f"{self.amount:,.2f} {currency}"

    @classmethod
    def joined(cls, lots: Sequence[Lot]) -> Lot:
        """Several lots as one, for what they add up to."""
        money = [x.amount for x in lots if x.amount is not None]
        clocks = tuple(c for x in lots for c in x.clocks)
        return cls(sum(x.units for x in lots), clocks, amount=cents(sum(money)) if money else None)


@dataclass(slots=True)
class Settled:
    """Units of the same event that are not claimed, why, and the rows that say so."""

    reason: Reason
    units: int | None
    why: str
    rows: list[SourceRow]


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the rows themselves state, per unit: what was taken back, or what was paid too little."""

    unit: float
    currency: str
    basis: str
    total: float | None = None  # of all units of the draft, where cents per unit would not add up


@dataclass(slots=True)
class Draft:
    """All that is known of one claim before policy speaks. ``since`` is the day coverage must start from."""

    kind: str
    key: tuple[str, ...]
    product: Product
    marketplace: str
    event_date: date
    since: date
    order_id: str = ""
    reference_id: str = ""
    lots: list[Lot] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    given: Given | None = None
    story: str = ""  # the arithmetic in words, where adding up units does not tell it
    refuted_by: tuple[str | tuple[str, ...], ...] | None = None  # other than the detector's
    counted: bool = True  # False: a claim about money that concerns no units
    shipment_id: str = ""
    removal_order_id: str = ""
    given_back: list[tuple[MoneyCredit, float]] = field(default_factory=list)  # of a claim about money

    @property
    def units(self) -> int:
        """Units claimed, doubtful ones included."""
        return sum(lot.units for lot in self.lots)

    @property
    def currency(self) -> str:
        """The currency of a value that the rows themselves state; "" where it is looked up."""
        return self.given.currency if self.given else ""

    def lots_but(self, chosen: Sequence[Lot]) -> Lot | None:
        """All lots besides the chosen ones as one, None when there is no other."""
        others = [lot for lot in self.lots if all(lot is not c for c in chosen)]
        return Lot.joined(others) if others else None


def draft_accounts(accounts: Iterable[Account]) -> list[Draft]:
    """One draft per claim key from the settled accounts; units reopened by a reversal are left to their kind."""
    groups: dict[tuple[str, tuple[str, ...]], list[Account]] = defaultdict(list)
    for account in accounts:
        groups[account.loss.kind, account.loss.key].append(account)
    return [_draft(members) for members in groups.values()]


def _draft(accounts: list[Account]) -> Draft:
    losses = [a.loss for a in accounts]
    first, days = losses[0], [x.date for x in losses]
    draft = Draft(
        kind=first.kind,
        key=first.key,
        product=first.product,
        marketplace=first.marketplace,
        event_date=min(days),
        since=min([*days, *[x.since for x in losses if x.since]]),
        order_id=first.order_id,
        reference_id=", ".join(sorted({x.reference_id for x in losses} - {""})),
        shipment_id=first.shipment_id,
        removal_order_id=first.removal_order_id,
    )
    for account in accounts:
        _add(draft, account)
    if draft.lots:  # most losses are settled: nobody asks for the evidence of those
        draft.evidence = [row for account in accounts for row in _evidence(account)]
    return draft


def _add(draft: Draft, account: Account) -> None:
    loss = account.loss
    for use in account.uses:
        reason = SETTLED_BY.get(use.credit.role, "found")
        rows = [use.credit.row, *use.credit.also, loss.row]
        draft.settled.append(Settled(reason, use.units, f"{loss.shows}; {use.credit.named}", rows))
    if account.reconciled:
        by_amazon: Reason = "paid" if loss.pool == "order" else "found"
        why = f"{loss.shows}; Amazon's own report calls {account.reconciled} of them settled"
        draft.settled.append(Settled(by_amazon, account.reconciled, why, [loss.row]))
    own = account.open - account.reversed_units
    if own and loss.excluded:
        draft.settled.append(Settled("excluded by policy", own, f"{loss.shows}: {loss.excluded}", [loss.row]))
    elif own:
        doubts = [(d.units, d.question) for d in account.doubts]
        if loss.question:
            doubts.append((own, loss.question))
        draft.lots.append(Lot(own, loss.clocks, doubts))


def _evidence(account: Account) -> Iterator[Evidence]:
    """The rows of an account: the loss counts up, what settled, reopened or excludes its units counts down."""
    loss, reversed_units = account.loss, account.reversed_units
    yield loss_evidence(loss, loss.units)
    yield from loss.evidence
    for use in account.uses:
        yield credit_evidence(use.credit, -use.units)
    if account.reconciled:
        yield loss_evidence(loss, -account.reconciled, f"{account.reconciled} reconciled")
    if reversed_units:
        text = f"{reversed_units} paid and taken back: claimed as reimbursement_reversed"
        yield loss_evidence(loss, -reversed_units, text)
    own = account.open - reversed_units
    if own and loss.excluded:
        yield loss_evidence(loss, -own, loss.excluded)
    elif own:
        yield from (credit_evidence(d.credit, 0) for d in account.doubts if d.credit)


def loss_evidence(loss: Loss, units: int, shows: str = "") -> Evidence:
    """The row of a loss, counting ``units``."""
    return Evidence(
        role=loss.role,
        source=loss.row,
        date=loss.date,
        units=units,
        amount=loss.amount,
        currency=loss.currency,
        identifiers=identifiers(
            loss.product,
            loss.order_id,
            loss.reference_id,
            shipment=loss.shipment_id,
            removal=loss.removal_order_id,
        ),
        shows=shows or loss.shows,
    )


def credit_evidence(credit: Credit, units: int) -> Evidence:
    """The row of a credit, counting ``units`` (0: a doubt that counts neither way)."""
    return Evidence(
        role=credit.role,
        source=credit.row,
        date=credit.date,
        units=units,
        amount=credit.amount,
        currency=credit.currency,
        identifiers=identifiers(credit.product, credit.order_id, credit.reference_id, credit.case_id),
        shows=credit.shows if units else f"{credit.shows} (may have settled this)",
    )


def identifiers(
    product: Product,
    order_id: str,
    reference_id: str,
    case_id: str = "",
    *,
    shipment: str = "",
    removal: str = "",
) -> str:
    """The ids of an evidence row, as Evidence shows them."""
    named = (
        ("SKU", product.sku),
        ("FNSKU", product.fnsku),
        ("ASIN", product.asin),
        ("order", order_id),
        ("shipment", shipment),
        ("removal order", removal),
        ("reference", reference_id),
        ("case", case_id),
    )
    return " · ".join(f"{name} {value}" for name, value in named if value)
