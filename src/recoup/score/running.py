"""Score one seller after the other: find the claims in its reports, compare them with its truth, and add up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from ..model import Claim, RecoupError
from ..pipeline import Brief, Result, detect
from ..policy import Policy, load
from ..reports import Reports
from .kind_score import KindScore
from .levels import LevelScore, score_recoup, score_rival
from .rivals import RIVALS, RuleSet
from .scoring import ASSERTED, compare
from .truth_file import Truth


@dataclass(slots=True)
class Contest:
    """A rule set, and Recoup's claims of the same kinds counted at the same level."""

    rules: RuleSet
    rival: LevelScore = field(default_factory=LevelScore)
    recoup: LevelScore = field(default_factory=LevelScore)


@dataclass(frozen=True, slots=True)
class SellerNote:
    """What one seller was: for the list above the table."""

    name: str
    market: str
    as_of: date
    rows: int
    claims: int
    asserted: int


@dataclass(slots=True)
class Scored:
    """The sum over all sellers."""

    sellers: list[SellerNote] = field(default_factory=list)
    kinds: dict[str, KindScore] = field(default_factory=dict)
    contests: list[Contest] = field(default_factory=list)

    @property
    def total(self) -> KindScore:
        """All kinds together: units of loss kinds and claims of money kinds."""
        total = KindScore("all kinds")
        for score in self.kinds.values():
            total.add(score)
        return total


def nothing_yet(*, rivals: bool = True) -> Scored:
    """A sum over no seller, with or without the public rule sets."""
    return Scored(contests=[Contest(rules) for rules in RIVALS] if rivals else [])


def score_one(scored: Scored, name: str, reports: Reports, truth: Truth) -> None:
    """Find the claims of one seller and add their comparison with the truth."""
    policy = _policy(truth.market)
    result = detect(reports, Brief(policy, truth.as_of))
    for kind, score in compare(truth, result.claims, result.not_claimed).items():
        score.mistakes = [replace(mistake, seller=name) for mistake in score.mistakes]
        scored.kinds.setdefault(kind, KindScore(kind)).add(score)
    for contest in scored.contests:
        contest.rival.add(score_rival(contest.rules, reports, truth, policy))
        contest.recoup.add(score_recoup(contest.rules, result.claims, truth))
    scored.sellers.append(_note(name, reports, truth, result))


def _policy(market: str) -> Policy:
    policy, problems = load().with_settings([{"Name": "Home marketplace", "Value": market}])
    if problems:
        raise RecoupError(f"{market} is no marketplace Recoup knows.")
    return policy


def _note(name: str, reports: Reports, truth: Truth, result: Result) -> SellerNote:
    claims: list[Claim] = result.claims
    rows = sum(export.rows_read for export in reports.exports)
    asserted = sum(claim.status in ASSERTED for claim in claims)
    return SellerNote(name, truth.market, truth.as_of, rows, len(claims), asserted)
