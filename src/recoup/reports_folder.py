"""The folder that report files are read from in place: what Settings says, or what was named instead."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from .books.base import Book
from .memory import plain
from .model import Problem, RecoupError
from .reports import Listing, join_listings, list_files

FOLDER_ROW = "Reports folder"  # of Settings
ROW = f"Settings, {FOLDER_ROW}"
_REMEDY = "correct the row Reports folder on Settings, or clear it"
_WEB = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def typed_folder(book: Book) -> str:
    """What stands in the row Reports folder of Settings, without the quotes of a copied path; "" for nothing."""
    rows = {plain(r.get("Name")): plain(r.get("Value")) for r in book.read_table("Settings").records()}
    return rows.get(FOLDER_ROW, "").strip().strip('"').strip()


def settings_folder(book: Book) -> Path | None:
    """The Reports folder of Settings: relative to the workbook, ``~`` is the home folder; None when blank.

    Raises RecoupError for a path that means nothing on this computer.
    """
    typed = typed_folder(book)
    if not typed:
        return None
    if _WEB.match(typed):
        raise _refused(
            typed, "is a web address; name a folder on this computer or a share, synced if need be"
        )
    if os.name != "nt":
        typed = _from_windows(typed)
    try:
        return book.path.resolve().parent / Path(typed).expanduser()
    except (RuntimeError, OSError) as error:
        raise _refused(typed, f"cannot be found ({error}); {_REMEDY}") from error


def _from_windows(typed: str) -> str:
    """A relative path with backslashes means the same here; one with a drive or a server means nothing."""
    there = PureWindowsPath(typed)
    if there.drive or typed.startswith("\\"):
        what = "is a path of a Windows computer, and this is none"
        raise _refused(typed, f"{what}; write it relative to the workbook, or name the folder with --reports")
    return there.as_posix() if "\\" in typed else typed


def report_files(book: Book, named: Sequence[Path]) -> Listing:
    """What a run reads besides the tabs: the folders named, else the Reports folder of Settings.

    They are walked here once for the whole run: a share may be slow.

    Raises RecoupError, before anything is written, when a folder is not there or holds no report file: without
    its rows every claim that stands on them would look as if its report had been cleared.
    """
    if named:
        return join_listings(_list_reports(path, "--reports", "check the name") for path in named)
    folder = settings_folder(book)
    if folder is None:
        return Listing()
    listing = _list_reports(folder, ROW, _REMEDY)
    if not folder.is_dir():
        raise _refused(str(folder), f"is a file; name its folder: {_REMEDY}")
    return listing


def _list_reports(path: Path, said: str, remedy: str) -> Listing:
    try:
        there = path.exists()
        listing = list_files([path]) if there else None
    except (OSError, ValueError) as error:
        raise RecoupError(
            f"{said}: {path} cannot be opened ({error}); {remedy}. Nothing was changed."
        ) from error
    if listing is None:
        raise RecoupError(f"{said}: {path} is not there; {remedy}. Nothing was changed.")
    if listing.too_many:
        many = "holds more files than a folder of reports does; name the folder that holds only reports"
        raise RecoupError(f"{said}: {path} {many}. Nothing was changed.")
    if not listing.files:
        instead = "".join(f" ({p.problem})" for p in listing.problems)
        none = f"holds no report file{instead}; put the downloads there, or {remedy}"
        raise RecoupError(f"{said}: {path} {none}. Nothing was changed.")
    return listing


def not_read(book: Book, files: Listing) -> list[Problem]:
    """A note when something else was read in place of the Reports folder of Settings."""
    typed = typed_folder(book)
    if not typed or not files.named:
        return []
    try:
        same = [p.resolve() for p in files.named] == [(settings_folder(book) or book.path).resolve()]
    except RecoupError:
        same = False
    if same:
        return []
    text = f"Reports folder {typed} was not read: --reports {', '.join(map(str, files.named))} stood in its place"
    return [Problem("note", "Settings", text, "nothing; leave out --reports to read the folder", FOLDER_ROW)]


def _refused(typed: str, why: str) -> RecoupError:
    return RecoupError(f"{ROW}: {typed} {why}. Nothing was changed.")
