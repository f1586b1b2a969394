"""The group Share of the ribbon: merge a copy, the Journal and its undo, functions turned into values."""

from __future__ import annotations

from ..freezing import QUESTION, freeze, functions_in, preview
from .desk import Desk


def freeze_functions(desk: Desk) -> None:
    """Turn RECOUP_ formulas into their values, after showing which."""
    book, called = functions_in(desk.clicked)
    desk.dialogs.agree("Freeze functions", QUESTION, preview(called), "Freeze")
    desk.dialogs.show("Freeze functions", freeze(book, called, desk.run))
