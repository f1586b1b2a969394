"""Report tabs: read as text at full speed, and extended row by row without taking the sheet apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

import fastexcel
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recoup.books.area import MAX_ROWS
from recoup.books.base import BookUnsupported, TableBlocked
from recoup.books.cells import column_index, column_letter, render, safe_text
from recoup.books.used_range import far_cells
from recoup.books.worksheet import column_styles
from recoup.model import Problem, RawTable

_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
GAP = 100  # blank columns behind which nothing belongs to a report
_ERROR = "#N/A"
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:v|is|f)[ >]")
_CELL_START = re.compile(rb"<(?:[\w.-]+:)?c\s")
_FILLED = re.compile(  # a cell that fastexcel reports: a value, be it an empty text, and not a formula alone
    rb"""<(?P<p>(?:[\w.-]+:)?)c\s(?P<says>[^<>]*?)(?<!/)>\s*"""
    rb"""(?:<(?P=p)f\b[^>]*?(?:/>|>[^<]*</(?P=p)f>)\s*)?"""
    rb"""<(?P=p)(?:(?P<text>is\b|v\b[^>]*?(?<!/)>(?=[^<]))|v\b)"""
)
_LETTERS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})\d""")
_OF_TEXT = re.compile(rb"""\bt\s*=\s*["'](?:str|inlineStr)["']""")
_LONGEST_CELL = 1 << 16
_CHUNK = 5_000


def read_tab(
    reader: fastexcel.ExcelReader, sheet: str, first_column: int = 0, notes: Sequence[Problem] = ()
) -> RawTable:
    """A tab as text: blank rows and columns stay where they are.

    A date cell is ISO text with its time (``2026-05-07 00:00:00``), so that it differs from a typed
    ``2026-05-07``: the report reader must know which dates Excel made. Whole numbers have no ``.0``; other
    numbers keep at least nine decimals; booleans are ``true`` and ``false``; error cells are ``#N/A``.
    ``first_column`` is the number of leading blank columns, which fastexcel does not report. Columns beyond a
    gap of ``GAP`` blank ones belong to no report; they are left out and named in ``problems``,
    together with ``notes``.
    """
    batch, errors = reader.load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string"
    ).to_arrow_with_errors()
    kept, far = _within_reach(batch, sheet, first_column)
    problems = (*notes, *far)
    if not batch.num_rows or not kept:
        return RawTable(sheet, "sheet", pd.DataFrame(), np.empty(0, np.int64), problems=problems)
    found = [e.offset_position for e in errors.errors] if errors is not None else []
    columns: list[Any] = [pa.repeat("", batch.num_rows)] * first_column
    columns += [_as_text(batch.column(i), [row for row, column in found if column == i]) for i in range(kept)]
    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    cells = table.to_pandas(types_mapper=lambda _: _TEXT)
    cells.columns = pd.RangeIndex(len(columns))
    return RawTable(sheet, "sheet", cells, np.arange(1, len(cells) + 1, dtype=np.int64), problems=problems)


def _as_text(column: Any, errors: Sequence[int]) -> Any:
    if errors:
        marks = np.zeros(len(column), dtype=bool)
        marks[list(errors)] = True
        column = pc.if_else(pa.array(marks), _ERROR, column)
    return pc.fill_null(column, "") if column.null_count else column


def _within_reach(batch: pa.RecordBatch, sheet: str, first_column: int) -> tuple[int, tuple[Problem, ...]]:
    """How many columns are kept, and the first cell beyond them by name when there is one."""
    filled = [i for i, column in enumerate(batch.columns) if column.null_count < batch.num_rows]
    if not filled:
        return (batch.num_columns if batch.num_columns <= GAP else 0), ()
    ends = (a for a, b in pairwise([-1, *filled]) if b - a > GAP and a >= 0)
    last = next(ends, filled[-1])
    far = [i for i in filled if i > last]
    if not far:
        return last + 1, ()
    row = pc.index(pc.is_valid(batch.column(far[0])), True).as_py() + 1
    count = sum(batch.num_rows - batch.column(i).null_count for i in far)
    return last + 1, (far_cells(sheet, column_letter(far[0] + first_column + 1), row, count),)


def leading_blank_columns(chunks: Iterator[bytes]) -> int:
    """How many columns before the first one with content a worksheet has; reads on only while it may be > 0."""
    best, rest = 0, b""
    for chunk in chunks:
        text = rest + chunk
        for cell in _FILLED.finditer(text):
            letters = _LETTERS.search(cell["says"])
            if letters is None or not (cell["text"] or _OF_TEXT.search(cell["says"])):
                continue
            if letters[1] == b"A":
                return 0
            index = column_index(letters[1].decode())
            best = min(best or index, index)
        rest = text[_last_cell(text) :][-_LONGEST_CELL:]
    return max(best - 1, 0)


def _last_cell(xml: bytes) -> int:
    """Where the last cell begins, which may go on in the next piece; else the last tag."""
    starts = [m.start() for m in _CELL_START.finditer(xml, max(len(xml) - _LONGEST_CELL, 0))]
    return starts[-1] if starts else xml.rfind(b"<")


