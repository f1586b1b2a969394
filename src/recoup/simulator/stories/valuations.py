"""Stories of payments that are lower than the sourcing cost, or only look so."""

from __future__ import annotations

from datetime import date

from ..money import pay, pay_again
from ..rows import PaymentLine
from ..units import Incident, Unit
from ..warehouse import adjust, damage, lose
from ._stage import Stage, story


def _with_cost(s: Stage, cents: int = 1240, by: str = "SELLER") -> None:
    s.product.approved, s.product.approved_by = cents, by
    s.product.estimate = round(cents * 0.7)


def _lost_and_paid(s: Stage, units: int, day: date, cents: int) -> tuple[PaymentLine, Incident]:
    """Units lost 9 days before they are paid at so many cents each."""
    lost = lose(s.world, s.product, date.fromordinal(day.toordinal() - 9), units)
    payment = pay(s.world, lost.units, day, cents=cents)
    return payment, lost


@story("priced")
def paid_below_the_approved_cost(s: Stage) -> None:
    """Paid at Amazon's estimate although the seller's cost was approved before: the difference is owed."""
    _with_cost(s)
    _lost_and_paid(s, 2, s.ago(25), 868)


@story("priced")
def damage_paid_below_the_approved_cost(s: Stage) -> None:
    """The same for a damaged unit."""
    _with_cost(s)
    damaged = damage(s.world, s.product, s.ago(38), 1)
    pay(s.world, damaged.units, s.ago(31), cents=1010)


@story("priced")
def paid_one_cent_below(s: Stage) -> None:
    """One cent a unit is rounding, not underpayment."""
    _with_cost(s)
    _lost_and_paid(s, 3, s.ago(26), 1239)


@story("priced")
def paid_two_cents_below(s: Stage) -> None:
    """Two cents a unit are more than rounding."""
    _with_cost(s)
    _lost_and_paid(s, 3, s.ago(27), 1238)


@story("priced")
def underpayment_made_good(s: Stage) -> None:
    """A later line that names the original id brings the rest: nothing is owed."""
    _with_cost(s)
    payment, _ = _lost_and_paid(s, 2, s.ago(40), 868)
    pay_again(s.world, s.world.incidents[-1], payment, s.ago(24), 1240 - 868)


@story("priced")
def underpayment_made_good_in_part(s: Stage) -> None:
    """A later line brings only a part of the rest: what is still short is owed."""
    _with_cost(s)
    payment, _ = _lost_and_paid(s, 1, s.ago(41), 868)
    pay_again(s.world, s.world.incidents[-1], payment, s.ago(23), 200)


@story("own")
def cost_approved_after_the_payment(s: Stage) -> None:
    """Approved costs are not retroactive: paid at the estimate of the time, nothing is owed."""
    _with_cost(s)
    s.product.approved_on = s.ago(15)
    _lost_and_paid(s, 1, s.ago(29), 868)


@story("own")
def cost_approved_on_the_day_of_payment(s: Stage) -> None:
    """Approved on the very day of the payment counts as on or before."""
    _with_cost(s)
    s.product.approved_on = s.ago(30)
    _lost_and_paid(s, 1, s.ago(30), 868)


@story("own")
def cost_in_another_currency(s: Stage) -> None:
    """A cost in another currency is never compared with the payment."""
    _with_cost(s, 1700)
    s.product.currency = "CAD" if s.world.market.code == "US" else "SEK"
    _lost_and_paid(s, 1, s.ago(28), 868)


@story("own")
def paid_below_the_own_cost(s: Stage) -> None:
    """Only the seller's own cost stands against the payment: a question; a loss is worth that cost."""
    s.product.approved, s.product.approved_by = None, ""
    s.product.own_cost, s.product.estimate = 1310, 905
    _lost_and_paid(s, 1, s.ago(32), 905)
    lose(s.world, s.product, s.ago(23), 1)


@story("own")
def worth_only_an_estimate(s: Stage) -> None:
    """No approved cost and none of the seller: a loss is worth Amazon's estimate, which no payment undercuts."""
    s.product.approved, s.product.approved_by, s.product.estimate = None, "", 777
    _lost_and_paid(s, 1, s.ago(34), 600)
    lose(s.world, s.product, s.ago(26), 1)


@story("quiet")
def inbound_loss_paid_in_full(s: Stage) -> None:
    """A payment for units lost on the way in, at the sourcing cost: nothing is owed for it."""
    payment = pay(s.world, [], s.ago(35), product=s.product, reason="Lost_Inbound", cash=3)
    s.world.clear("reimbursement_underpaid", s.product, s.ago(35), reference=payment.reimbursement_id)


@story("priced")
def unsellable_unit_paid_low(s: Stage) -> None:
    """A unit that was defective before Amazon damaged it is worth less: no underpayment."""
    _with_cost(s)
    centre = s.world.centre()
    row = adjust(s.world, s.product, s.ago(20), "K", -1, "DEFECTIVE", centre=centre, reconciled=(1, 0))
    adjust(s.world, s.product, s.ago(20), "P", 1, "WAREHOUSE_DAMAGED", centre=centre)
    payment = pay(s.world, [], s.ago(15), product=s.product, reason="Damaged_Warehouse", cash=1, cents=310)
    s.world.clear("damaged_in_warehouse", s.product, s.ago(20), reference=row.reference)
    s.world.clear(
        "reimbursement_underpaid", s.product, s.ago(15), reference=payment.reimbursement_id, question=True
    )


@story("priced")
def paid_low_for_a_loss_nobody_sees(s: Stage) -> None:
    """A low payment whose loss is not in the reports: whether the new valuation applies is a question."""
    _with_cost(s)
    unit = Unit(s.product)
    payment = pay(s.world, [], s.ago(18), product=s.product, reason="Lost_Warehouse", cash=1, cents=868)
    incident = s.world.happen(
        "reimbursement_underpaid",
        s.product,
        s.ago(18),
        [unit],
        reference=payment.reimbursement_id,
        unit_cents=1240 - 868,
    )
    unit.live(s.ago(18), "paid")
    unit.owe(incident, s.ago(18))
    unit.doubt = "when was the unit lost?"
