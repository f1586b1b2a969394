"""Workbooks: the only code that reads and writes Excel files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from recoup.books.base import Book, BookUnsupported
from recoup.progress import Progress, unseen

if TYPE_CHECKING:
    from recoup.books.open_workbooks import Clicked
    from recoup.books.xlwings_book import XlwingsBook

ENGINES = ("package", "openpyxl")


def open_book(
    path: Path | str, engine: str = "package", *, backups: Path | None = None, keep: int = 5
) -> Book:
    """Open a workbook. ``backups``: folder for dated copies (default beside the book), ``keep``: how many.

    ``engine``: ``package`` edits the file's own parts and keeps everything else byte for byte; ``openpyxl`` loads and
    saves the whole workbook and refuses one that holds what openpyxl would lose.
    Raises ``BookUnsupported`` when the file is missing, encrypted or of another format.
    """
    if engine == "package":
        from recoup.books.package_book import PackageBook

        return PackageBook(Path(path), backups=backups, keep=keep)
    if engine == "openpyxl":
        from recoup.books.openpyxl_book import OpenpyxlBook

        return OpenpyxlBook(Path(path), backups=backups, keep=keep)
    raise BookUnsupported(f"There is no engine {engine!r}: use one of {', '.join(ENGINES)}.")


def open_live(
    clicked: Clicked | None = None,
    *,
    to_write: bool = True,
    backups: Path | None = None,
    keep: int = 5,
    progress: Progress = unseen,
) -> XlwingsBook:
    """The workbook that is open in Excel: the one whose button was clicked, else the active one.

    ``save`` writes into it as it stands open; its file is left to the person. ``progress`` may raise ``Cancelled``.
    Raises ``BookError`` when there is no such workbook, Excel is busy, or ``to_write`` and it is open read-only.
    """
    from recoup.books.excel_calls import excel_calls
    from recoup.books.open_workbooks import Clicked, refuse_unwritable, workbook_of
    from recoup.books.xlwings_book import XlwingsBook

    with excel_calls():
        book = workbook_of(clicked or Clicked())
        if to_write:
            refuse_unwritable(book)
        return XlwingsBook(book, backups=backups, keep=keep, progress=progress)
