"""Units refunded to the customer that never came back and were not paid for.

Looks for:   full refunds of FBA order lines without a return of that order and product.
Wrong when:  the seller issued the refund, the return is still on its way, or the order was not FBA.
Amazon says: policy/claim_windows.yaml

Decisions: which postings are whole units says refunds.py; the first day of several starts the deadline, the last
the opening. Returns count for replacements of the order as well. It is a question when the customer was charged again
(a retrocharge), when a refund was taken back, and, where not the whole line was refunded, when its units had different
prices or when only several refunds together make up a unit. What was given away may never have been refunded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..events import Aside, Credit, Findings, Loss, Product
from ..frames import Row, among, records, source
from ..orders import REFUND, OrderLine, Refund, first_orders, same_in_two_reports
from ..refunds import (
    RETURN_KINDS,
    Refunded,
    refund_evidence,
    refunded_units,
    sold_at_several_prices,
)
from ..reports import Reports
from ._detector import Detector, Scene, product

KIND = "return_not_received"
NO_SALE = "the sale of this order is not in the reports: paste Transactions that cover the order date"
NOT_FBA_KNOWN = "the reports do not say whether Amazon fulfilled this order"


def find(reports: Reports, scene: Scene) -> Findings:
    """Refunded units as losses."""
    findings = Findings()
    for line in scene.orders.values():
        if line.refunds:
            findings.add(_refunds(line, scene.charged_again.get(line.order_id, ""), scene))
    return findings


def arrivals(reports: Reports, scene: Scene, orders: Collection[str] | None) -> list[Credit]:
    """Every return of these orders (None: of any), or of a replacement of one, as a credit of its order."""
    returns = reports.frames["customer_returns"]
    returns = returns[returns["return_date"].notna() & returns["quantity"].gt(0)]
    if orders is not None:
        returns = returns[among(first_orders(returns["order_id"], scene.replaced), orders)]
    return [_returned(row, scene) for row in records(returns)]


def _refunds(line: OrderLine, again: str, scene: Scene) -> Findings:
    findings = Findings()
    if not line.amazons:
        return findings  # not Amazon's stock to lose: no discrepancy of FBA
    released = [r for r in line.refunds if not r.deferred]
    for refund in line.refunds:
        if refund.deferred:
            why = "the refund is deferred and not released yet"
            findings.asides.append(_aside(line, [refund], scene, "too early", why))
    for found in refunded_units(line, released, scene.policy, scene.home):
        if found.units == 0:
            why = "a partial refund, not the price of whole units"
            findings.asides.append(_aside(line, found.refunds, scene, "excluded by policy", why))
        elif found.counted:
            findings.losses.append(_loss(line, found, again, scene))
    return findings


def _loss(line: OrderLine, found: Refunded, again: str, scene: Scene) -> Loss:
    units, refunds = found.counted, found.refunds
    days = sorted(r.date for r in refunds)
    return Loss(
        kind=KIND,
        key=(line.order_id, line.sku),
        pool="order",
        date=days[-1],
        units=units,
        product=_product(line, scene),
        row=refunds[-1].row,
        role="refund",
        shows=f"refunded {units}, {sum(r.principal for r in refunds):,.2f} {line.currency} principal",
        clocks=tuple(days),
        marketplace=line.marketplace or scene.home,
        order_id=line.order_id,
        since=line.sold_on,
        question="; ".join(_questions(line, found, again, scene)),
        amount=sum(r.principal for r in refunds),
        currency=line.currency,
        evidence=tuple(refund_evidence(line, r) for r in refunds[:-1]),
    )


def _questions(line: OrderLine, found: Refunded, again: str, scene: Scene) -> Iterator[str]:
    """What must be answered before these units are claimed."""
    if line.unit_principal is None:
        yield NO_SALE
    elif not line.fulfillment:
        yield NOT_FBA_KNOWN
    if again:
        yield f"{again}: did that pay for this unit?"
    if line.taken_back:
        yield f"a refund was taken back on {line.taken_back}: was it this one?"
    if same_in_two_reports([p for p in line.postings if p.type == REFUND]):
        yield "the same refund may stand in two reports: is it one?"
    part = found.counted < line.sold
    given_away = min(line.unit_prices, default=1) <= 0
    if (part or given_away) and sold_at_several_prices(line, scene.policy, scene.home):
        yield "its units were sold at different prices: which of them were refunded?"
    if part and len(found.refunds) > 1:
        yield f"{len(found.refunds)} refunds of a part of the price: was a whole unit refunded?"


def _aside(line: OrderLine, refunds: Sequence[Refund], scene: Scene, reason: str, why: str) -> Aside:
    return Aside(
        kind=KIND,
        key=(line.order_id, line.sku),
        reason="too early" if reason == "too early" else "excluded by policy",
        date=refunds[-1].date,
        units=None,
        product=_product(line, scene),
        row=refunds[-1].row,
        why=why,
        marketplace=line.marketplace or scene.home,
        order_id=line.order_id,
    )


def _product(line: OrderLine, scene: Scene) -> Product:
    return scene.catalogue.complete(Product(sku=line.sku))


def _returned(row: Row, scene: Scene) -> Credit:
    units = round(row["quantity"])
    return Credit(
        role="return",
        date=row["return_date"].date(),
        units=units,
        product=product(row, scene.catalogue),
        row=source(row),
        shows=f"returned {units} ({row['disposition']}, {row['status'] or 'no status'})",
        kinds=RETURN_KINDS,
        order_id=row["order_id"],
        reference_id=row["license_plate_number"],
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RN",
    needs=(("transactions", "settlements"),),
    refuted_by=("customer_returns", "reimbursements"),
    value="after_order",
    clock="the refund date",
    word="refunded",
    pays_itself=True,
    find=find,
    arrivals=arrivals,
)
