"""How wide, how tall and how folded the columns of the tables are, beyond what their declarations say."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from ..books.row_heights import height_of
from ..model import Record
from ..sheets import SEVERAL_TABLES, Column, Table
from .styles import RIGHT, Pen

ONE_LINE = 18.0
WIDER = {
    ("Claims", "Status"): 22,  # room for "Needs input · refresh"
    ("Policy", "Rule"): 58,
    ("Policy", "Shipped value"): 23,
    ("ReasonCodes", "Code"): 28,
    ("ReasonCodes", "Amazon's wording"): 44,
    ("ReasonCodes", "Shipped value"): 34,
}
FOLDED = {  # besides the columns that are not shown: a case is found by these, but not worked by them
    "Cases": {
        *("FNSKU", "ASIN", "Order ID", "Shipment ID", "Reference ID", "Event date"),
        *("Units filed", "Value filed", "Reimbursement IDs"),
    }
}
ADJUSTED: dict[tuple[str, str], dict[str, object]] = {
    ("Settings", "Value"): {"align": "left"},  # words and numbers mixed
    ("Settings", "Default"): {"align": "left"},
    ("ReasonCodes", "Shipped value"): {"text_wrap": True},
    ("ReasonCodes", "Override"): {"text_wrap": True},
}


def column_width(table: Table, column: Column) -> int:
    """Width in characters: as declared plus the indent, but never too narrow for the heading's longest word."""
    heading = max(len(word) for word in column.header.split()) + 4  # room for the filter button
    return max(column.width + 1, heading, WIDER.get((table.name, column.header), 0))


def row_height(table: Table, record: Record) -> float:
    """Height in points that shows all wrapped text of a row."""
    wrapped = [
        column
        for column in table.columns
        if column.kind == "long" or "text_wrap" in ADJUSTED.get((table.name, column.header), {})
    ]
    return height_of((record.get(c.header), column_width(table, c)) for c in wrapped) or ONE_LINE


def body_look(table: Table, column: Column, pen: Pen) -> Format:
    """Format of the cells of one column in a table's body."""
    return pen.body(column.kind, column.owner, **ADJUSTED.get((table.name, column.header), {}))


def header_look(table: Table, column: Column, pen: Pen) -> Format:
    """Format of a heading: over its numbers, but not where a filter button would cover it."""
    adjusted = (table.name, column.header) in ADJUSTED
    over_numbers = table.sheet in SEVERAL_TABLES and column.kind in RIGHT and not adjusted
    return pen.header(column.owner, "right" if over_numbers else "left")


def set_widths(sheet: Worksheet, tables: Iterable[Table]) -> None:
    """Widths of a sheet whose tables share columns: the widest wins."""
    widths: dict[int, int] = {}
    for table in tables:
        left = xl_cell_to_rowcol(table.anchor)[1]
        for col, column in enumerate(table.columns, left):
            widths[col] = max(widths.get(col, 0), column_width(table, column))
    for col, width in widths.items():
        sheet.set_column(col, col, width)


def set_columns(sheet: Worksheet, pen: Pen, table: Table) -> None:
    """Widths and formats of whole columns; columns that are not shown go into collapsed outline groups."""
    col = xl_cell_to_rowcol(table.anchor)[1]
    folded = FOLDED.get(table.name, set())
    after_group = False
    for shown, group in groupby(table.columns, key=lambda c: c.shown and c.header not in folded):
        for column in group:
            options: dict[str, object] = {} if shown else {"level": 1, "hidden": True}
            if shown and after_group:
                options = {"collapsed": True}
            after_group = False
            sheet.set_column(col, col, column_width(table, column), pen.column(column.kind), options)
            col += 1
        after_group = not shown
