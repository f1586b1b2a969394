"""What `merge` and `journal` print: short lists for people, one JSON document for machines."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from .console import print_json, print_table, say
from .home import counted
from .memory import plain
from .model import Record
from .shared_work import Listed, Undone
from .sharing import Merge

COLUMNS = ("ID", "When", "Who", "Claim ID", "Field", "From", "To")
MOST = 20  # listed by name; of more only the number is said


def print_merge(done: Merge, *, as_json: bool, strict: bool) -> int:
    """What was merged, the conflicts, and what was not. Returns the exit code."""
    summary = done.summary
    if as_json:
        print_json(_document(done))
    else:
        say_merge(done)
        changed = "" if summary.is_nothing else f". Next: recoup refresh {done.path}"
        say(f"Workbook: {done.path}{changed}")
    return 1 if strict and summary.conflicts else 0


def say_merge(done: Merge) -> None:
    """What was taken and added, the conflicts, and what was not merged."""
    summary = done.summary
    mine, theirs = done.copies["MINE"].name, done.copies["THEIRS"].name
    taken: list[Record] = [
        {"Claim ID": c.claim, "Field": c.name, mine: c.before, theirs: c.after} for c in summary.taken
    ]
    _table(f"{counted(len(taken), 'field')} taken from {theirs}", taken, ("Claim ID", "Field", mine, theirs))
    _list(f"{counted(len(summary.added), 'row')} added", summary.added)
    _list(f"{counted(len(summary.removed), 'row')} emptied, deleted in {theirs}", summary.removed)
    _list(f"{counted(len(summary.kept), 'row')} deleted in one copy and kept", summary.kept)
    for sheet, count in summary.lines.items():
        if count:
            say(f"{sheet}: {counted(count, 'line')} added")
    shown = ("Sheet", "Claim ID", "Row", "Field", "Mine", "Theirs", "Stands now")
    _table(
        f"{counted(len(summary.conflicts), 'conflict')} (tab Merge conflicts)",
        [_of(c) for c in summary.conflicts],
        shown,
    )
    _list("Not merged", summary.not_merged)
    for notice in done.notices:
        say(notice)
    done_so_far = ((taken, "field"), (summary.added, "row"), (summary.conflicts, "conflict"))
    fields, rows, conflicts = (counted(len(x), what) for x, what in done_so_far)
    counts = f"{fields} taken, {rows} added, {conflicts}"
    nothing = summary.is_nothing and not summary.conflicts
    say(f"{theirs} holds nothing that {mine} lacks." if nothing else f"{counts}.")


def _table(title: str, rows: Sequence[Record], columns: Sequence[str]) -> None:
    print_table(title, [{c: _short(plain(r.get(c))) for c in columns} for r in rows[:MOST]], columns)
    if len(rows) > MOST:
        say(f"  … and {len(rows) - MOST} more")


def _list(what: str, lines: Sequence[str]) -> None:
    if lines:
        say(f"{what}:")
    for line in lines[:MOST]:
        say(f"  {line}")
    if len(lines) > MOST:
        say(f"  … and {len(lines) - MOST} more")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _of(listed: Listed) -> Record:
    return dict(listed.cells)


def _document(done: Merge) -> dict[str, Any]:
    summary = done.summary
    return {
        "copies": {role: str(path) for role, path in done.copies.items()},
        "workbook": str(done.path),
        "taken": [dataclasses.asdict(c) for c in summary.taken],
        "rows_added": summary.added,
        "rows_emptied": summary.removed,
        "rows_kept": summary.kept,
        "lines_added": summary.lines,
        "conflicts": [c.cells for c in summary.conflicts],
        "not_merged": summary.not_merged,
        "notices": done.notices,
    }


def print_journal(lines: Sequence[Record], *, as_json: bool) -> None:
    """Lines of the Journal, as they are given."""
    if as_json:
        print_json({"journal": [{h: plain(c) for h, c in line.items()} for line in lines]})
    elif not lines:
        say("The Journal holds no such line.")
    else:
        print_table("Journal", [{c: _short(plain(r.get(c))) for c in COLUMNS} for r in lines], COLUMNS)


def print_undone(done: Undone, undone: str, *, as_json: bool) -> None:
    """The lines that an undo wrote."""
    line = done.line
    if as_json:
        lines = [{h: plain(c) for h, c in x.items()} for x in (line, *done.with_it)]
        print_json({"undone": undone, "line": lines[0], "with_it": lines[1:]})
        return
    claim, name = plain(line["Claim ID"]), plain(line["Field"])
    what = f"{name} of {claim}" if claim else name
    before, now = plain(line["From"]), plain(line["To"])
    say(
        f"Undone: {what} is {now or 'blank'!r} again, it was {before or 'blank'!r}; journalled as {plain(line['ID'])}."
    )
    if done.with_it:
        cells = [f"{plain(x['Field'])} {plain(x['To']) or 'blank'!r}" for x in done.with_it]
        say(f"With it: {', '.join(cells)}. Refresh, so that its claim and next step follow.")
