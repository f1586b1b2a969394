"""The work that is due, as a table to choose from, and the row that a line of it is about."""

from __future__ import annotations

from pathlib import Path

from ..books.xlwings_book import XlwingsBook
from ..dialogs import Dialogs
from ..due_printing import about_work, work_by_day
from ..home import counted
from ..memory import plain
from ..work_tasks import Queue, Task, task_row
from .desk import go_to_row

_COLUMNS = (
    "When",
    "Due",
    "What",
    "Case",
    "Kind",
    "Stage",
    "Last day",
    "Value",
    "Currency",
    "Owner",
    "Next step",
)


def choose_task(dialogs: Dialogs, book: Path, queue: Queue) -> Task | None:
    """The line that the person chooses; None when nothing is due."""
    days = work_by_day(queue)
    listed = [(when, task) for when, tasks in days.items() for task in tasks]
    notes = about_work(book, queue)
    if not listed:
        none = f"Nothing is due within {queue.days} days of {queue.as_of}."
        dialogs.show("Due today", "\n".join([none, *notes]))
        return None
    counts = ". ".join(f"{when}: {counted(len(tasks), 'line')}" for when, tasks in days.items())
    rows = [{"When": when, **_texts(task)} for when, task in listed]
    question = "\n".join([f"{counts}.", *notes])
    return listed[dialogs.choose("Due today", question, rows, _COLUMNS, "Go to its row")][1]


def _texts(task: Task) -> dict[str, str]:
    row = {header: plain(cell) for header, cell in task_row(task).items()}
    value = task_row(task)["Value"]
    return row | ({"Value": f"{value:,.2f}"} if isinstance(value, (int, float)) else {})


def go_to_task(book: XlwingsBook, task: Task | None) -> None:
    """Bring its row on Cases to the front, or on Claims where it has no case yet."""
    if task is None:
        return
    cases = book.read_table("Cases").records()
    for header, names in (
        ("Claim ID", task.claim_ids),
        ("Case", (task.case,)),
        ("Amazon case ID", (task.case,)),
    ):
        for name in filter(None, names):
            if any(plain(row.get(header)) == name for row in cases):
                go_to_row(book, "Cases", header, name)
                return
    go_to_row(book, "Claims", "Claim ID", next(iter(task.claim_ids), ""))
