"""What Amazon pays for units, and what it takes away again."""

from __future__ import annotations

from datetime import date

from .rows import LedgerRow, MoneyLine, PaymentLine, Reconciled
from .units import Incident, Product, Unit
from .world import World

REASON_OF = {
    "lost_in_warehouse": "Lost_Warehouse",
    "damaged_in_warehouse": "Damaged_Warehouse",
    "return_not_received": "CustomerReturn",
    "return_damaged_by_amazon": "CustomerReturn",
    "reimbursement_underpaid": "Lost_Warehouse",
    "reimbursement_reversed": "Lost_Warehouse",
    "disposed_without_request": "Damaged_Warehouse",
    "lost_inbound": "Lost_Inbound",
    "return_not_restocked": "CustomerReturn",
    "replacement_not_returned": "CustomerReturn",
    "removal_lost": "CustomerServiceIssue",
    "removal_damaged": "CustomerServiceIssue",
}
SETTLED_AS = {
    "Lost_Warehouse": "WAREHOUSE_LOST",
    "Damaged_Warehouse": "WAREHOUSE_DAMAGE",
    "CustomerReturn": "FREE_REPLACEMENT_REFUND_ITEMS",
    "CustomerServiceIssue": "CS_ERROR_ITEMS",
    "Reimbursement_Reversal": "REVERSAL_REIMBURSEMENT",
    "GeneralAdjustment": "MISSING_FROM_INVENTORY",
    "Lost_Inbound": "MISSING_FROM_INBOUND",
    "Fee_Correction": "INCORRECT_FEES_ITEMS",
}
GOODS_BACK = ("found", "returned", "goods back")


def pay(
    world: World,
    units: list[Unit],
    day: date,
    *,
    product: Product | None = None,
    reason: str = "",
    cents: int | None = None,
    order_id: str = "",
    sku: str = "",
    cash: int | None = None,
    reimbursement_id: str = "",
    case_id: str = "",
    quantities: bool = True,
    under_asin: bool = False,
    named: bool = True,
) -> PaymentLine:
    """Amazon pays cash for units. Without ``units`` the payment answers for nothing the reports show.

    Paid less per unit than the cost approved by that day, the units are owed as underpaid.
    ``quantities`` False leaves the quantities empty; ``named`` False leaves every identifier empty.
    """
    incident = units[0].owed_under if units else None
    product = product or units[0].product
    reason = reason or REASON_OF[incident.kind if incident else "lost_in_warehouse"]
    if cents is None:
        cents = _usual_price(product, day, incident.order_id if incident else order_id)
    if incident is not None and (incident.order_id or incident.removal) and named:
        order_id, sku = order_id or incident.order_id or incident.removal, sku or incident.sku
    line = PaymentLine(
        day,
        reimbursement_id or world.number(11),
        reason,
        product if named else None,
        cents,
        len(units) if cash is None else cash,
        0,
        units,
        case_id,
        order_id,
        sku,
        quantities=quantities,
        under_asin=under_asin,
    )
    _book(world, line)
    for unit in units:
        unit.settle(day, "paid")
    if incident is not None and not order_id:
        _short(world, line, incident)
    return line


def _usual_price(product: Product, day: date, order_id: str) -> int:
    """Cents Amazon pays per unit: what a sale leaves after an order, the sourcing cost before one."""
    return product.proceeds if order_id else product.paid_on(day)


def _short(world: World, line: PaymentLine, loss: Incident) -> None:
    """Owe the difference when a warehouse payment is more than a cent below the cost approved by then."""
    product = loss.product
    cost, doubt = product.approved, ""
    if cost is None and product.own_cost is not None:
        cost, doubt = product.own_cost, "is the own cost the approved one?"
    if cost is None or product.approved_on > line.day or product.currency != world.market.currency:
        return
    gap = min(cost, product.cap) - line.cents
    if gap <= 0:
        return
    if gap <= 1:
        world.clear("reimbursement_underpaid", product, line.day, reference=line.reimbursement_id)
        return
    incident = world.happen(
        "reimbursement_underpaid",
        product,
        line.day,
        list(line.units),
        reference=line.reimbursement_id,
        unit_cents=gap,
    )
    for unit in line.units:
        unit.owe(incident, line.day)
        unit.fate, unit.doubt = "paid", doubt


