"""What a refresh writes about the money of cases: rows of Cases, Evidence that is never lost, the Journal, Checks."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from recoup import case_money, case_update
from recoup.books import open_book
from recoup.case_sheet import OWN_CELLS
from recoup.explain import explain
from test_decisions import add_case, case_of, taken_up
from workbooks import (
    AS_OF,
    Desk,
    Seller,
    cells,
    claim_of,
    claims,
    copy_of,
    make_book,
    paste_seller,
    refresh,
    refreshed_book,
    replace_report,
    table,
)

LOST = "X00LOST01A"  # two units open at 12.50
NEXT_DAY = date(2026, 11, 16)
SHEETS = ("Claims", "Not Claimed", "Evidence", "Cases", "Journal", "Checks")


@cache
def _filed() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="recoup-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    book, lost = taken_up(folder)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Filed", Amazon_case_ID="1701", Units_filed=2, Value_filed=25.0)
    return book


def filed_book(folder: Path) -> tuple[Path, str]:
    """The seller's book with one case filed: 2 units, 25.00; made once, then copied."""
    book = copy_of(_filed(), folder)
    return book, str(claim_of(book, LOST)["Claim ID"])


def paid(*payments: tuple[str, str, int, str]) -> Seller:
    """The seller with payments of the lost product: (day, id, units, Amazon case id)."""
    seller = Seller()
    for day, number, units, case in payments:
        row = {"day": day, "id": number, "reason": "Lost_Warehouse", "fnsku": LOST, "each": "12.50"}
        seller.paid.append({**row, "units": str(units), "original": "", "order": "", "case": case})
    return seller


@cache
def _paid_in_part() -> Path:
    book, _ = filed_book(Path(tempfile.mkdtemp(dir=_filed().parent)))
    paste_seller(book, paid(("2026-11-10", "5559001", 1, "1701")), "Reimbursements")
    refresh(book, hour=12)
    return book


def half_paid_book(folder: Path) -> tuple[Path, str]:
    """The filed book after Amazon paid one of the two units; made once, then copied."""
    book = copy_of(_paid_in_part(), folder)
    return book, str(claim_of(book, LOST)["Claim ID"])


def told(book: Path, claim_id: str, role: str) -> list[str]:
    return [
        str(r["What it shows"])
        for r in table(book, "Evidence")
        if (r["Claim ID"], r["Role"]) == (claim_id, role)
    ]


def journal(book: Path, *fields: str) -> list[tuple[str, Any, Any]]:
    return [(r["Field"], r["From"], r["To"]) for r in table(book, "Journal") if r["Field"] in fields]


def test_a_case_is_followed_from_filing_to_the_last_cent(tmp_path: Path) -> None:
    book, lost = filed_book(tmp_path)
    refresh(book, hour=11)
    assert (case_of(book, lost)["Paid units"], case_of(book, lost)["Balance"]) == (None, 25)
    paste_seller(book, paid(("2026-11-10", "5559001", 1, "1701")), "Reimbursements")
    refresh(book, hour=12)
    case = case_of(book, lost)
    assert (case["Paid units"], case["Paid amount"], case["Balance"]) == (1, 12.5, 12.5)
    assert case["Suggested stage"] == "Partly paid"
    more = (("2026-11-10", "5559001", 1, "1701"), ("2026-11-12", "5559002", 1, "1701"))
    paste_seller(book, paid(*more), "Reimbursements")
    refresh(book, NEXT_DAY)
    case = case_of(book, lost)
    assert (case["Paid units"], case["Paid amount"], case["Balance"]) == (2, 25, 0)
    assert (case["Reimbursement IDs"], case["Suggested stage"]) == ("5559001, 5559002", "Paid")
    assert case["Stage"] == "Filed"
    assert len(told(book, lost, "reimbursement")) == 2, "the case is explained after its claim has ended"
    assert told(book, lost, "loss")
    assert journal(book, "Paid units") == [("Paid units", None, "1"), ("Paid units", "1", "2")]
    assert journal(book, "Balance") == [
        ("Balance", None, "25"),
        ("Balance", "25", "12.5"),
        ("Balance", "12.5", "0"),
    ]
    ids = [r["ID"] for r in table(book, "Journal")]
    assert len(ids) == len(set(ids))
    before = {s: cells(book, s) for s in SHEETS}
    refresh(book, NEXT_DAY, hour=10)
    assert {s: cells(book, s) for s in SHEETS} == before, "nothing new, nothing changed"


