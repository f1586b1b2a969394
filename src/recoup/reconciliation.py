"""What was paid for each row of Cases, what is still owed, and payments of a case that match none of its claims.

Decisions:
- A case that a person opened shows the payments that name it and that no other row of Cases counts.
- What a payment under a case id paid elsewhere, or nowhere, is a warning on Checks with its money.
- Rows of claims that the reports no longer tell of keep their figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import pandas as pd

from .case_advice import Advisor, units_of
from .case_figures import Facts, Figures, find_figures
from .case_payments import Ledger, Paid, in_order, tell_payments
from .case_sheet import OWN_KEY, own_key, own_name
from .cases import text
from .detectors import all_detectors
from .events import MoneyCredit
from .filed_claims import Filed
from .identity import claim_id
from .journal import Change, cell_changes
from .memory import plain
from .model import Cell, Problem, Record
from .money import cents
from .pipeline import Result
from .policy import ALL, Policy
from .settlement_ties import Cash, Ties, tie

JOURNALLED = ("Paid units", "Paid amount", "Balance")
SUGGESTED = ("Suggested stage", "Suggested next step")
WORKING_DAYS, DAYS = 5, 7  # of a week


@dataclass(frozen=True, slots=True)
class Told:
    """What a reconciliation is told besides the result of the run.

    ``cases``: the rows of Cases; ``tracked``: the ids on Claims; ``kept``: payments remembered on Evidence whose
    report is cleared; ``undone``: claims whose draft was taken back.
    """

    cases: Sequence[Record]
    tracked: frozenset[str]
    kept: Ledger
    money_lines: pd.DataFrame
    policy: Policy
    undone: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reconciliation:
    """Recoup's cells for the rows of Cases: ``rows`` by claim id, ``own`` with OWN_KEY; and what to check.

    ``ledger`` and ``kept`` hold the payments by claim id, of ``own`` rows by their name.
    """

    rows: dict[str, Record] = field(default_factory=dict)
    own: list[Record] = field(default_factory=list)
    figures: dict[str, Figures] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    kept: Ledger = field(default_factory=Ledger)
    ties: Ties = field(default_factory=Ties)
    filed: dict[str, Filed] = field(default_factory=dict)


def reconcile(result: Result, told: Told) -> Reconciliation:
    """Say of every row of Cases what was paid for it, what was taken back, and what is still owed."""
    home = str(told.policy.setting("home_marketplace") or "US")
    prefixes = {kind: d.prefix for kind, d in all_detectors().items()}
    facts = Facts.of(result, lambda kind, key: claim_id(prefixes[kind], home, kind, key))
    rows = _first_rows(told.cases)
    filed = {
        key: Filed(plain(row.get("Amazon case ID")), frozenset(_ids(row)))
        for key, row in rows.items()
        if facts.knows(key) or key in told.tracked
    }
    ledger = tell_payments(result.allocation, result.payments, filed, facts.name, facts.dispute_of)
    _add_money(ledger, result)
    ties = tie(_cash(result), told.money_lines)
    done = Reconciliation(ledger=ledger, kept=told.kept, ties=ties, filed=filed)
    named = {key: text(rows[key].get("Case")) for key in filed}
    advisor = Advisor(facts, ties, partial(_money_due, told.policy), named)
    for key in filed:
        if facts.knows(key):
            done.figures[key] = find_figures(rows[key], facts, ledger, told.kept)
            advice = None if key in told.undone else advisor.advise(done.figures[key])
            cells = done.figures[key].cells()
            done.rows[key] = cells | dict(zip(SUGGESTED, advice or (), strict=False))
    _match_own(done, told.cases, advisor)
    return done


def _first_rows(cases: Iterable[Record]) -> dict[str, Record]:
    rows: dict[str, Record] = {}
    for row in cases:
        if text(row.get("Claim ID")):
            rows.setdefault(text(row.get("Claim ID")), row)
    return rows


def _ids(row: Mapping[str, Cell]) -> list[str]:
    return [i for i in (x.strip() for x in plain(row.get("Reimbursement IDs")).split(",")) if i]


def _money_due(policy: Policy, approved: date) -> date:
    """The last day on which approved money should stand in the account; working days as weeks of five."""
    value = policy.value("payment_posting", on=approved, marketplace=_home(policy))
    days = value.number if value and value.value is not None else 0
    return approved + timedelta(days=round(days * DAYS / WORKING_DAYS))


def _home(policy: Policy) -> str:
    return str(policy.setting("home_marketplace") or ALL)


# ---- money


def _cash(result: Result) -> list[Cash]:
    """Every line of Reimbursements that should bring money, each row once."""
    found: dict[object, Cash] = {}
    for purse in result.allocation.purses:
        c = purse.credit
        if c.role == "reimbursement" and not c.in_kind and c.amount:
            found[c.row] = Cash(c.row, c.date, c.amount, c.currency, c.order_id, c.product.sku)
    for m in _money_credits(result):
        if m.role == "reimbursement":
            found.setdefault(m.row, Cash(m.row, m.date, m.amount, m.currency, m.order_id, m.product.sku))
    return list(found.values())


def _money_credits(result: Result) -> list[MoneyCredit]:
    used = [credit for uses in result.given_back.values() for credit, _ in uses]
    return [*result.payments.case_money, *result.payments.fee_corrections, *used]


def _add_money(ledger: Ledger, result: Result) -> None:
    """Payments of claims about money, and what of the money under a case went to no claim."""
    spent: dict[object, float] = defaultdict(float)
    for key, uses in result.given_back.items():
        for credit, amount in uses:
            spent[credit.row] += amount
            ledger.paid[key].append(_money_paid(credit, amount))
    for credit in (*result.payments.case_money, *result.payments.fee_corrections):
        left = cents(credit.amount - spent[credit.row])
        if credit.case_id and left > 0:
            ledger.loose.append(_money_paid(credit, left))


def _money_paid(credit: MoneyCredit, amount: float) -> Paid:
    return Paid(
        credit.reference_id,
        credit.date,
        None,
        cents(amount),
        credit.currency,
        credit.row,
        credit.shows,
        credit.case_id,
        credit.order_id,
        credit.product,
    )


# ---- cases that people opened, and payments of a case that match none of its claims


def _match_own(done: Reconciliation, cases: Sequence[Record], advisor: Advisor) -> None:
    """Show payments on the rows that people opened; what is left of a case's payments goes to Checks."""
    numbers = {f.case_id for f in done.filed.values()} - {""}
    own = _own_rows(cases, done.filed)
    elsewhere = [(p, key) for key, paid in done.ledger.paid.items() for p in paid]
    strays = [(p, "") for p in done.ledger.loose] + [
        (p, key) for p, key in elsewhere if p.case_id and _case_of(key, done) != p.case_id
    ]
    shown: dict[int, list[Paid]] = defaultdict(list)
    for paid, key in sorted(strays, key=lambda s: (s[0].date, s[0].reimbursement_id, s[1])):
        mine = [n for n, row in enumerate(own) if plain(row.get("Amazon case ID")) == paid.case_id]
        if paid.case_id and mine and key not in done.filed:
            shown[min(mine, key=lambda n: (not _about(own[n], paid), n))].append(paid)
        elif paid.case_id and (mine or paid.case_id in numbers):
            done.problems.append(_stray(paid, key))
    for n, row in enumerate(own):
        if n in shown or _ids(row):
            _fill_own(done, row, shown[n], advisor)


