"""The stock roll-forward: what stood at the start, what moved, and what must stand at the end.

Three things are checked where a Ledger Summary is pasted, per FNSKU and disposition; differences go to Checks:
- each line adds up: starting balance + movements = ending balance;
- a line starts where the line before it, of the same place, ended;
- the movements of the detailed ledger in those days are those of the summary.

A difference is no claim and changes none: it says that rows are missing, doubled or changed in one of the reports.

Decisions:
- Units in transit between warehouses and unknown events are no movements of a line. This holds for all 6,554 lines
  of the six real summaries that were looked at; a line that is off by exactly its unknown events is Amazon's own
  word and no difference.
- A summary tells months, weeks or days, and does not say which. Dates that are all first or last days of months are
  read as months and as days, and the reading with fewer differences stands; weeks are not compared with the detail.
- The detail is compared only where it covers all days of the summary, whatever the places: a transfer leaves one
  place and arrives at another.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from .coverage import Coverage
from .model import Problem
from .reports import Reports

MOVEMENTS = (
    "receipts",
    "customer_shipments",
    "customer_returns",
    "vendor_returns",
    "warehouse_transfers",
    "found",
    "lost",
    "damaged",
    "disposed",
    "removed",
    "other_events",
)
SHELF = ["fnsku", "disposition"]
SHOWN = 5
DETAIL = "Inventory Ledger"


def check_roll_forward(reports: Reports, coverage: Coverage) -> list[Problem]:
    """Differences between the lines of the summary, and between the summary and the detailed ledger."""
    summary = reports.frames["ledger_summary"]
    summary = summary[summary["date"].notna() & summary["fnsku"].ne("")]
    if summary.empty:
        return []
    return [*_lines(summary), *_chains(summary), *_detail(summary, reports, coverage)]


def _lines(summary: pd.DataFrame) -> list[Problem]:
    moved = summary[list(MOVEMENTS)].fillna(0).sum(axis=1)
    off = summary["ending_balance"] - summary["starting_balance"] - moved
    wrong = off.ne(0) & off.ne(summary["unknown_events"].fillna(0))
    remedy = "Download the Ledger Summary again: cells of these lines were changed, or a column is missing."
    text = "lines do not add up: starting balance and movements are not the ending balance"
    return _problem(summary[wrong].assign(off=off[wrong]), text, remedy)


def _chains(summary: pd.DataFrame) -> list[Problem]:
    ordered = summary.sort_values(["date", "_where", "_row"], kind="stable")
    group = ordered.groupby([*SHELF, "location", "store"], sort=False)
    before, last_day = group["ending_balance"].shift(), group["date"].shift()
    days = pd.Series(sorted(summary["date"].unique()))
    previous = ordered["date"].map(dict(zip(days[1:], days[:-1], strict=True)))
    off = ordered["starting_balance"] - before
    wrong = last_day.notna() & last_day.eq(previous) & off.ne(0)
    remedy = "Download the Ledger Summary again for the whole range: lines are missing or were changed."
    text = "lines do not start with the ending balance of the period before"
    return _problem(ordered[wrong].assign(off=off[wrong]), text, remedy)


def _problem(wrong: pd.DataFrame, text: str, remedy: str) -> list[Problem]:
    problems = []
    for where, rows in wrong.groupby("_where", sort=True):
        first = [
            f"row {r['_row']} ({r['fnsku']} {r['disposition']}, off by {r['off']:+.0f})"
            for r in rows.sort_values("_row").head(SHOWN).to_dict("records")
        ]
        problems.append(
            Problem(
                "warning", str(where), f"{len(rows)} {text}", remedy, "Ending Warehouse Balance", len(rows),
                ", ".join(first),
            )
        )  # fmt: skip
    return problems


def _detail(summary: pd.DataFrame, reports: Reports, coverage: Coverage) -> list[Problem]:
    """Compare with the detailed ledger, each period reading that the dates allow; the best one stands."""
    found: list[tuple[pd.DataFrame, date, date]] = []
    for first, last in _readings(summary):
        if any(s.first <= first and last <= s.last for s in coverage.spans(["inventory_ledger"])):
            found.append(
                (_differences(summary, reports.frames["inventory_ledger"], first, last), first, last)
            )
    if not found:
        return []
    wrong, first, last = min(found, key=lambda x: len(x[0]))
    if wrong.empty:
        return []
    named = [
        f"{r['fnsku']} {r['disposition']}: {r['detail']:+.0f}, summary {r['summary']:+.0f}"
        for r in wrong.head(SHOWN).to_dict("records")
    ]
    return [
        Problem(
            "warning",
            DETAIL,
            f"from {first} to {last} the rows of {len(wrong)} products do not move what Ledger Summary says: "
            + "; ".join(named),
            f"Download {DETAIL} (detailed view, all event types) and Ledger Summary again for the same days.",
            column="Quantity",
            rows=len(wrong),
        )
    ]


def _readings(summary: pd.DataFrame) -> list[tuple[date, date]]:
    """The first and last day that the dates may stand for: as days, or as months; none for weeks."""
    days = pd.DatetimeIndex(sorted(summary["date"].unique()))
    first, last = days[0].date(), days[-1].date()
    steps = {gap.days for gap in days[1:] - days[:-1]}
    readings = [(first, last)] if steps <= {1} else []
    if (days.is_month_start.all() or days.is_month_end.all()) and len(days.to_period("M").unique()) == len(
        days
    ):
        end = (days[-1] + pd.offsets.MonthEnd(0)).date()
        readings.append((first.replace(day=1), end))
    return readings


def _differences(summary: pd.DataFrame, ledger: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """fnsku, disposition, detail, summary (units moved) of every shelf on which the two reports differ."""
    in_days = ledger["date"].ge(pd.Timestamp(first)) & ledger["date"].lt(
        pd.Timestamp(last + timedelta(days=1))
    )
    detail = ledger.loc[in_days, [*SHELF, "quantity"]].groupby(SHELF)["quantity"].sum()
    moved = (summary["ending_balance"] - summary["starting_balance"]).groupby(
        [summary[name] for name in SHELF]
    )
    both = pd.DataFrame({"detail": detail, "summary": moved.sum()}).fillna(0.0)
    return both[both["detail"].ne(both["summary"])].reset_index().sort_values(SHELF)
