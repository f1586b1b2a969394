"""Settlements in the old layout (flat file V1): several amounts side by side in a row, each with its own type."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ._declared import Column, Need, Report, fold
from ._grid import TEXT
from ._merge import row_codes
from .settlements import REPORT as V2
from .settlements import settle

# amount column -> the column that names it ("" none), the amount type V2 has for it
AMOUNTS = {
    "price_amount": ("price_type", "ItemPrice"),
    "item_fee_amount": ("item_fee_type", "ItemFees"),
    "shipment_fee_amount": ("shipment_fee_type", "ShipmentFees"),
    "order_fee_amount": ("order_fee_type", "OrderFees"),
    "promotion_amount": ("promotion_type", "Promotion"),
    "misc_fee_amount": ("", "MiscFee"),
    "other_fee_amount": ("other_fee_reason", "OtherFee"),
    "direct_payment_amount": ("direct_payment_type", "DirectPayment"),
    "other_amount": ("", "other-transaction"),
}
# Transaction types that V2 writes as V1 does; any other one is in V2 the description of an "other-transaction".
KEPT_TYPES = {
    fold(name)
    for name in (
        "Order", "Refund", "Adjustment", "Chargeback Refund", "A-to-z Guarantee", "A-to-z Guarantee Refund",
        "Order_Retrocharge", "Refund_Retrocharge", "Service Fee", "other-transaction",
    )
}  # fmt: skip
ORDER_LINE = (
    "settlement_id", "transaction_type", "order_id", "adjustment_id", "shipment_id", "order_item_code", "sku",
    "posted_date",
)  # fmt: skip


def one_amount_a_row(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows as V2 has them: its columns, one row per amount that is not 0, in the order of the rows.

    Principals stay when they are 0, and carry the quantity. A settlement's own row with its total stays as it is.
    """
    frame = _with_quantities(frame.reset_index(drop=True))
    parts = [_as_v2(frame[frame["total_amount"].notna()], "", "", np.nan)]
    for name, (kind_column, kind) in AMOUNTS.items():
        amounts = frame[name]
        keep = amounts.notna() & amounts.ne(0.0)
        if name == "price_amount":
            keep |= amounts.notna() & _principal(frame)
        if keep.any():
            rows = frame[keep]
            parts.append(_as_v2(rows, kind, rows[kind_column] if kind_column else "", amounts[keep]))
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def _as_v2(rows: pd.DataFrame, kind: str, what: pd.Series | str, amounts: pd.Series | float) -> pd.DataFrame:
    v2 = rows.assign(amount_type=kind, amount_description=what, amount=amounts)
    if kind:  # the total stands in a row of its own
        v2["total_amount"] = np.nan
    if kind == "other-transaction":
        types = rows["transaction_type"]
        kept = types.map({t: fold(t) in KEPT_TYPES for t in types.unique()}).astype(bool)
        v2["transaction_type"] = types.where(kept, kind)
        reason = rows["other_fee_reason"].where(rows["other_fee_amount"].isna(), "")
        v2["amount_description"] = types.mask(kept, reason)
    v2 = v2[[*V2.names, "_where", "_row"]]
    return v2.astype({"transaction_type": TEXT, "amount_type": TEXT, "amount_description": TEXT})


def _with_quantities(frame: pd.DataFrame) -> pd.DataFrame:
    """Quantities stand in rows of their own, above the amounts: they move to the principal of that order line.

    One without a principal (the unit was free) makes a principal of 0.
    """
    bare = frame["quantity"].notna() & frame[list(AMOUNTS)].isna().all(axis=1) & frame["total_amount"].isna()
    if not bare.any():
        return frame
    frame = frame.copy()
    open_principal = _principal(frame) & frame["price_amount"].notna() & frame["quantity"].isna()
    line = pd.Series(row_codes(frame[list(ORDER_LINE)]), index=frame.index)
    takers, givers = line[open_principal], line[bare]
    takers_at = {key: at for at, key in zip(takers.index, _numbered(takers), strict=True)}
    givers_at = pd.Series([takers_at.get(key, -1) for key in _numbered(givers)], index=givers.index)
    found = givers_at[givers_at >= 0]
    frame.loc[found.to_numpy(), "quantity"] = frame.loc[found.index, "quantity"].to_numpy()
    frame.loc[found.index, "quantity"] = np.nan
    free = givers_at.index[givers_at < 0]
    frame.loc[free, "price_type"] = "Principal"
    frame.loc[free, "price_amount"] = 0.0
    return frame


