"""How likely a claim of a kind is to be paid: the evidence grade, then the outcomes recorded in Cases (RULES 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from .model import Cell
from .policy import ALL, Policy

WON = frozenset({"Paid", "Partly paid"})
LOST = frozenset({"Denied"})


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Decided cases of one kind."""

    won: int
    decided: int


def count_outcomes(cases: Iterable[Mapping[str, Cell]]) -> dict[str, Outcomes]:
    """Won and decided cases per kind, from the rows of Cases; open and closed ones say nothing."""
    counts: dict[str, Outcomes] = {}
    for case in cases:
        kind, stage = str(case.get("Kind") or ""), str(case.get("Stage") or "")
        if kind and stage in WON | LOST:
            known = counts.get(kind, Outcomes(0, 0))
            counts[kind] = Outcomes(known.won + (stage in WON), known.decided + 1)
    return counts


def find_confidence(
    policy: Policy, kind: str, outcomes: Outcomes | None, *, on: date, marketplace: str
) -> tuple[float, str]:
    """(chance of success, how it is known). With enough outcomes: the mean of the Beta posterior."""
    grade, prior = policy.confidence(kind, on=on, marketplace=marketplace)
    least = policy.value("confidence_outcomes_min", on=on, marketplace=ALL)
    weight = policy.value("confidence_prior_weight", on=on, marketplace=ALL)
    if outcomes is None or least is None or weight is None or outcomes.decided < least.number:
        return prior, f"confidence: {grade} evidence"
    chance = (prior * weight.number + outcomes.won) / (weight.number + outcomes.decided)
    return round(chance, 4), f"confidence: {outcomes.won} of {outcomes.decided} cases won"
