"""Money that Amazon gave back on an order by itself: retrocharges, adjustments, and what a refund took off again.

Decisions: the lines of one order, SKU, type and day count together, so that a retrocharge whose tax Amazon withholds
gives nothing back; only a positive sum is money given back. Lines about the price serve what was refunded too much,
lines about the commission what was kept of it, and a line that says neither serves both, once. Payments for units
stand in Reimbursements and are left out. A deferred line counts: it is on its way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from .events import MoneyCredit, Product
from .frames import Row, records, source
from .money import cents
from .orders import PRICE, REFUND, WITHHELD

RETROCHARGES = ("Order_Retrocharge", "Refund_Retrocharge")
ADJUSTMENTS = (*RETROCHARGES, "Adjustment", "Fee Adjustment", "SAFE-T reimbursement", "other-transaction")
CONCESSIONS = ("Goodwill", "RestockingFee", "ReturnShipping")  # in refunds; no price of the item
COMMISSIONS = ("Commission", "RefundCommission")
FEES = ("FulfillmentFee",)
PAYMENT = "Inventory Reimbursement"  # in the description of a payment for units
OVER_REFUND, COMMISSION_KEPT = "refund_exceeds_charge", "refund_commission_kept"
_READ = [
    *("order_id", "sku", "type", "item", "posted_date", "currency", "amount", "description", "_where", "_row")
]
_GROUP = ["order_id", "sku", "type", "posted_date", "currency", "about"]


def adjusted_lines(money_lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of adjustments and refunds, few of all: no other line gives money back."""
    return money_lines.loc[money_lines["type"].isin((*ADJUSTMENTS, REFUND)), _READ]


def price_credits(adjusted: pd.DataFrame) -> list[MoneyCredit]:
    """What was given back of refunds, or without saying of what; ``adjusted``: see `adjusted_lines`."""
    rows = _given_back(adjusted)
    return list(_credits(rows[rows["about"].isin(["price", "anything"])]))


def commission_credits(adjusted: pd.DataFrame) -> list[MoneyCredit]:
    """What was given back of commissions; ``adjusted``: see `adjusted_lines`."""
    rows = _given_back(adjusted)
    return list(_credits(rows[rows["about"].eq("commission")]))


def charged_again(adjusted: pd.DataFrame, replaced: Mapping[str, str]) -> dict[str, str]:
    """First order id -> that its customer was charged again for the price, in words, with amount and day.

    ``adjusted``: see `adjusted_lines`. ``replaced``: replacement order id -> first order id. Retrocharges that were
    refunded again count no more.
    """
    if adjusted.empty:
        return {}
    rows = adjusted[adjusted["type"].isin(RETROCHARGES) & adjusted["item"].eq("Principal")]
    rows = rows[rows["order_id"].ne("") & rows["posted_date"].notna()]
    if rows.empty:
        return {}
    rows = rows.assign(order_id=[replaced.get(o, o) for o in rows["order_id"]])
    found = {}
    for (order, currency), mine in rows.groupby(["order_id", "currency"], sort=True):
        amount = cents(mine["amount"].sum())
        if amount > 0:
            day = mine["posted_date"].max().date()
            found[str(order)] = f"the customer was charged {amount:,.2f} {currency} again on {day}"
    return found


def _given_back(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that may give money back, with what each is about."""
    if lines.empty:
        return lines.assign(about="")
    alone = lines["type"].isin(ADJUSTMENTS) & ~lines["description"].str.contains(PAYMENT, regex=False)
    conceded = lines["type"].eq(REFUND) & lines["item"].isin(CONCESSIONS) & lines["amount"].gt(0)
    named = lines["order_id"].ne("") & lines["posted_date"].notna() & lines["amount"].notna()
    rows = lines[(alone | conceded) & named & ~lines["item"].isin(FEES)]
    if rows.empty:
        return rows.assign(about="")
    price = rows["item"].isin((*PRICE, WITHHELD, *CONCESSIONS))
    commission = rows["item"].isin(COMMISSIONS) | rows["type"].eq("Fee Adjustment") & ~price
    about = np.select([price, commission], ["price", "commission"], "anything")
    return rows.assign(about=pd.Series(about, index=rows.index, dtype="str"))


def _credits(rows: pd.DataFrame) -> Iterator[MoneyCredit]:
    if rows.empty:
        return
    rows = rows.sort_values([*_GROUP, "_where", "_row"])
    sums = rows.groupby(_GROUP, sort=True)["amount"].transform("sum")
    first = rows.assign(amount=sums).drop_duplicates(_GROUP)
    for row in records(first[first["amount"].map(cents).gt(0)]):
        yield _credit(row)


def _credit(row: Row) -> MoneyCredit:
    amount = cents(row["amount"])
    kinds = {"price": {OVER_REFUND}, "commission": {COMMISSION_KEPT}}
    return MoneyCredit(
        date=row["posted_date"].date(),
        amount=amount,
        currency=row["currency"],
        kinds=frozenset(kinds.get(row["about"], {OVER_REFUND, COMMISSION_KEPT})),
        row=source(row),
        shows=f"{row['type']} {amount:,.2f} {row['currency']}",
        order_id=row["order_id"],
        product=Product(row["sku"]),
    )
