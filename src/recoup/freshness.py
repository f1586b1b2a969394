"""Whether the sheets still say what the tabs, files and settings say: nobody files by a refresh that is overtaken.

Decisions:
- A refresh remembers a digest of the cells of every report tab and own record, of the names, sizes and times of the
  files it read, and of what people set on Settings, Policy, Reason Codes and Home. Formats and column widths are no
  content; a tab that was only sorted is, since rows are cited by their number.
- A tab whose parts of the file are byte for byte those of the last refresh is not read for this.
- Folders are compared as they are named: after `refresh --reports FOLDER` the same option belongs to what follows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .books.base import Book
from .memory import plain
from .model import RawTable, Record, RecoupError
from .reports import Listing
from .sheets import OWN_RECORDS, REPORT_TABS, TABLES

READ = "read"  # What of the lines of RecoupMemory
_FILES, _SETTINGS = "report files", "settings"
_SET = ("Settings", "Exclusions", "ReportPeriods", "Policy", "ReasonCodes", "HomeReports")


@dataclass(slots=True)
class Digests:
    """Digests of the tabs of one open book, taken while they are read or when they are asked for."""

    book: Book
    memory: Sequence[Record]
    known: dict[str, str] = field(default_factory=dict)

    def take(self, tab: str, tables: Sequence[RawTable]) -> None:
        """Remember what a tab holds, as it was read."""
        self.known[tab] = digest_of(tables)

    def of(self, tab: str) -> str:
        """The digest of a tab; "" for one that holds nothing."""
        if tab not in self.known:
            stamp = self.book.fingerprint(tab)
            same = [
                plain(m.get("Value"))
                for m in self.memory
                if plain(m.get("What")) == READ
                and (plain(m.get("Key")), plain(m.get("Field"))) == (tab, stamp)
                and stamp
            ]
            self.known[tab] = same[0] if same else digest_of([self.book.read_raw(tab)])
        return self.known[tab]


def digest_of(tables: Iterable[RawTable]) -> str:
    """A digest of all cells in their order; "" when there are none."""
    digest, filled = hashlib.sha256(), False
    for table in tables:
        for name in table.cells.columns:
            lengths, letters = _content(table.cells[name])
            if letters:
                filled = True
                digest.update(f"{name} {len(lengths)} ".encode() + lengths + letters)
    return digest.hexdigest()[:32] if filled else ""


def _content(column: pd.Series) -> tuple[bytes, bytes]:
    """The lengths of a column's texts without the blank ones below the last, and the texts one after another."""
    flat = pa.chunked_array(pa.array(column, type=pa.large_string())).combine_chunks()
    lengths = pc.fill_null(pc.binary_length(flat), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    filled = np.flatnonzero(lengths)
    if not len(filled):
        return b"", b""
    ends = np.frombuffer(flat.buffers()[1], np.int64)[flat.offset : flat.offset + len(flat) + 1]
    return lengths[: filled[-1] + 1].tobytes(), bytes(flat.buffers()[2])[ends[0] : ends[-1]]


def read_tabs(book: Book) -> list[str]:
    """The tabs that a refresh reads rows of."""
    return [n for n in book.sheet_names() if n.startswith((*REPORT_TABS, *OWN_RECORDS))]


def freshness_lines(book: Book, digests: Digests, files: Listing) -> list[Record]:
    """Lines of RecoupMemory that say what a refresh read; to be asked for before anything is written."""
    lines = [_line(tab, book.fingerprint(tab), digests.of(tab)) for tab in read_tabs(book)]
    return [*lines, _line(_FILES, "", _files(files)), _line(_SETTINGS, "", _settings(book))]


def _line(key: str, stamp: str, digest: str) -> Record:
    return {"What": READ, "Key": key, "Field": stamp, "Value": digest}


def refuse_stale(book: Book, memory: Sequence[Record], files: Listing) -> None:
    """Raise RecoupError when anything that claims stand on was changed since the last refresh."""
    then = {plain(m.get("Key")): plain(m.get("Value")) for m in memory if plain(m.get("What")) == READ}
    if not then:
        raise RecoupError(
            f"{book.path.name} was not refreshed yet: run `recoup refresh {book.path.name}` first."
        )
    digests = Digests(book, memory)
    now = {tab: digests.of(tab) for tab in read_tabs(book)}
    now |= {_FILES: _files(files), _SETTINGS: _settings(book)}
    changed = _changed(then, now)
    if changed:
        folder = "; give the same --reports folder as to refresh" if _FILES in changed else ""
        raise RecoupError(
            f"{book.path.name}: {', '.join(changed)} changed since the last refresh, so that Claims may be wrong: "
            f"run `recoup refresh {book.path.name}` first{folder}. Nothing was changed."
        )


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [key for key in dict.fromkeys((*now, *then)) if then.get(key, "") != now.get(key, "")]


def _files(files: Listing) -> str:
    stats = [(name, path.stat()) for name, path in files.files]
    seen = sorted((name, s.st_size, s.st_mtime_ns) for name, s in stats)
    return _hash(seen) if seen else ""


def _settings(book: Book) -> str:
    """What people typed into the cells that decide about claims."""
    typed = []
    for name in _SET:
        table = TABLES[name]
        for row in book.read_table(name).records():
            cells = [plain(row.get(h)) for h in table.people]
            if any(cells):
                typed.append([name, *(plain(row.get(h)) for h in table.key), *cells])
    return _hash(sorted(typed))


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]
