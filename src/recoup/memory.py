"""What Recoup last wrote and last saw of each claim row, kept on the very hidden sheet `_Recoup`.

One line per claim holds a short fingerprint of every cell Recoup wrote, so that a cell somebody overtyped is
found, and the people's cells as they were last seen, so that a typed change is found and journalled.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from .model import Cell, Formula, Record

PEOPLE = ("Decision", "Decided by", "Decision note")


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


def remember(rows: Sequence[Record], people: Mapping[str, Mapping[str, str]]) -> list[Record]:
    """Lines for the table RecoupMemory: what was written per claim, and what people's cells said."""
    lines: list[Record] = []
    for row in rows:
        key = plain(row["Claim ID"])
        written = {h: fingerprint(c) for h, c in row.items() if not isinstance(c, Formula)}
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
        if h in row and not isinstance(row[h], Formula) and fingerprint(row[h]) != mark
    ]
