"""What is claimed is scored against what is owed: units, money, doubts, traps, and public rule sets beside Recoup."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from recoup.model import Claim, NotClaimed, RecoupError
from recoup.score import Scored
from recoup.score.keys import KEYS
from recoup.score.kind_score import KindScore, Mistake
from recoup.score.levels import compare_level
from recoup.score.rivals import RIVALS
from recoup.score.scoring import compare
from recoup.score.sellers import find_sellers, open_seller, score_sellers
from recoup.score.table import as_document, kind_rows, mistake_lines, print_score
from recoup.score.truth_file import parse_truth
from recoup.simulator import simulate

CASES = yaml.safe_load((Path(__file__).parent / "score_cases.yaml").read_text(encoding="utf-8"))
AS_OF = date(2026, 11, 15)
TEXTS = ("sku", "fnsku", "asin", "order_id", "reference_id", "shipment_id", "removal_order_id")
BY_NAME = {rules.name: rules for rules in RIVALS}


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a pipe table."""
    header, *body = [[c.strip() for c in line.split("|")] for line in table.splitlines() if line.strip()]
    return [dict(zip(header, cells, strict=True)) for cells in body]


def entry(row: dict[str, str]) -> dict[str, Any]:
    """A row of a truth table as the truth file has it."""
    told: dict[str, Any] = {"event_date": "2026-09-01"} | row
    told["units"] = int(row["units"])
    told["claim_value"] = float(row["claim_value"]) if row.get("claim_value") else None
    told["question"] = row.get("question") == "yes"
    return told


def truth_of(case: dict[str, Any]) -> Any:
    claims = [entry(r) for r in rows_of(case["truth"])]
    innocent = rows_of(case["innocent"]) if "innocent" in case else []
    return parse_truth({"as_of": AS_OF.isoformat(), "claims": claims, "innocent": innocent})


def claim_of(row: dict[str, str]) -> Claim:
    value = float(row["claim_value"]) if row.get("claim_value") else None
    blank: dict[str, Any] = dict.fromkeys(Claim.__dataclass_fields__, "")
    blank |= {"evidence": [], "waits_for": (), "confidence": 1.0, "currency": row.get("currency", "USD")}
    blank |= {name: row.get(name, "") for name in TEXTS}
    day = date.fromisoformat(row.get("event_date", "2026-09-01"))
    told = {"kind": row["kind"], "status": row["status"], "event_date": day, "units": int(row["units"])}
    return Claim(**blank | told | {"claim_value": value})


def line_of(row: dict[str, str]) -> NotClaimed:
    blank: dict[str, Any] = dict.fromkeys(NotClaimed.__dataclass_fields__, "")
    told = {name: row.get(name, "") for name in TEXTS if name in blank}
    told |= {"kind": row["kind"], "reason": row["reason"]}
    day = date.fromisoformat(row["event_date"])
    return NotClaimed(**blank | told | {"event_date": day, "units": int(row["units"]), "rows": []})


def scored(case: dict[str, Any]) -> dict[str, KindScore]:
    claims = [claim_of(r) for r in rows_of(case["claims"])]
    lines = [line_of(r) for r in rows_of(case["not_claimed"])] if "not_claimed" in case else []
    return compare(truth_of(case), claims, lines)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_claims_are_scored_as_the_case_says(case: dict[str, Any]) -> None:
    assert set(case) <= {"name", "truth", "claims", "not_claimed", "innocent", "score"}
    scores = scored(case)
    assert set(scores) == set(case["score"])
    for kind, wanted in case["score"].items():
        told = {name: getattr(scores[kind], name) for name in wanted}
        for share in {"precision", "recall"} & set(told):
            told[share] = None if told[share] is None else round(told[share], 4)
        if "traps" in told:
            told["traps"] = sorted(told["traps"])
        assert told == wanted


