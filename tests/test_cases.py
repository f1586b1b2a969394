"""Runs every case of tests/cases: small reports in, exactly these claims and nothing else out.

A file names its `detector` and lists `cases`. A case has a `name` (a sentence of the rule book), an `as_of`,
tables named after reports (see case_frames), and what comes of them:

    claims        the claims of all kinds, in any order; each states `units` and `status`, and what else matters
    not_claimed   what was looked at and not claimed, in any order; left out means nothing
    checks        texts that stand on Checks, each in one line there
    not_run       the kinds that were not run, compared where it is stated

`calendar` in place of `as_of` runs the case on several days: day -> the status of all its claims, or the reason
of Not Claimed in their place. Further keys: `note` (which reading of the rules is pinned), `home`, `settings`
(Name: Value), `exclusions`, `filed` (Amazon case id -> claim keys), `absent` (reports not pasted), `periods`
(what an export says it covers, or `rows`), `covers` (what a person says), `conflicts`, `xfail`.
Everything else is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from case_frames import ALWAYS_THERE, TABLES, CaseError, CaseTables, build_reports
from recoup.claims import Exclusion
from recoup.detectors import all_detectors
from recoup.identity import claim_id
from recoup.model import Claim, NotClaimed
from recoup.pipeline import Brief, Result, detect
from recoup.policy import Policy, load
from recoup.reports import StatedPeriod

FOLDER = Path(__file__).parent / "cases"
STATUSES = ("Ready", "Waiting", "Needs input", "Expired")
REASONS = ("too early", "expired", "paid", "found", "excluded by policy", "below threshold")
WITHIN = ("missing", "why", "policy", "value_basis", "detail")  # a part of the text is enough; "" means blank
KEYS = {
    *("name", "note", "as_of", "calendar", "home", "settings", "exclusions", "filed", "absent", "periods"),
    *("covers", "conflicts", "claims", "not_claimed", "checks", "not_run", "xfail", *TABLES),
}
CLAIM_KEYS = {f.name for f in fields(Claim)} - {"evidence", "confidence", "product"}
LEFT_KEYS = {f.name for f in fields(NotClaimed)} - {"rows", "product"}
MONEY_OF_ROWS = ("referral_fee_overcharged", "storage_fee_overcharged")
Case = dict[str, Any]


class StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a repeated key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = [str(key) for key, count in Counter(keys).items() if count > 1]
        if repeated:
            raise CaseError(f"{node.start_mark}: repeated {', '.join(repeated)}")
        return super().construct_mapping(node, deep)


def read_cases(text: str, where: str) -> list[Case]:
    """The cases of one file, checked for keys that are missing, unknown or repeated, one per day of a calendar."""
    document = yaml.load(text, Loader=StrictLoader)
    if not isinstance(document, dict) or set(document) != {"detector", "cases"}:
        raise CaseError(f"{where}: a file has a detector and cases, nothing else")
    cases = [day for case in document["cases"] for day in _days(_checked(case, where))]
    for case in cases:
        case["detector"] = document["detector"]
    return cases


def _checked(case: Case, where: str) -> Case:
    name = f"{where}: {case.get('name', 'a case without a name')}"
    unknown = set(case) - KEYS
    missing = {"name", "claims"} - set(case)
    if unknown or missing or ("as_of" in case) == ("calendar" in case):
        raise CaseError(
            f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}, or as_of and calendar"
        )
    must = {"units"} if "calendar" in case else {"units", "status"}
    for expected in case["claims"]:
        if set(expected) - CLAIM_KEYS or must - set(expected):
            raise CaseError(f"{name}: a claim states {sorted(must)} and only fields of Claim: {expected}")
    for expected in case.get("not_claimed", []):
        if set(expected) - LEFT_KEYS or "reason" not in expected:
            raise CaseError(f"{name}: not_claimed states a reason and only its fields: {expected}")
    return case


def _days(case: Case) -> Iterator[Case]:
    """One case per day of its calendar, or the case as it is."""
    if "calendar" not in case:
        yield case
        return
    rest = {key: value for key, value in case.items() if key != "calendar"}
    for day, outcome in case["calendar"].items():
        if outcome not in (*STATUSES, *REASONS):
            raise CaseError(f"{case['name']}: {outcome!r} is neither a status nor a reason")
        if outcome in STATUSES:
            claims, left = [{**c, "status": outcome} for c in case["claims"]], case.get("not_claimed", [])
        else:
            claims, left = [], [*case.get("not_claimed", []), {"reason": outcome}]
        yield {**rest, "name": f"{case['name']} ({day})", "as_of": day, "claims": claims, "not_claimed": left}


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of every file, in order."""
    files = sorted(FOLDER.glob("*.yaml"))
    return tuple(case for file in files for case in read_cases(file.read_text("utf-8"), file.name))


