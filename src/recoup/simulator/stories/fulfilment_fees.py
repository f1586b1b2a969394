"""Stories of fulfilment fees, right and wrong; each on a measured product that only it sells."""

from __future__ import annotations

from datetime import timedelta

from .. import fees
from ..charging import adjust_fee, correct_fee, fulfil
from ..rows import MoneyLine
from ..units import Incident
from ._stage import Stage, story

DAY = timedelta(days=1)
DAYS = (4, 8, 13, 19)  # of last month


def _overcharged(s: Stage, count: int = 2) -> Incident:
    """Last month's orders of a mat charged as if it were an inch high."""
    fees.measure(s.product, fees.MAT)
    for day in DAYS[:count]:
        incident = fulfil(
            s.world, s.product, s.month(1) + day * DAY, fees.SMALL_6_OZ, charged=fees.LARGE_8_OZ, price=24_00
        )
    return incident


@story("own", only="US")
def charged_as_a_larger_size(s: Stage) -> None:
    """Amazon believes the product is thicker than it is, four orders of a month: the difference is owed."""
    _overcharged(s, 4)


@story("own", only="US")
def charged_as_bulky(s: Stage) -> None:
    """A box of two and a half pounds charged as bulky, two units in one order."""
    fees.measure(s.product, fees.BOX)
    fulfil(
        s.world,
        s.product,
        s.month(1) + 10 * DAY,
        fees.LARGE_2_5_LB,
        charged=fees.BULKY_3_LB,
        units=2,
        price=32_00,
    )


@story("own", only="US")
def at_the_edge_of_a_size(s: Stage) -> None:
    """Small standard to the last inch and ounce, charged as that: nothing is owed."""
    fees.measure(s.product, fees.AT_THE_EDGE)
    for day in DAYS:
        fulfil(s.world, s.product, s.month(1) + day * DAY, fees.SMALL_16_OZ, price=28_00)


@story("own", only="US")
def past_the_edge_of_a_size(s: Stage) -> None:
    """A twentieth of an inch too high for small standard and charged as large: nothing is owed."""
    fees.measure(s.product, fees.PAST_THE_EDGE)
    for day in DAYS:
        fulfil(s.world, s.product, s.month(1) + day * DAY, fees.LARGE_1_25_LB, price=28_00)


@story("own", only="US")
def fees_that_change(s: Stage) -> None:
    """Orders on both sides of each new table, surcharge and peak season, each at its own fee."""
    fees.measure(s.product, fees.MAT)
    for day in fees.changes(s.world.first_day, s.world.last_day):
        for shipped in (day - DAY, day):
            fulfil(s.world, s.product, shipped, fees.SMALL_6_OZ, price=24_00)


@story("own", only="US")
def shipped_before_peak_and_charged_in_it(s: Stage) -> None:
    """Left the day before a new fee began and charged two days later: the fee of the ship date is right."""
    fees.measure(s.product, fees.MAT)
    for day in fees.changes(s.world.first_day, s.world.last_day - 3 * DAY):
        fulfil(s.world, s.product, day + DAY, fees.SMALL_6_OZ, shipped=day - DAY, price=24_00)


@story("own", only="US")
def three_units_of_one_order(s: Stage) -> None:
    """The fee of three units in one amount: three times the fee, nothing is owed."""
    fees.measure(s.product, fees.BOX)
    fulfil(s.world, s.product, s.month(1) + 12 * DAY, fees.LARGE_2_5_LB, units=3, price=32_00)


@story("own", only="US")
def a_cent_too_much(s: Stage) -> None:
    """A cent above the fee of the table: that is rounding."""
    fees.measure(s.product, fees.MAT)
    fulfil(s.world, s.product, s.month(1) + 9 * DAY, fees.SMALL_6_OZ, more=1, price=24_00)


@story("own", only="US")
def cheap_and_dear_of_one_size(s: Stage) -> None:
    """The same size at 6 and at 80 dollars has two fees: both right, nothing is owed."""
    fees.measure(s.product, fees.MAT)
    for day in DAYS[:2]:
        fulfil(s.world, s.product, s.month(1) + day * DAY, fees.SMALL_6_OZ_BELOW_10, price=6_00)
        fulfil(s.world, s.product, s.month(1) + day * DAY, fees.SMALL_6_OZ_ABOVE_50, price=80_00)


@story("own", only="US")
def a_cent_below_the_next_price_band(s: Stage) -> None:
    """At 9.99 charged the fee of ten dollars: which price Amazon takes is not known, so nothing is claimed."""
    fees.measure(s.product, fees.MAT)
    incident = fulfil(s.world, s.product, s.month(1) + 6 * DAY, fees.SMALL_6_OZ, price=9_99)
    incident.may_show = "Needs input"


@story("own", only="US")
def fee_corrected(s: Stage) -> None:
    """A Fee_Correction pays the whole difference back: nothing is owed."""
    incident = _overcharged(s)
    correct_fee(s.world, incident, s.ago(10), sum(c.owed for c in incident.charges))


@story("own", only="US")
def fee_corrected_in_part(s: Stage) -> None:
    """A Fee_Correction pays the first of two orders: the other is owed."""
    incident = _overcharged(s)
    correct_fee(s.world, incident, s.ago(11), incident.charges[0].owed)


@story("own", only="US")
def fee_adjusted_on_the_order(s: Stage) -> None:
    """The fee of the order is booked back on the account: nothing is owed."""
    incident = _overcharged(s, 1)
    line = MoneyLine("ItemFees", "FBAPerUnitFulfillmentFee", incident.charges[0].owed)
    order = s.world.sales[-1].order_id
    adjust_fee(s.world, incident, max(s.ago(11), incident.day + 2 * DAY), line, order)