def _numbered(lines: pd.Series) -> list[tuple[int, int]]:
    """Each order line with the number of its occurrence."""
    return list(zip(lines, lines.groupby(lines).cumcount(), strict=True))


def _principal(frame: pd.DataFrame) -> pd.Series:
    kinds = frame["price_type"]
    return kinds.map({k: fold(k) == "principal" for k in kinds.unique()}).astype(bool)


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row holds amounts or a quantity, and its date, or the settlement's total; nothing else."""
    amount = frame[[*AMOUNTS, "quantity"]].notna().any(axis=1)
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(
        frame["total_amount"].isna() & ~amount, "neither an amount, a quantity nor a settlement total"
    )
    return reason.mask(amount & frame["posted_date"].isna(), "no posted date")


def _amount(name: str, header: str, need: Need) -> tuple[Column, ...]:
    """An amount and the column that names it."""
    return (
        Column(f"{name}_type", "text", (f"{header}-type",), need, identity=True),
        Column(f"{name}_amount", "money", (f"{header}-amount",), need, identity=True),
    )


REPORT = Report(
    name="settlements_v1",
    tab="Settlements",
    menu="Payments > Reports Repository > All Statements > Download Flat File (V1, until 11 Nov 2026)",
    request="Flat File V2 instead, where it can still be downloaded",
    day="posted_date",
    groups=("settlement_id", "transaction_type", "price_type", "item_fee_type", "marketplace", "sku"),
    period=("settlement_start", "settlement_end"),
    refuse=refuse,
    settle=settle,
    stands_for="settlements",
    columns=(
        Column("settlement_id", "id", ("settlement-id",), "must", key=True, identity=True),
        Column("settlement_start", "date", ("settlement-start-date",), "must"),
        Column("settlement_end", "date", ("settlement-end-date",), "must"),
        Column("deposit_date", "date", ("deposit-date",)),
        Column("total_amount", "money", ("total-amount",), "must", identity=True),
        Column("currency", "value", ("currency",), "usual", otherwise=str.upper),
        Column(
            "transaction_type",
            "value",
            ("transaction-type",),
            "must",
            identity=True,
            values={"order": "Order", "refund": "Refund"},
        ),
        Column("order_id", "id", ("order-id",), "must", identity=True),
        Column("adjustment_id", "id", ("adjustment-id",), identity=True),
        Column("shipment_id", "id", ("shipment-id",), identity=True),
        Column("marketplace", "text", ("marketplace-name",), "usual", identity=True),
        *_amount("shipment_fee", "shipment-fee", "usual"),
        *_amount("order_fee", "order-fee", "usual"),
        Column("fulfillment", "text", ("fulfillment-id",), "usual"),
        Column("posted_date", "date", ("posted-date",), "must", identity=True),
        Column("order_item_code", "id", ("order-item-code",), "usual", identity=True, spare=True),
        Column("sku", "id", ("sku",), "must", identity=True),
        Column("quantity", "quantity", ("quantity-purchased",), "usual", identity=True),
        *_amount("price", "price", "must"),
        *_amount("item_fee", "item-related-fee", "must"),
        Column("misc_fee_amount", "money", ("misc-fee-amount",), "usual", identity=True),
        Column("other_fee_amount", "money", ("other-fee-amount",), "usual", identity=True),
        Column("other_fee_reason", "text", ("other-fee-reason-description",), identity=True),
        Column("promotion_id", "text", ("promotion-id",), identity=True),
        *_amount("promotion", "promotion", "maybe"),
        *_amount("direct_payment", "direct-payment", "usual"),
        Column("other_amount", "money", ("other-amount",), "must", identity=True),
    ),
)
