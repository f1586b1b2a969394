"""Finds the workbook a person works on in Excel, and takes copies of it; its path may be a web address."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import xlwings as xw

from recoup.books.backups import BACKUP_FOLDER
from recoup.books.base import BookError, BookLocked, BookUnsupported
from recoup.books.excel_calls import excel_calls, says
from recoup.books.synced import is_synced

_ENDING = ".xlsx"  # of a workbook that was never saved
_TO_WORKBOOKS = 1  # Excel's xlExcelLinks


@dataclass(frozen=True, slots=True)
class Clicked:
    """Where a button was clicked: the workbook by its name, and Excel's window; nothing where nobody clicked."""

    book: str = ""
    window: int = 0


def workbook_of(clicked: Clicked) -> xw.Book:
    """The workbook whose button was clicked, else the active one of the only Excel that has workbooks open.

    Raises ``BookError`` when there is none, or more than one Excel could be meant.
    """
    if xw.engines.active is None:
        raise BookUnsupported(
            "There is no Excel on this computer that Recoup could talk to; use the command line, see `recoup --help`."
        )
    excels = _excels(clicked.window)
    busy = [app for app in excels if len(app.books)]
    if not busy:
        raise BookError(
            "No workbook is open in Excel; open the Recoup workbook (in Protected View click Enable Editing), "
            "then try again."
        )
    if clicked.book:
        busy = [app for app in busy if _named(app, clicked.book)]
        if not busy:
            raise BookError(
                f"{clicked.book} is no longer open in Excel; open it, then click the button again."
            )
    if len(busy) > 1:
        names = " and ".join(app.books.active.name for app in busy[:3])
        raise BookLocked(
            f"Excel runs {len(busy)} times, with {names}; close all but the one with the Recoup workbook, or click the "
            "button in its ribbon."
        )
    return _named(busy[0], clicked.book) or busy[0].books.active


def _excels(window: int) -> list[xw.App]:
    """The Excel of that window, else all that run."""
    if sys.platform == "win32" and window:
        from xlwings import _xlwindows

        app = xw.App(impl=_xlwindows.App(xl=window))
        with suppress(Exception):  # that window is gone
            return [app] if len(app.books) else []
    return list(xw.apps)


def _named(app: xw.App, name: str) -> xw.Book | None:
    """The open workbook of that name; Excel opens no two of one name."""
    return next((book for book in app.books if name and book.name.lower() == name.lower()), None)


def linked_files(ending: str) -> list[tuple[str, str]]:
    """The name of each workbook that is open in any Excel, and each file with that ending that its formulas name.

    An Excel that is busy or does not tell is passed over, and not waited for.
    """
    found: list[tuple[str, str]] = []
    if xw.engines.active is None:
        return found
    with suppress(Exception), excel_calls():
        for app in xw.apps:
            with suppress(Exception):
                files = [(book.name, file) for book in app.books for file in _links(book)]
                found += [(name, file) for name, file in files if file.lower().endswith(ending)]
    return found


def _links(book: xw.Book) -> list[str]:
    """What Excel lists under Data > Edit Links; nothing where it does not tell."""
    with suppress(Exception):  # it is busy, or macOS
        return [str(file) for file in book.api.LinkSources(_TO_WORKBOOKS) or ()]
    return []


def refuse_unwritable(book: xw.Book) -> None:
    """Raise ``BookLocked`` when a person could not keep what would be written."""
    if says(book.api, "ReadOnly", False):
        raise BookLocked(
            f"{book.name} is open read-only; close it and open it so that you may change it, or save it under another "
            "name first."
        )


def place_of(book: xw.Book) -> Path:
    """Where the workbook stands on this computer; its bare name when it was never saved or stands in the web.

    The name is taken from Excel itself: xlwings would look for the local twin of a web address, and fail.
    """
    full = str(says(book.api, "FullName", "") or book.fullname)
    if "://" not in full and Path(full).is_absolute():
        return Path(full)
    return Path(_file_name(book))


def _file_name(book: xw.Book) -> str:
    return book.name if Path(book.name).suffix else book.name + _ENDING


def backup_folder(place: Path) -> Path:
    """A folder on this computer: beside the workbook, unless that is in the web or kept in step with it."""
    if place.is_absolute() and not is_synced(place):
        return place.parent / BACKUP_FOLDER
    return Path(platformdirs.user_data_path("recoup")) / BACKUP_FOLDER


def copy_of(book: xw.Book, folder: Path) -> Path:
    """The workbook as it stands in Excel now, unsaved changes too, as a file of its name in a folder.

    An Excel that takes no copies (macOS) must have saved it: then the file itself is copied.
    """
    copy = folder / _file_name(book)
    copy.unlink(missing_ok=True)
    if sys.platform == "darwin":
        _copy_saved(book, copy)
    else:
        book.api.SaveCopyAs(str(copy))
    if not copy.exists():
        raise BookUnsupported(f"Excel made no copy of {book.name} to read from; save it, then try again.")
    return copy


def _copy_saved(book: xw.Book, copy: Path) -> None:
    place = place_of(book)
    if not place.is_file() or not book.api.saved.get():
        raise BookUnsupported(
            f"{book.name} has changes that are not saved; save it on this Mac, then try again."
        )
    shutil.copyfile(place, copy)


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of one's own for copies; gone with its last user."""
    return tempfile.TemporaryDirectory(prefix="recoup-", ignore_cleanup_errors=True)
