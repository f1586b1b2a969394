"""The command line: exit codes, one-sentence errors, and nothing but the answer on standard output."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from recoup import cli, doors
from recoup.progress import bar, each_file
from workbooks import (
    Desk,
    Seller,
    cells,
    claim_of,
    claims,
    imported_book,
    refreshed_book,
    replace_report,
)

DAY = ("--as-of", "2026-11-15")


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    def is_one_sentence(self, *names: str) -> None:
        """One line on standard error, none on standard output, naming what to look at."""
        assert self.out == ""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("recoup: ")
        assert lines[0].rstrip("\"')").endswith((".", "?")), lines[0]
        assert "Traceback" not in self.err
        for name in names:
            assert name in lines[0], lines[0]


Recoup = Callable[..., Answer]


@pytest.fixture
def recoup(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Recoup:
    """Run a command in this process, with every network call forbidden."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a command opened a network connection")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    def call(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["recoup", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        text = capsys.readouterr()
        return Answer(int(stop.value.code or 0), text.out, text.err)

    return call


def rename_claims(book: Path) -> None:
    with Desk(book) as desk:
        del desk.workbook["Claims"].tables["Claims"]


def delete_evidence(book: Path) -> None:
    with Desk(book) as desk:
        del desk.workbook["Evidence"].tables["Evidence"]


def make_text(book: Path) -> None:
    book.write_text("Date\tFNSKU\n", encoding="utf-8")


def make_old(book: Path) -> None:
    book.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 4096)


def make_encrypted(book: Path) -> None:
    make_old(book)
    book.write_bytes(book.read_bytes() + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512)


def make_zip(book: Path) -> None:
    with zipfile.ZipFile(book, "w") as package:
        package.writestr("readme.txt", "no workbook")


def make_foreign(book: Path) -> None:
    Workbook().save(book)


def make_empty(book: Path) -> None:
    book.write_bytes(b"")


# ---- wrong workbooks

BROKEN = {
    "missing": (Path.unlink, "recoup new"),
    "text": (make_text, "save it as .xlsx"),
    "old .xls": (make_old, "save it in Excel"),
    "encrypted": (make_encrypted, "password"),
    "a zip": (make_zip, ".xlsx"),
    "not Recoup's": (make_foreign, "recoup new"),
    "table deleted": (rename_claims, "Claims"),
    "empty file": (make_empty, ".xlsx"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["check", "refresh", "import", "explain"])
def test_a_wrong_workbook_is_one_sentence_with_file_and_remedy(
    tmp_path: Path, recoup: Recoup, command: str, name: str
) -> None:
    book = refreshed_book(tmp_path)
    spoil, remedy = BROKEN[name]
    spoil(book)
    before = book.read_bytes() if book.exists() else b""
    more: dict[str, Sequence[object]] = {
        "import": Seller().write(tmp_path / "r")[:1],
        "explain": ("LW-AAAAAAAAAAAAA",),
    }
    answer = recoup(command, book, *more.get(command, DAY))
    assert answer.code == 2
    answer.is_one_sentence("seller.xlsx", remedy)
    assert (book.read_bytes() if book.exists() else b"") == before


@pytest.mark.parametrize("command", ["check", "refresh"])
def test_another_owned_table_that_was_deleted_is_named_with_its_tab_and_remedy(
    tmp_path: Path, recoup: Recoup, command: str
) -> None:
    book = refreshed_book(tmp_path)
    delete_evidence(book)
    answer = recoup(command, book, *DAY)
    assert answer.code == 2
    answer.is_one_sentence("seller.xlsx", "Evidence", "Insert > Table")


@pytest.mark.parametrize("column", ["Claim ID", "Units", "Decision"])
def test_a_deleted_column_of_an_owned_table_is_named(tmp_path: Path, recoup: Recoup, column: str) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        grid = desk.table("Claims")
        at = grid.headers.index(column)
        grid.rows[0][at].value = "Gone"
        grid.table.tableColumns[at].name = "Gone"
    before = book.read_bytes()
    answer = recoup("refresh", book, *DAY)
    assert answer.code == 2
    answer.is_one_sentence("seller.xlsx", column)
    assert book.read_bytes() == before


def test_a_workbook_that_is_open_in_excel_is_left_alone_with_code_3(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    (tmp_path / "~$seller.xlsx").write_bytes(b"\x05Maria" + b" " * 49)
    before = book.read_bytes()
    for words in (("refresh", book, *DAY), ("import", book, *Seller().write(tmp_path / "r")[:1])):
        answer = recoup(*words)
        assert answer.code == 3
        answer.is_one_sentence("seller.xlsx", "Maria", "close it")
        assert book.read_bytes() == before
    assert recoup("refresh", book, *DAY, "--dry-run").code == 0


def test_a_workbook_that_changed_underneath_is_left_alone_with_code_3(
    tmp_path: Path, recoup: Recoup, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = imported_book(tmp_path)
    real = doors.refresh

    def somebody_saves(*words: Any, **more: Any) -> Any:
        summary = real(*words, **more)
        with Desk(book) as desk:
            desk.workbook["Settings"]["H4"] = "typed meanwhile"
        return summary

    monkeypatch.setattr(doors, "refresh", somebody_saves)
    answer = recoup("refresh", book, *DAY)
    assert answer.code == 3
    answer.is_one_sentence("seller.xlsx", "run again")
    assert cells(book, "Settings")["H4"] == "typed meanwhile"


# ---- wrong words


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("refresh", "BOOK", "--as-of", "15.11.2026"), ("15.11.2026", "2026-11-15")),
        (("check", "BOOK", "--as-of", "2026-13-01"), ("2026-13-01",)),
        (("import", "BOOK", "FILE", "--covers", "May"), ("--covers May", "2026-01-01:2026-06-30")),
        (("import", "BOOK", "FILE", "--covers", "2026-05-02:2026-05-01"), ("--covers", "in order")),
        (("import", "BOOK", "nofile.txt"), ("nofile.txt",)),
        (("refresh", "BOOK", "--reports", "nofolder"), ("nofolder",)),
        (("check", "BOOK", "--reports", "nofolder"), ("nofolder",)),
        (("explain", "BOOK", "LW-NOTHERE"), ("LW-NOTHERE", "Claims", "seller.xlsx")),
        (("policy", "--marketplace", "ZZ"), ("ZZ", "US")),
        (("policy", "--on", "tomorrow"), ("tomorrow",)),
        (("new", "BOOK"), ("seller.xlsx", "already there")),
        (("new", "x.xls"), ("x.xls", ".xlsx")),
        (("new", "x.xlsx", "--marketplace", "ZZ"), ("ZZ", "US")),
        (("refresh", "BOOK", "--engine", "magic"), ("magic", "package")),
        (("refresh", "BOOK", "--output", "nofolder/out.xlsx"), ("nofolder",)),
        (("refresh", "BOOK", "--output", "."), ()),
        (("refresh", "BOOK", "--output", "claims.pdf"), ("claims.pdf", ".xlsx")),
        (("demo", "BOOK"), ("seller.xlsx",)),
        (("demo", "demo", "--as-of", "x"), ("x",)),
        (("refresh",), ("BOOK",)),
        (("import", "BOOK"), ("FILE",)),
        (("frobnicate",), ("frobnicate",)),
    ],
)
def test_wrong_use_is_code_2_says_what_and_changes_nothing(
    tmp_path: Path,
    recoup: Recoup,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    names: tuple[str, ...],
) -> None:
    book = refreshed_book(tmp_path)
    file = Seller().write(tmp_path / "reports")[0]
    monkeypatch.chdir(tmp_path)
    before = book.read_bytes(), sorted(tmp_path.rglob("*"))
    answer = recoup(*({"BOOK": str(book), "FILE": str(file)}.get(w, w) for w in words))
    assert answer.code == 2, answer
    assert answer.out == ""
    assert "internal error" not in answer.err
    for name in names:
        assert name in answer.err
    assert (book.read_bytes(), sorted(tmp_path.rglob("*"))) == before


def test_a_fault_of_recoup_is_code_4_without_and_with_debug(
    tmp_path: Path, recoup: Recoup, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = imported_book(tmp_path)

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(doors, "refresh", fail)
    answer = recoup("refresh", book, *DAY)
    assert answer.code == 4
    answer.is_one_sentence("internal error", "--debug")
    for words in (("--debug", "refresh", book, *DAY), ("refresh", book, *DAY, "--debug")):
        told = recoup(*words)
        assert told.code == 4
        assert "Traceback" in told.err


# ---- what goes where


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (
            ("refresh", "BOOK", *DAY, "--json"),
            {"claims", "checks", "counts", "seconds", "versions", "not_claimed"},
        ),
        (("refresh", "BOOK", *DAY, "--json", "--dry-run"), {"claims", "checks", "counts"}),
        (("check", "BOOK", *DAY, "--json"), {"checks"}),
        (("explain", "BOOK", "CLAIM", "--json"), {"claim", "evidence", "units", "value", "agrees"}),
        (("policy", "--json"), {"rules"}),
    ],
)
def test_json_is_one_document_and_standard_error_is_silent(
    tmp_path: Path, recoup: Recoup, words: tuple[str, ...], keys: set[str]
) -> None:
    book = refreshed_book(tmp_path)
    claim = claim_of(book, "X00LOST01A")["Claim ID"]
    answer = recoup(*({"BOOK": str(book), "CLAIM": claim}.get(w, w) for w in words))
    assert answer.err == ""
    document = json.loads(answer.out)
    assert keys <= set(document)


