"""One run at a time works on a workbook: a lock beside it, which the system drops when its process ends.

The lock stands beside the workbook, where every PC that shares the folder sees it; its text says who holds it. It is
the system's lock on that file that counts, never the file: one that a killed run left behind hinders nobody.

Decision: a share that knows no locks is worked on without one; there the last look at the book's content decides
(``saving``), and temporary files of other runs are left alone.
"""

from __future__ import annotations

import errno
import getpass
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from recoup.books.base import BookLocked
from recoup.books.refusals import refusal
from recoup.books.temporary import own_prefix

_PATIENCE = 0.3  # seconds: a run that is just ending has let go by then
_WITHOUT_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL}
_TEXT_AT, _TEXT_SIZE = 1, 200  # byte 0 is the one that Windows locks


def lock_file(book: Path) -> Path:
    """The file whose lock a run holds."""
    return book.with_name(own_prefix(book) + "run.lock")


@contextmanager
def only_run(book: Path) -> Iterator[bool]:
    """Hold the lock of a workbook (its real path), again where this thread holds it; True when there is one.

    Raises ``BookLocked`` naming who holds it and since when, ``BookUnsaved`` when the folder cannot be written.
    """
    path = lock_file(book)
    if not path.parent.is_dir():  # the lock would make it
        raise refusal(FileNotFoundError(errno.ENOENT, "no such folder"), book)
    lock = FileLock(path, timeout=_PATIENCE, mode=0o666, is_singleton=True, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        if not path.exists():  # a folder in which nothing can be made
            raise refusal(PermissionError(errno.EACCES, "no file can be made"), book) from error
        raise BookLocked(_who_holds(book, path)) from error
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise refusal(error, book) from error
        yield False
        return
    try:
        if lock.lock_counter == 1:
            _sign(path)
        yield True
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):  # Windows keeps it until it is let go, and removes it then
                path.unlink()
        lock.release()


def _sign(path: Path) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_WRONLY)
        try:
            os.lseek(handle, _TEXT_AT, os.SEEK_SET)
            os.write(handle, _me().encode("utf-8")[:_TEXT_SIZE].ljust(_TEXT_SIZE))
        finally:
            os.close(handle)


def _me() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no name in the environment and none in the system
        user = "someone"
    return f"{user} on {platform.node() or 'an unnamed computer'}"


def _who_holds(book: Path, path: Path) -> str:
    who, since = "someone", ""
    with suppress(OSError), path.open("rb", buffering=0) as file:
        since = time.strftime(" since %Y-%m-%d %H:%M:%S", time.localtime(os.fstat(file.fileno()).st_mtime))
        file.seek(_TEXT_AT)
        who = file.read(_TEXT_SIZE).decode("utf-8", "replace").strip() or who
    return (
        f"Another run of Recoup works on {book.name} ({who}{since}); nothing was changed, "
        "run again when it has finished."
    )
