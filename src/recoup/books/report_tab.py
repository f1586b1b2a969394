"""Report tabs: read as text at full speed, and extended row by row without taking the sheet apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import fastexcel
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recoup.books.area import MAX_ROWS
from recoup.books.base import BookUnsupported, TableBlocked
from recoup.books.cells import column_letter, render, safe_text
from recoup.books.worksheet import column_styles
from recoup.model import Problem, RawTable

_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
_MIDNIGHT = " 00:00:00"
_CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is|f)[ >]")
_CHUNK = 5_000


def read_tab(reader: fastexcel.ExcelReader, sheet: str, first_column: int = 0) -> RawTable:
    """A tab as text: blank rows and columns stay where they are, a date cell is ISO text.

    ``first_column`` is the number of leading blank columns, which the reader does not report. Whole numbers
    have no ``.0``; other numbers keep at least nine decimals; booleans are ``true`` and ``false``. Error cells
    are blank and named in ``problems``.
    """
    batch, errors = reader.load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string"
    ).to_arrow_with_errors()
    columns: list[Any] = [pa.array([""] * batch.num_rows, pa.string())] * (
        first_column if batch.num_rows else 0
    )
    columns += [_as_text(column) for column in batch.columns]
    if not columns:
        return RawTable(sheet, "sheet", pd.DataFrame(), np.empty(0, np.int64))
    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    cells = table.to_pandas(types_mapper=lambda _: _TEXT)
    cells.columns = pd.RangeIndex(len(columns))
    found = [e.offset_position for e in errors.errors] if errors is not None else []
    problems = _error_cells(sheet, found, first_column)
    return RawTable(sheet, "sheet", cells, np.arange(1, len(cells) + 1, dtype=np.int64), problems=problems)


def _as_text(column: Any) -> Any:
    text = pc.fill_null(column, "") if column.null_count else column
    if pc.any(pc.ends_with(text, _MIDNIGHT)).as_py():
        text = pc.replace_substring_regex(text, r"^(\d{4}-\d{2}-\d{2}) 00:00:00$", r"\1")
    return text


def _error_cells(sheet: str, places: Sequence[tuple[int, int]], first_column: int) -> tuple[Problem, ...]:
    by_column: dict[int, list[int]] = {}
    for row, column in sorted(places):
        by_column.setdefault(column + first_column, []).append(row + 1)
    problems = []
    for column, rows in sorted(by_column.items()):
        letter = column_letter(column + 1)
        problems.append(
            Problem(
                "error",
                sheet,
                "Cells hold an Excel error (#N/A, #REF!, …) instead of a value and were read as blank.",
                "Paste the report again as it was downloaded.",
                column=letter,
                rows=len(rows),
                first_cells=", ".join(f"{letter}{row}" for row in rows[:3]),
            )
        )
    return tuple(problems)


def leading_blank_columns(chunks: Iterator[bytes]) -> int:
    """How many columns before the first one with content a worksheet has; reads on only while it may be > 0."""
    best, rest = 0, b""
    pattern = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)\d+"[^>]*?(?<!/)>(?!</)')
    for chunk in chunks:
        text = rest + chunk
        for match in pattern.finditer(text):
            if match[1] == b"A":
                return 0
            index = 0
            for letter in match[1]:
                index = index * 26 + letter - 64
            best = min(best or index, index)
        rest = text[text.rfind(b"<") :][-1000:]
    return max(best - 1, 0)


class TabExtension:
    """Text rows added below what a report tab holds, rendered piece by piece while the file is written."""

    def __init__(self, xml: bytes, sheet: str) -> None:
        """Raises ``BookUnsupported``."""
        data = re.search(rb"<((?:\w+:)?)sheetData\b[^>]*?(/?)>", xml)
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
        columns = [(column_letter(i + 1), self._styles.get(i + 1, "")) for i in range(self._width)]
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
        match = re.search(rb'<(?:\w+:)?dimension\b[^>]*?\bref="([^"]*)"', self._head)
        last = self._last + len(self._rows)
        if match is None or not last:
            return self._head
        old = re.findall(r"[A-Z]+", match[1].decode())[-1:] or ["A"]
        letter = max(old[0], column_letter(max(self._width, 1)), key=lambda s: (len(s), s))
        return self._head[: match.start(1)] + f"A1:{letter}{last}".encode() + self._head[match.end(1) :]


def _blank_rows(xml: bytes) -> dict[int, tuple[str, str]]:
    """The first 100 formatted rows without content: number -> attributes, and the style of the row."""
    found = {}
    for match in islice(re.finditer(r"<(?:\w+:)?row\b([^>]*?)/?>", xml.decode("utf-8")), 100):
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
            if number is None:
                raise BookUnsupported(
                    "A report tab has rows without numbers; save the workbook once in Excel."
                )
            return end, int(number[1])
        end = at