@cache
def _policy(home: str, settings: tuple[tuple[str, str | float], ...]) -> Policy:
    """The shipped policy with answers of the Settings sheet; made once, for its tables take time to build."""
    rows = [{"Name": name, "Value": value} for name, value in settings]
    policy, problems = load().with_settings([*rows, {"Name": "Home marketplace", "Value": home}])
    if problems:
        raise CaseError(f"settings not understood: {problems}")
    return policy


def _filed(case: Case) -> dict[str, list[str]]:
    home, detectors = case.get("home", "US"), all_detectors()
    return {
        number: [claim_id(detectors[c["kind"]].prefix, home, c["kind"], tuple(c["key"])) for c in claims]
        for number, claims in case.get("filed", {}).items()
    }


def run_case(case: Case, *, backwards: bool = False) -> Result:
    """What the pipeline makes of a case."""
    covers = tuple(
        StatedPeriod(report, *(date.fromisoformat(day) for day in text.split(" to ")))
        for report, text in case.get("covers", {}).items()
    )
    tables = CaseTables(
        as_of=case["as_of"],
        home=case.get("home", "US"),
        tables={name: case[name] for name in TABLES if name in case},
        absent=tuple(case.get("absent", ())),
        periods=case.get("periods", {}),
        covers=covers,
        conflicts=tuple(case.get("conflicts", ())),
        backwards=backwards,
    )
    exclusions = tuple(
        Exclusion(e.get("kind", ""), e.get("sku", ""), e.get("reason", ""), e.get("by", ""))
        for e in case.get("exclusions", ())
    )
    policy = _policy(tables.home, tuple(case.get("settings", {}).items()))
    brief = Brief(policy, tables.as_of, exclusions, _filed(case), covers)
    return detect(build_reports(tables), brief)


def _agrees(expected: dict[str, Any], actual: object) -> bool:
    for name, wanted in expected.items():
        found = getattr(actual, name)
        if name in WITHIN and wanted:
            if wanted not in found:
                return False
        elif isinstance(wanted, float) or isinstance(found, float):
            if found is None or wanted is None or abs(found - wanted) > 1e-9:
                return False
        elif found != wanted:
            return False
    return True


def _paired(expected: list[dict[str, Any]], actual: list[Any]) -> bool:
    """True when every expectation has its own counterpart and none is left over."""
    if not expected:
        return not actual
    first, *rest = expected
    return any(
        _agrees(first, item) and _paired(rest, actual[:i] + actual[i + 1 :]) for i, item in enumerate(actual)
    )


def _shown(expected: list[dict[str, Any]], actual: list[Any], always: tuple[str, ...]) -> str:
    names = dict.fromkeys([*always, *(name for e in expected for name in e)])
    lines = [f"  expected {e}" for e in expected]
    lines += [f"  found    { {n: getattr(a, n) for n in names} }" for a in actual]
    return "\n".join(lines)


def check_case(case: Case, result: Result) -> None:
    """Compare claims, what is not claimed, checks and kinds not run."""
    claims = [{"kind": case["detector"], **c} for c in case["claims"]]
    always = ("kind", "units", "status", "missing", "why")
    assert _paired(claims, result.claims), "claims:\n" + _shown(claims, result.claims, always)
    left = case.get("not_claimed", [])
    always = ("kind", "reason", "units", "why")
    assert _paired(left, result.not_claimed), "not claimed:\n" + _shown(left, result.not_claimed, always)
    problems = [f"{p.severity}: {p.problem}" for p in result.problems]
    for text in case.get("checks", ()):
        assert any(text in problem for problem in problems), f"{text!r} is not on Checks: {problems}"
    if "not_run" in case:
        stated = set(case["not_run"])
        there = {*ALWAYS_THERE, *case}
        told = {k for k in result.not_run if all(there & set(n) for n in _reports_of(k))}
        assert told <= stated <= set(result.not_run)  # kinds of tabs the case does not speak of are left out


def _reports_of(kind: str) -> list[tuple[str, ...]]:
    detector = all_detectors()[kind]
    return [n if isinstance(n, tuple) else (n,) for n in (*detector.needs, *detector.refuted_by)]


EACH = 5  # of the cases with their rows in the opposite order, one in a usual run


def _has_an_order(case: Case) -> bool:
    """Whether some table of the case has two rows: of single rows the opposite order is the same."""
    return any(len(str(case[name]).strip().splitlines()) > 2 for name in TABLES if name in case)


