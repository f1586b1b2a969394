"""What Recoup last wrote and last saw of each row people mark, kept on the very hidden sheet `_Recoup`.

One line per row of Claims and Not Claimed holds what Recoup wrote: the facts that tell the claim as they were, of every
other cell a short fingerprint, so that a cell somebody overtyped is found. Of Cases, which are few, all cells are kept
as they were. A second line holds the people's cells as they were last seen, so that a typed change is found and
journalled, and a deleted row is missed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from .books.alike_cells import once_each
from .model import Cell, Formula, Record
from .sheets import CASES, CLAIMS, NOT_CLAIMED

PEOPLE = ("Decision", "Decided by", "Decision note")
READ_TO = "read to"  # beside the people's cells: how far the reports were read that could refute the claim
FACTS = frozenset(
    {
        *("Kind", "Status", "SKU", "FNSKU", "ASIN", "Order ID", "Shipment ID", "Removal order ID"),
        *("Reference ID", "Event date", "Units", "Why"),
    }
)
_AS_JSON = json.JSONEncoder(sort_keys=True).encode
_NOT_WRITTEN = Formula("")
VALUE = "="  # before a fact; a fingerprint has none
KEPT = {  # what a line is about -> the columns kept as they were
    "claim": FACTS,
    "line": FACTS,
    "case": frozenset(CASES.headers) - frozenset(CASES.people),
    "own": frozenset(CASES.headers),  # a row of Cases that a person opened
}
_KINDS = {c.header: c.kind for t in (CLAIMS, NOT_CLAIMED, CASES) for c in t.columns}


def plain(cell: Cell) -> str:
    """One spelling per value, whichever engine read the cell: 3 and 3.0 are "3", a day is ISO text."""
    if isinstance(cell, str):
        return cell.strip().replace("\r\n", "\n")
    if cell is None or isinstance(cell, Formula):
        return ""
    if isinstance(cell, datetime):
        at_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if at_midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, bool) else f"{cell:.6f}".rstrip("0").rstrip(".")


def fingerprint(cell: Cell) -> str:
    """Eight hexadecimal digits of a cell's value."""
    return f"{zlib.crc32(plain(cell).encode()):08x}"


def remembered(header: str, marked: str) -> Cell:
    """The fact that a mark of memory holds, "" for a blank one; None for a bare fingerprint."""
    if not marked.startswith(VALUE):
        return None
    return typed_value(header, marked.removeprefix(VALUE))


def typed_value(header: str, value: str) -> Cell:
    """A value as its column holds it: a day, a number or text; text where it is neither."""
    kind = _KINDS.get(header, "text")
    try:
        if kind == "date" and value:
            return date.fromisoformat(value)
        return float(value) if kind in ("int", "number", "money") and value else value
    except ValueError:
        return value


def mark(what: str, header: str, cell: Cell) -> str:
    """How a cell that Recoup wrote is remembered: as it was, or by its fingerprint."""
    return VALUE + plain(cell) if header in KEPT[what] else fingerprint(cell)


def remember(
    rows: Sequence[Record],
    people: Mapping[str, Mapping[str, str]],
    before: Mapping[str, Mapping[str, str]],
    what: str = "claim",
    key: Sequence[str] = ("Claim ID",),
) -> list[Record]:
    """Lines for the table RecoupMemory: what was written per row, and what people's cells said.

    What is not written anew stays remembered from ``before``.
    """
    lines: list[Record] = []
    names = [key_of(row, key) for row in rows]
    for name, written in zip(names, _written(what, rows, [before.get(n, {}) for n in names]), strict=True):
        lines.append({"What": what, "Key": name, "Field": "written", "Value": written})
        seen = {h: v for h, v in people.get(name, {}).items() if v}
        if seen:
            lines.append(line(what, name, "seen", seen))
    return lines


def _written(what: str, rows: Sequence[Record], before: Sequence[Mapping[str, str]]) -> list[str]:
    """What ``_told`` gives for the marks of each row, made column by column: many cells say the same."""
    kept = {place: marks for place, marks in enumerate(before) if marks}
    columns = [_column(what, h, rows, kept) for h in sorted(set().union(*rows, *before))]
    return ["{" + ", ".join(filter(None, row)) + "}" for row in zip(*columns, strict=True)]


def _column(
    what: str, header: str, rows: Sequence[Record], kept: Mapping[int, Mapping[str, str]]
) -> list[str]:
    """The entry of each row, "" for none: of a cell that is not written, or by a formula, the one it had before."""
    head = f"{_AS_JSON(header)}: "

    def told(cell: Cell) -> str:
        return "" if isinstance(cell, Formula) else head + _AS_JSON(mark(what, header, cell))

    entries = once_each([row.get(header, _NOT_WRITTEN) for row in rows], told)
    for place, marks in kept.items():
        if not entries[place] and marks.get(header):
            entries[place] = head + _AS_JSON(marks[header])
    return entries


def key_of(row: Mapping[str, Cell], key: Sequence[str]) -> str:
    """The key of a row as one text."""
    return " | ".join(plain(row.get(header)) for header in key)


def line(what: str, key: str, said: str, cells: Mapping[str, str]) -> Record:
    """One line of RecoupMemory about a row: ``said`` is written or seen."""
    return {"What": what, "Key": key, "Field": said, "Value": _told(cells)}


def recall(
    lines: Sequence[Record], what: str = "claim"
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """(what was written by row and header, people's cells as last seen by row)."""
    written: dict[str, dict[str, str]] = {}
    seen: dict[str, dict[str, str]] = {}
    for entry in lines:
        target = {"written": written, "seen": seen}.get(plain(entry.get("Field")))
        if plain(entry.get("What")) == what and target is not None:
            try:
                target[plain(entry.get("Key"))] = json.loads(plain(entry.get("Value")) or "{}")
            except json.JSONDecodeError:
                continue  # a damaged line is forgotten: it costs a journal entry, never a claim
    return written, seen


def overtyped(row: Mapping[str, Cell], written: Mapping[str, str]) -> list[str]:
    """The headers whose cells are no longer what Recoup wrote."""
    return [
        h
        for h, marked in written.items()
        if h in row
        and not isinstance(row[h], Formula)
        and (VALUE + plain(row[h]) if marked.startswith(VALUE) else fingerprint(row[h])) != marked
    ]


def adopt(
    lines: Mapping[int, Record], fresh: Mapping[tuple[str, str, str], Mapping[str, str]]
) -> tuple[dict[int, Record], list[Record]]:
    """Let cells count as seen, or as written, that a command wrote and journalled; a blank one is forgotten.

    ``lines`` are those of RecoupMemory by row, ``fresh`` cells by what a line is about, its key, and seen or written.
    Gives the cells to edit there, and the lines to add.
    """
    edits: dict[int, Record] = {}
    left = dict(fresh)
    for number, entry in lines.items():
        what, key, said = (plain(entry.get(h)) for h in ("What", "Key", "Field"))
        if (what, key, said) in left:
            written, seen = recall([entry], what)
            old = written if said == "written" else seen
            edits[number] = {"Value": _told({**old.get(key, {}), **left.pop((what, key, said))})}
    added = [line(*told, cells) for told, cells in left.items()]
    return edits, added


def _told(cells: Mapping[str, str]) -> str:
    return _AS_JSON({h: v for h, v in cells.items() if v})
