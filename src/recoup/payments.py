"""Reimbursements as credits and reversals: which units Amazon says it paid, in cash or in goods, or took back.

Decisions:
- A line that names an original reimbursement and is no reversal is a re-evaluation: it adds money to units
  already paid and settles no unit of its own.
- A line with a negative cash quantity is a reversal whatever its reason says.
- Fee corrections settle no units but money; taking one back takes its money away again and reopens no unit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from .catalogue import FOUND_SKU, Catalogue
from .events import Credit, MoneyCredit, Product, Reversal
from .frames import Row, records
from .frames import source as where
from .model import Problem, SourceRow
from .policy.rulebook import Policy, plain

AboutMoney = Callable[[str, str, Product], frozenset[str]]  # case id, reimbursement id, product
REVERSAL = plain("Reimbursement_Reversal")


class Payment(NamedTuple):
    """One reimbursement line with cash, for questions about its amount. Money in ``currency``."""

    reimbursement_id: str
    original_id: str
    reason: str
    product: Product
    date: datetime
    units: int
    per_unit: float
    total: float
    currency: str
    order_id: str
    row: SourceRow


@dataclass(slots=True)
class Payments:
    """All reimbursement lines, sorted by what they mean."""

    credits: list[Credit] = field(default_factory=list)
    reversals: list[Reversal] = field(default_factory=list)
    cash: list[Payment] = field(default_factory=list)
    re_evaluations: list[Payment] = field(default_factory=list)
    case_money: list[MoneyCredit] = field(default_factory=list)  # under the case ids of claims about money
    fee_corrections: list[MoneyCredit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_payments(
    reimbursements: pd.DataFrame,
    policy: Policy,
    catalogue: Catalogue,
    cases: Collection[str] = (),
    about_money: AboutMoney = lambda *_: frozenset(),
) -> Payments:
    """Turn the reimbursements frame (see `reports`) into credits, reversals and payments.

    ``cases``: the Amazon case ids that people recorded; a payment under one of them needs no product.
    ``about_money``: the kinds of the claims of a case when all of them are about money and about other lines than
    this one: what is paid under such a case settles no units.
    """
    found = Payments()
    fees = _fee_ids(reimbursements, policy)
    nameless: list[tuple[SourceRow, float, str]] = []
    for row in records(reimbursements):
        source = where(row)
        product = catalogue.complete(Product(row["sku"], row["fnsku"], row["asin"], row["title"]))
        cash, goods = _count(row["quantity_cash"]), _count(row["quantity_inventory"])
        if plain(row["reason"]) == REVERSAL or (cash or 0) < 0:
            if row["original_reimbursement_id"] in fees:
                continue  # taken off the correction below
            found.reversals.append(_reversal(row, product, source))
        elif policy.payment_pool(row["reason"]) == "fee":
            found.fee_corrections += _fee_correction(row, product, source, policy)
        elif row["original_reimbursement_id"]:
            found.re_evaluations.append(_payment(row, product, source, cash or 0))
        elif kinds := about_money(row["case_id"], row["reimbursement_id"], product):
            found.case_money += _case_money(row, product, source, kinds)
        elif product.blank and not row["order_id"] and row["case_id"] not in cases:
            nameless.append((source, _money(row["amount_total"]), row["currency"]))
        else:
            found.credits += _credits(row, product, source, policy, cash, goods)
            if cash and _money(row["amount_total"]) > 0:
                found.cash.append(_payment(row, product, source, cash))
    found.fee_corrections = _less_reversed(found.fee_corrections, reimbursements)
    found.problems += _nameless(nameless)
    return found


def _fee_ids(reimbursements: pd.DataFrame, policy: Policy) -> set[str]:
    pools = {reason: policy.payment_pool(reason) for reason in reimbursements["reason"].unique()}
    fees = reimbursements["reason"].map(pools).eq("fee")
    return set(reimbursements.loc[fees, "reimbursement_id"]) - {""}


def _fee_correction(row: Row, product: Product, source: SourceRow, policy: Policy) -> list[MoneyCredit]:
    amount = _money(row["amount_total"])
    credit = MoneyCredit(
        date=row["approval_date"].date(),
        amount=amount,
        currency=str(row["currency"]),
        kinds=frozenset(policy.payment_kinds(row["reason"])),
        row=source,
        shows=f"{row['reason']} {row['reimbursement_id']}: {amount:,.2f} {row['currency']}",
        order_id=str(row["order_id"]),
        product=product,
        reference_id=str(row["reimbursement_id"]),
        role="reimbursement",
        case_id=str(row["case_id"]),
    )
    return [credit] if amount > 0 else []


def _case_money(row: Row, product: Product, source: SourceRow, kinds: frozenset[str]) -> list[MoneyCredit]:
    amount = _money(row["amount_total"])
    credit = MoneyCredit(
        date=row["approval_date"].date(),
        amount=amount,
        currency=str(row["currency"]),
        kinds=kinds,
        row=source,
        shows=f"{row['reason']} {row['reimbursement_id']}: {amount:,.2f} {row['currency']}",
        order_id=str(row["order_id"]),
        product=product,
        reference_id=str(row["reimbursement_id"]),
        role="reimbursement",
        case_id=str(row["case_id"]),
        own_case=True,
    )
    return [credit] if amount > 0 else []


def _less_reversed(corrections: list[MoneyCredit], reimbursements: pd.DataFrame) -> list[MoneyCredit]:
    """Corrections less what was taken back of them, by the original id; what is gone altogether is left out."""
    if not corrections:
        return []
    back = reimbursements[
        reimbursements["original_reimbursement_id"].isin({c.reference_id for c in corrections} - {""})
        & reimbursements["amount_total"].lt(0)
    ]
    taken = (-back.groupby("original_reimbursement_id")["amount_total"].sum()).to_dict()
    left: list[MoneyCredit] = []
    for credit in corrections:
        gone = min(taken.get(credit.reference_id, 0.0), credit.amount)
        taken[credit.reference_id] = taken.get(credit.reference_id, 0.0) - gone
        if credit.amount > gone:
            left.append(replace(credit, amount=round(credit.amount - gone, 2)))
    return left


def _credits(
    row: Row,
    product: Product,
    source: SourceRow,
    policy: Policy,
    cash: int | None,
    goods: int | None,
) -> list[Credit]:
    reason = str(row["reason"])
    total = _count(row["quantity_total"])
    parts: list[tuple[int | None, bool]] = [(cash, False)] if cash else []
    parts += [(goods, True)] if goods and goods > 0 else []
    if not parts:
        parts = [(total, False)] if total else []
    if not parts and cash is None and total is None:
        parts = [(None, False)]
    order_id = str(row["order_id"])
    return [
        Credit(
            role="reimbursement",
            date=row["approval_date"].date(),
            units=units,
            product=product,
            row=source,
            shows=_shows(reason, units, in_kind, row),
            kinds=frozenset(policy.payment_kinds(reason)),
            by_asin=product.sku.startswith(FOUND_SKU) or not product.fnsku,
            order_id=order_id,
            case_id=str(row["case_id"]),
            reference_id=str(row["reimbursement_id"]),
            own_order=bool(order_id) and policy.payment_pool(reason) == "order",
            amount=_money(row["amount_total"]),
            currency=str(row["currency"]),
            in_kind=in_kind,
        )
        for units, in_kind in parts
    ]


def _shows(reason: str, units: int | None, in_kind: bool, row: Row) -> str:
    if in_kind:
        return f"{reason}: {units} paid in inventory"
    count = "no quantity" if units is None else f"{units} paid"
    return f"{reason}: {count}, {_money(row['amount_total']):,.2f} {row['currency']}"


def _reversal(row: Row, product: Product, source: SourceRow) -> Reversal:
    cash, goods = _count(row["quantity_cash"]), _count(row["quantity_inventory"])
    original = str(row["original_reimbursement_id"])
    amount = _money(row["amount_total"])
    counted = abs(cash or _count(row["quantity_total"]) or 0)
    return Reversal(
        date=row["approval_date"].date(),
        reimbursement_id=str(row["reimbursement_id"]),
        original_id=original,
        product=product,
        units=counted or 1,  # without a quantity it is one unit and a question
        returned=max(goods or 0, 0),
        amount=abs(amount),
        currency=str(row["currency"]),
        row=source,
        shows=f"{row['reason']}: {counted or 'no quantity'} taken back, {amount:,.2f} {row['currency']}",
        order_id=str(row["order_id"]),
        linkable=bool(row["has_original"]) and bool(original) and counted > 0,
    )


def _payment(row: Row, product: Product, source: SourceRow, units: int) -> Payment:
    total = _money(row["amount_total"])
    per_unit = _money(row["amount_per_unit"]) or (total / units if units else 0.0)
    return Payment(
        reimbursement_id=str(row["reimbursement_id"]),
        original_id=str(row["original_reimbursement_id"]),
        reason=str(row["reason"]),
        product=product,
        date=row["approval_date"],
        units=units,
        per_unit=per_unit,
        total=total,
        currency=str(row["currency"]),
        order_id=str(row["order_id"]),
        row=source,
    )


def _nameless(rows: list[tuple[SourceRow, float, str]]) -> list[Problem]:
    by_place: dict[tuple[str, str], list[tuple[SourceRow, float]]] = {}
    for source, money, currency in rows:
        by_place.setdefault((source.where, currency), []).append((source, money))
    return [
        Problem(
            "error",
            where,
            f"{len(found)} {'reimbursement names' if len(found) == 1 else 'reimbursements name'} no order, SKU, FNSKU "
            "or ASIN: "
            f"{sum(m for _, m in found):,.2f} {currency} closes no claim",
            "Look the reimbursement ids up in Seller Central and fill the product in the report, then refresh.",
            column="fnsku",
            rows=len(found),
            first_cells=", ".join(f"row {s.row}" for s, _ in sorted(found, key=lambda x: x[0].row)[:5]),
        )
        for (where, currency), found in sorted(by_place.items())
    ]


def _count(value: object) -> int | None:
    return None if pd.isna(value) else round(float(value))  # type: ignore[call-overload,arg-type]


def _money(value: object) -> float:
    return 0.0 if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]
