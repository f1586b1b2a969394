"""The acts of people on claims and cases: cells written in their name, journalled, and remembered as seen.

Decisions:
- An act writes the people's cells as the person who runs the command, so that the next refresh does not take them for
  typed. What somebody typed there before and no refresh has found yet is journalled first.
- Suggestions and `Last change` are not journalled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from .books.base import Book, BookToRead
from .case_sheet import OWN_CELLS, OWN_KEY, PEOPLE, own_name, row_key
from .cases import Tracking, day, text
from .journal import Change, found_by, journal_rows, lines_of_run
from .memory import PEOPLE as DECIDED
from .memory import READ_TO, key_of, line, mark, plain, remember
from .model import Cell, Record, RecoupError, SourceRow
from .results import not_claimed_rows
from .run import Run
from .sheets import NOT_CLAIMED
from .shield import Block, Standing, grouped
from .workbook import Notebook, read_notebook

UNCHANGED = "Nothing was changed."
_LINE = ("What", "Key", "Field")
_JOURNALLED = ("Status", "Units filed", "Value filed")  # beside the people's cells


@dataclass(slots=True)
class Done:
    """What a command did, in sentences, and the case it was about."""

    said: list[str] = field(default_factory=list)
    case: str = ""


@dataclass(slots=True)
class Act:
    """Changes gathered for one save: cells by claim id, Journal lines and what memory takes note of."""

    book: Book
    run: Run
    notebook: Notebook
    changes: list[Change] = field(default_factory=list)
    claims: dict[str, Record] = field(default_factory=dict)
    cases: dict[str, Record] = field(default_factory=dict)
    noted: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def type_claim(self, key: str, cells: Mapping[str, Cell]) -> None:
        """Write people's and engine cells of a claim's row."""
        old, seen = self.notebook.known.claims[key], self.notebook.known.memory.get(key, {})
        self._note(key, cells, old, seen, DECIDED)
        self.claims.setdefault(key, {"Claim ID": key}).update(cells)

    def note_claim(self, key: str, facts: Mapping[str, str]) -> None:
        """Remember facts beside the people's cells of a claim."""
        self.noted[key] = facts

    def type_case(self, row: Record, cells: Mapping[str, Cell]) -> None:
        """Write cells of a case row."""
        key = row_key(row)
        self._note(own_name(row), cells, row, self.notebook.sheet.seen.get(key, {}), PEOPLE)
        self.cases.setdefault(key, {}).update(cells)

    def _note(
        self,
        name: str,
        cells: Mapping[str, Cell],
        old: Mapping[str, Cell],
        seen: Mapping[str, str],
        people: Sequence[str],
    ) -> None:
        for header, cell in cells.items():
            before = plain(old.get(header))
            if header in people and seen.get(header, "") != before:
                found = found_by(self.run.who)
                self.changes.append(Change(found, name, header, seen.get(header, ""), before))
            if before != plain(cell) and header in (*people, *_JOURNALLED):
                self.changes.append(Change(self.run.who, name, header, before, plain(cell)))

    def write(self) -> None:
        """Put everything into the book; the caller saves it."""
        notebook, memory = self.notebook, []
        for key, cells in self.claims.items():
            before = (notebook.written.get(key), notebook.known.memory.get(key))
            memory += _remembered("claim", key, cells, before, DECIDED, self.noted.get(key, {}))
        for key, cells in self.cases.items():
            before = (notebook.sheet.written.get(key), notebook.sheet.seen.get(key))
            memory += _remembered("case", key, cells, before, PEOPLE)
            if before[0] is None and key in notebook.sheet.by_key:
                memory += self._own_written(notebook.sheet.by_key[key], cells)
        if self.claims:
            self.book.patch_rows("Claims", ["Claim ID"], list(self.claims.values()))
        self._write_cases()
        self.book.patch_rows("RecoupMemory", _LINE, memory)
        after = lines_of_run(notebook.journal, self.run.name)
        rows = journal_rows(self.changes, run=self.run.name, when=self.run.when, after=after)
        self.book.append_rows("Journal", rows)

    def _own_written(self, row: Record, cells: Record) -> list[Record]:
        """Recoup's cells of a row that a person opened, by the key that it has then."""
        old = self.notebook.sheet.own_written.get(key_of(row, OWN_KEY), {})
        fresh = {h: mark("own", h, c) for h, c in cells.items() if h in OWN_CELLS}
        return [line("own", key_of({**row, **cells}, OWN_KEY), "written", {**old, **fresh})]

    def _write_cases(self) -> None:
        known = self.notebook.sheet.by_key
        new = [cells for key, cells in self.cases.items() if key not in known]
        for header in ("Claim ID", "Case", "Amazon case ID"):
            told = dict.fromkeys((header, "Case", "Claim ID"))
            rows = [
                {**{h: known[key].get(h) for h in told}, **cells}
                for key, cells in self.cases.items()
                if key in known and told_by(known[key]) == header
            ]
            if rows:
                self.book.patch_rows("Cases", [header] if header == "Claim ID" else list(told), rows)
        if new:
            self.book.append_rows("Cases", new)

    def restate(self, key: str, tracking: Tracking) -> None:
        """Let the status of a claim, and Not Claimed, say at once what a refresh would make of it."""
        (tracked,) = tracking.tracked
        cells: Record = {"Status": tracked.status, "Priority": None}
        if tracking.not_claimed:
            cells["Why"] = tracked.why
        self.type_claim(key, cells)
        rows = not_claimed_rows(tracking.not_claimed, self.notebook.not_claimed, self.run.as_of)
        if rows:
            self.book.patch_rows("NotClaimed", NOT_CLAIMED.key, rows)
            written = self.notebook.lines_written
            self.book.patch_rows("RecoupMemory", _LINE, remember(rows, {}, written, "line", NOT_CLAIMED.key))


