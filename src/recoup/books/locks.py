"""Who has a workbook open: the lock files that Excel and LibreOffice leave beside it."""

from __future__ import annotations

import stat
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from recoup.books.base import BookLocked, BookUnsaved
from recoup.books.refusals import refusal

_NAME_BYTES = 54  # Excel: length, name in the local code page, then length and name in UTF-16


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock file: the program that made it, whose it is, and since when (local time as text)."""

    program: str
    owner: str
    since: str
    path: Path


def find_locks(book: Path) -> list[Lock]:
    """The lock files that stand beside a workbook."""
    excel, libre = book.with_name("~$" + book.name), book.with_name(f".~lock.{book.name}#")
    found = []
    for program, path, owner_in in (("Excel", excel, _excel_owner), ("LibreOffice", libre, _libre_owner)):
        try:
            since = time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime))
        except OSError:  # none there, or a name that is too long to be one
            continue
        try:
            owner = owner_in(path.read_bytes())
        except OSError:
            owner = ""
        found.append(Lock(program, owner or "someone", since, path))
    return found


def _excel_owner(data: bytes) -> str:
    if len(data) > _NAME_BYTES + 3:
        size = struct.unpack_from("<H", data, _NAME_BYTES + 1)[0]
        if 0 < size <= 52:
            return data[_NAME_BYTES + 3 :][: 2 * size].decode("utf-16-le", "replace").strip()
    return data[1 : 1 + data[0]].decode("cp1252", "replace").strip() if data else ""


def _libre_owner(data: bytes) -> str:
    fields = data.decode("utf-8", "replace").split(",")
    return next((name.strip() for name in fields[:3] if name.strip()), "")


def refuse_if_open(book: Path) -> None:
    """Raise ``BookLocked`` naming the owner when a lock file stands or the system says that the file is in use.

    Raises ``BookUnsaved`` for a file that is read-only, or that has two names of which a save would change one.
    """
    for lock in find_locks(book):
        raise BookLocked(
            f"{book.name} is open in {lock.program} by {lock.owner} since {lock.since}; close it there "
            f"and try again (if nobody has it open, delete {lock.path.name!r} in its folder)."
        )
    try:
        status = book.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise refusal(error, book) from error
    if not stat.S_ISREG(status.st_mode):
        return
    if not stat.S_IMODE(status.st_mode) & 0o222:
        raise BookUnsaved(f"{book.name} is read-only; allow writing (file properties), then try again.")
    if status.st_nlink > 1:
        raise BookUnsaved(
            f"{book.name} has {status.st_nlink} names (hard links), and a save would leave the others behind; delete "
            "the others, or make them symbolic links, then try again."
        )
    try:
        with book.open("r+b"):
            pass
    except PermissionError as error:
        if sys.platform == "win32":
            raise BookLocked(f"{book.name} is open in another program; close it and try again.") from error
        raise BookUnsaved(f"{book.name} is read-only for you; allow writing, then try again.") from error
    except OSError as error:
        raise refusal(error, book) from error
