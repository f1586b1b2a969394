"""recoup journal: lists the newest changes, and takes back one change of a person."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from recoup.books import open_book
from recoup.case_doors import dismiss_book, record_book, start_book
from recoup.case_record import Entry
from recoup.memory import plain
from recoup.model import RecoupError
from recoup.shared_work import last_act, undo_lines
from recoup.sharing import journal_lines, merge_files, undo_line
from test_commands import Recoup, recoup
from test_decisions import add_case
from workbooks import Desk, cells, claim_of, claims, refresh, refreshed_book, run, table

assert recoup  # the fixture
NOVA = "X00NOVA01A"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Ann typed Hold on one claim, and a refresh found it."""
    path = refreshed_book(tmp_path)
    with Desk(path) as desk:
        desk.type(claim_of(path, NOVA)["Claim ID"], Decision="Hold")
    refresh(path, hour=12)
    return path


def line_of(book: Path, **cells_: Any) -> dict[str, Any]:
    """The newest line of the Journal that says so."""
    wanted = {h.replace("_", " "): c for h, c in cells_.items()}
    return next(r for r in reversed(table(book, "Journal")) if all(r[h] == c for h, c in wanted.items()))


def say(
    book: Path,
    field: str,
    before: str | None,
    after: str,
    claim: str | None = None,
    name: str = "line-1",
    hour: int = 12,
) -> str:
    """A line of the Journal, as some command wrote it; its ID."""
    with Desk(book) as desk:
        grid = desk.table("Journal")
        row = [grid.sheet.cell(grid.rows[-1][0].row + 1, c.column) for c in grid.rows[0]]
        grid.table.ref = f"{grid.rows[0][0].coordinate}:{row[-1].coordinate}"
        if grid.table.autoFilter is not None:
            grid.table.autoFilter.ref = grid.table.ref
        told = (name, datetime(2026, 11, 15, hour), "Ann", "r", claim, field, before, after)
        for cell, value in zip(row, told, strict=True):
            cell.value = value
    return name


def test_an_undo_puts_the_old_value_back_and_is_journalled_with_the_line_it_undid(book: Path) -> None:
    line = line_of(book, Field="Decision", To="Hold")
    undo_line(book, line["ID"], run(who="Bob", hour=13))
    assert claim_of(book, NOVA)["Decision"] is None
    done = table(book, "Journal")[-1]
    assert (done["Who"], done["Run"]) == ("Bob", f"undo of {line['ID']}")
    assert (done["From"], done["To"]) == ("Hold", None)
    assert done["ID"] not in {r["ID"] for r in table(book, "Journal")[:-1]}


def test_the_next_refresh_does_not_journal_an_undo_again(book: Path) -> None:
    undo_line(book, line_of(book, Field="Decision")["ID"], run(hour=13))
    before = len([r for r in table(book, "Journal") if r["Field"] == "Decision"])
    refresh(book, hour=14)
    assert len([r for r in table(book, "Journal") if r["Field"] == "Decision"]) == before


def test_a_line_is_undone_once_and_the_undo_can_be_undone(book: Path) -> None:
    first = line_of(book, Field="Decision")["ID"]
    done, _ = undo_line(book, first, run(hour=13))
    with pytest.raises(RecoupError, match=f"undone already, by Ann .* undo line {done.line['ID']}"):
        undo_line(book, first, run(hour=14))
    again, _ = undo_line(book, str(done.line["ID"]), run(hour=15))
    assert claim_of(book, NOVA)["Decision"] == "Hold"
    with pytest.raises(RecoupError, match="undone already"):
        undo_line(book, str(done.line["ID"]), run(hour=16))
    undo_line(book, str(again.line["ID"]), run(hour=17))
    assert claim_of(book, NOVA)["Decision"] is None


def test_what_was_changed_since_stays_and_is_named(book: Path) -> None:
    line = line_of(book, Field="Decision")["ID"]
    with Desk(book) as desk:
        desk.type(claim_of(book, NOVA)["Claim ID"], Decision="Dismiss")
    before = book.read_bytes()
    with pytest.raises(RecoupError, match="says 'Dismiss' now, not 'Hold'"):
        undo_line(book, line, run(hour=13))
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Status", "is computed by Recoup"),
        ("Balance", "is computed by Recoup"),
        ("Cases: row", "is about a whole row"),
        ("Settings, Nothing of the kind: Value", "is in no sheet any more"),
        ("Stage", "is in no sheet any more"),
    ],
)
def test_what_cannot_be_put_back_is_said_and_nothing_is_written(book: Path, field: str, said: str) -> None:
    line = say(book, field, "Draft", "Filed", claim_of(book, NOVA)["Claim ID"] if ":" not in field else None)
    before = book.read_bytes()
    with pytest.raises(RecoupError, match=said):
        undo_line(book, line, run(hour=13))
    assert book.read_bytes() == before


