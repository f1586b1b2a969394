"""A refresh that somebody started from Excel: the steps in the status bar and in a window, Cancel, and refusals."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import xlwings as xw

import excel_stand_in
import workbooks
from excel_stand_in import App
from recoup import live_doors, own_python, progress_window
from recoup.doors import Refreshed
from recoup.progress import WAITING, Cancelled
from recoup.progress_window import CANCELLED, NO_DISPLAY, window


@pytest.fixture
def excel() -> Iterator[App]:
    yield excel_stand_in.start()
    excel_stand_in.stop()


@pytest.fixture
def book(tmp_path: Path, excel: App) -> Any:
    """The seller's workbook, open in Excel, never refreshed."""
    return xw.books.open(str(workbooks.imported_book(tmp_path))).impl


def in_window(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Another program takes the place of the window."""
    real = subprocess.Popen

    def start(_: list[str], **options: Any) -> Any:
        return real([sys.executable, "-c", program], **options)

    monkeypatch.setattr(own_python.subprocess, "Popen", start)


# ---- the run


def refresh_live() -> Refreshed:
    with live_doors.opened_live("Refresh claims") as (opened, progress):
        return live_doors.refresh_live(opened, workbooks.run(), progress)


def test_a_refresh_shows_its_steps_and_leaves_the_file_to_the_person(
    book: Any, excel: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars: list[str] = []
    put = App.status_bar.fset
    monkeypatch.setattr(
        App, "status_bar", property(App.status_bar.fget, lambda app, v: (bars.append(v), put(app, v)))
    )
    before = Path(book.FullName).read_bytes()
    done = refresh_live()
    assert "Recoup: Finding claims" in bars and bars[-1] is False
    assert (
        done.path == Path(book.FullName) and "not saved yet" in done.notice and len(done.summary.claims) > 3
    )
    assert Path(book.FullName).read_bytes() == before and not book.Saved


def test_cancel_in_the_window_ends_the_run_with_nothing_written(
    book: Any, excel: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_window(monkeypatch, f"import sys; sys.stdin.readline(); sys.exit({CANCELLED})")
    windows: list[Any] = []
    start, check = progress_window.start_python, live_doors.require_recoup

    def start_window(*command: str) -> Any:
        windows.append(start(*command))
        return windows[0]

    def wait_for_window(opened: Any) -> None:
        check(opened)
        windows[0].wait(20)

    monkeypatch.setattr(progress_window, "start_python", start_window)
    monkeypatch.setattr(live_doors, "require_recoup", wait_for_window)
    with pytest.raises(Cancelled, match="nothing was written"):
        refresh_live()
    assert [what for what, _ in excel.calls if what == "write"] == []
    assert book.Saved and excel.settings["status_bar"] is False


# ---- the window


class Screen(ModuleType):
    """Stands in for tkinter: what was shown, and what a person does once the window is up."""

    def __init__(self, does: str) -> None:
        super().__init__("tkinter")
        self.does, self.shown, self.gone = does, list[str](), False
        self.waiting: list[Any] = []
        self.states = ["normal"]
        self.clicks: dict[str, Any] = {}
        self.TclError = RuntimeError

    def Tk(self) -> Screen:
        if self.does == "no display":
            raise self.TclError("no display name and no $DISPLAY environment variable")
        return self

    def StringVar(self, _: object, value: str) -> Screen:
        self.shown.append(value)
        return self

    def set(self, value: str) -> None:
        self.shown.append(value)

    def Label(self, *_: object, **__: object) -> Screen:
        return self

    def Button(self, *_: object, text: str, command: Any, **__: object) -> Screen:
        self.clicks[text] = command
        return self

    def protocol(self, name: str, command: Any) -> None:
        self.clicks[name] = command

    def after(self, _: int, command: Any) -> None:
        self.waiting.append(command)

    def withdraw(self) -> None:
        self.states.append("withdrawn")

    def deiconify(self) -> None:
        self.states.append("normal")

    def state(self) -> str:
        return self.states[-1]

    def destroy(self) -> None:
        self.gone = True

    def mainloop(self) -> None:
        if self.does in self.clicks:
            self.clicks[self.does]()
        while not self.gone:
            self.waiting.pop()()

    def _ignored(self, *_: object, **__: object) -> None:
        """Looks."""

    title = resizable = attributes = pack = _ignored


@pytest.mark.parametrize(
    ("does", "ends"),
    [("looks on", 0), ("Cancel", CANCELLED), ("WM_DELETE_WINDOW", CANCELLED), ("no display", NO_DISPLAY)],
)
def test_the_window_shows_the_steps_until_they_end_or_somebody_cancels(
    monkeypatch: pytest.MonkeyPatch, does: str, ends: int
) -> None:
    screen = Screen(does)
    monkeypatch.setitem(sys.modules, "tkinter", screen)
    silent, held = os.pipe()  # no step comes, and no end, while somebody cancels
    lines = io.StringIO("Reading\nFinding claims\n") if does == "looks on" else os.fdopen(silent)
    assert progress_window.main("Refresh claims", lines) == ends
    os.close(held)
    if does == "looks on":
        assert screen.shown == ["Starting", "Reading", "Finding claims"] and screen.states == ["normal"]


def test_the_window_is_out_of_sight_while_a_question_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen("looks on")
    monkeypatch.setitem(sys.modules, "tkinter", screen)
    progress_window.main("Clear report tab", io.StringIO(f"Reading\n{WAITING}\nClearing\nWriting\n"))
    assert screen.states == ["normal", "withdrawn", "normal"]


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(3)",
        "raise SystemExit",
        "import sys; sys.stdin.close(); import time; time.sleep(60)",
    ],
)
def test_a_run_goes_on_without_a_window(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(progress_window, "_LAST_WAIT", 0.1)
    in_window(monkeypatch, program)
    with window("Refresh claims") as show:
        for step in ("one", "two\nlines", "three"):
            show(step)


def test_a_window_that_cannot_even_be_started_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no processes left")

    monkeypatch.setattr(own_python.subprocess, "Popen", refuse)
    with window("Refresh claims") as show:
        show("one")


def test_the_window_imports_nothing_from_the_folder_the_run_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("recoup", "tkinter", "queue"):
        (tmp_path / f"{name}.py").write_text("open('was here', 'w').close()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress_window, "_LAST_WAIT", 20.0)
    with window("Refresh claims") as show:
        show("one")
    assert not (tmp_path / "was here").exists()


def test_lines_with_accents_arrive_whatever_the_computers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PYTHONIOENCODING": "cp1252",  # as Windows has it in the West
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }.items():
        monkeypatch.setenv(name, value)
    child = own_python.start_python("-c", "line = input(); print(ascii(line)); print(line)", answers=True)
    assert child is not None
    step = "writing Ángel, 倉庫"
    told, _ = child.communicate(f"{step}\n")
    assert told == f"{step!a}\n{step}\n"
