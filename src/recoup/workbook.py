"""What a run needs to know from the workbook: settings, overrides, periods, exclusions, tabs, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock

import pandas as pd

from .books import open_book
from .books.base import Book, BookError, BookToRead, TableRows
from .case_sheet import CaseSheet, read_cases
from .cases import Known, day, text
from .claims import Exclusion
from .coverage import facts_of
from .freshness import read_tabs
from .memory import key_of, plain, recall
from .model import Problem, RawTable, Record, RecoupError
from .policy import Policy, load
from .reports import Source, StatedPeriod, all_reports, read
from .sheets import NOT_CLAIMED, OWN_RECORDS, REPORT_TABS, TABLES, WORKBOOK_VERSION
from .typed_over import Typed, find_typed, put_back


@dataclass(frozen=True, slots=True)
class Notebook:
    """The people's part of the workbook as it stood when the run began."""

    policy: Policy
    periods: tuple[StatedPeriod, ...]
    exclusions: tuple[Exclusion, ...]
    known: Known
    typed: list[Typed]
    written: dict[str, dict[str, str]]
    not_claimed: dict[tuple[str, ...], Record]
    lines_written: dict[str, dict[str, str]]  # what Recoup last wrote on Not Claimed
    lines_typed: list[Typed]
    sheet: CaseSheet
    cases: dict[str, list[str]]
    memory: list[Record]
    journal: list[Record]
    imported: list[Record]  # periods of imported exports, as remembered
    cleared: dict[str, date]  # report -> the last day cleared from its tab
    problems: list[Problem]


def open_workbook(path: Path, engine: str = "package") -> Book:
    """Open a Recoup workbook. Raises RecoupError when it is none, or when a newer Recoup made it."""
    book = open_book(path, engine)
    require_recoup(book)
    return book


def require_recoup(book: BookToRead) -> None:
    """Raise RecoupError when an open workbook is none of Recoup's, or when a newer Recoup made it."""
    if "Claims" not in book.tables():
        raise RecoupError(
            f"{book.path.name} has no table Claims: it is no Recoup workbook, or the table was turned into a range; "
            "make one with `recoup new`, or take the newest backup."
        )
    check_version(book)


def read_notebook(book: BookToRead) -> Notebook:
    """Read Settings, Policy, Reason Codes, Claims, Not Claimed, Cases and memory.

    Raises RecoupError when the workbook is newer or older than this Recoup, or an owned table is missing.
    """
    check_version(book)
    refuse_older(book)
    check_columns(book)
    shown_only = {t.name for t in TABLES.values() if t.sheet in ("Home", "Dashboard")}
    bodies = {name: book.read_table(name) for name in TABLES if name not in shown_only}
    tables = {name: body.records() for name, body in bodies.items()}
    policy, problems = load().overridden(_numbered(bodies["Policy"]), _numbered(bodies["ReasonCodes"]))
    policy, more = policy.with_settings(_numbered(bodies["Settings"]))
    periods, wrong = _periods(bodies["ReportPeriods"], book.read_table("HomeReports"))
    written, seen = recall(tables["RecoupMemory"])
    sheet = read_cases(tables["Cases"], tables["CaseLog"], tables["RecoupMemory"])
    known = Known.of(tables["Claims"], [], seen)
    known.cases, known.deleted = sheet.by_claim, frozenset(sheet.deleted)
    typed = find_typed(known.claims, written)
    put_back(known.claims, typed, written)
    cases: dict[str, list[str]] = {}
    for row in [*tables["Cases"], *sheet.deleted.values()]:
        if text(row.get("Amazon case ID")) and text(row.get("Claim ID")):
            cases.setdefault(plain(row["Amazon case ID"]), []).append(text(row["Claim ID"]))
    lines = {key_of(row, NOT_CLAIMED.key): row for row in reversed(tables["NotClaimed"])}
    lines_written, _ = recall(tables["RecoupMemory"], "line")
    lines_typed = find_typed(lines, lines_written, NOT_CLAIMED.sheet)
    put_back(lines, lines_typed, lines_written)
    return Notebook(
        policy=policy,
        periods=periods,
        exclusions=tuple(_exclusion(row) for row in tables["Exclusions"]),
        known=known,
        typed=typed,
        written=written,
        not_claimed={_line_key(row): row for row in lines.values()},
        lines_written=lines_written,
        lines_typed=lines_typed,
        sheet=sheet,
        cases=cases,
        memory=tables["RecoupMemory"],
        journal=tables["Journal"],
        imported=[r for r in tables["RecoupMemory"] if plain(r.get("What")) in ("period", "cleared")],
        cleared=_cleared_days(tables["RecoupMemory"]),
        problems=[*problems, *more, *wrong],
    )


def _cleared_days(memory: list[Record]) -> dict[str, date]:
    days: dict[str, date] = {}
    for line in memory:
        through = day(line.get("Value")) if plain(line.get("What")) == "cleared" else None
        if through:
            days[plain(line.get("Key"))] = max(through, days.get(plain(line.get("Key")), through))
    return days


def check_columns(book: BookToRead) -> None:
    """Raise RecoupError when a declared column of an owned table was deleted or renamed."""
    found = book.tables()
    for table in TABLES.values():
        missing = [header for header in table.headers if header not in found.get(table.name, table.headers)]
        if missing:
            raise RecoupError(
                f"{book.path.name}, sheet {table.sheet}: the column {missing[0]} is missing; "
                "name it so again, or take the newest backup. Nothing was changed."
            )


