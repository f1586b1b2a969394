"""Whether the sheets still say what the tabs, files and settings say: nobody files by a refresh that is overtaken.

Decisions:
- A refresh remembers a digest of the cells of every report tab and own record, of the names, sizes and times of the
  files it read, and of what people set on Settings, Policy, Reason Codes and Home. Formats and column widths are no
  content; a tab that was only sorted is, since rows are cited by their number.
- A tab whose parts of the file are byte for byte those of the last refresh is not read for this. The digest of its
  cells is taken where they are read, and kept with the reading in the cache.
- Folders are compared as they are named: after `refresh --reports FOLDER` the same option belongs to what follows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from .books.base import Book
from .memory import plain
from .model import Record, RecoupError
from .reports import Listing, digest_of
from .sheets import OWN_RECORDS, REPORT_TABS, TABLES

READ = "read"  # What of the lines of RecoupMemory
_FILES, _SETTINGS = "report files", "settings"
_SET = ("Settings", "Exclusions", "ReportPeriods", "Policy", "ReasonCodes", "HomeReports")


def read_tabs(book: Book) -> list[str]:
    """The tabs that a refresh reads rows of."""
    return [n for n in book.sheet_names() if n.startswith((*REPORT_TABS, *OWN_RECORDS))]


def freshness_lines(book: Book, contents: Mapping[str, str], files: Listing) -> list[Record]:
    """Lines of RecoupMemory that say what a refresh read; to be asked for before anything is written.

    ``contents``: tab -> the digest of its cells as they were read.
    """
    lines = [_line(tab, book.fingerprint(tab), contents.get(tab, "")) for tab in read_tabs(book)]
    return [*lines, _line(_FILES, "", _files(files)), _line(_SETTINGS, "", _settings(book))]


def _line(key: str, stamp: str, digest: str) -> Record:
    return {"What": READ, "Key": key, "Field": stamp, "Value": digest}


def refuse_stale(book: Book, memory: Sequence[Record], files: Listing) -> None:
    """Raise RecoupError when anything that claims stand on was changed since the last refresh."""
    lines = [m for m in memory if plain(m.get("What")) == READ]
    then = {plain(m.get("Key")): plain(m.get("Value")) for m in lines}
    if not then:
        raise RecoupError(
            f"{book.path.name} was not refreshed yet: run `recoup refresh {book.path.name}` first."
        )
    stamps = {plain(m.get("Key")): plain(m.get("Field")) for m in lines}
    now = {tab: _content(book, tab, stamps.get(tab, ""), then.get(tab, "")) for tab in read_tabs(book)}
    now |= {_FILES: _files(files), _SETTINGS: _settings(book)}
    changed = _changed(then, now)
    if changed:
        same = "; use the folder of that refresh (Reports folder on Settings, or --reports)"
        folder = same if _FILES in changed else ""
        raise RecoupError(
            f"{book.path.name}: {', '.join(changed)} changed since the last refresh, so that Claims may be wrong: "
            f"run `recoup refresh {book.path.name}` first{folder}. Nothing was changed."
        )


def _content(book: Book, tab: str, stamp: str, then: str) -> str:
    """The digest of a tab's cells; it is only read where its part of the file is another than ``stamp``."""
    return then if stamp and stamp == book.fingerprint(tab) else digest_of(book.read_raw(tab))


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [key for key in dict.fromkeys((*now, *then)) if then.get(key, "") != now.get(key, "")]


def _files(files: Listing) -> str:
    seen = sorted((name, *_size_and_time(path)) for name, path in files.files)
    return _hash(seen) if seen else ""


def _size_and_time(path: Path) -> tuple[int, int]:
    """Of a file that has gone since it was listed: none, so that it counts as changed when it is back."""
    try:
        stat = path.stat()
    except OSError:
        return -1, 0
    return stat.st_size, stat.st_mtime_ns


def _settings(book: Book) -> str:
    """What people typed into the cells that decide about claims."""
    typed = []
    for name in _SET:
        people, key = TABLES[name].people, TABLES[name].key
        for row in book.read_table(name).records():
            cells = [plain(row.get(h)) for h in people]
            if any(cells):
                typed.append([name, *(plain(row.get(h)) for h in key), *cells])
    return _hash(sorted(typed))


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]
