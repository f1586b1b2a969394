"""How fast a worksheet function answers a whole column, against the least that any function must do with its cells.

``python -m benchmarks.functions [rows]`` asks for so many deadlines in one call at the door that Excel calls, as Excel
would: a column with every kind and a column of days within two years (serial numbers, texts, blanks), at home. The
floor takes the same columns and gives back as many rows, each with one number.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from recoup import udfs
from recoup.books import open_book
from recoup.policy import load
from recoup.worksheet_functions.calling_book import CallingBook

ROWS, RUNS, SEED = 100_000, 5, 7
TEMPLATE = Path(__file__).parents[1] / "workbook_templates" / "recoup.xlsx"
FIRST_DAY, DAYS, BLANK, TEXT = 45_658, 730, 0.05, 0.2  # two years from 2025; shares of the cells
STATE = "46341|0|1|recoup.xlsx"


@dataclass(frozen=True, slots=True)
class Timing:
    """Median CPU seconds for so many deadlines in one call, and those of the floor."""

    rows: int
    seconds: float
    floor: float
    dates: int  # answers that are a day

    @property
    def ratio(self) -> float:
        """Times the floor."""
        return self.seconds / self.floor

    def __str__(self) -> str:
        return (
            f"{self.rows:,} deadlines in one call in {self.seconds:.2f} CPU s ({self.dates:,} days), "
            f"{self.ratio:.1f} x handing the cells through ({self.floor:.2f} s)"
        )


def make_columns(rows: int) -> list[Any]:
    """Kinds and days, a cell a row, as Excel hands columns over."""
    r = random.Random(SEED)
    kinds = sorted(k.partition(".")[2] for k in load().keys if k.startswith("claim_window_latest."))

    def day() -> object:
        serial, share = FIRST_DAY + r.randrange(DAYS), r.random()
        return None if share < BLANK else f"2026-{1 + serial % 12:02}-15" if share < TEXT else float(serial)

    return [tuple((make(),) for _ in range(rows)) for make in (lambda: r.choice(kinds), day)]


def run(rows: int = ROWS) -> Timing:
    """Ask for so many deadlines, and hand as many cells through, in turn; the medians of both."""
    columns = make_columns(rows)
    udfs._BOOKS["recoup.xlsx"] = "1", CallingBook(open_book(TEMPLATE))
    ask = udfs.__dict__["RECOUP_DEADLINE"]
    ask("lost_in_warehouse", 46_000.0, None, STATE, None)  # the rules are read once per process
    took: list[float] = []
    floors: list[float] = []
    found: list[list[Any]] = []
    for _ in range(RUNS):
        seconds, found = _timed(lambda: ask(*columns, None, STATE, None))
        took.append(seconds)
        floors.append(_timed(lambda: [[float(len(cells))] for cells in zip(*columns, strict=True)])[0])
    if len(found) != rows:
        raise ValueError(f"{len(found)} answers to {rows} questions")
    return Timing(rows, median(took), median(floors), sum(isinstance(cell, float) for (cell,) in found))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()  # other work on the machine does not count
    result = work()
    return time.process_time() - start, result


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
