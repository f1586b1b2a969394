"""Work on the cells of a column that is done once for all that are alike: most columns say few things, many times."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from recoup.model import Cell

T = TypeVar("T")


def once_each(cells: Sequence[Cell], work: Callable[[Cell], T]) -> list[T]:
    """What ``work`` gives for every cell, asked once for cells of one type and value: 1, 1.0 and True are not alike."""
    kinds = set(map(type, cells)) - {str, type(None)}  # which equal nothing but themselves
    keys: Sequence[Hashable] = cells if len(kinds) <= 1 else list(zip(map(type, cells), cells, strict=True))
    done = {key: work(cell) for key, cell in dict(zip(keys, cells, strict=True)).items()}
    return list(map(done.__getitem__, keys))
