"""Draws Dashboard: per panel a title, the sentence on what it stands on, a table, and a native chart at its right.

A chart reads the fixed rows of its table by cell references: LibreOffice reads no defined names in charts. It has no
ground of its own, so that the sentence behind it shows while there is nothing to draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..dashboard import HOW_TO_BEGIN
from ..sheets import BLANK_ROW, BLANKS, CHARTS, DASHBOARD, DASHBOARD_MORE, PANELS, Panel
from .layout import set_widths
from .styles import BLUE, FONT, INK, LINE, MUTED, NAVY, Pen
from .tables import draw_table, link, write_cell

AMBER, SKY, PALE, SLATE, BROWN = "#E08A1E", "#6E9FD4", "#D3E3F4", "#8A94A3", "#5C2A00"
SMALL: dict[str, Any] = {"name": FONT, "size": 9, "color": INK}
NOTHING_DRAWN = "Refresh the claims to fill this chart."
MORE_TITLE, MORE_BASIS = "Further currencies", "The same figures in other currencies, where there are any."
ROW_PIXELS, CHART_PIXELS, MARGIN = 20, 660, 6
CHART_WIDTH = 11


@dataclass(frozen=True, slots=True)
class Look:
    """How a panel is drawn: the kind of chart, its series by header with their colours, and the form of its numbers."""

    type: str
    series: tuple[tuple[str, str], ...]
    form: str = "#,##0"
    stacked: bool = False


MONEY_COLOURS = (
    *(("Ready", BLUE), ("Needs input", AMBER), ("Waiting", PALE)),
    *(("Filed", SKY), ("Paid", SLATE), ("Expired", BROWN)),
)
LOOKS = {
    "DashboardMoney": Look("bar", MONEY_COLOURS, stacked=True),
    "DashboardMonths": Look("column", (("Recovered", BLUE), ("Expired", AMBER))),
    "DashboardDays": Look("column", (("Value", BLUE),)),
    "DashboardAges": Look("column", (("Value", BLUE),)),
    "DashboardCash": Look("column", (("Expected cash", BLUE),)),
    "DashboardWins": Look("bar", (("Win rate", BLUE),), "0%"),
    "DashboardCentres": Look("bar", (("Loss rate", AMBER),), "0.0%"),
    "DashboardSkus": Look("bar", (("Loss rate", AMBER),), "0.0%"),
}


def draw_dashboard(book: Workbook, sheet: Worksheet, pen: Pen) -> None:
    """The whole sheet, empty: it says what to do first."""
    set_widths(sheet, DASHBOARD)
    sheet.set_column(0, 0, 2)
    first, last = _columns(CHARTS)
    sheet.set_column(first - 1, first - 1, 3)
    sheet.set_column(first, last, CHART_WIDTH)
    sheet.set_row(0, 26)
    sheet.write_string("B1", sheet.name, pen.title())
    write_cell(sheet, 0, 2, link("Home", "Home"), pen.link())
    sheet.write_string("B2", HOW_TO_BEGIN, pen.hint())
    sheet.freeze_panes(2, 0)
    for panel in PANELS:
        _draw_panel(book, sheet, pen, panel)
    top = xl_cell_to_rowcol(DASHBOARD_MORE.anchor)[0] - 2
    _title(sheet, pen, top, MORE_TITLE, MORE_BASIS)
    draw_table(sheet, pen, DASHBOARD_MORE)
    sheet.set_h_pagebreaks([PANELS[len(PANELS) // 2].top - 1])


def _columns(letters: tuple[str, str]) -> tuple[int, int]:
    first, last = (xl_cell_to_rowcol(f"{letter}1")[1] for letter in letters)
    return first, last


def _title(sheet: Worksheet, pen: Pen, row: int, title: str, basis: str) -> None:
    sheet.set_row(row, 24)
    sheet.write_string(row, 1, title, pen.look(font_size=14, bold=True, font_color=NAVY, valign="vcenter"))
    sheet.write_string(row + 1, 1, basis, pen.hint())


def _draw_panel(book: Workbook, sheet: Worksheet, pen: Pen, panel: Panel) -> None:
    _title(sheet, pen, panel.top - 1, panel.title, NOTHING_DRAWN)
    draw_table(sheet, pen, panel.table)
    row = panel.top + BLANK_ROW - 1
    first, last = _columns(BLANKS)
    centred = pen.look(font_color=MUTED, italic=True, align="center", valign="vcenter", text_wrap=True)
    sheet.merge_range(row, first, row + 2, last, NOTHING_DRAWN, centred)
    rows = max(panel.table.fixed_rows + 2, 14)
    chart = _chart(book, panel, LOOKS[panel.table.name])
    chart.set_size({"width": CHART_PIXELS, "height": rows * ROW_PIXELS + 2 * MARGIN})
    where = {
        "x_offset": MARGIN,
        "y_offset": MARGIN,
        "object_position": 2,
        "description": f"Chart: {panel.title}",
    }
    sheet.insert_chart(panel.top - 1, _columns(CHARTS)[0], chart, where)


def _chart(book: Workbook, panel: Panel, look: Look) -> Chart:
    kind: dict[str, Any] = {"type": look.type} | ({"subtype": "stacked"} if look.stacked else {})
    chart: Chart = book.add_chart(kind)
    top, left = xl_cell_to_rowcol(panel.table.anchor)
    labels = {"value": True, "num_format": look.form, "font": SMALL}
    for header, colour in look.series:
        col = left + panel.table.headers.index(header)
        chart.add_series(
            {
                "name": _cells(top, col),
                "categories": _cells(top + 1, left, panel.table.fixed_rows),
                "values": _cells(top + 1, col, panel.table.fixed_rows),
                "fill": {"color": colour},
                "gap": 40,
                **({} if look.stacked else {"data_labels": labels}),
            }
        )
    _set_axes(chart, look)
    title = {"name": FONT, "size": 12, "bold": True, "color": NAVY}
    chart.set_title({"name": panel.title, "name_font": title, "overlay": False})
    chart.set_legend({"none": True} if len(look.series) == 1 else {"position": "bottom", "font": SMALL})
    chart.set_chartarea({"fill": {"none": True}, "border": {"color": LINE}})
    chart.set_plotarea({"fill": {"none": True}})
    chart.show_blanks_as("gap")
    return chart


def _set_axes(chart: Chart, look: Look) -> None:
    """No scale: figures stand at the bars or in the table beside, and an empty chart shows none."""
    names: dict[str, Any] = {"num_font": SMALL, "line": {"color": LINE}, "major_tick_mark": "none"}
    numbers = {"min": 0, "visible": False, "major_gridlines": {"visible": False}}
    if look.type == "bar":  # first row on top
        chart.set_y_axis({**names, "reverse": True})
        chart.set_x_axis(numbers)
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(numbers)


def _cells(row: int, col: int, rows: int = 1) -> str:
    first = xl_rowcol_to_cell(row, col, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(row + rows - 1, col, row_abs=True, col_abs=True)
    return f"=Dashboard!{first}" + (f":{last}" if rows > 1 else "")
