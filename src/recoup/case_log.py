"""Case Log by case: when a case was last heard of, how often new evidence was named, and lines of no known case.

Decisions:
- A line names its case by `Case`, by a claim in it or by Amazon's case id, whichever somebody typed.
- A case was last heard of on the day of its youngest line that is no note: something was sent, or an answer came.
  A line whose day lies after the day of the run is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .cases import day, text
from .memory import plain
from .model import Cell, Problem, Record
from .stages import NEW_EVIDENCE

NOTE = "note"  # Direction of a line that neither went to Amazon nor came from it
_NAMES = ("Case", "Claim ID", "Amazon case ID")
_SHOWN = 8


@dataclass(slots=True)
class CaseLog:
    """The lines of each case by the name of its case, and those that name none."""

    lines: dict[str, list[Record]] = field(default_factory=dict)
    unknown: list[Record] = field(default_factory=list)

    def heard(self, case: str, on: date) -> date | None:
        """The last day up to ``on`` on which the case was heard of."""
        days = [day(x.get("When")) for x in self.lines.get(case, ()) if _direction(x) != NOTE]
        return max((d for d in days if d and d <= on), default=None)

    def appeals(self, case: str) -> int:
        """How many lines name new evidence."""
        return sum(_direction(x) == NEW_EVIDENCE.casefold() for x in self.lines.get(case, ()))


def case_of(row: Mapping[str, Cell]) -> str:
    """What a row of Cases is called: its case, else its claim or Amazon's id."""
    return next((plain(row.get(h)) for h in _NAMES if plain(row.get(h))), "")


def read_log(log: Iterable[Record], cases: Sequence[Record]) -> CaseLog:
    """Sort the lines of Case Log by the case they name."""
    names: dict[str, str] = {}
    for header in _NAMES:  # a name of a case comes before a claim that is called so
        for row in cases:
            if plain(row.get(header)):
                names.setdefault(plain(row.get(header)), case_of(row))
    found = CaseLog()
    for line in log:
        if not any(plain(cell) for cell in line.values()):
            continue
        case = names.get(plain(line.get("Case")))
        (found.unknown if case is None else found.lines.setdefault(case, [])).append(line)
    return found


def log_problems(log: CaseLog) -> Iterator[Problem]:
    """What makes no sense on Case Log: named, never altered."""
    counts: dict[str, int] = {}
    for line in log.unknown:
        name = plain(line.get("Case"))
        counts[name] = counts.get(name, 0) + 1
    blank = counts.pop("", 0)
    if blank:
        says = (
            f"{_lines(blank)} without a Case: nobody knows what {'it is' if blank == 1 else 'they are'} about"
        )
        yield _problem(says, "Fill in Case as on Cases.", blank)
    if counts:
        shown = ", ".join(list(counts)[:_SHOWN]) + (" …" if len(counts) > _SHOWN else "")
        total = sum(counts.values())
        says = f"{_lines(total)} for {shown}, which {'is no case' if len(counts) == 1 else 'are no cases'} on Cases"
        yield _problem(says, "Correct Case: the name of the case, a claim in it, or Amazon's case id.", total)
    undated = sum(
        1 for lines in log.lines.values() for x in lines if text(x.get("When")) and day(x.get("When")) is None
    )
    if undated:
        says = f"When of {_lines(undated)} is no day; they do not count for when a case was last heard of"
        yield Problem("warning", "Case Log", says, "Write it as 2026-11-15.", column="When", rows=undated)


def _problem(says: str, remedy: str, rows: int) -> Problem:
    return Problem("warning", "Case Log", says, remedy, column="Case", rows=rows)


def _lines(count: int) -> str:
    return f"{count} line" if count == 1 else f"{count} lines"


def _direction(line: Mapping[str, Cell]) -> str:
    return text(line.get("Direction")).casefold()
