"""What the ribbon does with the workbook that is open in Excel: the same runs as on files, beside its person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .books import open_live
from .books.open_workbooks import Clicked
from .books.xlwings_book import XlwingsBook
from .doors import Refreshed, refresh_opened
from .progress import Detail, Progress
from .progress_window import window
from .run import Run
from .workbook import backups_kept, require_recoup

WRITTEN = "The workbook is not saved yet: save it to keep this, or close it without saving to drop it."


@contextmanager
def opened_live(
    title: str, clicked: Clicked | None = None, *, to_write: bool = True
) -> Iterator[tuple[XlwingsBook, Progress]]:
    """The open Recoup workbook and what shows the steps: Excel's status bar, and a window of that title with Cancel.

    Raises RecoupError when it is no Recoup workbook, or Excel cannot be written to; ``Cancelled`` from any step.
    """
    with window(title) as look_on:
        look_on("Reading the workbook")
        book = open_live(clicked, to_write=to_write, progress=look_on)
        require_recoup(book)
        book.keep = backups_kept(book)
        with book.status_bar() as bar:

            def show(step: str) -> None:
                bar(step)
                look_on(step)

            yield book, show


def refresh_live(book: XlwingsBook, run: Run, progress: Progress) -> Refreshed:
    """Refresh the open workbook; people's cells, and its file, are left alone."""
    summary = refresh_opened(book, run, [], progress=progress)
    progress(Detail("Writing into Excel"))
    return Refreshed(summary, book.save(), WRITTEN)
