"""Removed units that left the warehouse in a parcel and never arrived.

Looks for:   rows of Removal Shipments, and what Removal Receipts says arrived of each parcel.
Wrong when:  nobody wrote down what arrived, the parcel is still on its way, or the units came in another one.
Amazon says: policy/claim_windows.yaml

Decisions: a receipt that names the tracking number answers for the whole parcel, whatever its SKU or condition;
damaged and wrong units arrived (they are `removal_damaged`). Arrivals without a tracking number are taken from
the oldest parcel; where they are fewer than several parcels of one SKU lack together, which parcel is short is a
question. So are unsellable units of an FNSKU that Amazon damaged before: their damage is claimed or paid, and a unit
is never claimed twice. The last known movement of a parcel is the last day on which something of it arrived.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from ..events import Credit, Findings, Loss, Product
from ..model import Evidence
from ..receipts import Receipt, Removals, Shipped, astray_problems, first_damages
from ..reports import Reports
from ._detector import Detector, Scene

KIND = "removal_lost"
CONFIRM = "confirm what arrived of {0} (Removal Receipts; 0 units is an answer)"
ASTRAY = "{0} names a parcel that is not in Removal Shipments: correct it"
WHICH_PRODUCT = "{0} names no SKU, and the parcel held several: say what arrived"
WHICH_PARCEL = "{0} units of this order arrived without a tracking number: say in which parcel"
SURPLUS = "more arrived in another parcel of this order than it held: say in which parcel these units came"
DAMAGED = (
    "Amazon damaged units of this FNSKU before: one that was claimed or paid as damaged is not claimed again"
)
_Group = tuple[str, Product]  # order and product


@dataclass(frozen=True, slots=True)
class _Doubts:
    """What makes a parcel doubtful besides its own receipts; see the functions that find each."""

    surplus: dict[str, set[str]]
    loose: dict[_Group, int]
    damages: dict[str, date]


def find(reports: Reports, scene: Scene) -> Findings:
    """Every unit shipped as a loss, every unit received as a credit; only what no receipt answers is asked."""
    frames, removals = reports.frames, scene.removals
    damages = first_damages(frames["inventory_ledger"], frames["customer_returns"], scene.policy)
    for fnsku, day in scene.damaged.items():
        damages[fnsku] = min(day, damages.get(fnsku, day))
    doubts = _Doubts(_surplus(removals), _loose(removals, scene), damages)
    losses = [_loss(line, removals, scene, doubts) for line in removals.shipped]
    credits = [_received(r, removals) for r in removals.receipts if r.units and not r.astray]
    return Findings(losses, credits, problems=astray_problems(removals))


def _loss(line: Shipped, removals: Removals, scene: Scene, doubts: _Doubts) -> Loss:
    answers = _answers(line, removals, scene)
    moved = [r.day for r in removals.of_parcel(line) if r.units and r.day and r.day > line.day]
    parcel = line.tracking or f"removal order {line.order_id}"
    return Loss(
        kind=KIND,
        key=(line.order_id, line.product.sku or line.product.fnsku, line.tracking),
        pool="removal",
        date=line.day,
        units=line.units,
        product=line.product,
        row=line.row,
        role="shipment",
        shows=f"{line.units} {line.disposition.lower() or 'units'} shipped under {parcel}",
        clocks=(line.day, max(moved, default=line.day)),
        marketplace=scene.home,
        removal_order_id=line.order_id,
        parcel=line.tracking,
        reference_id=line.tracking,
        question=_question(line, answers, removals, scene, doubts),
        evidence=tuple(_told(r) for r in answers if not r.units or not _is_of(r, line)),
    )


def _answers(line: Shipped, removals: Removals, scene: Scene) -> list[Receipt]:
    """Receipts of its tracking number, and those of the order from a day on which the parcel should be there."""
    quiet = scene.policy.value("removal_quiet_days", on=line.day, marketplace=scene.home)
    there = line.day + timedelta(days=round(quiet.number)) if quiet else date.max
    return [*removals.of_parcel(line), *(r for r in removals.of_order(line) if r.day and r.day >= there)]


def _question(
    line: Shipped, answers: list[Receipt], removals: Removals, scene: Scene, doubts: _Doubts
) -> str:
    astray = removals.astray(line)
    if astray:
        return ASTRAY.format(astray[0].named)
    if not answers:
        return CONFIRM.format(f"parcel {line.tracking}" if line.tracking else f"order {line.order_id}")
    nameless = [r for r in answers if r.units and r.product.blank]
    if nameless:
        return WHICH_PRODUCT.format(nameless[0].named)
    if doubts.surplus.get(line.order_id, set()) - {line.tracking}:
        return SURPLUS
    if arrived := doubts.loose.get((line.order_id, line.product)):
        return WHICH_PARCEL.format(arrived)
    sellable = line.disposition in scene.policy.codes("disposition.sellable")
    return DAMAGED if not sellable and line.day >= doubts.damages.get(line.product.fnsku, date.max) else ""


def _surplus(removals: Removals) -> dict[str, set[str]]:
    """Order -> the parcels of which more arrived than they held, or something they did not hold."""
    held: dict[tuple[str, str, Product], int] = defaultdict(int)
    for line in removals.shipped:
        held[line.order_id, line.tracking, line.product] += line.units
    for receipt in removals.receipts:
        if receipt.tracking and not receipt.astray and not receipt.product.blank:
            held[receipt.order_id, receipt.tracking, receipt.product] -= receipt.units
    found: dict[str, set[str]] = defaultdict(set)
    for (order_id, tracking, _), left in held.items():
        if left < 0:
            found[order_id].add(tracking)
    return found


def _loose(removals: Removals, scene: Scene) -> dict[_Group, int]:
    """Units that arrived without a tracking number and may be of several parcels, but not enough for all of them."""
    lacking: dict[_Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    arrived: dict[_Group, int] = defaultdict(int)
    for line in removals.shipped:
        lacking[line.order_id, line.product][line.tracking] += line.units
    for receipt in removals.receipts:
        if receipt.astray or receipt.product.blank:
            continue
        if receipt.tracking:
            lacking[receipt.order_id, receipt.product][receipt.tracking] -= receipt.units
        else:
            arrived[receipt.order_id, receipt.product] += receipt.units
    answered = {(x.order_id, x.product, x.tracking) for x in removals.shipped if _answers(x, removals, scene)}
    found: dict[_Group, int] = {}
    for group, parcels in lacking.items():
        short = [n for tracking, n in parcels.items() if n > 0 and (*group, tracking) in answered]
        if len(short) > 1 and 0 < arrived[group] < sum(short):
            found[group] = arrived[group]
    return found


def _is_of(receipt: Receipt, line: Shipped) -> bool:
    return receipt.product.blank or line.product.matches(receipt.product)


def _told(receipt: Receipt) -> Evidence:
    return Evidence(
        role="receipt",
        source=receipt.row,
        date=receipt.day,
        units=None,
        amount=None,
        currency="",
        identifiers=f"removal order {receipt.order_id} · parcel {receipt.tracking or 'not named'}",
        shows=_shows(receipt),
    )


def _shows(receipt: Receipt) -> str:
    return f"{receipt.units} of {receipt.product.sku or 'no SKU'} arrived" + (
        f" ({receipt.condition})" if receipt.condition else ""
    )


def _received(receipt: Receipt, removals: Removals) -> Credit:
    """An arrival as a credit; one without a day counts as of the parcel's own day."""
    shipped = min(x.day for x in removals.lines_of(receipt.order_id, receipt.tracking))
    return Credit(
        role="receipt",
        date=receipt.day or shipped,
        units=receipt.units,
        product=receipt.product,
        row=receipt.row,
        shows=_shows(receipt),
        kinds=frozenset({KIND}),
        order_id=receipt.order_id,
        parcel=receipt.tracking,
        reference_id=receipt.tracking,
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RL",
    needs=("removal_shipments",),
    refuted_by=("reimbursements",),
    helped_by=("removal_receipts", "removal_orders"),
    value="before_order",
    clock="the parcel's shipment date; opens from the last known movement where that is later",
    word="shipped",
    find=find,
)
