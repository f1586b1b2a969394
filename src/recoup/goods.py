"""Reimbursements paid in goods, and the ledger rows that bring those goods: one credit, not two (RULES 2.3).

`N` ("reimbursement in inventory") and `F` (a find) are paired alike, the oldest with the oldest: pairing `N` first
would leave an `F` before a later loss unused and claim that loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .events import Credit, Product, Reversal


def pair_goods(credits: Iterable[Credit], reversals: Sequence[Reversal]) -> list[Credit]:
    """Credits with every payment in kind joined to the arrivals that brought it, at the earlier date.

    Goods that a reversal gave back use up their arrivals too: their units stay settled by the payment.
    """
    rest = list(credits)
    arrivals = sorted((c for c in rest if c.role == "found"), key=lambda c: (c.date, c.code, c.reference_id))
    left = {id(c): c.units or 0 for c in arrivals}
    paired: list[Credit] = []
    for payment in sorted((c for c in rest if c.in_kind), key=lambda c: (c.date, c.reference_id)):
        unmatched = payment.units or 0
        for arrival, units in _take(arrivals, left, payment.product, payment.by_asin, unmatched):
            first = min(payment.date, arrival.date)
            paired.append(replace(payment, date=first, units=units, also=(*payment.also, arrival.row)))
            unmatched -= units
        if unmatched:
            paired.append(replace(payment, units=unmatched))
    for reversal in sorted((r for r in reversals if r.returned), key=lambda r: (r.date, r.reimbursement_id)):
        list(_take(arrivals, left, reversal.product, True, reversal.returned))
    others = [c for c in rest if c.role != "found" and not c.in_kind]
    return others + paired + [replace(c, units=left[id(c)]) for c in arrivals if left[id(c)]]


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
