"""Runs the function of a button. Whatever goes wrong becomes a sentence before the person; nothing is printed.

Exit code 0: done, or the person was told what was wrong; with 1 nobody saw it, and the add-in says so. Only functions
of buttons can be run. Where the user has a folder for Recoup's logs, a line per click goes into it, without any text
that could come from a report; where there is none, none is made.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import MappingProxyType

import platformdirs

from ..addin.buttons import BOOK_VARIABLE, GROUPS, WINDOW_VARIABLE, Button, Group
from ..books.open_workbooks import Clicked
from ..clock import run_now
from ..dialogs import Declined, Dialogs, open_dialogs
from ..model import RecoupError
from ..progress import Cancelled
from .desk import Desk
from .ribbon_words import InRibbonWords

Function = Callable[[Desk], None]
_LARGEST_LOG = 1_000_000  # bytes
_LOG = logging.getLogger("recoup.macros")
_BUTTONS: Mapping[str, tuple[Group, Button]] = MappingProxyType(
    {button.function: (group, button) for group in GROUPS for button in group.buttons}
)


def main(arguments: Sequence[str], log: Path | None = None) -> int:
    """Run the function that is named; the exit code."""
    for name in ("stdout", "stderr"):  # pythonw has none
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the process ends
    _open_log(log or platformdirs.user_log_path("recoup"))
    clicked = _clicked(os.environ)
    return click(" ".join(arguments), Desk(open_dialogs(clicked.window), run_now(), clicked))


def click(name: str, desk: Desk) -> int:
    """Run the function of that name at a desk; the exit code."""
    desk = replace(desk, dialogs=InRibbonWords(desk.dialogs))
    try:
        title, function = _function(name)
    except RecoupError as error:
        return _told(desk.dialogs, "Recoup", error)
    try:
        function(desk)
    except Exception as error:
        _LOG.info("%s %s", name, type(error).__name__)
        return _told(desk.dialogs, title, error)
    _LOG.info("%s done", name)
    return 0


def functions(group: Group) -> dict[str, Function]:
    """The functions of a group's buttons: those of the module that is named like the group."""
    module = importlib.import_module(f"{__package__}.{group.name}")
    return {button.function: getattr(module, button.function) for button in group.buttons}


def _function(name: str) -> tuple[str, Function]:
    """The button's label and its function. Raises RecoupError for what is no button's."""
    if name not in _BUTTONS:
        raise RecoupError(
            f"{name[:40]!r} is no function of a Recoup button; run `recoup addin install` so that the add-in and "
            "Recoup are of one version, then restart Excel."
        )
    group, button = _BUTTONS[name]
    return button.label, functions(group)[name]


def _told(dialogs: Dialogs, title: str, error: Exception) -> int:
    """Tell the person; the exit code."""
    if isinstance(error, Declined):
        return 0
    details = "".join(traceback.format_exception(error))
    try:
        dialogs.tell(title, _sentence(error), "" if isinstance(error, Cancelled) else details)
    except Exception:  # the screen is gone
        return 1
    return 0 if dialogs.seen else 1


def _sentence(error: Exception) -> str:
    if isinstance(error, RecoupError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; check the drive and your rights there."
    return (
        f"Recoup could not do it: internal error ({type(error).__name__}). Copy the details, and report them. If this "
        "click changed the workbook, the newest backup was made just before and holds all as it was; if it changed "
        "nothing, the backups are older: leave them alone."
    )


def _clicked(environment: Mapping[str, str]) -> Clicked:
    window = environment.get(WINDOW_VARIABLE, "")
    return Clicked(environment.get(BOOK_VARIABLE, ""), int(window) if window.isdecimal() else 0)


def _open_log(folder: Path) -> None:
    if folder.is_dir():
        try:
            file = RotatingFileHandler(
                folder / "buttons.log", maxBytes=_LARGEST_LOG, backupCount=1, encoding="utf-8", delay=False
            )
        except OSError:  # not writable
            return
        file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        _LOG.addHandler(file)
        _LOG.setLevel(logging.INFO)
        _LOG.propagate = False
