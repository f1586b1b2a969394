"""What a re-implemented public rule set is, and what it finds in the reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from ...reports import Reports

Stage = Literal["now", "early", "late"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Windows:
    """Days after the event during which a rule set takes a claim to be open; None: it knows no such day."""

    warehouse: int | None = None
    returns_open: int = 0
    returns_close: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Units a rule set would claim, with the identifiers it names them by. Blank where it names none."""

    kind: str
    units: int
    day: date
    sku: str = ""
    fnsku: str = ""
    asin: str = ""
    order_id: str = ""
    opens: date | None = None
    closes: date | None = None

    def stage(self, as_of: date) -> Stage:
        """Whether its window is open on that day, is still to come, or is over."""
        if self.closes is not None and as_of > self.closes:
            return "late"
        return "early" if self.opens is not None and as_of < self.opens else "now"


Find = Callable[[Reports, Windows, date], list[Finding]]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One public rule set. ``level`` are the fields it names units by, ``kinds`` what it claims to find.

    ``pool`` are further kinds under which the same units may be owed: naming them is no mistake of the rule set.
    ``windows`` are those the project publishes.
    """

    name: str
    title: str
    source: str
    level: tuple[str, ...]
    kinds: frozenset[str]
    pool: frozenset[str]
    windows: Windows
    find: Find


LOST, DAMAGED, REFUND = "lost_in_warehouse", "damaged_in_warehouse", "return_not_received"
WAREHOUSE = frozenset((LOST, DAMAGED, "disposed_without_request", "reimbursement_reversed"))
ORDERS = frozenset(
    (
        *(REFUND, "return_damaged_by_amazon", "return_not_restocked"),
        *("replacement_not_returned", "reimbursement_reversed"),
    )
)


def later(day: date, days: int | None) -> date | None:
    """That many days later; None for a number nobody knows."""
    return None if days is None else day + timedelta(days=days)


def adjustments(reports: Reports) -> list[Row]:
    """The adjustments of the Inventory Ledger that have a quantity and a day, oldest first."""
    ledger = reports.frames["inventory_ledger"]
    rows = ledger[
        ledger["event_type"].eq("Adjustments") & ledger["quantity"].notna() & ledger["date"].notna()
    ]
    return dated_rows(rows.sort_values("date", kind="stable"), "date")


def dated_rows(frame: pd.DataFrame, column: str) -> list[Row]:
    """The rows with a day in that column, as dictionaries whose ``day`` is that day."""
    rows = rows_of(frame[frame[column].notna()])
    for row in rows:
        row["day"] = row[column].date()
    return rows


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a report as dictionaries by column."""
    rows: list[Row] = frame.to_dict("records")  # type: ignore[assignment]
    return rows


def units_of(value: float) -> int:
    """A quantity of a report as units; 0 for a blank cell."""
    return 0 if pd.isna(value) else round(value)


def paid_units(row: Row) -> int:
    """Units a reimbursement line is for: the total, or where that is blank cash and inventory together."""
    if not pd.isna(row["quantity_total"]):
        return units_of(row["quantity_total"])
    return units_of(row["quantity_cash"]) + units_of(row["quantity_inventory"])
