"""Runs every line of tests/stages/*.yaml: which stage may follow which, and what each needs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from recoup.model import Record
from recoup.policy import Policy, load
from recoup.sheets import STAGES
from recoup.stages import FOLLOWING, Rules, find_faults, home_of, look_again, why_no_appeal, wrong_step

FOLDER = Path(__file__).parent / "stages"
TODAY = date(2026, 11, 15)
FILED: Record = {
    "Case": "C-LW-1",
    "Claim ID": "LW-1",
    "Kind": "lost_in_warehouse",
    "Deadline": date(2026, 12, 20),
    "Amazon case ID": "12345678901",
    "Filed on": date(2026, 11, 14),
    "Filed by": "Ann",
}
Line = dict[str, Any]


def lines(topic: str) -> list[Line]:
    found: list[Line] = yaml.safe_load((FOLDER / f"{topic}.yaml").read_text(encoding="utf-8"))
    return found


def ids(topic: str) -> list[str]:
    return [str(x.get("name", x.get("from"))) for x in lines(topic)]


def rules_for(line: Line) -> Rules:
    answers: list[Record] = [{"Name": n, "Value": v} for n, v in line.get("settings", {}).items()]
    overrides: list[Record] = [{"Rule": r, "Override": v} for r, v in line.get("override", {}).items()]
    policy: Policy = load().with_settings(answers)[0].overridden(overrides, [])[0]
    marketplace = line.get("marketplace") or home_of(policy)
    return Rules(policy, line.get("today", TODAY), marketplace, date(2026, 10, 21), line.get("appeals", 0))


@pytest.mark.parametrize("line", lines("steps"), ids=ids("steps"))
def test_a_stage_is_followed_by_these_only(line: Line) -> None:
    allowed = [s for s in STAGES if s != line["from"] and not wrong_step(line["from"], s)]
    assert sorted(allowed) == sorted(line["may"])


def test_every_stage_has_its_line_and_says_what_may_follow_when_it_refuses() -> None:
    assert [x["from"] for x in lines("steps")] == list(STAGES) == list(FOLLOWING)
    assert wrong_step("Draft", "Paid") == "Paid does not follow Draft (what may: Filed, Closed)"
    assert wrong_step("Closed", "Draft").endswith("(what may: nothing)")
    assert not any(wrong_step(s, s) for s in STAGES), "staying is no step"


@pytest.mark.parametrize("line", lines("needs"), ids=ids("needs"))
def test_a_stage_needs_this_in_its_row(line: Line) -> None:
    said = [f.says for f in find_faults({**FILED, **line["row"]}, rules_for(line))]
    assert len(said) == len(line["wrong"]), said
    for words, sentence in zip(line["wrong"], said, strict=True):
        assert words in sentence


def test_every_fault_names_a_column_of_cases_and_what_to_do() -> None:
    from recoup.sheets import CASES

    faults = [f for x in lines("needs") for f in find_faults({**FILED, **x["row"]}, rules_for(x))]
    assert {f.column for f in faults} <= set(CASES.people)
    assert all(f.remedy.endswith(".") for f in faults)


@pytest.mark.parametrize("line", lines("appeals"), ids=ids("appeals"))
def test_a_denial_may_be_appealed_or_not(line: Line) -> None:
    row = {**FILED, "Stage": "Denied", "Decision reason": "units were found", **line.get("row", {})}
    why = why_no_appeal(row, rules_for(line))
    assert line["why_not"] in why
    assert bool(why) == bool(line["why_not"])


@pytest.mark.parametrize("line", lines("follow_up"), ids=ids("follow_up"))
def test_a_case_is_due_again(line: Line) -> None:
    due, rule = look_again(
        line["stage"], line.get("kind", "lost_in_warehouse"), line["since"], rules_for(line)
    )
    assert (due or "") == line["due"]
    assert rule.partition(":")[0] == line["by"]
