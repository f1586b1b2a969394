"""Units lost in a warehouse, not found again and not paid for.

Looks for:   ledger adjustments with a loss reason from sellable stock; finds of the same FNSKU, or of the ASIN
             where they stand under an `Amazon.Found.` SKU.
Wrong when:  the unit was found under another FNSKU, or was damaged stock that is claimed as damaged already.
Amazon says: policy/claim_windows.yaml
"""

from __future__ import annotations

from ..events import Credit, Findings
from ..frames import Row, records, source
from ..reports import Reports
from ._detector import Detector, Scene, by_asin, ledger_loss, product

KIND = "lost_in_warehouse"


def find(reports: Reports, scene: Scene) -> Findings:
    """Losses and finds. A damaged unit that is lost stays the damage claim it was: see `damaged_stock`."""
    events, policy = scene.stock_adjusted, scene.policy
    events = events.sort_values(
        ["date", "reference_id", "fnsku", "quantity", "_where", "_row"], kind="stable"
    )
    lost = events[events["reason"].isin(policy.codes("ledger.lost")) & events["quantity"].lt(0)]
    found = events[events["reason"].isin(policy.codes("ledger.found")) & events["quantity"].gt(0)]
    sellable, damaged = policy.codes("disposition.sellable"), policy.codes("disposition.warehouse_damaged")
    findings = Findings(credits=[_found(row, scene) for row in records(found)])
    for row in records(lost):
        loss = ledger_loss(KIND, row, scene, "misplaced")
        if row["disposition"] in damaged:
            loss = loss._replace(stock="damaged")
        elif row["disposition"] not in sellable:
            loss = loss._replace(excluded=f"it was already unsellable ({row['disposition']})")
        findings.losses.append(loss)
    return findings


def _found(row: Row, scene: Scene) -> Credit:
    units = round(row["quantity"])
    damaged = row["disposition"] in scene.policy.codes("disposition.warehouse_damaged")
    return Credit(
        role="found",
        date=row["date"].date(),
        units=units,
        product=product(row, scene.catalogue),
        row=source(row),
        shows=f"found {units} at {row['fulfillment_center'] or '?'} (code {row['reason']})",
        kinds=frozenset({KIND}),
        by_asin=by_asin(row),
        reference_id=row["reference_id"],
        code=row["reason"],
        stock="damaged" if damaged else "sellable",
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="LW",
    needs=("inventory_ledger",),
    refuted_by=("reimbursements",),
    value="before_order",
    clock="the ledger date",
    word="misplaced",
    pays_itself=True,
    find=find,
)
