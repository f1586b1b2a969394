"""Stories of how warehouse losses are paid: in cash, in goods, merged, unnamed, under other reasons."""

from __future__ import annotations

from ..money import pay, replace
from ..trade import refund, sell
from ..warehouse import damage, lose
from ._stage import Stage, story


@story("settled")
def paid_in_cash(s: Stage) -> None:
    """Amazon pays a loss by itself a few days later."""
    incident = lose(s.world, s.product, s.then(0), 2)
    pay(s.world, incident.units, s.then(6))


@story("own")
def paid_in_cash_in_part(s: Stage) -> None:
    """Three lost, two paid: one is owed."""
    incident = lose(s.world, s.product, s.ago(43), 3)
    pay(s.world, incident.units[:2], s.ago(38))


@story("own")
def paid_in_inventory(s: Stage) -> None:
    """Two lost, one replaced: the inventory payment and its N row are one credit, one unit is owed."""
    incident = lose(s.world, s.product, s.ago(42), 2)
    replace(s.world, incident.units[:1], s.ago(37), s.ago(35))


@story("own")
def paid_in_inventory_goods_first(s: Stage) -> None:
    """The N row comes before its inventory payment: still one credit, at the earlier date."""
    incident = lose(s.world, s.product, s.ago(41), 3)
    replace(s.world, incident.units[:2], s.ago(33), s.ago(36))


@story("settled")
def merged_payment(s: Stage) -> None:
    """One payment line of two units pays two losses of one unit each."""
    first = lose(s.world, s.product, s.then(0), 1)
    second = lose(s.world, s.product, s.then(2), 1)
    pay(s.world, first.units + second.units, s.then(7))


@story("settled")
def identical_reimbursement_lines(s: Stage) -> None:
    """Two identical lines of one reimbursement id are two payments."""
    first = lose(s.world, s.product, s.then(0), 1)
    second = lose(s.world, s.product, s.then(0), 1)
    line = pay(s.world, first.units, s.then(6))
    pay(s.world, second.units, s.then(6), reimbursement_id=line.reimbursement_id)


@story("own")
def one_id_over_two_products(s: Stage) -> None:
    """A reimbursement id that pays two products: each line pays its own, one more unit of each is owed."""
    other = s.another()
    first = lose(s.world, s.product, s.ago(47), 2)
    second = lose(s.world, other, s.ago(47), 2)
    line = pay(s.world, first.units[:1], s.ago(41))
    pay(s.world, second.units[:1], s.ago(41), reimbursement_id=line.reimbursement_id)


@story("own")
def payment_named_by_asin_only(s: Stage) -> None:
    """The payment names the product as Amazon.Found.<ASIN>: matched by ASIN, one of two units is left."""
    incident = lose(s.world, s.product, s.ago(39), 2)
    pay(s.world, incident.units[:1], s.ago(32), under_asin=True)


@story("own")
def general_adjustment(s: Stage) -> None:
    """A GeneralAdjustment for the product may have paid the oldest open unit: a question."""
    incident = lose(s.world, s.product, s.ago(44), 1)
    pay(s.world, [], s.ago(34), product=s.product, reason="GeneralAdjustment", cash=1)
    incident.units[0].doubt = "did the general adjustment pay it?"


@story("own")
def payment_under_another_reason(s: Stage) -> None:
    """A Damaged_Warehouse payment, and only a loss is open: a question, not a payment."""
    incident = lose(s.world, s.product, s.ago(43), 1)
    pay(s.world, [], s.ago(37), product=s.product, reason="Damaged_Warehouse", cash=1)
    incident.units[0].doubt = "did the payment for damage pay it?"


@story("own")
def payment_finds_its_reason(s: Stage) -> None:
    """Damage is older than the loss, yet a Lost_Warehouse payment pays the loss; the damage is owed."""
    damage(s.world, s.product, s.ago(48), 1)
    lost = lose(s.world, s.product, s.ago(40), 1)
    pay(s.world, lost.units, s.ago(35))


@story("bare")
def payment_without_identifiers(s: Stage) -> None:
    """A payment that names nothing closes nothing: the loss stays owed, Checks shows the money."""
    lose(s.world, s.product, s.ago(38), 1)
    pay(
        s.world,
        [],
        s.ago(30),
        product=s.product,
        reason="CustomerServiceIssue",
        named=False,
        quantities=False,
    )


@story("own")
def payment_spent_on_an_expired_loss(s: Stage) -> None:
    """One payment, an expired loss and a newer one: the older is spent, the newer is a question."""
    older = lose(s.world, s.product, s.ago(110), 1)
    newer = lose(s.world, s.product, s.ago(28), 1)
    pay(s.world, older.units, s.ago(19))
    newer.units[0].doubt = "which of the two losses was paid?"


@story("own")
def payment_just_before_the_loss(s: Stage) -> None:
    """An unused payment three days before the loss makes the unit a question."""
    pay(s.world, [], s.ago(30), product=s.product, reason="Lost_Warehouse", cash=1)
    incident = lose(s.world, s.product, s.ago(27), 1)
    incident.units[0].doubt = "was it paid three days before it was booked?"


@story("early")
def payment_long_before_the_loss(s: Stage) -> None:
    """A payment weeks before belongs to something older: the loss is owed."""
    pay(s.world, [], s.ago(60), product=s.product, reason="Lost_Warehouse", cash=1)
    lose(s.world, s.product, s.ago(32), 1)


@story("settled")
def paid_after_a_case(s: Stage) -> None:
    """A payment with a case id nobody recorded pays by FNSKU and reason like any other."""
    incident = lose(s.world, s.product, s.then(0), 1)
    pay(s.world, incident.units, s.then(8), case_id=s.world.number(11))


@story("order")
def order_payment_below_the_sourcing_cost(s: Stage) -> None:
    """A customer return is paid by its price, never measured against the sourcing cost."""
    line = sell(s.world, s.product, s.ago(114))
    incident = refund(s.world, line, s.ago(99))
    payment = pay(s.world, incident.units, s.ago(37), cents=101)
    s.world.clear("reimbursement_underpaid", s.product, s.ago(37), reference=payment.reimbursement_id)
