"""Merges the shared work of two open copies of one workbook into MINE; the caller saves it under another name.

Decisions:
- Only what people own is merged (``shared_work``), with the lines of Case Log and Journal; what Recoup computes stays
  as MINE has it, and Home asks for a refresh.
- A line that only THEIRS has in the Journal is put where its time belongs; in Case Log, whose cells may carry
  people's colours and notes, below MINE's lines, in the order of time.
- A row deleted on one side and untouched on the other is emptied where its table is wholly people's (own records,
  Exclusions, Report periods); everywhere else it stays, or comes back, when people typed in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..books.base import Book, TableBlocked
from ..memory import plain
from ..model import Cell, Formula, Record, RecoupError
from ..policy import load
from ..run import Run
from ..sheets import Column
from ..workbook import check_columns, check_version, refuse_older
from ._conflicts import Listed, add_conflicts, list_conflict, said, summary_of
from ._memory import Noted
from ._not_merged import unmerged_tabs
from ._past import Remembered, by_time, common_past
from ._rows import ROW, Before, Merged, Rows, merge_rows
from ._tables import (
    CLAIM,
    LAYOUTS,
    LOGS,
    RECORD_TABS,
    Shared,
    claim_of,
    field_name,
    read_shared,
    row_name,
    write_cells,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing the merge changed in MINE, as the Journal says it."""

    claim: str
    name: str
    before: str
    after: str


@dataclass(slots=True)
class Summary:
    """What a merge did: for the command line and `--json`."""

    on: str
    sides: tuple[Remembered, Remembered]
    taken: list[Change] = field(default_factory=list)  # cells that have THEIRS's value now
    added: list[str] = field(default_factory=list)  # rows of THEIRS, new or back
    removed: list[str] = field(default_factory=list)  # rows that THEIRS deleted
    kept: list[str] = field(default_factory=list)  # rows deleted on one side that stay
    lines: dict[str, int] = field(default_factory=dict)  # lines added to Case Log and Journal
    conflicts: list[Listed] = field(default_factory=list)
    not_merged: list[str] = field(default_factory=list)
    noted: Noted = field(default_factory=Noted)  # what counts as seen

    @property
    def is_nothing(self) -> bool:
        """Whether THEIRS holds nothing that MINE lacks."""
        return not (self.taken or self.added or self.removed or any(self.lines.values()))


def merge_books(base: Book | None, mine: Book, theirs: Book, run: Run) -> Summary:
    """Bring the work of THEIRS into MINE, whose cells are changed but not saved.

    Raises RecoupError when the books are of different versions or sellers, or an owned table is missing.
    """
    copies = [book for book in (base, mine, theirs) if book is not None]
    for book in copies:
        check_version(book)
        refuse_older(book)
        check_columns(book)
    _refuse_strangers(base, mine, theirs)
    left_alone = unmerged_tabs(
        base, mine, theirs
    )  # first: of a changed book no tab is known without reading it
    one, other = Remembered.of(mine, mine.path.name), Remembered.of(theirs, theirs.path.name)
    one.part_from(other)
    other.part_from(one)
    summary = Summary(f"{run.when:%Y-%m-%d %H:%M}", (one, other))
    changes: list[Change] = []
    for name in (*LAYOUTS, *RECORD_TABS):
        changes += _merge_one(base, mine, theirs, name, summary)
    for name in LOGS:
        _add_lines(base, mine, theirs, name, summary)
    if summary.lines[mine.sheet_of("Journal")]:
        _put_in_order(mine)
    _journal(mine, changes, run)
    listed = add_conflicts(mine, summary.conflicts, theirs)
    summary.not_merged += left_alone
    if changes or listed or any(summary.lines.values()):
        summary.noted.write(mine)
        mine.write_names({"Recoup_Notice": f"merged with {theirs.path.name} by {run.who}: refresh"})
    return summary


# ---- books that belong together


