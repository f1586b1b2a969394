"""What came back of an order line's commission with its refunds, against what was due back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..money import cents
from ..orders import COMMISSIONED, REFUND, SALE, OrderLine, Posting
from ..policy import Policy

SHARE, MOST = "refund_administration_fee.share", "refund_administration_fee.most"


@dataclass(frozen=True, slots=True)
class Day:
    """The refunds of one day: price refunded, commission due back and given back, fee kept and the most that may be.

    ``fee`` is 0 where the report gives the commission less the fee; ``allowed`` None where the rule is not known.
    """

    date: date
    refunded: float
    due: float
    credited: float
    fee: float
    allowed: float | None

    @property
    def short(self) -> float:
        """What is missing, after the most that Amazon may keep."""
        return cents(self.due - (self.allowed or 0.0) - self.credited + self.fee)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The refunds of a line by day, with the price and commission of its sale."""

    price: float
    commission: float
    days: tuple[Day, ...]
    separate: bool  # the fee stands in lines of its own

    def total(self, name: str) -> float:
        """The sum of one figure over all days."""
        return cents(sum(getattr(d, name) or 0.0 for d in self.days))

    @property
    def known(self) -> bool:
        """True where the rule of the fee is known."""
        return all(d.allowed is not None for d in self.days)

    @property
    def short(self) -> float:
        """What is missing; where the fee's rule is not known, of the commission alone."""
        fee = self.total("fee") - self.total("allowed") if self.known else 0.0
        return cents(self.total("due") - self.total("credited") + fee)


def settle_commission(
    line: OrderLine, policy: Policy, home: str, *, rate: float | None = None, closing: float = 0.0
) -> Settlement | None:
    """The commission of the line's released refunds; None where nothing of the price was refunded.

    ``rate``: commission by price, where the sale is not in the reports. ``closing``: a closing fee within the
    commission, which is not due back.
    """
    sales = [p for p in line.postings if p.type == SALE]
    refunds = [p for p in line.postings if p.type == REFUND and not p.deferred]
    price = _sum(sales, COMMISSIONED) if rate is None else -_sum(refunds, COMMISSIONED)
    commission = -_sum(sales, ("Commission",)) - closing if rate is None else price * rate
    days = []
    paid_back = 0.0
    for day in sorted({p.date for p in refunds}):
        mine = [p for p in refunds if p.date == day]
        before, paid_back = paid_back, paid_back - _sum(mine, COMMISSIONED)
        due = cents(_due(paid_back, price, commission) - _due(before, price, commission))
        allowed = allowed_fee(due, policy, day, line.marketplace or home, _refunds(mine))
        credited, fee = _sum(mine, ("Commission",)), -_sum(mine, ("RefundCommission",))
        days.append(Day(day, cents(paid_back - before), due, cents(credited), cents(fee), allowed))
    separate = any(p.item == "RefundCommission" for p in refunds)
    found = Settlement(cents(price), cents(commission), tuple(days), separate)
    return found if paid_back > 0 and price > 0 else None


def _due(paid_back: float, price: float, commission: float) -> float:
    """The commission due back so far: never more than was charged."""
    return cents(commission * max(min(paid_back / price, 1), 0)) if price > 0 else 0.0


def _refunds(postings: list[Posting]) -> int:
    """How many refunds stand among the postings of a day, at least one: each may keep a fee of its own."""
    return max(sum(p.item == "Principal" and p.amount < 0 for p in postings), 1)


def allowed_fee(due: float, policy: Policy, day: date, marketplace: str, refunds: int = 1) -> float | None:
    """The most that so many refunds may keep of a commission due back; None where the rule is not known."""
    share = policy.value(SHARE, on=day, marketplace=marketplace)
    most = policy.value(MOST, on=day, marketplace=marketplace)
    return cents(min(max(due, 0.0) * share.number, most.number * refunds)) if share and most else None


def _sum(postings: list[Posting], items: tuple[str, ...]) -> float:
    return sum(p.amount for p in postings if p.item in items)
