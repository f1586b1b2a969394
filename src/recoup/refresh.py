"""Refresh claims: read the workbook and the reports, detect, and write what changed."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path

from . import home, results
from .books.base import Book
from .case_checks import find_appealable
from .case_log import log_problems
from .case_money import follow_money
from .case_sheet import copied_tabs
from .case_update import CaseUpdate, begin_update, finish_update
from .cases import Known, Tracking, track
from .confidence import count_outcomes
from .coverage import tab_name
from .detectors import Detector, all_detectors
from .freshness import freshness_lines
from .importing import recall_periods
from .journal import claim_changes, journal_rows, lines_of_run, overtyped_changes
from .memory import PEOPLE, READ_TO, plain, remember
from .model import Claim, Formula, NotClaimed, Problem, Record
from .pipeline import Brief, Result, detect
from .prepare import Ask, find_missing
from .progress import Progress, Stopwatch, each_file, unseen
from .recalled import recall_losses
from .reconciliation import OWN_KEY
from .reports import Listing, Reports, Shelf, file_sources, read
from .reports_folder import not_read
from .sheets import AGE, NOT_CLAIMED
from .shield import Standing, grouped
from .source_files import SourceFiles
from .typed_over import as_written, restore_rows, strange_decisions, typed_problems
from .waiting import Sums, waiting_by_tab
from .work_ahead import Ahead, look_ahead
from .workbook import Notebook, read_notebook, report_tabs, sheets_of


@dataclass(slots=True)
class Run:
    """When, for which day and by whom; the doors know, nothing else does."""

    as_of: date
    when: datetime
    who: str

    @property
    def name(self) -> str:
        """A short name of the run for the Journal."""
        return f"{self.when:%Y%m%d-%H%M%S}"


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


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for cycles, which looks at the millions of rows and events of a run over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@uncollected()
def refresh(
    book: Book,
    run: Run,
    *,
    files: Listing,
    shelf: Shelf | None = None,
    progress: Progress = unseen,
    at: Path | None = None,
) -> Summary:
    """Fill the owned sheets of an open book; the caller saves it. People's cells are never written.

    ``shelf`` keeps readings of reports between runs. ``at`` is where the book will be saved, when that is another
    folder: links to files start there.
    """
    clock = Stopwatch(progress)
    clock.start("Reading the workbook")
    notebook = read_notebook(book)
    clock.start("Reading the reports")
    reports = _read_reports(book, notebook, files, shelf, progress)
    fresh = freshness_lines(book, reports.contents, files)
    clock.start("Finding claims")
    result = detect(reports, _brief(notebook, run))
    _find_appealable(notebook, run)
    sources = {kind: _source(detector) for kind, detector in all_detectors().items()}
    tracking = track(result.claims, result.not_claimed, notebook.known, run.as_of, sources)
    clock.start("Writing the sheets")
    problems = [*reports.problems, *notebook.problems, *result.problems]
    linked = SourceFiles(files.files, reports.exports, at or book.path)
    summary = _write(book, run, notebook, reports, result, tracking, problems, linked, fresh)
    summary.seconds = clock.stop()
    return summary


@uncollected()
def check(
    book: Book,
    run: Run,
    *,
    files: Listing,
    shelf: Shelf | None = None,
    progress: Progress = unseen,
) -> tuple[Reports, list[Problem], Result]:
    """Read everything and say what is wrong, without writing."""
    notebook = read_notebook(book)
    reports = _read_reports(book, notebook, files, shelf, progress)
    result = detect(reports, _brief(notebook, run))
    return reports, [*reports.problems, *notebook.problems, *result.problems], result


@uncollected()
def missing_inputs(
    book: Book,
    run: Run,
    *,
    files: Listing,
    shelf: Shelf | None = None,
    progress: Progress = unseen,
) -> list[Ask]:
    """The records a person must fill in, largest money first, without writing."""
    notebook = read_notebook(book)
    reports = _read_reports(book, notebook, files, shelf, progress)
    return find_missing(detect(reports, _brief(notebook, run)), reports, notebook.policy, run.as_of)


def _read_reports(
    book: Book, notebook: Notebook, files: Listing, shelf: Shelf | None, progress: Progress
) -> Reports:
    sources = chain(report_tabs(book), file_sources(files, each_file(progress)))
    reports = read(sources, periods=notebook.periods, shelf=shelf)
    reports.problems += not_read(book, files)
    recall_periods(reports.exports, notebook.imported)
    return reports


def _source(detector: Detector) -> str:
    first = detector.needs[0]
    return tab_name(first if isinstance(first, str) else first[0])


def _brief(notebook: Notebook, run: Run) -> Brief:
    home = str(notebook.policy.setting("home_marketplace") or "US")
    prefixes = {kind: d.prefix for kind, d in all_detectors().items()}
    claims = as_written(notebook.known.claims, notebook.typed)
    return Brief(
        notebook.policy,
        run.as_of,
        notebook.exclusions,
        notebook.cases,
        notebook.periods,
        count_outcomes(notebook.known.cases.values()),
        tuple(recall_losses(claims, notebook.not_claimed.values(), prefixes, home)),
        notebook.cleared,
    )


def _find_appealable(notebook: Notebook, run: Run) -> None:
    known = notebook.known
    known.appealable = find_appealable(notebook.sheet, known.claims, notebook.policy, run.as_of)


def _write(
    book: Book,
    run: Run,
    notebook: Notebook,
    reports: Reports,
    result: Result,
    tracking: Tracking,
    problems: list[Problem],
    linked: SourceFiles,
    fresh: list[Record],
) -> Summary:
    known = notebook.known
    derived = {c.claim_id for c in result.claims}
    places = results.Places(book.sheet_of("Evidence"), book.sheet_of("Policy"))
    rows = results.claim_rows(tracking, run.as_of, places)
    restore_rows(rows, known.claims, notebook.typed)
    problems += typed_problems([*notebook.typed, *notebook.lines_typed], derived)
    problems += [*strange_decisions(known), *copied_tabs(book)]
    changes = claim_changes(rows, known, notebook.typed, who=run.who)
    lines = [*result.not_claimed, *tracking.not_claimed]
    left = results.not_claimed_rows(lines, notebook.not_claimed, run.as_of)
    looked_at = derived | {line.claim_id for line in result.not_claimed}
    left += results.stale_lines(notebook.not_claimed, left, looked_at, {t.claim_id for t in tracking.tracked})
    left += results.silent_lines(notebook.not_claimed, left, notebook.lines_typed, notebook.lines_written)
    changes += overtyped_changes(left, notebook.lines_typed, who=run.who, key=NOT_CLAIMED.key)
    cases, evidence, standing = _update_cases(
        book, run, notebook, reports, result, tracking, rows, left, linked
    )
    problems += [*cases.problems, *log_problems(notebook.sheet.log)]
    book.patch_rows("Claims", ["Claim ID"], rows)
    book.patch_rows("NotClaimed", NOT_CLAIMED.key, left)
    book.patch_rows("Cases", ["Claim ID"], cases.rows)
    book.append_rows("Cases", cases.opened)
    book.patch_rows("Cases", OWN_KEY, cases.own)
    book.replace_rows("Evidence", evidence, ["Claim ID", "Sheet or file", "Row", "Role"])
    after = lines_of_run(notebook.journal, run.name)
    book.append_rows(
        "Journal", journal_rows([*changes, *cases.changes], run=run.name, when=run.when, after=after)
    )
    memory = remember(rows, _people(tracking, known), notebook.written)
    memory += remember(left, {}, notebook.lines_written, "line", NOT_CLAIMED.key)
    book.replace_rows("RecoupMemory", [*linked.lines(), *notebook.imported, *fresh, *memory, *cases.memory])
    journal = [*notebook.journal, *journal_rows(changes, run=run.name, when=run.when)]
    ahead = look_ahead(replace(standing, cases=cases.after), notebook.sheet.log, journal)
    summary = _summarise(book, run, known, rows, reports, result, problems, ahead)
    summary.not_claimed = lines
    problems += book.problems
    book.replace_rows("Checks", results.check_rows(problems))
    _write_home(book, run, summary, result)
    return summary


def _update_cases(
    book: Book,
    run: Run,
    notebook: Notebook,
    reports: Reports,
    result: Result,
    tracking: Tracking,
    rows: Sequence[Record],
    left: Sequence[Record],
    linked: SourceFiles,
) -> tuple[CaseUpdate, list[Record], Standing]:
    """Cases, Evidence and how all sheets stand: first the money, then, on its rows, what speaks against filing."""
    cases = begin_update(tracking, notebook.sheet, notebook.known, run.as_of)
    every, gone = cases.every, any(t.claim is None for t in tracking.tracked)
    old = book.read_table("Evidence").records() if every or gone else []
    money = follow_money(every, old, reports, result, tracking, notebook.policy, run.as_of)
    evidence = results.evidence_rows(money.evidence, sheets_of(book), linked)
    evidence += money.keep(old, evidence, tracking, reports, run.as_of)
    standing = _standing(notebook, run, tracking, rows, left, evidence)
    if every:
        finish_update(cases, notebook.sheet, notebook.known, money, standing, run.who)
    return cases, evidence, standing


def _standing(
    notebook: Notebook,
    run: Run,
    tracking: Tracking,
    rows: Sequence[Record],
    left: Sequence[Record],
    evidence: Sequence[Record],
) -> Standing:
    """The sheets as they are about to be written, but for Cases."""
    known = notebook.known
    claims = {plain(r["Claim ID"]): {**known.claims.get(plain(r["Claim ID"]), {}), **r} for r in rows}
    for tracked in tracking.tracked:
        if tracked.claim is None:  # also where an earlier run of this day still derived it
            claims[tracked.claim_id]["Last seen"] = None
    read_to = {t.claim_id: t.claim.read_to for t in tracking.tracked if t.claim}
    return Standing(notebook.policy, run.as_of, claims, [], grouped(evidence), grouped(left), read_to=read_to)


def _summarise(
    book: Book,
    run: Run,
    known: Known,
    rows: list[Record],
    reports: Reports,
    result: Result,
    problems: list[Problem],
    ahead: Ahead,
) -> Summary:
    shown = [{**known.claims.get(plain(r["Claim ID"]), {}), **r} for r in rows]
    waiting = waiting_by_tab(result.claims, result.held, result.not_run)
    fresh = sum(plain(r["Claim ID"]) not in known.claims for r in rows)
    hidden = book.rows_hidden("Claims")
    notices = (
        home.filter_notice(hidden, len(book.read_table("Claims").rows) if hidden else 0, fresh),
        home.crowded_tabs(reports, sheets_of(book)),
        *home.money_notices(ahead),
    )
    return Summary(
        as_of=run.as_of,
        claims=result.claims,
        rows=shown,
        not_claimed=[],
        problems=problems,
        reports=reports,
        money=home.money_rows(shown),
        deadlines=home.deadline_rows(ahead.queue, book.sheet_of("Claims"), book.sheet_of("Cases")),
        next_step=home.next_step(shown, problems, result.not_run, waiting, ahead.queue),
        notice="; ".join(filter(None, notices)),
        not_run=result.not_run,
        waiting=waiting,
        ahead=ahead,
    )


def _write_home(book: Book, run: Run, summary: Summary, result: Result) -> None:
    book.replace_rows("HomeMoney", summary.money)
    book.replace_rows("HomeDeadlines", summary.deadlines)
    tabs = sheets_of(book)
    rows = home.report_rows(summary.reports, result.coverage, summary.problems, summary.waiting, tabs)
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


def _people(tracking: Tracking, known: Known) -> dict[str, dict[str, str]]:
    """People's cells as last seen; with a dismissal, the units and value it was about."""
    seen: dict[str, dict[str, str]] = {}
    for tracked in tracking.tracked:
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
