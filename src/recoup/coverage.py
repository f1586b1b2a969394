"""Which days each report covers, how that is known, and whether a claim may rely on it (RULES 3).

Decision: a report without a stated period is trusted from its first row day on, never before it; the slack is
added at its end only. A report with rows that could not be read answers nothing until they are settled, since
any of them may be the credit. A report of months covers the months it has rows of, and is asked for the month of the
event only. The largest gap between row days is taken over all exports of the same tab or file.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

import pandas as pd

from .policy import ALL, Policy
from .reports import Export, Reports, StatedPeriod, all_reports

Needs = Iterable[str | tuple[str, ...]]
_MONEY = ("settlements", "transactions")  # a line lost there is a loss not seen, never a credit not seen
Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Span:
    """Days read without a hole, both inclusive, and how they are known."""

    first: date
    last: date
    known_by: str


@dataclass(frozen=True, slots=True)
class Question:
    """What must be pasted or confirmed, and the tabs it would be settled on."""

    text: str
    tab: str


def tab_name(report: str) -> str:
    """The tab of a report."""
    return all_reports()[report].tab


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def facts_of(report: str) -> str:
    """The report whose days it covers: itself, or the one it stands for."""
    return all_reports()[report].stands_for or report


class Coverage:
    """The spans of every report, and the questions that follow from their ends."""

    def __init__(
        self,
        reports: Reports,
        policy: Policy,
        *,
        lag: int,
        as_of: date,
        periods: Sequence[StatedPeriod] = (),
        cleared: Mapping[str, date] = MappingProxyType({}),
    ) -> None:
        """``cleared``: report -> the last day whose rows were cleared from its tab."""
        self.as_of, self._lag = as_of, lag
        most = policy.value("coverage_slack_max", on=as_of, marketplace=ALL)
        least_rows = policy.value("coverage_min_rows", on=as_of, marketplace=ALL)
        self._most, self._least_rows = (
            round(most.number) if most else 0,
            round(least_rows.number) if least_rows else 1,
        )
        self._spans: dict[str, list[Span]] = {}
        self._unstated: dict[str, list[str]] = {}
        self._present: set[str] = set()
        self._unreadable: dict[str, int] = {}
        self._quiet: dict[str, list[tuple[str, Period]]] = {}
        self._merged: dict[tuple[str, ...], list[Span]] = {}  # as every claim of a kind asks for them
        self._asked: dict[tuple[Needs, date], list[Question]] = {}  # many claims of a day ask the same
        for export in reports.exports:
            name = facts_of(export.report)
            if export.rows_read or all_reports()[export.report].day:
                self._present.add(name)
            if name not in _MONEY:
                self._unreadable[name] = self._unreadable.get(name, 0) + export.unreadable
            span = self._span(export, reports.frames[export.report])
            if span:
                self._spans.setdefault(name, []).append(span)
            else:
                self._unstated.setdefault(name, []).append(export.where)
        conflicts = {facts_of(e.report) for e in reports.exports if e.conflict}
        for stated in periods:
            if stated.first and stated.last and stated.report in self._present - conflicts:
                self._spans.setdefault(stated.report, []).append(Span(stated.first, stated.last, "person"))
        for name in conflicts:
            self._spans.pop(name, None)  # its doubled rows count, so no other export of it vouches either
        for name, through in cleared.items():
            self._spans[name] = self._without_cleared(name, through, reports)

    def _without_cleared(self, name: str, through: date, reports: Reports) -> list[Span]:
        """What is said of a report, not shown by rows, does not reach back over rows that were cleared.

        Once rows of those days are there again, it counts as before.
        """
        spans = self._spans.get(name, [])
        days = [e.first_day for e in reports.exports if facts_of(e.report) == name and e.first_day]
        if any(d <= through for d in days):
            return spans
        after = through + timedelta(days=1)
        said = ("person", "preamble", "import")
        cut = [replace(s, first=max(s.first, after)) if s.known_by in said else s for s in spans]
        return [s for s in cut if s.first <= s.last]

    def _span(self, export: Export, frame: pd.DataFrame) -> Span | None:
        if export.conflict:
            return None
        if export.stated_from and export.stated_to:
            return Span(export.stated_from, export.stated_to, export.period_source)
        if all_reports()[export.report].monthly and export.first_day and export.last_day:
            return Span(export.first_day.replace(day=1), month_end(export.last_day), "its months")
        if export.rows_used < self._least_rows or not export.first_day or not export.last_day:
            return None
        first = export.stated_from or export.first_day
        if export.stated_to:
            return Span(first, export.stated_to, export.period_source)
        last = export.last_day + timedelta(days=self._slack(export, frame))
        if export.exported_on:
            last = max(min(last, export.exported_on), export.last_day)
        return Span(first, last, "first and last row")

    def _slack(self, export: Export, frame: pd.DataFrame) -> int:
        column, most = all_reports()[export.report].day, max(self._most, self._lag)
        if not column:
            return self._lag
        days = pd.Series(frame.loc[frame["_where"].eq(export.where), column].dropna().unique()).sort_values()
        gaps = days.diff()
        gap = gaps.max()
        if not pd.isna(gap) and gap.days > most:
            place = int(gaps.argmax())
            quiet = (
                days.iloc[place - 1].date() + timedelta(days=1),
                days.iloc[place].date() - timedelta(days=1),
            )
            self._quiet.setdefault(facts_of(export.report), []).append((export.where, quiet))
        return min(max(self._lag, 0 if pd.isna(gap) else gap.days), most)

    def missing(self, needs: Needs) -> list[str]:
        """Tabs a kind needs that hold no report; of alternatives the first is named.

        Headings alone are a report where its rows have days.
        """
        groups = [n if isinstance(n, tuple) else (n,) for n in needs]
        tabs = [tab_name(group[0]) for group in groups if not self._present.intersection(group)]
        return list(dict.fromkeys(tabs))

    def spans(self, names: Sequence[str]) -> list[Span]:
        """The days covered by these reports together, without overlaps, in order."""
        known = tuple(names)
        if known not in self._merged:
            self._merged[known] = self._merge(known)
        return self._merged[known]

    def _merge(self, names: Sequence[str]) -> list[Span]:
        merged: list[Span] = []
        for span in sorted(
            (s for n in names for s in self._spans.get(n, [])), key=lambda s: (s.first, s.last)
        ):
            if merged and span.first <= merged[-1].last + timedelta(days=1):
                if span.last > merged[-1].last:
                    merged[-1] = Span(merged[-1].first, span.last, span.known_by)
            else:
                merged.append(span)
        return merged

    def read_to(self, *names: str) -> date | None:
        """The last day to which these reports are read, at most the day of the run."""
        spans = self.spans(names)
        return min(spans[-1].last, self.as_of) if spans else None

    def gaps(self, name: str) -> list[Period]:
        """The days between the spans of a report that nothing covers."""
        spans = self.spans([name])
        day = timedelta(days=1)
        return [(a.last + day, b.first - day) for a, b in pairwise(spans)]

    def quiet(self, name: str) -> list[tuple[str, Period]]:
        """Where an export without a stated period has its longest stretch without rows, beyond the slack."""
        return list(dict.fromkeys(self._quiet.get(name, [])))

    def questions(self, needs: Needs, since: date) -> list[Question]:
        """What must be pasted or confirmed before a claim of that day is proven, with the tab that settles it."""
        key = (tuple(needs), since)
        if key not in self._asked:
            self._asked[key] = self._questions(*key)
        return self._asked[key]

    def _questions(self, needs: Needs, since: date) -> list[Question]:
        until = self.as_of - timedelta(days=self._lag)
        asked = []
        for need in needs:
            names = need if isinstance(need, tuple) else (need,)
            text = self._ask(names, min(since, until), until)
            if text:
                asked.append(Question(text, tab_name(names[0])))
        return asked

    def _ask(self, names: tuple[str, ...], since: date, until: date) -> str:
        if not any(all_reports()[n].day for n in names):
            return ""  # records and present states cover no period
        if all(all_reports()[n].monthly for n in names):
            since, until = since.replace(day=1), month_end(since)  # Amazon writes it once the month is over
        spans, title = self.spans(names), " or ".join(dict.fromkeys(tab_name(n) for n in names))
        if any(s.first <= since and until <= s.last for s in spans):
            lost = sum(self._unreadable.get(n, 0) for n in names)
            return f"{lost} rows of {title} could not be read: settle the errors on Checks" if lost else ""
        if not spans:
            where = [w for n in names for w in self._unstated.get(n, [])]
            return (
                f"confirm the period of {where[0]} (Settings: Report periods)" if where else f"paste {title}"
            )
        read = ", ".join(f"{s.first} to {min(s.last, self.as_of)}" for s in spans)
        return f"{title} read {read}: paste {since} to {until}"
