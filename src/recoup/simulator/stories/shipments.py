"""Stories of shipments to Amazon that arrive short, or only seem to."""

from __future__ import annotations

from ..inbound import send
from ..money import pay
from ._stage import Stage, story


@story("inbound")
def short_on_arrival(s: Stage) -> None:
    """Forty sent, thirty-seven received, closed, papers at hand: three are owed."""
    send(s.world, s.product, s.ago(80), 40, 37, action="Action required")


@story("inbound")
def several_short_products(s: Stage) -> None:
    """Two products of one shipment arrive short: two claims of one filing."""
    first = send(s.world, s.product, s.ago(71), 24, 22, action="Action required")
    send(s.world, s.beside(), s.ago(71), 18, 17, shipment=first.shipment)


@story("inbound")
def arrived_whole(s: Stage) -> None:
    """All arrived: nothing is owed."""
    send(s.world, s.product, s.ago(66), 36, 36)


@story("inbound")
def still_receiving(s: Stage) -> None:
    """The shipment is not closed: the rest may still be counted."""
    send(s.world, s.product, s.ago(9), 30, 21, status="Receiving")


@story("inbound")
def cancelled_shipment(s: Stage) -> None:
    """Cancelled before it left: nothing was ever sent."""
    send(s.world, s.product, s.ago(50), 20, 0, status="Cancelled", papers=())


@story("inbound")
def conceded_by_the_seller(s: Stage) -> None:
    """The seller answered that the units were not sent, or Amazon holds that fewer were: no claim."""
    for days, action in ((90, "Units not shipped"), (85, "Acknowledged fewer")):
        send(s.world, s.product, s.ago(days), 25, 23, action=action)


@story("inbound")
def investigated_or_filed_before(s: Stage) -> None:
    """Amazon has counted again, or a case was submitted by hand: no second claim."""
    send(s.world, s.product, s.ago(95), 25, 24, action="Investigation completed")
    filed = send(s.world, s.product, s.ago(60), 25, 24, action="Case submitted")
    filed.may_show = "Needs input"  # until that case is recorded


@story("inbound")
def explained_on_the_shipment(s: Stage) -> None:
    """Three missing and three reconciled by Amazon on the shipment: nothing is owed."""
    send(s.world, s.product, s.ago(77), 30, 27, reconciled=3, action="Action required")


@story("inbound")
def explained_in_part(s: Stage) -> None:
    """Five missing, three reconciled: two are owed."""
    send(s.world, s.product, s.ago(83), 50, 45, reconciled=3, action="Action required")


@story("inbound")
def received_left_blank(s: Stage) -> None:
    """The record leaves the received units blank: the ledger's receipts of the shipment stand in for them."""
    send(s.world, s.product, s.ago(69), 26, 24, written=None, action="Action required")


@story("inbound")
def record_against_ledger(s: Stage) -> None:
    """The record says two are missing, the ledger shows all of them received: nothing is owed, ask."""
    incident = send(s.world, s.product, s.ago(73), 22, 22, written=20, action="Action required")
    incident.may_show = "Needs input"


@story("inbound")
def received_as_another_product(s: Stage) -> None:
    """Two of one product missing, two of another too many: are they the same units? A question."""
    short = send(s.world, s.product, s.ago(88), 20, 18, action="Action required")
    send(s.world, s.another(), s.ago(88), 20, 22, shipment=short.shipment)
    for unit in short.units:
        unit.doubt = "were they counted as the other product of the shipment?"


@story("inbound")
def partly_received_as_another_product(s: Stage) -> None:
    """Three missing, one of another product too many: one of the three is a question."""
    short = send(s.world, s.product, s.ago(92), 20, 17, action="Action required")
    send(s.world, s.another(), s.ago(92), 15, 16, shipment=short.shipment)
    short.units[0].doubt = "was it counted as the other product of the shipment?"


@story("own")
def received_with_another_shipment(s: Stage) -> None:
    """One missing of this shipment, one too many in the next of the same product: is it that one? A question."""
    short = send(s.world, s.product, s.ago(78), 16, 15, action="Action required")
    send(s.world, s.product, s.ago(70), 14, 15)
    short.units[0].doubt = "was it counted with the other shipment?"


@story("inbound")
def invoice_missing(s: Stage) -> None:
    """Without an invoice the shipment cannot be filed: a question until it is found."""
    send(s.world, s.product, s.ago(64), 32, 30, action="Action required", papers=("proof of delivery",))


@story("own")
def inbound_loss_paid(s: Stage) -> None:
    """Amazon paid the missing units by itself: nothing is owed."""
    incident = send(s.world, s.product, s.ago(62), 28, 26)
    pay(s.world, incident.units, s.ago(35))


@story("own")
def inbound_loss_paid_in_part(s: Stage) -> None:
    """Four missing, three paid, one of them as damaged on the way: one is owed."""
    incident = send(s.world, s.product, s.ago(68), 30, 26, action="Action required")
    pay(s.world, incident.units[:2], s.ago(40))
    pay(s.world, incident.units[2:3], s.ago(38), reason="Damaged_Inbound")
