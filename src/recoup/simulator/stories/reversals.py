"""Stories of payments that Amazon takes back."""

from __future__ import annotations

from ..money import pay, reverse
from ..returns import come_back
from ..rows import PaymentLine
from ..trade import refund, sell
from ..units import Unit
from ..warehouse import find, lose
from ._stage import Stage, story


@story("settled")
def reversed_because_found(s: Stage) -> None:
    """Cash -1, inventory +1, and the ledger shows the find: fair."""
    incident = lose(s.world, s.product, s.then(0), 1)
    payment = pay(s.world, incident.units, s.then(3))
    find(s.world, s.product, s.then(8), incident.units)
    reverse(s.world, payment, s.then(10), goods_back=True)


@story("own")
def reversed_with_goods_back(s: Stage) -> None:
    """Cash -1, inventory +1 and no find in the ledger: goods came back, fair."""
    incident = lose(s.world, s.product, s.ago(48), 1)
    payment = pay(s.world, incident.units, s.ago(44))
    reverse(s.world, payment, s.ago(19), goods_back=True)


@story("settled")
def reversed_after_a_find_without_goods(s: Stage) -> None:
    """Cash -1, inventory 0, but the ledger shows the find: fair."""
    incident = lose(s.world, s.product, s.then(0), 1)
    payment = pay(s.world, incident.units, s.then(3))
    find(s.world, s.product, s.then(8), incident.units)
    reverse(s.world, payment, s.then(11))


@story("settled")
def reversed_and_found_later(s: Stage) -> None:
    """Taken back while nothing was found; the find comes after: all later credits count."""
    incident = lose(s.world, s.product, s.then(0), 1)
    payment = pay(s.world, incident.units, s.then(3))
    reverse(s.world, payment, s.then(6))
    find(s.world, s.product, s.then(11), incident.units)


@story("settled")
def reversed_and_paid_again(s: Stage) -> None:
    """A reversal followed by a new payment of the same unit leaves nothing open."""
    incident = lose(s.world, s.product, s.then(0), 1)
    payment = pay(s.world, incident.units, s.then(3))
    reverse(s.world, payment, s.then(7))
    pay(s.world, incident.units, s.then(11), reason="Lost_Warehouse")


@story("own")
def reversed_without_reason(s: Stage) -> None:
    """Cash -1, inventory 0, no find, no goods: the unit is owed again, as the reversal."""
    incident = lose(s.world, s.product, s.ago(50), 1)
    payment = pay(s.world, incident.units, s.ago(45))
    reverse(s.world, payment, s.ago(20))


@story("own")
def reversed_in_part(s: Stage) -> None:
    """Three units paid, one of them reversed without reason: one is owed."""
    incident = lose(s.world, s.product, s.ago(49), 3)
    payment = pay(s.world, incident.units, s.ago(44))
    reverse(s.world, payment, s.ago(18), incident.units[:1])


@story("own")
def reversal_of_an_old_loss(s: Stage) -> None:
    """The loss is long past its window; what counts is the day of the reversal."""
    incident = lose(s.world, s.product, s.ago(160), 1)
    payment = pay(s.world, incident.units, s.ago(152))
    reverse(s.world, payment, s.ago(22))


@story("own")
def reversal_whose_original_is_unknown(s: Stage) -> None:
    """The reversed payment is not in the reports: a question, and nothing else is reopened."""
    older = PaymentLine(
        s.world.first_day,
        s.world.number(11),
        "Lost_Warehouse",
        s.product,
        s.product.paid_on(s.ago(21)),
        1,
        0,
        [],
    )
    reverse(s.world, older, s.ago(21), [Unit(s.product)], known=False)


@story("own")
def reversal_of_one_of_two_products(s: Stage) -> None:
    """An id that paid two products is reversed for one of them: only that one is owed again."""
    other = s.another()
    first = lose(s.world, s.product, s.ago(53), 1)
    second = lose(s.world, other, s.ago(53), 1)
    line = pay(s.world, first.units, s.ago(48))
    pay(s.world, second.units, s.ago(48), reimbursement_id=line.reimbursement_id)
    reverse(s.world, line, s.ago(23))


@story("order")
def returned_late_and_reversed(s: Stage) -> None:
    """Paid as not returned, returned after all, payment taken back: fair, nothing is owed."""
    line = sell(s.world, s.product, s.ago(125))
    incident = refund(s.world, line, s.ago(108))
    payment = pay(s.world, incident.units, s.ago(46))
    come_back(s.world, line, s.ago(36))
    reverse(s.world, payment, s.ago(31), goods_back=True)


@story("order")
def return_payment_reversed_without_return(s: Stage) -> None:
    """Paid as not returned, never returned, yet taken back: owed as the reversal, not as the return."""
    line = sell(s.world, s.product, s.ago(119))
    incident = refund(s.world, line, s.ago(104))
    payment = pay(s.world, incident.units, s.ago(41))
    reverse(s.world, payment, s.ago(17))
