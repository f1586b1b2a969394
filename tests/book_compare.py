"""Compares two workbooks part by part: what Recoup does not own must be the same bytes, the rest the same XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

Mine = Callable[[int, int], bool]
_BULKY = frozenset({"dimension", "sheetData"})
_CELL = re.compile(r"^([A-Z]+)(\d+)$")


@dataclass(slots=True)
class Written:
    """What a run wrote: worksheet part -> which cells (row, column), table parts, and tabs shown or hidden."""

    cells: dict[str, Mine] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    tabs: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def differences(before: bytes, after: bytes, written: Written) -> list[str]:
    """Everything that differs and should not; empty when nothing was lost."""
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        found = _members(old, new)
        for info in old.infolist():
            part = info.filename
            if part not in new.NameToInfo:
                continue
            twin = new.getinfo(part)
            if (info.CRC, info.file_size) == (twin.CRC, twin.file_size):
                if info.compress_size != twin.compress_size:
                    found.append(f"{part}: packed again")
                continue
            found += [f"{part}: {d}" for d in _part(part, old.read(info), new.read(twin), written)]
        return found


def _members(old: zipfile.ZipFile, new: zipfile.ZipFile) -> list[str]:
    before, after = old.namelist(), new.namelist()
    gone = [n for n in before if n not in after]
    found = [f"{n}: gone" for n in gone if not re.search("calc_?chain", n, re.I)]
    found += [f"{n}: new" for n in after if n not in before]
    kept = [n for n in before if n not in gone]
    return found + ([] if kept == [n for n in after if n in before] else ["the order of the parts"])


def _part(part: str, before: bytes, after: bytes, written: Written) -> list[str]:
    old, new = _root(before), _root(after)
    name = local(old)
    if name == "worksheet" and part in written.cells:
        return _worksheet(old, new, written.cells[part])
    if name == "workbook":
        return _same(*(_workbook_shape(r, written) for r in (old, new)), "workbook")
    if name == "table" and part in written.tables:
        return _same(_table_shape(old), _table_shape(new), "table")
    if name in ("Types", "Relationships"):
        return _same(*(sorted(filter(None, map(_listed, r))) for r in (old, new)), name)
    return ["changed, and not Recoup's"]


def _root(xml: bytes) -> Any:
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    return ElementTree.fromstring(xml, ElementTree.XMLParser(target=builder))


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "#"


def shape(element: Any, without: Collection[str] = ()) -> tuple[Any, ...]:
    """An element as nested tuples: the infoset but for blanks between elements."""
    if not isinstance(element.tag, str):
        return ("#", element.text)
    attributes = sorted((k, v) for k, v in element.attrib.items() if k not in without)
    children = tuple(shape(c, without) for c in element)
    text = element.text or ""
    if children and not text.strip():
        text = ""
    tails = tuple((c.tail or "").strip() for c in element)
    return (element.tag, tuple(attributes), text, children, tails)


def _same(old: Any, new: Any, what: str) -> list[str]:
    return [] if old == new else [f"{what} differs: {_first_difference(old, new)}"]


def _first_difference(old: Any, new: Any) -> str:
    if isinstance(old, (tuple, list)) and isinstance(new, (tuple, list)):
        for a, b in zip(old, new, strict=False):
            if a != b:
                return _first_difference(a, b)
        return f"{len(old)} and {len(new)} items: {str(old)[-200:]} | {str(new)[-200:]}"
    return f"{str(old)[:200]} | {str(new)[:200]}"


def _listed(element: Any) -> tuple[tuple[str, str], ...] | None:
    a = dict(element.attrib)
    chain = a.get("Type", "").endswith("/calcChain") or "calcChain+xml" in a.get("ContentType", "")
    return None if chain else tuple(sorted(a.items()))


def _workbook_shape(root: Any, written: Written) -> Any:
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        name = local(element)
        if name == "workbook":
            for calculation in [c for c in element if local(c) == "calcPr"]:
                element.remove(calculation)
        elif name == "sheet" and element.get("name") in written.tabs:
            element.attrib.pop("state", None)
        elif name == "definedName" and element.get("name") in written.names:
            element.text = ""
    return shape(root)


def _table_shape(root: Any) -> Any:
    names = [c.get("name") for c in root.iter() if local(c) == "tableColumn"]
    return names[:1], shape(root, without=("ref", "insertRow", "insertRowShift"))


def _worksheet(old: Any, new: Any, mine: Mine) -> list[str]:
    found = []
    for a, b in zip(_around(old), _around(new), strict=False):
        found += _same(a, b, "outside the cells")
    if len(_around(old)) != len(_around(new)):
        found.append("elements of the sheet are gone or new")
    before, after = _rows(old), _rows(new)
    for number in sorted(before.keys() | after.keys()):
        found += _row(number, before.get(number), after.get(number), mine)
        if len(found) > 5:
            break
    return found


def _around(root: Any) -> list[Any]:
    parts: list[Any] = [sorted(root.attrib.items())]
    for child in root:
        if local(child) not in _BULKY:
            parts.append(_rule_free(shape(child)))
    return parts


def _rule_free(s: tuple[Any, ...]) -> Any:
    """Rules may grow with a table: of each of their areas only where it starts is compared."""
    if len(s) < 4:
        return s
    name = s[0].rpartition("}")[2]
    attributes = s[1]
    if name in ("conditionalFormatting", "dataValidation"):
        attributes = tuple((k, re.sub(r":\S+", "", v) if k == "sqref" else v) for k, v in attributes)
    return (s[0], attributes, s[2], tuple(_rule_free(c) for c in s[3]), s[4])


@dataclass(slots=True)
class _Row:
    attributes: dict[str, str]
    cells: dict[int, Any]
    rest: list[Any]


def _rows(root: Any) -> dict[int, _Row]:
    data = next(c for c in root if local(c) == "sheetData")
    found, number = {}, 0
    for row in data:
        number = int(row.get("r", number + 1))
        cells: dict[int, Any] = {}
        column, rest = 0, []
        for child in row:
            if local(child) != "c":
                rest.append(shape(child))
                continue
            match = _CELL.match(child.get("r", ""))
            column = _index(match[1]) if match else column + 1
            cells[column] = shape(child, without=("r",))
        attributes = {k: v for k, v in row.attrib.items() if k not in ("r", "spans")}
        found[number] = _Row(attributes, cells, rest)
    return found


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index


def _row(number: int, before: _Row | None, after: _Row | None, mine: Mine) -> list[str]:
    old, new = before or _Row({}, {}, []), after or _Row({}, {}, [])
    columns = [c for c in old.cells.keys() | new.cells.keys() if old.cells.get(c) != new.cells.get(c)]
    found = [
        f"R{number}C{c}: {old.cells.get(c)} became {new.cells.get(c)}"
        for c in columns
        if not mine(number, c) and not _is_shared(old.cells.get(c))
    ]
    if before and after is None and any(not mine(number, c) for c in old.cells):
        found.append(f"row {number} is gone")
    if before and after:
        hidden = {"hidden"} if columns else set()
        kept = [{k: v for k, v in r.attributes.items() if k not in hidden} for r in (old, new)]
        if kept[0] != kept[1] or old.rest != new.rest:
            found.append(f"row {number}: {kept[0]} became {kept[1]}")
    return found


def _is_shared(cell: Any) -> bool:
    return cell is not None and "'t', 'shared'" in str(cell)
