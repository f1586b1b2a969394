"""Parses delimited text into a grid: delimiter and quoting are decided from the content."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ._cores import on_all_cores
from ._grid import text_frame
from ._headings import is_header

DELIMITERS = ("\t", ",", ";")
HEAD_BYTES = 200_000
HEAD_LINES = 200
MOST_COLUMNS = 200
CHUNK = 1 << 22
LONGEST_LINE = 1 << 24  # bytes; a line of Amazon's has a few hundred


class NoLines(ValueError):  # noqa: N818
    """Text that does not come in lines of a sensible length."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """Cells as text (columns 0..n-1), the 1-based line of each row, and how many cells the line had."""

    cells: pd.DataFrame
    lines: npt.NDArray[np.int64]
    widths: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Odd:
    """A record whose number of cells differs from most: its position among the records and its text."""

    position: int
    text: str


@dataclass(frozen=True, slots=True)
class _Style:
    delimiter: str
    width: int
    quoted: bool
    wrapped: bool = (
        False  # every field stands in quotes, but they do not add up: they are taken off afterwards
    )


def parse(data: bytes) -> Delimited:
    """The grid of UTF-8 text; blank lines are rows too, so that line numbers stay true. Raises ``NoLines``."""
    data = _with_one_kind_of_line_end(data)
    head = data[:HEAD_BYTES].decode("utf-8", "replace").splitlines()[:HEAD_LINES]
    try:
        style, table, odd = _best_reading(data, _style(head))
    except pa.ArrowInvalid as error:
        raise NoLines(f"lines of more than {LONGEST_LINE >> 20} MB, or quotes over the whole file") from error
    return _assemble(table, odd, style, _line_numbers(data, len(odd) + table.num_rows, style.quoted))


def _with_one_kind_of_line_end(data: bytes) -> bytes:
    """A lone carriage return is a line end where there is no other, else a blank inside a text."""
    if b"\r" not in data:
        return data
    if b"\n" not in data:
        return data.replace(b"\r", b"\n")
    if _count(data, "\r") == _pairs(data):
        return data
    return re.sub(rb"\r+\n", b"\n", data).replace(b"\r", b" ")


def _style(head: list[str]) -> _Style:
    """Delimiter by the headers it lays bare, else by the even number of cells; width is the commonest."""

    def score(delimiter: str) -> tuple[int, int, int]:
        if not any(delimiter in line for line in head):
            return 0, 0, 1
        rows = [_cells(line, _Style(delimiter, 0, True)) for line in head]
        headers = max((sum(map(is_header, row)) for row in rows), default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        common = max(set(widths), key=widths.count) if widths else 1
        return headers if headers > 1 else 0, widths.count(common), common

    delimiter = max(DELIMITERS, key=score)
    quoted = delimiter != "\t" or _quotes_all(head)
    counts = [len(_cells(line, _Style(delimiter, 0, quoted))) for line in head if line.strip()]
    body = counts[len(counts) // 2 :] or [1]
    width = max(set(body), key=lambda n: (body.count(n), n))
    return _Style(delimiter, min(width, MOST_COLUMNS), quoted)


def _quotes_all(head: list[str]) -> bool:
    """A tab file quotes its fields when its widest lines begin and end with a quote."""
    widest = max((line.count("\t") for line in head), default=0)
    lines = [line.strip("\t ") for line in head if line.count("\t") == widest]
    return bool(lines) and sum(line.startswith('"') and '"\t"' in line for line in lines) > len(lines) / 2


def _best_reading(data: bytes, style: _Style) -> tuple[_Style, pa.Table, list[_Odd]]:
    """Quoting is trusted when the quotes add up; else the reading that spoils fewer lines wins.

    A reading spoils the lines whose number of cells is odd and those that a stray quote swallows.
    """
    if _quotes_add_up(data, style):
        return style, *_records(data, style)
    lines = _count(data, "\n") + (not data.endswith(b"\n"))
    plain = _Style(style.delimiter, style.width, False, style.delimiter == "\t")
    best, least = None, lines + 1
    for tried in (plain, style) if plain.wrapped else (style, plain):
        try:
            table, odd = _records(data, tried)
        except pa.ArrowInvalid:
            continue
        spoilt = int(lines - table.num_rows)
        if spoilt < least:
            best, least = (tried, table, odd), spoilt
        if not spoilt:
            break
    return best or (style, *_records(data, style))


def _quotes_add_up(data: bytes, style: _Style) -> bool:
    if not style.quoted or b'"' not in data:
        return True
    if style.delimiter == "\t":
        lines = _count(data, "\n") + (not data.endswith(b"\n"))
        return _count(data, '"') == 2 * (_count(data, "\t") + lines)
    return _count(data, '"') % 2 == 0 and not _has_embedded_lines(data)


def _records(data: bytes, style: _Style) -> tuple[pa.Table, list[_Odd]]:
    """The records with the common number of cells, and the others."""
    if data.isspace():
        return pa.table({}), []
    embedded = style.quoted and _has_embedded_lines(data)
    try:
        return _arrow(data, style, embedded, None), []
    except pa.ArrowInvalid:
        odd: list[_Odd] = []
        return _arrow(data, style, embedded, odd), odd


def _arrow(data: bytes, style: _Style, embedded: bool, odd: list[_Odd] | None) -> pa.Table:
    """Arrow's reader on all cores; with ``odd``, on one core, which alone numbers the odd records."""
    names = [str(i) for i in range(style.width)]

    def keep(row: arrow_csv.InvalidRow) -> str:
        if odd is not None:
            odd.append(_Odd(row.number - 1, row.text))
        return "skip"

    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            column_names=names, use_threads=odd is None, block_size=max(1 << 22, _longest(data))
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=style.delimiter,
            quote_char='"' if style.quoted else False,
            double_quote=style.quoted,
            newlines_in_values=embedded,
            ignore_empty_lines=False,
            invalid_row_handler=None if odd is None else keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False, check_utf8=False
        ),
    )


