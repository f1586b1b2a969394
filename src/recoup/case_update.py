"""What a refresh writes on Cases: claim data, drafts, what was filed, suggestions; and what it found typed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from . import results
from .case_checks import case_problems
from .case_sheet import CaseSheet, amount_changes, remembered_cases, typed_changes
from .cases import Known, Tracking, stage_of, text, was_filed
from .journal import Change, overtyped_changes
from .memory import plain
from .model import Problem, Record
from .shield import ENDED_FOR_GOOD, Block, Standing, draft_blocks
from .typed_over import Typed, restore_rows, typed_problems

_TOLD_ALREADY = ("window not open", "payment expected", "question open", "document missing")  # by the status


@dataclass(slots=True)
class CaseUpdate:
    """Cells of rows that are there, new drafts, and what goes to Journal, Checks and memory."""

    rows: list[Record] = field(default_factory=list)
    opened: list[Record] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    memory: list[Record] = field(default_factory=list)


def update_cases(
    tracking: Tracking, sheet: CaseSheet, known: Known, standing: Standing, who: str
) -> CaseUpdate:
    """Bring Cases up to date. ``standing`` holds the other sheets as they are written; its cases are filled in here.

    People's cells are never among what is written, but for the stage of a new draft.
    """
    present = {k: r for k, r in known.cases.items() if k not in known.deleted}
    done = CaseUpdate()
    done.rows, done.opened = results.case_rows(tracking, present, standing.on)
    _keep_what_was_filed(done.rows, present)
    typed = [*sheet.typed, *_typed_first(done.rows, sheet)]
    restore_rows(done.rows, sheet.by_key, sheet.typed)
    now = {plain(r["Claim ID"]): r for r in done.rows}
    rows = [{**r, **now.get(plain(r.get("Claim ID")), {})} for r in [*sheet.rows, *sheet.deleted.values()]]
    judged = Standing(
        standing.policy,
        standing.on,
        standing.claims,
        [*rows, *done.opened],
        standing.evidence,
        standing.not_claimed,
        standing.read_to,
    )
    _suggest(done, judged, present)
    _propose_case_ids(done.rows, sheet)
    found = typed_changes(sheet, who)
    _date_changes(done.rows, found, standing.on)
    opening = [Change(who, plain(r["Claim ID"]), "Stage", "", "Draft") for r in done.opened]
    done.changes = [
        *overtyped_changes(done.rows, typed, who=who),
        *found,
        *amount_changes(done.rows, sheet, who),
        *opening,
    ]
    done.problems = typed_problems(typed, set(now))
    done.problems += case_problems(sheet, standing.claims, standing.policy, standing.on)
    done.memory = remembered_cases(sheet, done.rows, done.opened)
    return done


def filed_amounts(row: Mapping[str, object]) -> Record:
    """What is written once, on filing: the units and the value that the row shows then."""
    units, value = row.get("Units"), row.get("Claim value")
    return {"Units filed": units, "Value filed": value}  # type: ignore[dict-item]


def _keep_what_was_filed(rows: Sequence[Record], present: Mapping[str, Record]) -> None:
    for row in rows:
        old = present[plain(row["Claim ID"])]
        if was_filed(old) and not (text(old.get("Units filed")) or text(old.get("Value filed"))):
            row |= filed_amounts(old)


def _typed_first(rows: Sequence[Record], sheet: CaseSheet) -> list[Typed]:
    """What a person typed into Recoup's cells of a row that Recoup writes for the first time."""
    return [
        Typed(key, header, old[header], True, "Cases", key)
        for row in rows
        for key in (plain(row["Claim ID"]),)
        if key not in sheet.written
        for old in (sheet.by_key[key],)
        for header, cell in row.items()
        if plain(old.get(header)) and plain(old.get(header)) != plain(cell)
    ]


def _suggest(done: CaseUpdate, standing: Standing, present: Mapping[str, Record]) -> None:
    """Say on drafts what speaks against filing them."""
    for row in [*done.rows, *done.opened]:
        key = plain(row["Claim ID"])
        if stage_of(present.get(key, {})) != "Draft" or key not in standing.derived:
            continue
        if text(row.get("Suggested stage")) == "Closed":
            continue
        blocks = [b for b in draft_blocks(key, standing) if b.rule not in _TOLD_ALREADY]
        if blocks:
            row["Suggested stage"] = suggested_stage(blocks)
            row["Suggested next step"] = f"Do not file: {blocks[0].sentence}"


def suggested_stage(blocks: Sequence[Block]) -> str:
    """What becomes of a draft that these blocks speak against."""
    return "Closed" if any(b.rule in ENDED_FOR_GOOD for b in blocks) else ""


def _propose_case_ids(rows: Sequence[Record], sheet: CaseSheet) -> None:
    """Propose the Amazon case id of one row for the blank rows of the same case."""
    ids: dict[str, set[str]] = {}
    for row in sheet.rows:
        if amazon := plain(row.get("Amazon case ID")):
            ids.setdefault(text(row.get("Case")), set()).add(amazon)
    for row in rows:
        old = sheet.by_key.get(plain(row["Claim ID"]), {})
        known = ids.get(text(old.get("Case")), set()) if text(old.get("Case")) else set()
        if len(known) == 1 and not plain(old.get("Amazon case ID")) and stage_of(old) != "Closed":
            said = f"Amazon case ID {min(known)} stands on another row of this case: fill it in here too."
            row["Suggested next step"] = said


def _date_changes(rows: Sequence[Record], found: Sequence[Change], on: date) -> None:
    changed = {c.claim_id for c in found}
    for row in rows:
        if plain(row["Claim ID"]) in changed:
            row["Last change"] = on
