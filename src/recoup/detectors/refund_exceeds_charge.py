"""Money refunded to a customer beyond what the customer was charged for an order line.

Looks for:   refunds of item price, tax, shipping and gift wrap, promotions taken off, above the charges of that line.
Wrong when:  an earlier shipment of the line is not in the reports, or the seller granted the refund himself.
Amazon says: policy/claim_windows.yaml (no window of its own is published)

Decisions: all sales and refunds of the line are summed. Tax that Amazon withholds is given back with the refund, so
the smaller excess counts, with and without it. Goodwill and return shipping paid to the customer are no price; what a
refund kept for restocking or return shipping counts as given back, and so do retrocharges and adjustments of the
order. A cent per unit sold is rounding. The clock is the day on which the refunds passed the charges. Without the sale
nothing can be said. It is a question when a bank or the A-to-z guarantee took part of the money, when one refund is
for more units than were sold, when the same refund may stand in two reports, when the order got a payment of another
reason or for more units than it lacks, when shipping and the like was charged on another line of the order than it was
refunded on, or when nobody says who shipped it. An earlier shipment would show within the report lag before the sale,
so the money reports must reach back that far. Deferred refunds wait; lines in two currencies are left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..events import Aside, Findings, Overcharge, Product
from ..frames import tuples
from ..model import Evidence, Role, SourceRow
from ..money import cents, exceeds
from ..order_adjustments import price_credits
from ..orders import DISPUTES, PRICE, SALE, WITHHELD, OrderLine, Posting, same_in_two_reports
from ..policy import ALL
from ..reports import Reports
from ._detector import Detector, Scene

KIND = "refund_exceeds_charge"
NOT_FBA_KNOWN = "the reports do not say whether Amazon fulfilled this order"
_BESIDE = frozenset(PRICE) - {"Principal"}
_COUNTED = {*PRICE, WITHHELD}
WORDS = {"Principal": "price", "GiftWrap": "gift wrap", "WithheldTax": "tax withheld by Amazon"}


@dataclass(frozen=True, slots=True)
class _Sums:
    """The money of one line: all postings that count, and by how much the refunds exceed the charges."""

    postings: tuple[Posting, ...]
    charged: float
    excess: float

    @classmethod
    def of(cls, postings: Iterable[Posting]) -> _Sums:
        """With withheld tax or without, whichever leaves the smaller excess."""
        everything = tuple(postings)
        price = tuple([p for p in everything if p.item != WITHHELD])
        excess = _excess(price)
        if len(price) < len(everything) and (other := _excess(everything)) < excess:
            price, excess = everything, other
        return cls(price, cents(sum([p.amount for p in price if p.type == SALE])), excess)

    @property
    def refunds(self) -> list[Posting]:
        """What went back to the customer, oldest first."""
        return [p for p in self.postings if p.type != SALE]


def _excess(postings: Iterable[Posting]) -> float:
    return cents(-sum([p.amount for p in postings]))


def find(reports: Reports, scene: Scene) -> Findings:
    """One overcharge per order line, and the money given back on orders."""
    findings = Findings(money_credits=price_credits(scene.money_adjusted))
    payments = _beyond_units(reports, scene) | _other_payments(scene)
    beside = {key: _beside_price(line) for key, line in scene.orders.items()}
    surplus = _surplus(beside)
    for key, line in scene.orders.items():
        if line.amazons and line.principal > 0 and any(p.type != SALE for p in line.postings):
            doubts = [*_paid(payments.get(line.order_id, "")), *_misplaced(line, beside[key], surplus)]
            _judge(line, doubts, scene, findings)
    return findings


def _surplus(beside: Mapping[tuple[str, str], dict[str, float]]) -> dict[tuple[str, str], float]:
    """What lines of an order were charged beside the price of the item, and not refunded, by order and item."""
    left: dict[tuple[str, str], float] = defaultdict(float)
    for (order, _), sums in beside.items():
        for item, amount in sums.items():
            left[order, item] += max(amount, 0.0)
    return left


def _beside_price(line: OrderLine) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for p in line.postings:
        if p.item in _BESIDE:
            sums[p.item] += p.amount
    return {item: cents(amount) for item, amount in sums.items()}


def _misplaced(
    line: OrderLine, beside: Mapping[str, float], surplus: Mapping[tuple[str, str], float]
) -> list[str]:
    """The question where money of one line of the order may have been refunded with another."""
    items = [i for i, amount in beside.items() if amount < 0 < surplus[line.order_id, i]]
    names = ", ".join(WORDS.get(i, i.removeprefix("Other:")) for i in items)
    return (
        [f"another line of this order was charged {names} and not refunded it: was it refunded here?"]
        if items
        else []
    )


def _paid(payment: str) -> list[str]:
    return [f"reimbursement {payment} of this order may have paid this"] if payment else []


def _other_payments(scene: Scene) -> dict[str, str]:
    """Order id -> a payment that names it for a reason that is not about returned units."""
    paid = {c.order_id: c.reference_id for c in scene.payments.credits if c.order_id and not c.own_order}
    return paid | {c.order_id: c.reference_id for c in scene.payments.fee_corrections if c.order_id}


def _beyond_units(reports: Reports, scene: Scene) -> dict[str, str]:
    """Order id -> a payment for units of it, where more units were paid or came back than were sold."""
    left: dict[str, int] = defaultdict(int)
    for line in scene.orders.values():
        left[line.order_id] += line.sold
    returns = reports.frames["customer_returns"]
    for order, units in tuples(returns.groupby("order_id", as_index=False)[["quantity"]].sum()):
        left[order] -= round(units)
    found = {}
    for credit in scene.payments.credits:
        if credit.own_order:
            units = 1 if credit.units is None else credit.units
            left[credit.order_id] -= units
            if left[credit.order_id] < 0:
                found[credit.order_id] = credit.reference_id
    return found


def _judge(line: OrderLine, doubts: Sequence[str], scene: Scene, findings: Findings) -> None:
    known = [p for p in line.postings if p.item in _COUNTED]
    if len({p.currency for p in known}) > 1:
        return
    sums = _Sums.of(p for p in known if p.type == SALE or not p.deferred)
    limit = _rounding(line, known[-1].date, scene)
    if exceeds(sums.excess, limit):
        findings.overcharges.append(_overcharge(line, sums, _days_beyond(sums, limit), doubts, scene))
        return
    if not any(p.deferred for p in known):
        return
    later = _Sums.of(known)
    if exceeds(later.excess, limit):
        findings.asides.append(_waits(line, later, scene))


def _rounding(line: OrderLine, day: date, scene: Scene) -> float:
    rule = scene.policy.value("refund_unit_tolerance", on=day, marketplace=line.marketplace or scene.home)
    return (rule.number if rule else 0.0) * max(line.sold, 1)


def _overcharge(
    line: OrderLine, sums: _Sums, days: Sequence[date], doubts: Sequence[str], scene: Scene
) -> Overcharge:
    firm = cents(sums.excess + sum(p.amount for p in sums.refunds if p.type in DISPUTES))
    questions = [*_questions(line, sums, firm), *doubts]
    lag = scene.policy.value("report_lag", on=days[-1], marketplace=ALL)
    before = timedelta(days=round(lag.number) if lag else 0)
    returned = cents(sums.charged + sums.excess)
    return Overcharge(
        kind=KIND,
        key=(line.order_id, line.sku),
        date=days[-1],
        clocks=tuple(days),
        product=_product(line, scene),
        marketplace=line.marketplace or scene.home,
        amount=sums.excess,
        currency=line.currency,
        basis="refunded less charged",
        units=_units(line, sums),
        story=f"refunded {returned:,.2f} {line.currency} of {sums.charged:,.2f} charged: {sums.excess:,.2f} too much",
        evidence=tuple(_evidence(line, sums.postings)),
        order_id=line.order_id,
        since=min(line.sold_on or days[0], days[0]) - before,
        question="; ".join(questions),
        low=max(firm, 0.0) if questions == [_disputed(sums)] else None,
    )


def _days_beyond(sums: _Sums, limit: float) -> list[date]:
    """The days on which the refunds passed the charges, or went further beyond them; the last they were highest."""
    days: list[date] = []
    beyond, most = -sums.charged, limit
    for day in sorted({p.date for p in sums.refunds}):
        beyond = cents(beyond - sum(p.amount for p in sums.refunds if p.date == day))
        if beyond > most:
            days.append(day)
            most = beyond
    return days


def _questions(line: OrderLine, sums: _Sums, firm: float) -> Iterable[str]:
    if sums.excess > firm:
        yield _disputed(sums)
    if _beyond_sold(line, sums):
        yield "more units were refunded at once than the reports show as sold: paste the reports of the whole sale"
    if same_in_two_reports(sums.refunds):
        yield "the same refund may stand in two reports: is it one?"
    if not line.fulfillment:
        yield NOT_FBA_KNOWN


def _disputed(sums: _Sums) -> str:
    kinds = sorted({p.type for p in sums.refunds if p.type in DISPUTES})
    return f"{' and '.join(kinds)} took part of this money: was the customer paid twice?"


def _beyond_sold(line: OrderLine, sums: _Sums) -> bool:
    price = line.unit_principal
    if price is None:
        return True
    by_day: dict[tuple[date, SourceRow], float] = {}
    for p in sums.refunds:
        if p.item == "Principal":
            by_day[p.date, p.row] = by_day.get((p.date, p.row), 0.0) - p.amount
    return any(round(back / price) > line.sold for back in by_day.values())


def _units(line: OrderLine, sums: _Sums) -> int:
    """Units of the line that were refunded, at least one."""
    back = -sum(p.amount for p in sums.refunds if p.item == "Principal")
    return max(min(round(back / line.unit_principal), line.sold), 1) if line.unit_principal else 1


def _evidence(line: OrderLine, postings: Sequence[Posting]) -> Iterable[Evidence]:
    """One row for each report row, what was refunded first: refunds count up, charges down."""
    rows: dict[tuple[SourceRow, str], list[Posting]] = {}
    for p in sorted(postings, key=lambda p: p.type == SALE):
        rows.setdefault((p.row, p.type), []).append(p)
    ids = f"order {line.order_id} · SKU {line.sku}"
    for (row, kind), members in rows.items():
        parts = ", ".join(
            f"{WORDS.get(p.item, p.item.removeprefix('Other:'))} {p.amount:,.2f}" for p in members
        )
        role: Role = "sale" if kind == SALE else "refund"
        amount = cents(-sum(p.amount for p in members))
        yield Evidence(role, row, members[0].date, None, amount, line.currency, ids, f"{kind}: {parts}")


def _waits(line: OrderLine, sums: _Sums, scene: Scene) -> Aside:
    last = next(p for p in reversed(sums.refunds) if p.deferred)
    return Aside(
        kind=KIND,
        key=(line.order_id, line.sku),
        reason="too early",
        date=last.date,
        units=None,
        product=_product(line, scene),
        row=last.row,
        why=f"{sums.excess:,.2f} {line.currency} too much once the deferred refund is released",
        marketplace=line.marketplace or scene.home,
        order_id=line.order_id,
    )


def _product(line: OrderLine, scene: Scene) -> Product:
    return scene.catalogue.complete(Product(sku=line.sku))


DETECTOR = Detector(
    kind=KIND,
    prefix="RE",
    needs=(("transactions", "settlements"),),
    refuted_by=(("transactions", "settlements"),),
    value="given",
    clock="the refund date",
    word="refunded",
    find=find,
)
