"""Takes rows out of a worksheet part: the rows below move up, unless something hangs on the rows of the sheet."""

from __future__ import annotations

import re
from collections.abc import Collection

_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData\b[^>]*?(/?)>")
_NUMBER = re.compile(rb'\sr="(\d+)"')
_DIMENSION = re.compile(rb'(<(?:[\w.-]+:)?dimension\b[^>]*?\bref="[A-Z]+\d+:[A-Z]+)(\d+)(")')
_ANCHORED = re.compile(
    rb"<(?:[\w.-]+:)?(?:mergeCell|conditionalFormatting|dataValidation|hyperlink|drawing|legacyDrawing|tablePart"
    rb"|rowBreaks|scenario|protectedRange|control|oleObject)\b"
)
_MOVING_FORMULA = re.compile(rb'<(?:[\w.-]+:)?f\b[^>]*\bt="(?:shared|array|dataTable)"')
_TYPED_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f\b")


def without_rows(xml: bytes, rows: Collection[int]) -> bytes:
    """The part without these rows (numbers as in the sheet).

    Where merged cells, links, drawings, comments, validations, conditional formats, tables or formulas stand on
    the sheet, nothing moves: the rows are emptied and stay where they are.
    """
    data = _DATA.search(xml)
    if data is None or data[2] or not rows:
        return xml
    p = data[1]
    end = xml.rindex(b"</" + p + b"sheetData>")
    body = xml[data.end() : end]
    stay = bool(_ANCHORED.search(xml[end:]) or _MOVING_FORMULA.search(body) or _TYPED_FORMULA.search(body))
    kept, last = _kept_rows(body, frozenset(rows), p, stay)
    head = _DIMENSION.sub(lambda m: m[1] + str(max(last, 1)).encode() + m[3], xml[: data.end()])
    return b"".join((head, *kept, xml[end:]))


def _kept_rows(body: bytes, gone: frozenset[int], p: bytes, stay: bool) -> tuple[list[bytes], int]:
    """The rows that stay, at their new numbers, and the last of these numbers."""
    cell = re.compile(rb"(<" + p + rb'c\b[^>]*?\sr="[A-Z]+)\d+"')
    kept: list[bytes] = []
    last = moved = 0
    above = sorted(gone)
    for match in re.finditer(rb"<" + p + rb"row\b[^>]*?(?:/>|>.*?</" + p + rb"row>)", body, re.S):
        row = match[0]
        found = _NUMBER.search(row)
        number = int(found[1]) if found else last + moved + 1
        while moved < len(above) and above[moved] < number:
            moved += 1
        if number in gone:
            continue
        last = number if stay else number - moved
        if last != number and found:
            new = str(last).encode()
            row = row[: found.start(1)] + new + row[found.end(1) :]
            row = cell.sub(rb"\g<1>" + new + b'"', row)
        kept.append(row)
    return kept, last
