"""The Journal, line by line, and taking back one change of a person.

Decisions:
- Only a cell that belongs to people can be put back, and only while it holds what the line says it was changed to.
- Taking back is a change of its own: its line says `undo of ID` under `Run`. A line is taken back once; to have the
  change again, the undo is undone.
- A stage to or from Draft is taken back with what was written on that row in the same run by filing it: Amazon's case
  id, day and person, the day to look again, units and value. A cell of these that says something else now stays.
- A line that added or emptied a whole row is not taken back: the row may hold more than that by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ..books.base import Book
from ..cases import BEYOND_DRAFT
from ..memory import plain
from ..model import Cell, Formula, Record, RecoupError
from ..run import Run
from ..sheets import CASES, CLAIMS, NOT_CLAIMED, TABLES
from ._memory import Noted, Past
from ._past import by_time
from ._rows import ROW
from ._tables import LAYOUTS, RECORD_TABS, Place, names_of, places, read_shared, write_cells

UNDO_OF = "undo of "
FILING = ("Amazon case ID", "Filed on", "Filed by", "Follow up on", "Units filed", "Value filed")
_COMPUTED = {c.header for t in (CLAIMS, CASES, NOT_CLAIMED) for c in t.columns if c.owner == "recoup"}


def newest_lines(book: Book, claim: str = "", last: int | None = None) -> list[Record]:
    """Lines of the Journal, newest first; of one claim where it is named."""
    lines = [
        r for r in by_time(book.read_table("Journal").records()) if claim in ("", plain(r.get("Claim ID")))
    ]
    return lines[::-1][:last]


@dataclass(frozen=True, slots=True)
class Undone:
    """The line that tells an undo, and those of what was taken back ``with_it``."""

    line: Record
    with_it: list[Record] = field(default_factory=list)


def undo(book: Book, line_id: str, run: Run) -> Undone:
    """Put back what one line of the Journal changed; the caller saves. Returns the lines that say so.

    Raises RecoupError when the line cannot be taken back, and says why.
    """
    lines = book.read_table("Journal").records()
    line = _line(book, lines, line_id)
    place = _place(book, line)
    now, to = plain(place.cell), plain(line.get("To"))
    if now != to:
        raise RecoupError(
            f"{_said(line)} says {now or 'nothing'!r} now, not {to or 'nothing'!r} as line {line_id} left it: it was "
            "changed since; change it by hand, or undo the newer line first. Nothing was changed."
        )
    taken = [(line, place), *_filed_with(lines, line, place)]
    before = {p.header: _typed(plain(x.get("From")), p) for x, p in taken}
    write_cells(book, place.shared, {place.row: before})
    told: list[Record] = []
    for other, _ in taken:
        told.append(_told(other, _fresh_id([*lines, *told], run), run))
    book.append_rows("Journal", told)
    noted, row = Noted(), place.shared.content.rows[place.row]
    noted.edited(place.shared.name, row, before)
    noted.written(place.shared.name, row, before, Past.of(book))
    noted.write(book)
    return Undone(told[0], told[1:])


def _told(line: Record, new_id: str, run: Run) -> Record:
    """The line that says that another was taken back."""
    return {
        "ID": new_id,
        "When": run.when,
        "Who": run.who,
        "Run": f"{UNDO_OF}{plain(line.get('ID'))}",
        "Claim ID": line.get("Claim ID"),
        "Field": line.get("Field"),
        "From": plain(line.get("To")),
        "To": plain(line.get("From")),
    }


def _filed_with(lines: Sequence[Record], line: Record, place: Place) -> list[tuple[Record, Place]]:
    """Lines of the same run about what filing writes on the row, as long as its cells say what these lines left."""
    stages = {plain(line.get("From")) or "Draft", plain(line.get("To")) or "Draft"}
    if (
        place.shared.name != "Cases"
        or place.header != "Stage"
        or not ("Draft" in stages and stages & BEYOND_DRAFT)
    ):
        return []
    told = {plain(r.get("Run")) for r in lines}
    found: dict[str, tuple[Record, Place]] = {}
    for other in lines:
        there = replace(place, header=plain(other.get("Field")))
        alike = all(plain(other.get(h)) == plain(line.get(h)) for h in ("Claim ID", "When"))
        if alike and there.header in FILING and f"{UNDO_OF}{plain(other.get('ID'))}" not in told:
            found[there.header] = (other, there)
    return [
        (other, there)
        for other, there in found.values()
        if not isinstance(there.cell, Formula) and plain(there.cell) == plain(other.get("To"))
    ]


def _line(book: Book, lines: Sequence[Record], line_id: str) -> Record:
    """The line with that id, when it may be taken back."""
    name = book.path.name
    found = [r for r in lines if plain(r.get("ID")) == line_id]
    if not found:
        raise RecoupError(f"{name}: the Journal has no line {line_id!r}; `recoup journal {name}` lists them.")
    if len(found) > 1:
        raise RecoupError(
            f"{name}: {len(found)} lines of the Journal have the ID {line_id}; change the cell by hand. "
            "Nothing was changed."
        )
    by = next((r for r in lines if plain(r.get("Run")) == f"{UNDO_OF}{line_id}"), None)
    if by is not None:
        raise RecoupError(
            f"{name}: line {line_id} was undone already, by {plain(by.get('Who'))} on {plain(by.get('When'))}; to have "
            f"the change again, undo line {plain(by.get('ID'))}. Nothing was changed."
        )
    return found[0]


def _place(book: Book, line: Record) -> Place:
    """The one cell that a line is about."""
    claim, name = plain(line.get("Claim ID")), plain(line.get("Field"))
    if name in _COMPUTED:
        raise RecoupError(
            f"{_said(line)} is computed by Recoup and cannot be undone: change its cause (the reports, own records, "
            "Settings, or the stage of its case) and refresh. Nothing was changed."
        )
    if name.endswith(f": {ROW}"):
        raise RecoupError(
            f"Line {plain(line.get('ID'))} is about a whole row ({name.removesuffix(f': {ROW}')}): change it by hand. "
            "Nothing was changed."
        )
    found = [
        place
        for table in (*LAYOUTS, *RECORD_TABS)
        if (shared := read_shared(book, table)) is not None
        for place in places(shared)
        if (row := shared.content.rows[place.row]) is not None
        and (claim, name) in names_of(shared, row, place.header)
    ]
    if len(found) != 1:
        what = "is in no sheet any more" if not found else f"stands in {len(found)} rows"
        raise RecoupError(f"{_said(line)} {what}: change it by hand. Nothing was changed.")
    return found[0]


def _said(line: Record) -> str:
    claim, name = plain(line.get("Claim ID")), plain(line.get("Field"))
    return f"{name} of {claim}" if claim else name


def _typed(text: str, place: Place) -> Cell:
    """The text of a Journal line as the kind of cell it came from."""
    if not text or place.shared.is_tab:
        return text or None
    table = TABLES.get(place.shared.name)
    kind = next((c.kind for c in table.columns if c.header == place.header), "text") if table else "text"
    if kind in ("date", "datetime") or isinstance(place.cell, date):
        with suppress(ValueError):
            moment = datetime.fromisoformat(text)
            return moment if " " in text else moment.date()
    if kind in ("int", "number", "money", "percent") or isinstance(place.cell, (int, float)):
        with suppress(ValueError):
            return float(text)
    return text


def _fresh_id(lines: Sequence[Record], run: Run) -> str:
    taken, number = {plain(r.get("ID")) for r in lines}, 1
    while f"{run.name}-{number}" in taken:
        number += 1
    return f"{run.name}-{number}"
