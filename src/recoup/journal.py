"""What changed, line by line: by Recoup, by a command, or typed by people and found at a refresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .cases import Known
from .memory import PEOPLE, key_of, plain
from .model import Cell, Record
from .typed_over import Typed

JOURNALLED = ("Status", "Units", "Claim value")
FROZEN = "Functions on "  # the field of formulas that became values, before the name of their tab
_TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that changed: who did it, of which claim (or case), and what it said before and after."""

    who: str
    claim_id: str
    field: str
    before: str
    after: str


def found_by(who: str) -> str:
    """Who of a change that somebody typed: only who found it is known."""
    return f"{_TYPED} (found by {who})"


def is_typed(line: Mapping[str, Cell]) -> bool:
    """Whether a line tells what somebody typed by hand."""
    return plain(line.get("Who")).startswith(f"{_TYPED} (")


def claim_changes(rows: Sequence[Record], known: Known, typed: Sequence[Typed], *, who: str) -> list[Change]:
    """What changed on Claims: status, units and value by Recoup, decisions and overtyped cells by people."""
    changes = overtyped_changes(rows, typed, who=who)
    by_hand = {(t.claim_id, t.header) for t in typed}
    for row in rows:
        key = plain(row["Claim ID"])
        old, seen = known.claims.get(key, {}), known.memory.get(key, {})
        engine = [name for name in JOURNALLED if (key, name) not in by_hand]
        changes += cell_changes(key, old, row, engine, who)
        changes += seen_changes(key, seen, old, PEOPLE, who)
    return changes


def cell_changes(
    name: str, before: Mapping[str, Cell], now: Mapping[str, Cell], headers: Iterable[str], who: str
) -> list[Change]:
    """Which of these cells of a row are written with another value than they had."""
    cells = ((header, plain(before.get(header)), plain(now[header])) for header in headers if header in now)
    return [Change(who, name, header, was, says) for header, was, says in cells if was != says]


def overtyped_changes(
    rows: Sequence[Record], typed: Sequence[Typed], *, who: str, key: Sequence[str] = ("Claim ID",)
) -> list[Change]:
    """Engine cells that somebody typed over: what was typed, and what stands there again."""
    now = {key_of(r, key): r for r in rows} if typed else {}
    return [
        Change(
            found_by(who),
            cell.claim_id,
            cell.header,
            plain(cell.cell),
            f"restored: {plain(now[cell.key].get(cell.header))}" if cell.key in now else "not restored",
        )
        for cell in typed
    ]


def seen_changes(
    claim_id: str, seen: Mapping[str, str], row: Record, headers: Iterable[str], who: str
) -> list[Change]:
    """People's cells of a row that say something else than when Recoup last looked."""
    return [
        Change(found_by(who), claim_id, name, seen.get(name, ""), plain(row.get(name)))
        for name in headers
        if seen.get(name, "") != plain(row.get(name))
    ]


def journal_rows(changes: Sequence[Change], *, run: str, when: datetime, after: int = 0) -> list[Record]:
    """Rows of Journal; ``after`` lines of the same run stand there already."""
    return [
        {
            "ID": f"{run}-{number}",
            "When": when,
            "Who": c.who,
            "Run": run,
            "Claim ID": c.claim_id,
            "Field": c.field,
            "From": c.before,
            "To": c.after,
        }
        for number, c in enumerate(changes, after + 1)
    ]


def lines_of_run(journal: Iterable[Record], run: str) -> int:
    """How many lines of that run the Journal holds."""
    return sum(plain(row.get("Run")) == run for row in journal)
