"""Reimbursements paid in goods, and the ledger rows that bring those goods: one credit, not two (RULES 2.3).

`N` ("reimbursement in inventory") and `F` (a find) are paired alike, the oldest with the oldest: pairing `N` first
would leave an `F` before a later loss unused and claim that loss. So that a payment never undoes a find, a pair may
serve what either of the two could serve, and what it cannot use at the earlier date is a question on losses up to
the later one. Payments of an order or of an inbound loss pair with `N` only: an `F` is a find of another loss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .events import Credit, Product, Reversal

INBOUND = "lost_inbound"
Shelves = dict[tuple[str, str], list[tuple[int, Credit]]]


def pair_goods(credits: Iterable[Credit], reversals: Sequence[Reversal]) -> list[Credit]:
    """Credits with every payment in kind joined to the arrivals that brought it, at the earlier date.

    Goods that a reversal gave back use up their arrivals too: their units stay settled by the payment.
    """
    rest = list(credits)
    arrivals = sorted((c for c in rest if c.role == "found"), key=lambda c: (c.date, c.code, c.reference_id))
    left = {id(c): c.units or 0 for c in arrivals}
    shelves = _shelves(arrivals)
    paired: list[Credit] = []
    for payment in sorted((c for c in rest if c.in_kind), key=_order):
        unmatched = payment.units or 0
        sure = payment.own_order or INBOUND in payment.kinds
        bringing = [a for a in _same(shelves, payment.product, payment.by_asin) if a.code == "N" or not sure]
        for arrival, units in _take(bringing, left, unmatched):
            first, last = sorted((payment.date, arrival.date))
            kinds = payment.kinds | arrival.kinds
            both = (*payment.also, arrival.row)
            paired.append(payment._replace(date=first, until=last, units=units, kinds=kinds, also=both))
            unmatched -= units
        if unmatched:
            paired.append(payment._replace(units=unmatched))
    for reversal in sorted((r for r in reversals if r.returned), key=lambda r: (r.date, r.reimbursement_id)):
        list(_take(_same(shelves, reversal.product, True), left, reversal.returned))
    others = [c for c in rest if c.role != "found" and not c.in_kind]
    return others + paired + [c._replace(units=left[id(c)]) for c in arrivals if left[id(c)]]


def _order(credit: Credit) -> tuple[object, ...]:
    product = credit.product
    ids = (credit.reference_id, credit.order_id, product.fnsku, product.asin, product.sku)
    return (credit.date, *ids, sorted(credit.kinds), credit.units or 0)


def _shelves(arrivals: Iterable[Credit]) -> Shelves:
    """Arrivals by FNSKU and by ASIN, each with its place in their order."""
    shelves: Shelves = defaultdict(list)
    for place, arrival in enumerate(arrivals):
        shelves["fnsku", arrival.product.fnsku].append((place, arrival))
        shelves["asin", arrival.product.asin].append((place, arrival))
    return shelves


def _same(shelves: Shelves, product: Product, by_asin: bool) -> list[Credit]:
    """Arrivals of the product in their order: of its FNSKU, and of its ASIN where either side knows no more."""
    own = shelves.get(("fnsku", product.fnsku), []) if product.fnsku else []
    twins = shelves.get(("asin", product.asin), []) if product.asin else []
    places = dict([*own, *((p, a) for p, a in twins if by_asin or a.by_asin)])
    return [places[p] for p in sorted(places)]


def _take(arrivals: Iterable[Credit], left: dict[int, int], wanted: int) -> Iterator[tuple[Credit, int]]:
    for arrival in arrivals:
        units = min(wanted, left[id(arrival)])
        if units > 0:
            left[id(arrival)] -= units
            wanted -= units
            yield arrival, units
