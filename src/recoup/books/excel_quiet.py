"""Excel held still while Recoup writes: no calculation, events, redrawing or AutoSave, and all put back afterwards.

Each setting is put back on its own, whatever happened meanwhile: one that Excel refuses does not keep the others.
Keyboard and mouse are left on: should the run be killed, nobody could put them back, and Excel waits for it anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import xlwings as xw

_STILL = {  # of the application
    "screen_updating": False,
    "enable_events": False,
    "display_alerts": False,
    "calculation": "manual",
}


@contextmanager
def quiet(book: xw.Book) -> Iterator[None]:
    """Let nothing happen in Excel but what is asked; selection, scroll and settings are put back at the end."""
    with ExitStack() as back:
        _hold(back, book.api, "AutoSaveOn", False)
        for name, value in _STILL.items():
            _hold(back, book.app, name, value)
        with suppress(Exception):  # else Excel fills a whole column of a table with one formula
            _hold(back, book.app.api.AutoCorrect, "AutoFillFormulasInLists", False)
        with suppress(Exception):
            back.callback(_view(book))
        yield


def _hold(back: ExitStack, owner: Any, name: str, value: object) -> None:
    """Set a property and promise to put it back; one that this Excel or workbook does not have is passed over."""
    with suppress(Exception):
        before = getattr(owner, name)
        if before is None or before == value:
            return
        back.callback(_put_back, owner, name, before)
        setattr(owner, name, value)


def _put_back(owner: Any, name: str, before: object) -> None:
    with suppress(Exception):
        setattr(owner, name, before)


def _view(book: xw.Book) -> Callable[[], None]:
    """What puts back the tab that is shown, what is selected there and how far it is scrolled."""
    tab = book.sheets.active
    before = book.app.selection
    address = "" if before is None else before.address
    window = book.app.api.ActiveWindow
    row, column = window.ScrollRow, window.ScrollColumn

    def put_back() -> None:
        with suppress(Exception):
            if book.sheets.active.name != tab.name:
                tab.activate()
            selected = book.app.selection
            if address and (selected is None or selected.address != address):
                tab.range(address).select()
            window.ScrollRow, window.ScrollColumn = row, column

    return put_back


@contextmanager
def status_bar(app: xw.App) -> Iterator[Callable[[str], None]]:
    """Show steps in Excel's status bar, which belongs to Excel again at the end."""

    def show(step: str) -> None:
        with suppress(Exception):
            app.status_bar = f"Recoup: {step}"

    try:
        yield show
    finally:
        with suppress(Exception):
            app.status_bar = False
