"""What the two copies of a workbook remember: how a cell was before they parted, and who changed it since.

Without a BASE, the Journal lines that both copies hold are their common past. A side changed a cell when lines of its
own name it: the first says how it was. Where it has none, `_Recoup` says what its last refresh saw. When the two
sides' memories disagree, or there is none, nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..books.base import Book
from ..memory import plain
from ..model import Cell, Record
from ..sheets import JOURNAL
from ._memory import Past
from ._rows import UNKNOWN, Before, add_lines
from ._tables import Shared, names_of

DECIDED = {"Claims": "Decided by", "Cases": "Filed by", "Exclusions": "By"}


@dataclass(slots=True)
class Remembered:
    """What one copy remembers: its Journal by time, and people's cells as its last refresh saw them."""

    name: str
    refreshed: str
    journal: list[Record]
    past: Past
    since: dict[tuple[str, str], Record] = field(default_factory=dict)  # the first own line of each cell
    last: dict[tuple[str, str, str], Record] = field(
        default_factory=dict
    )  # the last line that gave it this value

    @classmethod
    def of(cls, book: Book, name: str) -> Remembered:
        """Read the Journal, the memory and the last refresh of a copy."""
        on, by = plain(book.read_name("Recoup_RefreshedOn")), plain(book.read_name("Recoup_RefreshedBy"))
        refreshed = f"last refreshed {on} by {by}" if on and by else "never refreshed"
        lines = book.read_table("Journal").records()
        journal = by_time([{h: line.get(h) for h in JOURNAL.headers} for line in lines])
        last = {(*_cell_of(line), plain(line.get("To"))): line for line in journal}
        return cls(name, refreshed, journal, Past.of(book), last=last)

    def part_from(self, other: Remembered) -> None:
        """Tell the lines of the Journal that the other copy has not."""
        for line in add_lines(other.journal, self.journal):
            self.since.setdefault(_cell_of(line), line)

    def before(self, shared: Shared, row: Record, header: str) -> Before:
        """How a cell was when the copies parted, as this one remembers it."""
        for told in names_of(shared, row, header):
            if told in self.since:
                return plain(self.since[told].get("From"))
        saw = self.past.saw(shared.name, row, header)
        return UNKNOWN if saw is None else saw

    def told_by(self, shared: Shared, row: Record | None, header: str, value: Cell) -> str:
        """Who typed a value and when, as far as it is known."""
        row = row or {}
        lines = [self.last.get((*told, plain(value))) for told in names_of(shared, row, header)]
        for line in filter(None, lines):
            return f"{plain(line.get('Who'))}, {plain(line.get('When'))}"
        who = plain(row.get(DECIDED.get(shared.name, "")))
        return f"{f'{who}, ' if who else ''}{self.name} ({self.refreshed})"


def common_past(mine: Remembered, theirs: Remembered, shared: Shared, row: Record, header: str) -> Before:
    """How a cell was before the copies parted, when they agree or only one knows."""
    known = [x for x in (side.before(shared, row, header) for side in (mine, theirs)) if x is not UNKNOWN]
    return known[0] if known and len({plain(x) for x in known}) == 1 else UNKNOWN  # type: ignore[arg-type]


def by_time(lines: Sequence[Record]) -> list[Record]:
    """Lines in the order of `When`; one without a time stays behind the line above it."""
    keyed, last = [], ""
    for line in lines:
        last = plain(line.get("When")) or last
        keyed.append((last, line))
    return [line for _, line in sorted(keyed, key=lambda x: x[0])]


def _cell_of(line: Record) -> tuple[str, str]:
    return plain(line.get("Claim ID")), plain(line.get("Field"))
