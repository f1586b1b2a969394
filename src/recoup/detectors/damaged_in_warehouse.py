"""Sellable units that Amazon damaged in a warehouse and did not pay for.

Looks for:   ledger adjustments with the damage reason for sellable stock; corrections that put the unit back.
Wrong when:  the unit was inspected and its disposition corrected, or was unsellable before it was damaged.
Amazon says: policy/claim_windows.yaml
"""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from ..events import Credit, Findings
from ..frames import records, source
from ..reports import Reports
from ._detector import Detector, Scene, ledger_loss, product

KIND = "damaged_in_warehouse"


def find(reports: Reports, scene: Scene) -> Findings:
    """Damages and corrections; units that were unsellable before are set aside unless Settings claim them."""
    events, policy = scene.stock_adjusted, scene.policy
    negative = events["quantity"].lt(0)
    damaged = events[events["reason"].isin(policy.codes("ledger.damaged")) & negative]
    unsellable = events[events["reason"].isin(policy.codes("ledger.damaged_unsellable")) & negative]
    claimed = policy.setting("damage_codes") == "Yes"
    excluded = "" if claimed else "it was already unsellable when it was damaged (Settings: Damage codes)"
    losses = [ledger_loss(KIND, row, scene, "damaged") for row in records(damaged)]
    losses += [ledger_loss(KIND, row, scene, "damaged", excluded=excluded) for row in records(unsellable)]
    return Findings(losses, _corrections(events, scene))


def _corrections(events: pd.DataFrame, scene: Scene) -> list[Credit]:
    """`Q` out of damaged stock with a `P` into sellable stock: same FNSKU, centre and day."""
    policy, day = scene.policy, ["fnsku", "fulfillment_center", "date"]
    out = events[
        events["reason"].isin(policy.codes("ledger.disposition_out"))
        & events["disposition"].isin(policy.codes("disposition.warehouse_damaged"))
        & events["quantity"].lt(0)
    ]
    back = events[
        events["reason"].isin(policy.codes("ledger.disposition_in"))
        & events["disposition"].isin(policy.codes("disposition.sellable"))
        & events["quantity"].gt(0)
    ]
    if out.empty or back.empty:
        return []
    limits: dict[tuple[object, ...], int] = defaultdict(int)
    for row in records(out):
        limits[tuple(row[name] for name in day)] -= round(row["quantity"])
    credits: list[Credit] = []
    for row in records(
        back.sort_values(["date", "reference_id", "quantity", "_where", "_row"], kind="stable")
    ):
        place = tuple(row[name] for name in day)
        units = min(round(row["quantity"]), limits[place])
        if units:
            limits[place] -= units
            credits.append(
                Credit(
                    role="correction",
                    date=row["date"].date(),
                    units=units,
                    product=product(row, scene.catalogue),
                    row=source(row),
                    shows=f"{units} inspected and put back as sellable (codes Q and P)",
                    kinds=frozenset({KIND}),
                    reference_id=row["reference_id"],
                )
            )
    return credits


DETECTOR = Detector(
    kind=KIND,
    prefix="DW",
    needs=("inventory_ledger",),
    refuted_by=("reimbursements",),
    value="before_order",
    clock="the ledger date",
    word="damaged",
    pays_itself=True,
    find=find,
)
