"""What names a claim: the key of each kind, read alike from a claim, a truth file and an innocent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

WAREHOUSE = ("fnsku", "reference_id", "event_date")
RETURNED = ("order_id", "fnsku", "event_date")
ORDER_LINE = ("order_id", "sku")
MONTHLY = ("fnsku", "month")
REIMBURSEMENT = ("reference_id", "fnsku")

KEYS: dict[str, tuple[str, ...]] = {
    "lost_in_warehouse": WAREHOUSE,
    "damaged_in_warehouse": WAREHOUSE,
    "disposed_without_request": WAREHOUSE,
    "lost_inbound": ("shipment_id", "fnsku"),
    "return_not_received": ORDER_LINE,
    "return_damaged_by_amazon": RETURNED,
    "return_not_restocked": RETURNED,
    "replacement_not_returned": ORDER_LINE,
    "refund_exceeds_charge": ORDER_LINE,
    "refund_commission_kept": ORDER_LINE,
    "removal_lost": ("removal_order_id", "sku", "reference_id"),
    "removal_damaged": ("removal_order_id", "sku", "event_date"),
    "fulfillment_fee_overcharged": MONTHLY,
    "referral_fee_overcharged": ORDER_LINE,
    "storage_fee_overcharged": MONTHLY,
    "reimbursement_underpaid": REIMBURSEMENT,
    "reimbursement_reversed": REIMBURSEMENT,
}
MONEY_KINDS = frozenset(
    (
        "refund_exceeds_charge",
        "refund_commission_kept",
        "referral_fee_overcharged",
        "fulfillment_fee_overcharged",
        "storage_fee_overcharged",
    )
)
MONTH = len("2026-11")

Key = tuple[str, ...]
Source = Any  # a Claim, a NotClaimed, a finding of a rival, or a mapping from a truth file


def key_of(kind: str, item: Source) -> Key:
    """The key of a claim of that kind, led by the kind; KeyError for a kind nobody knows."""
    return (kind, *(field_of(item, name) for name in KEYS[kind]))


def field_of(item: Source, name: str) -> str:
    """One identifying field as text: "" where it is missing, ISO for dates, "2026-11" for the month."""
    if name == "month":
        return field_of(item, "event_date")[:MONTH]
    if isinstance(item, Mapping):
        returned = item.get("return_date") if name == "event_date" else None
        return plain(returned or item.get(name))
    return plain(getattr(item, name, None))


def plain(value: object) -> str:
    """A cell as text."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
