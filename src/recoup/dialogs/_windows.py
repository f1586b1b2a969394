"""Dialogs as windows of tkinter. Each is a window of its own, gone with its answer; Escape and the cross decline."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tkinter import filedialog, font, ttk
from typing import NoReturn

from ..model import RecoupError
from . import ALL_FILES, Declined, Field
from ._clipboard import put_text
from ._opening import open_path
from ._screen import come_forward, new_root
from ._table import PICKED, Table

_MARGIN, _GAP = 16, 8  # pixels
_WIDEST, _TALLEST = 150, 36  # letters and lines of a text that is shown at once
_WRAP = 560  # pixels of a sentence
_FORM_WIDTH = 60  # letters


class Windows:
    """See ``Dialogs``; ``window`` is the handle of Excel's window, 0 where it has none."""

    seen = True

    def __init__(self, window: int = 0) -> None:
        self._window = window

    # ---- files

    def pick_files(self, title: str, kinds: Sequence[tuple[str, str]]) -> list[Path]:
        """The system's own dialog."""
        with self._behind(title) as root:
            found = filedialog.askopenfilenames(parent=root, title=title, filetypes=[*kinds, ALL_FILES])
        return [Path(f) for f in found or _decline()]

    def pick_folder(self, title: str) -> Path:
        """The system's own dialog."""
        with self._behind(title) as root:
            found = filedialog.askdirectory(parent=root, title=title, mustexist=True)
        return Path(found or _decline())

    def save_as(self, title: str, name: str) -> Path:
        """The system's own dialog."""
        suffix = Path(name).suffix
        kinds = [(f"*{suffix}", f"*{suffix}"), ALL_FILES]
        with self._behind(title) as root:
            found = filedialog.asksaveasfilename(
                parent=root, title=title, initialfile=name, defaultextension=suffix, filetypes=kinds
            )
        return Path(found or _decline())

    @contextmanager
    def _behind(self, title: str) -> Iterator[tkinter.Tk]:
        """An unseen window for the system's dialogs to stand on, in front of Excel."""
        root = new_root(title, self._window)
        try:
            root.attributes("-alpha", 0.0)
            come_forward(root)
            root.update()
            yield root
        finally:
            root.destroy()

    # ---- questions and texts

    def ask(self, title: str, question: str, fields: Sequence[Field]) -> Mapping[str, str]:
        """A form; OK waits until what is needed is filled in."""
        root = new_root(title, self._window)
        _sentence(root, question)
        form = _Form(root, fields)
        return form.answers if self._run(root, "OK", form.is_complete, first=form.first) else _decline()

    def agree(self, title: str, question: str, preview: str, action: str, otherwise: str = "Cancel") -> None:
        """The question over the preview; nothing goes on by mere Enter."""
        root = new_root(title, self._window)
        _sentence(root, question)
        _text(root, preview)
        if not self._run(root, action, cancel=otherwise, enter=False):
            _decline()

    def choose(
        self,
        title: str,
        question: str,
        rows: Sequence[Mapping[str, str]],
        columns: Sequence[str],
        action: str,
    ) -> int:
        """A table to scroll; a double click or Enter picks as the button does."""
        root = new_root(title, self._window)
        _sentence(root, question)
        table = Table(root, rows, columns)
        if not self._run(root, action, table.is_chosen, cancel="Close"):
            _decline()
        return table.chosen

    def show(self, title: str, text: str) -> None:
        """A text in letters of one width, with Copy."""
        root = new_root(title, self._window)
        _text(root, text)
        self._run(root, "Close", other=("Copy", lambda: self.copy(text)), cancel="")

    def tell(self, title: str, sentence: str, details: str = "") -> None:
        """A sentence, with Copy details where there are any."""
        root = new_root(title, self._window)
        _sentence(root, sentence)
        copy = ("Copy details", lambda: self.copy(f"{sentence}\n\n{details}")) if details else None
        self._run(root, "OK", other=copy, cancel="")

    def copy(self, text: str) -> None:
        """Put a text on the system's clipboard."""
        put_text(text)

    def open(self, path: Path) -> None:
        """As a double click on it would."""
        open_path(path)

    def _run(
        self,
        root: tkinter.Tk,
        action: str,
        ready: Callable[[], bool] = lambda: True,
        *,
        first: tkinter.Misc | None = None,
        other: tuple[str, Callable[[], None]] | None = None,
        cancel: str = "Cancel",
        enter: bool = True,
    ) -> bool:
        """Show the window with its buttons until it is closed; whether by ``action``."""
        done: list[bool] = []

        def act() -> None:
            if ready():
                done.append(True)
                root.destroy()

        def close(_: object = None) -> None:
            root.destroy()

        row = ttk.Frame(root)
        row.pack(side="bottom", fill="x", padx=_MARGIN, pady=_MARGIN, before=root.pack_slaves()[0])
        if cancel:
            ttk.Button(row, text=cancel, command=close).pack(side="right")
        main = ttk.Button(row, text=action, command=act)
        main.pack(side="right", padx=_GAP)
        if other:
            ttk.Button(row, text=other[0], command=_telling(row, other[1])).pack(side="left")
        root.bind("<Escape>", close)
        root.bind(PICKED, lambda _: act())
        if enter:
            root.bind("<Return>", lambda e: _entered(e.widget, act))
        root.protocol("WM_DELETE_WINDOW", close)
        come_forward(root, first if cancel else main)
        root.mainloop()
        return bool(done)