def test_a_reversal_on_the_sheets_opens_the_case_again_and_names_the_dispute(tmp_path: Path) -> None:
    book, lost = filed_book(tmp_path)
    seller = paid(("2026-11-10", "5559001", 2, "1701"))
    paste_seller(book, seller, "Reimbursements")
    refresh(book, hour=12)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Paid")
    back = {
        "day": "2026-11-12",
        "id": "5559009",
        "reason": "Reimbursement_Reversal",
        "fnsku": LOST,
        "each": "-12.50",
    }
    seller.paid.append({**back, "units": "-2", "original": "5559001", "order": ""})
    paste_seller(book, seller, "Reimbursements")
    refresh(book, NEXT_DAY)
    dispute = next(k for k, r in claims(book).items() if r["Reference ID"] == "5559009")
    case = case_of(book, lost)
    assert (case["Reversed"], case["Paid units"], case["Suggested stage"]) == (2, 0, "Filed")
    assert case["Suggested next step"].endswith(f"dispute it as {dispute}.")
    assert [dispute in shows for shows in told(book, lost, "reversal")] == [True]


def test_evidence_of_a_case_whose_claim_is_open_adds_up_as_before(tmp_path: Path) -> None:
    book, lost = half_paid_book(tmp_path)
    assert told(book, lost, "reimbursement")
    assert explain(open_book(book), lost).agrees


def test_evidence_of_a_case_whose_claim_was_paid_adds_up_as_before(tmp_path: Path) -> None:
    book, lost = filed_book(tmp_path)
    paste_seller(book, paid(("2026-11-10", "5559001", 2, "1701")), "Reimbursements")
    refresh(book, hour=12)
    assert told(book, lost, "reimbursement")
    assert explain(open_book(book), lost).agrees


def test_evidence_of_a_claim_with_a_case_survives_every_clearing(tmp_path: Path) -> None:
    book, lost = half_paid_book(tmp_path)
    before = {(r["Role"], r["Identifiers"]) for r in table(book, "Evidence") if r["Claim ID"] == lost}
    for hour, tab in ((13, "Reimbursements"), (14, "Sourcing Costs"), (15, "Inventory Ledger")):
        replace_report(book, tab)
        refresh(book, hour=hour)
        after = {(r["Role"], r["Identifiers"]) for r in table(book, "Evidence") if r["Claim ID"] == lost}
        assert before <= after, tab
        case = case_of(book, lost)
        assert (case["Paid units"], case["Paid amount"], case["Reimbursement IDs"]) == (1, 12.5, "5559001"), (
            tab
        )
    with Desk(book) as desk:  # even its row on Claims
        for cell in desk.table("Claims").row(lost):
            cell.value = None
    refresh(book, hour=16)
    assert before <= {(r["Role"], r["Identifiers"]) for r in table(book, "Evidence") if r["Claim ID"] == lost}
    assert case_of(book, lost)["Paid units"] == 1


def test_a_claim_with_kept_evidence_still_adds_up(tmp_path: Path) -> None:
    book, lost = half_paid_book(tmp_path)
    paste_seller(book, Seller(), "Reimbursements")
    refresh(book, hour=13)
    assert claims(book)[lost]["Units"] == 2, "the payment is gone from the report"
    assert [
        s.endswith(f"counted no more (report cleared {AS_OF})") for s in told(book, lost, "reimbursement")
    ] == [True]
    assert explain(open_book(book), lost).agrees
    assert (case_of(book, lost)["Paid units"], case_of(book, lost)["Balance"]) == (1, 12.5)


def newer(*tabs: str) -> dict[str, list[Sequence[str]]]:
    """Reports that tell of another loss and its payment only."""
    seller = Seller(ledger=[], paid=[])
    seller.lose("2026-11-18", "X00NOVA01A", 1, "9101").pay("2026-11-19", "5559101", "X00NOVA01A", "5.00")
    return {tab: seller.tables()[tab] for tab in tabs}


def recovered(book: Path) -> tuple[dict[str, float], list[int]]:
    """Of Dashboard: what cases brought by month, and how many cases were paid of which the days are known."""
    months = {r["Month"]: r["Recovered"] for r in table(book, "DashboardMonths") if r["Recovered"]}
    return months, [r["Paid cases"] for r in table(book, "DashboardWins")[:1]]


