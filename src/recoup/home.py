"""What Home shows after a refresh: the next step, money by status, the next deadlines, the state of each report.

Decisions:
- `Next deadlines` holds the first lines of the work queue. What is no filing says so before its kind; `File by` is
  the day it is due, `Deadline` the day after which it is too late, where there is one.
- Expected value of what closes soon, and what was missed lately, stand in `Notice`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from .cases import day
from .coverage import Coverage, facts_of
from .follow_ups import by_when
from .memory import plain
from .missed_money import by_currency
from .model import Cell, Formula, Problem, Record
from .reports import Export, Reports, all_reports
from .sheets import HOME_DEADLINES, HOME_MONEY, STATUSES
from .waiting import Sum, Sums, in_words
from .work_ahead import Ahead
from .work_tasks import TO_FILE, Queue, Task, add_up, task_row

_SAFE = re.compile(r"[A-Z0-9-]{1,30}")
DAYS_LEFT = 'IF(HomeDeadlines[[#This Row],[Deadline]]="","",HomeDeadlines[[#This Row],[Deadline]]-TODAY())'
TO_CASE = 'HYPERLINK("#{1}!A"&(ROW(Cases[[#Headers],[Case]])+MATCH("{0}",Cases[Case],0)),"{0}")'
TO_CLAIM = 'HYPERLINK("#{1}!A"&(ROW(Claims[[#Headers],[Claim ID]])+MATCH("{0}",Claims[Claim ID],0)),"{0}")'


MANY_ROWS = 50_000  # in one tab: above, files in a folder keep the workbook quick


def quoted(sheet: str) -> str:
    """A tab's name as it stands in a reference inside a formula's text."""
    return "'" + sheet.replace("'", "''").replace('"', '""') + "'"


def money_rows(claims: Iterable[Mapping[str, Cell]]) -> list[Record]:
    """Claims, units and value per status and currency; values are never added across currencies."""
    totals: dict[tuple[str, str], Record] = {}
    for claim in claims:
        key = (plain(claim.get("Status")), plain(claim.get("Currency")))
        row = totals.setdefault(
            key,
            {
                "Status": key[0],
                "Currency": key[1],
                "Claims": 0,
                "Units": 0,
                "Value": 0.0,
                "Without a value": 0,
            },
        )
        value, units, closes = claim.get("Claim value"), claim.get("Units"), day(claim.get("Deadline"))
        row["Claims"] = _plus(row["Claims"], 1)
        row["Units"] = _plus(row["Units"], units)
        row["Value"] = _plus(row["Value"], value)
        row["Without a value"] = _plus(row["Without a value"], 1 if value is None else 0)
        if closes and key[0] in ("Ready", "Waiting", "Needs input"):
            known = day(row.get("Next deadline"))
            row["Next deadline"] = min(known, closes) if known else closes
    order = {status: i for i, status in enumerate(STATUSES)}
    rows = sorted(totals.values(), key=lambda r: (order.get(plain(r["Status"]), 99), plain(r["Currency"])))
    for row in rows:
        row["Value"] = round(_plus(row["Value"], 0), 2)
    return rows[: HOME_MONEY.fixed_rows]


def deadline_rows(queue: Queue, claims: str = "Claims", cases: str = "Cases") -> list[Record]:
    """What is due next, in the order of the queue; ``claims`` and ``cases`` are the tabs that links lead to."""
    return [
        {
            "Kind": task.kind if task.what in TO_FILE else f"{task.what}: {task.kind}".rstrip(": "),
            "Claim": _link(task, claims, cases),
            "File by": task.by,
            "Deadline": task.last,
            "Days left": Formula(DAYS_LEFT, (task.last - queue.as_of).days if task.last else ""),
            "Claim value": task_row(task)["Value"],
            "Currency": task_row(task)["Currency"],
            "SKU": task.sku,
        }
        for task in queue.tasks[: HOME_DEADLINES.fixed_rows]
    ]


def _link(task: Task, claims: str, cases: str) -> Cell:
    """To the claim or the case; a name that somebody typed never enters a formula."""
    if not _SAFE.fullmatch(task.name):
        return task.name
    form, sheet = (TO_CASE, cases) if task.case else (TO_CLAIM, claims)
    return Formula(form.format(task.name, quoted(sheet)), task.name)


def money_notices(ahead: Ahead) -> list[str]:
    """What closes soon with its expected value, and what was missed lately, per currency."""
    queue, said = ahead.queue, []
    if queue.closing:
        sums = in_sums(add_up(queue.closing).values(), "Expected value")
        said.append(f"Expected from what closes within {queue.days} days: {sums}")
    if ahead.lately:
        sums = in_sums(by_currency(ahead.lately), "Value")
        said.append(f"Missed since {ahead.since}: {sums} (recoup due --missed)")
    return said


def in_sums(rows: Iterable[Record], header: str) -> str:
    """`USD 25.00 in 2 claims; 1 claim of unknown value`, currencies side by side."""
    return in_words(
        {
            plain(r["Currency"]): Sum(
                round(_plus(r["Claims"], 0)), _plus(r[header], 0), round(_plus(r["Without a value"], 0))
            )
            for r in rows
        }
    )


def filter_notice(hidden: int, every: int, fresh: int) -> str:
    """Rows that a filter does not show yet, of all and the new ones: people look at Claims through it."""
    news = f", {counted(fresh, 'new row')}" if fresh else ""
    return f"Claims: filter active, {every - hidden} of {every} rows shown{news}" if hidden else ""


def crowded_tabs(reports: Reports, tabs: Collection[str]) -> str:
    """The tabs that make the workbook slow to open and save, and what to do; "" when there are none."""
    rows: dict[str, int] = {}
    for export in reports.exports:
        if export.where in tabs:
            rows[export.where] = rows.get(export.where, 0) + export.rows_read
    full = [f"{tab} ({count:,} rows)" for tab, count in sorted(rows.items()) if count > MANY_ROWS]
    if not full:
        return ""
    return f"keep {', '.join(full)} as files in a Reports folder (Settings), and clear the tab"


def report_rows(
    reports: Reports,
    coverage: Coverage,
    problems: Sequence[Problem],
    waiting: Mapping[str, Sums],
    sheets: Collection[str] = (),
) -> list[Record]:
    """State, rows, covered days and waiting money per tab; a report with an error on Checks says so.

    Rows that stand in none of the workbook's ``sheets`` come from files, which the state counts.
    """
    wrong = {p.where for p in problems if p.severity == "error"}
    tabs: dict[str, list[str]] = {}
    for name, report in all_reports().items():
        tabs.setdefault(report.tab, []).append(name)
    return [
        {
            "Report": tab,
            **_state(names, reports, coverage, wrong, sheets),
            "Money waiting": in_words(waiting.get(tab, {})) or None,
        }
        for tab, names in tabs.items()
    ]


def _state(
    names: Sequence[str], reports: Reports, coverage: Coverage, wrong: set[str], sheets: Collection[str]
) -> Record:
    """What is known of the reports that share a tab."""
    exports = [e for e in reports.exports if e.report in names]
    dated = any(all_reports()[n].day for n in names)
    spans = coverage.spans([*dict.fromkeys(facts_of(n) for n in names)])
    rows = sum(e.rows_used for e in exports)
    if not exports or not (rows or dated or any(e.rows_read for e in exports)):
        state = "empty"  # an own record with headings only, as the template has it
    elif any(e.where in wrong or e.conflict for e in exports):
        state = "see Checks"
    elif spans and len(spans) > 1:
        state = f"read, {counted(len(spans) - 1, 'gap')}"
    else:
        state = "read" if spans or not dated else "confirm the period"
    return {
        "State": state + _from_files(exports, sheets),
        "Rows": rows or None,
        "Covered from": spans[0].first if exports and dated and spans else None,
        "Covered to": min(spans[-1].last, coverage.as_of) if exports and dated and spans else None,
    }


def _from_files(exports: Sequence[Export], sheets: Collection[str]) -> str:
    """Where the rows come from, when not from tabs alone."""
    files = {e.where for e in exports if e.rows_read and e.where not in sheets} if sheets else set()
    tab = any(e.rows_read and e.where in sheets for e in exports)
    return f"; {'tab + ' if tab else ''}{counted(len(files), 'file')}" if files else ""


def counted(number: int, what: str) -> str:
    """`1 gap`, `2 gaps`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def next_step(
    claims: Sequence[Mapping[str, Cell]],
    problems: Sequence[Problem],
    not_run: Mapping[str, Sequence[str]],
    waiting: Mapping[str, Sums],
    queue: Queue,
    on: date,
) -> str:
    """In a sentence or two: what is overdue and due today, once there are cases, and the most useful thing to do."""
    errors = sum(p.severity == "error" for p in problems)
    ready = [c for c in claims if c.get("Status") == "Ready"]
    asked = sum(c.get("Status") == "Needs input" for c in claims)
    later = sum(c.get("Status") == "Waiting" for c in claims)
    if not_run and not claims:
        tabs = sorted({tab for names in not_run.values() for tab in names})
        return f"Paste {', '.join(tabs)}, then refresh the claims."
    parts = []
    if ready:
        dated = [(file, day(c.get("Deadline")) or file) for c in ready if (file := day(c.get("File by")))]
        by = f", the first{by_when(*min(dated), on)}" if dated else ""
        parts.append(
            f"File {len(ready)} {'claim that is' if len(ready) == 1 else 'claims that are'} ready{by}"
        )
    if errors:
        parts.append(f"settle {errors} {'error' if errors == 1 else 'errors'} on Checks")
    if waiting:
        tab = max(sorted(waiting), key=lambda t: sum(line.claims for line in waiting[t].values()))
        missing = any(tab in tabs for tabs in not_run.values())
        verb = "paste" if missing else "complete"
        parts.append(
            f"{verb} {tab} ({in_words(waiting[tab])} may wait for it{'' if missing else ': see Missing'})"
        )
    if asked:
        parts.append(f"answer {asked} {'question' if asked == 1 else 'questions'} (Claims, Missing)")
    if not parts:
        parts.append(f"Nothing to file today; {later} claims wait" if later else "Nothing to file today")
    sentence = "; ".join(parts)
    return f"{due_now(queue)}{sentence[0].upper()}{sentence[1:]}."


def due_now(queue: Queue) -> str:
    """`Overdue: 1 (answer 1). Due today: 3 (file 2, look again 1). `; "" while nobody has a case."""
    if not any(t.case for t in queue.tasks):
        return ""
    said = []
    for when, tasks in (("Overdue", queue.overdue), ("Due today", queue.today)):
        counts = Counter(t.what for t in tasks)
        what = ", ".join(f"{what} {n}" for what, n in sorted(counts.items(), key=lambda x: (-x[1], x[0])))
        said.append(f"{when}: {len(tasks)}{f' ({what})' if what else ''}. ")
    return "".join(said)


def _plus(total: Cell, more: Cell) -> float:
    left = total if isinstance(total, (int, float)) else 0
    return left + (more if isinstance(more, (int, float)) else 0)
