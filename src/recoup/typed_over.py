"""Engine cells of Claims, Not Claimed and Cases that somebody typed over: found by what Recoup wrote, named, put back.

The facts of a claim (`memory.KEPT`) are remembered as they were, so that they count as they were, also when the
claim's report is cleared and nothing could derive it again. Of other cells only a fingerprint is remembered: they are
restored by deriving the claim again, or not at all, and Checks says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .cases import Known, text
from .memory import FACTS, key_of, overtyped, plain, remembered
from .model import Cell, Problem, Record
from .sheets import DECISIONS

Written = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as somebody typed it, and whether its true value is remembered. ``key`` tells its row in ``sheet``."""

    claim_id: str
    header: str
    cell: Cell
    kept: bool
    sheet: str = "Claims"
    key: str = ""


def find_typed(rows: Mapping[str, Record], written: Written, sheet: str = "Claims") -> list[Typed]:
    """Every engine cell of these rows (by their key) that is no longer what Recoup wrote."""
    return [
        Typed(
            plain(row.get("Claim ID")),
            header,
            row[header],
            remembered(header, written[key][header]) is not None,
            sheet,
            key,
        )
        for key, row in rows.items()
        if key in written
        for header in overtyped(row, written[key])
    ]


def put_back(rows: dict[str, Record], typed: Iterable[Typed], written: Written) -> None:
    """Give the rows their true facts again."""
    for cell in typed:
        if cell.kept:
            value = remembered(cell.header, written[cell.key][cell.header])
            rows[cell.key] = {**rows[cell.key], cell.header: value}


def as_written(claims: Mapping[str, Record], typed: Iterable[Typed]) -> list[Record]:
    """Rows of Claims whose facts are Recoup's own: others could not be told from what was typed."""
    doubtful = {t.claim_id for t in typed if t.header in FACTS and not t.kept}
    return [row for key, row in claims.items() if key not in doubtful]


def restore_rows(
    rows: list[Record],
    known: Mapping[str, Record],
    typed: Iterable[Typed],
    key: Sequence[str] = ("Claim ID",),
) -> None:
    """Put remembered facts into the rows that are written, where nothing derived them again."""
    kept = [cell for cell in typed if cell.kept]
    by_key = {key_of(r, key): r for r in rows} if kept else {}
    for cell in kept:
        if cell.key not in by_key and cell.key in known:
            by_key[cell.key] = {header: known[cell.key].get(header) for header in key}
            rows.append(by_key[cell.key])
        if cell.key in by_key:
            by_key[cell.key].setdefault(cell.header, known[cell.key].get(cell.header))


def typed_problems(typed: Iterable[Typed], derived: set[str]) -> list[Problem]:
    """One warning per cell, saying whether it could be restored."""
    return [_problem(t, t.kept or t.claim_id in derived) for t in typed]


def _problem(typed: Typed, restored: bool) -> Problem:
    outcome = "Recoup restored it" if restored else "it cannot be restored without the claim's report"
    remedy = "Write remarks in the orange columns; to change a rule use Settings or Policy."
    return Problem(
        "warning",
        typed.sheet,
        f"{typed.header} of {typed.claim_id} was typed over ({plain(typed.cell) or 'blank'!r}); {outcome}",
        remedy if restored else "Take the cell from the backup, or paste the report again.",
        column=typed.header,
        rows=1,
    )


def strange_decisions(known: Known) -> list[Problem]:
    """Decisions that are none of the list: they count as blank."""
    choices = ", ".join(DECISIONS)
    return [
        Problem(
            "warning",
            "Claims",
            f"Decision of {key} says {text(row.get('Decision'))!r}, which is none of {choices}: it counts as blank",
            f"Pick one of {choices} from the list.",
            column="Decision",
            rows=1,
        )
        for key, row in known.claims.items()
        if text(row.get("Decision")) not in ("", *DECISIONS)
    ]
