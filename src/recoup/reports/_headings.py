"""Finds the rows that hold the headings of a report, wherever they stand, and says which report it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

import numpy as np

from ._declared import PLAIN, Report, all_reports, fold, spellings
from ._grid import TOP, Grid, Mask
from ._near_misses import NEAR_MISSES, NearMiss

FEW_TEXTS = 5_000  # columns with more distinct texts than this are no help in finding repeated headings
LONGEST = 100  # characters of a header
_PLAIN_LINES = {code: None for code in PLAIN if chr(code) != "\n"}
ENOUGH = 4  # headers in one row that make it a heading


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading row: the report it belongs to, where each column stands, and what is missing."""

    row: int  # position in the grid
    texts: tuple[str, ...]
    report: Report | None = None
    near_miss: NearMiss | None = None
    columns: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()  # headers of ``must`` columns that are not there

    @property
    def readable(self) -> bool:
        """Whether the rows below it can be read."""
        return self.report is not None and not self.missing


@cache
def vocabulary() -> frozenset[str]:
    """Every folded header that any report knows."""
    known = {fold(h) for r in all_reports().values() for c in r.columns for h in (*c.headers, *c.plus)}
    return frozenset(known | {fold(h) for n in NEAR_MISSES for h in n.headers})


@lru_cache(maxsize=1 << 16)
def is_header(text: str) -> bool:
    """Whether a cell holds a header that any report knows."""
    return 0 < len(text) <= LONGEST and fold(text) in vocabulary()


def headers_among(texts: list[str]) -> Mask:
    """For each text: whether ``is_header`` says so; plain texts are folded all at once."""
    joined = "\n".join(texts)
    if not joined.isascii() or joined.count("\n") >= len(texts):
        return np.fromiter(map(is_header, texts), dtype=bool, count=len(texts))
    known = vocabulary()
    folded = joined.translate(_PLAIN_LINES).lower().split("\n")
    found = np.fromiter(map(known.__contains__, folded), dtype=bool, count=len(texts))
    for place in np.flatnonzero(found):
        found[place] = len(texts[place]) <= LONGEST
    return found


def find_headings(grid: Grid) -> list[Heading]:
    """All headings of a table from top to bottom; a damaged one (columns missing) is among them."""
    found = (recognise(grid.row(row), row) for row in _candidates(grid))
    return [heading for heading in found if heading is not None]


def recognise(cells: Sequence[str], row: int = 0) -> Heading | None:
    """What one row of cells is the heading of, or None."""
    found = _recognise(tuple(cells))
    return None if found is None else replace(found, row=row)


@lru_cache(maxsize=256)  # the exports of one report have one heading
def _recognise(texts: tuple[str, ...]) -> Heading | None:
    place: dict[str, int] = {}
    for index, cell in enumerate(texts):
        if cell and len(cell) <= LONGEST:
            place.setdefault(fold(cell), index)
    place.pop("", None)
    matches = [(report, _match(report, place)) for report in all_reports().values()]
    whole = [(len(columns), report, columns) for report, columns in matches if not _missing(report, columns)]
    damaged = _damaged(matches, texts)
    if whole:
        _, report, columns = max(whole, key=lambda w: w[0])
        if damaged is None or len(damaged.columns) < 2 * len(columns):
            return Heading(0, texts, report, None, columns)
        return damaged  # a small report stands within the columns of a larger one that lacks some
    for near_miss in NEAR_MISSES:
        if all(fold(h) in place for h in near_miss.headers):
            return Heading(0, texts, None, near_miss)
    return damaged


def _damaged(matches: list[tuple[Report, dict[str, int]]], texts: tuple[str, ...]) -> Heading | None:
    """A heading of which at least 60 % of the indispensable columns are there."""
    report, columns = max(matches, key=lambda m: len(m[1]))
    must = [c for c in report.columns if c.need == "must"]
    present = sum(1 for c in must if c.name in columns)
    if len(columns) < ENOUGH or present < 0.6 * len(must):
        return None
    return Heading(0, texts, report, None, columns, tuple(_missing(report, columns)))


def _match(report: Report, place: dict[str, int]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column in report.columns:
        if column.kind != "present":
            known = [(rank, place[h]) for h, rank in spellings(column).items() if h in place]
            if known:
                columns[column.name] = min(known)[1]
    return columns


def _missing(report: Report, columns: dict[str, int]) -> list[str]:
    missing = [c.headers[0] for c in report.columns if c.need == "must" and c.name not in columns]
    for group in report.any_of:
        if not any(name in columns for name in group):
            missing.append(" or ".join(report.column(name).headers[0] for name in group))
    return missing


def _candidates(grid: Grid) -> list[int]:
    """Rows in which at least ENOUGH cells are headers; tiny tables of three columns need all of theirs."""
    enough = min(ENOUGH, max(2, grid.width))
    hits = np.zeros(grid.height, dtype=np.int16)
    top = min(grid.height, TOP)
    cells = [cell for row in range(top) for cell in grid.row(row)]
    hits[:top] = headers_among(cells).reshape(top, grid.width).sum(axis=1)
    if grid.height > top:
        below = hits[top:]
        columns = sorted(grid.columns(), key=lambda c: len(c.texts))
        for done, column in enumerate(columns):
            if len(column.texts) > FEW_TEXTS or below.max() + len(columns) - done < enough:
                break  # what is left cannot make a heading of any row
            known = headers_among(column.texts.to_pylist())
            if known.any():
                below += known[column.codes[top:]]
    return [int(row) for row in np.flatnonzero(hits >= enough)]
