"""Stories of units that come back: early, late, in part, damaged, under other names."""

from __future__ import annotations

from dataclasses import replace as copy

from ..money import pay
from ..returns import come_back
from ..trade import refund, sell
from ._stage import Stage, story


@story("order")
def returned_in_time(s: Stage) -> None:
    """Refunded and returned: nothing is owed."""
    line = sell(s.world, s.product, s.ago(100))
    refund(s.world, line, s.ago(88))
    come_back(s.world, line, s.ago(75))


@story("order")
def returned_late(s: Stage) -> None:
    """Returned after more than sixty days, before anybody paid: nothing is owed."""
    line = sell(s.world, s.product, s.ago(118))
    refund(s.world, line, s.ago(105))
    come_back(s.world, line, s.ago(28))


@story("order")
def returned_before_the_refund_was_posted(s: Stage) -> None:
    """The unit was back before the refund was posted."""
    line = sell(s.world, s.product, s.ago(99))
    come_back(s.world, line, s.ago(86))
    refund(s.world, line, s.ago(83))


@story("order")
def multi_unit_order_partly_returned(s: Stage) -> None:
    """Three refunded, one returned: two are owed."""
    line = sell(s.world, s.product, s.ago(105), 3)
    refund(s.world, line, s.ago(91))
    come_back(s.world, line, s.ago(80), line.units[:1])


@story("order")
def returned_under_a_second_sku(s: Stage) -> None:
    """The return carries another SKU and FNSKU of the same ASIN: matched by ASIN, nothing is owed."""
    twin = copy(s.product, sku=s.product.sku + "-FBA2", fnsku="X00" + s.product.fnsku[:2:-1])
    line = sell(s.world, s.product, s.ago(97))
    refund(s.world, line, s.ago(84))
    come_back(s.world, line, s.ago(74), product=twin, sku=twin.sku)


@story("order")
def returned_under_a_renamed_sku(s: Stage) -> None:
    """The return carries another SKU of the same FNSKU: matched by FNSKU, nothing is owed."""
    line = sell(s.world, s.product, s.ago(96))
    refund(s.world, line, s.ago(83))
    come_back(s.world, line, s.ago(73), sku=s.product.sku + "-OLD")


@story("order")
def another_product_of_the_order_returned(s: Stage) -> None:
    """A came not back, but B of the same order did without a refund: is it A? A question."""
    other = s.ordered()
    line = sell(s.world, s.product, s.ago(103))
    beside = sell(s.world, other, s.ago(103), order_id=line.order_id)
    incident = refund(s.world, line, s.ago(89))
    come_back(s.world, beside, s.ago(79))
    incident.units[0].doubt = "is the other returned product the one that was refunded?"


@story("order")
def returned_spoilt_by_the_customer(s: Stage) -> None:
    """Customer-damaged and defective returns are nobody's fault at Amazon."""
    for disposition, reason in (("CUSTOMER_DAMAGED", "UNWANTED_ITEM"), ("DEFECTIVE", "DEFECTIVE")):
        line = sell(s.world, s.product, s.ago(101))
        refund(s.world, line, s.ago(87))
        come_back(s.world, line, s.ago(78), disposition=disposition, reason=reason)
        s.world.clear("return_damaged_by_amazon", s.product, s.ago(78), order_id=line.order_id)


@story("order")
def returned_damaged_by_the_carrier(s: Stage) -> None:
    """Came back damaged by the carrier, not reimbursed: owed as damaged, not as missing."""
    line = sell(s.world, s.product, s.ago(108))
    refund(s.world, line, s.ago(94))
    come_back(s.world, line, s.ago(81), disposition="CARRIER_DAMAGED", reason="DAMAGED_BY_CARRIER")


@story("order")
def returned_damaged_in_the_warehouse(s: Stage) -> None:
    """Came back before the refund was posted, graded DAMAGED at the centre: the refund's day is the clock."""
    line = sell(s.world, s.product, s.ago(107))
    come_back(s.world, line, s.ago(96), disposition="DAMAGED", reason="DAMAGED_BY_FC")
    refund(s.world, line, s.ago(92))


@story("order")
def returned_damaged_without_refund(s: Stage) -> None:
    """No refund known: the return's own day is the clock."""
    line = sell(s.world, s.product, s.ago(106))
    come_back(s.world, line, s.ago(90), disposition="CARRIER_DAMAGED", reason="UNDELIVERABLE_REFUSED")


@story("order")
def returned_damaged_and_paid(s: Stage) -> None:
    """Damaged by Amazon and paid for: nothing is owed."""
    line = sell(s.world, s.product, s.ago(109))
    refund(s.world, line, s.ago(95))
    incident = come_back(s.world, line, s.ago(84), disposition="CARRIER_DAMAGED")
    assert incident is not None
    pay(s.world, incident.units, s.ago(70))


@story("order")
def return_called_reimbursed(s: Stage) -> None:
    """The return itself says Reimbursed: nothing is owed, whatever Reimbursements shows."""
    line = sell(s.world, s.product, s.ago(104))
    refund(s.world, line, s.ago(93))
    come_back(s.world, line, s.ago(82), disposition="DAMAGED", status="Reimbursed")


@story("order")
def one_back_whole_one_back_damaged(s: Stage) -> None:
    """Three refunded: one back whole, one back damaged, one missing: two claims of one unit."""
    line = sell(s.world, s.product, s.ago(110), 3)
    refund(s.world, line, s.ago(96))
    come_back(s.world, line, s.ago(85), line.units[:1])
    come_back(s.world, line, s.ago(83), line.units[1:2], disposition="WAREHOUSE_DAMAGED")


@story("order")
def returned_late_and_payment_kept(s: Stage) -> None:
    """Paid as not returned and returned later; Amazon has not taken the money back: nothing is owed."""
    line = sell(s.world, s.product, s.ago(122))
    incident = refund(s.world, line, s.ago(106))
    pay(s.world, incident.units, s.ago(44))
    come_back(s.world, line, s.ago(32))


@story("order")
def more_returned_than_refunded(s: Stage) -> None:
    """Two come back, one was refunded: nothing is owed and nothing is asked."""
    line = sell(s.world, s.product, s.ago(95), 2)
    refund(s.world, line, s.ago(82), line.units[:1])
    come_back(s.world, line, s.ago(76))
