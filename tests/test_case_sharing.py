"""Cases in two copies of a workbook: what a merge or an undo writes there is journalled once, and nothing is lost."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from recoup.sharing import undo_line
from test_case_work import LOST, NOVA, case_of, noted, on_checks, record, start
from test_decisions import add_case
from test_merge_books import Copies
from workbooks import AS_OF, Desk, cells, claim_of, refresh, refreshed_book, run, table

SHEETS = ("Claims", "Not Claimed", "Cases", "Journal", "Checks")


@pytest.fixture(scope="module")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = refreshed_book(tmp_path_factory.mktemp("started"))
    start(book, claim_of(book, LOST)["Claim ID"])
    refresh(book, hour=13)
    return book


@pytest.fixture
def copies(_started: Path, tmp_path: Path) -> Copies:
    """A draft that both have."""
    return Copies(tmp_path, Path(shutil.copy(_started, tmp_path / "started.xlsx")))


def typed(book: Path, key: str, column: str) -> list[tuple[str, Any, Any]]:
    """Lines of the Journal that call a cell typed."""
    return [
        (who, before, after)
        for who, name, before, after in noted(book, key)
        if name == column and who.startswith("typed")
    ]


def changes_nothing(book: Path, hour: int) -> bool:
    before = {s: cells(book, s) for s in SHEETS}
    refresh(book, hour=hour)
    return {s: cells(book, s) for s in SHEETS} == before


@pytest.mark.parametrize("base", [True, False], ids=["with BASE", "without BASE"])
def test_a_case_filed_by_one_and_given_an_owner_by_the_other(copies: Copies, base: bool) -> None:
    lost = claim_of(copies.base, LOST)["Claim ID"]
    record(copies.theirs, lost, who="Bob", Stage="Filed", Amazon_case_ID="17000000001")
    with Desk(copies.mine) as ann:
        ann.type(lost, "Cases", Owner="Dora")
    done = copies.merge(base=base)
    assert done.summary.conflicts == []
    refresh(copies.out, hour=19)
    case = case_of(copies.out, lost)
    assert (case["Stage"], case["Filed by"], case["Owner"]) == ("Filed", "Bob", "Dora")
    assert (case["Units filed"], case["Value filed"], case["Balance"]) == (2, 25, 25)
    for column in ("Stage", "Filed by", "Filed on", "Amazon case ID", "Follow up on"):
        assert typed(copies.out, lost, column) == [], column
    assert typed(copies.out, lost, "Owner") == [("typed (found by Ann)", None, "Dora")]
    assert "typed over" not in on_checks(copies.out)
    assert changes_nothing(copies.out, 20)


def test_what_bob_typed_and_no_refresh_saw_is_journalled_by_the_merge_alone(copies: Copies) -> None:
    lost = claim_of(copies.base, LOST)["Claim ID"]
    with Desk(copies.theirs) as bob:
        bob.type(lost, "Cases", Stage="Appealed", Notes="asked Lea")
    copies.merge()
    refresh(copies.out, hour=19)
    assert [x for x in noted(copies.out, lost) if x[1] == "Notes"] == [("Ann", "Notes", None, "asked Lea")]
    assert typed(copies.out, lost, "Stage") == []
    assert "Appealed does not follow Draft" in on_checks(copies.out), "the wrong step is named all the same"


def test_a_row_that_only_bob_has_comes_with_what_he_remembers_of_it(copies: Copies) -> None:
    nova = claim_of(copies.base, NOVA)["Claim ID"]
    start(copies.theirs, nova, who="Bob")
    record(copies.theirs, nova, who="Bob", Stage="Filed", Amazon_case_ID="17000000002")
    with Desk(copies.theirs) as bob:
        bob.type(nova, "Cases", Notes="by telephone")
    copies.merge()
    with Desk(copies.out) as ann:
        ann.type(nova, "Cases", Units=77, Owner="Dora")
    refresh(copies.out, hour=19)
    case = case_of(copies.out, nova)
    assert (case["Stage"], case["Notes"], case["Units"] == 77) == ("Filed", "by telephone", False)
    assert f"Units of {nova} was typed over ('77'); Recoup restored it" in on_checks(copies.out)
    assert [x[1] for x in noted(copies.out, nova) if x[0].startswith("typed")] == ["Units", "Owner"]
    with Desk(copies.out) as ann:
        for cell in ann.table("Cases").row(nova):
            cell.value = None
    refresh(copies.out, hour=20)
    assert f"the row of {nova} (Filed, Amazon case 17000000002) is gone" in on_checks(copies.out)


def test_both_typed_another_stage_and_mine_stays_to_be_found(copies: Copies) -> None:
    lost = claim_of(copies.base, LOST)["Claim ID"]
    for copy, stage in ((copies.mine, "Closed"), (copies.theirs, "Filed")):
        with Desk(copy) as desk:
            desk.type(lost, "Cases", Stage=stage)
    done = copies.merge()
    assert [(c.cells["Mine"], c.cells["Theirs"]) for c in done.summary.conflicts] == [("Closed", "Filed")]
    refresh(copies.out, hour=19)
    assert typed(copies.out, lost, "Stage") == [("typed (found by Ann)", "Draft", "Closed")]


def test_an_undone_stage_is_journalled_once_and_its_wrong_step_is_forgotten(copies: Copies) -> None:
    book, lost = copies.mine, claim_of(copies.base, LOST)["Claim ID"]
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Appealed")
    refresh(book, hour=14)
    assert "Appealed does not follow Draft" in on_checks(book)
    line = next(r for r in reversed(table(book, "Journal")) if (r["Field"], r["To"]) == ("Stage", "Appealed"))
    undo_line(book, line["ID"], run(who="Bob", hour=15))
    assert case_of(book, lost)["Stage"] == "Draft"
    refresh(book, hour=16)
    stages = [x for x in noted(book, lost) if x[1] == "Stage"]
    assert stages[-2:] == [
        ("typed (found by Ann)", "Stage", "Draft", "Appealed"),
        ("Bob", "Stage", "Appealed", "Draft"),
    ]
    assert "does not follow" not in on_checks(book)
    assert changes_nothing(book, 17)


def test_a_change_on_a_row_of_their_own_is_undone_and_merged_under_the_name_of_its_case(
    copies: Copies,
) -> None:
    add_case(copies.mine, Case="OWN-1", SKU="S-1", Stage="Filed", Notes="first")
    refresh(copies.mine, hour=14)
    for copy in (copies.base, copies.theirs):
        shutil.copy(copies.mine, copy)
    with Desk(copies.theirs) as bob:
        grid = bob.table("Cases")
        next(r for r in grid.rows[1:] if r[grid.headers.index("Case")].value == "OWN-1")[
            grid.headers.index("Notes")
        ].value = "second"
    refresh(copies.theirs, hour=15)
    done = copies.merge(base=False)
    assert done.summary.conflicts == [], "the Journal of Bob says how it was"
    refresh(copies.out, hour=19)
    lines = [r for r in table(copies.out, "Journal") if r["To"] == "second"]
    assert next((r["Who"], r["Claim ID"], r["Field"]) for r in lines) == (
        "typed (found by Ann)",
        "OWN-1",
        "Notes",
    )
    assert len([r for r in lines if str(r["Who"]).startswith("typed")]) == 1
    undo_line(copies.out, lines[0]["ID"], run(who="Bob", hour=20))
    assert {r["Case"]: r["Notes"] for r in table(copies.out, "Cases")}["OWN-1"] == "first"
    refresh(copies.out, hour=21)
    assert [r for r in table(copies.out, "Journal") if r["To"] == "first"][-1]["Who"] == "Bob"
    assert changes_nothing(copies.out, 22)


def test_next_steps_on_rows_of_their_own_are_no_conflict_and_nothing_typed_over(copies: Copies) -> None:
    """Both copies were refreshed on days of their own, so that the step of a case without a day differs."""
    for copy in (copies.base, copies.mine, copies.theirs):
        add_case(copy, Case="OWN-1", SKU="S-1", Stage="Filed", Amazon_case_ID="1755")
    add_case(copies.theirs, Case="OWN-2", SKU="S-2", Stage="Filed", Filed_on=AS_OF)
    refresh(copies.mine, hour=14)
    refresh(copies.theirs, date(2026, 11, 16))
    done = copies.merge()
    assert done.summary.conflicts == []
    refresh(copies.out, date(2026, 11, 17))
    assert [r["Case"] for r in table(copies.out, "Cases") if str(r["Case"]).startswith("OWN")] == [
        "OWN-1",
        "OWN-2",
    ]
    assert "typed over" not in on_checks(copies.out)
