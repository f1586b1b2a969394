"""Refresh claims: read the workbook and the reports, detect, and write what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from .books.base import Book
from .case_checks import find_appealable
from .cases import track
from .confidence import count_outcomes
from .coverage import tab_name
from .detectors import Detector, all_detectors
from .freshness import freshness_lines
from .heap import large_run
from .importing import recall_periods
from .model import Problem
from .pipeline import Brief, Result, detect
from .prepare import Ask, find_missing
from .progress import Progress, Stopwatch, each_file, unseen
from .recalled import recall_losses
from .reports import Listing, Reports, Shelf, file_sources, read
from .reports_folder import not_read
from .result_sheets import Found, Summary, write_sheets
from .run import Run
from .source_files import SourceFiles
from .typed_over import as_written
from .workbook import Notebook, read_notebook, report_tabs


@contextmanager
def kept(shelf: Shelf | None) -> Iterator[None]:
    """What was read goes onto the shelf beside the work that follows; at the end it is there."""
    try:
        yield
    finally:
        if shelf is not None:
            shelf.finish()


@large_run()
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
    with kept(shelf):
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
        linked = SourceFiles(files.files, reports.exports, at or book.path)
        summary = write_sheets(Found(book, run, notebook, reports, result, tracking, linked, fresh))
        summary.seconds = clock.stop()
        return summary


@large_run()
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
    with kept(shelf):
        reports = _read_reports(book, notebook, files, shelf, progress)
        result = detect(reports, _brief(notebook, run))
    return reports, [*reports.problems, *notebook.problems, *result.problems], result


@large_run()
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
    with kept(shelf):
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
