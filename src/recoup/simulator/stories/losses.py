"""Stories of units lost in a warehouse, and of what the ledger itself says about them."""

from __future__ import annotations

from datetime import timedelta

from ..money import pay
from ..warehouse import explain, find, lose
from ._stage import Stage, story


@story("bare")
def lost_and_never_seen_again(s: Stage) -> None:
    """Three units misplaced, nothing found, nothing paid: the plain claim."""
    lose(s.world, s.product, s.ago(33), 3, reconciled="exact")


@story("bare")
def lost_with_code_5(s: Stage) -> None:
    """Code 5 is a loss like M."""
    lose(s.world, s.product, s.ago(31), 2, code="5")


@story("bare", needs="reconciled")
def partly_reconciled(s: Stage) -> None:
    """Amazon's own example: 16 misplaced, 5 reconciled elsewhere, 11 are owed."""
    incident = lose(s.world, s.product, s.ago(28), 16, reconciled="exact")
    explain(incident.units[:5], s.ago(24))


@story("bare", needs="reconciled")
def reconciled_with_another_sku(s: Stage) -> None:
    """Wholly reconciled by an event of another SKU that no report shows."""
    incident = lose(s.world, s.product, s.ago(40), 2, reconciled="exact")
    explain(incident.units, s.ago(34))


@story("own", needs="reconciled")
def reconciled_units_are_explained_first(s: Stage) -> None:
    """A lost 2 (unreconciled), later B lost 2 (reconciled); a find of 2 explains B and A stays open."""
    lose(s.world, s.product, s.ago(40), 2, reconciled=(0, 2))
    later = lose(s.world, s.product, s.ago(37), 2, reconciled=(2, 0))
    find(s.world, s.product, s.ago(35), later.units)


@story("own", needs="reconciled")
def reconciled_units_explained_by_a_payment(s: Stage) -> None:
    """As with the find: a payment explains the reconciled later loss, the earlier one stays open."""
    lose(s.world, s.product, s.ago(44), 1, reconciled=(0, 1))
    later = lose(s.world, s.product, s.ago(39), 1, reconciled=(1, 0))
    pay(s.world, later.units, s.ago(34))


@story("bare")
def identical_ledger_rows(s: Stage) -> None:
    """Two identical lines of one loss are both real: one claim of two units."""
    lose(s.world, s.product, s.ago(26), 2, rows=2)


@story("bare")
def two_losses_on_one_day(s: Stage) -> None:
    """Two losses of one product on one day keep their own reference ids: two claims."""
    lose(s.world, s.product, s.ago(24), 1)
    lose(s.world, s.product, s.ago(24), 2)


@story("bare")
def researching_unit(s: Stage) -> None:
    """Gone for weeks while Amazon researched: the day of the ledger row counts, not the day it vanished."""
    lose(s.world, s.product, s.ago(20), 1, lost_on=s.ago(75))


@story("bare")
def loss_dated_after_as_of(s: Stage) -> None:
    """A loss dated after the day of the run is too early to be claimed."""
    lose(s.world, s.product, s.ago(-2), 1)


@story("own")
def lost_twice_paid_once(s: Stage) -> None:
    """Without reconciled quantities the payment closes the older loss; the newer one is owed."""
    older = lose(s.world, s.product, s.ago(45), 1)
    lose(s.world, s.product, s.ago(27), 1)
    pay(s.world, older.units, s.ago(22))


@story("own")
def lost_before_and_after_a_find(s: Stage) -> None:
    """A find serves only the loss before it; the loss long after stays open."""
    older = lose(s.world, s.product, s.ago(50), 1)
    find(s.world, s.product, s.ago(46), older.units)
    lose(s.world, s.product, s.ago(20), 1)


@story("own")
def cost_nobody_knows(s: Stage) -> None:
    """No cost on file anywhere: the claim stands, its value is unknown and never invented."""
    s.product.approved = s.product.estimate = None
    s.product.approved_by = ""
    lose(s.world, s.product, s.ago(36), 1)


@story("own")
def costs_more_than_the_cap(s: Stage) -> None:
    """A unit that costs more than Amazon's cap is worth the cap; a payment at the cap is not too little."""
    s.product.price, s.product.commission = 9_999_00, 1_499_85
    s.product.approved, s.product.approved_by = s.product.cap + 1_200_00, "SELLER"
    s.product.estimate = s.product.cap + 500_00
    paid = lose(s.world, s.product, s.ago(47), 1)
    pay(s.world, paid.units, s.ago(47) + timedelta(days=5))
    lose(s.world, s.product, s.ago(25), 1)
