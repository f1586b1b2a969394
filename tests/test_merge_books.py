"""recoup merge: two people's work on copies of one workbook comes together in a third file."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.table import TableColumn

import book_samples as samples
from conftest import EFFORT
from recoup.books import open_book
from recoup.memory import plain
from recoup.model import RecoupError
from recoup.shared_work import merge_books
from recoup.shared_work._alignment import Layout
from recoup.shared_work._rows import UNKNOWN, merge_rows
from recoup.shared_work._tables import LAYOUTS, LOGS, read_shared
from recoup.sharing import Merge, merge_files
from recoup.sheets import WORKBOOK_VERSION
from test_commands import Recoup, recoup
from workbooks import (
    Desk,
    Grid,
    Seller,
    cells,
    claim_of,
    claims,
    make_book,
    refresh,
    refreshed_book,
    run,
    seen,
    table,
)

assert recoup  # the fixture
NOVA, LOST, DAMAGED, REVERSED = "X00NOVA01A", "X00LOST01A", "X00DAMG01A", "X00REVE01A"


class Copies:
    """BASE, and the copies of Ann (MINE) and Bob (THEIRS)."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.base = base.rename(folder / "base.xlsx")
        self.mine, self.theirs = folder / "ann.xlsx", folder / "bob.xlsx"
        self.out = folder / "merged.xlsx"
        for copy in (self.mine, self.theirs):
            shutil.copy(self.base, copy)

    def merge(self, *, base: bool = True, out: Path | None = None, hour: int = 18) -> Merge:
        books = [self.mine, self.theirs]
        return merge_files([self.base, *books] if base else books, out or self.out, run(who="Ann", hour=hour))


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path, refreshed_book(tmp_path))


def add_row(desk: Desk, name: str, **typed: Any) -> None:
    """Type into the first blank row of a table, or below its last one."""
    grid = desk.table(name)
    row = grid.rows[-1]
    if any(c.value is not None for c in row):
        row = tuple(grid.sheet.cell(row[0].row + 1, c.column) for c in row)
        grid.table.ref = f"{grid.rows[0][0].coordinate}:{row[-1].coordinate}"
        if grid.table.autoFilter is not None:
            grid.table.autoFilter.ref = grid.table.ref
    for header, value in typed.items():
        row[grid.headers.index(header.replace("_", " "))].value = value


def add_column(grid: Grid, header: str) -> int:
    """A person types a heading beside a table, which takes the column in; the sheet column of it."""
    last = grid.rows[0][-1]
    grid.sheet.cell(last.row, last.column + 1, header)
    bottom = grid.rows[-1][-1].row
    ref = f"{grid.rows[0][0].coordinate}:{grid.sheet.cell(bottom, last.column + 1).coordinate}"
    grid.table.ref = ref
    if grid.table.autoFilter is not None:
        grid.table.autoFilter.ref = ref
    ids = [c.id for c in grid.table.tableColumns]
    grid.table.tableColumns.append(TableColumn(id=max(ids) + 1, name=header))
    return int(last.column) + 1


def reverse_rows(grid: Grid) -> None:
    """Sort a table the other way round, values only."""
    body = grid.rows[1:]
    values = [[c.value for c in row] for row in body]
    for row, cells_ in zip(body, reversed(values), strict=True):
        for cell, value in zip(row, cells_, strict=True):
            cell.value = value


def ids(book: Path) -> dict[str, str]:
    return {name: claim_of(book, name)["Claim ID"] for name in (NOVA, LOST, DAMAGED)}


