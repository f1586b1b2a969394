"""The seam to the person before Excel: files and folders to pick, questions, texts to read, the clipboard.

``Dialogs`` says what can be asked; ``open_dialogs`` gives what this computer has: windows in front of Excel, or, where
there is no screen, sentences on standard error. Whoever closes a dialog without an answer raises ``Declined``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..progress import Cancelled

ALL_FILES = ("All files", "*")


class Declined(Cancelled):
    """The person closed a dialog, or said no; that is all there is to say."""

    def __init__(self) -> None:
        super().__init__("Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a form: its label is its name. With ``choices`` one of them, or, when ``free``, something else."""

    label: str
    value: str = ""
    choices: Sequence[str] = ()
    free: bool = True
    lines: int = 1
    needed: bool = False
    hint: str = ""


class Dialogs(Protocol):
    """What a person can be asked and told. Whatever asks raises ``Declined``."""

    seen: bool  # whether a person sees it

    def pick_files(self, title: str, kinds: Sequence[tuple[str, str]]) -> list[Path]:
        """One or more files; ``kinds`` are names with patterns, such as ``("Reports", "*.txt *.csv")``."""
        ...

    def pick_folder(self, title: str) -> Path:
        """A folder."""
        ...

    def save_as(self, title: str, name: str) -> Path:
        """The file to write, with that name to begin with; the dialog asks before one that is there."""
        ...

    def ask(self, title: str, question: str, fields: Sequence[Field]) -> Mapping[str, str]:
        """What was typed into a form, by label, without blanks around it; needed fields are filled."""
        ...

    def agree(self, title: str, question: str, preview: str, action: str, otherwise: str = "Cancel") -> None:
        """Show what will change, and go on when the person clicks ``action``."""
        ...

    def choose(
        self,
        title: str,
        question: str,
        rows: Sequence[Mapping[str, str]],
        columns: Sequence[str],
        action: str,
    ) -> int:
        """A table of which the person picks one row and clicks ``action``; the row's place among them."""
        ...

    def show(self, title: str, text: str) -> None:
        """A text or a table to read and copy."""
        ...

    def tell(self, title: str, sentence: str, details: str = "") -> None:
        """A sentence; ``details`` can be copied, and are not shown."""
        ...

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, where it stays when this program has ended."""
        ...

    def open(self, path: Path) -> None:
        """Show a folder or a workbook in the program that this computer opens it with."""
        ...


def open_dialogs(window: int = 0) -> Dialogs:
    """Windows in front of Excel's window with that handle, where there is a screen."""
    from ._no_screen import NoScreen

    try:
        from ._screen import has_screen
        from ._windows import Windows
    except ImportError:  # a Python without tkinter
        return NoScreen()
    return Windows(window) if has_screen() else NoScreen()
