"""Compare what is claimed with what is owed, key by key.

Asserted are claims that are Ready or Waiting. Owed is what the truth calls neither a question nor too late. A unit
is right when it is asserted and owed under the same key, wrong when it is asserted beyond that (a doubt that is
asserted is wrong, and so is a unit that is too late), missed when it is owed beyond that. Kinds about money are
counted in claims: one is right when its key and its value, to the cent, are. The money error adds up the differences
of value under the keys that are both asserted and owed, and all money of asserted keys that are not owed. What the
truth says may be shown with a status (a deferred refund as Waiting) is no mistake when it is shown with that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Claim, NotClaimed
from .keys import KEYS, MONEY_KINDS, Key, key_of
from .kind_score import KindScore, Mistake, add_money
from .truth_file import Owed, Truth

ASSERTED = frozenset(("Ready", "Waiting"))
QUESTION = "Needs input"
CENT = 0.005


@dataclass(slots=True)
class _Line:
    """What one key adds up to on either side."""

    units: int = 0
    value: float | None = None
    currency: str = ""

    def take(self, units: int, value: float | None, currency: str) -> None:
        self.units += units
        self.value = value if self.value is None else self.value + (value or 0.0)
        self.currency = currency


_Lines = dict[Key, _Line]


def compare(
    truth: Truth, claims: Sequence[Claim], not_claimed: Sequence[NotClaimed] = ()
) -> dict[str, KindScore]:
    """Every kind that is owed or claimed, in the order of RULES 1."""
    scores = {kind: KindScore(kind) for kind in KEYS}
    states = ("owed", "doubt", "expired")
    told = {state: _owed(o for o in truth.owed if o.state == state) for state in states}
    known = {key for lines in told.values() for key in lines}
    allowed = {(i.key, i.may_show) for i in truth.innocents if i.key not in known}
    shown = [c for c in claims if (key_of(c.kind, c), c.status) not in allowed]
    asserted = _claimed(c for c in shown if c.status in ASSERTED)
    _judge_asserted(scores, told, asserted, _stories(truth))
    _judge_questions(scores, told, _claimed(c for c in shown if c.status == QUESTION))
    late: list[Claim | NotClaimed] = [c for c in claims if c.status == "Expired"]
    _judge_expired(scores, told["expired"], [*late, *(n for n in not_claimed if n.reason == "expired")])
    for innocent in truth.innocents:
        if innocent.key in asserted and innocent.key not in known:
            scores[innocent.key[0]].traps.add(innocent.story)
    return {kind: score for kind, score in scores.items() if not score.empty}


def _stories(truth: Truth) -> dict[Key, set[str]]:
    stories: dict[Key, set[str]] = defaultdict(set)
    told = [(o.key, o.story) for o in truth.owed] + [(i.key, i.story) for i in truth.innocents]
    for key, story in told:
        if story:
            stories[key].add(story)
    return stories


def _owed(entries: Iterable[Owed]) -> _Lines:
    lines: _Lines = defaultdict(_Line)
    for entry in entries:
        lines[entry.key].take(entry.units, entry.value, entry.currency)
    return _counted(lines)


def _claimed(claims: Iterable[Claim]) -> _Lines:
    lines: _Lines = defaultdict(_Line)
    for claim in claims:
        lines[key_of(claim.kind, claim)].take(claim.units or 0, claim.claim_value, claim.currency)
    return _counted(lines)


def _counted(lines: _Lines) -> _Lines:
    """The lines with those of money kinds counted as one claim each."""
    for key, line in lines.items():
        line.units = 1 if key[0] in MONEY_KINDS else line.units
    return dict(lines)


def _judge_asserted(
    scores: dict[str, KindScore], told: dict[str, _Lines], asserted: _Lines, stories: dict[Key, set[str]]
) -> None:
    owed, doubt = told["owed"], told["doubt"]
    for key in sorted({*owed, *asserted}):
        score, mine, due = scores[key[0]], asserted.get(key, _Line()), owed.get(key, _Line())
        difference = abs((mine.value or 0.0) - (due.value or 0.0))
        right = 0 if key[0] in MONEY_KINDS and difference > CENT else min(mine.units, due.units)
        score.owed += due.units
        score.right += right
        score.wrong += mine.units - right
        score.missed += due.units - right
        score.doubts_asserted += min(mine.units - right, doubt[key].units) if key in doubt else 0
        if mine.units != right or due.units != right:
            told_of = tuple(sorted(stories.get(key, ())))
            score.mistakes.append(Mistake(key, due.units, mine.units, told_of))
        if key in asserted:
            add_money(score.error, mine.currency or due.currency, difference)
        if key in owed:
            add_money(score.owed_money, due.currency, due.value or 0.0)


def _judge_questions(scores: dict[str, KindScore], told: dict[str, _Lines], asked: _Lines) -> None:
    for key, line in told["doubt"].items():
        scores[key[0]].doubts += line.units
        scores[key[0]].asked += min(line.units, asked[key].units) if key in asked else 0
    for key in asked:
        scores[key[0]].needless += key not in told["doubt"] and key not in told["owed"]


def _judge_expired(scores: dict[str, KindScore], expired: _Lines, late: Sequence[Claim | NotClaimed]) -> None:
    said: dict[Key, int] = defaultdict(int)
    for item in late:
        if item.kind in KEYS:
            said[key_of(item.kind, item)] += 1 if item.kind in MONEY_KINDS else item.units or 0
    for key, line in expired.items():
        scores[key[0]].expired += line.units
        scores[key[0]].expired_told += min(line.units, said.get(key, 0))
