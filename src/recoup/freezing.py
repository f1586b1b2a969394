"""The door of Freeze functions: what would be turned into values, and what was, in sentences and in the Journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import xlwings as xw

from .books.area import Area
from .books.base import NameMissing
from .books.cells import ERRORS
from .books.excel_calls import excel_calls
from .books.function_cells import Called, find_functions, freeze_functions
from .books.open_tables import OpenTables
from .books.open_workbooks import Clicked, refuse_unwritable, workbook_of
from .books.xlwings_book import XlwingsBook
from .journal import FROZEN, Change, journal_rows
from .live_doors import WRITTEN
from .model import RecoupError
from .run import Run
from .workbook import backups_kept, check_version
from .worksheet_functions.failures import FAILURES

QUESTION = "These formulas become the values they show, for people without the add-in. A backup comes first."
_MOST = 20  # places that are named


def functions_in(clicked: Clicked) -> tuple[xw.Book, list[Called]]:
    """The workbook in front, any one, and its formulas with functions.

    Raises RecoupError when there are none, or when a newer Recoup made the workbook.
    """
    with excel_calls():
        book = workbook_of(clicked)
        refuse_unwritable(book)
        _is_recoups(OpenTables(book))
    called = find_functions(book)
    if not called:
        raise RecoupError(f"{book.name} holds no formula with a RECOUP_ function. Nothing was changed.")
    return book, called


def _is_recoups(book: OpenTables) -> bool:
    """Whether it is Recoup's workbook, by its version: other people's tables may be called Claims or Journal too.

    Raises RecoupError when a newer Recoup made it.
    """
    try:
        check_version(book)
    except NameMissing:
        return False
    return True


def preview(called: Sequence[Called]) -> str:
    """Which cells, tab by tab, and what becomes of them."""
    own = [c for c in called if not c.foreign]
    foreign = [c for c in called if c.foreign]
    told = [
        *_places("Become values", own),
        *_places("Name another computer's add-in and are led back to this one", foreign),
    ]
    return "\n".join([*told, *(f"  {path}" for path in dict.fromkeys(c.foreign for c in foreign))])


def _places(title: str, called: Sequence[Called]) -> list[str]:
    if not called:
        return []
    lines = [f"{title}: {len(called)}"]
    for sheet, group in groupby(called, key=lambda c: c.sheet):
        areas = [_shown(c.area) for c in group]
        more = f" and {len(areas) - _MOST} more" if len(areas) > _MOST else ""
        lines.append(f"  {sheet}: {', '.join(areas[:_MOST])}{more}")
    return lines


def _shown(area: Area) -> str:
    first, _, last = str(area).partition(":")
    return first if first == last else f"{first}:{last}"


def freeze(book: xw.Book, called: Sequence[Called], run: Run) -> str:
    """Turn them into values; what was done. Raises RecoupError, with nothing changed unless it says so."""
    with excel_calls(book.name):
        tables = OpenTables(book)
        keep = backups_kept(tables)
        with_journal = _is_recoups(tables) and "Journal" in tables.tables()
    frozen = freeze_functions(book, called, failures=FAILURES, keep=keep)
    said = [f"{frozen.cells} cells hold their values now." if frozen.cells else "No formula became a value."]
    if frozen.repaired:
        said.append(
            f"{frozen.repaired} formulas call the add-in of this computer again; click once more to freeze them."
        )
    said += _left(frozen.left)
    if with_journal:
        said += _write_journal(book, [c for c in called if c not in frozen.left], run)
    written = [WRITTEN] if frozen.cells or frozen.repaired else []
    return "\n".join([*said, "", *written, f"The backup is in {frozen.backup}."])


def _left(left: Mapping[Called, str]) -> list[str]:
    """Which formulas stay, and why."""
    errors = [c for c, shown in left.items() if shown in ERRORS.values()]
    unanswered = {c: shown for c, shown in left.items() if shown not in ERRORS.values()}
    told = [
        *_places("Left as they are, for they show an error", errors),
        *_places("Left as they are, for Recoup did not answer", list(unanswered)),
        *(f"  {sentence}" for sentence in list(dict.fromkeys(unanswered.values()))[:_MOST]),
    ]
    return ["", *told] if told else []


def _write_journal(book: xw.Book, done: Sequence[Called], run: Run) -> list[str]:
    """A line per tab on the Journal; why there is none, for by then the formulas are gone."""
    changes = [
        Change(
            run.who,
            "",
            f"{FROZEN}{sheet}",
            "\n".join(_places("Formulas", list(group))),
            "values, or led back",
        )
        for sheet, group in groupby(done, key=lambda c: c.sheet)
    ]
    try:
        live = XlwingsBook(book)
        live.keep = 0  # the backup was made before the formulas went
        live.append_rows("Journal", journal_rows(changes, run=run.name, when=run.when))
        live.save()
    except RecoupError as error:
        return ["", f"The Journal has no line about it: {error}"]
    return []
