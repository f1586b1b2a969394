"""Sellable or warehouse-damaged units that Amazon disposed of although nobody asked for it.

Looks for:   ledger disposals, and removal orders that explain them.
Wrong when:  the seller, an automatic setting or Amazon's own right ordered the disposal, or the unit was bad.
Amazon says: policy/claim_windows.yaml (no window is published for disposals)

Decisions: every removal order explains disposals, whoever placed it: by the units it disposed of, and a disposal
order that is not completed by all that it still may dispose of. An order for unsellable units explains disposals
out of unsellable stock first; what is left of it may explain sellable ones. The kind is not run without Removal
Orders: a requested disposal must not take a payment that is for another loss. A disposal from damaged stock is
the earlier damaged unit: see `damaged_stock`.
"""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from ..events import Aside, Credit, Findings, Loss, Product
from ..frames import Row, records, source
from ..reports import Reports
from ._detector import Detector, Scene, ledger_loss

KIND = "disposed_without_request"
DISPOSAL, COMPLETED = "Disposal", "Completed"
OTHER_TYPES = ("Return", "Liquidations", "Donation")
ASKED_FOR = "a removal order for unsellable units asked for it"
NO_FNSKU = "a removal order of this SKU names no FNSKU: fill it in Removal Orders"


def find(reports: Reports, scene: Scene) -> Findings:
    """Disposals as losses, removal orders as what explains them, whatever the order of rows."""
    events, policy = scene.stock_adjusted, scene.policy
    disposed = events[events["reason"].isin(policy.codes("ledger.disposed")) & events["quantity"].lt(0)]
    orders = [c for row in records(reports.frames["removal_orders"]) for c in _ordered(row, scene)]
    unmatched = {c.product.sku for c, _ in orders if not c.product.fnsku}
    losses = [_loss(row, scene, unmatched) for row in records(disposed)]
    return _explain_unsellable(orders, losses)


def _loss(row: Row, scene: Scene, unmatched: set[str]) -> Loss:
    policy = scene.policy
    loss = ledger_loss(KIND, row, scene, "disposed of")
    if row["disposition"] in policy.codes("disposition.warehouse_damaged"):
        return loss._replace(stock="damaged")
    if row["disposition"] not in policy.codes("disposition.sellable"):
        return loss._replace(excluded=f"it was already unsellable ({row['disposition'] or 'not stated'})")
    return loss._replace(question=NO_FNSKU) if loss.product.sku in unmatched else loss


def _ordered(row: Row, scene: Scene) -> list[tuple[Credit, bool]]:
    """What one removal order may have disposed of, and whether it is for sellable units."""
    units = _units(row)
    if not units or pd.isna(row["request_date"]):
        return []
    by = f" ({row['order_source']})" if row["order_source"] else ""
    named = scene.catalogue.complete(Product(row["sku"], row["fnsku"]))
    credit = Credit(
        role="removal order",
        date=row["request_date"].date(),
        units=units,
        product=named if named.fnsku else Product(named.sku),
        row=source(row),
        shows=f"{row['order_type'].lower() or 'removal'} order for {units}, {row['order_status'].lower()}{by}",
        kinds=frozenset({KIND}),
        order_id=row["order_id"],
        reference_id=row["order_id"],
    )
    sellable = row["disposition"] in scene.policy.codes("disposition.sellable") or not row["disposition"]
    return [(credit, sellable)]


def _units(row: Row) -> int:
    disposed, cancelled = _count(row["disposed_quantity"]), _count(row["cancelled_quantity"])
    if row["order_type"] in OTHER_TYPES or (row["order_status"] == COMPLETED and disposed):
        return disposed
    return max(disposed, _count(row["requested_quantity"]) - cancelled, 0)


def _count(quantity: float) -> int:
    return 0 if pd.isna(quantity) else round(quantity)


def _explain_unsellable(orders: list[tuple[Credit, bool]], losses: list[Loss]) -> Findings:
    """Orders for unsellable units used up by disposals out of unsellable stock, oldest first; the rest as credits.

    A damaged unit whose disposal was asked for is no discrepancy, whatever became of the damage.
    """
    bad: dict[str, list[Loss]] = defaultdict(list)
    for loss in sorted(losses, key=lambda x: (x.date, x.reference_id)):
        if loss.excluded or loss.stock == "damaged":
            bad[loss.product.fnsku].append(loss)
    open_units = {id(x): x.units for x in losses}
    credits: list[Credit] = []
    for credit, sellable in sorted(orders, key=lambda o: (o[0].date, o[0].reference_id, o[0].units or 0)):
        left = credit.units or 0
        for loss in [] if sellable else bad[credit.product.fnsku]:
            if credit.date <= loss.date:
                taken = min(left, open_units[id(loss)])
                left -= taken
                open_units[id(loss)] -= taken
        if left:
            credits.append(credit._replace(units=left))
    asked_for = {id(x) for x in losses if x.stock == "damaged" and not open_units[id(x)]}
    named = [x._replace(excluded=ASKED_FOR) if id(x) in asked_for else x for x in losses]
    kept = [x for x in named if not _unsellable(x)]
    return Findings(kept, credits, [_aside(x) for x in named if _unsellable(x)])


def _unsellable(loss: Loss) -> bool:
    return bool(loss.excluded) and loss.stock != "damaged"


def _aside(loss: Loss) -> Aside:
    """Unsellable units: Amazon pays nothing for their disposal, so no payment is ever for them."""
    return Aside(
        kind=KIND,
        key=loss.key,
        reason="excluded by policy",
        date=loss.date,
        units=loss.units,
        product=loss.product,
        row=loss.row,
        why=f"{loss.shows}: {loss.excluded}",
        marketplace=loss.marketplace,
        reference_id=loss.reference_id,
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="DS",
    needs=("inventory_ledger", "removal_orders"),
    refuted_by=("reimbursements",),
    value="before_order",
    clock="the ledger date",
    word="disposed of",
    pays_itself=True,
    find=find,
)
