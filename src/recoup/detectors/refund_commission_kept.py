"""Commission that Amazon kept when a customer was refunded.

Looks for:   refunds that gave back less of the commission than the share of the price refunded, or kept too high a fee.
Wrong when:  the commission comes later as an adjustment that is not read, or a closing fee is part of the commission.
Amazon says: policy/valuation.yaml (refund_administration_fee.*); no window of its own is published

Decisions: Amazon may keep the fee of each refund of the line, also where a report shows none: settlements that give
the commission and the fee apart and transactions that give one sum then come to the same claim. Whether media, which
keep no fee at a full refund, were sold is not known: the fee is the difference between value and `Value high`. All
refunds of the line are summed, so a commission that comes some days after the price counts; the clock is the day of
the refunds that were short. A refund beyond the price gives no commission back that was never charged. Orders the
seller shipped are left alone, as by all kinds of refunds (RULES 2.10). Where the fee's rule is not known, only what
settlements show of the commission alone is claimed, and a sum is a question when nothing came back. Without the sale
it is a question when nothing came back, at the lowest rate seen for that SKU, else for any, or when the fee is
too high for the commission that did come back; with no rate at all Checks says how many refunds are meant. Reports with
one sum for all selling fees may hold the closing fee of media in it: a commission that is just that is a question, and
so is one of an order whose customer was charged again (a retrocharge).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from ..events import Findings, Overcharge, Product
from ..fees.referral import closing_fee_within
from ..model import Evidence, Problem, Role
from ..money import cents, exceeds
from ..order_adjustments import commission_credits
from ..orders import COMMISSIONED, REFUND, SALE, OrderLine, Posting
from ..policy import ALL
from ..reports import Reports
from ._commissions import Settlement, allowed_fee, settle_commission
from ._detector import Detector, Scene

KIND = "refund_commission_kept"
NO_SALE = "the sale of this order is not in the reports: paste Transactions that cover the order date"
FEE_UNKNOWN = "what Amazon may keep of the commission on a refund is not known in"
TAB = "Transactions"
Rates = Mapping[tuple[str, str], float]  # (SKU or "", currency) -> the lowest commission by price


def find(reports: Reports, scene: Scene) -> Findings:
    """One overcharge per order line, and the commissions given back later."""
    findings = Findings(money_credits=commission_credits(scene.money_adjusted))
    rates = _rates(scene.orders.values())
    unknown: dict[str, int] = {}
    unrated = 0
    for line in scene.orders.values():
        if not line.amazons or not any(p.type == REFUND for p in line.postings):
            continue
        if len({p.currency for p in line.postings}) > 1:
            continue
        if line.principal > 0:
            settled = settle_commission(line, scene.policy, scene.home)
            if settled and not settled.known:
                place = line.marketplace or scene.home
                unknown[place] = unknown.get(place, 0) + 1
            findings.overcharges += _judge(line, settled, scene) if settled else []
        else:
            found, rated = _without_sale(line, rates, scene)
            findings.overcharges += found
            unrated += not rated
    findings.overcharges = [_asked(o, scene.charged_again.get(o.order_id, "")) for o in findings.overcharges]
    findings.problems += [*_fees_unknown(unknown), *_unrated(unrated)]
    return findings


def _asked(overcharge: Overcharge, again: str) -> Overcharge:
    """With the question whether the commission is that of a price which the customer paid after all."""
    asked = [overcharge.question, f"{again}: is the commission that of this price?" if again else ""]
    return replace(overcharge, question="; ".join(filter(None, asked)))


def _rates(lines: Iterable[OrderLine]) -> Rates:
    rates: dict[tuple[str, str], float] = {}
    for line in lines:
        sold = [p for p in line.postings if p.type == SALE]
        price = sum(p.amount for p in sold if p.item in COMMISSIONED)
        charged = -sum(p.amount for p in sold if p.item == "Commission")
        if price > 0 and charged > 0:
            for key in ((line.sku, line.currency), ("", line.currency)):
                rates[key] = min(rates.get(key, charged / price), charged / price)
    return rates


def _judge(line: OrderLine, settled: Settlement, scene: Scene) -> list[Overcharge]:
    """What is short of a line whose sale is known."""
    if settled.commission <= 0:
        return []
    question = ""
    if not settled.known and not settled.separate:
        if settled.total("credited") > 0:
            return []  # what is missing may be the fee
        question = f"{FEE_UNKNOWN} {line.marketplace or scene.home}"
    units = _units(line, settled)
    rule = scene.policy.value(
        "commission_tolerance", on=settled.days[-1].date, marketplace=line.marketplace or scene.home
    )
    if not exceeds(settled.short, units * (rule.number if rule else 0.0)):
        return []
    within, low = _closing_fee(line, settled, scene)
    asked = "; ".join(filter(None, (question, within)))
    return [replace(_overcharge(line, settled, units, asked, scene), low=low)]


def _closing_fee(line: OrderLine, settled: Settlement, scene: Scene) -> tuple[str, float | None]:
    """The question whether a part of the commission is a closing fee that stays with Amazon, and what is owed then."""
    day = line.sold_on or settled.days[0].date
    closing = closing_fee_within(
        settled.commission, settled.price, line.sold, day, line.marketplace or scene.home
    )
    less = settle_commission(line, scene.policy, scene.home, closing=closing) if closing else None
    if settled.separate or less is None:
        return "", None
    text = f"{settled.commission:,.2f} is the commission of media with a closing fee of {closing:,.2f}: "
    return f"{text}was that one refunded too?", max(less.short, 0.0)


def _units(line: OrderLine, settled: Settlement) -> int:
    """Units of the line that were refunded, at least one."""
    return max(min(round(line.sold * settled.total("refunded") / settled.price), line.sold), 1)


def _without_sale(line: OrderLine, rates: Rates, scene: Scene) -> tuple[list[Overcharge], bool]:
    """A question about a line whose sale is not in the reports; False where no rate is known for it."""
    probe = settle_commission(line, scene.policy, scene.home, rate=0.0)
    if probe is None:
        return [], True
    credited, fee, last = probe.total("credited"), probe.total("fee"), probe.days[-1].date
    if credited > 0:
        most = allowed_fee(credited, scene.policy, last, line.marketplace or scene.home)
        if most is None or not exceeds(fee, most):
            return [], True
        rate: float | None = credited / probe.total("refunded")
    else:
        rate = rates.get((line.sku, line.currency), rates.get(("", line.currency)))
    settled = settle_commission(line, scene.policy, scene.home, rate=rate) if rate else None
    if settled is None:
        return [], False
    found = [_overcharge(line, settled, 1, NO_SALE, scene)] if exceeds(settled.short, 0.0) else []
    return found, True


def _overcharge(line: OrderLine, settled: Settlement, units: int, question: str, scene: Scene) -> Overcharge:
    short = [d.date for d in settled.days if d.short > 0] or [d.date for d in settled.days]
    lag = scene.policy.value("report_lag", on=short[-1], marketplace=ALL)
    before = timedelta(days=round(lag.number) if lag else 0)
    full = settled.total("refunded") >= settled.price
    known = settled.known and line.principal > 0
    return Overcharge(
        kind=KIND,
        key=(line.order_id, line.sku),
        date=short[-1],
        clocks=tuple(short),
        product=scene.catalogue.complete(Product(sku=line.sku)),
        marketplace=line.marketplace or scene.home,
        amount=settled.short,
        currency=line.currency,
        basis="commission due back less commission given back",
        units=units,
        story=_story(line, settled),
        evidence=tuple(_evidence(line, settled)),
        order_id=line.order_id,
        since=min(line.sold_on or short[0], short[0]) - before,
        question=question,
        high=cents(settled.short + settled.total("allowed")) if full and known else None,
    )


def _story(line: OrderLine, settled: Settlement) -> str:
    kept, credited = settled.total("fee"), settled.total("credited")
    due = f"{settled.total('due'):,.2f} of {settled.commission:,.2f} {line.currency} commission due back"
    allowed = f" less {settled.total('allowed'):,.2f} that may be kept" if settled.known else ""
    fee = f" less {kept:,.2f} kept" if kept else ""
    about = "" if line.principal > 0 else "about "
    return (
        f"refunded {settled.total('refunded'):,.2f} of {settled.price:,.2f}: {about}{due}{allowed}; "
        f"{credited:,.2f} given back{fee if settled.known else ''}: {settled.short:,.2f} short"
    )


def _evidence(line: OrderLine, settled: Settlement) -> Iterable[Evidence]:
    """The refunds, then what is due back, up, on the sale's commission; given back and what may be kept count down."""
    refunds = [p for p in line.postings if p.type == REFUND and not p.deferred]
    charged = [p for p in line.postings if p.type == SALE and p.item == "Commission"]
    base = [p for p in refunds if p.item in COMMISSIONED]
    due = settled.total("due")
    for p in base:
        yield _row(line, p, "refund", None, f"refunded {p.item} {-p.amount:,.2f}")
    for n, p in enumerate(charged or base[:1]):
        said = f"commission {-p.amount:,.2f} charged" if charged else "commission of the sale, estimated"
        shows = f"{said}, {due:,.2f} due back in all" if n == 0 else said
        yield _row(line, p, "fee", due if n == 0 else None, shows)
    for p in refunds:
        if p.item == "Commission":
            yield _row(line, p, "fee", -p.amount, f"commission {p.amount:,.2f} given back")
        elif p.item == "RefundCommission":
            amount = -p.amount if settled.known else None
            yield _row(line, p, "fee", amount, f"administration fee {-p.amount:,.2f} kept")
    if settled.known:
        shows = f"{settled.total('allowed'):,.2f} is the most that Amazon may keep"
        yield _row(line, base[0], "fee", -settled.total("allowed"), shows)


def _row(line: OrderLine, p: Posting, role: Role, amount: float | None, shows: str) -> Evidence:
    ids = f"order {line.order_id} · SKU {line.sku}"
    return Evidence(
        role, p.row, p.date, None, None if amount is None else cents(amount), line.currency, ids, shows
    )


def _fees_unknown(lines: Mapping[str, int]) -> list[Problem]:
    """One note per marketplace whose administration fee is not known."""
    remedy = "look the fee up and state it on Policy (refund_administration_fee), then refresh"
    return [
        Problem(
            "note",
            TAB,
            f"{FEE_UNKNOWN} {place}: the fees of {count} refunds are not compared",
            remedy,
            rows=count,
        )
        for place, count in sorted(lines.items())
    ]


def _unrated(count: int) -> list[Problem]:
    text = f"{count} refunds brought no commission back, and what was charged on their sale is not in the reports"
    return (
        [Problem("warning", TAB, text, "paste Transactions that cover the orders", rows=count)]
        if count
        else []
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RC",
    needs=(("transactions", "settlements"),),
    refuted_by=(("transactions", "settlements"),),
    value="given",
    clock="the refund date",
    word="refunded",
    find=find,
)
