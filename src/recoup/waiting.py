"""Money that waits for a report: claims with a question that a paste would settle, and kinds that were not run.

What a kind that was not run would claim is an upper bound: the missing report may refute all of it. It is never
shown as a claim, only as the money that the report might unlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .model import Claim, Problem


@dataclass(slots=True)
class Sum:
    """Claims and their money in one currency; ``unknown`` of them have no value."""

    claims: int = 0
    value: float = 0.0
    unknown: int = 0


Sums = dict[str, Sum]


def waiting_by_tab(
    claims: Iterable[Claim], held: Iterable[Claim], not_run: Mapping[str, Sequence[str]]
) -> dict[str, Sums]:
    """Tab -> currency -> what waits for it. ``held``: what kinds that were not run would claim.

    A claim that waits for two tabs stands under both.
    """
    found: dict[str, Sums] = {}
    asked = [(claim, claim.waits_for) for claim in claims if claim.status == "Needs input"]
    asked += [(claim, tuple(not_run.get(claim.kind, ()))) for claim in held if claim.status != "Expired"]
    for claim, tabs in asked:
        for tab in tabs:
            _add(found.setdefault(tab, {}), claim)
    return found


def sums(claims: Iterable[Claim]) -> Sums:
    """Currency -> claims and money."""
    found: Sums = {}
    for claim in claims:
        _add(found, claim)
    return found


def _add(found: Sums, claim: Claim) -> None:
    line = found.setdefault(claim.currency, Sum())
    line.claims += 1
    line.value = round(line.value + (claim.claim_value or 0.0), 2)
    line.unknown += claim.claim_value is None


def in_words(found: Sums) -> str:
    """`USD 1,234.50 in 12 claims`, currencies side by side; "" when nothing waits."""
    parts = []
    for currency, line in sorted(found.items()):
        valued = line.claims - line.unknown
        if valued:
            parts.append(f"{currency} {line.value:,.2f} in {_claims(valued)}")
        if line.unknown:
            parts.append(f"{_claims(line.unknown)} of unknown value")
    return "; ".join(parts)


def _claims(count: int) -> str:
    return f"{count} claim" if count == 1 else f"{count} claims"


def not_run_problems(not_run: Mapping[str, Sequence[str]], held: Sequence[Claim]) -> list[Problem]:
    """One warning per set of missing tabs: the kinds that were not run, and what they might unlock."""
    by_tabs: dict[tuple[str, ...], list[str]] = {}
    for kind, tabs in not_run.items():
        by_tabs.setdefault(tuple(tabs), []).append(kind)
    problems = []
    for tabs, kinds in by_tabs.items():
        most = in_words(sums(c for c in held if c.kind in kinds and c.status != "Expired"))
        money = f"; at most {most} could follow" if most else ""
        names = " and ".join(tabs)
        text = f"not run: {', '.join(kinds)}; {names} not pasted{money}"
        remedy = f"Paste {names} (Home says where to download them), then refresh."
        problems.append(Problem("warning", ", ".join(tabs), text, remedy))
    return problems
