"""Builds the workbook that operators share, from the declarations the engine writes by."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..model import Record
from ..policy import Policy
from ..policy import load as load_policy
from ..sheets import (
    CASE_WORK,
    FRONT,
    HIDDEN,
    HOME_REPORTS,
    MARKETPLACES,
    NAMED_CELLS,
    OWN_RECORDS,
    REPORT_TABS,
    RESULTS,
    RULES,
    STARTER_TABS,
    TABLES,
    Table,
    sheet_order,
)
from .dashboard import draw_dashboard
from .front import draw_home, draw_settings
from .hidden import draw_hidden
from .layout import set_columns
from .plain import draw_own_record, draw_report_tab, tab_colour
from .styles import BLUE, MUTED, NAVY, ORANGE, Pen
from .tables import draw_table, link, write_cell
from .texts import HINTS

CREATED = datetime(2026, 1, 1)
LETTER, A4 = 1, 9
GROUP_COLOURS = {NAVY: FRONT, BLUE: RESULTS, ORANGE: CASE_WORK, MUTED: (*RULES, *HIDDEN)}


def build_template(path: Path, *, marketplace: str = "US") -> Path:
    """Write the macro-free workbook to ``path`` and return it."""
    path.write_bytes(draw_template(marketplace))
    return path


def draw_template(marketplace: str = "US") -> bytes:
    """The macro-free workbook; the same code always gives the same bytes.

    ``marketplace`` (one of sheets.MARKETPLACES) becomes the home marketplace and decides the paper size.
    """
    if marketplace not in MARKETPLACES:
        raise ValueError(f"unknown marketplace {marketplace!r}: use one of {', '.join(MARKETPLACES)}")
    content = BytesIO()
    book = Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": "Recoup", "created": CREATED})
    book.set_size(1800, 1050)
    pen = Pen(book)
    for name in sheet_order():
        sheet = book.add_worksheet(name)
        _draw(book, sheet, pen, load_policy(), marketplace)
        _set_print(sheet, marketplace)
    _define_names(book)
    book.close()
    return content.getvalue()


def _draw(book: Workbook, sheet: Worksheet, pen: Pen, policy: Policy, marketplace: str) -> None:
    name = sheet.name
    if name in REPORT_TABS or name in OWN_RECORDS:
        sheet.set_tab_color(tab_colour(name))
        if name not in STARTER_TABS:
            sheet.hide()
        if name in REPORT_TABS:
            draw_report_tab(sheet, pen)
        else:
            draw_own_record(sheet, pen, name)
        return
    sheet.set_tab_color(next(colour for colour, names in GROUP_COLOURS.items() if name in names))
    sheet.hide_gridlines(2)
    if name == "Home":
        draw_home(sheet, pen, marketplace)
    elif name == "Settings":
        _title(sheet, pen)
        draw_settings(sheet, pen, policy, marketplace)
        sheet.freeze_panes(3, 0)
    elif name == "Dashboard":
        draw_dashboard(book, sheet, pen)
    elif name in HIDDEN:
        draw_hidden(book, sheet, pen)
        sheet.very_hidden()
    else:
        _draw_table_sheet(sheet, pen, policy)


def _draw_table_sheet(sheet: Worksheet, pen: Pen, policy: Policy) -> None:
    """Title, a sentence, and one table whose headings and first column stay in view."""
    table = next(t for t in TABLES.values() if t.sheet == sheet.name)
    set_columns(sheet, pen, table)
    _title(sheet, pen)
    sheet.write_string("A2", HINTS[sheet.name], pen.hint())
    draw_table(sheet, pen, table, _shipped_rows(table, policy))
    top, left = xl_cell_to_rowcol(table.anchor)
    sheet.freeze_panes(top + 1, left + 1)
    sheet.repeat_rows(top)


def _shipped_rows(table: Table, policy: Policy) -> list[Record]:
    if table.name == "Policy":
        return policy.rows()
    return policy.reason_code_rows() if table.name == "ReasonCodes" else []


def _title(sheet: Worksheet, pen: Pen) -> None:
    sheet.set_row(0, 26)
    sheet.write_string("A1", sheet.name, pen.title())
    write_cell(sheet, 0, 1, link("Home", "Home"), pen.link())


def _set_print(sheet: Worksheet, marketplace: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(LETTER if marketplace in ("US", "CA") else A4)
    sheet.fit_to_pages(1, 1 if sheet.name == "Home" else 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F, &A&RPage &P of &N")


def _define_names(book: Workbook) -> None:
    for name, place in NAMED_CELLS.items():
        book.define_name(name, f"={place}")
    top, left = xl_cell_to_rowcol(HOME_REPORTS.anchor)
    letter = chr(ord("A") + left)
    last = top + 1 + HOME_REPORTS.fixed_rows
    book.define_name("Recoup_Reports", f"=Home!${letter}${top + 2}:${letter}${last}")


__all__ = ["build_template", "draw_template"]
