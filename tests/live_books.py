"""Workbooks in files and in Excel behind one door, for the tests that every engine has to pass.

``xlwings`` is the live engine on the stand-in for Excel, ``excel`` the same on the real one (``pytest -m excel``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

import excel_stand_in
from recoup import books
from recoup.books.base import Book
from recoup.books.xlwings_book import XlwingsBook

FILES = books.ENGINES
EVERY = (*FILES, "xlwings", pytest.param("excel", marks=pytest.mark.excel))
SELDOM = (
    *FILES,
    pytest.param("xlwings", marks=pytest.mark.slow),
    EVERY[-1],
)  # for tests with many parameters


class BookInExcel(XlwingsBook):
    """A live workbook whose file is saved with it, as the person at the desk would."""

    def save(self, to: Path | None = None) -> Path:
        path = super().save(to)
        if to is None and not self.book.api.Saved:
            self.book.save()
        return path


def open_book(path: Path | str, engine: str = "package", **options: Any) -> Book:
    """A workbook file in one of the engines."""
    if engine in FILES:
        return books.open_book(path, engine, **options)
    return BookInExcel(open_in_excel(Path(path), engine), **options)


def open_in_excel(path: Path, engine: str = "xlwings") -> xw.Book:
    """A person opens a workbook file in Excel; another one of that name is closed first."""
    app = real_excel() if engine == "excel" else stand_in()
    for book in [b for b in app.books if b.name.lower() == path.name.lower()]:
        if engine == "excel" or not book.impl.holds_file(path):
            book.close()
    return app.books.open(str(path))


def stand_in() -> xw.App:
    """The stand-in, started when it is not running."""
    active = xw.engines.active
    if active is None or active.name != excel_stand_in.NAME or not len(xw.apps):
        excel_stand_in.start()
    app = xw.apps.active
    assert app is not None
    return app


def real_excel() -> xw.App:
    """Excel itself, out of sight; the test is skipped where there is none."""
    if not sys.platform.startswith(("win", "darwin")):
        pytest.skip("there is no Excel on this computer")
    xw.engines["excel"].activate()
    try:
        return xw.apps.active or xw.App(visible=False, add_book=False)
    except Exception as error:
        pytest.skip(f"Excel does not start on this computer ({error})")
