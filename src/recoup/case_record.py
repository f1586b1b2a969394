"""Record what happened to a case: filed, asked, answered, paid, denied, appealed, closed.

Decisions:
- A case is named by its `Case`, by a claim in it or by Amazon's id; what is recorded is written into all its rows.
- A step that may not follow and a stage that lacks what it needs are refused before anything is written. What was
  wrong before, such as a day after the deadline that somebody typed, does not stop what is recorded later.
- A draft for which Amazon's case id or the day of filing is recorded is filed, also where no stage is named.
- Filing asks the shield as starting does, on the day it was filed; whatever was filed without Recoup is typed by hand.
- A check is signed by the person who made it, who is neither who files the case nor, before that, its owner.
- `Notes` and Case Log grow, and a payment is added to `Amazon answer`; other cells are replaced, and what they said
  before stands in Journal. Day and person of a filing that stand on a row already are not filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .books.base import Book
from .case_acts import (
    UNCHANGED,
    Act,
    Done,
    evidence_of,
    refuse,
    refuse_later_day,
    refuse_typed,
    standing_of,
)
from .case_checks import named, rules_of
from .case_log import read_log
from .case_sheet import row_key
from .case_update import filed_amounts
from .cases import BEYOND_DRAFT, day, follow_stage, stage_of, text
from .follow_ups import Seen, Step, next_step
from .freshness import refuse_stale
from .memory import plain
from .model import Cell, Record, RecoupError
from .reports_folder import report_files
from .run import Run
from .sheets import STAGES
from .shield import CHECK_FIRST, filing_blocks, same_person, unchecked
from .stages import NEW_EVIDENCE, Fault, Rules, find_faults, look_again, why_no_appeal, wrong_step
from .work_queue import Desk, step_of, was_paid
from .workbook import Notebook, read_notebook

_OPTIONS = {
    "Amazon case ID": "--case-id",
    "Filed on": "--filed-on",
    "Filed by": "--filed-by",
    "Amazon answer": "--answer or --paid",
    "Decision reason": "--reason",
    "Notes": "--note",
}
_FILED_ONLY = {"Amazon case ID", "Filed on"}  # which no draft has
_MONEY = re.compile(r"\d+([.,]\d{1,2})?( [A-Z]{3})?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person records about a case; ``cells`` are people's columns by header, blank ones left out."""

    cells: Mapping[str, Cell]
    note: str = ""
    paid: str = ""
    evidence: str = ""
    attachment: str = ""


def record(book: Book, run: Run, case: str, entry: Entry, folders: Sequence[Path] = ()) -> Done:
    """Write what happened to a case into all its rows, Case Log and Journal; ``folders`` as of the last refresh.

    Raises RecoupError when the step may not be taken, lacks something, or the shield blocks the filing.
    """
    notebook = read_notebook(book)
    cells = _read_entry(book, run, entry)
    rows = rows_of_case(book, notebook, case)
    if not cells.get("Stage") and all(stage_of(r) == "Draft" for r in rows) and _FILED_ONLY & cells.keys():
        cells["Stage"] = "Filed"
    stage = text(cells.get("Stage"))
    filing = stage == "Filed" and any(stage_of(r) == "Draft" for r in rows)
    if filing:
        cells = {**_filled_in(rows, {"Filed on": run.as_of, "Filed by": run.who}), **cells}
    _refuse_steps(book, run, notebook, rows, cells, entry)
    _refuse_own_check(book, notebook, rows, cells)
    if filing:
        _refuse_filing(book, run, notebook, rows, cells, folders)
    act, done = Act(book, run, notebook), Done(case=text(rows[0].get("Case")) or case)
    log = _log(done.case, cells, entry, run)
    if stage and "Follow up on" not in cells:
        _plan(cells, rows, notebook, run, done)
    step = _step(act, rows, cells, log)
    for row in rows:
        _write_row(act, row, cells, entry, filing, step)
    act.write()
    book.append_rows("CaseLog", log)
    what = ", ".join(f"{h} {plain(c) or 'cleared'}" for h, c in cells.items()) or "noted"
    done.said.insert(0, f"{done.case}, {len(rows)} {'row' if len(rows) == 1 else 'rows'}: {what}.")
    return done


