"""FBA fulfilment fees as charged, order line by order line, beside what the seller recorded of the product."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from ..catalogue import Catalogue
from ..events import Product
from ..fees.measures import in_inches_and_pounds
from ..frames import among, places
from ..orders import SELLER_FULFILLED
from ..reports import Reports

ITEM = "FulfillmentFee"
CORRECTIONS = ("Adjustment", "Fee Adjustment")
CHARGES = ("Order", *CORRECTIONS)
MULTI_CHANNEL = "S"  # begins the ids of multi-channel orders, whose fees are others
RESOLD = "amzn.gr."  # begins the SKUs under which Amazon sells what came back
_NOISE = 1e-6
SUMS: dict[str, Any] = {"amount": "sum", "units": lambda n: n.sum(min_count=1), "principal": "sum"}
LINE = ["order_id", "sku", "currency", "marketplace"]
FEE_COLUMNS = [*LINE, "type", "item", "amount", "posted_date", "settlement_id", "_where", "_row"]


def fee_lines(money: pd.DataFrame, home: str) -> pd.DataFrame:
    """The fulfilment fees and corrections of them on Amazon orders, released; a blank marketplace is ``home``."""
    chosen = (
        money["item"].eq(ITEM)
        & money["order_id"].ne("")
        & ~money["order_id"].str.startswith(MULTI_CHANNEL)
        & ~money["sku"].str.startswith(RESOLD)
        & money["fulfillment"].ne(SELLER_FULFILLED)
        & money["posted_date"].notna()
        & ~money["deferred"]
    )
    lines = money.loc[chosen, FEE_COLUMNS]
    lines = lines.assign(day=lines["posted_date"].dt.floor("D"))
    lines["marketplace"] = lines["marketplace"].mask(lines["marketplace"].eq(""), home)
    return lines


def charges(fees: pd.DataFrame, reports: Reports) -> pd.DataFrame:
    """One row per order line and day on which it was charged.

    Columns: line (a number for the order line), order_id, sku, currency, marketplace, day, first_day, charged (> 0),
    units, price, shipped_first and shipped_last (NaT where not known). Where units were sold on days without a fee,
    or fees charged on days without a sale, the whole order line is put together, at the last day of a fee; first_day
    is the first. Units are those of the principal, else those of Fulfilled Shipments, else NaN; price is the
    principal per unit, NaN where there is none.
    """
    taken = fees[fees["type"].isin(CHARGES) & (fees["amount"].lt(0) | fees["type"].eq("Order"))]
    codes, keys = pd.factorize(_key(taken))
    taken = taken.assign(line=codes)
    by_day = taken.groupby(["line", "day"], sort=False, as_index=False)["amount"].sum()
    by_day = by_day[by_day["amount"].lt(0)]
    sold = _sold(reports.frames["money_lines"], keys)
    days: pd.DataFrame = by_day.merge(sold, how="outer", on=["line", "day"])
    apart = days["units"].isna() | days["amount"].isna()
    loose = apart.groupby(days["line"]).transform("any")
    whole = days[loose].groupby("line", as_index=False).agg(SUMS)
    whole = whole.merge(
        by_day.groupby("line")["day"].agg(day="max", first_day="min").reset_index(), on="line"
    )
    found = pd.concat([days[~loose].assign(first_day=days["day"]), whole], ignore_index=True)
    found["charged"] = -found.pop("amount")
    price = found.pop("principal") / found["units"]
    found["price"] = price.where(price.gt(0))  # what was given away has a listing price all the same
    found = found.merge(_shipped(reports.frames["fulfilled_shipments"], keys), how="left", on="line")
    found["units"] = found["units"].fillna(found.pop("shipped_units"))
    return found.merge(taken[["line", *LINE]].drop_duplicates("line"), on="line")


def _key(rows: pd.DataFrame) -> pd.Series:
    return rows["order_id"] + "\n" + rows["sku"]


def _sold(money: pd.DataFrame, keys: pd.Index) -> pd.DataFrame:
    """Units and principal by line, a position in ``keys``, and day."""
    sales = money["item"].eq("Principal") & money["type"].eq("Order") & money["quantity"].gt(0)
    rows = money.loc[sales, ["order_id", "sku", "posted_date", "quantity", "amount"]]
    line, day = places(_key(rows), keys), rows["posted_date"].dt.floor("D")
    known = pd.DataFrame({"line": line, "day": day, "units": rows["quantity"], "principal": rows["amount"]})
    return known[known["line"].ge(0)].groupby(["line", "day"], sort=False, as_index=False).sum()


def _shipped(shipments: pd.DataFrame, keys: pd.Index) -> pd.DataFrame:
    """The first and last day on which units of a line, a position in ``keys``, shipped, and how many."""
    rows = shipments[["order_id", "sku", "shipment_date", "quantity"]][shipments["shipment_date"].notna()]
    rows = rows[["shipment_date", "quantity"]].assign(line=places(_key(rows), keys))
    return rows.groupby("line", sort=False, as_index=False).agg(
        shipped_first=("shipment_date", "min"),
        shipped_last=("shipment_date", "max"),
        shipped_units=("quantity", "sum"),
    )


def recorded(
    dimensions: pd.DataFrame, skus: pd.Series, catalogue: Catalogue, marketplace: str
) -> pd.DataFrame:
    """One row per SKU and row of Product Dimensions that is of it: sku, record (its position), measures, flags.

    Rows are those that name the SKU or its FNSKU; when none does, those of its ASIN. Columns besides: longest,
    median, shortest (in), weight (lb), apparel and dangerous_goods ("Y", "N" or "").
    """
    by_id: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name in ("sku", "fnsku", "asin"):
        for position, value in enumerate(dimensions[name].tolist()):
            by_id[name, value].append(position)
    pairs = [(sku, n) for sku in skus.unique() for n in _records_of(catalogue.complete(Product(sku)), by_id)]
    found = pd.DataFrame(
        {"sku": [s for s, _ in pairs], "record": np.array([n for _, n in pairs], dtype=np.int64)}
    )
    measures = in_inches_and_pounds(dimensions, marketplace)
    rows = found["record"].to_numpy()
    for name in measures.columns.tolist():
        found[name] = measures[name].to_numpy()[rows]
    for name in ("apparel", "dangerous_goods"):
        found[name] = dimensions[name].array.take(rows)
    return found.astype({"sku": "str"})


def _records_of(product: Product, by_id: dict[tuple[str, str], list[int]]) -> list[int]:
    own = [*_named(by_id, "sku", product.sku), *_named(by_id, "fnsku", product.fnsku)]
    return list(dict.fromkeys(own)) or _named(by_id, "asin", product.asin)


def _named(by_id: dict[tuple[str, str], list[int]], name: str, value: str) -> list[int]:
    return by_id.get((name, value), []) if value else []


def given_back(reports: Reports, orders: pd.Series) -> pd.DataFrame:
    """Money lines by which fulfilment fees of these orders, or of a product, were corrected or refunded.

    Positive fulfilment fees, but for those that only lessen a fee of their own day, and fee adjustments that
    speak of weight, dimensions or fulfilment; those of a product name no order.
    """
    money = reports.frames["money_lines"]
    named = among(money["order_id"], orders.unique()) | money["order_id"].eq("")
    mine = money[named & money["posted_date"].notna() & ~money["deferred"]]
    fees = mine["item"].eq(ITEM)
    day = [mine["order_id"], mine["sku"], mine["posted_date"].dt.floor("D")]
    lessens = mine["amount"].where(fees & mine["type"].eq("Order"), 0.0).groupby(day).transform("sum").lt(0)
    words = mine["description"].str.contains("weight|dimension|fulfil", case=False, regex=True)
    corrects = mine["type"].isin(CORRECTIONS) & words
    found: pd.DataFrame = mine[
        mine["amount"].gt(0) & (corrects | (fees & ~(mine["type"].eq("Order") & lessens)))
    ]
    return found


def more_than(amounts: pd.Series, limits: pd.Series) -> pd.Series:
    """True where an amount is above its limit, beyond the noise of floating point; False where one is NaN."""
    return amounts.gt(limits + _NOISE)
