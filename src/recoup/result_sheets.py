"""Writes what a refresh found: Claims, Not Claimed, Cases, Evidence, Journal, memory, Dashboard, Checks and Home.

Rows with people's cells are patched by their key and never move; the others are replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from . import home, results
from .books.base import Book
from .case_log import log_problems
from .case_money import CaseMoney, follow_money
from .case_sheet import OWN_KEY, copied_tabs
from .case_update import CaseUpdate, begin_update, finish_update
from .cases import Tracking
from .dashboard_sheet import sources_of, write_dashboard
from .journal import claim_changes, journal_rows, lines_of_run, overtyped_changes
from .memory import PEOPLE, READ_TO, plain, remember
from .model import Claim, Formula, NotClaimed, Problem, Record
from .pipeline import Result
from .reports import Reports
from .run import Run
from .sheets import AGE, NOT_CLAIMED
from .shield import Standing, grouped
from .source_files import SourceFiles
from .typed_over import restore_rows, strange_decisions, typed_problems
from .waiting import Sums, waiting_by_tab
from .work_ahead import Ahead, look_ahead
from .workbook import Notebook, sheets_of


@dataclass(slots=True)
class Summary:
    """What a refresh found, for the command line, Home and `--json`."""

    as_of: date
    claims: list[Claim]
    rows: list[Record]
    not_claimed: list[NotClaimed]
    problems: list[Problem]
    reports: Reports
    money: list[Record]
    deadlines: list[Record]
    next_step: str
    notice: str
    not_run: dict[str, list[str]]
    waiting: dict[str, Sums]
    ahead: Ahead
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What a refresh read and found, before anything is written. ``fresh``: lines of memory that say what was read."""

    book: Book
    run: Run
    notebook: Notebook
    reports: Reports
    result: Result
    tracking: Tracking
    files: SourceFiles
    fresh: list[Record]


def write_sheets(found: Found) -> Summary:
    """Bring all owned sheets up to date. People's cells are never written, but for the stage of a new draft."""
    book, run, notebook = found.book, found.run, found.notebook
    known, tracking = notebook.known, found.tracking
    places = results.Places(book.sheet_of("Evidence"), book.sheet_of("Policy"))
    rows = results.claim_rows(tracking, run.as_of, places)
    restore_rows(rows, known.claims, notebook.typed)
    shown = {plain(r["Claim ID"]): {**known.claims.get(plain(r["Claim ID"]), {}), **r} for r in rows}
    lines, left = _not_claimed(found)
    cases, money, evidence, standing = _update_cases(found, shown, left)
    changes = claim_changes(rows, known, notebook.typed, who=run.who)
    changes += overtyped_changes(left, notebook.lines_typed, who=run.who, key=NOT_CLAIMED.key)
    after = lines_of_run(notebook.journal, run.name)
    journal = journal_rows([*changes, *cases.changes], run=run.name, when=run.when, after=after)
    book.patch_rows("Claims", ["Claim ID"], rows)
    book.patch_rows("NotClaimed", NOT_CLAIMED.key, left)
    book.patch_rows("Cases", ["Claim ID"], cases.rows)
    book.append_rows("Cases", cases.opened)
    book.patch_rows("Cases", OWN_KEY, cases.own)
    book.replace_rows("Evidence", evidence, ["Claim ID", "Sheet or file", "Row", "Role"])
    book.append_rows("Journal", journal)
    memory = remember(rows, _people(found), notebook.written)
    memory += remember(left, {}, notebook.lines_written, "line", NOT_CLAIMED.key)
    kept = [*found.files.lines(), *notebook.imported, *found.fresh]
    book.replace_rows("RecoupMemory", [*kept, *memory, *cases.memory])
    standing = replace(standing, cases=cases.after)
    ahead = look_ahead(standing, notebook.sheet.log, [*notebook.journal, *journal])
    summary = _summarise(found, shown, lines, _problems(found, cases), ahead)
    paid, policy = money.paid, notebook.policy
    board = sources_of(shown.values(), cases.after, paid, found.reports, found.result, policy, run.as_of)
    summary.problems += [*write_dashboard(book, board), *book.problems]
    book.replace_rows("Checks", results.check_rows(summary.problems))
    _write_home(found, summary)
    return summary


def write_checks(book: Book, problems: Sequence[Problem]) -> None:
    """Let Checks say what reading the reports found; what the last refresh said of sheets that people mark stays."""
    rows = results.check_rows(problems)
    marked = [book.sheet_of(name) for name in ("Claims", "NotClaimed", "Cases", "CaseLog")]
    before = [r for r in book.read_table("Checks").records() if plain(r.get("Sheet or file")) in marked]
    said = {plain(r["Problem"]) for r in rows}
    book.replace_rows("Checks", [*rows, *(r for r in before if plain(r.get("Problem")) not in said)])


def _not_claimed(found: Found) -> tuple[list[NotClaimed], list[Record]]:
    """What is not claimed, and the rows of Not Claimed that say so."""
    notebook, lines = found.notebook, [*found.result.not_claimed, *found.tracking.not_claimed]
    rows = results.not_claimed_rows(lines, notebook.not_claimed, found.run.as_of)
    looked_at = {c.claim_id for c in found.result.claims} | {n.claim_id for n in found.result.not_claimed}
    tracked = {t.claim_id for t in found.tracking.tracked}
    rows += results.stale_lines(notebook.not_claimed, rows, looked_at, tracked)
    rows += results.silent_lines(notebook.not_claimed, rows, notebook.lines_typed, notebook.lines_written)
    return lines, rows


