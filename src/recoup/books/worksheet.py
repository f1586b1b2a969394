"""One worksheet as text: the rows can be edited one by one, everything else stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from recoup.books.area import Area
from recoup.books.base import BookUnsupported
from recoup.books.cells import column_index

_DATA = re.compile(r"<((?:\w+:)?)sheetData\b[^>]*?(/?)>")
_ROW_NUMBER = re.compile(r'\sr="(\d+)"')
_INSIDE = r"[^<]*(?:<(?!/(?:\w+:)?c>)[^<]*)*"
_CELL = re.compile(rf"<(?:\w+:)?c\b([^>]*?)(?:/>|>({_INSIDE})</(?:\w+:)?c>)")
_USUAL = re.compile(rf'(<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>({_INSIDE})</c>))')
_FORMULA = re.compile(r"<(?:\w+:)?f[\s/>]")  # not <family>, which stands in rich text
_REF = re.compile(r'\sr="([A-Z]+)\d+"')
_STYLE = re.compile(r'\ss="(\d+)"')
_TYPE = re.compile(r'\st="(\w+)"')
_COLUMN = re.compile(r"<(?:\w+:)?col\s([^>]*?)/?>")
_DIMENSION = re.compile(r'(<(?:\w+:)?dimension\b[^>]*?\bref=")([^"]*)(")')
_GROWING = re.compile(r'(<(?:\w+:)?(?:conditionalFormatting|dataValidation)\b[^>]*?\bsqref=")([^"]*)(")')
_MERGED = re.compile(r'<(?:\w+:)?mergeCell\b[^>]*?\bref="([^"]*)"')


class CellXml(NamedTuple):
    """One cell as it is written: its style id, type and what is inside (formula, value, inline text)."""

    style: str
    kind: str
    inner: str
    xml: str

    @property
    def is_blank(self) -> bool:
        """Nothing but a style."""
        return not self.inner or not re.search(r"<(?:\w+:)?(?:v|is|f)\b(?!\s*/>)|<(?:\w+:)?f\b", self.inner)

    @property
    def has_formula(self) -> bool:
        """Whether a formula computes it."""
        return bool(_FORMULA.search(self.inner))

    def moved(self, ref: str) -> str:
        """The same XML at another address."""
        return re.sub(r'(<(?:\w+:)?c\b[^>]*?\sr=")[A-Z]+\d+', rf"\g<1>{ref}", self.xml, count=1)


def parse_cells(row_xml: str) -> Iterable[tuple[int, str, str, str, str]]:
    """Every cell of a row: column, style id, type, inner XML, whole XML."""
    usual = _USUAL.findall(row_xml)
    if len(usual) == row_xml.count("<c ") and (usual or ":c " not in row_xml):
        return [(column_index(letters), s, t, inner, xml) for xml, letters, s, t, inner in usual]
    return list(_parse_any_cells(row_xml))


def _parse_any_cells(row_xml: str) -> Iterator[tuple[int, str, str, str, str]]:
    for match in _CELL.finditer(row_xml):
        letters, style, kind = (_first(p, match[1]) for p in (_REF, _STYLE, _TYPE))
        if not letters:
            raise BookUnsupported("A row has cells without an address; save the workbook once in Excel.")
        yield column_index(letters), style, kind, match[2] or "", match[0]


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def column_styles(head: str) -> dict[int, str]:
    """Style ids of whole columns (the first 1,000), from the XML before the rows."""
    found = {}
    for match in _COLUMN.finditer(head):
        a = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        first, last = a.get("min", ""), a.get("max", "")
        if "style" in a and first.isdecimal() and last.isdecimal():
            for column in range(int(first[:6]), min(int(last[:6]), 1000) + 1):
                found[column] = a["style"]
    return found


@dataclass(slots=True)
class Row:
    """One row taken apart: its own attributes, its cells by column, and what follows them."""

    attributes: str = ""
    cells: dict[int, CellXml] = field(default_factory=dict)
    rest: str = ""
    widened: bool = False

    @classmethod
    def parse(cls, xml: str) -> Row:
        """Take the XML of one row apart."""
        head = xml.index(">")
        opening = xml[: head - 1] if xml[head - 1] == "/" else xml[:head]
        attributes = _ROW_NUMBER.sub("", opening[opening.find(" ") :] if " " in opening else "", count=1)
        cells = {c: CellXml(s, k, i, x) for c, s, k, i, x in parse_cells(xml)}
        end = xml.rfind(next(reversed(cells.values())).xml) if cells and "extLst" in xml else -1
        rest = xml[end + len(next(reversed(cells.values())).xml) : xml.rfind("</")] if end >= 0 else ""
        return cls(attributes, cells, rest)

    def put(self, column: int, xml: str, style: str = "") -> None:
        """Write a cell ("" removes it)."""
        if not xml:
            self.cells.pop(column, None)
            return
        self.widened = self.widened or column not in self.cells
        self.cells[column] = CellXml(style, "", xml, xml)

    def render(self, number: int, p: str) -> str:
        """The row as XML."""
        attributes = re.sub(r'\sspans="[^"]*"', "", self.attributes) if self.widened else self.attributes
        cells = "".join(self.cells[c].xml for c in sorted(self.cells))
        if not cells and not self.rest:
            return f'<{p}row r="{number}"{attributes}/>'
        return f'<{p}row r="{number}"{attributes}>{cells}{self.rest}</{p}row>'


class Worksheet:
    """A worksheet part. ``rows`` maps row numbers to their XML; ``set_row`` changes one."""

    def __init__(self, xml: bytes, name: str) -> None:
        """``name`` is the tab's name for messages. Raises ``BookUnsupported`` when rows have no numbers."""
        text = _decoded(xml, name)
        data = _DATA.search(text)
        if data is None:
            raise BookUnsupported(f"The tab {name!r} holds no cells that can be read; save it once in Excel.")
        self.name, self.prefix = name, data[1]
        close = f"</{self.prefix}sheetData>"
        if data[2]:
            self.head, body, self.tail = text[: data.end() - 2] + ">", "", close + text[data.end() :]
        else:
            end = text.index(close, data.end())
            self.head, body, self.tail = text[: data.end()], text[data.end() : end], text[end:]
        self.rows = self._split(body)
        self.changed = False

    def _split(self, body: str) -> dict[int, str]:
        p = self.prefix
        rows = {}
        for match in re.finditer(rf"<{p}row\b([^>]*?)(?:/>|>.*?</{p}row>)", body, re.S):
            number = _ROW_NUMBER.search(match[1])
            if number is None:
                raise BookUnsupported(
                    f"The tab {self.name!r} has rows without numbers; save it once in Excel."
                )
            rows[int(number[1])] = match[0]
        return rows

    def xml(self) -> bytes:
        """The part as it stands now."""
        ordered = [self.rows[number] for number in sorted(self.rows)]
        return "".join((self.head, *ordered, self.tail)).encode("utf-8")

    def row(self, number: int) -> Row:
        """One row taken apart; an empty one where the sheet has none."""
        xml = self.rows.get(number)
        return Row() if xml is None else Row.parse(xml)

    def set_row(self, number: int, xml: str) -> None:
        """Replace one row's XML; "" removes the row."""
        if xml == self.rows.get(number, ""):
            return
        self.changed = True
        if xml:
            self.rows[number] = xml
        else:
            del self.rows[number]

    def cover(self, area: Area) -> None:
        """Let the stated dimension of the sheet cover an area."""
        match = _DIMENSION.search(self.head)
        old = Area.parse(match[2]) if match else None
        if match and old and old.union(area) != old:
            self.head = f"{self.head[: match.start(2)]}{old.union(area)}{self.head[match.end(2) :]}"
            self.changed = True

    def merged(self) -> list[Area]:
        """The merged areas."""
        return [area for ref in _MERGED.findall(self.tail) if (area := Area.parse(ref))]

    def grow_rules(self, body: Area, bottom: int) -> None:
        """Let validations and conditional formats that end with a table's body end with it again."""

        def grown(ref: str) -> str:
            area = Area.parse(ref)
            inside = area and body.left <= area.left and area.right <= body.right
            if not area or not inside or area.bottom != body.bottom or area.top != body.top:
                return ref
            return str(Area(area.left, area.top, area.right, bottom))

        tail = _GROWING.sub(lambda m: m[1] + " ".join(map(grown, m[2].split())) + m[3], self.tail)
        if tail != self.tail:
            self.tail, self.changed = tail, True


def _decoded(xml: bytes, name: str) -> str:
    try:
        return xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BookUnsupported(
            f"The tab {name!r} is not written in UTF-8; save the workbook in Excel."
        ) from error
