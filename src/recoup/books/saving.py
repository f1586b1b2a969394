"""Saving in one step: the old file or the new one stands there, never half of it, and a backup beside."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from recoup.books.backups import back_up, keep_newest
from recoup.books.base import BookChanged, BookLocked, BookUnsupported
from recoup.books.locks import refuse_if_open
from recoup.books.refusals import refusal
from recoup.books.run_lock import only_run
from recoup.books.temporary import remove_dead, sync_folder, whole_file

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds: a virus scanner lets go of a file by then


def digest(data: bytes) -> str:
    """The SHA-256 of a file's content."""
    return hashlib.sha256(data).hexdigest()


class BookFile:
    """The file of a workbook: read once, and written only when it still is what was read."""

    def __init__(self, path: Path, backups: Path | None) -> None:
        self.path, self._backups, self._sha256 = path, backups, ""

    def read(self) -> bytes:
        """Its content. Raises ``BookUnsupported``."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError as error:
            raise BookUnsupported(
                f"There is no file {self.path}; make a workbook with `recoup new`."
            ) from error
        except IsADirectoryError as error:
            raise BookUnsupported(f"{self.path} is a folder; name the workbook file in it.") from error
        except OSError as error:
            raise BookUnsupported(f"{self.path.name} cannot be read ({error.strerror}).") from error
        self._sha256 = digest(data)
        return data

    def target(self, to: Path | None) -> Path:
        """Where a save writes: a link is followed and stays a link."""
        return (to or self.path).resolve()

    def save(self, data: bytes, to: Path | None, keep: int) -> Path:
        """Write in place or as a copy; what stands there is backed up first, and the ``keep`` newest backups stay.

        Raises ``BookLocked``, ``BookChanged`` or ``BookUnsaved`` with nothing changed.
        """
        target = self.target(to)
        in_place = target == self.target(None)
        with only_run(target) as alone:
            old = self._look(target, in_place)
            if old is not None and keep > 0:
                back_up(target, old, self._backups, alone=alone)
            replace_file(target, data, lambda: self._look(target, in_place), alone=alone)
            if keep > 0:
                keep_newest(target, self._backups, keep)
        if in_place:
            self._sha256 = digest(data)
        return target

    def _look(self, target: Path, in_place: bool) -> bytes | None:
        """What stands in the target's place now; refused when somebody has it open or changed the book."""
        for name in {target, self.path if in_place else target}:
            refuse_if_open(name)
        try:
            data = target.read_bytes()
        except FileNotFoundError as error:
            if not in_place:
                return None
            raise BookChanged(
                f"{target.name} was moved or deleted while it was worked on; run again."
            ) from error
        except OSError as error:
            raise refusal(error, target) from error
        if in_place and digest(data) != self._sha256:
            raise BookChanged(f"{target.name} was changed by someone else since it was read; run again.")
        return data


def replace_file(target: Path, data: bytes, last_look: Callable[[], object], *, alone: bool) -> None:
    """Write ``data`` beside the target, read it back, then put it in the target's place in one step.

    ``last_look`` may still raise; ``alone``: no other run works on this file.
    Raises ``BookLocked`` or ``BookUnsaved`` with the target untouched.
    """
    try:
        if alone:
            remove_dead(target.parent, target)
        with whole_file(target, target.parent, data) as temporary:
            last_look()
            _swap(temporary, target)
    except OSError as error:
        raise refusal(error, target) from error
    sync_folder(target.parent)


def _swap(temporary: Path, target: Path) -> None:
    for pause in (*_PAUSES, None):
        try:
            os.replace(temporary, target)  # noqa: PTH105
            return
        except PermissionError as error:
            if pause is None:
                raise BookLocked(
                    f"{target.name} is open in another program, or its folder lets nobody replace it; close it and "
                    "try again. Nothing was changed."
                ) from error
            time.sleep(pause)
