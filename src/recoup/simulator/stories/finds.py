"""Stories of finds: at other centres, under other names, before the loss."""

from __future__ import annotations

from ..warehouse import find, lose, move
from ._stage import Stage, story


@story("settled")
def found_at_another_centre(s: Stage) -> None:
    """Lost at one centre, found in parts at two others: nothing is owed."""
    incident = lose(s.world, s.product, s.then(0), 3, centre="ABE8")
    find(s.world, s.product, s.then(3), incident.units[:2], centre="ONT8")
    find(s.world, s.product, s.then(9), incident.units[2:], centre="TEB9")


@story("settled")
def found_in_another_country(s: Stage) -> None:
    """Lost at home and found in another country: finds count over all countries of the ledger."""
    incident = lose(s.world, s.product, s.then(0), 1)
    find(s.world, s.product, s.then(6), incident.units, centre=s.world.market.abroad[0])


@story("settled")
def found_the_same_day(s: Stage) -> None:
    """Lost and found on one day: a credit of the day itself counts."""
    incident = lose(s.world, s.product, s.then(0), 2)
    find(s.world, s.product, s.then(0), incident.units)


@story("settled")
def found_by_code_n(s: Stage) -> None:
    """Code N brings the unit back like F where no inventory payment stands beside it."""
    incident = lose(s.world, s.product, s.then(0), 1)
    find(s.world, s.product, s.then(7), incident.units, code="N")


@story("own")
def found_under_an_amazon_found_sku(s: Stage) -> None:
    """Found as Amazon.Found.<ASIN> with the ASIN as FNSKU: matched by ASIN, one of two units is left."""
    incident = lose(s.world, s.product, s.ago(30), 2)
    find(s.world, s.product, s.ago(21), incident.units[:1], under_asin=True)


@story("early")
def found_long_before_the_loss(s: Stage) -> None:
    """A find three weeks before a loss is no credit for it."""
    find(s.world, s.product, s.ago(48), count=1)
    lose(s.world, s.product, s.ago(27), 1)


@story("early")
def found_eight_days_before_the_loss(s: Stage) -> None:
    """A find eight days before is too far away to raise a question."""
    find(s.world, s.product, s.ago(42), count=1)
    lose(s.world, s.product, s.ago(34), 1)


@story("own")
def found_within_seven_days_before_the_loss(s: Stage) -> None:
    """An unused find seven days before the loss makes the unit a question."""
    find(s.world, s.product, s.ago(33), count=1)
    incident = lose(s.world, s.product, s.ago(26), 1)
    incident.units[0].doubt = "is it the unit found a week before?"


@story("own", needs="reconciled")
def found_before_but_called_unreconciled(s: Stage) -> None:
    """The ledger itself calls the loss unreconciled, so a find four days before raises no question."""
    find(s.world, s.product, s.ago(32), count=1)
    lose(s.world, s.product, s.ago(28), 1, reconciled=(0, 1))


@story("own")
def one_find_before_two_lost_units(s: Stage) -> None:
    """One unused find just before a loss of two: one unit is a question, so the claim waits for it."""
    find(s.world, s.product, s.ago(34), count=1)
    incident = lose(s.world, s.product, s.ago(31), 2)
    incident.units[0].doubt = "is it the unit found three days before?"


@story("settled")
def moved_between_centres(s: Stage) -> None:
    """Transfers leave one centre days before they arrive at another: no loss."""
    for day in (0, 2, 5):
        move(s.world, s.product, s.then(day), 4)
    s.world.clear("lost_in_warehouse", s.product, s.then(0))
