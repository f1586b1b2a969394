"""What a refresh writes on Cases: claim data, drafts, what was filed, suggestions; and what it found typed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from . import results
from .case_checks import case_problems
from .case_money import CaseMoney
from .case_sheet import OWN_KEY, CaseSheet, own_key, own_name, remembered_cases, typed_changes
from .cases import Known, Tracking, stage_of, text, was_filed
from .follow_ups import to_set_stage
from .journal import Change, cell_changes, overtyped_changes
from .memory import key_of, plain, remember
from .model import Cell, Problem, Record
from .shield import ENDED_FOR_GOOD, Block, Standing, checked_first, draft_blocks
from .typed_over import Typed, restore_rows, typed_problems
from .work_queue import Desk, filed_steps, own_steps

FILED = {"Units filed": "Units", "Value filed": "Claim value"}  # written once <- what the row shows on filing
_GONE = "Its claim is no longer on Claims"
_TOLD_ALREADY = ("window not open", "payment expected", "question open", "document missing")  # by the status


@dataclass(slots=True)
class CaseUpdate:
    """Cells of rows that are there, new drafts, and what goes to Journal, Checks and memory.

    ``before`` are the rows as they stood, filed ones that somebody deleted among them, with what was filed. ``own``
    are cells of rows that people opened, by ``case_sheet.OWN_KEY``.
    """

    before: list[Record] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)
    opened: list[Record] = field(default_factory=list)
    own: list[Record] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    memory: list[Record] = field(default_factory=list)

    @property
    def after(self) -> list[Record]:
        """All rows of Cases as they are about to be written."""
        now = {plain(r["Claim ID"]): r for r in self.rows}
        own = {own_key(r): r for r in self.own}
        told = ({**r, **own.get(own_key(r), {}), **now.get(text(r.get("Claim ID")), {})} for r in self.before)
        return [*told, *self.opened]

    @property
    def every(self) -> list[Record]:
        """All rows of Cases, new drafts below."""
        return [*self.before, *self.opened]


def begin_update(tracking: Tracking, sheet: CaseSheet, known: Known, on: date) -> CaseUpdate:
    """What claims and people say of Cases; payments and the shield have not spoken yet."""
    present = {k: r for k, r in known.cases.items() if k not in known.deleted}
    done = CaseUpdate(before=[*sheet.rows, *sheet.deleted.values()])
    if not (done.before or tracking.opened):
        return done
    done.rows, done.opened = results.case_rows(tracking, present, on)
    filed = _filed_now(tracking, present)
    done.rows = [r | filed.get(plain(r["Claim ID"]), {}) for r in done.rows]
    done.before = [r | filed.get(text(r.get("Claim ID")), {}) for r in done.before]
    return done


def finish_update(
    done: CaseUpdate, sheet: CaseSheet, known: Known, money: CaseMoney, standing: Standing, who: str
) -> None:
    """Bring Cases up to date. ``standing`` holds the other sheets as they are written; its cases are filled in here.

    People's cells are never among what is written, but for the stage of a new draft.
    """
    _add_forgotten(done, sheet)
    _fill_money(done, known, money, standing.on)
    typed = [*sheet.typed, *_typed_first(done.rows, sheet)]
    restore_rows(done.rows, sheet.by_key, sheet.typed)
    judged = replace(standing, cases=done.after)
    _suggest(done, judged, sheet)
    _tell_steps(done, judged, sheet)
    _propose_case_ids(done.rows, sheet)
    found = typed_changes(sheet, who)
    _date_changes(done.rows, found, standing.on)
    typed_own = _tell_own(done, judged, sheet, found)
    by_hand = {(t.claim_id, t.header) for t in (*typed, *typed_own)}
    amounts = money.changes([*done.rows, *done.opened], who)
    amounts = [*_filings(done, sheet, who), *(c for c in amounts if (c.claim_id, c.field) not in by_hand)]
    opening = [Change(who, plain(r["Claim ID"]), "Stage", "", "Draft") for r in done.opened]
    over = overtyped_changes(done.rows, typed, who=who)
    over += overtyped_changes(done.own, typed_own, who=who, key=OWN_KEY)
    done.changes = [*over, *found, *amounts, *opening]
    mine = {plain(r["Claim ID"]) for r in done.rows}
    done.problems = [*money.problems, *typed_problems([*typed, *typed_own], mine)]
    done.problems += case_problems(sheet, standing.claims, standing.policy, standing.on)
    done.memory = remembered_cases(sheet, done.rows, done.opened)
    done.memory += remember(done.own, {}, sheet.own_written, "own", OWN_KEY)


def filed_amounts(row: Mapping[str, Cell]) -> Record:
    """What is written once, on filing: the units and the value that the row shows then."""
    return {header: row.get(shown) for header, shown in FILED.items()}


def _filed_now(tracking: Tracking, present: Mapping[str, Record]) -> dict[str, Record]:
    """What was filed, of the cases that somebody filed by hand since the last refresh; their rows show it still."""
    filed = {}
    for tracked in tracking.tracked:
        old = present.get(tracked.claim_id, {})
        if was_filed(old) and not any(text(old.get(header)) for header in FILED):
            told = {"Units": tracked.line.units, "Claim value": tracked.value}
            filed[tracked.claim_id] = filed_amounts(told | {h: old[h] for h in told if text(old.get(h))})
    return filed


def _filings(done: CaseUpdate, sheet: CaseSheet, who: str) -> list[Change]:
    return [
        change
        for row in done.rows
        for key in (plain(row["Claim ID"]),)
        for change in cell_changes(key, sheet.by_key.get(key, {}), row, FILED, who)
    ]


def _add_forgotten(done: CaseUpdate, sheet: CaseSheet) -> None:
    """Rows of claims that stand nowhere any more: what was advised holds no longer, but for what payments told."""
    says = {"Draft": ("Closed", f"{_GONE}: close this draft, or refresh with the reports it came from.")}
    says |= dict.fromkeys(("Paid", "Closed"), ("", ""))
    mine = {plain(r["Claim ID"]) for r in done.rows}
    for key, case in sheet.by_key.items():
        if key in sheet.written and key not in mine and not _told_by_payments(case):
            stage, step = says.get(stage_of(case), ("", f"{_GONE}."))
            done.rows.append({"Claim ID": key, "Suggested stage": stage, "Suggested next step": step})


def _told_by_payments(case: Mapping[str, Cell]) -> bool:
    suggested = text(case.get("Suggested stage"))
    return bool(text(case.get("Reimbursement IDs"))) and suggested not in ("", stage_of(case))


def _fill_money(done: CaseUpdate, known: Known, money: CaseMoney, on: date) -> None:
    """Put the figures in; of a row that was deleted they are not written back."""
    new = {plain(r["Claim ID"]) for r in done.opened}
    filled = money.fill([*done.rows, *done.opened], on)
    filled = [r for r in filled if plain(r["Claim ID"]) not in known.deleted - new]
    done.rows = [r for r in filled if plain(r["Claim ID"]) not in new]
    done.opened = [r for r in filled if plain(r["Claim ID"]) in new]
    done.own = [r for r in money.own_rows(on) if text(r.get("Claim ID")) not in known.deleted]


def _typed_first(rows: Sequence[Record], sheet: CaseSheet) -> list[Typed]:
    """What a person typed into Recoup's cells of a row that Recoup writes for the first time."""
    return [
        Typed(key, header, old[header], True, "Cases", key)
        for row in rows
        for key in (plain(row["Claim ID"]),)
        if key not in sheet.written
        for old in (sheet.by_key.get(key, {}),)
        if not text(old.get("Last change"))  # else an earlier Recoup wrote it, which remembered nothing
        for header, cell in row.items()
        if plain(old.get(header)) and plain(old.get(header)) != plain(cell)
    ]


