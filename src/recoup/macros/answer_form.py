"""The form in which a person records what happened to a case.

Decisions: what stands in the case's rows is there to begin with, where all rows agree; only what was changed is
recorded. A cell cannot be emptied here: what it said would stay on Case Log alone. What the engine refuses is told
above the form, in which everything typed still stands. The day to look again follows a new stage by policy, so its
line begins blank and says which day stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from ..books.base import BookError
from ..books.xlwings_book import XlwingsBook
from ..case_acts import UNCHANGED, Done
from ..case_record import Entry, rows_of_case
from ..dialogs import Dialogs, Field
from ..memory import plain
from ..model import Cell, Record, RecoupError
from ..policy import DENIALS
from ..run import Run
from ..sheets import STAGES
from ..workbook import read_notebook
from .desk import go_to_row
from .ribbon_words import in_words_of_the_ribbon

_CHECKED, _YES = "Checked", "Yes, by me"
_AGAIN = "Follow up on"
_DAYS = ("Filed on", _AGAIN)
_DAY = "A day, such as 2026-11-15"
_CELLS = (
    Field("Stage", free=False),
    Field("Amazon case ID"),
    Field("Filed on", hint=f"{_DAY}. Blank, when it is filed now: today, and by you."),
    Field("Filed by"),
    Field("Owner"),
    Field("Amazon answer", lines=2),
    Field("Decision reason", hint="Amazon's reason, word for word."),
    Field("Next action"),
    Field(_AGAIN, hint=f"{_DAY}. Blank: by policy with a new stage"),
)
_BESIDE = (
    Field(_CHECKED, choices=("", _YES), free=False, hint="You checked it; a colleague files it."),
    Field("Paid", hint="What Amazon says it paid, such as 25.00 USD."),
    Field("New evidence", lines=2, hint="For an appeal: what Amazon has not seen."),
    Field("Attachment"),
    Field("Note", lines=2, hint="Added to Notes; all of it is on Case Log too."),
)
_OPTION = re.compile(r"(?<![^\s(])--[a-z-]+(?!\.?\w)")  # and no part of a file's name
_OPTIONS = {  # of the command, and what the form calls them
    "--stage": "Stage",
    "--case-id": "Amazon case ID",
    "--filed-on": "Filed on",
    "--filed-by": "Filed by",
    "--answer": "Amazon answer",
    "--reason": "Decision reason",
    "--follow-up": "Follow up on",
    "--paid": "Paid",
    "--evidence": "New evidence",
    "--attachment": "Attachment",
    "--note": "Note",
}


class AnswerForm:
    """The form for one case, by the name that its rows have."""

    def __init__(self, book: XlwingsBook, case: str) -> None:
        notebook = read_notebook(book)
        self._rows = rows_of_case(book, notebook, case)
        self.case = case
        reasons = [c.code for c in notebook.policy.reason_codes if c.group == DENIALS]
        choices = {"Stage": STAGES, "Decision reason": reasons}
        self._fields = [
            self._planned(f)
            if f.label == _AGAIN
            else replace(f, value=_common(self._rows, f.label), choices=choices.get(f.label, ()))
            for f in _CELLS
        ]

    def _planned(self, line: Field) -> Field:
        now = _common(self._rows, line.label)
        return replace(line, hint=f"{line.hint}{f', else it stays {now}' if now else ''}.")

    def ask(self, dialogs: Dialogs, act: Callable[[Entry], Done], run: Run) -> Done:
        """Ask until ``act`` takes what was typed; what was done. Raises ``Declined``, ``BookError``."""
        told, fields = self._about(), [*self._fields, *_BESIDE]
        question = told
        while True:
            typed = dialogs.ask("Record answer", question, fields)
            try:
                return act(self._entry(typed, run))
            except BookError:
                raise
            except RecoupError as error:
                question = f"{in_words_of_the_form(str(error))}\n\n{told}"
                fields = [replace(f, value=typed[f.label]) for f in fields]

    def _about(self) -> str:
        first = self._rows[0]
        facts = ", ".join(
            filter(None, (plain(first.get(h)) for h in ("Kind", "SKU", "Order ID", "Shipment ID")))
        )
        rows = f" ({len(self._rows)} rows of Cases)" if len(self._rows) > 1 else ""
        return f"What happened to {self.case}{rows}? {facts}"

    def _entry(self, typed: Mapping[str, str], run: Run) -> Entry:
        """What differs from what stood there. Raises RecoupError."""
        changed = {f.label: typed[f.label] for f in self._fields if typed[f.label] != f.value}
        for header, text in changed.items():
            if not text:
                raise RecoupError(f"{header} cannot be emptied here; empty its cell on Cases. {UNCHANGED}")
        cells: dict[str, Cell] = {h: _day(h, t) if h in _DAYS else t for h, t in changed.items()}
        if typed[_CHECKED]:
            cells["Checked by"] = run.who
        return Entry(cells, typed["Note"], typed["Paid"], typed["New evidence"], typed["Attachment"])

    def go_to_case(self, book: XlwingsBook) -> None:
        """Bring the first row of the case to the front."""
        key = next(h for h in ("Claim ID", "Case", "Amazon case ID") if plain(self._rows[0].get(h)))
        called = plain(self._rows[0].get(key))
        go_to_row(book, "Cases", key, called)


def in_words_of_the_form(sentence: str) -> str:
    """A sentence of the command, its options called as the lines of the form, commands as buttons."""
    told = in_words_of_the_ribbon(sentence)
    return _OPTION.sub(lambda m: _OPTIONS.get(m[0], m[0]), told)


def _common(rows: list[Record], header: str) -> str:
    """What all rows say in a column; "" where they differ."""
    said = {plain(row.get(header)) for row in rows}
    return said.pop() if len(said) == 1 else ""


def _day(header: str, typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise RecoupError(f"{header}: {typed} is not a day; write it as 2026-11-15. {UNCHANGED}") from None
