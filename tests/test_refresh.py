"""A refresh fills the sheets, changes nothing that did not change, and leaves people's cells alone."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from recoup.sheets import TABLES
from workbooks import (
    AS_OF,
    Desk,
    Grid,
    Seller,
    cells,
    claim_of,
    claims,
    grid,
    imported_book,
    make_book,
    paste_seller,
    people_columns,
    refresh,
    refreshed_book,
    replace_report,
    seen,
    table,
    without,
)

NEXT_DAY = date(2026, 11, 16)
YELLOW = PatternFill("solid", fgColor="FFFFFF00")
FORMULAS = (
    r"=IF\(Claims\[\[#This Row\],\[Deadline\]\]=\"\",\"\",Claims\[\[#This Row\],\[Deadline\]\]-TODAY\(\)\)",
    r"=HYPERLINK\(\"#'Evidence'!A\"&\(ROW\(Evidence\[\[#Headers\],\[Claim ID\]\]\)"
    r"\+MATCH\(Claims\[\[#This Row\],\[Claim ID\]\],Evidence\[Claim ID\],0\)\),\"\d+ rows\"\)",
    r"=HYPERLINK\(\"#'[A-Za-z ]+'!A\d+\",\"row \d+\"\)",
    r"=HYPERLINK\(\"#'[A-Za-z ]+'!A1\",\"[A-Za-z ]+\"\)",
    r"=HYPERLINK\(\"#'Claims'!A\"&\(ROW\(Claims\[\[#Headers\],\[Claim ID\]\]\)"
    r"\+MATCH\(\"[A-Z]{2}-[A-Z2-7]{13}\",Claims\[Claim ID\],0\)\),\"[A-Z]{2}-[A-Z2-7]{13}\"\)",
    r"=HYPERLINK\(\"#'Cases'!A\"&\(ROW\(Cases\[\[#Headers\],\[Case\]\]\)"
    r"\+MATCH\(\"C-[A-Z]{2}-[A-Z2-7]{13}\",Cases\[Case\],0\)\),\"C-[A-Z]{2}-[A-Z2-7]{13}\"\)",
    r"=IF\(HomeDeadlines\[\[#This Row\],\[(?:File by|Deadline)\]\]=\"\",\"\","
    r"HomeDeadlines\[\[#This Row\],\[(?:File by|Deadline)\]\]-TODAY\(\)\)",
    r"=HYPERLINK\(\"#'Policy'!A\"&\(ROW\(Policy\[\[#Headers\],\[Rule\]\]\)"
    r"\+MATCH\(\"[a-z_.A-Z0-9-]+\",Policy\[Rule\],0\)\),\"[^\"]*\"\)",
    r"=IF\(ISNUMBER\(Recoup_RefreshedOn\),.*\"not refreshed yet\"\)",
)


def plain_day(value: object) -> date:
    assert isinstance(value, datetime)
    return value.date()


# ---- what a refresh fills


def test_claims_hold_units_value_window_and_days_left_of_each_event(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")
    assert (lost["Kind"], lost["Status"], lost["Units"]) == ("lost_in_warehouse", "Ready", 2)
    assert (lost["Unit value"], lost["Claim value"], lost["Currency"]) == (12.5, 25, "USD")
    assert (plain_day(lost["Opens"]), plain_day(lost["Deadline"])) == (date(2026, 10, 20), date(2026, 12, 19))
    assert plain_day(lost["File by"]) == date(2026, 12, 16)
    assert lost["Days left"] == (date(2026, 12, 19) - AS_OF).days
    assert lost["Reference ID"] == "9001"
    assert "3 misplaced 2026-10-20, 1 found 2026-10-25" in lost["Why"]
    assert "read to 2026-11-14" in lost["Why"]


@pytest.mark.parametrize(
    ("fnsku", "kind", "status", "units", "value"),
    [
        ("X00WAIT01A", "lost_in_warehouse", "Waiting", 1, 3),
        ("X00DAMG01A", "damaged_in_warehouse", "Ready", 2, 8),
        ("X00OLDL01A", "lost_in_warehouse", "Expired", 1, 2),
        ("X00UNDR01A", "reimbursement_underpaid", "Ready", 1, 4),
        ("X00REVE01A", "reimbursement_reversed", "Ready", 1, 7.5),
        ("X00NOVA01A", "lost_in_warehouse", "Ready", 1, None),
        ("X00ORDR01A", "return_damaged_by_amazon", "Ready", 1, 20),
    ],
)
def test_every_kind_of_the_small_seller_stands_on_claims(
    tmp_path: Path, fnsku: str, kind: str, status: str, units: int, value: float | None
) -> None:
    row = claim_of(refreshed_book(tmp_path), fnsku, kind)
    assert (row["Status"], row["Units"], row["Claim value"]) == (status, units, value)


def test_an_unknown_value_is_an_empty_cell_and_is_named_in_missing(tmp_path: Path) -> None:
    row = claim_of(refreshed_book(tmp_path), "X00NOVA01A")
    assert row["Unit value"] is None
    assert row["Claim value"] is None
    assert "unit cost" in row["Missing"]


def test_claims_stand_in_order_of_priority_after_the_first_fill(tmp_path: Path) -> None:
    order = [row["Priority"] for row in table(refreshed_book(tmp_path), "Claims")]
    known = [p for p in order if p is not None]
    assert known == sorted(known, reverse=True)
    assert order[: len(known)] == known


def test_what_is_not_claimed_stands_there_with_reason_units_and_rows(tmp_path: Path) -> None:
    lines = {(r["FNSKU"], r["Reason"]): r for r in table(refreshed_book(tmp_path), "NotClaimed")}
    assert lines["X00PAID01A", "paid"]["Units"] == 1
    assert lines["X00FOUN01A", "found"]["Units"] == 2
    assert lines["X00LOST01A", "found"]["Units"] == 1
    assert "Reimbursements 2" in lines["X00PAID01A", "paid"]["Rows"]


def test_evidence_names_the_tab_and_row_and_that_row_holds_what_it_says(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    sheets = load_workbook(book, data_only=True)
    lost = claim_of(book, "X00LOST01A")["Claim ID"]
    rows = [r for r in table(book, "Evidence") if r["Claim ID"] == lost]
    assert [(r["Role"], r["Units"]) for r in rows] == [("loss", 3), ("found", -1), ("cost", None)]
    for row in rows:
        source = [str(c.value) for c in sheets[row["Sheet or file"]][row["Row"]]]
        assert "X00LOST01A" in source
        assert "X00LOST01A" in row["Identifiers"]


def test_evidence_of_an_order_claim_holds_every_amount_its_value_is_made_of(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    claim = claim_of(book, "X00ORDR01A", "return_damaged_by_amazon")
    rows = [r for r in table(book, "Evidence") if r["Claim ID"] == claim["Claim ID"]]
    amounts = [r["Amount"] for r in rows if r["Role"] in ("sale", "fee")]
    assert round(sum(amounts), 2) == claim["Claim value"] == 20  # 30.00 - 4.50 - 5.50


def test_home_shows_next_step_day_person_money_deadlines_and_reports(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    home = cells(book, "Home", values=True)
    assert home["B4"].startswith("File 7 claims that are ready")
    assert (home["C5"], home["C6"]) == (datetime(2026, 11, 15, 9), "Ann")
    assert home["E5"] == datetime(2026, 11, 15)
    money = {r["Status"]: r for r in table(book, "HomeMoney")}
    rows = claims(book).values()
    for status, row in money.items():
        mine = [r for r in rows if r["Status"] == status]
        assert row["Claims"] == len(mine)
        assert row["Value"] == sum(r["Claim value"] or 0 for r in mine)
        assert row["Without a value"] == sum(r["Claim value"] is None for r in mine)
    deadlines = [r["File by"] for r in table(book, "HomeDeadlines")]
    assert deadlines == sorted(deadlines)
    assert len(deadlines) == money["Ready"]["Claims"]
    ledger = next(r for r in table(book, "HomeReports") if r["Report"] == "Inventory Ledger")
    assert (ledger["State"], ledger["Rows"]) == ("read", 11)
    assert (plain_day(ledger["Covered from"]), plain_day(ledger["Covered to"])) == (
        date(2026, 5, 1),
        date(2026, 11, 14),
    )


def test_home_does_not_say_it_was_never_refreshed_to_a_viewer_that_does_not_calculate(tmp_path: Path) -> None:
    assert cells(refreshed_book(tmp_path), "Home", values=True)["B5"] != "not refreshed yet"


def test_checks_says_which_kinds_were_not_run_and_which_tab_lets_them_run(tmp_path: Path) -> None:
    book = make_book(tmp_path, skip=("Customer Returns",))
    refresh(book)
    kinds = {r["Kind"] for r in claims(book).values()}
    assert not kinds & {"return_not_received", "return_damaged_by_amazon"}
    problems = [r["Problem"] + r["What to do"] for r in table(book, "Checks")]
    for kind in ("return_not_received", "return_damaged_by_amazon"):
        assert any(kind in p and "Customer Returns" in p for p in problems)


# ---- formulas


def test_every_formula_is_built_from_names_and_numbers_and_has_a_cached_value(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    formulas, values = seen(book), seen(book, values=True)
    allowed = [re.compile(p) for p in FORMULAS]
    count = 0
    for name in ("Home", "Claims", "Not Claimed", "Evidence", "Checks", "Cases", "Journal"):
        for row in formulas[name].iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                assert any(p.fullmatch(str(cell.value)) for p in allowed), (
                    f"{name}!{cell.coordinate} {cell.value}"
                )
                blank_pattern = name == "Home" or "Deadline" in str(cell.value)
                assert blank_pattern or values[name][cell.coordinate].value is not None
    assert count > 30


def test_no_sheet_has_a_hyperlinks_element(tmp_path: Path) -> None:
    with zipfile.ZipFile(refreshed_book(tmp_path)) as package:
        for part in package.namelist():
            if part.startswith("xl/worksheets/sheet"):
                assert b"<hyperlink" not in package.read(part), part


HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1+1", "\r=1+1")


def test_text_of_a_report_that_looks_like_a_formula_stays_text_on_every_sheet(tmp_path: Path) -> None:
    seller = Seller()
    for number, text in enumerate(HOSTILE):
        fnsku = f"X00HOST{number}0A"
        seller.lose("2026-10-20", fnsku, 2, text, sku=f"{text}{number}", title=text)
        seller.lose("2026-09-20", fnsku, 1, f"{text}2", sku=f"{text}{number}", title=text)
        seller.pay("2026-09-25", f"{text}3", fnsku, "5.00")
    book = make_book(tmp_path, seller)
    refresh(book)
    open_ones = {r["FNSKU"]: r for r in claims(book).values() if "HOST" in r["FNSKU"]}
    assert len(open_ones) == len(HOSTILE)
    for number, text in enumerate(HOSTILE):
        claim = open_ones[f"X00HOST{number}0A"]
        shown = (claim["SKU"], claim["Product"], claim["Reference ID"])
        whole = (f"{text}{number}", text, text)
        assert [x.strip().lstrip("=") for x in shown] == [x.strip().lstrip("=") for x in whole]
    with Desk(book) as desk:
        for claim in open_ones.values():
            desk.type(claim["Claim ID"], Decision="Take up")
    refresh(book)
    assert len(table(book, "Cases")) == len(HOSTILE)
    formulas = [re.compile(p) for p in FORMULAS]
    for sheet in seen(book).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and sheet.title not in ("Settings", "Policy", "Reason Codes"):
                    assert any(p.fullmatch(str(cell.value)) for p in formulas), f"{sheet.title} {cell.value}"
    with zipfile.ZipFile(book) as package:
        for part in package.namelist():
            if part.startswith("xl/worksheets/sheet"):
                inside = re.findall(rb"<f[ >].*?</f>", package.read(part), re.S)
                assert not any(b"1+1" in f or b"cmd" in f or b"http" in f or b"SUM(A1)" in f for f in inside)


def test_a_text_inside_a_formula_is_never_longer_than_excel_allows(tmp_path: Path) -> None:
    for row in seen(refreshed_book(tmp_path))["Claims"].iter_rows():
        for cell in row:
            if cell.data_type == "f":
                texts = re.findall(r'"((?:[^"]|"")*)"', str(cell.value))
                assert max(map(len, texts)) <= 255, cell.coordinate


# ---- twice, and in another order


def test_a_second_refresh_changes_no_cell_of_claims_not_claimed_and_cases(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = {s: cells(book, s) for s in ("Claims", "Not Claimed", "Cases", "Evidence", "Checks", "Journal")}
    refresh(book)
    assert {s: cells(book, s) for s in before} == before


def test_a_second_refresh_leaves_the_xml_of_claims_as_it_was(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    parts = {n: _part_of(book, n) for n in ("Claims", "Not Claimed", "Cases", "Evidence", "Journal")}
    refresh(book)
    assert {n: _part_of(book, n) for n in parts} == parts


def _part_of(book: Path, sheet: str) -> bytes:
    number = load_workbook(book, read_only=True).sheetnames.index(sheet) + 1
    with zipfile.ZipFile(book) as package:
        return package.read(f"xl/worksheets/sheet{number}.xml")


def test_the_next_day_only_last_seen_and_what_counts_days_differ(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = claims(book)
    refresh(book, NEXT_DAY)
    after = claims(book)
    for key, row in after.items():
        assert plain_day(row["Last seen"]) == NEXT_DAY
        ours = ("Last seen", "Days left", "Priority")
        assert without(row, *ours) == without(before[key], *ours)
        assert row["Days left"] == before[key]["Days left"] - 1


def test_the_same_reports_in_another_row_order_give_the_same_claims(tmp_path: Path) -> None:
    straight = refreshed_book(tmp_path)
    (tmp_path / "turned").mkdir()
    turned = make_book(tmp_path / "turned", backwards=True)
    refresh(turned)
    assert claims(turned) == claims(straight)
    left = [without(r, "Rows") for r in table(straight, "NotClaimed")]
    assert [without(r, "Rows") for r in table(turned, "NotClaimed")] == left
    drop = ("Row", "Link")
    evidence = [without(r, *drop) for r in table(straight, "Evidence")]
    assert [without(r, *drop) for r in table(turned, "Evidence")] == evidence


def test_a_change_of_units_keeps_the_id_and_stands_in_the_journal(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")["Claim ID"]
    paste_seller(book, Seller().find("2026-11-01", "X00LOST01A", 1, "9990"), "Inventory Ledger")
    refresh(book, hour=10)
    assert claims(book)[lost]["Units"] == 1
    assert claims(book)[lost]["Claim value"] == 12.5
    noted = [
        (r["Field"], r["From"], r["To"], r["Who"]) for r in table(book, "Journal") if r["Claim ID"] == lost
    ]
    assert noted[-2:] == [("Units", "2", "1", "Ann"), ("Claim value", "25", "12.5", "Ann")]


def test_new_claims_are_appended_below_and_no_row_moves(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = [r["Claim ID"] for r in table(book, "Claims")]
    seller = Seller().lose("2026-10-01", "X00NEWL01A", 40, "8888")
    seller.costs.append({"fnsku": "X00NOVA01A", "approved": "900.00"})
    paste_seller(book, seller, "Inventory Ledger", "Sourcing Costs")
    refresh(book)
    after = [r["Claim ID"] for r in table(book, "Claims")]
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


# ---- people's view


def test_what_people_type_stays_and_never_moves(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost, damaged = (claim_of(book, f)["Claim ID"] for f in ("X00LOST01A", "X00DAMG01A"))
    with Desk(book) as desk:
        desk.type(lost, Decision="Hold", Decided_by="Bob", Decision_note="=not a formula? ask Ann")
        desk.type(damaged, Decision_note="second look")
        mine = desk.table("Claims")
        mine.cell(lost, "Decision").fill = YELLOW
        mine.cell(lost, "Decision note").comment = Comment("seen", "Bob")
    before = {h: [r[h] for r in table(book, "Claims")] for h in people_columns("Claims")}
    paste_seller(book, Seller().lose("2026-10-01", "X00NEWL01A", 1, "8888"), "Inventory Ledger")
    refresh(book)
    after = table(book, "Claims")
    for header, column in before.items():
        assert [r[header] for r in after[: len(column)]] == column
        assert all(r[header] is None for r in after[len(column) :])
    cell = grid(book, "Claims", values=False).cell(lost, "Decision")
    assert cell.fill.fgColor.rgb == "FFFFFF00"
    assert grid(book, "Claims", values=False).cell(lost, "Decision note").comment.text == "seen"


@pytest.mark.parametrize("at", [0, 5, None])
def test_columns_that_people_add_anywhere_keep_their_cells(tmp_path: Path, at: int | None) -> None:
    book = refreshed_book(tmp_path)
    names = ("Claims", "NotClaimed")
    with Desk(book) as desk:
        for name in names:
            _insert_column(desk.table(name), "Ours", at)
    before = {n: [(r["Claim ID"], r["Ours"]) for r in table(book, n)] for n in names}
    assert all(rows[1][1] == "ours 1" for rows in before.values())
    paste_seller(book, Seller().lose("2026-10-01", "X00NEWL01A", 1, "8888"), "Inventory Ledger")
    refresh(book)
    for name in names:
        after = [(r["Claim ID"], r["Ours"]) for r in table(book, name)]
        assert after[: len(before[name])] == before[name]
        assert all(ours is None for _, ours in after[len(before[name]) :])


def _insert_column(mine: Grid, header: str, at: int | None) -> None:
    """What Excel does on Insert > Table Columns: cells right of it move, the table part gains a column."""
    from openpyxl.utils import get_column_letter, range_boundaries
    from openpyxl.worksheet.table import TableColumn

    sheet, part = mine.sheet, mine.table
    left, top, right, bottom = range_boundaries(part.ref)
    column = right + 1 if at is None else left + at
    for row in range(top, bottom + 1):
        for source in range(right, column - 1, -1):
            sheet.cell(row, source + 1).value = sheet.cell(row, source).value
            sheet.cell(row, source + 1).number_format = sheet.cell(row, source).number_format
        sheet.cell(row, column).value = header if row == top else f"ours {row - top - 1}"
    part.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right + 1)}{bottom}"
    if part.autoFilter is not None:
        part.autoFilter.ref = part.ref
    new = TableColumn(id=max(c.id for c in part.tableColumns) + 1, name=header)
    part.tableColumns.insert(column - left, new)


def test_rows_that_people_sorted_keep_their_order_and_get_their_own_numbers(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        mine = desk.table("Claims")
        for number, row in enumerate(mine.rows[1:]):
            row[mine.headers.index("Decision note")].value = f"note {number}"
        body = [[c.value for c in row] for row in mine.rows[1:]]
        for row, old in zip(mine.rows[1:], reversed(body), strict=True):
            for cell, value in zip(row, old, strict=True):
                cell.value = value
    before = [(r["Claim ID"], r["Decision note"]) for r in table(book, "Claims")]
    units = {k: r["Units"] for k, r in claims(refreshed_book(_sub(tmp_path))).items()}
    refresh(book)
    assert [(r["Claim ID"], r["Decision note"]) for r in table(book, "Claims")] == before
    assert {k: r["Units"] for k, r in claims(book).items()} == units


def _sub(folder: Path) -> Path:
    (folder / "other").mkdir(exist_ok=True)
    return folder / "other"


def test_rows_hidden_by_a_filter_stay_hidden_and_new_ones_are_visible_and_home_says_so(
    tmp_path: Path,
) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        mine = desk.table("Claims")
        for row in mine.rows[3:]:
            mine.sheet.row_dimensions[row[0].row].hidden = True
        mine.table.autoFilter.ref = mine.table.ref
        from openpyxl.worksheet.filters import FilterColumn, Filters

        mine.table.autoFilter.filterColumn.append(FilterColumn(colId=2, filters=Filters(filter=["Ready"])))
    hidden = _hidden(book)
    paste_seller(book, Seller().lose("2026-10-01", "X00NEWL01A", 1, "8888"), "Inventory Ledger")
    refresh(book)
    assert _hidden(book) == hidden
    view = grid(book, "Claims", values=False)
    assert not view.sheet.row_dimensions[view.rows[-1][0].row].hidden
    assert view.table.autoFilter.filterColumn
    assert "filter active, 3 of 11 rows shown, 1 new row" in str(cells(book, "Home", values=True).get("E6"))


def _hidden(book: Path) -> list[int]:
    view = grid(book, "Claims", values=False)
    return [r[0].row for r in view.rows if view.sheet.row_dimensions[r[0].row].hidden]


def test_renamed_tabs_still_work(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        desk.workbook["Claims"].title = "Our claims"
        desk.workbook["Cases"].title = "Fälle & mehr"
    paste_seller(book, Seller().lose("2026-10-01", "X00NEWL01A", 1, "8888"), "Inventory Ledger")
    refresh(book)
    assert len(grid(book, "Claims", values=False).records()) == 11


def test_a_link_from_home_follows_a_renamed_tab(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        desk.workbook["Claims"].title = "Our claims"
    refresh(book)
    link = grid(book, "HomeDeadlines", values=False).records()[0]["Claim"]
    assert "'Our claims'" in link


def test_a_sheet_and_formulas_of_their_own_stay(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        desk.workbook.create_sheet("Ours")["A1"] = "=SUM(Claims[Claim value])"
    refresh(book)
    assert cells(book, "Ours") == {"A1": "=SUM(Claims[Claim value])"}


OVERTYPED: dict[str, object] = {
    "Units": 99,
    "Claim value": 1,
    "Status": "Paid",
    "SKU": "MY-SKU",
    "Why": "because",
}


def test_cells_of_recoup_that_were_typed_over_are_restored_named_and_journalled(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = claims(book)
    typed = dict(zip(before, OVERTYPED.items(), strict=False))
    with Desk(book) as desk:
        for key, (header, value) in typed.items():
            desk.type(key, **{header.replace(" ", "_"): value})
    refresh(book, hour=10)
    assert claims(book) == before
    shown = {(r["Column"], r["Problem"]) for r in table(book, "Checks")}
    journal = {(r["Claim ID"], r["Field"], r["From"]) for r in table(book, "Journal")}
    for key, (header, value) in typed.items():
        assert [p for c, p in shown if c == header and key in p and str(value) in p], header
    assert {(k, h, str(v)) for k, (h, v) in typed.items()} - journal == set()


@pytest.mark.xfail(strict=True, reason="_Recoup remembers only the plain cells of Claims so far")
def test_a_formula_of_recoup_that_was_typed_over_is_restored_and_named(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")
    with Desk(book) as desk:
        desk.type(lost["Claim ID"], Days_left=7)
    refresh(book, hour=10)
    assert claims(book)[lost["Claim ID"]]["Days left"] == lost["Days left"]
    assert any(r["Column"] == "Days left" for r in table(book, "Checks"))


@pytest.mark.xfail(strict=True, reason="_Recoup remembers only the plain cells of Claims so far")
def test_typing_over_recoups_cells_on_other_sheets_is_restored_and_named(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    key = claim_of(book, "X00LOST01A")["Claim ID"]
    with Desk(book) as desk:
        desk.type(key, Decision="Take up")
    refresh(book)
    places = (("NotClaimed", "Why"), ("Cases", "Units"))
    before = {name: grid(book, name).cell(key, header).value for name, header in places}
    with Desk(book) as desk:
        for name, header in places:
            desk.type(key, name, **{header: "typed"})
    refresh(book)
    assert {name: grid(book, name).cell(key, header).value for name, header in places} == before
    named = {(r["Sheet or file"], r["Column"]) for r in table(book, "Checks")}
    assert {(TABLES[name].sheet, header) for name, header in places} <= named


def test_a_deleted_claim_row_comes_back(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = claims(book)
    lost = claim_of(book, "X00LOST01A")["Claim ID"]
    with Desk(book) as desk:
        for cell in desk.table("Claims").row(lost):
            cell.value = None
    refresh(book)
    assert claims(book) == before


# ---- reports that go away


def test_a_claim_whose_report_was_cleared_keeps_its_row_and_says_when_it_was_last_checked(
    tmp_path: Path,
) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")
    replace_report(book, "Inventory Ledger")
    refresh(book, NEXT_DAY)
    row = claims(book)[lost["Claim ID"]]
    assert row["Status"] == "Needs input"
    assert "not rechecked since 2026-11-15" in row["Missing"]
    assert "Inventory Ledger" in row["Missing"]
    assert "2026-10" in row["Missing"]
    kept = ("Units", "Claim value", "Deadline", "SKU", "First seen", "Last seen", "Reference ID")
    assert {k: row[k] for k in kept} == {k: lost[k] for k in kept}


def test_its_evidence_keeps_its_values_and_says_that_the_report_was_cleared(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")["Claim ID"]
    before = [r for r in table(book, "Evidence") if r["Claim ID"] == lost]
    replace_report(book, "Inventory Ledger")
    refresh(book, NEXT_DAY)
    refresh(book, date(2026, 11, 20))
    after = [r for r in table(book, "Evidence") if r["Claim ID"] == lost]
    drop = ("What it shows", "Link")
    assert [without(r, *drop) for r in after] == [without(r, *drop) for r in before]
    assert after[0]["What it shows"] == f"{before[0]['What it shows']} (report cleared 2026-11-16)"


def test_a_claim_comes_back_as_it_was_when_its_report_is_pasted_again(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = claims(book)
    replace_report(book, "Inventory Ledger")
    refresh(book)
    paste_seller(book, Seller(), "Inventory Ledger")
    refresh(book)
    assert claims(book) == before


def test_a_claim_that_amazon_paid_later_is_paid(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    nova = claim_of(book, "X00NOVA01A")["Claim ID"]
    paste_seller(book, Seller().pay("2026-11-12", "5559999", "X00NOVA01A", "4.00"), "Reimbursements")
    refresh(book, NEXT_DAY)
    row = claims(book)[nova]
    assert row["Status"] == "Paid"
    assert "paid" in row["Why"]
    assert not row["Missing"]
    shows = [r["What it shows"] for r in table(book, "Evidence") if r["Claim ID"] == nova]
    assert shows
    assert not any("report cleared" in s for s in shows), "its report is still there"


def test_a_claim_whose_units_were_found_later_is_withdrawn_with_the_reason(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    nova = claim_of(book, "X00NOVA01A")["Claim ID"]
    paste_seller(book, Seller().find("2026-11-13", "X00NOVA01A", 1, "9992"), "Inventory Ledger")
    refresh(book, NEXT_DAY)
    assert claims(book)[nova]["Status"] == "Withdrawn"
    assert "found" in claims(book)[nova]["Why"]


def test_a_claim_partly_found_and_then_expired_is_expired_not_withdrawn(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    lost = claim_of(book, "X00LOST01A")["Claim ID"]  # 3 lost, 1 found, 2 open until 2026-12-19
    refresh(book, date(2027, 5, 1))
    assert claims(book)[lost]["Status"] == "Expired"


def test_a_cleared_claim_past_its_deadline_is_expired(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    damaged = claim_of(book, "X00DAMG01A")["Claim ID"]
    replace_report(book, "Inventory Ledger")
    refresh(book, date(2026, 12, 1))
    assert claims(book)[damaged]["Status"] == "Expired"


def test_payments_that_were_cleared_from_their_tab_never_make_a_paid_loss_ready(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    seller = Seller(paid=[])
    for number in range(6):  # a newer month, pasted over the months that were imported
        seller.pay(f"2026-11-{3 + number:02}", f"77700{number}", "X00OTHR01A", "1.00")
    paste_seller(book, seller, "Reimbursements")
    refresh(book)
    again = [r for r in claims(book).values() if r["FNSKU"] == "X00PAID01A"]
    assert [r["Status"] for r in again] in ([], ["Needs input"])


def test_nothing_is_found_twice_when_the_same_export_is_pasted_again(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = {k: (r["Status"], r["Units"], r["Claim value"]) for k, r in claims(book).items()}
    rows = Seller().tables()["Inventory Ledger"]
    replace_report(book, "Inventory Ledger", [*rows, *rows])
    refresh(book)
    assert {k: (r["Status"], r["Units"], r["Claim value"]) for k, r in claims(book).items()} == before


def test_as_of_decides_everything_and_the_clock_nothing(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    refresh(book, date(2026, 10, 30))
    wait = [r for r in claims(book).values() if r["FNSKU"] == "X00WAIT01A"]
    assert wait == []
    early = [r for r in table(book, "NotClaimed") if r["FNSKU"] == "X00WAIT01A"]
    assert [r["Reason"] for r in early] == ["too early"]
    assert {plain_day(r["First seen"]) for r in claims(book).values()} == {date(2026, 10, 30)}


def test_a_ledger_in_a_tab_of_another_name_is_a_note_and_counts_for_nothing(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = claims(book)
    whole = load_workbook(book)
    stray = whole.create_sheet("My old ledger")
    for row in whole["Inventory Ledger"].iter_rows(values_only=True):
        stray.append(row)
    whole.save(book)
    refresh(book)
    (note,) = [r for r in table(book, "Checks") if r["Sheet or file"] == "My old ledger"]
    assert note["Severity"] == "note"
    assert "not read" in note["Problem"]
    assert {k: r["Units"] for k, r in claims(book).items()} == {k: r["Units"] for k, r in before.items()}