class TabExtension:
    """Text rows added below what a report tab holds, rendered piece by piece while the file is written."""

    def __init__(self, xml: bytes, sheet: str) -> None:
        """Raises ``BookUnsupported``."""
        self.text_style = ""  # of cells that neither row nor column gives a format
        data = re.search(rb"<((?:[\w.-]+:)?)sheetData\b[^>]*?(/?)>", xml)
        if data is None:
            raise BookUnsupported(
                f"The tab {sheet!r} holds no cells that can be read; save it once in Excel."
            )
        self.sheet, self._p = sheet, data[1].decode()
        self._styles = column_styles(xml[: data.start()].decode("utf-8"))
        close = f"</{self._p}sheetData>".encode()
        self._view = memoryview(xml)
        if data[2]:
            self._head, self._open = xml[: data.end() - 2] + b">", 0
            self._kept: tuple[int, int] = (0, 0)
            self._tail = close + xml[data.end() :]
            self._last = 0
        else:
            end = xml.rindex(close)
            self._head = xml[: data.end()]
            stop, self._last = _last_content(xml, data.end(), end, self._p.encode())
            self._kept = (data.end(), stop)
            self._tail = xml[end:]
        self._blank_rows = _blank_rows(
            xml[self._kept[1] : len(xml) - len(self._tail)] if not data[2] else b""
        )
        self._rows: list[Sequence[str]] = []
        self._width = 0

    def formats(self, width: int) -> bool:
        """Whether so many columns have a format of their own."""
        return all(column in self._styles for column in range(1, width + 1))

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows. Raises ``TableBlocked`` when the sheet cannot hold them."""
        if self._last + len(self._rows) + len(rows) > MAX_ROWS:
            raise TableBlocked(
                f"The tab {self.sheet!r} cannot hold {len(rows):,} more rows (Excel ends at {MAX_ROWS:,}); "
                "keep the file in a Reports folder and refresh with --reports."
            )
        self._rows.extend(rows)
        self._width = max(self._width, max(map(len, rows), default=0))

    def chunks(self) -> Iterator[bytes]:
        """The worksheet part, piece by piece."""
        yield self._dimensioned()
        yield bytes(self._view[self._kept[0] : self._kept[1]])
        for start in range(0, len(self._rows), _CHUNK):
            yield self._rendered(start).encode("utf-8")
        yield self._tail

    def _rendered(self, start: int) -> str:
        p, out = self._p, []
        columns = [
            (column_letter(i + 1), self._styles.get(i + 1, self.text_style)) for i in range(self._width)
        ]
        for number, row in enumerate(self._rows[start : start + _CHUNK], self._last + start + 1):
            attributes, own = self._blank_rows.get(number, ("", ""))
            cells = [
                render(f"{letter}{number}", own or style, safe_text(text), p)
                for (letter, style), text in zip(columns, row, strict=False)
                if text
            ]
            out.append(f'<{p}row r="{number}"{attributes}>{"".join(cells)}</{p}row>')
        return "".join(out)

    def _dimensioned(self) -> bytes:
        match = re.search(rb'<(?:[\w.-]+:)?dimension\b[^>]*?\bref="([^"]*)"', self._head)
        last = self._last + len(self._rows)
        if match is None or not last:
            return self._head
        old = re.findall(r"[A-Z]+", match[1].decode())[-1:] or ["A"]
        letter = max(old[0], column_letter(max(self._width, 1)), key=lambda s: (len(s), s))
        return self._head[: match.start(1)] + f"A1:{letter}{last}".encode() + self._head[match.end(1) :]


def _blank_rows(xml: bytes) -> dict[int, tuple[str, str]]:
    """The first 100 formatted rows without content: number -> attributes, and the style of the row."""
    found = {}
    for match in islice(re.finditer(r"<(?:[\w.-]+:)?row\b([^>]*?)/?>", xml.decode("utf-8")), 100):
        number, style = re.search(r'\sr="(\d+)"', match[1]), re.search(r'\ss="(\d+)"', match[1])
        if number:
            kept = re.sub(r'\s(?:r|spans)="[^"]*"', "", match[1])
            found[int(number[1])] = (kept, style[1] if style else "")
    return found


def _last_content(xml: bytes, start: int, end: int, p: bytes) -> tuple[int, int]:
    """Where the last row with content ends, and its number; (start, 0) when there is none."""
    while True:
        at = xml.rfind(b"<" + p + b"row", start, end)
        if at < 0:
            return start, 0
        if _CONTENT.search(xml, at, end):
            number = re.search(rb'\sr="(\d+)"', xml[at : at + 400])
            numbers = re.compile(rb"<" + p + rb'row\s[^>]*?\br="(\d+)"').findall(xml, start, at)
            if number is None or int(number[1]) <= max(map(int, numbers), default=0):
                raise BookUnsupported(
                    "A report tab has rows without numbers or out of order; save the workbook once in Excel."
                )
            return end, int(number[1])
        end = at
