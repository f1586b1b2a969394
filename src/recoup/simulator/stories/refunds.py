"""Stories of refunds that may or may not leave a unit owed."""

from __future__ import annotations

from ..money import pay
from ..returns import come_back
from ..trade import refund, refund_part, sell
from ..units import Kind
from ._stage import Stage, story

ABOUT_MONEY: tuple[Kind, Kind] = ("refund_exceeds_charge", "refund_commission_kept")


@story("order")
def refunded_and_never_returned(s: Stage) -> None:
    """A full refund, no return, no payment: the plain claim."""
    line = sell(s.world, s.product, s.ago(110))
    refund(s.world, line, s.ago(95))


@story("order")
def refund_paid_by_amazon(s: Stage) -> None:
    """Not returned, and Amazon paid for the order by itself."""
    line = sell(s.world, s.product, s.ago(112))
    incident = refund(s.world, line, s.ago(97))
    pay(s.world, incident.units, s.ago(35))


@story("order")
def refund_younger_than_sixty_days(s: Stage) -> None:
    """The customer still has time to return the unit: the claim waits for its window."""
    line = sell(s.world, s.product, s.ago(50))
    refund(s.world, line, s.ago(38))


@story("order")
def refunded_in_part(s: Stage) -> None:
    """A third of the price is no whole unit: a partial refund."""
    line = sell(s.world, s.product, s.ago(103))
    refund_part(s.world, line, s.ago(90), round(s.product.price * 0.3))


@story("order")
def multi_unit_order_refunded_for_one(s: Stage) -> None:
    """Three bought, one refunded and not returned: one is owed."""
    line = sell(s.world, s.product, s.ago(107), 3)
    refund(s.world, line, s.ago(92), line.units[:1])


@story("order")
def refund_in_two_parts_of_money(s: Stage) -> None:
    """The price of one unit comes back in two parts: whole together, latest opening, earliest deadline."""
    line = sell(s.world, s.product, s.ago(109))
    first = round(s.product.price * 0.6)
    incident = refund(
        s.world, line, s.ago(94), parts=((s.ago(94), first), (s.ago(91), s.product.price - first))
    )
    incident.last_clock = s.ago(91)


@story("order")
def refund_of_two_units_on_two_days(s: Stage) -> None:
    """Two units refunded weeks apart: opens with the later, closes with the earlier refund."""
    line = sell(s.world, s.product, s.ago(130), 2)
    refund(s.world, line, s.ago(112), line.units[:1])
    refund(s.world, line, s.ago(75), line.units[1:])


@story("order")
def one_of_two_refunds_expired(s: Stage) -> None:
    """Two units refunded far apart: the older is expired, the younger is still owed."""
    line = sell(s.world, s.product, s.ago(150), 2)
    refund(s.world, line, s.ago(135), line.units[:1])
    refund(s.world, line, s.ago(83), line.units[1:])


@story("order")
def seller_fulfilled_refund(s: Stage) -> None:
    """The seller shipped the order himself: no claim on FBA."""
    line = sell(s.world, s.product, s.ago(104), fulfilment="Seller")
    refund(s.world, line, s.ago(89), owed=False)


@story("order")
def graded_and_resold(s: Stage) -> None:
    """amzn.gr SKUs belong to Grade and Resell: out."""
    line = sell(s.world, s.product, s.ago(101), sku=f"amzn.gr.{s.product.sku}-7Hq2-VG")
    refund(s.world, line, s.ago(88), owed=False)


@story("order")
def chargeback(s: Stage) -> None:
    """The bank took the money back, not Amazon."""
    line = sell(s.world, s.product, s.ago(106))
    refund(s.world, line, s.ago(86), kind="Chargeback Refund", owed=False)


@story("order")
def a_to_z_guarantee(s: Stage) -> None:
    """An A-to-z claim is no refund of Amazon's."""
    line = sell(s.world, s.product, s.ago(105))
    refund(s.world, line, s.ago(87), kind="A-to-z Guarantee", owed=False)


