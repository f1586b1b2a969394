"""Reading the values of worksheet cells, and telling whether a cell already holds a value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from openpyxl.formula.translate import Translator, TranslatorError

from recoup.books.cells import from_serial, plain, text_of, unescape_text, value_text
from recoup.books.number_formats import date_styles, wrapping_styles
from recoup.books.shared_strings import SharedStrings
from recoup.books.worksheet import CellXml, Worksheet
from recoup.model import Cell, Formula

_FORMULA = re.compile(r"<(?:[\w.-]+:)?f\b([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?f>)", re.S)
_SHARED = re.compile(r'\bt="shared"')
_SHARED_INDEX = re.compile(r'\bsi="(\d+)"')
_V = re.compile(r"<(?:[\w.-]+:)?v>([^<]*)</(?:[\w.-]+:)?v>")


class CellValues:
    """Turns cell XML into values; shared strings and styles are read when first needed."""

    def __init__(self, date1904: bool, styles: Callable[[], str], strings: Callable[[], bytes]) -> None:
        self.date1904 = date1904
        self._styles, self._strings = styles, strings

    @cached_property
    def _dates(self) -> dict[str, bool]:
        return date_styles(self._styles())

    @cached_property
    def wrapping(self) -> frozenset[str]:
        """The style ids whose texts are broken into lines."""
        return wrapping_styles(self._styles())

    @cached_property
    def _shared(self) -> SharedStrings:
        return SharedStrings(self._strings())

    def value(self, style: str, kind: str, inner: str) -> Cell:
        """The value of a cell: None, str, bool, float, date or datetime."""
        if not inner:
            return None
        if kind == "inlineStr":
            return text_of(inner) or None
        match = _V.search(inner)
        shown = match[1] if match else value_text(inner)
        if not shown:
            return None
        try:
            if kind == "" or kind == "n":
                return self._number(float(shown), style)
            if kind == "s":
                return self._shared[int(shown)] or None
            if kind == "d":
                moment = datetime.fromisoformat(shown)
                return moment if "T" in shown else moment.date()
        except (ValueError, IndexError, OverflowError):
            return unescape_text(shown)  # not what the cell's type says: as Excel's own repair would show it
        return shown in ("1", "true") if kind == "b" else unescape_text(shown)

    def _number(self, number: float, style: str) -> Cell:
        if not math.isfinite(number):
            raise ValueError(number)
        with_time = self._dates.get(style)
        return number if with_time is None else from_serial(number, self.date1904, with_time)

    def holds(self, cell: CellXml | None, value: Cell, sheet: Worksheet) -> bool:
        """Whether a cell already holds a ``plain`` value, so that it need not be written."""
        if cell is None or cell.is_blank:
            return value is None
        if isinstance(value, Formula):
            return formula_text(cell, sheet) == value.text and (
                value.cached is None or self._same(cell, plain(value.cached))
            )
        return value is not None and not cell.has_formula and self._same(cell, value)

    def _same(self, cell: CellXml, value: Cell) -> bool:
        if value is None:
            return self.value("", cell.kind, cell.inner) is None
        if cell.kind == "d":
            return False
        now = self.value("", cell.kind, cell.inner)
        if isinstance(value, bool) or isinstance(now, bool):
            return now is value
        return now == value and cell.kind != "e"


def formula_text(
    cell: CellXml, sheet: Worksheet, shared: dict[str, tuple[str, str]] | None = None
) -> str | None:
    """The formula of a cell without ``=``, a shared one as it reads in that cell; None when it has none.

    ``shared``: the shared formulas of the sheet, where they are known already.
    """
    match = _FORMULA.search(cell.inner)
    if match is None:
        return None
    if match[2]:
        return unescape_text(match[2])
    index = _SHARED_INDEX.search(match[1])
    known = shared_formulas(sheet) if shared is None else shared
    master = known.get(index[1]) if index else None
    if master is None:
        return ""
    return translated(master[1], master[0], cell.address)


def formulas_of(sheet: Worksheet) -> dict[tuple[int, int], str]:
    """The text of every formula of a sheet, by row and column."""
    found, shared = {}, shared_formulas(sheet)
    for number in [n for n, xml in sheet.rows.items() if _FORMULA.search(xml)]:
        for column, cell in sheet.row(number).cells.items():
            text = formula_text(cell, sheet, shared)
            if text is not None:
                found[number, column] = text
    return found


def translated(formula: str, origin: str, target: str) -> str:
    """A formula (without ``=``) as it reads when it is filled from one cell to another.

    What it names above the first row or left of the first column is ``#REF!``, as in Excel.
    """
    if origin == target:
        return formula
    moved: str = _Filled("=" + formula, origin).translate_formula(target)
    return moved[1:]


class _Filled(Translator):
    @classmethod
    def translate_range(cls, range_str: str, rdelta: int, cdelta: int) -> str:
        try:
            moved: str = super().translate_range(range_str, rdelta, cdelta)  # type: ignore[no-untyped-call]
        except TranslatorError:
            return "#REF!"
        return "#REF!" if "#REF!:" in moved or ":#REF!" in moved else moved


def shared_formulas(sheet: Worksheet) -> dict[str, tuple[str, str]]:
    """Shared formulas of a sheet: index -> the cell that states it and its text."""
    found = {}
    for _, row in sheet.rows_with('t="shared"'):
        for cell in row.cells.values():
            formula = _FORMULA.search(cell.inner)
            index = formula and _SHARED_INDEX.search(formula[1])
            if formula and index and formula[2]:
                found[index[1]] = (cell.address, unescape_text(formula[2]))
    return found


def states_shared_formula(cell: CellXml) -> bool:
    """Whether other cells take their formula from this one."""
    match = _FORMULA.search(cell.inner)
    return bool(match and match[2] and _SHARED.search(match[1]))