def test_the_order_of_claims_and_truth_does_not_matter() -> None:
    case = next(c for c in CASES if "innocent" in c)
    claims = [claim_of(r) for r in rows_of(case["claims"])]
    truth = truth_of(case)
    assert compare(truth, claims) == compare(truth, claims[::-1])


def test_every_mistake_names_its_key_its_units_and_its_story() -> None:
    (score,) = scored(CASES[0]).values()
    told = [(m.key[1], m.owed, m.asserted) for m in score.mistakes]
    assert told == [("X1", 3, 2), ("X2", 2, 3), ("X3", 1, 0)]
    trapped = scored(next(c for c in CASES if "innocent" in c))["return_not_received"]
    assert [m.stories for m in trapped.mistakes] == [("came back late",)]


def test_sellers_add_up() -> None:
    first, second = (scored(CASES[0])["lost_in_warehouse"] for _ in range(2))
    first.add(second)
    assert (first.owed, first.right, first.wrong, first.missed) == (12, 8, 2, 4)
    assert first.error == {"USD": 40.0}
    assert first.precision == 0.8


def test_every_kind_has_its_key() -> None:
    from recoup.detectors import all_detectors

    assert set(all_detectors()) <= set(KEYS)


def level(rules: str, truth: str, claimed: dict[tuple[str, ...], int]) -> tuple[int, ...]:
    told = compare_level(BY_NAME[rules], truth_of({"truth": truth}), Counter(claimed))
    return told.owed, told.right, told.wrong, told.missed, told.other


LEDGER_TRUTH = """
    kind                     | fnsku | reference_id | units | status      | question
    lost_in_warehouse        | X1    | 1            | 2     | Ready       |
    damaged_in_warehouse     | X1    | 2            | 1     | Waiting     |
    disposed_without_request | X1    | 3            | 1     | Ready       |
    lost_in_warehouse        | X2    | 4            | 3     | Expired     |
    lost_in_warehouse        | X3    | 5            | 1     | Needs input | yes
"""


