"""One worksheet as text: the rows can be edited one by one, everything else stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from recoup.books.area import Area
from recoup.books.base import BookUnsupported
from recoup.books.cells import column_index, column_letter

_DATA = re.compile(r"<((?:[\w.-]+:)?)sheetData\b[^>]*?(/?)>")
_ROW_NUMBER = re.compile(r'\sr="(\d+)"')
_INSIDE = r"[^<]*(?:<(?!/(?:[\w.-]+:)?c>)[^<]*)*"
_CELL = re.compile(rf"<(?:[\w.-]+:)?c\b([^>]*?)(?:/>|>({_INSIDE})</(?:[\w.-]+:)?c>)")
_USUAL = re.compile(rf'(<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?: ?/>|>({_INSIDE})</c>))')
_FORMULA = re.compile(r"<(?:[\w.-]+:)?f[\s/>]")  # not <family>, which stands in rich text
_ADDRESS = re.compile(r'\sr="([A-Z]+\d+)"')
_REF = re.compile(r'\sr="([A-Z]+)\d+"')
_STYLE = re.compile(r'\ss="(\d+)"')
_TYPE = re.compile(r'\st="(\w+)"')
_COLUMN = re.compile(r"<(?:[\w.-]+:)?col\s([^>]*?)/?>")
_DIMENSION = re.compile(r'(<(?:[\w.-]+:)?dimension\b[^>]*?\bref=")([^"]*)(")')
_GROWING = re.compile(r'(<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidation)\b[^>]*?\bsqref=")([^"]*)(")')
_SPANNING = re.compile(r"<(?:[\w.-]+:)?f\s([^>]*\bt=\"(?:array|dataTable)\"[^>]*)>")
_MERGED = re.compile(r'<(?:[\w.-]+:)?mergeCell\b[^>]*?\bref="([^"]*)"')
_LINK = re.compile(r'<(?:[\w.-]+:)?hyperlink\b[^>]*?\bref="([^"]*)"')


class CellXml(NamedTuple):
    """One cell as it is written: its style id, type and what is inside (formula, value, inline text)."""

    style: str
    kind: str
    inner: str
    xml: str

    @property
    def is_blank(self) -> bool:
        """Nothing but a style."""
        return not self.inner or not re.search(
            r"<(?:[\w.-]+:)?(?:v|is|f)\b(?!\s*/>)|<(?:[\w.-]+:)?f\b", self.inner
        )

    @property
    def has_formula(self) -> bool:
        """Whether a formula computes it."""
        return bool(_FORMULA.search(self.inner))

    @property
    def address(self) -> str:
        """Where it stands."""
        match = _ADDRESS.search(self.xml[: self.xml.index(">")])
        return match[1] if match else ""

    def moved(self, ref: str) -> str:
        """The same XML at another address."""
        return re.sub(r'(<(?:[\w.-]+:)?c\b[^>]*?\sr=")[A-Z]+\d+', rf"\g<1>{ref}", self.xml, count=1)


def parse_cells(row_xml: str) -> Iterable[tuple[int, str, str, str, str]]:
    """Every cell of a row: column, style id, type, inner XML, whole XML."""
    usual = _USUAL.findall(row_xml)
    if len(usual) == row_xml.count("<c ") and (usual or ":c " not in row_xml):
        return [(column_index(letters), s, t, inner, xml) for xml, letters, s, t, inner in usual]
    return list(_parse_any_cells(row_xml))


def _parse_any_cells(row_xml: str) -> Iterator[tuple[int, str, str, str, str]]:
    column = 0
    for match in _CELL.finditer(row_xml):
        letters, style, kind = (_first(p, match[1]) for p in (_REF, _STYLE, _TYPE))
        if not letters and ' r="' in match[1]:
            raise BookUnsupported(f"A cell has no address Excel knows ({match[0][:60]}); save it in Excel.")
        column = column_index(letters) if letters else column + 1  # without an address: right of the last one
        yield column, style, kind, match[2] or "", match[0]


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


def row_attributes(xml: str) -> str:
    """The attributes of a row but for its number, as they are written."""
    opening = xml[: xml.index(">")].removesuffix("/")
    return _ROW_NUMBER.sub("", opening[opening.find(" ") :] if " " in opening else "", count=1)


def _addressed(cell: str, column: int, number: int) -> str:
    if cell.startswith('<c r="') or ' r="' in cell[: cell.index(">")]:
        return cell
    return re.sub(r"^(<[^\s/>]+)", rf'\1 r="{column_letter(column)}{number}"', cell, count=1)


@dataclass(slots=True)
class Row:
    """One row taken apart: its own attributes, its cells by column, and what follows them."""

    attributes: str = ""
    cells: dict[int, CellXml] = field(default_factory=dict)
    rest: str = ""
    widened: bool = False

    @classmethod
    def parse(cls, xml: str, number: int = 0) -> Row:
        """Take the XML of one row apart; cells without an address get the one they have in row ``number``.

        Raises ``BookUnsupported`` when something stands between its cells.
        """
        head = xml.index(">")
        cells, at, rest = {}, head + 1, ""
        for column, style, kind, inner, cell in parse_cells(xml):
            start = xml.index(cell, at)
            if column in cells or (start > at and xml[at:start].strip()):
                raise BookUnsupported(
                    f"Row {number} holds a cell twice, or something that is no cell; save it once in Excel."
                )
            at = start + len(cell)
            cells[column] = CellXml(style, kind, inner, _addressed(cell, column, number))
        if xml[head - 1] != "/":
            rest = xml[at : xml.rindex("</")].strip()
        return cls(row_attributes(xml), cells, rest)

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
        text = xml.decode("utf-8")
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
        if "<!" in body or "<?" in body:
            raise BookUnsupported(
                f"The tab {name!r} has XML comments among its cells; save it once in Excel."
            )
        self.unnumbered = False
        self.all_addressed = body.count(f"<{self.prefix}c ") == body.count(f'<{self.prefix}c r="')
        self.all_addressed &= f"<{self.prefix}c>" not in body and f"<{self.prefix}c/>" not in body
        self.spanned = _spanned(body)
        self.rows = self._split(body)
        self.changed = False

    def _split(self, body: str) -> dict[int, str]:
        opening, closing = f"<{self.prefix}row", f"</{self.prefix}row>"
        rows: dict[int, str] = {}
        at = last = 0
        while (start := body.find(opening, at)) >= 0:
            head = body.index(">", start)
            end = head + 1 if body[head - 1] == "/" else body.find(closing, head) + len(closing)
            number = _ROW_NUMBER.search(body, start, head)
            last = int(number[1]) if number else last + 1  # without a number: below the last one
            self.unnumbered = self.unnumbered or number is None
            if last in rows or end < head or (start > at and body[at:start].strip()):
                break
            rows[last], at = body[start:end], end
        if body[at:].strip():
            raise BookUnsupported(
                f"The tab {self.name!r} holds a row twice or something that is no row, after row "
                f"{max(rows, default=0)}; save it once in Excel."
            )
        return rows

    def xml(self) -> bytes:
        """The part as it stands now."""
        ordered = [self.rows[number] for number in sorted(self.rows)]
        if self.unnumbered:
            ordered = list(self._numbered(ordered))
        return b"".join(
            map(str.encode, (self.head, *ordered, self.tail))
        )  # as one text: twice or thrice as wide

    def _numbered(self, ordered: Iterable[str]) -> Iterator[str]:
        """Rows that were written without a number get it where they no longer follow the row above."""
        above = 0
        for number, row in zip(sorted(self.rows), ordered, strict=True):
            plain = number == above + 1 or _ROW_NUMBER.search(row[: row.index(">")])
            above = number
            yield row if plain else row.replace(f"<{self.prefix}row", f'<{self.prefix}row r="{number}"', 1)

    def row(self, number: int) -> Row:
        """One row taken apart; an empty one where the sheet has none."""
        xml = self.rows.get(number)
        return Row() if xml is None else Row.parse(xml, number)

    def rows_with(self, mark: str) -> Iterator[tuple[int, Row]]:
        """The rows whose XML holds a mark, taken apart."""
        return ((number, self.row(number)) for number in [n for n, xml in self.rows.items() if mark in xml])

    def refuse_spanned(self, area: Area) -> None:
        """Raise ``BookUnsupported`` when a formula that fills several cells reaches into an area."""
        for spanned in self.spanned:
            if spanned.overlaps(area):
                raise BookUnsupported(
                    f"{self.name}!{spanned} belongs to an array formula or data table that fills several cells, "
                    "and Recoup has to write there; delete that formula from the table and run again."
                )

    def set_row(self, number: int, xml: str) -> None:
        """Replace one row's XML; "" removes the row."""
        if xml == self.rows.get(number, ""):
            return
        self.changed = True
        if xml:
            self.rows[number] = xml
        else:
            del self.rows[number]

    def add_rows(self, rows: Mapping[int, str]) -> None:
        """Put in the XML of rows that the sheet does not hold; "" is none."""
        added = {number: xml for number, xml in rows.items() if xml}
        self.rows |= added
        self.changed = self.changed or bool(added)

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

    def links(self) -> list[Area]:
        """The areas of links."""
        return [area for ref in _LINK.findall(self.tail) if (area := Area.parse(ref))]

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


def _spanned(body: str) -> list[Area]:
    """The areas of formulas that fill more than one cell."""
    if 't="array"' not in body and 't="dataTable"' not in body:
        return []
    refs = (re.search(r'\bref="([^"]*)"', match[1]) for match in _SPANNING.finditer(body))
    areas = (Area.parse(ref[1]) for ref in refs if ref)
    return [a for a in areas if a and (a.left, a.top) != (a.right, a.bottom)]
