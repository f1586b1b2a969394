"""Stories of removed units that arrive in a bad state, or are not what was sent."""

from __future__ import annotations

from ..money import pay
from ..removals import count, order_return, send_parcel
from ._stage import Stage, story


@story("removal")
def arrived_damaged(s: Stage) -> None:
    """Three sent, two of them arrive damaged: these are owed."""
    order = order_return(s.world, s.product, s.ago(43), 3)
    parcel = send_parcel(s.world, order, s.ago(39), 3)
    count(s.world, parcel, s.ago(31), 2, "Damaged")
    count(s.world, parcel, s.ago(31), 1)


@story("removal")
def arrived_as_something_else(s: Stage) -> None:
    """Another article lay in the parcel: the unit that should have is owed, as damaged, not as lost."""
    order = order_return(s.world, s.product, s.ago(41), 1)
    count(s.world, send_parcel(s.world, order, s.ago(36), 1), s.ago(29), 1, "Wrong item")


@story("removal")
def damaged_and_short(s: Stage) -> None:
    """Four sent, one damaged, two whole, one missing: one owed as damaged, one as lost."""
    order = order_return(s.world, s.product, s.ago(53), 4)
    parcel = send_parcel(s.world, order, s.ago(46), 4)
    count(s.world, parcel, s.ago(37), 1, "Damaged")
    count(s.world, parcel, s.ago(37), 2)


@story("removal")
def damaged_removal_paid(s: Stage) -> None:
    """Arrived damaged, and paid by its removal order: nothing is owed."""
    order = order_return(s.world, s.product, s.ago(51), 2)
    incident = count(s.world, send_parcel(s.world, order, s.ago(47), 2), s.ago(38), 2, "Damaged")
    assert incident is not None
    pay(s.world, incident.units, s.ago(21), cents=s.product.paid_on(s.ago(21)))


@story("own")
def damaged_removal_paid_for_something(s: Stage) -> None:
    """A GeneralAdjustment names the product and no removal order: whether it paid this unit is a question."""
    order = order_return(s.world, s.product, s.ago(49), 1)
    incident = count(s.world, send_parcel(s.world, order, s.ago(42), 1), s.ago(34), 1, "Damaged")
    assert incident is not None
    pay(s.world, [], s.ago(23), product=s.product, reason="GeneralAdjustment", cash=1)
    incident.units[0].doubt = "did the general adjustment pay it?"