def the_work_of_both(copies: Copies) -> dict[str, str]:
    """What Ann and Bob typed; both said something else about LOST."""
    known = ids(copies.base)
    with Desk(copies.mine) as ann:
        ann.type(known[NOVA], Decision="Take up", Decided_by="Ann")
        ann.type(known[LOST], Decision="Hold", Decided_by="Ann")
        grid = ann.table("Claims")
        column = add_column(grid, "Colour")
        grid.sheet.cell(grid.row(known[NOVA])[0].row, column, "red")
        grid.sheet.row_dimensions[grid.row(known[DAMAGED])[0].row].hidden = True
        ann.workbook["Product Dimensions"].append(["SKU-1", "X1", None, "10", "5", "2"])
    with Desk(copies.theirs) as bob:
        reverse_rows(bob.table("Claims"))
        bob.type(known[LOST], Decision="Dismiss", Decided_by="Bob")
        bob.type(known[DAMAGED], Decision="Hold", Decision_note="=ask Lea")
        bob.table("Claims").cell(known[DAMAGED], "Decision note").data_type = "s"
        grid = bob.table("Claims")
        column = add_column(grid, "Seen")
        grid.sheet.cell(grid.row(known[DAMAGED])[0].row, column, "yes")
        add_row(bob, "Cases", Case="C-own", SKU="OWN-1", Stage="Filed", Filed_on=date(2026, 11, 10))
        add_row(bob, "CaseLog", When=datetime(2026, 11, 14, 9), Case="C-own", Who="Bob", Text="asked again")
        add_row(bob, "Exclusions", Kind="lost_in_warehouse", SKU="SKU-X", By="Bob")
        add_row(bob, "ReportPeriods", Report="Inventory Ledger", From=date(2026, 5, 1), To=date(2026, 11, 14))
        bob.table("Settings").sheet.cell(_row_of(bob, "Settings", "Safety margin"), 2, 9)
        bob.workbook["Product Dimensions"].append(["SKU-2", "X2", None, "11", "6", "3"])
        bob.workbook["Sourcing Costs"]["D3"] = "4.44"
    return known


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Copies, dict[str, str], Merge]:
    """Both at work, and their work merged, once for all that is looked at and not changed."""
    folder = tmp_path_factory.mktemp("both")
    copies = Copies(folder, refreshed_book(folder))
    known = the_work_of_both(copies)
    return copies, known, copies.merge()


Worked = tuple[Copies, dict[str, str], Merge]


def _row_of(desk: Desk, name: str, key: str) -> int:
    grid = desk.table(name)
    return int(next(r[0].row for r in grid.rows if r[0].value == key))


def test_the_work_of_both_is_there_and_the_copies_are_untouched(worked: Worked, tmp_path: Path) -> None:
    copies, known, done = worked
    before = [path.read_bytes() for path in (copies.base, copies.mine, copies.theirs)]
    copies.merge(out=tmp_path / "once more.xlsx")
    assert [path.read_bytes() for path in (copies.base, copies.mine, copies.theirs)] == before
    rows = claims(copies.out)
    assert rows[known[NOVA]]["Decision"] == "Take up" and rows[known[NOVA]]["Colour"] == "red"
    assert (rows[known[LOST]]["Decision"], rows[known[LOST]]["Decided by"]) == ("Hold", "Ann")
    assert (rows[known[DAMAGED]]["Decision"], rows[known[DAMAGED]]["Seen"]) == ("Hold", "yes")
    assert rows[known[DAMAGED]]["Decision note"] == "=ask Lea"
    assert cells(copies.out, "Claims")[_place(copies.out, known[DAMAGED], "Decision note")] == "=ask Lea"
    assert list(rows) == list(claims(copies.mine)), "MINE's order of rows"
    own = next(r for r in table(copies.out, "Cases") if r["Case"] == "C-own")
    assert (own["SKU"], own["Stage"], own["Filed on"]) == ("OWN-1", "Filed", datetime(2026, 11, 10))
    assert [r["Text"] for r in table(copies.out, "CaseLog")] == ["asked again"]
    assert [r["SKU"] for r in table(copies.out, "Exclusions")] == ["SKU-X"]
    assert [r["Report"] for r in table(copies.out, "ReportPeriods")] == ["Inventory Ledger"]
    assert {r["Name"]: r["Value"] for r in table(copies.out, "Settings")}["Safety margin"] == 9
    assert [r[0].value for r in seen(copies.out)["Product Dimensions"].iter_rows(min_row=2)] == [
        "SKU-1",
        "SKU-2",
    ]
    assert cells(copies.out, "Sourcing Costs")["D3"] == "4.44"
    assert {c.cells["Field"] for c in done.summary.conflicts} == {"Decision", "Decided by"}


