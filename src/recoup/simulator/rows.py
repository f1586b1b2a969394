"""The report rows that the life of units leaves behind, before they are written as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from .units import Product, Unit

Reconciled = Literal["exact", "blank", "none"] | tuple[int, int]


@dataclass(slots=True)
class LedgerRow:
    """One line of the Inventory Ledger. ``reconciled`` "exact" follows the fate of ``units``."""

    day: date
    product: Product
    event_type: str
    quantity: int
    centre: str
    disposition: str = "SELLABLE"
    reason: str = ""
    reference: str = ""
    reconciled: Reconciled = "none"
    units: list[Unit] = field(default_factory=list)
    country: str = "US"
    under_asin: bool = False  # booked as MSKU Amazon.Found.<ASIN> with the ASIN as FNSKU


@dataclass(slots=True)
class PaymentLine:
    """One line of Reimbursements; money in cents. ``quantities`` False leaves them empty."""

    day: date
    reimbursement_id: str
    reason: str
    product: Product | None
    cents: int
    cash: int
    inventory: int
    units: list[Unit]
    case_id: str = ""
    order_id: str = ""
    sku: str = ""
    original_id: str = ""
    original_reason: str = ""
    quantities: bool = True
    under_asin: bool = False
    total: int | None = None  # where it is not cents x cash


@dataclass(slots=True)
class ReturnRow:
    """One line of FBA customer returns."""

    day: date
    order_id: str
    sku: str
    product: Product
    quantity: int
    centre: str
    disposition: str
    reason: str
    status: str
    plate: str


@dataclass(slots=True)
class MoneyLine:
    """One amount of a transaction, as the settlement lists it (cents)."""

    amount_type: str
    description: str
    cents: int
    quantity: int | None = None


@dataclass(slots=True)
class Transaction:
    """One money event: an order, a refund, a fee, a reimbursement."""

    moment: datetime
    kind: str
    lines: list[MoneyLine]
    order_id: str = ""
    sku: str = ""
    title: str = ""
    quantity: int | None = None
    item_code: str = ""
    adjustment_id: str = ""
    fulfilment: str = "Amazon"
    deferred: bool = False

    @property
    def total(self) -> int:
        """The sum of its lines, in cents."""
        return sum(line.cents for line in self.lines)
