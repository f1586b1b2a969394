"""Score a rule set, and Recoup beside it, at the level the rule set names units by (see `rivals`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..model import Claim
from ..policy import Policy
from ..reports import Reports
from .keys import Source, field_of
from .rivals import RuleSet, Windows
from .scoring import ASSERTED
from .truth_file import Truth


@dataclass(slots=True)
class LevelScore:
    """Units right, wrong and missed; ``other`` are owed under another kind, or were and are too late."""

    owed: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    other: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was claimed, and is not ``other``, that is right; None when nothing was."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of what is owed that was claimed; None when nothing is owed."""
        return self.right / self.owed if self.owed else None

    def add(self, other: LevelScore) -> None:
        """Add the comparison of another seller."""
        self.owed += other.owed
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed
        self.other += other.other


def score_rival(rules: RuleSet, reports: Reports, truth: Truth, policy: Policy) -> LevelScore:
    """What the rule set finds in these reports and does not call too late, compared with the truth."""
    windows = windows_of(rules, policy, truth.market, truth.as_of)
    stages = [(f, f.stage(truth.as_of)) for f in rules.find(reports, windows, truth.as_of)]
    waiting = may_wait(truth)
    found = [
        f for f, stage in stages if stage == "now" or (stage == "early" and level_of(rules, f) not in waiting)
    ]
    return compare_level(rules, truth, _sums(rules, ((f, f.units) for f in found)))


def score_recoup(rules: RuleSet, claims: Sequence[Claim], truth: Truth) -> LevelScore:
    """What Recoup asserts of the same kinds, compared in the same way."""
    waiting = may_wait(truth)
    asserted = [
        c
        for c in claims
        if c.kind in rules.kinds
        and c.status in ASSERTED
        and not (c.status == "Waiting" and level_of(rules, c) in waiting)
    ]
    return compare_level(rules, truth, _sums(rules, ((c, c.units or 0) for c in asserted)))


def compare_level(rules: RuleSet, truth: Truth, claimed: Counter[tuple[str, ...]]) -> LevelScore:
    """Right are units that are owed under the kinds of the rule set, whatever the event."""
    entries = [o for o in truth.owed if o.kind in rules.kinds | rules.pool]
    owed = _sums(rules, ((o, o.units) for o in entries if o.kind in rules.kinds and o.state == "owed"))
    whole = _sums(rules, ((o, o.units) for o in entries if o.state != "doubt"))
    score = LevelScore()
    for key in {*owed, *claimed}:
        right = min(claimed[key], owed[key])
        other = min(claimed[key] - right, whole[key] - owed[key])
        score.add(LevelScore(owed[key], right, claimed[key] - right - other, owed[key] - right, other))
    return score


def windows_of(rules: RuleSet, policy: Policy, market: str, as_of: date) -> Windows:
    """The rule set's windows with the days of the seller's marketplace where the rule set has such a day."""
    own = rules.windows
    if own.returns_close is None:
        return Windows(_days(policy, "latest.lost_in_warehouse", market, as_of, own.warehouse))
    opens = _days(policy, "earliest.return_not_received", market, as_of, own.returns_open)
    closes = _days(policy, "latest.return_not_received", market, as_of, own.returns_close)
    return Windows(returns_open=opens or 0, returns_close=closes)


def _days(policy: Policy, window: str, market: str, as_of: date, own: int | None) -> int | None:
    rule = policy.value(f"claim_window_{window}", on=as_of, marketplace=market)
    return own if own is None or rule is None or rule.unit != "days" else round(rule.number)


def _sums(rules: RuleSet, items: Iterable[tuple[Source, int]]) -> Counter[tuple[str, ...]]:
    sums: Counter[tuple[str, ...]] = Counter()
    for item, units in items:
        sums[level_of(rules, item)] += units
    return sums


def level_of(rules: RuleSet, item: Source) -> tuple[str, ...]:
    """What the rule set names an item by."""
    return tuple(field_of(item, name) for name in rules.level)


def may_wait(truth: Truth) -> set[tuple[str, ...]]:
    """Keys, without their kind, of innocents that may be shown as waiting."""
    return {innocent.key[1:] for innocent in truth.innocents if innocent.may_show == "Waiting"}
