"""Finds the report files in a folder and its subfolders, and says which files there are none.

Never a report: hidden and lock files, backups, unfinished downloads, and workbooks of Recoup itself, wherever they
lie and whatever they are called. Links to folders are not followed.
"""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..model import Problem
from ._archives import READABLE

UNFINISHED = {".crdownload", ".download", ".opdownload", ".part", ".partial", ".tmp"}
MOST_FILES = 20_000  # looked at in one folder: a folder of reports holds no more
_SILENT = {"desktop.ini", "thumbs.db"}
_BACKUPS = "Recoup backups"  # not looked into at all; a copy elsewhere is known by its content
_SHOWN = 5


@dataclass(slots=True)
class Listing:
    """What was named, the report files there with the name to show, and what was passed over."""

    named: list[Path] = field(default_factory=list)
    files: list[tuple[str, Path]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    too_many: bool = False


def list_files(paths: Sequence[Path]) -> Listing:
    """Files by name: those named as they are, of folders the readable ones below them, sorted."""
    return join_listings(map(_list_path, paths))


def join_listings(listings: Iterable[Listing]) -> Listing:
    """One listing of all; a name that stands for several files gives way to their paths."""
    joined = Listing()
    for listing in listings:
        joined.named += listing.named
        joined.files += listing.files
        joined.problems += listing.problems
        joined.too_many |= listing.too_many
    times = Counter(name for name, _ in joined.files)
    joined.files = [(n if times[n] == 1 else p.as_posix(), p) for n, p in joined.files]
    return joined


def _list_path(path: Path) -> Listing:
    listing = Listing([path])
    if path.is_dir():
        _list_folder(path, listing)
    elif is_recoup_book(path):
        text = "a workbook of Recoup, not a report; not read"
        listing.problems.append(Problem("error", path.name, text, "name the report files"))
    else:
        listing.files.append((path.name, path))
    return listing


def _list_folder(folder: Path, listing: Listing) -> None:
    found: list[Path] = []
    unfinished: list[str] = []
    others: list[str] = []
    closed: list[str] = []
    looked = 0
    for place, below, names in os.walk(folder, onerror=lambda e: closed.append(str(e.filename))):
        below[:] = sorted(b for b in below if not b.startswith(".") and b not in (_BACKUPS, "__MACOSX"))
        looked += len(names)
        if looked > MOST_FILES:
            listing.too_many = True
            break
        for name in names:
            path = Path(place, name)
            if name.startswith((".", "~$")) or name.lower() in _SILENT:
                continue
            if path.suffix.lower() in UNFINISHED:
                unfinished.append(name)
            elif path.suffix.lower() in READABLE and path.is_file() and not is_recoup_book(path):
                found.append(path)
            else:
                others.append(name)
    listing.files += [(p.relative_to(folder).as_posix(), p) for p in sorted(found)]
    listing.problems += _passed_over(folder.name or str(folder), unfinished, others, closed)


def _passed_over(folder: str, unfinished: list[str], others: list[str], closed: list[str]) -> list[Problem]:
    problems = []
    if closed:
        text = f"{_named(closed)} cannot be opened; what lies there was not read"
        problems.append(Problem("error", folder, text, "ask for the right to read it, then refresh"))
    if unfinished:
        text = f"unfinished downloads, not read: {_named(unfinished)}"
        remedy = "let them finish or download them again, then refresh"
        problems.append(Problem("warning", folder, text, remedy, rows=len(unfinished)))
    if others:
        text = f"not reports, not read: {_named(others)}"
        problems.append(Problem("note", folder, text, "nothing; or save them as .txt, .csv or .xlsx"))
    return problems


def _named(names: list[str]) -> str:
    shown = ", ".join(sorted(names)[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown


def is_recoup_book(path: Path) -> bool:
    """Whether a file is a workbook of Recoup: its hidden sheet tells, whatever the file is called."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return False
    try:
        with zipfile.ZipFile(path) as package, package.open("xl/workbook.xml") as part:
            return b'"_Recoup"' in part.read(1 << 20)
    except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError):
        return False
