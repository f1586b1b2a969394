"""The work queue and the missed money together, as Home, `recoup due` and the ribbon tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .case_log import CaseLog
from .missed_money import Missed, find_missed, recent
from .model import Record
from .shield import Standing
from .work_queue import Desk, build_queue
from .work_tasks import Queue

DAYS = 7  # how far people look ahead who do not say
FARTHEST = 3650  # ten years: no deadline lies further ahead


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be done, what was missed, and how many of that lately. ``since``: the first day that is lately."""

    queue: Queue
    missed: list[Missed]
    lately: list[Missed]
    since: date


def look_ahead(standing: Standing, log: CaseLog, journal: Iterable[Record], days: int = DAYS) -> Ahead:
    """The work of the next ``days``, and what was missed, by the sheets as they stand."""
    missed = find_missed(standing.claims.values(), standing.cases, journal, standing.on)
    lately, since = recent(missed, standing.policy, standing.on)
    return Ahead(build_queue(Desk(standing, log), days), missed, lately, since)
