"""Where the money of a reimbursement arrived: its line in a settlement or in the transactions.

Decisions: settlements name no reimbursement id. A line is that of a reimbursement when it is a payment for inventory
with the same amount and currency, posted on the day of the approval or later, and no order or SKU speaks against it;
one that names the order or the SKU goes first, then the earliest. Each line is used once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from .frames import Row, records
from .frames import source as where
from .model import SourceRow
from .money import cents

PAYMENT = "Inventory Reimbursement"  # in the description of a payment for units
TIME_ZONES = timedelta(days=1)  # the two reports may write the same moment as different days


@dataclass(frozen=True, slots=True)
class Arrival:
    """The line that brought the money; ``deferred`` money is not received yet."""

    settlement_id: str
    date: date
    row: SourceRow
    deferred: bool

    @property
    def shown(self) -> str:
        """In words, for Evidence."""
        place = f"{self.row.where} row {self.row.row}"
        if self.deferred:
            return f"deferred, not money received yet ({place})"
        return f"in settlement {self.settlement_id or '?'} of {self.date} ({place})"


@dataclass(frozen=True, slots=True)
class Cash:
    """What one line of Reimbursements should bring to the account."""

    row: SourceRow
    date: date
    amount: float
    currency: str
    order_id: str = ""
    sku: str = ""


@dataclass(slots=True)
class Ties:
    """The arrival of each reimbursement line, and to which day such lines were read, by currency."""

    arrivals: dict[SourceRow, Arrival] = field(default_factory=dict)
    read_to: dict[str, date] = field(default_factory=dict)

    def shown(self, row: SourceRow) -> str:
        """Where the money of a line is, in words."""
        found = self.arrivals.get(row)
        return found.shown if found else "not in a settlement yet"


def tie(cash: Iterable[Cash], money_lines: pd.DataFrame) -> Ties:
    """Find the money line of every reimbursement line. ``money_lines``: see `reports.money_lines`."""
    lines = _payment_lines(money_lines)
    ties = Ties()
    by_amount: dict[tuple[float, str], list[Row]] = defaultdict(list)
    for line in lines:
        by_amount[cents(line["amount"]), line["currency"]].append(line)
        day = line["posted_date"].date()
        ties.read_to[line["currency"]] = max(day, ties.read_to.get(line["currency"], day))
    ordered = sorted(cash, key=lambda c: (c.date, c.order_id, c.sku, c.row.where, c.row.row))
    for wanted in ordered:
        near = by_amount.get((cents(wanted.amount), wanted.currency), [])
        found = _best(wanted, near)
        if found is not None:
            near.remove(found)
            ties.arrivals[wanted.row] = Arrival(
                found["settlement_id"], found["posted_date"].date(), where(found), bool(found["deferred"])
            )
    return ties


def _payment_lines(money_lines: pd.DataFrame) -> list[Row]:
    mine = money_lines["description"].str.contains(PAYMENT, regex=False, na=False)
    lines = list(records(money_lines[mine & money_lines["posted_date"].notna()]))
    return sorted(lines, key=lambda r: (r["posted_date"], r["settlement_id"], r["_where"], r["_row"]))


def _best(wanted: Cash, lines: Sequence[Row]) -> Row | None:
    since = wanted.date - TIME_ZONES
    fit = [x for x in lines if x["posted_date"].date() >= since and _agrees(wanted, x)]
    return min(fit, key=lambda x: _silence(wanted, x), default=None)


def _agrees(wanted: Cash, line: Row) -> bool:
    pairs = ((wanted.order_id, line["order_id"]), (wanted.sku, line["sku"]))
    return all(not mine or not its or mine == its for mine, its in pairs)


def _silence(wanted: Cash, line: Row) -> int:
    """How many of order and SKU do not speak for the line."""
    return int(wanted.order_id != line["order_id"]) + int(wanted.sku != line["sku"])
