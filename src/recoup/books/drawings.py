"""The charts of a tab as the parts they are: taken from one package whole, and put into another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from recoup.books.package import Package, relationships_part
from recoup.books.part_lists import NO_RELATIONSHIPS, content_type, inserted, override, relationship_type

_AFTER_DRAWING = re.compile(
    rb"<(?:[\w.-]+:)?(?:legacyDrawing|legacyDrawingHF|picture|oleObjects|controls|tableParts|extLst)\b"
    rb"|</(?:[\w.-]+:)?worksheet>"
)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing part of a tab, all parts below it with their relationships, and what each of them is."""

    root: str
    parts: Mapping[str, bytes]
    types: Mapping[str, str]


def read_drawing(package: Package, sheet: str) -> Drawing | None:
    """What is drawn on a worksheet part; None where there is nothing."""
    roots = [rel.part for rel in package.relationships(sheet).values() if rel.kind == "drawing"]
    if not roots or roots[0] not in package:
        return None
    parts: dict[str, bytes] = {}
    ahead = [roots[0]]
    while ahead:
        part = ahead.pop()
        if part in parts or part not in package:
            continue
        parts[part] = package.read(part)
        rels = package.named(relationships_part(part))
        if rels in package:
            parts[rels] = package.read(rels)
            ahead += [rel.part for rel in package.relationships(part).values()]
    types = {part: content_type(package, part) for part in parts if not part.endswith(".rels")}
    return Drawing(roots[0], parts, types)


def renamed(drawing: Drawing, taken: Collection[str]) -> Drawing:
    """The same drawing with a free name for every part, as the relationships then say."""
    known = {name.lower() for name in taken}
    names: dict[str, str] = {}
    for part in (p for p in drawing.parts if not p.endswith(".rels")):
        stem, number, ending = re.fullmatch(r"(.*?)(\d*)(\.\w+)", part).groups()  # type: ignore[union-attr]
        free = int(number or 1)
        while f"{stem}{free}{ending}".lower() in known:
            free += 1
        names[part] = f"{stem}{free}{ending}"
        known.add(names[part].lower())
    bases = {posixpath.basename(old): posixpath.basename(new) for old, new in names.items()}
    parts: dict[str, bytes] = {}
    for old, new in names.items():
        parts[new] = drawing.parts[old]
        if rels := drawing.parts.get(relationships_part(old)):
            parts[relationships_part(new)] = _pointed(rels, bases)
    return Drawing(names[drawing.root], parts, {names[old]: kind for old, kind in drawing.types.items()})


def _pointed(rels: bytes, names: Mapping[str, str]) -> bytes:
    def target(match: re.Match[str]) -> str:
        folder, _, base = match[1].rpartition("/")
        return f'Target="{folder}{"/" if folder else ""}{names.get(base, base)}"'

    return re.sub(r'Target="([^"]*)"', target, rels.decode("utf-8")).encode("utf-8")


def listed(drawing: Drawing, types: bytes) -> bytes:
    """The content types with the parts of a drawing, each once: charts of several tabs may share a picture."""
    for part, kind in drawing.types.items():
        if f'PartName="/{part}"'.encode() not in types:
            types = inserted(types, "Types", override(part, kind))
    return types


def with_drawing(xml: bytes, rels: bytes, sheet: str, drawing: Drawing) -> tuple[bytes, bytes]:
    """A worksheet part without a drawing, and its relationships, with this one."""
    rels = rels or NO_RELATIONSHIPS
    number, text = 1, rels.decode("utf-8")
    while f'"rIdDrawn{number}"' in text:
        number += 1
    target = posixpath.relpath(drawing.root, posixpath.dirname(sheet))
    kind = relationship_type(rels, "drawing")
    relation = f'<Relationship Id="rIdDrawn{number}" Type="{kind}" Target="{target}"/>'
    at = next(m.start() for m in _AFTER_DRAWING.finditer(xml, xml.rindex(b"sheetData")))
    element = f'<drawing xmlns:r="{_R}" r:id="rIdDrawn{number}"/>'.encode()
    return xml[:at] + element + xml[at:], inserted(rels, "Relationships", relation)
