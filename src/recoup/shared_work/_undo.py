"""The Journal, line by line, and taking back one change of a person.

Decisions:
- Only a cell that belongs to people can be put back, and only while it holds what the line says it was changed to.
- Taking back is a change of its own: its line says `undo of ID` under `Run`. A line is taken back once; to have the
  change again, the undo is undone.
- A stage to or from Draft is taken back with what was written on that row in the same run by filing it: Amazon's case
  id, day and person, the day to look again, units and value. A cell of these that says something else now stays.
- A line that added or emptied a whole row is not taken back: the row may hold more than that by now.
- What a command did last are the cells of people that it wrote; what Recoup computed from them follows at the next
  refresh. A draft stays on Cases, and is to be closed, as after clearing the Decision by hand.
- Where the newest change is none of these, nothing older is taken back instead of it: it may be a colleague's. Frozen
  functions are passed over, for no cell of people changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import NoReturn

from ..books.base import Book
from ..case_sheet import row_key
from ..cases import BEYOND_DRAFT, stage_of
from ..journal import FROZEN, is_typed
from ..memory import plain
from ..model import Cell, Formula, Record, RecoupError
from ..reconciliation import SUGGESTED
from ..results import TAKEN_BACK
from ..run import Run
from ..sheets import CASES, CLAIMS, NOT_CLAIMED, TABLES
from ._memory import Noted, Past
from ._past import by_time
from ._rows import ROW
from ._tables import CLAIM, LAYOUTS, RECORD_TABS, Place, Shared, names_of, places, read_shared, write_cells

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
    (done,) = undo_lines(book, [line_id], run)
    return done


def undo_lines(book: Book, line_ids: Sequence[str], run: Run) -> list[Undone]:
    """Put back what lines of the Journal changed, in this order; the caller saves, unless one of them raises."""
    undoing, done = _Undoing(book, run), list[Undone]()
    for line_id in line_ids:
        if not any(plain(x.get("Run")) == f"{UNDO_OF}{line_id}" for one in done for x in one.with_it):
            done.append(undoing.take_back(line_id))
    undoing.write()
    return done


def last_act(book: Book) -> list[str]:
    """The lines of the newest run that were not taken back yet and can be, newest first.

    Raises RecoupError when there is none, when that change was typed by hand, computed by Recoup, or a new draft.
    """
    lines = [r for r in newest_lines(book) if not _is_frozen(r)]
    undone = {plain(r.get("Run")).removeprefix(UNDO_OF) for r in lines if _is_undo(r)}
    for of_run in _runs(lines):
        acts = [plain(r.get("ID")) for r in of_run if _is_act(r)]
        if left := [i for i in acts if i not in undone]:
            return left
        if not acts and (stands := [r for r in of_run if plain(r.get("ID")) not in undone]):
            _refuse_last(book, stands)
    raise RecoupError(f"{book.path.name}: the Journal holds nothing to take back. Nothing was changed.")


def _runs(lines: Sequence[Record]) -> list[list[Record]]:
    """The lines of each run; one that was undone and is in force again stands there as the undo of its undo."""
    by_id, runs = {plain(r.get("ID")): r for r in lines}, dict[str, list[Record]]()
    for line in lines:
        origin, undos = line, 0
        while _is_undo(origin) and undos < len(lines):
            origin, undos = by_id.get(plain(origin.get("Run")).removeprefix(UNDO_OF), {}), undos + 1
        if undos % 2 == 0:
            runs.setdefault(plain(origin.get("Run")), []).append(line)
    return list(runs.values())


def _is_undo(line: Record) -> bool:
    return plain(line.get("Run")).startswith(UNDO_OF)


def _is_frozen(line: Record) -> bool:
    return plain(line.get("Field")).startswith(FROZEN)


def _is_act(line: Record) -> bool:
    """Whether a command wrote a cell of people; a new row of Cases is a draft, and stays."""
    name = plain(line.get("Field"))
    opened = name == "Stage" and not plain(line.get("From")) and plain(line.get("To")) == "Draft"
    return not (opened or is_typed(line) or name in _COMPUTED or name.endswith(f": {ROW}"))


def _refuse_last(book: Book, lines: Sequence[Record]) -> NoReturn:
    """Say why the newest change is none that can be taken back."""
    name = book.path.name
    for line in filter(is_typed, lines):
        raise RecoupError(
            f"{name}: what changed last, {_said(line)}, was typed by hand, not by Recoup; change it by hand, "
            "or choose a line of the Journal to undo. Nothing was changed."
        )
    for line in lines:
        _refuse_uncertain(line)
    claim = plain(lines[0].get("Claim ID"))
    raise RecoupError(
        f"{name}: what was done last is a draft for {claim}, and a draft stays on Cases; close it with `recoup record "
        f"{name} {claim} --stage Closed --note WHY`, or choose a line of the Journal to undo. Nothing was changed."
    )


class _Undoing:
    """Takes lines back one after the other; every table is read once."""

    def __init__(self, book: Book, run: Run) -> None:
        self._book, self._run = book, run
        self._lines = book.read_table("Journal").records()
        self._past, self._noted = Past.of(book), Noted()
        self._told: list[Record] = []

    @cached_property
    def _tables(self) -> dict[str, Shared]:
        found = ((name, read_shared(self._book, name)) for name in (*LAYOUTS, *RECORD_TABS))
        return {name: shared for name, shared in found if shared is not None}

    @cached_property
    def _places(self) -> dict[tuple[str, str], list[Place]]:
        """The cells of people by what a line of the Journal calls them."""
        found: dict[tuple[str, str], list[Place]] = {}
        for shared in self._tables.values():
            for place in places(shared):
                row = shared.content.rows[place.row]
                for name in set(names_of(shared, row, place.header)) if row is not None else ():
                    found.setdefault(name, []).append(place)
        return found

    def take_back(self, line_id: str) -> Undone:
        """Put the cells of a line back. Raises RecoupError."""
        line = _line(self._book, self._lines, line_id)
        place = self._place(line)
        now, to = plain(place.cell), plain(line.get("To"))
        if now != to:
            raise RecoupError(
                f"{_said(line)} says {now or 'nothing'!r} now, not {to or 'nothing'!r} as line {line_id} left it: it "
                "was changed since; change it by hand, or undo the newer line first. Nothing was changed."
            )
        taken = [(line, place), *_filed_with(self._lines, line, place)]
        before = {p.header: _typed(plain(x.get("From")), p) for x, p in taken}
        self._put(place.shared, place.row, before)
        if place.shared.name == "Claims" and place.header == "Decision" and to == "Take up":
            self._suggest_closing(plain(line.get("Claim ID")))
        told = [self._tell(other) for other, _ in taken]
        return Undone(told[0], told[1:])

    def _put(self, shared: Shared, index: int, cells: Record) -> None:
        row = shared.content.rows[index] or {}
        write_cells(self._book, shared, {index: cells})
        self._noted.edited(shared.name, row, cells)
        self._noted.written(shared.name, row, cells, self._past)
        row.update(cells)

    def _suggest_closing(self, claim_id: str) -> None:
        """What a refresh says of a draft whose Decision was cleared; by that it knows it later."""
        cases = self._tables["Cases"]
        for index, row in enumerate(cases.content.rows):
            known = row is not None and row_key(row) in self._past.written["case"]
            if row and known and plain(row.get(CLAIM)) == claim_id and stage_of(row) == "Draft":
                self._put(cases, index, dict(zip(SUGGESTED, TAKEN_BACK, strict=True)))

    def _tell(self, line: Record) -> Record:
        told = _told(line, _fresh_id(self._lines, self._run), self._run)
        self._lines.append(told)
        self._told.append(told)
        return told

    def write(self) -> None:
        """Tell the Journal and memory."""
        self._book.append_rows("Journal", self._told)
        self._noted.write(self._book)

    def _place(self, line: Record) -> Place:
        """The one cell that a line is about."""
        _refuse_uncertain(line)
        found = self._places.get((plain(line.get("Claim ID")), plain(line.get("Field"))), [])
        if len(found) != 1:
            what = "is in no sheet any more" if not found else f"stands in {len(found)} rows"
            raise RecoupError(f"{_said(line)} {what}: change it by hand. Nothing was changed.")
        return found[0]


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


def _refuse_uncertain(line: Record) -> None:
    """Raise RecoupError for what no line can bring back: what Recoup computes, and whole rows."""
    name = plain(line.get("Field"))
    if _is_frozen(line):
        raise RecoupError(
            f"{name} became values: copy the formulas from the backup that was made just before, "
            f"{plain(line.get('When'))}. Nothing was changed."
        )
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
