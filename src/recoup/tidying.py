"""Tidy: Claims sorted by priority, on demand only.

Decision: claims without a priority move below the others: those that are filed or finished, and open ones whose value
or deadline is not known; by status, what has expired last. No row leaves Claims: what people typed beside it, and the
units and payments that it keeps reserved, stay.
"""

from __future__ import annotations

from .books.base import Book
from .memory import plain
from .workbook import check_columns, check_version, refuse_older

BY = (("Priority", True), ("Status", True), ("Claim ID", False))


def tidy(book: Book) -> int:
    """Sort Claims; the caller saves it. How many rows moved."""
    check_version(book)
    refuse_older(book)
    check_columns(book)
    before = [plain(r.get("Claim ID")) for r in book.read_table("Claims").records()]
    book.sort_rows("Claims", BY)
    after = [plain(r.get("Claim ID")) for r in book.read_table("Claims").records()]
    return sum(old != new for old, new in zip(before, after, strict=True))
