"""Engine cells of Claims that somebody typed over: found by what Recoup last wrote, named, and put back.

The facts of a claim (`memory.FACTS`) are remembered as they were, so that they count as they were, also when the
claim's report is cleared and nothing could derive it again. Of other cells only a fingerprint is remembered: they are
restored by deriving the claim again, or not at all, and Checks says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .cases import Known, text
from .memory import FACTS, overtyped, plain, remembered
from .model import Cell, Problem, Record
from .sheets import DECISIONS

Written = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as somebody typed it, and whether its true value is remembered."""

    claim_id: str
    header: str
    cell: Cell
    kept: bool


def find_typed(claims: Mapping[str, Record], written: Written) -> list[Typed]:
    """Every engine cell of Claims that is no longer what Recoup wrote."""
    return [
        Typed(key, header, row[header], remembered(header, written[key][header]) is not None)
        for key, row in claims.items()
        if key in written
        for header in overtyped(row, written[key])
    ]


def put_back(claims: dict[str, Record], typed: Iterable[Typed], written: Written) -> None:
    """Give the rows their true facts again."""
    for cell in typed:
        if cell.kept:
            value = remembered(cell.header, written[cell.claim_id][cell.header])
            claims[cell.claim_id] = {**claims[cell.claim_id], cell.header: value}


def as_written(claims: Mapping[str, Record], typed: Iterable[Typed]) -> list[Record]:
    """Rows of Claims whose facts are Recoup's own: others could not be told from what was typed."""
    doubtful = {t.claim_id for t in typed if t.header in FACTS and not t.kept}
    return [row for key, row in claims.items() if key not in doubtful]


def restore_rows(rows: list[Record], known: Known, typed: Iterable[Typed]) -> None:
    """Put remembered facts into the rows that are written, where nothing derived them again."""
    by_id = {plain(r["Claim ID"]): r for r in rows}
    for cell in typed:
        row = by_id.get(cell.claim_id)
        if row is not None and cell.kept:
            row.setdefault(cell.header, known.claims[cell.claim_id].get(cell.header))


def typed_problems(typed: Iterable[Typed], derived: set[str]) -> list[Problem]:
    """One warning per cell, saying whether it could be restored."""
    return [_problem(t, t.kept or t.claim_id in derived) for t in typed]


def _problem(typed: Typed, restored: bool) -> Problem:
    outcome = "Recoup restored it" if restored else "it cannot be restored without the claim's report"
    remedy = "Write remarks in the orange columns; to change a rule use Settings or Policy."
    return Problem(
        "warning",
        "Claims",
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
