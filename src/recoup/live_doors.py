"""What the ribbon does with the workbook that is open in Excel: the same runs as on files, beside its person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .books import open_live
from .books.base import Book
from .doors import Refreshed
from .progress import Detail, Progress
from .progress_window import window
from .refresh import refresh
from .report_workers import shelf_for
from .reports_folder import report_files
from .run import Run
from .workbook import backups_kept, require_recoup

WRITTEN = "The workbook is not saved yet: save it to keep this, or close it without saving to drop it."


@contextmanager
def opened_live(title: str) -> Iterator[tuple[Book, Progress]]:
    """The open Recoup workbook and what shows the steps: Excel's status bar, and a window of that title with Cancel.

    Raises RecoupError when it is no Recoup workbook, or Excel cannot be written to; ``Cancelled`` from any step.
    """
    with window(title) as look_on:
        look_on("Reading the workbook")
        book = open_live(progress=look_on)
        require_recoup(book)
        book.keep = backups_kept(book)
        with book.status_bar() as bar:

            def show(step: str) -> None:
                bar(step)
                look_on(step)

            yield book, show


def refresh_live(run: Run, folders: Sequence[Path]) -> Refreshed:
    """Refresh the open workbook; people's cells, and its file, are left alone."""
    with opened_live("Refresh claims") as (book, progress):
        files = report_files(book, folders)
        summary = refresh(book, run, files=files, shelf=shelf_for(files), progress=progress)
        progress(Detail("Writing into Excel"))
        return Refreshed(summary, book.save(), WRITTEN)
