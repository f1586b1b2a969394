"""Which days a report covers and how that is known, what is missing between, and the money that waits for a paste."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from recoup import reports
from recoup.checks import check_coverage
from recoup.coverage import Coverage
from recoup.model import RawTable
from recoup.policy import load
from recoup.reports import Reports, StatedPeriod
from report_samples import LEDGER, delimited, ledger_row, sheet
from workbooks import Desk, Seller, imported_book, make_book, refresh, replace_report, table

AS_OF = date(2026, 11, 15)
TAB = "Inventory Ledger"


def ledger(*days: str, name: str = "ledger.txt", preamble: str = "") -> Reports:
    return reports.read(_tables(days, name, preamble))


def _tables(days: tuple[str, ...], name: str, preamble: str = "") -> list[RawTable]:
    rows = [ledger_row(_american(day), reference_id=str(n)) for n, day in enumerate(days)]
    return list(reports.read_bytes(name, (preamble + delimited([LEDGER, *rows])).encode()))


def _american(day: str) -> str:
    year, month, number = day.split("-")
    return f"{month}/{number}/{year}"


def _days(first: str, last: str, step: int = 1) -> tuple[str, ...]:
    start, stop = date.fromisoformat(first), date.fromisoformat(last)
    return tuple(str(start + timedelta(days=n)) for n in range(0, (stop - start).days + 1, step))


def coverage(read: Reports, *periods: StatedPeriod) -> Coverage:
    return Coverage(read, load(), lag=7, as_of=AS_OF, periods=periods)


def covered(read: Reports, *periods: StatedPeriod) -> list[tuple[str, str, str]]:
    found = coverage(read, *periods).spans(["inventory_ledger"])
    return [(str(s.first), str(s.last), s.known_by) for s in found]


# ---- how the days are known, in order of trust


def test_first_to_last_row_and_the_lag_as_slack() -> None:
    assert covered(ledger(*_days("2026-09-01", "2026-09-20"))) == [
        ("2026-09-01", "2026-09-27", "first and last row")
    ]


@pytest.mark.parametrize(("step", "slack"), [(1, 7), (7, 7), (9, 9), (14, 14), (20, 14)])
def test_the_slack_is_the_largest_gap_at_least_the_lag_at_most_14_days(step: int, slack: int) -> None:
    days = _days("2026-05-01", "2026-09-30", step)
    assert covered(ledger(*days))[0][1] == str(date.fromisoformat(days[-1]) + timedelta(days=slack))


def test_the_file_name_stands_over_the_rows() -> None:
    read = ledger(*_days("2026-09-05", "2026-09-20"), name="ledger_2026-09-01_2026-10-31.txt")
    assert covered(read) == [("2026-09-01", "2026-10-31", "file name")]


def test_the_preamble_stands_over_the_file_name() -> None:
    read = ledger(
        *_days("2026-09-05", "2026-09-20"),
        name="ledger_2026-09-01_2026-10-31.txt",
        preamble="Report period: 2026-09-03 to 2026-09-30\n",
    )
    assert covered(read) == [("2026-09-03", "2026-09-30", "preamble")]


def test_what_a_person_states_stands_over_everything() -> None:
    stated = StatedPeriod("inventory_ledger", date(2026, 8, 1), date(2026, 11, 1))
    tables = _tables(_days("2026-09-05", "2026-09-20"), "ledger_2026-09-01_2026-10-31.txt")
    read = reports.read(tables, periods=[stated])
    assert covered(read, stated) == [("2026-08-01", "2026-11-01", "person")]


def test_covers_to_alone_moves_only_the_end() -> None:
    stated = StatedPeriod("inventory_ledger", None, date(2026, 11, 10))
    read = reports.read(_tables(_days("2026-09-05", "2026-09-20"), "ledger.txt"), periods=[stated])
    assert covered(read, stated) == [("2026-09-05", "2026-11-10", "person")]


def test_the_day_of_the_export_ends_the_slack() -> None:
    stated = StatedPeriod("inventory_ledger", None, None, exported_on=date(2026, 9, 22))
    read = reports.read(_tables(_days("2026-09-05", "2026-09-20"), "ledger.txt"), periods=[stated])
    assert covered(read, stated) == [("2026-09-05", "2026-09-22", "first and last row")]


@pytest.mark.parametrize(("rows", "known"), [(4, False), (5, True)])
def test_fewer_than_5_rows_need_a_stated_period(rows: int, known: bool) -> None:
    read = ledger(*_days("2026-09-01", "2026-09-20")[:rows])
    assert bool(covered(read)) is known
    asked = coverage(read).questions(["inventory_ledger"], date(2026, 9, 1))
    assert (asked[0].text == "confirm the period of ledger.txt (Settings: Report periods)") is not known


def test_headings_only_need_a_stated_period_and_have_it_when_stated() -> None:
    stated = StatedPeriod("inventory_ledger", date(2026, 9, 1), date(2026, 9, 30))
    assert covered(ledger()) == []
    read = reports.read(_tables((), "ledger.txt"), periods=[stated])
    assert covered(read, stated) == [("2026-09-01", "2026-09-30", "person")]


# ---- holes


def test_days_missing_between_two_exports_are_named_with_their_number() -> None:
    tables = _tables(_days("2026-05-01", "2026-05-31"), "a_2026-05-01_2026-05-31.txt")
    tables += _tables(_days("2026-07-01", "2026-07-31"), "b_2026-07-01_2026-07-31.txt")
    found = check_coverage(coverage(reports.read(tables)))
    assert [(p.severity, p.where) for p in found] == [("warning", TAB)]
    assert found[0].problem == (
        "Inventory Ledger covers 2026-05-01 to 2026-05-31 (file name), 2026-07-01 to 2026-07-31 (file name): "
        "30 days missing, 2026-06-01 to 2026-06-30"
    )
    assert found[0].remedy == "Paste Inventory Ledger for 2026-06-01 to 2026-06-30."


def test_exports_that_meet_or_overlap_leave_no_hole() -> None:
    tables = _tables(_days("2026-05-01", "2026-05-31"), "a_2026-05-01_2026-05-31.txt")
    tables += _tables(_days("2026-06-01", "2026-06-30"), "b_2026-06-01_2026-06-30.txt")
    read = coverage(reports.read(tables))
    assert check_coverage(read) == []
    assert [(s.first, s.last) for s in read.spans(["inventory_ledger"])] == [
        (date(2026, 5, 1), date(2026, 6, 30))
    ]


def test_a_long_stretch_without_rows_inside_one_export_is_a_note() -> None:
    days = _days("2026-05-01", "2026-05-31") + _days("2026-07-01", "2026-07-31")
    found = check_coverage(coverage(ledger(*days)))
    assert [(p.severity, p.problem) for p in found] == [
        ("note", "no row from 2026-06-01 to 2026-06-30, though rows stand before and after")
    ]


def test_a_claim_before_or_inside_a_hole_asks_for_exactly_the_missing_days() -> None:
    tables = _tables(_days("2026-05-01", "2026-05-31"), "a_2026-05-01_2026-05-31.txt")
    tables += _tables(_days("2026-07-01", "2026-11-14"), "b_2026-07-01_2026-11-14.txt")
    read = coverage(reports.read(tables))
    assert read.questions(["inventory_ledger"], date(2026, 7, 2)) == []
    asked = read.questions(["inventory_ledger"], date(2026, 5, 15))
    assert [(q.tab, q.text) for q in asked] == [
        (TAB, "Inventory Ledger read 2026-05-01 to 2026-05-31, 2026-07-01 to 2026-11-14: "
              "paste 2026-05-15 to 2026-11-08"),
    ]  # fmt: skip


# ---- Home and Checks


def _home(book: Path) -> dict[str, dict[str, object]]:
    return {str(r["Report"]): r for r in table(book, "HomeReports")}


def test_home_says_rows_days_and_state_of_each_report(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    refresh(book)
    home = _home(book)
    ledger_line = home[TAB]
    assert (ledger_line["State"], ledger_line["Rows"]) == ("read", 11)
    assert [str(ledger_line[h])[:10] for h in ("Covered from", "Covered to")] == ["2026-05-01", "2026-11-14"]
    assert (home["Removal Orders"]["State"], home["Removal Orders"]["Rows"]) == ("empty", None)
    assert (home["Sourcing Costs"]["State"], home["Sourcing Costs"]["Covered to"]) == ("read", None)
    assert all(line["Money waiting"] is None for line in home.values())


def test_home_says_how_much_money_waits_for_a_report_that_does_not_reach_far_enough(tmp_path: Path) -> None:
    book = make_book(tmp_path, Seller())
    with Desk(book) as desk:
        periods = desk.table("ReportPeriods")
        for cell, value in zip(
            periods.rows[1], ("Reimbursements", date(2026, 5, 1), date(2026, 10, 30)), strict=False
        ):
            cell.value = value
    refresh(book)
    waiting = str(_home(book)["Reimbursements"]["Money waiting"])
    asked = [
        r
        for r in table(book, "Claims")
        if r["Status"] == "Needs input"
        and "Reimbursements read 2026-05-01 to 2026-10-30" in str(r["Missing"])
    ]
    valued = [float(str(r["Claim value"])) for r in asked if r["Claim value"] is not None]
    assert len(asked) > len(valued) > 3
    assert (
        waiting
        == f"USD {sum(valued):,.2f} in {len(valued)} claims; {len(asked) - len(valued)} claim of unknown value"
    )


def test_a_kind_that_was_not_run_says_what_it_might_unlock_and_shows_no_claim(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    replace_report(book, "Customer Returns")
    refresh(book)
    assert "return_not_received" not in {r["Kind"] for r in table(book, "Claims")}
    checks = [str(r["Problem"]) for r in table(book, "Checks")]
    line = next(t for t in checks if t.startswith("not run: return_damaged_by_amazon, return_not_received"))
    assert line.endswith("Customer Returns not pasted; at most USD 80.00 in 4 claims could follow")
    assert _home(book)["Customer Returns"]["Money waiting"] == "USD 80.00 in 4 claims"


def test_a_period_line_without_days_but_with_the_day_of_export_counts(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    with Desk(book) as desk:
        periods = desk.table("ReportPeriods")
        headers = periods.headers
        periods.rows[1][headers.index("Report")].value = TAB
        periods.rows[1][headers.index("Exported on")].value = date(2026, 11, 14)
    refresh(book)
    assert not [r for r in table(book, "Checks") if r["Column"] == "Report"]


def test_a_tab_and_a_file_of_one_report_are_read_together(tmp_path: Path) -> None:
    rows = [LEDGER, *(ledger_row(_american(d), reference_id=d) for d in _days("2026-06-01", "2026-06-30"))]
    tables = [sheet(TAB, rows), *_tables(_days("2026-07-01", "2026-07-31"), "b.txt")]
    spans = coverage(reports.read(tables)).spans(["inventory_ledger"])
    assert [(str(s.first), str(s.last)) for s in spans] == [("2026-06-01", "2026-08-07")]