def test_an_unknown_line_and_one_of_two_alike_are_refused(book: Path) -> None:
    with pytest.raises(RecoupError, match="has no line 'X-9'"):
        undo_line(book, "X-9", run())
    say(book, "Decision", None, "Hold", claim_of(book, NOVA)["Claim ID"])
    say(book, "Decision", None, "Take up", claim_of(book, NOVA)["Claim ID"])
    with pytest.raises(RecoupError, match="2 lines of the Journal have the ID line-1"):
        undo_line(book, "line-1", run())


def test_two_rows_of_one_claim_are_left_to_a_person(book: Path) -> None:
    key = claim_of(book, NOVA)["Claim ID"]
    for note in "ab":
        add_case(book, Case="C-1", Claim_ID=key, Stage="Filed", Notes=note)
    with pytest.raises(RecoupError, match="stands in 2 rows"):
        undo_line(book, say(book, "Stage", "Draft", "Filed", key), run())


def test_dates_and_numbers_come_back_as_what_they_were(book: Path) -> None:
    key = claim_of(book, NOVA)["Claim ID"]
    add_case(book, Case="C-1", Claim_ID=key, Stage="Filed", Filed_on=date(2026, 11, 12))
    undo_line(book, say(book, "Filed on", "2026-11-10", "2026-11-12", key), run())
    assert table(book, "Cases")[-1]["Filed on"] == datetime(2026, 11, 10)
    with Desk(book) as desk:
        grid = desk.table("Settings")
        next(r for r in grid.rows if r[0].value == "Safety margin")[1].value = 9
    undo_line(book, say(book, "Settings, Safety margin: Value", "4", "9", name="line-2"), run())
    assert {r["Name"]: r["Value"] for r in table(book, "Settings")}["Safety margin"] == 4


def test_what_a_merge_took_over_can_be_taken_back(book: Path, tmp_path: Path) -> None:
    theirs, out = tmp_path / "bob.xlsx", tmp_path / "merged.xlsx"
    shutil.copy(book, theirs)
    with Desk(theirs) as desk:
        desk.workbook["Sourcing Costs"]["D3"] = "4.44"
        desk.type(claim_of(book, NOVA)["Claim ID"], Decision="Take up")
    merge_files([book, theirs], out, run(hour=15))
    was = cells(book, "Sourcing Costs")["D3"]
    for line in [r for r in table(out, "Journal") if str(r["Run"]).startswith("merge ")]:
        undo_line(out, line["ID"], run(hour=16))
    assert claim_of(out, NOVA)["Decision"] == "Hold"
    assert cells(out, "Sourcing Costs")["D3"] == was
    assert claims(out) == claims(book)


def test_the_newest_lines_are_listed_first(book: Path, recoup: Recoup) -> None:
    lines = journal_lines(book)
    assert [str(r["When"]) for r in lines] == sorted((str(r["When"]) for r in lines), reverse=True)
    key = claim_of(book, NOVA)["Claim ID"]
    assert {r["Claim ID"] for r in journal_lines(book, claim=key)} == {key}
    assert len(journal_lines(book, last=2)) == 2
    told = json.loads(recoup("journal", book, "--last", 1, "--json").out)["journal"]
    assert [(r["Claim ID"], r["Field"], r["To"]) for r in told] == [(key, "Decision", "Hold")]
    assert key in recoup("journal", book, "--claim", key).out
    assert "no such line" in recoup("journal", book, "--claim", "LW-NONE").out


def test_the_command_says_what_stands_there_now(book: Path, recoup: Recoup) -> None:
    line = line_of(book, Field="Decision")["ID"]
    answer = recoup("journal", book, "--undo", line)
    assert (
        answer.code == 0 and "Decision of" in answer.out and "is 'blank' again, it was 'Hold'" in answer.out
    )
    refused = recoup("journal", book, "--undo", line)
    assert refused.code == 2
    refused.is_one_sentence("undone already")


# ---- what was done last


def undo_last(book: Path, hour: int) -> list[str]:
    """What was taken back, by field."""
    opened = open_book(book)
    done = undo_lines(opened, last_act(opened), run(who="Bob", hour=hour))
    opened.save()
    return [plain(line["Field"]) for one in done for line in (one.line, *one.with_it)]


