"""The figures of one row of Cases: units and money paid, taken back, and what is still owed.

Decisions:
- Where units were filed, payments under the case's Amazon case id are its own; others settle the filed units from the
  youngest back, and what is left of them was paid before the case was filed and stays on Not Claimed alone.
- A draft with open units shows no payment: nothing was filed that could be paid.
- A unit that was found, returned or paid in inventory is not owed any more. A unit whose payment was taken back is
  owed under the claim about that reversal, never twice: it is not in the Balance of the case it was paid for.
- Money in another currency than the case's is never added. Balance is empty where the value is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .case_payments import Ledger, Names, Paid, TakenBack, in_order
from .case_sheet import own_name
from .cases import text
from .detectors import all_detectors
from .detectors.reimbursement_reversed import KIND as REVERSED
from .detectors.reimbursement_reversed import key_of
from .events import Reversal
from .memory import plain
from .model import Cell, Claim, NotClaimed, Record
from .money import cents
from .pipeline import Result

SETTLED = ("paid", "found")


@dataclass(slots=True)
class Facts:
    """What the run knows of each claim: its units, those still open, and what came back."""

    name: Names
    claims: dict[str, Claim] = field(default_factory=dict)
    lines: dict[str, list[NotClaimed]] = field(default_factory=lambda: defaultdict(list))
    open: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    disputed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    came_back: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    forgotten: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, result: Result, name: Names) -> Facts:
        """Facts by claim id; ``name`` gives the id of a kind and key."""
        facts = cls(name, {c.claim_id: c for c in result.claims})
        for line in result.not_claimed:
            facts.lines[line.claim_id].append(line)
        for account in (*result.allocation.accounts, *result.allocation.recalled):
            key = name(account.loss.kind, account.loss.key)
            facts.units[key] += account.loss.units
            facts.disputed[key] += account.reversed_units
            facts.open[key] += account.open - account.reversed_units
            facts.came_back[key] += [
                (u.credit.date, u.units) for u in account.uses if u.credit.role != "reimbursement"
            ]
        facts.forgotten = {name(*key): gone for key, gone in result.allocation.forgotten.items()}
        return facts

    def knows(self, key: str) -> bool:
        """Whether this run looked at the claim; of others the figures stay as they were."""
        return key in self.units or key in self.claims or key in self.lines

    def dispute_of(self, reversal: Reversal) -> str:
        """The id of the claim about a reversal."""
        return self.name(REVERSED, key_of(reversal))

    def open_units(self, key: str) -> int | None:
        """Units of a claim that nothing settled; None where no unit is known."""
        if key in self.units:
            return self.open[key]
        if key in self.claims:
            return self.claims[key].units
        counts = [x.units for x in self.lines.get(key, ()) if x.reason not in SETTLED]
        return sum(n or 0 for n in counts)

    def open_money(self, key: str) -> float | None:
        """What a claim about money still asks for; None where it is not claimed for another reason than payment."""
        if key in self.claims:
            return self.claims[key].claim_value
        return 0.0 if all(x.reason in SETTLED for x in self.lines.get(key, ())) else None


@dataclass(slots=True)
class Figures:
    """What stands on one row of Cases."""

    claim_id: str
    about_money: bool
    stage: str
    case_id: str  # Amazon's
    currency: str
    filed: int | None
    open: int | None
    paid: list[Paid] = field(default_factory=list)
    taken: list[TakenBack] = field(default_factory=list)
    balance: float | None = None
    owed: bool = False  # whether units or money are still owed

    @property
    def paid_units(self) -> int | None:
        """Units that payments stand for; None of a claim about money, or where nothing was ever paid."""
        if self.about_money or not (self.paid or self.taken):
            return None
        return sum(p.units or 0 for p in self.paid)

    @property
    def paid_amount(self) -> float | None:
        """Cash in the currency of the case; None where there is none."""
        mine = [p for p in self.paid if p.goods or p.currency == self.currency]
        if not mine and not (self.taken and not self.paid):
            return None
        return cents(sum(p.amount or 0.0 for p in mine))

    @property
    def foreign(self) -> list[Paid]:
        """Payments in another currency than the case's."""
        return [p for p in self.paid if not p.goods and p.currency != self.currency]

    @property
    def reversed(self) -> int | None:
        """Units whose payment was taken back."""
        return sum(t.units for t in self.taken) or None

    @property
    def reimbursements(self) -> str:
        """The ids of all payments, those taken back since included."""
        ids = [*(p.reimbursement_id for p in in_order(self.paid)), *(t.original_id for t in self.taken)]
        return ", ".join(dict.fromkeys(i for i in ids if i))

    def cells(self) -> Record:
        """Recoup's cells of the row."""
        return {
            "Paid units": self.paid_units,
            "Paid amount": self.paid_amount,
            "Reimbursement IDs": self.reimbursements or None,
            "Reversed": self.reversed,
            "Balance": self.balance,
        }


