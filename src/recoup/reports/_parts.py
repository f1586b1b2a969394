"""Names rows that stand in two parts of one Parquet data set: as exports of their own they would count once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Problem
from ._exports import Export
from ._merge import ALREADY

_PART = re.compile(
    r"(.*/)?(?:part[-_.]\d|data_\d|0\d+\.(?:parquet|pq)$|\d\.(?:parquet|pq)$).*", re.IGNORECASE
)


def rows_in_two_parts(exports: Sequence[Export]) -> list[Problem]:
    """An error for each part that lost rows to another part of its folder; it covers nothing until resolved.

    A writer cuts a data set into parts anywhere, so equal rows of two parts are all real, unlike those of two
    downloads of overlapping periods, which nobody can tell from them by the rows alone.
    """
    problems = []
    for export in exports:
        rows, folder = export.skipped.get(ALREADY, 0), _folder(export.where)
        others = [e for e in exports if e is not export and _folder(e.where) == folder]
        if rows and folder is not None and any(e.report == export.report for e in others):
            export.conflict = True
            text = (
                f"{rows:,} of its rows stand in other parts of the same data set too; they were counted once"
            )
            remedy = "write the report as one file per period, or remove the copy"
            problems.append(Problem("error", export.where, text, remedy, rows=rows))
    return problems


def _folder(where: str) -> str | None:
    match = _PART.fullmatch(where)
    return None if match is None else match[1] or ""
