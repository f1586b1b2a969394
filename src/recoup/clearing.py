"""Clears a report tab: what goes, which claims lose their source by it, and the periods of what stays.

Decisions:
- Headings stay, so that people see where to paste. With a day, only rows dated before it go; rows that could not
  be read have no day and stay.
- Claims are never touched: what can no longer be derived keeps its row, case, evidence and payments.
- An export whose period was remembered from its file keeps it, from the given day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .books.base import Book
from .coverage import facts_of
from .importing import fingerprint, period_line
from .memory import plain
from .model import Record, RecoupError
from .reports import TabRows, all_reports, filled_rows, tab_rows
from .reports_folder import typed_folder
from .sheets import OWN_RECORDS, REPORT_TABS


@dataclass(slots=True)
class TabToClear:
    """The rows of one tab that go, and how many of all filled ones stay."""

    tab: str
    rows: list[int]
    staying: int
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class Clearing:
    """What `clear` would do: rows per tab, and the claims whose rows on Evidence stand in them."""

    report: str
    before: date | None
    tabs: list[TabToClear] = field(default_factory=list)
    claims: list[Record] = field(default_factory=list)
    folder: str = ""  # the Reports folder of Settings, whose files stay

    @property
    def rows(self) -> int:
        """How many rows go."""
        return sum(len(t.rows) for t in self.tabs)


def report_of(tab: str) -> str:
    """The report that a tab is named after (`Inventory Ledger UK`); the tab's own name where it is none."""
    return max((t for t in REPORT_TABS if tab.startswith(t)), key=len, default=tab)


def plan_clearing(book: Book, report: str, before: date | None, only: str = "") -> Clearing:
    """What clearing a report's tabs, or ``only`` one of them, would remove. Raises RecoupError for no report tab."""
    title = next((t for t in REPORT_TABS if t.casefold() == report.strip().casefold()), None)
    if title is None:
        own = [t for t in OWN_RECORDS if t.casefold() == report.strip().casefold()]
        why = "holds what people typed; delete its rows by hand" if own else "is no report tab"
        raise RecoupError(f"{own[0] if own else report} {why}. Report tabs are {', '.join(REPORT_TABS)}.")
    clearing = Clearing(title, before, folder=typed_folder(book))
    for tab in book.sheet_names():
        if tab.startswith(title) and only in ("", tab):
            clearing.tabs += _plan_tab(book, tab, before)
    clearing.claims = _claims_losing(book, clearing.tabs)
    return clearing


def _plan_tab(book: Book, tab: str, before: date | None) -> list[TabToClear]:
    raw = book.read_raw(tab)
    filled, exports = filled_rows(raw), tab_rows(raw)
    if not filled:
        return []
    if not exports:
        raise RecoupError(
            f"{book.path.name}, tab {tab}: no heading row of a known report was found, so it is not clear what "
            "its headings are; delete the rows by hand."
        )
    if before is None:
        gone = [n for n in filled if n != exports[0].export.heading_row]
        days = [d for e in exports for d in e.days.values() if d]
    else:
        dated = {n: d for e in exports for n, d in e.days.items() if d and d < before}
        gone, days = sorted(dated), list(dated.values())
    if not gone:
        return []
    return [TabToClear(tab, gone, len(filled) - len(gone), min(days, default=None), max(days, default=None))]


def _claims_losing(book: Book, tabs: Sequence[TabToClear]) -> list[Record]:
    """Rows of Claims one of whose evidence rows (as of the last refresh) goes."""
    gone = {t.tab: frozenset(t.rows) for t in tabs}
    losing = set()
    for row in book.read_table("Evidence").records():
        place, number = plain(row.get("Sheet or file")), row.get("Row")
        if isinstance(number, (int, float)) and round(number) in gone.get(place, frozenset()):
            losing.add(plain(row.get("Claim ID")))
    return [r for r in book.read_table("Claims").records() if plain(r.get("Claim ID")) in losing]


def clear(book: Book, clearing: Clearing) -> None:
    """Remove the rows; the caller saves, which backs up first."""
    periods: list[Record] = []
    remembered = [r for r in book.read_table("RecoupMemory").records() if plain(r.get("What")) == "period"]
    for tab in clearing.tabs:
        old = tab_rows(book.read_raw(tab.tab)) if clearing.before and remembered else []
        book.drop_rows(tab.tab, tab.rows)
        if old and clearing.before:
            new = tab_rows(book.read_raw(tab.tab))
            periods += _kept_periods(old, new, frozenset(tab.rows), remembered, clearing.before)
    book.append_rows("RecoupMemory", [*periods, *_marks(clearing)])


def _marks(clearing: Clearing) -> list[Record]:
    """Up to which day rows were cleared, per report: what a person or a heading says of those days ends with them."""
    last = max((t.last for t in clearing.tabs if t.last), default=None)
    through = clearing.before - timedelta(days=1) if clearing.before else last
    names = {facts_of(n) for n, r in all_reports().items() if r.tab == clearing.report}
    marked = {"What": "cleared", "Field": clearing.report, "Value": str(through)}
    return [{**marked, "Key": name} for name in sorted(names)] if through else []


def _kept_periods(
    old: Sequence[TabRows],
    new: Sequence[TabRows],
    gone: frozenset[int],
    remembered: Sequence[Record],
    before: date,
) -> list[Record]:
    """The remembered period of each export that lost rows, from ``before`` on, for the rows it has now."""
    known = {(plain(r.get("Key")), plain(r.get("Field"))): plain(r.get("Value")) for r in remembered}
    lines: list[Record] = []
    for was, now in zip(old, new, strict=False):
        stated = known.get((was.export.report, fingerprint(was.export)))
        if stated and was.export.report == now.export.report and gone & was.days.keys() and now.days:
            first, _, last = stated.partition(":")
            start = max(date.fromisoformat(first), before)
            if start <= date.fromisoformat(last):
                lines.append(period_line(now.export, start, date.fromisoformat(last)))
    return lines
