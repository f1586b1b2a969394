"""A new user does things wrong in real workbooks and files: what Recoup reads, guesses and says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from recoup import cli, doors
from recoup.model import Problem
from workbooks import REPORTS, Desk, Seller, claim_of, imported_book, make_book, refresh
from workbooks import run as today

SELLER = Seller()
LEDGER, PAID, COSTS = (SELLER.tables()[n] for n in ("Inventory Ledger", "Reimbursements", "Sourcing Costs"))


def fault(why: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, reason=why)


def put(book: Path, tab: str, rows: Sequence[Sequence[Any]]) -> None:
    """Replace a tab by these cells, typed as Excel would keep them."""
    with Desk(book) as desk:
        if tab not in desk.workbook.sheetnames:
            desk.workbook.create_sheet(tab)
        sheet = desk.workbook[tab]
        sheet.delete_rows(1, sheet.max_row + 1)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value not in ("", None):
                    cell = sheet.cell(number, column, value)
                    cell.number_format = "@" if isinstance(value, str) else "General"


def line(problem: Problem) -> str:
    """One line of Checks as text."""
    return (
        f"{problem.severity} {problem.where} {problem.column} {problem.first_cells}: "
        f"{problem.problem}; {problem.remedy}"
    )


def checks(book: Path, *folders: Path, engine: str = "package") -> list[Problem]:
    """What `check` finds."""
    return doors.check_book(book, today(), folders, engine=engine)[1]


def said(book: Path, *folders: Path, engine: str = "package") -> str:
    """All lines of Checks in one text."""
    return "\n".join(map(line, checks(book, *folders, engine=engine)))


def run(*words: object, code: int = 0) -> str:
    """What the command line prints, as `recoup` would; only this exit code is right."""
    out, err = StringIO(), StringIO()
    with (
        mock.patch("sys.argv", ["recoup", *map(str, words)]),
        mock.patch("sys.stdin", StringIO()),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as stop,
    ):
        cli.main()
    said = out.getvalue() + err.getvalue()
    assert stop.value.code == code, said
    return said


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The small seller's workbook, reports imported, not refreshed."""
    return imported_book(tmp_path)


def with_total(rows: Sequence[Sequence[Any]], column: str, word: str = "") -> list[Sequence[Any]]:
    """The rows and below them a sum of one column, as `=SUM` leaves it."""
    at = list(rows[0]).index(column)
    total = sum(float(r[at]) for r in rows[1:])
    return [*rows, [word, *[""] * (at - 1), total]]


def in_row(rows: Sequence[Sequence[Any]], row: int, **values: Any) -> list[list[Any]]:
    """The rows with cells of one sheet row replaced; `Latest_Approved_Cost` stands for the header."""
    changed = [list(r) for r in rows]
    for header, value in values.items():
        changed[row - 1][list(rows[0]).index(header.replace("_", " "))] = value
    return changed


# ---- what people do to a report tab


