"""Clearing a report tab: what goes and what stays, and that claims, cases, evidence and payments outlive their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from recoup import doors
from recoup.clearing import Clearing
from recoup.model import RecoupError
from workbooks import (
    Desk,
    Seller,
    claim_of,
    claims,
    grid,
    imported_book,
    make_book,
    paste_seller,
    refresh,
    refreshed_book,
    replace_report,
    table,
)

OCTOBER = date(2026, 10, 1)
NEXT_DAY = date(2026, 11, 16)


def clear(
    book: Path,
    report: str = "Inventory Ledger",
    before: date | None = None,
    agree: Callable[[Clearing], bool] = lambda _: True,
) -> Clearing:
    return doors.clear_book(book, report, before, agree=agree)[0]


def tab(book: Path, name: str = "Inventory Ledger") -> list[list[str]]:
    cells = doors.open_workbook(book).read_raw(name).cells
    return [[str(c) for c in row] for row in cells.to_numpy().tolist() if any(row)]


# ---- what goes


def test_the_whole_tab_goes_but_for_its_headings(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = tab(book)
    plan = clear(book)
    assert tab(book) == before[:1]
    assert plan.rows == len(before) - 1
    assert tab(book, "Reimbursements") == tab(refreshed_book(_other(tmp_path)), "Reimbursements")


def test_with_a_day_only_rows_dated_before_it_go_and_the_others_move_up(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    heading, *rows = tab(book)
    clear(book, before=OCTOBER)
    kept = [r for r in rows if _day(r[0]) >= OCTOBER]
    assert kept and len(kept) < len(rows)
    assert tab(book) == [heading, *kept]
    assert len(doors.open_workbook(book).read_raw("Inventory Ledger").cells) == len(kept) + 1


def test_rows_that_cannot_be_read_stay_when_a_day_is_given(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    rows = tab(book)
    rows.append(["someone's remark"])
    replace_report(book, "Inventory Ledger", rows)
    plan = clear(book, before=date(2027, 1, 1))
    assert tab(book)[-1][0] == "someone's remark"
    assert [t.staying for t in plan.tabs] == [2]


def test_all_tabs_that_are_named_after_the_report_are_cleared_and_no_other(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        second = desk.workbook.copy_worksheet(desk.workbook["Inventory Ledger"])
        second.title = "Inventory Ledger UK"
    plan = clear(book)
    assert [t.tab for t in plan.tabs] == ["Inventory Ledger", "Inventory Ledger UK"]
    assert len(tab(book, "Inventory Ledger UK")) == 1


def test_a_backup_holds_what_was_cleared(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = tab(book)
    clear(book)
    backups = sorted((book.parent / "Recoup backups").glob("*.xlsx"))
    assert tab(backups[-1]) == before


def test_nothing_is_written_when_nobody_agrees_or_nothing_is_there(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    bytes_before = book.read_bytes()
    clear(book, agree=lambda _: False)
    clear(book, before=date(2020, 1, 1))
    clear(book, "Ledger Summary")
    assert book.read_bytes() == bytes_before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Claims", "is no report tab"),
        ("Sourcing Costs", "delete its rows by hand"),
        ("Ledger", "no report tab"),
    ],
)
def test_what_is_no_report_tab_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(RecoupError, match=said):
        clear(refreshed_book(tmp_path), name)


def test_a_tab_without_a_known_heading_is_refused(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    replace_report(book, "Inventory Ledger", [["my", "own"], ["list", "here"]])
    with pytest.raises(RecoupError, match="no heading row of a known report"):
        clear(book)


def test_the_plan_names_the_claims_that_lose_their_source(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    plan = clear(book, before=OCTOBER, agree=lambda _: False)
    by_id = {r["Claim ID"]: r["FNSKU"] for r in plan.claims}
    assert set(by_id.values()) == {"X00OLDL01A", "X00REVE01A"}


def test_an_imported_period_stays_with_the_rows_that_stay(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    clear(book, before=OCTOBER)
    refresh(book)
    home = {r["Report"]: r for r in table(book, "HomeReports")}
    ledger = home["Inventory Ledger"]
    assert [ledger[h].date() for h in ("Covered from", "Covered to")] == [OCTOBER, date(2026, 11, 14)]


# ---- what outlives it


def test_claims_of_cleared_rows_keep_units_case_and_decision_and_say_what_to_paste(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")
    with Desk(book) as desk:
        desk.type(lost["Claim ID"], Decision="Take up", Decided_by="Ann")
    refresh(book)
    clear(book)
    refresh(book, NEXT_DAY)
    row = claims(book)[lost["Claim ID"]]
    assert (row["Units"], row["Decision"], row["Status"]) == (2, "Take up", "Needs input")
    assert row["Missing"].startswith("not rechecked since 2026-11-15: paste Inventory Ledger for 2026-10")
    assert grid(book, "Cases").cell(lost["Claim ID"], "Case").value == row["Case"]


def test_a_payment_of_a_cleared_loss_ends_its_claim_and_pays_no_newer_one(tmp_path: Path) -> None:
    """One unit was lost in October and claimed; the ledger is cleared, and Amazon pays one unit in November."""
    book = make_book(tmp_path, Seller().lose("2026-10-02", "X00TWOO01A", 1, "9101"))
    refresh(book)
    old = claim_of(book, "X00TWOO01A")["Claim ID"]
    later = (
        Seller()
        .lose("2026-11-03", "X00TWOO01A", 1, "9102")
        .pay("2026-11-10", "5559001", "X00TWOO01A", "5.00")
    )
    paste_seller(book, _from(later, date(2026, 11, 1)), "Inventory Ledger")
    paste_seller(book, later, "Reimbursements")
    refresh(book, NEXT_DAY)
    rows = claims(book)
    assert rows[old]["Status"] == "Paid"
    newer = next(r for r in rows.values() if r["Reference ID"] == "9102")
    assert newer["Status"] == "Needs input"
    assert f"reimbursement 5559001 may have paid this; it was counted for {old}" in newer["Missing"]
    refresh(book, date(2026, 11, 17))
    again = claims(book)
    assert (again[old]["Status"], again[newer["Claim ID"]]["Status"]) == ("Paid", "Needs input")


def test_a_payment_that_was_known_to_settle_a_cleared_loss_stays_with_it(tmp_path: Path) -> None:
    """A loss of 5 October was paid on the 12th; without its row the payment must not pay one of the 8th."""
    book = make_book(tmp_path, Seller().lose("2026-10-08", "X00PAID01A", 1, "9202"))
    refresh(book)
    newer = claim_of(book, "X00PAID01A")
    assert (newer["Reference ID"], newer["Units"], newer["Status"]) == ("9202", 1, "Ready")
    seller = Seller().lose("2026-10-08", "X00PAID01A", 1, "9202")
    seller.ledger = [r for r in seller.ledger if r["reference"] != "9005"]
    paste_seller(book, seller, "Inventory Ledger")
    refresh(book)
    row = claims(book)[newer["Claim ID"]]
    assert (row["Status"], row["Units"]) == ("Ready", 1)


def test_without_any_memory_the_same_rows_would_pay_the_newer_loss(tmp_path: Path) -> None:
    seller = Seller().lose("2026-10-08", "X00PAID01A", 1, "9202")
    seller.ledger = [r for r in seller.ledger if r["reference"] != "9005"]
    book = make_book(tmp_path, seller)
    refresh(book)
    assert "X00PAID01A" not in {r["FNSKU"] for r in table(book, "Claims")}


def _from(seller: Seller, day: date) -> Seller:
    seller.ledger = [r for r in seller.ledger if date.fromisoformat(r["day"]) >= day]
    return seller


def _day(text: str) -> date:
    month, day, year = (int(n) for n in text.split("/"))
    return date(year, month, day)


def _other(folder: Path) -> Path:
    (folder / "other").mkdir(exist_ok=True)
    return folder / "other"
