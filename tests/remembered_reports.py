"""Report tabs that a test reads again and again: cells that were read once in this process are not read twice.

What a reading depends on is its tab's name and cells, so they are what it is found by; whoever asks gets a copy.
"""

from __future__ import annotations

from collections.abc import Hashable
from copy import deepcopy
from typing import Any

from recoup.model import RawTable
from recoup.reports import Reading, Source
from recoup.reports._content import digest_of

MOST = 4_000  # readings: about what one process of a run makes
MOST_ROWS = 2_000  # of a reading; larger ones are few, and would fill the memory


class RememberedReports:
    """A ``reports.Shelf`` in memory that knows the same cells again, whatever else has changed in their file."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], Hashable] = {}  # by name and digest of a source
        self._readings: dict[Hashable, Reading] = {}  # by those cells

    def find(self, source: Source) -> Reading | None:
        """What was read of the same cells before, or None."""
        asked = (source.name, source.digest)
        if asked not in self._cells:
            _keep(self._cells, asked, tuple(map(_content, source.load())))
        known = self._readings.get(self._cells[asked])
        return None if known is None else deepcopy(known)

    def keep(self, source: Source, reading: Reading) -> None:
        """Remember a copy of what is small."""
        content = self._cells.get((source.name, source.digest))
        if content is not None and sum(b.export.rows_read for b in reading.blocks) <= MOST_ROWS:
            _keep(self._readings, content, deepcopy(reading))

    def put_away(self) -> None:
        """It is where it stays."""

    def finish(self) -> None:
        """All is kept."""


def _keep(known: dict[Any, Any], key: Hashable, value: object) -> None:
    """Let the oldest go when there are too many."""
    known[key] = value
    if len(known) > MOST:
        del known[next(iter(known))]


def _content(table: RawTable) -> Hashable:
    cells = (digest_of(table), table.cells.shape, table.rows.tobytes())
    return (table.name, table.kind, *cells, table.sha256, repr(table.problems))
