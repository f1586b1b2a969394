"""What a seller has: products, single units with their lives, and the incidents that units are owed under."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal[
    "lost_in_warehouse",
    "damaged_in_warehouse",
    "return_not_received",
    "return_damaged_by_amazon",
    "reimbursement_underpaid",
    "reimbursement_reversed",
    "disposed_without_request",
    "lost_inbound",
    "return_not_restocked",
    "replacement_not_returned",
    "refund_exceeds_charge",
    "refund_commission_kept",
    "removal_lost",
    "removal_damaged",
    "fulfillment_fee_overcharged",
    "referral_fee_overcharged",
    "storage_fee_overcharged",
]


@dataclass(frozen=True, slots=True)
class Measures:
    """What the seller measured of one packed unit: sides in inches, weight in ounces."""

    sides: tuple[float, float, float]
    ounces: float
    category: str = ""
    apparel: bool = False


@dataclass(slots=True, eq=False)
class Product:
    """One listing of the seller; money in cents. ``approved`` and ``estimate`` are Amazon's sourcing costs.

    ``traded`` False: nobody buys it but in stories. ``measures`` stand in the seller's record where known.
    """

    sku: str
    fnsku: str
    asin: str
    title: str
    price: int
    commission: int
    fulfilment_fee: int
    approved: int | None
    approved_by: str
    approved_on: date
    estimate: int | None
    own_cost: int | None = None
    currency: str = "USD"
    cap: int = 5_000_00
    traded: bool = True
    measures: Measures | None = None

    @property
    def proceeds(self) -> int:
        """What a sold unit leaves after commission and fulfilment fee."""
        return self.price - self.commission - self.fulfilment_fee

    @property
    def value(self) -> int | None:
        """What a unit lost before any order is worth today: approved, else own, else estimated cost."""
        for cost in (self.approved, self.own_cost, self.estimate):
            if cost is not None:
                return min(cost, self.cap)
        return None

    def paid_on(self, day: date) -> int:
        """What Amazon pays for a unit on that day: the cost approved by then, else its estimate."""
        if self.approved is not None and self.approved_on <= day:
            return min(self.approved, self.cap)
        return min(self.estimate or self.approved or 500, self.cap)


@dataclass(slots=True, eq=False)
class Unit:
    """One physical unit. Amazon owes it under at most one incident at a time; ``fate`` says how that ended."""

    product: Product
    life: list[tuple[date, str]] = field(default_factory=list)
    owed_under: Incident | None = None
    clock: date | None = None  # the day from which the windows of what is owed run
    fate: str = ""  # "" while owed or never in trouble; else found, paid, corrected, returned, explained ...
    doubt: str = ""  # the question a person would have to settle

    def live(self, day: date, what: str) -> None:
        """Something happened to the unit."""
        self.life.append((day, what))

    def settle(self, day: date, how: str) -> None:
        """The unit is no longer owed: it was found, paid for, came back ..."""
        self.live(day, how)
        self.owed_under = None
        self.fate = how

    def owe(self, incident: Incident, clock: date) -> None:
        """From now on the unit is owed under this incident."""
        self.owed_under = incident
        self.clock = clock
        self.fate = ""

    def went_through(self, *whats: str) -> bool:
        """Whether any of these ever happened to the unit."""
        return any(what in whats for _, what in self.life)


@dataclass(slots=True, eq=False)
class Charge:
    """Money Amazon took (or gave a customer) on one day, and what it should have been; cents.

    ``back`` is what it has given back since. ``doubt`` is the question a person would have to settle;
    ``known`` False: the reports do not say how much is owed.
    """

    day: date
    taken: int
    due: int
    units: int | None = None
    back: int = 0
    doubt: str = ""
    known: bool = True

    @property
    def owed(self) -> int:
        """What of it Amazon still owes."""
        return max(self.taken - self.due - self.back, 0)


@dataclass(slots=True, eq=False)
class Incident:
    """Something that happened to units, or to money, on one key: a claim if any is still owed, else innocent."""

    kind: Kind
    product: Product
    day: date
    story: str
    units: list[Unit]
    sku: str
    reference: str = ""
    order_id: str = ""
    return_date: date | None = None
    unit_cents: int | None = None
    happened_on: date | None = None  # the physical day, where Amazon posted it later
    last_clock: date | None = None  # where a further clock opens the window later (a refund in parts)
    deferred: bool = False  # a refund whose money is still held back
    shipment: str = ""
    removal: str = ""
    country: str = ""  # where a ledger row was booked
    charges: list[Charge] = field(default_factory=list)
    missing: str = ""  # the record or document without which nobody can file it
    may_show: Literal["", "Waiting", "Needs input"] = ""  # how it may be shown although nothing is owed

    @property
    def open_units(self) -> list[Unit]:
        """The units Amazon still owes under this incident."""
        return [unit for unit in self.units if unit.owed_under is self]

    @property
    def open_charges(self) -> list[Charge]:
        """The charges of which Amazon still owes a part."""
        return [charge for charge in self.charges if charge.owed]


@dataclass(frozen=True, slots=True)
class Innocent:
    """A discrepancy that must not be claimed: its key and the story it belongs to.

    ``may_show`` is the one status with which it may still be shown: a deferred refund as Waiting, a disposal
    that nothing explains as a question.
    """

    story: str
    kind: Kind
    fnsku: str
    sku: str
    order_id: str
    reference_id: str
    event_date: date
    shipment_id: str = ""
    removal_order_id: str = ""
    may_show: Literal["", "Waiting", "Needs input"] = ""
