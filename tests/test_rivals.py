"""The public rule sets find what their own projects publish as examples, and each says where it comes from.

Findings of an example are listed by order id, FNSKU and kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from case_frames import TABLES, CaseTables, build_reports
from recoup.score.levels import windows_of
from recoup.score.rivals import RIVALS, Finding, RuleSet

FOLDER = Path(__file__).parent / "rivals"
BY_NAME = {rules.name: rules for rules in RIVALS}
LEAST_EXAMPLES = 3
WITHOUT_EXAMPLES = {"asin_netting"}  # its project publishes none; the module says so
KEYS = {"name", "test", "as_of", "absent", "findings", *TABLES}


@cache
def examples_of(name: str) -> dict[str, Any]:
    """The example file of a rule set."""
    document: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return document


def every_example() -> list[Any]:
    return [
        pytest.param(name, example, id=f"{name}: {example['name']}")
        for name in sorted(BY_NAME)
        for example in examples_of(name)["examples"]
    ]


def found_in(rules: RuleSet, example: Mapping[str, Any]) -> list[Finding]:
    """What the rule set finds, with the windows its own project publishes."""
    tables = {name: example[name] for name in TABLES if name in example}
    case = CaseTables(example["as_of"], "UK", tables, absent=tuple(example.get("absent", ())))
    return rules.find(build_reports(case), rules.windows, example["as_of"])


@pytest.mark.parametrize(("name", "example"), every_example())
def test_a_rule_set_finds_what_its_project_shows(name: str, example: dict[str, Any]) -> None:
    assert set(example) <= KEYS
    found = sorted(found_in(BY_NAME[name], example), key=lambda f: (f.order_id, f.fnsku, f.kind))
    wanted = example["findings"]
    assert [told(f, names, example["as_of"]) for f, names in zip(found, wanted, strict=True)] == wanted


def told(finding: Finding, names: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """What a finding says of the fields the example names."""
    return {n: finding.stage(as_of) if n == "stage" else getattr(finding, n) for n in names}


@pytest.mark.parametrize("rules", RIVALS, ids=lambda r: r.name)
def test_a_rule_set_cites_a_public_source_and_enough_of_its_examples(rules: RuleSet) -> None:
    told = examples_of(rules.name)
    assert told["rules"] == rules.name
    assert rules.source.startswith("github.com/")
    assert told["repository"] in rules.source
    assert len(told["commit"]) == 40
    assert all(example["test"] for example in told["examples"])
    assert told["published"] is (rules.name not in WITHOUT_EXAMPLES)
    assert len(told["examples"]) >= LEAST_EXAMPLES


def test_every_example_file_belongs_to_a_rule_set() -> None:
    assert {p.stem for p in FOLDER.iterdir()} == set(BY_NAME)


@pytest.mark.parametrize("rules", RIVALS, ids=lambda r: r.name)
def test_a_module_says_what_its_rule_set_claims_and_does_not_do(rules: RuleSet) -> None:
    module = __import__(f"recoup.score.rivals.{rules.name}", fromlist=["RULES"])
    assert all(f"\n{heading}" in module.__doc__ for heading in ("Source:", "Claims:", "Not done:"))


def test_a_rule_set_is_given_the_windows_of_the_marketplace_where_it_has_one() -> None:
    from recoup.policy import load

    given = {
        market: windows_of(BY_NAME["refunds_without_return"], load(), market, date(2026, 11, 15))
        for market in ("US", "UK")
    }
    assert (given["US"].returns_open, given["US"].returns_close) == (60, 120)
    assert (given["UK"].returns_open, given["UK"].returns_close) == (45, 105)
    assert windows_of(BY_NAME["all_time_netting"], load(), "US", date(2026, 11, 15)).warehouse is None
