"""Doors of sharing: merge two copies of a workbook into a third file; list the Journal and take back one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .books.base import Book, BookLocked
from .books.locks import refuse_if_open
from .books.refusals import refusal
from .doors import opened_to_write
from .model import Record, RecoupError
from .progress import Progress, unseen
from .run import Run
from .shared_work import Summary, Undone, merge_books, newest_lines, undo
from .targets import place_of
from .workbook import open_workbook

_ROLES = {2: ("MINE", "THEIRS"), 3: ("BASE", "MINE", "THEIRS")}


@dataclass(slots=True)
class Merge:
    """A finished merge: the copies by their role, what was done, the file written, and what to know about it."""

    copies: dict[str, Path]
    summary: Summary
    path: Path
    notices: list[str] = field(default_factory=list)


def merge_files(
    books: Sequence[Path],
    output: Path,
    run: Run,
    *,
    engine: str = "package",
    progress: Progress = unseen,
) -> Merge:
    """Merge BASE, MINE and THEIRS, or MINE and THEIRS alone, into ``output``; none of them is touched.

    Raises RecoupError when they do not belong together, or ``output`` is one of them or there already.
    """
    copies = _copies(books)
    refuse_output(copies, output)
    notices = [_open_notice(path) for path in copies.values() if _is_open(path)]
    progress("Reading the copies")
    mine = open_workbook(copies["MINE"], engine)
    done = _merge(copies, mine, output, run, engine, progress)
    progress("Saving")
    mine.save(output)
    return replace(done, notices=notices)


def merge_opened(mine: Book, others: Sequence[Path], output: Path, run: Run, progress: Progress) -> Merge:
    """Merge BASE and THEIRS, or THEIRS alone, into MINE as it stands open; its changes are for ``output`` alone.

    Nothing is written yet: the caller saves it as ``output``. Raises RecoupError as ``merge_files`` does.
    """
    roles = _ROLES[len(others) + 1]
    copies = _told_apart(dict(zip(roles, [*others[:-1], mine.path, others[-1]], strict=True)))
    refuse_output(copies, output)
    notices = [_open_notice(path) for role, path in copies.items() if role != "MINE" and _is_open(path)]
    return replace(_merge(copies, mine, output, run, "package", progress), notices=notices)


def _merge(
    copies: dict[str, Path], mine: Book, output: Path, run: Run, engine: str, progress: Progress
) -> Merge:
    theirs = open_workbook(copies["THEIRS"], engine)
    base = open_workbook(copies["BASE"], engine) if "BASE" in copies else None
    progress("Merging")
    return Merge(copies, merge_books(base, mine, theirs, run), output)


def _copies(books: Sequence[Path]) -> dict[str, Path]:
    if len(books) not in _ROLES:
        raise RecoupError(
            f"merge takes two or three workbooks, not {len(books)}: recoup merge BASE MINE THEIRS --output BOOK, or, "
            "where the copy that both started from is gone, recoup merge MINE THEIRS --output BOOK."
        )
    return _told_apart(dict(zip(_ROLES[len(books)], books, strict=True)))


def _told_apart(copies: dict[str, Path]) -> dict[str, Path]:
    seen: dict[Path, str] = {}
    for role, path in copies.items():
        other = seen.setdefault(_resolved(path), role)
        if other != role:
            raise RecoupError(f"{other} and {role} are one file, {path}: name two copies of the workbook.")
    return copies


def refuse_output(copies: dict[str, Path], output: Path) -> None:
    """Raise RecoupError when ``output`` cannot be the merged workbook: one of the copies, there, or of another kind."""
    mine = copies["MINE"]
    for role, path in copies.items():
        if _resolved(output) == _resolved(path):
            raise RecoupError(f"{output} is {role} itself; name a new file. Nothing was written.")
    if output.suffix.lower() != mine.suffix.lower():
        raise RecoupError(f"{output}: name a workbook file that ends in {mine.suffix}, as {mine.name} does.")
    if output.exists() or output.is_symlink():
        raise RecoupError(
            f"{output} is there already; name a new file, or move that one away. Nothing was written."
        )
    if not output.parent.is_dir():
        raise RecoupError(f"{output}: the folder {output.parent} is not there; make it first.")


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except OSError as error:
        raise refusal(error, path) from error


def _is_open(path: Path) -> bool:
    try:
        refuse_if_open(path)
    except BookLocked:
        return True
    return False


def _open_notice(path: Path) -> str:
    return f"{path.name} is open somewhere: what is typed there and not saved yet is not in the merge."


def journal_lines(
    path: Path, *, claim: str = "", last: int | None = None, engine: str = "package"
) -> list[Record]:
    """Lines of a workbook's Journal, newest first."""
    return newest_lines(open_workbook(path, engine), claim, last)


def undo_line(
    path: Path, line_id: str, run: Run, *, in_place: bool = False, engine: str = "package"
) -> tuple[Undone, Path]:
    """Take back one line of the Journal and save, in a synced folder a copy; the new lines, and the file written."""
    to = place_of(path, "undone", in_place)
    with opened_to_write(path, to, engine) as book:
        done = undo(book, line_id, run)
        return done, book.save(to)
