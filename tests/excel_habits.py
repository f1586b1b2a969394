"""What Excel makes of values that a program puts into cells: texts are read anew as if somebody had typed them."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from recoup.model import Cell, Formula

BUSY = -2146777998  # a cell is being edited
REJECTED = -2147418111
REFUSED = -2147352567
LONGEST_IN_BLOCK = 911  # letters of a text in a block of cells, in the strictest version
ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NUMBER = re.compile(r"\s*[$€£]?\s*[+-]?[$€£]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*%?\s*", re.I)
_DATE = re.compile(r"\s*(\d{1,4})[-/.](\d{1,2})(?:[-/.](\d{1,4}))?(\s+\d{1,2}:\d\d(:\d\d)?)?\s*")
_TIME = re.compile(r"\s*\d{1,2}:\d\d(:\d\d)?(\s*[ap]m)?\s*", re.I)
_FRACTION = re.compile(r"\s*\d+ \d+/\d+\s*")
_MONTH = re.compile(rf"\s*(\d{{1,4}}[ -])?({'|'.join(_MONTHS)})[a-z]*[ -]?\d{{1,4}}\s*", re.I)
_LINK = re.compile(r'HYPERLINK\(.*,"((?:[^"]|"")*)"\)', re.S)
_SUM = re.compile(r"[\d.]+(?:[-+*/][\d.]+)*")


class ComError(Exception):
    """As pywin32 raises it: number, text, what Excel says of it, argument."""

    def __init__(self, hresult: int, says: str = "", inner: int | None = None) -> None:
        super().__init__(hresult, "Exception occurred.", (0, "Microsoft Excel", says, None, 0, inner), None)
        self.hresult = hresult


def entered(value: object, number_format: str, apostrophe_kept: bool = False) -> tuple[Cell, bool]:
    """What a cell holds after a value was put into it, and whether an apostrophe stands hidden before it."""
    if number_format == "@":
        return _into_text_cell(value, apostrophe_kept)
    if not isinstance(value, str):
        return value, False  # type: ignore[return-value]
    if value.startswith("'"):
        return value[1:] or None, True
    return _typed(value), False


def _into_text_cell(value: object, apostrophe_kept: bool) -> tuple[Cell, bool]:
    """A cell formatted as text takes everything as text; versions differ in what an apostrophe means there."""
    if isinstance(value, str):
        taken = value.startswith("'") and not apostrophe_kept
        return (value[1:] if taken else value) or None, taken
    if isinstance(value, bool):
        return str(value).upper(), False
    return (None if value is None else f"{value:.15g}"), False


def _typed(text: str) -> Cell:
    bare = text.strip()
    if bare.startswith("=") and "_xlfn." in bare:
        raise ComError(REFUSED, "There's a problem with this formula")
    if bare.startswith("=") and len(bare) > 1:
        return Formula(bare[1:], calculated(bare[1:]))
    if _NUMBER.fullmatch(text):
        number = float(re.sub(r"[^\d.eE+-]", "", text))
        return number / 100 if bare.endswith("%") else number
    if bare[:1] in ("+", "-", "@") and len(bare) > 1:
        return Formula(bare, None)
    if _DATE.fullmatch(text) or _TIME.fullmatch(text) or _MONTH.fullmatch(text) or _FRACTION.fullmatch(text):
        return 45_678.0  # some day or part of a day, never the text
    if bare.lower() in ("true", "false"):
        return bare.lower() == "true"
    return text or None


def calculated(formula: str) -> str | float | None:
    """What a formula gives, as far as the tests need it."""
    link = _LINK.fullmatch(formula)
    if link:
        return link[1].replace('""', '"')
    return float(eval(formula)) if _SUM.fullmatch(formula) else None


def shown_formula(text: str) -> str:
    """A formula in Excel's own words: a table's cell of the same row is written shortly."""
    return re.sub(r"\w*\[\[#This Row\],\[([^\]]*)\]\]", r"[@[\1]]", text)


def handed_out(value: Cell, number_format: str, is_error: bool) -> object:
    """A value as a program gets it: days as datetime, money as Decimal of four decimals, errors as numbers."""
    if is_error:
        return ERRORS.get(str(value), 0)
    if isinstance(value, float) and any(sign in number_format for sign in "$€£"):
        return Decimal(f"{value:.4f}")
    if value is not None and hasattr(value, "year") and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value
