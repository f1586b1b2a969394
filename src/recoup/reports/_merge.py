"""Merges overlapping exports by counting or by age, and tells rows pasted over days already present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..model import Problem
from ._declared import Report
from ._exports import Export
from ._grid import Mask

ALREADY = "the same line stands in a younger export"
OLDER = "a younger row of the same thing stands"


def merge(report: Report, frames: Sequence[pd.DataFrame], exports: Sequence[Export]) -> pd.DataFrame:
    """One frame of all exports: of each identity the larger count of any one export, youngest values first.

    Of a report that is a present state (``one_row``) each identity has one row, the youngest. Identity columns
    that one of the exports does not have are left out of the comparison. Lines left out are counted as skipped
    in their export.
    """
    if len(frames) == 1 and not report.one_row:
        return frames[0]
    whole = pd.concat(frames, ignore_index=True)
    owner = np.repeat(np.arange(len(frames)), [len(f) for f in frames])
    if report.one_row:
        return _without(_superseded(report, whole, owner, exports), OLDER, whole, owner, exports)
    shared = np.flatnonzero(_on_shared_days(report, whole, exports))
    if not len(shared):
        return whole
    part, part_owner = whole.iloc[shared], owner[shared]
    names = _identity(report, exports, np.unique(part_owner))
    keys = row_codes(part[names])
    youth = np.argsort(np.array(_by_age(exports)))  # rank of each export, the youngest has the highest
    occurrence = _occurrence(keys, part_owner)
    order = np.lexsort((-youth[part_owner], occurrence, keys))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(keys[order]) != 0) | (np.diff(occurrence[order]) != 0)
    repeated = np.zeros(len(whole), dtype=bool)
    repeated[shared[order[~first]]] = True
    return _without(repeated, ALREADY, whole, owner, exports)


def _without(
    rows: Mask, reason: str, whole: pd.DataFrame, owner: npt.NDArray[np.int64], exports: Sequence[Export]
) -> pd.DataFrame:
    """The frame without these rows, each counted as skipped in the export it came from."""
    for number, count in zip(*np.unique(owner[rows], return_counts=True), strict=True):
        exports[number].skip(reason, int(count))
        exports[number].rows_used -= int(count)
    return whole[~rows].reset_index(drop=True)


def _superseded(
    report: Report, whole: pd.DataFrame, owner: npt.NDArray[np.int64], exports: Sequence[Export]
) -> Mask:
    """Rows of which a younger one exists that agrees in all identity columns that both their exports have."""
    identity = {c.name for c in report.columns if c.identity}
    kinds = [frozenset(identity & export.columns) for export in exports]
    rank = _ranks(report, whole, owner, exports)
    old = np.zeros(len(whole), dtype=bool)
    for mine, theirs in product(sorted(set(kinds), key=sorted), repeat=2):
        keys = row_codes(whole[[name for name in report.names if name in mine & theirs]])
        youngest = np.full(len(whole) + 1, -1, dtype=np.int64)
        rivals = np.isin(owner, [n for n, kind in enumerate(kinds) if kind == theirs])
        np.maximum.at(youngest, keys[rivals], rank[rivals])
        old |= np.isin(owner, [n for n, kind in enumerate(kinds) if kind == mine]) & (rank < youngest[keys])
    return old


def _ranks(
    report: Report, whole: pd.DataFrame, owner: npt.NDArray[np.int64], exports: Sequence[Export]
) -> npt.NDArray[np.int64]:
    """The place of each row from old to young: its own day of update, its export's age, at last what it says.

    Never its place in the export: the same rows in another order give the same answer.
    """
    youth = np.argsort(np.array(_by_age(exports), dtype=np.int64))
    content = pd.util.hash_pandas_object(whole[report.names], index=False).to_numpy()
    keys = [content, youth[owner]]
    if report.updated:  # a blank day counts as the oldest
        keys.append(whole[report.updated].to_numpy().astype("datetime64[D]").astype(np.int64))
    order = np.lexsort(keys)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def same_export_twice(exports: Sequence[Export]) -> list[Problem]:
    """A note for every export all of whose lines stand in another one of the same size and days."""
    notes = []
    for export in exports:
        if export.rows_read and export.skipped.get(ALREADY, 0) and not export.rows_used:
            twins = [e for e in exports if e is not export and _alike(e, export)]
            if twins:
                text = f"the same {export.report.replace('_', ' ')} export as in {_at(twins[0])}"
                notes.append(
                    Problem("note", export.where, f"{text}; counted once", "nothing; or remove one of them")
                )
    return notes


def _at(export: Export) -> str:
    return f"{export.where} (heading in row {export.heading_row})"


def _alike(one: Export, other: Export) -> bool:
    days = (one.first_day, one.last_day) == (other.first_day, other.last_day)
    return one.report == other.report and days and one.rows_read == other.rows_read


def _on_shared_days(report: Report, whole: pd.DataFrame, exports: Sequence[Export]) -> Mask:
    """Rows whose day lies within the days of another export; reports without days share everything."""
    if not report.day:
        return np.ones(len(whole), dtype=bool)
    days = whole[report.day].to_numpy().astype("datetime64[D]")
    covered = np.zeros(len(whole), dtype=np.int32)
    for export in exports:
        if export.first_day is not None and export.last_day is not None:
            covered += (days >= np.datetime64(export.first_day)) & (days <= np.datetime64(export.last_day))
    shared: Mask = (covered > 1) | np.isnat(days)
    return shared


def _identity(report: Report, exports: Sequence[Export], numbers: npt.NDArray[np.int64]) -> list[str]:
    common = frozenset.intersection(*(exports[n].columns for n in numbers))
    return [c.name for c in report.columns if c.identity and c.name in common]


def _by_age(exports: Sequence[Export]) -> list[int]:
    """Positions of the exports from the oldest to the youngest: by last day, then by order of reading."""
    return sorted(range(len(exports)), key=lambda n: (exports[n].last_day or date.min, n))


def row_codes(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The same number for the same row: exact, column by column."""
    codes: npt.NDArray[np.int64] = np.zeros(len(rows), dtype=np.int64)
    for name in rows.columns:
        values = rows[name]
        column, distinct = pd.factorize(values.to_numpy() if values.dtype.kind in "fM" else values)
        codes = pd.factorize(codes * (len(distinct) + 1) + (column + 1))[0].astype(np.int64)
    return codes


