"""Puts the add-in where Excel loads it, with the running Python written into it, and takes it away again.

Installing looks at everything before it writes anything. What has Recoup's name and is not Recoup's is never touched.
Decision: folders stay when the add-in goes; they are Excel's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recoup.addin.computer import Computer, System
from recoup.addin.installed import settings_in
from recoup.addin.materials import ADDIN, addin_for, script
from recoup.addin.places import addin_place, refuse_without_excel, script_place
from recoup.addin.settings import Settings
from recoup.books.base import BookLocked
from recoup.books.locks import refuse_if_open
from recoup.books.refusals import refusal
from recoup.books.run_lock import only_run
from recoup.books.saving import replace_file
from recoup.books.temporary import remove_dead
from recoup.model import RecoupError

_OWN_SCRIPT = b"RunRecoup"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done with a file."""

    file: Path
    done: Literal["made", "replaced", "removed", "same", "absent"]


def interpreter(computer: Computer) -> Path:
    """The Python that a click starts. Raises ``RecoupError`` when this one cannot be it."""
    if computer.system is not System.WINDOWS:
        return computer.python
    if computer.from_store():
        raise RecoupError(
            f"{computer.base} is Python from the Microsoft Store, which hides its files from Excel; install Python "
            "from python.org (no administrator needed), Recoup in it, and run this again."
        )
    silent = computer.python.with_name("pythonw.exe")
    if not silent.exists():
        raise RecoupError(
            f"{silent} is missing, and a click would open a black window without it; make the environment again "
            "(py -m venv) and install Recoup there."
        )
    return silent


def settings_for(computer: Computer) -> Settings:
    """What stands in the add-in of this computer. Raises ``RecoupError``."""
    path = str(interpreter(computer))
    return (
        Settings(interpreter_win=path)
        if computer.system is System.WINDOWS
        else Settings(interpreter_mac=path)
    )


def install(computer: Computer) -> list[Change]:
    """Put it there; the same again changes nothing. Raises ``RecoupError`` with nothing changed."""
    refuse_without_excel(computer)
    wanted = {addin_place(computer): addin_for(settings_for(computer))}
    if computer.system is System.MACOS:
        wanted[script_place(computer)] = script()
    standing = {file: _content(file) for file in wanted}
    for file, data in standing.items():
        if data is not None and not _is_own(file, data):
            raise RecoupError(
                f"{file} was not made by Recoup; move it elsewhere or rename it, then run this again."
            )
    changed = {file: data for file, data in wanted.items() if standing[file] != data}
    with _alone_with(changed) as alone:
        for file, data in changed.items():
            with _excel_let_go(file):
                replace_file(file, data, lambda: None, alone=alone)
    return [_change(file, standing[file], file in changed) for file in wanted]


def uninstall(computer: Computer) -> list[Change]:
    """Take away what ``install`` put there. Raises ``RecoupError`` with nothing changed."""
    refuse_without_excel(computer)
    files = [addin_place(computer)]
    if computer.system is System.MACOS:
        files.append(script_place(computer))
    own = [file for file in files if (data := _content(file)) is not None and _is_own(file, data)]
    with _alone_with(own):
        for file in own:
            _remove(file)
    return [Change(file, "removed" if file in own else "absent") for file in files]


def _change(file: Path, before: bytes | None, written: bool) -> Change:
    if not written:
        return Change(file, "same")
    return Change(file, "made" if before is None else "replaced")


def _is_own(file: Path, data: bytes) -> bool:
    return bool(settings_in(data)) if file.name == ADDIN else _OWN_SCRIPT in data


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refusal(error, file) from error


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, file) from error


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise refusal(error, file) from error


@contextmanager
def _alone_with(files: Iterable[Path]) -> Iterator[bool]:
    """No file is open, and no other run changes one meanwhile: what a killed run left in Excel's way can go then."""
    with ExitStack() as held:
        alone = True
        for file in files:
            with _excel_let_go(file):
                refuse_if_open(file)
            _make_folder(file)
            alone = held.enter_context(only_run(file)) and alone
            if alone:
                remove_dead(file.parent, file)
        yield alone


@contextmanager
def _excel_let_go(file: Path) -> Iterator[None]:
    """Says of a file in use that it is Excel which holds it, and that all its windows must go."""
    try:
        yield
    except BookLocked as error:
        raise BookLocked(
            f"Excel has {file} open; quit Excel, every window of it, then run this again. Nothing was changed."
        ) from error
