"""What changed since the last run, line by line: by Recoup, or typed by people and found by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .cases import Known
from .memory import PEOPLE, plain
from .model import Record
from .typed_over import Typed

JOURNALLED = ("Status", "Units", "Claim value")


def journal_rows(
    rows: Sequence[Record],
    known: Known,
    typed: Sequence[Typed],
    *,
    who: str,
    run: str,
    when: datetime,
) -> list[Record]:
    """What changed since the last run: status, units and value by Recoup, decisions and overtyped cells by people."""
    changes: list[tuple[str, str, str, str, str]] = []
    found = f"typed (found by {who})"
    now = {plain(r["Claim ID"]): r for r in rows}
    for cell in typed:
        restored = plain(now[cell.claim_id].get(cell.header))
        changes.append((found, cell.claim_id, cell.header, plain(cell.cell), f"restored: {restored}"))
    by_hand = {(t.claim_id, t.header) for t in typed}
    for key, row in now.items():
        old, seen = known.claims.get(key, {}), known.memory.get(key, {})
        for name in JOURNALLED:
            if name in row and plain(old.get(name)) != plain(row[name]) and (key, name) not in by_hand:
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
