"""What was read from one export: how many rows, which days, and what period it covers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ._dates import read_day
from ._declared import all_reports, fold


@dataclass(frozen=True, slots=True)
class StatedPeriod:
    """The period a person states for a report: ``report`` is its name or tab; ``where`` limits it to one source."""

    report: str
    first: date | None
    last: date | None
    where: str = ""
    exported_on: date | None = None


@dataclass(slots=True)
class Export:
    """One export: rows_read = rows_used + all skipped.

    ``stated_from``/``stated_to`` come from the best source there is, named in ``period_source``: "person",
    "preamble", "settlement", "file name"; with "rows" both are None and only first_day and last_day are known.
    ``unreadable`` counts the skipped rows whose content is lost (damage), so it does not cover its days fully.
    ``conflict``: rows were pasted over days already present; the export covers nothing.
    """

    report: str
    where: str
    rows_read: int
    rows_used: int
    skipped: dict[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    stated_from: date | None = None
    stated_to: date | None = None
    period_source: str = "rows"
    sha256: str = ""
    conflict: bool = False
    heading_row: int = 0
    unreadable: int = 0
    exported_on: date | None = None
    columns: frozenset[str] = frozenset()  # canonical columns the export really has

    def skip(self, reason: str, rows: int) -> None:
        """Count rows that were read and not used."""
        if rows:
            self.skipped[reason] = self.skipped.get(reason, 0) + rows


_NAME_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_NAME_WORD_DAY = re.compile(r"(?<!\d)(20\d\d)([A-Za-zé]{3,4})(\d{1,2})(?!\d)")
_NAME_MONTH = re.compile(r"(?<!\d)(20\d\d)([A-Za-zé]{3,4})Monthly", re.IGNORECASE)
_TEXT_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4}|[A-Z][a-z]{2,8} \d{1,2}, \d{4}|\d{1,2} [A-Za-z]{3,9} \d{4}"
)


def period_in_name(name: str) -> tuple[date, date] | None:
    """The period a file name states: two dates, or ``2026JanMonthly…``; None otherwise."""
    month = _NAME_MONTH.search(name)
    if month:
        start = read_day(f"1 {month.group(2)} {month.group(1)}").day
        return None if start is None else (start, _month_end(start))
    days = [read_day("-".join(m.groups())).day for m in _NAME_DAY.finditer(name)]
    days = days or [read_day("{2} {1} {0}".format(*m.groups())).day for m in _NAME_WORD_DAY.finditer(name)]
    return _pair(days)


def period_in_text(lines: Sequence[str]) -> tuple[date, date] | None:
    """The period the lines above a heading state: exactly two dates in one line; None otherwise."""
    for line in lines:
        pair = _pair([read_day(text).day for text in _TEXT_DAY.findall(line)])
        if pair:
            return pair
    return None


def settle_period(export: Export, periods: Sequence[StatedPeriod]) -> None:
    """A person's statement stands over whatever the file says."""
    tab = all_reports()[export.report].tab
    for stated in periods:
        named = fold(stated.report) in (fold(export.report), fold(tab))
        if named and stated.where in ("", export.where):
            export.exported_on = stated.exported_on or export.exported_on
            if stated.first or stated.last:
                export.stated_from = stated.first or export.stated_from or export.first_day
                export.stated_to = stated.last or export.stated_to or export.last_day
                export.period_source = "person"


def _pair(days: Sequence[date | None]) -> tuple[date, date] | None:
    known = [d for d in days if d is not None]
    return (known[0], known[1]) if len(known) == 2 and known[0] <= known[1] else None


def _month_end(start: date) -> date:
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
