"""What changed since the last run, line by line: by Recoup, or typed by people and found by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .cases import Known
from .memory import PEOPLE, plain
from .model import Record

JOURNALLED = ("Status", "Units", "Claim value")


def journal_rows(
    rows: Sequence[Record],
    known: Known,
    typed: Sequence[tuple[str, str]],
    *,
    who: str,
    run: str,
    when: datetime,
) -> list[Record]:
    """What changed since the last run: status, units and value by Recoup, decisions and overtyped cells by people."""
    changes: list[tuple[str, str, str, str, str]] = []
    found = f"typed (found by {who})"
    now = {plain(r["Claim ID"]): r for r in rows}
    for key, header in typed:
        changes.append(
            (found, key, header, plain(known.claims[key][header]), f"restored: {plain(now[key].get(header))}")
        )
    for key, row in now.items():
        old, seen = known.claims.get(key, {}), known.memory.get(key, {})
        for name in JOURNALLED:
            if name in row and plain(old.get(name)) != plain(row[name]) and (key, name) not in typed:
                changes.append((who, key, name, plain(old.get(name)), plain(row[name])))
        for name in PEOPLE:
            if seen.get(name, "") != plain(old.get(name)):
                changes.append((found, key, name, seen.get(name, ""), plain(old.get(name))))
    return [
        {
            "ID": f"{run}-{number}",
            "When": when,
            "Who": by,
            "Run": run,
            "Claim ID": key,
            "Field": name,
            "From": before,
            "To": after,
        }
        for number, (by, key, name, before, after) in enumerate(changes, 1)
    ]
