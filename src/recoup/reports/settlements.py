"""Settlements (flat file V2): every money line of one payout, with a first row that holds its total."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ._declared import Column, Report

_OF_ALL_LINES = ("settlement_start", "settlement_end", "deposit_date", "currency")


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a money line with amount and date or the settlement's own row with its total; nothing else."""
    total, amount = frame["total_amount"].notna(), frame["amount"].notna()
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(~total & ~amount, "neither an amount nor a settlement total")
    return reason.mask(amount & frame["posted_date"].isna(), "no posted date")


def settle(frame: pd.DataFrame, _preamble: tuple[str, ...]) -> pd.DataFrame:
    """Dates and currency stand in the settlement's own row only: its lines get them too."""
    own = np.flatnonzero(frame["total_amount"].notna())
    if not len(own):
        return frame
    known = frame[["settlement_id", *_OF_ALL_LINES]].iloc[own]
    known = known.drop_duplicates("settlement_id").set_index("settlement_id")
    codes, ids = pd.factorize(frame["settlement_id"])
    place = known.index.get_indexer(pd.Index(ids))[codes]
    for name in _OF_ALL_LINES[:-1]:
        values = frame[name].to_numpy()
        blank = np.isnat(values) & (place >= 0)
        frame[name] = np.where(blank, known[name].to_numpy()[place], values) if blank.any() else values
    currency = frame["currency"]
    blank = currency.eq("").to_numpy(dtype=bool) & (place >= 0)
    if blank.any():
        frame["currency"] = currency.where(~blank, known["currency"].take(place).set_axis(frame.index))
    return frame


REPORT = Report(
    name="settlements",
    tab="Settlements",
    menu="Payments > Reports Repository > All Statements > Download Flat File V2",
    request="Flat File V2 of every settlement of the last 18 months",
    day="posted_date",
    groups=("settlement_id", "transaction_type", "amount_type", "amount_description", "marketplace", "sku"),
    period=("settlement_start", "settlement_end"),
    refuse=refuse,
    settle=settle,
    columns=(
        Column("settlement_id", "id", ("settlement-id",), "must", key=True, identity=True),
        Column("settlement_start", "date", ("settlement-start-date",), "must"),
        Column("settlement_end", "date", ("settlement-end-date",), "must"),
        Column("deposit_date", "date", ("deposit-date",)),
        Column("total_amount", "money", ("total-amount",), "must", identity=True),
        Column("currency", "value", ("currency",), "usual", otherwise=str.upper),
        Column("transaction_type", "text", ("transaction-type",), "must", identity=True),
        Column("order_id", "id", ("order-id",), "must", identity=True),
        Column("adjustment_id", "id", ("adjustment-id",), identity=True),
        Column("shipment_id", "id", ("shipment-id",), identity=True),
        Column("marketplace", "text", ("marketplace-name",), "usual", identity=True),
        Column("amount_type", "text", ("amount-type",), "must", identity=True),
        Column("amount_description", "text", ("amount-description",), "must", identity=True),
        Column("amount", "money", ("amount",), "must", identity=True),
        Column("fulfillment", "text", ("fulfillment-id",), "usual"),
        Column("posted_date", "date", ("posted-date", "posted-date-time"), "must", identity=True),
        Column("order_item_code", "id", ("order-item-code",), identity=True, spare=True),
        Column("sku", "id", ("sku",), "must", identity=True),
        Column("quantity", "quantity", ("quantity-purchased",), "usual", identity=True),
        Column("promotion_id", "text", ("promotion-id",), identity=True),
    ),
)
