"""`recoup due` and Home on a real workbook: what is due, what was missed, next steps, Case Log, and wrong use."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from recoup import doors
from recoup.case_doors import due_book, record_book, start_book
from recoup.case_record import Entry
from recoup.work_tasks import HEADERS, due_table
from test_case_work import by
from test_commands import Recoup, recoup
from workbooks import AS_OF, Desk, blank_book, claim_of, copy_of, grid, refresh, refreshed_book, seen, table

assert recoup  # the fixture
LOST, NOVA, DAMAGED = "X00LOST01A", "X00NOVA01A", "X00DAMG01A"
LATER = date(2026, 12, 10)
AT = ("--as-of", AS_OF.isoformat())


def write_log(book: Path, *lines: tuple[Any, ...]) -> None:
    """A person types lines below Case Log: When, Case, Direction, Who, Text."""
    with Desk(book) as desk:
        log = desk.table("CaseLog")
        first, _, last = log.table.ref.rpartition(":")
        column, row = last.rstrip("0123456789"), int(last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for n, line in enumerate(lines, 1):
            for at, value in enumerate(line, 1):
                log.sheet.cell(row + n, at, value)
        log.table.ref = f"{first}:{column}{row + len(lines)}"


def named(book: Path, name: str) -> Any:
    return doors.open_workbook(book).read_name(name)


def case_of(book: Path, fnsku: str) -> dict[str, Any]:
    return next(r for r in table(book, "Cases") if r["FNSKU"] == fnsku)


@pytest.fixture(scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filed case whose follow-up was cleared, a draft of Bob's, two filings a day, and strange lines in Case Log."""
    book = refreshed_book(tmp_path_factory.mktemp("due"))
    lost, nova = (claim_of(book, f)["Claim ID"] for f in (LOST, NOVA))
    start_book(book, by(), [lost])
    record_book(book, by(), lost, Entry({"Stage": "Filed", "Amazon case ID": "17000000001"}))
    start_book(book, by("Bob"), [nova])
    write_log(
        book,
        (datetime(2026, 11, 14, 8), "C-LW-NOPE", "From Amazon", "Ann", "which case was this?"),
        (None, None, "Note", "Bob", "call them"),
    )
    with Desk(book) as desk:
        desk.type(lost, "Cases", Follow_up_on=None)
        desk.type(nova, "Cases", Owner="Bob", Follow_up_on="next week")
        settings = desk.table("Settings")
        row = next(r for r in settings.rows if r[0].value == "Daily filing limit")
        row[settings.headers.index("Value")].value = 2
    refresh(book, hour=13)
    return book


@pytest.fixture
def book(_desk: Path, tmp_path: Path) -> Path:
    return copy_of(_desk, tmp_path)


def test_due_lists_what_is_due_in_the_terminal_and_changes_nothing(book: Path, recoup: Recoup) -> None:
    before = book.read_bytes()
    (book.parent / f"~${book.name}").write_bytes(b"Ann")  # somebody has it open in Excel
    said = recoup("due", book, "--days", 14, *AT)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[1] == "Today, 2026-11-15: 1 (USD 8.00 in 1 claim)"
    assert lines[2].split()[:3] == ["Due", "What", "Case"]
    assert lines[3].split()[:2] == ["2026-11-15", "take"]
    assert any(x.startswith("Within 14 days: 6 (USD 76.50 in 5 claims; 1 claim of unknown") for x in lines)
    assert "At most 2 filings a day (Settings, 1 filed today): 1 on 2026-11-15, 2 on 2026-11-16" in said.out
    (draft,) = [x.split() for x in lines if "file  " in x]
    assert draft[:4] == ["2026-11-16", "file", f"C-{claim_of(book, NOVA)['Claim ID']}", "2026-12-07"]
    assert "Bob" in draft
    (follow,) = [x for x in lines if "look again" in x]
    assert follow.split()[0] == "2026-11-27" and "case_answer_wait: 10 working days" in follow
    assert "Expected value by deadline (USD 82.50 in 7 claims; 1 claim of unknown value)" in said.out
    assert book.read_bytes() == before


def test_due_as_json_is_one_document_with_the_same_lines(book: Path, recoup: Recoup) -> None:
    said = recoup("due", book, *AT, "--json")
    document = json.loads(said.out)
    assert (said.code, document["as_of"], document["days"]) == (0, "2026-11-15", 7)
    assert document["counts"] == {"overdue": 0, "today": 1, "coming": 5, "later": 1}
    assert [t["When"] for t in document["tasks"]] == ["today", *["coming"] * 5]
    first = document["tasks"][0]
    damaged = claim_of(book, DAMAGED)["Claim ID"]
    assert (first["Case"], first["Claims"], first["Value"]) == (damaged, [damaged], 8)
    assert document["filings"] == {
        "a_day": 2,
        "filed_today": 1,
        "days": {"2026-11-15": 1, "2026-11-16": 2, "2026-11-17": 2, "2026-11-18": 1},
        "no_room": [],
    }
    weeks = document["expected_by_deadline"]
    assert sum(w["Claims"] for w in weeks) == 8 and {w["Currency"] for w in weeks} == {"USD"}
    assert document["sums"]["coming"] == [
        {"Currency": "USD", "Claims": 5, "Value": 51.5, "Expected value": 39.7, "Without a value": 1}
    ]


