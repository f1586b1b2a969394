"""Any order of typing, sorting, filtering, pasting, refreshing, clearing, filing and merging loses nobody's work.

The sequences run through the engine itself in a workbook in memory (``paper_book``); a part of them also in workbook
files that openpyxl edits, and both must hold the same in the end. What was read and detected of reports that were read
and detected before is taken from there: both are pure functions.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import EFFORT
from desks import FileDesk, PaperDesk
from paper_book import PaperBook
from random_work import (
    HANDS,
    MARKED,
    Step,
    World,
    figures_make_sense,
    no_human_cell_is_lost,
    no_unit_is_in_two_open_cases,
    small_seller,
    steps_of,
    take,
    units_add_up,
)
from recoup import case_record, case_start, refresh
from recoup.books import open_book
from recoup.memory import plain
from recoup.reports import list_files
from recoup.shared_work import _tables
from workbooks import claim_of, make_book

ENGINES = ("package", "openpyxl")
COMPARED = (*MARKED, "Journal", "Settings")
STEPS = 8
PARTS = 4
SEQUENCES = 30 if EFFORT == "ci" else 2_500  # of each part
IN_FILES = 1 if EFFORT == "ci" else 50


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a small seller: one case is filed, one a draft, one a person opened by himself."""
    book = make_book(
        tmp_path_factory.mktemp("start"), small_seller(), skip=("Customer Returns", "Transactions")
    )
    world = World(FileDesk(book))
    world.refresh()
    keys = [plain(claim_of(book, f)["Claim ID"]) for f in ("X00LOST01A", "X00NOVA01A")]
    world.place.act(lambda b: case_start.start(b, world.run(), keys, list_files([])))
    filed = case_record.Entry({"Stage": "Filed", "Amazon case ID": "17000000009"})
    world.place.act(lambda b: case_record.record(b, world.run(), keys[0], filed))
    world.place.add("Cases", {"Case": "OWN-1", "SKU": "S-9", "Stage": "Filed", "Notes": "by telephone"})
    world.refresh()
    return book


@pytest.fixture(scope="module")
def paper(start: Path) -> PaperBook:
    return PaperBook.of(open_book(start, keep=0))


@pytest.fixture(scope="module", autouse=True)
def found_once() -> Iterator[None]:
    """Reading and detecting, which are pure, are done once for the same reports and the same brief."""
    read, detect, find_form = refresh.read, refresh.detect, _tables.find_form
    known: dict[bytes, Any] = {}

    def remembered(key: Any, find: Callable[[], Any]) -> Any:
        name = hashlib.sha256(pickle.dumps(key)).digest()
        if name not in known:
            known[name] = find()
        return copy.deepcopy(known[name])

    def read_once(sources: Any, **more: Any) -> Any:
        found = list(sources)
        if not all(s.digest for s in found):
            return read(found, **more)  # openpyxl does not tell what a tab holds without reading it
        key = ([(s.name, s.digest) for s in found], more["periods"])
        return remembered(key, lambda: read(found, **more))

    def detect_once(reports: Any, brief: Any) -> Any:
        told = [
            getattr(brief, f.name) for f in dataclasses.fields(brief) if f.name != "policy"
        ]  # no step sets one
        return remembered((reports.contents, reports.exports, told), lambda: detect(reports, brief))

    forms: dict[tuple[int, str], Any] = {}

    def find_form_once(raw: Any, report: str) -> Any:
        """Of the same tab object: a book in memory keeps it until somebody types there."""
        if (id(raw), report) not in forms:
            forms[id(raw), report] = find_form(raw, report), raw
        return forms[id(raw), report][0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_tables, "find_form", find_form_once)
        patch.setattr(refresh, "read", read_once)
        patch.setattr(refresh, "detect", detect_once)
        yield


def work(world: World, steps: list[Step], watched: bool = True) -> None:
    """Take the steps; what must hold is looked at after each."""
    for step in steps:
        if not watched or step[0] in (*HANDS, "merge"):
            take(world, step)  # what people change, they change; a merge looks at its three copies itself
        else:
            no_human_cell_is_lost(world, step)
        if not watched:
            continue
        if step[0] in ("refresh", "tomorrow"):
            units_add_up(world)
        no_unit_is_in_two_open_cases(world)
        figures_make_sense(world)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_order_of_work_loses_what_people_typed_or_a_unit(paper: PaperBook, part: int) -> None:
    for number in range(SEQUENCES):
        seed = part * SEQUENCES + number
        world = World(PaperDesk(paper.copy("ann.xlsx")))
        with told(seed):
            work(world, steps_of(seed, STEPS))
        if number % 100 == 99:
            sys.stdout.write(f"part {part}: {number + 1:,} sequences of {STEPS} steps\n")


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_workbook_file_holds_in_the_end_what_the_book_in_memory_holds(
    start: Path, paper: PaperBook, part: int, tmp_path: Path
) -> None:
    for number in range(IN_FILES):
        seed = 10**6 + part * IN_FILES + number
        on_paper = World(PaperDesk(paper.copy("seller.xlsx")))
        in_file = World(FileDesk(Path(shutil.copy(start, tmp_path / "seller.xlsx")), ENGINES[number % 2]))
        with told(seed):
            for step in steps_of(seed, STEPS):
                take(on_paper, step)
                take(in_file, step)
            for table in COMPARED:
                assert shown(in_file, table) == shown(on_paper, table), table
        sys.stdout.write(f"part {part}: {number + 1:,} sequences of {STEPS} steps in files\n")


@contextmanager
def told(seed: int) -> Iterator[None]:
    """Name the seed and its steps when anything goes wrong."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"seed {seed}, steps {steps_of(seed, STEPS)}: {error}") from error


def shown(world: World, table: str) -> list[dict[str, str]]:
    """The rows of a table, cell by cell, as they read; openpyxl leaves the values of formulas out."""
    formulas = {header for _, header in world.place.open().read_formulas(table)}
    rows = world.place.rows(table)
    return [{h: plain(c) for h, c in row.items() if plain(c) and h not in formulas} for row in rows]