def _problems(found: Found, cases: CaseUpdate) -> list[Problem]:
    notebook, derived = found.notebook, {c.claim_id for c in found.result.claims}
    return [
        *(*found.reports.problems, *notebook.problems, *found.result.problems),
        *typed_problems([*notebook.typed, *notebook.lines_typed], derived),
        *(*strange_decisions(notebook.known), *copied_tabs(found.book)),
        *(*cases.problems, *log_problems(notebook.sheet.log)),
    ]


def _update_cases(
    found: Found, shown: Mapping[str, Record], left: list[Record]
) -> tuple[CaseUpdate, CaseMoney, list[Record], Standing]:
    """Cases, their money, Evidence and how all sheets stand: first the money, then what speaks against filing."""
    book, notebook, tracking, on = found.book, found.notebook, found.tracking, found.run.as_of
    cases = begin_update(tracking, notebook.sheet, notebook.known, on)
    every, gone = cases.every, any(t.claim is None for t in tracking.tracked)
    old = book.read_table("Evidence").records() if every or gone else []
    money = follow_money(every, old, found.reports, found.result, tracking, notebook.policy, on)
    evidence = results.evidence_rows(money.evidence, sheets_of(book), found.files)
    evidence += money.keep(old, evidence, tracking, found.reports, on)
    standing = _standing(found, shown, evidence, left)
    if every:
        finish_update(cases, notebook.sheet, notebook.known, money, standing, found.run.who)
    return cases, money, evidence, standing


def _standing(
    found: Found, shown: Mapping[str, Record], evidence: list[Record], left: list[Record]
) -> Standing:
    """The sheets as they are about to be written, but for Cases; what was not derived now was not seen today."""
    tracked = found.tracking.tracked
    claims = {
        **shown,
        **{t.claim_id: {**shown[t.claim_id], "Last seen": None} for t in tracked if not t.claim},
    }
    read_to = {t.claim_id: t.claim.read_to for t in tracked if t.claim}
    policy, on = found.notebook.policy, found.run.as_of
    return Standing(policy, on, claims, [], grouped(evidence), grouped(left), read_to=read_to)


def _summarise(
    found: Found, claims: Mapping[str, Record], lines: list[NotClaimed], problems: list[Problem], ahead: Ahead
) -> Summary:
    book, result, shown = found.book, found.result, list(claims.values())
    waiting = waiting_by_tab(result.claims, result.held, result.not_run)
    fresh = len(claims.keys() - found.notebook.known.claims.keys())
    hidden = book.rows_hidden("Claims")
    notices = (
        home.filter_notice(hidden, len(book.read_table("Claims").rows) if hidden else 0, fresh),
        home.crowded_tabs(found.reports, sheets_of(book)),
        *home.money_notices(ahead),
    )
    return Summary(
        as_of=found.run.as_of,
        claims=result.claims,
        rows=shown,
        not_claimed=lines,
        problems=problems,
        reports=found.reports,
        money=home.money_rows(shown),
        deadlines=home.deadline_rows(ahead.queue, book.sheet_of("Claims"), book.sheet_of("Cases")),
        next_step=home.next_step(shown, problems, result.not_run, waiting, ahead.queue, found.run.as_of),
        notice="; ".join(filter(None, notices)),
        not_run=result.not_run,
        waiting=waiting,
        ahead=ahead,
    )


def _write_home(found: Found, summary: Summary) -> None:
    book, run = found.book, found.run
    book.replace_rows("HomeMoney", summary.money)
    book.replace_rows("HomeDeadlines", summary.deadlines)
    coverage, tabs = found.result.coverage, sheets_of(book)
    rows = home.report_rows(summary.reports, coverage, summary.problems, summary.waiting, tabs)
    book.patch_rows("HomeReports", ["Report"], rows)
    book.write_names(
        {
            "Recoup_NextStep": summary.next_step,
            "Recoup_RefreshedOn": run.when,
            "Recoup_RefreshedBy": run.who,
            "Recoup_AsOf": run.as_of,
            "Recoup_Age": Formula(AGE, "refreshed today"),
            "Recoup_Notice": summary.notice,
        }
    )


def _people(found: Found) -> dict[str, dict[str, str]]:
    """People's cells as last seen; with a dismissal, the units and value it was about."""
    known, seen = found.notebook.known, dict[str, dict[str, str]]()
    for tracked in found.tracking.tracked:
        row = known.claims.get(tracked.claim_id, {})
        cells = {name: plain(row.get(name)) for name in PEOPLE}
        if tracked.claim and tracked.claim.read_to:
            cells[READ_TO] = plain(tracked.claim.read_to)
        before = known.memory.get(tracked.claim_id, {})
        if cells["Decision"] == "Dismiss":
            fresh = {"dismissed units": plain(tracked.line.units), "dismissed value": plain(tracked.value)}
            cells |= {k: before.get(k) or v for k, v in fresh.items()}
        seen[tracked.claim_id] = cells
    return seen
