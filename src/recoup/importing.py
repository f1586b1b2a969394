"""Puts downloaded report files into the tabs they belong to.

A tab does not keep the file's name. The period a file states (in its name, its preamble, its settlement columns,
or by `--covers`) is remembered for exactly these rows: once they are cleared or pasted over it no longer counts.

Decision: an export keeps its own heading in the tab, so that it stays apart from what is there and a unit in both
counts once. Only where a tab of own records ends with a heading that reads the same, as a new one does, its rows go
under that one; tabs of reports are not looked into, they may be long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .books.base import Book
from .memory import plain
from .model import Problem, Record, RecoupError
from .progress import Progress, each_file, unseen
from .reports import Export, bare_heading, read_files, under_heading
from .reports._importable import Importable, importable
from .sheets import OWN_RECORDS


@dataclass(slots=True)
class Imported:
    """One file: the tabs its exports went to, rows written, what was left out and what is wrong with it."""

    file: str
    tabs: list[str] = field(default_factory=list)
    rows: int = 0
    buyer: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_into(
    book: Book,
    files: Sequence[Path],
    *,
    covers: tuple[date, date] | None = None,
    all_columns: bool = False,
    progress: Progress = unseen,
) -> list[Imported]:
    """Write the files' rows into the book's report tabs; the caller saves. Nothing in a tab is replaced."""
    done: list[Imported] = []
    periods: list[Record] = []
    read = [
        (table.name, *importable(table, all_columns=all_columns))
        for table in read_files(files, each_file(progress))
    ]
    headings = _bare_headings(book, {part.tab for _, found, _ in read for part in found})
    for name, found, problems in read:
        item = Imported(name, problems=problems or ([] if found else [_unknown(name)]))
        for part in found:
            _write(book, part, item, headings.pop(part.tab, ()))
            period = _period(part, covers)
            if period:
                periods.append(period)
        done.append(item)
    if periods:
        book.append_rows("RecoupMemory", periods)
    if not done:
        raise RecoupError(f"{', '.join(str(f) for f in files)}: there is no report file to import.")
    return done


def _unknown(name: str) -> Problem:
    remedy = "Download the report again as .txt or .csv, in English, and import that file."
    return Problem("warning", name, "no report that Recoup knows; nothing was imported", remedy)


def _bare_headings(book: Book, tabs: set[str]) -> dict[str, tuple[str, ...]]:
    """The heading that each tab of own records ends with, () where it ends with anything else or is empty."""
    missing = sorted(tabs - set(book.sheet_names()))
    if missing:
        raise RecoupError(
            f"{book.path.name} has no tab {missing[0]}: add a sheet of that name, then import again."
        )
    return {tab: bare_heading(book.read_raw(tab)) for tab in tabs & OWN_RECORDS.keys()}


def _write(book: Book, part: Importable, item: Imported, heading: Sequence[str]) -> None:
    rows = under_heading(heading, part.rows)
    book.write_tab(part.tab, part.rows if rows is None else rows)
    book.set_visible(part.tab, True)
    item.tabs.append(part.tab)
    item.rows += len(part.rows) - 1
    item.buyer += part.buyer


def _period(part: Importable, covers: tuple[date, date] | None) -> Record | None:
    stated = covers or (part.export.stated_from, part.export.stated_to)
    return period_line(part.export, stated[0], stated[1]) if stated[0] and stated[1] else None


def period_line(export: Export, first: date, last: date) -> Record:
    """The line of RecoupMemory that keeps the period of an export for exactly its rows."""
    return {
        "What": "period",
        "Key": export.report,
        "Field": fingerprint(export),
        "Value": f"{first}:{last}",
    }


def fingerprint(export: Export) -> str:
    """What tells the rows of one export from others in the same tab."""
    return f"{export.rows_read} rows {export.first_day} to {export.last_day}"


def recall_periods(exports: Sequence[Export], lines: Sequence[Record]) -> None:
    """Give imported exports the period their file stated; a person's own statement stands over it."""
    known = {
        (plain(x.get("Key")), plain(x.get("Field"))): plain(x.get("Value"))
        for x in lines
        if plain(x.get("What")) == "period"
    }
    for export in exports:
        stated = known.get((export.report, fingerprint(export)))
        if stated and export.period_source != "person":
            first, _, last = stated.partition(":")
            export.stated_from, export.stated_to = date.fromisoformat(first), date.fromisoformat(last)
            export.period_source = "import"
