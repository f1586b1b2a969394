"""Adds Recoup's own sheets to a workbook of another program, as text insertions that leave the rest as it is."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

TEMPLATE = Path(__file__).parents[1] / "workbook_templates" / "recoup.xlsx"
SHEETS = ("Home", "Settings", "Claims", "Not Claimed", "Evidence", "Checks", "Cases", "Journal",
          "Reimbursements", "_Recoup")  # fmt: skip
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    SPREADSHEET: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    RELATIONSHIPS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
STYLE_LISTS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")


class NotGraftedError(Exception):
    """The workbook has no room for Recoup's sheets, or is none."""


@dataclass(frozen=True, slots=True)
class Donor:
    """Recoup's template taken apart: sheets and their tables by tab, names, and the lists of the styles."""

    sheets: dict[str, str]
    tables: dict[str, list[str]]
    names: list[tuple[str, str]]
    styles: str
    lists: dict[str, list[str]]


@cache
def donor() -> Donor:
    """The template, with texts inside the cells instead of in the shared strings."""
    with zipfile.ZipFile(TEMPLATE) as z:
        parts = {name: z.read(name).decode() for name in z.namelist()}
    strings = re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"], re.S)
    listed = re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"])
    found, tables = {}, {}
    for name in SHEETS:
        number = listed.index(name) + 1
        xml = re.sub(
            r' t="s"><v>(\d+)</v>',
            lambda m: f' t="inlineStr"><is>{strings[int(m[1])]}</is>',
            parts[f"xl/worksheets/sheet{number}.xml"],
        )
        rels = parts.get(f"xl/worksheets/_rels/sheet{number}.xml.rels", "")
        found[name] = re.sub(r"<hyperlinks>.*?</hyperlinks>", "", xml, flags=re.S)
        tables[name] = [parts[f"xl/tables/table{n}.xml"] for n in re.findall(r"tables/table(\d+)\.xml", rels)]
    names = re.findall(r'<definedName name="(Recoup_\w+)">([^<]*)</definedName>', parts["xl/workbook.xml"])
    styles = parts["xl/styles.xml"]
    lists = {name: _children(styles, name) for name in STYLE_LISTS}
    kept = [(n, ref) for n, ref in names if ref.partition("!")[0].strip("'") in SHEETS]
    return Donor(found, tables, kept, styles, lists)


def _children(styles: str, parent: str) -> list[str]:
    block = re.search(rf"<{parent}\b[^>]*>(.*?)</{parent}>", styles, re.S)
    if block is None:
        return []
    child = re.match(r"<(\w+)", block[1])
    name = child[1] if child else ""
    return re.findall(rf"<{name}(?:\s[^>]*?)?/>|<{name}(?:\s[^>]*)?>.*?</{name}>", block[1], re.S)


# ---- text insertions, at places a real XML parser found


@dataclass(slots=True)
class Place:
    """The first element of a name: where its tags start (bytes; no ``end`` for ``<a/>``), and its children."""

    tag: str
    start: int
    end: int
    children: int


def places(xml: bytes) -> dict[str, Place]:
    """The first element of each local name, with byte offsets."""
    found: dict[str, Place] = {}
    open_elements: list[Place] = []
    parser = expat.ParserCreate()

    def start(tag: str, _: object) -> None:
        if open_elements:
            open_elements[-1].children += 1
        place = Place(tag, parser.CurrentByteIndex, -1, 0)
        found.setdefault(tag.rpartition(":")[2], place)
        open_elements.append(place)

    def end(_: str) -> None:
        place = open_elements.pop()
        place.end = -1 if _is_empty(xml, place) else parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(xml, True)
    return found


def _is_empty(xml: bytes, place: Place) -> bool:
    """Whether the element is one tag (``<a/>``)."""
    return xml[place.start : xml.index(b">", place.start)].rstrip(b"\0").endswith(b"/")


def _encoding(xml: bytes) -> str:
    return {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(xml[:2], "utf-8")


def appended(xml: bytes, parent: str, content: str) -> bytes:
    """``content`` as the last children of the first element ``parent``, in the prefix of that element."""
    code, place = _encoding(xml), places(xml)[parent]
    prefix = place.tag.rpartition(":")[0]
    if prefix:
        content = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}:", content)
    close = xml.find(">".encode(code), place.start)
    if place.end >= 0:
        return xml[: place.end] + content.encode(code) + xml[place.end :]
    slash = xml.rfind("/".encode(code), place.start, close)
    closing = f">{content}</{place.tag}>"
    return xml[:slash] + closing.encode(code) + xml[close + len(">".encode(code)) :]


def after(xml: bytes, elder: tuple[str, ...], content: str) -> bytes:
    """``content`` behind the last of these siblings that is there."""
    code, known = _encoding(xml), places(xml)
    place = max((known[e] for e in elder if e in known), key=lambda p: p.start)
    prefix = place.tag.rpartition(":")[0]
    if prefix:
        content = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}:", content)
    at = xml.find(">".encode(code), max(place.end, place.start)) + len(">".encode(code))
    return xml[:at] + content.encode(code) + xml[at:]


