"""What a person before Excel is told, with the buttons of the ribbon in place of commands to type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..addin.buttons import GROUPS
from ..dialogs import Dialogs, Field

_COMMAND = re.compile(
    r"`recoup (\w+)(?:[^`]|`(?=\w))*`"
)  # a backtick before a letter is one of a file's name
_OR_OPTION = re.compile(r", or (?:[^,.;()`]* )?--[a-z-]+(?!\.?\w)")  # what else the command line offers
_LABELS = MappingProxyType({button.function: button.label for group in GROUPS for button in group.buttons})
_INSTEAD = MappingProxyType(  # command -> the function of the button that does the same
    {
        "import": "import_files",
        "check": "check_reports",
        "prepare": "prepare_inputs",
        "clear": "clear_report_tab",
        "refresh": "refresh_claims",
        "explain": "explain_claim",
        "start": "start_case",
        "dismiss": "dismiss_claims",
        "record": "record_answer",
        "due": "show_due_today",
        "journal": "show_journal",
    }
)


def in_words_of_the_ribbon(sentence: str) -> str:
    """A sentence that tells a person to type a command, telling the button instead, and no option besides."""
    return _COMMAND.sub(_button_instead, _OR_OPTION.sub("", sentence))


def _button_instead(command: re.Match[str]) -> str:
    """The button that does what a sentence tells a person to type; a command without a button stays."""
    function = _INSTEAD.get(command[1])
    return f"{_LABELS[function]} (on the ribbon)" if function else command[0]


class InRibbonWords:
    """The dialogs of a person who clicked a button: see ``Dialogs``."""

    def __init__(self, dialogs: Dialogs) -> None:
        self._dialogs = dialogs
        self.seen = dialogs.seen
        self.pick_files, self.pick_folder, self.save_as = (
            dialogs.pick_files,
            dialogs.pick_folder,
            dialogs.save_as,
        )
        self.copy, self.open = dialogs.copy, dialogs.open

    def ask(self, title: str, question: str, fields: Sequence[Field]) -> Mapping[str, str]:
        """The question in words of the ribbon."""
        return self._dialogs.ask(title, in_words_of_the_ribbon(question), fields)

    def agree(self, title: str, question: str, preview: str, action: str, otherwise: str = "Cancel") -> None:
        """The question and the preview in words of the ribbon."""
        told, shown = in_words_of_the_ribbon(question), in_words_of_the_ribbon(preview)
        self._dialogs.agree(title, told, shown, action, otherwise)

    def choose(
        self,
        title: str,
        question: str,
        rows: Sequence[Mapping[str, str]],
        columns: Sequence[str],
        action: str,
    ) -> int:
        """The question in words of the ribbon."""
        return self._dialogs.choose(title, in_words_of_the_ribbon(question), rows, columns, action)

    def show(self, title: str, text: str) -> None:
        """The text in words of the ribbon."""
        self._dialogs.show(title, in_words_of_the_ribbon(text))

    def tell(self, title: str, sentence: str, details: str = "") -> None:
        """The sentence in words of the ribbon."""
        self._dialogs.tell(title, in_words_of_the_ribbon(sentence), details)
