"""Reads a Parquet file as the text that the same report would hold as .txt: its schema is the heading row.

Decisions:
- Columns are named as Amazon heads them (any variant and language) or by Recoup's own names (``fnsku``,
  ``reference_id``); whichever tells more columns of a report stands. Only columns that reading needs are
  unpacked, those about the buyer never.
- A row's number is its place in the file, from 1: there is no heading line. It is the ``line`` of problems and
  of Evidence.
- Whole numbers have no ``.0``, an identifier stored as floating point is named and, past 2**53, refused. Three
  decimals are written as four, since ``1.234`` as text may be a thousand. A zoned time is the time of its zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model import Problem, RawTable
from ._archives import MOST_BYTES, Member
from ._buyers import about_buyer
from ._columns import positions_used
from ._declared import all_reports, fold
from ._grid import text_frame
from ._headings import Heading, recognise, vocabulary

ENDINGS = (".parquet", ".pq")
MOST_ROWS = 20_000_000
MOST_COLUMNS = 2_000
_MAGIC = (b"PAR1", b"PARE")  # PARE: all of it is encrypted
_SURE = 2**53  # from here on floating point numbers skip some of the whole ones
_AGAIN = "write or download the file again"
_FAILED = (pa.ArrowException, OSError, ValueError, KeyError, MemoryError)


class _Refused(Exception):  # noqa: N818
    """(what is wrong, what to do)."""


def is_parquet(data: bytes) -> bool:
    """Whether these bytes begin as a Parquet file does."""
    return data.startswith(_MAGIC)


def read_parquet(member: Member, digest: str) -> RawTable:
    """The table of one file; one without rows, with the problem, when it cannot be read."""
    try:
        return _read(member, digest)
    except _Refused as refused:
        what, remedy = refused.args
    except _FAILED as error:
        locked = member.data.startswith(b"PARE") or "encrypt" in str(error).lower()
        what = "an encrypted Parquet file" if locked else "a damaged or unfinished Parquet file"
        remedy = "write it without encryption" if locked else _AGAIN
    problem = Problem("error", member.name, what, remedy)
    return RawTable(member.name, "file", pd.DataFrame(), np.array([], dtype=np.int64), digest, (problem,))


def _read(member: Member, digest: str) -> RawTable:
    from pyarrow.parquet import ParquetFile  # 60 ms that most runs do not need

    schema = ParquetFile(pa.BufferReader(member.data)).schema_arrow
    names = schema.names
    if len(names) > MOST_COLUMNS:
        raise _Refused(f"{len(names):,} columns; no report has that many", "write only the report's columns")
    texts, heading = _heading(names)
    keep = _kept(texts, heading)
    for index in keep:
        _refuse_layout(schema, index)
    file = ParquetFile(
        pa.BufferReader(member.data),
        read_dictionary=[names[i] for i in keep if _holds_text(schema.field(i).type)],
        page_checksum_verification=True,
    )
    _refuse_unreasonable(file, {names[i] for i in keep})
    columns, problems = [], []
    for index in keep:
        column = file.read(columns=[names[index]]).column(0)
        if _is_loose_id(heading, index, column):
            problems.append(_loose_id(member.name, texts[index]))
        columns.append(_under(texts[index], _text(column, names[index])))
    if not columns:
        raise _Refused(
            "no column of a report that Recoup knows; nothing was read", "name the columns as Amazon does"
        )
    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    rows = np.arange(table.num_rows, dtype=np.int64)  # the heading is row 0
    return RawTable(member.name, "file", text_frame(table), rows, digest, tuple(problems))


def _heading(names: Sequence[str]) -> tuple[list[str], Heading | None]:
    """The names as headers, and the heading they make: as they stand, or taken for Recoup's own names."""
    best, found = list(names), recognise(names)
    for report in all_reports().values():
        own = {c.name: c.headers[0] for c in report.columns if c.headers and c.kind != "present"}
        if sum(name in own for name in names) > _worth(found)[1]:
            texts = [own.get(name, name) for name in names]
            heading = recognise(texts)
            if heading is not None and _worth(heading) > _worth(found):
                best, found = texts, heading
    return best, found


def _worth(heading: Heading | None) -> tuple[bool, int]:
    return (False, 0) if heading is None else (heading.readable, len(heading.columns))


def _kept(texts: Sequence[str], heading: Heading | None) -> list[int]:
    """Where the columns stand that are read; of an unknown table those that any report has."""
    report = heading.report if heading is not None else None
    if heading is not None and report is not None:
        wanted = {fold(texts[i]) for i in positions_used(report, heading)}
        wanted |= {fold(h) for c in report.columns if c.kind == "present" for h in c.headers}
    else:
        wanted = set(vocabulary())
    also = report.buyer if report is not None else ()
    return [i for i, text in enumerate(texts) if fold(text) in wanted and not about_buyer(text, also)]


def _refuse_unreasonable(file: Any, names: set[str]) -> None:
    """Few bytes can stand for very many rows: what unpacks to more than a text file may hold is not read."""
    meta = file.metadata
    size = sum(
        column.total_uncompressed_size
        for group in (meta.row_group(g) for g in range(meta.num_row_groups))
        for column in (group.column(c) for c in range(group.num_columns))
        if column.path_in_schema.split(".")[0] in names or column.path_in_schema in names
    )
    if meta.num_rows > MOST_ROWS or size > MOST_BYTES:
        raise _Refused("unpacks to an unreasonable size; not read", "write it as one file per month")


