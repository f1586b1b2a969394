"""A report that has not changed is not read twice, and what is remembered of it is never trusted over its content."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from threading import Event

import pandas as pd
import pytest

from book_samples import parts
from recoup import frame_cache, reports
from recoup.books import open_book
from recoup.books.package_book import PackageBook
from recoup.doors import Target, refresh_book
from recoup.frame_cache import FrameCache, user_cache
from recoup.refresh import kept
from recoup.reports import Reports, Shelf, Source, file_sources, list_files
from recoup.run import Run
from report_samples import samples
from workbooks import AS_OF, blank_book, imported_book

RUN = Run(AS_OF, datetime(2026, 11, 15, 12), "Ann")


@pytest.fixture
def shelf(tmp_path: Path) -> FrameCache:
    return FrameCache(tmp_path / "cache", least_rows=0)


def read(sources: Iterable[Source], shelf: Shelf | None = None) -> Reports:
    with kept(shelf):
        return reports.read(sources, shelf=shelf)


def one_file(path: Path) -> Source:
    (source,) = file_sources(list_files([path]))
    return source


def never_read(source: Source) -> Source:
    def load() -> list[reports.FileTable]:
        raise AssertionError(f"{source.name} was read again")

    return Source(source.name, source.digest, load)


def same(one: Reports, other: Reports) -> None:
    assert one.exports == other.exports
    assert one.problems == other.problems
    for name, frame in one.frames.items():
        same_frame(frame, other.frames[name])


def same_frame(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """The same cells of the same types; pandas explains a difference well, but takes long to find none."""
    alike = one.equals(other) and one.dtypes.equals(other.dtypes) and type(one.index) is type(other.index)
    if not alike:
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("sample", samples(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_what_is_remembered_of_any_report_is_what_was_read(shelf: FrameCache, sample: Path) -> None:
    source = one_file(sample)
    first = read([source], shelf=shelf)
    same(read([never_read(source)], shelf=shelf), first)
    same(read([one_file(sample)]), first)


def test_what_becomes_of_a_reading_later_is_not_what_is_remembered(
    shelf: FrameCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = one_file(next(p for p in samples() if p.parent.name == "inventory_ledger"))
    first = read([source], shelf=shelf)
    later, may_write = FrameCache(tmp_path / "later", least_rows=0), Event()
    write = later._write
    monkeypatch.setattr(later, "_write", lambda *told: may_write.wait(20) and write(*told))
    reading = shelf.find(source)
    assert reading is not None
    with kept(later):
        later.keep(source, reading)
        (block,) = reading.blocks
        block.frame.loc[:, "quantity"] = 99.0
        block.frame.iloc[0, 0] = block.frame.iloc[-1, 0]
        block.export.rows_used = 99
        may_write.set()
    same(read([never_read(source)], shelf=later), first)


def test_one_changed_character_or_another_name_is_read_anew(shelf: FrameCache, tmp_path: Path) -> None:
    sample = next(p for p in samples() if p.parent.name == "inventory_ledger")
    file = tmp_path / "ledger.txt"
    file.write_bytes(sample.read_bytes())
    read([one_file(file)], shelf=shelf)
    times = file.stat()
    file.write_bytes(sample.read_bytes().replace(b"2026", b"2025"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    again = read([one_file(file)], shelf=shelf)
    assert {d.year for d in again.inventory_ledger["date"]} == {2025}
    other = file.rename(tmp_path / "ledger_2025-01-01_2025-12-31.txt")
    assert {e.where for e in read([one_file(other)], shelf=shelf).exports} == {other.name}


def test_another_version_of_the_reader_reads_anew(shelf: FrameCache, monkeypatch: pytest.MonkeyPatch) -> None:
    source = one_file(samples()[0])
    read([source], shelf=shelf)
    monkeypatch.setattr(frame_cache, "_reader", lambda: "another")
    assert shelf.find(source) is None


def test_any_change_of_the_code_that_reads_makes_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "__path__", [str(tmp_path)])
    (tmp_path / "_dates.py").write_text("FIRST = 1")
    before = frame_cache._reader.__wrapped__()
    assert frame_cache._reader.__wrapped__() == before
    (tmp_path / "_dates.py").write_text("FIRST = 2")
    assert frame_cache._reader.__wrapped__() != before


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "forged"])
def test_a_damaged_memory_is_thrown_away_and_the_report_read(
    shelf: FrameCache, tmp_path: Path, damage: str
) -> None:
    source = one_file(next(p for p in samples() if p.parent.name == "reimbursements"))
    first = read([source], shelf=shelf)
    (file,) = (tmp_path / "cache").iterdir()
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle] ^= 1
    damaged = {"flip": data, "cut": data[:middle], "empty": b"", "forged": data[:-32] + bytes(32)}[damage]
    file.write_bytes(damaged)
    assert shelf.find(source) is None
    same(read([source], shelf=shelf), first)
    same(read([never_read(source)], shelf=shelf), first)


def test_without_a_folder_that_can_be_written_everything_is_read(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    source = one_file(samples()[0])
    same(read([source], shelf=FrameCache(blocked / "cache", least_rows=0)), read([source]))


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    sources = [one_file(p) for p in samples()[:3]]
    for number, source in enumerate(sources):
        read([source], shelf=FrameCache(folder, least_rows=0))
        for file in folder.iterdir():
            if file.stat().st_mtime > 1000:
                os.utime(file, (number, number))
    largest = max(f.stat().st_size for f in folder.iterdir())
    one_more = one_file(samples()[3])
    read([one_more], shelf=FrameCache(folder, least_rows=0, most_bytes=3 * largest + 1))
    known = [FrameCache(folder).find(s) is not None for s in (*sources, one_more)]
    assert known[-1] and not known[0]


def test_small_reports_are_not_remembered(tmp_path: Path) -> None:
    read([one_file(samples()[0])], shelf=FrameCache(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


def test_the_users_folder_is_taken_from_the_environment_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert user_cache() is None  # as set for all tests
    monkeypatch.setenv("RECOUP_CACHE", str(tmp_path / "mine"))
    cache = user_cache()
    assert cache is not None
    FrameCache.keep(cache, Source("a", "b", list), reports.Reading())
    assert not (tmp_path / "mine").exists()  # nothing worth keeping


@pytest.mark.skipif(sys.platform != "linux", reason="another folder there")
def test_without_a_word_of_the_user_it_is_the_cache_folder_of_the_computer(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECOUP_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(FrameCache.__init__, "__kwdefaults__", {"most_bytes": 1 << 30, "least_rows": 0})
    monkeypatch.chdir(filled.parent)
    refresh_book(filled, RUN, [], target=Target())
    assert [p.name for p in (tmp_path / "caches").iterdir()] == ["recoup"]
    assert len(list((tmp_path / "caches" / "recoup" / "readings").iterdir())) > 1
    assert sorted(p.name for p in filled.parent.iterdir()) == ["Recoup backups", "seller.xlsx"]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return imported_book(tmp_path / "desk")


def counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    seen: list[str] = []
    whole = PackageBook.read_raw

    def read_raw(book: PackageBook, sheet: str) -> object:
        seen.append(sheet)
        return whole(book, sheet)

    monkeypatch.setattr(PackageBook, "read_raw", read_raw)

    def taken() -> list[str]:
        names, seen[:] = list(seen), []
        return names

    return taken


def test_a_second_refresh_reads_only_the_tabs_that_changed(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOUP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(frame_cache, "LEAST_ROWS", 0)
    monkeypatch.setattr(FrameCache.__init__, "__kwdefaults__", {"most_bytes": 1 << 30, "least_rows": 0})
    taken = counting(monkeypatch)
    first = refresh_book(filled, RUN, [], target=Target())
    assert "Inventory Ledger" in taken()
    second = refresh_book(filled, RUN, [], target=Target())
    assert taken() == []
    same(first.summary.reports, second.summary.reports)
    assert first.summary.claims == second.summary.claims

    book = open_book(filled)
    book.drop_rows("Customer Returns", [2])
    book.save()
    third = refresh_book(filled, RUN, [], target=Target())
    assert taken() == ["Customer Returns"]
    assert len(third.summary.reports.customer_returns) == len(first.summary.reports.customer_returns) - 1
    assert sorted(p.name for p in filled.parent.iterdir()) == ["Recoup backups", "seller.xlsx"]


def test_a_book_with_unsaved_changes_has_no_fingerprint(tmp_path: Path) -> None:
    book = open_book(blank_book(tmp_path))
    assert book.fingerprint("Customer Returns")
    book.write_tab("Customer Returns", [["x"]])
    assert book.fingerprint("Customer Returns") == ""


@pytest.mark.parametrize(
    ("part", "was", "now"),
    [
        ("xl/sharedStrings.xml", b"<t>As of</t>", b"<t>As off</t>"),
        ("xl/styles.xml", b"0.00", b"0.000"),
        ("xl/workbook.xml", b"<workbookPr ", b'<workbookPr date1904="1" '),
    ],
)
def test_whatever_the_cells_are_made_of_changes_the_fingerprint(
    tmp_path: Path, part: str, was: bytes, now: bytes
) -> None:
    content = parts(blank_book(tmp_path))
    changed = {**content, part: content[part].replace(was, now, 1)}
    assert changed != content
    assert fingerprint_of(tmp_path, content) == fingerprint_of(tmp_path, content)
    assert fingerprint_of(tmp_path, changed) != fingerprint_of(tmp_path, content)


def fingerprint_of(folder: Path, content: dict[str, bytes]) -> str:
    path = folder / "packed.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in content.items():
            package.writestr(name, data)
    return open_book(path).fingerprint("Customer Returns")