# ---- styles


def _styled(styles: bytes, own: Donor) -> tuple[bytes, dict[str, int]]:
    """The styles with Recoup's added, and the number of the first added one in each list."""
    base = {name: (places(styles)[name].children if name in places(styles) else 0) for name in STYLE_LISTS}
    used = [int(n) for n in re.findall(rb"numFmtId=[\"'](\d+)", styles)]
    formats = max([163, *used]) + 1
    for index, name in enumerate(STYLE_LISTS):
        items = [_moved(x, name, base, formats) for x in own.lists[name]]
        if name in ("cellStyleXfs", "cellStyles") or not items:
            continue
        if name in places(styles):
            styles = appended(styles, name, "".join(items))
            styles = re.sub(
                rb"(<(?:[\w.-]+:)?" + name.encode() + rb"\b[^>]*?\bcount=[\"'])(\d+)",
                rb"\g<1>" + str(base[name] + len(items)).encode(),
                styles,
                count=1,
            )
        else:
            block = f'<{name} count="{len(items)}">{"".join(items)}</{name}>'
            elders = tuple(n for n in STYLE_LISTS[:index] if n in places(styles))
            styles = after(styles, elders, block) if elders else _first(styles, block)
    return styles, base


def _first(styles: bytes, block: str) -> bytes:
    root = next(p for p in places(styles).values() if p.tag.endswith("styleSheet"))
    prefix = root.tag.rpartition(":")[0]
    block = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}:", block) if prefix else block
    at = styles.index(b">", root.start) + 1
    return styles[:at] + block.encode() + styles[at:]


def _moved(item: str, name: str, base: dict[str, int], formats: int) -> str:
    def by(attribute: str, amount: int, text: str) -> str:
        return re.sub(rf'\b{attribute}="(\d+)"', lambda m: f'{attribute}="{int(m[1]) + amount}"', text)

    if name == "numFmts":
        return by("numFmtId", formats - 164, item)
    if name == "cellXfs":
        item = re.sub(r'\bnumFmtId="(1[6-9]\d)"', lambda m: f'numFmtId="{int(m[1]) - 164 + formats}"', item)
        for attribute, list_ in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            item = by(attribute, base[list_], item)
        return re.sub(r' xfId="\d+"', ' xfId="0"' if base["cellStyleXfs"] else "", item)
    return item


# ---- the workbook


def graft(data: bytes) -> bytes:
    """The workbook with Recoup's sheets behind its own. Raises ``NotGraftedError``."""
    try:
        return _grafted(data)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        IndexError,
        expat.ExpatError,
        ElementTree.ParseError,
        UnicodeError,
    ) as error:
        raise NotGraftedError(f"{type(error).__name__}: {error}") from error


def _grafted(data: bytes) -> bytes:
    own = donor()
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        infos = z.infolist()
        parts = {i.filename: z.read(i) for i in infos}
    names = {n.lower(): n for n in parts}
    rels = ElementTree.fromstring(parts[names["_rels/.rels"]])
    target = next(r.get("Target", "") for r in rels if r.get("Type", "").endswith("/officeDocument"))
    book = names[target.lstrip("/").lower()]
    folder = posixpath.dirname(book)
    book_rels = names[posixpath.join(folder, "_rels", posixpath.basename(book) + ".rels").lower()]
    types = names["[content_types].xml"]
    root = ElementTree.fromstring(parts[book])
    strict = STRICT[SPREADSHEET] in root.tag
    related = {r.get("Type", "").rsplit("/", 1)[-1]: r for r in ElementTree.fromstring(parts[book_rels])}
    base = dict.fromkeys(STYLE_LISTS, 0)
    if "styles" in related:
        styles = posixpath.normpath(posixpath.join("/", folder, related["styles"].get("Target", ""))).lstrip(
            "/"
        )
        styles = names[styles.lower()]
        parts[styles], base = _styled(parts[styles], own)
    else:
        _add(
            parts,
            book_rels,
            types,
            posixpath.join(folder, "styles.xml"),
            "styles",
            own.styles,
            strict,
            "rIdRecoupStyles",
            folder,
        )
    titles = _titles(root)
    number = 0
    for index, name in enumerate(SHEETS):
        table_rels = []
        for table in own.tables[name]:
            number += 1
            part = posixpath.join(folder, f"tables/recoup{number}.xml")
            _write(parts, types, part, "table", _table(table, base, 9000 + number), strict)
            kind = f"{STRICT[RELATIONSHIPS] if strict else RELATIONSHIPS}/table"
            table_rels.append((f"rId{len(table_rels) + 1}", kind, f"../tables/recoup{number}.xml"))
        part = posixpath.join(folder, f"worksheets/recoup{index}.xml")
        _add(
            parts,
            book_rels,
            types,
            part,
            "worksheet",
            _sheet(own.sheets[name], base, table_rels),
            strict,
            f"rIdRecoup{index}",
            folder,
        )
        if table_rels:
            listed = "".join(f'<Relationship Id="{i}" Type="{k}" Target="{t}"/>' for i, k, t in table_rels)
            parts[posixpath.join(folder, f"worksheets/_rels/recoup{index}.xml.rels")] = (
                '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
                f'package/2006/relationships">{listed}</Relationships>'
            ).encode()
    parts[book] = _listed(parts[book], root, titles, own)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name, content in parts.items():
            z.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _titles(root: ElementTree.Element) -> dict[str, str]:
    """A free tab name for each of Recoup's sheets."""
    taken = {e.get("name", "").lower() for e in root.iter() if e.tag.endswith("}sheet")}
    return {name: name if name.lower() not in taken else f"{name} (Recoup)" for name in SHEETS}


