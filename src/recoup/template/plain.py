"""Tabs that people paste into or fill: report tabs are plain text grids, own records have our headings."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from ..sheets import OWN_RECORDS
from .marks import LAST_ROW
from .styles import GREY, INPUT_LINE, Pen

LAST_COLUMN = 16_383
TAB_COLOURS: dict[str, tuple[str, ...]] = {
    "#2F6DB5": ("Inventory Ledger", "Ledger Summary", "FBA Inventory", "Aged Inventory"),
    "#D9822B": ("Reimbursements", "Settlements", "Transactions"),
    "#7FA8D6": ("Customer Returns", "Replacements", "All Orders", "Fulfilled Shipments"),
    "#F0B87A": ("Fee Preview", "Storage Fees"),
    "#8A94A3": ("Removal Orders", "Removal Shipments", "Inbound Problems"),
    "#EBD7B0": tuple(OWN_RECORDS),
}
RECORD_LISTS: dict[str, tuple[str, ...]] = {
    "Recoup_Conditions": ("OK", "Damaged", "Wrong item"),
    "Recoup_DocumentKinds": (
        "invoice",
        "proof of delivery",
        "bill of lading",
        "packing slip",
        "photo",
        "LPN photo",
        "other",
    ),
}
RECORD_CHOICES: dict[tuple[str, str], str] = {
    ("Product Dimensions", "Apparel"): "Recoup_YesNo",
    ("Product Dimensions", "Dangerous goods"): "Recoup_YesNo",
    ("Removal Receipts", "Condition"): "Recoup_Conditions",
    ("Documents", "Kind"): "Recoup_DocumentKinds",
}


def tab_colour(name: str) -> str:
    """The colour of a report tab or own-record tab: one per group of reports."""
    return next(colour for colour, names in TAB_COLOURS.items() if name in names)


def draw_report_tab(sheet: Worksheet, pen: Pen) -> None:
    """An empty grid, every cell formatted as text, its first row frozen: people paste here."""
    _as_text(sheet, pen)
    sheet.set_row(0, None, pen.look(num_format="@", bold=True, bg_color=GREY))
    sheet.freeze_panes(1, 0)


def draw_own_record(sheet: Worksheet, pen: Pen, name: str) -> None:
    """Our headings over an empty grid of text cells, drawn as input."""
    _as_text(sheet, pen)
    for col, header in enumerate(OWN_RECORDS[name]):
        width = max(14, len(header) + 4)
        look = pen.look(
            num_format="@", valign="vcenter", bg_color="#FFF8EA", border=1, border_color=INPUT_LINE
        )
        sheet.set_column(col, col, width, look)
        sheet.write_string(0, col, header, pen.header("people"))
        choices = RECORD_CHOICES.get((name, header))
        if choices:
            rule = {"validate": "list", "source": f"={choices}", "error_type": "warning"}
            sheet.data_validation(1, col, LAST_ROW - 1, col, rule)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)


def _as_text(sheet: Worksheet, pen: Pen) -> None:
    sheet.set_column(0, LAST_COLUMN, 18, pen.look(num_format="@"))
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{LAST_ROW}"})
