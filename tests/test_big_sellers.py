"""Reports kept as files: the folder named in Settings, and the way from a row of Evidence to the file and its line."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from looks import convert
from recoup import doors, home
from recoup.model import Formula, RecoupError
from recoup.printing import print_cleared, print_explanation, print_refresh
from recoup.progress import Detail
from recoup.reports import Export, list_files
from recoup.reports_folder import report_files
from recoup.source_files import SourceFiles
from workbooks import (
    AS_OF,
    REPORTS,
    Desk,
    Seller,
    blank_book,
    claim_of,
    claims,
    grid,
    refresh,
    refreshed_book,
    run,
    table,
    without,
)

LEDGER_FILE = REPORTS["Inventory Ledger"]
IN_FILES = ("Evidence rows",)


def set_folder(book: Path, text: str) -> Path:
    with Desk(book) as desk:
        (row,) = [r for r in desk.table("Settings").rows if r[0].value == "Reports folder"]
        row[1].value = text
    return book


def book_with_folder(place: Path, text: str = "reports") -> Path:
    """A workbook whose Settings name that folder; the seller's reports lie in `reports` beside it."""
    Seller().write(place / "reports")
    return set_folder(blank_book(place), text)


def refused(book: Path, folders: list[Path] | None = None) -> str:
    before = book.read_bytes()
    with pytest.raises(RecoupError) as caught:
        refresh(book, folders=folders or [])
    assert book.read_bytes() == before
    return str(caught.value)


def sources(book: Path, claim: str = "X00LOST01A") -> list[dict[str, Any]]:
    number = claim_of(book, claim)["Claim ID"]
    return [r for r in table(book, "Evidence") if r["Claim ID"] == number]


# ---- which folder


@pytest.mark.parametrize(
    "typed", ["reports", "./reports/", "../seller/reports", "~/seller/reports", "{here}/reports"]
)
def test_the_folder_of_settings_is_read_however_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    book = book_with_folder(tmp_path / "seller", typed.format(here=tmp_path / "seller"))
    listing = report_files(doors.open_workbook(book), [])
    assert {name for name, _ in listing.files} == set(REPORTS.values())


