"""Runs every story of tests/reconciliation: small reports and rows of Cases in, what was paid and is owed out.

A file holds `stories`. A story has a `name` (a sentence a seller would say) and `steps`: each step is a refresh on a
day (`as_of`) with the report tables of that day (see case_frames; a step keeps the tables of the one before). What a
person does before it: `file` adds rows of Cases (`claim: {kind, key}`, or none for a case of their own), `type` sets
cells of the row with that number. What comes of it:

    cases     by number of row: cells of Cases; `step` names texts of Suggested next step, `never` texts not there
    checks    texts on Checks, each in one line there; left out means nothing about payments stands there
    evidence  texts that each stand in one row of Evidence: role: text
    journal   (field, from, to) of the paid figures

After every step the same refresh again must change nothing, and every unit paid is told exactly once.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from case_following import Following, untold
from case_frames import TABLES, CaseTables, build_reports
from recoup.detectors import all_detectors
from recoup.identity import claim_id
from recoup.memory import plain
from recoup.model import Record
from recoup.policy import Policy, load
from recoup.reconciliation import figure_changes

FOLDER = Path(__file__).parent / "reconciliation"
Story = dict[str, Any]
STEP = {"as_of", "file", "type", "cases", "checks", "evidence", "journal", "absent", *TABLES}


@cache
def stories() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for story in yaml.safe_load(path.read_text("utf-8"))["stories"]:
            assert set(story) <= {"name", "home", "steps"}, (path.name, story["name"])
            for step in story["steps"]:
                assert set(step) <= STEP, (path.name, story["name"], set(step) - STEP)
            found.append(pytest.param(story, id=f"{path.stem}: {story['name']}"))
    return found


@cache
def policy(home: str) -> Policy:
    return load().with_settings([{"Name": "Home marketplace", "Value": home}])[0]


@pytest.mark.parametrize("backwards", [False, True], ids=["", "rows reversed"])
@pytest.mark.parametrize("story", stories())
def test_story(story: Story, backwards: bool) -> None:
    home = story.get("home", "US")
    desk, tables, absent = Following(policy(home)), {}, ()
    for step in story["steps"]:
        tables |= {name: step[name] for name in TABLES if name in step}
        absent = tuple(step.get("absent", absent))
        _act(desk, step, home)
        told = CaseTables(
            step["as_of"], home, {k: v for k, v in tables.items() if v}, absent, backwards=backwards
        )
        before = {plain(r.get("Claim ID")): deepcopy(r) for r in desk.cases}
        result, money = desk.run(build_reports(told), step["as_of"])
        assert not untold(result, money)
        _check(step, desk, [f"{p.severity}: {p.problem}" for p in money.problems], before)
        shown = desk.shown()
        desk.run(build_reports(told), step["as_of"])
        assert desk.shown() == shown


def _act(desk: Following, step: Story, home: str) -> None:
    for row in step.get("file", ()):
        cells: Record = {"Case": f"C-{len(desk.cases)}", "Stage": "Filed", "Currency": "USD"}
        if "claim" in row:
            kind, key = row["claim"]["kind"], tuple(str(k) for k in row["claim"]["key"])
            cells |= {"Claim ID": claim_id(all_detectors()[kind].prefix, home, kind, key), "Kind": kind}
        desk.cases.append(cells | {k: v for k, v in row.items() if k != "claim"})
    for number, cells in step.get("type", {}).items():
        desk.cases[number] |= cells


def _check(step: Story, desk: Following, problems: list[str], before: dict[str, Record]) -> None:
    for number, expected in step["cases"].items():
        row = desk.cases[number]
        for header, value in expected.items():
            if header not in ("step", "never"):
                assert plain(row.get(header)) == plain(value), (header, row)
        said = plain(row.get("Suggested next step"))
        for text in expected.get("step", ()):
            assert text.replace("{claim}", plain(row.get("Claim ID"))) in said, said
        for text in expected.get("never", ()):
            assert text not in said
    wanted = step.get("checks", [])
    assert len(problems) == len(wanted), problems
    for text in wanted:
        assert any(text in problem for problem in problems), (text, problems)
    for line in step.get("evidence", ()):
        ((role, text),) = line.items()
        shows = [plain(r["What it shows"]) for r in desk.evidence if r["Role"] == role]
        assert sum(text in s for s in shows) == 1, (text, shows)
    if "journal" in step:
        changes = figure_changes(before, [{**r} for r in desk.cases], "Ann")
        assert [[c.field, c.before, c.after] for c in changes] == [
            [plain(x) for x in line] for line in step["journal"]
        ]


def test_there_is_a_story_for_every_rule() -> None:
    assert len(stories()) >= 25
    assert all(isinstance(step["as_of"], date) for p in stories() for step in p.values[0]["steps"])
