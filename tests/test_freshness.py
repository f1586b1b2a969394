"""A refresh knows what it read, whether it read it or found it in the cache; nobody files by one that is overtaken."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from recoup import frame_cache
from recoup.books import open_book
from recoup.books.package_book import PackageBook
from recoup.model import RecoupError
from test_case_work import LOST, start
from workbooks import Desk, Seller, claim_of, imported_book, paste_seller, refresh, table


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that also keeps small tabs."""
    monkeypatch.setenv("RECOUP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        frame_cache.FrameCache.__init__, "__kwdefaults__", {"most_bytes": 2 << 30, "least_rows": 0}
    )
    return tmp_path


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tabs whose cells are read."""
    names: list[str] = []
    read = PackageBook.read_raw

    def noted(self: PackageBook, sheet: str) -> Any:
        names.append(sheet)
        return read(self, sheet)

    monkeypatch.setattr(PackageBook, "read_raw", noted)
    return names


def known(book: Path) -> list[tuple[Any, ...]]:
    return [(r["Key"], r["Field"], r["Value"]) for r in table(book, "RecoupMemory") if r["What"] == "read"]


def cold_and_warm(folder: Path, loaded: list[str]) -> tuple[Path, Path]:
    """One book refreshed when nothing was read before, and the same one refreshed from the cache."""
    cold = imported_book(folder)
    warm = Path(shutil.copy(cold, folder / "warm.xlsx"))
    refresh(cold)
    assert "Inventory Ledger" in loaded
    loaded.clear()
    refresh(warm)
    assert "Inventory Ledger" not in loaded, "it came from the cache"
    return cold, warm


def test_cold_and_warm_remember_the_same_of_what_they_read(cached: Path, loaded: list[str]) -> None:
    cold, warm = cold_and_warm(cached, loaded)
    assert known(cold) == known(warm)
    assert {k: v for k, _, v in known(cold)}["Inventory Ledger"]


@pytest.mark.parametrize("which", ["cold", "warm"])
def test_a_book_that_excel_wrote_anew_is_still_fresh_and_a_changed_cell_is_not(
    cached: Path, loaded: list[str], which: str
) -> None:
    book = dict(zip(("cold", "warm"), cold_and_warm(cached, loaded), strict=True))[which]
    before = open_book(book).fingerprint("Inventory Ledger")
    with Desk(book) as desk:
        desk.workbook.create_sheet("Mine")["A1"] = "notes"
    assert open_book(book).fingerprint("Inventory Ledger") != before, "every part was written anew"
    start(Path(shutil.copy(book, cached / "filed.xlsx")), claim_of(book, LOST)["Claim ID"])
    paste_seller(book, Seller().find("2026-11-02", LOST, 2, "9990"), "Inventory Ledger")
    with pytest.raises(RecoupError, match="Inventory Ledger changed since the last refresh"):
        start(book, claim_of(book, LOST)["Claim ID"])


def test_tabs_that_nobody_touched_are_not_read_to_start_a_case(cached: Path, loaded: list[str]) -> None:
    cold, _ = cold_and_warm(cached, loaded)
    loaded.clear()
    start(cold, claim_of(cold, LOST)["Claim ID"])
    assert loaded == []
