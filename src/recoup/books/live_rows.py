"""Where the rows of a table that are to be written stand now, among the rows that Excel holds now.

Somebody may have sorted, deleted or typed since Recoup read. Rows are found by their key at the moment of writing,
else by all they hold; a cell is written only while it holds what was read. What cannot be found stops the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

from recoup import sheets
from recoup.books.area import Area
from recoup.books.base import BookChanged
from recoup.books.cell_values import translated
from recoup.books.cells import column_letter
from recoup.books.excel_cells import Place, same
from recoup.books.row_keys import Key, key_text
from recoup.books.snapshot import Edit
from recoup.books.table_part import TablePart
from recoup.model import Cell, Formula

Row = Mapping[int, Cell]  # by column
MOST_STRETCHES = 20  # of a column that are written one by one


@dataclass(slots=True)
class Placed:
    """What to write where, and the body that the table needs for it."""

    body: Area
    cells: dict[Place, Cell] = field(default_factory=dict)


class LiveRows:
    """The rows of a table: ``was`` and ``before`` as Recoup read them, ``now`` and ``body`` as they are in Excel."""

    def __init__(self, before: TablePart, was: Mapping[int, Row], body: Area, now: Mapping[int, Row]) -> None:
        self._before, self._was, self._body, self._now = before, was, body, now

    def place(self, edits: Mapping[Place, Edit], after: TablePart, replaced: bool) -> Placed:
        """The cells to write. ``replaced``: all rows were written anew. Raises ``BookChanged``."""
        inside = {p: e for p, e in edits.items() if belongs(p, self._before, after) == "table"}
        if replaced:
            self._refuse_any_change()
            placed = Placed(after.body, {place: edit.after for place, edit in inside.items()})
            self._close_gaps_across(placed)
            return placed
        body = self._body
        placed = Placed(Area(body.left, body.top, after.area.right, body.bottom))
        fresh: dict[int, dict[int, Edit]] = {}
        for (number, column), edit in inside.items():
            if number < after.body.top:  # a new heading
                placed.cells[number, column] = edit.after
            elif _is_used(self._was.get(number, {})):
                self._place_edit(placed, number, column, edit)
            else:
                fresh.setdefault(number, {})[column] = edit
        self._close_gaps_down(placed)
        self._place_fresh(placed, fresh)
        return placed

    def _close_gaps_across(self, placed: Placed) -> None:
        """Write all of Recoup's own cells of a row of which one changes: that takes far fewer calls."""
        for number in {row for row, _ in placed.cells if row >= placed.body.top}:
            row = self._was.get(number, {})
            for column in self._own_columns:
                content = row.get(column)
                if not isinstance(content, Formula):
                    placed.cells.setdefault((number, column), content)

    def _close_gaps_down(self, placed: Placed) -> None:
        """Likewise down a column in which many cells change: those between are written again with what they hold.

        What was read is written, not what Excel says: that has two digits less.
        """
        known = {
            found[0]: self._was[number]
            for key, number in self._numbers_then.items()
            if len(found := self._keys_now.get(key, [])) == 1
        }
        for column in self._own_columns:
            rows = sorted(row for row, c in placed.cells if c == column and row in known)
            if sum(below - row > 1 for row, below in pairwise(rows)) < MOST_STRETCHES:
                continue
            for row in range(rows[0], rows[-1]):
                content = known.get(row, {}).get(column)
                held = same(self._now[row].get(column), content) and not isinstance(content, Formula)
                if row in known and held:
                    placed.cells.setdefault((row, column), content)

    @cached_property
    def _own_columns(self) -> list[int]:
        """Recoup's own columns, as far as no formula of the table fills them."""
        declared = sheets.TABLES.get(self._before.name)
        headers = {c.header for c in declared.columns if c.owner == "recoup"} if declared else set()
        columns = enumerate(self._before.headers, self._before.area.left)
        return [c for c, header in columns if header in headers and c not in self._before.calculated]

    def _refuse_any_change(self) -> None:
        moved = self._body != self._before.body
        if moved or not all(_same_row(self._now.get(n, {}), row) for n, row in self._was.items()):
            raise changed(
                self._before, f"something was typed, sorted or deleted in the table {self._before.name}"
            )

    def _place_edit(self, placed: Placed, number: int, column: int, edit: Edit) -> None:
        row = self._row_now(number)
        now = self._now[row].get(column)
        if same(now, edit.after) and not isinstance(edit.after, Formula):
            return
        if not same(now, edit.before):
            raise changed(self._before, f"{column_letter(column)}{row} holds something else than was read")
        placed.cells[row, column] = _moved(edit.after, (number, column), (row, column))

    def _row_now(self, number: int) -> int:
        """The row in which the record of a row that was read stands now. Raises ``BookChanged``."""
        wanted = self._was[number]
        key = self._key(wanted)
        if self._numbers_then.get(key) == number:
            found = self._keys_now.get(key, [])
        elif _same_row(self._now.get(number, {}), wanted):
            found = [number]
        else:
            found = [n for n, row in self._now.items() if _same_row(row, wanted)]
        if len(found) != 1:
            shown = " ".join(filter(None, key)) or f"of row {number}"
            what = "is gone" if not found else "stands there more than once"
            raise changed(self._before, f"the record {shown} in the table {self._before.name} {what}")
        return found[0]

    def _place_fresh(self, placed: Placed, fresh: Mapping[int, Mapping[int, Edit]]) -> None:
        """New records follow the last row in use, wherever that is by now."""
        last = max((n for n, row in self._now.items() if _is_used(row)), default=self._body.top - 1)
        for row, number in enumerate(sorted(fresh), last + 1):
            for column, edit in fresh[number].items():
                placed.cells[row, column] = _moved(edit.after, (number, column), (row, column))
            if row > self._body.bottom:  # one rectangle takes fewer calls
                blank = [
                    c
                    for c in range(placed.body.left, placed.body.right + 1)
                    if c not in self._before.calculated
                ]
                placed.cells |= {(row, c): None for c in blank if (row, c) not in placed.cells}
        body = placed.body
        placed.body = Area(body.left, body.top, body.right, max(body.bottom, last + len(fresh)))

    def _key(self, row: Row) -> Key:
        return tuple(key_text(row.get(column)) for column in self._key_columns)

    @cached_property
    def _key_columns(self) -> Sequence[int]:
        declared = sheets.TABLES.get(self._before.name)
        return [self._before.column_of(header) for header in declared.key] if declared else []

    @cached_property
    def _numbers_then(self) -> dict[Key, int]:
        """The rows that were read, by keys that only one of them has."""
        keys = {number: self._key(row) for number, row in self._was.items()}
        often = Counter(keys.values())
        return {key: number for number, key in keys.items() if any(key) and often[key] == 1}

    @cached_property
    def _keys_now(self) -> dict[Key, list[int]]:
        found: dict[Key, list[int]] = {}
        for number, row in self._now.items():
            found.setdefault(self._key(row), []).append(number)
        return found


