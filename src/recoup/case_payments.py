"""Which payment paid which claim, and what was taken back since: the one allocation, told claim by claim.

Every unit that a reimbursement paid is told once: for the claim whose unit it settled, or for the case that names it,
or as loose. Decisions:
- The cents of a line are shared over its units from the first to the last, so that the parts add up to the line.
- A unit paid again after its payment was taken back is that of the claim about the reversal where that has a case.
- A payment that found no open unit, because the goods came back, still belongs to the claim with a case that it was
  paid for: the one that recorded its id, or whose Amazon case id or order it names. It may be taken back.
- The goods that a reversal gives back stand for the cash that it took: the unit stays paid, in inventory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .accounts import Account, Allocation, Purse
from .events import Credit, MoneyCredit, Product, Reversal
from .filed_claims import Filed, FiledClaims
from .model import SourceRow
from .money import cents
from .payments import Payments

Names = Callable[[str, tuple[str, ...]], str]  # kind and key -> claim id
NO_PRODUCT = Product()
Verdict = Literal["dispute", "fair", "goods given back", "paid again"]


@dataclass(frozen=True, slots=True)
class Paid:
    """What one line of Reimbursements paid for one claim.

    ``units`` is None where money was paid and no units. ``amount`` is cash, None in goods. ``needless``: the goods
    came back, so that Amazon may take the payment back.
    """

    reimbursement_id: str
    date: date
    units: int | None
    amount: float | None
    currency: str
    row: SourceRow
    shows: str
    case_id: str = ""  # Amazon's
    order_id: str = ""
    product: Product = NO_PRODUCT
    goods: bool = False
    needless: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Units of one claim whose payment a reversal took back; ``dispute`` is the claim about that reversal."""

    reversal_id: str
    original_id: str
    date: date
    units: int
    amount: float
    currency: str
    row: SourceRow
    shows: str
    verdict: Verdict
    dispute: str = ""
    case_id: str = ""


@dataclass(slots=True)
class Ledger:
    """Payments and reversals by claim id, and payments that paid no unit of a claim."""

    paid: dict[str, list[Paid]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, list[TakenBack]] = field(default_factory=lambda: defaultdict(list))
    loose: list[Paid] = field(default_factory=list)


def tell_payments(
    allocation: Allocation,
    payments: Payments,
    filed: Mapping[str, Filed],
    name: Names,
    dispute_of: Callable[[Reversal], str],
) -> Ledger:
    """Every reimbursement and reversal of the allocation by claim. ``filed``: the claims with a case."""
    teller = _Teller(allocation, filed, name, dispute_of)
    given = teller.goods_given_back(payments.reversals)
    for purse in sorted(allocation.purses, key=_order):
        if purse.credit.role == "reimbursement":
            teller.tell(purse, given.get(id(purse), 0))
    teller.tell_reversals(payments.case_money)
    return teller.ledger


def _order(purse: Purse) -> tuple[object, ...]:
    c = purse.credit
    return (
        c.date,
        c.reference_id,
        c.order_id,
        c.product.fnsku,
        c.product.sku,
        c.row.where,
        c.row.row,
        c.in_kind,
    )


