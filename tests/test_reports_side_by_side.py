"""Large files are read beside all others, and the order in which they come decides, not which is done first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recoup.books import open_book
from recoup.reports import Listing, Source, _files, file_sources, list_files, read
from recoup.reports._read import AT_ONCE, IN_MEMORY
from recoup.workbook import report_tabs
from report_samples import samples
from workbooks import imported_book

LEDGERS = [path for path in samples() if path.parent.name == "inventory_ledger"]


def _apart(files: Listing) -> Iterator[Source]:
    """The samples as if they were large."""
    return (replace(source, apart=True) for source in file_sources(files))


def test_only_large_files_are_given_to_other_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = tmp_path / "a.txt", tmp_path / "b.txt"
    small.write_bytes(LEDGERS[0].read_bytes())
    large.write_bytes(small.read_bytes() * 3)
    monkeypatch.setattr(_files, "LARGE", 2 * small.stat().st_size)
    assert [source.apart for source in file_sources(list_files([tmp_path]))] == [False, True]


def test_files_read_side_by_side_give_what_one_after_the_other_gives() -> None:
    sources = list(_apart(list_files(samples())))
    together = read(sources)
    alone = read(replace(source, apart=False) for source in sources)
    assert together.exports == alone.exports
    assert together.problems == alone.problems
    for name, frame in together.frames.items():
        pd.testing.assert_frame_equal(frame, alone.frames[name], check_exact=True)


def test_a_slow_file_keeps_its_place() -> None:
    first, second = _apart(list_files(LEDGERS[:2]))
    passed = threading.Event()

    def slow() -> Iterator[object]:
        assert passed.wait(20), "the second file waited for the first"
        yield from first.load()

    def quick() -> Iterator[object]:
        yield from second.load()
        passed.set()

    sources = (replace(first, load=slow), replace(second, load=quick))  # type: ignore[arg-type]
    expected = [first.name, second.name]
    assert [e.where for e in read(sources).exports if e.where in expected] == expected


def test_small_files_do_not_wait_for_a_large_one_that_waits_for_others() -> None:
    small_is_read = threading.Event()

    def waiting(source: Source) -> Source:
        def load() -> Iterator[object]:
            assert small_is_read.wait(20), "the small file waited for the large ones before it"
            yield from source.load()

        return replace(source, load=load)  # type: ignore[arg-type]

    def told(source: Source) -> Source:
        def load() -> Iterator[object]:
            yield from source.load()
            small_is_read.set()

        return replace(source, load=load, apart=False)  # type: ignore[arg-type]

    *large, small = list(_apart(list_files(samples())))[: AT_ONCE + 2]
    names = [s.name for s in (*large, small)]
    read_in = [e.where for e in read([*map(waiting, large), told(small)]).exports]
    assert {*read_in} <= {*names} and small.name in read_in


def test_no_more_large_files_lie_in_memory_than_allowed() -> None:
    done: list[str] = []
    given: list[str] = []

    def counted(source: Source) -> Source:
        def load() -> Iterator[object]:
            yield from source.load()
            done.append(source.name)

        return replace(source, load=load)  # type: ignore[arg-type]

    def sources() -> Iterator[Source]:
        for source in _apart(list_files(samples())):
            assert len(given) - len(done) <= IN_MEMORY
            given.append(source.name)
            yield counted(source)

    read(sources())
    assert sorted(given) == sorted(done)
    assert len(given) > 2 * IN_MEMORY


def test_what_shares_something_with_others_is_read_in_the_thread_that_asks_and_keeps_its_place() -> None:
    threads: list[int] = []
    other = threading.Event()

    def tab(source: Source) -> Source:
        def load() -> Iterator[object]:
            threads.append(threading.get_ident())
            yield from source.load()
            other.set()

        return replace(source, apart=False, load=load)  # type: ignore[arg-type]

    def file(source: Source) -> Source:
        def load() -> Iterator[object]:
            assert other.wait(20), "the tab waited for a file before it"
            yield from source.load()

        return replace(source, load=load)  # type: ignore[arg-type]

    sources = list(_apart(list_files(LEDGERS[:3])))
    found = read([(tab if n == 1 else file)(s) for n, s in enumerate(sources)])
    assert threads == [threading.get_ident()]
    assert found.exports == read(sources).exports


def test_what_goes_wrong_beside_other_files_is_not_lost() -> None:
    def broken() -> list[object]:
        raise MemoryError("too large")

    sources = list(_apart(list_files(samples())))[:3]
    with pytest.raises(MemoryError, match="too large"):
        read([sources[0], replace(sources[1], load=broken), sources[2]])  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [True, False])
def test_a_workbook_gives_one_tab_at_a_time_and_only_to_threads_that_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: bool
) -> None:
    book = open_book(imported_book(tmp_path))
    monkeypatch.setattr(book, "threads", threads)
    busy, asked = threading.Semaphore(1), set()

    def alone(read: Callable[[str], object]) -> Callable[[str], object]:
        def one_tab(sheet: str) -> object:
            assert busy.acquire(blocking=False), f"{sheet} was read beside another tab"
            asked.add(threading.get_ident())
            time.sleep(0.002)  # so that others come in between, if they can
            found = read(sheet)
            busy.release()
            return found

        return one_tab

    for name in ("read_raw", "fingerprint"):
        monkeypatch.setattr(book, name, alone(getattr(book, name)))
    found = read(report_tabs(book))
    assert found.exports
    assert (asked == {threading.get_ident()}) is not threads
