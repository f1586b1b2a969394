"""Stories of units that Amazon threw away, asked or unasked."""

from __future__ import annotations

from ..money import pay
from ..removals import count as count_parcel
from ..removals import dispose, order_disposal, order_return, send_parcel
from ._stage import Stage, story


@story("bare")
def disposed_of_unasked(s: Stage) -> None:
    """Two sellable units disposed of and nobody ordered it: owed."""
    dispose(s.world, s.product, s.ago(30), 2)


@story("own")
def disposed_of_as_ordered(s: Stage) -> None:
    """The seller ordered the disposal: nothing is owed."""
    incident = dispose(s.world, s.product, s.ago(34), 3)
    order_disposal(s.world, s.product, s.ago(39), incident.units, s.ago(33))


@story("own")
def disposed_of_more_than_ordered(s: Stage) -> None:
    """Two ordered, three disposed of: one is owed."""
    incident = dispose(s.world, s.product, s.ago(31), 3)
    order_disposal(s.world, s.product, s.ago(36), incident.units[:2], s.ago(30))


@story("own")
def disposal_order_cancelled(s: Stage) -> None:
    """The order was cancelled before, the units were disposed of all the same: owed."""
    dispose(s.world, s.product, s.ago(28), 2)
    order_disposal(s.world, s.product, s.ago(40), [], s.ago(38), cancelled=2)


@story("own")
def disposed_of_beside_a_return_order(s: Stage) -> None:
    """The seller ordered units back, not their disposal: the one that was thrown away is owed."""
    dispose(s.world, s.product, s.ago(33), 1)
    order = order_return(s.world, s.product, s.ago(41), 2)
    count_parcel(s.world, send_parcel(s.world, order, s.ago(37), 2), s.ago(20), 2)


@story("settled")
def disposal_paid(s: Stage) -> None:
    """Thrown away and paid by Amazon as damage a few days later: nothing is owed."""
    incident = dispose(s.world, s.product, s.then(0), 2)
    pay(s.world, incident.units, s.then(6))


@story("own")
def disposal_paid_as_a_loss(s: Stage) -> None:
    """Two thrown away, one of them paid as lost: one is owed."""
    incident = dispose(s.world, s.product, s.ago(37), 2)
    pay(s.world, incident.units[:1], s.ago(31), reason="Lost_Warehouse")


@story("own")
def disposed_of_with_no_damage_before(s: Stage) -> None:
    """Disposed of from damaged stock with no damage in the ledger: whose damage it was is a question."""
    incident = dispose(s.world, s.product, s.ago(27), 1, "WAREHOUSE_DAMAGED")
    incident.units[0].doubt = "when was the unit damaged, and by whom?"
    s.world.clear("damaged_in_warehouse", s.product, s.ago(27), reference=incident.reference, question=True)
