"""What people have to do today, what is overdue, and what comes next: one line per case, or per claim nobody took up.

Decisions:
- A draft, or a claim that is Ready, is due on the day that the plan of filings gives it; where its File by has gone by
  it is overdue. One that the shield blocks, waits or has a question is due by its File by.
- Claims that were taken up or dismissed since the last refresh count as that; claims on Hold are asked about by their
  File by and take no room in the plan. What is past its deadline is no work any more: it is missed money.
- What a payment tells of a filed case (`Suggested stage`) is due at once, before any follow-up.
- What is due first stands first, then what is soonest too late, then the most money, whatever its currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .case_checks import rules_of
from .case_log import CaseLog, case_of
from .case_sheet import row_key
from .cases import GROWN, day, stage_of, text
from .documents import KIND as INBOUND
from .filing_plan import Plan, Request, plan_filings
from .follow_ups import Seen, Step, by_when, next_step, to_file, to_set_stage
from .memory import plain
from .model import Cell, Record
from .policy import ALL
from .shield import (
    ENDED_FOR_GOOD,
    Block,
    Standing,
    case_blocks,
    checked_first,
    draft_blocks,
    filed_today,
    too_late,
    unchecked,
)
from .work_tasks import Queue, Task, Worth, most_of

REVERSED = "reimbursement_reversed"
_OVER = frozenset({*ENDED_FOR_GOOD, "deadline past", "no longer claimed"})
_REFRESH = "reports too old"
_OPEN = ("Ready", "Waiting", "Needs input")


@dataclass(frozen=True)
class Desk:
    """What the queue is made of: the sheets, and Case Log."""

    standing: Standing
    log: CaseLog

    @property
    def on(self) -> date:
        """The day."""
        return self.standing.on

    def claim(self, row: Mapping[str, Cell]) -> Record:
        """The claim of a row, {} when it is not on Claims."""
        return self.standing.claims.get(text(row.get("Claim ID")), {})

    def deadline(self, row: Mapping[str, Cell]) -> date | None:
        """The deadline of a claim or case row."""
        return day(row.get("Deadline")) or day(self.claim(row).get("Deadline"))

    def file_by(self, row: Mapping[str, Cell]) -> date | None:
        """File by of a claim or case row."""
        stated = day(self.claim(row).get("File by"))
        if stated or (deadline := self.deadline(row)) is None:
            return stated
        margin = self.standing.policy.value("safety_margin", on=self.on, marketplace=ALL)
        return deadline - timedelta(days=round(margin.number) if margin else 0)


@dataclass(frozen=True, slots=True)
class _Filing:
    """A task that goes out to Amazon once the plan has a day for it."""

    task: Task
    file_by: date | None
    put_off: date | None = None


def build_queue(desk: Desk, days: int) -> Queue:
    """All work of the sheets as they stand, for people who look ``days`` ahead."""
    tasks: list[Task] = []
    filings: list[_Filing] = []
    for case, rows in _rows_by_case(desk.standing.cases).items():
        stage = stage_of(rows[0])
        if stage != "Draft":
            tasks += _follow(desk, case[0], rows)
            continue
        made = _draft(desk, case[0], rows)
        (filings if isinstance(made, _Filing) else tasks).append(made)  # type: ignore[arg-type]
    waiting: list[Task] = []
    for rows in _untaken(desk):
        made = _claim(desk, rows)
        if isinstance(made, _Filing):
            filings.append(made)
        else:
            (waiting if made.what == "wait" else tasks).append(made)
    plan = _plan(desk, filings)
    tasks += [_planned(f, plan, desk.on) for f in filings]
    seen = (day(c.get("Last seen")) for c in desk.standing.claims.values())
    refreshed = max((d for d in seen if d), default=None)
    return Queue(desk.on, days, sorted(tasks, key=lambda t: t.order), plan, waiting, refreshed)


# ---- rows


def _rows_by_case(cases: Iterable[Record]) -> dict[tuple[str, str], list[Record]]:
    """Rows that are filed and followed together; of copied rows the first."""
    first: dict[str, Record] = {}
    for row in cases:
        if key := row_key(row):
            first.setdefault(key, row)
    found: dict[tuple[str, str], list[Record]] = {}
    for key in sorted(first):
        row = first[key]
        found.setdefault((case_of(row), stage_of(row)), []).append(row)
    return found


def _untaken(desk: Desk) -> list[list[Record]]:
    """Open claims without a case that can still be filed; short SKUs of one shipment together."""
    taken = {text(r.get("Claim ID")) for r in desk.standing.cases}
    found: dict[tuple[str, ...], list[Record]] = {}
    for key, claim in desk.standing.claims.items():
        deadline, status = day(claim.get("Deadline")), text(claim.get("Status"))
        if status not in _OPEN or key in taken or (deadline and deadline < desk.on):
            continue
        if text(claim.get("Decision")) == "Dismiss" and GROWN not in text(claim.get("Missing")):
            continue
        shipment = text(claim.get("Shipment ID")) if text(claim.get("Kind")) == INBOUND else ""
        group = ("shipment", shipment, status) if shipment else ("claim", key)
        found.setdefault(group, []).append(claim)
    return [sorted(rows, key=lambda c: text(c.get("Claim ID"))) for rows in found.values()]


def _ids(rows: Sequence[Mapping[str, Cell]]) -> tuple[str, ...]:
    return tuple(sorted(text(r.get("Claim ID")) for r in rows if text(r.get("Claim ID"))))


def _first_day(days: Iterable[date | None]) -> date | None:
    return min((d for d in days if d), default=None)


def _sku(rows: Sequence[Mapping[str, Cell]]) -> str:
    skus = sorted({text(r.get("SKU")) for r in rows} - {""})
    return skus[0] if len(skus) == 1 else f"{len(skus)} SKUs" if skus else ""


def _owner(desk: Desk, rows: Sequence[Mapping[str, Cell]]) -> str:
    names = [text(r.get("Owner")) for r in rows]
    names += [text(r.get("Filed by")) for r in rows]
    names += [text((desk.claim(r) or r).get("Decided by")) for r in rows]
    return next(filter(None, names), "")


# ---- drafts and claims


def _draft(desk: Desk, case: str, rows: Sequence[Record]) -> Task | _Filing:
    """A draft: to be filed, or what keeps it from being filed."""
    policy = desk.standing.policy
    unsigned = next((r for r in rows if unchecked(r, policy)), rows[0])
    file_by, closes = _first_day(map(desk.file_by, rows)), _first_day(map(desk.deadline, rows))
    task = Task(
        "file",
        case,
        _ids(rows),
        text(rows[0].get("Kind")),
        "Draft",
        checked_first(to_file(file_by, closes, desk.on), unsigned, policy),
        _owner(desk, rows),
        tuple(_worth(desk.claim(r) or r) for r in rows),
        file_by or desk.on,
        closes,
        closes,
        file_by,
        _sku(rows),
    )
    put_off = _first_day(day(r.get("Follow up on")) for r in rows)
    ended = next((r for r in rows if text(r.get("Suggested stage")) == "Closed"), None)
    if ended:
        return _over(task, text(ended.get("Suggested next step")), desk.on)
    if says := next(filter(None, map(to_set_stage, rows)), ""):
        return replace(task, what="record", says=says, due=desk.on, last=None)
    if closes and closes < desk.on:
        return _over(task, f"Do not file: {too_late(closes)}.", desk.on)
    return _judge(task, case_blocks(rows, desk.standing), _Filing(task, file_by, put_off), desk)


def _claim(desk: Desk, rows: Sequence[Record]) -> Task | _Filing:
    """Claims that nobody took up yet: to be taken up and filed, or what keeps them from it."""
    claim = rows[0]
    file_by, closes = _first_day(map(desk.file_by, rows)), _first_day(map(desk.deadline, rows))
    status, decision = text(claim.get("Status")), text(claim.get("Decision"))
    task = Task(
        "take up",
        "",
        _ids(rows),
        text(claim.get("Kind")),
        status,
        f"Take it up and file it{by_when(file_by, closes, desk.on)}.",
        _owner(desk, rows),
        tuple(_worth(r) for r in rows),
        file_by or desk.on,
        closes,
        closes,
        file_by,
        _sku(rows),
    )
    if status == "Waiting":
        says = "Wait: Amazon usually still pays this by itself, or its window is not open yet."
        return replace(task, what="wait", says=says)
    if decision == "Hold":
        who = text(claim.get("Decided by")) or "nobody named"
        return replace(
            task, what="decide", says=f"On hold ({who}): decide by {file_by or closes or desk.on}."
        )
    if decision == "Take up":
        task = replace(task, says="Taken up: refresh, which makes the draft, and file it.")
    if status == "Needs input":
        missing = "; ".join(dict.fromkeys(text(r.get("Missing")) for r in rows))
        return replace(task, what="settle", says=f"Settle first: {missing}")
    blocks = [b for r in rows for b in draft_blocks(text(r.get("Claim ID")), desk.standing)]
    blocks = [b for b in dict.fromkeys(blocks) if b.rule != "document missing"]
    return _judge(task, blocks, _Filing(task, file_by), desk)


def _judge(task: Task, blocks: Sequence[Block], filing: _Filing, desk: Desk) -> Task | _Filing:
    over = next((b for b in blocks if b.rule in _OVER), None)
    if over:
        return _over(task, f"Do not file: {over.sentence}", desk.on)
    harder = next((b for b in blocks if b.rule != _REFRESH), None)
    if harder:
        wait = harder.rule in ("window not open", "payment expected")
        says = f"{'Wait' if wait else 'Not yet'}: {harder.sentence}"
        return replace(task, what="wait" if wait else "settle", says=says)
    if blocks:
        task = replace(task, says=f"First {blocks[0].why}. {task.says}")
    if task.kind == REVERSED:
        task = replace(task, what="dispute")
    return filing if task is filing.task else replace(filing, task=task)


def _over(task: Task, says: str, on: date) -> Task:
    return replace(task, what="close", says=says, due=on, last=None, closes=None)


def _worth(row: Mapping[str, Cell]) -> Worth:
    return Worth(
        text(row.get("Currency")), _number(row.get("Claim value")), _number(row.get("Expected value"))
    )


def _plan(desk: Desk, filings: Sequence[_Filing]) -> Plan:
    limit = desk.standing.policy.value("daily_filing_limit", on=desk.on, marketplace=ALL)
    requests = [
        Request(f.task.request, f.task.closes, most_of(f.task.worth), _start(f, desk.on)) for f in filings
    ]
    most = round(limit.number) if limit else len(filings) + 1
    return plan_filings(requests, desk.on, most, len(filed_today(desk.standing.cases, desk.on)))


def _start(filing: _Filing, on: date) -> date | None:
    """The day a draft was put off to, never beyond its File by."""
    if filing.put_off and filing.file_by:
        return max(min(filing.put_off, filing.file_by), on)
    return filing.put_off


def _planned(filing: _Filing, plan: Plan, on: date) -> Task:
    task, file_by = filing.task, filing.file_by
    planned = plan.days.get(task.request)
    if planned is None:
        says = (
            f"No room before its deadline {task.closes} at {plan.limit} filings a day: raise Daily filing limit on "
            f"Settings, or file it instead of another. {task.says}"
        )
        return replace(task, due=min(on, file_by or on), says=says)
    if file_by and file_by < on:
        return replace(task, due=file_by)
    if file_by and planned > file_by:
        says = f"After its File by {file_by}, because {plan.limit} are filed a day at most. {task.says}"
        return replace(task, due=planned, says=says)
    return replace(task, due=planned)


# ---- filed cases


def _follow(desk: Desk, case: str, rows: Sequence[Record]) -> list[Task]:
    """What to do about a case that was filed; nothing about a closed one."""
    stage, step = stage_of(rows[0]), _step(desk, case, rows)
    if step.due is None:
        return []
    news = next((r for r in rows if _has_news(r)), None)
    if news:
        says = f"{text(news.get('Suggested next step'))} Stage: {text(news.get('Suggested stage'))}."
        step = Step("dispute" if _number(news.get("Reversed")) else "record", says, desk.on)
    elif paid := next((r for r in rows if was_paid(r)), None):
        step = replace(step, says=text(paid.get("Suggested next step")) or step.says)
    worth = tuple(_at_stake(r) for r in rows)
    kind, owner = text(rows[0].get("Kind")), _owner(desk, rows)
    return [
        Task(
            step.what,
            case,
            _ids(rows),
            kind,
            stage,
            step.says,
            owner,
            worth,
            step.due or desk.on,
            step.last,
            sku=_sku(rows),
        )
    ]


def filed_steps(desk: Desk) -> dict[str, Step]:
    """By row of Cases (`row_key`): the step of each case beyond Draft by its stage, whatever payments say."""
    return {
        row_key(row): step
        for (case, stage), rows in _rows_by_case(desk.standing.cases).items()
        if stage != "Draft"
        for step in (_step(desk, case, rows),)
        for row in rows
    }


def own_steps(desk: Desk, rows: Sequence[Record]) -> dict[int, str]:
    """What comes next for rows that people opened, drafts and filed ones, by the identity of each row."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for row in rows:
        groups.setdefault((case_of(row), stage_of(row)), []).append(row)
    found: dict[int, str] = {}
    for (case, stage), group in groups.items():
        if stage == "Draft":
            made = _draft(desk, case, group)
            says = (made.task if isinstance(made, _Filing) else made).says
        else:
            says = _step(desk, case, group).says
        found |= {id(row): says for row in group}
    return found


