"""What the system, other programs or other people forbid is one sentence with the remedy, and nothing is changed."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

import book_samples as samples
from recoup import doors
from recoup.books import ENGINES, open_book
from recoup.books.backups import BACKUP_FOLDER
from recoup.books.base import Book, BookChanged, BookError, BookLocked, BookUnsaved
from recoup.books.package import Package
from recoup.books.run_lock import lock_file
from recoup.books.temporary import own_prefix
from recoup.books.verification import Draft, well_formed
from recoup.books.worksheet import Worksheet
from recoup.model import RecoupError
from recoup.reports import read_files
from test_books import PATCH
from test_commands import DAY, Recoup, recoup
from workbooks import Seller, claims, imported_book, refreshed_book, run, table

__all__ = ["recoup"]  # a fixture


@pytest.fixture(
    params=["package", pytest.param("openpyxl", marks=pytest.mark.slow)]
)  # one way of saving for both
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return samples.build(tmp_path / "desk" / "book.xlsx")


def patched(path: Path, engine: str, **options: object) -> Book:
    book = open_book(path, engine, **options)  # type: ignore[arg-type]
    book.patch_rows("Cases", ["Claim ID"], PATCH)  # type: ignore[arg-type]
    return book


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: content and mode."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mode) for p in files}


def is_refused(path: Path, engine: str, words: str, error: type[BookError] = BookUnsaved) -> BookError:
    """The save is refused with these words, and every file in the folder is as it was."""
    before = everything(path.parent)
    book = patched(path, engine)
    with pytest.raises(error, match=words) as caught:
        book.save()
    assert everything(path.parent) == before
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    return caught.value


# ---- the file


def test_a_read_only_file_stays_as_it_is(path: Path, engine: str) -> None:
    path.chmod(0o444)
    assert is_refused(path, engine, "book.xlsx is read-only; allow writing").exit_code == 1


def test_a_file_that_the_system_protects_stays_as_it_is(path: Path) -> None:
    if (
        shutil.which("chattr") is None
        or subprocess.run(["chattr", "+i", path], capture_output=True).returncode
    ):
        pytest.skip("chattr +i is not allowed here: it needs root and a file system that knows it")
    try:
        is_refused(path, "package", "read-only for you")
    finally:
        subprocess.run(["chattr", "-i", path], check=True)


def test_a_file_with_two_names_is_refused_because_the_other_would_stay_behind(
    path: Path, engine: str
) -> None:
    path.with_name("other.xlsx").hardlink_to(path)
    is_refused(path, engine, "2 names")


def test_a_link_is_followed_and_a_lock_beside_either_name_counts(
    path: Path, engine: str, tmp_path: Path
) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    for lock in (tmp_path / "~$link.xlsx", path.with_name("~$book.xlsx")):
        lock.write_bytes(b"\x03Ann")
        is_refused(link, engine, "open in Excel by Ann", BookLocked)
        lock.unlink()
    patched(link, engine).save()
    assert link.is_symlink() and len(open_book(path).read_table("Cases").rows) == 4
    assert (path.parent / BACKUP_FOLDER).is_dir() and not (tmp_path / BACKUP_FOLDER).exists()


def test_excel_opening_the_file_while_it_is_written_is_still_seen(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import recoup.books.saving as saving

    real, before = saving.back_up, path.read_bytes()

    def back_up_while_excel_opens(*args: object, **more: object) -> object:
        path.with_name("~$book.xlsx").write_bytes(b"\x03Zoe")
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(saving, "back_up", back_up_while_excel_opens)
    with pytest.raises(BookLocked, match="Zoe"):
        patched(path, engine).save()
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="owner and group are POSIX")
def test_mode_group_and_attributes_stay_with_the_file(path: Path, engine: str) -> None:
    path.chmod(0o664)
    try:
        os.chown(path, 12345, 23456)
        os.setxattr(path, "user.seller", b"Acme")
    except OSError:
        pytest.skip("another owner or an attribute cannot be given here: it needs root")
    patched(path, engine).save()
    status = path.stat()
    assert (status.st_mode & 0o777, status.st_uid, status.st_gid) == (0o664, 12345, 23456)
    assert os.getxattr(path, "user.seller") == b"Acme"


# ---- the folder and the disk


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount a file system on a folder; unmounted in the end. Skips where that is not allowed."""
    mounted: list[Path] = []

    def do(*options: str, on: Path) -> Path:
        on.mkdir(exist_ok=True)
        if subprocess.run(["mount", *options, str(on)], capture_output=True).returncode:
            pytest.skip("mounting is not allowed here: it needs root")
        mounted.append(on)
        return on

    yield do
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_cannot_be_written_is_named(
    path: Path, engine: str, mount: Callable[..., Path], tmp_path: Path
) -> None:
    folder = mount("--bind", "-o", "ro", str(path.parent), on=tmp_path / "share")
    error = is_refused(
        folder / "book.xlsx", engine, f"the folder {folder} is read-only for you; allow writing"
    )
    assert error.exit_code == 1


