"""What an order line was sold for, what commission was charged on it, and what share of it was refunded."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..frames import among, places

REFUNDS = ("Refund", "Chargeback Refund", "A-to-z Guarantee")
ADJUSTMENTS = ("Adjustment", "Fee Adjustment")
CLOSING = "Other:VariableClosingFee"
COLUMNS = {  # item of a sale -> column
    "Principal": "principal",
    "Shipping": "shipping",
    "GiftWrap": "gift_wrap",
    "Promotion": "promotion",
    "Commission": "commission",
    CLOSING: "closing",
}
_READ = ["order_id", "sku", "marketplace", "currency", "item", "amount", "posted_date", "quantity"]
NO_FEES = (
    "Principal",
    "Shipping",
    "GiftWrap",
    "Promotion",
    "Tax",
    "ShippingTax",
    "GiftWrapTax",
    "WithheldTax",
)
PAYMENT = "FBA Inventory Reimbursement"


def sale_lines(money: pd.DataFrame, skus: Collection[str]) -> pd.DataFrame:
    """One row per order and SKU whose price and commission are both in the reports.

    ``money``: the frame money_lines. The answer: order_id, sku, marketplace, currency, first and last (days of
    the commission), principal, shipping, gift_wrap, promotion (0 or less), commission (charged, positive),
    closing (number of separate closing fee rows), quantity (NaN when not stated), several_prices (bool),
    refunded (share of it, 0 to 1). Deferred sales wait until they are released.
    """
    sold = (
        money["type"].eq("Order")
        & money["item"].isin(list(COLUMNS))
        & money["sku"].isin(list(skus))
        & money["order_id"].ne("")
        & money["posted_date"].notna()
        & ~money["deferred"]
    )
    rows = money.loc[sold, _READ]
    codes, keys = pd.factorize(rows["order_id"] + "\n" + rows["sku"])
    if not len(keys):
        return _lines(rows, codes, 0)
    lines = _lines(rows, codes, len(keys))
    lines["refunded"] = _refunded(money, keys, lines)
    return lines[lines["principal"].gt(0) & lines["commission"].gt(0)].reset_index(drop=True)


def _lines(rows: pd.DataFrame, codes: npt.NDArray[np.intp], count: int) -> pd.DataFrame:
    first = np.unique(codes, return_index=True)[1]
    lines = rows[["order_id", "sku", "marketplace", "currency"]].iloc[first].reset_index(drop=True)
    amounts = rows["amount"].fillna(0.0).to_numpy()
    items = rows["item"].to_numpy()
    for item, name in COLUMNS.items():
        mine = items == item
        lines[name] = np.bincount(codes[mine], amounts[mine], count)
    lines["commission"] = -lines["commission"]
    lines["closing"] = np.bincount(codes[items == CLOSING], minlength=count)
    charged = items == "Commission"
    days = rows["posted_date"].to_numpy()
    lines["first"], lines["last"] = _ends(codes[charged], days[charged], count)
    sold = items == "Principal"
    units = rows["quantity"].to_numpy()[sold]
    lines["quantity"] = np.bincount(codes[sold], units, count)  # NaN where one row has none
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.round(amounts[sold] / units, 2)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.fmin.at(low, codes[sold], each)
    np.fmax.at(high, codes[sold], each)
    lines["several_prices"] = high - low > 0.005
    lines["refunded"] = 0.0
    return lines


def _ends(
    codes: npt.NDArray[np.intp], days: npt.NDArray[np.datetime64], count: int
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    """The first and the last day of each code, NaT where it has none."""
    numbers = days.astype("datetime64[s]").astype(np.int64)
    nothing = np.iinfo(np.int64)
    first, last = np.full(count, nothing.max), np.full(count, nothing.min)
    np.minimum.at(first, codes, numbers)
    np.maximum.at(last, codes, numbers)
    none = np.isin(np.arange(count), codes, invert=True)
    first[none] = last[none] = nothing.min
    return first.astype("datetime64[s]"), last.astype("datetime64[s]")


def _refunded(money: pd.DataFrame, keys: pd.Index, lines: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The larger of the shares of principal and of commission that went back; a deferred refund counts too."""
    refunds = money["type"].isin(REFUNDS) & money["item"].isin(["Principal", "Commission"])
    back = money.loc[refunds, ["order_id", "sku", "item", "amount"]]
    codes = places(back["order_id"] + "\n" + back["sku"], keys)
    back, codes = back[codes >= 0], codes[codes >= 0]
    amounts, principal = back["amount"].fillna(0.0).to_numpy(), back["item"].eq("Principal").to_numpy()
    given = np.bincount(codes[principal], -amounts[principal], len(keys))
    fees = np.bincount(codes[~principal], amounts[~principal], len(keys))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.fmax(given / lines["principal"].to_numpy(), fees / lines["commission"].to_numpy())
    clipped: npt.NDArray[np.float64] = np.clip(np.nan_to_num(shares), 0.0, 1.0)
    return clipped


def rows_of(money: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The money lines of these orders, of any type and SKU."""
    found: pd.DataFrame = money[among(money["order_id"], lines["order_id"].unique())]
    return found


def adjustments(rows: pd.DataFrame) -> pd.DataFrame:
    """Fees given back on an order by themselves; payments stand in Reimbursements already."""
    found: pd.DataFrame = rows[
        rows["type"].isin(ADJUSTMENTS)
        & ~rows["item"].isin(NO_FEES)
        & rows["amount"].gt(0)
        & ~rows["description"].str.startswith(PAYMENT)
        & rows["posted_date"].notna()
    ]
    return found