def _refuse_strangers(base: Book | None, mine: Book, theirs: Book) -> None:
    copies = [book for book in (mine, theirs, base) if book is not None]
    homes = {book.path.name: _home(book) for book in copies}
    if len(set(homes.values())) > 1:
        said = ", ".join(f"{name} is of {home}" for name, home in homes.items())
        raise RecoupError(
            f"{said}: books of different home marketplaces are not merged. Nothing was written."
        )
    marks = {book.path: _marks(book) for book in copies}
    pairs = [(mine, theirs)] if base is None or not marks[base.path] else [(base, mine), (base, theirs)]
    for a, b in pairs:
        if marks[a.path] and marks[b.path] and not marks[a.path] & marks[b.path]:
            raise RecoupError(
                f"{a.path.name} and {b.path.name} have no claim and no line of the Journal in common: they are "
                "no copies of one workbook; name two copies of the same one. Nothing was written."
            )


def _home(book: Book) -> str:
    policy, _ = load().with_settings(book.read_table("Settings").records())
    return str(policy.setting("home_marketplace") or "US")


def _marks(book: Book) -> set[tuple[str, ...]]:
    """What only copies of one workbook share: claim ids, and lines of the Journal."""
    ids = {
        (claim_of(r),) for name in ("Claims", "NotClaimed", "Cases") for r in book.read_table(name).records()
    }
    told = ("ID", CLAIM, "Field")
    lines = {tuple(plain(r.get(h)) for h in told) for r in book.read_table("Journal").records()}
    return (ids | lines) - {("",)}


# ---- tables


def _merge_one(base: Book | None, mine: Book, theirs: Book, name: str, summary: Summary) -> list[Change]:
    """Merge one table or tab and write it; what was changed."""
    ours, other = read_shared(mine, name), read_shared(theirs, name)
    if ours is None or other is None:
        if other is not None or name in theirs.sheet_names():
            summary.not_merged.append(_headless(mine if ours is None else theirs, name))
        return []
    if ours.known != other.known:
        summary.not_merged.append(_other_headings(ours, mine, theirs))
        return []
    old = read_shared(base, name) if base is not None else None
    before = None if base is None else old.content if old and old.known == ours.known else Rows([], [])

    def past(row: Record, header: str) -> Before:
        return common_past(*summary.sides, ours, row, header)

    merged = merge_rows(ours.layout, before, ours.content, other.content, past)
    summary.conflicts += [list_conflict(ours, c, *summary.sides, summary.on) for c in merged.conflicts]
    summary.kept += [f"{ours.sheet}: {row_name(ours, row)}" for row in merged.kept]
    if merged.unmarked:
        rows = "1 row" if merged.unmarked == 1 else f"{merged.unmarked:,} rows"
        summary.not_merged.append(f"{ours.sheet}: {rows} that only {theirs.path.name} has, unmarked: refresh")
    _write(mine, ours, merged, summary)
    return list(_changes(ours, merged, summary))


def _headless(book: Book, name: str) -> str:
    return f"{name}: {book.path.name} has no such tab with its headings; copy them from a new workbook, merge again"


def _other_headings(shared: Shared, mine: Book, theirs: Book) -> str:
    names = f"{mine.path.name} and {theirs.path.name}"
    return f"{shared.sheet}: {names} have different headings (or one more export below); compare it by hand"


def _change(shared: Shared, row: Record, header: str, cell: Cell) -> Change:
    return Change(claim_of(row), field_name(shared, row, header), said(row.get(header)), said(cell))


def _changes(shared: Shared, merged: Merged, summary: Summary) -> Iterator[Change]:
    """What the merge changes, told for the Journal and the summary."""
    for at, record in merged.edits.items():
        row = shared.content.rows[at]
        summary.noted.edited(shared.name, row, record, summary.sides[1].past)
        for header, cell in record.items():
            change = Change(
                claim_of(row), field_name(shared, row, header), plain(row.get(header)), plain(cell)
            )
            summary.taken.append(change)
            yield change
    for row in merged.added:
        summary.added.append(f"{shared.sheet}: {row_name(shared, row)}")
        summary.noted.added(shared.name, row, summary.sides[1].past)
        yield Change(claim_of(row), field_name(shared, row, ROW), "", summary_of(shared, row))
    for at in merged.emptied:
        row = shared.content.rows[at]
        summary.removed.append(f"{shared.sheet}: {row_name(shared, row)}")
        yield Change(claim_of(row), field_name(shared, row, ROW), summary_of(shared, row), "")


