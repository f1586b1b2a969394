"""How Amazon writes text files: money, delimiters, quotes, period in the name."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

Row = Sequence[str]


def dollars(cents: int) -> str:
    """Cents as dollars with a point: ``-12.50``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def period(first: date, last: date) -> str:
    """The period as it stands in the file's name."""
    return f"{first.isoformat()}_{last.isoformat()}"


def write_quoted(path: Path, rows: Iterable[Row], delimiter: str = ",", bom: bool = False) -> Path:
    """Every field in quotes, lines ended by CRLF."""
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return path


def write_bare(path: Path, rows: Iterable[Row]) -> Path:
    """Tabs between the fields and no quotes at all, whatever the fields hold."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)
    return path


def pacific_zone(day: date) -> tuple[str, int]:
    """Name and hours from UTC on the Pacific coast: summer from March's second to November's first Sunday."""
    spring = date(day.year, 3, 8) + timedelta(days=(6 - date(day.year, 3, 8).weekday()) % 7)
    autumn = date(day.year, 11, 1) + timedelta(days=(6 - date(day.year, 11, 1).weekday()) % 7)
    return ("PDT", -7) if spring <= day < autumn else ("PST", -8)
