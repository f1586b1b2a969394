"""How tall a row is that shows the whole of its wrapped texts, where no person chose its height.

Excel fits a row that states no height when it opens the file, LibreOffice does not. So a height is stated for rows
of several lines, but never marked as chosen: the programs fit the row again when a person types in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from recoup.model import Cell

FORMER_HEIGHT = 31.5  # marked as chosen in every row that Recoup once added
_LINE, _MARGIN = 15.0, 3.0  # points
_INDENT = 1
_WIDEST = 255
_COLUMN = re.compile(r"<(?:[\w.-]+:)?col\s([^>]*?)/?>")
_HEIGHT = re.compile(r'\sht="([^"]*)"')
_CHOSEN = re.compile(r'\scustomHeight="(?:1|true)"')


def letters_by_column(head: str) -> dict[int, int]:
    """How many letters fit into a line of each visible column (of the first 1,000), from the XML before the rows.

    Running text is narrower than the digits that widths are counted in, which makes up for the cell's margins.
    """
    found: dict[int, int] = {}
    for match in _COLUMN.finditer(head):
        a = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        first, last, width = a.get("min", ""), a.get("max", ""), a.get("width", "").partition(".")[0]
        if (
            first.isdecimal()
            and last.isdecimal()
            and width.isdecimal()
            and a.get("hidden") not in ("1", "true")
        ):
            letters = max(min(int(width[:3]), _WIDEST) - _INDENT, 1)
            found |= dict.fromkeys(range(int(first[:6]), min(int(last[:6]), 1000) + 1), letters)
    return found


def height_of(texts: Iterable[tuple[Cell, int]]) -> float | None:
    """Points that show all these texts, each with the letters of its line; None where one line does."""
    return height_for(max((lines_of(text, letters) for text, letters in texts), default=1))


def height_for(lines: int) -> float | None:
    """Points of a row of so many lines; None for a single one."""
    return None if lines == 1 else _LINE * lines + _MARGIN


def lines_of(text: Cell, letters: int) -> int:
    """Into how many lines of so many letters a text is broken; numbers are not."""
    if not isinstance(text, str):
        return 1
    if len(text) <= letters and "\n" not in text:
        return 1
    count = 0
    for paragraph in text.split("\n"):
        at, count = 0, count + 1
        while len(paragraph) - at > letters:
            space = paragraph.rfind(" ", at, at + letters + 1)
            at = space + 1 if space > at else at + letters
            count += 1
    return count


def fitted(attributes: str, height: float | None) -> str:
    """The attributes of a row whose text changes, with its new height unless a person chose the old one."""
    stated = _HEIGHT.search(attributes)
    if stated and stated[1] != str(FORMER_HEIGHT) and _CHOSEN.search(attributes):
        return attributes
    bare = _CHOSEN.sub("", _HEIGHT.sub("", attributes)) if stated else attributes
    return bare if height is None else f'{bare} ht="{height:g}"'