def _place(book: Path, key: str, header: str) -> str:
    for name in seen(book).sheetnames:
        if "Claims" in seen(book)[name].tables:
            return str(Grid(seen(book)[name], "Claims").cell(key, header).coordinate)
    raise AssertionError


def test_nothing_else_of_mine_changes(worked: Worked) -> None:
    """Of all cells and rows of MINE only those that the merge reports differ."""
    copies, known, _ = worked
    grid, was = Grid(seen(copies.out)["Claims"], "Claims"), Grid(seen(copies.mine)["Claims"], "Claims")
    assert grid.sheet.row_dimensions[grid.row(known[DAMAGED])[0].row].hidden
    people = ("Decision", "Decided by", "Decision note", "Seen")
    old = {h: [r[i].value for r in was.rows] for i, h in enumerate(was.headers) if h not in people}
    assert {h: [r[i].value for r in grid.rows] for i, h in enumerate(grid.headers) if h not in people} == old
    for name in seen(copies.mine).sheetnames:
        if name not in {"Claims", "Cases", "Case Log", "Journal", "Settings", "Home", "_Recoup"}:
            was_there = cells(copies.mine, name)
            assert {
                k: v for k, v in cells(copies.out, name).items() if k in was_there and v != was_there[k]
            } == ({"D3": "4.44"} if name == "Sourcing Costs" else {})


def test_a_conflict_is_listed_with_both_values_who_and_when(worked: Worked) -> None:
    copies, known, _ = worked
    rows = [[c.value for c in row] for row in seen(copies.out)["Merge conflicts"].iter_rows()]
    lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    decision = next(line for line in lines if line["Field"] == "Decision")
    assert decision["Claim ID"] == known[LOST] and decision["Sheet"] == "Claims"
    assert decision["Before"] in (None, "") and decision["Stands now"] == "Hold"
    assert (decision["Mine"], decision["Theirs"]) == ("Hold", "Dismiss")
    assert decision["Mine: who and when"].startswith("Ann, ann.xlsx (last refreshed 2026-11-15")
    assert decision["Theirs: who and when"].startswith("Bob, bob.xlsx (last refreshed")


def test_every_change_is_journalled_and_the_next_refresh_does_not_journal_it_again(
    worked: Worked, tmp_path: Path
) -> None:
    copies, known, _ = worked
    lines = [r for r in table(copies.out, "Journal") if str(r["Run"]).startswith("merge ")]
    assert {r["Who"] for r in lines} == {"Ann"} and len({r["ID"] for r in lines}) == len(lines)
    told = {(r["Claim ID"], r["Field"]): (r["From"], r["To"]) for r in lines}
    assert told[known[DAMAGED], "Decision"] == (None, "Hold")
    assert told[known[DAMAGED], "Claims: Seen"] == (None, "yes")
    assert told[None, "Settings, Safety margin: Value"][1] == "9"
    assert told[None, "Cases, C-own: row"][1].startswith("Case: C-own; SKU: OWN-1; Stage: Filed")
    assert cells(copies.out, "Home", values=True)["E6"] == "merged with bob.xlsx by Ann: refresh"
    out = Path(shutil.copy(copies.out, tmp_path))
    refresh(out, hour=20)
    again = [
        r for r in table(out, "Journal") if r["Field"] == "Decision" and str(r["Who"]).startswith("typed")
    ]
    assert {r["Claim ID"] for r in again} == {known[NOVA], known[LOST]}, (
        "what MINE typed, not what was merged"
    )
    assert {r["Case"] for r in table(out, "Cases")} == {"C-own", f"C-{known[NOVA]}"}


