"""Remembers in the user's cache folder what was read, so that an unchanged report is not read twice.

A reading is found by the SHA-256 of the report's content, its name and the code that read it, never by place, date
or size; each file ends with its own SHA-256 and is thrown away when that is wrong. The folder may be deleted at any
time; the readings used last are kept, up to MOST_BYTES. It holds what the frames hold: no buyer columns.
RECOUP_CACHE names another folder, or is ``off``.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache
from pathlib import Path

import pandas as pd
import platformdirs
import pyarrow as pa
from pydantic import TypeAdapter, ValidationError

from . import reports
from .model import Problem
from .reports import BlockRead, Export, Reading, Source, text_series

MOST_BYTES = 2 << 30
LEAST_ROWS = 2_000  # a smaller report is read as fast as it is found
_DIGEST = hashlib.sha256().digest_size
_SIZE = struct.Struct("<Q")
_FACTS = TypeAdapter(tuple[list[Problem], list[tuple[Export, list[Problem]]], str])


def user_cache() -> FrameCache | None:
    """The cache of the user, None when RECOUP_CACHE is ``off``."""
    chosen = os.environ.get("RECOUP_CACHE", "")
    if chosen.casefold() == "off":
        return None
    return FrameCache(Path(chosen or platformdirs.user_cache_path("recoup")) / "readings")


class FrameCache:
    """A folder of readings; a ``reports.Shelf``. Whatever goes wrong with it, the report is read anew."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, least_rows: int = LEAST_ROWS) -> None:
        self.folder, self._most_bytes, self._least_rows = folder, most_bytes, least_rows
        self._waiting: list[tuple[Path, bytes, list[pd.DataFrame]]] = []
        self._writer, self._writing = ThreadPoolExecutor(1), list[Future[None]]()

    def find(self, source: Source) -> Reading | None:
        """What was read of that very content before, or None."""
        path = self._path(source)
        with suppress(OSError):
            data = path.read_bytes()
            os.utime(path)
            content = memoryview(data)[:-_DIGEST]
            if hashlib.sha256(content).digest() == data[-_DIGEST:]:
                return _unpack(content)
            path.unlink()
        return None

    def keep(self, source: Source, reading: Reading) -> None:
        """Remember it as it is now, and write it later: while reports are read, both cores have work enough."""
        if sum(block.export.rows_read for block in reading.blocks) < self._least_rows:
            return
        exports = [(b.export, b.problems) for b in reading.blocks]
        facts = _FACTS.dump_json((reading.problems, exports, reading.content))
        frames = [
            b.frame.copy(deep=False) for b in reading.blocks
        ]  # pandas copies what either of them changes
        self._waiting.append((self._path(source), facts, frames))

    def put_away(self) -> None:
        """Write all that was kept, beside the work that follows."""
        while self._waiting:
            self._writing.append(self._writer.submit(self._write, *self._waiting.pop(0)))

    def finish(self) -> None:
        """Wait until all is written, then let go of what was not used for longest."""
        self.put_away()
        if self._writing:
            wait(self._writing)
            self._writing.clear()
            with suppress(OSError):
                self._prune()

    def _write(self, path: Path, facts: bytes, frames: Sequence[pd.DataFrame]) -> None:
        """One reading, in one step."""
        tables = [pa.Table.from_pandas(frame, preserve_index=False) for frame in frames]
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
            try:
                with os.fdopen(handle, "wb") as file:
                    digest = hashlib.sha256()
                    for piece in _pack(facts, tables):
                        digest.update(piece)
                        file.write(piece)
                    file.write(digest.digest())
                Path(name).replace(path)
            finally:
                Path(name).unlink(missing_ok=True)

    def _path(self, source: Source) -> Path:
        parts = (source.digest, source.name, _reader())
        return self.folder / hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def _prune(self) -> None:
        kept = sorted(((f.stat(), f) for f in self.folder.iterdir()), key=lambda p: -p[0].st_mtime)
        size = 0
        for status, path in kept:
            size += status.st_size
            if size > self._most_bytes:
                path.unlink(missing_ok=True)


@cache
def _reader() -> str:
    """Names the code that reads: another version of it reads anew."""
    digest = hashlib.sha256(f"{pd.__version__} {pa.__version__}".encode())
    for module in sorted(Path(reports.__path__[0]).glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def _pack(facts: bytes, tables: Sequence[pa.Table]) -> Iterator[bytes | pa.Buffer]:
    """The facts as JSON, then each table in Arrow's file format, every part with its size before it."""
    yield from _sized(facts)
    for table in tables:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
            file.write_table(table)
        yield from _sized(sink.getvalue())


def _sized(part: bytes | pa.Buffer) -> Iterator[bytes | pa.Buffer]:
    yield _SIZE.pack(len(part) if isinstance(part, bytes) else part.size)
    yield part


def _unpack(content: memoryview) -> Reading | None:
    facts, *frames = _parts(content)
    try:
        problems, blocks, digest = _FACTS.validate_json(bytes(facts))
    except ValidationError:
        return None
    found = [
        BlockRead(_frame(part), export, mine) for part, (export, mine) in zip(frames, blocks, strict=True)
    ]
    return Reading(found, problems, digest)


def _parts(content: memoryview) -> Iterator[memoryview]:
    at = 0
    while at < len(content):
        (size,) = _SIZE.unpack_from(content, at)
        at += _SIZE.size
        yield content[at : at + size]
        at += size


def _frame(part: memoryview) -> pd.DataFrame:
    table = pa.ipc.open_file(pa.py_buffer(part)).read_all()
    return pd.DataFrame({name: _series(table.column(name)) for name in table.column_names})


def _series(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_large_string(column.type):
        return text_series(column)
    values = column.to_numpy()
    return pd.Series(values if values.flags.writeable else values.copy())
