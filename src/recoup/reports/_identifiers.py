"""Cleans identifiers and names what Excel did to them: digits lost, dates made of codes, error cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ._grid import Encoded, Mask, encode

ERRORS = r"^#(N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)$"
AS_TEXT = "format the tab as text before pasting, or import the downloaded file"
_SCIENTIFIC = r"^\d([.,]\d+)?[eE]\+\d{1,3}$"
_MADE_DATE = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"
_MONTH = (
    "jan|feb|f[ée]v|m[aä]rz?|mrz|a[pbv]r|ma[iy]|mag|ju[nil]|giu|lug|a[ug][go]|sept?|set|o[ck]t|ott|nov"
    "|de[czk]|d[ée]c"
)
_LIKE_DATE = rf"^(?i:\d{{1,2}}[-. ]{{1,2}}({_MONTH})\.?|({_MONTH})\.?[- ]\d\d|\d{{4}}-\d\d-\d\d)$"
_LIKE_TRUTH = r"^(?i:true|false|wahr|falsch|vrai|faux|verdadero|vero|falso)$"
_DAMAGED = (
    (ERRORS, "an Excel error instead of a value", "correct the formula or paste the report again"),
    (_SCIENTIFIC, "turned into scientific notation by Excel, digits are lost", AS_TEXT),
    (_MADE_DATE, "turned into a date by Excel", AS_TEXT),
    (
        r"[\r\n]",
        "a line break inside the cell",
        "put one value into each cell, or import the downloaded file",
    ),
)
_SUSPECT = (
    (_LIKE_DATE, "looks like a date that Excel made of it; used as it is", AS_TEXT),
    (_LIKE_TRUTH, "looks like TRUE or FALSE that Excel made of it; used as it is", AS_TEXT),
)
_LONG = r"^\d{16,25}$"
_ANY = "|".join([_LONG, *(pattern for pattern, _, _ in (*_DAMAGED, *_SUSPECT))])
_WITH_ZEROS = ("asin", "fnsku")  # ten characters: the ISBN of a book may begin with zeros


@dataclass(frozen=True, slots=True)
class Damage:
    """Rows of one column whose cells are no longer what Amazon wrote, or may no longer be (not ``certain``)."""

    rows: Mask
    reason: str
    remedy: str
    certain: bool = True


def clean(cells: Encoded, *, quotes: bool = True) -> Encoded:
    """Blanks around the text, a leading apostrophe and a ``="..."`` wrapper taken off; ``quotes`` too.

    Non-breaking blanks become plain ones.
    """
    texts = cells.texts
    if pc.all(pc.string_is_ascii(texts)).as_py() is False:
        texts = pc.replace_substring_regex(texts, "[\u00a0\u2007\u202f]", " ")
    texts = pc.utf8_trim_whitespace(texts)
    pattern = "(?s)^(?:=?\"(.*)\"|['=]*(.*?)'?)$" if quotes else '(?s)^(?:="(.*)"|(.*))$'
    wrapped = pc.match_substring_regex(texts, "^[='\"]")
    if pc.any(wrapped).as_py():
        bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, pattern, r"\1\2"))
        texts = pc.if_else(wrapped, bare, texts)
    if texts.equals(cells.texts):
        return cells
    again = encode(texts)
    return Encoded(again.texts, again.codes[cells.codes])


def holds_damage(columns: Sequence[Encoded]) -> bool:
    """Whether a cell of these columns is damaged or may be: one look at all of them, since most have none."""
    return _any(columns, _ANY)


def holds_errors(columns: Sequence[Encoded]) -> bool:
    """Whether a cell of these columns is an Excel error."""
    return _any(columns, ERRORS)


def _any(columns: Sequence[Encoded], pattern: str) -> bool:
    texts = pa.chunked_array([cells.texts for cells in columns], pa.large_string())
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def damage(cells: Encoded, column: str, *, likely: bool = True) -> list[Damage]:
    """What is wrong with the identifiers of one column, per kind of damage.

    Not ``likely``: ``holds_damage`` found nothing, only what this column's name implies is looked for.
    """
    found: list[tuple[str, str, str, bool]] = []
    if likely and holds_damage([cells]):
        found = [(*known, True) for known in _DAMAGED] + [(*known, False) for known in _SUSPECT]
    if column in _WITH_ZEROS:
        found.append((r"^\d{7,9}$", "leading zeros lost", AS_TEXT, True))
    damages = [
        Damage(mask[cells.codes], reason, remedy, certain)
        for pattern, reason, remedy, certain in found
        if (mask := _matching(cells.texts, pattern)).any()
    ]
    long = _rounded(cells.texts) if found else np.zeros(0, dtype=bool)
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
    long = _matching(texts, _LONG)
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
