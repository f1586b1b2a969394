"""Stories of referral fees: commission by category, minimum and price, right and wrong."""

from __future__ import annotations

from .. import fees
from ..charging import adjust_fee, correct_fee, refer
from ..rows import MoneyLine
from ..units import Measures
from ._stage import Stage, story

SHIRT = Measures(fees.MAT.sides, fees.MAT.ounces, "Clothing and Accessories", apparel=True)


@story("own", only="US")
def commission_of_another_category(s: Stage) -> None:
    """Consumer electronics pay 8 %, charged were 15 %: the difference of two orders is owed."""
    fees.measure(s.product, fees.MAT, "Consumer Electronics")
    refer(s.world, s.product, s.ago(41), 200, 375, fees.SMALL_6_OZ, price=25_00)
    refer(s.world, s.product, s.ago(36), 400, 750, fees.SMALL_6_OZ, price=25_00, units=2)
    refer(s.world, s.product, s.ago(33), 200, 200, fees.SMALL_6_OZ, price=25_00)


@story("own", only="US")
def commission_on_shipping_and_gift_wrap(s: Stage) -> None:
    """15 % of price, shipping and gift wrap together: as it should be."""
    fees.measure(s.product, fees.MAT)
    refer(s.world, s.product, s.ago(45), 390, 390, fees.SMALL_6_OZ, price=20_00, shipping=500, wrap=100)
    refer(s.world, s.product, s.ago(44), 300, 301, fees.SMALL_6_OZ, price=20_00)


@story("own", only="US")
def commission_at_its_minimum(s: Stage) -> None:
    """8 % of 1.50 would be 0.12; the minimum is 0.30."""
    fees.measure(s.product, fees.MAT, "Consumer Electronics")
    refer(s.world, s.product, s.ago(38), 30, 30, fees.SMALL_6_OZ_BELOW_10, price=1_50)


@story("own", only="US")
def commission_of_clothes_by_price(s: Stage) -> None:
    """Clothes pay 10 % between 15 and 20 dollars and 17 % above: at 18 dollars 17 % are too much."""
    fees.measure(s.product, SHIRT)
    refer(s.world, s.product, s.ago(43), 180, 306, fees.SMALL_6_OZ_APPAREL, price=18_00)
    refer(s.world, s.product, s.ago(39), 408, 408, fees.SMALL_6_OZ_APPAREL, price=24_00)


@story("own", only="US")
def commission_in_two_parts(s: Stage) -> None:
    """Electronics accessories pay 15 % of the first 100 dollars and 8 % of the rest: 19.00 of 150.00."""
    fees.measure(s.product, fees.MAT, "Electronics Accessories")
    refer(s.world, s.product, s.ago(42), 19_00, 19_00, fees.SMALL_6_OZ_ABOVE_50, price=150_00)
    refer(s.world, s.product, s.ago(37), 19_00, 22_50, fees.SMALL_6_OZ_ABOVE_50, price=150_00)


@story("own", only="US")
def commission_given_back(s: Stage) -> None:
    """Too much commission, given back once as a correction of the order, once as an adjustment of it."""
    fees.measure(s.product, fees.MAT)
    first = refer(s.world, s.product, s.ago(47), 300, 400, fees.SMALL_6_OZ, price=20_00)
    correct_fee(s.world, first, s.ago(24), 100, first.order_id)
    second = refer(s.world, s.product, s.ago(46), 300, 400, fees.SMALL_6_OZ, price=20_00)
    adjust_fee(s.world, second, s.ago(23), MoneyLine("ItemFees", "Commission", 100), second.order_id)