def test_the_table_for_a_worksheet_function_holds_the_same_lines(book: Path) -> None:
    queue = due_book(book, by(), 7).queue
    heading, *rows = due_table(queue)
    assert heading == list(HEADERS)
    assert [r[2] for r in rows] == [t.name for t in (*queue.today, *queue.coming)]


def test_home_shows_the_first_lines_of_the_queue_what_is_due_and_what_closes(book: Path) -> None:
    step, notice = named(book, "Recoup_NextStep"), named(book, "Recoup_Notice")
    assert step.startswith("Overdue: 0. Due today: 1 (take up 1). File ")
    assert not notice, "nothing closes within a week, nothing was missed lately"
    queue = due_book(book, by(), 7).queue
    rows = table(book, "HomeDeadlines")
    assert len(rows) == len(queue.tasks) == 7
    shown = [
        (r["Kind"], r["Claim"], r["File by"].date(), r["Deadline"] and r["Deadline"].date(), r["Currency"])
        for r in rows
    ]
    assert shown == [
        (t.kind if t.what != "look again" else f"look again: {t.kind}", t.name, t.by, t.last, "USD")
        for t in queue.tasks
    ]
    last = rows[-1]
    assert (last["File by"].date(), last["Claim value"], last["SKU"]) == (date(2026, 11, 27), 25, "SKU-LOST")
    links = {r["Claim"] for r in grid(book, "HomeDeadlines", values=False).records()}
    nova = claim_of(book, NOVA)["Claim ID"]
    assert any(f'MATCH("C-{nova}",Cases[Case],0)' in str(x) for x in links)
    late = refresh(copy_of(book, _sub(book)), date(2026, 12, 6))
    assert late.next_step.startswith("Overdue: 2 (look again 1, settle 1). Due today: 0. Complete ")
    assert late.notice.startswith("Expected from what closes within 7 days: USD 16.00 in 1 claim; 1 claim")
    assert "Missed since 2026-11-08: USD 8.00 in 1 claim" in late.notice


def _sub(book: Path) -> Path:
    folder = book.parent / "sub"
    folder.mkdir()
    return folder


def test_both_engines_write_the_same_steps_and_the_same_home(book: Path) -> None:
    other = copy_of(book, _sub(book))
    target = doors.Target(in_place=True)
    for path, engine in ((book, "package"), (other, "openpyxl")):
        doors.refresh_book(path, by("Cy", LATER), [], target=target, engine=engine)
    for name in ("HomeDeadlines", "HomeMoney", "Cases", "CaseLog", "Checks"):
        assert table(book, name) == table(other, name), name
    for name in ("Recoup_NextStep", "Recoup_Notice"):
        assert named(book, name) == named(other, name)


def test_a_refresh_tells_the_next_step_and_never_writes_the_day_that_people_plan(book: Path) -> None:
    lost, nova = case_of(book, LOST), case_of(book, NOVA)
    assert lost["Follow up on"] is None
    assert lost["Suggested next step"].startswith("Look for Amazon's answer on 2026-11-27;")
    assert nova["Follow up on"] == "next week"
    assert nova["Suggested next step"].startswith("File with Amazon by 2026-12-04")
    said = [r["Problem"] for r in table(book, "Checks") if r["Column"] == "Follow up on"]
    assert said == [
        f"{nova['Case']}: Follow up on says 'next week', which is no day; the default of policy counts"
    ]
    with Desk(book) as desk:
        desk.type(lost["Claim ID"], "Cases", Follow_up_on=date(2026, 11, 20))
    refresh(book, hour=14)
    after = case_of(book, LOST)
    assert after["Follow up on"].date() == date(2026, 11, 20)
    assert "on 2026-11-20" in after["Suggested next step"] and "as planned" in after["Suggested next step"]


def test_lines_of_case_log_for_no_case_are_named_on_checks_and_left_alone(book: Path) -> None:
    said = [(r["Severity"], r["Problem"]) for r in table(book, "Checks") if r["Sheet or file"] == "Case Log"]
    assert said == [
        ("warning", "1 line for C-LW-NOPE, which is no case on Cases"),
        ("warning", "1 line without a Case: nobody knows what it is about"),
    ]
    _, strange, nameless = table(book, "CaseLog")
    assert list(strange.values()) == [
        *(datetime(2026, 11, 14, 8), "C-LW-NOPE", "From Amazon", "Ann", "which case was this?", None)
    ]
    assert list(nameless.values()) == [None, None, "Note", "Bob", "call them", None]


def test_an_answer_typed_into_the_log_puts_the_follow_up_off(book: Path) -> None:
    write_log(book, (datetime(2026, 11, 20, 9), "17000000001", "From Amazon", "Ann", "under review"))
    queue = due_book(book, by(on=date(2026, 11, 21)), 30).queue
    (task,) = [t for t in queue.tasks if t.what == "look again"]
    assert task.due == date(2026, 12, 4), "ten working days after the answer"


