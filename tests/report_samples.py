"""Runs the sample exports under tests/reports and shows frames as the text of their expected files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from recoup import reports
from recoup.model import RawTable
from recoup.reports import Reports, StatedPeriod

FOLDER = Path(__file__).parent / "reports"
EXPECTED, MONEY = ".expected.tsv", ".money_lines.tsv"


def samples() -> list[Path]:
    """Every sample export."""
    return sorted(p for p in FOLDER.glob("*/*") if not p.name.endswith((EXPECTED, MONEY)))


def beside(sample: Path, ending: str) -> Path:
    """The file with the expected frame of a sample."""
    return sample.with_name(sample.stem + ending)


def as_text(frame: pd.DataFrame) -> str:
    """A frame as tab-separated text: columns that hold nothing left out, ``_row`` last."""
    columns = {name: [_cell(v) for v in frame[name]] for name in frame.columns if name != "_where"}
    filled = [name for name, cells in columns.items() if any(cells)]
    lines = ["\t".join(filled)]
    lines += ["\t".join(columns[name][row] for name in filled) for row in range(len(frame))]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if pd.isna(value) or value is False:  # type: ignore[call-overload]
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def read_text(
    text: str | bytes, name: str = "report.txt", *, periods: tuple[StatedPeriod, ...] = ()
) -> Reports:
    """What one file with this content gives."""
    data = text if isinstance(text, bytes) else text.encode()
    return reports.read(reports.read_bytes(name, data), periods=periods)


@cache
def read_sample(sample: Path) -> Reports:
    """What a sample export gives; read once, so never to be changed."""
    return read_text(sample.read_bytes(), sample.name)


def sheet(name: str, rows: list[list[str]], first_row: int = 1) -> RawTable:
    """A tab of a workbook with these cells."""
    width = max(len(r) for r in rows)
    cells = pd.DataFrame([[*r, *[""] * (width - len(r))] for r in rows]).astype("str")
    numbers = pd.Series(range(first_row, first_row + len(rows)), dtype="int64").to_numpy()
    return RawTable(name, "sheet", cells, numbers)


LEDGER = [
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Event Type", "Reference ID", "Quantity", "Fulfillment Center",
    "Disposition", "Reason", "Country", "Reconciled Quantity", "Unreconciled Quantity", "Date and Time",
]  # fmt: skip


def ledger_row(day: str, **cells: str) -> list[str]:
    """One ledger line in the order of LEDGER; ``cells`` by canonical name."""
    values = {
        "fnsku": "X00EXAMPL1",
        "asin": "B0EXAMPLE1",
        "sku": "PAN-12",
        "title": "Pan",
        "event_type": "Adjustments",
        "reference_id": "20260901001",
        "quantity": "-1",
        "fulfillment_center": "PHX7",
        "disposition": "SELLABLE",
        "reason": "M",
        "country": "US",
        "reconciled": "0",
        "unreconciled": "1",
        "date_and_time": "",
    }
    unknown = cells.keys() - values.keys()
    if unknown:
        raise KeyError(f"no such ledger column: {unknown}")
    return [day, *{**values, **cells}.values()]


def delimited(rows: list[list[str]], delimiter: str = "\t", end: str = "\n") -> str:
    """Unquoted delimited text."""
    return "".join(delimiter.join(row) + end for row in rows)
