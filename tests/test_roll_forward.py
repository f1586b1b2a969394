"""Starting balance + movements = ending balance, line by line, period by period, and against the detail."""

from __future__ import annotations

from datetime import date

import pytest

from case_frames import CaseTables, build_reports
from recoup.coverage import Coverage
from recoup.model import Problem
from recoup.policy import load
from recoup.roll_forward import check_roll_forward

AS_OF = date(2026, 4, 10)
HEAD = (
    "date | starting_balance | receipts | customer_shipments | lost | found | ending_balance | unknown_events"
)
TWO_MONTHS = f"""
    {HEAD}
    2026-02-01 | 10 | 20 | -12 | -2 | 0 | 16 |
    2026-03-01 | 16 |  0 | -10 |  0 | 1 |  7 |
"""
LEDGER = """
    date       | event_type  | reason | quantity
    2026-02-03 | Receipts    |        | 20
    2026-02-10 | Shipments   |        | -12
    2026-02-20 | Adjustments | M      | -2
    2026-03-05 | Adjustments | F      | 1
    2026-03-31 | Shipments   |        | -10
"""


def check(summary: str, ledger: str = LEDGER, *, period: str = "") -> list[Problem]:
    tables = {"ledger_summary": summary, "inventory_ledger": ledger}
    periods = {"inventory_ledger": period} if period else {}
    reports = build_reports(CaseTables(AS_OF, "US", tables, periods=periods))
    return check_roll_forward(reports, Coverage(reports, load(), lag=7, as_of=AS_OF))


def test_reports_that_agree_are_not_mentioned() -> None:
    assert check(TWO_MONTHS) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("| -2 | 0 | 16 |", "| -3 | 0 | 16 |"), "1 lines do not add up"),
        (
            ("| 16 |  0 | -10 |  0 | 1 |  7 |", "| 15 |  0 | -9 |  0 | 1 |  7 |"),
            "do not start with the ending",
        ),
    ],
)
def test_a_line_that_was_changed_is_named_with_its_row(changed: tuple[str, str], said: str) -> None:
    problems = check(TWO_MONTHS.replace(*changed), LEDGER)
    assert said in problems[0].problem
    assert (problems[0].severity, problems[0].where, problems[0].rows) == ("warning", "Ledger Summary", 1)
    assert "row 2" in problems[0].first_cells or "row 3" in problems[0].first_cells
    assert "off by" in problems[0].first_cells


def test_a_line_that_is_off_by_its_own_unknown_events_is_amazons_word() -> None:
    line = "2026-02-01 | 10 | 20 | -12 | -2 | 0 | 13 | -3"
    problems = check(f"\n{HEAD}\n{line}", LEDGER)
    assert not [p for p in problems if "add up" in p.problem]
    assert [p for p in check(f"\n{HEAD}\n{line[:-2]}-4", LEDGER) if "add up" in p.problem]


def test_a_ledger_with_a_row_missing_moves_less_than_the_summary_says() -> None:
    (problem,) = check(TWO_MONTHS, LEDGER.replace("    2026-02-20 | Adjustments | M      | -2\n", ""))
    assert "from 2026-02-01 to 2026-03-31" in problem.problem
    assert "X00AAAAAAA SELLABLE: -1, summary -3" in problem.problem
    assert (problem.where, problem.rows) == ("Inventory Ledger", 1)


def test_rows_of_another_disposition_are_another_shelf() -> None:
    moved = LEDGER.replace("2026-02-20 | Adjustments | M      | -2", "2026-02-20 | Adjustments | M      | -1")
    moved += "    2026-02-20 | Adjustments | M      | -1\n"
    assert check(TWO_MONTHS, moved) == []
    with_shelf = "\n".join(
        line + (" | disposition" if "date " in line else " | SELLABLE" if line.strip() else "")
        for line in moved.splitlines()
    )
    damaged = with_shelf.rpartition("| SELLABLE")
    (problem,) = check(TWO_MONTHS, damaged[0] + "| DEFECTIVE" + damaged[2])
    assert "X00AAAAAAA DEFECTIVE: -1, summary +0" in problem.problem


def test_a_ledger_that_does_not_cover_the_months_is_not_compared() -> None:
    assert check(TWO_MONTHS, LEDGER.replace("-12", "-11"), period="2026-02-02 to 2026-04-10") == []
    assert check(TWO_MONTHS, LEDGER.replace("-12", "-11"), period="2026-02-01 to 2026-04-10") != []


def test_days_are_compared_as_days() -> None:
    days = f"\n{HEAD}\n2026-02-28 | 10 | 0 | 0 | -2 | 0 | 8 |\n2026-03-01 | 8 | 0 | 0 | 0 | 1 | 9 |"
    rows = "\ndate | reason | quantity\n2026-02-28 | M | -2\n2026-03-01 | F | 1\n2026-03-02 | M | -9\n"
    assert check(days, rows) == []
    (problem,) = check(days, rows.replace("2026-02-28 | M | -2\n", ""))
    assert "+1, summary -1" in problem.problem


def test_one_date_that_may_be_a_day_or_a_month_is_read_the_way_that_fits() -> None:
    line = f"\n{HEAD}\n2026-03-31 | 10 | 0 | 0 | -2 | 0 | 8 |"
    assert check(line, "\ndate | reason | quantity\n2026-03-02 | M | -2\n") == []
    assert check(line, "\ndate | reason | quantity\n2026-03-31 | M | -2\n2026-03-02 | M | -7\n") == []
    assert check(line, "\ndate | reason | quantity\n2026-03-30 | M | -3\n") != []


def test_weeks_are_checked_among_themselves_only() -> None:
    weeks = f"\n{HEAD}\n2026-03-07 | 10 | 0 | 0 | -2 | 0 | 8 |\n2026-03-14 | 8 | 0 | 0 | 0 | 1 | 9 |"
    assert check(weeks, "\ndate | reason | quantity\n2026-03-02 | M | -9\n") == []
    assert check(weeks.replace("| 8 | 0 |", "| 7 | 0 |"), LEDGER) != []