def _parameters(cases: Sequence[Case]) -> list[Any]:
    return [
        pytest.param(
            case,
            id=f"{case['detector']}: {case['name']}",
            marks=[pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else [],
        )
        for case in cases
    ]


@pytest.mark.parametrize("case", _parameters(all_cases()))
def test_case(case: Case) -> None:
    result = run_case(case)
    check_case(case, result)
    if case["detector"] in MONEY_OF_ROWS:
        check_money_of_rows([c for c in result.claims if c.kind == case["detector"]])


def check_money_of_rows(claims: list[Claim]) -> None:
    """The amounts of a claim's rows add up to its value, in its currency."""
    for claim in claims:
        amounts = [e.amount for e in claim.evidence if e.amount is not None]
        assert sum(amounts) == pytest.approx(claim.claim_value, abs=1e-9)
        assert {e.currency for e in claim.evidence if e.amount is not None} == {claim.currency}


@pytest.mark.parametrize("kind", MONEY_OF_ROWS)
def test_there_are_many_claims_whose_rows_must_add_up(kind: str) -> None:
    mine = [case for case in all_cases() if case["detector"] == kind and "xfail" not in case]
    assert sum(c.get("kind", kind) == kind for case in mine for c in case["claims"]) > 20


def _with_an_order() -> list[Case]:
    return [case for case in all_cases() if _has_an_order(case)]


@pytest.mark.parametrize("case", _parameters(_with_an_order()[::EACH]))
def test_case_with_its_rows_in_the_opposite_order(case: Case) -> None:
    check_case(case, run_case(case, backwards=True))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, EACH))
def test_all_cases_with_their_rows_in_the_opposite_order(first: int) -> None:
    for case in _with_an_order()[first::EACH]:
        if "xfail" not in case:
            check_case(case, run_case(case, backwards=True))


def test_every_detector_has_its_case_file_and_every_file_is_run() -> None:
    files = {path.name for path in FOLDER.iterdir()}
    assert files == {f"{kind}.yaml" for kind in all_detectors()}
    assert {f"{case['detector']}.yaml" for case in all_cases()} == files


@pytest.mark.parametrize("kind", sorted(all_detectors()))
def test_every_detector_has_a_claim_a_question_and_no_claim(kind: str) -> None:
    cases = [case for case in all_cases() if case["detector"] == kind]
    found = {c["status"] for case in cases for c in case["claims"] if c.get("kind", kind) == kind}
    assert {"Ready", "Needs input", "Expired"} <= found
    assert any(not case["claims"] for case in cases)


def test_every_case_has_a_name_of_its_own() -> None:
    names = Counter((case["detector"], case["name"]) for case in all_cases())
    assert [name for name, count in names.items() if count > 1] == []


MINIMAL = """
detector: lost_in_warehouse
cases:
  - name: A unit is lost
    as_of: 2026-02-10
    inventory_ledger: |
      date       | reason | quantity
      2026-01-05 | M      | -1
    claims: [{units: 1, status: Ready}]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reason |", "reasoning |"),
        ("claims:", "claim:"),
        ("status: Ready", "state: Ready"),
        ("as_of: 2026-02-10", "as_of: 2026-02-10\n    as_of: 2026-02-11"),
        ("detector:", "detektor:"),
        ("    claims:", "    not_claimed: [{units: 1}]\n    claims:"),
        ("| -1", "| -1 | 2"),
    ],
)
def test_a_file_that_is_not_understood_fails(old: str, new: str) -> None:
    with pytest.raises(CaseError):
        run_case(read_cases(MINIMAL.replace(old, new), "minimal.yaml")[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("units: 1", "units: 2"),
        ("status: Ready", "status: Waiting"),
        ("[{units: 1, status: Ready}]", "[]"),
        ("[{units: 1, status: Ready}]", "[{units: 1, status: Ready}, {units: 1, status: Ready}]"),
        ("status: Ready", "status: Ready, missing: never asked"),
        ("    claims:", "    not_claimed: [{reason: found}]\n    claims:"),
        ("    claims:", "    checks: [never said]\n    claims:"),
        ("    claims:", "    not_run: [lost_in_warehouse]\n    claims:"),
    ],
)
def test_a_case_that_does_not_come_true_fails(old: str, new: str) -> None:
    check_case(case := read_cases(MINIMAL, "minimal.yaml")[0], run_case(case))
    wrong = read_cases(MINIMAL.replace(old, new), "minimal.yaml")[0]
    with pytest.raises(AssertionError):
        check_case(wrong, run_case(wrong))
