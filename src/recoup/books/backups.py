"""Dated copies of a workbook as it stood before each save; the newest are kept."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from recoup.books.base import BookUnsaved
from recoup.books.refusals import refusal
from recoup.books.temporary import holds, remove_dead, sync_folder, whole_file

BACKUP_FOLDER = "Recoup backups"


def back_up(book: Path, data: bytes, folder: Path | None, *, alone: bool) -> Path:
    """Keep ``data``, the content of a workbook, under the day and time the workbook was last saved; returns the copy.

    A copy that is there already is not made twice. ``alone``: no other run works on this workbook.
    Raises ``BookUnsaved`` with no copy made.
    """
    folder = folder or book.parent / BACKUP_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if alone:
            remove_dead(folder, book)
        for copy in _names(book, folder):
            if not copy.exists():
                with whole_file(book, folder, data, dated=True) as temporary:
                    temporary.rename(copy)  # on Windows it never replaces another one
                sync_folder(folder)
                return copy
            if holds(copy, data):
                return copy
    except FileExistsError as error:
        raise BookUnsaved(
            f"{book.name} was not saved: its backup has no place, {folder} is a file; rename that file and run "
            "again. Nothing was changed."
        ) from error
    except OSError as error:
        reason = str(refusal(error, folder / book.name)).partition(": ")[2]
        raise BookUnsaved(f"{book.name} was not saved, its backup cannot be made: {reason}") from error
    raise AssertionError("names without end")


def keep_newest(book: Path, folder: Path | None, keep: int) -> None:
    """Remove the oldest copies; called when the new file stands in its place."""
    with suppress(OSError):  # one that cannot be removed today is removed another time
        for old in _copies(book, folder or book.parent / BACKUP_FOLDER)[:-keep]:
            old.unlink(missing_ok=True)


def _names(book: Path, folder: Path) -> Iterator[Path]:
    stamp = time.strftime("%Y-%m-%d %H%M%S", time.localtime(book.stat().st_mtime))
    yield folder / f"{book.stem} {stamp}{book.suffix}"
    number = 2
    while True:
        yield folder / f"{book.stem} {stamp} ({number}){book.suffix}"
        number += 1


def _copies(book: Path, folder: Path) -> list[Path]:
    stamp = r" (\d{4}-\d\d-\d\d \d{6})(?: \((\d+)\))?"
    name = re.compile(re.escape(book.stem) + stamp + re.escape(book.suffix))
    dated = [(m[1], int(m[2] or 1), p) for p in folder.iterdir() if (m := name.fullmatch(p.name))]
    return [path for _, _, path in sorted(dated)]