class _Teller:
    def __init__(
        self,
        allocation: Allocation,
        filed: Mapping[str, Filed],
        name: Names,
        dispute_of: Callable[[Reversal], str],
    ) -> None:
        self.ledger, self.allocation, self.dispute_of = Ledger(), allocation, dispute_of
        self._reversed = {p.credit.reference_id for p in allocation.purses if p.reversed}
        self.accounts: list[tuple[str, Account]] = [
            (name(a.loss.kind, a.loss.key), a) for a in (*allocation.accounts, *allocation.recalled)
        ]
        self._filed = FiledClaims(filed, self.accounts)
        self._uses: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self._came_back: dict[str, int] = defaultdict(int)
        self._paid_with: dict[str, set[str]] = defaultdict(set)  # claims by the id that pays their units
        for claim, account in self.accounts:
            again = _paid_again(account)
            for use in account.uses:
                if use.credit.role != "reimbursement":
                    self._came_back[claim] += use.units
                    continue
                left = use.units
                self._paid_with[use.credit.reference_id].add(claim)
                for reversal, units in again.pop(id(use.credit), []):
                    dispute = dispute_of(reversal)
                    if dispute in filed and not self._filed.is_ours(use.credit, claim):
                        self._uses[id(use.credit)].append((dispute, units))
                        left -= units
                if left:
                    self._uses[id(use.credit)].append((claim, left))

    # ---- payments

    def tell(self, purse: Purse, given: int) -> None:
        """Share one payment's units and cents over the claims it paid; ``given``: units given back as goods."""
        credit = purse.credit
        pieces = self._joined(self._uses[id(credit)])
        spent = sum(units for _, units in pieces)
        total = spent if credit.units is None else credit.units
        cash = _Cents(0.0 if credit.in_kind else credit.amount or 0.0, total)
        for claim, units in pieces:
            back = min(given, units)
            given -= back
            amount = cash.take(units - back)
            if units > back:
                self.ledger.paid[claim].append(_paid(credit, units - back, amount))
            if back:
                cash.take(back)
                self.ledger.paid[claim].append(_paid(credit, back, None, goods=True))
        if credit.units is None and not pieces:
            self._loose(credit, None, credit.amount or 0.0)
        left = total - spent - purse.reversed
        back = min(given, max(left, 0))
        if left > back:
            self._loose(credit, left - back, cash.take(left - back))
        if back:
            self.ledger.loose.append(_paid(credit, back, None, goods=True))

    @staticmethod
    def _joined(pieces: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        sums: dict[str, int] = defaultdict(int)
        for claim, units in pieces:
            sums[claim] += units
        return sorted(sums.items())

    def _loose(self, credit: Credit, units: int | None, amount: float) -> None:
        """A payment that found no open unit: that of a case whose goods came back, or nobody's."""
        left, cash = units, _Cents(amount, units or 1)
        for claim, room in self._meant(credit):
            part = room if left is None else min(room, left)
            if part > 0:
                self._came_back[claim] -= part
                self.ledger.paid[claim].append(
                    _paid(credit, None if left is None else part, cash.take(part), needless=True)
                )
                if left is None:
                    return
                left -= part
        if left != 0:
            self.ledger.loose.append(_paid(credit, left, cash.take(left or 1)))

    def _meant(self, credit: Credit) -> Iterator[tuple[str, int]]:
        """The claims with a case that a payment was for, though no unit was open, and how many it may have paid."""
        used = self._paid_with[credit.reference_id]
        near: dict[str, list[Account]] = defaultdict(list)
        for claim, account in self._filed.of_product(credit):
            near[claim].append(account)
        for claim, accounts in sorted(near.items()):
            named = bool(credit.id) and any(credit.id in a.loss.ids for a in accounts)
            if self._came_back[claim] > 0 and (
                self._filed.is_ours(credit, claim) or (named and not credit.case_id)
            ):
                used.add(claim)
                yield claim, self._came_back[claim]
        if used or credit.reference_id in self._reversed:
            return  # what this run tells of the payment by itself is all: its id on the row says no more
        for claim, accounts in sorted(near.items()):
            if self._filed.has_recorded(claim, credit.reference_id):
                yield claim, sum(a.loss.units for a in accounts)
                return

    # ---- reversals

    def goods_given_back(self, reversals: Iterable[Reversal]) -> dict[int, int]:
        """Units of each payment whose cash a reversal took and whose goods it gave, by purse."""
        given: dict[int, int] = defaultdict(int)
        by_id: dict[str, list[Purse]] = defaultdict(list)
        for purse in self.allocation.purses:
            if purse.credit.role == "reimbursement" and not purse.credit.in_kind:
                by_id[purse.credit.reference_id].append(purse)
        for reversal in sorted(
            reversals, key=lambda r: (r.date, r.reimbursement_id, r.product.fnsku, r.units)
        ):
            wanted = min(reversal.returned, reversal.units) if reversal.linkable else 0
            for purse in by_id.get(reversal.original_id, []):
                if wanted and purse.credit.product.matches(reversal.product):
                    still = (purse.credit.units or 0) - purse.reversed - given[id(purse)]
                    units = max(min(wanted, still), 0)
                    given[id(purse)] += units
                    wanted -= units
                    self._give(reversal, purse, units)
        return given

    def _give(self, reversal: Reversal, purse: Purse, units: int) -> None:
        for claim, used in self._joined(self._uses[id(purse.credit)]):
            part = min(units, used)
            units -= part
            if part:
                self._take(claim, reversal, part, "goods given back", purse.credit)

    def tell_reversals(self, of_money: Iterable[MoneyCredit]) -> None:
        """Units taken back, for the claims whose payment it was."""
        for claim, account in self.accounts:
            again = sum(_paid_later(account, r.reversal) for r in account.reopened)
            for reopened, still in account.standing_open():
                closed = reopened.units - still
                repaid = min(closed, again)
                again -= repaid
                parts: list[tuple[int, Verdict]] = [(still, "dispute"), (repaid, "paid again")]
                for units, verdict in [*parts, (closed - repaid, "fair")]:
                    if units:
                        self._take(claim, reopened.reversal, units, verdict, reopened.payment)
        unknown = {id(r) for r, _, _ in self.allocation.unlinked}
        for purse in sorted(self.allocation.purses, key=_order):
            for reversal, units in purse.withdrawn:
                claim = self._filed.paid_by(purse.credit)
                if claim:
                    verdict = "dispute" if id(reversal) in unknown else "fair"
                    self._take(claim, reversal, units, verdict, purse.credit)
        there: dict[str, list[Product]] = defaultdict(list)
        paid: list[Credit | MoneyCredit] = [*(p.credit for p in self.allocation.purses), *of_money]
        for credit in paid:
            there[credit.reference_id].append(credit.product)
        for reversal, units, missing in self.allocation.unlinked:
            told = any(p.matches(reversal.product) for p in there[reversal.original_id])
            claim = self._filed.recorded(reversal) if missing == "original" and not told else ""
            if claim:
                self._take(claim, reversal, units, "dispute")

    def _take(
        self, claim: str, reversal: Reversal, units: int, verdict: Verdict, payment: Credit | None = None
    ) -> None:
        each = reversal.amount / reversal.units if reversal.units else reversal.amount
        self.ledger.taken[claim].append(
            TakenBack(
                reversal.reimbursement_id,
                reversal.original_id,
                reversal.date,
                units,
                cents(each * units),
                reversal.currency,
                reversal.row,
                reversal.shows,
                verdict,
                self.dispute_of(reversal),
                payment.case_id if payment else "",
            )
        )


def _paid_later(account: Account, reversal: Reversal) -> int:
    return sum(
        u.units for u in account.uses if u.credit.role == "reimbursement" and u.credit.date >= reversal.date
    )


def _paid_again(account: Account) -> dict[int, list[tuple[Reversal, int]]]:
    """By payment: the reversals whose units it paid again, each unit once."""
    again: dict[int, list[tuple[Reversal, int]]] = defaultdict(list)
    spent: dict[int, int] = defaultdict(int)
    still = {id(r): open_units for r, open_units in account.standing_open()}
    for reopened in account.reopened:
        wanted = reopened.units - still[id(reopened)]
        for use in account.uses:
            later = use.credit.role == "reimbursement" and use.credit.date >= reopened.reversal.date
            units = min(wanted, use.units - spent[id(use)]) if later else 0
            if units > 0:
                again[id(use.credit)].append((reopened.reversal, units))
                spent[id(use)] += units
                wanted -= units
    return again


class _Cents:
    """The cash of one line, handed out unit by unit without losing a cent."""

    def __init__(self, amount: float, units: int) -> None:
        self._amount, self._units, self._taken = amount, units, 0

    def take(self, units: int) -> float:
        before = self._upto(self._taken)
        self._taken += units
        return cents(self._upto(self._taken) - before)

    def _upto(self, units: int) -> float:
        return cents(self._amount * units / self._units) if self._units else 0.0


def _paid(
    credit: Credit, units: int | None, amount: float | None, *, goods: bool = False, needless: bool = False
) -> Paid:
    in_goods = goods or credit.in_kind
    return Paid(
        credit.reference_id,
        credit.date,
        units,
        None if in_goods else amount,
        credit.currency,
        credit.row,
        credit.shows,
        credit.case_id,
        credit.order_id,
        credit.product,
        in_goods,
        needless,
    )


def in_order(payments: Iterable[Paid]) -> Iterator[Paid]:
    """Payments in the order in which a person would tell them."""
    yield from sorted(payments, key=lambda p: (p.date, p.reimbursement_id, p.row.where, p.row.row, p.goods))
