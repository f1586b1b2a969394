"""Talking to Excel: what it refuses becomes one sentence, and a busy Excel is not asked for ever.

xlwings asks again without end while a cell is being edited, also for members that do not exist; here it gives up.
Errors of COM are known by their numbers, not by their class: pywin32 exists on Windows only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from recoup.books.base import BookChanged, BookError, BookLocked, BookUnsaved

ATTEMPTS = 2_000  # a few seconds
_BUSY = {
    -2147418111: "call rejected",
    -2146777998: "a cell is being edited",
    -2147417846: "try again later",
}
_GONE = {-2147023174, -2147417848, -2147220995}  # the server, the object or the connection is no more


@contextmanager
def excel_calls(book: str = "the workbook") -> Iterator[None]:
    """Everything that is asked of Excel about the workbook of that name; the name too is asked for within.

    Raises ``BookLocked`` when Excel is busy, ``BookChanged`` when it was closed, ``BookUnsaved`` when it refuses.
    """
    with _patience():
        try:
            yield
        except BookError:
            raise
        except Exception as error:
            refused = _sentence(error, book)
            if refused is None:
                raise
            raise refused from error


@contextmanager
def _patience() -> Iterator[None]:
    engine: Any = sys.modules.get("xlwings._xlwindows")
    if engine is None:
        yield
        return
    before = engine.N_COM_ATTEMPTS
    engine.N_COM_ATTEMPTS = ATTEMPTS
    try:
        yield
    finally:
        engine.N_COM_ATTEMPTS = before


def _sentence(error: Exception, book: str) -> BookError | None:
    codes = _codes(error)
    if codes & _BUSY.keys() or type(error).__name__ == "ExcelBusyError":
        return BookLocked(
            "Excel is busy: a cell is being edited or a dialog is open; press Enter or Esc in Excel, then try again."
        )
    if codes & _GONE:
        return BookChanged(f"{book} or Excel was closed meanwhile; open it again, then try again.")
    if codes:
        return BookUnsaved(
            f"Excel refused a change to {book} ({_reason(error)}); close other dialogs, check that its sheets are "
            "not protected, then try again."
        )
    return None


def _codes(error: Exception) -> set[int]:
    """The numbers of a COM error: its own, and the one that Excel put into it."""
    own = getattr(error, "hresult", None)
    if not isinstance(own, int):
        return set()
    inner = _details(error)
    return {own, *(n for n in inner[-1:] if isinstance(n, int))}


def _details(error: Exception) -> tuple[Any, ...]:
    found = error.args[2] if len(error.args) > 2 else ()
    return tuple(found or ())


def _reason(error: Exception) -> str:
    details = _details(error)
    text = (
        details[2] if len(details) > 2 and details[2] else str((error.args[1:2] and error.args[1]) or error)
    )
    return " ".join(str(text).split()).rstrip(".")[:200]


def says(api: Any, name: str, default: Any) -> Any:
    """What Excel's own object says; ``default`` where this Excel (an old one, one on a Mac) does not know the word."""
    try:
        return getattr(api, name)
    except AttributeError:
        return default
