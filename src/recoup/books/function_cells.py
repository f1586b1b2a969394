"""Formulas with RECOUP_ functions in an open workbook: found, led back to this computer's add-in, turned into values.

Decisions: a formula that fills several cells (an array, or one that spills) goes as a whole. What shows an error, or
that Recoup did not answer, is left, for its value would be lost where only the add-in or its Python is missing. Values
are written so that Excel takes no text for a number or date, not by pasting, which would leave out rows that a filter
hides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings as xw

from recoup.books import open_workbooks as excel
from recoup.books.area import Area
from recoup.books.backups import back_up, keep_newest
from recoup.books.base import BookChanged, BookError, BookLocked
from recoup.books.cells import ERRORS, to_serial
from recoup.books.excel_calls import excel_calls, says
from recoup.books.excel_cells import MOST_READ, Place, blocks, in_rows, range_of, write_cells
from recoup.books.excel_quiet import quiet
from recoup.model import Cell, Formula

_CALL = re.compile(r"(?<![\w.])RECOUP_[A-Z]+\s*\(", re.I)
_FOREIGN = re.compile(r"(?:'(?:[^']|'')*recoup\.xlam'|(?:\[[^\]]*\])?recoup\.xlam)!(?=RECOUP_)", re.I)
# A text, the name of a tab, a column of a table: none of them calls anything
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\[(?:'.|[^\[\]'])*\]""")


@dataclass(frozen=True, slots=True)
class Called:
    """A formula that calls a function: its tab, the cells it fills, and the other computer's add-in that it names."""

    sheet: str
    area: Area
    formula: str
    is_array: bool = False
    foreign: str = ""


@dataclass(slots=True)
class Frozen:
    """What became of the formulas."""

    cells: int = 0
    repaired: int = 0
    left: dict[Called, str] = field(default_factory=dict)  # and what they show in place of an answer
    backup: Path | None = None
    unsure: str = ""  # cells that hold neither their formula nor their value, perhaps


def find_functions(book: xw.Book) -> list[Called]:
    """All formulas that call RECOUP_ functions, tab by tab. Raises ``BookError`` when Excel is busy."""
    with excel_calls(book.name):
        spills = _spills(book)
        return [called for sheet in book.sheets for called in sorted(_on(sheet, spills), key=_column_first)]


def _column_first(called: Called) -> Place:
    return called.area.left, called.area.top


def _spills(book: xw.Book) -> bool:
    """Whether formulas spill in this Excel: asked once, for xlwings asks long for what an older one does not know."""
    return says(book.sheets[0].range("A1").api, "HasSpill", None) is not None


def _on(sheet: xw.Sheet, spills: bool) -> Iterator[Called]:
    found: dict[Place, Cell] = {place: Formula(text) for place, text in _formulas(sheet)}
    for block in list(blocks(found)):
        api = range_of(sheet, block).api
        arrays = says(api, "HasArray", False) is not False or (spills and api.HasSpill is not False)
        for place in (p for p in _places(block) if p in found):
            filled = _filled(sheet, place, spills) if arrays else None
            formula = found[place]
            assert isinstance(formula, Formula)
            for other in _places(filled) if filled else ():
                found.pop(other, None)
            yield _called(sheet.name, place, formula.text, filled)