def _entered(widget: tkinter.Misc, act: Callable[[], None]) -> None:
    """What Enter does: it clicks the button that has the keyboard, breaks the line of a text, else acts."""
    if isinstance(widget, ttk.Button):
        widget.invoke()
    elif not isinstance(widget, tkinter.Text):
        act()


def _telling(row: ttk.Frame, act: Callable[[], None]) -> Callable[[], None]:
    """``act`` for a button in that row; why it could not be done stands over the row."""
    told: list[ttk.Label] = []

    def click() -> None:
        while told:
            told.pop().destroy()
        try:
            act()
        except RecoupError as error:
            told.append(ttk.Label(row.master, text=str(error), wraplength=_WRAP, justify="left"))
            told[0].pack(side="bottom", anchor="w", padx=_MARGIN, after=row)

    return click


class _Form:
    """The lines of a form, and what stands in them."""

    def __init__(self, root: tkinter.Tk, fields: Sequence[Field]) -> None:
        self._fields = fields
        self.answers: dict[str, str] = {}  # what stood there when it was last looked at
        self._read: dict[str, Callable[[], str]] = {}
        self._places: dict[str, tkinter.Misc] = {}
        frame = ttk.Frame(root)
        frame.pack(fill="both", expand=True, padx=_MARGIN, pady=_GAP)
        frame.columnconfigure(1, weight=1)
        for number, field in enumerate(fields):
            label = field.label + (" *" if field.needed else "")
            ttk.Label(frame, text=label).grid(row=2 * number, column=0, sticky="nw", padx=(0, _GAP), pady=2)
            self._add(frame, field).grid(row=2 * number, column=1, sticky="ew", pady=2)
            if field.hint:
                hint = ttk.Label(frame, text=field.hint, wraplength=_WRAP, foreground="#595959")
                hint.grid(row=2 * number + 1, column=1, sticky="w")
        self.first = next(iter(self._places.values()), None)

    def _add(self, frame: ttk.Frame, field: Field) -> tkinter.Widget:
        if field.lines > 1:
            text = tkinter.Text(frame, height=field.lines, width=_FORM_WIDTH, wrap="word", undo=True)
            text.insert("1.0", field.value)
            self._places[field.label] = text
            self._read[field.label] = lambda: text.get("1.0", "end")
            return text
        value = tkinter.StringVar(frame, value=field.value)
        entry: ttk.Entry = (
            ttk.Combobox(frame, textvariable=value, values=list(field.choices), width=_FORM_WIDTH)
            if field.choices
            else ttk.Entry(frame, textvariable=value, width=_FORM_WIDTH)
        )
        if field.choices and not field.free:
            entry.configure(state="readonly")
        self._places[field.label], self._read[field.label] = entry, value.get
        return entry

    def is_complete(self) -> bool:
        """Whether what is needed is filled in; else the first blank line gets the keyboard."""
        self.answers = {label: read().strip() for label, read in self._read.items()}
        blank = next((f.label for f in self._fields if f.needed and not self.answers[f.label]), None)
        if blank:
            self._places[blank].focus_set()
            self._places[blank].bell()
        return blank is None


def _sentence(root: tkinter.Tk, text: str) -> None:
    label = ttk.Label(root, text=text, wraplength=_WRAP, justify="left")
    label.pack(anchor="w", padx=_MARGIN, pady=(_MARGIN, _GAP))


def _text(root: tkinter.Tk, text: str) -> None:
    """A text to read and copy, as wide and high as it is, within the screen; longer lines are scrolled to."""
    lines = text.expandtabs().rstrip("\n").split("\n")
    frame = ttk.Frame(root)
    letters = font.nametofont("TkFixedFont", root=root)
    fit_x = (root.winfo_screenwidth() - 8 * _MARGIN) // max(letters.measure("0"), 1)
    fit_y = (root.winfo_screenheight() * 3 // 5) // max(letters.metrics("linespace"), 1)
    width = min(max(map(len, lines)) + 1, _WIDEST, fit_x)
    area = tkinter.Text(
        frame, width=width, height=min(len(lines), _TALLEST, fit_y), wrap="none", font=letters
    )
    across = ttk.Scrollbar(frame, orient="horizontal", command=area.xview)
    down = ttk.Scrollbar(frame, orient="vertical", command=area.yview)
    area.configure(xscrollcommand=across.set, yscrollcommand=down.set)
    area.insert("1.0", "\n".join(lines))
    area.configure(state="disabled")
    area.bind("<Button-1>", lambda _: area.focus_set())  # else nothing can be marked and copied
    frame.rowconfigure(0, weight=1)
    frame.columnconfigure(0, weight=1)
    area.grid(row=0, column=0, sticky="nsew")
    down.grid(row=0, column=1, sticky="ns")
    across.grid(row=1, column=0, sticky="ew")
    frame.pack(fill="both", expand=True, padx=_MARGIN, pady=(_MARGIN, _GAP))


def _decline() -> NoReturn:
    raise Declined