def test_the_journals_of_both_are_one_in_the_order_of_time(copies: Copies) -> None:
    known = ids(copies.base)
    for path, hour, who in ((copies.mine, 12, "Ann"), (copies.theirs, 10, "Bob")):
        with Desk(path) as desk:
            desk.type(known[NOVA] if who == "Ann" else known[LOST], Decision="Hold")
            desk.type(known[DAMAGED], Decision="Hold" if who == "Ann" else "Dismiss")
        refresh(path, who=who, hour=hour)
    (conflict,) = copies.merge().summary.conflicts
    assert conflict.cells["Mine: who and when"] == "typed (found by Ann), 2026-11-15 12:00:00"
    assert conflict.cells["Theirs: who and when"] == "typed (found by Bob), 2026-11-15 10:00:00"
    lines = table(copies.out, "Journal")
    times = [r["When"] for r in lines]
    assert times == sorted(times)
    found = [r["Who"] for r in lines if str(r["Who"]).startswith("typed")]
    assert found == ["typed (found by Bob)"] * 2 + ["typed (found by Ann)"] * 2
    ids_of = [r["ID"] for r in lines]
    assert len(ids_of) == len(set(ids_of)), "lines that both copies hold are there once"


def test_identical_copies_give_mine_byte_for_byte(copies: Copies) -> None:
    done = copies.merge()
    assert done.summary.taken == done.summary.conflicts == done.summary.added == done.summary.not_merged == []
    assert copies.out.read_bytes() == copies.mine.read_bytes()


def test_merging_again_gives_the_same(worked: Worked, tmp_path: Path) -> None:
    copies, out = worked[0], tmp_path / "again.xlsx"
    again = merge_files([copies.base, copies.out, copies.theirs], out, run(hour=19))
    assert again.summary.taken == again.summary.added == []
    assert (tmp_path / "again.xlsx").read_bytes() == copies.out.read_bytes()


def test_without_a_base_the_memory_and_the_journal_tell_who_changed_what(copies: Copies) -> None:
    known = ids(copies.base)
    with Desk(copies.base) as desk:
        desk.type(known[NOVA], Decision="Hold")
        desk.type(known[LOST], Decision="Hold")
        desk.type(known[DAMAGED], Decision="Hold")
    refresh(copies.base, hour=10)
    for copy in (copies.mine, copies.theirs):
        shutil.copy(copies.base, copy)
    with Desk(copies.mine) as ann:
        ann.type(known[LOST], Decision="Take up")
        ann.type(known[DAMAGED], Decision="Take up")
    refresh(copies.mine, hour=12)
    with Desk(copies.theirs) as bob:
        bob.type(known[NOVA], Decision="Dismiss", Decided_by="Bob")
        bob.type(known[DAMAGED], Decision="Dismiss")
    done = copies.merge(base=False)
    rows = claims(copies.out)
    assert [rows[known[k]]["Decision"] for k in (NOVA, LOST, DAMAGED)] == ["Dismiss", "Take up", "Take up"]
    assert [(c.cells["Claim ID"], c.cells["Before"]) for c in done.summary.conflicts] == [
        (known[DAMAGED], "Hold")
    ]


def test_what_is_not_merged_is_named(copies: Copies) -> None:
    with Desk(copies.theirs) as bob:
        ledger = bob.workbook["Inventory Ledger"]
        ledger.append([c.value for c in ledger[2]])
        ledger.cell(ledger.max_row, 1, "11/13/2026")
        bob.workbook["Fee Preview"].append(["not a report"])
        bob.workbook.create_sheet("Bob's notes")["A1"] = "call on Monday"
        bob.workbook.create_sheet("Empty one")
        bob.workbook.create_sheet("Inventory Ledger UK").append([c.value for c in ledger[1]])
        bob.workbook["Documents"]["A1"] = "Number of the paper"
        bob.workbook["Documents"]["C1"] = "For"
        bob.workbook["Documents"]["A2"] = "D-1"
    said = copies.merge().summary.not_merged
    assert len(said) == 4, said
    assert any("Inventory Ledger: bob.xlsx holds 1 row that ann.xlsx lacks, 2026-11-13" in s for s in said)
    assert any(s.startswith("Fee Preview: bob.xlsx holds 1 row") for s in said)
    assert any(s.startswith("tab Bob's notes: only bob.xlsx has it") for s in said)
    assert any(s.startswith("Documents: ann.xlsx and bob.xlsx have different headings") for s in said)


