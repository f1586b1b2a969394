"""Days of a column, in every form Amazon and Excel write them; day/month order is decided per column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ._day_forms import BLANKS, TIME, Written, day_of, read_day, read_written
from ._grid import Encoded, Mask, encode

__all__ = ["DateColumn", "Days", "read_dates", "read_day", "read_written"]

Days = npt.NDArray[np.datetime64]
NAT = np.datetime64("NaT", "s")
_MONTH = re.compile(r"(20\d\d)[-/](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-/](20\d\d)")


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


def with_months(days: DateColumn, cells: Encoded) -> DateColumn:
    """The same days, and for cells such as 09/2026 or 2026-09 the first day of that month."""
    first = np.array([_first_of_month(text) for text in cells.texts.to_pylist()], dtype="datetime64[s]")
    months = first[cells.codes]
    found = days.unusable & ~np.isnat(months)
    if not found.any():
        return days
    left = days.unusable & ~found
    return replace(days, days=np.where(found, months, days.days), unusable=left)


def _first_of_month(text: str) -> np.datetime64:
    match = _MONTH.fullmatch(text.strip())
    if match is None:
        return NAT
    made = day_of(int(match[1] or match[4]), int(match[2] or match[3]), 1)
    return NAT if made is None else np.datetime64(made, "s")


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
        made = day_of(written.year, month, day)
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


def _without_time(cells: Encoded, converted: bool) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """The distinct days as written, and the code of each row into them; ``@`` marks dates that Excel made."""
    texts = cells.texts
    if converted:
        texts = pc.replace_substring_regex(texts, r"^(\d{4}-\d\d-\d\d) 00:00:00$", r"@\1")
    if len(texts) and pc.all(pc.match_substring_regex(texts, r"^(\d{4}-\d\d-\d\d([T ]\d\d:.*)?)?$")).as_py():
        texts = pc.utf8_slice_codeunits(texts, 0, 10)
    else:
        texts = pc.replace_substring_regex(texts, BLANKS, " ")
        texts = pc.replace_substring_regex(texts, TIME, "")
    days = encode(texts)
    return days.texts, days.codes[cells.codes]
