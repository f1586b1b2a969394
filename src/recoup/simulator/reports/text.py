"""How files are written: money, days, delimiters, quotes, encodings, period in the name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

Row = Sequence[str]


@dataclass(slots=True)
class Sheet:
    """One file before it is written: its rows, the first of them the headings, and how they are put down.

    ``quoted``: every field in quotes, else none at all. ``above`` are lines over the headings.
    """

    report: str
    name: str
    rows: list[Row]
    delimiter: str = ","
    quoted: bool = True
    newline: str = "\r\n"
    encoding: str = "utf-8"
    above: list[Row] = field(default_factory=list)
    closed: bool = True  # the last line ends as the others do

    def write(self, folder: Path) -> Path:
        """Write it into the folder."""
        path = folder / self.name
        path.write_bytes(self._text().encode(self.encoding))
        return path

    def _text(self) -> str:
        lines = [*self.above, *self.rows]
        if self.quoted:
            text = io.StringIO()
            writer = csv.writer(
                text, delimiter=self.delimiter, quoting=csv.QUOTE_ALL, lineterminator=self.newline
            )
            writer.writerows(lines)
            whole = text.getvalue()
        else:
            whole = "".join(self.delimiter.join(row) + self.newline for row in lines)
        return whole if self.closed else whole.removesuffix(self.newline)


def tabbed(report: str, name: str, rows: list[Row]) -> Sheet:
    """Tabs between the fields and no quotes at all, whatever the fields hold."""
    return Sheet(report, name, rows, "\t", quoted=False, newline="\n")


def dollars(cents: int) -> str:
    """Cents with a point: ``-12.50``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def period(first: date, last: date) -> str:
    """The period as it stands in the file's name."""
    return f"{first.isoformat()}_{last.isoformat()}"


def pacific_zone(day: date) -> tuple[str, int]:
    """Name and hours from UTC on the Pacific coast: summer from March's second to November's first Sunday."""
    spring = date(day.year, 3, 8) + timedelta(days=(6 - date(day.year, 3, 8).weekday()) % 7)
    autumn = date(day.year, 11, 1) + timedelta(days=(6 - date(day.year, 11, 1).weekday()) % 7)
    return ("PDT", -7) if spring <= day < autumn else ("PST", -8)
