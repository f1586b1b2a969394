"""The looks of the workbook: palette, number formats and cell formats, each made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from ..sheets import Kind, Owner

Look = dict[str, Any]

INK = "#1F2937"
MUTED = "#56606E"
WHITE = "#FFFFFF"
NAVY = "#1F3A5F"
BLUE = "#1D5FA8"
PALE_BLUE = "#DCE8F5"
DEEP_BLUE = "#17406D"
ORANGE = "#A84A00"
PALE_ORANGE = "#FDE3C8"
DEEP_ORANGE = "#733100"
INPUT = "#FFF8EA"
INPUT_LINE = "#EBD7B0"
GREY = "#ECEEF1"
LINE = "#D9DEE5"

FONT = "Calibri"
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "long": "@",
    "int": "#,##0",
    "number": "General",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "percent": "0%",
    "rate": "0.00%",
    "link": "General",
}
RIGHT: tuple[Kind, ...] = ("int", "number", "money", "percent", "rate")

STRONG: Look = {"bg_color": BLUE, "font_color": WHITE, "bold": True}
CALM: Look = {"bg_color": PALE_BLUE, "font_color": DEEP_BLUE}
ALERT: Look = {"bg_color": PALE_ORANGE, "font_color": DEEP_ORANGE, "bold": True}
ALARM: Look = {"bg_color": ORANGE, "font_color": WHITE, "bold": True}
LATE: Look = {"bg_color": WHITE, "font_color": ORANGE, "bold": True, "italic": True}
DONE: Look = {"bg_color": GREY, "font_color": MUTED}


@dataclass
class Pen:
    """Gives out cell formats of one workbook; the same look is always the same format."""

    book: Workbook
    _made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def look(self, **properties: object) -> Format:
        """The cell format with these XlsxWriter properties on top of the workbook's font."""
        wanted = {"font_name": FONT, "font_size": 11, "font_color": INK, **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(wanted)
        return self._made[key]

    def mark(self, look: Look) -> Format:
        """The conditional format with these properties (it adds to the cell's own format)."""
        key = (("mark", True), *sorted(look.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(look)
        return self._made[key]

    def column(self, kind: Kind) -> Format:
        """Format of a whole sheet column, for cells below a table: no lines, no fill."""
        return self.look(**_kind(kind))

    def body(self, kind: Kind, owner: Owner = "recoup", **extra: object) -> Format:
        """Format of a cell in a table's body; cells that people fill look like input."""
        line = {"border": 1, "border_color": INPUT_LINE, "bg_color": INPUT} if owner == "people" else {}
        return self.look(**{**_kind(kind), "bottom": 1, "bottom_color": LINE, **line, **extra})

    def header(self, owner: Owner = "recoup", align: str = "left") -> Format:
        """Format of a table heading: navy for Recoup's columns, orange for people's."""
        fill = ORANGE if owner == "people" else NAVY
        return self.look(
            bold=True,
            font_color=WHITE,
            bg_color=fill,
            text_wrap=True,
            valign="vcenter",
            align=align,
            indent=1,
            right=1,
            right_color=WHITE,
        )

    def title(self) -> Format:
        """Format of a sheet's title."""
        return self.look(font_size=16, bold=True, font_color=NAVY, valign="vcenter")

    def hint(self) -> Format:
        """Format of the sentence under a title."""
        return self.look(font_color=MUTED, italic=True, valign="vcenter")

    def link(self) -> Format:
        """Format of a link outside tables."""
        return self.look(font_color=BLUE, underline=1, valign="vcenter")


def _kind(kind: Kind) -> dict[str, object]:
    align = "right" if kind in RIGHT else "left"
    look: dict[str, object] = {
        "num_format": NUMBER_FORMATS[kind],
        "valign": "vcenter",
        "align": align,
        "indent": 1,
    }
    if kind == "long":
        look["text_wrap"] = True
    if kind == "link":
        look |= {"font_color": BLUE, "underline": 1}
    return look
