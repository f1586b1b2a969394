"""How fast fulfilment fees are recomputed, against sorting the same rows: ``python -m benchmarks.fees [rows]``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
import pandas as pd

from recoup.fees.fulfillment import fulfillment_fees

ROWS, RUNS, SEED = 1_000_000, 3, 7
DAYS = (np.datetime64("2024-04-15"), np.datetime64("2027-01-15"))


@dataclass(frozen=True, slots=True)
class Timing:
    """Median seconds for so many rows, and those of the floor: a stable sort of the same rows by weight."""

    rows: int
    seconds: float
    floor: float
    computed: int  # rows that have a fee

    @property
    def ratio(self) -> float:
        """Times the floor."""
        return self.seconds / self.floor

    def __str__(self) -> str:
        return (
            f"{self.rows:,} fulfilment fees in {self.seconds:.2f} s ({self.computed:,} computed), "
            f"{self.ratio:.1f} x sorting the same rows ({self.floor:.2f} s)"
        )


def make_rows(rows: int) -> pd.DataFrame:
    """Units of all sizes, prices, goods and ship dates that have a table."""
    r = np.random.default_rng(SEED)
    days = r.integers(0, (DAYS[1] - DAYS[0]).astype(int), rows).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "longest": r.gamma(4, 3, rows) + 1,
            "median": r.gamma(3, 2, rows) + 0.5,
            "shortest": r.gamma(2, 1, rows) + 0.1,
            "weight": r.gamma(1, 3, rows) + 0.02,
            "price": r.uniform(3, 90, rows).round(2),
            "ship_date": (DAYS[0] + days).astype("datetime64[s]"),
            "apparel": r.random(rows) < 0.2,
            "dangerous_goods": r.random(rows) < 0.05,
        }
    )


def run(rows: int = ROWS) -> Timing:
    """Recompute the fees of so many rows, and sort the rows, in turn; the medians of both."""
    frame = make_rows(rows)
    fulfillment_fees(frame.head(1))  # the tables are read once per process
    took: list[float] = []
    floors: list[float] = []
    computed = 0
    for _ in range(RUNS):
        seconds, fees = _timed(lambda: fulfillment_fees(frame))
        took.append(seconds)
        floors.append(_timed(lambda: frame.sort_values("weight", kind="stable"))[0])
        computed = int(fees["fee"].notna().sum())
    return Timing(rows, median(took), median(floors), computed)


def _timed(work: Callable[[], pd.DataFrame]) -> tuple[float, pd.DataFrame]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
