"""Month by month: what cases brought, what Amazon reimbursed in all, and what expired.

Decisions:
- Recovered is cash paid for rows of Cases that stands (what was taken back is not in it), by the day of the payment. It
  is part of All reimbursements as long as its report is read.
- All reimbursements is the report as it was read, reversals taken off.
- Expired is what Claims calls Expired, by the deadline; it leaves Claims after the days of Settings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from ..model import Cell, Record
from ..money import cents
from ..sheets import TABLES
from ._claims import Line
from ._outcomes import Receipt
from ._panel import Filled, counted

_MONTHS = TABLES["DashboardMonths"].fixed_rows
Sums = Mapping[str, tuple[float, int]]  # month -> money and how many


def by_month(
    lines: Sequence[Line], receipts: Sequence[Receipt], reimbursed: Sums, currency: str, on: date
) -> Filled:
    """The months up to that of the run, oldest first; ``reimbursed`` in that currency."""
    recovered = _add_up((r.date, r.amount) for r in receipts)
    expired = _add_up((x.deadline, x.value or 0.0) for x in lines if x.status == "Expired" and x.deadline)
    months = [_month_before(on, n) for n in reversed(range(_MONTHS))]
    rows: list[Record] = [
        {
            "Month": month,
            "Currency": currency or None,
            **_pair("Recovered", "Payments", recovered.get(month)),
            **_pair("All reimbursements", "Lines", reimbursed.get(month)),
            **_pair("Expired", "Expired claims", expired.get(month)),
        }
        for month in months
    ]
    return Filled(rows, _basis(recovered, reimbursed, expired, months[0]), _blank(recovered, expired), _short)


def reimbursed_by_month(reimbursements: pd.DataFrame) -> Mapping[str, Sums]:
    """Money and lines of Reimbursements per currency and month, reversals taken off."""
    frame = reimbursements
    cash = frame[frame["amount_total"].notna() & frame["amount_total"].ne(0) & frame["approval_date"].notna()]
    found: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
    if cash.empty:
        return found
    keys = [cash["currency"].astype(str), cash["approval_date"].dt.strftime("%Y-%m")]
    sums = cash.groupby(keys)["amount_total"].agg(["sum", "count"])
    for (currency, month), (total, number) in zip(sums.index, sums.to_numpy().tolist(), strict=True):
        found[currency][month] = (cents(float(total)), int(number))
    return found


def _month_before(on: date, months: int) -> str:
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return f"{year}-{month + 1:02}"


def _add_up(events: Iterable[tuple[date, float]]) -> Sums:
    found: dict[str, tuple[float, int]] = {}
    for when, amount in events:
        total, number = found.get(f"{when:%Y-%m}", (0.0, 0))
        found[f"{when:%Y-%m}"] = (cents(total + amount), number + 1)
    return found


def _pair(money: str, number: str, sums: tuple[float, int] | None) -> Record:
    return {money: sums[0] if sums else None, number: sums[1] if sums else None}


def _basis(recovered: Sums, reimbursed: Sums, expired: Sums, since: str) -> str:
    said = [
        f"{what}: {_in_all(sums, unit)}{_earlier(sums, since)}"
        for what, unit, sums in (
            ("Recovered for cases", "payment", recovered),
            ("all reimbursements as read", "line", reimbursed),
            ("expired on Claims", "claim", expired),
        )
    ]
    return "; ".join(said) + "."


def _in_all(sums: Sums, unit: str) -> str:
    number = sum(n for _, n in sums.values())
    return f"{sum(m for m, _ in sums.values()):,.2f} in {counted(number, unit)}"


def _earlier(sums: Sums, since: str) -> str:
    before = {month: s for month, s in sums.items() if month < since}
    return f" (of it {sum(m for m, _ in before.values()):,.2f} before {since})" if before else ""


def _blank(recovered: Sums, expired: Sums) -> str:
    if recovered or expired:
        return ""
    return "No payment for a case yet, nothing expired: record filings on Cases, refresh with new Reimbursements."


def _short(row: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    for what, header, number in (
        ("Recovered", "Recovered", "Payments"),
        ("Reimbursed", "All reimbursements", "Lines"),
        ("Expired in month", "Expired", "Expired claims"),
    ):
        if row[number]:
            yield what, _number(row[number]), _number(row[header]), ""


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) else None
