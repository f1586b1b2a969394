"""What the function of a button works with: the person before Excel, the run, and the workbook that is open there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..books.open_workbooks import Clicked
from ..books.xlwings_book import XlwingsBook
from ..dialogs import Dialogs
from ..live_doors import opened_live
from ..memory import plain
from ..progress import WAITING, Progress
from ..run import Run


@dataclass(frozen=True, slots=True)
class Work:
    """Long work under way: the open workbook, and what shows the steps and may raise ``Cancelled``."""

    book: XlwingsBook
    progress: Progress
    _dialogs: Dialogs

    def asking(self) -> Dialogs:
        """What asks the person in the middle of the work, while the window with its steps is out of sight."""
        self.progress(WAITING)
        return self._dialogs


def go_to_table(book: XlwingsBook, table: str) -> None:
    """Bring a table to the front, with its first row selected."""
    go_to_row(book, table, "", "")


def go_to_row(book: XlwingsBook, table: str, header: str, called: str) -> None:
    """Bring the first row of a table with that text under a heading to the front, else its first row."""
    body = book.read_table(table)
    rows = list(zip(body.numbers, body.records(), strict=True))
    found = [number for number, row in rows if plain(row.get(header)) == called]
    book.select(book.sheet_of(table), next(iter(found or body.numbers), 1))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a button was clicked. ``dialogs`` ask and tell outside of ``opened`` only; ``Work.asking`` within."""

    dialogs: Dialogs
    run: Run
    clicked: Clicked

    @contextmanager
    def opened(self, title: str, *, to_write: bool = True) -> Iterator[Work]:
        """The Recoup workbook that is open in Excel; the steps show in a window of that title, with Cancel.

        Without ``to_write`` it may be open read-only. Nothing is written but by ``book.save()``, and never its file.
        """
        with opened_live(title, self.clicked, to_write=to_write) as (book, progress):
            yield Work(book, progress, self.dialogs)
