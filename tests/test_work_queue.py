"""Runs every line of tests/work_queue/*.yaml: what is due, what a denial asks for, what was missed; and its laws."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from recoup import follow_ups, missed_money, work_queue
from recoup.case_log import log_problems, read_log
from recoup.model import Record
from recoup.playbook import find_play, known_reasons, play_rows
from recoup.policy import Policy, load
from recoup.sheets import STAGES
from recoup.shield import Standing, grouped
from recoup.work_queue import Desk, build_queue
from recoup.work_tasks import Queue, Task, due_table, expected_by_week, task_row

FOLDER = Path(__file__).parent / "work_queue"
TODAY = date(2026, 11, 15)
CLAIM: Record = {
    "Kind": "lost_in_warehouse",
    "Status": "Ready",
    "Marketplace": "US",
    "Currency": "USD",
    "Opens": date(2026, 10, 21),
    "First seen": date(2026, 10, 25),
    "Last seen": TODAY,
}
CASE: Record = {"Kind": "lost_in_warehouse", "Currency": "USD"}
Line = dict[str, Any]


def lines(topic: str) -> list[Line]:
    found: list[Line] = yaml.safe_load((FOLDER / f"{topic}.yaml").read_text(encoding="utf-8"))
    return found


def ids(topic: str) -> list[str]:
    return [x["name"] for x in lines(topic)]


def table(text: str | None) -> list[Record]:
    """A table of text as records: days and numbers as such, blank cells as None."""
    rows = [[cell.strip().strip('"') for cell in x.split("|")] for x in (text or "").strip().splitlines()]
    return [dict(zip(rows[0], map(_cell, row), strict=True)) for row in rows[1:]] if rows else []


def _cell(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return float(text) if text else None
    except ValueError:
        return text


def policy_of(line: Line) -> Policy:
    answers: list[Record] = [{"Name": n, "Value": v} for n, v in line.get("settings", {}).items()]
    policy, problems = load().with_settings(answers)
    assert not problems
    return policy


def desk_of(line: Line) -> Desk:
    claims = [{**CLAIM, **row} for row in table(line.get("claims"))]
    cases = [{**CASE, **{k: v for k, v in row.items() if v is not None}} for row in table(line.get("cases"))]
    by_id = {str(c["Claim ID"]): c for c in claims}
    read = line.get("read_to", date(2026, 11, 14))
    standing = Standing(
        policy_of(line),
        line.get("today", TODAY),
        by_id,
        cases,
        grouped(table(line.get("evidence"))),
        {},
        dict.fromkeys(by_id, read),
    )
    return Desk(standing, read_log(table(line.get("log")), cases))


def queue_of(line: Line, days: int = 7) -> Queue:
    return build_queue(desk_of(line), days)


@pytest.mark.parametrize("line", lines("due"), ids=ids("due"))
def test_the_queue_lists_this_work_in_this_order(line: Line) -> None:
    tasks = queue_of(line).tasks
    expected = table(line["due"])
    shown = [{h: task_row(t)[h] for h in (expected[0] if expected else ())} for t in tasks]
    assert shown == expected
    for task, words in zip(tasks, line.get("says", []), strict=False):
        for word in words:
            assert word in task.says


@pytest.mark.parametrize("line", lines("denied"), ids=ids("denied"))
def test_a_denial_is_played_by_its_reason(line: Line) -> None:
    row = {**CASE, "Case": "C-LW-1", "Claim ID": "LW-1", "Stage": "Denied", "Deadline": date(2026, 12, 20)}
    row |= {"Filed on": date(2026, 11, 2)} | line["row"]
    said: list[Record] = [{"When": date(2026, 11, 10), "Case": "C-LW-1", "Direction": "From Amazon"}]
    said += [{"When": date(2026, 11, 3), "Case": "C-LW-1", "Direction": "New evidence"}] * line.get(
        "appeals", 0
    )
    standing = Standing(load(), TODAY, {}, [row])
    (task,) = build_queue(Desk(standing, read_log(said, [row])), 7).tasks
    assert (task.what, task.due) == (line["what"], line["due"])
    assert task.last == line.get("last", task.last)
    for words in line.get("says", []):
        assert words in task.says


@pytest.mark.parametrize("line", lines("missed"), ids=ids("missed"))
def test_missed_money_is_told_by_week_cause_and_owner(line: Line) -> None:
    claims = [{**CLAIM, **row} for row in table(line.get("claims"))]
    cases = [{**CASE, **row} for row in table(line.get("cases"))]
    found = missed_money.find_missed(claims, cases, table(line.get("journal")), TODAY)
    rows, expected = list(missed_money.missed_rows(found)), table(line["missed"])
    assert [{h: r[h] for h in (expected[0] if expected else ())} for r in rows] == expected
    if "sums" in line:
        sums, wanted = missed_money.by_currency(found), table(line["sums"])
        assert [{h: r[h] for h in wanted[0]} for r in sums] == wanted
    assert sum(int(str(r["Claims"])) for r in missed_money.by_week(found)) == len(found)


def test_every_cause_and_every_word_for_what_to_do_has_its_line() -> None:
    causes = {str(r["Cause"]) for x in lines("missed") for r in table(x["missed"]) if r.get("Cause")}
    own = {v for k, v in vars(missed_money).items() if k.isupper() and isinstance(v, str) and k[0] != "_"}
    assert causes == own - {missed_money.NOBODY, missed_money.ALL, missed_money.NOT_RECHECKED}
    whats = {str(r["What"]) for x in lines("due") for r in table(x["due"])}
    whats |= {x["what"] for x in lines("denied")}
    source = Path(work_queue.__file__).read_text("utf-8") + Path(follow_ups.__file__).read_text("utf-8")
    assert all(f'"{what}"' in source for what in whats)
    filed = [s for s in STAGES if s not in ("Draft", "Closed", "Paid", "Denied")]
    assert set(follow_ups._SAYS) == set(filed), "every stage of a case that Amazon has says what to do"


def test_every_known_reason_has_a_play_and_no_spelling_means_two() -> None:
    policy = load()
    assert {find_play(policy, r).role for r in known_reasons(policy)} == set(policy.plays)
    codes = [c for c in policy.reason_codes if c.group == "denials"]
    for code in codes:
        for spelling in (code.code, code.role, *code.spellings, code.code.upper(), f" {code.code}. "):
            assert policy.denial_reason(spelling) == code, spelling
    rows = play_rows(policy, TODAY, "US")
    assert [r["Reason"] for r in rows] == known_reasons(policy)
    assert all(r[h] for r in rows for h in ("Do", "Where", "Do not appeal when", "Source", "Certainty"))
    assert next(r for r in rows if r["Reason"] == "value confirmed")["Not before"] == (
        "30 days after the denial"
    )


def test_money_is_added_by_currency_and_by_the_week_of_the_deadline() -> None:
    line = {
        "claims": """
    Claim ID | Status  | File by    | Deadline   | Claim value | Expected value | Currency
    LW-1     | Ready   | 2026-11-15 | 2026-11-18 | 10          | 8              | USD
    LW-2     | Ready   | 2026-11-17 | 2026-11-20 | 5           | 4              | USD
    LW-3     | Waiting | 2026-11-17 | 2026-11-20 | 7           | 6              | EUR
    LW-4     | Ready   | 2026-12-01 | 2026-12-04 |             |                | USD
    LW-5     | Needs input |        |            | 3           | 2              | USD
    """
    }
    queue = queue_of(line)
    assert [(t.name, t.closes) for t in queue.closing] == [
        ("LW-1", date(2026, 11, 18)),
        ("LW-2", date(2026, 11, 20)),
        ("LW-3", date(2026, 11, 20)),
    ]
    rows = [
        (r["Deadline in week of"], r["Currency"], r["Claims"], r["Value"], r["Expected value"])
        for r in expected_by_week(queue)
    ]
    assert rows == [
        (date(2026, 11, 16), "EUR", 1, 7, 6),
        (date(2026, 11, 16), "USD", 2, 15, 12),
        (date(2026, 11, 30), "USD", 1, 0, 0),
    ]


def test_what_is_due_is_a_table_for_a_sheet() -> None:
    line = {"claims": "Claim ID | File by | Deadline | Claim value\nLW-1 | 2026-12-17 | 2026-12-20 | 25"}
    heading, row = due_table(queue_of(line))
    assert heading[:4] == ["Due", "What", "Case", "Kind"]
    assert row[:3] == [TODAY, "take up", "LW-1"]
    assert all(isinstance(c, (str, float, date)) or c is None for c in row)


def test_lines_of_the_log_that_name_no_case_are_told_and_left_alone() -> None:
    cases = table("Case | Claim ID | Amazon case ID\nC-LW-1 | LW-1 | 170")
    log = table(
        """When | Case | Direction | Text
        2026-11-10 | C-LW-1 | From Amazon | ok
        last week | 170 | From Amazon | ok
        2026-11-10 | C-LW-7 | From Amazon | ok
        2026-11-10 | LW-8 | Note | ok
        2026-11-10 | | Note | what was this?
        | | |"""
    )
    before = [dict(x) for x in log]
    said = [p.problem for p in log_problems(read_log(log, cases))]
    assert said == [
        "1 line without a Case: nobody knows what it is about",
        "2 lines for C-LW-7, LW-8, which are no cases on Cases",
        "When of 1 line is no day; they do not count for when a case was last heard of",
    ]
    assert log == before


# ---- laws

DAYS = st.integers(-5, 40)
CLAIM_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Ready", "Needs input", "Waiting", "Filed", "Expired"]),
        st.none() | DAYS,
        st.sampled_from([None, 1.0, 5.0, 80.0]),
        st.sampled_from(["", "Hold", "Take up", "Dismiss"]),
        st.sampled_from([None, *STAGES, ""]),
        st.none() | DAYS,
    ),
    max_size=15,
)


def _sheets(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Record], list[Record]]:
    claims: list[Record] = []
    cases: list[Record] = []
    for n, (status, left, value, decision, stage, follow) in enumerate(rows):
        deadline = None if left is None else TODAY + timedelta(days=left)
        claims.append(
            {
                **CLAIM,
                "Claim ID": f"LW-{n}",
                "FNSKU": f"X{n}",
                "Reference ID": str(n),
                "Status": status,
                "Deadline": deadline,
                "File by": deadline and deadline - timedelta(days=3),
                "Claim value": value,
                "Decision": decision,
            }
        )
        if stage is not None:
            planned = None if follow is None else TODAY + timedelta(days=follow)
            cases.append(
                {**CASE, "Case": f"C-{n // 2}", "Claim ID": f"LW-{n}", "Stage": stage, "Deadline": deadline}
                | {"Follow up on": planned, "FNSKU": f"X{n}", "Reference ID": str(n)}
            )
    return claims, cases


def _queue(claims: Sequence[Record], cases: Sequence[Record], limit: int) -> Queue:
    by_id = {str(c["Claim ID"]): c for c in claims}
    policy = load().with_settings([{"Name": "Daily filing limit", "Value": limit}])[0]
    standing = Standing(policy, TODAY, by_id, cases, {}, {}, dict.fromkeys(by_id, TODAY))
    return build_queue(Desk(standing, read_log([], cases)), 7)


@given(CLAIM_ROWS, st.integers(1, 3))
def test_every_open_claim_is_in_the_queue_once_or_past_its_deadline(
    rows: list[tuple[Any, ...]], limit: int
) -> None:
    claims, cases = _sheets(rows)
    queue = _queue(claims, cases, limit)
    told = [key for t in (*queue.tasks, *queue.waiting) for key in t.claim_ids]
    assert len(told) == len(set(told))
    live = {
        str(c["Claim ID"])
        for c in claims
        if c["Status"] in ("Ready", "Needs input", "Waiting")
        and (c["Deadline"] is None or c["Deadline"] >= TODAY)  # type: ignore[operator]
        and c["Decision"] != "Dismiss"
    }
    taken = {str(r["Claim ID"]) for r in cases}
    follow = {str(r["Claim ID"]) for r in cases if r["Stage"] != "Closed"}
    assert set(told) == (live - taken) | follow


@given(CLAIM_ROWS, st.integers(1, 3))
def test_nothing_is_proposed_after_its_deadline_without_a_word(
    rows: list[tuple[Any, ...]], limit: int
) -> None:
    queue = _queue(*_sheets(rows), limit)
    filings = [t for t in queue.tasks if t.what in ("file", "take up", "dispute")]
    for task in filings:
        assert task.closes is None or task.due <= task.closes
        planned = any(task.name in name for name in queue.plan.days)
        assert planned or "No room before its deadline" in task.says
    for day in {t.due for t in filings if t.due > TODAY}:
        assert sum(t.due == day for t in filings) <= limit


@given(CLAIM_ROWS, st.integers(1, 3), st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(rows: list[tuple[Any, ...]], limit: int, seed: int) -> None:
    claims, cases = _sheets(rows)
    before = _queue(claims, cases, limit)
    chance = random.Random(seed)
    chance.shuffle(claims)
    chance.shuffle(cases)
    after = _queue(claims, cases, limit)
    assert [_told(t) for t in after.tasks] == [_told(t) for t in before.tasks]


def _told(task: Task) -> Record:
    return {**task_row(task), "Kind": None}


def test_the_rows_of_a_case_say_the_same_whichever_stands_first() -> None:
    claims = table(
        """Claim ID | Status      | File by    | Deadline   | Missing          | Decided by
           LW-1     | Needs input | 2026-12-17 | 2026-12-20 | paste this       | Ann
           LW-2     | Needs input | 2026-12-17 | 2026-12-20 | confirm that     | Bob"""
    )
    cases = table("Case | Claim ID | Stage\nC-LW-1 | LW-1 | Draft\nC-LW-1 | LW-2 | Draft")
    claims = [{**CLAIM, **c} for c in claims]
    (one,), (other,) = (_queue(claims, rows, 5).tasks for rows in ([*cases], [*reversed(cases)]))
    assert one == other and "paste this" in one.says and one.owner == "Ann"
