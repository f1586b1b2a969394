"""Stories of parcels in which removed units leave, and of what arrives of them."""

from __future__ import annotations

from ..money import pay
from ..removals import Parcel, count, order_return, send_parcel
from ._stage import Stage, story


def _parcel(s: Stage, day: int, units: int) -> Parcel:
    """A removal order of so many units, sent in one parcel that many days ago."""
    order = order_return(s.world, s.product, s.ago(day + 5), units)
    return send_parcel(s.world, order, s.ago(day), units)


@story("removal")
def parcel_never_arrived(s: Stage) -> None:
    """Five units in a parcel of which the seller wrote down: none arrived. All are owed."""
    count(s.world, _parcel(s, 44, 5), s.ago(20), 0)


@story("removal")
def parcel_arrived_short(s: Stage) -> None:
    """Six sent, four counted under the tracking number: two are owed."""
    count(s.world, _parcel(s, 48, 6), s.ago(39), 4)


@story("removal")
def parcel_arrived_whole(s: Stage) -> None:
    """All counted: nothing is owed."""
    count(s.world, _parcel(s, 46, 7), s.ago(38), 7)


@story("removal")
def parcel_nobody_counted(s: Stage) -> None:
    """No receipt at all: what arrived is a question, not a loss."""
    _parcel(s, 42, 3)


@story("removal")
def counted_without_tracking(s: Stage) -> None:
    """A receipt of the order, twenty days after the parcel left, names no parcel: three of four, one is owed."""
    count(s.world, _parcel(s, 50, 4), s.ago(30), 3, named=False)


@story("removal")
def counted_without_tracking_too_early(s: Stage) -> None:
    """A receipt of the order only ten days after the parcel left: the one that is missing may still come."""
    count(s.world, _parcel(s, 47, 4), s.ago(37), 3, named=False, settles=False)


@story("removal")
def one_of_two_parcels_lost(s: Stage) -> None:
    """Two parcels of one order, one counted whole and one empty: only the units of that one are owed."""
    order = order_return(s.world, s.product, s.ago(54), 5)
    count(s.world, send_parcel(s.world, order, s.ago(49), 2), s.ago(41), 2)
    count(s.world, send_parcel(s.world, order, s.ago(45), 3), s.ago(25), 0)


@story("removal")
def two_products_in_one_parcel(s: Stage) -> None:
    """Two products in one parcel: one arrived, one did not."""
    order = order_return(s.world, s.product, s.ago(55), 2)
    whole = send_parcel(s.world, order, s.ago(51), 2)
    other = order_return(s.world, s.beside(), s.ago(55), 1)
    other.order_id = order.order_id
    missing = send_parcel(s.world, other, s.ago(51), 1, tracking=whole.tracking)
    count(s.world, whole, s.ago(40), 2)
    count(s.world, missing, s.ago(40), 0)


@story("removal")
def still_being_picked(s: Stage) -> None:
    """Ordered two months ago and still in process: nothing has left, nothing is lost."""
    order_return(s.world, s.product, s.ago(60), 10, waiting=10)
    s.world.clear("removal_lost", s.product, s.ago(60), removal=s.world.removals[-1].order_id)


@story("removal")
def lost_parcel_paid(s: Stage) -> None:
    """Amazon paid for the lost parcel by its removal order: nothing is owed."""
    parcel = _parcel(s, 52, 2)
    count(s.world, parcel, s.ago(33), 0)
    pay(s.world, parcel.units, s.ago(18), cents=s.product.paid_on(s.ago(18)))
