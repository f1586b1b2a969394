"""Work on the columns of a large table on all cores: Arrow and numpy do theirs outside Python's lock.

One core is left to what is read at the same time: on a machine with two, threads for columns only get in its way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")

LARGE = 50_000  # rows; beginning threads for smaller tables costs more than it saves
MOST = 8  # threads


def on_all_cores(work: Callable[[Item], Done], items: Iterable[Item], rows: int) -> list[Done]:
    """What ``work`` makes of each item, in order. ``rows``: the size of the table. The first error is raised."""
    cores = min((os.cpu_count() or 1) - 1, MOST)
    if rows < LARGE or cores < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(cores) as pool:
        return list(pool.map(work, items))
