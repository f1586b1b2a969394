"""When a claim opens and closes, and which policy rows say so (RULES 4)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .policy import Policy
from .policy.vocabulary import PolicyValue


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day to file, both inclusive; None where Amazon's rule is not known for the marketplace."""

    opens: date | None
    deadline: date | None
    rules: tuple[PolicyValue, ...]

    @property
    def question(self) -> str:
        """Why no date is given; "" when the window is known."""
        known = self.opens and self.deadline
        return "" if known else "window not confirmed for this marketplace: look it up in Seller Central"


def find_window(policy: Policy, kind: str, clocks: Sequence[date], marketplace: str) -> Window:
    """`Opens` from the latest clock, `Deadline` from the earliest, each by the policy in force on that day."""
    first, last = min(clocks), max(clocks)
    earliest = policy.value(f"claim_window_earliest.{kind}", on=last, marketplace=marketplace)
    latest = policy.value(f"claim_window_latest.{kind}", on=first, marketplace=marketplace)
    opens = add(last, earliest) if earliest else None
    deadline = add(first, latest) if latest else None
    return Window(opens, deadline, tuple(rule for rule in (earliest, latest) if rule))


class Windows:
    """The windows of one run, each worked out once: many events of a kind have the same days."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._found: dict[tuple[str, date, date, str], Window] = {}

    def of(self, kind: str, clocks: Sequence[date], marketplace: str) -> Window:
        """As `find_window`."""
        key = (kind, min(clocks), max(clocks), marketplace)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = find_window(self._policy, kind, clocks, marketplace)
        return found


def add(day: date, rule: PolicyValue) -> date:
    """The day that many days or calendar months later; a month end stays within its month."""
    count = round(rule.number)
    if not rule.unit.startswith("month"):
        return day + timedelta(days=count)
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
