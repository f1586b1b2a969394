"""Asks a worksheet function: whatever stands in its arguments, each cell gets its answer or a sentence why not.

Decision: a cell whose question is blank stays blank, so that a formula may reach below the last row. Whatever goes
wrong, what is told is a sentence in the cell, never an error of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from recoup.books.cells import MAX_TEXT, to_serial
from recoup.model import Cell, RecoupError
from recoup.work_ahead import DAYS, FARTHEST
from recoup.worksheet_functions import rules
from recoup.worksheet_functions.calling_book import CallingBook
from recoup.worksheet_functions.declared import BY_NAME
from recoup.worksheet_functions.fees_due import fba_fees, size_tiers
from recoup.worksheet_functions.grids import Asked, Cells, Given, as_cells, for_each, lay_over, seen
from recoup.worksheet_functions.rules import Circumstances
from recoup.worksheet_functions.typed import day_of, name_of, number_of

One: TypeAlias = "Callable[[Circumstances, Asked], Cell]"
Many: TypeAlias = "Callable[[Circumstances, Sequence[Asked]], list[Cell]]"


@dataclass(frozen=True, slots=True)
class Call:
    """Where and when a function is called. ``date1904``: how the workbook counts its days."""

    book: CallingBook
    today: date
    date1904: bool = False

    @property
    def circumstances(self) -> Circumstances:
        """What the rules ask for."""
        return Circumstances(self.book.policy, self.today, self.date1904)


def answer(name: str, given: Sequence[Given], call: Call) -> Cells:
    """The answers of a function, row by row; days as serial numbers, nothing as an empty text."""
    try:
        return _table(given, call) if name == "RECOUP_DUE" else _each(name, given, call)
    except RecoupError as error:
        return [[str(error)]]


def _each(name: str, given: Sequence[Given], call: Call) -> Cells:
    function = BY_NAME[name]
    names = [a.name for a in function.arguments]
    needed = [i for i, a in enumerate(function.arguments) if not a.optional]
    grids = [as_cells(g) for g in given]
    asks = _asks(needed, names)
    many = _ALL_AT_ONCE.get(name) or _one_by_one(_answers_of(call)[name])
    circumstances = call.circumstances

    def each(questions: list[Asked]) -> list[Cell]:
        blank = [all(asked[i] is None for i in asks) for asked in questions]
        given = iter(many(circumstances, [q for q, b in zip(questions, blank, strict=True) if not b]))
        return [_as_excel(None if b else next(given), call.date1904) for b in blank]

    return for_each(grids, lay_over(names, grids), each)


def _asks(needed: Sequence[int], names: Sequence[str]) -> Sequence[int]:
    """The arguments without which nothing is asked: the day, where a kind may stand for a whole column."""
    return [names.index("event_date")] if "event_date" in names else needed


def _one_by_one(one: One) -> Many:
    def many(at: Circumstances, questions: Sequence[Asked]) -> list[Cell]:
        return [_told(one, at, asked) for asked in questions]

    return many


def _told(one: One, at: Circumstances, asked: Asked) -> Cell:
    try:
        return one(at, asked)
    except RecoupError as error:
        return str(error)


_ALL_AT_ONCE: Mapping[str, Many] = {"RECOUP_FBAFEE": fba_fees, "RECOUP_SIZETIER": size_tiers}


def _answers_of(call: Call) -> dict[str, One]:
    """The functions that answer cell by cell, those of the workbook bound to it."""
    book = call.book
    return {
        "RECOUP_DEADLINE": rules.deadline,
        "RECOUP_OPENS": rules.opens,
        "RECOUP_DAYSLEFT": rules.days_left,
        "RECOUP_REASON": rules.reason,
        "RECOUP_UNITVALUE": lambda at, asked: _unit_value(book, at, asked),
        "RECOUP_WHY": lambda _, asked: book.why(name_of(asked[0])),
        "RECOUP_CASETEXT": lambda _, asked: book.case_text(name_of(asked[0])),
    }


def _unit_value(book: CallingBook, at: Circumstances, asked: Asked) -> Cell:
    cell, on, market = asked
    day = at.today if on is None else day_of("on", on, at.date1904)
    name, marketplace = name_of(cell), at.marketplace(market)
    found = book.unit_value(name, day, marketplace)
    return f"No value of {name}, missing: {found.missing}." if found.unit is None else found.unit


def _table(given: Sequence[Given], call: Call) -> Cells:
    (days,) = (as_cells(g) for g in given)
    if (len(days), len(days[0])) != (1, 1):
        raise RecoupError("days must be one cell.")
    cell = seen(days[0][0])
    ahead = DAYS if cell is None else number_of("days", cell)
    if not 0 <= ahead <= FARTHEST or ahead != int(ahead):
        raise RecoupError(f"days must be a whole number from 0 to {FARTHEST}, not {ahead:g}.")
    table = call.book.due(call.today, int(ahead))
    if len(table) == 1:
        nothing: list[Cell] = [f"Nothing is due within {ahead:g} days of {call.today}."]
        table.append(nothing + [None] * (len(table[0]) - 1))
    return [[_as_excel(cell, call.date1904) for cell in row] for row in table]


def _as_excel(cell: Cell, date1904: bool) -> Cell:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell if len(cell) <= MAX_TEXT else f"{cell[: MAX_TEXT - 1]}…"
    if isinstance(cell, date):
        serial = to_serial(cell, date1904)
        return cell.isoformat() if serial is None else serial
    return cell