def changed(table: TablePart, what: str) -> BookChanged:
    """Somebody changed a table that Recoup had read."""
    return BookChanged(f"{table.sheet!r} was changed while Recoup was working: {what}; try again.")


def belongs(place: Place, before: TablePart, after: TablePart) -> Literal["table", "totals", "tab"]:
    """What a changed cell is part of: a table's rows and new headings, a totals row (Excel keeps that), or the tab."""
    row, column = place
    area = after.area.union(before.area)
    if not (area.top <= row <= area.bottom and area.left <= column <= area.right):
        return "tab"
    if after.has_totals and row == after.area.bottom:
        return "totals"
    return "tab" if row == area.top and column <= before.area.right else "table"


def _is_used(row: Row) -> bool:
    """Whether something was typed or written there that no formula gave."""
    return any(value is not None and not isinstance(value, Formula) for value in row.values())


def _same_row(one: Row, other: Row) -> bool:
    return all(same(one.get(c), other.get(c)) for c in one.keys() | other.keys())


def _moved(content: Cell, origin: Place, target: Place) -> Cell:
    """A formula as it reads in another row."""
    if not isinstance(content, Formula) or origin == target:
        return content
    at, to = (f"{column_letter(column)}{row}" for row, column in (origin, target))
    return Formula(translated(content.text, at, to))
