"""Runs every line of tests/policy/<topic>.yaml, and checks that each topic and each effective date has its lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from recoup import policy, sheets
from recoup.policy.vocabulary import BEGINNING

CASES = Path(__file__).parent / "policy"
TOPICS = Path(policy.__file__).parent
POLICY = policy.load()
MARKETS = sheets.MARKETPLACES


def _cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield file.stem, case


ALL_CASES = list(_cases())


def _check_value(*, keys: list[str], marketplaces: list[str], day: date, value: Any, **more: str) -> None:
    for key in keys:
        for marketplace in marketplaces:
            found = POLICY.value(key, on=day, marketplace=marketplace)
            what = f"{key} in {marketplace} on {day}"
            assert (found.value if found else None) == value, what
            for name, expected in more.items():
                assert found is not None and name in ("unit", "certainty"), what
                assert getattr(found, name) == expected, what


def _check_codes(*, codes: str, are: list[str]) -> None:
    assert POLICY.codes(codes) == set(are)


def _check_code(*, code: str, role: str | None, sign: str = "") -> None:
    found = POLICY.reason_code(code)
    assert (found.role if found else None) == role
    assert (found.sign if found else "") == sign


def _check_reason(*, reason: str, pays: list[str], pool: str) -> None:
    assert POLICY.payment_kinds(reason) == tuple(pays)
    assert POLICY.payment_pool(reason) == pool
    assert {POLICY.pool(kind) for kind in pays} <= {pool}


def _check_setting(*, setting: str, shown_as: str, default: Any) -> None:
    assert POLICY.setting(setting) == default
    assert {"Name": shown_as, "Default": default} in [
        {k: row[k] for k in ("Name", "Default")} for row in POLICY.setting_defaults()
    ]


def _check_site(*, site: str, marketplace: str, currency: str | None) -> None:
    assert POLICY.marketplace_named(site) == marketplace
    if marketplace:
        assert POLICY.marketplaces[marketplace].currency == currency


def _check_stock(*, stock_in: str, home: str, marketplace: str) -> None:
    assert POLICY.marketplace_of_stock(stock_in, home=home) == marketplace


def _check_denial(*, denial: str, plays: str, attach: int = -1, wait: str = "") -> None:
    known = POLICY.denial_reason(denial)
    play = POLICY.plays[plays]
    assert (known.role if known else "other") == plays
    assert play.wait == wait and (attach < 0 or len(play.attach) == attach)
    assert play.do.endswith(".") and not play.leave.endswith(".")


CHECKS = {
    "denial": _check_denial,
    "keys": _check_value,
    "codes": _check_codes,
    "code": _check_code,
    "reason": _check_reason,
    "setting": _check_setting,
    "site": _check_site,
    "stock_in": _check_stock,
}


@pytest.mark.parametrize("case", [c for _, c in ALL_CASES], ids=[f"{t}: {c['name']}" for t, c in ALL_CASES])
def test_a_line_of_the_policy_cases(case: dict[str, Any]) -> None:
    asked = {k: v for k, v in case.items() if k != "name"}
    (check,) = [CHECKS[k] for k in asked if k in CHECKS]
    check(**asked)


def test_every_topic_has_its_case_file_and_every_case_file_its_topic() -> None:
    assert {f.stem for f in TOPICS.glob("*.yaml")} == {topic for topic, _ in ALL_CASES}
    assert {f.name for f in CASES.iterdir()} == {f"{topic}.yaml" for topic, _ in ALL_CASES}


def test_no_two_lines_have_one_name() -> None:
    names = [(topic, case["name"]) for topic, case in ALL_CASES]
    assert sorted(names) == sorted(set(names))


def _asked_days() -> set[tuple[str, str, str, date]]:
    return {
        (topic, key, marketplace, case["day"])
        for topic, case in ALL_CASES
        if "keys" in case
        for key in case["keys"]
        for marketplace in case["marketplaces"]
    }


def test_every_effective_date_is_asked_for_on_both_sides_in_every_marketplace() -> None:
    asked = _asked_days()
    for v in POLICY.values:
        if v.starts_on > BEGINNING:
            for day in (v.starts_on - timedelta(days=1), v.starts_on):
                assert (v.topic, v.key, v.marketplaces[0], day) in asked, f"no line for {v.rule} on {day}"


def test_every_key_is_asked_for_in_every_marketplace_it_names() -> None:
    asked = {(topic, key, marketplace) for topic, key, marketplace, _ in _asked_days()}
    asked |= {(topic, key, policy.ALL) for topic, key, _ in asked}
    for v in POLICY.values:
        if v.key not in POLICY.settings:
            assert (v.topic, v.key, v.marketplaces[0]) in asked, f"no line for {v.key} in {v.marketplaces[0]}"


def test_every_code_and_every_reason_is_asked_for() -> None:
    codes = {name for _, case in ALL_CASES for name in case.get("are", [])}
    reasons = {case["reason"] for _, case in ALL_CASES if "reason" in case}
    for code in POLICY.reason_codes:
        assert code.code in (reasons if code.group == "payments" else codes), code
    assert {case["setting"] for _, case in ALL_CASES if "setting" in case} == set(POLICY.settings)


def test_every_kind_has_a_window_a_grade_and_a_pool_in_every_marketplace() -> None:
    for kind in sheets.KINDS:
        for marketplace in MARKETS:
            for side in ("earliest", "latest"):
                entry = POLICY.entry(
                    f"claim_window_{side}.{kind}", on=date(2026, 11, 21), marketplace=marketplace
                )
                assert entry is not None, (
                    f"{side} of {kind} in {marketplace} is neither known nor said unknown"
                )
            grade, chance = POLICY.confidence(kind, on=date(2026, 11, 21), marketplace=marketplace)
            assert grade in ("high", "medium", "low") and 0 < chance < 1
        assert POLICY.pool(kind)
    named = {v.key.partition(".")[2] for v in POLICY.values if v.key.startswith(("claim_w", "evidence_g"))}
    assert named == set(sheets.KINDS)


def test_first_and_last_day_of_a_window_are_known_together_today_and_in_order() -> None:
    for kind in sheets.KINDS:
        for marketplace in MARKETS:
            first, last = (
                POLICY.value(f"claim_window_{side}.{kind}", on=date(2026, 11, 21), marketplace=marketplace)
                for side in ("earliest", "latest")
            )
            assert (first is None) == (last is None), (kind, marketplace)
            if first and last:
                days = last.number * (28 if last.unit == "months" else 1)
                assert first.unit == "days" and first.number < days
