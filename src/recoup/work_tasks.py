"""A line of the work queue, the whole queue, and its money: per currency, by the week of the deadline, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from .cases import text
from .filing_plan import Plan
from .model import Cell, Record

TO_FILE = ("file", "take up", "dispute")
HEADERS = (
    *("Due", "What", "Case", "Kind", "Stage", "Last day", "Value", "Expected value", "Currency", "Owner"),
    *("Next step", "Claims"),
)


@dataclass(frozen=True, slots=True)
class Worth:
    """The money of one claim; None where it is not known."""

    currency: str
    value: float | None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the queue: what to do about which case or claims, by when, for how much.

    ``last`` is the day after which it is too late, ``closes`` the deadline of what is not filed yet.
    """

    what: str
    case: str
    claim_ids: tuple[str, ...]
    kind: str
    stage: str
    says: str
    owner: str
    worth: tuple[Worth, ...]
    due: date
    last: date | None = None
    closes: date | None = None
    file_by: date | None = None
    sku: str = ""

    @property
    def by(self) -> date:
        """The day by which people want it done: its File by, or the day it is due."""
        return (self.file_by if self.what in TO_FILE else None) or self.due

    @property
    def name(self) -> str:
        """The case, or the claim that nobody took up."""
        return self.case or self.claim_ids[0]

    @property
    def request(self) -> str:
        """A name in the plan of filings that nothing else has, whatever people call their cases."""
        return f"case {self.case}" if self.case else f"claim {self.claim_ids[0]}"

    @property
    def order(self) -> tuple[date, date, float, str, str]:
        """What is due first, then what is soonest too late, then the most money."""
        return (self.due, self.last or date.max, -most_of(self.worth), self.name, self.stage)


@dataclass(frozen=True)
class Queue:
    """All work, in order; ``days`` is how far ahead people look."""

    as_of: date
    days: int
    tasks: Sequence[Task]
    plan: Plan
    waiting: Sequence[Task] = ()  # claims that wait: no work, but money with a deadline
    refreshed: date | None = None

    @cached_property
    def overdue(self) -> list[Task]:
        """What should have been done before today."""
        return [t for t in self.tasks if t.due < self.as_of]

    @cached_property
    def today(self) -> list[Task]:
        """What is due today."""
        return [t for t in self.tasks if t.due == self.as_of]

    @cached_property
    def coming(self) -> list[Task]:
        """What is due within the next days."""
        end = self.as_of + timedelta(days=self.days)
        return [t for t in self.tasks if self.as_of < t.due <= end]

    @property
    def no_room(self) -> list[Task]:
        """What the daily limit keeps from going out by its deadline."""
        return [t for t in self.tasks if t.what in TO_FILE and t.request in self.plan.no_room]

    @property
    def closing(self) -> list[Task]:
        """What is not filed yet and can be filed within the next days only."""
        end = self.as_of + timedelta(days=self.days)
        return [t for t in self.unfiled if t.closes and t.closes <= end]

    @property
    def unfiled(self) -> list[Task]:
        """What is not filed yet and could still be."""
        return [t for t in (*self.tasks, *self.waiting) if t.closes or t.what in TO_FILE]


def add_up(tasks: Iterable[Task]) -> dict[str, Record]:
    """Per currency: claims, value, expected value, and claims without a value."""
    found: dict[str, Record] = {}
    for worth in (w for t in tasks for w in t.worth):
        line = found.setdefault(
            worth.currency,
            {
                "Currency": worth.currency,
                "Claims": 0,
                "Value": 0.0,
                "Expected value": 0.0,
                "Without a value": 0,
            },
        )
        line["Claims"] = _plus(line["Claims"], 1)
        line["Value"] = round(_plus(line["Value"], worth.value), 2)
        line["Expected value"] = round(_plus(line["Expected value"], worth.expected), 2)
        line["Without a value"] = _plus(line["Without a value"], worth.value is None)
    return dict(sorted(found.items()))


def expected_by_week(queue: Queue) -> list[Record]:
    """What can still be filed, by the week of its deadline and currency; unknown deadlines last."""
    weeks: dict[date, list[Task]] = {}
    for task in queue.unfiled:
        weeks.setdefault(monday(task.closes) if task.closes else date.max, []).append(task)
    return [
        {"Deadline in week of": None if week == date.max else week, **line}
        for week, tasks in sorted(weeks.items(), key=lambda x: x[0])
        for line in add_up(tasks).values()
    ]


def monday(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def task_row(task: Task) -> Record:
    """A task by the headers that people see."""
    sums = add_up([task])
    one = next(iter(sums.values())) if len(sums) == 1 else {}
    known = [w for w in task.worth if w.value is not None]
    several = " + ".join(f"{s['Value']:,.2f} {c}" for c, s in sums.items()) if len(sums) > 1 else None
    return {
        "Due": task.due,
        "What": task.what,
        "Case": task.name,
        "Kind": task.kind,
        "Stage": task.stage,
        "Last day": task.last,
        "Value": several or (one.get("Value") if known else None),
        "Expected value": one.get("Expected value")
        if any(w.expected is not None for w in task.worth)
        else None,
        "Currency": text(one.get("Currency")),
        "Owner": task.owner,
        "Next step": task.says,
        "Claims": ", ".join(task.claim_ids),
    }


def due_table(queue: Queue) -> list[list[Cell]]:
    """What is overdue, due today and due within the next days, as cells below their headings."""
    rows = [task_row(t) for t in (*queue.overdue, *queue.today, *queue.coming)]
    return [list(HEADERS), *([row[h] for h in HEADERS] for row in rows)]


def most_of(worth: Iterable[Worth]) -> float:
    return sum(w.value or 0.0 for w in worth)


def _plus(total: Cell, more: float | bool | None) -> float:
    return (total if isinstance(total, (int, float)) else 0) + (more or 0)
