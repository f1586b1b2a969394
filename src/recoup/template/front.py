"""The two front sheets: Home (what to do next) and Settings."""

from __future__ import annotations

from collections.abc import Iterable

from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from ..model import Cell, Formula, Record
from ..policy import Policy
from ..sheets import (
    AGE,
    EXCLUSIONS,
    HOME_DEADLINES,
    HOME_MONEY,
    HOME_REPORTS,
    NOT_YET,
    OWN_RECORDS,
    REPORT_PERIODS,
    REPORT_TABS,
    SETTINGS,
    STARTER_TABS,
    Table,
)
from .layout import set_widths
from .styles import ALERT, DEEP_BLUE, MUTED, NAVY, PALE_BLUE, Pen
from .tables import draw_table, link, write_cell
from .texts import FIRST_STEP, report_text

GO_TO = ("Claims", "Not Claimed", "Evidence", "Checks", "Cases", "Dashboard", "Settings", "Policy")
REPORTS_HINT = (
    "The bold ones are the starter set. Tabs of the others stay hidden until they are needed: "
    "right-click any sheet tab and choose Unhide."
)
RULE_OF_KIND: dict[str, dict[str, object]] = {
    "yes/no": {"validate": "list", "source": "=Recoup_YesNo"},
    "marketplace": {"validate": "list", "source": "=Recoup_Marketplaces"},
    "days": {"validate": "integer", "criteria": ">=", "value": 0},
    "count": {"validate": "integer", "criteria": ">=", "value": 0},
    "money": {"validate": "decimal", "criteria": ">=", "value": 0},
}


def draw_home(sheet: Worksheet, pen: Pen, marketplace: str) -> None:
    """Title, next step, age of the last refresh, then money, deadlines and reports, each of fixed size."""
    tables = (HOME_MONEY, HOME_DEADLINES, HOME_REPORTS)
    set_widths(sheet, tables)
    sheet.set_column(0, 0, 2)
    sheet.set_row(1, 34)
    sheet.write_string("B2", "Recoup", pen.look(font_size=24, bold=True, font_color=NAVY, valign="vcenter"))
    sheet.write_string("B3", f"Money Amazon owes you, home marketplace {marketplace}", pen.hint())
    step = pen.look(
        font_size=13,
        bold=True,
        font_color=DEEP_BLUE,
        bg_color=PALE_BLUE,
        text_wrap=True,
        valign="vcenter",
        indent=1,
    )
    sheet.merge_range("B4:L4", FIRST_STEP, step)
    sheet.set_row(3, 42)
    _draw_refresh(sheet, pen)
    label = pen.look(font_color=MUTED, valign="vcenter")
    sheet.write_string("B7", "Go to", label)
    for col, name in enumerate(GO_TO, 2):
        write_cell(sheet, 6, col, link(name, name), pen.link())
    for table, title in zip(tables, ("Money by status", "Next deadlines", "Reports"), strict=True):
        _heading(sheet, pen, table, title, above=2 if table is HOME_REPORTS else 1)
    sheet.write_string(xl_cell_to_rowcol(HOME_REPORTS.anchor)[0] - 1, 1, REPORTS_HINT, pen.hint())
    draw_table(sheet, pen, HOME_MONEY)
    draw_table(sheet, pen, HOME_DEADLINES)
    draw_table(sheet, pen, HOME_REPORTS, list(_report_rows()))
    top, left = xl_cell_to_rowcol(HOME_REPORTS.anchor)
    for number, name in enumerate(STARTER_TABS, 1):
        sheet.write_string(top + number, left, name, pen.body("text", bold=True))


def _draw_refresh(sheet: Worksheet, pen: Pen) -> None:
    label = pen.look(font_color=MUTED, valign="vcenter", align="right")
    left = {"align": "left", "valign": "vcenter", "indent": 1}
    write_cell(sheet, 4, 1, Formula(AGE, NOT_YET), pen.look(bold=True, valign="vcenter"))
    sheet.write_blank("C5", None, pen.look(num_format="yyyy-mm-dd hh:mm", **left))
    sheet.write_string("B6", "by", pen.look(font_color=MUTED, valign="vcenter"))
    sheet.write_blank("C6", None, pen.look(num_format="@", **left))
    sheet.write_string("D5", "As of", label)
    sheet.write_blank("E5", None, pen.look(num_format="yyyy-mm-dd", **left))
    sheet.write_string("D6", "Notice", label)
    sheet.write_blank("E6", None, pen.look(num_format="@", **left))
    stale = {
        "type": "formula",
        "criteria": "=AND(ISNUMBER($C$5),TODAY()-$C$5>=8)",
        "format": pen.mark(ALERT),
    }
    sheet.conditional_format("B5:B5", stale)


def _heading(sheet: Worksheet, pen: Pen, table: Table, title: str, above: int = 1) -> None:
    row, col = xl_cell_to_rowcol(table.anchor)
    sheet.set_row(row - above, 30)
    sheet.write_string(
        row - above, col, title, pen.look(font_size=14, bold=True, font_color=NAVY, valign="vcenter")
    )


def _report_rows() -> Iterable[Record]:
    others = [name for name in (*REPORT_TABS, *OWN_RECORDS) if name not in STARTER_TABS]
    for name in (*STARTER_TABS, *others):
        text = report_text(name)
        yield {
            "Report": name,
            "State": "empty",
            "Open": link(name, "Open tab"),
            "Where in Seller Central": text.where,
            "Request": text.request,
            "Unlocks": text.unlocks,
        }


def draw_settings(sheet: Worksheet, pen: Pen, policy: Policy, marketplace: str) -> None:
    """Settings as shipped, and two tables people fill: what never to claim, and which days reports cover."""
    tables = (SETTINGS, EXCLUSIONS, REPORT_PERIODS)
    set_widths(sheet, tables)
    titles = ("Settings: a blank Value means the default", "Exclusions: never claim these", "Report periods")
    for table, title in zip(tables, titles, strict=True):
        _heading(sheet, pen, table, title)
    kinds = {setting.name: setting.kind for setting in policy.settings.values()}
    rows = [
        {**row, "Value": _value(kinds[str(row["Name"])], marketplace)} for row in policy.setting_defaults()
    ]
    draw_table(sheet, pen, SETTINGS, rows)
    draw_table(sheet, pen, EXCLUSIONS)
    draw_table(sheet, pen, REPORT_PERIODS)
    top, left = xl_cell_to_rowcol(SETTINGS.anchor)
    col = left + SETTINGS.headers.index("Value")
    for number, row in enumerate(rows, 1):
        rule = RULE_OF_KIND.get(kinds[str(row["Name"])])
        if rule:
            sheet.data_validation(top + number, col, top + number, col, dict(rule))


def _value(kind: str, marketplace: str) -> Cell:
    return marketplace if kind == "marketplace" and marketplace != "US" else None
