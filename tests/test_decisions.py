"""What people decide on Claims and how far their cases are decides what a claim's row says."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.table import Table

from recoup.case_sheet import OWN_CELLS
from workbooks import (
    AS_OF,
    Desk,
    Seller,
    cells,
    claim_of,
    claims,
    copy_of,
    lasting_folder,
    paste_seller,
    people_columns,
    refresh,
    refreshed_book,
    replace_report,
    table,
    without,
)

NEXT_DAY = date(2026, 11, 16)
NOVA = "X00NOVA01A"
LOST = "X00LOST01A"


def decide(book: Path, claim_id: str, decision: str | None, **more: str) -> None:
    with Desk(book) as desk:
        desk.type(claim_id, Decision=decision, **more)


def add_case(book: Path, **typed: Any) -> None:
    """A person types a row below the last one of Cases."""
    with Desk(book) as desk:
        grid = desk.table("Cases")
        row = grid.rows[-1]
        if any(c.value is not None for c in row):
            number = row[0].row + 1
            row = tuple(grid.sheet.cell(number, c.column) for c in row)
            part: Table = grid.table
            part.ref = f"{grid.rows[0][0].coordinate}:{row[-1].coordinate}"
            if part.autoFilter is not None:
                part.autoFilter.ref = part.ref
        for header, value in typed.items():
            row[grid.headers.index(header.replace("_", " "))].value = value


def taken_up(folder: Path, fnsku: str = LOST) -> tuple[Path, str]:
    """The seller's book with one claim taken up, made once for each, and its id."""
    book, claim_id = _taken_up(fnsku)
    return copy_of(book, folder), claim_id


@cache
def _taken_up(fnsku: str) -> tuple[Path, str]:
    book = refreshed_book(lasting_folder())
    claim_id = str(claim_of(book, fnsku)["Claim ID"])
    decide(book, claim_id, "Take up")
    refresh(book, hour=10)
    return book, claim_id


def case_of(book: Path, claim_id: str) -> dict[str, Any]:
    found = [r for r in table(book, "Cases") if r["Claim ID"] == claim_id]
    assert len(found) == 1, f"{len(found)} case rows of {claim_id}"
    return found[0]


def left_of(book: Path, claim_id: str, reason: str) -> list[dict[str, Any]]:
    """Not Claimed lines of a claim with that reason that still count."""
    return [
        r
        for r in table(book, "NotClaimed")
        if r["Claim ID"] == claim_id and r["Reason"] == reason and r["Units"]
    ]


# ---- Take up


def test_take_up_makes_one_draft_case_row_and_the_status_stays(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)
    decide(book, lost["Claim ID"], "Take up", Decided_by="Bob")
    refresh(book, hour=10)
    case = case_of(book, lost["Claim ID"])
    assert case["Stage"] == "Draft"
    assert case["Suggested stage"] == "Filed"
    for header in (
        "Kind",
        "SKU",
        "FNSKU",
        "Product",
        "Reference ID",
        "Event date",
        "Deadline",
        "Units",
        "Claim value",
    ):
        assert case[header] == lost[header], header
    row = claims(book)[lost["Claim ID"]]
    assert row["Case"] == case["Case"]
    assert lost["Claim ID"] in row["Case"], "the case is named after its first claim"
    assert without(row, "Case", "Decision", "Decided by") == without(lost, "Case", "Decision", "Decided by")
    refresh(book, hour=11)
    case_of(book, lost["Claim ID"])