def as_numbers(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    def number(text: str) -> Any:
        return float(text) if text.lstrip("-").replace(".", "", 1).isdigit() else text

    return [list(rows[0]), *([number(v) for v in r] for r in rows[1:])]


DRESSED: dict[str, Callable[[], list[list[Any]]]] = {
    "numbers instead of text": lambda: as_numbers(PAID),
    "titles above the heading": lambda: [["Our payments"], ["from Anna"], [], *map(list, PAID)],
    "a heading of two rows, merged": lambda: [["Payment"], list(PAID[0]), [], *map(list, PAID[1:])],
    "apostrophes": lambda: [list(PAID[0]), *([f"'{v}" if v else "" for v in r] for r in PAID[1:])],
    "whole lines with semicolons": lambda: [[";".join(f'"{v}"' for v in r)] for r in PAID],
    "the export twice, each with its heading": lambda: [*map(list, PAID), *map(list, PAID)],
}


@pytest.mark.parametrize("what", DRESSED)
def test_a_tab_dressed_up_by_people_gives_the_same_rows_and_no_error(book: Path, what: str) -> None:
    put(book, "Reimbursements", DRESSED[what]())
    report = doors.check_book(book, today(), [])[0]
    paid = [e for e in report.exports if e.report == "reimbursements"]
    assert sum(e.rows_used for e in paid) == len(PAID) - 1
    assert all(e.rows_read == e.rows_used + sum(e.skipped.values()) for e in paid)
    assert list(report.frames["reimbursements"]["amount_total"]) == [6.0, 5.0, 7.5, -7.5]
    assert not [p for p in report.problems if p.severity == "error"]


@fault(
    "the totals row costs the export its stated period: every claim asks to confirm a period, Checks is empty"
)
def test_a_totals_row_below_imported_rows_changes_no_claim(book: Path) -> None:
    put(book, "Reimbursements", with_total(PAID, "amount-total"))
    refresh(book)
    assert claim_of(book, "X00LOST01A")["Status"] == "Ready"


@pytest.fixture(scope="module")
def pasted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workbook whose reports were pasted, never imported, refreshed; and what Home says first."""
    book = make_book(tmp_path_factory.mktemp("pasted"), skip=[r for r in REPORTS if r != "Sourcing Costs"])
    for tab in ("Inventory Ledger", "Reimbursements"):
        put(book, tab, SELLER.tables()[tab])
    return book, refresh(book).next_step


@fault("Home says `Paste Reimbursements`, though they are pasted and only their period is to be confirmed")
def test_home_asks_to_confirm_the_period_of_a_pasted_report_not_to_paste_it(pasted: tuple[Path, str]) -> None:
    assert "onfirm the period of Reimbursements" in pasted[1]
    assert "aste Reimbursements" not in pasted[1]


@fault("Why says `Reimbursements read to nowhere`")
def test_why_says_in_words_that_the_period_of_a_report_is_not_known(pasted: tuple[Path, str]) -> None:
    assert "nowhere" not in str(claim_of(pasted[0], "X00LOST01A")["Why"])


def test_home_does_not_ask_to_paste_a_report_of_which_one_row_is_damaged(book: Path) -> None:
    put(book, "Reimbursements", in_row(PAID, 3, **{"reimbursement-id": "5.55E+15"}))
    assert "aste Reimbursements" not in refresh(book).next_step


@fault("the remedy is to name Sheet1 `Inventory Ledger`, which Excel refuses: that tab is there already")
def test_a_ledger_in_sheet1_is_given_a_name_that_is_free(book: Path) -> None:
    put(book, "Sheet1", LEDGER)
    remedy = next(p.remedy for p in checks(book) if p.where == "Sheet1")
    assert "Inventory Ledger" in remedy
    assert remedy != "rename the sheet to Inventory Ledger to include it"


@fault("the first row of days that occur twice is named (row 11), not the first pasted row (row 13)")
def test_rows_pasted_again_below_an_unsorted_ledger_are_named_from_their_first_row(book: Path) -> None:
    put(book, "Inventory Ledger", [*LEDGER, *LEDGER[1:]])
    assert f"row {len(LEDGER) + 1}" in [p.first_cells for p in checks(book) if p.severity == "error"]


@fault("only the tab is named, not the row where the other report begins")
def test_another_report_below_the_ledger_is_named_with_the_row_of_its_heading(book: Path) -> None:
    put(book, "Reimbursements", [])
    put(book, "Inventory Ledger", [*LEDGER, [], [], *PAID])
    wrong = next(p for p in checks(book) if "holds Reimbursements" in p.problem)
    assert str(len(LEDGER) + 3) in wrong.first_cells


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook whose ledger rows 5 to 7 are hidden by a filter."""
    book = imported_book(tmp_path_factory.mktemp("filtered"))
    with Desk(book) as desk:
        for row in (5, 6, 7):
            desk.workbook["Inventory Ledger"].row_dimensions[row].hidden = True
    return book


@pytest.mark.parametrize(
    "engine",
    ["package", pytest.param("openpyxl", marks=fault("the openpyxl engine does not see hidden rows"))],
)
def test_hidden_rows_are_counted_with_every_engine(filtered: Path, engine: str) -> None:
    assert "3 rows are hidden" in said(filtered, engine=engine)


@fault("the note on hidden rows has no First cells")
def test_hidden_rows_are_named(filtered: Path) -> None:
    assert "5" in next(p.first_cells for p in checks(filtered) if "are hidden" in p.problem)


# ---- what people type into their own records

SHIPMENT = [
    "FBA1EXAMPL1",
    "Sept",
    "Closed",
    "2026-09-01",
    "2026-09-03",
    "SKU-LOST",
    "X00LOST01A",
    "B00LOST01A",
]
RECEIPT = ["RM1", "T1", "SKU-LOST", "X00LOST01A", "1", "2026-09-03", "OK", ""]


MISTAKES: dict[str, list[list[Any]]] = {
    "Inbound Shipments": [
        [*SHIPMENT, "10", "eight", "0"],
        [*SHIPMENT, "10", "8 units", "0"],
        [*SHIPMENT, "10", "8,5", "0"],
        [*SHIPMENT[:2], "Closd", *SHIPMENT[3:], "10", "8", "0"],
    ],
    "Removal Receipts": [[*RECEIPT[:6], "okay"]],
    "Documents": [["D1", "Invoce", "SKU-LOST", "2026-09-01", "c:/x.pdf"]],
}
COST_MISTAKES = in_row(
    in_row(in_row(COSTS, 4, Latest_Approved_Cost="EUR 4.00"), 5, Latest_Approved_Cost="6.00 €"),
    6,
    Currency="dollars",
)


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """What is said of a workbook with all these typing mistakes."""
    book = imported_book(tmp_path_factory.mktemp("typed"))
    with Desk(book) as desk:
        for tab, rows in MISTAKES.items():
            for row in rows:
                desk.workbook[tab].append(row)
    put(book, "Sourcing Costs", COST_MISTAKES)
    return checks(book)


def about(problems: Sequence[Problem], tab: str, cell: str) -> str:
    """What is said of one cell."""
    return "\n".join(line(p) for p in problems if p.where == tab and cell in p.first_cells.split(", "))


def test_a_word_in_units_received_is_read_as_blank_and_named_with_its_cell(mistakes: list[Problem]) -> None:
    said = about(mistakes, "Inbound Shipments", "J2")
    assert "Units received" in said
    assert "not a number" in said


def test_units_behind_a_number_are_not_called_a_date(mistakes: list[Problem]) -> None:
    assert "not a number" in about(mistakes, "Inbound Shipments", "J3")


@pytest.mark.parametrize(
    ("tab", "cell", "words"),
    [
        ("Removal Receipts", "G2", "OK, Damaged"),
        ("Inbound Shipments", "C5", "Closed"),
        ("Inbound Shipments", "J4", "whole number"),
        ("Documents", "B2", "invoice"),
    ],
)
def test_a_typing_mistake_in_an_own_record_is_corrected_there(
    mistakes: list[Problem], tab: str, cell: str, words: str
) -> None:
    said = about(mistakes, tab, cell)
    assert words in said
    assert "download" not in said


@pytest.mark.parametrize("cell", ["D4", "D5"])
def test_a_cost_with_another_currency_than_its_row_is_named(mistakes: list[Problem], cell: str) -> None:
    assert "currenc" in about(mistakes, "Sourcing Costs", cell)


@fault("`dollars` counts as a currency: a note says that nothing is to be done if you sell there")
def test_a_word_instead_of_a_currency_code_is_a_warning(mistakes: list[Problem]) -> None:
    assert about(mistakes, "Sourcing Costs", "F6").startswith("warning")


# ---- files


def folder_with(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir()
    (folder / name).write_bytes(content)
    return folder / name


def ledger_bytes() -> bytes:
    return "\n".join("\t".join(r) for r in LEDGER).encode()


@pytest.mark.parametrize("name", ["ledger.pdf", "ledger.xlsx"])
def test_a_ledger_with_a_wrong_ending_is_imported_when_named(book: Path, tmp_path: Path, name: str) -> None:
    file = folder_with(tmp_path / "in", name, ledger_bytes())
    assert f"{name}: Inventory Ledger, 11 rows" in run("import", book, file)


@fault("a folder leaves out .xls, .pdf and .docx files without a word, a ledger saved as .xls among them")
def test_files_of_a_folder_that_were_not_looked_at_are_named(book: Path, tmp_path: Path) -> None:
    file = folder_with(tmp_path / "in", "ledger.xls", ledger_bytes())
    assert "ledger.xls" in said(book, file.parent)


JUNK = {
    "empty.txt": (b"", "the file is empty"),
    "protected.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "without a password"),
    "a.pdf": (b"%PDF-1.4\n1 0 obj", "a PDF"),
    "a.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "picture"),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=fault(f"{n} is not named as what it is")) if n in ("a.pdf", "a.png") else n
        for n in JUNK
    ],
)
def test_a_file_that_is_no_report_is_named_as_what_it_is(book: Path, tmp_path: Path, name: str) -> None:
    content, words = JUNK[name]
    output = run("import", book, folder_with(tmp_path / "in", name, content))
    assert words in output.replace(name, "")


@fault("the last messages are cut off with `see Checks`, but what import found never reaches Checks")
def test_every_file_that_was_not_read_is_named_with_its_reason(book: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(15):
        (tmp_path / "in" / f"{number}.txt").write_bytes(b"")
    assert "see Checks" not in run("import", book, tmp_path / "in")


@fault("exit code 0, though nothing at all was read")
def test_an_import_that_read_nothing_is_not_done(book: Path, tmp_path: Path) -> None:
    run("import", book, folder_with(tmp_path / "in", "empty.txt", b""), code=1)


@fault("the import says `cut short`, the workbook forgets it: check finds 0 errors")
def test_a_report_that_was_cut_short_is_an_error_on_checks_after_the_import_too(tmp_path: Path) -> None:
    book = make_book(tmp_path, skip=[r for r in REPORTS if r != "Sourcing Costs"])
    half = b"\n".join(ledger_bytes().split(b"\n")[:6])[:-60]
    doors.import_files(book, [folder_with(tmp_path / "in", "ledger.txt", half)])
    assert "cut short" in said(book)


@fault(
    "the workbook is taken as a folder of reports; its own sheets are `no report`, with a download as remedy"
)
def test_importing_the_workbook_into_itself_is_refused(book: Path) -> None:
    run("import", book, book, code=2)


@fault("the report is called a damaged workbook that is to be opened in Excel, which damages its ids")
def test_report_and_workbook_in_the_wrong_order_are_recognised(book: Path, tmp_path: Path) -> None:
    report = folder_with(tmp_path / "in", "ledger.txt", ledger_bytes())
    output = run("import", report, book, code=2)
    assert "open it in Excel" not in " ".join(output.split())


@fault("without a terminal the tab is emptied at once; --yes is not needed")
def test_clear_without_a_terminal_asks_for_yes(book: Path) -> None:
    with suppress(AssertionError):  # whatever its exit code
        run("clear", book, "Reimbursements")
    with Desk(book) as desk:
        assert desk.workbook["Reimbursements"]["B2"].value


@fault("the heading counts as a row that stays")
def test_clear_says_that_no_row_stays(book: Path) -> None:
    assert "0 stay" in run("clear", book, "Reimbursements", "--dry-run")