def test_rows_deleted_by_one_and_changed_by_the_other_are_kept_and_named(copies: Copies) -> None:
    with Desk(copies.base) as desk:
        add_row(desk, "Cases", Case="C-1", SKU="S-1", Stage="Filed")
        add_row(desk, "Cases", Case="C-2", SKU="S-2", Stage="Filed")
        for sku in ("S-1", "S-2"):
            add_row(desk, "Exclusions", Kind="lost_in_warehouse", SKU=sku, Reason="sold")
    for copy in (copies.mine, copies.theirs):
        shutil.copy(copies.base, copy)
    with Desk(copies.mine) as ann:
        ann.table("Exclusions").rows[2][2].value = "gift"
    with Desk(copies.theirs) as bob:
        for name in ("Cases", "Exclusions"):
            for row in bob.table(name).rows[1:]:
                for cell in row:
                    cell.value = None
    done = copies.merge()
    assert [r["Case"] for r in table(copies.out, "Cases")] == ["C-1", "C-2"]
    assert [(r["SKU"], r["Reason"]) for r in table(copies.out, "Exclusions")] == [("S-2", "gift")]
    assert done.summary.kept == ["Cases: C-1", "Cases: C-2"]
    assert done.summary.removed == ["Settings: lost_in_warehouse / S-1"]
    assert [c.cells["Theirs"] for c in done.summary.conflicts] == ["row deleted"]


def test_a_formula_of_mine_survives_a_copy_whose_values_were_not_calculated(copies: Copies) -> None:
    """openpyxl and other programs save formulas without their values."""
    for copy in (copies.base, copies.mine, copies.theirs):
        with Desk(copy) as desk:
            grid = desk.table("Claims")
            column = add_column(grid, "Twice")
            for row in grid.rows[1:]:
                grid.sheet.cell(row[0].row, column, f"=O{row[0].row}*2")
            if copy == copies.theirs:
                desk.type(ids(copies.base)[NOVA], Decision="Hold")
    done = copies.merge()
    assert done.summary.conflicts == [] and len(done.summary.taken) == 1
    formulas = {k: v for k, v in cells(copies.mine, "Claims").items() if str(v).endswith("*2")}
    assert formulas and {k: v for k, v in cells(copies.out, "Claims").items() if k in formulas} == formulas


# ---- refused


def other_marketplace(copies: Copies) -> list[Path]:
    with Desk(copies.theirs) as desk:
        desk.table("Settings").sheet.cell(_row_of(desk, "Settings", "Home marketplace"), 2, "UK")
    return [copies.mine, copies.theirs]


def of_version(version: int) -> Callable[[Copies], list[Path]]:
    def change(copies: Copies) -> list[Path]:
        with Desk(copies.theirs) as desk:
            desk.workbook["_Recoup"]["B1"] = version
        return [copies.base, copies.mine, copies.theirs]

    return change


def no_workbook(copies: Copies) -> list[Path]:
    copies.theirs.write_text("hello")
    return [copies.mine, copies.theirs]


