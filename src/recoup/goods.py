"""Reimbursements paid in goods, and the ledger rows that bring those goods: one credit, not two (RULES 2.3).

`N` ("reimbursement in inventory") and `F` (a find) are paired alike, the oldest with the oldest: pairing `N` first
would leave an `F` before a later loss unused and claim that loss. So that a payment never undoes a find, a pair may
serve what either of the two could serve, and what it cannot use at the earlier date is a question on losses up to
the later one. Payments of an order or of an inbound loss pair with `N` only: an `F` is a find of another loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .events import Credit, Product, Reversal

INBOUND = "lost_inbound"


def pair_goods(credits: Iterable[Credit], reversals: Sequence[Reversal]) -> list[Credit]:
    """Credits with every payment in kind joined to the arrivals that brought it, at the earlier date.

    Goods that a reversal gave back use up their arrivals too: their units stay settled by the payment.
    """
    rest = list(credits)
    arrivals = sorted((c for c in rest if c.role == "found"), key=lambda c: (c.date, c.code, c.reference_id))
    left = {id(c): c.units or 0 for c in arrivals}
    paired: list[Credit] = []
    for payment in sorted((c for c in rest if c.in_kind), key=_order):
        unmatched = payment.units or 0
        sure = payment.own_order or INBOUND in payment.kinds
        bringing = [a for a in arrivals if a.code == "N" or not sure]
        for arrival, units in _take(bringing, left, payment.product, payment.by_asin, unmatched):
            first, last = sorted((payment.date, arrival.date))
            kinds = payment.kinds | arrival.kinds
            both = (*payment.also, arrival.row)
            paired.append(replace(payment, date=first, until=last, units=units, kinds=kinds, also=both))
            unmatched -= units
        if unmatched:
            paired.append(replace(payment, units=unmatched))
    for reversal in sorted((r for r in reversals if r.returned), key=lambda r: (r.date, r.reimbursement_id)):
        list(_take(arrivals, left, reversal.product, True, reversal.returned))
    others = [c for c in rest if c.role != "found" and not c.in_kind]
    return others + paired + [replace(c, units=left[id(c)]) for c in arrivals if left[id(c)]]


def _order(credit: Credit) -> tuple[object, ...]:
    product = credit.product
    ids = (credit.reference_id, credit.order_id, product.fnsku, product.asin, product.sku)
    return (credit.date, *ids, sorted(credit.kinds), credit.units or 0)


def _take(
    arrivals: Sequence[Credit], left: dict[int, int], product: Product, by_asin: bool, wanted: int
) -> Iterator[tuple[Credit, int]]:
    for arrival in arrivals:
        same = bool(product.fnsku) and arrival.product.fnsku == product.fnsku
        if not same and (by_asin or arrival.by_asin):
            same = bool(product.asin) and arrival.product.asin == product.asin
        units = min(wanted, left[id(arrival)])
        if same and units > 0:
            left[id(arrival)] -= units
            wanted -= units
            yield arrival, units
