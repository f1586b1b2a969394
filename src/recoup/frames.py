"""Rows of a frame as plain dicts, for the few rows that are events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .model import SourceRow

Row = dict[str, Any]


def records(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows as dicts by column; use on frames already filtered to events. A blank date is None."""
    names = frame.columns.tolist()
    for cells in tuples(frame):
        yield dict(zip(names, cells, strict=False))


def tuples(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The cells of each row in the order of the columns: as `records`, for tens of thousands of rows."""
    return zip(*(_cells(frame[name]) for name in frame.columns), strict=True) if len(frame) else iter(())


def _cells(column: pd.Series) -> list[Any]:
    """Python's own values: pandas makes each of its time stamps at twenty times the cost."""
    if column.dtype.kind == "M":
        return column.to_numpy().astype("datetime64[s]").tolist()
    return column.tolist()


def among(texts: pd.Series, known: Iterable[str]) -> pd.Series:
    """Whether each text is one of ``known``: as ``isin``, but quick also for many known texts."""
    found = pc.is_in(pa.array(texts.array), value_set=pa.array(known, pa.large_string()))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=texts.index)


def places(texts: pd.Series, known: pd.Index) -> npt.NDArray[np.int64]:
    """The position of each text among ``known``, -1 where it is none of them: as ``get_indexer``, but quick."""
    found = pc.index_in(pa.array(texts.array), value_set=pa.array(known.array))
    positions: npt.NDArray[np.int64] = found.fill_null(-1).to_numpy().astype(np.int64)
    return positions


def source(row: Row) -> SourceRow:
    """Where a row stands."""
    return SourceRow(row["_where"], int(row["_row"]))
