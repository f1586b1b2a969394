"""Rows of a frame as plain dicts, for the few rows that are events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pandas as pd

from .model import SourceRow

Row = dict[str, Any]


def records(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows as dicts by column; use on frames already filtered to events."""
    yield from cast("list[Row]", frame.to_dict("records"))


def source(row: Row) -> SourceRow:
    """Where a row stands."""
    return SourceRow(row["_where"], int(row["_row"]))
