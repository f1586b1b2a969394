"""Cells that people type: read as text, number or day, or refused with what they must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from recoup.model import Cell, Formula, Problem, Severity

Row = Mapping[str, Cell]  # a table row by its headers; "_row", when given, is the sheet row

WHOLE_UNITS = frozenset({"days", "working days", "months", "rows", "outcomes", "count"})
MOST = {"days": 3650, "working days": 3650, "months": 120, "probability": 1, "share": 1}
MOST_ELSE = 1_000_000_000


class WrongCellError(ValueError):
    """The cell holds nothing usable; the message completes "... must be"."""


def shown(cell: Cell) -> Cell:
    """What the seller sees in the cell: a formula's last result."""
    return cell.cached if isinstance(cell, Formula) else cell


def text_of(cell: Cell) -> str:
    """The cell as text without blanks around it; "" when there is nothing in it."""
    cell = shown(cell)
    if isinstance(cell, float) and cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a code such as 5 comes back from Excel as 5.0
    return "" if cell is None else str(cell).strip()


def read_date(cell: Cell) -> str:
    """The day as "2025-03-31", from a date cell or such a text; WrongCellError otherwise."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    try:
        return date.fromisoformat(text_of(cell)).isoformat()
    except ValueError:
        raise WrongCellError("a date such as 2025-03-31") from None


def read_number(cell: Cell, unit: str, least: float = 0) -> float | int:
    """The number in the cell, from ``least`` up to what its unit allows; WrongCellError otherwise."""
    whole, most = unit in WHOLE_UNITS, MOST.get(unit, MOST_ELSE)
    wanted = WrongCellError(f"a {'whole ' if whole else ''}number ({unit}) from {least:g} to {most:g}")
    if isinstance(cell, bool):
        raise wanted
    if isinstance(cell, str) and not re.fullmatch(r"[+-]?\d+(\.\d+)?", cell.strip()):
        raise wanted
    if not isinstance(cell, (int, float, str)):
        raise wanted
    number = float(cell)
    if not least <= number <= most or (whole and not number.is_integer()):
        raise wanted
    return int(number) if number.is_integer() else number


def problem_at(severity: Severity, sheet: str, row: Row, problem: str, remedy: str = "") -> Problem:
    """A line of Checks about one typed cell; the sheet row is named when the row tells it."""
    number = row.get("_row")
    named = f"row {int(number)}" if isinstance(number, (int, float)) else ""
    return Problem(
        severity=severity,
        where=sheet,
        problem=f"{named}: {problem}." if named else f"{problem[0].upper()}{problem[1:]}.",
        remedy=remedy or "Correct the Override, or clear it to use the shipped value.",
        column="Value" if sheet == "Settings" else "Override",
        rows=1,
        first_cells=named,
    )
