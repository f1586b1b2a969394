"""Large files are read by several processes, and whatever becomes of these, the reports are the same."""

from __future__ import annotations

import sys
from pathlib import Path
from time import sleep

import pytest

from recoup import report_workers
from recoup.frame_cache import FrameCache
from recoup.report_workers import Workers, shelf_for
from recoup.reports import Listing, Reports, file_sources, list_files
from recoup.simulator import simulate
from test_frame_cache import read, same
from workbooks import AS_OF


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Listing:
    folder = tmp_path_factory.mktemp("reports")
    simulate(7, as_of=AS_OF, size=0.05).write(folder)
    return Listing(files=list_files([folder]).files[:9])


@pytest.fixture(scope="module")
def alone(listing: Listing) -> Reports:
    return read(file_sources(listing))


def workers(folder: Path, listing: Listing, number: int = 1) -> Workers:
    return Workers(FrameCache(folder, least_rows=0), listing.files, number)


def test_the_reports_are_the_same_whoever_reads_them(
    listing: Listing, alone: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process waits with its second file until the others have read the rest."""
    theirs: list[str] = []
    hand_over = report_workers._hand_over

    def noted(process: object, name: str, path: Path, folder: Path) -> bool:
        theirs.append(name)
        return hand_over(process, name, path, folder)  # type: ignore[arg-type]

    monkeypatch.setattr(report_workers, "_hand_over", noted)
    shelf = workers(tmp_path, listing, 2)
    first, *others = file_sources(listing)
    shelf.find(first)
    while shelf._left:
        sleep(0.01)
    same(read([first, *others], shelf=shelf), alone)
    assert sorted(theirs) == sorted(name for name, _ in listing.files if name != first.name)
    kept = FrameCache(tmp_path, least_rows=0)
    assert all(kept.find(source) is not None for source in others)


def test_a_worker_that_dies_is_not_missed(
    listing: Listing, alone: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_workers, "_SERVE", "import sys; sys.stdin.readline(); sys.exit(3)")
    shelf = workers(tmp_path, listing)
    same(read(file_sources(listing), shelf=shelf), alone)


def test_no_worker_is_begun_where_python_cannot_be_started(
    listing: Listing, alone: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("/no/such/python", r"C:\Office\EXCEL.EXE", ""):
        monkeypatch.setattr(sys, "executable", name)
        same(read(file_sources(listing), shelf=workers(tmp_path / "cache", listing)), alone)


def test_what_is_on_the_shelf_already_begins_no_worker(listing: Listing, tmp_path: Path) -> None:
    read(file_sources(listing), shelf=FrameCache(tmp_path, least_rows=0))
    shelf = workers(tmp_path, listing)
    read(file_sources(listing), shelf=shelf)
    assert shelf._processes is None


def test_a_module_beside_the_reports_is_not_imported(
    listing: Listing, alone: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("recoup", "pandas", "json"):
        (tmp_path / f"{name}.py").write_text("open('was here', 'w').close()")
    monkeypatch.chdir(tmp_path)
    same(read(file_sources(listing), shelf=workers(tmp_path / "cache", listing)), alone)
    assert not (tmp_path / "was here").exists()


def test_only_large_folders_are_shared_out(
    listing: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_workers, "_cores", lambda: 4)
    monkeypatch.setenv("RECOUP_CACHE", str(tmp_path))
    assert isinstance(shelf_for(listing), FrameCache)
    monkeypatch.setattr(report_workers, "LEAST_BYTES", 1 << 10)
    monkeypatch.setattr(report_workers, "LEAST_FILE", 1 << 10)
    assert isinstance(shelf_for(listing), Workers)
    monkeypatch.setattr(report_workers, "_cores", lambda: 1)
    assert isinstance(shelf_for(listing), FrameCache)
    monkeypatch.setenv("RECOUP_CACHE", "off")
    assert shelf_for(listing) is None
