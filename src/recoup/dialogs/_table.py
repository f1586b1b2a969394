"""A table in a window, of which a person picks a row."""

from __future__ import annotations

import tkinter
from collections.abc import Mapping, Sequence
from tkinter import font, ttk

from ..console import printable

PICKED = "<<Picked>>"  # what the window hears when a row was clicked twice
_MARGIN, _GAP = 16, 8  # pixels
_ROWS, _WIDEST = 18, 60  # rows that show at once, letters of the widest column


class Table:
    """Rows by their texts; ``chosen`` is the place of the one that was picked."""

    def __init__(self, root: tkinter.Tk, rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> None:
        self.chosen = 0
        frame = ttk.Frame(root)
        names = [str(n) for n in range(len(columns))]
        self._tree = ttk.Treeview(
            frame, columns=names, show="headings", selectmode="browse", height=min(len(rows), _ROWS)
        )
        letters = font.nametofont("TkDefaultFont", root=root)
        for name, column in zip(names, columns, strict=True):
            texts = [column, *(_in_one_line(row.get(column, "")) for row in rows)]
            width = min(max(map(letters.measure, texts)), letters.measure("0") * _WIDEST) + 2 * _GAP
            self._tree.heading(name, text=column, anchor="w")
            self._tree.column(name, width=width, stretch=name == names[-1])
        for place, row in enumerate(rows):
            self._tree.insert("", "end", str(place), values=[_in_one_line(row.get(c, "")) for c in columns])
        self._put(frame)
        self._tree.bind("<Double-1>", lambda e: self._pick_at(e.y))
        self._tree.focus_set()
        if rows:
            self._tree.focus("0")
            self._tree.selection_set("0")

    def _put(self, frame: ttk.Frame) -> None:
        across = ttk.Scrollbar(frame, orient="horizontal", command=self._tree.xview)
        down = ttk.Scrollbar(frame, orient="vertical", command=self._tree.yview)
        self._tree.configure(xscrollcommand=across.set, yscrollcommand=down.set)
        frame.rowconfigure(0, weight=1)
        frame.columnconfigure(0, weight=1)
        self._tree.grid(row=0, column=0, sticky="nsew")
        down.grid(row=0, column=1, sticky="ns")
        across.grid(row=1, column=0, sticky="ew")
        frame.pack(fill="both", expand=True, padx=_MARGIN, pady=_GAP)
        room = frame.winfo_screenwidth() - 6 * _MARGIN
        if self._tree.winfo_reqwidth() > room:
            frame.configure(width=room, height=self._tree.winfo_reqheight() + across.winfo_reqheight())
            frame.grid_propagate(False)

    def _pick_at(self, y: int) -> str:
        """A double click on a row picks it; on a heading or below the last row it does nothing."""
        if self._tree.identify_row(y):
            self._tree.event_generate(PICKED)
        return "break"  # the table may be gone

    def is_chosen(self) -> bool:
        """Whether a row is selected, which is the chosen one then."""
        selected = self._tree.selection()
        if selected:
            self.chosen = int(selected[0])
        return bool(selected)


def _in_one_line(text: str) -> str:
    return printable(" ".join(text.split()))
