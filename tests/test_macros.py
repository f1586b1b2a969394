"""A click on the ribbon: only functions of buttons run, whatever goes wrong becomes a sentence before the person."""

from __future__ import annotations

import ast
import inspect
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw

import book_samples
import excel_stand_in
import workbooks
from clicking import Person, clicks
from excel_stand_in import App
from hostile_folder import make_hostile_folder
from recoup import dialogs
from recoup.addin.buttons import BOOK_VARIABLE, GROUPS, WINDOW_VARIABLE, Group
from recoup.dialogs._no_screen import NoScreen
from recoup.macros import clicks as macros
from recoup.macros.desk import Desk
from recoup.model import RecoupError
from recoup.progress import Cancelled

FUNCTIONS = {b.function for group in GROUPS for b in group.buttons}
MOST_LINES = 10  # of a function behind a button


@pytest.fixture
def excel() -> Iterator[App]:
    yield excel_stand_in.start()
    excel_stand_in.stop()


# ---- which function runs


def test_every_button_has_its_function() -> None:
    assert {name for group in GROUPS for name in macros.functions(group)} == FUNCTIONS


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.name)
def test_a_function_is_a_thin_door_in_the_file_of_its_group(group: Group) -> None:
    for function in macros.functions(group).values():
        assert function.__module__ == f"recoup.macros.{group.name}"
        (tree,) = ast.parse(inspect.getsource(function)).body
        assert isinstance(tree, ast.FunctionDef) and ast.get_docstring(tree)
        lines = (tree.end_lineno or 0) - (tree.body[0].end_lineno or 0)
        assert 1 <= lines <= MOST_LINES, function.__name__


@pytest.mark.parametrize(
    "name", ["", "main", "os.system", "Refresh_claims", "refresh_claims x", "desk_of", "a" * 900]
)
def test_what_is_no_button_runs_nothing_and_is_refused_in_a_sentence(name: str, excel: App) -> None:
    person = Person()
    assert clicks(name, person) == 0
    (told,) = person.told
    assert "is no function of a Recoup button; run `recoup addin install`" in told and len(told) < 250
    assert excel.calls == []


# ---- what goes wrong


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_: Desk) -> None:
        raise error

    monkeypatch.setattr(macros, "functions", lambda _: {"refresh_claims": fail})


def test_a_refusal_is_one_sentence_with_its_details_to_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, RecoupError("The ledger is torn; glue it."))
    person = Person()
    assert clicks("refresh_claims", person) == 0
    assert person.told == ["The ledger is torn; glue it."]
    assert "Traceback" in person.details[0] and "in fail" in person.details[0]


CHECK, DUE = "Check reports (on the ribbon)", "Due today (on the ribbon)"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("run `recoup refresh seller.xlsx` first.", "run Refresh claims (on the ribbon) first."),
        ("use `recoup record seller.xlsx C-1`.", "use Record answer (on the ribbon)."),
        ("run `recoup upgrade seller.xlsx` first.", "run `recoup upgrade seller.xlsx` first."),
        ("run `recoup refresh Ann`s book.xlsx` first.", "run Refresh claims (on the ribbon) first."),
        ("run `recoup check a.xlsx`, then `recoup due a.xlsx`.", f"run {CHECK}, then {DUE}."),
        ("refresh it again for that day, or leave out --as-of. Bad.", "refresh it again for that day. Bad."),
        ("of that refresh (on Settings, or --reports). Bad.", "of that refresh (on Settings). Bad."),
        (
            "move it, or rename a--b.xlsx, or delete --b.xlsx.",
            "move it, or rename a--b.xlsx, or delete --b.xlsx.",
        ),
    ],
)
def test_who_clicked_is_sent_to_a_button_not_to_a_command(
    monkeypatch: pytest.MonkeyPatch, told: str, shown: str
) -> None:
    fail_with(monkeypatch, RecoupError(told))
    person = Person()
    clicks("refresh_claims", person)
    assert person.told == [shown]


def test_all_that_who_clicked_reads_names_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "holds no claims: run `recoup refresh seller.xlsx` first."

    def everything(desk: Desk) -> None:
        desk.dialogs.ask("Title", told, [])
        desk.dialogs.agree("Title", told, told, "Go")
        desk.dialogs.choose("Title", told, [{"A": "1"}], ["A"], "Go")
        desk.dialogs.show("Title", told)

    monkeypatch.setattr(macros, "functions", lambda _: {"refresh_claims": everything})
    person = Person(answers={}, agrees=True, chooses={"A": "1"})
    clicks("refresh_claims", person)
    assert person.asked + person.shown == ["holds no claims: run Refresh claims (on the ribbon) first."] * 5


def test_a_mistake_of_the_program_is_told_without_its_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, ZeroDivisionError("0 of Mrs Buyer"))
    person = Person()
    assert clicks("refresh_claims", person) == 0
    assert "internal error (ZeroDivisionError)" in person.told[0] and "Mrs Buyer" not in person.told[0]
    assert "if it changed nothing, the backups are older" in person.told[0]
    assert "Traceback" in person.details[0]