def _suggest(done: CaseUpdate, standing: Standing, sheet: CaseSheet) -> None:
    """Say on drafts what speaks against filing them."""
    for row in [*done.rows, *done.opened]:
        key = plain(row["Claim ID"])
        if stage_of(sheet.by_key.get(key, {})) != "Draft" or key not in standing.derived:
            continue
        if text(row.get("Suggested stage")) == "Closed":
            continue
        if says := to_set_stage(sheet.by_key.get(key, {})):
            row |= {"Suggested stage": "Filed", "Suggested next step": says}
            continue
        blocks = [b for b in draft_blocks(key, standing) if b.rule not in _TOLD_ALREADY]
        if not blocks and text(row.get("Suggested stage")) == "Filed":
            step = text(row.get("Suggested next step"))
            row["Suggested next step"] = checked_first(step, sheet.by_key.get(key, {}), standing.policy)
        if blocks:
            row["Suggested stage"] = suggested_stage(blocks)
            row["Suggested next step"] = f"Do not file: {blocks[0].sentence}"


def _tell_steps(done: CaseUpdate, standing: Standing, sheet: CaseSheet) -> None:
    """Say of filed cases what comes next, and by when, where payments or reports suggest no other stage."""
    steps = filed_steps(Desk(standing, sheet.log))
    for row in done.rows:
        step = steps.get(plain(row["Claim ID"]))
        if step and step.says and not text(row.get("Suggested stage")):
            told = text(row.get("Suggested next step")).rstrip(".")
            row["Suggested next step"] = f"{told}. {step.says}" if told else step.says


def _tell_own(done: CaseUpdate, standing: Standing, sheet: CaseSheet, found: Sequence[Change]) -> list[Typed]:
    """Say on the rows that people opened what comes next; what was typed there into Recoup's cells."""
    rows = sheet.own({plain(r["Claim ID"]) for r in [*done.rows, *done.opened]})
    cells = {key_of(r, OWN_KEY): r for r in done.own}
    steps = own_steps(Desk(standing, sheet.log), list(rows.values()))
    changed = {c.claim_id for c in found}
    for key, row in rows.items():
        mine = cells.setdefault(key, {h: row.get(h) for h in OWN_KEY})
        says = " ".join(filter(None, (text(mine.get("Suggested next step")), steps[id(row)])))
        if says or "Suggested next step" in sheet.own_written.get(key, {}):
            mine["Suggested next step"] = says or None
        if own_name(row) in changed or not text(row.get("Last change")):
            mine["Last change"] = standing.on
    done.own = list(cells.values())
    typed = [*sheet.own_typed, *_own_typed_first(done.own, rows, sheet)]
    restore_rows(done.own, rows, sheet.own_typed, OWN_KEY)
    return typed


def _own_typed_first(rows: Sequence[Record], before: Mapping[str, Record], sheet: CaseSheet) -> list[Typed]:
    """What a person typed into cells of their row that Recoup writes for the first time."""
    return [
        Typed(own_name(old), header, old[header], True, "Cases", key)
        for row in rows
        for key in (key_of(row, OWN_KEY),)
        for old in (before.get(key, {}),)
        for header, cell in row.items()
        if header not in sheet.own_written.get(key, {}) and not text(old.get("Last change"))
        if plain(old.get(header)) and plain(old.get(header)) != plain(cell)
    ]


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
            more = text(row.get("Suggested next step")) if was_filed(old) else ""
            row["Suggested next step"] = " ".join(filter(None, (said, more)))


def _date_changes(rows: Sequence[Record], found: Sequence[Change], on: date) -> None:
    changed = {c.claim_id for c in found}
    for row in rows:
        if plain(row["Claim ID"]) in changed:
            row["Last change"] = on
