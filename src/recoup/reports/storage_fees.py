"""Monthly Storage Fees: per product, warehouse and month the volume stored, its rate, and the fee."""

from __future__ import annotations

import re

import pandas as pd

from ._dates import read_written
from ._declared import Column, Report
from .fee_preview import blank_dashes

_MONTH = re.compile(r"(20\d\d)[-/]?(0[1-9]|1[0-2])")
_SHOWN = re.compile(r"([^\W\d]{3,9})\.?-(\d\d)")
MEASURES = {  # canonical column -> headers (hyphens and underscores are the same); averages have decimals
    "longest_side": ("longest-side",),
    "median_side": ("median-side",),
    "shortest_side": ("shortest-side",),
    "weight": ("weight",),
    "unit_volume": ("item-volume",),
    "quantity_on_hand": ("average-quantity-on-hand",),
    "quantity_above_30_days": ("average-quantity-on-hand-above-30-days", "avg-qty-for-sus"),
    "quantity_pending_removal": ("average-quantity-pending-removal",),
    "total_volume": ("estimated-total-item-volume",),
    "surcharge_volume": ("estimated-total-storage-utilization-surcharge-volume", "est-vol-for-sus"),
    "utilization_ratio": ("storage-utilization-ratio",),
    "storage_rate": ("storage-rate",),
    "base_rate": ("base-rate",),
    "surcharge_rate": ("utilization-surcharge-rate",),
    "quantity_customer_orders": ("average-quantity-customer-orders",),
}
AMOUNTS = {
    "base_fee": ("estimated-base-monthly-storage-fee", "est-base-msf"),
    "surcharge": ("estimated-storage-utilization-surcharge", "est-sus"),
    "fee": ("estimated-monthly-storage-fee",),
    "incentive": ("total-incentive-fee-amount",),
}
USUAL = {"unit_volume", "quantity_on_hand", "total_volume"}


def month_as_written(text: str) -> str:
    """``2026-09``, also for a cell that Excel made a date of or shows as ``Sep-26``; another text stays as it is.

    ``26-Sep`` may be a day of some year as well as a month: it stays as it is, and its row is refused.
    """
    month = _MONTH.fullmatch(text)
    if month:
        return "-".join(month.groups())
    shown = _SHOWN.fullmatch(text)
    day = read_written(f"1 {shown[1]} 20{shown[2]}" if shown else text).day
    return text if day is None else f"{day:%Y-%m}"


def settle(frame: pd.DataFrame, _preamble: tuple[str, ...]) -> pd.DataFrame:
    """Each row dated with the first day of its month; ``--`` is blank."""
    months = pd.to_datetime(frame["month_of_charge"], format="%Y-%m", errors="coerce")
    frame["month"] = months.astype("datetime64[s]")
    return blank_dashes(frame)


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A fee without its month can be compared with nothing."""
    reason = pd.Series("", index=frame.index, dtype="str")
    return reason.mask(frame["month"].isna(), "the month of the charge is no month")


REPORT = Report(
    name="storage_fees",
    tab="Storage Fees",
    menu="Reports > Fulfillment > Monthly Storage Fees",
    request="Each month, ready from the 10th to 18th of the next",
    day="month",
    monthly=True,
    groups=("fulfillment_center", "country", "currency", "asin", "fnsku", "size_tier"),
    settle=settle,
    refuse=refuse,
    columns=(
        Column("asin", "id", ("asin",), "must", identity=True),
        Column("fnsku", "id", ("fnsku",), "must", key=True, identity=True),
        Column("sku", "id", ("sku",), identity=True),
        Column("title", "text", ("product-name",)),
        Column(
            "fulfillment_center",
            "value",
            ("fulfillment-center", "fulfillment-center-id"),
            "usual",
            identity=True,
            otherwise=str.upper,
        ),
        Column("country", "value", ("country-code", "country"), "usual", identity=True, otherwise=str.upper),
        Column(
            "month_of_charge",
            "value",
            ("month-of-charge",),
            "must",
            key=True,
            identity=True,
            otherwise=month_as_written,
        ),
        Column("month", "date", (), identity=True),  # its first day, never a column of the export
        *(
            Column(name, "measure", headers, "usual" if name in USUAL else "maybe")
            for name, headers in MEASURES.items()
        ),
        *(
            Column(name, "money", headers, "must" if name == "fee" else "maybe")
            for name, headers in AMOUNTS.items()
        ),
        Column("dimension_unit", "text", ("measurement-units",)),
        Column("weight_unit", "text", ("weight-units",)),
        Column("volume_unit", "text", ("volume-units",), "usual"),
        Column("size_tier", "text", ("product-size-tier",)),
        Column("utilization_ratio_unit", "text", ("storage-utilization-ratio-units",)),
        Column("currency", "value", ("currency",), "usual", identity=True, otherwise=str.upper),
        Column("dangerous_goods", "text", ("dangerous-goods-storage-type",), identity=True),
        Column("eligible_for_discount", "text", ("eligible-for-inventory-discount",)),
        Column("qualifies_for_discount", "text", ("qualifies-for-inventory-discount",)),
        Column("incentive_breakdown", "text", ("breakdown-incentive-fee-amount",)),
    ),
)