def test_json_claims_are_the_rows_of_the_sheet(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    document = json.loads(recoup("refresh", book, *DAY, "--json").out)
    rows = claims(book)
    assert [c["Claim ID"] for c in document["claims"]] == list(rows)
    for claim in document["claims"]:
        row = rows[claim["Claim ID"]]
        for header in ("Units", "Claim value", "Days left"):
            assert claim[header] == row[header]
        assert claim["Deadline"] == str(row["Deadline"].date())
    assert document["counts"]["claims"] == len(rows)
    assert document["counts"]["rows_read"] >= document["counts"]["rows_used"] > 0


def test_check_exits_with_1_on_errors_and_refresh_only_when_strict(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    assert recoup("check", book, *DAY).code == 0
    assert recoup("refresh", book, *DAY, "--strict").code == 0
    rows = Seller().tables()["Inventory Ledger"]
    broken = list(rows[1])
    broken[7] = "many"
    replace_report(book, "Inventory Ledger", [*rows, broken])
    answer = recoup("check", book, *DAY)
    assert answer.code == 1
    assert "12 rows read, 11 used, skipped 1" in answer.out
    plain = recoup("refresh", book, *DAY)
    assert plain.code == 0
    assert "1 error" in plain.out
    assert recoup("refresh", book, *DAY, "--strict").code == 1


def test_check_writes_nothing(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    before = book.read_bytes(), sorted(tmp_path.rglob("*"))
    recoup("check", book, *DAY)
    recoup("check", book, *DAY, "--json")
    assert (book.read_bytes(), sorted(tmp_path.rglob("*"))) == before


def test_dry_run_writes_nothing_and_finds_the_same(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    before = book.read_bytes(), sorted(tmp_path.rglob("*"))
    tried = json.loads(recoup("refresh", book, *DAY, "--dry-run", "--json").out)
    assert (book.read_bytes(), sorted(tmp_path.rglob("*"))) == before
    assert "Dry run" in recoup("refresh", book, *DAY, "--dry-run").out
    done = json.loads(recoup("refresh", book, *DAY, "--json").out)
    assert tried["claims"] == done["claims"]
    assert (tried["workbook"], done["workbook"]) == (None, str(book))


def test_output_writes_a_copy_and_leaves_the_book(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    before = book.read_bytes()
    answer = recoup("refresh", book, *DAY, "--output", tmp_path / "copy.xlsx")
    assert answer.code == 0
    assert "copy.xlsx" in answer.out
    assert book.read_bytes() == before
    assert len(claims(tmp_path / "copy.xlsx")) == 10
    assert not claims(book)


def test_a_refresh_in_place_leaves_a_backup_of_the_book_as_it_was(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    before = book.read_bytes()
    recoup("refresh", book, *DAY)
    (backup,) = (tmp_path / "Recoup backups").iterdir()
    assert backup.read_bytes() == before


@pytest.mark.parametrize("folder", ["OneDrive - Acme", "Dropbox", "SharePoint"])
def test_in_a_synced_folder_a_copy_is_written_and_said_how_to_take_it_over(
    tmp_path: Path, recoup: Recoup, folder: str
) -> None:
    (tmp_path / folder / "Claims").mkdir(parents=True)
    book = imported_book(tmp_path / folder / "Claims")
    before = book.read_bytes()
    answer = recoup("refresh", book, *DAY)
    assert answer.code == 0
    assert book.read_bytes() == before
    (copy,) = (p for p in book.parent.glob("*.xlsx") if p != book)
    assert len(claims(copy)) == 10
    assert copy.name in answer.out
    assert "--in-place" in answer.out
    assert recoup("refresh", book, *DAY, "--in-place").code == 0
    assert len(claims(book)) == 10


def test_json_from_a_synced_folder_says_that_a_copy_was_written(tmp_path: Path, recoup: Recoup) -> None:
    (tmp_path / "OneDrive").mkdir()
    book = imported_book(tmp_path / "OneDrive")
    document = json.loads(recoup("refresh", book, *DAY, "--json").out)
    assert document["workbook"] != str(book)
    assert "synced folder" in document["notice"]


def test_import_into_a_synced_folder_does_not_overwrite_what_others_type(
    tmp_path: Path, recoup: Recoup
) -> None:
    (tmp_path / "OneDrive").mkdir()
    book = imported_book(tmp_path / "OneDrive")
    before = book.read_bytes()
    answer = recoup("import", book, *Seller().write(tmp_path / "r")[:1])
    assert book.read_bytes() == before or "synced" in answer.out + answer.err


def test_the_folder_of_onedrive_is_also_known_by_its_environment(
    tmp_path: Path, recoup: Recoup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path))
    book = imported_book(tmp_path)
    before = book.read_bytes()
    assert recoup("refresh", book, *DAY).code == 0
    assert book.read_bytes() == before


def test_refresh_says_money_deadlines_next_step_and_where_the_file_is(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    out = recoup("refresh", book, *DAY).out
    for text in ("Ready", "lost_in_warehouse", "2026-11-27", "File 7 claims", f"Workbook: {book}"):
        assert text in out


def test_explain_shows_the_rows_and_the_sum(tmp_path: Path, recoup: Recoup) -> None:
    book = refreshed_book(tmp_path)
    claim = claim_of(book, "X00LOST01A")["Claim ID"]
    answer = recoup("explain", book, claim)
    assert answer.code == 0
    assert "From these rows: 2 units, 25.00 USD" in answer.out
    assert "Inventory Ledger" in answer.out


@pytest.mark.parametrize("typed", [{"Units": 9}, {"Claim value": 90}, {"Unit value": 99, "Claim value": 198}])
def test_explain_exits_with_1_when_claims_says_more_than_its_rows(
    tmp_path: Path, recoup: Recoup, typed: dict[str, float]
) -> None:
    book = refreshed_book(tmp_path)
    claim = claim_of(book, "X00LOST01A")["Claim ID"]
    with Desk(book) as desk:
        desk.type(claim, **typed)
    assert recoup("explain", book, claim).code == 1


def test_policy_shows_value_certainty_and_source_of_a_day_and_marketplace(recoup: Recoup) -> None:
    answer = recoup("policy", "--on", "2026-11-15", "--marketplace", "de", "--json")
    rules = {r["Rule"]: r for r in json.loads(answer.out)["rules"]}
    assert rules["claim_window_latest.lost_in_warehouse"]["Value"] == "60 days"
    assert all(r["Certainty"] and r["Source"] for r in rules.values())


def test_help_and_a_bare_call_name_every_command(recoup: Recoup) -> None:
    for words in (("--help",), ()):
        answer = recoup(*words)
        text = answer.out + answer.err
        for command in ("new", "import", "check", "refresh", "explain", "policy", "demo"):
            assert command in text


def test_a_piped_command_prints_no_progress_bar_and_survives_a_closed_pipe(tmp_path: Path) -> None:
    book = imported_book(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "recoup.cli", "refresh", str(book), *DAY],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_a_terminal_shows_the_step_and_the_file_it_is_at(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with bar(2) as step:
        step("Reading the reports")
        each_file(step)("ledger.txt", 2, 7)
    assert "3/7 ledger.txt" in sys.stderr.getvalue()  # type: ignore[attr-defined]


def test_the_reports_folder_of_settings_is_read_at_every_refresh(tmp_path: Path, recoup: Recoup) -> None:
    book = tmp_path / "seller.xlsx"
    recoup("new", book)
    Seller().write(tmp_path / "reports")
    with Desk(book) as desk:
        sheet = desk.workbook["Settings"]
        row = next(r for r in sheet.iter_rows() if r[0].value == "Reports folder")
        row[1].value = str(tmp_path / "reports")
    recoup("refresh", book, *DAY)
    assert len(claims(book)) == 10
