"""Saving is one step: locks and changes are respected, a failure leaves the old file, backups are kept."""

from __future__ import annotations

import csv
import errno
import os
import shutil
import struct
import subprocess
from pathlib import Path

import openpyxl
import pytest

import book_samples as samples
from recoup.books import ENGINES, open_book
from recoup.books.backups import BACKUP_FOLDER
from recoup.books.base import Book, BookChanged, BookLocked, BookUnsaved
from test_books import PATCH, STRANGE


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return samples.build(tmp_path / "book.xlsx")


def patched(path: Path, engine: str, **options: object) -> Book:
    book = open_book(path, engine, **options)  # type: ignore[arg-type]
    book.patch_rows("Cases", ["Claim ID"], PATCH)  # type: ignore[arg-type]
    return book


def excel_owner_file(name: str) -> bytes:
    ansi = name.encode("cp1252", "replace")
    wide = struct.pack("<H", len(name)) + name.encode("utf-16-le")
    return (bytes([len(ansi)]) + ansi.ljust(54, b" ") + wide.ljust(110, b" "))[:165]


def test_a_book_open_in_excel_is_refused_with_owner_and_since_when(path: Path, engine: str) -> None:
    lock = path.with_name("~$book.xlsx")
    lock.write_bytes(excel_owner_file("Zoë Müller"))
    os.utime(lock, (1_700_000_000, 1_700_000_000))
    before = path.read_bytes()
    with pytest.raises(
        BookLocked, match=r"open in Excel by Zoë Müller since 2023-11-1\d \d\d:\d\d"
    ) as caught:
        patched(path, engine).save()
    assert caught.value.exit_code == 3 and path.read_bytes() == before and lock.exists()


def test_a_book_open_in_libreoffice_is_refused(path: Path, engine: str) -> None:
    path.with_name(".~lock.book.xlsx#").write_text(",ann,host,01.02.2025 10:00,file:///x;")
    with pytest.raises(BookLocked, match="open in LibreOffice by ann"):
        patched(path, engine).save()


def test_a_lock_does_not_hinder_reading_or_saving_a_copy(path: Path, engine: str) -> None:
    path.with_name("~$book.xlsx").write_bytes(excel_owner_file("Ann"))
    copy = path.with_name("copy.xlsx")
    before = path.read_bytes()
    assert patched(path, engine).save(copy) == copy
    assert path.read_bytes() == before and len(open_book(copy).read_table("Cases").rows) == 4
    copy.with_name("~$copy.xlsx").write_bytes(excel_owner_file("Bob"))
    with pytest.raises(BookLocked, match="Bob"):
        patched(path, engine).save(copy)


def test_a_book_changed_by_someone_else_is_refused_and_their_work_stands(path: Path, engine: str) -> None:
    book = patched(path, engine)
    theirs = path.with_name("theirs.xlsx")
    shutil.copy(path, theirs)
    samples.edit_part(theirs, "docProps/app.xml", lambda x: x.replace("Excel", "Other"))
    theirs.replace(path)
    before = path.read_bytes()
    with pytest.raises(BookChanged, match="changed by someone else") as caught:
        book.save()
    assert caught.value.exit_code == 3 and path.read_bytes() == before
    path.unlink()
    with pytest.raises(BookChanged, match="moved or deleted"):
        book.save()


