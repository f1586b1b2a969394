"""Every story of `tests/worksheet_functions`, and the functions that need a refreshed workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from excel_habits import ERRORS as NUMBER_OF
from function_cells import given as handed_over
from function_cells import paper
from recoup.books import open_book
from recoup.books.cells import MAX_TEXT, to_serial
from recoup.case_doors import due_book
from recoup.case_papers import case_text as text_of_case
from recoup.evidence_pack import text_to_keep
from recoup.work_tasks import HEADERS, due_table
from recoup.worksheet_functions.answers import Call, answer
from recoup.worksheet_functions.calling_book import CallingBook
from recoup.worksheet_functions.declared import BY_NAME, FUNCTIONS, MOST_HELP
from workbooks import AS_OF, claims, refreshed_book, run, table

STORIES = Path(__file__).parent / "worksheet_functions"
TEMPLATE = Path(__file__).parents[1] / "workbook_templates" / "recoup.xlsx"
TODAY = date(2026, 11, 22)
NOT_ARGUMENTS = {"name", "function", "answer", "date_system", "policy", "reason_codes", "settings", "claims"}


def _cases() -> Iterator[Any]:
    for file in sorted(STORIES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


CASES = list(_cases())


@pytest.mark.parametrize("case", CASES)
def test_what_a_function_answers(case: dict[str, Any]) -> None:
    function, date1904 = BY_NAME[case["function"]], case.get("date_system") == 1904
    names = [a.name for a in function.arguments]
    assert case.keys() - NOT_ARGUMENTS - {"sourcing_costs"} <= set(names)
    call = Call(CallingBook(paper(case)), TODAY, date1904)
    found = answer(function.name, [handed_over(case.get(name), date1904) for name in names], call)
    wanted = handed_over(case["answer"], date1904)
    rows = wanted if isinstance(wanted, tuple) else ((wanted,),)
    assert [list(r) for r in found] == [["" if c is None else c for c in row] for row in rows]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return refreshed_book(tmp_path_factory.mktemp("functions"))


@pytest.fixture(scope="module")
def call(book: Path) -> Call:
    return Call(CallingBook(open_book(book)), AS_OF)


def test_why_says_what_claims_and_not_claimed_say(book: Path, call: Call) -> None:
    told = {i: row["Why"] for i, row in claims(book).items()}
    lines = [r for r in table(book, "NotClaimed") if r["Claim ID"] and r["Claim ID"] not in told]
    assert len(told) > 3 and lines
    ids = tuple((i,) for i in [*told, None, "LW-NOPE", lines[0]["Claim ID"]])
    *found, blank, unknown, closed = answer("RECOUP_WHY", [ids], call)
    assert found == [[why] for why in told.values()] and blank == [""]
    assert unknown == ["No claim LW-NOPE on Claims or Not Claimed: copy the Claim ID from there."]
    assert str(closed[0]).startswith(f"Not claimed ({lines[0]['Reason']}") and lines[0]["Why"] in str(
        closed[0]
    )


def test_the_case_text_is_the_one_of_the_command(book: Path, call: Call) -> None:
    ready = next(i for i, row in claims(book).items() if row["Status"] == "Ready")
    text = text_of_case(book, [ready], purpose="file", language="", reason="")
    ((found,), (unknown,)) = answer("RECOUP_CASETEXT", [((ready,), ("LW-NOPE",))], call)
    assert found == text_to_keep(text).rstrip("\n") and text.text.rstrip("\n") in str(found)
    assert unknown == "No claim LW-NOPE on Claims: copy the Claim ID from there."


def test_what_is_due_is_the_table_of_the_command_with_days_as_numbers(book: Path, call: Call) -> None:
    for days in (7, 60):
        headings, *rows = due_table(due_book(book, run(), days).queue)
        found = answer("RECOUP_DUE", [float(days)], call)
        assert found[0] == headings == list(HEADERS) and rows
        assert found[1:] == [[_as_cell(c) for c in row] for row in rows]
    assert answer("RECOUP_DUE", [None], call) == answer("RECOUP_DUE", [7.0], call)
    assert answer("RECOUP_DUE", ["  "], call) == answer("RECOUP_DUE", [7.0], call)


def _as_cell(value: Any) -> Any:
    return "" if value is None else to_serial(value, False) if isinstance(value, date) else value


def test_where_nothing_is_due_the_table_says_so_below_its_headings() -> None:
    empty = Call(CallingBook(open_book(TEMPLATE)), TODAY)
    headings, nothing = answer("RECOUP_DUE", [0.0], empty)
    assert headings == list(HEADERS)
    assert nothing == ["Nothing is due within 0 days of 2026-11-22.", *[""] * (len(HEADERS) - 1)]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-1.0, "days must be a whole number from 0 to 3650, not -1."),
        (2.5, "days must be a whole number from 0 to 3650, not 2.5."),
        ("a week", "days: 'a week' is no number."),
        (NUMBER_OF["#N/A"], "days: '#N/A' is no number."),
        (True, "days: 'TRUE' is no number."),
        (((1.0,), (2.0,)), "days must be one cell."),
    ],
)
def test_days_ahead_that_cannot_be_are_told(call: Call, days: Any, says: str) -> None:
    assert answer("RECOUP_DUE", [days], call) == [[says]]


@pytest.mark.parametrize("name", ["RECOUP_WHY", "RECOUP_CASETEXT", "RECOUP_DUE"])
def test_a_workbook_that_is_not_recoups_is_told_so_and_the_rules_still_answer(name: str) -> None:
    strange = Call(CallingBook(paper({})), TODAY)
    ((told,),) = answer(name, ["LW-1" if name != "RECOUP_DUE" else None], strange)
    assert str(told).startswith("seller.xlsx has no table Claims: it is no Recoup workbook")
    assert answer("RECOUP_DEADLINE", ["lost_in_warehouse", "2026-09-02", None], strange) == [[46327]]


def test_what_a_policy_found_stays_found_while_the_workbook_says_the_same(book: Path) -> None:
    assert CallingBook(open_book(book)).policy is CallingBook(open_book(book)).policy


def test_a_text_longer_than_a_cell_is_cut_where_the_cell_ends() -> None:
    story = {"claims": f"Claim ID | Why\nLW-1 | {'x' * 40_000}"}
    ((told,),) = answer("RECOUP_WHY", ["LW-1"], Call(CallingBook(paper(story)), TODAY))
    assert len(str(told)) == MAX_TEXT and str(told).endswith("x…")


def test_every_function_has_stories_and_texts_that_the_function_wizard_takes() -> None:
    told = {p.values[0]["function"] for p in CASES} | {"RECOUP_WHY", "RECOUP_CASETEXT", "RECOUP_DUE"}
    assert told == BY_NAME.keys()
    for function in FUNCTIONS:
        texts = [function.says, *(a.says for a in function.arguments)]
        assert all(0 < len(text) <= MOST_HELP and text.isascii() for text in texts), function.name
        optional = [a.optional for a in function.arguments]
        assert optional == sorted(optional), "an optional argument stands behind the others"


KINDS = st.sampled_from(["lost_in_warehouse", "return_not_received", "lost", None, True, 1.0])
DAYS = st.sampled_from([46267.0, 46268.5, "2026-09-02", "soon", None, "", False, 1.0, True, 0.0])
MARKETS = st.sampled_from(["US", "MX", "nowhere", None])


@st.composite
def ranges(draw: st.DrawFn) -> list[Any]:
    """Kinds, days and marketplaces: one cell, a row, a column or a table each, that fit together."""
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))

    def one(cells: st.SearchStrategy[Any]) -> Any:
        high, wide = draw(st.sampled_from([1, rows])), draw(st.sampled_from([1, columns]))
        grid = tuple(tuple(draw(cells) for _ in range(wide)) for _ in range(high))
        return draw(
            st.sampled_from([grid, grid[0] if high == 1 else grid, grid[0][0] if high == wide == 1 else grid])
        )

    return [one(KINDS), one(DAYS), one(MARKETS)]


@given(ranges())
def test_a_whole_range_answers_as_its_cells_one_by_one(arguments: list[Any]) -> None:
    call = Call(CallingBook(paper({})), TODAY)
    grids = [
        a if isinstance(a, tuple) and isinstance(a[0], tuple) else (a if isinstance(a, tuple) else (a,),)
        for a in arguments
    ]
    rows, columns = max(len(g) for g in grids), max(len(g[0]) for g in grids)
    one_by_one = [
        [
            answer("RECOUP_DEADLINE", [g[r % len(g)][c % len(g[0])] for g in grids], call)[0][0]
            for c in range(columns)
        ]
        for r in range(rows)
    ]
    assert [list(row) for row in answer("RECOUP_DEADLINE", arguments, call)] == one_by_one
