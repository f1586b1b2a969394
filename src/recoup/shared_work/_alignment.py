"""Which rows of three copies of a table are one row, whatever their order, and when two cells read the same.

Rows are told by their key, tried one after the other; of several rows with one key those that read the same belong
together first, then those that agree in most cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..memory import plain
from ..model import Cell, Formula, Record

BASE, MINE, THEIRS = range(3)
Place = tuple[int | None, int | None, int | None]  # of one row in BASE, MINE and THEIRS


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a table are told apart, and which of their cells are people's.

    ``keys``: tried one after the other. ``engine``: headers of cells that Recoup writes, in rows whose first key is
    filled, ``always``: in other rows. ``identity``: rows in which this cell differs are never one. ``stays``: rows are
    never deleted, when anybody typed in them (``every``: in any case). ``grows``: rows may be added.
    """

    keys: tuple[tuple[str, ...], ...]
    engine: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()
    identity: str = ""
    stays: bool = False
    every: bool = False
    grows: bool = True

    def key_of(self, row: Record, number: int = 0) -> tuple[str, ...]:
        """The row's key, () when it is blank."""
        key = tuple(plain(row.get(h)) for h in self.keys[number])
        return key if any(key) else ()

    def people(self, row: Record, headers: Iterable[str]) -> list[str]:
        """The headers whose cells are people's in that row."""
        written = self.engine if self.key_of(row) else self.always
        return [h for h in headers if h not in written]

    def may_pair(self, one: Record, other: Record) -> bool:
        """Whether nothing says that two rows are different ones."""
        ids = {plain(row.get(self.identity)) for row in (one, other)} - {""} if self.identity else ()
        return len(ids) < 2


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells read the same, whichever program wrote them."""
    if isinstance(one, Formula) or isinstance(other, Formula):
        return isinstance(one, Formula) and isinstance(other, Formula) and one.text == other.text
    return plain(one) == plain(other)


def blank(cell: Cell) -> bool:
    """Whether a cell holds nothing."""
    return not isinstance(cell, Formula) and not plain(cell)


def align(layout: Layout, copies: Sequence[Sequence[Record]]) -> list[Place]:
    """Positions of each row in BASE, MINE and THEIRS, None where it is not; in MINE's order, then THEIRS's."""
    slots = [_Slot(copies, {side: i}) for side in range(3) for i in range(len(copies[side]))]
    for number in range(len(layout.keys)):
        groups: dict[tuple[str, ...], list[_Slot]] = {}
        for slot in slots:
            for key in {layout.key_of(row, number) for row in slot.rows()} - {()}:
                groups.setdefault(key, []).append(slot)
        for group in groups.values():
            if len(group) > 1:
                _join_alike(layout, group)
                _join_in_order(layout, group)
        slots = [slot for slot in slots if slot.at]
    found: list[Place] = [(s.at.get(BASE), s.at.get(MINE), s.at.get(THEIRS)) for s in slots]
    last = len(copies[MINE])
    return sorted(found, key=lambda x: (last if x[1] is None else x[1], -1 if x[2] is None else x[2]))


@dataclass(slots=True, eq=False)
class _Slot:
    """One row as far as it is found: its positions by side; none left when it went into another slot."""

    copies: Sequence[Sequence[Record]]
    at: dict[int, int]

    def rows(self) -> list[Record]:
        return [self.copies[side][i] for side, i in self.at.items()]

    def join(self, other: _Slot, layout: Layout) -> bool:
        """Take in the other slot, when both may be one row."""
        if self is other or not self.at or self.at.keys() & other.at.keys():
            return False
        if not all(layout.may_pair(a, b) for a in self.rows() for b in other.rows()):
            return False
        self.at |= other.at
        other.at = {}
        return True


_PAIRS = ((MINE, THEIRS), (BASE, MINE), (BASE, THEIRS))


def _join_alike(layout: Layout, group: Sequence[_Slot]) -> None:
    if all(sum(side in slot.at for slot in group) < 2 for side in range(3)):
        return  # nothing to choose from
    for one, other in _PAIRS:
        for slot in group:
            if one not in slot.at or other in slot.at:
                continue
            row = slot.copies[one][slot.at[one]]
            for twin in group:
                if (
                    other in twin.at
                    and _alike(row, twin.copies[other][twin.at[other]])
                    and slot.join(twin, layout)
                ):
                    break


def _join_in_order(layout: Layout, group: Sequence[_Slot]) -> None:
    """The row that agrees in most cells, of equals the first."""
    for one, other in _PAIRS:
        for slot in group:
            if one in slot.at and other not in slot.at:
                twins = [twin for twin in group if other in twin.at]
                if len(twins) > 1:
                    row = slot.copies[one][slot.at[one]]
                    twins.sort(key=lambda t: -_agreement(row, t.copies[other][t.at[other]]))
                any(slot.join(twin, layout) for twin in twins)


def _agreement(one: Record, other: Record) -> int:
    """Filled cells that read the same less those that read differently."""
    both = [h for h in one.keys() & other.keys() if not blank(one[h]) and not blank(other[h])]
    return sum(1 if same(one[h], other[h]) else -1 for h in both)


def _alike(one: Record, other: Record) -> bool:
    return all(same(one.get(h), other.get(h)) for h in one.keys() | other.keys())
