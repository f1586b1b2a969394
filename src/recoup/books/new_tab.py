"""Adds an empty report tab to a workbook package: a worksheet whose cells are all formatted as text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import escape

from recoup.books.base import BookError
from recoup.books.package import Package, attributes, relationships_part
from recoup.books.part_lists import inserted, override, relationship_type
from recoup.books.workbook_part import WorkbookPart

Read = Callable[[str], bytes]
WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
TEXT_FORMAT = "49"  # Excel's own number for "@"
_WIDTH = 18
_XFS = re.compile(
    r"(<([\w.-]+:)?cellXfs\b[^>]*?)(?:\scount=\"\d+\")?([^>]*>)(.*?)(</(?:[\w.-]+:)?cellXfs>)", re.S
)
_XF = re.compile(r"<(?:[\w.-]+:)?xf\b([^>]*?)/?>")


def new_tab(
    package: Package, workbook: WorkbookPart, read: Read, sheet: str, visible: bool
) -> dict[str, bytes]:
    """The parts to add or replace; the tab stands last. Raises ``BookError`` when its name is taken."""
    if sheet.casefold() in (name.casefold() for name in workbook.sheet_names()):
        raise BookError(f"The workbook has a tab {sheet!r} already.")
    folder = posixpath.dirname(next(iter(workbook.sheets.values()), "xl/worksheets/sheet1.xml"))
    taken = {int(n) for part in workbook.sheets.values() for n in re.findall(r"(\d+)\.xml$", part)}
    number = max(taken, default=0) + 1
    while package.named(f"{folder}/sheet{number}.xml") in package:
        number += 1
    part = f"{folder}/sheet{number}.xml"
    rels, styles_part = package.named(relationships_part(workbook.part)), workbook.related("styles")
    target = posixpath.relpath(part, posixpath.dirname(workbook.part))
    kind = relationship_type(read(rels), "worksheet")
    rel = f'<Relationship Id="rIdTab{number}" Type="{kind}" Target="{target}"/>'
    parts = {
        rels: inserted(read(rels), "Relationships", rel),
        package.content_types: inserted(read(package.content_types), "Types", override(part, WORKSHEET)),
        workbook.part: _listed(workbook.xml, sheet, f"rIdTab{number}", visible),
    }
    style = ""
    if styles_part:
        styles, style = with_text_style(read(styles_part).decode("utf-8-sig"))
        parts[styles_part] = styles.encode("utf-8")
    return {**parts, part: _worksheet(workbook.xml, style)}


def _listed(workbook: str, sheet: str, rel: str, visible: bool) -> bytes:
    """The workbook part with the tab at the end of its list of sheets."""
    sheets = [(m, attributes(m[1])) for m in re.finditer(r"<(?:[\w.-]+:)?sheet\s([^>]*?)/?>", workbook)]
    last, a = sheets[-1]
    prefix = re.match(r"<([\w.-]+:)?", last[0])
    relation = next(k for k in a if k.endswith(":id"))
    number = max(int(s["sheetId"]) for _, s in sheets) + 1
    state = "" if visible else ' state="hidden"'
    p = (prefix[1] if prefix else "") or ""
    tag = f'<{p}sheet name="{escape(sheet)}" sheetId="{number}"{state} {relation}="{rel}"/>'
    end = last.end()
    if not last[0].endswith("/>"):  # <sheet ...></sheet>
        end = workbook.index(">", workbook.index("</", last.end())) + 1
    return (workbook[:end] + tag + workbook[end:]).encode("utf-8")


def with_text_style(styles: str) -> tuple[str, str]:
    """The styles part and the number of a cell format that is text and nothing else."""
    block = _XFS.search(styles)
    if block is None:
        return styles, ""
    formats = [attributes(m[1]) for m in _XF.finditer(block[4])]
    for index, a in enumerate(formats):
        plain = all(a.get(k, "0") == "0" for k in ("fontId", "fillId", "borderId", "xfId"))
        if a.get("numFmtId") == TEXT_FORMAT and plain:
            return styles, str(index)
    plain_format = 'fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
    xf = f'<{block[2] or ""}xf numFmtId="{TEXT_FORMAT}" {plain_format}/>'
    opening = re.sub(r'\scount="\d+"', "", block[1] + block[3])
    opening = f'{opening[:-1]} count="{len(formats) + 1}">'
    again = styles[: block.start()] + opening + block[4] + xf + block[5] + styles[block.end() :]
    return again, str(len(formats))


def _worksheet(workbook: str, style: str) -> bytes:
    namespace = re.search(r'xmlns(?::\w+)?="([^"]*spreadsheetml[^"]*)"', workbook)
    space = namespace[1] if namespace else "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    styled = f' style="{style}"' if style else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{space}">'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="16384" width="{_WIDTH}"{styled} customWidth="1"/></cols><sheetData/></worksheet>'
    ).encode()
