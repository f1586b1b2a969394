"""What a merge leaves alone, named: reports that only THEIRS holds, and people's own tabs that differ."""

from __future__ import annotations

from collections import Counter
from datetime import date

from ..books.base import Book, BookError
from ..reports import tab_rows
from ..sheets import OWN_RECORDS, REPORT_TABS, TABLES
from ._conflicts import SHEET
from ._tables import RECORD_TABS

Lines = dict[int, tuple[str, ...]]


def unmerged_tabs(base: Book | None, mine: Book, theirs: Book) -> list[str]:
    """One sentence per tab whose content in THEIRS is not in the merged workbook."""
    said = []
    for name in theirs.sheet_names():
        if name.startswith(REPORT_TABS) and name not in RECORD_TABS:
            said.append(_report(mine, theirs, name))
        elif name not in RECORD_TABS and not _is_recoups(theirs, name):
            said.append(_own_tab(base, mine, theirs, name))
    return [sentence for sentence in said if sentence]


def _is_recoups(book: Book, name: str) -> bool:
    tabs = {book.sheet_of(table) for table in book.tables() if table in TABLES}
    return name in {*tabs, "Dashboard", SHEET}


def _report(mine: Book, theirs: Book, name: str) -> str:
    """Rows of a report that MINE has not; headings alone are no report."""
    if _alike(mine, theirs, name):
        return ""
    exports = tab_rows(theirs.read_raw(name))
    days: dict[int, date | None] = {n: day for export in exports for n, day in export.days.items()}
    left = Counter(_lines(mine, name).values())
    fresh = []
    for number, cells in _lines(theirs, name).items():
        if left[cells] > 0:
            left[cells] -= 1
        elif number in days or not exports:
            fresh.append(days.get(number))
    if not fresh:
        return ""
    known = sorted(day for day in fresh if day)
    when = f", {known[0]} to {known[-1]}" if known else ""
    rows = "1 row" if len(fresh) == 1 else f"{len(fresh):,} rows"
    return f"{name}: {theirs.path.name} holds {rows} that {mine.path.name} lacks{when}: import that report"


def _own_tab(base: Book | None, mine: Book, theirs: Book, name: str) -> str:
    """A tab of people's own; Recoup does not know what its rows are."""
    if name not in mine.sheet_names():
        if not _texts(theirs, name) or (base and name in base.sheet_names() and _same(base, theirs, name)):
            return ""  # empty, or deleted in MINE and untouched
        return f"tab {name}: only {theirs.path.name} has it; copy it over in Excel (Move or Copy)"
    if _same(mine, theirs, name) or (base and name in base.sheet_names() and _same(base, theirs, name)):
        return ""
    what = "a second tab of own records" if name.startswith(tuple(OWN_RECORDS)) else "a tab of your own"
    return f"tab {name}: {what} reads differently in {theirs.path.name}; compare it by hand"


def _same(one: Book, other: Book, name: str) -> bool:
    return _alike(one, other, name) or Counter(_texts(one, name)) == Counter(_texts(other, name))


def _alike(one: Book, other: Book, name: str) -> bool:
    """Whether the tabs are the same for certain, without reading them."""
    if name not in one.sheet_names():
        return False
    try:
        known = one.fingerprint(name)
        return bool(known) and known == other.fingerprint(name)
    except BookError:
        return True  # a chart sheet holds no cells


def _texts(book: Book, name: str) -> list[tuple[str, ...]]:
    try:
        return list(_lines(book, name).values())
    except BookError:
        return []


def _lines(book: Book, name: str) -> Lines:
    """The rows of a tab that hold anything, by number, without blank cells at their end."""
    if name not in book.sheet_names():
        return {}
    raw = book.read_raw(name)
    found: Lines = {}
    for number, cells in zip(raw.rows.tolist(), raw.cells.to_numpy(dtype=object).tolist(), strict=True):
        row = [str(c).strip() for c in cells]
        while row and not row[-1]:
            row.pop()
        if row:
            found[number] = tuple(row)
    return found