def find_figures(row: Mapping[str, Cell], facts: Facts, ledger: Ledger, kept: Ledger) -> Figures:
    """The figures of a claim's row. ``kept``: payments remembered although their report is cleared."""
    key, claim = text(row.get("Claim ID")), facts.claims.get(text(row.get("Claim ID")))
    kind, detectors = claim.kind if claim else text(row.get("Kind")), all_detectors()
    about_money = kind != REVERSED and kind in detectors and detectors[kind].value == "given"
    taken = sorted(
        [*ledger.taken.get(key, ()), *kept.taken.get(key, ())],
        key=lambda t: (t.date, t.reversal_id, t.verdict, t.units),
    )
    paid = [*ledger.paid.get(key, ()), *_less_taken(kept.paid.get(key, ()), taken)]
    figures = Figures(
        claim_id=key,
        about_money=about_money,
        stage=text(row.get("Stage")) or "Draft",
        case_id=plain(row.get("Amazon case ID")),
        currency=_currency(row, claim, paid),
        filed=_whole(row.get("Units filed")),
        open=None if about_money else facts.open_units(key),
    )
    gone = facts.forgotten.get(key, frozenset())  # the units they paid are not among the open ones
    told = [p for p in kept.paid.get(key, ()) if (p.reimbursement_id, str(p.date)) not in gone]
    if figures.open is not None:
        figures.open = max(figures.open - sum(p.units or 0 for p in told), 0)
    draft = figures.stage == "Draft" and figures.filed is None
    if draft and not taken and (figures.open or (about_money and facts.open_money(key))):
        return figures
    figures.taken = taken
    if figures.filed is None or about_money:
        figures.paid = paid
    else:
        settled = figures.filed - (figures.open or 0) - facts.disputed[key]
        figures.paid = _of_filing(figures.case_id, paid, settled, facts.came_back[key])
    if not draft or paid or taken:
        _set_balance(figures, row, claim, facts)
    return figures


def remembered(row: Mapping[str, Cell], kept: Ledger) -> list[Paid]:
    """The payments that a row counts whose claim this run did not look at: its own cells say how many of ``kept``."""
    if not _money(row.get("Paid amount")):
        return []
    name, units = own_name(row), _whole(row.get("Paid units"))
    paid = _less_taken(kept.paid.get(name, ()), kept.taken.get(name, ()))
    if units is None:
        return paid
    settled = units - sum(p.units or 0 for p in paid if p.needless)
    return _of_filing(plain(row.get("Amazon case ID")), paid, settled, ())


def _less_taken(kept: Iterable[Paid], taken: Iterable[TakenBack]) -> list[Paid]:
    """Remembered payments less what was taken back of them; of this run's payments the allocation knows."""
    back: dict[str, int] = defaultdict(int)
    for reversal in taken:
        back[reversal.original_id] += 0 if reversal.verdict == "goods given back" else reversal.units
    left = []
    for paid in kept:
        gone = min(back[paid.reimbursement_id], paid.units or 0)
        back[paid.reimbursement_id] -= gone
        if paid.units is None or paid.units > gone:
            left.append(_part(paid, (paid.units or 0) - gone))
    return left


def _of_filing(
    case_id: str, paid: Sequence[Paid], settled: int, came_back: Iterable[tuple[date, int]]
) -> list[Paid]:
    """The payments that settle the units filed: those under the case's id, then the youngest."""
    ours = [p for p in paid if p.needless or (p.case_id and p.case_id == case_id)]
    left = settled - sum(p.units or 0 for p in ours if not p.needless)
    events: list[tuple[date, int, int, Paid | None]] = [(day, 0, n, None) for day, n in came_back]
    others = [p for p in in_order(paid) if all(p is not o for o in ours)]
    events += [(p.date, n, p.units or 0, p) for n, p in enumerate(others, 1)]
    counted = list(ours)
    for _, _, units, payment in sorted(events, key=lambda e: e[:2], reverse=True):
        part = max(min(units, left), 0)
        left -= part
        if payment and (part or payment.units is None):
            counted.append(_part(payment, part))
    return list(in_order(counted))


def _part(payment: Paid, units: int) -> Paid:
    if payment.units is None or payment.units == units:
        return payment
    amount = None if payment.amount is None else cents(payment.amount * units / payment.units)
    return replace(payment, units=units, amount=amount)


def _set_balance(figures: Figures, row: Mapping[str, Cell], claim: Claim | None, facts: Facts) -> None:
    filed_value = _money(row.get("Value filed"))
    if figures.about_money:
        asked = filed_value if filed_value is not None else _money(row.get("Claim value"))
        left = facts.open_money(figures.claim_id)
        if left is None and asked is not None:
            left = max(cents(asked - (figures.paid_amount or 0.0)), 0.0)
        figures.balance = left if filed_value is None or left is None else min(left, filed_value)
        figures.owed = bool(figures.balance)
        return
    units = figures.open or 0
    units = units if figures.filed is None else min(units, figures.filed)
    each = _each(filed_value, figures.filed)
    if each is None and claim is not None:
        each = _each(claim.claim_value, claim.units)
    if each is None and claim is None:
        each = _each(_money(row.get("Claim value")), _whole(row.get("Units")))
    figures.owed = units > 0
    if not units:
        figures.balance = 0.0
    elif each is not None:
        figures.balance = cents(each * units)


def _each(value: float | None, units: int | None) -> float | None:
    return value / units if value is not None and units else None


def _currency(row: Mapping[str, Cell], claim: Claim | None, paid: Iterable[Paid]) -> str:
    """The currency of the case; where its value is unknown that of all its payments together."""
    stated = text(row.get("Currency")) or (claim.currency if claim else "")
    seen = {p.currency for p in paid if not p.goods}
    return stated or (seen.pop() if len(seen) == 1 else "")


def _whole(cell: Cell) -> int | None:
    return round(cell) if isinstance(cell, (int, float)) else None


def _money(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) else None
