"""The sheet Cases as people left it, against what Recoup remembers of it: typed changes, deleted and copied rows.

Decisions:
- A row is told by its claim id; one that a person opened without a claim id by `Case`, else by `Amazon case ID`. Of
  several rows with one claim id the first counts.
- A row that was filed and is gone still counts as it was last seen, so that its claim is not filed again: it is asked
  for on Checks at every refresh until a row with that claim id is back. Drafts, and rows without a claim, may go.
- Rows of no claim of Recoup's are a person's own: Recoup writes the figures of payments it found and the next step
  there, remembers those cells as it wrote them, and leaves all others alone.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .books.base import Book
from .case_log import CaseLog, read_log
from .cases import BEYOND_DRAFT, stage_of, text
from .journal import Change, found_by, seen_changes
from .memory import key_of, line, plain, recall, remember, typed_value
from .model import Cell, Problem, Record
from .sheets import CASES, TABLES
from .stages import wrong_step
from .typed_over import Typed, find_typed, put_back

PEOPLE = tuple(CASES.people)
OWN_KEY = (  # of rows that people opened themselves
    *(
        "Case",
        "Claim ID",
        "SKU",
        "FNSKU",
        "ASIN",
        "Order ID",
        "Shipment ID",
        "Reference ID",
        "Amazon case ID",
    ),
)
OWN_CELLS = ("Suggested next step", "Last change")  # that Recoup writes on all of them
SKIPPED = "skipped"  # remembered beside the people's cells: the step that was typed and may not be


@dataclass(slots=True)
class CaseSheet:
    """The rows of Cases in their order, the first of each key by it, and what was written and seen before."""

    rows: list[Record] = field(default_factory=list)
    by_key: dict[str, Record] = field(default_factory=dict)
    written: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)
    typed: list[Typed] = field(default_factory=list)
    own_written: dict[str, dict[str, str]] = field(default_factory=dict)
    own_typed: list[Typed] = field(default_factory=list)
    deleted: dict[str, Record] = field(default_factory=dict)
    log: CaseLog = field(default_factory=CaseLog)

    @property
    def by_claim(self) -> dict[str, Record]:
        """Rows by claim id, deleted filed ones as they were last seen."""
        found = {text(r.get("Claim ID")): r for r in self.by_key.values() if text(r.get("Claim ID"))}
        return {**self.deleted, **found}

    def own(self, claims: Container[str]) -> dict[str, Record]:
        """The rows that people opened, by their own key: those with a name that are of none of ``claims``."""
        found: dict[str, Record] = {}
        for row in self.rows:
            if (key := row_key(row)) and key not in self.written and text(row.get("Claim ID")) not in claims:
                found.setdefault(key_of(row, OWN_KEY), row)
        return found


def row_key(row: Record) -> str:
    """What tells a row of Cases from the others; "" for a row that says none of it."""
    for header in ("Claim ID", "Case", "Amazon case ID"):
        if text(row.get(header)):
            return text(row[header]) if header == "Claim ID" else f"{header} {plain(row[header])}"
    return ""


def own_key(row: Mapping[str, Cell]) -> tuple[str, ...]:
    """What tells a row that a person opened from others of its case."""
    return tuple(plain(row.get(h)) for h in OWN_KEY)


def own_name(row: Mapping[str, Cell]) -> str:
    """What Evidence and Journal call a row that a person opened: its claim id as typed, else its case."""
    return text(row.get("Claim ID")) or text(row.get("Case")) or plain(row.get("Amazon case ID"))


def read_cases(rows: Sequence[Record], log: Sequence[Record], memory: Sequence[Record]) -> CaseSheet:
    """The sheet as it stands, engine cells that were typed over put right."""
    written, seen = recall(memory, "case")
    sheet = CaseSheet(written=written, seen=seen, own_written=recall(memory, "own")[0])
    rows = _own_put_back(rows, sheet)
    for row in rows:
        if key := row_key(row):
            sheet.by_key.setdefault(key, row)
    sheet.typed = find_typed(sheet.by_key, written, CASES.sheet)
    first = {id(row): key for key, row in sheet.by_key.items()}
    put_back(sheet.by_key, sheet.typed, written)
    sheet.rows = [sheet.by_key[first[id(row)]] if id(row) in first else row for row in rows]
    for key, cells in written.items():
        row = _as_seen(cells, seen.get(key, {}))
        if key not in sheet.by_key and stage_of(row) in BEYOND_DRAFT:
            sheet.deleted[key] = row
    sheet.log = read_log(log, [*sheet.rows, *sheet.deleted.values()])
    return sheet


def _own_put_back(rows: Sequence[Record], sheet: CaseSheet) -> list[Record]:
    """The rows, with what Recoup wrote on those that people opened put right."""
    own: dict[str, Record] = {}
    for row in rows:
        if row_key(row) not in sheet.written:
            own.setdefault(key_of(row, OWN_KEY), row)
    found = find_typed(own, sheet.own_written, CASES.sheet)
    sheet.own_typed = [replace(t, claim_id=own_name(own[t.key])) for t in found]
    right = dict(own)
    put_back(right, sheet.own_typed, sheet.own_written)
    first = {id(row): right[key] for key, row in own.items()}
    return [first.get(id(row), row) for row in rows]


def _as_seen(written: Mapping[str, str], seen: Mapping[str, str]) -> Record:
    row: Record = {h: typed_value(h, mark.removeprefix("=")) for h, mark in written.items()}
    return row | {h: typed_value(h, value) for h, value in seen.items() if h in PEOPLE}


def typed_changes(sheet: CaseSheet, who: str) -> list[Change]:
    """What people typed into their columns since the last refresh, and the filed rows they deleted."""
    changes: list[Change] = []
    for key, row in sheet.by_key.items():
        changes += seen_changes(own_name(row), sheet.seen.get(key, {}), row, PEOPLE, who)
    for key in sheet.deleted:
        if "deleted" not in sheet.seen.get(key, {}):
            stage = sheet.seen.get(key, {}).get("Stage", "")
            changes.append(Change(found_by(who), key, "case row", stage, "deleted"))
    return changes


def remembered_cases(sheet: CaseSheet, written: Sequence[Record], opened: Sequence[Record]) -> list[Record]:
    """Lines of RecoupMemory about Cases: ``written`` are the cells of rows that were there, ``opened`` new rows."""
    by_key = {plain(r["Claim ID"]): r for r in written}
    own = [r for k, r in by_key.items() if k in sheet.by_key]
    own += [{"Claim ID": k} for k in sheet.by_key if k not in by_key and k in sheet.written]
    people = {
        k: {h: plain(r.get(h)) for h in PEOPLE} | _skipped(k, r, sheet) for k, r in sheet.by_key.items()
    }
    people |= {plain(r["Claim ID"]): {"Stage": plain(r["Stage"])} for r in opened}
    engine = [{h: c for h, c in r.items() if h not in PEOPLE} for r in opened]
    lines = remember([*own, *engine], people, sheet.written, "case")
    known = {plain(entry["Key"]) for entry in lines}
    for key, cells in people.items():
        if key not in known and any(cells.values()):  # a row that a person opened
            lines.append(line("case", key, "seen", {h: c for h, c in cells.items() if c}))
    for key in sheet.deleted:
        lines.append(line("case", key, "written", sheet.written[key]))
        lines.append(line("case", key, "seen", {**sheet.seen.get(key, {}), "deleted": "yes"}))
    return lines


def _skipped(key: str, row: Record, sheet: CaseSheet) -> dict[str, str]:
    step = skipped_step(key, row, sheet)
    return {SKIPPED: step} if step else {}


def skipped_step(key: str, row: Record, sheet: CaseSheet) -> str:
    """The last typed step of a row that may not be taken, "" when there is none; kept until the next step."""
    before, now = sheet.seen.get(key, {}), stage_of(row)
    if key not in sheet.seen:
        return ""
    was = before.get("Stage", "") or "Draft"
    return before.get(SKIPPED, "") if was == now else wrong_step(was, now)


def copied_tabs(book: Book) -> list[Problem]:
    """Copies of tabs that people mark: Recoup reads and writes the first one only."""
    found = []
    for name, headers in book.tables().items():
        for table in (TABLES["Claims"], TABLES["Cases"]):
            if name not in TABLES and set(table.headers) <= set(headers):
                what = f"this tab is a copy of {table.sheet}: nothing typed here counts"
                remedy = f"Move what was typed here to {table.sheet}, then delete the copy."
                found.append(Problem("warning", book.sheet_of(name), what, remedy))
    return found