REFUSED: dict[str, tuple[Callable[[Copies], list[Path]], str, str]] = {
    "another marketplace": (other_marketplace, "", "different home marketplaces"),
    "an older version": (of_version(1), "", "recoup upgrade bob.xlsx"),
    "a newer version": (of_version(99), "", "update Recoup"),
    "no workbook": (no_workbook, "", "bob.xlsx"),
    "one book": (lambda c: [c.mine], "", "two or three workbooks, not 1"),
    "four books": (lambda c: [c.base, c.mine, c.theirs, c.base], "", "not 4"),
    "twice the same": (lambda c: [c.mine, c.mine], "", "are one file"),
    "a missing copy": (lambda c: [c.mine, c.mine.with_name("gone.xlsx")], "", "gone.xlsx"),
    "output is mine": (lambda c: [c.base, c.mine, c.theirs], "ann.xlsx", "is MINE itself"),
    "output is base": (lambda c: [c.base, c.mine, c.theirs], "base.xlsx", "is BASE itself"),
    "output is there": (lambda c: [c.mine, c.theirs], "base.xlsx", "is there already"),
    "output of another kind": (lambda c: [c.mine, c.theirs], "merged.csv", "ends in .xlsx"),
    "output in no folder": (lambda c: [c.mine, c.theirs], "gone/merged.xlsx", "make it first"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_use_is_one_sentence_and_nothing_is_written(copies: Copies, recoup: Recoup, name: str) -> None:
    prepare, output, said = REFUSED[name]
    books = prepare(copies)
    before = {p: p.read_bytes() for p in copies.base.parent.rglob("*.xlsx")}
    answer = recoup("merge", *books, "--output", copies.out.parent / (output or "merged.xlsx"))
    assert answer.code == 2
    answer.is_one_sentence(said)
    assert {p: p.read_bytes() for p in copies.base.parent.rglob("*.xlsx")} == before


def test_strict_exits_with_1_on_conflicts_and_json_tells_all(
    worked: Worked, recoup: Recoup, tmp_path: Path
) -> None:
    copies = worked[0]
    words = ("merge", copies.base, copies.mine, copies.theirs, "--output")
    told = json.loads(recoup(*words, tmp_path / "first.xlsx", "--json").out)
    assert {c["Field"] for c in told["conflicts"]} == {"Decision", "Decided by"} and told["lines_added"]
    strict = recoup(*words, tmp_path / "second.xlsx", "--strict")
    assert strict.code == 1 and "2 conflicts" in strict.out and "1 row added" not in strict.err


def test_the_books_of_two_sellers_are_refused_with_a_base_and_without(copies: Copies) -> None:
    seller = Seller([], [], [], []).lose("2026-10-20", "X00OTHR01A", 2, "7001")
    stranger = make_book(copies.base.parent / "other", seller)
    refresh(stranger)
    for books in ([copies.mine, stranger], [copies.base, copies.mine, stranger]):
        with pytest.raises(RecoupError, match=r"and seller\.xlsx have no claim .* no copies of one workbook"):
            merge_files(books, copies.out, run())
    assert not copies.out.exists()


# ---- any edits, through the real engine


TABLES = ("Claims", "Cases", "Exclusions", "CaseLog")
EDITS = st.lists(
    st.tuples(
        st.sampled_from(TABLES),
        st.sampled_from(["type", "type", "same", "empty", "sort", "hide", "column", "delete", "add"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=8,
)


def small_book(folder: Path) -> Path:
    rows: dict[str, list[dict[str, Any]]] = {
        "Claims": [
            {"Claim ID": f"LW-{i}", "Units": i, "Decision": d} for i, d in enumerate(["", "Hold", ""])
        ],
        "Exclusions": [{"Kind": "k", "SKU": f"S-{i}", "Reason": "sold"} for i in range(2)],
        "CaseLog": [
            {"When": datetime(2026, 11, i + 1, 8), "Case": "C-1", "Text": f"line {i}"} for i in range(2)
        ],
    }
    path = samples.build(folder / "base.xlsx", rows)
    book = open_book(path, keep=0)
    book.write_names({"Recoup_Version": WORKBOOK_VERSION})
    book.append_rows("Cases", [{"Case": "C-own", "SKU": "S-9", "Stage": "Filed"}])
    book.save()
    return path


def edit(path: Path, steps: list[tuple[str, str, int, int]], who: str) -> None:
    with Desk(path) as desk:
        for number, (name, kind, i, j) in enumerate(steps):
            _edit(desk, name, kind, i, j, f"{who}{number}")


def _edit(desk: Desk, name: str, kind: str, i: int, j: int, word: str) -> None:
    grid = desk.table(name)
    rows = [r for r in grid.rows[1:] if any(c.value is not None for c in r)]
    layout = {**LAYOUTS, **LOGS}[name]
    if kind == "column" and name != "Exclusions":
        column = add_column(grid, word)
        for row in rows[::2]:
            grid.sheet.cell(row[0].row, column, f"{word}.{row[0].row}")
    elif kind == "add":
        first = grid.headers[0] if name != "CaseLog" else "Case"
        add_row(desk, name, **{first: f"{word}-id", grid.headers[-1]: word})
    elif kind == "sort":
        values = [[c.value for c in row] for row in rows]
        random.Random(i).shuffle(values)
        for row, moved in zip(rows, values, strict=True):
            for cell, value in zip(row, moved, strict=True):
                cell.value = value
    elif rows and kind == "hide":
        grid.sheet.row_dimensions[rows[i % len(rows)][0].row].hidden = True
    elif rows and kind == "delete":
        for cell in rows[i % len(rows)]:
            cell.value = None
    elif rows and kind in ("type", "same", "empty"):
        _type(grid, layout, rows[i % len(rows)], j, {"type": word, "same": "agreed", "empty": None}[kind])


def _type(grid: Grid, layout: Layout, row: Sequence[Any], j: int, value: str | None) -> None:
    """Type into a cell of people's that is no key of its row."""
    record = {h: c.value for h, c in zip(grid.headers, row, strict=True)}
    key = {h for k in layout.keys for h in k}
    declared = [h for h in layout.people(record, grid.headers) if h not in key and "on" not in h.split()]
    if declared:
        at = grid.headers.index(declared[j % len(declared)])
        row[at].value = value


def tables_of(path: Path) -> dict[str, Any]:
    book = open_book(path, keep=0)
    found = {name: read_shared(book, name) for name in TABLES}
    return {name: x.content for name, x in found.items() if x is not None}


def hidden_rows(path: Path) -> Iterator[tuple[str, int]]:
    for sheet in seen(path).worksheets:
        yield from ((sheet.title, n) for n, d in sheet.row_dimensions.items() if d.hidden)


def the_file_holds_what_the_core_says(
    one: list[tuple[str, str, int, int]], other: list[tuple[str, str, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = small_book(folder)
        mine, theirs, out = (folder / f"{n}.xlsx" for n in ("mine", "theirs", "out"))
        for copy, steps, who in ((mine, one, "a"), (theirs, other, "b")):
            shutil.copy(base, copy)
            edit(copy, steps, who)
        books = [open_book(p, keep=0) for p in (base, mine, theirs)]
        summary = merge_books(books[0], books[1], books[2], run())
        books[1].save(out)
        was, ours, told, merged = (tables_of(p) for p in (base, mine, theirs, out))
        for table_ in TABLES:
            layout = {**LAYOUTS, **LOGS}[table_]
            wanted = merge_rows(layout, was[table_], ours[table_], told[table_], lambda *_: UNKNOWN)
            assert as_texts(merged[table_]) == as_texts(wanted.of(ours[table_])), table_
        listed = sum(
            len(merge_rows({**LAYOUTS, **LOGS}[t], was[t], ours[t], told[t], lambda *_: UNKNOWN).conflicts)
            for t in TABLES
        )
        assert len(summary.conflicts) == listed
        assert set(hidden_rows(mine)) <= set(hidden_rows(out))


def as_texts(rows: Any) -> list[Any]:
    texts = [{h: plain(c) for h, c in row.items() if plain(c)} for row in rows.rows]
    return sorted(sorted(row.items()) for row in texts if row)


@settings(max_examples=2 if EFFORT == "ci" else 3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(EDITS, EDITS)
def test_after_any_edits_the_merged_file_holds_what_the_core_says(
    one: list[tuple[str, str, int, int]], other: list[tuple[str, str, int, int]]
) -> None:
    the_file_holds_what_the_core_says(one, other)


@pytest.mark.slow
@settings(max_examples=6 if EFFORT == "ci" else 200, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(EDITS, EDITS)
def test_after_many_more_edits_the_merged_file_holds_what_the_core_says(
    one: list[tuple[str, str, int, int]], other: list[tuple[str, str, int, int]]
) -> None:
    the_file_holds_what_the_core_says(one, other)
