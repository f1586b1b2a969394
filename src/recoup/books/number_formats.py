"""Which cell styles show a number as a date or a time, and which ones wrap a text."""

from __future__ import annotations

import re

from recoup.books.package import attributes

_NUMFMT = re.compile(r"<(?:[\w.-]+:)?numFmt\s([^>]*?)/?>")
_NUMFMTS = re.compile(r"<(?:[\w.-]+:)?numFmts\b[^>]*>(.*?)</(?:[\w.-]+:)?numFmts>", re.S)
_CELL_FORMATS = re.compile(r"<(?:[\w.-]+:)?cellXfs\b[^>]*>(.*?)</(?:[\w.-]+:)?cellXfs>", re.S)
_FORMAT = re.compile(r"<(?:[\w.-]+:)?xf\b([^>]*?)/?>")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
_WRAPS = re.compile(r'\bwrapText="(?:1|true)"')
_BUILT_IN_DATES = frozenset((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)))
_BUILT_IN_WITH_TIME = frozenset((22,))


def date_styles(styles_xml: str) -> dict[str, bool]:
    """Style ids (the ``s`` of a cell) that show a date -> whether they show a time too."""
    custom = {
        int(a["numFmtId"]): a.get("formatCode", "")
        for listed in _NUMFMTS.findall(styles_xml)  # those of conditional formats have numbers of their own
        for a in map(attributes, _NUMFMT.findall(listed))
    }
    block = _CELL_FORMATS.search(styles_xml)
    found = {}
    for index, match in enumerate(_FORMAT.finditer(block[1] if block else "")):
        number = int(attributes(match[1]).get("numFmtId", "0"))
        kind = _date_kind(custom[number]) if number in custom else _built_in_kind(number)
        if kind is not None:
            found[str(index)] = kind
    return found


def wrapping_styles(styles_xml: str) -> frozenset[str]:
    """Style ids whose texts are broken into lines."""
    block = _CELL_FORMATS.search(styles_xml)
    formats = re.split(r"<(?:[\w.-]+:)?xf\b", block[1] if block else "")[1:]
    return frozenset(str(n) for n, xml in enumerate(formats) if _WRAPS.search(xml))


def _built_in_kind(number: int) -> bool | None:
    return number in _BUILT_IN_WITH_TIME if number in _BUILT_IN_DATES else None


def _date_kind(code: str) -> bool | None:
    first = _LITERAL.sub("", code.split(";")[0]).lower()
    if _DURATION.search(first) or "general" in first:
        return None
    if not re.search(r"[dy]", first) and not re.search(r"m", first.replace("am/pm", "")):
        return None
    return (
        bool(re.search(r"[hs]", first))
        if re.search(r"[dy]", first)
        else (None if re.search("[hs]", first) else False)
    )
