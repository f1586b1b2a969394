"""The forms in which Amazon, Excel and people write one day, and what each of them says by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ._month_names import month_number

Form = Literal["blank", "day", "iso", "serial", "slash", "bad"]

BLANKS = "[\u00a0\u2007\u2009\u202f\u3000]"  # blanks that programs put between day, time and am/pm
TIME = r"[\sT,]+\d{1,2}[:h]\d{2}.*$"  # a time of day and all behind it: am or pm, a zone, an offset
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SLASH = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MADE = re.compile(r"@(\d{4})-(\d\d)-(\d\d)")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_WORD = "(?:[^\\W\\d]|[?\ufffd])"  # a letter, or what is left of one
_DAY_WORD = re.compile(
    rf"(?:{_WORD}+\.?,? +)?(\d{{1,2}})(?:\.|er|º)?[ \-/](?:de )?({_WORD}{{3,12}})\.?(?: de)?[ \-/,]+(\d{{4}}|\d{{2}})"
)
_WORD_DAY = re.compile(rf"({_WORD}{{3,12}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}})")


@dataclass(frozen=True, slots=True)
class Written:
    """One distinct text: a finished day, two numbers whose order is open, or nothing usable."""

    form: Form
    day: date | None = None
    first: int = 0
    second: int = 0
    year: int = 0


def read_written(text: str) -> Written:
    """One text, with or without its time of day."""
    return read_day(re.sub(TIME, "", re.sub(BLANKS, " ", text)).strip())


def read_day(text: str) -> Written:
    """One text without its time of day."""
    text = text.strip().strip("'\"=\u200e\u200f")
    if not text:
        return Written("blank")
    for pattern, make in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return make(match)
    return Written("bad")


def day_of(year: int, month: int, day: int) -> date | None:
    """That day, None when there is none or no seller of Amazon can mean it."""
    try:
        return date(year, month, day) if 1995 <= year <= 2100 else None
    except ValueError:
        return None


def _iso(match: re.Match[str]) -> Written:
    made = day_of(*(int(g) for g in match.groups()))
    return Written("iso" if made else "bad", made)


def _converted(match: re.Match[str]) -> Written:
    made = day_of(*(int(g) for g in match.groups()))
    return Written("serial" if made else "bad", made)


def _slash(match: re.Match[str]) -> Written:
    first, separator, second, year = match.groups()
    if separator == ".":  # day.month.year wherever Amazon writes dots
        return _plain(day_of(_year(year), int(second), int(first)))
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
    return _plain(day_of(_year(year), month_number(word), int(day)))


def _word_day(match: re.Match[str]) -> Written:
    word, day, year = match.groups()
    return _plain(day_of(int(year), month_number(word), int(day)))


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


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
