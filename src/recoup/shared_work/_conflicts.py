"""The tab `Merge conflicts`: every cell that both copies changed differently, with both values, who and when.

It is made when the first conflict is found and only ever added to: lines that MINE has stay, those of THEIRS are
added, and a conflict that stands there already is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..books.base import Book
from ..memory import plain
from ..model import Cell, Formula, Record
from ._past import Remembered
from ._rows import ROW, UNKNOWN, Conflict
from ._tables import Shared, claim_of, row_name

SHEET = "Merge conflicts"
HEADINGS = (
    "Merged on",
    "Sheet",
    "Claim ID",
    "Row",
    "Field",
    "Before",
    "Mine",
    "Mine: who and when",
    "Theirs",
    "Theirs: who and when",
    "Stands now",
    "Why",
)
_SAME = [HEADINGS.index(h) for h in ("Sheet", "Claim ID", "Row", "Field", "Mine", "Theirs")]
WHYS = {
    "both changed it": "both copies changed it differently",
    "deleted by one, changed by the other": "one copy deleted the row, the other changed it",
    "a formula": "one copy has a formula there, and formulas are not carried over",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the tab, by its headings."""

    cells: dict[str, str]

    def line(self) -> list[str]:
        """Its cells in order."""
        return [self.cells[h] for h in HEADINGS]


def list_conflict(
    shared: Shared, conflict: Conflict, mine: Remembered, theirs: Remembered, on: str
) -> Listed:
    """The line of one conflict; MINE's value stands, of a deleted row the one that was changed."""
    row = conflict.mine or conflict.theirs or {}
    one, other = _said(shared, conflict, conflict.mine), _said(shared, conflict, conflict.theirs)
    whole = conflict.field == ROW
    values = (None, None) if whole else conflict.values()
    cells = {
        "Merged on": on,
        "Sheet": shared.sheet,
        "Claim ID": claim_of(row),
        "Row": row_name(shared, row),
        "Field": conflict.field,
        "Before": "not known" if conflict.base is UNKNOWN else said(conflict.base),  # type: ignore[arg-type]
        "Mine": one,
        "Mine: who and when": mine.told_by(shared, conflict.mine, conflict.field, values[0]),
        "Theirs": other,
        "Theirs: who and when": theirs.told_by(shared, conflict.theirs, conflict.field, values[1]),
        "Stands now": f"the row: {one if conflict.mine is not None else other}" if whole else one,
        "Why": WHYS[conflict.reason],
    }
    return Listed(cells)


def _said(shared: Shared, conflict: Conflict, row: Record | None) -> str:
    if conflict.field != ROW:
        return said((row or {}).get(conflict.field))
    return "row deleted" if row is None else summary_of(shared, row)


def summary_of(shared: Shared, row: Record) -> str:
    """What people typed in a row, heading by heading."""
    people = shared.layout.people(row, row)
    return "; ".join(f"{h}: {plain(row[h])}" for h in people if plain(row[h]))


def said(cell: Cell) -> str:
    """A cell as a person reads it."""
    if isinstance(cell, Formula):
        return f"{'' if cell.cached is None else plain(cell.cached)} (a formula)".strip()
    return plain(cell)


def add_conflicts(book: Book, found: Sequence[Listed], theirs: Book) -> int:
    """Write the conflicts that the tab does not hold yet, below those of both copies; how many lines were added."""
    have, more = _lines(book), _lines(theirs)
    known = {_key(line) for line in have or ()}
    fresh = []
    for line in [*(more or ()), *(listed.line() for listed in found)]:
        if _key(line) not in known:
            known.add(_key(line))
            fresh.append(line)
    if not fresh:
        return 0
    if SHEET not in book.sheet_names():
        book.add_tab(SHEET, visible=True)
    book.write_tab(SHEET, fresh if have is not None else [list(HEADINGS), *fresh])
    return len(fresh)


def _lines(book: Book) -> list[list[str]] | None:
    """The lines under our headings, None where there is no such tab or it holds no such headings."""
    if SHEET not in book.sheet_names():
        return None
    grid = [[str(c) for c in row] for row in book.read_raw(SHEET).cells.to_numpy(dtype=object).tolist()]
    rows = [(row + [""] * len(HEADINGS))[: len(HEADINGS)] for row in grid if any(c.strip() for c in row)]
    if list(HEADINGS) not in rows:
        return None
    return [row for row in rows[rows.index(list(HEADINGS)) + 1 :] if row != list(HEADINGS)]


def _key(line: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(line[i].split()) for i in _SAME)