def pay_again(world: World, incident: Incident, original: PaymentLine, day: date, cents: int) -> PaymentLine:
    """Amazon re-evaluates a payment and adds money per unit; what is then still short stays owed."""
    line = PaymentLine(
        day,
        world.number(11),
        original.reason,
        original.product,
        cents,
        0,
        0,
        [],
        original_id=original.reimbursement_id,
        original_reason=original.reason,
        total=cents * original.cash,
    )
    _book(world, line)
    assert incident.unit_cents is not None
    incident.unit_cents -= cents
    if incident.unit_cents <= 1:
        for unit in incident.open_units:
            unit.settle(day, "paid")
    return line


def replace(
    world: World, units: list[Unit], day: date, goods_on: date, *, reconciled: Reconciled = "blank"
) -> PaymentLine:
    """Amazon pays with units of the same product: one line without money, one ledger row ``N``."""
    assert units[0].owed_under is not None
    product, reason = units[0].product, REASON_OF[units[0].owed_under.kind]
    line = PaymentLine(day, world.number(11), reason, product, 0, 0, len(units), units)
    _book(world, line)
    world.note(
        LedgerRow(
            goods_on,
            product,
            "Adjustments",
            len(units),
            world.centre(),
            "SELLABLE",
            "N",
            world.reference(),
            reconciled,
            units,
        )
    )
    for unit in units:
        unit.settle(day, "paid")
    return line


def reverse(
    world: World,
    payment: PaymentLine,
    day: date,
    units: list[Unit] | None = None,
    *,
    goods_back: bool = False,
    known: bool = True,
) -> Incident:
    """Amazon takes a payment back. Fair for units whose goods came back; the others are owed again.

    ``known`` False: the reports do not hold the payment, so whether it is fair is a question.
    """
    taken = payment.units if units is None else units
    product = payment.product
    assert product is not None
    line = PaymentLine(
        day,
        world.number(11),
        "Reimbursement_Reversal",
        product,
        -payment.cents,
        -len(taken),
        len(taken) if goods_back else 0,
        taken,
        order_id=payment.order_id,
        sku=payment.sku,
        original_id=payment.reimbursement_id,
        original_reason=payment.reason,
        total=-payment.cents * len(taken),
    )
    _book(world, line)
    incident = world.happen(
        "reimbursement_reversed",
        product,
        day,
        list(taken),
        reference=line.reimbursement_id,
        order_id=payment.order_id,
        sku=payment.sku or product.sku,
        unit_cents=payment.cents,
    )
    for unit in taken:
        if goods_back:
            unit.live(day, "goods back")
        _take_back(unit, incident, known)
    return incident


def _take_back(unit: Unit, incident: Incident, known: bool) -> None:
    if unit.went_through(*GOODS_BACK):
        unit.settle(incident.day, "reversed fairly")
        return
    unit.live(incident.day, "payment reversed")
    unit.owe(incident, incident.day)
    unit.doubt = "" if known else "what did the payment pay that was reversed?"


def _book(world: World, line: PaymentLine) -> None:
    """Put a line into Reimbursements and its money on the account."""
    world.payments.append(line)
    total = line.total if line.total is not None else line.cents * (line.cash or 1)
    if total:
        description = SETTLED_AS.get(line.reason, "WAREHOUSE_LOST_MANUAL")
        world.charge(
            line.day,
            "other-transaction",
            [MoneyLine("FBA Inventory Reimbursement", description, total)],
            order_id=line.order_id,
            sku=line.sku or (line.product.sku if line.product else ""),
            title=line.reason,
            quantity=abs(line.cash) or None,
        )
