"""Settlements and transactions as one kind of money lines: what was charged, refunded and kept, per order."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from ..model import Problem
from ._declared import fold
from ._grid import TEXT, respelt, spread
from ._marketplaces import marketplace_code
from ._report import empty_frame
from .settlements_v1 import one_amount_a_row
from .transactions import MONEY, name_unknown_types
from .transactions import REPORT as TRANSACTIONS

COLUMNS = (
    "posted_date",
    "settlement_id",
    "order_id",
    "sku",
    "type",
    "item",
    "amount",
    "quantity",
    "currency",
    "marketplace",
    "fulfillment",
    "deferred",
    "description",
    "order_item_code",
    "_where",
    "_row",
)
CENT = 0.005
_READ = [
    "posted_date",
    "settlement_id",
    "order_id",
    "sku",
    "transaction_type",
    "amount_type",
    "amount_description",
    "amount",
    "quantity",
    "currency",
    "marketplace",
    "fulfillment",
    "order_item_code",
    "_where",
    "_row",
]  # of a settlement: of a million lines every further column takes time

# Settlement lines: folded amount description -> item, by folded amount type.
ITEM_PRICE = {
    "principal": "Principal",
    "tax": "Tax",
    "shipping": "Shipping",
    "shippingtax": "ShippingTax",
    "giftwrap": "GiftWrap",
    "giftwraptax": "GiftWrapTax",
    "restockingfee": "RestockingFee",
    "goodwill": "Goodwill",
    "returnshipping": "ReturnShipping",
}
ITEM_FEES = {
    "commission": "Commission",
    "refundcommission": "RefundCommission",
    "fbaperunitfulfillmentfee": "FulfillmentFee",
    "fbaperorderfulfillmentfee": "FulfillmentFee",
    "fbaweightbasedfee": "FulfillmentFee",
}
# Transaction columns -> item. ``selling_fees`` is the commission of the sale, net of what a refund kept.
ITEMS = {
    "product_sales": "Principal",
    "product_sales_tax": "Tax",
    "shipping_credits": "Shipping",
    "shipping_credits_tax": "ShippingTax",
    "gift_wrap_credits": "GiftWrap",
    "gift_wrap_credits_tax": "GiftWrapTax",
    "regulatory_fee": "Other:RegulatoryFee",
    "regulatory_fee_tax": "Other:RegulatoryFeeTax",
    "promotional_rebates": "Promotion",
    "promotional_rebates_tax": "Other:PromotionTax",
    "marketplace_withheld_tax": "WithheldTax",
    "selling_fees": "Commission",
    "fba_fees": "FulfillmentFee",
    "other_transaction_fees": "Other:OtherTransactionFees",
    "other": "Other:Other",
}


def to_money_lines(
    settlements: pd.DataFrame,
    settlements_v1: pd.DataFrame,
    transactions: pd.DataFrame,
    problems: list[Problem],
) -> pd.DataFrame:
    """One row per amount (COLUMNS); appends to ``problems`` what does not add up.

    A settlement's own row with its total is no line. Where several reports hold a settlement id, the settlement
    in flat file V2 stands, else the one in V1, else the transactions. Zero amounts of V1 and of transactions are
    left out, but for principals, which carry the quantity.
    """
    settled = _all_settlements(settlements, settlements_v1)
    parts = []
    if len(settled):
        parts.append(_settlement_lines(settled))
        problems += _check_totals(settled)
    if len(transactions):
        problems += [*_check_transactions(transactions), *name_unknown_types(transactions)]
        known = set(settled["settlement_id"].unique()) - {""}
        parts.append(_transaction_lines(transactions[~transactions["settlement_id"].isin(known)]))
    return _in_one_piece(pd.concat(parts, ignore_index=True)) if parts else _no_lines().copy(deep=False)


def _in_one_piece(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows, each column in one piece: out of several Arrow picks a few rows at ten times the cost."""
    whole = frame.copy(deep=False)
    for name in [name for name in frame.columns if frame[name].dtype == "str"]:
        pieces = pa.chunked_array(pa.array(frame[name].array))
        whole[name] = pd.array(pieces.combine_chunks(), dtype="str")
    return whole


@cache
def _no_lines() -> pd.DataFrame:
    return _transaction_lines(empty_frame(TRANSACTIONS))


def _all_settlements(settlements: pd.DataFrame, settlements_v1: pd.DataFrame) -> pd.DataFrame:
    """Both layouts as V2 rows; of a settlement in both the V2 rows."""
    if settlements_v1.empty:
        return settlements
    further = settlements_v1[~settlements_v1["settlement_id"].isin(settlements["settlement_id"].unique())]
    if further.empty:
        return settlements
    return pd.concat([settlements, one_amount_a_row(further)], ignore_index=True)


def _settlement_lines(settlements: pd.DataFrame) -> pd.DataFrame:
    lines = settlements[_READ][settlements["amount"].notna()]
    item, description = _items_and_descriptions(lines["amount_type"], lines["amount_description"])
    data = {
        "posted_date": lines["posted_date"],
        "settlement_id": lines["settlement_id"],
        "order_id": lines["order_id"],
        "sku": lines["sku"],
        "type": lines["transaction_type"],
        "item": item,
        "amount": lines["amount"],
        "quantity": lines["quantity"].where(item.eq("Principal")),
        "currency": lines["currency"],
        "marketplace": _codes(lines["marketplace"]),
        "fulfillment": _fulfillment(lines["fulfillment"]),
        "deferred": np.zeros(len(lines), dtype=bool),
        "description": description,
        "order_item_code": lines["order_item_code"],
        "_where": lines["_where"],
        "_row": lines["_row"],
    }
    return pd.DataFrame(data).reset_index(drop=True)


