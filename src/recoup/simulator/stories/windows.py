"""Stories on both sides of every window."""

from __future__ import annotations

from datetime import date, timedelta

from ..charging import fulfil, refer, store
from ..concessions import refund_keeping, refund_too_much, send_again
from ..fees import CUBE, LARGE_8_OZ, MAT, SMALL_6_OZ, measure
from ..inbound import send
from ..money import pay, reverse
from ..removals import count, dispose, order_return, send_parcel
from ..returns import come_back
from ..trade import OrderLine, refund, sell
from ..warehouse import damage, lose
from ._stage import Stage, story

DAY = timedelta(days=1)


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


@story("own", only="US")
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
    """A refund whose window opens tomorrow or today waits, one of two weeks before is ready."""
    opens = s.first_clock("return_not_received")
    for day in (1, 0, -15):
        _refunded(s, opens + timedelta(days=day))


@story("order")
def refunds_around_the_deadline(s: Stage) -> None:
    """A refund on the last day of its window can be claimed, one of a day before is expired."""
    last = s.last_clock("return_not_received")
    for day in (last, last - DAY):
        _refunded(s, day)


@story("order")
def damaged_returns_around_the_deadline(s: Stage) -> None:
    """For a damaged return the refund's day decides as well."""
    last = s.last_clock("return_damaged_by_amazon")
    for day in (last, last - DAY):
        line = _refunded(s, day)
        come_back(s.world, line, day + timedelta(days=12), disposition="CARRIER_DAMAGED")


@story("order")
def damaged_return_not_open_yet(s: Stage) -> None:
    """Came back damaged three weeks ago: the window opens so many days after the refund."""
    line = sell(s.world, s.product, s.ago(55))
    refund(s.world, line, s.ago(41))
    come_back(s.world, line, s.ago(22), disposition="WAREHOUSE_DAMAGED")


@story("own")
def returns_not_put_back_around_the_deadline(s: Stage) -> None:
    """For a unit that nobody put back the refund's day decides as well."""
    s.product.traded = False
    last = s.last_clock("return_not_restocked")
    for day in (last, last - DAY):
        come_back(s.world, _refunded(s, day), day + timedelta(days=10), shelved=False)


@story("order")
def replacements_around_the_deadline(s: Stage) -> None:
    """A replacement on the last day of its window can be claimed, one of a day before is expired."""
    last = s.last_clock("replacement_not_returned")
    for day in (last, last - DAY):
        send_again(s.world, sell(s.world, s.product, day - timedelta(days=9)), day)


@story("bare")
def disposals_around_the_deadline(s: Stage) -> None:
    """Thrown away on the last day of the window or a day before it."""
    last = s.last_clock("disposed_without_request")
    for day in (last, last - DAY):
        dispose(s.world, s.product, day)


@story("inbound")
def shipments_around_the_deadline(s: Stage) -> None:
    """The window of a shipment is counted in months from its delivery."""
    last = s.last_clock("lost_inbound")
    for day in (last, last - DAY):
        send(s.world, s.product, day, 30, 29, action="Action required")


@story("removal")
def parcels_around_the_deadline(s: Stage) -> None:
    """A parcel of the last day of the window, one of a day before, and one whose window is not open yet."""
    last = s.last_clock("removal_lost")
    for day in (last, last - DAY, s.ago(9)):
        order = order_return(s.world, s.product, day - timedelta(days=6), 1)
        count(s.world, send_parcel(s.world, order, day, 1), min(day + timedelta(days=21), s.ago(2)), 0)


@story("removal")
def damaged_removals_around_the_deadline(s: Stage) -> None:
    """Arrived damaged on the last day of the window or a day before it."""
    last = s.last_clock("removal_damaged")
    for day in (last, last - DAY):
        order = order_return(s.world, s.product, day - timedelta(days=16), 1)
        count(s.world, send_parcel(s.world, order, day - timedelta(days=7), 1), day, 1, "Damaged")


@story("order")
def over_refunds_around_the_deadline(s: Stage) -> None:
    """Refunded too much on the last day of the window or a day before it."""
    last = s.last_clock("refund_exceeds_charge")
    for day in (last, last - DAY):
        line = sell(s.world, s.product, day - timedelta(days=14))
        refund_too_much(s.world, line, day, "Tax", 250)
        come_back(s.world, line, day + timedelta(days=5))


@story("order", only="US")
def kept_commissions_around_the_deadline(s: Stage) -> None:
    """Commission kept on the last day of the window or a day before it."""
    last = s.last_clock("refund_commission_kept")
    for day in (last, last - DAY):
        line = sell(s.world, s.product, day - timedelta(days=14))
        refund_keeping(s.world, line, day, commission=0)
        come_back(s.world, line, day + timedelta(days=5))


@story("own", only="US")
def fulfilment_fees_around_the_deadline(s: Stage) -> None:
    """Charged on the last day of the window or a day before it."""
    measure(s.product, MAT)
    last = s.last_clock("fulfillment_fee_overcharged")
    for day in (last, last - DAY):
        fulfil(s.world, s.product, day, SMALL_6_OZ, charged=LARGE_8_OZ, price=24_00)


@story("own", only="US")
def referral_fees_around_the_deadline(s: Stage) -> None:
    """Commission charged on the last day of the window or a day before it."""
    measure(s.product, MAT)
    last = s.last_clock("referral_fee_overcharged")
    for day in (last, last - DAY):
        refer(s.world, s.product, day, 300, 340, SMALL_6_OZ, price=20_00)


@story("own", only="US")
def storage_of_half_a_year_ago(s: Stage) -> None:
    """Storage of a month whose window is long over: expired."""
    measure(s.product, CUBE)
    store(s.world, s.product, s.month(6), 500, due=250)


def _refunded(s: Stage, day: date) -> OrderLine:
    line = sell(s.world, s.product, day - timedelta(days=14))
    refund(s.world, line, day)
    return line
