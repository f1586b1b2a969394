"""What openpyxl drops of a worksheet and can be put back after a save: cached values, notes, charts, attributes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from recoup.books.cells import column_index, escape_text, value_text
from recoup.books.drawings import Drawing, listed, read_drawing, with_drawing
from recoup.books.package import Package, relationships_part
from recoup.books.row_heights import letters_by_column
from recoup.books.workbook_part import WorkbookPart
from recoup.books.worksheet import Worksheet, parse_cells

Place = tuple[int, int]  # row, column
APP = "docProps/app.xml"
_FORMULA = re.compile(r"<(?:[\w.-]+:)?f\b")
_IGNORED = re.compile(r"<ignoredErrors\b.*?</ignoredErrors>", re.S)
_AFTER_IGNORED = re.compile(rb"<(?:drawing|legacyDrawing|tableParts)\b|</worksheet>")
_ROW = re.compile(rb'<row r="(\d+)"[^>]*>')
_WRITTEN = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(<f\b[^>]*?(?:/>|>[^<]*</f>))(?:<v ?/>|<v></v>)</c>')


class Cached(NamedTuple):
    """What a formula gave when it was last calculated: the cell's type (``str``, ``n``, ``b``, ``e``) and text."""

    kind: str
    text: str


@dataclass(slots=True)
class Kept:
    """The parts of one worksheet that openpyxl does not write."""

    cached: dict[Place, Cached] = field(default_factory=dict)
    ignored_errors: str = ""
    own_heights: set[int] = field(default_factory=set)  # rows whose height no person chose
    letters: dict[int, int] = field(default_factory=dict)  # that fit into a line of each column
    notes: bytes = b""
    note_shapes: bytes = b""
    drawing: Drawing | None = None


def read_kept(package: Package, part: str, sheet: str) -> Kept:
    """Read from a worksheet part what a save would drop. Raises ``BookUnsupported``."""
    tab = Worksheet(package.read(part), sheet)
    heads = {n: xml.partition(">")[0] for n, xml in tab.rows.items()}
    ignored = _IGNORED.search(tab.tail)
    return Kept(
        {
            place: value
            for n, xml in tab.rows.items()
            if _FORMULA.search(xml)
            for place, value in _cached(n, xml)
        },
        ignored[0] if ignored else "",
        {n for n, head in heads.items() if ' ht="' in head and "customHeight" not in head},
        letters_by_column(tab.head),
        _related(package, part, "comments"),
        _related(package, part, "vmlDrawing"),
        read_drawing(package, part),
    )


def _cached(number: int, row_xml: str) -> list[tuple[Place, Cached]]:
    found = []
    for column, _, kind, inner, _ in parse_cells(row_xml):
        text = value_text(inner)
        if _FORMULA.search(inner) and (text or kind == "str"):
            found.append(((number, column), Cached(kind or "n", text)))
    return found


def _related(package: Package, part: str, kind: str) -> bytes:
    parts = [rel.part for rel in package.relationships(part).values() if rel.kind == kind]
    return package.read(parts[0]) if parts else b""


def put_back(data: bytes, name: str, kept: Mapping[str, Kept], app: bytes) -> bytes:
    """The package that openpyxl wrote, with what it dropped; ``kept`` is by tab, ``app`` the document's properties."""
    package = Package(data, name)
    changed: dict[str, bytes] = {APP: app} if app else {}
    for sheet, part in WorkbookPart(package, name).sheets.items():
        own = kept[sheet]
        changed[part] = _with_kept(package.read(part), own)
        for rel in package.relationships(part).values():
            if rel.kind == "comments" and own.notes:
                changed[rel.part] = own.notes
            if rel.kind == "vmlDrawing" and own.note_shapes:
                changed[rel.part] = own.note_shapes
        if own.drawing:
            rels = relationships_part(part)
            related = package.read(rels) if rels in package else b""
            changed[part], changed[rels] = with_drawing(changed[part], related, part, own.drawing)
            types = changed.get(package.content_types) or package.read(package.content_types)
            changed |= {**own.drawing.parts, package.content_types: listed(own.drawing, types)}
    return package.with_parts(changed)


def _with_kept(xml: bytes, kept: Kept) -> bytes:
    if kept.cached:
        xml = _WRITTEN.sub(lambda m: _with_cached(m, kept.cached), xml)
    if kept.own_heights:
        xml = _ROW.sub(lambda m: _own_height(m, kept.own_heights), xml)
    if kept.ignored_errors:
        at = next(m.start() for m in _AFTER_IGNORED.finditer(xml, xml.rindex(b"sheetData")))
        xml = xml[:at] + kept.ignored_errors.encode() + xml[at:]
    return xml


def _with_cached(match: re.Match[bytes], cached: Mapping[Place, Cached]) -> bytes:
    value = cached.get((int(match[2]), column_index(match[1].decode())))
    if value is None:
        return match[0].replace(b"<v />", b"").replace(b"<v/>", b"").replace(b"<v></v>", b"")
    kind = b"" if value.kind == "n" else f' t="{value.kind}"'.encode()
    shown = f"<v>{escape_text(value.text)}</v>".encode()
    return b"".join((b'<c r="', match[1], match[2], b'"', match[3], kind, b">", match[4], shown, b"</c>"))


def _own_height(match: re.Match[bytes], rows: Collection[int]) -> bytes:
    return re.sub(rb'\scustomHeight="1"', b"", match[0]) if int(match[1]) in rows else match[0]
