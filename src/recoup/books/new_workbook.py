"""Writes a new small .xlsx of plain rows, the same bytes for the same rows; no formula, link or macro is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from recoup.model import Cell, Formula

_MADE = datetime(2000, 1, 1)  # said of every such file, so that two of the same rows are the same
_STARTS_FORMULA = ("=", "+", "-", "@")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class NewSheet:
    """One sheet: a row of headings and rows below it. Text stays text, whatever it looks like."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def new_workbook(sheets: Sequence[NewSheet]) -> bytes:
    """An .xlsx of these sheets, laid out for printing: one page wide, landscape, headings on every page."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"created": _MADE, "author": ""})
    looks = _Looks(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, looks)
    book.close()
    return file.getvalue()


class _Looks:
    """The formats of a book."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        plain = {"valign": "top", "text_wrap": True}
        self.heading = book.add_format(
            {**plain, "bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"}
        )
        self.text = book.add_format({**plain, "num_format": "@"})
        self.kept = book.add_format({**plain, "num_format": "@", "quote_prefix": True})
        self.day = book.add_format({**plain, "num_format": "yyyy-mm-dd", "align": "left"})
        self.whole = book.add_format({**plain, "num_format": "0"})
        self.money = book.add_format({**plain, "num_format": "0.00"})


def _write(sheet: xlsxwriter.worksheet.Worksheet, content: NewSheet, looks: _Looks) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    sheet.set_footer("&L&A&Rpage &P of &N")
    for column, heading in enumerate(content.headings):
        sheet.write_string(0, column, heading, looks.heading)
        longest = max([len(heading), *(len(_shown(row[column])) for row in content.rows)])
        sheet.set_column(column, column, min(longest, _WIDEST) + 2)
    for number, row in enumerate(content.rows, 1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell, looks)


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, looks: _Looks
) -> None:
    if isinstance(cell, (date, datetime)):
        sheet.write_datetime(row, column, cell, looks.day)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell, looks.whole if float(cell).is_integer() else looks.money)
    elif _shown(cell):
        text = _shown(cell)
        formula = text.lstrip().startswith(_STARTS_FORMULA)
        sheet.write_string(row, column, text, looks.kept if formula else looks.text)


def _shown(cell: Cell) -> str:
    if isinstance(cell, Formula):
        return "" if cell.cached is None else str(cell.cached)
    return "" if cell is None else _CONTROL.sub(" ", str(cell))
