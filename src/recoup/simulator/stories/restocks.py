"""Stories of returns that are called back in stock, and are or are not.

A ledger row names no order, so each story plays on a product that nobody else returns.
"""

from __future__ import annotations

from dataclasses import replace as copy

from ..money import pay
from ..returns import come_back, put_back
from ..trade import OrderLine, refund, sell
from ._stage import Stage, story


def _refunded(s: Stage, units: int = 1, day: int = 90) -> OrderLine:
    s.product.traded = False
    line = sell(s.world, s.product, s.ago(day + 12), units)
    refund(s.world, line, s.ago(day))
    return line


@story("own")
def returned_but_not_put_back(s: Stage) -> None:
    """Called sellable and returned to inventory, yet the ledger never shows it: owed."""
    come_back(s.world, _refunded(s), s.ago(82), shelved=False)


@story("own")
def put_back_after_three_weeks(s: Stage) -> None:
    """Put back after twenty days, within the time Amazon takes: nothing is owed."""
    incident = come_back(s.world, _refunded(s), s.ago(82), shelved=False)
    assert incident is not None
    put_back(s.world, incident, s.ago(62))


@story("own")
def put_back_very_late(s: Stage) -> None:
    """Put back after fifty days: late, but it is there."""
    incident = come_back(s.world, _refunded(s), s.ago(81), shelved=False)
    assert incident is not None
    put_back(s.world, incident, s.ago(31))


@story("own")
def put_back_as_another_listing(s: Stage) -> None:
    """Put back under another FNSKU of the same ASIN: nothing is owed."""
    twin = copy(s.product, sku=s.product.sku + "-FBA2", fnsku="X00" + s.product.fnsku[:2:-1])
    incident = come_back(s.world, _refunded(s), s.ago(80), shelved=False)
    assert incident is not None
    put_back(s.world, incident, s.ago(70), product=twin)


@story("own")
def one_of_two_put_back(s: Stage) -> None:
    """Two returned on one day, one put back: one is owed."""
    incident = come_back(s.world, _refunded(s, 2), s.ago(83), shelved=False)
    assert incident is not None
    put_back(s.world, incident, s.ago(76))


@story("own")
def not_put_back_but_paid(s: Stage) -> None:
    """Never put back, and paid for its order: nothing is owed."""
    incident = come_back(s.world, _refunded(s), s.ago(84), shelved=False)
    assert incident is not None
    pay(s.world, incident.units, s.ago(60))


@story("own")
def returned_two_weeks_ago(s: Stage) -> None:
    """Returned twelve days ago: too early to miss it in the ledger."""
    line = _refunded(s, 1, 85)
    incident = come_back(s.world, line, s.ago(12), shelved=False)
    assert incident is not None
    for unit in incident.units:
        unit.settle(s.ago(12), "on its way to the shelf")
    incident.may_show = "Waiting"


@story("own")
def spoilt_and_never_put_back(s: Stage) -> None:
    """A unit the customer spoilt does not go back to the shelf: nothing is owed."""
    come_back(s.world, _refunded(s), s.ago(79), disposition="CUSTOMER_DAMAGED", shelved=False)
    s.world.clear("return_not_restocked", s.product, s.ago(79))


@story("own")
def not_put_back_and_never_refunded(s: Stage) -> None:
    """No refund known: the return's own day is the clock."""
    s.product.traded = False
    line = sell(s.world, s.product, s.ago(104))
    come_back(s.world, line, s.ago(86), shelved=False)


@story("own")
def not_put_back_and_paid_for_something(s: Stage) -> None:
    """A GeneralAdjustment names the product and no order: whether it paid this unit is a question."""
    incident = come_back(s.world, _refunded(s), s.ago(78), shelved=False)
    assert incident is not None
    pay(s.world, [], s.ago(51), product=s.product, reason="GeneralAdjustment", cash=1)
    incident.units[0].doubt = "did the general adjustment pay it?"
