"""Removed units that arrived damaged, or in whose place something else arrived.

Looks for:   receipts of removal parcels in condition Damaged or Wrong item.
Wrong when:  the unit had left the warehouse as unsellable, or was damaged after it arrived.
Amazon says: policy/claim_windows.yaml

Decisions: units that left as unsellable and arrive damaged are as expected, and not claimed; a wrong item in
their place is. Without a received date the parcel's shipment date stands in, under a question.
"""

from __future__ import annotations

from datetime import date

from ..events import Findings, Loss
from ..receipts import Receipt, Removals, Shipped
from ..reports import Reports
from ._detector import Detector, Scene

KIND = "removal_damaged"
DAMAGED, WRONG_ITEM = "Damaged", "Wrong item"
EXPECTED = "it left the warehouse as unsellable: arriving damaged is as expected"
NO_PARCEL = "{0} is not in Removal Shipments: correct it, or paste the days of that order"
NOT_HELD = "the parcel held no {0}: name the SKU that should have arrived"
NO_DAY = "the day it was received (Removal Receipts: Received on)"
TOO_SOON = "received on {0}, before the parcel was shipped: correct the date"
TOO_MANY = "more units arrived of this parcel than were shipped: say which of them were removed"
UNSURE = "Removal Shipments does not say that these units left the warehouse as sellable"


def find(reports: Reports, scene: Scene) -> Findings:
    """Damaged and wrong units as losses of their removal order."""
    removals = scene.removals
    faulty = [r for r in removals.receipts if r.condition in (DAMAGED, WRONG_ITEM) and r.units]
    findings = Findings()
    for receipt in faulty:
        lines = removals.lines_of(receipt.order_id, receipt.tracking)
        meant = [x for x in lines if receipt.product.blank or x.product.matches(receipt.product)]
        day = receipt.day or min((x.day for x in meant or lines), default=None)
        if day is not None:
            findings.losses.append(_loss(receipt, day, meant, removals, scene))
    return findings


def _loss(receipt: Receipt, day: date, meant: list[Shipped], removals: Removals, scene: Scene) -> Loss:
    excluded = _expected(receipt, meant, scene)
    return Loss(
        kind=KIND,
        key=(
            receipt.order_id or receipt.tracking,
            receipt.product.sku or receipt.product.fnsku,
            receipt.day.isoformat() if receipt.day else "",
        ),
        pool="removal",
        date=day,
        units=receipt.units,
        product=receipt.product,
        row=receipt.row,
        role="receipt",
        shows=f"{receipt.units} arrived: {receipt.condition.lower()}",
        clocks=(day,),
        marketplace=scene.home,
        removal_order_id=receipt.order_id,
        reference_id="" if receipt.order_id else receipt.tracking,
        parcel=receipt.tracking,
        since=min((x.day for x in meant), default=day),
        question="" if excluded else _question(receipt, meant, removals, scene),
        excluded=excluded,
    )


def _expected(receipt: Receipt, meant: list[Shipped], scene: Scene) -> str:
    sellable = scene.policy.codes("disposition.sellable")
    unsellable = bool(meant) and not any(x.disposition in sellable or not x.disposition for x in meant)
    return EXPECTED if unsellable and receipt.condition == DAMAGED else ""


def _question(receipt: Receipt, meant: list[Shipped], removals: Removals, scene: Scene) -> str:
    if receipt.astray:
        return NO_PARCEL.format(receipt.named)
    if not meant or receipt.product.blank:
        return NOT_HELD.format(receipt.product.sku or receipt.product.fnsku or "unit without a SKU")
    if receipt.day is None:
        return NO_DAY
    if receipt.day < min(x.day for x in meant):
        return TOO_SOON.format(receipt.day)
    if _arrived(receipt, meant, removals) > sum(x.units for x in meant):
        return TOO_MANY
    sellable = scene.policy.codes("disposition.sellable")
    sure = all(x.disposition in sellable for x in meant) or receipt.condition == WRONG_ITEM
    return "" if sure else UNSURE


def _arrived(receipt: Receipt, meant: list[Shipped], removals: Removals) -> int:
    """All units of the product that arrived of the same parcel, or of the order where none is named."""
    same = removals.of_parcel(meant[0]) if receipt.tracking else removals.receipts
    return sum(
        r.units
        for r in same
        if r.order_id == receipt.order_id and not r.astray and r.product.matches(receipt.product)
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RX",
    needs=("removal_receipts",),
    refuted_by=("reimbursements",),
    helped_by=("removal_shipments",),
    value="before_order",
    clock="the receipt date",
    word="arrived damaged or wrong",
    find=find,
)
