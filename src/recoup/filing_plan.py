"""On which day to file what, so that no more than the daily limit go out and as much money as can be is in time.

Decisions:
- What counts is a request to Amazon: a case with all its claims, or a claim that nobody took up yet.
- Each goes out on the first day that has room, those with the earliest deadline first. Where a day has not enough
  room for all that must go out by then, the least money stays behind, and is named; it takes nobody else's room.
- Amounts order requests whatever their currency; they are never added across currencies.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be sent to Amazon: ``last`` is its deadline, ``start`` the day it was put off to."""

    name: str
    last: date | None
    money: float = 0.0
    start: date | None = None

    @property
    def order(self) -> tuple[date, float, str]:
        """The earliest deadline first, then the most money."""
        return (self.last or date.max, -self.money, self.name)


@dataclass(frozen=True, slots=True)
class Plan:
    """The day of each request; ``no_room`` are those that the limit keeps from going out by their deadline."""

    limit: int
    filed: int  # requests that went out already on the first day
    days: Mapping[str, date]
    no_room: tuple[str, ...] = ()


def plan_filings(requests: Sequence[Request], today: date, limit: int, filed: int = 0) -> Plan:
    """Spread requests over the days from ``today``; those past their deadline have no room.

    Raises ValueError when two requests share a name.
    """
    if len({r.name for r in requests}) < len(requests):
        raise ValueError("two requests have one name")
    limit = max(limit, 1)
    filed = min(filed, limit)
    chosen, left = _in_time(sorted(requests, key=lambda r: r.order), today, limit, filed)
    days = _spread(chosen, today, limit, filed)
    left += [r for r in chosen if r.name not in days]
    return Plan(limit, filed, days, tuple(r.name for r in sorted(left, key=lambda r: r.order)))


def _in_time(
    ordered: Sequence[Request], today: date, limit: int, filed: int
) -> tuple[list[Request], list[Request]]:
    """What can go out by its deadline, most money kept where not all can, and what cannot."""
    kept: list[tuple[float, str, Request]] = []
    left: list[Request] = []
    for request in ordered:
        heapq.heappush(kept, (request.money, request.name, request))
        days = (request.last - today).days + 1 if request.last else len(ordered) + 1
        if len(kept) > max(days * limit - filed, 0):
            left.append(heapq.heappop(kept)[2])
    return sorted((r for _, _, r in kept), key=lambda r: r.order), left


def _spread(chosen: Sequence[Request], today: date, limit: int, filed: int) -> dict[str, date]:
    """The first day with room for each; what was put off too long finds none."""
    later = sorted(chosen, key=lambda r: (_start(r, today), r.order))
    open_: list[tuple[tuple[date, float, str], Request]] = []
    days: dict[str, date] = {}
    day, room, at = today, max(limit - filed, 0), 0
    while at < len(later) or open_:
        while at < len(later) and _start(later[at], today) <= day:
            heapq.heappush(open_, (later[at].order, later[at]))
            at += 1
        while open_ and room:
            request = heapq.heappop(open_)[1]
            if request.last is None or request.last >= day:
                days[request.name] = day
                room -= 1
        if not open_ and at < len(later):
            day = _start(later[at], today)
        else:
            day += timedelta(days=1)
        room = limit
    return days


def _start(request: Request, today: date) -> date:
    return max(request.start or today, today)
