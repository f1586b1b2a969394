"""Stories on both sides of every window."""

from __future__ import annotations

from ..money import pay, reverse
from ..trade import come_back, refund, sell
from ..warehouse import damage, lose
from ._stage import Stage, story


@story("bare")
def lost_sixty_days_ago(s: Stage) -> None:
    """The last day of the window is still inside."""
    lose(s.world, s.product, s.ago(60), 1)


@story("bare")
def lost_sixty_one_days_ago(s: Stage) -> None:
    """One day past the window: expired."""
    lose(s.world, s.product, s.ago(61), 1)


@story("bare")
def lost_nine_months_ago(s: Stage) -> None:
    """Never paid and long expired; nothing of today answers for it."""
    lose(s.world, s.product, s.ago(270), 1)


@story("bare")
def lost_five_days_ago(s: Stage) -> None:
    """Amazon usually still pays by itself: the claim waits."""
    lose(s.world, s.product, s.ago(5), 1)


@story("bare")
def damaged_on_both_sides_of_the_window(s: Stage) -> None:
    """Damage of day 60 can be claimed, damage of day 61 cannot."""
    damage(s.world, s.product, s.ago(61), 1)
    damage(s.world, s.product, s.ago(60), 1)


@story("own")
def underpaid_on_both_sides_of_the_window(s: Stage) -> None:
    """Underpaid on day 60 can be claimed, on day 61 not."""
    s.product.approved, s.product.approved_by, s.product.estimate = 1480, "SELLER", 990
    for paid_on in (61, 60):
        lost = lose(s.world, s.product, s.ago(paid_on + 7), 1)
        pay(s.world, lost.units, s.ago(paid_on), cents=990)


@story("own")
def reversed_on_both_sides_of_the_window(s: Stage) -> None:
    """Reversed on day 60 can be claimed, on day 61 not."""
    for reversed_on in (61, 60):
        lost = lose(s.world, s.product, s.ago(reversed_on + 40), 1)
        payment = pay(s.world, lost.units, s.ago(reversed_on + 34))
        reverse(s.world, payment, s.ago(reversed_on))


@story("order")
def refunds_around_the_opening(s: Stage) -> None:
    """Refunds of day 59 and 60 wait, one of day 75 is ready."""
    for day in (59, 60, 75):
        refund(s.world, sell(s.world, s.product, s.ago(day + 14)), s.ago(day))


@story("order")
def refunds_around_the_deadline(s: Stage) -> None:
    """A refund of day 120 is in its last hour, one of day 121 is expired."""
    for day in (120, 121):
        refund(s.world, sell(s.world, s.product, s.ago(day + 14)), s.ago(day))


@story("order")
def damaged_returns_around_the_deadline(s: Stage) -> None:
    """For a damaged return the refund's day decides as well: day 120 ready, day 121 expired."""
    for day in (120, 121):
        line = sell(s.world, s.product, s.ago(day + 15))
        refund(s.world, line, s.ago(day))
        come_back(s.world, line, s.ago(day - 12), disposition="CARRIER_DAMAGED")


@story("order")
def damaged_return_not_open_yet(s: Stage) -> None:
    """Came back damaged three weeks ago: the window opens sixty days after the refund."""
    line = sell(s.world, s.product, s.ago(55))
    refund(s.world, line, s.ago(41))
    come_back(s.world, line, s.ago(22), disposition="WAREHOUSE_DAMAGED")