def _write(parts: dict[str, bytes], types: str, part: str, kind: str, xml: str, strict: bool) -> None:
    for plain, strict_name in STRICT.items() if strict else ():
        xml = xml.replace(plain, strict_name)
    parts[part] = xml.encode()
    override = f'<Override PartName="/{part}" ContentType="{TYPE}{kind}+xml"/>'
    parts[types] = appended(parts[types], "Types", override)


def _add(
    parts: dict[str, bytes],
    rels: str,
    types: str,
    part: str,
    kind: str,
    xml: str,
    strict: bool,
    rid: str,
    folder: str,
) -> None:
    _write(parts, types, part, kind, xml, strict)
    type_ = f"{STRICT[RELATIONSHIPS] if strict else RELATIONSHIPS}/{kind}"
    target = part[len(folder) + 1 :] if folder else part
    parts[rels] = appended(
        parts[rels], "Relationships", f'<Relationship Id="{rid}" Type="{type_}" Target="{target}"/>'
    )


def _sheet(xml: str, base: dict[str, int], table_rels: list[tuple[str, str, str]]) -> str:
    def by(pattern: str, amount: int, text: str) -> str:
        return re.sub(pattern, lambda m: f"{m[1]}{int(m[2]) + amount}", text)

    xml = by(r'(<(?:c|row) [^>]*?\bs=")(\d+)', base["cellXfs"], xml)
    xml = by(r'(<col [^>]*?\bstyle=")(\d+)', base["cellXfs"], xml)
    xml = by(r'(\bdxfId=")(\d+)', base["dxfs"], xml)
    xml = re.sub(r' tabSelected="1"', "", xml)
    ids = iter(table_rels)
    return re.sub(r'<tablePart r:id="[^"]*"/>', lambda _: f'<tablePart r:id="{next(ids)[0]}"/>', xml)


def _table(xml: str, base: dict[str, int], number: int) -> str:
    xml = re.sub(r'(\w+DxfId=")(\d+)', lambda m: f"{m[1]}{int(m[2]) + base['dxfs']}", xml)
    return re.sub(r'(<table [^>]*?\bid=")\d+', rf"\g<1>{number}", xml, count=1)


def _listed(book: bytes, root: ElementTree.Element, titles: dict[str, str], own: Donor) -> bytes:
    known = places(book)
    sheets = [e for e in root.iter() if e.tag.endswith("}sheet")]
    number = max(int(e.get("sheetId", "0")) for e in sheets) + 1
    first = book[known["sheet"].start :][:2000].decode(_encoding(book), "replace")
    prefix = re.search(r"([\w.-]+):id\s*=", first[: first.index(">")])
    p = prefix[1] if prefix else "r"
    declared = re.search(rf"\sxmlns:{re.escape(p)}\s*=\s*[\"'][^\"']*[\"']", first[: first.index(">")])
    space = declared[0] if declared else ""
    listed = "".join(
        f'<sheet name="{escape(titles[name])}" sheetId="{number + i}"{space} {p}:id="rIdRecoup{i}"/>'
        for i, name in enumerate(SHEETS)
    )
    book = appended(book, "sheets", listed)
    taken = {e.get("name", "").lower() for e in root.iter() if e.tag.endswith("}definedName")}
    if any(name.lower() in taken for name, _ in own.names):
        raise NotGraftedError("it has names of Recoup already")
    names = ""
    for name, ref in own.names:
        tab, _, cells = ref.partition("!")
        title = titles[tab.strip("'")].replace("'", "''")
        names += f"<definedName name=\"{name}\">'{title}'!{cells}</definedName>"
    if "definedNames" in known:
        return appended(book, "definedNames", names)
    return after(
        book, ("sheets", "functionGroups", "externalReferences"), f"<definedNames>{names}</definedNames>"
    )
