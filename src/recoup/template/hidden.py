"""The very hidden sheet: workbook version, the lists behind drop-downs, and what Recoup remembers."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..sheets import LISTS, MEMORY, WORKBOOK_VERSION
from .layout import set_columns
from .plain import RECORD_LISTS
from .styles import Pen
from .tables import draw_table

FIRST_LIST_COLUMN = 6


def draw_hidden(book: Workbook, sheet: Worksheet, pen: Pen) -> None:
    """Version in B1; the lists stand in row 1, above the table, where no engine rewrites anything."""
    set_columns(sheet, pen, MEMORY)
    sheet.write_string("A1", "Workbook version", pen.look())
    sheet.write_number("B1", WORKBOOK_VERSION, pen.look(align="left"))
    col = FIRST_LIST_COLUMN
    for name, values in {**LISTS, **RECORD_LISTS}.items():
        sheet.write_string(0, col, name, pen.look(bold=True))
        for offset, value in enumerate(values, 1):
            sheet.write_string(0, col + offset, value, pen.look())
        first, last = xl_col_to_name(col + 1), xl_col_to_name(col + len(values))
        book.define_name(name, f"='{sheet.name}'!${first}$1:${last}$1")
        col += len(values) + 2
    draw_table(sheet, pen, MEMORY)
