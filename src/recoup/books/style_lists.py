"""Takes cell formats of one workbook over into the styles of another: fonts, fills, borders, number formats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from recoup.books.base import BookError
from recoup.books.package import attributes

_PARTS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}
_FIRST_OWN_FORMAT = 164  # number formats below are Excel's


class StyleLists:
    """A styles part as text; ``xml`` is what it has become."""

    def __init__(self, xml: str) -> None:
        """Raises ``BookError`` when the part has no cell formats."""
        self.xml = xml
        root = re.search(r"<([\w.-]+:)?styleSheet\b", xml)
        self._prefix = (root[1] if root else "") or ""
        if not self.children("cellXfs"):
            raise BookError("The workbook has no list of cell formats; save it once in Excel.")

    def children(self, name: str) -> list[str]:
        """The elements of a list, as they are written."""
        block = self._block(name)
        first = re.search(r"<([\w.:-]+)", block[2]) if block else None
        if block is None or first is None:
            return []
        tag = re.escape(first[1])
        return re.findall(rf"<{tag}(?:\s[^>]*)?/>|<{tag}(?:\s[^>]*[^/])?>.*?</{tag}>", block[2], re.S)

    def _block(self, name: str) -> re.Match[str] | None:
        p = re.escape(self._prefix)
        return re.search(rf"(<{p}{name}\b[^>]*?(?<!/)>)(.*?)(</{p}{name}>)", self.xml, re.S)

    def add(self, name: str, element: str) -> int:
        """Append an element that was written without a prefix; its number in the list."""
        block = self._block(name)
        if block is None:
            self._begin(name)
            block = self._block(name)
        if block is None:
            raise BookError(f"The workbook has no list of {name}; save it once in Excel.")
        number = len(self.children(name))
        mine = re.sub(r"<(/?)(?=\w)", rf"<\1{self._prefix}", element)
        opening = re.sub(r'\scount="\d+"', "", block[1])[:-1] + f' count="{number + 1}">'
        self.xml = self.xml[: block.start()] + opening + block[2] + mine + block[3] + self.xml[block.end() :]
        return number

    def _begin(self, name: str) -> None:
        """An empty list in place of one without elements; number formats, which may be missing, come first."""
        p = self._prefix
        place = re.search(rf"<{re.escape(p)}{name}\b[^>]*/>", self.xml)
        if place is None and name == "numFmts":
            place = re.compile(r"(?<=>)").search(self.xml, self.xml.index(">", self.xml.index("styleSheet")))
        if place:
            at, end = place.span()
            self.xml = f'{self.xml[:at]}<{p}{name} count="0"></{p}{name}>{self.xml[end:]}'

    def number_format(self, code: str) -> str:
        """The number of a number format, added where it is not there (``code`` as it is written in XML)."""
        known = {a["formatCode"]: a["numFmtId"] for a in map(_tag, self.children("numFmts"))}
        plain = _tag(f'<a formatCode="{code}"/>')["formatCode"]
        if plain not in known:
            taken = [int(n) for n in known.values()]
            known[plain] = str(max([_FIRST_OWN_FORMAT - 1, *taken]) + 1)
            self.add("numFmts", f'<numFmt numFmtId="{known[plain]}" formatCode="{code}"/>')
        return known[plain]


def take_over(mine: StyleLists, theirs: StyleLists, numbers: Iterable[int]) -> dict[int, int]:
    """Cell formats of theirs added to mine: their number -> its number here. Theirs has no prefix."""
    lists = {name: theirs.children(name) for name in ("cellXfs", *_PARTS.values())}
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', theirs.xml))
    known: dict[tuple[str, str], int] = {}
    return {n: _add_format(mine, lists["cellXfs"][n], lists, codes, known) for n in sorted(set(numbers))}


def _add_format(
    mine: StyleLists,
    xf: str,
    lists: Mapping[str, list[str]],
    codes: Mapping[str, str],
    known: dict[tuple[str, str], int],
) -> int:
    for attribute, name in _PARTS.items():
        element = lists[name][int(_tag(xf).get(attribute, "0"))]
        if (name, element) not in known:
            known[name, element] = mine.add(name, element)
        xf = _with(xf, attribute, str(known[name, element]))
    code = codes.get(_tag(xf).get("numFmtId", "0"))
    xf = _with(xf, "numFmtId", mine.number_format(code)) if code is not None else xf
    return mine.add("cellXfs", _with(xf, "xfId", "0"))


def _tag(element: str) -> dict[str, str]:
    return attributes(element.partition(">")[0])


def _with(element: str, attribute: str, value: str) -> str:
    return re.sub(rf'(\s{attribute}=")[^"]*', rf"\g<1>{value}", element, count=1)