@pytest.mark.parametrize(
    ("claimed", "told"),
    [
        pytest.param({}, (3, 0, 0, 3, 0), id="nothing claimed, all missed"),
        pytest.param({("X1",): 3}, (3, 3, 0, 0, 0), id="the product counts, not the event"),
        pytest.param({("X1",): 4}, (3, 3, 0, 0, 1), id="owed under another kind is neither right nor wrong"),
        pytest.param({("X1",): 5}, (3, 3, 1, 0, 1), id="more than is owed at all is wrong"),
        pytest.param({("X2",): 4}, (3, 0, 1, 3, 3), id="too late is neither right nor wrong, more is wrong"),
        pytest.param({("X3",): 1}, (3, 0, 1, 3, 0), id="a doubt is wrong"),
        pytest.param({("X9",): 2}, (3, 0, 2, 3, 0), id="another product is wrong"),
    ],
)
def test_a_rule_set_is_scored_at_its_own_level(
    claimed: dict[tuple[str, ...], int], told: tuple[int, ...]
) -> None:
    assert level("unreconciled", LEDGER_TRUTH, claimed) == told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One generated seller, written beside its truth."""
    place = tmp_path_factory.mktemp("sellers")
    simulate(7, size=0.2).write(place / "seven")
    return place


@pytest.fixture(scope="module")
def found(folder: Path) -> Scored:
    """That seller, scored."""
    return score_sellers(find_sellers(folder))


def test_a_generated_seller_is_claimed_in_full_and_no_trap_is_triggered(found: Scored) -> None:
    total = found.total
    assert total.owed > 50
    assert mistake_lines(total.mistakes) == []
    assert (total.wrong, total.missed, total.traps) == (0, 0, set())
    assert total.asked == total.doubts > 0
    assert total.error == {"USD": 0.0}


def test_the_rule_sets_are_scored_beside_recoup_on_the_same_units(found: Scored) -> None:
    assert [c.rules for c in found.contests] == list(RIVALS)
    for contest in found.contests:
        assert contest.rival.owed == contest.recoup.owed > 0
        assert contest.rival.right > 0, f"{contest.rules.name} finds something"
        for score in (contest.rival, contest.recoup):
            assert score.right + score.missed == score.owed


def test_scoring_again_gives_the_same_document_and_says_what_it_does(folder: Path, found: Scored) -> None:
    steps: list[str] = []
    again = score_sellers(find_sellers(folder), progress=steps.append)
    assert as_document(again) == as_document(found)
    assert steps == ["Preparing seven", "Reading seven", "Judging seven"]


def test_what_is_printed_names_sellers_kinds_and_rule_sets(
    found: Scored, capsys: pytest.CaptureFixture[str]
) -> None:
    print_score(found)
    printed = capsys.readouterr().out
    assert printed.startswith("seven: US on 2026-11-15, ")
    assert all(f"\n{kind}" in printed for kind in found.kinds)
    assert all(f"\n{rules.title}" in printed for rules in RIVALS)


def test_json_is_one_document(found: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    print_score(found, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads(json.dumps(as_document(found)))
    assert sum(k["owed"] for k in document["kinds"]) == document["total"]["owed"]
    assert [r["name"] for r in document["rivals"]] == [rules.name for rules in RIVALS]


def test_markdown_is_two_tables_for_the_readme(found: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    print_score(found, markdown=True)
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    heads = [line for line in lines if line.startswith(("| Kind |", "| Rule set |"))]
    assert len(heads) == 2
    assert {line.count("|") for line in lines} == {head.count("|") for head in heads}


def test_mistakes_are_listed_by_kind_and_story() -> None:
    key = ("lost_in_warehouse", "X1", "1", "2026-09-01")
    other = ("lost_in_warehouse", "X2", "2", "2026-09-02")
    told = [Mistake(key, 2, 0, ("lost",), "one"), Mistake(other, 1, 3, ("lost",), "two")]
    assert mistake_lines(told) == ["lost_in_warehouse, lost: 3 owed, 3 asserted; first one X1 1 2026-09-01"]


def test_a_share_is_never_rounded_up_to_the_whole() -> None:
    almost = KindScore("lost_in_warehouse", owed=10_000, right=9_999, missed=1)
    shown = kind_rows(Scored(kinds={"lost_in_warehouse": almost}))[0]
    assert (shown[5], shown[6]) == ("100 %", "> 99.9 %")


def test_a_folder_with_a_truth_is_one_seller_and_its_report_files_leave_the_truth_out(folder: Path) -> None:
    (seller,) = find_sellers(folder / "seven")
    files, truth = open_seller(seller, folder)
    assert seller.name == "seven"
    assert truth.as_of == AS_OF
    assert files and all(p.name != "truth.json" for p in files)


def test_a_folder_without_sellers_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(RecoupError, match="holds no seller"):
        find_sellers(tmp_path)
    with pytest.raises(RecoupError, match="not a folder"):
        find_sellers(tmp_path / "gone")


@pytest.mark.parametrize("text", ["no json", "[]", '{"as_of": "2026-11-15", "claims": [{}], "innocent": []}'])
def test_a_truth_that_cannot_be_read_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "truth.json").write_text(text)
    with pytest.raises(RecoupError, match="no truth file Recoup reads"):
        score_sellers(find_sellers(tmp_path))


def test_a_definition_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("name: odd\ncolour: blue\n")
    with pytest.raises(RecoupError, match=r"odd\.yaml"):
        score_sellers(find_sellers(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_every_seed_is_claimed_in_full_kind_by_kind(tmp_path: Path, seed: int) -> None:
    (tmp_path / "seller.yaml").write_text(f"name: Seed {seed}\nmarket: US\nseed: {seed}\nas_of: 2026-11-15\n")
    total = score_sellers(find_sellers(tmp_path), rivals=False).total
    assert mistake_lines(total.mistakes) == []
    assert (total.wrong, total.missed, total.traps) == (0, 0, set())
    assert total.asked == total.doubts > 0
    assert set(total.error.values()) == {0.0}
