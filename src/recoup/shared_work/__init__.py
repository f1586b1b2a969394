"""What people share in a workbook: brought together from two copies of it, and taken back change by change.

``merge_books(base, mine, theirs, run)`` merges field by field and lists every real conflict; ``undo(book, id, run)``
takes back one line of the Journal, ``undo_lines(book, last_act(book), run)`` what was done last. `_tables` says what
is shared, `_alignment` which rows of the copies are one, `_rows` merges them, `_past` tells how a cell was where there
is no BASE, `_conflicts` and `_not_merged` name the rest.
"""

from ._books import Change, Summary, merge_books
from ._conflicts import Listed
from ._undo import FILING, UNDO_OF, Undone, last_act, newest_lines, undo, undo_lines

__all__ = [
    "FILING",
    "UNDO_OF",
    "Change",
    "Listed",
    "Summary",
    "Undone",
    "last_act",
    "merge_books",
    "newest_lines",
    "undo",
    "undo_lines",
]
