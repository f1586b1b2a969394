"""Draws owned tables: headings, body cells, column formulas, validations and conditional formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from ..model import Cell, Formula, Record
from ..sheets import FRONT, SEVERAL_TABLES, Column, Table
from .layout import body_look, header_look, row_height
from .marks import LAST_ROW, add_marks
from .styles import Pen

HEADER_HEIGHT = 33
FRONT_HEADER_HEIGHT = 22
COLUMN_FORMULAS = {
    ("Claims", "Days left"): (
        'IF(Claims[[#This Row],[Deadline]]="","",Claims[[#This Row],[Deadline]]-TODAY())'
    ),
}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)  # what a date that people type may be


def draw_table(sheet: Worksheet, pen: Pen, table: Table, rows: Sequence[Record] = ()) -> None:
    """One table at its anchor. Without rows it keeps one blank styled row, or as many as are fixed.

    Tables that share a sheet have no filter buttons: they share rows, and a filter would hide those of
    their neighbours. The height of a blank row is left to whoever fills it.
    """
    alone = table.sheet not in SEVERAL_TABLES
    top, left = xl_cell_to_rowcol(table.anchor)
    count = max(1, table.fixed_rows, len(rows))
    options = {
        "name": table.name,
        "style": None,
        "autofilter": alone,
        "columns": [_column_options(table, column, pen) for column in table.columns],
    }
    sheet.add_table(top, left, top + count, left + len(table.columns) - 1, options)
    sheet.set_row(top, FRONT_HEADER_HEIGHT if table.sheet in FRONT else HEADER_HEIGHT)
    for number in range(count):
        record = rows[number] if number < len(rows) else {}
        if record:
            sheet.set_row(top + 1 + number, row_height(table, record))
        for offset, column in enumerate(table.columns):
            look = body_look(table, column, pen)
            write_cell(sheet, top + 1 + number, left + offset, record.get(column.header), look)
    add_marks(sheet, pen, table, top + 1, left)
    last_row = top + count if table.fixed_rows else LAST_ROW - 1
    for offset, column in enumerate(table.columns):
        _validate(sheet, column, (top + 1, left + offset, last_row, left + offset))


def write_cell(sheet: Worksheet, row: int, col: int, value: Cell, look: Format) -> None:
    """One cell by the type of its value: text never becomes a link, a number or a formula."""
    match value:
        case None | "":
            sheet.write_blank(row, col, None, look)
        case Formula():
            sheet.write_formula(
                row, col, "=" + value.text, look, "" if value.cached is None else value.cached
            )
        case bool():
            sheet.write_boolean(row, col, value, look)
        case int() | float():
            sheet.write_number(row, col, value, look)
        case date():
            sheet.write_datetime(row, col, value, look)
        case _:
            sheet.write_string(row, col, value, look)


def link(sheet_name: str, text: str) -> Formula:
    """A link to a sheet, made of its name only, with its text cached."""
    return Formula(f'HYPERLINK("#\'{sheet_name}\'!A1","{text}")', text)


def _column_options(table: Table, column: Column, pen: Pen) -> dict[str, object]:
    options: dict[str, object] = {
        "header": column.header,
        "header_format": header_look(table, column, pen),
        "format": body_look(table, column, pen),
    }
    formula = COLUMN_FORMULAS.get((table.name, column.header))
    return options | ({"formula": formula} if formula else {})


def _validate(sheet: Worksheet, column: Column, place: tuple[int, int, int, int]) -> None:
    rule: dict[str, object] = {}
    if column.choices:
        rule = {
            "validate": "list",
            "source": f"={column.choices}",
            "error_title": column.header,
            "error_message": "Please choose from the list, or leave the cell blank.",
        }
    elif column.owner == "people" and column.kind in ("date", "datetime"):
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": FIRST_DAY,
            "maximum": LAST_DAY,
            "error_title": column.header,
            "error_message": "Please enter a date, for instance 2026-03-31.",
        }
    if column.note:
        rule = {"validate": "any", **rule, "input_title": column.header, "input_message": column.note}
    if rule:
        sheet.data_validation(*place, rule)
