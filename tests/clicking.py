"""A person who clicks a button of the ribbon, and their answers: the stand-in for the windows of ``recoup.dialogs``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import xlwings as xw

import excel_stand_in
import workbooks
from excel_stand_in import App
from recoup import live_doors
from recoup.books import open_book
from recoup.books.open_workbooks import Clicked
from recoup.dialogs import Declined, Dialogs, Field
from recoup.macros.clicks import click
from recoup.macros.desk import Desk
from recoup.progress import Cancelled
from recoup.run import Run


@dataclass
class Person:
    """Answers as told beforehand; whatever was not told is declined. Keeps what was asked, shown and told."""

    files: Sequence[Path] = ()
    folder: Path | None = None
    to: Path | None = None
    answers: Mapping[str, str] | None = None
    agrees: bool = False
    seen: bool = True
    asked: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    clipboard: str = ""
    declines: Sequence[str] = ()  # actions, though they agree to others
    chooses: Mapping[str, str] | None = None  # cells of the line that they choose from a table
    tables: list[list[dict[str, str]]] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)

    def pick_files(self, title: str, kinds: Sequence[tuple[str, str]]) -> list[Path]:
        self.asked.append(title)
        return list(self.files) or _decline()

    def pick_folder(self, title: str) -> Path:
        self.asked.append(title)
        return self.folder or _decline()

    def save_as(self, title: str, name: str) -> Path:
        self.asked.append(f"{title}: {name}")
        return self.to or _decline()

    def ask(self, title: str, question: str, fields: Sequence[Field]) -> Mapping[str, str]:
        self.asked.append(question)
        self.fields += fields
        if self.answers is None:
            raise Declined
        assert self.answers.keys() <= {f.label for f in fields}, "answers to what was not asked"
        given = {f.label: self.answers.get(f.label, f.value).strip() for f in fields}
        assert all(given[f.label] for f in fields if f.needed), "a window does not close like that"
        return given

    def agree(self, title: str, question: str, preview: str, action: str, otherwise: str = "Cancel") -> None:
        self.asked += [question, preview]
        if not (self.agrees and action not in self.declines):
            raise Declined

    def choose(
        self,
        title: str,
        question: str,
        rows: Sequence[Mapping[str, str]],
        columns: Sequence[str],
        action: str,
    ) -> int:
        self.asked.append(question)
        self.tables.append([{c: row.get(c, "") for c in columns} for row in rows])
        wanted = [n for n, row in enumerate(rows) if self.chooses and self.chooses.items() <= row.items()]
        if not wanted:
            raise Declined
        return wanted[0]

    def open(self, path: Path) -> None:
        self.opened.append(path)

    def show(self, title: str, text: str) -> None:
        self.shown.append(text)

    def tell(self, title: str, sentence: str, details: str = "") -> None:
        self.told.append(sentence)
        self.details.append(details)

    def copy(self, text: str) -> None:
        self.clipboard = text


class Looking:
    """Somebody who looks at the steps, and clicks Cancel at one of them."""

    cancel_at = ""

    def __call__(self, step: str) -> None:
        if self.cancel_at and step.startswith(self.cancel_at):
            raise Cancelled("Cancelled: nothing was written into the workbook.")


def _decline() -> list[Path]:
    raise Declined


def desk_of(person: Dialogs, run: Run | None = None, book: str = "seller.xlsx") -> Desk:
    """A desk with a person before the workbook of that name."""
    return Desk(person, run or workbooks.run(), Clicked(book))


def clicks(function: str, person: Person, run: Run | None = None, book: str = "seller.xlsx") -> int:
    """The person clicks a button; the exit code that the add-in gets."""
    return click(function, desk_of(person, run, book))


@contextmanager
def excel_running(show: Callable[[str], None] = lambda _: None) -> Iterator[App]:
    """The stand-in for Excel, and no process for the window with the steps; they go to ``show``."""

    @contextmanager
    def window(_: str) -> Iterator[Callable[[str], None]]:
        yield show

    with mock.patch.object(live_doors, "window", window):
        yield excel_stand_in.start()
        excel_stand_in.stop()


def opened(path: Path) -> Any:
    return xw.books.open(str(path)).impl


@contextmanager
def alone(sample: Path, folder: Path, excel: App) -> Iterator[Any]:
    """A copy of the workbook in Excel, with no other."""
    others, excel.books.open_ones = excel.books.open_ones, []
    yield opened(Path(shutil.copy(sample, folder)))
    excel.books.open_ones = others


def ready(book: Path | str) -> list[str]:
    rows = open_book(Path(book)).read_table("Claims").records()
    return [str(row["Claim ID"]) for row in rows if row["Status"] == "Ready"]


def select_claims(book: Any, *keys: str, table: str = "Claims") -> None:
    """The person selects the rows of these claims."""
    sheet = next(s for s in book.sheets for t in s.tables if t.name == table)
    column = {str(c): n for (r, n), c in cells_of(book, sheet.name).items() if str(c) == "Claim ID"}[
        "Claim ID"
    ]
    rows = {str(c): r for (r, n), c in cells_of(book, sheet.name).items() if n == column}
    book.shown, book.selected = sheet.name, ",".join(f"$B${rows[key]}" for key in keys)


def cells_of(book: Any, tab: str) -> dict[tuple[int, int], Any]:
    return {place: book.tabs[tab].raw(place) for place in book.tabs[tab].cells}


def state_of(book: Any) -> dict[str, dict[tuple[int, int], Any]]:
    return {tab: cells_of(book, tab) for tab in book.tabs}
