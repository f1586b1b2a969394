"""One argument read as a day, a number or a text; what it cannot be is refused in a sentence for its cell."""

from __future__ import annotations

import re
from datetime import date, datetime

from recoup.books.cells import from_serial
from recoup.model import Cell, RecoupError
from recoup.policy.typed_cells import text_of

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?")
_WORDS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
_LONGEST = 40


def day_of(name: str, cell: Cell, date1904: bool) -> date:
    """The day of a date, a serial number or a text; times are dropped. Raises ``RecoupError``."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _serial_day(name, float(cell), date1904)
    try:
        found = _day_in(text_of(cell)) if isinstance(cell, str) else None
    except ValueError:
        found = None
    if found is None:
        raise RecoupError(f"{name}: {shown(cell)} is no date; write it as 2026-09-02.")
    return found


def _serial_day(name: str, serial: float, date1904: bool) -> date:
    try:
        moment = from_serial(serial, date1904, with_time=True)
    except OverflowError:
        moment = serial
    if not isinstance(moment, datetime):
        raise RecoupError(f"{name}: {serial:g} is no date of Excel's; write it as 2026-09-02.")
    return moment.date()


def _day_in(text: str) -> date | None:
    if found := _ISO.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := _NUMBERS.fullmatch(text):
        return _day_or_month_first(text, *map(int, found.groups()))
    for form in _WORDS:
        try:
            return datetime.strptime(text.replace(",", ""), form).date()
        except ValueError:
            continue
    return None


def _day_or_month_first(text: str, first: int, second: int, year: int) -> date:
    days = {date(year, m, d) for d, m in ((first, second), (second, first)) if m <= 12}
    if len(days) > 1:
        either = " or ".join(map(str, sorted(days)))
        raise RecoupError(f"{text} can be {either}: write it so.")
    return days.pop() if days else date(year, first, second)


def number_of(name: str, cell: Cell) -> float:
    """A number. Raises ``RecoupError``."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str) and re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*", cell):
        return float(cell)
    raise RecoupError(f"{name} is blank." if cell is None else f"{name}: {shown(cell)} is no number.")


def name_of(cell: Cell) -> str:
    """An id, a code or a name as text: 5 for 5.0."""
    return text_of(cell)


def shown(cell: Cell) -> str:
    """A cell in a sentence."""
    text = text_of(cell)
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
