"""What a person is asked and sees of merges, of the Journal and of what is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..books.base import Book
from ..console import print_table, text_of
from ..dialogs import Dialogs, Field
from ..home import counted
from ..live_doors import WRITTEN
from ..memory import plain
from ..model import Record, RecoupError
from ..shared_work import UNDO_OF, Undone
from ..sharing import Merge
from ..sharing_printing import COLUMNS, print_undone, say_merge

_WORKBOOKS = ("Recoup workbooks", "*.xlsx *.xlsm")
_BASE, _THERE, _GONE = "The copy that both started from", "I will pick it", "It is gone"
_MOST = 500  # newest lines of the Journal in a window
_BACK = ("Claim ID", "Field", "Now", "Then")


# ---- merge


def ask_copies(dialogs: Dialogs) -> list[Path]:
    """BASE, where it is not gone, and THEIRS."""
    theirs = _one(dialogs, "Merge copy: your colleague's copy")
    hint = (
        "With it, only what each of you changed counts; without it, each cell that differs may be a conflict."
    )
    field = Field(_BASE, _THERE, (_THERE, _GONE), free=False, hint=hint)
    typed = dialogs.ask("Merge copy", f"{theirs.name} is merged with the workbook that is open.", [field])
    return (
        [theirs]
        if typed[_BASE] == _GONE
        else [_one(dialogs, f"Merge copy: {_BASE[0].lower()}{_BASE[1:]}"), theirs]
    )


def _one(dialogs: Dialogs, title: str) -> Path:
    files = dialogs.pick_files(title, [_WORKBOOKS])
    if len(files) != 1:
        raise RecoupError(f"{title}: pick one file, not {len(files)}. Nothing was changed.")
    return files[0]


def ask_output(dialogs: Dialogs, mine: Path) -> Path:
    """Where the merged workbook goes."""
    return dialogs.save_as("Merge copy: the merged workbook, a new file", f"{mine.stem} merged{mine.suffix}")


def about_merge(done: Merge) -> tuple[str, str]:
    """The question and what it is about."""
    conflicts = counted(len(done.summary.conflicts), "conflict")
    question = (
        f"Write the merged workbook {done.path.name}? {conflicts}. {done.copies['MINE'].name} goes into it as it "
        "stands in Excel now, also what is not saved yet, and stays as it is itself."
    )
    return question, text_of(say_merge, done)


def what_next(done: Merge) -> tuple[str, str]:
    """That it is written, and what to do with it."""
    conflicts = done.summary.conflicts
    steps = [
        f"1. Close {done.copies['MINE'].name} without saving, so that nobody goes on in it; keep it until 4."
    ]
    steps.append(f"2. Open {done.path.name} and click Refresh claims.")
    settle = f"Settle the {counted(len(conflicts), 'conflict')} on the tab Merge conflicts, cell by cell."
    steps.append(f"3. {settle if conflicts else 'Look at Journal for what was merged.'}")
    steps.append(f"4. Give {done.path.name} to your colleague; both of you go on in it.")
    return f"{done.path} is written.", "\n".join(steps)


# ---- Journal


def choose_line(dialogs: Dialogs, lines: Sequence[Record]) -> str:
    """The id of the line that the person wants to take back. Raises RecoupError when there is none."""
    if not lines:
        raise RecoupError("The Journal holds no line yet. Nothing was changed.")
    rows = [{c: plain(line.get(c)) for c in COLUMNS} for line in lines[:_MOST]]
    older = f" Older ones stand on the tab Journal ({len(lines) - _MOST} more)." if len(lines) > _MOST else ""
    question = f"The newest changes first.{older} Undo shows what comes back, and asks."
    return rows[dialogs.choose("Journal", question, rows, COLUMNS, "Undo …")]["ID"]


def what_comes_back(book: Book, done: Sequence[Undone]) -> tuple[str, str]:
    """The question, and cell by cell what it says now and what it said then."""
    told = [line for one in done for line in (one.line, *one.with_it)]
    undone = {plain(line["Run"]).removeprefix(UNDO_OF) for line in told}
    lines = [r for r in book.read_table("Journal").records() if plain(r.get("ID")) in undone]
    who = ", ".join(dict.fromkeys(f"{plain(r.get('Who'))} on {plain(r.get('When'))}" for r in lines))
    question = (
        f"Take back {counted(len(told), 'change')} made by {who}? It goes through the Journal: Ctrl+Z does not reach "
        "back that far, and this can be undone there too."
    )
    rows: list[Record] = [
        {
            "Claim ID": plain(r["Claim ID"]),
            "Field": plain(r["Field"]),
            "Now": plain(r["From"]) or "(blank)",
            "Then": plain(r["To"]) or "(blank)",
        }
        for r in told
    ]
    return question, text_of(print_table, "What comes back", rows, _BACK)


def show_undone(done: Sequence[Undone]) -> str:
    """What was taken back."""
    said = "".join(text_of(print_undone, one, "", as_json=False) for one in done)
    return f"{said}\n{WRITTEN}"
