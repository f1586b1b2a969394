"""Three-way merge of one table that people share: field by field, row by row, with every real conflict listed.

It knows rows and cells, no workbook. Decisions:
- A cell that one side changed is taken from that side; changed alike on both it is there once; changed differently it
  keeps MINE's value and is a conflict. A changed cell and an emptied one are a conflict like any other.
- Where nobody knows how a cell was before, a filled cell stands before a blank one; two different ones are a conflict.
- Rows are told by their key, of rows with one key those that read the same first, then in order.
- A row deleted on one side and changed on the other stays (comes back), and is a conflict.
- A row deleted on one side and untouched on the other goes, but not from tables whose rows are never deleted
  (``Layout.stays``): there it stays (comes back) when it holds anything of people.
- A formula is never carried over nor written over: where THEIRS changed one, or changed what is one in MINE, MINE
  stands and both are listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from ..memory import plain
from ..model import Cell, Formula, Record
from ._alignment import Layout, align, blank, same

ROW = "row"  # stands for the field where a whole row is meant


class Unknown:
    """What a cell held before, when nobody knows."""


UNKNOWN: Final = Unknown()
Before: TypeAlias = "Cell | Unknown"
Past: TypeAlias = "Callable[[Record, str], Before]"  # a row as it is in MINE (else THEIRS), and a header


@dataclass(slots=True)
class Rows:
    """The rows of a table in one copy; a formula is a ``Formula``."""

    headers: list[str]
    rows: list[Record]


Reason: TypeAlias = Literal["both changed it", "deleted by one, changed by the other", "a formula"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell, or a whole row (field ``row``), that cannot be both. ``mine`` and ``theirs`` are the rows, if any."""

    field: str
    base: Before
    mine: Record | None
    theirs: Record | None
    reason: Reason

    def values(self) -> tuple[Cell, Cell]:
        """What the two sides say; of a whole row, whether it is there."""
        if self.field == ROW:
            return tuple(  # type: ignore[return-value]
                "deleted" if row is None else "changed" for row in (self.mine, self.theirs)
            )
        return (self.mine or {}).get(self.field), (self.theirs or {}).get(self.field)


@dataclass(slots=True)
class Merged:
    """What makes MINE's rows the merged ones, by positions in MINE, and what a person must know."""

    edits: dict[int, Record] = field(default_factory=dict)
    added: list[Record] = field(default_factory=list)  # rows of THEIRS, new or back
    emptied: list[int] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)  # of THEIRS, new in MINE
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[Record] = field(
        default_factory=list
    )  # deleted on one side, untouched on the other, and still there
    unmarked: int = 0  # rows that only THEIRS has and in which nobody typed

    def of(self, mine: Rows) -> Rows:
        """The merged rows."""
        rows = [{**row, **self.edits.get(i, {})} for i, row in enumerate(mine.rows) if i not in self.emptied]
        return Rows([*mine.headers, *self.columns], rows + self.added)


def merge_rows(layout: Layout, base: Rows | None, mine: Rows, theirs: Rows, past: Past) -> Merged:
    """Merge the rows of one table; ``past`` tells what a cell held before, where there is no BASE."""
    merged = Merged(columns=[h for h in theirs.headers if h not in mine.headers and _brings(theirs, base, h)])
    headers = [*mine.headers, *merged.columns]
    for b, m, t in align(layout, [base.rows if base else [], mine.rows, theirs.rows]):
        row = _Row(
            layout,
            None if base is None or b is None else base.rows[b],
            None if m is None else mine.rows[m],
            None if t is None else theirs.rows[t],
            set(theirs.headers),
            (lambda *_: None) if base is not None else past,
        )
        _settle(merged, row, m, headers)
    used = {
        h for record in (*merged.edits.values(), *merged.added) for h, c in record.items() if not blank(c)
    }
    merged.columns = [h for h in merged.columns if h in used]
    merged.added = [{h: c for h, c in row.items() if h in {*mine.headers, *used}} for row in merged.added]
    return merged


def _brings(theirs: Rows, base: Rows | None, header: str) -> bool:
    """Whether a column that MINE lacks holds anything typed that is not merely left from BASE."""
    old = Counter(plain(r.get(header)) for r in base.rows) if base and header in base.headers else Counter()
    new = Counter(plain(r.get(header)) for r in theirs.rows if not isinstance(r.get(header), Formula))
    return any(text for text in new - old)


