"""The group Share of the ribbon: merge a colleague's copy, the Journal and its undo, functions turned into values."""

from __future__ import annotations

from collections.abc import Callable

from ..books.base import Book
from ..freezing import QUESTION, freeze, functions_in, preview
from ..shared_work import last_act, newest_lines, undo_lines
from ..sharing import merge_opened
from .desk import Desk
from .share_views import (
    about_merge,
    ask_copies,
    ask_output,
    choose_line,
    show_undone,
    what_comes_back,
    what_next,
)


def merge_copy(desk: Desk) -> None:
    """Merge a colleague's copy and the open workbook, as it stands, into a new file."""
    with desk.opened("Merge copy", to_write=False) as work:
        others = ask_copies(work.asking())
        output = ask_output(work.asking(), work.book.path)
        done = merge_opened(work.book, others, output, desk.run, work.progress)
        work.asking().agree("Merge copy", *about_merge(done), "Write it")
        work.book.save(output)
    desk.dialogs.agree("Merge copy", *what_next(done), "Open it", "Close")
    desk.dialogs.open(output)


def show_journal(desk: Desk) -> None:
    """Show the newest changes; the one that is chosen can be taken back."""
    with desk.opened("Journal", to_write=False) as work:
        line = choose_line(work.asking(), newest_lines(work.book))
    _take_back(desk, "Journal", lambda _: [line])


def undo_last(desk: Desk) -> None:
    """Take back what a command or button did last, once the person saw what comes back."""
    _take_back(desk, "Undo last", last_act)


def freeze_functions(desk: Desk) -> None:
    """Turn RECOUP_ formulas into their values, after showing which."""
    book, called = functions_in(desk.clicked)
    desk.dialogs.agree("Freeze functions", QUESTION, preview(called), "Freeze")
    desk.dialogs.show("Freeze functions", freeze(book, called, desk.run))


def _take_back(desk: Desk, title: str, lines_of: Callable[[Book], list[str]]) -> None:
    with desk.opened(title) as work:
        done = undo_lines(work.book, lines_of(work.book), desk.run)
        work.asking().agree(title, *what_comes_back(work.book, done), "Undo")
        work.book.save()
    desk.dialogs.show(title, show_undone(done))