@story("order")
def refund_without_its_sale(s: Stage) -> None:
    """The sale lies outside the reports: how many units were refunded is a question."""
    line = sell(s.world, s.product, s.ago(108), reported=False)
    incident = refund(s.world, line, s.ago(93))
    incident.unit_cents = None
    incident.units[0].doubt = "how many units did the refund cover?"
    for kind in ABOUT_MONEY:
        s.world.clear(kind, s.product, s.ago(93), order_id=line.order_id, question=True)


@story("order")
def deferred_refund(s: Stage) -> None:
    """A refund that is still deferred has not happened yet."""
    line = sell(s.world, s.product, s.ago(80))
    refund(s.world, line, s.ago(68), owed=False, deferred=True)


@story("order")
def refund_in_both_money_reports(s: Stage) -> None:
    """Settlement and transactions both hold the refund under one settlement id: counted once."""
    line = sell(s.world, s.product, s.ago(74), 2)
    refund(s.world, line, s.ago(72), line.units[:1])


@story("order")
def refund_paid_without_quantity(s: Stage) -> None:
    """A payment of the order with empty quantities covers all its open units."""
    line = sell(s.world, s.product, s.ago(111), 2)
    incident = refund(s.world, line, s.ago(96))
    pay(s.world, incident.units, s.ago(33), reason="CustomerServiceIssue", quantities=False)


@story("order")
def refund_paid_before_it_was_posted(s: Stage) -> None:
    """The payment of the order is older than the refund's posting: order ids match whatever the dates."""
    line = sell(s.world, s.product, s.ago(113))
    incident = refund(s.world, line, s.ago(84))
    pay(s.world, incident.units, s.ago(85))


@story("order")
def returnless_refund(s: Stage) -> None:
    """The reports cannot tell a returnless refund: it counts as Amazon's unless it is excluded."""
    line = sell(s.world, s.product, s.ago(98))
    refund(s.world, line, s.ago(82))


@story("order")
def two_products_of_one_order(s: Stage) -> None:
    """Both products of an order are refunded, one comes back: the other is owed."""
    other = s.ordered()
    first = sell(s.world, s.product, s.ago(102))
    second = sell(s.world, other, s.ago(102), order_id=first.order_id)
    refund(s.world, first, s.ago(85))
    refund(s.world, second, s.ago(85))
    come_back(s.world, second, s.ago(77))


@story("order")
def refund_one_cent_short(s: Stage) -> None:
    """A cent less than the price of a unit is rounding: still a full refund."""
    line = sell(s.world, s.product, s.ago(104), 2)
    day, cents = s.ago(90), s.product.price - 1
    refund(s.world, line, day, line.units[:1], parts=((day, cents),))


@story("order")
def refund_not_yet_settled(s: Stage) -> None:
    """A refund of this week stands in the transactions only, under a settlement still open: it waits."""
    line = sell(s.world, s.product, s.ago(19))
    refund(s.world, line, s.ago(4))
    s.world.clear("refund_commission_kept", s.product, s.ago(4), order_id=line.order_id)


@story("order")
def never_waits_into_the_last_days(s: Stage) -> None:
    """Opened three days ago, closes in ten: too close to the deadline to wait for a payment."""
    line = sell(s.world, s.product, s.ago(128), 2)
    refund(s.world, line, s.ago(110), line.units[:1])
    refund(s.world, line, s.ago(63), line.units[1:])


@story("order")
def refund_of_a_discounted_order(s: Stage) -> None:
    """Shipping and a promotion on the order change neither the units refunded nor the price they are worth."""
    line = sell(s.world, s.product, s.ago(105), 2, extras=True)
    refund(s.world, line, s.ago(91))
    for kind in ABOUT_MONEY:
        s.world.clear(kind, s.product, s.ago(91), order_id=line.order_id)
