"""The door that Excel's cells call: each worksheet function as xlwings takes it, in a server that Excel starts.

Made from the declarations, so that names, arguments and help are those of the VBA. Beside its arguments a call brings
the state of Excel (`State`) and the calling cell. Nothing is written and nothing is refreshed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from inspect import Parameter, Signature
from typing import Any

import xlwings as xw

from .books.cells import from_serial
from .books.excel_calls import excel_calls
from .books.open_tables import OpenTables
from .worksheet_functions.answers import Call, answer
from .worksheet_functions.calling_book import CallingBook
from .worksheet_functions.declared import CATEGORY, FUNCTIONS, Function
from .worksheet_functions.failures import NO_ANSWER
from .worksheet_functions.grids import Cells


@dataclass(frozen=True, slots=True)
class State:
    """What the VBA tells with each call: today by Excel's clock, how the workbook counts days, and its content.

    ``changes`` is another text whenever the content of a workbook may have changed; ``book`` is its name.
    """

    today: date
    date1904: bool
    changes: str
    book: str

    @classmethod
    def of(cls, told: str) -> State:
        """From the VBA's text: serial of today, 1 for 1904, changes, and the name, with bars between."""
        today, date1904, changes, book = told.split("|", 3)
        day = from_serial(float(today), date1904=False, with_time=False)
        assert isinstance(day, date)
        return cls(day, date1904 == "1", changes, book)


_BOOKS: dict[str, tuple[str, CallingBook]] = {}  # by name: the changes it was read at


def _book_of(state: State, caller: Any) -> CallingBook:
    """The calling cell's workbook, as it was read since it last changed."""
    changes, book = _BOOKS.get(state.book, ("", None))
    if book is None or changes != state.changes:
        book = CallingBook(OpenTables(caller.sheet.book))
        _BOOKS[state.book] = state.changes, book
    return book


def _door(function: Function) -> Callable[..., Cells]:
    """The function for Excel: its arguments, then what the VBA adds."""

    def door(*given: Any) -> Cells:
        *arguments, told, caller = given
        state = State.of(told)
        try:
            with excel_calls(state.book):
                return answer(
                    function.name, arguments, Call(_book_of(state, caller), state.today, state.date1904)
                )
        except Exception as error:  # whatever it is, the cell says it
            return [[f"{NO_ANSWER}{error}"]]

    added = [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD, default=None) for n in ("state", "caller")]
    named = [
        Parameter(a.name, Parameter.POSITIONAL_OR_KEYWORD, default=None if a.optional else Parameter.empty)
        for a in function.arguments
    ]
    door.__name__, door.__doc__ = function.name, function.says
    door.__signature__ = Signature([*named, *added])  # type: ignore[attr-defined]
    door.__annotations__ = {}
    for argument in function.arguments:
        door = xw.arg(argument.name, "raw", doc=argument.says)(door)
    door = xw.arg("caller", "raw")(xw.arg("state", "raw", vba="Recoup_State()")(door))
    return xw.func(category=CATEGORY, volatile=function.volatile == "always")(xw.ret("raw")(door))


globals().update({function.name: _door(function) for function in FUNCTIONS})
