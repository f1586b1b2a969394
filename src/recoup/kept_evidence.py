"""Evidence that this run does not tell again: kept as it was, and marked where its report is gone.

Decisions:
- Of a claim with a case no row is ever lost: one that the claim stands without says "counted no more", and why.
- A row is told again when the claim has a row of the same role, day and identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from .cases import Tracking, day, text
from .model import Cell, Record
from .payment_evidence import CLEARED, NO_MORE
from .source_files import as_text

StillThere = Callable[[str, date | None], bool]  # tab or file, and day: whether a report row is there


def keep_evidence(
    old: Iterable[Record],
    fresh: Iterable[Record],
    tracking: Tracking,
    cased: Collection[str],
    still_there: StillThere,
    as_of: date,
) -> list[Record]:
    """The old rows that stay below the fresh ones. ``cased``: the claims with a row on Cases."""
    gone = {t.claim_id: t.ended for t in tracking.tracked if t.claim is None}
    live = {t.claim_id for t in tracking.tracked if t.claim is not None}
    before = list(old)
    told = {_identity(row) for row in fresh} if before else set()
    kept = []
    for row in before:
        key = text(row.get("Claim ID"))
        if not key or (key not in gone and key not in cased) or _identity(row) in told:
            continue
        if key in live:
            mark = _superseded(row, still_there, as_of)
        else:
            cleared = not gone.get(key, False) and not still_there_for(row, still_there, key in gone)
            mark = f"{CLEARED} {as_of})" if cleared else ""
        kept.append(_kept(row, mark))
    return kept


def still_there_for(row: Record, still_there: StillThere, known: bool) -> bool:
    """Whether the source of a row is there; of a claim that could not be derived it is taken for gone."""
    return not known and still_there(text(row.get("Sheet or file")), day(row.get("Date")))


def _identity(row: Record) -> tuple[Cell, ...]:
    names = (text(row.get(h)) for h in ("Claim ID", "Role", "Identifiers"))
    return (*names, day(row.get("Date")))


def _superseded(row: Record, still_there: StillThere, as_of: date) -> str:
    there = still_there(text(row.get("Sheet or file")), day(row.get("Date")))
    return f"· {NO_MORE} " + (f"(since {as_of})" if there else f"{CLEARED} {as_of})")


def _kept(row: Record, mark: str) -> Record:
    shows = text(row.get("What it shows"))
    if mark and CLEARED not in shows and NO_MORE not in shows:
        shows = f"{shows} {mark}"
    proof = as_text(row.get("Link"))
    return {**row, "What it shows": shows, "Link": proof, "Date": day(row.get("Date"))}
