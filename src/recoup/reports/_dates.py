"""Reads the day written in a cell, in every form Amazon and Excel use; day/month order is decided per column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ._grid import Encoded, Mask, encode

Days = npt.NDArray[np.datetime64]
Form = Literal["blank", "day", "iso", "serial", "slash", "bad"]
NAT = np.datetime64("NaT", "s")

_TIME = r"[\sT,]+\d{1,2}[:h]\d{2}.*$"
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SLASH = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MADE = re.compile(r"@(\d{4})-(\d\d)-(\d\d)")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_DAY_WORD = re.compile(
    r"(?:[^\W\d]+\.?,? +)?(\d{1,2})\.?[ \-](?:de )?([^\W\d]{3,12})\.?(?: de)?[ \-,]+(\d{4}|\d{2})"
)
_WORD_DAY = re.compile(r"([^\W\d]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")

MONTHS = (
    "jan ene gen sty oca",
    "feb fév fev lut şub sub",
    "mar mär mrt maa mars märz",
    "apr abr avr kwi nis",
    "may mai mag mei maj maio",
    "jun giu juin cze haz",
    "jul lug juil lip tem",
    "aug ago aoû aou sie ağu agu",
    "sep set wrz eyl",
    "oct okt ott out paź paz eki",
    "nov lis kas",
    "dec dez dic déc gru ara dés",
)
_MONTH_OF = {word: number for number, words in enumerate(MONTHS, 1) for word in words.split()}


@dataclass(frozen=True, slots=True)
class Written:
    """One distinct text: a finished day, two numbers whose order is open, or nothing usable."""

    form: Form
    day: date | None = None
    first: int = 0
    second: int = 0
    year: int = 0


@dataclass(frozen=True, slots=True)
class DateColumn:
    """Days per row (NaT where blank or unusable) and the rows that could not be read, with the reason."""

    days: Days
    unusable: Mask
    reason: str = ""
    remedy: str = ""
    month_first: bool | None = None  # the order decided on, None where none was needed
    open_order: bool = False  # the order could not be decided


def read_dates(
    cells: Encoded,
    *,
    hint: bool | None = None,
    proof: Sequence[Encoded] = (),
    converted: bool = False,
) -> DateColumn:
    """Days of one column.

    Month first or day first comes from the column itself, then from ``proof`` (ISO columns of the same rows),
    then from ``hint`` (True: month first; what other columns of the export proved, or what is documented).
    ``converted``: Amazon writes this column as text with slashes, so serial numbers mean that Excel read it.
    """
    day_cells, codes = _without_time(cells, converted)
    written = [read_day(text) for text in day_cells.to_pylist()]
    per_row = np.array([w.form for w in written], dtype=object)
    order = _order(written)
    if order is None:
        order = _proven(written, codes, proof)
    if order is None:
        order = hint
    doubtful = converted and _doubtful_conversion(written, per_row, codes, proof)
    return _finish(written, per_row, codes, order if isinstance(order, bool) else None, doubtful)


def _finish(
    written: list[Written],
    forms: npt.NDArray[np.object_],
    codes: npt.NDArray[np.int32],
    chosen: bool | None,
    doubtful: bool,
) -> DateColumn:
    days = np.array([_day(w, chosen) for w in written], dtype="datetime64[s]")
    bad = np.isnat(days) & (forms != "blank")
    open_order = bool(((forms == "slash") & bad).any()) and chosen is None
    reason, remedy = "not a date", "correct the cells or import the downloaded file"
    if open_order:
        reason = "day and month cannot be told apart"
        remedy = "import the downloaded file, or paste a longer period so that a day after the 12th occurs"
    if doubtful:
        bad |= forms == "serial"
        reason = "Excel may have swapped day and month"
        remedy = "format the tab as text before pasting, or import the downloaded file"
    if not bad.any():
        reason = remedy = ""
    return DateColumn(days[codes], bad[codes], reason, remedy, chosen, open_order)


def _doubtful_conversion(
    written: list[Written],
    forms: npt.NDArray[np.object_],
    codes: npt.NDArray[np.int32],
    proof: Sequence[Encoded],
) -> bool:
    """Dates that Excel made beside written ones, or none of them after the 12th: day and month may be swapped."""
    made = [w.day for w in written if w.form == "serial" and w.day]
    if not made:
        return False
    pairs = [
        _near(_day(written[t], None), other)
        for t, other in _pairs(written, codes, proof)
        if forms[t] == "serial"
    ]
    if pairs:
        return not all(pairs)
    return bool((forms == "slash").any()) or all(d.day <= 12 for d in made)


def _day(written: Written, month_first: bool | None) -> np.datetime64:
    if written.form == "slash":
        if month_first is None:
            return NAT
        month, day = (written.first, written.second) if month_first else (written.second, written.first)
        made = _made(written.year, month, day)
        return NAT if made is None else np.datetime64(made, "s")
    return NAT if written.day is None else np.datetime64(written.day, "s")


def _order(written: list[Written]) -> bool | str | None:
    """True month first, False day first, "both" when the column contradicts itself, None without evidence."""
    slashes = [w for w in written if w.form == "slash"]
    day_first = any(w.first > 12 >= w.second for w in slashes)
    month_first = any(w.second > 12 >= w.first for w in slashes)
    if day_first and month_first:
        return "both"
    return None if day_first == month_first else month_first


def _proven(
    written: list[Written], codes: npt.NDArray[np.int32], proof: Sequence[Encoded]
) -> bool | str | None:
    """The order under which each date equals, within a day, the ISO date of another column of its row."""
    votes: set[bool] = set()
    for text, other in _pairs(written, codes, proof):
        fits = {order for order in (True, False) if _near(_day(written[text], order), other)}
        if written[text].form == "slash" and len(fits) == 1:
            votes |= fits
    return "both" if len(votes) == 2 else next(iter(votes), None)


def _pairs(
    written: list[Written], codes: npt.NDArray[np.int32], proof: Sequence[Encoded]
) -> Iterator[tuple[int, date]]:
    """Each distinct text with the ISO date that stands in another column of the first row that holds it."""
    texts, rows = np.unique(codes, return_index=True)
    for column in proof:
        for text, row in zip(texts.tolist(), rows.tolist(), strict=True):
            other = read_written(column.texts[int(column.codes[row])].as_py())
            if written[text].form in ("slash", "serial") and other.form == "iso" and other.day is not None:
                yield text, other.day


def _near(day: np.datetime64, other: date) -> bool:
    return not np.isnat(day) and abs((day.astype("datetime64[D]").item() - other).days) <= 1


def read_written(text: str) -> Written:
    """One text, with or without its time of day."""
    return read_day(_strip_time(text))


def read_day(text: str) -> Written:
    """One text without its time of day."""
    text = text.strip().strip("'\"=")
    if not text:
        return Written("blank")
    for pattern, make in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return make(match)
    return Written("bad")


def _iso(match: re.Match[str]) -> Written:
    made = _made(*(int(g) for g in match.groups()))
    return Written("iso" if made else "bad", made)


def _converted(match: re.Match[str]) -> Written:
    made = _made(*(int(g) for g in match.groups()))
    return Written("serial" if made else "bad", made)


def _slash(match: re.Match[str]) -> Written:
    first, separator, second, year = match.groups()
    if separator == ".":  # day.month.year wherever Amazon writes dots
        return _plain(_made(_year(year), int(second), int(first)))
    if max(int(first), int(second)) > 31 or not 1 <= min(int(first), int(second)) <= 12:
        return Written("bad")
    return Written("slash", None, int(first), int(second), _year(year))


def _serial(match: re.Match[str]) -> Written:
    number = int(match.group(1))
    if not 30_000 <= number <= 80_000:
        return Written("bad")
    return Written("serial", date(1899, 12, 30) + timedelta(days=number))


def _day_word(match: re.Match[str]) -> Written:
    day, word, year = match.groups()
    return _plain(_made(_year(year), _month(word), int(day)))


def _word_day(match: re.Match[str]) -> Written:
    word, day, year = match.groups()
    return _plain(_made(int(year), _month(word), int(day)))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Written]], ...] = (
    (_ISO, _iso),
    (_MADE, _converted),
    (_SLASH, _slash),
    (_WORD_DAY, _word_day),
    (_DAY_WORD, _day_word),
    (_SERIAL, _serial),
    (_COMPACT, _iso),
)


def _plain(made: date | None) -> Written:
    return Written("day" if made else "bad", made)


def _month(word: str) -> int:
    word = word.casefold().rstrip(".")
    return next((_MONTH_OF[word[:n]] for n in (4, 3) if word[:n] in _MONTH_OF), 0)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1995 <= year <= 2100 else None
    except ValueError:
        return None


def _strip_time(text: str) -> str:
    return re.sub(_TIME, "", text.replace("\u202f", " ").replace("\xa0", " ")).strip()


def _without_time(cells: Encoded, converted: bool) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """The distinct days as written, and the code of each row into them; ``@`` marks dates that Excel made."""
    texts = cells.texts
    if converted:
        texts = pc.replace_substring_regex(texts, r"^(\d{4}-\d\d-\d\d) 00:00:00$", r"@\1")
    if len(texts) and pc.all(pc.match_substring_regex(texts, r"^(\d{4}-\d\d-\d\d([T ]\d\d:.*)?)?$")).as_py():
        texts = pc.utf8_slice_codeunits(texts, 0, 10)
    else:
        texts = pc.replace_substring_regex(texts, "[\u00a0\u202f\u2009]", " ")
        texts = pc.replace_substring_regex(texts, _TIME, "")
    days = encode(texts)
    return days.texts, days.codes[cells.codes]
