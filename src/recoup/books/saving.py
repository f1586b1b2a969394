"""Saving in one step: the old file or the new one stands there, never half of it, and a backup beside."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.parsers import expat

from recoup.books.base import BookChanged, BookError, BookLocked
from recoup.books.locks import refuse_if_open

BACKUP_FOLDER = "Recoup backups"


def digest(data: bytes) -> str:
    """The SHA-256 of a file's content."""
    return hashlib.sha256(data).hexdigest()


def refuse_if_changed(book: Path, sha256: str) -> None:
    """Raise ``BookChanged`` when the file is not the one with that digest any more."""
    try:
        same = digest(book.read_bytes()) == sha256
    except FileNotFoundError as error:
        raise BookChanged(f"{book.name} was moved or deleted while it was worked on; run again.") from error
    if not same:
        raise BookChanged(f"{book.name} was changed by someone else since it was read; run again.")


def replace_file(
    target: Path, data: bytes, check_parts: Iterable[str], last_look: Callable[[], None] = lambda: None
) -> None:
    """Write ``data`` beside the target, read it back, then put it in the target's place in one step.

    ``check_parts`` are the XML parts that were written new; ``last_look`` may still raise.
    Raises ``BookError`` or ``OSError`` with the target untouched.
    """
    handle, name = tempfile.mkstemp(prefix=".~recoup-", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _verify(temporary, data, check_parts)
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())
        last_look()
        _swap(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _swap(temporary: Path, target: Path) -> None:
    try:
        os.replace(temporary, target)  # noqa: PTH105
    except PermissionError as error:
        raise BookLocked(f"{target.name} is open in another program; close it and try again.") from error


def _verify(file: Path, data: bytes, check_parts: Iterable[str]) -> None:
    with zipfile.ZipFile(file) as package:
        for part in check_parts:
            parser = expat.ParserCreate()
            try:
                with package.open(part) as stream:
                    parser.ParseFile(stream)
            except (expat.ExpatError, zipfile.BadZipFile, KeyError) as error:
                raise BookError(
                    f"{file.name}: the new {part} would not be readable ({error}); nothing was saved."
                ) from error
    if file.stat().st_size != len(data):
        raise BookError(f"{file.parent} did not take the whole file (disk full?); nothing was saved.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def back_up(book: Path, folder: Path | None, keep: int) -> Path | None:
    """Copy a workbook into the backup folder under the day and time it was last saved; keep the newest.

    Returns the copy, or None when ``keep`` is 0.
    """
    if keep < 1:
        return None
    folder = folder or book.parent / BACKUP_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    copy = _free_name(book, folder)
    shutil.copy2(book, copy)
    for old in _copies(book, folder)[:-keep]:
        if old != copy:
            old.unlink(missing_ok=True)
    return copy


def _free_name(book: Path, folder: Path) -> Path:
    stamp = time.strftime("%Y-%m-%d %H%M%S", time.localtime(book.stat().st_mtime))
    copy, number = folder / f"{book.stem} {stamp}{book.suffix}", 1
    while copy.exists():
        number += 1
        copy = folder / f"{book.stem} {stamp} ({number}){book.suffix}"
    return copy


def _copies(book: Path, folder: Path) -> list[Path]:
    stamp = r" (\d{4}-\d\d-\d\d \d{6})(?: \((\d+)\))?"
    name = re.compile(re.escape(book.stem) + stamp + re.escape(book.suffix))
    dated = [(m[1], int(m[2] or 1), p) for p in folder.iterdir() if (m := name.fullmatch(p.name))]
    return [path for _, _, path in sorted(dated)]


def save_over(
    book: Path, sha256: str, data: bytes, parts: Iterable[str], backups: Path | None, keep: int
) -> None:
    """Save in place: refuse when open or changed, back up, replace."""
    refuse_if_open(book)
    refuse_if_changed(book, sha256)
    back_up(book, backups, keep)
    replace_file(book, data, parts, last_look=lambda: refuse_if_changed(book, sha256))