@pytest.mark.skipif(os.name == "nt", reason="there a backslash is the separator anyway")
def test_a_relative_path_typed_on_a_windows_computer_means_the_same_here(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    book = book_with_folder(tmp_path, '"deep\\in"')
    shutil.move(tmp_path / "reports", tmp_path / "deep" / "in")
    (folder,) = report_files(doors.open_workbook(book), []).named
    assert folder == tmp_path / "deep" / "in"


@pytest.mark.skipif(os.name == "nt", reason="these are paths there")
@pytest.mark.parametrize(
    "typed", ["C:\\Reports", "c:/Reports", "\\\\server\\share\\reports", "//server\\share", "\\top"]
)
def test_a_path_of_a_windows_computer_is_named_as_such_elsewhere(tmp_path: Path, typed: str) -> None:
    said = refused(book_with_folder(tmp_path, typed))
    assert said.startswith(f"Settings, Reports folder: {typed} is a path of a Windows computer")
    assert "--reports" in said


def _empty(folder: Path) -> None:
    folder.mkdir()


def _file(folder: Path) -> None:
    (folder.parent / "other").mkdir()
    shutil.copy(folder.parent / "reports" / LEDGER_FILE, folder)


def _unreadable(folder: Path) -> None:
    folder.mkdir()
    for name in ("notes.pdf", "ledger.txt.crdownload", ".hidden.csv", "~$ledger.xlsx"):
        (folder / name).write_bytes(b"x")


def _nothing(folder: Path) -> None:
    """Not there."""


@pytest.mark.parametrize(
    ("make", "typed", "said"),
    [
        (_nothing, "gone", "is not there"),
        (_nothing, "https://contoso.sharepoint.com/reports", "is a web address"),
        (_nothing, "~nobody-here/reports", "cannot be found"),
        (_nothing, "gone/" * 2_000, "cannot be opened"),
        (_empty, "gone", "holds no report file"),
        (_file, "gone", "is a file"),
        (_unreadable, "gone", "unfinished downloads, not read: ledger.txt.crdownload"),
    ],
)
def test_a_folder_that_gives_no_reports_is_refused_with_its_row_and_the_remedy(
    tmp_path: Path, make: Any, typed: str, said: str
) -> None:
    book = book_with_folder(tmp_path, typed)
    make(tmp_path / "gone")
    sentence = refused(book)
    assert sentence.startswith("Settings, Reports folder: ")
    assert said in sentence
    assert sentence.endswith("Nothing was changed.")


def test_a_whole_disk_is_no_reports_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoup.reports._folders.MOST_FILES", 4)
    assert "holds more files than a folder of reports does" in refused(book_with_folder(tmp_path))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be read here")
def test_a_subfolder_that_may_not_be_read_is_an_error_on_checks(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    (tmp_path / "reports" / "closed").mkdir(mode=0)
    problems = refresh(book).problems
    assert any("closed cannot be opened" in p.problem for p in problems if p.severity == "error")


def walks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder that is walked from now on."""
    walked: list[Path] = []
    walk = os.walk

    def counted(top: Path, **how: Any) -> Any:
        walked.append(top)
        return walk(top, **how)

    monkeypatch.setattr("recoup.reports._folders.os.walk", counted)
    return walked


def test_a_folder_on_a_slow_share_is_walked_once_per_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, folder = book_with_folder(tmp_path), tmp_path / "reports"
    (tmp_path / "more").mkdir()
    shutil.move(folder / REPORTS["Reimbursements"], tmp_path / "more")
    walked = walks(monkeypatch)
    doors.refresh_book(book, run(), [], target=doors.Target())
    doors.check_book(book, run(), [])
    doors.prepare_book(book, run(), [], target=doors.Target(dry_run=True))
    assert walked == [folder] * 3
    walked.clear()
    doors.refresh_book(book, run(), [folder, tmp_path / "more"], target=doors.Target())
    assert walked == [folder, tmp_path / "more"]


def test_a_file_that_goes_or_turns_into_a_folder_while_reports_are_read_is_an_error_on_checks(
    tmp_path: Path,
) -> None:
    book = book_with_folder(tmp_path)
    ledger, paid = (tmp_path / "reports" / REPORTS[n] for n in ("Inventory Ledger", "Reimbursements"))

    def meanwhile(step: str) -> None:
        if step == "Reading the reports":
            ledger.unlink()
            paid.unlink()
            paid.mkdir()
            (paid.parent / "new.csv").write_bytes(b"came too late")

    done = doors.refresh_book(book, run(), [], target=doors.Target(), progress=meanwhile)
    errors = {p.where: p.problem for p in done.summary.problems if p.severity == "error"}
    assert "cannot be opened" in errors[ledger.name]
    assert "no file that can be read" in errors[paid.name]
    read = {e.where for e in done.summary.reports.exports}
    assert read & set(REPORTS.values()) == set(REPORTS.values()) - {ledger.name, paid.name}
    assert not any("new.csv" in p.where for p in done.summary.problems)


def test_reports_named_on_the_command_line_stand_in_place_of_settings_and_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = book_with_folder(tmp_path, "somewhere/else")
    done = doors.refresh_book(book, run(), [tmp_path / "reports"], target=doors.Target())
    print_refresh(done, as_json=False, strict=False)
    said = f"Reports folder somewhere/else was not read: --reports {tmp_path / 'reports'} stood in its place"
    assert said in capsys.readouterr().out
    assert any(r["Problem"] == said for r in table(book, "Checks"))
    problems = doors.check_book(book, run(), [tmp_path / "reports"])[1]
    assert any(p.problem == said for p in problems)


def test_naming_the_very_folder_of_settings_is_no_news(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    problems = doors.check_book(book, run(), [tmp_path / "reports"])[1]
    assert not any("stood in its place" in p.problem for p in problems)


# ---- what in it is a report


def test_the_workbook_its_copies_and_backups_in_the_folder_are_never_read(tmp_path: Path) -> None:
    plain = book_with_folder(tmp_path / "one")
    refresh(plain)
    book = set_folder(refreshed_book(tmp_path), ".")
    Seller().write(tmp_path / "files")
    shutil.copy(book, tmp_path / "files" / "old copy.xlsx")
    with Desk(book) as desk:
        for tab in REPORTS:
            desk.workbook[tab].delete_rows(1, 10_000)
    refresh(book)
    summary = refresh(book)
    assert (tmp_path / "Recoup backups").is_dir()
    assert not any(".xlsx" in e.where for e in summary.reports.exports)
    assert {k: r["Units"] for k, r in claims(book).items()} == {
        k: r["Units"] for k, r in claims(plain).items()
    }
    (note,) = [p for p in summary.problems if "not reports" in p.problem]
    assert note.severity == "note" and "old copy.xlsx" in note.problem and "seller.xlsx" in note.problem


def test_a_recoup_workbook_given_as_a_report_is_named_as_one(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    copy = Path(shutil.copy(book, tmp_path / "copy.xlsx"))
    (item,), _ = doors.import_files(book, [copy])
    assert not item.tabs
    assert item.problems[0].problem == "a workbook of Recoup, not a report; not read"


def test_unfinished_downloads_and_lock_files_are_not_read_and_the_first_are_named(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    for name in ("a.csv.crdownload", "b.txt.part", "~$c.xlsx", ".~lock.d.csv#", "desktop.ini", ".e.csv"):
        shutil.copy(tmp_path / "reports" / LEDGER_FILE, tmp_path / "reports" / name)
    summary = refresh(book)
    assert {e.where for e in summary.reports.exports if e.rows_read} == set(REPORTS.values())
    (problem,) = [p for p in summary.problems if p.where == "reports"]
    assert problem.severity == "warning"
    assert problem.problem == "unfinished downloads, not read: a.csv.crdownload, b.txt.part"


def test_the_same_export_in_a_tab_and_twice_in_the_folder_counts_once(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    before = {k: (r["Units"], r["Claim value"], r["Status"]) for k, r in claims(book).items()}
    Seller().write(tmp_path / "reports" / "first")
    Seller().write(tmp_path / "reports" / "again" / "deeper")
    refresh(set_folder(book, "reports"))
    assert {k: (r["Units"], r["Claim value"], r["Status"]) for k, r in claims(book).items()} == before


def test_a_longer_export_in_the_folder_adds_its_rows_to_those_of_the_tab(tmp_path: Path) -> None:
    book = set_folder(refreshed_book(tmp_path), "reports")
    Seller().lose("2026-10-20", "X00LOST01A", 4, "9020").write(tmp_path / "reports")
    refresh(book)
    assert sum(r["Units"] for r in claims(book).values() if r["FNSKU"] == "X00LOST01A") == 6


def test_the_same_reports_as_parquet_give_the_same_claims(tmp_path: Path) -> None:
    text, parquet = book_with_folder(tmp_path / "text"), book_with_folder(tmp_path / "parquet")
    for path in (tmp_path / "parquet" / "reports").iterdir():
        (raw,) = doors_tables(path)
        heading, *rows = [r for r in raw if sum(map(bool, r)) > 2]
        columns = {h: pa.array([r[i] for r in rows]) for i, h in enumerate(heading) if h}
        pq.write_table(pa.table(columns), path.with_suffix(".parquet"))
        path.unlink()
    refresh(text)
    refresh(parquet)
    assert {k: without(r, *IN_FILES) for k, r in claims(parquet).items()} == {
        k: without(r, *IN_FILES) for k, r in claims(text).items()
    }


def doors_tables(path: Path) -> list[list[list[str]]]:
    from recoup.reports import read_files

    return [t.cells.to_numpy(dtype=object).tolist() for t in read_files([path])]


# ---- what Home, Settings and the terminal say of it


def test_every_file_is_a_step_of_progress_that_is_shown_and_not_counted(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    steps: list[str] = []
    doors.refresh_book(book, run(), [], target=doors.Target(), progress=steps.append)
    details = [s for s in steps if isinstance(s, Detail)]
    assert len(details) == len(REPORTS)
    assert details[0] == f"1/{len(REPORTS)} {sorted(REPORTS.values())[0]}"
    assert len(steps) - len(details) == 5
    steps.clear()
    doors.import_files(book, sorted((tmp_path / "reports").iterdir()), progress=steps.append)
    assert sum(isinstance(s, Detail) for s in steps) == len(REPORTS)


def test_home_recommends_the_folder_for_a_tab_of_many_rows_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.MANY_ROWS == 50_000
    book = refreshed_book(tmp_path)
    assert refresh(book).notice == ""
    monkeypatch.setattr(home, "MANY_ROWS", 10)
    notice = refresh(book).notice
    assert notice == (
        "keep Inventory Ledger (11 rows) as files in a Reports folder (Settings), and clear the tab"
    )
    assert str(doors.open_workbook(book).read_name("Recoup_Notice")) == notice


def test_many_rows_in_files_are_what_the_folder_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "MANY_ROWS", 10)
    assert refresh(book_with_folder(tmp_path)).notice == ""


def test_home_says_where_the_rows_of_a_report_come_from_and_counts_their_days(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    Seller().write(tmp_path / "reports" / "again")
    refresh(book)
    rows = {r["Report"]: r for r in table(book, "HomeReports")}
    ledger = rows["Inventory Ledger"]
    assert (ledger["State"], ledger["Rows"]) == ("read; 2 files", 11)
    assert (ledger["Covered from"], ledger["Covered to"]) == (datetime(2026, 5, 1), datetime(2026, 11, 14))
    assert rows["Removal Orders"]["State"] == "empty"
    doors.import_files(book, [tmp_path / "reports" / LEDGER_FILE])
    refresh(book)
    assert {r["Report"]: r for r in table(book, "HomeReports")}["Inventory Ledger"][
        "State"
    ] == "read; tab + 2 files"


def test_report_periods_of_settings_hold_for_files_too(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    ledger = tmp_path / "reports" / LEDGER_FILE
    ledger.rename(ledger.with_name("ledger.txt"))  # a name without a period
    with Desk(book) as desk:
        periods = desk.table("ReportPeriods").rows[1]
        for cell, value in zip(
            periods, ("Inventory Ledger", date(2026, 4, 1), date(2026, 11, 13)), strict=False
        ):
            cell.value = value
    exports = {e.where: e for e in refresh(book).reports.exports}
    assert (exports["ledger.txt"].stated_from, exports["ledger.txt"].stated_to) == (
        date(2026, 4, 1),
        date(2026, 11, 13),
    )
    row = {r["Report"]: r for r in table(book, "HomeReports")}["Inventory Ledger"]
    assert (row["Covered from"], row["Covered to"]) == (datetime(2026, 4, 1), datetime(2026, 11, 13))


def test_clearing_a_tab_says_that_files_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = book_with_folder(tmp_path)
    plan, path = doors.clear_book(book, "Inventory Ledger", None, agree=lambda _: True)
    print_cleared(plan, path)
    assert (
        "Files stay: what Inventory Ledger holds in the Reports folder reports is read"
        in capsys.readouterr().out
    )


# ---- from Evidence to the file and its line


def formulas(book: Path) -> list[tuple[dict[str, Any], str]]:
    typed, shown = grid(book, "Evidence", values=False).records(), table(book, "Evidence")
    return [(row, str(cell["Link"])) for row, cell in zip(shown, typed, strict=True)]


def test_the_link_says_line_and_digest_and_its_formula_holds_no_name_of_a_file(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    refresh(book)
    rows = formulas(book)
    assert rows
    for row, formula in rows:
        path = tmp_path / "reports" / row["Sheet or file"]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert row["Link"] == f"line {row['Row']} · SHA-256 {digest}"
        assert formula.startswith("=HYPERLINK(INDEX(RecoupMemory[Value],MATCH(")
        assert path.stem not in formula and "reports/" not in formula
        assert max(map(len, re.findall(r'"([^"]*)"', formula))) <= 255


@pytest.mark.slow
def test_the_link_opens_the_file_as_libreoffice_computes_it(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    with zipfile.ZipFile(tmp_path / "reports" / "ledger.zip", "w") as archive:
        archive.write(tmp_path / "reports" / LEDGER_FILE, "in/side.txt")
    (tmp_path / "reports" / LEDGER_FILE).unlink()
    refresh(book)
    with Desk(book) as desk:
        evidence = desk.table("Evidence")
        for number, row in enumerate(evidence.rows[1:], evidence.rows[1][0].row):
            address = str(row[-1].value).removeprefix("=HYPERLINK(").rpartition(',"')[0]
            address = address.replace("Evidence[[#This Row],[Sheet or file]]", f"Evidence!C{number}")
            desk.workbook["Home"].cell(200 + number, 30, f"={address}")
    computed = openpyxl.load_workbook(convert(book, "xlsx"), data_only=True)
    links = [r[-1] for r in computed["Evidence"].iter_rows(min_row=4, values_only=True) if r[0]]
    assert all(re.fullmatch(r"line \d+ · SHA-256 [0-9a-f]{64}", str(link)) for link in links)
    addresses = {
        c for (c,) in computed["Home"].iter_rows(min_row=200, min_col=30, max_col=30, values_only=True) if c
    }
    assert "reports/ledger.zip" in addresses
    assert all((tmp_path / a).is_file() for a in addresses)
    assert {r["Sheet or file"] for r in sources(book)} >= {"ledger.zip/side.txt"}


@pytest.mark.parametrize(
    ("folder", "linked"),
    [
        ("seller/reports", "reports/"),
        ("seller", "./"),
        ("seller/-odd", "./-odd/"),
        ("seller/=odd", "./=odd/"),
        ("beside", "../beside/"),
        ("far/off/../away", None),
    ],
)
def test_a_folder_below_or_beside_the_workbook_is_linked_so_that_both_may_travel(
    tmp_path: Path, folder: str, linked: str | None
) -> None:
    place = tmp_path / "share" / folder
    place.mkdir(parents=True)
    if linked is None:
        place = tmp_path
    (place / "x.csv").write_text("x")
    files = SourceFiles(list_files([place]).files, [], tmp_path / "share" / "seller" / "book.xlsx")
    assert files.folders == [linked or f"{tmp_path}/"]


@pytest.mark.parametrize(
    "name", ["a#1.csv", "100%25.csv", "a?.csv", f"{'x' * 120}/{'y' * 120}/{'z' * 20}.csv"]
)
def test_a_name_that_excel_cannot_open_is_text_with_line_and_digest(tmp_path: Path, name: str) -> None:
    path = tmp_path / "reports" / name
    path.parent.mkdir(parents=True)
    path.write_text("x")
    export = Export("inventory_ledger", name, 1, 1, sha256="0" * 64)
    files = SourceFiles([(name, path)], [export], tmp_path / "book.xlsx")
    assert files.proof(name, 7) == f"line 7 · SHA-256 {'0' * 64}"


def test_names_made_to_look_like_formulas_stay_cell_text(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    ledger = tmp_path / "reports" / LEDGER_FILE
    ledger.rename(
        ledger.with_name('=cmd|" &A1,)_2026-05-01_2026-11-14.txt' if os.name != "nt" else "=cmd.txt")
    )
    paid = tmp_path / "reports" / REPORTS["Reimbursements"]
    paid.rename(paid.with_name("=1+1).csv"))
    refresh(book)
    names = {r["Sheet or file"] for r in table(book, "Evidence")}
    assert "=1+1).csv" in names
    for row, formula in formulas(book):
        if row["Sheet or file"].startswith("="):
            assert "cmd" not in formula and "1+1" not in formula
    cells = grid(book, "Evidence", values=False)
    at = cells.headers.index("Sheet or file")
    assert all(r[at].data_type == "s" for r in cells.rows[1:] if str(r[at].value).startswith("="))


def test_rows_of_parquet_and_workbooks_are_called_rows(tmp_path: Path) -> None:
    names = ("a.parquet", "b.xlsx [Sheet1]", "c.zip/d.xlsx", "e.txt")
    files = SourceFiles([], [Export("r", n, 1, 1, sha256="a" * 64) for n in names], tmp_path / "book.xlsx")
    assert [str(files.proof(n, 3)).split(" · ")[0] for n in names] == ["row 3", "row 3", "row 3", "line 3"]


def test_a_copy_written_elsewhere_links_from_where_it_stands(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path / "here")
    (tmp_path / "there").mkdir()
    copy = tmp_path / "there" / "copy.xlsx"
    refresh(book, output=copy)
    memory = doors.open_workbook(copy).read_table("RecoupMemory").records()
    assert [m["Value"] for m in memory if m["What"] == "folder"] == ["../here/reports/"]


# ---- explain


def explained(book: Path, capsys: pytest.CaptureFixture[str], claim: str = "X00LOST01A") -> str:
    from recoup.explain import explain

    print_explanation(explain(doors.open_workbook(book), claim_of(book, claim)["Claim ID"]), as_json=False)
    return capsys.readouterr().out


def test_explain_quotes_the_very_lines_while_the_file_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = book_with_folder(tmp_path / "share" / "seller")
    refresh(book)
    moved = tmp_path / "moved"
    shutil.move(tmp_path / "share" / "seller", moved)  # workbook and folder travel together
    said = explained(moved / book.name, capsys)
    digest = hashlib.sha256((moved / "reports" / LEDGER_FILE).read_bytes()).hexdigest()
    assert f"{LEDGER_FILE}, SHA-256 {digest}" in said
    assert re.search(r"line \d+: Date: 10/20/2026 · FNSKU: X00LOST01A .*Quantity: -3", said)


def test_explain_says_when_the_file_has_changed_or_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = book_with_folder(tmp_path)
    refresh(book)
    ledger = tmp_path / "reports" / LEDGER_FILE
    ledger.write_text(ledger.read_text() + "\n")
    said = explained(book, capsys)
    assert f"the file has changed since the run of {AS_OF}" in said
    assert "Quantity: -3" not in said
    ledger.unlink()
    assert f"the file of the run of {AS_OF} is not there any more (looked in reports/)" in explained(
        book, capsys
    )


def test_explain_finds_lines_in_archives_sheets_and_parquet_and_quotes_no_buyer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = book_with_folder(tmp_path)
    reports = tmp_path / "reports"
    (ledger,), (costs,) = (
        doors_tables(reports / LEDGER_FILE),
        doors_tables(reports / REPORTS["Sourcing Costs"]),
    )
    with zipfile.ZipFile(reports / "sub.zip", "w") as archive:
        archive.write(reports / REPORTS["Customer Returns"], "x/returns_2026-05-01_2026-11-14.txt")
    columns = {h: pa.array([r[i] for r in ledger[1:]]) for i, h in enumerate(ledger[0]) if h}
    pq.write_table(pa.table(columns), reports / "ledger_2026-05-01_2026-11-14.parquet")
    sheets = openpyxl.Workbook()
    for tab in (sheets.active, sheets.create_sheet("Costs")):
        for row in costs:
            tab.append(row if tab.title == "Costs" else ["other", "sheet"])
    sheets.save(reports / "costs.xlsx")
    for name in ("Inventory Ledger", "Customer Returns", "Sourcing Costs"):
        (reports / REPORTS[name]).unlink()
    refresh(book)
    said = explained(book, capsys)
    assert re.search(
        r"ledger_.*\.parquet, SHA-256 \w{64}\n  row 1: Date: 10/20/2026 · FNSKU: X00LOST01A", said
    )
    assert re.search(r"costs\.xlsx \[Costs\], SHA-256 \w{64}\n  row 2: Asin: ", said)
    order = next(
        r["Claim ID"] for r in table(book, "Evidence") if str(r["Sheet or file"]).startswith("sub.zip/")
    )
    from recoup.explain import explain

    print_explanation(explain(doors.open_workbook(book), order), as_json=False)
    said = capsys.readouterr().out
    assert "sub.zip/returns_2026-05-01_2026-11-14.txt, SHA-256" in said
    assert "return-date: " in said and "customer-comments" not in said


def test_evidence_whose_file_is_gone_keeps_its_values_line_and_digest(tmp_path: Path) -> None:
    book = book_with_folder(tmp_path)
    refresh(book)
    with Desk(book) as desk:
        desk.type(claim_of(book, "X00LOST01A")["Claim ID"], Decision="Take up")
    refresh(book)
    before = sources(book)
    (tmp_path / "reports" / LEDGER_FILE).unlink()
    for day in (16, 20):
        refresh(book, date(2026, 11, day))
    after = sources(book)
    drop = ("What it shows",)
    assert [without(r, *drop) for r in after] == [without(r, *drop) for r in before]
    assert after[0]["Link"].startswith("line 2 · SHA-256 ")
    assert all(r["What it shows"].endswith("(report cleared 2026-11-16)") for r in after)
    plain = [
        r["Link"]
        for r in grid(book, "Evidence", values=False).records()
        if r["Claim ID"] == after[0]["Claim ID"]
    ]
    assert not any(str(link).startswith("=") for link in plain)


def test_a_formula_of_a_link_is_made_of_numbers_and_the_digest(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "x.csv").write_text("x")
    files = SourceFiles(
        [("x.csv", tmp_path / "r" / "x.csv")],
        [Export("r", "x.csv", 1, 1, sha256="b" * 64)],
        tmp_path / "book.xlsx",
    )
    assert files.proof("x.csv", 12) == Formula(
        'HYPERLINK(INDEX(RecoupMemory[Value],MATCH("reports 1",RecoupMemory[Key],0))'
        f'&LEFT(Evidence[[#This Row],[Sheet or file]],5),"line 12 · SHA-256 {"b" * 64}")',
        f"line 12 · SHA-256 {'b' * 64}",
    )
    assert files.lines() == [{"What": "folder", "Key": "reports 1", "Field": "", "Value": "r/"}]
