"""Parses delimited text into a grid: delimiter and quoting are decided from the content."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ._grid import CODED, text_frame
from ._headings import headers_among
from ._lines import Lines

DELIMITERS = ("\t", ",", ";")
BLOCK = 1 << 22  # bytes that one thread parses at a time
HEAD_BYTES = 200_000
HEAD_LINES = 200
MOST_COLUMNS = 200
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
    wrapped: bool = False  # fields stand in quotes that do not add up: they are taken off afterwards


def parse(data: bytes) -> Delimited:
    """The grid of UTF-8 text; blank lines are rows too, so that line numbers stay true. Raises ``NoLines``."""
    lines = Lines(data).with_one_kind_of_end()
    head = lines.data[:HEAD_BYTES].decode("utf-8", "replace").splitlines()[:HEAD_LINES]
    try:
        style, table, odd = _best_reading(lines, _style(head))
    except pa.ArrowInvalid as error:
        raise NoLines(f"lines of more than {LONGEST_LINE >> 20} MB, or quotes over the whole file") from error
    return _assemble(table, odd, style, lines.starts(len(odd) + table.num_rows, style.quoted))


def _style(head: list[str]) -> _Style:
    """Delimiter by the headers it lays bare, else by the even number of cells; width is the commonest."""

    def score(delimiter: str) -> tuple[int, int, int]:
        if not any(delimiter in line for line in head):
            return 0, 0, 1
        rows = [row for line in head if len(row := _cells(line, _Style(delimiter, 0, True))) > 1]
        if not rows:
            return 0, 0, 1
        widths = [len(row) for row in rows]
        known = headers_among(list(chain.from_iterable(rows)))
        headers = int(np.add.reduceat(known, np.cumsum([0, *widths[:-1]]), dtype=np.int64).max())
        common = max(set(widths), key=widths.count)
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


def _best_reading(lines: Lines, style: _Style) -> tuple[_Style, pa.Table, list[_Odd]]:
    """Quoting is trusted when the quotes add up; else the reading that spoils fewer lines wins.

    A reading spoils the lines whose number of cells is odd and those that a stray quote swallows.
    """
    if _quotes_add_up(lines, style):
        return style, *_records(lines, style)
    if style.delimiter == "\t" and (table := _well_quoted(lines, style)) is not None:
        return style, table, []
    plain = replace(style, quoted=False, wrapped=style.delimiter == "\t")
    best, least = None, lines.number + 1
    for tried in (plain, style) if plain.wrapped else (style, plain):
        try:
            table, odd = _records(lines, tried)
        except pa.ArrowInvalid:
            continue
        spoilt = int(lines.number - table.num_rows)
        if spoilt < least:
            best, least = (tried, table, odd), spoilt
        if not spoilt:
            break
    return best or (style, *_records(lines, style))


def _quotes_add_up(lines: Lines, style: _Style) -> bool:
    if not style.quoted or b'"' not in lines.data:
        return True
    if style.delimiter == "\t":
        return lines.count('"') == 2 * (lines.count("\t") + lines.number)
    return lines.count('"') % 2 == 0 and not lines.has_ends_in_quotes


def _well_quoted(lines: Lines, style: _Style) -> pa.Table | None:
    """The table of a file whose fields all stand in quotes, those inside them doubled; None where one does not.

    A quote too many in a field ends it early, and what is left of it is text with quotes that were not doubled:
    then there are fewer in the file than two for each field and two for each one read.
    """
    try:
        table = _arrow(lines.data, style, False, None)
    except pa.ArrowInvalid:
        return None
    inside = sum(_quotes(piece) for column in table.columns for piece in column.chunks)
    accounted = lines.count('"') == 2 * (table.num_rows * table.num_columns + inside)
    return table if accounted and table.num_rows == lines.number else None


def _quotes(cells: pa.DictionaryArray) -> int:
    """How many quotes these cells hold."""
    held = pc.count_substring(cells.dictionary, '"').to_numpy()
    if not held.any():
        return 0
    return int(held @ np.bincount(cells.indices, minlength=len(held)))


def _records(lines: Lines, style: _Style) -> tuple[pa.Table, list[_Odd]]:
    """The records with the common number of cells, and the others."""
    if lines.data.isspace():
        return pa.table({}), []
    embedded = style.quoted and lines.has_ends_in_quotes
    try:
        return _arrow(lines.data, style, embedded, None), []
    except pa.ArrowInvalid:
        odd: list[_Odd] = []
        return _arrow(lines.data, style, embedded, odd), odd


def _arrow(data: bytes, style: _Style, embedded: bool, odd: list[_Odd] | None) -> pa.Table:
    """Arrow's reader on all cores for what is large; with ``odd``, on one core, which alone numbers the odd records."""
    names = [str(i) for i in range(style.width)]

    def keep(row: arrow_csv.InvalidRow) -> str:
        if odd is not None:
            odd.append(_Odd(row.number - 1, row.text))
        return "skip"

    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            column_names=names,
            use_threads=odd is None and len(data) > BLOCK,
            block_size=max(BLOCK, _longest(data)),
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
            column_types=dict.fromkeys(names, CODED), strings_can_be_null=False, check_utf8=False
        ),
    )


