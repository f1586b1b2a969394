"""The tables of Dashboard: money, deadlines, outcomes and loss rates, each with what it stands on.

Decisions:
- Every panel is about one currency, so that no chart adds up two: the home marketplace's where any claim, case or
  payment is in it, else the one with the most claims. All figures in other currencies follow in `DashboardMore`.
- A panel has one row per kind, month, day, band of age or horizon, also where nothing happened, so that its chart keeps
  its shape. A figure that is not known is an empty cell, never a zero.
- Loss rates are of units and have no currency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from ..cases import text
from ..model import Cell, Record
from ..policy import Policy
from ..sheets import PANELS
from ._claims import Line, by_age, by_day, by_kind, read_lines
from ._limits import Limits
from ._losses import Gone, by_centre, by_sku, lost_rows
from ._months import Sums, by_month, reimbursed_by_month
from ._outcomes import Receipt, Sent, expected_cash, read_cases, win_rates
from ._panel import Filled

HOW_TO_BEGIN = (
    "Nothing to show yet: paste Inventory Ledger and Reimbursements into their tabs, and refresh the claims."
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What Dashboard is made of: rows of Claims and Cases, payments of cases, reports, and units that are gone.

    ``cases``: rows under the names that receipts give them. ``ledger_days``: first and last day covered by Inventory
    Ledger, where it was read.
    """

    claims: Sequence[Mapping[str, Cell]]
    cases: Sequence[tuple[str, Mapping[str, Cell]]]
    receipts: Sequence[Receipt]
    reimbursements: pd.DataFrame
    ledger: pd.DataFrame
    gone: Sequence[Gone]
    ledger_days: tuple[date, date] | None
    policy: Policy
    on: date


@dataclass(slots=True)
class Board:
    """Rows by table, and the sentences by the names of their cells."""

    tables: dict[str, list[Record]] = field(default_factory=dict)
    names: dict[str, Cell] = field(default_factory=dict)


def build_board(sources: Sources) -> Board:
    """All tables and sentences of Dashboard."""
    limits = Limits.of(sources.policy, sources.on)
    lines = read_lines(sources.claims, sources.on)
    sent = read_cases(sources.cases, sources.receipts)
    reimbursed = reimbursed_by_month(sources.reimbursements)
    currencies = _currencies(lines, sent, reimbursed, sources)
    first, others = (currencies or [""])[0], currencies[1:]
    filled = [*_money_panels(first, lines, sent, reimbursed, sources, limits)]
    units = (sources.ledger, lost_rows(sources.gone, sources.ledger), sources.ledger_days, limits)
    filled += [by_centre(*units), by_sku(*units)]
    board = Board()
    for panel, made in zip(PANELS, filled, strict=True):
        board.tables[panel.table.name] = made.rows
        board.names |= {panel.basis: made.basis, panel.blank: made.blank}
    more: list[Record] = []
    for currency in others:
        panels = _money_panels(currency, lines, sent, reimbursed, sources, limits)
        more += [row for made in panels for row in made.in_short(currency)]
    board.tables["DashboardMore"] = more
    board.names["Recoup_Dashboard"] = _headline(first, others, sources)
    return board


def _money_panels(
    currency: str,
    lines: Sequence[Line],
    sent: Sequence[Sent],
    reimbursed: Mapping[str, Sums],
    sources: Sources,
    limits: Limits,
) -> list[Filled]:
    mine = [line for line in lines if line.currency == currency]
    cases = [case for case in sent if case.currency == currency]
    receipts = [r for r in sources.receipts if r.currency == currency]
    return [
        by_kind(mine, currency),
        by_month(mine, receipts, reimbursed.get(currency, {}), currency, sources.on),
        by_day(mine, currency, sources.on),
        by_age(mine, currency, limits),
        expected_cash(cases, limits, sources.on),
        win_rates(cases, limits),
    ]


def _currencies(
    lines: Iterable[Line], sent: Iterable[Sent], reimbursed: Iterable[str], sources: Sources
) -> list[str]:
    """Every currency in use, the home marketplace's first, then by the number of claims."""
    counts = Counter(line.currency for line in lines)
    elsewhere = (*(c.currency for c in sent), *(r.currency for r in sources.receipts), *reimbursed)
    counts.update(dict.fromkeys(elsewhere, 0))
    home = sources.policy.marketplaces.get(text(sources.policy.setting("home_marketplace")) or "US")
    own = home.currency if home else ""
    return sorted(counts, key=lambda c: (not c, c != own, -counts[c], c))


def _headline(first: str, others: Sequence[str], sources: Sources) -> str:
    if not (sources.claims or sources.cases or len(sources.ledger)):
        return HOW_TO_BEGIN
    also = f" {', '.join(c or 'no currency' for c in others)}: at the end of this sheet." if others else ""
    money = f"Money in {first}; nothing is added up across currencies." if first else "No money yet."
    return f"As of {sources.on}. {money}{also}"


__all__ = ["Board", "Gone", "Receipt", "Sources", "build_board"]