def test_recording_tells_the_next_step_at_once_and_the_next_refresh_agrees(book: Path) -> None:
    lost = case_of(book, LOST)["Claim ID"]
    reason = {"Stage": "Denied", "Decision reason": "units received"}
    said = record_book(book, by(), lost, Entry(reason))[0].said
    assert any("Follow up on 2026-11-18" in x for x in said)
    step = case_of(book, LOST)["Suggested next step"]
    assert step.startswith("Decide on 2026-11-18 about an appeal, by 2026-12-19 at the latest.")
    for words in ("Attach: ledger lines of the product", "reopened", "Do not appeal when the ledger shows"):
        assert words in step
    before = table(book, "Cases")
    refresh(book, hour=14)
    assert table(book, "Cases") == before
    (task,) = [t for t in due_book(book, by(), 7).queue.coming if t.what == "appeal"]
    assert (task.due, task.last) == (date(2026, 11, 18), date(2026, 12, 19))


def test_a_reason_in_free_words_is_told_which_reasons_are_known(book: Path) -> None:
    lost = case_of(book, LOST)["Claim ID"]
    record_book(book, by(), lost, Entry({"Stage": "Denied", "Decision reason": "Dear seller, we are sorry"}))
    step = case_of(book, LOST)["Suggested next step"]
    assert "none that Recoup knows (already reimbursed, units found, " in step
    assert "Ask for the reason" in step


def test_what_was_missed_is_told_by_week_cause_and_owner(book: Path, recoup: Recoup) -> None:
    on = date(2026, 12, 18)
    refresh(book, on)
    said = recoup("due", book, "--missed", "--json", "--as-of", on)
    missed = json.loads(said.out)["missed"]
    told = {m["Claim"]: (m["Cause"], m["Owner"], m["Week of"]) for m in missed["claims"]}
    assert told[claim_of(book, NOVA)["Claim ID"]] == ("in Draft", "Bob", "2026-12-07")
    assert told[claim_of(book, DAMAGED)["Claim ID"]][:2] == ("Ready, never filed", "nobody")
    assert case_of(book, LOST)["Claim ID"] not in told, "it was filed"
    assert sum(w["Claims"] for w in missed["by_week"]) == len(told)
    assert {w["Currency"] for w in missed["lately"]} == {"USD"}
    text = recoup("due", book, "--missed", "--as-of", on).out
    assert "Missed (USD " in text and "in Draft" in text and "Each of them" in text
    short = recoup("due", book, "--as-of", on).out
    assert "--missed tells why" in short and "in Draft" not in short
    assert str(seen(book)["Home"]["E6"].value).startswith("Expected from"), "Home says it too"


def test_the_playbook_is_printed_reason_by_reason(recoup: Recoup) -> None:
    said = recoup("policy", "--denials", "--on", "2026-11-15")
    assert said.code == 0
    assert "measurements confirmed: Amazon keeps its measurements of the product." in said.out
    assert "Not before: 30 days after the denial" in said.out
    document = json.loads(recoup("policy", "--denials", "--marketplace", "de", "--json").out)
    assert len(document["reasons"]) == 12
    assert all(not r["Not before"] for r in document["reasons"]), "the wait is known for the US only"


def test_a_workbook_that_was_never_refreshed_says_so(tmp_path: Path, recoup: Recoup) -> None:
    book = blank_book(tmp_path)
    said = recoup("due", book, *AT)
    assert said.code == 0
    assert said.out.splitlines() == [
        "Nothing is due within 7 days of 2026-11-15.",
        "seller.xlsx holds no claims: run `recoup refresh seller.xlsx` first.",
    ]


def test_old_claims_say_how_old_they_are(book: Path, recoup: Recoup) -> None:
    said = recoup("due", book, "--as-of", "2026-11-25")
    assert "Claims stand as of 2026-11-15, 10 days ago: refresh to see what changed since." in said.out
    early = recoup("due", book, "--as-of", "2026-11-10").out
    assert "Claims stand as of 2026-11-15, after 2026-11-10" in early
    assert "First the reports that could refute it are read to 2026-11-14, too old" in said.out


def _without_cases(book: Path) -> Path:
    with Desk(book) as desk:
        del desk.workbook["Cases"].tables["Cases"]
    return book


WRONG: list[tuple[str, Callable[[Path], list[object]], str]] = [
    ("days before today", lambda b: [b, "--days", -1], "--days -1: say how many days to look ahead"),
    ("days beyond all deadlines", lambda b: [b, "--days", 10**9], "3650 at most"),
    ("no such file", lambda b: [b.with_name("none.xlsx")], "There is no file"),
    ("no workbook", lambda b: [Path(__file__)], "is no Excel workbook"),
    ("no table Cases", lambda b: [_without_cases(b)], "has no table Cases"),
]


@pytest.mark.parametrize(("words", "sentence"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_wrong_use_is_refused_in_one_sentence(
    book: Path, recoup: Recoup, words: Callable[[Path], list[object]], sentence: str
) -> None:
    said = recoup("due", *words(book))
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err and len(said.err.strip().splitlines()) == 1
    assert said.err.strip().endswith(".")