def _own_rows(cases: Sequence[Record], filed: Mapping[str, Filed]) -> list[Record]:
    """Rows with an Amazon case id that are of no claim of Recoup, each key once."""
    found: dict[tuple[str, ...], Record] = {}
    for row in cases:
        if plain(row.get("Amazon case ID")) and text(row.get("Claim ID")) not in filed:
            found.setdefault(own_key(row), row)
    return list(found.values())


def _case_of(key: str, done: Reconciliation) -> str:
    return done.filed[key].case_id if key in done.filed else ""


def _about(row: Mapping[str, Cell], paid: Paid) -> bool:
    """Whether a row names the product or the order that was paid."""
    names = {paid.product.sku, paid.product.fnsku, paid.product.asin, paid.order_id} - {""}
    return bool(names & {plain(row.get(h)) for h in ("SKU", "FNSKU", "ASIN", "Order ID")})


def _fill_own(done: Reconciliation, row: Record, paid: Sequence[Paid], advisor: Advisor) -> None:
    name = own_name(row)
    named = set(_ids(row))  # other rows of the case have payments of their own
    kept = [p for p in done.kept.paid.get(name, ()) if p.reimbursement_id in named]
    paid = list(in_order([*paid, *kept]))
    if not paid:
        return
    currency = text(row.get("Currency")) or (paid[0].currency if len({p.currency for p in paid}) == 1 else "")
    case_id = plain(row.get("Amazon case ID"))
    counted = any(p.units is not None for p in paid)
    figures = Figures(name, not counted, text(row.get("Stage")), case_id, currency, None, None, paid)
    cells = figures.cells()
    del cells["Balance"], cells["Reversed"]  # of a case of their own nothing is guessed
    step = advisor.tell_paid(figures)
    done.own.append({h: row.get(h) for h in OWN_KEY} | cells | {"Suggested next step": step})
    others = done.figures[name].paid if name in done.figures else []
    done.figures[name] = replace(figures, paid=list(in_order([*others, *paid])))


def _stray(paid: Paid, key: str) -> Problem:
    what = units_of(paid.units) if paid.units is not None else "its money"
    amount = "in inventory" if paid.goods else f"{paid.amount or 0.0:,.2f} {paid.currency}"
    went = f"was counted for {key}, which is not of that case" if key else "closes no unit of that case"
    return Problem(
        "warning",
        paid.row.where,
        f"reimbursement {paid.reimbursement_id} under case {paid.case_id}: {what}, {amount}, {went}",
        "Look the payment up in Seller Central: correct the Amazon case ID on Cases, or file the rest.",
        column="case-id",
        rows=1,
        first_cells=f"row {paid.row.row}",
    )


# ---- journal


def figure_changes(before: Mapping[str, Record], rows: Iterable[Record], who: str) -> list[Change]:
    """What these rows of Cases change in the amounts of a case; ``before`` by name."""
    return [
        change
        for row in rows
        for change in cell_changes(own_name(row), before.get(own_name(row), {}), row, JOURNALLED, who)
    ]
