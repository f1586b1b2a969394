"""Reads report files and folders into uninterpreted tables, whatever their extension, encoding or delimiter."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TypeVar

import fastexcel
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model import Problem, RawTable
from ..untrusted import Unreadable, open_sheets, reading_cells
from ._archives import Member, is_workbook, open_members, unpack
from ._delimited import NoLines, parse
from ._encodings import to_utf8
from ._folders import Listing, list_files
from ._grid import FileTable, text_frame
from ._parquet import ENDINGS, is_parquet, read_parquet
from ._sources import Source
from ._workbooks import unreadable

LARGE = 1 << 22  # bytes: a smaller file is Python's work, of which only one thread at a time can do some
Progress = Callable[[str, int, int], None]  # file about to be read, files done, files in all

_Item = TypeVar("_Item")
_PAGE = re.compile(rb"^\s*<(!doctype html|html|\?xml|head|body|error)", re.IGNORECASE)


def read_files(paths: Sequence[str | PathLike[str]], progress: Progress | None = None) -> list[RawTable]:
    """Every table in these files and folders: one per text file, one per filled sheet of a workbook.

    What cannot be read is a table without rows that carries the problem. Nothing is raised for bad content.
    """
    listing = list_files([Path(p) for p in paths])
    return [table for source in file_sources(listing, progress) for table in source.load()]


def file_sources(listing: Listing, progress: Progress | None = None) -> Iterator[Source]:
    """The files of a listing one by one, each to be parsed when it is asked for.

    One that has gone since it was listed is a source that says so.
    """
    files = listing.files
    for problem in listing.problems:
        yield Source(problem.where, "", partial(iter, [_without_rows(problem.where, "", problem)]))
    shown = -1
    for done, source in _ahead(_opened(files)):
        if progress is not None and done > shown:
            progress(files[done][0], done, len(files))
            shown = done
        yield source
    if progress is not None and files:
        progress("", len(files), len(files))


def _opened(files: Sequence[tuple[str, Path]]) -> Iterator[tuple[int, Source]]:
    """Every member of the files, with the place of its file."""
    for place, (name, path) in enumerate(files):
        for member in open_members(name, path):
            yield place, _source(member)


def _ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items; the next one is made while one is worked on."""
    with ThreadPoolExecutor(1) as maker:
        item = maker.submit(next, items, None).result()
        while item is not None:
            following = maker.submit(next, items, None)
            yield item
            item = following.result()


def read_bytes(name: str, data: bytes) -> list[RawTable]:
    """The tables of one file (or archive) given as bytes."""
    return [table for member in unpack(name, data) for table in _source(member).load()]


def _source(member: Member) -> Source:
    digest = "" if member.problem else hashlib.sha256(member.data).hexdigest()
    return Source(member.name, digest, partial(_tables, member, digest), apart=len(member.data) > LARGE)


def _tables(member: Member, digest: str) -> Iterator[RawTable]:
    if member.problem is not None:
        yield _without_rows(member.name, "", member.problem)
        return
    page = None if is_parquet(member.data) else _page(member)
    if page is not None:
        yield _without_rows(member.name, digest, page)
    elif is_parquet(member.data) or member.name.lower().endswith(ENDINGS):
        yield read_parquet(member, digest)
    elif is_workbook(member.data):
        yield from _sheets(member, digest)
    else:
        yield _text(member, digest)


def _page(member: Member) -> Problem | None:
    """An empty file, a web page or a plain error message that was saved instead of the report."""
    data = member.data.lstrip(b"\xef\xbb\xbf")
    if not data or data.isspace():
        return Problem("error", member.name, "the file is empty", "download the report again")
    if _PAGE.match(data[:500]):
        text = "a web page (sign-in or error page) saved instead of the report"
        return Problem("error", member.name, text, "sign in to Seller Central and download the report again")
    if (
        len(data) < 2_000
        and len(data.split(b"\n")) <= 3
        and not re.search(rb"[\t;]|,.*,.*,", data)
        and b"\0" not in data
    ):
        message = " ".join(data.decode("utf-8", "replace").split())[:80]
        text = f"a message instead of a report: {message}"
        return Problem("error", member.name, text, "request the report again in Seller Central")
    return None


def _text(member: Member, digest: str) -> RawTable:
    data, encoding, lost = to_utf8(member.data)
    try:
        grid = parse(data)
    except NoLines as error:
        text = f"no text in lines ({error}); nothing was read"
        return _without_rows(
            member.name, digest, Problem("error", member.name, text, "download the report again")
        )
    problems: tuple[Problem, ...] = ()
    if lost:
        text = f"{lost} characters could not be read as {encoding}"
        problems = (Problem("warning", member.name, text, "download the report again"),)
    return FileTable(member.name, "file", grid.cells, grid.lines, digest, problems, grid.widths)


def _sheets(member: Member, digest: str) -> Iterator[RawTable]:
    """Each filled sheet as text: numbers without loss, dates as ISO, error cells as ``#N/A``."""
    problem = unreadable(member.name, member.data)
    if problem is not None:
        yield _without_rows(member.name, digest, problem)
        return
    try:
        reader = open_sheets(member.data)
        with reading_cells():
            tables = [(name, _sheet(reader, name)) for name in reader.sheet_names]
    except Unreadable:
        problem = Problem(
            "error", member.name, "a workbook that cannot be read", "save it as .xlsx without a password"
        )
        yield _without_rows(member.name, digest, problem)
        return
    filled = [(name, cells) for name, cells in tables if len(cells)]
    if not filled:
        yield _without_rows(
            member.name, digest, Problem("error", member.name, "the workbook is empty", "download it again")
        )
    for name, cells in filled:
        shown = member.name if len(filled) == 1 else f"{member.name} [{name}]"
        yield RawTable(shown, "file", cells, np.arange(1, len(cells) + 1, dtype=np.int64), digest)


def _sheet(reader: fastexcel.ExcelReader, name: str) -> pd.DataFrame:
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    columns = [pc.fill_null(c.cast(pa.large_string()), "") for c in batch.columns]
    places = [error.position for error in errors.errors] if errors is not None else []
    for column in {column for _, column in places}:
        texts = columns[column].to_pylist()
        for row in (row for row, at in places if at == column):
            texts[row] = "#N/A"
        columns[column] = pa.array(texts, pa.large_string())
    return text_frame(pa.table(columns, names=[str(i) for i in range(len(columns))]))


def _without_rows(name: str, digest: str, problem: Problem) -> RawTable:
    return RawTable(name, "file", pd.DataFrame(), np.array([], dtype=np.int64), digest, (problem,))
