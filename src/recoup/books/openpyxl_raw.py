"""A tab of openpyxl as text: every cell reads as the fast reader of the default engine gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from recoup.books.openpyxl_cells import Tab
from recoup.books.openpyxl_kept import Place
from recoup.books.report_tab import read_tab
from recoup.model import RawTable

_EPOCH, _DAYS_TO_1904 = datetime(1899, 12, 30), 1462
_FIRST_OF_MARCH_1900 = 60  # Excel counts a 29 February 1900: days before it are one off


def read_raw(tab: Tab) -> RawTable:
    """The whole tab, by the rules of ``report_tab.read_tab``."""
    texts: dict[Place, str | None] = {}
    errors = []
    for place, cell in tab.cells.items():
        cached = tab.kept.cached.get(place)
        kind = cached.kind if cached and cell.data_type == "f" else cell.data_type
        value = tab.raw(place)
        if kind == "e":
            errors.append(place)
            texts[place] = None
        elif isinstance(value, float) and is_date_format(_format_code(tab, cell)):
            texts[place] = _day_text(value, tab.date1904)
        elif value is not None or kind in ("s", "str"):
            texts[place] = _text(value)
    grid = _Grid(texts, errors)
    return read_tab(grid, tab.name, grid.left - 1)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Error:
    offset_position: tuple[int, int]  # row and column from 0, of the grid


@dataclass(frozen=True, slots=True)
class _Errors:
    errors: list[_Error]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Texts by place, given as fastexcel gives a sheet: from its first filled column on, blanks as null."""

    texts: dict[Place, str | None]
    errors: list[Place]

    @property
    def left(self) -> int:
        return min((column for _, column in self.texts), default=1)

    def load_sheet(self, *_: Any, **__: Any) -> _Grid:
        return self

    def to_arrow_with_errors(self) -> tuple[pa.RecordBatch, _Errors]:
        left, height = self.left, max((row for row, _ in self.texts), default=0)
        columns: list[list[str | None]] = [
            [None] * height for _ in range(left, max((c for _, c in self.texts), default=0) + 1)
        ]
        for (row, column), text in self.texts.items():
            columns[column - left][row - 1] = text
        names = [str(i) for i in range(len(columns))]
        batch = pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], names=names)
        return batch, _Errors([_Error((row - 1, column - left)) for row, column in self.errors])


def _format_code(tab: Tab, cell: Any) -> str:
    number, code = tab.number_format(cell)
    return code or str(BUILTIN_FORMATS.get(number, "General"))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def _day_text(serial: float, date1904: bool) -> str | None:
    """A number shown as a day or a time, as ISO text to the millisecond; None for days that no calendar has."""
    serial += _DAYS_TO_1904 if date1904 else 0
    shift = 0 if serial >= _FIRST_OF_MARCH_1900 else 1
    try:
        moment = _EPOCH + timedelta(milliseconds=round((serial + shift) * 86_400_000))
    except OverflowError:
        return None
    return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix(".000")
