"""What `_Recoup` notes when a merge or an undo writes cells of people: journalled already, they count as seen.

Decisions:
- A row that only THEIRS has is remembered as THEIRS wrote it. All that people typed in it stands in the Journal.
- A stage that comes from THEIRS was a wrong step where it was one there, whatever MINE's stage was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..books.base import Book
from ..case_sheet import OWN_KEY, SKIPPED, row_key
from ..case_sheet import PEOPLE as CASE_PEOPLE
from ..cases import stage_of
from ..memory import PEOPLE, adopt, key_of, mark, plain, recall
from ..model import Record
from ..sheets import NOT_CLAIMED
from ..stages import wrong_step

Key = Callable[[Record], str]
TABLES: dict[
    str, tuple[str, Key, tuple[str, ...]]
] = {  # what a line is about, its key, people's cells that are seen
    "Claims": ("claim", lambda row: plain(row.get("Claim ID")), PEOPLE),
    "NotClaimed": ("line", lambda row: key_of(row, NOT_CLAIMED.key), ()),
    "Cases": ("case", row_key, CASE_PEOPLE),
}
OWN = "own"  # what a line is about that remembers Recoup's cells of a row of Cases that a person opened


@dataclass(slots=True)
class Past:
    """What one copy remembers of the rows that people mark, by what a line is about and by key."""

    written: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    seen: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book) -> Past:
        """Read it."""
        past, lines = cls(), book.read_table("RecoupMemory").records()
        for what in (*(what for what, _, _ in TABLES.values()), OWN):
            past.written[what], past.seen[what] = recall(lines, what)
        return past

    def saw(self, table: str, row: Record, header: str) -> str | None:
        """What a cell of people said when the last refresh looked; None where it did not."""
        if table not in TABLES or header not in TABLES[table][2]:
            return None
        what, key_in, _ = TABLES[table]
        key = key_in(row)
        known = key in self.written[what] or key in self.seen[what]
        return self.seen[what].get(key, {}).get(header, "") if known else None


@dataclass(slots=True)
class Noted:
    """Cells to be remembered: by what a line is about, the key of a row, and seen or written."""

    cells: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)

    def edited(self, table: str, row: Record, now: Record, theirs: Past | None = None) -> None:
        """Cells of a row that is there were written; ``theirs`` remembers where they come from."""
        if table not in TABLES:
            return
        what, key_in, people = TABLES[table]
        after = {**row, **now}
        key = key_in(after)
        seen = {h: plain(c) for h, c in now.items() if h in people}
        if key != key_in(
            row
        ):  # what tells a row of their own was changed: nothing is remembered under that yet
            seen = {h: plain(after.get(h)) for h in people}
        if "Stage" in seen:
            seen[SKIPPED] = _skipped(theirs, key, after)
        self._note(what, key, "seen", seen)
        for about, row_is in ((what, key), *_as_own(table, after)):
            ours = {h: mark(about, h, c) for h, c in now.items() if h in _written(theirs, about, row_is)}
            self._note(about, row_is, "written", ours)

    def written(self, table: str, row: Record, now: Record, past: Past) -> None:
        """Cells that Recoup wrote were written again; those that it does not remember are not its own."""
        if table in TABLES:
            what, key_in, _ = TABLES[table]
            key = key_in(row)
            self._note(
                what,
                key,
                "written",
                {h: mark(what, h, c) for h, c in now.items() if h in _written(past, what, key)},
            )

    def added(self, table: str, row: Record, theirs: Past) -> None:
        """A row that only THEIRS has was added."""
        if table not in TABLES:
            return
        what, key_in, people = TABLES[table]
        key = key_in(row)
        beside = {"deleted": "", **theirs.seen[what].get(key, {})}
        seen = {**beside, **{h: plain(row.get(h)) for h in people}}
        if "Stage" in people:
            seen[SKIPPED] = _skipped(theirs, key, row)
        self._note(what, key, "seen", seen)
        for about, row_is in ((what, key), *_as_own(table, row)):
            self._note(about, row_is, "written", theirs.written[about].get(row_is, {}))

    def _note(self, what: str, key: str, said: str, cells: dict[str, str]) -> None:
        if cells and key:
            self.cells.setdefault((what, key, said), {}).update(cells)

    def write(self, book: Book) -> None:
        """Put it into `_Recoup`; the caller saves."""
        if not self.cells:
            return
        found = book.read_table("RecoupMemory")
        edits, added = adopt(dict(zip(found.numbers, found.records(), strict=True)), self.cells)
        book.edit_rows("RecoupMemory", edits)
        book.append_rows("RecoupMemory", added)


def _as_own(table: str, row: Record) -> list[tuple[str, str]]:
    """What Recoup's cells of a row that a person opened are remembered by."""
    return [(OWN, key_of(row, OWN_KEY))] if table == "Cases" else []


def _written(past: Past | None, what: str, key: str) -> Iterable[str]:
    return past.written[what].get(key, {}) if past else ()


def _skipped(theirs: Past | None, key: str, row: Record) -> str:
    """The step that may not be taken, as the copy knows it that the stage comes from; an undo takes it back."""
    if theirs is None or key not in theirs.seen["case"]:
        return ""
    seen = theirs.seen["case"][key]
    was, now = seen.get("Stage", "") or "Draft", stage_of(row)
    return seen.get(SKIPPED, "") if was == now else wrong_step(was, now)