def _items_and_descriptions(kinds: pd.Series, details: pd.Series) -> tuple[pd.Series, pd.Series]:
    """What each line is for, and in Amazon's words; every pair of type and description is looked up once."""
    kind, kind_texts = pd.factorize(kinds)
    detail, detail_texts = pd.factorize(details)
    pair, pairs = pd.factorize(kind * len(detail_texts) + detail)
    texts = [(kind_texts[k], detail_texts[d]) for k, d in (divmod(int(p), len(detail_texts)) for p in pairs)]
    items = [_item(k, d) for k, d in texts]
    descriptions = [f"{k} / {d}" if d else k for k, d in texts]
    return spread(items, pair, kinds.index), spread(descriptions, pair, kinds.index)


def _item(amount_type: str, description: str) -> str:
    kind, what = fold(amount_type), fold(description)
    if kind == "itemprice" and what in ITEM_PRICE:
        return ITEM_PRICE[what]
    if kind == "itemfees" and what in ITEM_FEES:
        return ITEM_FEES[what]
    if kind == "promotion":
        return "Other:PromotionTax" if "tax" in what else "Promotion"
    if kind == "itemwithheldtax":
        return "WithheldTax"
    if kind in ITEM_FEES:  # newer files: the fee's name, then base fee, tax on fee, discount on fee
        return ITEM_FEES[kind]
    return f"Other:{description or amount_type}"


def _transaction_lines(transactions: pd.DataFrame) -> pd.DataFrame:
    """The money columns of each transaction, one below the other, in the order of the rows."""
    names = MONEY[:-1]
    amounts = transactions[list(names)].fillna(0.0).to_numpy(dtype=float)
    sold = names.index("product_sales")
    keep = amounts != 0.0
    principal = transactions["type"].isin(("Order", "Refund")) & transactions["quantity"].fillna(0).ne(0)
    keep[:, sold] |= principal.to_numpy(dtype=bool)
    row, column = np.nonzero(keep)
    whole = {
        "posted_date": transactions["posted_date"],
        "settlement_id": transactions["settlement_id"],
        "order_id": transactions["order_id"],
        "sku": transactions["sku"],
        "type": transactions["type"],
        "quantity": transactions["quantity"],
        "currency": transactions["currency"],
        "marketplace": _codes(transactions["marketplace"]),
        "fulfillment": transactions["fulfillment"],
        "deferred": ~transactions["status"].str.casefold().isin(("", "released")),
        "description": transactions["description"],
        "_where": transactions["_where"],
        "_row": transactions["_row"],
    }
    lines = pd.DataFrame(whole).take(row).reset_index(drop=True)
    lines["item"] = pd.Series([ITEMS[name] for name in names], dtype=TEXT).take(column).array
    lines["amount"] = amounts[row, column]
    lines["quantity"] = lines["quantity"].where(column == sold)
    lines["order_item_code"] = pd.Series("", index=lines.index, dtype=TEXT)
    return lines[list(COLUMNS)]


def _codes(names: pd.Series) -> pd.Series:
    return respelt(names, marketplace_code)


def _fulfillment(ids: pd.Series) -> pd.Series:
    """``AFN`` -> Amazon, ``MFN`` -> Seller."""
    words = {"afn": "Amazon", "amazon": "Amazon", "mfn": "Seller", "seller": "Seller", "merchant": "Seller"}
    return respelt(ids, lambda i: words.get(fold(i), ""))


def _check_totals(settlements: pd.DataFrame) -> list[Problem]:
    """Each settlement's lines add up to its total, or by how much they are off."""
    if settlements.empty:
        return []
    by_id = settlements.groupby("settlement_id", sort=True)
    sums, totals = by_id["amount"].sum(), by_id["total_amount"].first()
    where, rows = by_id["_where"].first(), by_id["amount"].count()
    problems = []
    for settlement in sums.index[(sums - totals).abs().gt(CENT) | totals.isna()]:
        off, total = sums[settlement] - totals[settlement], totals[settlement]
        if np.isnan(total):
            text = f"settlement {settlement} has no row with its total; its lines cannot be checked"
        else:
            text = (
                f"the lines of settlement {settlement} add up to {sums[settlement]:,.2f}, "
                f"its total is {total:,.2f}: off by {off:,.2f}"
            )
        remedy = "paste or import the whole settlement again"
        problems.append(Problem("warning", str(where[settlement]), text, remedy, rows=int(rows[settlement])))
    return problems


def _check_transactions(transactions: pd.DataFrame) -> list[Problem]:
    """The amounts of each transaction add up to its total, or a warning with the rows that do not."""
    parts = transactions[list(MONEY[:-1])].fillna(0.0).sum(axis=1)
    off = (parts - transactions["total"]).abs().gt(CENT)
    problems = []
    for where, rows in transactions[off].groupby("_where", sort=True):
        amount = float((parts - transactions["total"])[rows.index].sum())
        text = f"the amounts of {len(rows)} transactions do not add up to their total, off by {amount:,.2f} in all"
        remedy = "download the report again; if it stays, it has an amount column that Recoup does not know"
        first = ", ".join(str(n) for n in rows["_row"].head(5))
        total = TRANSACTIONS.column("total").headers[0]
        problems.append(Problem("warning", str(where), text, remedy, total, len(rows), f"row {first}"))
    return problems
