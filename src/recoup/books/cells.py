"""One cell: how a value becomes XML, and how XML becomes a value."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

from recoup.model import Cell, Formula

MAX_TEXT = 32_767  # UTF-16 units in one cell
CUT_MARK = " … (cut)"
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEX_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TAG_TEXT = re.compile(r"<(?:[\w.-]+:)?(t|rPh)\b[^>]*?(?:/>|>(.*?)</(?:[\w.-]+:)?\1>)", re.S)
_VALUE = re.compile(r"<(?:[\w.-]+:)?v\b[^>]*>(.*?)</(?:[\w.-]+:)?v>", re.S)
ERRORS = {  # as Excel hands errors of cells to programs
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!",
    -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
}
_EPOCH = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}
_KINDS = {str: ' t="str"', bool: ' t="b"'}  # of a formula's cached value
_DAYS = (date, datetime)
_LEAP_BUG_ENDS = datetime(1900, 3, 1)  # Excel counts a 29 February 1900


def column_letter(index: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_index(letters: str) -> int:
    """A -> 1, AA -> 27."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index


def safe_text(text: str) -> str:
    """Text as a cell can hold it: line ends as \\n, no control characters, at most 32,767 units."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and _UNSAFE.search(text):
        text = _UNSAFE.sub("\ufffd", text)
    if len(text) * 2 > MAX_TEXT and len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
        kept = text.encode("utf-16-le")[: 2 * (MAX_TEXT - len(CUT_MARK))]
        text = kept.decode("utf-16-le", "ignore") + CUT_MARK
    return text


def escape_text(text: str) -> str:
    """Safe text as XML character data; a literal ``_x0041_`` keeps its letters."""
    if "_x" in text:
        text = _HEX_ESCAPE.sub(r"_x005F\g<0>", text)
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def unescape_text(xml: str) -> str:
    """XML character data as text."""
    return unescape_hex(unescape(xml) if "&" in xml else xml)


def unescape_hex(text: str) -> str:
    """Text in which Excel wrote control characters as ``_x000D_``."""
    if "_x" in text:
        text = _HEX_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def text_of(xml: str) -> str:
    """The text of a shared or inline string, rich text runs joined, phonetic readings left out."""
    if xml.startswith("<is><t>") and xml.count("<") == 4:
        return unescape_text(xml[7:-9])
    return "".join(unescape_text(m[2] or "") for m in _TAG_TEXT.finditer(xml) if m[1] == "t")


@cache
def to_serial(moment: date, date1904: bool) -> float | None:
    """Days since Excel's epoch, or None when Excel has no number for that day."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    span = moment.replace(tzinfo=None) - _EPOCH[date1904]
    serial = span.days + (span.seconds + span.microseconds / 1e6) / 86_400
    if not date1904 and moment.replace(tzinfo=None) < _LEAP_BUG_ENDS:
        serial -= 1
    return None if serial < (0 if date1904 else 1) else round(serial, 9)


def from_serial(serial: float, date1904: bool, with_time: bool) -> date | datetime | float:
    """A date-styled number as date, or as datetime when it or its format has a time; times stay numbers."""
    if not 1 <= serial < 2_958_466:
        return serial
    if not date1904 and serial < 61:
        serial += 1
    moment = _EPOCH[date1904] + timedelta(milliseconds=round(serial * 86_400_000))
    return moment if with_time or moment.time() != datetime.min.time() else moment.date()


def plain(value: Any, date1904: bool = False) -> Cell:
    """The value that a cell will hold: None, safe str, bool, float/int, or a Formula; dates as serials."""
    kind = value.__class__
    if kind is str:
        return safe_text(value) or None
    if value is None or kind is bool or kind is int or kind is Formula:
        return value  # type: ignore[no-any-return]
    if kind is float:
        return value if math.isfinite(value) else None
    return _plain_other(value, date1904)


def _plain_other(value: Any, date1904: bool) -> Cell:
    if value.__class__ not in _DAYS and str(value) in ("<NA>", "NaT"):
        return None
    if isinstance(value, date):
        serial = to_serial(value, date1904)
        return value.isoformat() if serial is None else serial
    if hasattr(value, "item"):
        return plain(value.item(), date1904)
    return plain(str(value), date1904)


def number_text(value: float) -> str:
    """A number as the file writes it: whole numbers without ``.0``, truth as 1 and 0."""
    if value.__class__ is bool:
        return str(int(value))
    if value.__class__ is float and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def render(ref: str, style: str, value: Cell, p: str = "") -> str:
    """The XML of one cell; ``value`` must be ``plain``. A blank unstyled cell is no cell."""
    kind, head = value.__class__, render_head(ref, style, p)
    if value is None:
        return f"{head}/>" if style else ""
    if kind is str:
        return render_text(head, value, p)  # type: ignore[arg-type]
    if kind is bool:
        return f'{head} t="b"><{p}v>{int(value)}</{p}v></{p}c>'  # type: ignore[arg-type]
    if isinstance(value, Formula):
        formula_xml = f"<{p}f>{escape_text(safe_text(value.text))}</{p}f>"
        return render_formula(ref, style, formula_xml, value.cached, p)
    return f"{head}><{p}v>{number_text(value)}</{p}v></{p}c>"  # type: ignore[arg-type]


def render_formula(ref: str, style: str, formula_xml: str, cached: Any, p: str) -> str:
    """A formula cell around its ``<f>`` element, with its cached value."""
    head, cached = render_head(ref, style, p), plain(cached)
    if cached is None:
        return f"{head}>{formula_xml}</{p}c>"
    kind, shown = "", number_text(cached) if not isinstance(cached, str) else escape_text(cached)
    if cached.__class__ in _KINDS:
        kind = _KINDS[cached.__class__]
    return f"{head}{kind}>{formula_xml}<{p}v>{shown}</{p}v></{p}c>"


def render_head(ref: str, style: str, p: str) -> str:
    """The begin of a cell: its address and its style."""
    return f'<{p}c r="{ref}" s="{style}"' if style else f'<{p}c r="{ref}"'


def render_text(head: str, text: str, p: str) -> str:
    """The XML of a cell with a safe text."""
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'{head} t="inlineStr"><{p}is><{p}t{space}>{escape_text(text)}</{p}t></{p}is></{p}c>'


def value_text(inner: str) -> str:
    """What stands in ``<v>``, unescaped."""
    match = _VALUE.search(inner)
    return unescape_text(match[1]) if match else ""