def _occurrence(keys: npt.NDArray[np.int64], owner: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How often each row's identity stood before in its own export."""
    counted = pd.DataFrame({"key": keys, "owner": owner}).groupby(["key", "owner"]).cumcount()
    numbers: npt.NDArray[np.int64] = counted.to_numpy().astype(np.int64)
    return numbers


def pasted_over(report: Report, frame: pd.DataFrame) -> int | None:
    """The position of the first row pasted, without its heading, over days already present; None if there is none.

    The days run forwards (or backwards), jump back once or a few times, and come over days that were there
    before. Not so: unsorted rows, rows sorted by another column first, and days that fill a gap.
    """
    if not report.day or len(frame) < 2:
        return None
    days = frame[report.day].to_numpy().astype("datetime64[D]").astype(np.int64)
    positions = np.flatnonzero(days != np.iinfo(np.int64).min)
    positions = positions[np.r_[True, np.diff(days[positions]) != 0]] if len(positions) else positions
    steps = np.diff(days[positions])
    breaks = min((np.flatnonzero(steps < 0), np.flatnonzero(steps > 0)), key=len)
    if not len(breaks) or len(breaks) > len(positions) // 3:
        return None
    starts = positions[breaks + 1]
    surely = len(breaks) <= len(positions) // 8
    seen = _Seen(report, frame, days)
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(frame)], strict=True):
        if _comes_over(seen, start, stop, surely):
            return int(start)
    return None


class _Seen:
    """Where each day, group and identity of a frame stood first, so that runs are compared with all rows before."""

    def __init__(self, report: Report, frame: pd.DataFrame, days: npt.NDArray[np.int64]) -> None:
        self.days = pd.factorize(days)[0]
        self.first_day = _first_places(self.days)
        self._report, self._frame = report, frame

    @cached_property
    def groups(self) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Codes and first places of every group column."""
        codes = [pd.factorize(self._frame[name])[0] for name in self._report.groups]
        return [(c, _first_places(c)) for c in codes]

    @cached_property
    def keys(self) -> npt.NDArray[np.int64]:
        """The code of each row's identity."""
        return row_codes(self._frame[[c.name for c in self._report.columns if c.identity]])

    @cached_property
    def first_key(self) -> npt.NDArray[np.int64]:
        """Where each identity stood first."""
        return _first_places(self.keys)


def _first_places(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first position of each code."""
    first = np.full(int(codes.max(initial=-1)) + 1, len(codes), dtype=np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    return first


def _comes_over(seen: _Seen, start: int, stop: int, surely: bool) -> bool:
    """Whether a run holds days of the rows before it that no sorting by another column explains."""
    days = np.unique(seen.days[start:stop])
    shared = days[seen.first_day[days] < start]
    if not len(shared):
        return False
    for codes, first in seen.groups:
        if not (first[codes[start:stop]] < start).any():
            return False
    if surely:
        return True
    if not (seen.first_key[seen.keys[start:stop]] < start).any():  # quick, and mostly so
        return False
    before = seen.keys[:start][np.isin(seen.days[:start], shared)]
    return bool(np.isin(seen.keys[start:stop], before).any())
