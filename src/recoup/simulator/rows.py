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
    country: str = ""
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
class ReplacementRow:
    """One line of Replacements."""

    day: date
    product: Product
    sku: str
    quantity: int
    centre: str
    original_centre: str
    reason: str
    order_id: str
    original_order_id: str


@dataclass(slots=True)
class SaleRow:
    """One line of Amazon Fulfilled Shipments; money in cents, of the whole line."""

    ordered: date
    shipped: date
    order_id: str
    item_code: str
    product: Product
    sku: str
    quantity: int
    principal: int
    tax: int
    shipping: int
    discount: int
    centre: str


@dataclass(slots=True)
class ShipmentRow:
    """One product of one inbound shipment, as the seller writes it down. ``received`` None is a blank cell."""

    shipment: str
    status: str
    created: date
    delivered: date
    product: Product
    shipped: int
    received: int | None
    reconciled: int = 0
    action: str = ""


@dataclass(slots=True)
class Document:
    """A paper the seller keeps."""

    kind: str
    applies_to: str
    day: date
    path: str


@dataclass(slots=True)
class RemovalRow:
    """One product of one removal order."""

    day: date
    order_id: str
    kind: str  # Return or Disposal
    status: str
    updated: date
    product: Product
    disposition: str
    requested: int
    cancelled: int = 0
    disposed: int = 0
    shipped: int = 0
    in_process: int = 0


@dataclass(slots=True)
class ParcelRow:
    """One product of one parcel of a removal order."""

    requested: date
    order_id: str
    day: date
    product: Product
    disposition: str
    quantity: int
    carrier: str
    tracking: str


@dataclass(slots=True)
class ReceiptRow:
    """What the seller counted when a removal arrived. ``tracking`` may be blank."""

    order_id: str
    tracking: str
    product: Product
    units: int
    day: date
    condition: str = "OK"


@dataclass(slots=True)
class StorageRow:
    """One product, centre and month of the storage fees; volume of a unit in thousandths of a cubic foot."""

    month: date
    product: Product
    centre: str
    volume: int
    average: int  # hundredths of a unit on hand
    rate: int  # cents per cubic foot and month
    fee: int  # cents


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