def _filled_in(rows: Sequence[Record], defaults: Mapping[str, Cell]) -> dict[str, Cell]:
    """What the rows say already, else the default; nothing where they say several things."""
    filled: dict[str, Cell] = {}
    for header, default in defaults.items():
        said = {plain(row[header]): row[header] for row in rows if text(row.get(header))}
        if len(said) < 2:
            filled[header] = next(iter(said.values()), default)
    return filled


def _read_entry(book: Book, run: Run, entry: Entry) -> dict[str, Cell]:
    """The cells to write, as they will stand. Raises RecoupError for what makes no sense by itself."""
    cells = {h: c for h, c in entry.cells.items() if text(c)}
    name = book.path.name
    if not (cells or entry.note or entry.paid or entry.evidence or entry.attachment):
        raise RecoupError(
            f"{name}: say what to record, such as --stage Filed --case-id 12345678901. {UNCHANGED}"
        )
    if "Stage" in cells:
        stages = {s.casefold(): s for s in STAGES}
        stage = stages.get(text(cells["Stage"]).casefold())
        if stage is None:
            known = ", ".join(STAGES)
            raise RecoupError(
                f"{name}: --stage {text(cells['Stage'])} is no stage; use one of {known}. {UNCHANGED}"
            )
        cells["Stage"] = stage
    due = day(cells.get("Follow up on"))
    if due and due < run.as_of:
        raise RecoupError(
            f"{name}: --follow-up {due} lies before {run.as_of}; name a day to come. {UNCHANGED}"
        )
    if entry.paid:
        if not _MONEY.fullmatch(entry.paid.strip()):
            raise RecoupError(
                f"{name}: --paid {entry.paid} is no amount; write it as 25.00 or 25.00 USD. {UNCHANGED}"
            )
        said = (text(cells.get("Amazon answer")), f"paid {entry.paid.strip()}")
        cells["Amazon answer"] = "; ".join(filter(None, said))
    return cells


def rows_of_case(book: Book, notebook: Notebook, case: str) -> list[Record]:
    """All rows of a case, named by its name, by a claim in it, or by Amazon's id. Raises RecoupError."""
    rows, wanted = list(notebook.sheet.by_key.values()), case.strip()
    _refuse_unnamed(book, notebook, wanted)
    for header in ("Case", "Claim ID", "Amazon case ID"):
        found = [r for r in rows if plain(r.get(header)) == wanted]
        names = {text(r.get("Case")) for r in found} - {""}
        if len(names) > 1:
            raise RecoupError(
                f"{book.path.name}, sheet Cases: {wanted} stands on several cases ({', '.join(sorted(names))}); "
                f"name one of them. {UNCHANGED}"
            )
        if found:
            return [r for r in rows if text(r.get("Case")) in names] if names else found
    hint = (
        f"; the claim is there, start it with `recoup start {book.path.name} {wanted}`"
        if wanted in notebook.known.claims
        else "; copy the name from the column Case"
    )
    raise RecoupError(f"{book.path.name}, sheet Cases: there is no case {wanted}{hint}. {UNCHANGED}")


def _refuse_unnamed(book: Book, notebook: Notebook, case: str) -> None:
    """Rows of one case that a person opened without claim ids cannot be told apart."""
    alike = [r for r in notebook.sheet.rows if text(r.get("Case")) == case and not text(r.get("Claim ID"))]
    if len(alike) > 1:
        raise RecoupError(
            f"{book.path.name}, sheet Cases: {len(alike)} rows of {case} have no Claim ID, so that they cannot be told "
            f"apart; type a name of your own into Claim ID of each. {UNCHANGED}"
        )


