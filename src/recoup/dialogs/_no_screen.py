"""Dialogs where there is no screen: sentences go to standard error if there is one, questions are refused."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from ..console import printable
from ..model import RecoupError
from . import Field
from ._clipboard import put_text


class NoScreen:
    """See ``Dialogs``."""

    seen = False

    def pick_files(self, title: str, kinds: Sequence[tuple[str, str]]) -> list[Path]:  # noqa: ARG002
        """Cannot be asked."""
        self._refuse(title)

    def pick_folder(self, title: str) -> Path:
        """Cannot be asked."""
        self._refuse(title)

    def save_as(self, title: str, name: str) -> Path:  # noqa: ARG002
        """Cannot be asked."""
        self._refuse(title)

    def ask(self, title: str, question: str, fields: Sequence[Field]) -> Mapping[str, str]:  # noqa: ARG002
        """Cannot be asked."""
        self._refuse(title)

    def agree(
        self,
        title: str,
        question: str,  # noqa: ARG002
        preview: str,  # noqa: ARG002
        action: str,  # noqa: ARG002
        otherwise: str = "Cancel",  # noqa: ARG002
    ) -> None:
        """Cannot be asked."""
        self._refuse(title)

    def choose(
        self,
        title: str,
        question: str,  # noqa: ARG002
        rows: Sequence[Mapping[str, str]],  # noqa: ARG002
        columns: Sequence[str],  # noqa: ARG002
        action: str,  # noqa: ARG002
    ) -> int:
        """Cannot be asked."""
        self._refuse(title)

    def show(self, title: str, text: str) -> None:
        """The text on standard error."""
        self.tell(title, text.rstrip("\n"))

    def tell(self, title: str, sentence: str, details: str = "") -> None:  # noqa: ARG002
        """The sentence on standard error."""
        if sys.__stderr__ is not None:
            sys.__stderr__.write(f"recoup: {printable(sentence)}\n")

    def copy(self, text: str) -> None:
        """The clipboard may be there without a screen."""
        put_text(text)

    def open(self, path: Path) -> None:
        """Nothing could be seen."""
        self._refuse(path.name)

    def _refuse(self, title: str) -> NoReturn:
        raise RecoupError(
            f"{title}: there is no screen to ask on, or this Python has no tkinter; use the command line, "
            "`recoup --help`. Nothing was changed."
        )
