"""What detectors report: units that went missing, and what brought them back or paid for them.

An event says only what one report row says. Nothing is netted here: `netting.allocate` settles all events
of all kinds together, so that each unit and each payment is used once (RULES 2). Products, losses and
credits are named tuples: there are tens of thousands of them, and a frozen dataclass takes five times as long to make.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .model import Evidence, Problem, Role, SourceRow

Pool = Literal["ledger", "inbound", "order", "removal"]


class Product(NamedTuple):
    """The identifiers a row carries. Blank where the report has none."""

    sku: str = ""
    fnsku: str = ""
    asin: str = ""
    title: str = ""

    def matches(self, other: Product) -> bool:
        """True for the same SKU, FNSKU or ASIN; a blank never matches."""
        return self.distance(other) is not None

    def distance(self, other: Product) -> int | None:
        """0 for the same SKU, 1 for the same FNSKU, 2 for the same ASIN, None for another product."""
        pairs = ((self.sku, other.sku), (self.fnsku, other.fnsku), (self.asin, other.asin))
        return next((n for n, (mine, its) in enumerate(pairs) if mine and mine == its), None)

    @property
    def blank(self) -> bool:
        """True when the row names no product at all."""
        return not (self.sku or self.fnsku or self.asin)


NO_PRODUCT = Product()


class Loss(NamedTuple):
    """Units that went missing in one row.

    ``date`` orders it in the allocation, ``clocks`` start its claim window (RULES 4), ``reconciled`` is how
    many of its units Amazon's own report already calls settled; ``ruled`` says that the report does tell
    reconciled from unreconciled units. ``deadline`` is the last day to claim it, None when unknown. ``role`` is
    that of its evidence row, ``parcel`` a tracking number. Units lost from ``stock`` "damaged" are those of an
    earlier damage, see `damaged_stock`.
    """

    kind: str
    key: tuple[str, ...]
    pool: Pool
    date: dt.date
    units: int
    product: Product
    row: SourceRow
    shows: str
    clocks: tuple[dt.date, ...]
    marketplace: str
    reconciled: int = 0
    ruled: bool = False
    order_id: str = ""
    reference_id: str = ""
    code: str = ""
    question: str = ""
    deadline: dt.date | None = None
    amount: float | None = None
    currency: str = ""
    since: dt.date | None = None  # the first day on which a credit may stand, when before ``date``
    excluded: str = ""  # why policy makes no claim of it; payments may still turn out to be for it
    role: Role = "loss"
    shipment_id: str = ""
    removal_order_id: str = ""
    parcel: str = ""
    stock: Literal["sellable", "damaged"] = "sellable"
    evidence: tuple[Evidence, ...] = ()  # further rows that tell of the loss; they count no units

    @property
    def ids(self) -> frozenset[str]:
        """Amazon's ids that a credit may name to be spent on it, whatever the dates."""
        named = (self.order_id, self.removal_order_id, self.shipment_id, self.parcel)
        return frozenset(n for n in named if n)


class Credit(NamedTuple):
    """Something that refutes or pays units: a find, a return, a receipt, a correction or a reimbursement.

    ``kinds`` are the losses it serves by its own meaning. ``units`` None is a payment without a quantity,
    which covers all open units of its order. ``own_order`` marks a payment that belongs to its order alone,
    ``in_kind`` one made in goods, ``by_asin`` a row to be matched by ASIN; ``also`` are rows of the same
    credit, ``code`` is the ledger's reason code, ``until`` the later date of goods paired with their payment.
    ``belongs_to`` is the original order where the row names its replacement, ``parcel`` a tracking number.
    """

    role: Literal["found", "return", "receipt", "removal order", "correction", "reimbursement"]
    date: dt.date
    units: int | None
    product: Product
    row: SourceRow
    shows: str
    kinds: frozenset[str]
    by_asin: bool = False
    order_id: str = ""
    case_id: str = ""
    reference_id: str = ""
    own_order: bool = False
    amount: float | None = None
    currency: str = ""
    in_kind: bool = False
    code: str = ""
    until: dt.date | None = None
    also: tuple[SourceRow, ...] = ()
    belongs_to: str = ""
    parcel: str = ""
    stock: Literal["sellable", "damaged"] = "sellable"

    @property
    def id(self) -> str:
        """The order, removal or shipment it is spent on: the original order where it names a replacement."""
        return self.belongs_to or self.order_id

    @property
    def named(self) -> str:
        """What it shows, with Amazon's id and the day by which it is found again."""
        return f"{self.shows}, {self.reference_id or '-'} of {self.date}"


@dataclass(frozen=True, slots=True)
class Reversal:
    """A reimbursement taken back: ``units`` of cash withdrawn, ``returned`` of them given back as goods."""

    date: dt.date
    reimbursement_id: str
    original_id: str
    product: Product
    units: int
    returned: int
    amount: float
    currency: str
    row: SourceRow
    shows: str
    order_id: str = ""
    linkable: bool = True  # the export has the original-* columns and this row fills them


class Aside(NamedTuple):
    """Units looked at and set aside before any netting, with the reason a person will read."""

    kind: str
    key: tuple[str, ...]
    reason: Literal["excluded by policy", "too early", "found", "paid"]
    date: dt.date
    units: int | None
    product: Product
    row: SourceRow
    why: str
    marketplace: str
    order_id: str = ""
    reference_id: str = ""
    shipment_id: str = ""
    removal_order_id: str = ""


@dataclass(frozen=True, slots=True)
class Overcharge:
    """Money of one line or one day of charges that Amazon took beyond what was due; see `charges`.

    ``amount`` > 0, in ``currency``, is the sum of the amounts in ``evidence``: what Amazon took counts up, what
    was due or given back counts down, a row that only informs has no amount. ``units`` are those of the line
    concerned, None where there is none. Several with one (kind, key) make one claim.
    """

    kind: str
    key: tuple[str, ...]
    date: dt.date
    clocks: tuple[dt.date, ...]
    product: Product
    marketplace: str
    amount: float
    currency: str
    basis: str
    units: int | None
    story: str
    evidence: tuple[Evidence, ...]
    order_id: str = ""
    reference_id: str = ""
    since: dt.date | None = None
    question: str = ""
    low: float | None = None
    high: float | None = None
    orders: frozenset[str] = frozenset()  # where the charges of several orders are one lot


@dataclass(frozen=True, slots=True)
class MoneyCredit:
    """Money given back for something overcharged: a fee correction, an adjustment line of the order.

    ``amount`` > 0. With an ``order_id`` it belongs to that order alone, else to its product. ``case_id`` is
    Amazon's; ``own_case`` money belongs to the claims of that case alone.
    """

    date: dt.date
    amount: float
    currency: str
    kinds: frozenset[str]
    row: SourceRow
    shows: str
    order_id: str = ""
    product: Product = NO_PRODUCT
    reference_id: str = ""
    role: Role = "fee"
    case_id: str = ""
    own_case: bool = False


@dataclass(slots=True)
class Findings:
    """All that one detector, or several together, found in the reports. ``problems`` go to Checks."""

    losses: list[Loss] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    overcharges: list[Overcharge] = field(default_factory=list)
    money_credits: list[MoneyCredit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Take over the events of another detector."""
        self.losses += other.losses
        self.credits += other.credits
        self.asides += other.asides
        self.overcharges += other.overcharges
        self.money_credits += other.money_credits
        self.problems += other.problems