def told_by(row: Mapping[str, Cell]) -> str:
    """The column that tells a row of Cases from the others."""
    return next(h for h in ("Claim ID", "Case", "Amazon case ID") if text(row.get(h)))


def _remembered(
    what: str,
    key: str,
    cells: Record,
    before: tuple[Mapping[str, str] | None, Mapping[str, str] | None],
    people: Sequence[str],
    noted: Mapping[str, str] = MappingProxyType({}),
) -> list[Record]:
    """Lines of RecoupMemory for cells that were written; ``before`` is what was written and seen until now."""
    written, seen = before
    engine = {h: mark(what, h, c) for h, c in cells.items() if h not in people}
    typed = {h: plain(c) for h, c in cells.items() if h in people} | dict(noted)
    lines = []
    if engine and (written is not None or "Kind" in cells):  # nothing of a row that is a person's own
        lines.append(line(what, key, "written", {**(written or {}), **engine}))
    if typed:
        lines.append(line(what, key, "seen", {**(seen or {}), **typed}))
    return lines


def standing_of(book: BookToRead, notebook: Notebook, on: date) -> Standing:
    known = notebook.known
    read_to = {k: day(seen.get(READ_TO)) for k, seen in known.memory.items()}
    return Standing(
        notebook.policy,
        on,
        known.claims,
        [*notebook.sheet.rows, *notebook.sheet.deleted.values()],
        grouped(book.read_table("Evidence").records()),
        grouped(notebook.not_claimed.values()),
        read_to,
    )


def find_claims(book: Book, claim_ids: Sequence[str]) -> tuple[Notebook, list[str]]:
    notebook = read_notebook(book)
    wanted = list(dict.fromkeys(c.strip() for c in claim_ids))
    for key in wanted:
        if key not in notebook.known.claims:
            raise RecoupError(
                f"{book.path.name}, sheet Claims: there is no claim {key}; copy the id from Claims. "
                f"{UNCHANGED}"
            )
    return notebook, wanted


def evidence_of(book: Book, claim_id: str) -> list[SourceRow]:
    """The rows that the evidence of a claim stands in."""
    found = []
    for row in book.read_table("Evidence").records():
        number = row.get("Row")
        if text(row.get("Claim ID")) == claim_id and isinstance(number, (int, float)):
            found.append(SourceRow(text(row.get("Sheet or file")), round(number)))
    return found


def refuse_typed(book: Book, notebook: Notebook, keys: Sequence[str]) -> None:
    for cell in notebook.typed:
        if cell.claim_id in keys:
            raise RecoupError(
                f"{book.path.name}, sheet Claims: {cell.header} of {cell.claim_id} was typed over; run "
                f"`recoup refresh {book.path.name}` first, which restores it. Nothing was changed."
            )


def refuse(what: str, blocks: Sequence[Block], remedy: str) -> None:
    if blocks:
        more = f" (and {len(blocks) - 1} more reason{'s' * (len(blocks) > 2)})" if len(blocks) > 1 else ""
        raise RecoupError(f"{what}: {blocks[0].sentence}{more}. {remedy}")


def refuse_later_day(book: Book, notebook: Notebook, run: Run) -> None:
    last = max((d for c in notebook.known.claims.values() if (d := day(c.get("Last seen")))), default=None)
    if last and last > run.as_of:
        raise RecoupError(
            f"{book.path.name} was refreshed as of {last}, later than {run.as_of}: refresh it again for that day, "
            f"or leave out --as-of. {UNCHANGED}"
        )