def test_what_a_case_brought_stays_recovered_when_newer_reports_replace_its_own(tmp_path: Path) -> None:
    """Of two units one was paid before the case was filed, the other after: only that one is of the case."""
    first = ("2026-11-01", "5559001", 1, "")
    book = make_book(tmp_path, paid(first))
    refresh(book)
    lost = str(claim_of(book, LOST)["Claim ID"])
    add_case(book, Claim_ID=lost, Case="MINE", Stage="Filed", Amazon_case_ID="1701", Filed_on=AS_OF)
    refresh(book, hour=10)
    paste_seller(book, paid(first, ("2026-12-01", "5559002", 1, "")), "Reimbursements")
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Paid")
    refresh(book, date(2026, 12, 2))
    before = recovered(book)
    assert before == ({"2026-12": 12.5}, [1])
    for hour, tabs in ((11, ("Inventory Ledger", "Reimbursements")), (12, ("Reimbursements",))):
        for name, rows in newer(*tabs).items():
            replace_report(book, name, rows)
        refresh(book, date(2026, 12, 3), hour=hour)
        assert case_of(book, lost)["Paid amount"] == 12.5
        assert recovered(book) == before


def test_a_row_of_their_own_shows_what_its_case_was_paid_and_keeps_what_they_typed(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    add_case(book, Case="OWN-1", SKU="S-1", Stage="Filed", Amazon_case_ID="1755", Notes="by telephone")
    add_case(book, Case="OWN-2", Stage="Filed", Notes="no number yet")
    row = {
        "day": "2026-11-10",
        "id": "5559001",
        "reason": "GeneralAdjustment",
        "fnsku": "X00FAR001A",
        "each": "7.00",
    }
    seller = Seller()
    seller.paid.append({**row, "units": "2", "original": "", "order": "", "case": "1755"})
    paste_seller(book, seller, "Reimbursements")
    for hour in (10, 11):
        refresh(book, hour=hour)
        first, second = table(book, "Cases")
        assert (first["Paid units"], first["Paid amount"], first["Reimbursement IDs"]) == (2, 14, "5559001")
        assert (first["Stage"], first["Notes"], first["Amazon case ID"]) == ("Filed", "by telephone", "1755")
        assert (first["Balance"], first["Suggested stage"]) == (None, None), "nothing is guessed"
        assert {h: c for h, c in second.items() if c and h not in OWN_CELLS} == {
            "Case": "OWN-2",
            "Stage": "Filed",
            "Notes": "no number yet",
        }


def test_dashboard_knows_the_payments_and_days_of_a_case_of_their_own(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    add_case(book, Case="OWN-1", Stage="Paid", Amazon_case_ID="1755", Filed_on=date(2026, 11, 1))
    seller = Seller()
    seller.pay("2026-11-10", "5559001", "X00FAR001A", "7.00").paid[-1]["case"] = "1755"
    paste_seller(book, seller, "Reimbursements")
    refresh(book, hour=10)
    assert recovered(book) == ({"2026-11": 7}, [1])


def test_what_a_case_paid_too_much_stands_on_checks_with_its_money(tmp_path: Path) -> None:
    """Two units were open and one was found before: a fourth one was never missing."""
    book, _ = filed_book(tmp_path)
    paste_seller(book, paid(("2026-11-10", "5559001", 4, "1701")), "Reimbursements")
    refresh(book, hour=12)
    said = [
        (r["Severity"], r["Column"])
        for r in table(book, "Checks")
        if "1 unit, 12.50 USD, closes no unit" in r["Problem"]
    ]
    assert said == [("warning", "case-id")]


# ---- filed by hand, found by the very refresh that reads the payment


def test_a_stage_typed_by_hand_is_filed_before_its_payments_are_counted(tmp_path: Path) -> None:
    """Two units were open when Dora filed them; Amazon paid one since, and the claim has one unit left."""
    book, lost = taken_up(tmp_path)
    with Desk(book) as desk:
        desk.type(lost, "Cases", Stage="Filed", Amazon_case_ID="1701", Filed_on=AS_OF, Filed_by="Dora")
    paste_seller(book, paid(("2026-11-10", "5559001", 1, "1701")), "Reimbursements")
    refresh(book, hour=11)
    case = case_of(book, lost)
    assert (case["Units"], case["Units filed"], case["Value filed"]) == (1, 2, 25)
    assert (case["Paid units"], case["Paid amount"], case["Balance"]) == (1, 12.5, 12.5)
    assert case["Suggested stage"] == "Partly paid"
    assert journal(book, "Units filed", "Value filed") == [
        ("Units filed", None, "2"),
        ("Value filed", None, "25"),
    ]
    before = {s: cells(book, s) for s in SHEETS}
    refresh(book, hour=12)
    assert {s: cells(book, s) for s in SHEETS} == before


def test_a_row_that_a_person_typed_for_a_claim_is_filed_with_the_units_of_the_claim(tmp_path: Path) -> None:
    """Its Units are blank until the refresh that finds it; a payment from before is not taken for one of this case."""
    book = make_book(tmp_path, paid(("2026-11-01", "5559001", 1, "")))
    refresh(book)
    lost = str(claim_of(book, LOST)["Claim ID"])
    add_case(book, Claim_ID=lost, Case="MINE", Stage="Filed", Amazon_case_ID="1701")
    refresh(book, hour=10)
    case = case_of(book, lost)
    assert (case["Units filed"], case["Value filed"]) == (1, 12.5)
    assert (case["Paid units"], case["Balance"], case["Suggested stage"]) == (None, 12.5, None)


def test_a_deleted_filed_row_keeps_its_payments_to_itself(tmp_path: Path) -> None:
    book, lost = filed_book(tmp_path)
    paste_seller(book, paid(("2026-11-10", "5559001", 1, "1701")), "Reimbursements")
    refresh(book, hour=11)
    with Desk(book) as desk:
        for cell in desk.table("Cases").row(lost):
            cell.value = None
    refresh(book, hour=12)
    assert [r for r in table(book, "Cases") if r["Claim ID"]] == [], "no row is made anew"
    assert len(told(book, lost, "reimbursement")) == 1
    assert "closes no unit" not in str(cells(book, "Checks"))


def test_two_rows_of_one_case_of_their_own_are_journalled_each_and_once(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    seller = Seller()
    for sku, fnsku, number in (("SKU-FAR", "X00FAR001A", "5559001"), ("SKU-NOVA", "X00NOVA01A", "5559002")):
        add_case(
            book, Case="OWN-1", SKU=sku, FNSKU=fnsku, Stage="Filed", Amazon_case_ID="1755", Filed_on=AS_OF
        )
        row = {
            "day": "2026-11-10",
            "id": number,
            "reason": "GeneralAdjustment",
            "fnsku": fnsku,
            "each": "7.00",
        }
        seller.paid.append({**row, "units": "2", "original": "", "order": "", "case": "1755"})
    paste_seller(book, seller, "Reimbursements")
    refresh(book, hour=10)
    assert len(journal(book, "Paid amount")) == 2
    before = {s: cells(book, s) for s in SHEETS}
    refresh(book, NEXT_DAY)
    assert journal(book, "Paid amount") == [("Paid amount", None, "14")] * 2
    assert cells(book, "Cases") == before["Cases"]


def test_each_row_of_one_case_of_their_own_keeps_its_payment_when_the_report_is_replaced(
    tmp_path: Path,
) -> None:
    book, seller = refreshed_book(tmp_path), Seller()
    for sku, fnsku, number in (("SKU-FAR", "X00FAR001A", "5559001"), ("SKU-NOVA", "X00NOVA01A", "5559002")):
        add_case(book, Case="OWN-1", SKU=sku, FNSKU=fnsku, Stage="Filed", Amazon_case_ID="1755")
        seller.pay("2026-11-10", number, fnsku, "7.00").paid[-1]["case"] = "1755"
    paste_seller(book, seller, "Reimbursements")
    refresh(book, hour=10)
    for hour in (11, 12):
        assert [(r["Paid amount"], r["Reimbursement IDs"]) for r in table(book, "Cases")] == [
            (7, "5559001"),
            (7, "5559002"),
        ]
        assert recovered(book)[0] == {"2026-11": 14}
        assert len(told(book, "OWN-1", "reimbursement")) == 2
        replace_report(book, "Reimbursements", newer("Reimbursements")["Reimbursements"])
        refresh(book, hour=hour)


def test_without_any_case_nothing_is_reconciled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("there is no case")

    monkeypatch.setattr(case_money, "reconcile", never)
    monkeypatch.setattr(case_update, "remembered_cases", never)
    refresh(make_book(tmp_path, paid(("2026-11-10", "5559001", 1, "1701"))))
