"""Stories of units that Amazon sent a second time."""

from __future__ import annotations

from ..concessions import send_again
from ..money import pay
from ..returns import come_back
from ..trade import OrderLine, refund, sell
from ._stage import Stage, story


def _sold(s: Stage, units: int = 1, day: int = 110) -> OrderLine:
    return sell(s.world, s.product, s.ago(day), units)


@story("order")
def replaced_and_never_returned(s: Stage) -> None:
    """Sent a second time, and neither of the two came back: one is owed."""
    send_again(s.world, _sold(s), s.ago(95))


@story("order")
def replaced_and_original_returned(s: Stage) -> None:
    """The first unit came back: nothing is owed."""
    line = _sold(s)
    send_again(s.world, line, s.ago(96))
    come_back(s.world, line, s.ago(85))


@story("order")
def replaced_and_replacement_returned(s: Stage) -> None:
    """The customer sent the second one back, under its own order: nothing is owed."""
    line = _sold(s, 1, 109)
    again = send_again(s.world, line, s.ago(97))
    come_back(s.world, line, s.ago(86), order_id=again)


@story("order")
def replaced_and_paid(s: Stage) -> None:
    """Never returned, and paid: once on the first order, once on that of the replacement."""
    line = _sold(s, 1, 108)
    send_again(s.world, line, s.ago(94))
    assert line.replaced is not None
    pay(s.world, line.replaced.units, s.ago(32))
    other = _sold(s, 1, 107)
    again = send_again(s.world, other, s.ago(93))
    assert other.replaced is not None
    pay(s.world, other.replaced.units, s.ago(31), order_id=again)


@story("order")
def refunded_and_replaced(s: Stage) -> None:
    """One unit, refunded and replaced, never returned: owed once, as the refund."""
    line = _sold(s, 1, 106)
    send_again(s.world, line, s.ago(96))
    refund(s.world, line, s.ago(92))


@story("order")
def refunded_replaced_and_returned(s: Stage) -> None:
    """One unit, refunded and replaced, one came back: nothing is owed."""
    line = _sold(s, 1, 105)
    send_again(s.world, line, s.ago(95))
    refund(s.world, line, s.ago(91))
    come_back(s.world, line, s.ago(80))


@story("order")
def replaced_twice(s: Stage) -> None:
    """Sent again twice and nothing came back: two are owed."""
    line = _sold(s, 1, 111)
    send_again(s.world, line, s.ago(99))
    send_again(s.world, line, s.ago(89), reason="5")


@story("order")
def one_of_two_replaced(s: Stage) -> None:
    """Two bought, one replaced, none returned: one is owed."""
    send_again(s.world, _sold(s, 2, 104), s.ago(90))


@story("order")
def replaced_last_month(s: Stage) -> None:
    """The customer still has time to send it back: the claim waits for its window."""
    send_again(s.world, _sold(s, 1, 48), s.ago(33))


@story("order")
def replaced_and_another_product_returned(s: Stage) -> None:
    """The replaced unit came not back, but another product of the order did, unasked: is it that? A question."""
    line = _sold(s, 1, 103)
    beside = sell(s.world, s.ordered(), s.ago(103), order_id=line.order_id)
    send_again(s.world, line, s.ago(92))
    come_back(s.world, beside, s.ago(84))
    assert line.replaced is not None
    line.replaced.units[0].doubt = "is the other returned product the one that was replaced?"
