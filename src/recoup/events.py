"""What detectors report: units that went missing, and what brought them back or paid for them.

An event says only what one report row says. Nothing is netted here: `netting.allocate` settles all events
of all kinds together, so that each unit and each payment is used once (RULES 2).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from .model import SourceRow

Pool = Literal["ledger", "order"]


@dataclass(frozen=True, slots=True)
class Product:
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


@dataclass(frozen=True, slots=True)
class Loss:
    """Units that went missing in one row.

    ``date`` orders it in the allocation, ``clocks`` start its claim window (RULES 4), ``reconciled`` is how
    many of its units Amazon's own report already calls settled; ``ruled`` says that the report does tell
    reconciled from unreconciled units. ``deadline`` is the last day to claim it, None when unknown.
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


@dataclass(frozen=True, slots=True)
class Credit:
    """Something that refutes or pays units: a find, a return, a correction or a reimbursement.

    ``kinds`` are the losses it serves by its own meaning. ``units`` None is a payment without a quantity,
    which covers all open units of its order. ``own_order`` marks a payment that belongs to its order alone,
    ``in_kind`` one made in goods, ``by_asin`` a row to be matched by ASIN; ``also`` are rows of the same
    credit, ``code`` is the ledger's reason code, ``until`` the later date of goods paired with their payment.
    """

    role: Literal["found", "return", "correction", "reimbursement"]
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


@dataclass(frozen=True, slots=True)
class Aside:
    """Units looked at and set aside before any netting, with the reason a person will read."""

    kind: str
    key: tuple[str, ...]
    reason: Literal["excluded by policy", "too early", "found"]
    date: dt.date
    units: int | None
    product: Product
    row: SourceRow
    why: str
    marketplace: str
    order_id: str = ""
    reference_id: str = ""


@dataclass(slots=True)
class Findings:
    """All that one detector, or several together, found in the reports."""

    losses: list[Loss] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Take over the events of another detector."""
        self.losses += other.losses
        self.credits += other.credits
        self.asides += other.asides
