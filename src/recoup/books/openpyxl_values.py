"""Values of openpyxl's cells: texts with their escapes, date formats, results of formulas, cells on the move."""

from __future__ import annotations

import re
from copy import copy
from functools import cache
from typing import Any
from xml.sax.saxutils import quoteattr

from recoup.books.number_formats import date_styles
from recoup.books.openpyxl_kept import Cached, Place
from recoup.model import Cell

FIRST_CUSTOM_FORMAT = 164
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shown(text: str) -> str:
    """Text of a file (``_x0041_`` is a letter) as a person sees it."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def stored(text: str) -> str:
    """Safe text as a file holds it; a literal ``_x0041_`` keeps its letters."""
    return _ESCAPE.sub(lambda m: "_x005F" + m[0], text) if "_x" in text else text


@cache
def date_kind(number: int, code: str) -> bool | None:
    """Whether a number format shows a time with the day; None when it shows no day."""
    custom = f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' if code else ""
    return date_styles(f'<numFmts>{custom}</numFmts><cellXfs><xf numFmtId="{number}"/></cellXfs>').get("0")


class Carried:
    """A cell taken from its place: value, type, style and cached value."""

    __slots__ = ("cached", "kind", "origin", "style", "value")

    def __init__(self, origin: Place, value: Any, kind: str, style: Any, cached: Cached | None) -> None:
        self.origin, self.value, self.kind = origin, value, kind
        self.style, self.cached = copy(style), cached

    @property
    def typed(self) -> Cell:
        """What a person typed there; None for a blank and for a formula."""
        if self.kind == "f" or self.value in (None, ""):
            return None
        return typed_value(self.kind, self.value)


def typed_value(kind: str, value: Any) -> Cell:
    """What a cell of that type holds; a date as the number it is."""
    if kind == "n":
        return float(value)
    return bool(value) if kind == "b" else shown(str(value))


def cached_value(found: Cached) -> Cell:
    """What a formula gave; None for an empty text."""
    if found.kind == "n":
        return float(found.text)
    return found.text in ("1", "true") if found.kind == "b" else found.text or None


def alike(now: Cell, value: Cell) -> bool:
    """Whether two values are one for a person: True and 1 are not."""
    if isinstance(value, bool) or isinstance(now, bool):
        return now is value
    return now == value
