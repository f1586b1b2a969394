"""What the command line and the ribbon do with cases in a workbook file: open, act and save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .books.base import Book
from .case_acts import Done, standing_of
from .case_record import Entry, record
from .case_start import dismiss, start
from .doors import opened_to_write
from .model import RecoupError
from .reports_folder import report_files
from .run import Run
from .targets import place_of
from .work_ahead import FARTHEST, Ahead, look_ahead
from .workbook import open_workbook, read_notebook


def start_book(
    path: Path,
    run: Run,
    claim_ids: Sequence[str],
    folders: Sequence[Path] = (),
    *,
    in_place: bool = False,
    engine: str = "package",
) -> tuple[Done, Path]:
    """Start a case from claims; what was done, and the file written. ``folders`` are those of the last refresh."""
    return _act(path, in_place, engine, lambda book: start(book, run, claim_ids, report_files(book, folders)))


def record_book(
    path: Path,
    run: Run,
    case: str,
    entry: Entry,
    folders: Sequence[Path] = (),
    *,
    in_place: bool = False,
    engine: str = "package",
) -> tuple[Done, Path]:
    """Record what happened to a case; what was done, and the file written."""
    return _act(path, in_place, engine, lambda book: record(book, run, case, entry, folders))


def dismiss_book(
    path: Path,
    run: Run,
    claim_ids: Sequence[str],
    because: str,
    *,
    in_place: bool = False,
    engine: str = "package",
) -> tuple[Done, Path]:
    """Dismiss claims; what was done, and the file written."""
    return _act(path, in_place, engine, lambda book: dismiss(book, run, claim_ids, because))


def due_book(path: Path, run: Run, days: int, *, engine: str = "package") -> Ahead:
    """What is to be done in a workbook within the next days; it is only read, and may be open elsewhere."""
    return due_in(open_workbook(path, engine), run, days)


def due_in(book: Book, run: Run, days: int) -> Ahead:
    """What is to be done in an open workbook within the next days."""
    if not 0 <= days <= FARTHEST:
        raise RecoupError(
            f"--days {days}: say how many days to look ahead, 0 for today alone, {FARTHEST} at most."
        )
    notebook = read_notebook(book)
    standing = standing_of(book, notebook, run.as_of)
    return look_ahead(standing, notebook.sheet.log, notebook.journal, days)


def _act(path: Path, in_place: bool, engine: str, act: Callable[[Book], Done]) -> tuple[Done, Path]:
    to = place_of(path, "with cases", in_place)
    with opened_to_write(path, to, engine) as book:
        done = act(book)
        return done, book.save(to)