def _longest(data: bytes) -> int:
    """A block must hold a whole line: where the first one is long, all may be."""
    return min(len(data) + 1, LONGEST_LINE) if data.count(b"\n", 0, 1 << 22) == 0 else 0


def _assemble(table: pa.Table, odd: list[_Odd], style: _Style, lines: npt.NDArray[np.int64]) -> Delimited:
    total = table.num_rows + len(odd)
    widths = np.full(total, style.width, dtype=np.int32)
    if odd:
        cells = [_cells(o.text, style) for o in odd]
        widths[[o.position for o in odd]] = [len(c) for c in cells]
        table = _weave(table, odd, cells)
    if not style.quoted:
        bare = on_all_cores(partial(_unquoted, wrapped=style.wrapped), table.columns, table.num_rows)
        table = pa.table(bare, names=table.column_names)
    return Delimited(text_frame(table), lines, widths)


def _weave(table: pa.Table, odd: list[_Odd], cells: list[list[str]]) -> pa.Table:
    """The odd records put back in their places; cells beyond MOST_COLUMNS are joined into the last one."""
    width = min(max(table.num_columns, *(len(c) for c in cells)), MOST_COLUMNS)
    padded = [[*c[: width - 1], " ".join(c[width - 1 :])] + [""] * (width - len(c)) for c in cells]
    odd_columns = [pa.array([row[i] for row in padded], pa.large_string()) for i in range(width)]
    positions = np.array([o.position for o in odd])
    total = table.num_rows + len(odd)
    order = np.empty(total, dtype=np.int64)
    is_odd = np.zeros(total, dtype=bool)
    is_odd[positions] = True
    order[~is_odd] = np.arange(table.num_rows)
    order[is_odd] = table.num_rows + np.arange(len(odd))
    blank = pa.repeat(pa.scalar("", pa.large_string()), table.num_rows)
    columns = []
    for index in range(width):
        regular = table.column(index).chunks if index < table.num_columns else [blank]
        columns.append(pa.concat_arrays([*regular, odd_columns[index]]).take(pa.array(order)))
    return pa.table(columns, names=[str(i) for i in range(width)])


def _unquoted(cells: pa.ChunkedArray, wrapped: bool) -> pa.ChunkedArray:
    """Cells of a file read without quoting lose their quotes when these are well formed, or all are wrapped."""
    if not pc.any(pc.starts_with(cells, '"')).as_py():
        return cells
    coded = cells.combine_chunks().dictionary_encode()  # most columns repeat few texts: work on those
    return pa.chunked_array([_without_quotes(coded.dictionary, wrapped).take(coded.indices)])


def _without_quotes(cells: pa.Array, wrapped: bool) -> pa.Array:
    whole = pc.match_substring_regex(cells, '^".*"$' if wrapped else '^"([^"]|"")*"$')
    inner = pc.replace_substring(pc.replace_substring_regex(cells, '^"(.*)"$', r"\1"), '""', '"')
    return pc.if_else(whole, inner, cells)


def _cells(line: str, style: _Style) -> list[str]:
    """One record as cells."""
    if not style.quoted or '"' not in line:
        return line.rstrip("\r\n").split(style.delimiter)
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=style.delimiter), [""]) or [""]
    except csv.Error:
        return line.split(style.delimiter)


def _has_embedded_lines(data: bytes) -> bool:
    """Whether a quoted field holds a line end."""
    ends = _count(data, "\n")
    if b'"' not in data or data.count(b'"\n') + data.count(b'"\r\n') >= ends:
        return False
    return bool(_inside_quotes(data).any())


def _inside_quotes(data: bytes) -> npt.NDArray[np.bool_]:
    """Per line end: True when it stands inside quotes (an odd number of quotes before it)."""
    raw = np.frombuffer(data, dtype=np.uint8)
    parity = np.cumsum(raw == 34, dtype=np.uint8) & 1
    inside: npt.NDArray[np.bool_] = parity[raw == 10].astype(bool)
    return inside


def _line_numbers(data: bytes, records: int, quoted: bool) -> npt.NDArray[np.int64]:
    """The line on which each record begins."""
    lines = _count(data, "\n") + (not data.endswith(b"\n"))
    if lines == records or not quoted:
        return np.arange(1, records + 1, dtype=np.int64)
    starts = np.flatnonzero(~_inside_quotes(data)) + 2
    begins: npt.NDArray[np.int64] = np.r_[1, starts][:records].astype(np.int64)
    return begins if len(begins) == records else np.arange(1, records + 1, dtype=np.int64)


def _pairs(data: bytes) -> int:
    """How many lines end with carriage return and line feed."""
    raw = np.frombuffer(data, dtype=np.uint8)
    ends = (
        (raw[at : at + CHUNK] == 13)[: len(raw) - at - 1] & (raw[at + 1 : at + 1 + CHUNK] == 10)
        for at in range(0, len(raw) - 1, CHUNK)
    )
    return sum(map(int, map(np.count_nonzero, ends)))


def _count(data: bytes, character: str) -> int:
    """How often a frequent character occurs; several times faster than ``bytes.count`` for these."""
    raw = np.frombuffer(data, dtype=np.uint8)
    return sum(
        int(np.count_nonzero(raw[at : at + CHUNK] == ord(character))) for at in range(0, len(raw), CHUNK)
    )
