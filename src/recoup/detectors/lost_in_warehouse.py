"""Units lost in a warehouse, not found again and not paid for.

Looks for:   ledger adjustments with a loss reason from sellable stock; finds of the same FNSKU, or of the ASIN
             where they stand under an `Amazon.Found.` SKU.
Wrong when:  the unit was found under another FNSKU, or was damaged stock that is claimed as damaged already.
Amazon says: policy/claim_windows.yaml
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from ..events import Credit, Findings
from ..frames import Row, records, source
from ..reports import Reports
from ._detector import Detector, Scene, adjustments, by_asin, ledger_aside, ledger_loss, product

KIND = "lost_in_warehouse"


def find(reports: Reports, scene: Scene) -> Findings:
    """Losses and finds. A damaged unit that is lost stays the damage claim it was (RULES 2.7)."""
    events, policy = adjustments(reports), scene.policy
    events = events.sort_values(
        ["date", "reference_id", "fnsku", "quantity", "_where", "_row"], kind="stable"
    )
    lost = events[events["reason"].isin(policy.codes("ledger.lost")) & events["quantity"].lt(0)]
    found = events[events["reason"].isin(policy.codes("ledger.found")) & events["quantity"].gt(0)]
    sellable = lost["disposition"].isin(policy.codes("disposition.sellable"))
    damaged = lost["disposition"].isin(policy.codes("disposition.warehouse_damaged"))
    findings = Findings([ledger_loss(KIND, row, scene, "misplaced") for row in records(lost[sellable])])
    findings.losses += [
        ledger_loss(
            KIND, row, scene, "misplaced", excluded=f"it was already unsellable ({row['disposition']})"
        )
        for row in records(lost[~sellable & ~damaged])
    ]
    found_damaged = found["disposition"].isin(policy.codes("disposition.warehouse_damaged"))
    damages = events[events["reason"].isin(policy.codes("ledger.damaged")) & events["quantity"].lt(0)]
    surplus = _lost_damaged(findings, lost[damaged], found[found_damaged], damages, scene)
    findings.credits = [
        _found(row, scene, round(row["quantity"])) for row in records(found[~found_damaged])
    ] + surplus
    return findings


def _found(row: Row, scene: Scene, units: int) -> Credit:
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
    )


@dataclass(slots=True)
class _Stock:
    """Units of one row that may still explain a loss of damaged stock."""

    row: Row
    left: int

    def draw(self, wanted: int) -> int:
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


def _stock(frame: pd.DataFrame) -> dict[str, list[_Stock]]:
    stock: dict[str, list[_Stock]] = defaultdict(list)
    for row in records(frame):
        stock[row["fnsku"]].append(_Stock(row, abs(round(row["quantity"]))))
    return stock


def _lost_damaged(
    findings: Findings, lost: pd.DataFrame, found: pd.DataFrame, damaged: pd.DataFrame, scene: Scene
) -> list[Credit]:
    """Lost units of damaged stock: found again as such, or units of an earlier damage, or a question."""
    finds, damages = _stock(found), _stock(damaged)
    for row in records(lost):
        units = -round(row["quantity"])
        later = [s for s in finds[row["fnsku"]] if s.row["date"] >= row["date"]]
        earlier = [s for s in damages[row["fnsku"]] if s.row["date"] <= row["date"]]
        for stock in later + earlier:
            units -= stock.draw(units)
        if units:
            question = (
                "no damage of this unit in the ledger: paste the Inventory Ledger for the months before"
            )
            findings.losses.append(ledger_loss(KIND, row, scene, "misplaced", units=units, question=question))
        else:
            why = "the damaged unit was found again, or its damage is looked at already"
            findings.asides.append(ledger_aside(KIND, row, scene, why))
    return [_found(s.row, scene, s.left) for stocks in finds.values() for s in stocks if s.left]


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
