"""One filled panel: its rows, the sentence on what they stand on, and how it is told in short for other currencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..model import Record

Short = Callable[[Record], Iterator[tuple[str, float | None, float | None, str]]]


def _untold(_: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Filled:
    """``blank`` stands behind the chart and is empty when there is something to draw.

    ``short`` tells a row as lines of (what, number, value, note).
    """

    rows: list[Record]
    basis: str
    blank: str = ""
    short: Short = _untold

    def in_short(self, currency: str) -> Iterator[Record]:
        """Its rows as those of `DashboardMore`."""
        told = [(row, line) for row in self.rows for line in self.short(row)]
        for row, (what, number, value, note) in told:
            item = str(next(iter(row.values())))
            yield _more(item, currency, what, number, value, note)
        if told or not self.blank:
            yield _more("", currency, "Stands on", None, None, self.basis)


def _more(
    item: str, currency: str, what: str, number: float | None, value: float | None, note: str
) -> Record:
    return {
        "Item": item or None,
        "Currency": currency or None,
        "What": what,
        "Number": number,
        "Value": value,
        "Note": note or None,
    }


def counted(number: int, what: str) -> str:
    """`1 claim`, `1,200 claims`."""
    return f"{number:,} {what if number == 1 else what + 's'}"
