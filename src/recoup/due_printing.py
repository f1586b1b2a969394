"""What `recoup due` prints: work by day, the plan of filings, expected value by deadline, and what was missed."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from . import __version__
from .console import print_json, print_table, say
from .home import in_sums
from .memory import plain
from .missed_money import by_currency, by_week, missed_rows
from .model import Record, RecoupError
from .playbook import play_rows
from .policy import Policy
from .printing import MOST_CLAIMS
from .work_ahead import Ahead
from .work_tasks import Queue, Task, add_up, expected_by_week, task_row

_COLUMNS = ("Due", "What", "Case", "Last day", "Value", "Expected value", "Currency", "Owner", "Next step")
_BY_WEEK = ("Deadline in week of", "Claims", "Value", "Expected value", "Currency", "Without a value")
_MISSED = ("Week of", "Cause", "Owner", "Claims", "Value", "Currency", "Without a value")
_EACH = ("Deadline", "Claim", "Kind", "Cause", "Missing", "Owner", "Value", "Currency")


def print_due(book: Path, ahead: Ahead, *, missed: bool, as_json: bool) -> None:
    """The work of a workbook, and what was missed."""
    if as_json:
        print_json(_document(book, ahead, missed))
        return
    queue = ahead.queue
    for title, tasks in work_by_day(queue).items():
        _print_tasks(title, tasks)
    if not any(work_by_day(queue).values()):
        say(f"Nothing is due within {queue.days} days of {queue.as_of}.")
    for sentence in about_work(book, queue):
        say(sentence)
    _print(f"Expected value by deadline{_of(queue.unfiled)}", expected_by_week(queue), _BY_WEEK)
    if missed:
        _print_missed(ahead)
    elif ahead.lately:
        sums = in_sums(by_currency(ahead.lately), "Value")
        say(f"Missed since {ahead.since}: {sums}; --missed tells why, and whose they were.")


def about_work(book: Path, queue: Queue) -> list[str]:
    """How filings spread over days, and how old the claims are that this rests on."""
    return [*_filings(queue), *_age(book, queue)]


def work_by_day(queue: Queue) -> dict[str, list[Task]]:
    """What is overdue, due today and due soon, under what each is called."""
    return {
        "Overdue": queue.overdue,
        f"Today, {queue.as_of}": queue.today,
        f"Within {queue.days} days": queue.coming,
    }


def _print_tasks(title: str, tasks: Sequence[Task]) -> None:
    rows = [task_row(t) for t in tasks[:MOST_CLAIMS]]
    _print(f"{title}: {len(tasks)}{_of(tasks)}", rows, _COLUMNS)
    if len(tasks) > MOST_CLAIMS:
        say(f"  … and {len(tasks) - MOST_CLAIMS} more (--json lists all)")


def _of(tasks: Iterable[Task]) -> str:
    sums = in_sums(add_up(tasks).values(), "Value")
    return f" ({sums})" if sums else ""


def _print(title: str, rows: Sequence[Record], columns: Iterable[str]) -> None:
    """A table without the columns that hold nothing."""
    print_table(title, rows, [c for c in columns if any(plain(r.get(c)) for r in rows)])


def _filings(queue: Queue) -> list[str]:
    """How the daily limit spreads what is to be filed, and what it keeps from going out in time."""
    plan, said = queue.plan, []
    days = sorted(Counter(plan.days.values()).items())
    if days and (plan.filed or plan.no_room or len(days) > 1):
        filed = f", {plan.filed} filed today" if plan.filed else ""
        parts = [f"{n} on {day}" for day, n in days[: queue.days + 1]]
        later = sum(n for _, n in days[queue.days + 1 :])
        more = f", {later} later" if later else ""
        said.append(f"At most {plan.limit} filings a day (Settings{filed}): {', '.join(parts)}{more}.")
    if plan.no_room:
        count = f"{len(plan.no_room)} miss" if len(plan.no_room) > 1 else "1 misses"
        said.append(
            f"{count} the deadline at {plan.limit} a day: raise Daily filing limit on Settings, or choose."
        )
    return said


def _age(book: Path, queue: Queue) -> list[str]:
    if queue.refreshed is None:
        return [f"{book.name} holds no claims: run `recoup refresh {book.name}` first."]
    if queue.refreshed < queue.as_of:
        days = (queue.as_of - queue.refreshed).days
        ago = "yesterday" if days == 1 else f"{days} days ago"
        return [f"Claims stand as of {queue.refreshed}, {ago}: refresh to see what changed since."]
    if queue.refreshed > queue.as_of:
        return [
            f"Claims stand as of {queue.refreshed}, after {queue.as_of}: what was known then is not told."
        ]
    return []


def _print_missed(ahead: Ahead) -> None:
    sums = in_sums(by_currency(ahead.missed), "Value")
    if not ahead.missed:
        say("Nothing was missed.")
    _print(f"Missed ({sums})", by_week(ahead.missed), _MISSED)
    _print("Each of them", list(missed_rows(ahead.missed))[:MOST_CLAIMS], _EACH)
    if len(ahead.missed) > MOST_CLAIMS:
        say(f"  … and {len(ahead.missed) - MOST_CLAIMS} more (--json lists all)")


def _document(book: Path, ahead: Ahead, missed: bool) -> dict[str, Any]:
    queue, plan = ahead.queue, ahead.queue.plan
    sections = {"overdue": queue.overdue, "today": queue.today, "coming": queue.coming}
    lost: dict[str, Any] = {"since": str(ahead.since), "lately": _plain(by_currency(ahead.lately))}
    if missed:
        lost |= {"by_week": _plain(by_week(ahead.missed)), "claims": _plain(missed_rows(ahead.missed))}
    return {
        "as_of": str(queue.as_of),
        "workbook": str(book),
        "refreshed": str(queue.refreshed) if queue.refreshed else None,
        "days": queue.days,
        "counts": {
            **{when: len(tasks) for when, tasks in sections.items()},
            "later": len(queue.tasks) - sum(map(len, sections.values())),
        },
        "tasks": [
            {"When": when, **line, "Claims": list(task.claim_ids)}
            for when, tasks in sections.items()
            for task, line in zip(tasks, _plain(map(task_row, tasks)), strict=True)
        ],
        "sums": {when: _plain(add_up(tasks).values()) for when, tasks in sections.items()},
        "filings": {
            "a_day": plan.limit,
            "filed_today": plan.filed,
            "days": {str(day): n for day, n in sorted(Counter(plan.days.values()).items())},
            "no_room": [t.name for t in queue.no_room],
        },
        "expected_by_deadline": _plain(expected_by_week(queue)),
        "missed": lost,
        "versions": {"recoup": __version__, "python": platform.python_version()},
    }


def _plain(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {k: v if isinstance(v, (int, float)) or v is None else plain(v) for k, v in row.items()}
        for row in rows
    ]


def print_plays(policy: Policy, on: date, marketplace: str, *, as_json: bool) -> None:
    """The playbook: what to do about a denial, reason by reason."""
    if marketplace not in policy.marketplaces:
        known = ", ".join(sorted(policy.marketplaces))
        raise RecoupError(f"{marketplace} is no marketplace Recoup knows; choose one of {known}.")
    rows = play_rows(policy, on, marketplace)
    if as_json:
        print_json({"on": str(on), "marketplace": marketplace, "reasons": _plain(rows)})
        return
    for row in rows:
        say(f"\n{row['Reason']}: {row['Meaning']}")
        for header in ("Do", "Attach", "Where", "Not before", "Do not appeal when"):
            if row[header]:
                say(f"  {header}: {row[header]}")
    say(f"\nCertainty: {rows[0]['Certainty']}. Source: {rows[0]['Source']}")
