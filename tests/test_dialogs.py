"""The windows that ask and tell, on a screen out of sight (Xvfb; skipped where there is none), and the clipboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recoup import dialogs
from recoup.dialogs import Declined, Dialogs, Field, _clipboard, _opening, _screen, open_dialogs
from recoup.dialogs._no_screen import NoScreen
from recoup.model import RecoupError

tkinter = pytest.importorskip("tkinter")
_windows = pytest.importorskip("recoup.dialogs._windows")


@pytest.fixture(scope="module")
def screen() -> Iterator[None]:
    """A display: the one that is there, else one that nobody sees."""
    if _screen.has_screen():
        yield
        return
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("no display, and no Xvfb to make one")
    told, number = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(number), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[number],
        stderr=subprocess.DEVNULL,
    )
    os.close(number)
    display = os.read(told, 100).decode().strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", f":{display}")
        yield
    server.terminate()
    server.wait()
    os.close(told)


class Sight:
    """A window as a person sees it."""

    def __init__(self, root: Any) -> None:
        self.root = root

    def all(self, kind: str) -> list[Any]:
        found, queue = [], [self.root]
        while queue:
            queue += (widget := queue.pop(0)).winfo_children()
            found += [widget] if widget.winfo_class() == kind else []
        return found

    def click(self, label: str) -> None:
        next(b for b in self.all("TButton") if b.cget("text") == label).invoke()

    @property
    def buttons(self) -> set[str]:
        return {b.cget("text") for b in self.all("TButton")}

    @property
    def sentences(self) -> str:
        return "\n".join(str(label.cget("text")) for label in self.all("TLabel"))

    @property
    def text(self) -> str:
        return str(self.all("Text")[0].get("1.0", "end-1c"))

    def press(self, key: str, widget: Any = None) -> None:
        (widget or self.root).focus_force()
        self.root.update()
        (widget or self.root).event_generate(key)


@pytest.fixture
def person(screen: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Sight], None]], Dialogs]:
    """The dialogs before a person who does something to the next window; a window left open is closed."""

    def before(act: Callable[[Sight], None]) -> Dialogs:
        def close(root: Any) -> None:
            with suppress(tkinter.TclError):  # it closed itself
                root.destroy()

        def shown(root: Any, first: Any = None) -> None:
            _screen.come_forward(root, first)

            def go() -> None:
                try:
                    act(Sight(root))
                finally:
                    with suppress(tkinter.TclError):
                        root.after(200, close, root)

            root.after(50, go)

        monkeypatch.setattr(_windows, "come_forward", shown)
        return _windows.Windows(4711)  # type: ignore[no-any-return]

    return before


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(_windows, "put_text", texts.append)
    return texts


Person = Callable[[Callable[[Sight], None]], Dialogs]


def test_a_long_text_is_shown_whole_and_can_be_copied(person: Person, copied: list[str]) -> None:
    text = "\n".join(f"{n:>4}  {'wide ' * 60}" for n in range(500))
    seen: list[Any] = []

    def read(sight: Sight) -> None:
        area = sight.all("Text")[0]
        seen.extend([sight.text, area.cget("state"), sight.root.winfo_width(), sight.buttons])
        sight.click("Copy")
        sight.click("Close")

    person(read).show("Checks", text)
    assert seen[0] == text and seen[1] == "disabled" and 900 < seen[2] <= 1280
    assert seen[3] == {"Copy", "Close"} and copied == [text]


def test_details_can_be_copied_and_are_not_shown(person: Person, copied: list[str]) -> None:
    seen: list[Any] = []

    def read(sight: Sight) -> None:
        seen.extend([sight.sentences, sight.buttons])
        sight.click("Copy details")
        sight.press("<Return>")

    person(read).tell("Recoup", "The ledger is torn; glue it.", "Traceback: line 1")
    assert seen == ["The ledger is torn; glue it.", {"OK", "Copy details"}]
    assert copied == ["The ledger is torn; glue it.\n\nTraceback: line 1"]
    person(lambda sight: (seen.append(sight.buttons), sight.press("<Escape>"))).tell("Recoup", "Cancelled.")
    assert seen[-1] == {"OK"}


def test_who_agrees_has_clicked_the_word_that_says_so(person: Person) -> None:
    seen: list[str] = []

    def agree(sight: Sight) -> None:
        seen.extend([sight.sentences, sight.text])
        sight.click("Clear")

    person(agree).agree("Clear report tab", "Clear 12 rows?", "Ledger: 12 rows go", "Clear")
    assert seen == ["Clear 12 rows?", "Ledger: 12 rows go"]


@pytest.mark.parametrize("way", ["Cancel", "<Escape>", "<Return>", "cross"])
def test_anything_else_is_a_no(person: Person, way: str) -> None:
    def decline(sight: Sight) -> None:
        if way == "cross":
            sight.root.tk.call(*sight.root.protocol("WM_DELETE_WINDOW").split())
        else:
            sight.click(way) if way == "Cancel" else sight.press(way)

    with pytest.raises(Declined):
        person(decline).agree("Clear report tab", "Clear 12 rows?", "Ledger: 12 rows go", "Clear")


FORM = [
    Field("Reason", lines=3, needed=True, hint="It stands on Not Claimed."),
    Field("Stage", "Filed", choices=["Filed", "Paid"], free=False),
    Field("Case id"),
]


def test_a_form_waits_until_what_is_needed_is_filled_in(person: Person) -> None:
    seen: list[Any] = []

    def fill(sight: Sight) -> None:
        sight.click("OK")
        seen.append(sight.root.winfo_exists())
        reason = sight.all("Text")[0]
        reason.insert("1.0", "  because\nof it \n")
        sight.press("<Return>", reason)
        seen.append(sight.root.winfo_exists())
        sight.all("TEntry")[0].insert(0, "17")
        sight.press("<Return>", sight.all("TEntry")[0])

    answers = person(fill).ask("Dismiss", "Why?", FORM)
    assert (
        answers["Reason"].split() == ["because", "of", "it"]
        and answers["Reason"] == answers["Reason"].strip()
    )
    assert answers["Stage"] == "Filed" and answers["Case id"] == "17"
    assert seen == [True, True], "neither a blank line nor Enter within a text ends it"


@pytest.mark.parametrize("window", ["form", "table"])
def test_enter_on_a_button_clicks_that_button(person: Person, window: str) -> None:
    def cancel(sight: Sight) -> None:
        label = "Cancel" if window == "form" else "Close"
        sight.press("<Return>", next(b for b in sight.all("TButton") if b.cget("text") == label))

    with pytest.raises(Declined):
        person(cancel).ask("Record answer", "What?", FORM[1:]) if window == "form" else choose(person, cancel)


@pytest.mark.parametrize("button", ["Copy", "Copy details"])
def test_a_clipboard_that_another_program_holds_is_told_until_the_text_is_copied(
    person: Person, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    held, why = [True, False], "The clipboard is held by another program"
    seen: list[bool] = []

    def put(_: str) -> None:
        if held.pop(0):
            raise RecoupError(why)

    def read(sight: Sight) -> None:
        for _ in range(2):
            sight.click(button)
            sight.root.update()
            told = [w for w in sight.all("TLabel") if w.cget("text") == why]
            seen.append(any(w.winfo_ismapped() for w in told))
        sight.press("<Escape>")

    monkeypatch.setattr(_windows, "put_text", put)
    if button == "Copy":
        person(read).show("Checks", "1 error")
    else:
        person(read).tell("Recoup", "It is torn.", "Traceback")
    assert seen == [True, False]


def test_the_first_line_of_a_form_has_the_keyboard_and_a_list_takes_nothing_else(person: Person) -> None:
    seen: list[Any] = []

    def look(sight: Sight) -> None:
        sight.root.update()
        seen.extend(
            [sight.root.focus_get(), sight.all("Text")[0], str(sight.all("TCombobox")[0].cget("state"))]
        )
        sight.click("Cancel")

    with pytest.raises(Declined):
        person(look).ask("Dismiss", "Why?", FORM)
    assert seen[0] is seen[1] and seen[2] == "readonly"


@pytest.mark.parametrize(
    ("ask", "dialog", "given", "answer"),
    [
        (
            lambda d: d.pick_files("Import", [("Reports", "*.txt")]),
            "askopenfilenames",
            ("/a/b.txt",),
            [Path("/a/b.txt")],
        ),
        (lambda d: d.pick_folder("Pack"), "askdirectory", "/a", Path("/a")),
        (lambda d: d.save_as("Merge", "merged.xlsx"), "asksaveasfilename", "/a/m.xlsx", Path("/a/m.xlsx")),
    ],
    ids=["files", "folder", "save as"],
)
def test_files_and_folders_are_picked_in_the_systems_own_dialogs(
    person: Person, monkeypatch: pytest.MonkeyPatch, ask: Any, dialog: str, given: Any, answer: Any
) -> None:
    there: list[Any] = []

    def choose(**options: Any) -> Any:
        there.append(options["parent"])
        return given

    monkeypatch.setattr(_windows.filedialog, dialog, choose)
    assert ask(person(lambda _: None)) == answer
    monkeypatch.setattr(_windows.filedialog, dialog, lambda **_: "" if isinstance(given, str) else ())
    with pytest.raises(Declined):
        ask(person(lambda _: None))
    with pytest.raises(tkinter.TclError):
        there[0].winfo_exists()  # gone with its answer


def test_where_there_is_a_screen_windows_are_taken(screen: None) -> None:
    assert isinstance(open_dialogs(1), _windows.Windows) and open_dialogs().seen


# ---- without a screen


def test_without_a_screen_questions_are_refused_and_sentences_go_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_screen.tkinter, "Tk", lambda: (_ for _ in ()).throw(tkinter.TclError("no display")))
    person = open_dialogs(4711)
    assert isinstance(person, NoScreen) and not person.seen
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    person.tell("Recoup", "The ledger\x1b is torn.", "Traceback")
    person.show("Checks", "1 error\n")
    assert capfd.readouterr().err == "recoup: The ledger\\u001b is torn.\nrecoup: 1 error\n"
    for ask in (
        lambda: person.pick_files("Import", []),
        lambda: person.pick_folder("Pack"),
        lambda: person.save_as("Merge", "x.xlsx"),
        lambda: person.ask("Dismiss", "Why?", []),
        lambda: person.agree("Clear", "Clear?", "all", "Clear"),
    ):
        with pytest.raises(
            RecoupError, match=r"no screen to ask on.*use the command line.*Nothing was changed"
        ):
            ask()


def test_a_python_without_tkinter_has_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tkinter", None)
    for name in ("_screen", "_windows"):
        monkeypatch.delitem(sys.modules, f"recoup.dialogs.{name}")
        monkeypatch.delattr(dialogs, name)
    assert isinstance(open_dialogs(), NoScreen)


# ---- the clipboard


class WindowsClipboard:
    """What ``user32`` and ``kernel32`` do with it; ``held``: how often it is refused first."""

    def __init__(self, held: int = 0, full: bool = False) -> None:
        self.calls: list[str] = []
        self.memory: dict[int, bytes] = {}
        self.text = b""
        self.held, self.full = held, full
        for name in ("OpenClipboard", "EmptyClipboard", "SetClipboardData", "CloseClipboard"):
            setattr(self, name, self._function(name))
        for name in ("GlobalAlloc", "GlobalLock", "GlobalUnlock", "GlobalFree"):
            setattr(self, name, self._function(name))

    def _function(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.calls.append(name)
            return getattr(self, f"_{name}", lambda *_: 1)(*arguments)

        return call

    def _OpenClipboard(self, _: object) -> int:
        self.held -= 1
        return int(self.held < 0)

    def _SetClipboardData(self, kind: int, memory: int) -> int:
        assert kind == 13
        self.text = self.memory.get(memory, b"")
        return 0 if self.full else memory

    def move(self, to: int, data: bytes, size: int) -> None:
        assert size == len(data)
        self.memory[to] = data


def test_a_text_is_handed_to_windows_which_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clipboard, "_PAUSE", 0)
    system = WindowsClipboard(held=3)
    _clipboard.put_on_windows("Zoë\n日本\r\nend", system, system, system.move)
    assert system.text.decode("utf-16-le") == "Zoë\r\n日本\r\nend\0"
    assert system.calls.count("OpenClipboard") == 4 and system.calls[-1] == "CloseClipboard"
    assert "GlobalFree" not in system.calls, "it is Windows' own from then on"


@pytest.mark.parametrize(
    "system", [WindowsClipboard(held=99), WindowsClipboard(full=True)], ids=["held", "full"]
)
def test_a_clipboard_that_another_program_holds_is_told(
    monkeypatch: pytest.MonkeyPatch, system: WindowsClipboard
) -> None:
    monkeypatch.setattr(_clipboard, "_PAUSE", 0)
    with pytest.raises(RecoupError, match="held by another program; close it"):
        _clipboard.put_on_windows("x", system, system, system.move)
    assert system.calls.count("CloseClipboard") == int(system.full)
    assert system.calls.count("GlobalFree") == int(system.full)


def test_elsewhere_a_program_of_the_system_takes_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_clipboard, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RecoupError, match="no program for the clipboard"):
        _clipboard.put_text("x")
    program = tmp_path / "pbcopy"
    program.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/clipboard\n")
    program.chmod(0o755)
    _clipboard.put_text("Zoë\n日本")
    assert (tmp_path / "clipboard").read_text(encoding="utf-8") == "Zoë\n日本"
    program.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(RecoupError, match="pbcopy could not put"):
        NoScreen().copy("x")


def test_declining_is_a_way_to_cancel() -> None:
    assert issubclass(Declined, dialogs.Cancelled)


# ---- a table to choose from

DUE = [
    {"Due": "2026-11-20", "What": "file\nnow"},
    {"Due": "2026-11-21", "What": "chase"},
    {"Due": "2026-11-22"},
]


def choose(person: Person, act: Callable[[Sight], None]) -> int:
    return person(act).choose("Due today", "3 lines.", DUE, ("Due", "What"), "Go to its row")


def test_a_row_of_a_table_is_chosen_by_the_button_or_by_enter(person: Person) -> None:
    seen: list[Any] = []

    def click(sight: Sight) -> None:
        (tree,) = sight.all("Treeview")
        seen.extend([[tree.item(i, "values") for i in tree.get_children()], sight.sentences, sight.buttons])
        tree.selection_set("2")
        sight.click("Go to its row")

    assert choose(person, click) == 2
    assert seen[0] == [("2026-11-20", "file now"), ("2026-11-21", "chase"), ("2026-11-22", "")]
    assert seen[1:] == ["3 lines.", {"Go to its row", "Close"}]

    def keys(sight: Sight) -> None:
        sight.press("<Down>", sight.all("Treeview")[0])
        sight.press("<Return>", sight.all("Treeview")[0])

    assert choose(person, keys) == 1


def test_a_double_click_chooses_a_row_and_on_a_heading_nothing(person: Person) -> None:
    def twice(sight: Sight) -> None:
        (tree,) = sight.all("Treeview")
        sight.root.update()
        for y in (5, tree.bbox("1")[1] + 4):
            for _ in range(2):
                tree.event_generate("<ButtonPress-1>", x=10, y=y)
                tree.event_generate("<ButtonRelease-1>", x=10, y=y)

    assert choose(person, twice) == 1


def test_a_wide_table_stays_within_the_screen_and_is_scrolled(person: Person) -> None:
    seen: list[int] = []
    columns = [f"Column {n}" for n in range(40)]

    def read(sight: Sight) -> None:
        seen.extend(
            [
                sight.root.winfo_width(),
                sight.root.winfo_screenwidth(),
                sight.all("TButton")[0].winfo_viewable(),
            ]
        )
        sight.click("Go")

    rows = [dict.fromkeys(columns, "word " * 30)] * 400
    assert person(read).choose("Journal", "All", rows, columns, "Go") == 0
    assert 900 < seen[0] < seen[1] and seen[2]


def test_a_table_that_is_closed_declines(person: Person) -> None:
    for act in (lambda s: s.click("Close"), lambda s: s.press("<Escape>"), lambda s: s.root.destroy()):
        with pytest.raises(Declined):
            choose(person, act)


def test_what_is_done_already_is_closed_not_cancelled(person: Person) -> None:
    seen: list[Any] = []

    def close(sight: Sight) -> None:
        seen.append(sight.buttons)
        sight.click("Close")

    with pytest.raises(Declined):
        person(close).agree("Evidence pack", "1 pack made.", "Wrote it", "Open the folder", "Close")
    assert seen == [{"Open the folder", "Close"}]


# ---- folders and workbooks


def test_a_folder_is_opened_by_the_program_of_this_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        started.append(command)

    monkeypatch.setattr(_opening, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(_opening, "subprocess", SimpleNamespace(run=run, SubprocessError=OSError))
    _opening.open_path(tmp_path)
    assert started == [["open", str(tmp_path)]]


@pytest.mark.parametrize("platform", ["win32", "linux"])
def test_what_this_computer_does_not_open_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no program")

    monkeypatch.setattr(_opening, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(_opening, "subprocess", SimpleNamespace(run=refuse, SubprocessError=ValueError))
    monkeypatch.setattr(_opening, "os", SimpleNamespace(startfile=refuse))
    with pytest.raises(RecoupError, match="is there, but this computer did not open it; open it by hand"):
        _opening.open_path(tmp_path)
