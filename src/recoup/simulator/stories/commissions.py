"""Stories of commission that Amazon keeps when a customer is refunded."""

from __future__ import annotations

from ..charging import adjust_fee
from ..concessions import refund_keeping
from ..returns import come_back
from ..rows import MoneyLine
from ..trade import OrderLine, refund, sell
from ._stage import Stage, story


def _sold(s: Stage, day: int, units: int = 1, price: int = 30_00) -> OrderLine:
    """A line whose commission is 15 % of the price."""
    each = round(price * 0.15)
    return sell(s.world, s.product, s.ago(day + 13), units, price=price, commission=each * units)


def _returned(s: Stage, line: OrderLine, day: int) -> None:
    come_back(s.world, line, s.ago(day - 8))


@story("order", only="US")
def commission_not_returned(s: Stage) -> None:
    """Refunded without any commission back, the administration fee taken all the same: the commission is owed."""
    line = _sold(s, 55)
    refund_keeping(s.world, line, s.ago(55), commission=0)
    _returned(s, line, 55)


@story("order", only="US")
def commission_returned_in_half(s: Stage) -> None:
    """Half of the commission came back: the other half is owed."""
    line = _sold(s, 54, 2)
    refund_keeping(s.world, line, s.ago(54), commission=450)
    _returned(s, line, 54)


@story("order", only="US")
def administration_fee_too_high(s: Stage) -> None:
    """The fee kept is a third of the commission instead of a fifth: the difference is owed."""
    line = _sold(s, 53)
    refund_keeping(s.world, line, s.ago(53), admin_fee=150)
    _returned(s, line, 53)


@story("order", only="US")
def administration_fee_above_the_most(s: Stage) -> None:
    """A fifth of 40.50 would be 8.10, but 5.00 is the most: 3.10 are owed."""
    line = _sold(s, 52, price=270_00)
    refund_keeping(s.world, line, s.ago(52), admin_fee=810)
    _returned(s, line, 52)


@story("order", only="US")
def administration_fee_at_the_most(s: Stage) -> None:
    """5.00 kept of a commission of 40.50: as it should be."""
    line = _sold(s, 51, price=270_00)
    refund_keeping(s.world, line, s.ago(51), admin_fee=500)
    _returned(s, line, 51)


@story("order", only="US")
def administration_fee_not_taken(s: Stage) -> None:
    """The whole commission back and no fee kept: nothing is owed."""
    line = _sold(s, 50)
    refund_keeping(s.world, line, s.ago(50), admin_fee=0)
    _returned(s, line, 50)


@story("order", only="US")
def commission_a_cent_short(s: Stage) -> None:
    """The commission came back but for a cent: that is rounding."""
    line = _sold(s, 49)
    refund_keeping(s.world, line, s.ago(49), commission=449)
    _returned(s, line, 49)


@story("order", only="US")
def commission_of_one_of_two(s: Stage) -> None:
    """One of two units refunded with its half of the commission: as it should be."""
    line = _sold(s, 48, 2)
    refund(s.world, line, s.ago(48), line.units[:1])
    come_back(s.world, line, s.ago(40), line.units[:1])
    s.world.clear("refund_commission_kept", s.product, s.ago(48), order_id=line.order_id)


@story("order", only="US")
def commission_returned_later(s: Stage) -> None:
    """The commission comes two weeks later as an adjustment of the order: nothing is owed."""
    line = _sold(s, 56)
    incident = refund_keeping(s.world, line, s.ago(56), commission=0)
    _returned(s, line, 56)
    adjust_fee(s.world, incident, s.ago(42), MoneyLine("ItemFees", "Commission", 450), line.order_id)


@story("order", only="US")
def commission_kept_this_week(s: Stage) -> None:
    """A refund of this week stands in the transactions only, commission and fee in one amount: owed all the same."""
    line = _sold(s, 5)
    refund_keeping(s.world, line, s.ago(5), commission=0)
    come_back(s.world, line, s.ago(2))


@story("order", only="US")
def commission_kept_of_an_unknown_sale(s: Stage) -> None:
    """No commission back, and the sale lies outside the reports: how much is a question."""
    line = sell(s.world, s.product, s.ago(71), reported=False)
    incident = refund_keeping(s.world, line, s.ago(57), commission=0)
    for charge in incident.charges:
        charge.doubt, charge.known = "what commission was charged on the sale?", False
    come_back(s.world, line, s.ago(46))
    s.world.clear("refund_exceeds_charge", s.product, s.ago(57), order_id=line.order_id, question=True)