def _refuse_steps(
    book: Book, run: Run, notebook: Notebook, rows: Sequence[Record], cells: Mapping[str, Cell], entry: Entry
) -> None:
    stage = text(cells.get("Stage"))
    for row in rows:
        rules, before = _rules(row, notebook, run), stage_of(row)
        wrong = wrong_step(before, stage) if stage else ""
        if stage == "Appealed" and before == "Denied" and not wrong:
            wrong = why_no_appeal(row, rules)
        fault = next(iter(_new_faults(row, cells, entry, rules)), None)
        if fault and not wrong:
            wrong = _in_words(fault)
        if wrong:
            raise RecoupError(f"{book.path.name}, sheet Cases, {named(row)}: {wrong}. {UNCHANGED}")


def _in_words(fault: Fault) -> str:
    option = f" ({_OPTIONS[fault.column]})" if fault.column in _OPTIONS else ""
    remedy = fault.remedy[:1].lower() + fault.remedy[1:].rstrip(".")
    return f"{fault.says}{option}; {remedy}"


def _rules(row: Record, notebook: Notebook, run: Run) -> Rules:
    claim = notebook.known.claims.get(text(row.get("Claim ID")), {})
    return rules_of(row, claim, notebook.sheet.log, notebook.policy, run.as_of)


def _new_faults(row: Record, cells: Mapping[str, Cell], entry: Entry, rules: Rules) -> list[Fault]:
    """What would be wrong with the row then and is not wrong already, or is wrong with what is written now."""
    after: Record = {**row, **cells}
    if entry.note:
        after["Notes"] = entry.note
    old = {f.column for f in find_faults(row, rules)}
    then = replace(rules, appeals=rules.appeals + bool(entry.evidence))
    stage = text(cells.get("Stage"))
    blank = [] if stage != "Appealed" or entry.evidence else [_NO_EVIDENCE]
    return blank + [f for f in find_faults(after, then) if f.column in cells or f.column not in old]


_NO_EVIDENCE = Fault(
    "Stage",
    "an appeal needs evidence that Amazon has not seen",
    "say what it is (--evidence), and name the file (--attachment)",
)


def _refuse_own_check(
    book: Book, notebook: Notebook, rows: Sequence[Record], cells: Mapping[str, Cell]
) -> None:
    """Nobody checks what they file, and no name of a filed case is changed so that one person did both."""
    for row in rows:
        after = {**row, **cells}
        signed, filed_by = text(cells.get("Checked by")), text(after.get("Filed by"))
        wrong = ""
        if signed and same_person(signed, filed_by or text(after.get("Owner"))):
            wrong = f"{signed} {'files' if filed_by else 'owns'} it, and a check is somebody else's"
        elif (
            "Filed by" in cells
            and stage_of(row) in BEYOND_DRAFT
            and (block := unchecked(after, notebook.policy))
        ):
            wrong = block.why.partition(":")[0]
        if wrong:
            remedy = (
                f"have a colleague run `recoup record {book.path.name} {text(row.get('Case'))} --checked`"
            )
            raise RecoupError(f"{book.path.name}, sheet Cases, {named(row)}: {wrong}; {remedy}. {UNCHANGED}")


def _refuse_filing(
    book: Book,
    run: Run,
    notebook: Notebook,
    rows: Sequence[Record],
    cells: Mapping[str, Cell],
    folders: Sequence[Path],
) -> None:
    refuse_stale(book, notebook.memory, report_files(book, folders))
    refuse_typed(book, notebook, [text(r.get("Claim ID")) for r in rows])
    refuse_later_day(book, notebook, run)
    standing = standing_of(book, notebook, day(cells.get("Filed on")) or run.as_of)
    blocks = filing_blocks([{**row, **cells} for row in rows], standing)
    remedy = f"If it was filed outside Recoup, type it on Cases: it is marked and left alone. {UNCHANGED}"
    refuse(f"{book.path.name}: {named(rows[0])} cannot be filed", blocks, remedy)


