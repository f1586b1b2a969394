"""Stories of refunds that give the customer more than he paid, or only seem to."""

from __future__ import annotations

from ..concessions import make_good, refund_too_much, refund_twice
from ..returns import come_back
from ..rows import MoneyLine
from ..trade import OrderLine, Terms, refund, sell
from ._stage import Stage, story


def _sold(s: Stage, day: int, units: int = 1, shipping: int = 0) -> OrderLine:
    return sell(s.world, s.product, s.ago(day + 15), units, shipping=shipping)


@story("order")
def more_tax_refunded_than_charged(s: Stage) -> None:
    """The tax refunded is 4.20 more than the tax charged: that is owed."""
    line = _sold(s, 60)
    refund_too_much(s.world, line, s.ago(60), "Tax", 420)
    come_back(s.world, line, s.ago(50))


@story("order")
def shipping_refunded_that_nobody_paid(s: Stage) -> None:
    """Shipping of 5.99 goes back to a customer who paid none: that is owed."""
    line = _sold(s, 58)
    refund_too_much(s.world, line, s.ago(58), "Shipping", 599)
    come_back(s.world, line, s.ago(48))


@story("order")
def refunded_twice(s: Stage) -> None:
    """The whole line is refunded a second time: what went the second time is owed, not a second unit."""
    line = _sold(s, 65)
    refund(s.world, line, s.ago(65))
    come_back(s.world, line, s.ago(57))
    refund_twice(s.world, line, s.ago(52))


@story("order")
def goodwill_on_top(s: Stage) -> None:
    """Goodwill and return shipping are no price of the item: nothing is owed for them."""
    line = _sold(s, 59)
    more = (MoneyLine("ItemPrice", "Goodwill", -500), MoneyLine("ItemPrice", "ReturnShipping", -650))
    refund(s.world, line, s.ago(59), terms=Terms(more=more))
    come_back(s.world, line, s.ago(49))
    s.world.clear("refund_exceeds_charge", s.product, s.ago(59), order_id=line.order_id)


@story("order")
def over_refund_taken_back(s: Stage) -> None:
    """A retrocharge takes the excess back from the customer: nothing is owed."""
    line = _sold(s, 62)
    incident = refund_too_much(s.world, line, s.ago(62), "Tax", 380)
    come_back(s.world, line, s.ago(51))
    money = MoneyLine("ItemPrice", "Tax", 380)
    make_good(s.world, incident, s.ago(44), "Refund_Retrocharge", money, line.item_code)


@story("order")
def over_refund_taken_back_in_part(s: Stage) -> None:
    """Of 6.00 too much, 2.50 were taken back: 3.50 are owed."""
    line = _sold(s, 63)
    incident = refund_too_much(s.world, line, s.ago(63), "Shipping", 600)
    come_back(s.world, line, s.ago(53))
    money = MoneyLine("ItemPrice", "Shipping", 250)
    make_good(s.world, incident, s.ago(43), "Refund_Retrocharge", money, line.item_code)


@story("order")
def shipping_refunded_as_paid(s: Stage) -> None:
    """Shipping that was charged goes back with the price: nothing is owed."""
    line = _sold(s, 61, 2, 699)
    refund(s.world, line, s.ago(61))
    come_back(s.world, line, s.ago(47))
    s.world.clear("refund_exceeds_charge", s.product, s.ago(61), order_id=line.order_id)


@story("order")
def over_refund_of_this_week(s: Stage) -> None:
    """An excess of this week stands in the transactions only: owed all the same."""
    line = _sold(s, 5)
    refund_too_much(s.world, line, s.ago(5), "Tax", 310)
    come_back(s.world, line, s.ago(3))
