"""Settlements (flat file V2): every money line of one payout, with a first row that holds its total."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ._declared import Column, Report
from ._grid import Encoded, Mask, constant, encode, text_series

_OF_ALL_LINES = ("settlement_start", "settlement_end", "deposit_date", "currency")


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a money line with amount and date or the settlement's own row with its total; nothing else."""
    total, amount = ~np.isnan(frame["total_amount"].to_numpy()), ~np.isnan(frame["amount"].to_numpy())
    undated = amount & np.isnat(frame["posted_date"].to_numpy())
    if (total | amount).all() and not undated.any():
        return constant("", len(frame)).set_axis(frame.index)
    reason = pc.if_else(pa.array(~total & ~amount), "neither an amount nor a settlement total", "")
    return text_series(pc.if_else(pa.array(undated), "no posted date", reason)).set_axis(frame.index)


def settle(frame: pd.DataFrame, _preamble: tuple[str, ...]) -> pd.DataFrame:
    """Dates and currency stand in the settlement's own row only: its lines get them too."""
    own = np.flatnonzero(~np.isnan(frame["total_amount"].to_numpy()))
    if not len(own):
        return frame
    codes = encode(pa.array(frame["settlement_id"].array)).codes
    first = np.full(int(codes.max()) + 1, -1, dtype=np.int64)
    first[codes[own[::-1]]] = own[::-1]
    place = first[codes]
    for name in _OF_ALL_LINES[:-1]:
        values = frame[name].to_numpy()
        blank = np.isnat(values) & (place >= 0)
        frame[name] = np.where(blank, values[place], values) if blank.any() else values
    currency = encode(pa.array(frame["currency"].array))
    blank = _is_blank(currency) & (place >= 0)
    if blank.any():
        known = np.where(blank, currency.codes[place], currency.codes)
        frame["currency"] = text_series(Encoded(currency.texts, known).as_text()).set_axis(frame.index)
    return frame


def _is_blank(cells: Encoded) -> Mask:
    blank: Mask = np.asarray(pc.equal(cells.texts, "").to_numpy(zero_copy_only=False), dtype=bool)
    return blank[cells.codes]


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
