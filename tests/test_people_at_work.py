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
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import EFFORT
from desks import FileDesk, PaperDesk
from paper_book import PaperBook
from random_work import (
    HANDS,
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
from recoup import refresh
from recoup.books import open_book
from workbooks import make_book

STEPS = 12
SEQUENCES = 60 if EFFORT == "ci" else 10_000
IN_FILES = 1 if EFFORT == "ci" else 200


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a small seller, refreshed once."""
    folder = tmp_path_factory.mktemp("start")
    book = make_book(folder, small_seller(), skip=("Customer Returns", "Transactions"))
    World(FileDesk(book)).refresh()
    return book


@pytest.fixture(scope="module")
def paper(start: Path) -> PaperBook:
    return PaperBook.of(open_book(start, keep=0))


@pytest.fixture(scope="module", autouse=True)
def found_once() -> Iterator[None]:
    """Reading and detecting, which are pure, are done once for the same reports and the same brief."""
    read, detect = refresh.read, refresh.detect
    known: dict[bytes, Any] = {}

    def remembered(key: Any, find: Callable[[], Any]) -> Any:
        name = hashlib.sha256(pickle.dumps(key)).digest()
        if name not in known:
            known[name] = find()
        return copy.deepcopy(known[name])

    def read_once(sources: Any, **more: Any) -> Any:
        found = list(sources)
        assert all(s.digest for s in found)
        key = ([(s.name, s.digest) for s in found], more["periods"])
        return remembered(key, lambda: read(found, **more))

    def detect_once(reports: Any, brief: Any) -> Any:
        told = [
            getattr(brief, f.name) for f in dataclasses.fields(brief) if f.name != "policy"
        ]  # no step sets one
        return remembered((reports.contents, reports.exports, told), lambda: detect(reports, brief))

    with pytest.MonkeyPatch.context() as patch:
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
def test_no_order_of_work_loses_what_people_typed_or_a_unit(paper: PaperBook) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(SEQUENCES):
        steps = steps_of(seed, STEPS)
        world = World(PaperDesk(paper.copy("ann.xlsx")))
        try:
            work(world, steps)
        except Exception as error:
            raise AssertionError(f"seed {seed}, steps {steps}: {error}") from error
        kinds.update(kind for kind, *_ in steps)
    sys.stdout.write(f"{SEQUENCES:,} sequences of {STEPS} steps: {dict(kinds)}\n")