def _longest(data: bytes) -> int:
    """A block must hold a whole line: where the first one is long, all may be."""
    return min(len(data) + 1, LONGEST_LINE) if data.find(b"\n", 0, 1 << 22) < 0 else 0


def _assemble(table: pa.Table, odd: list[_Odd], style: _Style, lines: npt.NDArray[np.int64]) -> Delimited:
    total = table.num_rows + len(odd)
    widths = np.full(total, style.width, dtype=np.int32)
    if odd:
        cells = [_cells(o.text, style) for o in odd]
        widths[[o.position for o in odd]] = [len(c) for c in cells]
        table = _weave(table, odd, cells)
    columns = table.unify_dictionaries().columns
    if not style.quoted:
        columns = [_unquoted(column, style.wrapped) for column in columns]
    return Delimited(text_frame(pa.table(columns, names=table.column_names)), lines, widths)


def _weave(table: pa.Table, odd: list[_Odd], cells: list[list[str]]) -> pa.Table:
    """The odd records put back in their places; cells beyond MOST_COLUMNS are joined into the last one."""
    width = min(max(table.num_columns, *(len(c) for c in cells)), MOST_COLUMNS)
    padded = [[*c[: width - 1], " ".join(c[width - 1 :])] + [""] * (width - len(c)) for c in cells]
    odd_columns = [pa.array([row[i] for row in padded], CODED) for i in range(width)]
    positions = np.array([o.position for o in odd])
    total = table.num_rows + len(odd)
    order = np.empty(total, dtype=np.int64)
    is_odd = np.zeros(total, dtype=bool)
    is_odd[positions] = True
    order[~is_odd] = np.arange(table.num_rows)
    order[is_odd] = table.num_rows + np.arange(len(odd))
    blank = pa.repeat(pa.scalar("", pa.large_string()), table.num_rows).dictionary_encode()
    columns = []
    for index in range(width):
        regular = table.column(index).chunks if index < table.num_columns else [blank]
        columns.append(pa.concat_arrays([*regular, odd_columns[index]]).take(pa.array(order)))
    return pa.table(columns, names=[str(i) for i in range(width)])


def _unquoted(cells: pa.ChunkedArray, wrapped: bool) -> pa.ChunkedArray:
    """Cells of a file read without quoting lose their quotes when these are well formed, or all are wrapped."""
    if not cells.num_chunks or not pc.any(pc.starts_with(cells.chunk(0).dictionary, '"')).as_py():
        return cells
    bare = _without_quotes(cells.chunk(0).dictionary, wrapped).dictionary_encode()
    pieces = [
        pa.DictionaryArray.from_arrays(bare.indices.take(piece.indices), bare.dictionary)
        for piece in cells.chunks
    ]
    return pa.chunked_array(pieces)


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