def test_a_disk_that_fails_is_told_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, PermissionError(13, "Permission denied", "Z:/reports"))
    person = Person()
    clicks("refresh_claims", person)
    assert person.told == ["Z:/reports: Permission denied; check the drive and your rights there."]


def test_who_cancels_gets_a_sentence_and_who_closes_a_dialog_gets_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail_with(monkeypatch, Cancelled("Cancelled: nothing was written into the workbook."))
    cancelled, declined = Person(), Person()
    assert clicks("refresh_claims", cancelled) == 0
    assert cancelled.told == ["Cancelled: nothing was written into the workbook."]
    assert cancelled.details == [""]
    fail_with(monkeypatch, dialogs.Declined())
    assert clicks("refresh_claims", declined) == 0 and declined.told == []


@pytest.mark.parametrize("blind", ["nobody sees it", "the screen is gone"])
def test_what_nobody_saw_is_left_to_the_addin_to_say(monkeypatch: pytest.MonkeyPatch, blind: str) -> None:
    fail_with(monkeypatch, RecoupError("The ledger is torn; glue it."))
    person = Person(seen=False)
    if blind == "the screen is gone":

        def tell(*_: object) -> None:
            raise RuntimeError("can't invoke winfo command: application has been destroyed")

        monkeypatch.setattr(person, "tell", tell)
    assert clicks("refresh_claims", person) == 1


def test_a_log_is_kept_only_where_there_is_a_folder_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, ValueError("could not convert string to float: 'Mrs Buyer'"))
    monkeypatch.setattr(macros, "open_dialogs", lambda _: Person())
    try:
        assert macros.main(["refresh_claims"], tmp_path / "none") == 0
        assert list(tmp_path.iterdir()) == []
        assert macros.main(["refresh_claims"], tmp_path) == 0
        assert macros.main(["no_button"], tmp_path) == 0
    finally:
        for handler in list(logging.getLogger("recoup.macros").handlers):
            handler.close()
            logging.getLogger("recoup.macros").removeHandler(handler)
    log = (tmp_path / "buttons.log").read_text()
    assert (
        log.rstrip("\n").endswith("refresh_claims ValueError") and "Buyer" not in log and log.count("\n") == 1
    )


# ---- the workbook in front


def test_without_a_workbook_or_excel_it_says_so(excel: App) -> None:
    person = Person()
    clicks("refresh_claims", person)
    excel_stand_in.stop()
    clicks("refresh_claims", person)
    assert "No workbook is open in Excel" in person.told[0] and "no Excel on this computer" in person.told[1]


def test_a_workbook_that_is_none_of_recoups_is_refused(tmp_path: Path, excel: App) -> None:
    path = book_samples.build(tmp_path / "other.xlsx")
    part = next(p for p, x in book_samples.parts(path).items() if b'displayName="Claims"' in x)
    book_samples.edit_part(path, part, lambda x: x.replace('displayName="Claims"', 'displayName="Table1"'))
    xw.books.open(str(path))
    person = Person()
    clicks("refresh_claims", person, book="other.xlsx")
    assert "other.xlsx has no table Claims" in person.told[0]


def test_a_workbook_that_was_closed_since_the_click_is_named(tmp_path: Path, excel: App) -> None:
    xw.books.open(str(workbooks.imported_book(tmp_path)))
    person = Person()
    clicks("refresh_claims", person, book="January.xlsx")
    assert person.told == ["January.xlsx is no longer open in Excel; open it, then click the button again."]


def test_a_cell_that_is_being_edited_is_told(tmp_path: Path, excel: App) -> None:
    xw.books.open(str(workbooks.imported_book(tmp_path)))
    excel.busy = True
    person = Person()
    clicks("refresh_claims", person)
    assert "Excel is busy: a cell is being edited" in person.told[0]


# ---- the process that a click starts


def started(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """As the add-in starts it, from a folder that is anybody's."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    source = str(Path(macros.__file__).parents[2])
    environment |= {BOOK_VARIABLE: "seller.xlsx", WINDOW_VARIABLE: "4711", **variables}
    vba = (Path(__file__).parents[1] / "addin" / "vba" / "RecoupPython.bas").read_text()
    (flags,) = re.findall(r'& """ (.*?) -m recoup\.macros "', vba)
    find = f"import runpy, sys; sys.path.insert(0, {source!r})"
    run = f"{find}; runpy.run_module('recoup.macros', None, '__main__', True)"
    command = [sys.executable, *flags.split(), "-c", run, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("word", ["x'); import os"])
def test_a_click_on_nothing_known_ends_with_a_sentence_whatever_folder_it_stands_in(
    tmp_path: Path, word: str
) -> None:
    folder = make_hostile_folder(tmp_path)
    done = started(folder, word, PYTHONPATH=str(folder))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("recoup: ") and "is no function of a Recoup button" in done.stderr
    assert "Traceback" not in done.stderr and "taken from the folder" not in done.stderr


def test_without_a_console_nothing_is_written_and_the_addin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr", "__stderr__"):
        monkeypatch.setattr(sys, name, None)
    monkeypatch.setattr(macros, "open_dialogs", lambda _: NoScreen())
    assert macros.main(["nothing"]) == 1
