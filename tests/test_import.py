"""Importing files and reading them in place give the same claims; only what Recoup needs reaches a tab."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from recoup import doors
from recoup.model import RecoupError
from workbooks import (
    AS_OF,
    REPORTS,
    Desk,
    Seller,
    blank_book,
    cells,
    claims,
    copy_of,
    imported_book,
    make_book,
    refresh,
    refreshed_book,
    seen,
    table,
    without,
)


def empty_book(folder: Path) -> Path:
    return blank_book(folder)


def headings(book: Path, tab: str) -> list[str]:
    return [str(c.value) for c in seen(book)[tab][1]]


def periods(book: Path) -> dict[str, tuple[date, date]]:
    rows = table(book, "ReportPeriods")
    return {r["Report"]: (r["From"].date(), r["To"].date()) for r in rows}


# ---- the same claims, whichever way the reports come


def test_files_read_in_place_give_the_same_claims_as_the_same_files_imported(tmp_path: Path) -> None:
    imported = refreshed_book(tmp_path)
    (tmp_path / "other").mkdir()
    in_place = empty_book(tmp_path / "other")
    folder = tmp_path / "reports"
    Seller().write(folder)
    refresh(in_place, folders=[folder])
    ours = ("Evidence rows",)
    assert {k: without(r, *ours) for k, r in claims(in_place).items()} == {
        k: without(r, *ours) for k, r in claims(imported).items()
    }
    left = [without(r, "Rows") for r in table(imported, "NotClaimed")]
    assert [without(r, "Rows") for r in table(in_place, "NotClaimed")] == left


def test_evidence_of_files_names_the_file_its_line_and_its_sha256(tmp_path: Path) -> None:
    import hashlib

    book = empty_book(tmp_path)
    files = Seller().write(tmp_path / "reports")
    refresh(book, folders=[tmp_path / "reports"])
    by_name = {p.name: p for p in files}
    rows = table(book, "Evidence")
    assert rows
    for row in rows:
        source = by_name[row["Sheet or file"]]
        lines = source.read_text(encoding="utf-8").splitlines()
        named = [
            part.split()[-1] for part in row["Identifiers"].split(" · ") if part.startswith(("FNSKU", "SKU"))
        ]
        assert any(name in lines[row["Row"] - 1] for name in named)
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        assert row["Link"] == f"line {row['Row']} · SHA-256 {digest}"


def test_the_same_files_in_tabs_and_in_the_folder_do_not_count_twice(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = {k: (r["Units"], r["Claim value"], r["Status"]) for k, r in claims(book).items()}
    Seller().write(tmp_path / "reports")
    refresh(book, folders=[tmp_path / "reports"])
    assert {k: (r["Units"], r["Claim value"], r["Status"]) for k, r in claims(book).items()} == before


def test_importing_the_same_files_twice_gives_the_same_claims(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    doors.import_files(book, Seller().write(tmp_path / "reports"))
    refresh(book)
    (tmp_path / "once").mkdir()
    once = claims(refreshed_book(tmp_path / "once"))
    drop = ("Evidence rows",)
    assert {k: without(r, *drop) for k, r in claims(book).items()} == {
        k: without(r, *drop) for k, r in once.items()
    }


def test_a_folder_or_a_zip_of_the_files_is_as_good_as_the_files(tmp_path: Path) -> None:
    files = Seller().write(tmp_path / "reports")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in files:
            archive.write(file, file.name)
    books = []
    for name, source in (("folder", tmp_path / "reports"), ("zip", tmp_path / "all.zip")):
        (tmp_path / name).mkdir()
        books.append(empty_book(tmp_path / name))
        doors.import_files(books[-1], [source])
    for tab in REPORTS:
        assert cells(books[0], tab) == cells(books[1], tab) != {}


# ---- under the heading that a tab has

DOCUMENTS = (
    "Document ID,Kind,Applies to,Date,Path or link,Note",
    'D-1,invoice,SKU-LOST,2026-01-05,C:\\scans\\1.pdf,"a, b"',
    "D-2,photo,SKU-DAMG,2026-01-06,C:\\scans\\2.jpg,",
)
TURNED = (
    "Path or link,Note,Applies to,Kind,Document ID,Date",
    "C:\\scans\\1.pdf,,SKU-LOST,invoice,D-1,2026-01-05",
)
SHORT = ("Kind,Applies to,Path or link,Note", "invoice,SKU-LOST,C:\\scans\\1.pdf,in the safe")


def import_documents(book: Path, *lines: str, engine: str = "package") -> list[list[str]]:
    """Import them as a file and give the filled rows of the tab."""
    file = book.parent / "Documents.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    doors.import_files(book, [file], engine=engine)
    rows = [[str(c.value or "") for c in row] for row in seen(book)["Documents"].iter_rows()]
    return [row for row in rows if any(row)]


@pytest.mark.parametrize("engine", ["package", "openpyxl"])
@pytest.mark.parametrize("lines", [DOCUMENTS, TURNED])
def test_own_records_go_under_the_heading_that_the_tab_came_with(
    tmp_path: Path, lines: tuple[str, ...], engine: str
) -> None:
    book = empty_book(tmp_path)
    rows = import_documents(book, *lines, engine=engine)
    assert rows[0] == DOCUMENTS[0].split(",")
    assert [r[0] for r in rows[1:]] == [f"D-{n}" for n in range(1, len(lines))]
    assert rows[1][2:5] == ["SKU-LOST", "2026-01-05", "C:\\scans\\1.pdf"]
    done = refresh(book)
    assert len(done.reports.documents) == len(lines) - 1
    assert not any("twice" in p.problem for p in done.problems)


def test_records_with_other_columns_keep_their_own_heading(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    rows = import_documents(book, *SHORT)
    assert [list(filter(None, r)) for r in rows[1:]] == [line.split(",") for line in SHORT]
    done = refresh(book)
    assert list(done.reports.documents["path"]) == ["C:\\scans\\1.pdf"]
    assert not any("twice" in p.problem for p in done.problems)


def test_records_imported_or_pasted_below_others_count_once(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    import_documents(book, *DOCUMENTS)
    rows = import_documents(book, *DOCUMENTS[:2], "D-3,invoice,SKU-WAIT,2026-02-01,C:\\scans\\3.pdf,")
    assert [r[0] for r in rows] == ["Document ID", "D-1", "D-2", "Document ID", "D-1", "D-3"]
    with Desk(book) as desk:  # pasted without a heading
        desk.workbook["Documents"].append(["D-4", "photo", "SKU-DAMG", "2026-02-02", "C:\\scans\\4.jpg"])
    done = refresh(book)
    assert sorted(done.reports.documents["document_id"]) == ["D-1", "D-2", "D-3", "D-4"]


# ---- what reaches a tab


def test_every_cell_of_a_report_tab_is_text_as_it_was_written(tmp_path: Path) -> None:
    seller = Seller().lose("2026-10-20", "0001234567", 1, "000777", sku="007", title="1.10")
    book = make_book(tmp_path, seller)
    sheet = seen(book)["Inventory Ledger"]
    last = list(sheet[sheet.max_row])
    assert [c.value for c in last if c.value in ("0001234567", "007", "000777", "1.10")] == [
        "0001234567",
        "007",
        "1.10",
        "000777",
    ]
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value is not None} == {"s"}


@pytest.mark.parametrize("all_columns", [False, True])
def test_buyer_columns_never_reach_a_tab_and_are_named(tmp_path: Path, all_columns: bool) -> None:
    book = empty_book(tmp_path)
    seller = Seller()
    done, _ = doors.import_files(book, seller.write(tmp_path / "reports"), all_columns=all_columns)
    returns = next(i for i in done if i.file.startswith("customer-returns"))
    assert returns.buyer == ["customer-comments"]
    assert "customer-comments" not in headings(book, "Customer Returns")
    with zipfile.ZipFile(book) as package:
        assert not any(b"Mrs Buyer" in package.read(n) for n in package.namelist())
    assert ("Fulfillment Center" in headings(book, "Inventory Ledger")) is True
    assert ("account type" in headings(book, "Transactions")) is all_columns


def test_where_the_buyer_lives_never_reaches_a_tab(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    doors.import_files(book, Seller().write(tmp_path / "reports"), all_columns=True)
    with zipfile.ZipFile(book) as package:
        for text in (b"SEATTLE", b"98101"):
            assert not any(text in package.read(n) for n in package.namelist()), text


def test_a_pasted_tab_with_buyer_columns_is_a_warning_with_a_remedy(tmp_path: Path) -> None:
    from workbooks import paste_seller

    book = refreshed_book(tmp_path)
    paste_seller(book, Seller(), "Customer Returns")
    refresh(book)
    (row,) = [r for r in table(book, "Checks") if "customer-comments" in str(r)]
    assert row["Severity"] == "warning"
    assert row["What to do"]
    with zipfile.ZipFile(book) as package:
        parts = [n for n in package.namelist() if b"Mrs Buyer" in package.read(n)]
    shared = "xl/sharedStrings.xml"
    names = seen(book).sheetnames
    allowed = {shared, f"xl/worksheets/sheet{names.index('Customer Returns') + 1}.xml"}
    assert set(parts) <= allowed


def covered(book: Path) -> dict[str, tuple[date, date]]:
    """Covered from and to per report, as Home shows them."""
    rows = [r for r in table(book, "HomeReports") if r["Covered from"]]
    return {r["Report"]: (r["Covered from"].date(), r["Covered to"].date()) for r in rows}


def test_the_period_a_file_states_counts_after_import(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    refresh(book)
    whole = (date(2026, 5, 1), date(2026, 11, 14))
    reports = ("Inventory Ledger", "Reimbursements", "Customer Returns", "Transactions")
    assert covered(book) == dict.fromkeys(reports, whole)


def test_a_period_given_with_covers_is_the_one_that_counts(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    files = []
    for file in Seller().write(tmp_path / "reports"):
        files.append(file.rename(file.with_name(f"download {len(files)}{file.suffix}")))
    doors.import_files(book, files, covers="2026-05-01:2026-11-14")
    refresh(book)
    assert {r["Status"] for r in claims(book).values() if r["FNSKU"] == "X00LOST01A"} == {"Ready"}
    assert covered(book)["Reimbursements"] == (date(2026, 5, 1), date(2026, 11, 14))


def test_without_a_stated_period_few_rows_are_a_question_and_no_ready_claim(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    files = []
    for file in Seller().write(tmp_path / "reports"):
        files.append(file.rename(file.with_name(f"download {len(files)}{file.suffix}")))
    doors.import_files(book, files)
    refresh(book)
    rows = [r for r in claims(book).values() if r["Status"] != "Expired"]
    assert {r["Status"] for r in rows} == {"Needs input"}
    assert all(
        "confirm the period of Reimbursements" in r["Missing"]
        for r in rows
        if r["Kind"] == "lost_in_warehouse"
    )


def test_a_date_typed_as_covers_to_on_home_settles_the_question(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    seller = Seller()
    for number in range(4):  # five rows and more, so that only the end is unknown
        seller.pay(f"2026-10-{20 + number}", f"77700{number}", "X00OTHR01A", "1.00")
    files = []
    for file in seller.write(tmp_path / "reports"):
        name = file.name if "inventory" in file.name else f"download {len(files)}{file.suffix}"
        files.append(file.rename(file.with_name(name)))
    doors.import_files(book, files)
    refresh(book)
    wait = next(r for r in claims(book).values() if r["FNSKU"] == "X00LOST01A")
    assert wait["Status"] == "Needs input"
    with Desk(book) as desk:
        grid = desk.table("HomeReports")
        for row in grid.rows[1:]:
            if row[0].value == "Reimbursements":
                row[grid.headers.index("Covers to")].value = datetime(2026, 11, 14)
    refresh(book)
    assert claims(book)[wait["Claim ID"]]["Status"] == "Ready"
    kept = next(r for r in table(book, "HomeReports") if r["Report"] == "Reimbursements")
    assert kept["Covers to"] == datetime(2026, 11, 14)


# ---- files that are no reports


def test_a_file_that_is_no_report_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    before = book.read_bytes()
    odd = tmp_path / "shopping list.txt"
    odd.write_text("milk\teggs\tbread\n1\t2\t3\n2\t3\t4\n", encoding="utf-8")
    ((item,), _) = doors.import_files(book, [odd])
    assert (item.tabs, item.rows) == ([], 0)
    assert item.problems
    assert item.problems[0].remedy
    assert book.read_bytes() == before


def test_a_good_file_is_imported_although_another_is_bad(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    files = Seller().write(tmp_path / "reports")
    page = tmp_path / "page.txt"
    page.write_text("<!doctype html><html><body>Sign in</body></html>", encoding="utf-8")
    done, _ = doors.import_files(book, [page, *files])
    assert not done[0].tabs
    assert "web page" in done[0].problems[0].problem
    assert all(i.tabs for i in done[1:])


def test_a_missing_file_stops_the_import_before_anything_is_written(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    before = book.read_bytes()
    files = Seller().write(tmp_path / "reports")
    with pytest.raises(RecoupError, match=r"nothere\.txt"):
        doors.import_files(book, [*files, tmp_path / "nothere.txt"])
    assert book.read_bytes() == before


def test_an_import_of_nothing_says_so(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(RecoupError, match="nothing"):
        doors.import_files(book, [tmp_path / "nothing"])


def test_a_second_month_is_added_below_the_first_and_counts_once(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    rows = seen(book)["Inventory Ledger"].max_row
    more = Seller(ledger=[]).lose("2026-11-01", "X00LATE01A", 1, "7001")
    more.ledger.append(Seller().ledger[0])  # overlaps with the first export by one row
    file = next(f for f in more.write(tmp_path / "more") if "ledger" in f.name)
    file = file.rename(file.with_name("inventory-ledger_2026-10-15_2026-11-14.txt"))
    doors.import_files(book, [file])
    assert seen(book)["Inventory Ledger"].max_row == rows + 3
    refresh(book, AS_OF)
    found = {r["FNSKU"]: r["Units"] for r in claims(book).values()}
    assert (found["X00LOST01A"], found["X00LATE01A"]) == (2, 1)


def test_importing_shows_a_hidden_tab_and_touches_no_other_sheet(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    other = copy_of(book, _made(tmp_path / "other"))
    doors.import_files(other, Seller().write(tmp_path / "reports")[:1])
    for sheet in ("Claims", "Not Claimed", "Evidence", "Cases", "Journal", "Settings", "Home"):
        assert cells(other, sheet) == cells(book, sheet)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
