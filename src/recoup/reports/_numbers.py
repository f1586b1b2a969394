"""Reads amounts and quantities; decimal comma or point is decided per column from its own evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ._grid import Encoded, Mask

Mark = Literal["", ".", ","]
Floats = npt.NDArray[np.float64]

MOST = 1e12  # no amount and no quantity is that large; an identifier in scientific notation is
_PLAIN = r"^-?\d{1,15}(\.(\d{1,2}|\d{4,}))?$"
NO_BARE_AMOUNT = r"[^\d\s.,+-]"  # in an amount that names a currency
_GAPS = re.compile("[\\s\u00a0\u202f\u2009'’]")
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*(?:E[-+]?\d+)?", re.IGNORECASE)
_CURRENCY = re.compile(r"US\$|CA?\$|C\$|A\$|R\$|MX\$|[$€£¥￥₹]|zł|kr|(?<![A-Z])[A-Z]{3}(?![A-Z])|円|元")
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "円": "JPY",
    "zł": "PLN",
    "R$": "BRL",
    "US$": "USD",
    "MX$": "MXN",
}


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Numbers per row (NaN where blank or unusable), the rows that could not be read, and the decimal mark."""

    numbers: Floats
    unusable: Mask
    reason: str = ""
    remedy: str = ""
    mark: Mark = ""  # what the column itself proves, "" where it proves nothing
    rarer: Mask | None = None  # where both marks occur: the amounts with the rarer one


@dataclass(frozen=True, slots=True)
class _Text:
    """A distinct text: its number, or the number under either decimal mark where that is open."""

    number: float
    proves: Mark = ""
    with_comma: float | None = None  # set where the only separator may be either mark


def read_numbers(cells: Encoded, *, whole: bool = False, cents: bool = True, hint: Mark = "") -> NumberColumn:
    """Numbers of one column; ``whole`` columns hold quantities; ``hint`` is proven by other columns.

    Without ``cents`` (amounts in yen) a mark before three digits is one between thousands.
    """
    texts = pc.utf8_trim_whitespace(cells.texts)
    blank = _bools(pc.equal(texts, "")) | _bools(pc.equal(texts, "--"))
    plain = _bools(pc.match_substring_regex(texts, _PLAIN))
    numbers = np.full(len(texts), np.nan)
    if plain.any():
        numbers[plain] = pc.cast(texts.filter(pa.array(plain)), pa.float64()).to_numpy()
    others = np.flatnonzero(~plain & ~blank)
    read = {int(i): _read(texts[int(i)].as_py(), whole, cents) for i in others}
    proven: set[Mark] = {t.proves for t in read.values() if t.proves}
    if _bools(pc.match_substring_regex(texts.filter(pa.array(plain)), r"\.")).any():
        proven.add(".")
    mark: Mark = next(iter(proven)) if len(proven) == 1 else ""
    done = _finish(cells, numbers, read, mark, mark or ("" if proven else hint), len(proven) > 1)
    return replace(done, rarer=_rarer(cells, texts, read)) if len(proven) > 1 else done


def _rarer(cells: Encoded, texts: pa.Array, read: dict[int, _Text]) -> Mask:
    """The amounts with the mark that fewer rows prove."""
    comma = np.zeros(len(texts), dtype=bool)
    comma[[index for index, text in read.items() if text.proves == ","]] = True
    point = _bools(pc.match_substring_regex(texts, _PLAIN)) & _bools(pc.match_substring_regex(texts, r"\."))
    point[[index for index, text in read.items() if text.proves == "."]] = True
    by_comma, by_point = comma[cells.codes], point[cells.codes]
    return by_comma if by_comma.sum() <= by_point.sum() else by_point


def _finish(
    cells: Encoded, numbers: Floats, read: dict[int, _Text], proven: Mark, mark: Mark, mixed: bool
) -> NumberColumn:
    bad = np.zeros(len(numbers), dtype=bool)
    undecided = False
    for index, text in read.items():
        value = text.number
        if text.with_comma is not None:
            undecided |= not mark
            value = text.with_comma if mark == "," else text.number if mark == "." else np.nan
        value = np.nan if abs(value) >= MOST else value
        numbers[index] = value
        bad[index] = np.isnan(value)
    reason = remedy = ""
    if bad.any():
        reason, remedy = "not a number", "correct the cells or import the downloaded file"
        if undecided:
            reason = (
                "decimal comma and point are mixed"
                if mixed
                else "decimal comma or point cannot be told apart"
            )
            remedy = "import the downloaded file instead of pasting it"
    return NumberColumn(numbers[cells.codes], bad[cells.codes], reason, remedy, proven)


def currency_named(text: str) -> str:
    """The currency that an amount itself names, "" where it names none or a sign of several."""
    found = _CURRENCY.search(text)
    if found is None:
        return ""
    return _SIGNS.get(found[0], found[0] if re.fullmatch("[A-Z]{3}", found[0]) else "")


def _read(text: str, whole: bool, cents: bool) -> _Text:
    core = _CURRENCY.sub("", _GAPS.sub("", text.replace("−", "-").replace("–", "-")))
    core = core.strip("=\"'")
    sign = 1.0
    if core.startswith("(") and core.endswith(")"):
        core, sign = core[1:-1], -1.0
    if core.endswith("-"):
        core, sign = core[:-1], -1.0
    if not _NUMBER.fullmatch(core):
        return _Text(np.nan)
    marks = [c for c in core if c in ".,"]
    if not marks:
        return _Text(sign * float(core))
    if len(set(marks)) == 2:
        return _both_marks(core, sign)
    return _one_mark(core, marks[0], len(marks), sign, whole, cents)


def _both_marks(core: str, sign: float) -> _Text:
    """1.024,50 or 1,024.50: the last mark is the decimal one."""
    mark: Mark = "," if core.rindex(",") > core.rindex(".") else "."
    other = "." if mark == "," else ","
    if core.count(mark) > 1 or not _grouped(core.split(mark)[0], other):
        return _Text(np.nan)
    return _Text(sign * float(core.replace(other, "").replace(mark, ".")), mark)


def _one_mark(core: str, mark: str, count: int, sign: float, whole: bool, cents: bool) -> _Text:
    if count > 1:  # 1.234.567
        other: Mark = "," if mark == "." else "."
        return _Text(sign * float(core.replace(mark, "")), other) if _grouped(core, mark) else _Text(np.nan)
    decimal = sign * float(core.replace(mark, "."))
    if not (_grouped(core, mark) and core.lstrip("+-")[0] != "0"):
        return _Text(decimal, "," if mark == "," else ".")
    grouped = sign * float(core.replace(mark, ""))
    if not cents or (whole and decimal != int(decimal)):
        return _Text(grouped)
    return _Text(decimal, "", grouped) if mark == "." else _Text(grouped, "", decimal)


def _grouped(core: str, mark: str) -> bool:
    """Whether the digits stand in groups of three, as thousands do."""
    head, *groups = core.lstrip("+-").split(mark)
    return 1 <= len(head) <= 3 and all(len(g) == 3 and g.isdigit() for g in groups)


def _bools(mask: pa.Array) -> Mask:
    flat: Mask = np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)
    return flat
