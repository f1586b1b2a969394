"""Workbooks: the only code that reads and writes Excel files."""

from __future__ import annotations

from pathlib import Path

from recoup.books.base import Book, BookUnsupported

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
