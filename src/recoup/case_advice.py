"""What to do about a case that was paid, in part or in whole, or whose payment was taken back.

Decisions:
- Approved, not Paid, where the money is deferred, or missing although settlements were read beyond the days it takes.
- A case whose payment was taken back opens again: Partly paid while another payment stands, else Filed.
- A stage that is there already is not suggested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .case_figures import Facts, Figures
from .case_payments import Paid, TakenBack, Verdict
from .model import Claim
from .settlement_ties import Ties

FINISHED = ("Paid", "Partly paid", "Closed")
FAIR: dict[Verdict, str] = {
    "fair": "the goods came back: the reversal is fair",
    "goods given back": "given back in inventory: the reversal is fair",
    "paid again": "and paid again since",
}


@dataclass(frozen=True, slots=True)
class Advisor:
    """What advice needs besides the figures: other claims, where the money is, and when it should be there."""

    facts: Facts
    ties: Ties
    due: Callable[[date], date] = lambda approved: approved  # the last day on which the money should arrive
    cases: Mapping[str, str] = field(default_factory=dict)  # claim id -> its case

    def advise(self, figures: Figures) -> tuple[str, str] | None:
        """(suggested stage, next step); None where payments have nothing to say."""
        if not (figures.paid or figures.taken):
            return None
        disputed = [t for t in figures.taken if t.verdict == "dispute" and self._stands(t)]
        stage = self._stage(figures, bool(disputed))
        steps = [self._reversal(t, figures) for t in figures.taken]
        if figures.paid:
            steps += [self.tell_paid(figures), *self._short(figures), *self._needless(figures)]
        if figures.owed:
            steps.append(_owed(figures))
        return ("" if stage == figures.stage else stage), " ".join(filter(None, steps))

    # ---- stage

    def _stage(self, figures: Figures, disputed: bool) -> str:
        standing = bool(figures.paid)
        if disputed:
            if figures.stage in FINISHED:
                return "Partly paid" if standing else "Filed"
            return "Partly paid" if standing else ""
        if figures.owed:
            return "Partly paid" if standing else ""
        if not standing:
            return "Closed"
        if figures.stage in FINISHED:
            return "Paid" if figures.stage == "Partly paid" else ""
        return "Approved" if any(self._on_its_way(p) for p in figures.paid) else "Paid"

    def _on_its_way(self, paid: Paid) -> bool:
        """Whether Amazon approved the money and it is known not to be in the account yet."""
        if paid.goods or not paid.amount:
            return False
        arrival = self.ties.arrivals.get(paid.row)
        if arrival:
            return arrival.deferred
        read_to = self.ties.read_to.get(paid.currency)
        return read_to is not None and read_to > self.due(paid.date)

    # ---- sentences

    def tell_paid(self, figures: Figures) -> str:
        """Who paid what, and where the money is."""
        ours = [p for p in figures.paid if p.case_id and p.case_id == figures.case_id]
        alone = [p for p in figures.paid if not p.case_id]
        other = [p for p in figures.paid if p.case_id and p.case_id != figures.case_id]
        parts = []
        if ours:
            parts.append(f"under case {figures.case_id}: {self._told(ours, figures)}")
        for case in sorted({p.case_id for p in other}):
            mine = [p for p in other if p.case_id == case]
            name = "another case" if figures.case_id else "a case that is not typed here"
            parts.append(f"under {name}, {case}: {self._told(mine, figures)}")
        if alone:
            done = not figures.owed and not ours and not other
            parts.append(f"by itself: {'close the case; ' if done else ''}{self._told(alone, figures)}")
        return f"Amazon paid {'; and '.join(parts)}."

    def _told(self, paid: Sequence[Paid], figures: Figures) -> str:
        words = []
        if not figures.about_money:
            words.append(units_of(sum(p.units or 0 for p in paid)))
        goods = sum(p.units or 0 for p in paid if p.goods)
        if goods:
            words.append(f"{goods} of them in inventory")
        for currency in dict.fromkeys(p.currency for p in paid if not p.goods):
            amount = sum(p.amount or 0.0 for p in paid if not p.goods and p.currency == currency)
            foreign = f" (not {figures.currency} as filed)" if currency != figures.currency else ""
            words.append(f"{amount:,.2f} {currency}{foreign}")
        ids = dict.fromkeys(p.reimbursement_id for p in paid if p.reimbursement_id)
        named = f" (reimbursement {', '.join(ids)})" if ids else ""
        places = dict.fromkeys(self.ties.shown(p.row) for p in paid if p.amount)
        return f"{', '.join(words)}{named}{''.join(f', {p}' for p in places)}"

    def _short(self, figures: Figures) -> list[str]:
        """Claims that the payment was below the approved cost."""
        ids = {p.reimbursement_id for p in figures.paid} - {""}
        short = [c for c in self.facts.claims.values() if c.kind == "reimbursement_underpaid"]
        mine = sorted({c.claim_id for c in short if c.reference_id in ids and c.claim_id != figures.claim_id})
        return [f"It is short of the approved cost: see {name}." for name in mine]

    @staticmethod
    def _needless(figures: Figures) -> list[str]:
        back = dict.fromkeys(p.reimbursement_id for p in figures.paid if p.needless)
        return [f"The goods came back: Amazon may take {name} back." for name in back]

    def _stands(self, taken: TakenBack) -> bool:
        return taken.dispute in self.facts.claims or not self.facts.lines.get(taken.dispute)

    def _reversal(self, taken: TakenBack, figures: Figures) -> str:
        what = (
            f"{units_of(taken.units)}, {taken.amount:,.2f} {taken.currency} of reimbursement "
            f"{taken.original_id} taken back on {taken.date} by {taken.reversal_id}"
        )
        if taken.verdict != "dispute":
            return f"{_capital(what)}, {FAIR[taken.verdict]}."
        claim = self.facts.claims.get(taken.dispute)
        again = "Reopened: " if figures.stage in FINISHED else ""
        if claim is None:
            lines = self.facts.lines.get(taken.dispute, ())
            ended = "; ".join(dict.fromkeys(line.reason for line in lines))
            return f"{_capital(what)}: {taken.dispute}{f', {ended}' if ended else ''}."
        return f"{again}{what}: {self._dispute(claim)}."

    def _dispute(self, claim: Claim) -> str:
        case = self.cases.get(claim.claim_id)
        if case:
            return f"disputed as {claim.claim_id}, case {case}"
        if claim.status == "Needs input":
            return f"settle the question of {claim.claim_id} first ({claim.missing})"
        return f"dispute it as {claim.claim_id}"


def units_of(count: int) -> str:
    """``1 unit``, ``2 units``."""
    return f"{count} unit" if count == 1 else f"{count} units"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _owed(figures: Figures) -> str:
    if figures.about_money:
        return f"{figures.balance or 0.0:,.2f} {figures.currency} still owed: answer in the same case."
    open_units = figures.open or 0
    units = open_units if figures.filed is None else min(open_units, figures.filed)
    value = "" if figures.balance is None else f", {figures.balance:,.2f} {figures.currency}"
    return f"{units_of(units)}{value} still owed: answer in the same case."
