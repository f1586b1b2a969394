"""Cells of an open workbook: read in pieces, and written so that Excel does not read texts anew as if typed.

Excel takes ``00123`` for a number, ``1-2`` for a date and ``=x`` for a formula, but not in cells formatted as text and
not behind an apostrophe. Whatever was written is read back; a cell that came out otherwise is written once more by
itself, and if that does not help either, the run stops and names it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import xlwings as xw

from recoup.books.area import Area
from recoup.books.base import BookUnsaved
from recoup.books.cells import column_letter, to_serial
from recoup.books.excel_calls import says
from recoup.model import Cell, Formula

MOST_READ, MOST_WRITTEN = 500_000, 100_000  # cells in one call
LONGEST_IN_BLOCK = 900  # letters: older versions of Excel refuse longer ones in a block of cells
TEXT_FORMAT, GENERAL_FORMAT = "@", "General"
Place = tuple[int, int]  # row, column
_MARKS = re.compile(r"\b_xl(?:fn|ws|pm|udf)\.(?=[A-Za-z_])")
_LONGEST_MISTAKEN = 50  # no number or date that Excel could see in a text is longer
_COULD_BE_TYPED = re.compile(r"\s*[=+\-@'#]|.*\d|\s*(?:true|false)\s*$", re.I | re.S)


# ---- reading


def read_cells(sheet: xw.Sheet, area: Area) -> list[list[Cell]]:
    """The contents of an area, row by row: a number (dates too), text, truth, None, or a Formula without its value."""
    rows: list[list[Cell]] = []
    step = max(MOST_READ // (area.right - area.left + 1), 1)
    for top in range(area.top, area.bottom + 1, step):
        part = range_of(sheet, Area(area.left, top, area.right, min(top + step - 1, area.bottom)))
        values, formulas = in_rows(part, part.raw_value), in_rows(part, part.formula)
        rows += [list(map(_content, *pair)) for pair in zip(values, formulas, strict=True)]
    if any(isinstance(content, date) for row in rows for content in row):  # an Excel that words days as days
        date1904 = bool(says(sheet.book.api, "Date1904", False))
        return [[to_serial(c, date1904) if isinstance(c, date) else c for c in row] for row in rows]
    return rows


def range_of(sheet: xw.Sheet, area: Area) -> xw.Range:
    """An area of an open tab."""
    return sheet.range((area.top, area.left), (area.bottom, area.right))


def in_rows(part: xw.Range, found: Any) -> Sequence[Sequence[Any]]:
    """What Excel gave for an area, in two dimensions always: it gives one cell as it is."""
    if part.shape == (1, 1) and not isinstance(found, (list, tuple)):
        return [[found]]
    rows = list(found)
    if rows and not isinstance(rows[0], (list, tuple)):  # some engines give one row or column flat
        rows = [rows] if part.shape[0] == 1 else [[value] for value in rows]
    return rows


def _content(value: Any, formula: Any) -> Cell:
    """One cell, from its value and from the text that Excel would show for editing in English."""
    text = "" if formula is None else str(formula)
    if text.startswith("=") and value != text:
        return Formula(text[1:])
    if isinstance(value, (str, bool)) or value is None:
        return None if value == "" else value
    try:
        return float(text)  # dates, and amounts that the value rounds to four decimals
    except ValueError:
        return value if isinstance(value, date) else text or None  # an error


def same(now: Cell, other: Cell) -> bool:
    """Whether two contents are one for a person; formulas are not compared, Excel words them in its own way."""
    if isinstance(now, Formula) or isinstance(other, Formula):
        return isinstance(now, Formula) and isinstance(other, Formula)
    if isinstance(now, bool) or isinstance(other, bool):
        return now is other
    if isinstance(now, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(now, other, rel_tol=1e-12, abs_tol=1e-12)  # Excel shows fifteen digits
    return now == other


# ---- writing


def write_cells(sheet: xw.Sheet, cells: Mapping[Place, Cell]) -> None:
    """Write contents in as few calls as their places allow. Raises ``BookUnsaved``."""
    for area in blocks(cells):
        rows = [
            [cells[row, column] for column in range(area.left, area.right + 1)]
            for row in range(area.top, area.bottom + 1)
        ]
        _write_block(sheet, area, rows)


def blocks(cells: Mapping[Place, Cell]) -> Iterator[Area]:
    """Rectangles that cover the places exactly; formulas and long texts stand apart."""
    open_blocks: dict[tuple[int, int, str], Area] = {}
    for row, places in groupby(sorted(cells), key=lambda place: place[0]):
        spans = _spans([(column, _kind(cells[row, column])) for _, column in places])
        for key in [k for k in open_blocks if k not in spans or open_blocks[k].bottom != row - 1]:
            yield open_blocks.pop(key)
        for left, right, kind in spans:
            block = open_blocks.pop((left, right, kind), None)
            grown = Area(left, block.top if block else row, right, row)
            if kind == "long" or (row - grown.top + 1) * (right - left + 1) >= MOST_WRITTEN:
                yield grown
            else:
                open_blocks[left, right, kind] = grown
    yield from open_blocks.values()


def _spans(columns: list[tuple[int, str]]) -> dict[tuple[int, int, str], None]:
    """Neighbours of one kind in a row: first and last column, and the kind."""
    spans: dict[tuple[int, int, str], None] = {}
    for (_, kind), group in groupby(enumerate(columns), key=lambda item: (item[1][0] - item[0], item[1][1])):
        own = [column for _, (column, _) in group]
        if kind == "long":
            spans |= dict.fromkeys((column, column, kind) for column in own)
        else:
            spans[own[0], own[-1], kind] = None
    return spans


def _kind(content: Cell) -> str:
    if isinstance(content, Formula):
        return "formula"
    return "long" if isinstance(content, str) and len(content) > LONGEST_IN_BLOCK else "value"


def _write_block(sheet: xw.Sheet, area: Area, rows: list[list[Cell]]) -> None:
    columns = [Area(c, area.top, c, area.bottom) for c in range(area.left, area.right + 1)]
    as_text = [
        any(_asks_for_format(row[i]) for row in rows) and _format(sheet, column) == TEXT_FORMAT
        for i, column in enumerate(columns)
    ]
    numbers = [text and any(_is_no_text(row[i]) for row in rows) for i, text in enumerate(as_text)]
    loosened = [column for column, mixed in zip(columns, numbers, strict=True) if mixed]
    for column in loosened:  # a cell formatted as text makes text of a number
        range_of(sheet, column).number_format = GENERAL_FORMAT
    target = range_of(sheet, area)
    if isinstance(rows[0][0], Formula):
        target.formula = [[_as_typed(c) for c in row if isinstance(c, Formula)] for row in rows]
    else:
        plain = [text and not mixed for text, mixed in zip(as_text, numbers, strict=True)]
        target.raw_value = [[_protected(c, p) for c, p in zip(row, plain, strict=True)] for row in rows]
    for column in loosened:  # what stands in a cell does not change with its format
        range_of(sheet, column).number_format = TEXT_FORMAT
    _mend_block(sheet, area, rows)


def _mend_block(sheet: xw.Sheet, area: Area, rows: list[list[Cell]]) -> None:
    """Read back what was written, and write what came out otherwise once more."""
    for now, (row, wanted) in zip(read_cells(sheet, area), enumerate(rows, area.top), strict=True):
        for column, (found, content) in enumerate(zip(now, wanted, strict=True), area.left):
            if not same(found, content):
                _mend(sheet, (row, column), content)


def _as_typed(formula: Formula) -> str:
    """A formula as a person would type it: files mark the functions of newer versions."""
    return "=" + _MARKS.sub("", formula.text)


def _is_no_text(content: Cell) -> bool:
    return content is not None and not isinstance(content, str)


def _asks_for_format(content: Cell) -> bool:
    return _is_no_text(content) or _could_be_typed(content)


def _format(sheet: xw.Sheet, area: Area) -> str | None:
    """The number format of an area; None when it has several."""
    found: str | None = range_of(sheet, area).number_format
    return found


def _could_be_typed(content: Cell) -> bool:
    """Whether Excel might take a text for something else."""
    if not isinstance(content, str):
        return False
    return (content[:1] in "=+-@'#" or len(content) <= _LONGEST_MISTAKEN) and _COULD_BE_TYPED.match(
        content
    ) is not None


def _protected(content: Cell, as_text: bool) -> Cell:
    if isinstance(content, str) and not as_text and _could_be_typed(content):
        return "'" + content
    return content


def _mend(sheet: xw.Sheet, place: Place, content: Cell) -> None:
    """Write a cell that Excel made something else of once more: behind an apostrophe, or in another format for that."""
    row, column = place
    cell = sheet.range(place)
    own = cell.number_format
    for number_format in (own, TEXT_FORMAT if isinstance(content, str) else GENERAL_FORMAT):
        if number_format != own:
            cell.number_format = number_format
        for written in _spellings(content):
            if isinstance(content, Formula):
                cell.formula = written
            else:
                cell.raw_value = written
            if same(read_cells(sheet, Area(column, row, column, row))[0][0], content):
                if number_format != own:
                    cell.number_format = own
                return
    raise BookUnsaved(
        f"Excel does not take {str(content)[:60]!r} into {sheet.name}!{column_letter(column)}{row} as it is; look at "
        "the format and the data validation of that cell, then try again."
    )


def _spellings(content: Cell) -> list[Any]:
    if isinstance(content, Formula):
        return [_as_typed(content)]
    return [content, "'" + content] if isinstance(content, str) else [content]
