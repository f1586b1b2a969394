"""Temporary files beside a workbook: written whole, flushed and read back before they take a name of their own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recoup.books.base import BookUnsaved

_ENDING = ".tmp"
_CHUNK = 1 << 20
_MOST_NAME = 150  # bytes: prefixes and endings still fit into a file name


def own_prefix(book: Path) -> str:
    """How the names of Recoup's own files for a workbook begin; no report or workbook begins so."""
    name, plain = book.name, book.name.encode("utf-8", "surrogateescape")
    return f".~recoup-{name if len(plain) <= _MOST_NAME else hashlib.sha256(plain).hexdigest()[:16]}-"


@contextmanager
def whole_file(book: Path, folder: Path, data: bytes, *, dated: bool = False) -> Iterator[Path]:
    """A file in ``folder`` that holds ``data``, with the rights of ``book`` (its times too when ``dated``).

    It is gone at the end unless it was renamed. Raises ``OSError``, or ``BookUnsaved`` when it reads back otherwise.
    """
    handle, name = tempfile.mkstemp(prefix=own_prefix(book), suffix=_ENDING, dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            _take_rights(temporary, book, dated)
            os.fsync(file.fileno())
        if not holds(temporary, data):
            raise BookUnsaved(
                f"{book.name} was not saved: {folder} gives back other bytes than were written; check the drive, "
                "then run again. Nothing was changed."
            )
        yield temporary
    finally:
        with suppress(OSError):  # the next run removes it
            temporary.unlink(missing_ok=True)


def holds(file: Path, data: bytes) -> bool:
    """Whether a file holds exactly these bytes."""
    if file.stat().st_size != len(data):
        return False
    view, at = memoryview(data), 0
    with file.open("rb", buffering=0) as stream:
        while chunk := stream.read(_CHUNK):
            if chunk != view[at : at + len(chunk)]:
                return False
            at += len(chunk)
    return at == len(data)


def _take_rights(temporary: Path, book: Path, dated: bool) -> None:
    """The owner, group, mode and attributes of the workbook, as far as the system lets us."""
    if not book.exists():
        temporary.chmod(0o666 & ~_umask())
        return
    status = book.stat()
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.geteuid(), temporary.stat().st_gid):
        for owner in (-1, status.st_uid):  # the group is often allowed where the owner is not
            with suppress(OSError):
                os.chown(temporary, owner, status.st_gid)
    with suppress(OSError):
        shutil.copymode(book, temporary)
    with suppress(OSError):
        shutil.copystat(book, temporary)
    if not dated:
        os.utime(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def remove_dead(folder: Path, book: Path) -> None:
    """Remove what killed runs on this workbook left in a folder; only for who holds the workbook's lock."""
    name = re.compile(re.escape(own_prefix(book)) + r"[a-z0-9_]+" + re.escape(_ENDING))
    for file in [p for p in folder.iterdir() if name.fullmatch(p.name)]:
        with suppress(OSError):
            file.unlink()


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder, where the system knows that; the file stands there already."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
