"""Puts a tab of a workbook that Recoup built, with its tables, charts, names and looks, into another workbook package.

Only text insertions are made in the styles and in the lists of parts; own cell formats keep their numbers.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import escape, unescape

from recoup.books.base import BookError
from recoup.books.drawings import listed, read_drawing, renamed, with_drawing
from recoup.books.new_tab import new_tab
from recoup.books.package import Package, attributes, relationships_part
from recoup.books.part_lists import NO_RELATIONSHIPS, inserted, override, relationship_type
from recoup.books.style_lists import StyleLists, take_over
from recoup.books.table_part import find_tables
from recoup.books.workbook_part import DEFINED_NAME, WorkbookPart

Read = Callable[[str], bytes]
_TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_SHARED = re.compile(r' t="s"><v>(\d+)</v>')
_STYLED = re.compile(r'(<(?:c|row|col)\b[^>]*?\s(?:s|style)=")(\d+)(")')
_OWN_NAME = re.compile(r'<definedName name="(Recoup_\w+)">([^<]*)</definedName>')
_HARMLESS = {"printerSettings"}
_STRICT = "http://purl.oclc.org/ooxml"


def adopted_tab(
    package: Package, workbook: WorkbookPart, read: Read, sheet: str, donor: Package
) -> dict[str, bytes]:
    """The parts to add or replace, so that ``sheet`` is as in the donor; a tab that is not there stands last.

    Raises ``BookError`` when something hangs on the tab of that name (a drawing, notes, a table of somebody's own), or
    when the workbook is in the strict file format.
    """
    if _STRICT in workbook.xml:
        raise BookError(
            f"{package.name} is in the strict file format; save it in Excel as an ordinary workbook (.xlsx), then try "
            "again. Nothing was changed."
        )
    theirs = WorkbookPart(donor, donor.name)
    parts: dict[str, bytes] = {}

    def now(part: str) -> bytes:
        return parts[part] if part in parts else read(part)

    tab = next((name for name in workbook.sheets if name.casefold() == sheet.casefold()), "")
    if tab:
        part = workbook.part_of(tab)
        hanging = {rel.kind for rel in package.relationships(part).values()} - _HARMLESS
        if hanging:
            raise BookError(
                f"{package.name}, tab {sheet}: somebody put something there ({', '.join(sorted(hanging))}); rename "
                "that tab, then try again. Nothing was changed."
            )
    else:
        parts |= new_tab(package, workbook, read, sheet, visible=True)
        part = next(p for p in parts if re.search(r"sheet\d+\.xml$", p))
    source = theirs.part_of(sheet)
    parts[part] = _with_looks(now, parts, workbook, _inline(donor, theirs, source), donor, theirs)
    rels = NO_RELATIONSHIPS
    for number, table in enumerate((t for t in find_tables(donor, theirs) if t.sheet == sheet), 1):
        rels = _add_table(package, parts, now, part, rels, number, table.xml())
    parts[part] = re.sub(
        rb'(<tablePart r:id=")rId(\d+)(")',
        _table_ids(donor, source),
        re.sub(rb"<drawing [^>]*/>", b"", parts[part]),
    )
    if drawing := read_drawing(donor, source):
        drawing = renamed(drawing, {*package.members, *parts})
        parts[part], rels = with_drawing(parts[part], rels, part, drawing)
        parts |= drawing.parts
        parts[package.content_types] = listed(drawing, now(package.content_types))
    parts[package.named(relationships_part(part))] = rels
    names = _with_names(now(workbook.part).decode("utf-8"), theirs, sheet, tab or sheet)
    parts[workbook.part] = names.encode("utf-8")
    return parts


def _inline(donor: Package, theirs: WorkbookPart, part: str) -> str:
    """The worksheet with its texts inside the cells instead of in the shared strings."""
    strings = re.findall(r"<si>(.*?)</si>", donor.read(theirs.related("sharedStrings")).decode("utf-8"), re.S)
    xml = donor.read(part).decode("utf-8")
    return _SHARED.sub(lambda m: f' t="inlineStr"><is>{strings[int(m[1])]}</is>', xml)


def _with_looks(
    now: Read, parts: dict[str, bytes], workbook: WorkbookPart, xml: str, donor: Package, theirs: WorkbookPart
) -> bytes:
    """The worksheet with the numbers that its cell formats have in the workbook."""
    styles = workbook.related("styles")
    if not styles:
        raise BookError("The workbook has no styles; save it once in Excel.")
    mine = StyleLists(now(styles).decode("utf-8-sig"))
    used = [int(m[2]) for m in _STYLED.finditer(xml)]
    known = take_over(mine, StyleLists(donor.read(theirs.related("styles")).decode("utf-8")), used)
    parts[styles] = mine.xml.encode("utf-8")
    return _STYLED.sub(lambda m: f"{m[1]}{known[int(m[2])]}{m[3]}", xml).encode("utf-8")


def _add_table(
    package: Package, parts: dict[str, bytes], now: Read, sheet: str, rels: bytes, number: int, xml: bytes
) -> bytes:
    """Add a table part under a free name and id; the sheet's relationships with it."""
    taken = {name.lower() for name in (*package.members, *parts)}
    free = 1
    while f"xl/tables/table{free}.xml" in taken:
        free += 1
    part = f"xl/tables/table{free}.xml"
    own = [t for t in (*package.members, *parts) if re.search(r"tables/table\d+\.xml$", t, re.I)]
    ids = [int(m[1]) for t in own if (m := re.search(rb'<(?:[\w.-]+:)?table\b[^>]*?\sid="(\d+)"', now(t)))]
    text = re.sub(
        r'(<table\b[^>]*?\sid=")\d+', rf"\g<1>{max(ids, default=0) + 1}", xml.decode("utf-8"), count=1
    )
    parts[part] = re.sub(r'\s\w*[dD]xfId="\d+"', "", text).encode("utf-8")
    parts[package.content_types] = inserted(now(package.content_types), "Types", override(part, _TABLE))
    target = posixpath.relpath(part, posixpath.dirname(sheet))
    kind = relationship_type(rels, "table")
    return inserted(
        rels, "Relationships", f'<Relationship Id="rIdTable{number}" Type="{kind}" Target="{target}"/>'
    )


def _table_ids(donor: Package, source: str) -> Callable[[re.Match[bytes]], bytes]:
    """The relationship ids of the tables as they were numbered here, in the donor's order."""
    tables = [name for name, rel in donor.relationships(source).items() if rel.kind == "table"]
    return lambda m: m[1] + f"rIdTable{tables.index(f'rId{m[2].decode()}') + 1}".encode() + m[3]


def _with_names(xml: str, theirs: WorkbookPart, sheet: str, tab: str) -> str:
    """The workbook part with the donor's names of cells on the tab; those of a deleted tab point nowhere and go."""
    fresh = {
        name: ref.replace(sheet, escape(tab), 1)
        for name, ref in _OWN_NAME.findall(theirs.xml)
        if unescape(ref).partition("!")[0].strip("'") == sheet
    }

    def kept(match: re.Match[str]) -> str:
        a = attributes(match[1])
        return match[0] if a.get("name") not in fresh or "localSheetId" in a else ""

    xml = DEFINED_NAME.sub(kept, xml)
    close = re.search(r"</([\w.-]+:)?definedNames>", xml)
    if close is None:
        raise BookError("The workbook lost all names of Recoup; take the newest backup. Nothing was changed.")
    p = close[1] or ""
    listed_names = "".join(
        f'<{p}definedName name="{escape(n)}">{r}</{p}definedName>' for n, r in fresh.items()
    )
    return xml[: close.start()] + listed_names + xml[close.start() :]