def test_taking_up_is_journalled_as_typed_and_found_by_the_one_who_refreshed(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Take up", Decided_by="Bob")
    refresh(book, who="Carol", hour=10)
    noted = {r["Field"]: r for r in table(book, "Journal") if r["Claim ID"] == lost and r["Who"] != "Ann"}
    assert {f: (r["From"], r["To"]) for f, r in noted.items()} == {
        "Decision": (None, "Take up"),
        "Decided by": (None, "Bob"),
        "Stage": (None, "Draft"),
    }
    assert {f: r["Who"] for f, r in noted.items()} == {
        "Decision": "typed (found by Carol)",
        "Decided by": "typed (found by Carol)",
        "Stage": "Carol",
    }


def test_a_refresh_after_take_up_with_nothing_new_changes_no_cell(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    decide(book, claim_of(book, LOST)["Claim ID"], "Take up")
    refresh(book, hour=10)
    before = {s: cells(book, s) for s in ("Claims", "Not Claimed", "Cases", "Journal")}
    refresh(book, hour=11)
    assert {s: cells(book, s) for s in before} == before


def test_clearing_take_up_keeps_the_case_row_and_unlinks_the_claim_for_good(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    decide(book, lost, None)
    for hour in (11, 12, 13, 14):
        refresh(book, hour=hour)
        case = case_of(book, lost)
        assert case["Stage"] == "Draft", "a stage belongs to people"
        assert case["Suggested stage"] == "Closed", hour
        assert claims(book)[lost]["Case"] is None, hour
        assert claims(book)[lost]["Status"] == "Ready"


def test_a_draft_that_was_cleared_and_taken_up_again_is_the_same_row(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    for hour, decision in ((10, "Take up"), (11, None), (12, "Take up")):
        decide(book, lost, decision)
        refresh(book, hour=hour)
    assert case_of(book, lost)["Suggested stage"] == "Filed"
    assert claims(book)[lost]["Case"] == case_of(book, lost)["Case"]


def test_a_draft_says_what_to_do_next(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    waiting, ready = (claim_of(book, f)["Claim ID"] for f in ("X00WAIT01A", LOST))
    with Desk(book) as desk:
        desk.type(waiting, Decision="Take up")
        desk.type(ready, Decision="Take up")
    refresh(book, hour=10)
    assert "Wait" in case_of(book, waiting)["Suggested next step"]
    assert "File with Amazon by 2026-12-16" in case_of(book, ready)["Suggested next step"]


def test_a_draft_past_its_deadline_says_not_to_file(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Take up")
    deadline = claims(book)[lost]["Deadline"].date()
    refresh(book, deadline, hour=10)
    assert case_of(book, lost)["Suggested stage"] != "Closed"
    refresh(book, deadline + timedelta(days=1), hour=11)
    assert claims(book)[lost]["Status"] == "Expired"
    assert case_of(book, lost)["Suggested stage"] == "Closed"
    assert case_of(book, lost)["Suggested next step"] == f"Do not file: the deadline {deadline} has passed."
    assert case_of(book, lost)["Stage"] == "Draft", "a stage belongs to people"


# ---- Hold


def test_hold_changes_nothing_but_the_cell_itself(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)
    before = {s: cells(book, s) for s in ("Not Claimed", "Cases", "Evidence", "Checks")}
    decide(book, lost["Claim ID"], "Hold")
    refresh(book, hour=10)
    assert without(claims(book)[lost["Claim ID"]], "Decision") == without(lost, "Decision")
    assert {s: cells(book, s) for s in before} == before


# ---- Dismiss


def test_dismiss_moves_the_claim_to_not_claimed_with_name_and_note(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Dismiss", Decided_by="Bob", Decision_note="our own recount")
    refresh(book, hour=10)
    row = claims(book)[lost]
    assert (row["Status"], row["Why"]) == ("Withdrawn", "dismissed by Bob: our own recount")
    (line,) = left_of(book, lost, "dismissed")
    assert (line["Closed by"], line["Units"], line["Why"]) == ("Bob", 2, "dismissed by Bob: our own recount")
    assert "Inventory Ledger 2" in line["Rows"]
    assert not table(book, "Cases")


def test_a_dismissed_claim_is_not_in_the_money_that_is_ready(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    ready = {r["Status"]: r for r in table(book, "HomeMoney")}["Ready"]
    lost = claim_of(book, LOST)
    decide(book, lost["Claim ID"], "Dismiss", Decided_by="Bob")
    refresh(book, hour=10)
    after = {r["Status"]: r for r in table(book, "HomeMoney")}["Ready"]
    assert after["Claims"] == ready["Claims"] - 1
    assert after["Value"] == ready["Value"] - lost["Claim value"]
    assert lost["Claim ID"] not in [r["Claim"] for r in table(book, "HomeDeadlines")]


def test_clearing_dismiss_brings_the_claim_back_as_it_was(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)
    decide(book, lost["Claim ID"], "Dismiss", Decided_by="Bob", Decision_note="our own recount")
    refresh(book, hour=10)
    decide(book, lost["Claim ID"], None, Decided_by=None, Decision_note=None)  # type: ignore[arg-type]
    refresh(book, hour=11)
    assert claims(book)[lost["Claim ID"]] == lost
    assert left_of(book, lost["Claim ID"], "dismissed") == []
    before = {s: cells(book, s) for s in ("Claims", "Not Claimed", "Cases")}
    refresh(book, hour=12)
    assert {s: cells(book, s) for s in before} == before


def test_a_dismissed_claim_returns_flagged_when_its_units_grow(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Dismiss", Decided_by="Bob", Decision_note="our own recount")
    refresh(book, hour=10)
    seller = Seller()
    seller.ledger = [
        r for r in seller.ledger if r["reference"] != "9002"
    ]  # Amazon took the find back: 3 open
    paste_seller(book, seller, "Inventory Ledger")
    for hour in (11, 12):
        refresh(book, hour=hour)
        row = claims(book)[lost]
        assert row["Units"] == 3
        assert row["Status"] == "Ready"
        assert "dismissed by Bob" in row["Missing"]
        assert "grown" in row["Missing"]
        assert left_of(book, lost, "dismissed") == []


def test_a_dismissed_claim_returns_flagged_when_its_value_grows(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Dismiss", Decided_by="Bob")
    refresh(book, hour=10)
    seller = Seller()
    seller.costs[0]["approved"] = "99.00"
    paste_seller(book, seller, "Sourcing Costs")
    refresh(book, hour=11)
    assert claims(book)[lost]["Status"] == "Ready"
    assert "grown" in claims(book)[lost]["Missing"]


def test_a_dismissed_claim_stays_dismissed_when_its_units_shrink(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Dismiss", Decided_by="Bob")
    refresh(book, hour=10)
    paste_seller(book, Seller().find("2026-11-01", LOST, 1, "9990"), "Inventory Ledger")
    refresh(book, hour=11)
    assert claims(book)[lost]["Status"] == "Withdrawn"
    assert [r["Units"] for r in left_of(book, lost, "dismissed")] == [1]


def test_take_up_changed_to_dismiss_dismisses(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    decide(book, lost, "Dismiss", Decided_by="Bob")
    refresh(book, hour=11)
    assert claims(book)[lost]["Status"] == "Withdrawn"
    assert left_of(book, lost, "dismissed")
    assert case_of(book, lost)["Stage"] == "Draft"


def test_a_claim_whose_report_was_cleared_can_be_dismissed(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    replace_report(book, "Inventory Ledger")
    refresh(book, hour=10)
    decide(book, lost, "Dismiss", Decided_by="Bob", Decision_note="too old")
    refresh(book, hour=11)
    assert claims(book)[lost]["Status"] == "Withdrawn"
    assert claims(book)[lost]["Why"] == "dismissed by Bob: too old"
    assert left_of(book, lost, "dismissed")


def test_a_dismissal_outlives_the_report_and_can_still_be_cleared(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Dismiss", Decided_by="Bob")
    refresh(book, hour=10)
    replace_report(book, "Inventory Ledger")
    refresh(book, hour=11)
    assert claims(book)[lost]["Status"] == "Withdrawn"
    assert left_of(book, lost, "dismissed")
    decide(book, lost, None)
    refresh(book, hour=12)
    assert claims(book)[lost]["Status"] == "Needs input"
    assert "not rechecked since" in claims(book)[lost]["Missing"]


def test_a_decision_that_is_not_one_of_the_list_stands_on_checks(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    decide(book, claim_of(book, LOST)["Claim ID"], "Dismissed")
    refresh(book, hour=10)
    assert any(r["Column"] == "Decision" and "Dismissed" in r["Problem"] for r in table(book, "Checks"))


# ---- stages on Cases (SPEC 1.8)


STATUS_OF = {
    "Draft": "Ready",
    "Filed": "Filed",
    "Waiting on Amazon": "Filed",
    "Info requested": "Filed",
    "Approved": "Filed",
    "Partly paid": "Filed",
    "Appealed": "Filed",
    "Denied": "Filed",
    "Paid": "Paid",
    "Closed": "Withdrawn",
}


@pytest.mark.parametrize("cleared", [False, True], ids=["report there", "report cleared"])
def test_a_stage_decides_the_status_of_its_claim(tmp_path: Path, cleared: bool) -> None:
    book = refreshed_book(tmp_path)
    seller = Seller()
    for number, _ in enumerate(STATUS_OF):
        seller.lose("2026-10-21", f"X00STAG{number}0A", 1, f"77{number}")
    paste_seller(book, seller, "Inventory Ledger")
    refresh(book, hour=10)
    keys = sorted(k for k, r in claims(book).items() if "STAG" in r["FNSKU"])
    with Desk(book) as desk:
        for key in keys:
            desk.type(key, Decision="Take up")
    refresh(book, hour=11)
    if cleared:
        replace_report(book, "Inventory Ledger")
        refresh(book, hour=12)
    stages = dict(zip(keys, STATUS_OF, strict=True))
    with Desk(book) as desk:
        for key, stage in stages.items():
            desk.type(key, "Cases", Stage=stage, Owner="Dora")
    refresh(book, hour=13)
    wanted = STATUS_OF | ({"Draft": "Needs input"} if cleared else {})
    rows, cases = claims(book), {r["Claim ID"]: r["Stage"] for r in table(book, "Cases")}
    assert {stage: rows[key]["Status"] for key, stage in stages.items()} == wanted
    assert cases == stages
    closed = [(r["Claim ID"], r["Closed by"]) for r in table(book, "NotClaimed") if r["Reason"] == "closed"]
    assert closed == [(k, "Dora") for k, stage in stages.items() if stage == "Closed"]


def test_a_denied_case_past_its_deadline_is_not_claimed_denied(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Denied")
    refresh(book, date(2026, 12, 20))
    assert claims(book)[lost]["Status"] == "Withdrawn"
    assert left_of(book, lost, "denied")


def test_a_filed_claim_stays_filed_past_its_deadline_and_past_the_days_expired_ones_are_kept(
    tmp_path: Path,
) -> None:
    book, lost = taken_up(tmp_path)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Filed")
    for day in (NEXT_DAY, date(2026, 12, 25), date(2027, 6, 1)):
        refresh(book, day)
        assert claims(book)[lost]["Status"] == "Filed", day


def test_each_unit_of_a_closed_case_is_told_once_also_when_its_claim_is_long_expired(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Closed", Owner="Dora")
    for day, reason in ((NEXT_DAY, "closed"), (date(2027, 6, 1), "expired")):
        refresh(book, day)
        told = {
            r["Reason"]: r["Units"] for r in table(book, "NotClaimed") if r["Claim ID"] == lost and r["Units"]
        }
        assert told == {"found": 1, reason: 2}, "3 were lost"


def test_a_dismissal_outlives_its_report_and_so_does_what_was_found(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, LOST)["Claim ID"]
    decide(book, lost, "Dismiss", Decided_by="Bob")
    refresh(book, hour=10)
    replace_report(book, "Inventory Ledger")
    for hour, decision in ((11, "Dismiss"), (12, None)):
        decide(book, lost, decision)
        refresh(book, hour=hour)
        told = {
            r["Reason"]: r["Units"] for r in table(book, "NotClaimed") if r["Claim ID"] == lost and r["Units"]
        }
        assert told == ({"found": 1, "dismissed": 2} if decision else {"found": 1}), "3 were lost"


def test_a_filed_claim_that_amazon_paid_stays_filed_and_the_case_suggests_paid(tmp_path: Path) -> None:
    book, nova = taken_up(tmp_path, NOVA)
    with Desk(book) as desk:
        desk.type(nova, "Cases", Stage="Filed")
    paste_seller(book, Seller().pay("2026-11-12", "5559999", NOVA, "4.00"), "Reimbursements")
    refresh(book, NEXT_DAY)
    assert claims(book)[nova]["Status"] == "Filed"
    assert case_of(book, nova)["Suggested stage"] == "Paid"
    assert case_of(book, nova)["Stage"] == "Filed"


# ---- rows of Cases belong to people


@pytest.mark.parametrize("engine", ["package", "openpyxl"])
def test_a_case_row_of_their_own_for_an_unknown_claim_stays_forever(tmp_path: Path, engine: str) -> None:
    book = refreshed_book(tmp_path)
    add_case(
        book, Case="OWN-1", Claim_ID="PHONE-CALL-7", SKU="S-1", Units=4, Stage="Filed", Notes="by telephone"
    )
    before = table(book, "Cases")
    for day in (AS_OF, NEXT_DAY, date(2028, 1, 1)):
        refresh(book, day, engine=engine)
        now = table(book, "Cases")
        assert [without(r, *OWN_CELLS) for r in now] == [without(r, *OWN_CELLS) for r in before]


@pytest.mark.parametrize("engine", ["package", "openpyxl"])
def test_a_case_row_without_a_claim_id_stays_forever(tmp_path: Path, engine: str) -> None:
    book = refreshed_book(tmp_path)
    decide(book, claim_of(book, LOST)["Claim ID"], "Take up")
    refresh(book, hour=10)
    add_case(book, Case="OWN-2", Stage="Filed", Notes="no claim")
    refresh(book, hour=11, engine=engine)
    refresh(book, date(2028, 1, 1), engine=engine)
    assert [r["Notes"] for r in table(book, "Cases")] == [None, "no claim"]


def test_a_case_row_is_never_deleted_when_its_claim_vanishes(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Notes="mine", Owner="Dora")
    before = case_of(book, lost)
    replace_report(book, "Inventory Ledger")
    refresh(book, hour=11)
    ours = ("Suggested stage", "Suggested next step", "Last change")
    assert without(case_of(book, lost), *ours) == without(before, *ours)
    with Desk(book) as desk:  # even its row on Claims
        for cell in desk.table("Claims").row(lost):
            cell.value = None
    refresh(book, hour=12)
    assert without(case_of(book, lost), *ours) == without(before, *ours)


def test_every_column_of_cases_that_belongs_to_people_survives(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    typed: dict[str, Any] = {h: f"typed {h}" for h in people_columns("Cases")}
    typed |= {"Stage": "Filed", "Filed on": AS_OF, "Follow up on": NEXT_DAY}
    with Desk(book) as desk:
        desk.type(lost, "Cases", **typed)
    before = {h: case_of(book, lost)[h] for h in typed}
    refresh(book, NEXT_DAY)
    assert {h: case_of(book, lost)[h] for h in typed} == before


def test_units_filed_and_value_filed_are_not_raised_by_a_later_refresh(tmp_path: Path) -> None:
    book, lost = taken_up(tmp_path)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Units_filed=1, Value_filed=12.5, Stage="Filed")
    refresh(book, hour=11)
    assert (case_of(book, lost)["Units filed"], case_of(book, lost)["Value filed"]) == (1, 12.5)


def test_a_payment_under_the_case_id_of_a_person_pays_that_claim_first(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    seller = Seller().lose("2026-10-24", LOST, 2, "9555")  # newer than 9001, same product
    paste_seller(book, seller, "Inventory Ledger")
    refresh(book, hour=10)
    newer = next(k for k, r in claims(book).items() if r["Reference ID"] == "9555")
    decide(book, newer, "Take up")
    refresh(book, hour=11)
    with Desk(book) as desk:
        desk.type(newer, "Cases", Stage="Filed", Amazon_case_ID="17000000123")
    row = {"day": "2026-11-12", "id": "5551234", "reason": "Lost_Warehouse", "fnsku": LOST, "each": "12.50"}
    seller.paid.append({**row, "units": "2", "original": "", "order": "", "case": "17000000123"})
    paste_seller(book, seller, "Reimbursements")
    refresh(book, hour=12)
    older = next(r for r in claims(book).values() if r["Reference ID"] == "9001")
    assert (older["Status"], older["Units"]) == ("Ready", 2)
    assert case_of(book, newer)["Suggested stage"] == "Paid"