def test_a_full_disk_leaves_the_old_file_and_no_rest(
    path: Path, engine: str, mount: Callable[..., Path]
) -> None:
    size = path.stat().st_size // 1024 + 8  # no room for a second one
    folder = mount("-t", "tmpfs", "-o", f"size={size}k", "none", on=path.parent / "small")
    book = Path(shutil.copy(path, folder))
    error = is_refused(book, engine, "its backup cannot be made: the disk of .* is full; free some space")
    assert error.exit_code == 1
    before = book.read_bytes()
    with pytest.raises(BookUnsaved, match=r"the disk of .*small is full"):
        patched(book, engine, keep=0).save()
    assert book.read_bytes() == before and not list(folder.glob(".~*"))


@pytest.mark.parametrize("allowed", [0, 1, 1000, 20_000])
def test_a_file_that_may_not_grow_is_refused_at_any_size(path: Path, engine: str, allowed: int) -> None:
    book, before = patched(path, engine, keep=0), everything(path.parent)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, limits[1]))
    try:
        with pytest.raises(BookUnsaved, match="larger than the system allows"):
            book.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert everything(path.parent) == before
    book.save()
    assert len(open_book(path).read_table("Cases").rows) == 4


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EDQUOT, "your share of the disk"),
        (errno.EROFS, "read-only for you"),
        (errno.ESTALE, "cannot be reached any more; connect its drive"),
        (errno.EIO, "refused to write .* check the drive"),
    ],
)
def test_other_refusals_of_the_system_say_what_to_do(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    before = everything(path.parent)
    with pytest.raises(BookUnsaved, match=words):
        patched(path, engine).save()
    assert everything(path.parent) == before


def test_a_folder_that_is_flushed_nowhere_does_not_undo_a_save(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def only_files(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").is_dir():
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    patched(path, engine).save()
    assert len(open_book(path).read_table("Cases").rows) == 4


def test_a_folder_that_is_gone_is_not_made_again(path: Path, engine: str, tmp_path: Path) -> None:
    book = patched(path, engine)
    path.parent.rename(tmp_path / "away")
    for to in (None, path.parent / "copy.xlsx"):
        with pytest.raises(BookUnsaved, match="cannot be reached"):
            book.save(to)
    assert not path.parent.exists()


def test_a_folder_named_for_the_workbook_is_named_as_one(tmp_path: Path, recoup: Recoup) -> None:
    for folder in (tmp_path, "."):
        answer = recoup("refresh", folder, *DAY)
        answer.is_one_sentence("is a folder; name the workbook file")
        assert answer.code == 2


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no folder here in which nothing can be made")
def test_a_new_workbook_where_nothing_can_be_made_is_refused(recoup: Recoup) -> None:
    answer = recoup("new", "/proc/seller.xlsx")
    answer.is_one_sentence("seller.xlsx was not saved", "/proc is read-only for you")
    assert answer.code == 1


def test_a_path_that_is_too_long_is_named(path: Path, engine: str) -> None:
    with pytest.raises(BookUnsaved, match="too long for the system; choose a shorter one"):
        patched(path, engine).save(path.with_name("x" * 300 + ".xlsx"))


def test_a_name_that_just_fits_is_saved_where_its_backup_fits_and_refused_else(
    path: Path, engine: str
) -> None:
    long = path.rename(path.with_name("é" * 110 + ".xlsx"))
    patched(long, engine).save()
    longer = long.rename(path.with_name("é" * 124 + ".xlsx"))
    book = open_book(longer, engine)
    book.append_rows("Exclusions", [{"SKU": "more"}])
    with pytest.raises(BookUnsaved, match="its backup cannot be made: its name or path is too long"):
        book.save()
    assert not list(path.parent.rglob(".~*"))


# ---- backups


def test_a_backup_folder_that_is_a_file_is_refused(path: Path, engine: str) -> None:
    (path.parent / BACKUP_FOLDER).write_text("mine")
    is_refused(path, engine, "its backup has no place, .*Recoup backups is a file; rename that file")


def test_a_backup_folder_that_cannot_be_written_is_refused(
    path: Path, engine: str, mount: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    mount("--bind", "-o", "ro", str(tmp_path / "there"), on=path.parent / BACKUP_FOLDER)
    is_refused(path, engine, "its backup cannot be made: the folder .*Recoup backups is read-only for you")


def test_refused_saves_do_not_push_out_older_backups(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = path.parent / BACKUP_FOLDER
    for number in range(3):
        book = open_book(path, engine, keep=3)
        book.append_rows("Exclusions", [{"SKU": str(number)}])
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        book.save()
    before = {p.name for p in folder.iterdir()}

    def held(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", held)
        for _ in range(4):
            with pytest.raises(BookUnsaved):
                patched(path, engine, keep=3).save()
    after = {p.name for p in folder.iterdir()}
    assert before < after and len(after) == 4
    patched(path, engine, keep=3).save()
    assert len(list(folder.iterdir())) == 3


# ---- what killed runs left behind


def test_what_a_killed_run_left_is_removed_and_what_others_own_stays(path: Path, engine: str) -> None:
    folder = path.parent / BACKUP_FOLDER
    folder.mkdir()
    dead = [path.with_name(own_prefix(path) + "abcd_123.tmp"), folder / (own_prefix(path) + "zz.tmp")]
    other = [
        path.with_name(own_prefix(path.with_name("other.xlsx")) + "abcd_123.tmp"),
        path.with_name(own_prefix(path.with_name("book.xlsx-b.xlsx")) + "abcd_123.tmp"),
        path.with_name("~book.tmp"),
    ]
    for file in (*dead, *other):
        file.write_bytes(b"half")
    lock_file(path).write_bytes(b"\0Ann on PC-7")  # of a run that was killed
    patched(path, engine).save()
    assert [f for f in dead if f.exists()] == []
    assert [f for f in other if not f.exists()] == []
    assert not lock_file(path).exists()


def test_no_file_of_a_run_is_taken_for_a_report(tmp_path: Path) -> None:
    (report,) = Seller().write(tmp_path)[:1]
    for other in tmp_path.iterdir():
        if other != report:
            other.unlink()
    (tmp_path / (own_prefix(tmp_path / "x.xlsx") + "abcd_123.tmp")).write_bytes(
        samples.build(tmp_path / "~$x.xlsx").read_bytes()
    )
    lock_file(tmp_path / "x.xlsx").write_bytes(b"\0Ann")
    assert [t.name for t in read_files([tmp_path])] == [report.name]


# ---- what a new file must show


def draft(path: Path, **changes: object) -> Draft:
    book = open_book(path)
    facts = {"data": path.read_bytes(), "sheets": book.sheet_names(), "tables": book.tables()}
    return Draft(**{**facts, **changes})  # type: ignore[arg-type]


def spoiled(path: Path, part: str, edit: Callable[[str], str]) -> bytes:
    copy = Path(shutil.copy(path, path.with_name("spoiled.xlsx")))
    samples.edit_part(copy, part, edit)
    return copy.read_bytes()


def flipped(data: bytes, part: str) -> bytes:
    """One bit of a member's compressed bytes is another."""
    package = Package(data, "x")
    info = package.members[part]
    at = data.find(bytes(package.raw(info))) + info.compress_size // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


SPOILED: dict[str, Callable[[Path], dict[str, object]]] = {
    "not well-formed": lambda p: {
        "data": spoiled(p, "xl/workbook.xml", lambda x: x.replace("</workbook>", ""))
    },
    "a bit flipped": lambda p: {"data": flipped(p.read_bytes(), "xl/styles.xml")},
    "cut short": lambda p: {"data": p.read_bytes()[:-40]},
    "a tab lost": lambda p: {"sheets": [*open_book(p).sheet_names(), "Claims 2"]},
    "a heading lost": lambda p: {"tables": {**open_book(p).tables(), "Cases": ["Claim ID"]}},
    "a copied part changed": lambda p: {
        "data": spoiled(p, "docProps/app.xml", lambda x: x.replace("Excel", "Axcel")),
        "source": Package(p.read_bytes(), "x"),
    },
    "a copied part flipped": lambda p: {
        "data": flipped(p.read_bytes(), "xl/styles.xml"),
        "source": Package(p.read_bytes(), "x"),
    },
    "a part packed otherwise": lambda p: {"proven": {"xl/workbook.xml": b"<workbook/>"}},
    "a part packed to half": lambda p: {
        "proven": {"xl/workbook.xml": Package(p.read_bytes(), "x").read("xl/workbook.xml") + b"<!-- -->"}
    },
    "a part with more behind it": lambda p: {
        "data": Package(p.read_bytes(), "x").with_parts({"xl/more.bin": bytes(2 << 20)}),
        "proven": {"xl/more.bin": bytes(1 << 20)},
    },
    "a part forgotten": lambda p: {
        "source": Package(Package(p.read_bytes(), "x").with_parts({"xl/more.xml": b"<x/>"}), "x")
    },
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_file_that_is_not_whole_never_takes_the_place_of_the_old_one(path: Path, what: str) -> None:
    draft(path).verify("book.xlsx")
    with pytest.raises(BookError, match=r"book\.xlsx was not saved: the new file would not be whole"):
        draft(path, **SPOILED[what](path)).verify("book.xlsx")


@pytest.mark.parametrize("spoil", [lambda x: x.replace(b"</row>", b"", 1), lambda x: x + b"<more/>"])
def test_a_tab_that_the_engine_would_write_broken_is_not_saved(
    path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[bytes], bytes]
) -> None:
    sound = Worksheet.xml
    monkeypatch.setattr(Worksheet, "xml", lambda sheet: spoil(sound(sheet)))
    is_refused(path, "package", "the new file would not be whole", BookError)


def test_only_well_formed_xml_that_is_whole_in_memory_counts_as_proven() -> None:
    parts = {"a.xml": b"<a/>", "b.xml": b"<b>", "c.bin": b"c", "d.xml": iter([b"<d/>"])}
    assert well_formed(parts) == {"a.xml": b"<a/>"}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_save_is_verified_first(path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Draft, name: str) -> None:
        raise BookError(f"{name} is not whole.")

    monkeypatch.setattr(Draft, "verify", refuse)
    is_refused(path, engine, "not whole", BookError)


# ---- Settings, outputs and synced folders, at the command line


def test_the_backups_kept_of_settings_are_kept(tmp_path: Path, recoup: Recoup) -> None:
    book = imported_book(tmp_path)
    typed = open_book(book, keep=0)
    typed.patch_rows("Settings", ["Name"], [{"Name": "Backups kept", "Value": 2}])
    typed.save()
    (tmp_path / BACKUP_FOLDER).mkdir()
    for day in (1, 2, 3):
        (tmp_path / BACKUP_FOLDER / f"seller 2025-01-0{day} 090000.xlsx").write_bytes(bytes(day))
    before = book.read_bytes()
    assert recoup("clear", book, "Reimbursements", "--yes").code == 0
    assert [p.read_bytes() for p in sorted((tmp_path / BACKUP_FOLDER).iterdir())] == [bytes(3), before]


def test_an_output_that_is_no_recoup_workbook_is_not_replaced(tmp_path: Path, recoup: Recoup) -> None:
    book, mine = imported_book(tmp_path), tmp_path / "budget.xlsx"
    openpyxl.Workbook().save(mine)
    before = everything(tmp_path)
    answer = recoup("refresh", book, *DAY, "--output", mine)
    answer.is_one_sentence("budget.xlsx", "choose another name")
    assert answer.code == 2 and everything(tmp_path) == before


def test_an_earlier_copy_is_replaced_and_kept_as_a_backup(tmp_path: Path, recoup: Recoup) -> None:
    book, copy = imported_book(tmp_path), tmp_path / "copy.xlsx"
    opened = open_book(book)
    opened.append_rows("Exclusions", [{"SKU": "typed into the copy"}])
    opened.save(copy)
    typed = copy.read_bytes()
    assert recoup("refresh", book, *DAY, "--output", copy).code == 0
    assert [p.read_bytes() for p in (tmp_path / BACKUP_FOLDER).iterdir()] == [typed]


def test_an_output_that_is_open_or_is_the_book_itself_is_refused(tmp_path: Path, recoup: Recoup) -> None:
    book, copy = imported_book(tmp_path), tmp_path / "copy.xlsx"
    shutil.copy(book, copy)
    copy.with_name("~$copy.xlsx").write_bytes(b"\x03Ann")
    before = everything(tmp_path)
    open_there = recoup("refresh", book, *DAY, "--output", copy)
    open_there.is_one_sentence("copy.xlsx", "Ann")
    itself = recoup("refresh", book, *DAY, "--output", book)
    itself.is_one_sentence("seller.xlsx", "is the workbook itself")
    too_long = recoup("refresh", book, *DAY, "--output", tmp_path / ("x" * 300 + ".xlsx"))
    too_long.is_one_sentence("too long")
    assert (open_there.code, itself.code, too_long.code) == (3, 2, 1)
    assert everything(tmp_path) == before


def writing(book: Path) -> dict[str, tuple[object, ...]]:
    """Every command that writes a workbook."""
    return {
        "import": ("import", book, *Seller().write(book.parent.parent / "r")[:1]),
        "refresh": ("refresh", book, *DAY),
        "prepare": ("prepare", book, *DAY),
        "clear": ("clear", book, "Inventory Ledger", "--yes"),
        "upgrade": ("upgrade", book),
    }


def bookshelf(folder: Path, command: str) -> Path:
    """A workbook that the command has something to do on."""
    folder.mkdir(parents=True)
    if command == "upgrade":
        return Path(
            shutil.copy(Path(__file__).parent / "released" / "workbook_v1.xlsx", folder / "seller.xlsx")
        )
    return refreshed_book(folder)


@pytest.mark.parametrize(
    "command", ["import", "refresh", "prepare", "clear", pytest.param("upgrade", marks=pytest.mark.slow)]
)
def test_every_writing_command_writes_a_copy_in_a_synced_folder(
    tmp_path: Path, recoup: Recoup, command: str
) -> None:
    book = bookshelf(tmp_path / "OneDrive - Acme", command)
    words, before = writing(book)[command], book.read_bytes()
    answer = recoup(*words)
    assert answer.code == 0, answer.err
    assert book.read_bytes() == before
    (copy,) = (p for p in book.parent.glob("*.xlsx") if p != book)
    assert copy.name in answer.out and "--in-place" in answer.out and "synced folder" in answer.out
    again = recoup(*words)
    if command == "refresh":  # made anew from the workbook; the earlier one is a backup
        assert again.code == 0 and len(list((book.parent / BACKUP_FOLDER).iterdir())) == 1
    else:
        again.is_one_sentence(copy.name, "rename the copy")
        assert again.code == 2
    assert book.read_bytes() == before
    assert recoup(*words, "--in-place").code == 0
    assert book.read_bytes() != before


@pytest.mark.parametrize("command", ["import", "refresh", "prepare", "clear", "upgrade"])
@pytest.mark.parametrize("why", ["open in Excel", "read-only", "worked on by another run"])
def test_every_writing_command_is_refused_at_once(
    tmp_path: Path, recoup: Recoup, command: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = bookshelf(tmp_path / "desk", command)
    words = writing(book)[command]

    def no_reading(*_: object) -> None:
        raise AssertionError("the workbook was read first: minutes of a person's time")

    monkeypatch.setattr(doors, "open_workbook", no_reading)
    code = 3
    if why == "open in Excel":
        book.with_name("~$seller.xlsx").write_bytes(b"\x03Ann")
    elif why == "read-only":
        book.chmod(0o444)
        code = 1
    else:
        held = lock_file(book).open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
    before = everything(book.parent)
    answer = recoup(*words)
    answer.is_one_sentence("seller.xlsx")
    assert answer.code == code, answer.err
    assert everything(book.parent) == before


# ---- two runs at once

HOLD = """
import sys
from pathlib import Path
from recoup.books.run_lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(book: Path) -> subprocess.Popen[str]:
    """Another process that works on the workbook until it is told something."""
    words = [sys.executable, "-c", HOLD, str(book.resolve())]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def test_a_second_run_says_who_works_on_the_workbook_and_since_when(path: Path, engine: str) -> None:
    holder = hold(path)
    try:
        book = patched(path, engine)
        with pytest.raises(
            BookLocked, match=r"works on book.xlsx \(\S+ on \S+ since \d{4}-\d\d-\d\d \d\d:\d\d"
        ):
            book.save()
    finally:
        holder.communicate("done")
    assert not list(path.parent.glob(".~*"))
    book.save()


def test_a_killed_run_hinders_nobody(path: Path, engine: str) -> None:
    holder = hold(path)
    holder.kill()
    holder.wait()
    assert lock_file(path).exists()
    patched(path, engine).save()
    assert not lock_file(path).exists()


def test_the_run_lock_is_held_from_reading_to_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = imported_book(tmp_path)
    seen = []

    def look(*_: object, **__: object) -> None:
        seen.append(lock_file(book).exists())
        raise RecoupError("stop here")

    for name in ("open_workbook", "refresh"):
        with monkeypatch.context() as patch:
            patch.setattr(doors, name, look)
            with pytest.raises(RecoupError, match="stop here"):
                doors.refresh_book(book, run(), [], target=doors.Target())
    assert seen == [True, True] and not lock_file(book).exists()


def test_where_locks_are_unknown_the_content_decides(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> bool:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("filelock._unix.lock_fd_nonblocking", unknown)
    left = path.with_name(own_prefix(path) + "abcd_123.tmp")
    left.write_bytes(b"perhaps another run's")
    first, second = patched(path, engine), patched(path, engine)
    first.save()
    with pytest.raises(BookChanged):
        second.save()
    assert left.exists()


def refresh_at_once(book: Path, *who: str) -> list[subprocess.CompletedProcess[str]]:
    """Refresh in as many processes as there are names, started together."""
    words = [sys.executable, "-m", "recoup.cli", "refresh", str(book), *DAY]
    started = [
        subprocess.Popen(
            words,
            env={**os.environ, "LOGNAME": name},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for name in who
    ]
    done = []
    for process in started:
        out, err = process.communicate(timeout=300)
        done.append(subprocess.CompletedProcess(words, process.returncode, out, err))
    return done


@pytest.mark.parametrize(
    "names", [("Ann", "Bob"), pytest.param(("Ann", "Bob", "Cem"), marks=pytest.mark.slow)]
)
def test_of_refreshes_at_once_one_wins_and_the_others_say_so(tmp_path: Path, names: tuple[str, ...]) -> None:
    book = imported_book(tmp_path)
    before = book.read_bytes()
    done = refresh_at_once(book, *names)
    codes = sorted(d.returncode for d in done)
    assert codes == [0] + [3] * (len(names) - 1), [d.stderr for d in done]
    (winner,) = (name for name, d in zip(names, done, strict=True) if d.returncode == 0)
    for lost in (d for d in done if d.returncode == 3):
        assert f"Another run of Recoup works on seller.xlsx ({winner} on " in lost.stderr
        assert lost.stdout == "" and len(lost.stderr.splitlines()) == 1
    assert len(claims(book)) == 10
    assert {r["Who"] for r in table(book, "Journal")} == {winner}
    assert [p.read_bytes() for p in (tmp_path / BACKUP_FOLDER).iterdir()] == [before]
    assert not list(tmp_path.glob(".~*"))
