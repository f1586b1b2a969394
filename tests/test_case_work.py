"""Start, record and dismiss in a real workbook, and what people type on Cases by hand, rightly and wrongly."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.table import Table

from recoup.case_checks import case_problems
from recoup.case_doors import dismiss_book, record_book, start_book
from recoup.case_record import Entry
from recoup.case_sheet import read_cases, typed_changes
from recoup.memory import line, plain
from recoup.model import RecoupError
from recoup.policy import load
from recoup.run import Run
from recoup.sharing import undo_line
from recoup.sheets import CASES, OWN_RECORDS
from test_commands import Recoup, recoup
from test_decisions import add_case
from workbooks import (
    AS_OF,
    Desk,
    Seller,
    cells,
    claim_of,
    claims,
    copy_of,
    paste_seller,
    refresh,
    refreshed_book,
    table,
)

assert recoup  # the fixture
LOST, NOVA, WAITING = "X00LOST01A", "X00NOVA01A", "X00WAIT01A"
PEOPLE = CASES.people
NEXT_DAY = date(2026, 11, 16)
_MINUTE = iter(range(10**6))


def by(who: str = "Ann", on: date = AS_OF) -> Run:
    """A run of its own second."""
    n = next(_MINUTE)
    return Run(on, datetime(on.year, on.month, on.day, 12, n // 60 % 60, n % 60), who)


def start(book: Path, *ids: str, who: str = "Ann", on: date = AS_OF) -> str:
    return start_book(book, by(who, on), ids)[0].case


def record(book: Path, case: str, *, who: str = "Ann", on: date = AS_OF, **given: Any) -> list[str]:
    words = {k: given.pop(k) for k in ("note", "paid", "evidence", "attachment") if k in given}
    named = {h.replace("_", " "): v for h, v in given.items()}
    return record_book(book, by(who, on), case, Entry(named, **words))[0].said


def case_of(book: Path, claim_id: str) -> dict[str, Any]:
    return next(r for r in table(book, "Cases") if r["Claim ID"] == claim_id)


def noted(book: Path, claim_id: str) -> list[tuple[str, str, Any, Any]]:
    return [
        (r["Who"], r["Field"], r["From"], r["To"])
        for r in table(book, "Journal")
        if r["Claim ID"] == claim_id
    ]


def on_checks(book: Path) -> str:
    return "\n".join(
        f"{r['Severity']}: {r['Problem']}" for r in table(book, "Checks") if "Cases" in r["Sheet or file"]
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return refreshed_book(tmp_path)


@pytest.fixture(scope="module")
def _filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = refreshed_book(tmp_path_factory.mktemp("filed"))
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    record(book, lost, Stage="Filed", Amazon_case_ID="17000000001")
    refresh(book, hour=13)
    return book


@pytest.fixture
def filed(_filed: Path, tmp_path: Path) -> Path:
    """A workbook with one case that was filed by command, refreshed."""
    return copy_of(_filed, tmp_path)


# ---- a filing taken back

FILING = ("Amazon case ID", "Filed on", "Filed by", "Follow up on", "Units filed", "Value filed")


def filing_line(book: Path, claim_id: str) -> str:
    lines = [r for r in table(book, "Journal") if r["Claim ID"] == claim_id and r["Field"] == "Stage"]
    return str(next(r["ID"] for r in reversed(lines) if r["To"] == "Filed"))


def test_undoing_a_filing_leaves_the_row_as_it_was_before_it_was_filed(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    refresh(book, hour=13)
    before, status = case_of(book, lost), claims(book)[lost]["Status"]
    record(book, lost, Stage="Filed", Amazon_case_ID="17000000001")
    filed = case_of(book, lost)
    refresh(book, hour=14)
    first, _ = undo_line(book, filing_line(book, lost), by("Bob"))
    assert {h: case_of(book, lost)[h] for h in FILING} == dict.fromkeys(FILING)
    refresh(book, hour=15)
    assert (case_of(book, lost), claims(book)[lost]["Status"]) == (before, status)
    assert "typed over" not in on_checks(book)
    again, _ = undo_line(book, str(first.line["ID"]), by("Bob"))
    assert {h: case_of(book, lost)[h] for h in FILING} == {h: filed[h] for h in FILING}
    assert len(again.with_it) == len(FILING)
    undo_line(book, str(again.line["ID"]), by("Bob"))
    record(book, lost, Stage="Filed", Amazon_case_ID="17000000002")
    assert (case_of(book, lost)["Units filed"], case_of(book, lost)["Value filed"]) == (2, 25)


def test_undoing_a_filing_that_was_typed_takes_its_figures_back_and_leaves_what_was_changed_since(
    book: Path,
) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Filed", Amazon_case_ID="17000000001", Filed_on=AS_OF, Notes="sent")
    refresh(book, hour=13)
    assert case_of(book, lost)["Units filed"] == 2
    with Desk(book) as desk:
        desk.type(lost, "Cases", Amazon_case_ID="17000000009")
    undo_line(book, filing_line(book, lost), by("Bob"))
    for hour in (14, 15):
        row = case_of(book, lost)
        assert [row[h] for h in ("Stage", "Filed on", "Units filed", "Value filed")] == ["Draft", *[None] * 3]
        assert (row["Amazon case ID"], row["Notes"]) == ("17000000009", "sent")
        refresh(book, hour=hour)
    assert (
        case_of(book, lost)["Suggested next step"] == "Set its Stage: Amazon case ID says that it was filed."
    )


# ---- cases that people opened themselves


def own_row(book: Path, **named: str) -> dict[str, Any]:
    wanted = {h.replace("_", " "): v for h, v in named.items()}
    return next(r for r in table(book, "Cases") if all(r[h] == v for h, v in wanted.items()))


def test_rows_that_people_opened_say_what_comes_next(book: Path) -> None:
    filed = {"Stage": "Filed", "Amazon_case_ID": "1755", "Filed_on": date(2026, 11, 10), "Filed_by": "Dora"}
    add_case(book, Case="PHONE", SKU="S-1", **filed)
    add_case(book, Case="PHONE", SKU="S-2", **filed | {"Stage": "Closed", "Notes": "paid by cheque"})
    add_case(book, Case="DRAFT", Order_ID="111-1", Deadline=date(2026, 12, 1))
    add_case(book, Amazon_case_ID="1756", SKU="S-3")
    add_case(book, Notes="a line that nothing tells")
    refresh(book, hour=13)
    rows = table(book, "Cases")[-5:]
    said = [str(r["Suggested next step"]) for r in rows]
    assert said[0].startswith(
        "Look for Amazon's answer on 2026-11-24; when there is none, ask in the same case"
    )
    assert said[2].startswith("File with Amazon by 2026-11-28 (2026-12-01 at the latest)")
    assert said[3] == "Set its Stage: Amazon case ID says that it was filed."
    assert (said[1], said[4]) == ("None", "None"), "nothing is to be done about a closed case"
    before = [cells(book, s) for s in ("Cases", "Journal", "Checks")]
    refresh(book, hour=14)
    assert [cells(book, s) for s in ("Cases", "Journal", "Checks")] == before
    assert "typed over" not in on_checks(book)


def test_what_recoup_wrote_on_a_row_of_their_own_is_flagged_when_typed_over_and_put_right(book: Path) -> None:
    add_case(book, Case="PHONE", SKU="S-1", Stage="Filed", Amazon_case_ID="1755", Filed_on=AS_OF)
    row = {"day": "2026-11-10", "id": "5559001", "reason": "GeneralAdjustment", "fnsku": "X00FAR001A"}
    seller = Seller()
    seller.paid.append({**row, "each": "7.00", "units": "2", "original": "", "order": "", "case": "1755"})
    paste_seller(book, seller, "Reimbursements")
    refresh(book, hour=13)
    right = own_row(book, Case="PHONE")
    step = right["Suggested next step"]
    assert right["Paid amount"] == 14 and "Amazon paid under case 1755" in step and "Look for" in step
    with Desk(book) as desk:
        cells_ = dict(zip(CASES.headers, desk.table("Cases").rows[-1], strict=True))
        cells_["Paid amount"].value, cells_["Suggested next step"].value = 99, "ring them"
        cells_["Reversed"].value = 3  # which Recoup does not write there
    refresh(book, hour=14)
    assert own_row(book, Case="PHONE") == {**right, "Reversed": 3}
    said = on_checks(book)
    assert "warning: Paid amount of PHONE was typed over ('99'); Recoup restored it" in said
    assert "warning: Suggested next step of PHONE was typed over ('ring them'); Recoup restored it" in said
    told = [n for n in noted(book, "PHONE") if n[1] == "Paid amount"]
    assert told == [("Ann", "Paid amount", None, "14"), ("typed (found by Ann)", *told[-1][1:])]
    assert told[-1][2:] == ("99", "restored: 14")
    refresh(book, hour=15)
    assert "typed over" not in on_checks(book)


def test_what_people_typed_first_into_recoups_cells_of_their_row_is_kept_in_the_journal(book: Path) -> None:
    add_case(book, Case="PHONE", Stage="Filed", Filed_on=AS_OF, Suggested_next_step="ring Bob")
    refresh(book, hour=13)
    assert str(own_row(book, Case="PHONE")["Suggested next step"]).startswith("Look for Amazon's answer")
    assert "Suggested next step of PHONE was typed over ('ring Bob')" in on_checks(book)
    assert [n[2] for n in noted(book, "PHONE") if n[1] == "Suggested next step"] == ["ring Bob"]


def test_what_a_command_records_on_a_row_of_their_own_says_the_next_step_at_once(book: Path) -> None:
    add_case(book, Case="PHONE", SKU="S-1", Amazon_case_ID="1755")
    refresh(book, hour=13)
    record(book, "PHONE", Stage="Filed")
    at_once = own_row(book, Case="PHONE")
    assert str(at_once["Suggested next step"]).startswith("Look for Amazon's answer")
    record(book, "PHONE", Stage="Denied", Decision_reason="units were found")
    assert "about an appeal" in str(own_row(book, Case="PHONE")["Suggested next step"])
    before = cells(book, "Cases")
    refresh(book, hour=14)
    assert cells(book, "Cases") == before
    assert "typed over" not in on_checks(book)


# ---- start


def test_starting_makes_a_draft_at_once_and_the_next_refresh_finds_nothing_to_change(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    assert start(book, lost, who="Bob") == f"C-{lost}"
    claim, case = claims(book)[lost], case_of(book, lost)
    assert (claim["Decision"], claim["Decided by"], claim["Case"]) == ("Take up", "Bob", f"C-{lost}")
    assert (case["Stage"], case["Units"], case["Suggested stage"]) == ("Draft", 2, "Filed")
    assert noted(book, lost)[-3:] == [
        ("Bob", "Decision", None, "Take up"),
        ("Bob", "Decided by", None, "Bob"),
        ("Bob", "Stage", None, "Draft"),
    ]
    before = {s: cells(book, s) for s in ("Claims", "Not Claimed", "Cases", "Journal", "Checks")}
    refresh(book, hour=13)
    assert {s: cells(book, s) for s in before} == before


def test_what_the_shield_blocks_is_not_started_and_the_file_stays_as_it_is(book: Path) -> None:
    waiting, before = claim_of(book, WAITING)["Claim ID"], book.read_bytes()
    with pytest.raises(RecoupError, match="cannot be started: Amazon usually still pays this by itself"):
        start(book, waiting)
    with pytest.raises(RecoupError, match="there is no claim LW-NONE"):
        start(book, "LW-NONE")
    lost = claim_of(book, LOST)["Claim ID"]
    with pytest.raises(RecoupError, match="too old on 2026-11-30: paste newer ones and refresh"):
        start(book, lost, on=date(2026, 11, 30))
    with pytest.raises(RecoupError, match="refreshed as of 2026-11-15, later than 2026-11-10"):
        start(book, lost, on=date(2026, 11, 10))
    assert book.read_bytes() == before
    start(book, lost)
    with pytest.raises(RecoupError, match="has a case already, C-LW"):
        start(book, lost)


def test_what_a_person_filed_by_themselves_is_not_started_nor_filed_again(book: Path) -> None:
    lost, nova = (claim_of(book, f)["Claim ID"] for f in (LOST, NOVA))
    start(book, nova)
    add_case(book, FNSKU=LOST, Reference_ID=claims(book)[lost]["Reference ID"], Amazon_case_ID="17000000009")
    add_case(book, Case="BY-PHONE", FNSKU=NOVA, Stage="Filed", Amazon_case_ID="17000000008")
    with pytest.raises(RecoupError, match=f"another case .Cases {LOST} Draft, Amazon case 17000000009"):
        start(book, lost)
    with pytest.raises(RecoupError, match=r"may be for the same units: .* .Cases BY-PHONE Filed"):
        record(book, nova, Stage="Filed", Amazon_case_ID="17000000001")
    refresh(book, hour=13)
    assert "BY-PHONE Filed" in case_of(book, nova)["Suggested next step"]
    with Desk(book) as desk:
        desk.table("Cases").rows[-1][CASES.headers.index("Event date")].value = date(2026, 1, 2)
    record(book, nova, Stage="Filed", Amazon_case_ID="17000000001")


def test_an_unknown_claim_is_named_with_what_to_do(book: Path) -> None:
    with pytest.raises(RecoupError, match=r"no claim LW-NOPE; copy the id from Claims\. Nothing was changed"):
        start(book, "LW-NOPE")


def test_a_claim_whose_reports_changed_since_the_last_refresh_is_not_started(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    with Desk(book) as desk:  # only formats, and a tab of their own: nothing that was read
        desk.workbook["Reimbursements"].column_dimensions["A"].width = 40
        desk.workbook.create_sheet("Mine")["A1"] = "notes"
        desk.type(lost, Decision_note="look at this")
    start(copy_of(book, _sub(book)), lost)
    paste_seller(book, Seller().find("2026-11-02", LOST, 2, "9990"), "Inventory Ledger")
    with pytest.raises(
        RecoupError, match=r"Inventory Ledger changed since the last refresh.*recoup refresh seller"
    ):
        start(book, lost)
    refresh(book, hour=13)
    with pytest.raises(RecoupError, match="no longer claimed"):
        start(book, lost)


def test_a_folder_that_the_last_refresh_did_not_read_is_named_with_where_to_name_the_same(book: Path) -> None:
    folder = _sub(book)
    (folder / "reimbursements_2026-05-01_2026-11-14.csv").write_text("approval-date,reimbursement-id\n")
    with pytest.raises(
        RecoupError, match=r"report files changed .* \(Reports folder on Settings, or --reports\)"
    ):
        start_book(book, by(), [claim_of(book, LOST)["Claim ID"]], [folder])


def _sub(book: Path) -> Path:
    folder = book.parent / "sub"
    folder.mkdir()
    return folder


def test_settings_that_changed_since_ask_for_a_refresh_too_and_so_does_an_overtyped_claim(book: Path) -> None:
    lost, waiting = claim_of(book, LOST)["Claim ID"], claim_of(book, WAITING)["Claim ID"]
    with Desk(book) as desk:
        desk.type(waiting, Status="Ready")
    with pytest.raises(RecoupError, match=f"Status of {waiting} was typed over"):
        start(book, waiting)
    with Desk(book) as desk:
        grid = desk.table("Settings")
        row = next(r for r in grid.rows if r[0].value == "Report lag")
        row[grid.headers.index("Value")].value = 30
    with pytest.raises(RecoupError, match="settings changed since the last refresh"):
        start(book, lost)


# ---- record


def test_filing_writes_day_and_person_the_amounts_once_the_log_and_the_status(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    case = case_of(filed, lost)
    assert (case["Stage"], case["Filed by"], case["Filed on"].date()) == ("Filed", "Ann", AS_OF)
    assert (case["Units filed"], case["Value filed"]) == (2, 25)
    assert case["Follow up on"].date() == date(2026, 11, 27), "ten working days"
    assert claims(filed)[lost]["Status"] == "Filed"
    (sent,) = table(filed, "CaseLog")
    assert (sent["Case"], sent["Direction"], sent["Who"]) == (f"C-{lost}", "To Amazon", "Ann")
    assert sent["Text"] == "Filed as Amazon case 17000000001"
    assert not any("typed" in who for who, *_ in noted(filed, lost)), "a refresh takes no command for typing"
    assert ("Ann", "Stage", "Draft", "Filed") in noted(filed, lost)
    assert ("Ann", "Status", "Ready", "Filed") in noted(filed, lost)
    paste_seller(filed, Seller().find("2026-11-01", LOST, 1, "9990"), "Inventory Ledger")
    refresh(filed, NEXT_DAY)
    refresh(filed, date(2026, 11, 17))
    assert (case_of(filed, lost)["Units filed"], case_of(filed, lost)["Units"]) == (2, 1)


def test_who_filed_a_case_and_when_stays_as_it_was_typed_before_the_filing_is_recorded(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Filed_on=datetime(2026, 11, 13), Filed_by="Cara")
    record(book, lost, Stage="Filed", Amazon_case_ID="17000000001")
    row = case_of(book, lost)
    assert (row["Filed on"], row["Filed by"]) == (datetime(2026, 11, 13), "Cara")
    assert row["Follow up on"] > datetime(2026, 11, 15)


def test_what_amazon_said_stays_where_a_payment_is_added_to_it_and_is_logged_once(filed: Path) -> None:
    lost, promise = claim_of(filed, LOST)["Claim ID"], "We will pay 2 units by Friday, ref 77"
    record(filed, lost, Stage="Partly paid", Amazon_answer=promise)
    record(filed, lost, paid="4.00 USD")
    assert case_of(filed, lost)["Amazon answer"] == f"{promise}; paid 4.00 USD"
    heard = [r["Text"] for r in table(filed, "CaseLog") if r["Direction"] == "From Amazon"]
    assert heard == [f"Partly paid; {promise}", "paid 4.00 USD"]
    record(filed, lost, paid="21.00 USD", Amazon_answer="All is paid")
    assert case_of(filed, lost)["Amazon answer"] == "All is paid; paid 21.00 USD"


def test_a_draft_that_has_what_only_a_filed_case_has_is_filed(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    with pytest.raises(RecoupError, match=r"Filed without Amazon case ID \(--case-id\)"):
        record(book, lost, Filed_on=AS_OF)
    record(book, lost, Amazon_case_ID="17000000002")
    assert case_of(book, lost)["Stage"] == "Filed"
    assert claims(book)[lost]["Status"] == "Filed"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown case", {"case": "C-NONE", "Stage": "Paid"}, "there is no case C-NONE"),
    ("a word that is no stage", {"Stage": "Sent"}, "--stage Sent is no stage; use one of Draft, Filed"),
    ("a step back", {"Stage": "Draft"}, "Draft does not follow Filed"),
    ("an appeal before a denial", {"Stage": "Appealed", "evidence": "x"}, "Appealed does not follow Filed"),
    ("a denial without reason", {"Stage": "Denied"}, "Denied without Decision reason (--reason)"),
    (
        "approval without a word",
        {"Stage": "Approved"},
        "without what Amazon answered or paid (--answer or --paid)",
    ),
    ("paid without a payment", {"Stage": "Paid"}, "Paid without what Amazon answered or paid"),
    ("closed without why", {"Stage": "Closed"}, "Closed without Notes (--note)"),
    ("filed tomorrow", {"Filed_on": NEXT_DAY}, "Filed on 2026-11-16 lies in the future"),
    ("filed before it was lost", {"Filed_on": date(2026, 10, 1)}, "before the window opened on 2026-10-20"),
    ("no amount", {"Stage": "Paid", "paid": "lots"}, "--paid lots is no amount"),
    ("a day gone by", {"Follow_up_on": date(2026, 11, 1)}, "--follow-up 2026-11-01 lies before"),
    ("nothing at all", {}, "say what to record"),
]


@pytest.mark.parametrize(("given", "said"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_may_not_be_recorded_is_refused_in_one_sentence(
    _filed: Path, given: dict[str, Any], said: str
) -> None:
    before, given = _filed.read_bytes(), dict(given)
    with pytest.raises(RecoupError) as refusal:
        record(_filed, given.pop("case", claim_of(_filed, LOST)["Claim ID"]), **given)
    sentence = str(refusal.value)
    assert said in sentence and sentence.endswith("Nothing was changed.")
    assert _filed.read_bytes() == before


def ask_for_four_eyes(book: Path) -> None:
    with Desk(book) as desk:
        grid = desk.table("Settings")
        row = next(r for r in grid.rows if r[0].value == "Four eyes")
        row[grid.headers.index("Value")].value = "Yes"
    refresh(book, hour=13)


def test_with_four_eyes_a_case_is_filed_by_one_and_checked_by_another(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    ask_for_four_eyes(book)
    start(book, lost)
    first, step = (
        "Have it checked by a colleague first (Checked by). ",
        case_of(book, lost)["Suggested next step"],
    )
    assert step.startswith(f"{first}File with Amazon by 2026-12-16")
    refresh(book, hour=14)
    assert case_of(book, lost)["Suggested next step"] == step
    record(book, lost, Owner="Anja")
    before = book.read_bytes()
    for given, said in (
        (
            {"Stage": "Filed", "Amazon_case_ID": "1"},
            "cannot be filed: Settings ask for four eyes.*names nobody",
        ),
        ({"Stage": "Filed", "Amazon_case_ID": "1", "Checked_by": "ANN"}, "ANN files it.*--checked`"),
        ({"Checked_by": "Ánjá"}, "Ánjá owns it, and a check is somebody else's"),
    ):
        with pytest.raises(RecoupError, match=said):
            record(book, lost, **given)
        assert book.read_bytes() == before
    record(book, lost, Checked_by="Bob", who="Bob")
    assert case_of(book, lost)["Suggested next step"] == step.removeprefix(first)
    assert ("Bob", "Checked by", None, "Bob") in noted(book, lost)
    with pytest.raises(RecoupError, match="names Bob, who files it"):
        record(book, lost, Stage="Filed", Amazon_case_ID="1", who="bob")
    record(book, lost, Stage="Filed", Amazon_case_ID="1")
    assert (case_of(book, lost)["Filed by"], case_of(book, lost)["Checked by"]) == ("Ann", "Bob")
    with pytest.raises(RecoupError, match="Checked by names Bob, who files it"):
        record(book, lost, Filed_by="Bob")
    refresh(book, hour=15)
    assert "four eyes" not in on_checks(book)


def test_filing_by_hand_without_a_second_pair_of_eyes_is_flagged_and_left_alone(book: Path) -> None:
    lost, nova = (claim_of(book, f)["Claim ID"] for f in (LOST, NOVA))
    ask_for_four_eyes(book)
    start(book, lost)
    start(book, nova)
    with Desk(book) as desk:
        for key, checked in ((lost, " ann"), (nova, None)):
            desk.type(key, "Cases", Stage="Filed", Amazon_case_ID=key, Filed_on=AS_OF, Filed_by="Ann")
            desk.type(key, "Cases", Checked_by=checked)
    before = {key: {h: case_of(book, key)[h] for h in PEOPLE} for key in (lost, nova)}
    refresh(book, hour=15)
    said = on_checks(book)
    assert f"C-{lost}: Filed, but Settings ask for four eyes, and Checked by names ann, who files it" in said
    assert f"C-{nova}: Filed, but Settings ask for four eyes, and Checked by names nobody" in said
    assert {key: {h: case_of(book, key)[h] for h in PEOPLE} for key in (lost, nova)} == before


def test_a_check_is_signed_on_the_command_line_by_who_made_it(book: Path, recoup: Recoup) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    assert recoup("record", book, lost, "--checked", "--as-of", "2026-11-15").code == 0
    signed = case_of(book, lost)["Checked by"]
    assert signed and (signed, "Checked by", None, signed) in noted(book, lost)
    record(book, lost, Owner=signed)
    recoup("record", book, lost, "--checked", "--as-of", "2026-11-15").is_one_sentence(f"{signed} owns it")


def test_filing_is_refused_when_reports_changed_since_the_last_refresh(book: Path) -> None:
    lost = claim_of(book, LOST)["Claim ID"]
    start(book, lost)
    paste_seller(book, Seller().pay("2026-11-12", "5559999", NOVA, "4.00"), "Reimbursements")
    with pytest.raises(RecoupError, match="Reimbursements changed since the last refresh"):
        record(book, lost, Stage="Filed", Amazon_case_ID="1")
    refresh(book, hour=14)
    record(book, lost, Stage="Filed", Amazon_case_ID="1")
    assert case_of(book, lost)["Stage"] == "Filed"


def test_a_case_goes_through_denial_and_appeal_to_money(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    record(filed, "17000000001", Stage="denied", Decision_reason="Units were found")
    assert claims(filed)[lost]["Status"] == "Filed", "an appeal is possible"
    with pytest.raises(RecoupError, match="an appeal needs evidence that Amazon has not seen"):
        record(filed, lost, Stage="Appealed")
    record(filed, f"C-{lost}", Stage="Appealed", evidence="invoice INV-7", attachment="inv7.pdf")
    record(filed, lost, Stage="Paid", paid="25.00 USD", note="thanks", who="Bob")
    refresh(filed, hour=14)
    case = case_of(filed, lost)
    assert (case["Stage"], case["Amazon answer"], case["Notes"]) == ("Paid", "paid 25.00 USD", "thanks")
    assert case["Follow up on"] is None, "a paid case is not due"
    assert claims(filed)[lost]["Status"] == "Paid"
    log = [(r["Direction"], r["Text"], r["Attachment"]) for r in table(filed, "CaseLog")[1:]]
    assert log == [
        ("From Amazon", "Denied; reason: Units were found", None),
        ("New evidence", "invoice INV-7", "inv7.pdf"),
        ("To Amazon", "Appealed", None),
        ("From Amazon", "Paid; paid 25.00 USD", None),
        ("Note", "thanks", None),
    ]
    ids = [r["ID"] for r in table(filed, "Journal")]
    assert len(ids) == len(set(ids))


def test_amazons_last_word_ends_the_claim_at_once_and_at_every_refresh(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    record(filed, lost, Stage="Denied", Decision_reason="No further action will be taken")
    assert (claims(filed)[lost]["Status"], claims(filed)[lost]["Why"]) == ("Withdrawn", "the case was denied")
    left = [r["Claim ID"] for r in table(filed, "NotClaimed") if r["Reason"] == "denied"]
    refresh(filed, hour=14)
    assert claims(filed)[lost]["Status"] == "Withdrawn"
    assert [r["Claim ID"] for r in table(filed, "NotClaimed") if r["Reason"] == "denied"] == left == [lost]


def test_typing_before_a_command_is_journalled_as_typed_and_the_command_as_its_person(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    with Desk(filed) as desk:
        desk.type(lost, "Cases", Owner="Dora", Notes="called them")
    record(filed, lost, Owner="Eve", note="mail sent", who="Bob")
    assert case_of(filed, lost)["Notes"] == "called them\nmail sent"
    refresh(filed, hour=14, who="Carol")
    owner = [(who, before, after) for who, field, before, after in noted(filed, lost) if field == "Owner"]
    assert owner == [("typed (found by Bob)", None, "Dora"), ("Bob", "Dora", "Eve")]
    assert not any("Carol" in who for who, field, *_ in noted(filed, lost) if field in PEOPLE)


# ---- dismiss


def test_dismissing_by_command_is_what_typing_and_refreshing_makes_of_it(book: Path) -> None:
    lost, mine = claim_of(book, LOST)["Claim ID"], copy_of(book, _sub(book))
    dismiss_book(book, by("Bob"), [lost], "our own recount")
    with Desk(mine) as desk:
        desk.type(lost, Decision="Dismiss", Decided_by="Bob", Decision_note="our own recount")
    refresh(mine, hour=13)
    assert cells(book, "Claims") == cells(mine, "Claims")
    assert cells(book, "Not Claimed") == cells(mine, "Not Claimed")
    before = {s: cells(book, s) for s in ("Claims", "Not Claimed", "Journal")}
    refresh(book, hour=13)
    assert {s: cells(book, s) for s in before} == before


def test_a_claim_that_was_filed_is_not_dismissed_nor_anything_without_a_reason(filed: Path) -> None:
    lost, nova = (claim_of(filed, f)["Claim ID"] for f in (LOST, NOVA))
    with pytest.raises(RecoupError, match=r"was filed in C-.* --stage Closed"):
        dismiss_book(filed, by(), [nova, lost], "x")
    with pytest.raises(RecoupError, match="say why with --because"):
        dismiss_book(filed, by(), [nova], "  ")
    assert claims(filed)[nova]["Decision"] is None


# ---- typed by hand: found, journalled, marked on Checks, never altered


TYPED: list[tuple[str, dict[str, Any], str]] = [
    ("no case id", {"Amazon case ID": None}, "Filed without Amazon case ID"),
    ("the future", {"Filed on": NEXT_DAY}, "Filed on 2026-11-16 lies in the future"),
    ("too late", {"Filed on": date(2026, 12, 30)}, "after the deadline of 2026-12-20"),
    ("too early", {"Filed on": date(2026, 10, 1)}, "before the window opened on 2026-10-20"),
    ("no payment", {"Stage": "Paid"}, "Paid without what Amazon answered or paid"),
    ("no such stage", {"Stage": "Sent"}, "'Sent' is no stage"),
    ("skipped", {"Stage": "Appealed", "Decision reason": "x"}, "Appealed does not follow Filed"),
    ("no new evidence", {"Stage": "Appealed", "Decision reason": "x"}, "Case Log names no new evidence"),
]


@pytest.mark.parametrize(("typed", "said"), [t[1:] for t in TYPED], ids=[t[0] for t in TYPED])
def test_typing_that_makes_no_sense_is_named(typed: dict[str, Any], said: str) -> None:
    row: dict[str, Any] = {
        "Case": "C-LW-1",
        "Claim ID": "LW-1",
        "Deadline": date(2026, 12, 20),
        "Stage": "Filed",
    }
    row |= {"Amazon case ID": "17000000001", "Filed on": AS_OF, "Filed by": "Ann"}
    seen = {h: plain(c) for h, c in row.items() if h in PEOPLE}
    memory = [line("case", "LW-1", "seen", seen)]
    claims_ = {"LW-1": {"Opens": date(2026, 10, 20)}}
    assert not list(case_problems(read_cases([row], [], memory), claims_, load(), AS_OF))
    sheet = read_cases([{**row, **typed}], [], memory)
    on = date(2027, 1, 5) if typed.get("Filed on") == date(2026, 12, 30) else AS_OF
    problems = list(case_problems(sheet, claims_, load(), on))
    assert said in "; ".join(p.problem for p in problems)
    assert {(c.who, c.field) for c in typed_changes(sheet, "Carol")} == {
        ("typed (found by Carol)", h) for h in typed
    }


def test_what_was_typed_wrongly_stays_and_stands_on_checks_at_every_refresh(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    typed = {"Amazon case ID": None, "Filed on": NEXT_DAY, "Stage": "Appealed", "Decision reason": "x"}
    with Desk(filed) as desk:
        desk.type(lost, "Cases", **typed)
    before = {h: case_of(filed, lost)[h] for h in PEOPLE}
    for hour in (14, 15):
        refresh(filed, hour=hour, who="Carol")
        said = on_checks(filed)
        assert "Appealed without Amazon case ID" in said and "lies in the future" in said
        assert "Appealed does not follow Filed" in said and "names no new evidence" in said
        assert {h: case_of(filed, lost)[h] for h in PEOPLE} == before
    fields = [f for who, f, *_ in noted(filed, lost) if who == "typed (found by Carol)"]
    assert sorted(fields) == sorted(typed), "journalled once"


def test_one_amazon_case_id_on_two_cases_is_named(filed: Path) -> None:
    nova = claim_of(filed, NOVA)["Claim ID"]
    with Desk(filed) as desk:
        desk.type(nova, Decision="Take up")
    refresh(filed, hour=14)
    with Desk(filed) as desk:
        desk.type(nova, "Cases", Amazon_case_ID="17000000001")
    refresh(filed, hour=15)
    assert "Amazon case 17000000001 stands on several cases" in on_checks(filed)


def test_a_deleted_filed_row_is_asked_for_and_its_claim_is_not_filed_again(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    whole = copy_of(filed, _sub(filed))
    with Desk(filed) as desk:
        for cell in desk.table("Cases").row(lost):
            cell.value = None
    for hour in (14, 15):
        refresh(filed, hour=hour)
        assert f"error: the row of {lost} (Filed, Amazon case 17000000001) is gone from Cases" in on_checks(
            filed
        )
        assert claims(filed)[lost]["Status"] == "Filed"
        assert table(filed, "Cases") == []
    assert [f for _, f, *_ in noted(filed, lost)].count("case row") == 1
    with pytest.raises(RecoupError, match="cannot be started: the same units stand in another case"):
        start(filed, lost)
    row = case_of(whole, lost)
    with Desk(filed) as desk:  # pasted back from the backup
        grid = desk.table("Cases")
        for header, cell in zip(grid.headers, grid.rows[1], strict=True):
            cell.value = row[header]
    refresh(filed, hour=16)
    assert "is gone from Cases" not in on_checks(filed)
    assert case_of(filed, lost) == row


def test_a_copied_row_and_a_copied_tab_are_named_and_harmless(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    with Desk(filed) as desk:
        grid = desk.table("Cases")
        first = grid.rows[1]
        for cell in first:
            grid.sheet.cell(cell.row + 1, cell.column, cell.value)
        grid.table.ref = (
            f"{grid.rows[0][0].coordinate}:{grid.sheet.cell(first[0].row + 1, first[-1].column).coordinate}"
        )
        if grid.table.autoFilter is not None:
            grid.table.autoFilter.ref = grid.table.ref
        grid.sheet.cell(first[0].row + 1, 1 + grid.headers.index("Owner"), "Copy")
        tab = desk.workbook.copy_worksheet(desk.workbook["Cases"])
        tab.add_table(Table(displayName="Cases17", ref=grid.table.ref))
    before = table(filed, "Cases")
    refresh(filed, hour=14)
    said = "\n".join(str(r["Problem"]) for r in table(filed, "Checks"))
    assert f"{lost} stands on 2 rows of Cases" in said
    assert "this tab is a copy of Cases" in said
    assert [r["Owner"] for r in table(filed, "Cases")] == [r["Owner"] for r in before] == [None, "Copy"]


def test_a_row_that_was_cut_and_pasted_elsewhere_in_the_table_is_the_same_row(filed: Path) -> None:
    lost, nova = (claim_of(filed, f)["Claim ID"] for f in (LOST, NOVA))
    with Desk(filed) as desk:
        desk.type(nova, Decision="Take up")
    refresh(filed, hour=14)
    with Desk(filed) as desk:
        grid = desk.table("Cases")
        for a, b in zip(grid.rows[1], grid.rows[2], strict=True):
            a.value, b.value = b.value, a.value
    before, journal = table(filed, "Cases"), table(filed, "Journal")
    refresh(filed, hour=15)
    assert table(filed, "Cases") == before
    assert table(filed, "Journal") == journal
    assert [r["Claim ID"] for r in before] == [nova, lost]


def test_engine_cells_of_a_case_are_restored_also_when_its_report_is_gone(filed: Path) -> None:
    lost = claim_of(filed, LOST)["Claim ID"]
    with Desk(filed) as desk:
        desk.type(lost, "Cases", Units_filed=9, SKU="OTHER", Case="C-MINE")
        desk.paste("Inventory Ledger")
    refresh(filed, hour=14)
    case = case_of(filed, lost)
    assert (case["Units filed"], case["SKU"], case["Case"]) == (2, "SKU-LOST", f"C-{lost}")
    for header in ("Units filed", "SKU", "Case"):
        assert f"{header} of {lost} was typed over" in on_checks(filed)
    assert ("typed (found by Ann)", "SKU", "OTHER", "restored: SKU-LOST") in noted(filed, lost)


# ---- one case per shipment


SHIPMENT = "FBA17ABCDEF"


def send(book: Path, *skus: str, documents: bool = True) -> None:
    """A person fills in Inbound Shipments and Documents: each SKU is 2 short of 10."""
    lines = [
        [
            SHIPMENT,
            "September",
            "Closed",
            "2026-08-20",
            "2026-09-01",
            s,
            f"X00{s}",
            f"B0{s}",
            "10",
            "8",
            "0",
            "",
        ]
        for s in skus
    ]
    papers = [
        ["D1", "invoice", SHIPMENT, "2026-07-01", "a.pdf", ""],
        ["D2", "proof of delivery", SHIPMENT, "", "b.pdf", ""],
    ]
    with Desk(book) as desk:
        desk.paste("Inbound Shipments", [OWN_RECORDS["Inbound Shipments"], *lines])
        desk.paste("Documents", [OWN_RECORDS["Documents"], *(papers if documents else [])])
    refresh(book, hour=12)


def test_all_short_skus_of_a_shipment_are_one_case_and_filed_together(book: Path) -> None:
    send(book, "AAA", "BBB")
    keys = sorted(k for k, r in claims(book).items() if r["Kind"] == "lost_inbound")
    assert len(keys) == 2
    case = start(book, keys[1])
    assert case == f"C-{keys[0]}", "named after the first id, whichever was named"
    assert {r["Claim ID"]: (r["Case"], r["Shipment ID"]) for r in table(book, "Cases")} == dict.fromkeys(
        keys, (case, SHIPMENT)
    )
    record(book, keys[1], Stage="Filed", Amazon_case_ID="17000000009")
    assert {r["Stage"] for r in table(book, "Cases")} == {"Filed"}
    send(book, "AAA", "BBB", "CCC")
    late = next(k for k, r in claims(book).items() if r["Kind"] == "lost_inbound" and k not in keys)
    row = claims(book)[late]
    assert row["Status"] == "Needs input"
    assert f"shipment {SHIPMENT} was filed already in case {case} (Amazon case 17000000009)" in row["Missing"]
    with pytest.raises(RecoupError, match="one claim per shipment"):
        start(book, late)
    with Desk(book) as desk:
        desk.type(late, Decision="Take up")
    refresh(book, hour=14)
    assert len(table(book, "Cases")) == 2, "taking it up opens no case"


def test_taking_up_by_hand_shares_a_case_and_a_case_id_is_proposed_for_its_blank_rows(book: Path) -> None:
    send(book, "AAA", "BBB")
    keys = sorted(k for k, r in claims(book).items() if r["Kind"] == "lost_inbound")
    for hour, key in ((13, keys[1]), (14, keys[0])):
        with Desk(book) as desk:
            desk.type(key, Decision="Take up")
        refresh(book, hour=hour)
    assert {r["Case"] for r in table(book, "Cases")} == {f"C-{keys[1]}"}
    with Desk(book) as desk:
        desk.type(keys[0], "Cases", Stage="Filed", Amazon_case_ID="17000000009")
    refresh(book, hour=15)
    other = case_of(book, keys[1])
    assert "17000000009 stands on another row of this case" in other["Suggested next step"]
    assert other["Amazon case ID"] is None


def test_a_draft_says_what_blocks_it_now(book: Path) -> None:
    lost = claim_of(book, LOST)
    start(book, lost["Claim ID"])
    with Desk(book) as desk:
        grid = desk.table("Cases")
        first = grid.rows[1]
        number = first[0].row + 1
        grid.table.ref = (
            f"{grid.rows[0][0].coordinate}:{grid.sheet.cell(number, first[-1].column).coordinate}"
        )
        if grid.table.autoFilter is not None:
            grid.table.autoFilter.ref = grid.table.ref
        own = {
            "Case": "OWN-1",
            "Reference ID": lost["Reference ID"],
            "Stage": "Waiting on Amazon",
            "Owner": "Dora",
        }
        for header, value in own.items():
            grid.sheet.cell(number, 1 + grid.headers.index(header), value)
    refresh(book, hour=13)
    case = case_of(book, lost["Claim ID"])
    assert case["Suggested stage"] == "Closed"
    assert case["Suggested next step"].startswith(
        "Do not file: the same units stand in another case (Cases OWN-1"
    )
    with pytest.raises(RecoupError, match="cannot be filed: the same units stand in another case"):
        record(book, lost["Claim ID"], Stage="Filed", Amazon_case_ID="1")


def test_what_became_of_the_claim_of_a_case_is_said_until_the_case_is_over(filed: Path) -> None:
    """Its report is cleared, then its row on Claims deleted, and what Recoup said before is not left standing."""
    lost = claim_of(filed, LOST)["Claim ID"]
    with Desk(filed) as desk:
        desk.paste("Inventory Ledger")
    refresh(filed, hour=14)
    assert case_of(filed, lost)["Suggested next step"].startswith("Its claim is not rechecked since")
    with Desk(filed) as desk:
        desk.type(lost, "Cases", Stage="Closed")
    refresh(filed, hour=15)
    assert case_of(filed, lost)["Suggested next step"] is None
    with Desk(filed) as desk:
        desk.type(lost, "Cases", Stage="Draft")
    refresh(filed, hour=16)
    assert case_of(filed, lost)["Suggested next step"].startswith("not rechecked since")
    with Desk(filed) as desk:
        for cell in desk.table("Claims").row(lost):
            cell.value = None
    refresh(filed, hour=17)
    case = case_of(filed, lost)
    assert (case["Stage"], case["Suggested stage"]) == ("Draft", "Closed")
    assert case["Suggested next step"].startswith("Its claim is no longer on Claims: close this draft")
    with Desk(filed) as desk:
        desk.type(lost, "Cases", Stage="Filed")
    refresh(filed, hour=18)
    step = case_of(filed, lost)["Suggested next step"]
    assert step.startswith("Its claim is no longer on Claims. Look for Amazon's answer on 2026-11-27;")


# ---- any order of commands, typing and refreshing


STEPS = ("record", "record", "type", "refresh")
VALUES: dict[str, list[Any]] = {
    "Stage": [
        "Draft",
        "Filed",
        "Waiting on Amazon",
        "Info requested",
        "Denied",
        "Appealed",
        "Paid",
        "Closed",
        "Nonsense",
    ],
    "Amazon case ID": ["17000000001", "17000000002", None],
    "Owner": ["Dora", "Eve"],
    "Notes": ["my own words", "=1+1", None],
    "Amazon answer": ["send the invoice", None],
    "Decision reason": ["units were found", "no further action"],
    "Filed on": [AS_OF, date(2026, 11, 1), "yesterday"],
    "Filed by": ["Ann", "Bob"],
}
BY_COMMAND = {
    "Filed on",
    "Filed by",
    "Follow up on",
    "Notes",
    "Amazon answer",
}  # filled in along with what is named


def people(book: Path) -> dict[str, dict[str, Any]]:
    return {str(r["Claim ID"]): {h: r[h] for h in PEOPLE} for r in table(book, "Cases")}


def run_in_any_order(book: Path, seed: int, steps: int) -> None:
    """No human cell changes but by a record of its case or by typing, and no row goes."""
    chance = random.Random(seed)
    keys = [claim_of(book, f)["Claim ID"] for f in (LOST, NOVA)]
    start(book, keys[0])
    start(book, keys[1])
    for number in range(steps):
        step, key = chance.choice(STEPS), chance.choice(keys)
        picked = {h: chance.choice(VALUES[h]) for h in chance.sample(sorted(VALUES), 3)}
        before, journal = people(book), len(table(book, "Journal"))
        allowed: set[str] = set()
        if step == "record":
            try:
                record(book, key, **{h.replace(" ", "_"): v for h, v in picked.items() if v != "yesterday"})
                allowed = {h for h, v in picked.items() if v} | BY_COMMAND
                if before[key]["Stage"] == "Draft" and {"Amazon case ID", "Filed on"} & picked.keys():
                    allowed.add("Stage")
            except RecoupError:
                assert people(book) == before
        elif step == "type":
            with Desk(book) as desk:
                desk.type(key, "Cases", **picked)
            before[key] |= {h: people(book)[key][h] for h in picked}
        else:
            refresh(book, hour=13 + number % 10, who="Carol")
        after = people(book)
        assert after.keys() == before.keys() == set(keys)
        for claim, row in after.items():
            changed = {h for h in PEOPLE if row[h] != before[claim][h]}
            assert changed <= (allowed if claim == key else set()), (seed, number, step, claim)
        assert len(table(book, "Journal")) >= journal
    refresh(book, hour=23, who="Carol")
    last: dict[tuple[Any, Any], Any] = {(r["Claim ID"], r["Field"]): r["To"] for r in table(book, "Journal")}
    for key, row in people(book).items():
        told = last.get((key, "Stage"))
        assert told == row["Stage"], "the last line of the Journal says what stands there"


def test_a_few_orders_alter_no_human_cell_and_lose_no_row(book: Path) -> None:
    run_in_any_order(book, seed=1, steps=6)


@pytest.mark.slow
def test_many_orders_alter_no_human_cell_and_lose_no_row(
    tmp_path: Path, scaled: Callable[[int], int]
) -> None:
    for seed in range(2, 2 + scaled(5)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        run_in_any_order(refreshed_book(folder), seed, steps=8)