@dataclass(slots=True)
class _Row:
    layout: Layout
    base: Record | None
    mine: Record | None
    theirs: Record | None
    in_theirs: set[str]
    past: Past

    def before(self, header: str) -> Before:
        if self.base is not None:
            return self.base.get(header)
        return self.past(self.mine or self.theirs or {}, header)

    def changed(self, row: Record, headers: Sequence[str]) -> bool:
        """Whether people's cells of one side's row differ from BASE's."""
        base = self.base or {}
        people = self.layout.people(row, headers)
        return any(not same(row[h], base.get(h)) for h in people if h in row)


def _settle(merged: Merged, row: _Row, at: int | None, headers: Sequence[str]) -> None:
    if at is not None and row.mine is not None:
        if row.theirs is not None:
            _merge_cells(merged, row, at, headers)
        elif row.base is not None:
            _deleted_by_them(merged, row, at, headers)
    elif row.theirs is not None:
        _only_theirs(merged, row, headers)


def _merge_cells(merged: Merged, row: _Row, at: int, headers: Sequence[str]) -> None:
    assert row.mine is not None and row.theirs is not None
    for header in row.layout.people(row.mine, headers):
        if header not in row.in_theirs:
            continue
        mine, theirs, before = row.mine.get(header), row.theirs.get(header), row.before(header)
        if same(mine, theirs) or (not isinstance(before, Unknown) and same(theirs, before)):
            continue
        if isinstance(mine, Formula) or isinstance(theirs, Formula):
            merged.conflicts.append(Conflict(header, before, row.mine, row.theirs, "a formula"))
        elif blank(mine) if isinstance(before, Unknown) else same(mine, before):
            merged.edits.setdefault(at, {})[header] = theirs
        elif not (isinstance(before, Unknown) and blank(theirs)):
            merged.conflicts.append(Conflict(header, before, row.mine, row.theirs, "both changed it"))


def _deleted_by_them(merged: Merged, row: _Row, at: int, headers: Sequence[str]) -> None:
    assert row.mine is not None
    if row.changed(row.mine, headers):
        reason: Reason = "deleted by one, changed by the other"
        merged.conflicts.append(Conflict(ROW, None, row.mine, None, reason))
    elif not row.layout.stays:
        merged.emptied.append(at)
    elif _marked(row.layout, row.mine):
        merged.kept.append(row.mine)


def _only_theirs(merged: Merged, row: _Row, headers: Sequence[str]) -> None:
    assert row.theirs is not None
    fresh: Record = {h: c for h, c in row.theirs.items() if h in headers and not isinstance(c, Formula)}
    if row.base is not None and row.changed(row.theirs, headers):
        merged.conflicts.append(Conflict(ROW, None, None, row.theirs, "deleted by one, changed by the other"))
        if not row.layout.grows:
            return
    elif row.base is not None and not (row.layout.stays and _marked(row.layout, row.theirs)):
        return
    elif not _marked(row.layout, row.theirs) or not row.layout.grows:
        merged.unmarked += 1
        return
    elif row.base is not None:
        merged.kept.append(row.theirs)
    merged.added.append(fresh)


def _marked(layout: Layout, row: Record) -> bool:
    """Whether people typed anything in the row."""
    cells = (row.get(h) for h in layout.people(row, row))
    return layout.every or any(not blank(c) and not isinstance(c, Formula) for c in cells)


# ---- tables to which lines are only added


def add_lines(mine: Sequence[Record], theirs: Sequence[Record]) -> list[Record]:
    """The lines of THEIRS that MINE lacks: the same line is there once, a line twice in one copy stays twice."""
    have = Counter(_line(row) for row in mine)
    added = []
    for row in theirs:
        if have[_line(row)] > 0:
            have[_line(row)] -= 1
        else:
            added.append(row)
    return added


def _line(row: Mapping[str, Cell]) -> frozenset[tuple[str, str]]:
    return frozenset((h, plain(c)) for h, c in row.items() if not blank(c) and not isinstance(c, Formula))
