"""Stories of units damaged in a warehouse, and of what becomes of the damaged unit."""

from __future__ import annotations

from ..money import pay
from ..units import Kind
from ..warehouse import adjust, correct, damage, lose, regrade
from ._stage import Stage, story

DAMAGE: tuple[Kind, Kind] = ("damaged_in_warehouse", "disposed_without_request")


@story("bare")
def damaged_and_never_paid(s: Stage) -> None:
    """E with the P that always follows it: the P is no correction, two units are owed."""
    damage(s.world, s.product, s.ago(29), 2)


@story("settled")
def damaged_and_paid(s: Stage) -> None:
    """Damaged and paid by Amazon itself a few days later."""
    incident = damage(s.world, s.product, s.then(0), 2)
    pay(s.world, incident.units, s.then(5))


@story("settled")
def damage_corrected(s: Stage) -> None:
    """Q out of WAREHOUSE_DAMAGED with a P to SELLABLE: inspected and corrected."""
    incident = damage(s.world, s.product, s.then(0), 1)
    correct(s.world, incident, s.then(4))


@story("bare")
def damage_regraded_but_not_to_sellable(s: Stage) -> None:
    """Q out of WAREHOUSE_DAMAGED with a P to DEFECTIVE corrects nothing: the unit is still owed."""
    damage(s.world, s.product, s.ago(37), 1)
    regrade(s.world, s.product, s.ago(30), 1, "WAREHOUSE_DAMAGED", "DEFECTIVE")


@story("own")
def damage_partly_corrected(s: Stage) -> None:
    """Three damaged, one corrected: two are owed."""
    incident = damage(s.world, s.product, s.ago(35), 3)
    regrade(s.world, s.product, s.ago(31), 1, "WAREHOUSE_DAMAGED", "SELLABLE")
    incident.units[0].settle(s.ago(31), "corrected")


@story("own")
def damaged_then_disposed_of(s: Stage) -> None:
    """The damaged unit is disposed of later: the same unit, owed once, as damage."""
    damage(s.world, s.product, s.ago(41), 1)
    row = adjust(s.world, s.product, s.ago(23), "D", -1, "WAREHOUSE_DAMAGED")
    for kind in DAMAGE:
        s.world.clear(kind, s.product, s.ago(23), reference=row.reference)


@story("settled")
def damage_paid_then_disposed_of(s: Stage) -> None:
    """The damage was paid before the unit was disposed of: nothing is owed."""
    incident = damage(s.world, s.product, s.then(0), 1)
    pay(s.world, incident.units, s.then(4))
    row = adjust(s.world, s.product, s.then(11), "D", -1, "WAREHOUSE_DAMAGED")
    for kind in DAMAGE:
        s.world.clear(kind, s.product, s.then(11), reference=row.reference)


@story("own")
def damaged_then_misplaced(s: Stage) -> None:
    """The damaged unit goes missing as well: the same unit, owed once, as damage."""
    damage(s.world, s.product, s.ago(38), 1)
    row = adjust(s.world, s.product, s.ago(26), "M", -1, "WAREHOUSE_DAMAGED", reconciled=(0, 1))
    s.world.clear("lost_in_warehouse", s.product, s.ago(26), reference=row.reference)


@story("settled")
def damage_paid_then_misplaced(s: Stage) -> None:
    """The damage was paid before the damaged unit went missing: nothing is owed."""
    incident = damage(s.world, s.product, s.then(0), 1)
    pay(s.world, incident.units, s.then(5))
    row = adjust(s.world, s.product, s.then(10), "M", -1, "WAREHOUSE_DAMAGED")
    s.world.clear("lost_in_warehouse", s.product, s.then(10), reference=row.reference)


@story("own")
def damage_beside_a_loss(s: Stage) -> None:
    """One unit damaged, one lost; a Damaged_Warehouse payment pays the damage, the loss is owed."""
    lose(s.world, s.product, s.ago(46), 1)
    damaged = damage(s.world, s.product, s.ago(42), 1)
    pay(s.world, damaged.units, s.ago(36))


@story("bare")
def regraded_at_two_centres(s: Stage) -> None:
    """Q out of WAREHOUSE_DAMAGED and P to SELLABLE at different centres are no pair, so no correction."""
    damage(s.world, s.product, s.ago(36), 1)
    adjust(s.world, s.product, s.ago(33), "Q", -1, "WAREHOUSE_DAMAGED", centre="DFW7")
    adjust(s.world, s.product, s.ago(33), "P", 1, "SELLABLE", centre="LAS2")


@story("bare")
def regraded_on_two_days(s: Stage) -> None:
    """Q and P on different days are no pair either."""
    damage(s.world, s.product, s.ago(32), 1)
    adjust(s.world, s.product, s.ago(30), "Q", -1, "WAREHOUSE_DAMAGED", centre="TEB9")
    adjust(s.world, s.product, s.ago(28), "P", 1, "SELLABLE", centre="TEB9")
