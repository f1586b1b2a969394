"""Cleans identifiers and names what Excel did to them: digits lost, dates made of codes, error cells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ._grid import Encoded, Mask, encode

ERRORS = r"^#(N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)$"
_SCIENTIFIC = r"^\d([.,]\d+)?[eE]\+\d{1,3}$"
_MADE_DATE = r"^\d{4}-\d\d-\d\d( 00:00:00)$"


@dataclass(frozen=True, slots=True)
class Damage:
    """Rows of one column whose cells are no longer what Amazon wrote."""

    rows: Mask
    reason: str
    remedy: str


AS_TEXT = "format the tab as text before pasting, or import the downloaded file"


def clean(cells: Encoded, *, quotes: bool = True) -> Encoded:
    """Blanks around the text, a leading apostrophe and a ``="..."`` wrapper taken off; ``quotes`` too."""
    texts = pc.utf8_trim_whitespace(cells.texts)
    pattern = "^(?:=?\"(.*)\"|['=]*(.*?)'?)$" if quotes else '^(?:="(.*)"|(.*))$'
    wrapped = pc.match_substring_regex(texts, "^[='\"]")
    if pc.any(wrapped).as_py():
        texts = pc.if_else(wrapped, pc.replace_substring_regex(texts, pattern, r"\1\2"), texts)
    if texts.equals(cells.texts):
        return cells
    again = encode(texts)
    return Encoded(again.texts, again.codes[cells.codes])


def damage(cells: Encoded, column: str) -> list[Damage]:
    """What is wrong with the identifiers of one column, per kind of damage."""
    found = [
        (ERRORS, "an Excel error instead of a value", "correct the formula or paste the report again"),
        (_SCIENTIFIC, "turned into scientific notation by Excel, digits are lost", AS_TEXT),
        (_MADE_DATE, "turned into a date by Excel", AS_TEXT),
    ]
    if column == "asin":
        found.append((r"^\d{7,9}$", "leading zeros lost", AS_TEXT))
    damages = [
        Damage(mask[cells.codes], reason, remedy)
        for pattern, reason, remedy in found
        if (mask := _matching(cells.texts, pattern)).any()
    ]
    long = _rounded(cells.texts)
    if long.any():
        damages.append(Damage(long[cells.codes], "more than 15 digits, the last ones lost in Excel", AS_TEXT))
    return damages


def error_cells(cells: Encoded) -> Mask:
    """Rows that hold an Excel error."""
    return _matching(cells.texts, ERRORS)[cells.codes]


def _matching(texts: pa.Array, pattern: str) -> Mask:
    mask: Mask = np.asarray(
        pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False), dtype=bool
    )
    return mask


def _rounded(texts: pa.Array) -> Mask:
    """Numbers over 15 digits all of which Excel could have stored: a column of real ids has others too."""
    long = _matching(texts, r"^\d{16,25}$")
    if long.any():
        values = texts.filter(pa.array(long)).to_pylist()
        if not all(_as_excel_keeps(v) for v in values):
            return np.zeros(len(texts), dtype=bool)
    return long


def _as_excel_keeps(digits: str) -> bool:
    """Whether all that follows the 15th digit is gone, or the digits are those of a floating point number."""
    if set(digits[15:]) == {"0"}:
        return True
    number = float(digits)
    return len(digits) >= 18 and int(digits) in (int(number), int(Decimal(repr(number))))
