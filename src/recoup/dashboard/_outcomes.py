"""How the seller's own cases ended, how long payment took, and what that lets expect of the open ones.

Decisions:
- Won is a case that was paid, in full or in part, also when it was closed since. Lost is one that was denied, or closed
  with a decision reason and without a payment. Other closed cases say nothing.
- Days to pay count from `Filed on` to the first payment on or after it; the middle one of all is shown.
- Expected cash is only of cases that Amazon has and has not paid anything on: what is not filed yet, and the rest of
  a part payment, is not counted on. Of each its balance, times the share that decided cases were paid of what was
  filed, times the share of those paid later than it is old that were paid within the horizon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

from ..cases import day, stage_of, text
from ..confidence import LOST, WON
from ..model import Cell, Record
from ..money import cents
from ..sheets import TABLES
from ._limits import Limits
from ._panel import Filled, counted

AWAITED = frozenset({"Filed", "Waiting on Amazon", "Info requested", "Approved", "Appealed"})
ALL_KINDS, NO_KIND = "all kinds", "no kind stated"  # what people opened by hand has none
_KINDS_SHOWN, _HORIZONS = TABLES["DashboardWins"].fixed_rows - 1, TABLES["DashboardCash"].fixed_rows


@dataclass(frozen=True, slots=True)
class Receipt:
    """Cash that was paid for a row of Cases and stands; ``name`` is that of the row."""

    name: str
    date: date
    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of Cases: how it ended, if it did, and what is known of its money and days."""

    kind: str
    currency: str
    outcome: Literal["won", "lost", "awaited", ""]
    filed_on: date | None
    asked: float | None  # what was filed
    paid: float
    in_part: bool  # something was paid, in money or in goods
    balance: float | None
    days: int | None  # from filing to payment


def read_cases(cases: Iterable[tuple[str, Mapping[str, Cell]]], receipts: Iterable[Receipt]) -> list[Sent]:
    """The rows of Cases with their payments; drafts are none of Amazon's yet."""
    by_row: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        by_row[receipt.name].append(receipt)
    return [_read(row, by_row[name]) for name, row in cases if stage_of(row) != "Draft"]


def _read(row: Mapping[str, Cell], receipts: Sequence[Receipt]) -> Sent:
    paid, filed_on = _money(row.get("Paid amount")) or 0.0, day(row.get("Filed on"))
    asked, balance = _money(row.get("Value filed")), _money(row.get("Balance"))
    currencies = {text(row.get("Currency")) or r.currency for r in receipts} or {text(row.get("Currency"))}
    after = [(r.date - filed_on).days for r in receipts if filed_on and r.date >= filed_on]
    return Sent(
        text(row.get("Kind")) or NO_KIND,
        currencies.pop() if len(currencies) == 1 else "",
        _outcome(row, paid),
        filed_on,
        asked,
        paid,
        bool(paid or _money(row.get("Paid units"))),
        asked if balance is None else balance,
        min(after, default=None),
    )


def _outcome(row: Mapping[str, Cell], paid: float) -> Literal["won", "lost", "awaited", ""]:
    stage = stage_of(row)
    if stage in WON or (stage == "Closed" and paid > 0):
        return "won"
    if stage in LOST or (stage == "Closed" and text(row.get("Decision reason"))):
        return "lost"
    return "awaited" if stage in AWAITED else ""


def win_rates(cases: Sequence[Sent], limits: Limits) -> Filled:
    """Of all kinds together, then of those with the most decided cases."""
    groups: dict[str, list[Sent]] = defaultdict(list)
    for case in cases:
        if case.outcome in ("won", "lost"):
            groups[case.kind].append(case)
    ranked = sorted(groups, key=lambda kind: (-len(groups[kind]), kind))
    decided = [c for kind in ranked for c in groups[kind]]
    rows = [_win_row(ALL_KINDS, decided, limits)] if decided else []
    rows += [_win_row(kind, groups[kind], limits) for kind in ranked[:_KINDS_SHOWN]]
    if not decided:
        nothing = (
            f"No case is decided yet ({counted(len(cases), 'case')} filed): record Amazon's answers on Cases."
        )
        return Filled(rows, nothing, nothing)
    days = [c.filed_on for c in decided if c.filed_on]
    period = f" filed from {min(days)} to {max(days)}" if days else ""
    basis = f"Own history: {counted(len(decided), 'decided case')}{period}; a rate needs {limits.decided}, days to pay "
    basis += f"{counted(limits.paid, 'paid case')}. {len(cases) - len(decided):,} more are not decided."
    if len(ranked) > _KINDS_SHOWN:
        basis += f" {counted(len(ranked) - _KINDS_SHOWN, 'kind')} with fewer decided cases not shown."
    blank = (
        "" if len(decided) >= limits.decided else f"Fewer than {limits.decided} decided cases: no rate yet."
    )
    return Filled(rows, basis, blank, _short_win)


