"""Dashboard: stories of what it says (tests/dashboard/stories.yaml), its laws, and its cells through both engines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import workbooks
from recoup import doors
from recoup.books import ENGINES
from recoup.case_sheet import own_name
from recoup.dashboard import Board, Gone, Receipt, Sources, build_board
from recoup.dashboard_sheet import write_dashboard
from recoup.model import Record
from recoup.policy import load
from recoup.sheets import DASHBOARD, KINDS, PANELS, STATUSES

TODAY = date(2026, 11, 15)
STORIES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "dashboard" / "stories.yaml").read_text(encoding="utf-8")
)
LEDGER = ("event_type", "fulfillment_center", "sku", "fnsku", "quantity", "_where", "_row")


def table(text: str) -> list[Record]:
    """A table of text as records: days and numbers as such, blank cells as None."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if "|" in line]
    return [dict(zip(lines[0], map(cell, line), strict=True)) for line in lines[1:]]


def cell(text: str) -> Any:
    for read in (date.fromisoformat, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text or None


def sources(story: Mapping[str, Any]) -> Sources:
    home: Any = [{"Name": "Home marketplace", "Value": story.get("home", "US")}]
    ledger = table(story.get("ledger", ""))
    rows: list[Any] = [
        (r["Event"], r["FC"], r["SKU"], "X00", r["Units"], "Inventory Ledger", n)
        for n, r in enumerate(ledger, 2)
    ]
    paid: Any = [
        (r["Claim"], r["Date"], r["Amount"], r["Currency"]) for r in table(story.get("payments", ""))
    ]
    cases, receipts = history(**story.get("history", {}))
    lines: Any = table(story.get("reimbursements", ""))
    return Sources(
        claims=table(story.get("claims", "")),
        cases=[(own_name(r), r) for r in (*table(story.get("cases", "")), *cases)],
        receipts=[*(Receipt(*p) for p in paid), *receipts],
        reimbursements=pd.DataFrame(
            {
                "approval_date": pd.to_datetime([r["Date"] for r in lines]),
                "amount_total": [float(r["Amount"]) for r in lines],
                "currency": pd.Series([r["Currency"] for r in lines], dtype=str),
            }
        ),
        ledger=pd.DataFrame(rows, columns=LEDGER).astype({"_row": "int64", "quantity": "float64"}),
        gone=[Gone("Inventory Ledger", n, int(r["Gone"])) for n, r in enumerate(ledger, 2) if r["Gone"]],  # type: ignore[arg-type]
        ledger_days=(date(2026, 1, 1), date(2026, 11, 14)) if ledger else None,
        policy=load().with_settings(home)[0].overridden(overridden(story.get("overrides", {})), [])[0],
        on=TODAY,
    )


def overridden(values: Mapping[str, float]) -> list[Record]:
    """Rows of Policy with an Override of these rules."""
    return [{"Rule": f"{key}.all.2010-01-01", "Override": value} for key, value in values.items()]


def history(won: int = 0, lost: int = 0, days: tuple[int, ...] = ()) -> tuple[list[Record], list[Receipt]]:
    """Decided cases of 10 filed on one day; the won ones were paid in full after these days."""
    filed = date(2026, 1, 10)
    case = {"Kind": "lost_inbound", "Currency": "USD", "Filed on": filed, "Value filed": 10.0}
    cases: list[Record] = [
        {
            **case,
            "Claim ID": f"H-{n}",
            "Stage": "Paid" if n < won else "Denied",
            "Paid amount": 10.0 * (n < won),
        }
        for n in range(won + lost)
    ]
    return cases, [Receipt(f"H-{n}", filed + timedelta(d), 10.0, "USD") for n, d in enumerate(days)]


@pytest.mark.parametrize("story", STORIES, ids=[s["name"] for s in STORIES])
def test_dashboard_says(story: dict[str, Any]) -> None:
    assert set(story) <= {
        *("name", "home", "claims", "cases", "payments", "reimbursements", "ledger", "history"),
        *("overrides", "expect", "says"),
    }
    board = build_board(sources(story))
    for name, expected in story.get("expect", {}).items():
        rows = {
            tuple(r[h] for h in list(r)[:3]) if name == "DashboardMore" else first(r): r
            for r in board.tables[name]
        }
        for wanted in table(expected):
            key = tuple(map(shown, list(wanted.values())[:3])) if name == "DashboardMore" else first(wanted)
            assert {h: shown(rows[key][h]) for h in wanted} == {h: shown(v) for h, v in wanted.items()}, name
    for name, words in story.get("says", {}).items():
        assert words in str(board.names[name if name in board.names else f"Recoup_{name}"])


def first(row: Record) -> str:
    return shown(next(iter(row.values()))) or ""


def shown(value: object) -> str | None:
    return None if value is None else f"{value:g}" if isinstance(value, (int, float)) else str(value)


def test_a_panel_keeps_its_rows_whatever_happened() -> None:
    for story in STORIES:
        board = build_board(sources(story))
        assert set(board.tables) == {t.name for t in DASHBOARD}
        assert set(board.names) == {"Recoup_Dashboard", *(n for p in PANELS for n in (p.basis, p.blank))}
        for table_ in DASHBOARD:
            rows = board.tables[table_.name]
            assert all(set(r) <= set(table_.headers) for r in rows), table_.name
            assert not table_.fixed_rows or len(rows) <= table_.fixed_rows, table_.name
        fixed = ("DashboardMoney", "DashboardMonths", "DashboardDays", "DashboardAges", "DashboardCash")
        assert [len(board.tables[name]) for name in fixed] == [len(KINDS), 12, 15, 5, 3]


CLAIMS = st.lists(
    st.fixed_dictionaries(
        {
            "Kind": st.sampled_from(KINDS),
            "Status": st.sampled_from(STATUSES),
            "Currency": st.sampled_from(["USD", "CAD", "EUR", ""]),
            "Claim value": st.none() | st.integers(0, 999_99).map(lambda c: c / 100),
            "Event date": st.none() | st.integers(0, 400).map(lambda d: TODAY - timedelta(d)),
            "Deadline": st.none() | st.integers(-30, 30).map(lambda d: TODAY + timedelta(d)),
        }
    ),
    max_size=40,
)


@given(CLAIMS)
def test_money_on_dashboard_is_the_money_on_claims_per_currency_and_status(claims: list[Record]) -> None:
    board = build_board(Sources(claims, [], [], *frames(), [], None, load(), TODAY))
    wanted, counts = sums(claims), sums(claims, count=True)
    found: dict[tuple[str, str], float] = defaultdict(float)
    numbers: dict[str, float] = defaultdict(float)
    for row in board.tables["DashboardMoney"]:
        numbers[str(row["Currency"] or "")] += row["Claims"] or 0  # type: ignore[operator]
        for status in STATUSES:
            found[str(row["Currency"] or ""), status] += row[status] or 0  # type: ignore[operator]
    for row in board.tables["DashboardMore"]:
        if row["What"] in STATUSES:
            found[str(row["Currency"] or ""), str(row["What"])] += row["Value"] or 0  # type: ignore[operator]
        if row["What"] == "Claims":
            numbers[str(row["Currency"] or "")] += row["Number"] or 0  # type: ignore[operator]
    assert {k: round(v, 2) for k, v in found.items() if v} == {k: round(v, 2) for k, v in wanted.items() if v}
    by_currency: dict[str, float] = defaultdict(float)
    for (currency, _), number in counts.items():
        by_currency[currency] += number
    assert {k: v for k, v in numbers.items() if v} == dict(by_currency)


def sums(claims: list[Record], count: bool = False) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = defaultdict(float)
    for row in claims:
        found[str(row["Currency"]), str(row["Status"])] += 1 if count else row["Claim value"] or 0  # type: ignore[operator]
    return found


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    empty = sources({})
    return empty.reimbursements, empty.ledger


def test_the_order_of_rows_changes_nothing() -> None:
    story = next(s for s in STORIES if "ledger" in s) | {
        "claims": STORIES[1]["claims"],
        "cases": next(s["cases"] for s in STORIES if s["name"].startswith("With five decided cases")),
    }
    one = sources(story)
    turned = Sources(
        *(list(reversed(x)) for x in (one.claims, one.cases, one.receipts)),
        one.reimbursements,
        one.ledger.iloc[::-1],
        list(reversed(one.gone)),
        *(one.ledger_days, one.policy, one.on),
    )
    assert build_board(turned) == build_board(one)


# ---- on the sheet


@pytest.fixture(scope="module", params=ENGINES)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample seller's workbook, refreshed by one engine."""
    path = workbooks.imported_book(tmp_path_factory.mktemp(request.param))
    workbooks.refresh(path, engine=request.param)
    return path


GOLDEN = {
    "DashboardMoney": ("lost_in_warehouse", {"Currency": "USD"}),
    "DashboardAges": ("31 to 60 days", {"Currency": "USD"}),
    "DashboardCash": ("within 30 days", {"Expected cash": None, "Note": "no history yet"}),
}


def test_the_sheet_holds_what_claims_hold(book: Path) -> None:
    claims = workbooks.table(book, "Claims")
    per_status = {
        s: round(sum(r["Claim value"] or 0 for r in claims if r["Status"] == s), 2) for s in STATUSES
    }
    money = workbooks.table(book, "DashboardMoney")
    assert {s: round(sum(r[s] or 0 for r in money), 2) for s in STATUSES} == per_status
    assert sum(r["Claims"] or 0 for r in money) == len(claims) > 5
    for name, (key, cells) in GOLDEN.items():
        (row,) = (r for r in workbooks.table(book, name) if next(iter(r.values())) == key)
        assert {h: row[h] for h in cells} == cells
    days = [r["Deadline"].date() for r in workbooks.table(book, "DashboardDays")]
    assert days == [workbooks.AS_OF + timedelta(n) for n in range(15)]
    sheet = openpyxl.load_workbook(book)["Dashboard"]
    assert (
        sheet["B2"].value == f"As of {workbooks.AS_OF}. Money in USD; nothing is added up across currencies."
    )
    assert sheet["D7"].number_format == "#,##0.00"
    assert len(sheet._charts) == len(PANELS)


def test_charts_read_the_rows_of_their_table(book: Path) -> None:
    sheet = openpyxl.load_workbook(book)["Dashboard"]
    read = [
        [s.val.numRef.f for s in c.series] + [c.series[0].cat.strRef or c.series[0].cat.numRef]
        for c in sheet._charts
    ]
    for panel, (*values, names) in zip(PANELS, read, strict=True):
        top, rows = panel.top + 3, panel.table.fixed_rows
        assert names.f.replace("'", "") == f"Dashboard!$B${top}:$B${top + rows - 1}"
        for ref in values:
            column = ref.split("$")[1]
            assert ref == f"Dashboard!${column}${top}:${column}${top + rows - 1}"
            assert sheet[f"{column}{top - 1}"].value in panel.table.headers[1:]


def test_a_second_refresh_changes_nothing_on_the_sheet(book: Path) -> None:
    before = workbooks.cells(book, "Dashboard")
    workbooks.refresh(book)
    assert workbooks.cells(book, "Dashboard") == before


def test_a_board_without_a_sheet_is_not_written() -> None:
    class NoTables:
        path = Path("seller.xlsx")

        def tables(self) -> dict[str, list[str]]:
            return {"Claims": []}

    (said,) = write_dashboard(NoTables(), sources({}))  # type: ignore[arg-type]
    assert (said.severity, said.remedy) == ("note", "Run `recoup upgrade seller.xlsx` to get it back.")


def test_an_empty_workbook_says_what_to_do(tmp_path: Path) -> None:
    path = doors.make_workbook(tmp_path / "new.xlsx")
    said = workbooks.cells(path, "Dashboard")
    assert str(said["B2"]).startswith("Nothing to show yet: paste Inventory Ledger")
    workbooks.refresh(path)
    said = workbooks.cells(path, "Dashboard")
    assert str(said["B2"]).startswith("Nothing to show yet: paste Inventory Ledger")
    assert said["O10"] == "No claims yet: paste reports and refresh."


def test_no_sentence_or_cell_holds_a_number_that_is_none() -> None:
    boards: list[Board] = [build_board(sources(s)) for s in STORIES]
    cells = [v for b in boards for rows in b.tables.values() for r in rows for v in r.values()]
    texts = [str(v) for v in (*cells, *(v for b in boards for v in b.names.values()))]
    assert not [t for t in texts if "nan" in t.split() or ("None" in t.split() and t != "None")]
