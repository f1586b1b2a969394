"""What Recoup last wrote and last saw of each claim row, kept on the very hidden sheet `_Recoup`.

One line per claim holds what Recoup wrote: the facts that tell the claim as they were, of every other cell a short
fingerprint, so that a cell somebody overtyped is found. A second holds the people's cells as they were last seen, so
that a typed change is found and journalled.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from .model import Cell, Formula, Record

PEOPLE = ("Decision", "Decided by", "Decision note")
FACTS = frozenset(
    {
        *("Kind", "Status", "SKU", "FNSKU", "ASIN", "Order ID", "Shipment ID", "Removal order ID"),
        *("Reference ID", "Event date", "Units", "Why"),
    }
)
VALUE = "="  # before a fact; a fingerprint has none


def plain(cell: Cell) -> str:
    """One spelling per value, whichever engine read the cell: 3 and 3.0 are "3", a day is ISO text."""
    if isinstance(cell, Formula):
        return ""
    if isinstance(cell, datetime):
        at_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if at_midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell)
    if isinstance(cell, (int, float)):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return cell.strip().replace("\r\n", "\n")


def fingerprint(cell: Cell) -> str:
    """Eight hexadecimal digits of a cell's value."""
    return f"{zlib.crc32(plain(cell).encode()):08x}"


def remembered(header: str, mark: str) -> Cell:
    """The fact that a mark of memory holds, "" for a blank one; None for a bare fingerprint."""
    if not mark.startswith(VALUE):
        return None
    value = mark.removeprefix(VALUE)
    if header == "Event date" and value:
        return date.fromisoformat(value)
    return float(value) if header == "Units" and value else value


def _mark(header: str, cell: Cell) -> str:
    return VALUE + plain(cell) if header in FACTS else fingerprint(cell)


def remember(
    rows: Sequence[Record],
    people: Mapping[str, Mapping[str, str]],
    before: Mapping[str, Mapping[str, str]],
) -> list[Record]:
    """Lines for the table RecoupMemory: what was written per claim, and what people's cells said.

    What is not written anew stays remembered from ``before``.
    """
    lines: list[Record] = []
    for row in rows:
        key = plain(row["Claim ID"])
        fresh = {h: _mark(h, c) for h, c in row.items() if not isinstance(c, Formula)}
        written = {**before.get(key, {}), **fresh}
        lines.append(
            {"What": "claim", "Key": key, "Field": "written", "Value": json.dumps(written, sort_keys=True)}
        )
        seen = {h: v for h, v in people.get(key, {}).items() if v}
        if seen:
            lines.append(
                {"What": "claim", "Key": key, "Field": "seen", "Value": json.dumps(seen, sort_keys=True)}
            )
    return lines


def recall(lines: Sequence[Record]) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """(written fingerprints by claim id and header, people's cells as last seen by claim id)."""
    written: dict[str, dict[str, str]] = {}
    seen: dict[str, dict[str, str]] = {}
    for line in lines:
        target = {"written": written, "seen": seen}.get(plain(line.get("Field")))
        if plain(line.get("What")) == "claim" and target is not None:
            try:
                target[plain(line.get("Key"))] = json.loads(plain(line.get("Value")) or "{}")
            except json.JSONDecodeError:
                continue  # a damaged line is forgotten: it costs a journal entry, never a claim
    return written, seen


def overtyped(row: Mapping[str, Cell], written: Mapping[str, str]) -> list[str]:
    """The headers whose cells are no longer what Recoup wrote."""
    return [
        h
        for h, mark in written.items()
        if h in row
        and not isinstance(row[h], Formula)
        and (VALUE + plain(row[h]) if mark.startswith(VALUE) else fingerprint(row[h])) != mark
    ]


def adopt(
    lines: Mapping[int, Record], fresh: Mapping[str, Mapping[str, str]]
) -> tuple[dict[int, Record], list[Record]]:
    """Let people's cells count as seen that a command wrote and journalled: by claim id and header.

    ``lines`` are those of RecoupMemory by row. Gives the cells to edit there, and the lines to add.
    """
    edits: dict[int, Record] = {}
    left = dict(fresh)
    for number, line in lines.items():
        key = plain(line.get("Key"))
        if plain(line.get("What")) == "claim" and plain(line.get("Field")) == "seen" and key in left:
            _, seen = recall([line])
            edits[number] = {"Value": json.dumps({**seen.get(key, {}), **left.pop(key)}, sort_keys=True)}
    added: list[Record] = [
        {"What": "claim", "Key": key, "Field": "seen", "Value": json.dumps(dict(cells), sort_keys=True)}
        for key, cells in left.items()
    ]
    return edits, added