def test_a_change_in_the_last_moment_is_still_seen(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import recoup.books.saving as saving

    book, real = patched(path, engine), saving.back_up

    def back_up_and_meddle(*args: object, **more: object) -> object:
        result = real(*args, **more)  # type: ignore[arg-type]
        path.write_bytes(path.read_bytes() + b"\0")
        return result

    monkeypatch.setattr(saving, "back_up", back_up_and_meddle)
    with pytest.raises(BookChanged):
        book.save()
    assert path.read_bytes().endswith(b"\0")


@pytest.mark.parametrize("step", ["replace", "rename", "fsync"])
@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_file_whole_and_no_rest(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    before = path.read_bytes()

    def die(*_: object) -> None:
        raise error

    book = patched(path, engine)
    with monkeypatch.context() as broken:
        broken.setattr(os, step, die)
        with pytest.raises(BookUnsaved if isinstance(error, OSError) else KeyboardInterrupt):
            book.save()
    assert path.read_bytes() == before
    assert {p.name for p in path.parent.iterdir()} == {"book.xlsx", BACKUP_FOLDER}
    book.save()
    assert len(open_book(path).read_table("Cases").rows) == 4


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting takes no time in a test; how long it would have been is written down."""
    slept: list[float] = []
    monkeypatch.setattr("recoup.books.saving.time.sleep", slept.append)
    return slept


def hold(monkeypatch: pytest.MonkeyPatch, times: float) -> None:
    """Let the system refuse to replace a file as Windows does while another program has it open."""
    real, left = os.replace, [times]

    def replace(old: str, new: str) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(new))
        real(old, new)

    monkeypatch.setattr(os, "replace", replace)


def test_a_file_that_excel_holds_open_is_named_as_locked(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    before = path.read_bytes()
    hold(monkeypatch, float("inf"))
    with pytest.raises(BookLocked, match="open in another program"):
        patched(path, engine).save()
    assert path.read_bytes() == before
    assert 1 <= sum(pauses) <= 3


def test_a_file_that_a_virus_scanner_holds_for_a_moment_is_waited_for(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    hold(monkeypatch, 3)
    patched(path, engine).save()
    assert len(pauses) == 3 and len(open_book(path).read_table("Cases").rows) == 4


def test_before_a_save_in_place_a_dated_backup_is_made_and_only_the_newest_are_kept(
    path: Path, engine: str
) -> None:
    folder = path.parent / BACKUP_FOLDER
    folder.mkdir()
    (folder / "book notes.xlsx").write_text("not a backup")
    contents = []
    for i in range(4):
        os.utime(path, (1_700_000_000 + i // 2, 1_700_000_000 + i // 2))
        contents.append(path.read_bytes())
        book = open_book(path, engine, keep=3)
        book.append_rows("Exclusions", [{"SKU": str(i)}])
        book.save()
    kept = sorted(p for p in folder.iterdir() if "notes" not in p.name)
    assert len(kept) == 3 and (folder / "book notes.xlsx").exists()
    assert {p.read_bytes() for p in kept} == set(contents[1:])
    assert all(p.name.startswith("book 2023-11-1") for p in kept)


def test_backups_go_where_they_are_told_or_nowhere(path: Path, engine: str, tmp_path: Path) -> None:
    patched(path, engine, backups=tmp_path / "elsewhere").save()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1
    book = open_book(path, engine, keep=0)
    book.append_rows("Exclusions", [{"SKU": "x"}])
    book.save()
    assert not (path.parent / BACKUP_FOLDER).exists()


def test_saving_without_a_change_writes_nothing(path: Path, engine: str) -> None:
    before, mtime = path.read_bytes(), path.stat().st_mtime_ns
    open_book(path, engine).save()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, mtime)
    assert not (path.parent / BACKUP_FOLDER).exists()


def test_a_book_can_be_worked_on_after_it_was_saved(path: Path, engine: str) -> None:
    book = patched(path, engine)
    book.save()
    book.append_rows("Cases", [{"Claim ID": "later"}])
    book.save()
    assert open_book(path).read_table("Cases").rows[-1][1] == "later"


def test_a_link_to_the_book_stays_a_link(path: Path, engine: str, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    patched(link, engine).save()
    assert link.is_symlink() and len(open_book(path).read_table("Cases").rows) == 4


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_reads_what_we_read(path: Path, engine: str, tmp_path: Path) -> None:
    book = patched(path, engine)
    plain = [t for t in STRANGE if "_x" not in t and not t.startswith("#")]
    book.append_rows("Cases", [{"Claim ID": f"T{i}", "Product": t, "Units": i} for i, t in enumerate(plain)])
    book.save()
    names = open_book(path).sheet_names()
    options = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{names.index('Cases') + 1}"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        options,
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with (tmp_path / "book-Cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[3:]
    ours = open_book(path).read_table("Cases")
    product, units, claim = (ours.headers.index(h) for h in ("Product", "Units", "Claim ID"))
    assert [(r[claim], r[product]) for r in rows] == [(r[claim], r[product] or "") for r in ours.rows]
    assert [float(r[units]) for r in rows if r[units]] == [
        r[units] for r in ours.rows if r[units] is not None
    ]
    theirs = openpyxl.load_workbook(path)["Cases"]
    assert [theirs.cell(n, product + 1).value for n in ours.numbers] == [r[product] for r in ours.rows]