def _plan(cells: dict[str, Cell], rows: Sequence[Record], notebook: Notebook, run: Run, done: Done) -> None:
    """Fill in the day to look again, by policy, counted from the day of what is recorded."""
    stage = text(cells.get("Stage"))
    since = (day(cells.get("Filed on")) if stage == "Filed" else None) or run.as_of
    rules = _rules(rows[0], notebook, run)
    due, rule = look_again(stage, text(rows[0].get("Kind")), since, rules)
    if stage == "Denied":  # an appeal has its own days
        due = next_step({**rows[0], **cells, "Follow up on": None}, rules, Seen(since)).due
    if due is None and stage in ("Paid", "Closed") and any(r.get("Follow up on") for r in rows):
        cells["Follow up on"] = None
    if due:
        cells["Follow up on"] = max(due, run.as_of)
        done.said.append(f"Follow up on {cells['Follow up on']} by {rule}.")


def _step(act: Act, rows: Sequence[Record], cells: Mapping[str, Cell], log: Sequence[Record]) -> Step:
    """What is to be done next about the case as it stands after this."""
    standing = standing_of(act.book, act.notebook, act.run.as_of)
    after = [{**r, **cells} if any(r is row for row in rows) else r for r in standing.cases]
    lines = [*act.book.read_table("CaseLog").records(), *log]
    return step_of(Desk(replace(standing, cases=after), read_log(lines, after)), {**rows[0], **cells})


def _write_row(
    act: Act, row: Record, cells: Mapping[str, Cell], entry: Entry, filing: bool, step: Step
) -> None:
    written: Record = dict(cells)
    if entry.note:
        written["Notes"] = "\n".join(filter(None, (text(row.get("Notes")), entry.note)))
    if entry.paid and not text(entry.cells.get("Amazon answer")):
        said = (text(row.get("Amazon answer")), text(cells["Amazon answer"]))
        written["Amazon answer"] = "; ".join(filter(None, said))
    if filing and not (text(row.get("Units filed")) or text(row.get("Value filed"))):
        written |= filed_amounts(row)
    written["Last change"] = act.run.as_of
    if "Stage" in cells:
        written["Suggested next step"] = None
        if row_key(row) in act.notebook.sheet.written:
            written["Suggested stage"] = None
    elif "Checked by" in cells:
        written["Suggested next step"] = (
            text(row.get("Suggested next step")).removeprefix(CHECK_FIRST) or None
        )
    if stage_of(row | written) != "Draft" and not was_paid(row):
        written["Suggested next step"] = step.says or None
    act.type_case(row, written)
    key, claims = text(row.get("Claim ID")), act.notebook.known.claims
    if cells.get("Stage", "Draft") != "Draft" and key in claims:
        after, rules = {**row, **cells}, _rules(row, act.notebook, act.run)
        appealable = cells["Stage"] == "Denied" and not why_no_appeal(after, rules)
        act.restate(key, follow_stage(claims[key], after, appealable, evidence_of(act.book, key)))


def _log(case: str, cells: Mapping[str, Cell], entry: Entry, run: Run) -> list[Record]:
    """Lines of Case Log: what was sent, what Amazon said, what is new, and what was noted."""
    stage, number = text(cells.get("Stage")), plain(cells.get("Amazon case ID"))
    reason = text(cells.get("Decision reason"))
    sent = f"{stage}{f' as Amazon case {number}' if number else ''}" if stage in ("Filed", "Appealed") else ""
    heard = [stage] if stage and not sent and stage not in ("Draft", "Closed", "Waiting on Amazon") else []
    heard += [text(cells.get("Amazon answer")), f"reason: {reason}" if reason and stage != "Closed" else ""]
    noted = [stage] if stage in ("Draft", "Closed", "Waiting on Amazon") else []
    noted += [reason if stage == "Closed" else "", entry.note]
    lines = [
        (NEW_EVIDENCE, entry.evidence),
        ("To Amazon", sent),
        ("From Amazon", "; ".join(filter(None, heard))),
        ("Note", "; ".join(filter(None, noted))),
    ]
    told = [(direction, said) for direction, said in lines if said]
    if entry.attachment and not told:
        told = [("Note", "attachment")]
    return [
        {
            "When": run.when,
            "Case": case,
            "Direction": direction,
            "Who": run.who,
            "Text": said,
            "Attachment": entry.attachment if number == 0 else None,
        }
        for number, (direction, said) in enumerate(told)
    ]