def _win_row(kind: str, decided: Sequence[Sent], limits: Limits) -> Record:
    won = sum(c.outcome == "won" for c in decided)
    days = [c.days for c in decided if c.days is not None]
    few = []
    if len(decided) < limits.decided:
        few.append(f"fewer than {limits.decided} decided")
    if len(days) < limits.paid:
        few.append(f"fewer than {counted(limits.paid, 'paid case')} with their days")
    return {
        "Kind": kind,
        "Currency": decided[0].currency or None,
        "Win rate": None if len(decided) < limits.decided else round(won / len(decided), 4),
        "Decided": len(decided),
        "Won": won,
        "Days to pay": None if len(days) < limits.paid else round(median(days)),
        "Paid cases": len(days),
        "Note": "; ".join(few) or None,
    }


def _short_win(row: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    rate, days = _money(row["Win rate"]), _money(row["Days to pay"])
    said = [text(row["Note"]), f"won {row['Won']}"]
    said += [f"win rate {rate:.0%}"] if rate is not None else []
    said += [f"{days:.0f} days to pay in {row['Paid cases']} cases"] if days is not None else []
    yield "Decided", _money(row["Decided"]), None, "; ".join(filter(None, said))


def expected_cash(cases: Sequence[Sent], limits: Limits, on: date) -> Filled:
    """Per horizon what open cases may bring, by the seller's own history alone."""
    decided = [c for c in cases if c.outcome in ("won", "lost") and c.asked]
    days = sorted(c.days for c in decided if c.days is not None)
    awaited = [c for c in cases if c.outcome == "awaited"]
    untouched = [c for c in awaited if not c.in_part]
    counted_on = [c for c in untouched if c.balance and c.filed_on]
    enough = len(decided) >= limits.history and len(days) >= limits.paid
    share = min(sum(c.paid for c in decided) / sum(c.asked or 0.0 for c in decided), 1.0) if enough else 0.0
    ages = [((on - c.filed_on).days, c.balance or 0.0) for c in counted_on if c.filed_on]
    asked = cents(sum(balance for _, balance in ages))
    rows: list[Record] = [
        {
            "Horizon": f"within {horizon} days",
            "Currency": cases[0].currency or None if cases else None,
            "Expected cash": cents(sum(share * b * _paid_by(a, horizon, days) for a, b in ages))
            if enough
            else None,
            "Open cases": len(counted_on) or None,
            "Asked for": asked if counted_on else None,
            "Note": None if enough else "no history yet",
        }
        for horizon in limits.horizons[:_HORIZONS]
    ]
    if not enough:
        told = (
            f"No history yet: {counted(len(decided), 'decided case')} with what was filed, {len(days)} of them paid "
            f"with their days; {limits.history} and {limits.paid} are needed. Nothing is expected until then."
        )
        return Filled(rows, told, told, _short_cash)
    old = sum(a >= days[-1] for a, _ in ages)
    told = (
        f"Own history: {counted(len(decided), 'decided case')} were paid {share:.0%} of what was filed; "
        f"{len(days)} of them after {days[0]} to {days[-1]} days. Not counted on: {old} open for longer than that, "
        f"{len(awaited) - len(untouched)} paid in part, {len(untouched) - len(counted_on)} without a day of filing or "
        "a balance, and all that is not filed."
    )
    return Filled(rows, told, "" if ages else "No open case to expect cash of.", _short_cash)


def _paid_by(age: int, horizon: int, days: Sequence[int]) -> float:
    """Of the cases paid later than this age, the share paid within the horizon from now."""
    later = [d for d in days if d > age]
    return sum(d <= age + horizon for d in later) / len(later) if later else 0.0


def _short_cash(row: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    if row["Open cases"]:
        yield "Expected cash", _money(row["Open cases"]), _money(row["Expected cash"]), text(row["Note"])


def _money(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
