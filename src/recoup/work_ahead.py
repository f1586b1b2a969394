"""The work queue and the missed money together, as Home, `recoup due` and the ribbon tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .missed_money import Missed, find_missed, recent
from .model import Record
from .work_queue import Desk, build_queue
from .work_tasks import Queue

DAYS = 7  # how far people look ahead who do not say


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be done, what was missed, and how many of that lately. ``since``: the first day that is lately."""

    queue: Queue
    missed: list[Missed]
    lately: list[Missed]
    since: date


def look_ahead(desk: Desk, journal: Iterable[Record], days: int = DAYS) -> Ahead:
    """The work of the next ``days``, and what was missed, by the sheets as they stand."""
    standing = desk.standing
    missed = find_missed(standing.claims.values(), standing.cases, journal, desk.on)
    lately, since = recent(missed, standing.policy, desk.on)
    return Ahead(build_queue(desk, days), missed, lately, since)
