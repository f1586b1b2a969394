"""Returned units that Amazon or its carrier damaged and that were not paid for.

Looks for:   customer returns whose disposition is Amazon's fault.
Wrong when:  the return's status is Reimbursed, or the order was paid for; customer damage is never claimed.
Amazon says: policy/claim_windows.yaml
"""

from __future__ import annotations

from datetime import date

from ..catalogue import FOUND_SKU
from ..events import Findings, Loss
from ..frames import Row, records, source
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
    return Findings(losses=[_loss(row, scene) for row in records(faulty)])


def _loss(row: Row, scene: Scene) -> Loss:
    day: date = row["return_date"].date()
    units = round(row["quantity"])
    line = scene.orders.get((row["order_id"], row["sku"]))
    refunds = tuple(sorted({r.date for r in line.refunds})) if line else ()
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
        shows=f"returned {units} as {row['disposition']}, status {row['status'] or 'blank'}{lpn}",
        clocks=refunds or (day,),
        marketplace=(line.marketplace if line else "") or scene.home,
        reconciled=units if settled else 0,
        ruled=bool(row["status"]),
        order_id=row["order_id"],
        since=min((*refunds, day)),
        reference_id=row["license_plate_number"],
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RD",
    needs=("customer_returns",),
    refuted_by=("reimbursements",),
    value="after_order",
    clock="the refund date, or the return date where no refund is known",
    word="returned damaged",
    pays_itself=True,
    find=find,
)