def version_of(book: BookToRead) -> int:
    """The version of the workbook's layout; 1 where the cell is blank. Raises RecoupError when it is no number."""
    version = plain(book.read_name("Recoup_Version")) or "1"
    if not version.isdecimal():
        raise RecoupError(
            f"{book.path.name}, hidden tab _Recoup: the workbook version is {version!r}, which is no number; take "
            "the newest backup. Nothing was changed."
        )
    return int(version)


def check_version(book: BookToRead) -> None:
    """Raise RecoupError when the workbook was made by a newer Recoup."""
    version = version_of(book)
    if version > WORKBOOK_VERSION:
        raise RecoupError(
            f"{book.path.name} was made by a newer Recoup (workbook version {version}, this one knows "
            f"{WORKBOOK_VERSION}): update Recoup, nothing was changed."
        )


def refuse_older(book: BookToRead) -> None:
    """Raise RecoupError when the workbook was made by an older Recoup and not upgraded yet."""
    version = version_of(book)
    if version < WORKBOOK_VERSION:
        raise RecoupError(
            f"{book.path.name} was made by an older Recoup (workbook version {version}, this one writes "
            f"{WORKBOOK_VERSION}): run `recoup upgrade {book.path.name}` first; it keeps everything and backs up."
        )


def backups_kept(book: BookToRead) -> int:
    """How many backups of the workbook stay: the answer on Settings, else as shipped."""
    rows = _numbered(book.read_table("Settings")) if "Settings" in book.tables() else []
    return int(str(load().with_settings(rows)[0].setting("backups_kept")))


def report_tabs(book: Book) -> Iterator[Source]:
    """Report tabs, tabs named after one (`Inventory Ledger UK`), own records, and people's tabs.

    The reader uses no row of a tab that is not named after a report; it only says when one looks like it.
    """
    one_at_a_time = Lock()
    for name in read_tabs(book):
        yield _tab(book, name, one_at_a_time)
    for name in foreign_tabs(book):
        with suppress(BookError):  # a chart sheet holds no cells
            yield replace(
                _tab(book, name, one_at_a_time), load=partial(_foreign_cells, book, name, one_at_a_time)
            )


def read_own_records(book: BookToRead, report: str) -> pd.DataFrame:
    """The rows of one kind of record, of its tab and of tabs named after it, as a frame."""
    tab = all_reports()[report].tab
    names = [n for n in book.sheet_names() if n.startswith(tab)]
    return read(Source(n, book.fingerprint(n), partial(_raw, book, n)) for n in names).frames[report]


def _raw(book: BookToRead, name: str) -> list[RawTable]:
    return [book.read_raw(name)]


def _tab(book: Book, name: str, alone: Lock) -> Source:
    with alone:
        digest = book.fingerprint(name)
    return Source(name, digest, partial(_cells, book, name, alone), apart=book.threads)


def _cells(book: Book, name: str, alone: Lock) -> list[RawTable]:
    with alone:
        return [book.read_raw(name)]


def _foreign_cells(book: Book, name: str, alone: Lock) -> list[RawTable]:
    """Nothing of people's own tabs may stop a run."""
    with suppress(BookError):
        return _cells(book, name, alone)
    return []


def foreign_tabs(book: Book) -> list[str]:
    """Tabs that are neither Recoup's nor named after a report: named on Checks when they look like one."""
    own = {t.sheet for t in TABLES.values()}
    return [n for n in book.sheet_names() if n not in own and not n.startswith((*REPORT_TABS, *OWN_RECORDS))]


def _numbered(body: TableRows) -> list[Record]:
    return [{**r, "_row": n} for r, n in zip(body.records(), body.numbers, strict=True)]


def _line_key(row: Record) -> tuple[str, ...]:
    return (plain(row.get("Claim ID")), plain(row.get("Reason")), plain(row.get("Closed by")))


def _exclusion(row: Record) -> Exclusion:
    return Exclusion(
        text(row.get("Kind")), text(row.get("SKU")), text(row.get("Reason")), text(row.get("By"))
    )


def _periods(stated: TableRows, home: TableRows) -> tuple[tuple[StatedPeriod, ...], list[Problem]]:
    by_tab = {r.tab: facts_of(name) for name, r in all_reports().items()}
    periods: list[StatedPeriod] = []
    problems: list[Problem] = []
    for row in _numbered(stated):
        title, first, last = text(row.get("Report")), day(row.get("From")), day(row.get("To"))
        exported = day(row.get("Exported on"))
        if title in by_tab and ((first and last and first <= last) or (exported and not (first or last))):
            periods.append(StatedPeriod(by_tab[title], first, last, exported_on=exported))
        elif title:
            problems.append(_bad_period(title, row.get("_row"), by_tab))
    for row in home.records():
        last, title = day(row.get("Covers to")), text(row.get("Report"))
        if last and title in by_tab:
            periods.append(StatedPeriod(by_tab[title], None, last))
    return tuple(periods), problems


def _bad_period(title: str, row: object, by_tab: dict[str, str]) -> Problem:
    what = "has no From and To in order" if title in by_tab else "is not a report Recoup reads"
    return Problem(
        "error",
        "Settings",
        f"Report periods: {title} {what}; this line does not count",
        f"Name one of {', '.join(sorted(by_tab))} and give the first and the last day.",
        column="Report",
        rows=1,
        first_cells=f"row {row}",
    )


def sheets_of(book: Book) -> set[str]:
    """All tab names, for links that stay inside the workbook."""
    return set(book.sheet_names())