def _refuse_layout(schema: pa.Schema, index: int) -> None:
    """A column that needs reading stands once, and holds one value per cell."""
    name, kind = schema.names[index], schema.field(index).type
    times = schema.names.count(name)
    if times > 1:
        raise _Refused(f"{times} columns are named {name}", "give each column a name of its own")
    if pa.types.is_nested(kind):
        raise _Refused(
            f"{name} is a nested column ({kind}); nothing was read", "write one value into each cell"
        )


@dataclass(frozen=True, slots=True)
class _Distinct:
    """A column by its distinct values, each written once."""

    values: pa.Array
    indices: list[pa.Array]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> _Distinct:
        coded = column.dictionary_encode().unify_dictionaries()
        values = coded.chunk(0).dictionary if coded.num_chunks else pa.array([], column.type)
        return cls(values, [chunk.indices for chunk in coded.chunks])

    def written(self, texts: Sequence[str]) -> pa.ChunkedArray:
        """The column with these texts for its values, missing ones blank."""
        spelt = pa.array(texts, pa.large_string())
        chunks = [pc.fill_null(spelt.take(indices), "") for indices in self.indices]
        return pa.chunked_array(chunks, pa.large_string())


def _text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Any plain type as large_string, "" for null."""
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind) and not _holds_text(kind.value_type):
        column = column.cast(kind.value_type)
        kind = column.type
    if is_.is_null(kind):
        return pa.chunked_array([pa.repeat(pa.scalar("", pa.large_string()), len(column))])
    if is_.is_floating(kind):
        distinct = _Distinct.of(column)
        return distinct.written([_float(v) for v in distinct.values.to_numpy(zero_copy_only=False)])
    if is_.is_decimal(kind):
        distinct = _Distinct.of(column)
        return distinct.written([_number(f"{v:f}") for v in distinct.values.to_pylist()])
    if is_.is_timestamp(kind):
        return _blank_nulls(_moment(column).cast(pa.large_string()), " 00:00:00$")
    if is_.is_date(kind):
        return _blank_nulls(column.cast(pa.date32()).cast(pa.large_string()))
    if is_.is_integer(kind) or is_.is_boolean(kind) or is_.is_time(kind):
        return _blank_nulls(column.cast(pa.large_string()))
    if _holds_text(kind.value_type if is_.is_dictionary(kind) else kind):
        return _plain_text(column, name)
    raise _Refused(f"{name} holds {kind}, which is no cell of a report; nothing was read", "write it as text")


def _holds_text(kind: pa.DataType) -> bool:
    is_ = pa.types
    return bool(
        is_.is_string(kind)
        or is_.is_large_string(kind)
        or is_.is_string_view(kind)
        or is_.is_binary(kind)
        or is_.is_binary_view(kind)
        or is_.is_large_binary(kind)
    )


def _plain_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Text of any layout; what a short dictionary unpacks to is measured before."""
    size = 0
    for chunk in column.chunks if pa.types.is_dictionary(column.type) else ():
        lengths = pc.binary_length(chunk.dictionary.cast(pa.large_binary()))
        size += pc.sum(pc.cast(lengths.take(chunk.indices), pa.int64())).as_py() or 0
    if size > MOST_BYTES:
        raise _Refused("unpacks to an unreasonable size; not read", "write it as one file per month")
    try:
        texts = column.cast(pa.large_string())
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raise _Refused(
            f"{name} holds bytes that are no UTF-8 text; nothing was read", "write it as text"
        ) from None
    return _blank_nulls(texts)


def _blank_nulls(texts: pa.ChunkedArray, without: str = "") -> pa.ChunkedArray:
    if without:
        texts = pc.replace_substring_regex(texts, without, "")
    return pc.fill_null(texts, "") if texts.null_count else texts


def _moment(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A time without its zone, as clocks of that zone showed it, in whole seconds."""
    zone = column.type.tz
    if zone and zone.upper() not in ("UTC", "Z", "ETC/UTC", "+00:00"):
        local = column.to_pandas().dt.tz_localize(None)  # pandas has its own zones, Arrow not everywhere
        column = pa.chunked_array([pa.array(local)])
    return column.cast(pa.timestamp(column.type.unit)).cast(pa.timestamp("s"), safe=False)


def _float(value: Any) -> str:
    if np.isnan(value):
        return ""
    if abs(value) >= _SURE:  # as Excel shows digits that are lost
        return f"{value:.15e}"
    return _number(np.format_float_positional(value, trim="-"))


def _number(text: str) -> str:
    """Digits and a decimal point, no needless zeros, and never three decimals."""
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) == 3:
        decimals += "0"
    return f"{whole}.{decimals}" if decimals else "0" if whole == "-0" else whole


def _under(header: str, cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([header], pa.large_string()), *cells.chunks], pa.large_string())


def _is_loose_id(heading: Heading | None, index: int, column: pa.ChunkedArray) -> bool:
    """An identifier kept as floating point numbers, some of them filled."""
    kinds = (
        {}
        if heading is None or heading.report is None
        else {place: heading.report.column(name).kind for name, place in heading.columns.items()}
    )
    filled = pa.types.is_floating(column.type) and pc.any(pc.is_finite(column)).as_py()
    return kinds.get(index) == "id" and bool(filled)


def _loose_id(name: str, header: str) -> Problem:
    text = f"{header} is stored as floating point numbers: zeros in front and digits past the 15th are lost"
    return Problem("warning", name, text, "write the column as text (pandas: dtype=str)", header)