def _formulas(sheet: xw.Sheet) -> Iterator[tuple[Place, str]]:
    used = sheet.used_range
    height, width = used.shape
    step = max(MOST_READ // width, 1)
    for top in range(used.row, used.row + height, step):
        bottom = min(top + step, used.row + height) - 1
        part = range_of(sheet, Area(used.column, top, used.column + width - 1, bottom))
        for row, texts in enumerate(in_rows(part, part.formula), top):
            for column, text in enumerate(texts, used.column):
                if isinstance(text, str) and text.startswith("=") and _CALL.search(_QUOTED.sub('""', text)):
                    yield (row, column), text


def _places(area: Area) -> list[Place]:
    return [(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)]


def _filled(sheet: xw.Sheet, place: Place, spills: bool) -> Area | None:
    """All cells that the formula of this cell fills; None when it fills but its own."""
    api = sheet.range(place).api
    if says(api, "HasArray", False):
        return Area.parse(str(_address(api.CurrentArray)))
    if spills and api.HasSpill:
        return Area.parse(str(_address(api.SpillParent.SpillingToRange)))
    return None


def _address(found: Any) -> str:
    return str(found.Address).replace("$", "")


def _called(sheet: str, place: Place, formula: str, filled: Area | None) -> Called:
    foreign, (row, column) = _FOREIGN.search(formula), place
    path = foreign[0].rstrip("!").strip("'") if foreign else ""
    return Called(sheet, filled or Area(column, row, column, row), formula, filled is not None, path)


def freeze_functions(
    book: xw.Book,
    called: Sequence[Called],
    *,
    failures: Sequence[str] = (),
    backups: Path | None = None,
    keep: int = 5,
) -> Frozen:
    """Turn the formulas into their values, after a backup; those of another computer's add-in are led back to this one.

    What shows an error, or a sentence that holds one of ``failures``, is left. Raises ``BookError``, with nothing
    changed when they are no longer those that were found, or a tab is protected; when Excel refuses a change midway it
    says what is done.
    """
    with excel_calls(book.name), quiet(book):
        _refuse(book, called)
        frozen = Frozen(backup=_backed_up(book, backups, keep))
        with _half_frozen(book.name, frozen):
            for name in dict.fromkeys(c.sheet for c in called):
                _freeze_tab(book.sheets[name], [c for c in called if c.sheet == name], failures, frozen)
    return frozen


def _freeze_tab(sheet: xw.Sheet, own: Sequence[Called], failures: Sequence[str], frozen: Frozen) -> None:
    spills = _spills(sheet.book)
    for foreign in (c for c in own if c.foreign):
        _repair(sheet, foreign, spills)
        frozen.repaired += 1
    for together, values in _values_of(sheet, [c for c in own if not c.foreign], failures, frozen.left):
        with _formulas_kept(sheet, together, frozen):
            if together[0].is_array:
                range_of(sheet, together[0].area).clear_contents()  # no part of an array can be written alone
            write_cells(sheet, values)
        frozen.cells += len(values)


@contextmanager
def _half_frozen(book: str, frozen: Frozen) -> Iterator[None]:
    """Say what is done already, and where the backup is, when Excel refuses the next cells."""
    try:
        with excel_calls(book):
            yield
    except BookError as error:
        done = []
        if frozen.cells:
            done.append(f"{frozen.cells} cells hold their values already; click again for the rest.")
        if frozen.repaired:
            done.append(f"{frozen.repaired} formulas call the add-in of this computer again.")
        if frozen.unsure:
            done.append(f"In Excel look at {frozen.unsure}, where neither formula nor value may stand now.")
        told = " ".join(done) or "Nothing was changed."
        raise BookChanged(f"{error} {told} The backup from before is in {frozen.backup}.") from error


@contextmanager
def _formulas_kept(sheet: xw.Sheet, together: Sequence[Called], frozen: Frozen) -> Iterator[None]:
    """Put the formulas back when Excel does not take the values that are written over them."""
    first, last = together[0].area, together[-1].area
    as_array = bool(says(range_of(sheet, first).api, "HasArray", False))
    try:
        yield
    except Exception:
        try:
            if together[0].is_array:
                _enter(sheet, first, together[0].formula, as_array, spills=True)
            else:
                write_cells(sheet, {(c.area.top, c.area.left): Formula(c.formula[1:]) for c in together})
        except Exception:  # it takes nothing at all
            frozen.unsure = f"{sheet.name}!{first.union(last)}"
        raise


def _refuse(book: xw.Book, called: Sequence[Called]) -> None:
    excel.refuse_unwritable(book)
    for name in dict.fromkeys(c.sheet for c in called):
        if says(book.sheets[name].api, "ProtectContents", False):
            raise BookLocked(
                f"The tab {name!r} is protected; take its protection off (Review > Unprotect Sheet), then try again. "
                "Nothing was changed."
            )
    if find_functions(book) != list(called):
        raise BookChanged(f"{book.name} was changed meanwhile; click the button again. Nothing was changed.")


def _backed_up(book: xw.Book, backups: Path | None, keep: int) -> Path:
    folder = backups or excel.backup_folder(excel.place_of(book))
    with excel.temporary_folder() as temporary:
        copy = excel.copy_of(book, Path(temporary))
        back_up(copy, copy.read_bytes(), folder, alone=False)
        keep_newest(copy, folder, keep)
    return folder


def _repair(sheet: xw.Sheet, called: Called, spills: bool) -> None:
    """Write the formula anew without the path; Excel then finds the add-in that is loaded."""
    api = sheet.range((called.area.top, called.area.left)).api
    as_array = called.is_array and bool(says(api, "HasArray", False))
    _enter(sheet, called.area, _FOREIGN.sub("", called.formula), as_array, spills)


def _enter(sheet: xw.Sheet, area: Area, text: str, as_array: bool, spills: bool) -> None:
    cell = sheet.range((area.top, area.left))
    if as_array:
        range_of(sheet, area).formula_array = text
    elif spills:
        cell.formula2 = text
    else:
        cell.formula = text


def _values_of(
    sheet: xw.Sheet, called: Iterable[Called], failures: Sequence[str], left: dict[Called, str]
) -> Iterator[tuple[list[Called], dict[Place, Cell]]]:
    """The values to write: of neighbouring cells together, of each array by itself.

    ``left`` gathers what shows no answer.
    """
    single = {(c.area.top, c.area.left): c for c in called if not c.is_array}
    marks: dict[Place, Cell] = {place: Formula(c.formula) for place, c in single.items()}
    values: dict[Place, Cell] = {}
    for block in blocks(marks):
        values |= _read(sheet, block)
    left |= {c: why for place, c in single.items() if (why := _no_answer([values[place]], failures))}
    answers = {place: values[place] for place, c in single.items() if c not in left}
    for block in list(blocks(answers)):
        places = _places(block)
        yield [single[p] for p in places], {p: answers[p] for p in places}
    for array in (c for c in called if c.is_array):
        values = _read(sheet, array.area)
        if why := _no_answer(values.values(), failures):
            left[array] = why
        else:
            yield [array], values


_SHOWN = frozenset(ERRORS.values())


def _no_answer(cells: Iterable[Cell], failures: Sequence[str]) -> str:
    """What one of these cells shows in place of an answer; "" when all hold one."""
    texts = (cell for cell in cells if isinstance(cell, str))
    return next((t for t in texts if t in _SHOWN or any(f in t for f in failures)), "")


def _read(sheet: xw.Sheet, area: Area) -> dict[Place, Cell]:
    part = range_of(sheet, area)
    raw = says(part.api, "Value2", None)
    rows = in_rows(part, part.raw_value if raw is None else raw)
    date1904 = bool(says(sheet.book.api, "Date1904", False))
    cells = (_cell(value, date1904) for row in rows for value in row)
    return dict(zip(_places(area), cells, strict=True))


def _cell(value: Any, date1904: bool) -> Cell:
    if isinstance(value, date):
        return to_serial(value, date1904)
    if isinstance(value, int) and not isinstance(value, bool):
        return ERRORS.get(value, float(value))
    if isinstance(value, Decimal):
        return float(value)
    return None if value == "" else value
