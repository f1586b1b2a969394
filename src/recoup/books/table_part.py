"""One table part: its name, headers and place, and how it is resized."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from recoup.books.area import Area
from recoup.books.base import BookUnsupported, ColumnMissing
from recoup.books.cells import unescape_hex
from recoup.books.package import Package, attributes
from recoup.books.workbook_part import WorkbookPart

_TABLE = re.compile(r"<(?:[\w.-]+:)?table\b([^>]*)>")
_COLUMN = re.compile(r"<(?:[\w.-]+:)?tableColumn\b([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?tableColumn>)", re.S)
_REF = re.compile(r'(<(?:[\w.-]+:)?(?:table|autoFilter|sortState|sortCondition)\b[^>]*?\sref=")([^"]*)(")')
_WIDENED = re.compile(r'(<(?:[\w.-]+:)?(?:table|autoFilter)\b[^>]*?\sref=")([^"]*)(")')
_INSERT_ROW = re.compile(r'\s+insertRow(?:Shift)?="[^"]*"')


class TablePart:
    """A table of one sheet. ``body`` is the area of its rows, without headers and totals row."""

    def __init__(self, xml: bytes, part: str, sheet: str) -> None:
        """``sheet`` is the name of the tab it stands on. Raises ``BookUnsupported``."""
        self.part, self.sheet = part, sheet
        self.text = self._before = xml.decode("utf-8")
        match = _TABLE.search(self.text)
        a = attributes(match[1]) if match else {}
        self.name = unescape_hex(a.get("displayName") or a.get("name", ""))
        columns = list(_COLUMN.finditer(self.text))
        area = Area.parse(a.get("ref", ""))
        if area is None or not area.is_on_a_sheet() or area.right - area.left + 1 != len(columns):
            raise BookUnsupported(
                f"The table {self.name[:100]} on {sheet!r} has no place for its columns; save the workbook in Excel."
            )
        names = [attributes(column[1]).get("name") for column in columns]
        if None in names:
            raise BookUnsupported(
                f"A column of the table {self.name[:100]} on {sheet!r} has no name; save the workbook in Excel."
            )
        self.area = area
        self.has_header = a.get("headerRowCount", "1") != "0"
        self.has_totals = a.get("totalsRowCount", "0") != "0"
        self.headers = [unescape_hex(name or "") for name in names]
        self._columns = {header: area.left + i for i, header in enumerate(self.headers)}
        self.calculated = {
            area.left + i for i, m in enumerate(columns) if m[2] and "calculatedColumnFormula" in m[2]
        }

    @property
    def body(self) -> Area:
        """The rows of the table."""
        a = self.area
        return Area(a.left, a.top + self.has_header, a.right, a.bottom - self.has_totals)

    @property
    def changed(self) -> bool:
        """Whether it was resized."""
        return self.text != self._before

    def xml(self) -> bytes:
        """The part as it stands now."""
        return self.text.encode("utf-8")

    def column_of(self, header: str) -> int:
        """The sheet column of a header. Raises ``ColumnMissing``."""
        column = self._columns.get(header)
        if column is None:
            raise ColumnMissing(
                f"The table {self.name} on {self.sheet!r} has no column {header!r} any more; "
                f"insert a column into the table and type {header!r} as its heading."
            )
        return column

    def end_at(self, bottom: int) -> None:
        """Let the last row of the body be ``bottom``; filter and sort areas end with it."""
        grown = bottom - self.body.bottom
        self.text = _INSERT_ROW.sub("", self.text)
        if grown:
            old = self.body.bottom
            self.text = _REF.sub(lambda m: m[1] + _shifted(m[2], old, grown) + m[3], self.text)
            a = self.area
            self.area = Area(a.left, a.top, a.right, a.bottom + grown)

    def add_columns(self, headers: Sequence[str]) -> None:
        """List further columns at the right end; the table's and its filter's areas reach over them."""
        by, right = len(headers), self.area.right
        ids = [int(n) for n in re.findall(r'<(?:[\w.-]+:)?tableColumn\b[^>]*?\sid="(\d+)"', self.text)]
        close = re.search(r"</([\w.-]+:)?tableColumns>", self.text)
        if close is None:
            raise BookUnsupported(f"The table {self.name} on {self.sheet!r} is damaged; save it in Excel.")
        listed = "".join(
            f'<{close[1] or ""}tableColumn id="{max(ids) + i}" name="{escape(h)}"/>'
            for i, h in enumerate(headers, 1)
        )
        text = self.text[: close.start()] + listed + self.text[close.start() :]
        text = re.sub(
            r'(<(?:[\w.-]+:)?tableColumns\b[^>]*?\scount=")\d+',
            rf"\g<1>{len(self.headers) + by}",
            text,
            count=1,
        )
        self.text = _WIDENED.sub(lambda m: m[1] + _wider(m[2], right, by) + m[3], text)
        a = self.area
        self.area = Area(a.left, a.top, a.right + by, a.bottom)
        self._columns |= {h: right + i for i, h in enumerate(headers, 1)}
        self.headers += headers


def find_tables(package: Package, workbook: WorkbookPart) -> list[TablePart]:
    """Every table of the workbook. Raises ``BookUnsupported``."""
    found = [
        TablePart(package.xml(rel.part), rel.part, sheet)
        for sheet, part in workbook.sheets.items()
        for rel in package.relationships(part).values()
        if rel.kind == "table" and rel.part in package
    ]
    _refuse_clashes(found)
    return found


def _refuse_clashes(tables: Sequence[TablePart]) -> None:
    """Raise ``BookUnsupported`` when two tables have one name or share cells: no Excel writes that."""
    for i, one in enumerate(tables):
        for other in tables[:i]:
            same = one.name.casefold() == other.name.casefold()
            if same or (one.sheet == other.sheet and one.area.overlaps(other.area)):
                what = "have one name" if same else "lie on top of each other"
                raise BookUnsupported(
                    f"Two tables {what} ({other.name[:100]} on {other.sheet!r}, {one.name[:100]} on {one.sheet!r}); "
                    "open the workbook in Excel, let it be repaired and save it again."
                )


def _wider(ref: str, right: int, by: int) -> str:
    area = Area.parse(ref)
    if area is None or area.right != right:
        return ref
    return str(Area(area.left, area.top, area.right + by, area.bottom))


def _shifted(ref: str, at_least: int, by: int) -> str:
    area = Area.parse(ref)
    if area is None or area.bottom < at_least:
        return ref
    return str(Area(area.left, area.top, area.right, area.bottom + by))