def step_of(desk: Desk, row: Record) -> Step:
    """The step of the case that a row beyond Draft belongs to; of a draft none."""
    return filed_steps(desk).get(row_key(row), Step("", ""))


def _step(desk: Desk, case: str, rows: Sequence[Record]) -> Step:
    row = {**rows[0], "Follow up on": _first_day(day(r.get("Follow up on")) for r in rows)}
    row["Deadline"] = _first_day(map(desk.deadline, rows))
    paid = [
        d
        for key in _ids(rows)
        for e in desk.standing.evidence.get(key, ())
        if text(e.get("Role")) == "reimbursement" and (d := day(e.get("Date"))) and d <= desk.on
    ]
    seen = Seen(desk.log.heard(case, desk.on), max(paid, default=None))
    rules = rules_of(rows[0], desk.claim(rows[0]), desk.log, desk.standing.policy, desk.on)
    return next_step(row, rules, seen)


def was_paid(row: Mapping[str, Cell]) -> bool:
    """Whether payments have something to say about a row of Cases, so that its suggestion is theirs."""
    return any(plain(row.get(h)) for h in ("Paid units", "Paid amount", "Reimbursement IDs", "Reversed"))


def _has_news(row: Mapping[str, Cell]) -> bool:
    return bool(text(row.get("Suggested stage"))) and text(row.get("Suggested stage")) != stage_of(row)


def _at_stake(row: Mapping[str, Cell]) -> Worth:
    """What is still owed; of a paid case what was paid."""
    headers = ("Paid amount",) if stage_of(row) == "Paid" else ("Balance", "Value filed", "Claim value")
    known = (n for h in headers if (n := _number(row.get(h))) is not None)
    return Worth(text(row.get("Currency")), next(known, None))


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
