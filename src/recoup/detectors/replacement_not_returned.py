"""Units that Amazon sent a second time, of which neither the first nor the second came back.

Looks for:   replacements of an order and product beyond the units refunded, without a return of either order.
Wrong when:  the return is still on its way, or a payment names the order of the replacement that was not read.
Amazon says: policy/claim_windows.yaml

Decisions: units owed back are the larger of those refunded and those replaced, all replacements summed; the refunded
ones are claimed as return_not_received, the rest here. A deferred refund counts as refunded: its units wait for it.
Where a part of the replacements is claimed as refunded, nobody can say which: the window of the rest spans the days
of all. A replacement under another SKU belongs to the line of the same product, if there is one. The report holds
FBA replacements only, so a line of which the reports do not say who shipped it is Amazon's. The reason code is shown
and decides nothing: a unit lost on its way to the customer is as missing as one that he kept. When the customer was
charged again (a retrocharge) it is a question whether that paid for the unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from ..events import Findings, Loss, Product
from ..model import Problem
from ..orders import RESOLD, OrderLine
from ..refunds import Resent, refund_evidence, refunded_units, resent_evidence
from ..reports import Reports
from ._detector import Detector, Scene

KIND = "replacement_not_returned"
NO_SALE = "the sale of this order is not in the reports: paste Transactions that cover the order date"


def find(reports: Reports, scene: Scene) -> Findings:
    """Replaced units beyond the refunded ones as losses; `return_not_received` reports the returns."""
    replacements = reports.frames["replacements"]
    findings = Findings(problems=_nameless(replacements))
    lines = _lines_of({*scene.resent, *scene.replaced}, scene)
    for order, sent in scene.resent.items():
        for sku, rows in _by_line(sent, lines.get(order, ()), scene).items():
            losses = _losses(order, sku, rows, lines, scene)
            findings.losses += [_asked(x, scene.charged_again.get(order, "")) for x in losses]
    return findings


def _asked(loss: Loss, again: str) -> Loss:
    asked = [loss.question, f"{again}: did that pay for this unit?" if again else ""]
    return loss._replace(question="; ".join(filter(None, asked)))


def _nameless(replacements: pd.DataFrame) -> list[Problem]:
    rows = replacements[replacements["original_order_id"].eq("")]
    if rows.empty:
        return []
    text = f"{len(rows)} replacements name no original order: whether their units came back is not known"
    remedy = "look the orders up in Seller Central and fill them in, then refresh"
    first = f"row {rows['_row'].min()}"
    where = str(rows["_where"].iloc[0])
    return [Problem("warning", where, text, remedy, "original-amazon-order-id", len(rows), first)]


def _lines_of(orders: set[str], scene: Scene) -> dict[str, list[OrderLine]]:
    found: dict[str, list[OrderLine]] = defaultdict(list)
    for line in scene.orders.values():
        if line.order_id in orders:
            found[line.order_id].append(line)
    return found


def _by_line(sent: Sequence[Resent], lines: Sequence[OrderLine], scene: Scene) -> dict[str, list[Resent]]:
    """The replacements of one order by the SKU of the line they replace."""
    found: dict[str, list[Resent]] = defaultdict(list)
    skus = {line.sku for line in lines}
    for row in sent:
        mine = _product(row.sku, row.asin, scene)
        same = [s for s in sorted(skus) if row.sku not in skus and _product(s, "", scene).matches(mine)]
        found[same[0] if same else row.sku].append(row)
    return found


def _losses(
    order: str, sku: str, rows: Sequence[Resent], lines: Mapping[str, Sequence[OrderLine]], scene: Scene
) -> list[Loss]:
    """What is owed beyond the refunded units, one loss for each replacement."""
    line = scene.orders.get((order, sku))
    if sku.startswith(RESOLD) or (line is not None and not line.amazons):
        return []
    orders = [order, *(r.replacement_id for r in rows)]
    refunded_lines = [x for o in dict.fromkeys(orders) for x in lines.get(o, ()) if x.sku == sku]
    gone = sum(_refunded(x, scene) for x in refunded_lines)
    shared = tuple(rows) if gone else ()
    losses = []
    for row in rows:
        taken = min(gone, row.units)
        gone -= taken
        if row.units > taken:
            losses.append(_loss(row, row.units - taken, line, sku, (shared, refunded_lines), scene))
    return losses


def _refunded(line: OrderLine, scene: Scene) -> int:
    return sum(r.counted for r in refunded_units(line, line.refunds, scene.policy, scene.home) if r.units)


def _loss(
    row: Resent,
    units: int,
    line: OrderLine | None,
    sku: str,
    shared: tuple[Sequence[Resent], Sequence[OrderLine]],
    scene: Scene,
) -> Loss:
    others, refunded = shared
    days = tuple(sorted({row.date, *(r.date for r in others)}))
    sale = line is not None and line.unit_principal is not None
    told = [resent_evidence(r) for r in others if r is not row]
    told += [refund_evidence(x, r) for x in refunded for r in x.refunds]
    reason = f", reason {row.reason}" if row.reason else ""
    return Loss(
        kind=KIND,
        key=(row.order_id, sku),
        pool="order",
        date=row.date,
        units=units,
        product=_product(sku, row.asin, scene),
        row=row.row,
        role="replacement",
        shows=f"{units} sent again as order {row.replacement_id or '?'}{reason}",
        clocks=days,
        marketplace=(line.marketplace if line else "") or scene.home,
        order_id=row.order_id,
        reference_id=row.replacement_id,
        since=min(filter(None, (line.sold_on if line else None, *days))),
        question="" if sale else NO_SALE,
        evidence=tuple(told),
    )


def _product(sku: str, asin: str, scene: Scene) -> Product:
    return scene.catalogue.complete(Product(sku=sku, asin=asin))


DETECTOR = Detector(
    kind=KIND,
    prefix="RP",
    needs=("replacements", ("transactions", "settlements")),
    refuted_by=("customer_returns", "reimbursements"),
    value="after_order",
    clock="the replacement date",
    word="replaced",
    pays_itself=True,
    find=find,
)
