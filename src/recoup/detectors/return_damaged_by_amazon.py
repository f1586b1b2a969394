"""Returned units that Amazon or its carrier damaged and that were not paid for.

Looks for:   customer returns whose disposition is Amazon's fault.
Wrong when:  the return's status is Reimbursed, or the order was paid for; customer damage is never claimed.
Amazon says: policy/claim_windows.yaml

Decision: a return that names a replacement belongs to the order that was replaced, as its payments do; its window
counts from the refunds of that order, else from its replacements, else from the return. It is a question when more
units came back than were sent, and when the customer was charged again (a retrocharge).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..catalogue import FOUND_SKU
from ..events import Findings, Loss
from ..frames import Row, records, source
from ..orders import first_orders
from ..refunds import OrderLines, return_clocks, return_doubts
from ..reports import Reports
from ._detector import Detector, Scene, product

KIND = "return_damaged_by_amazon"


def find(reports: Reports, scene: Scene) -> Findings:
    """Returns that came back damaged; a status Reimbursed is Amazon's word that the unit is settled."""
    returns, policy = reports.frames["customer_returns"], scene.policy
    faulty = returns[
        returns["disposition"].isin(policy.codes("returns.amazon_fault"))
        & returns["quantity"].gt(0)
        & returns["return_date"].notna()
        & ~returns["sku"].str.startswith(("amzn.gr.", FOUND_SKU))
    ]
    lines = OrderLines(scene.orders)
    back = returns[["sku", "quantity"]].assign(order_id=first_orders(returns["order_id"], scene.replaced))
    doubts = return_doubts(back, scene.orders, scene.resent, scene.charged_again)
    return Findings([_loss(row, lines, doubts, scene) for row in records(faulty)])


def _loss(row: Row, orders: OrderLines, doubts: Mapping[tuple[str, str], str], scene: Scene) -> Loss:
    day: date = row["return_date"].date()
    units = round(row["quantity"])
    order = scene.replaced.get(row["order_id"], row["order_id"])
    lines = orders.of(order, row["sku"])
    again = [
        r for r in scene.resent.get(order, ()) if row["sku"] == r.sku or (r.asin and r.asin == row["asin"])
    ]
    told = return_clocks(lines, again)
    clocks = tuple(sorted({e.date for e in told if e.date})) or (day,)
    settled = row["status"].casefold() in {
        s.casefold() for s in scene.policy.codes("return_status.reimbursed")
    }
    lpn = f", LPN {row['license_plate_number']}" if row["license_plate_number"] else ""
    return Loss(
        kind=KIND,
        key=(row["order_id"], row["fnsku"] or row["sku"], day.isoformat()),
        pool="order",
        date=day,
        units=units,
        product=product(row, scene.catalogue),
        row=source(row),
        role="return",
        shows=f"returned {units} as {row['disposition']}, status {row['status'] or 'blank'}{lpn}",
        clocks=clocks,
        marketplace=(lines[0].marketplace if lines else "") or scene.home,
        reconciled=units if settled else 0,
        ruled=bool(row["status"]),
        order_id=order,
        since=min((*clocks, day)),
        reference_id=row["license_plate_number"],
        question=doubts.get((order, row["sku"]), ""),
        evidence=told,
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RD",
    needs=("customer_returns",),
    refuted_by=("reimbursements",),
    helped_by=("transactions", "settlements", "replacements"),
    value="after_order",
    clock="the refund date, or the return date where no refund is known",
    word="returned damaged",
    pays_itself=True,
    find=find,
)