def test_a_case_that_was_started_last_is_let_go_and_can_be_started_again(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    start_book(book, run(hour=13), [key])
    assert undo_last(book, 14) == ["Decided by", "Decision"]
    row = next(r for r in table(book, "Cases") if r["Claim ID"] == key)
    assert (row["Stage"], row["Suggested stage"]) == ("Draft", "Closed"), "the row stays, to be closed"
    for hour in (15, 16):
        refresh(book, hour=hour)
        claim = claims(book)[key]
        assert (claim["Decision"], claim["Case"], claim["Status"]) == (None, None, "Ready")
        row = next(r for r in table(book, "Cases") if r["Claim ID"] == key)
        assert row["Suggested stage"] == "Closed" and "was cleared" in row["Suggested next step"]
    with Desk(book) as desk:
        desk.type(key, Decision="Take up")
    refresh(book, hour=17)
    assert claims(book)[key]["Case"] == row["Case"]
    assert not [r for r in table(book, "Journal") if r["Who"].startswith("typed") and r["Field"] == "Stage"]


def test_one_act_after_the_other_is_taken_back_and_never_one_twice(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    start_book(book, run(hour=13), [key])
    record_book(book, run(hour=14), key, Entry({"Owner": "Dora", "Next action": "ring them"}, "by chat"))
    assert sorted(undo_last(book, 15)) == ["Next action", "Notes", "Owner"]
    assert undo_last(book, 16) == ["Decided by", "Decision"]
    with pytest.raises(RecoupError, match=r"Decision of .* was typed by hand, not by Recoup"):
        undo_last(book, 17)


def test_a_line_of_an_act_that_was_taken_back_by_itself_is_not_taken_back_again(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    start_book(book, run(hour=13), [key])
    record_book(book, run(hour=14), key, Entry({"Owner": "Dora", "Next action": "ring them"}))
    undo_line(book, line_of(book, Field="Owner", To="Dora")["ID"], run(hour=15))
    assert undo_last(book, 16) == ["Next action"]


def test_an_act_of_which_one_cell_was_changed_since_stays_whole(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    start_book(book, run(hour=13), [key])
    record_book(book, run(hour=14), key, Entry({"Owner": "Dora", "Next action": "ring them"}))
    with Desk(book) as desk:
        desk.type(key, "Cases", Owner="Lea")
    before = book.read_bytes()
    with pytest.raises(RecoupError, match="says 'Lea' now, not 'Dora'"):
        undo_last(book, 15)
    assert book.read_bytes() == before


def test_a_draft_that_was_opened_last_is_not_passed_over_for_what_a_colleague_did_before(book: Path) -> None:
    key, other = (str(claim_of(book, fnsku)["Claim ID"]) for fnsku in ("X00LOST01A", "X00DAMG01A"))
    dismiss_book(book, run(who="Bob", hour=13), [other], "counted twice")
    with Desk(book) as desk:
        desk.type(key, Decision="Take up")
    refresh(book, hour=14)
    with pytest.raises(RecoupError, match=rf"Decision of {key}, was typed by hand"):
        undo_last(book, 15)
    say(book, "Stage", None, "Draft", key, hour=15)
    with pytest.raises(RecoupError, match=rf"a draft for {key}, and a draft stays on Cases; close it with"):
        undo_last(book, 16)


def test_what_was_taken_back_and_is_in_force_again_can_be_taken_back_again(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    dismiss_book(book, run(who="Bob", hour=13), [key], "counted twice")
    taken = undo_last(book, 14)
    for hour, field in enumerate(taken, 15):
        undo_line(book, line_of(book, Field=field, Claim_ID=key)["ID"], run(hour=hour))
    assert claims(book)[key]["Decision"] == "Dismiss"
    assert sorted(undo_last(book, 20)) == sorted(taken)
    assert claims(book)[key]["Decision"] is None


def test_a_typed_line_that_was_taken_back_does_not_stand_before_what_was_done_earlier(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    start_book(book, run(hour=13), [key])
    with Desk(book) as desk:
        desk.type(claim_of(book, NOVA)["Claim ID"], Decision_note="ask Lea")
    refresh(book, hour=14)
    undo_line(book, line_of(book, Field="Decision note", To="ask Lea")["ID"], run(hour=15))
    assert undo_last(book, 16) == ["Decided by", "Decision"]


def test_frozen_functions_keep_nothing_from_being_taken_back_and_name_the_backup(book: Path) -> None:
    key = str(claim_of(book, "X00LOST01A")["Claim ID"])
    start_book(book, run(hour=13), [key])
    line = say(book, "Functions on Mine", "Formulas: 1\n  Mine: B2", "values, or led back", hour=14)
    assert undo_last(book, 15) == ["Decided by", "Decision"]
    with pytest.raises(
        RecoupError, match="Functions on Mine became values: copy the formulas from the backup"
    ):
        undo_line(book, line, run(hour=16))


def test_a_journal_without_acts_holds_nothing_to_take_back(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with pytest.raises(RecoupError, match="is computed by Recoup"):
        undo_last(book, 13)
    with Desk(book) as desk:
        for row in desk.table("Journal").rows[1:]:
            for cell in row:
                cell.value = None
    with pytest.raises(RecoupError, match=r"seller\.xlsx: the Journal holds nothing to take back"):
        undo_last(book, 13)