def _write(book: Book, shared: Shared, merged: Merged, summary: Summary) -> None:
    if merged.columns:
        _add_columns(book, shared, merged, summary)
    edits = dict(merged.edits)
    for at in merged.emptied:
        row = shared.content.rows[at]
        edits[at] = {h: None for h, cell in row.items() if not isinstance(cell, Formula)}
    if edits:
        write_cells(book, shared, edits)
    if not merged.added:
        return
    if shared.is_tab:
        wide = max(shared.columns.values())
        at_column = {column: h for h, column in shared.columns.items()}
        book.write_tab(
            shared.sheet,
            [[plain(row.get(at_column.get(c, ""))) for c in range(1, wide + 1)] for row in merged.added],
        )
        book.set_visible(shared.sheet, True)
    else:
        book.append_rows(shared.name, merged.added)


def _add_columns(book: Book, shared: Shared, merged: Merged, summary: Summary) -> None:
    """Columns that only THEIRS has, at the right end; where there is no room they are named."""
    if shared.is_tab:
        for header in merged.columns:
            shared.columns[header] = max(shared.columns.values()) + 1
            book.edit_cells(shared.sheet, {(shared.heading, shared.columns[header]): header})
        return
    try:
        book.add_columns(shared.name, [Column(header, owner="people") for header in merged.columns])
    except TableBlocked as error:
        summary.not_merged.append(f"{shared.sheet}: column {', '.join(merged.columns)}: {error}")
        _leave_out(merged)


def _leave_out(merged: Merged) -> None:
    for record in (*merged.edits.values(), *merged.added):
        for header in merged.columns:
            record.pop(header, None)


# ---- lines that are only added


def _add_lines(base: Book | None, mine: Book, theirs: Book, name: str, summary: Summary) -> None:
    """Add the lines of THEIRS to a log, and merge the columns that people added to it."""
    copies = [read_shared(book, name) for book in (mine, theirs, base) if book is not None]
    ours, other = copies[0], copies[1]
    assert ours is not None and other is not None
    old = copies[2].content if len(copies) > 2 and copies[2] else None
    merged = merge_rows(ours.layout, old, ours.content, other.content, lambda *_: None)
    merged.added = by_time(merged.added)
    summary.lines[ours.sheet] = len(merged.added)
    summary.conflicts += [list_conflict(ours, c, *summary.sides, summary.on) for c in merged.conflicts]
    for at, record in merged.edits.items():
        summary.taken += [_change(ours, ours.content.rows[at], h, cell) for h, cell in record.items()]
    _write(mine, ours, merged, summary)


def _put_in_order(mine: Book) -> None:
    """The Journal in the order of time; columns of people's formulas stay with their lines."""
    table = mine.read_table("Journal")
    formulas = {header for _, header in mine.read_formulas("Journal")}
    lines = [{h: c for h, c in line.items() if h not in formulas} for line in table.records()]
    ordered = by_time(lines)
    if ordered != lines:
        mine.replace_rows("Journal", ordered, ["ID", "Claim ID", "Field", "To"])


def _journal(mine: Book, changes: Sequence[Change], run: Run) -> None:
    lines: list[Record] = [
        {
            "ID": f"{run.name}-{number}",
            "When": run.when,
            "Who": run.who,
            "Run": f"merge {run.name}",
            "Claim ID": c.claim,
            "Field": c.name,
            "From": c.before,
            "To": c.after,
        }
        for number, c in enumerate(changes, 1)
    ]
    mine.append_rows("Journal", lines)
