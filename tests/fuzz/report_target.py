"""Fuzz target: the report reader on any bytes. It never raises, loses no row in silence and keeps its promises."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recoup import reports
from recoup.model import LONGEST_SENTENCE, Problem, RawTable
from recoup.reports import _delimited
from recoup.reports._grid import CODED, TEXT, Grid, encode
from recoup.reports._importable import importable
from recoup.reports._rows import filled_rows, tab_rows
from report_samples import samples

NAME = "fuzz.txt"
_SEED_BYTES = 12_000


def seeds() -> Iterator[bytes]:
    """The sample exports of every report, and the files of a simulated seller cut to their first lines."""
    yield from (path.read_bytes()[:_SEED_BYTES] for path in samples())
    yield from _simulated()


def _simulated() -> Iterator[bytes]:
    import tempfile
    from datetime import date
    from pathlib import Path

    from recoup.simulator import simulate

    with tempfile.TemporaryDirectory() as folder:
        for path in simulate(7, as_of=date(2026, 11, 15)).write(Path(folder)):
            yield b"\n".join(path.read_bytes().split(b"\n")[:25])[:_SEED_BYTES]


def check(data: bytes) -> None:
    """Read a file with this content and check what comes out; the content decides in which of four ways.

    Raises AssertionError, or what the reader raised.
    """
    tables = reports.read_bytes(NAME, data)
    assert tables, "a file left no trace"
    _check_tables(tables, data)
    (_check_read, _check_as_tab, _check_rows_of_tab, _check_import)[crc32(data) % 4](tables)


def _tabs(tables: list[RawTable]) -> list[RawTable]:
    return [RawTable("Inventory Ledger", "sheet", t.cells, t.rows) for t in tables]


def _check_as_tab(tables: list[RawTable]) -> None:
    _check_read(_tabs(tables))


def _check_rows_of_tab(tables: list[RawTable]) -> None:
    for tab in _tabs(tables):
        assert all(e.export.rows_read >= len(e.days) for e in tab_rows(tab))
        assert len(filled_rows(tab)) <= len(tab.rows)


def _check_import(tables: list[RawTable]) -> None:
    for table in tables:
        found, problems = importable(table, all_columns=True)
        _check_problems(problems)
        assert all(isinstance(cell, str) for f in found for row in f.rows for cell in row)
        assert all(len(row) == len(f.rows[0]) for f in found for row in f.rows)


def _check_tables(tables: list[RawTable], data: bytes) -> None:
    for table in tables:
        assert len(table.cells) == len(table.rows)
        assert len(table.cells.columns) <= _delimited.MOST_COLUMNS or len(data) < 4 * len(table.cells.columns)
        assert not len(table.cells) or all(d in (TEXT, pd.ArrowDtype(CODED)) for d in table.cells.dtypes)
        for index in range(len(table.cells.columns)):
            texts = encode(pa.array(table.cells.iloc[:, index].array)).texts
            assert texts.null_count == 0 and pc.count_distinct(texts).as_py() == len(texts), "each text once"
        assert not len(table.cells) or not table.cells.isna().to_numpy().any()
        assert (pd.Series(table.rows).diff().dropna() > 0).all(), "line numbers go up"


def _check_read(tables: list[RawTable]) -> None:
    read = reports.read(tables)
    _check_problems(read.problems)
    for export in read.exports:
        assert export.rows_read == export.rows_used + sum(export.skipped.values()), export
        assert min(export.rows_used, *export.skipped.values(), 0) >= 0, export
    for name, report in reports.all_reports().items():
        frame = read.frames[name]
        assert len(frame) == sum(e.rows_used for e in read.exports if e.report == name), name
        for column in report.columns if len(frame) else ():
            if column.kind in ("id", "text", "value"):
                assert frame[column.name].dtype == TEXT, (name, column.name)
                assert not frame[column.name].isna().any(), (name, column.name)
    assert any(len(f) for f in read.frames.values()) or read.exports or read.problems or _is_blank(tables)


def _is_blank(tables: list[RawTable]) -> bool:
    return all(Grid(table).blank_rows().all() for table in tables if len(table.cells))


def _check_problems(problems: list[Problem]) -> None:
    for problem in problems:
        assert problem.severity in ("error", "warning", "note")
        assert problem.where and problem.problem and problem.remedy, problem
        assert len(problem.problem) <= LONGEST_SENTENCE, problem.problem[:200]
        f"{problem}".encode()
