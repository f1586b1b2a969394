"""The vocabulary: what a source row, a problem, an event, a claim and a piece of evidence are.

No logic lives here. Every other module may import it; it imports nothing of Recoup. What there are tens of thousands
of are named tuples, which take a fifth of the time that a frozen dataclass takes to make.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula cell: ``text`` as typed in English Excel without the leading ``=``, and its cached value."""

    text: str
    cached: str | float | None = None


Cell: TypeAlias = "str | int | float | bool | date | datetime | Formula | None"
Record: TypeAlias = "dict[str, Cell]"


LONGEST_SENTENCE = 1_200  # characters of what a Problem says


class RecoupError(Exception):
    """A mistake a person can mend: one sentence naming file, tab, row or column, and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the Checks sheet: what is wrong where, and what to do about it."""

    severity: Severity
    where: str  # sheet or file name
    problem: str
    remedy: str
    column: str = ""
    rows: int = 0  # rows affected
    first_cells: str = ""  # for instance "C12, C40, C51"

    def __post_init__(self) -> None:
        """A sentence that quotes cells stays one that people can read, however long these are."""
        for name in ("problem", "column"):
            text = getattr(self, name)
            if len(text) > LONGEST_SENTENCE:
                object.__setattr__(self, name, text[: LONGEST_SENTENCE - 2] + " …")


@dataclass(frozen=True, slots=True)
class RawTable:
    """One tab or one file as it was found: text cells only, nothing interpreted.

    ``cells`` has columns 0..n-1 of dtype string[pyarrow], those of a text file encoded: Arrow's dictionary of each
    text once. A blank cell is "", never NA.
    ``rows`` (int64) is the 1-based sheet row or file line of each record.
    """

    name: str  # tab name or file name, as shown to people
    kind: Literal["sheet", "file"]
    cells: pd.DataFrame
    rows: npt.NDArray[np.int64]
    sha256: str = ""
    problems: tuple[Problem, ...] = ()


class SourceRow(NamedTuple):
    """Where a number came from: tab or file, and the row in it as of this run."""

    where: str
    row: int


Role: TypeAlias = Literal[
    "loss",
    "found",
    "reimbursement",
    "reversal",
    "correction",
    "refund",
    "sale",
    "return",
    "receipt",
    "shipment",
    "replacement",
    "removal order",
    "fee",
    "record",
    "cost",
    "document",
]


class Evidence(NamedTuple):
    """One report row that counts for or against a claim, with the fields that identify it."""

    role: Role
    source: SourceRow
    date: date | None
    units: int | None
    amount: float | None
    currency: str
    identifiers: str
    shows: str
    line: str = ""  # how the row counted: the state of its units, for `recoup explain`


Reason: TypeAlias = Literal[
    "paid",
    "found",
    "too early",
    "expired",
    "excluded by policy",
    "below threshold",
    "report missing",
    "denied",
    "closed",
    "dismissed",
]

Status: TypeAlias = Literal["Ready", "Waiting", "Needs input", "Filed", "Paid", "Expired", "Withdrawn"]


@dataclass(slots=True)
class Claim:
    """One row of the Claims sheet: units of one event that Amazon owes, with value, window and proof."""

    claim_id: str
    kind: str
    status: Status
    marketplace: str
    sku: str
    fnsku: str
    asin: str
    product: str
    order_id: str
    reference_id: str
    event_date: date
    units: int | None
    unit_value: float | None
    claim_value: float | None
    value_low: float | None
    value_high: float | None
    currency: str
    value_basis: str
    opens: date | None
    deadline: date | None
    file_by: date | None
    confidence: float
    missing: str
    why: str
    policy: str
    evidence: list[Evidence] = field(default_factory=list)
    shipment_id: str = ""
    removal_order_id: str = ""
    waits_for: tuple[str, ...] = ()  # tabs that would settle its questions about coverage
    read_to: date | None = None  # how far the reports are read that could refute it

    @property
    def expected_value(self) -> float | None:
        """Claim value times confidence, in the claim's currency; None when the value is unknown."""
        return None if self.claim_value is None else round(self.claim_value * self.confidence, 2)


@dataclass(slots=True)
class NotClaimed:
    """One row of the Not Claimed sheet: units looked at and not claimed, with one reason and its rows."""

    claim_id: str
    kind: str
    reason: Reason
    detail: str  # who closed or dismissed it, else ""
    marketplace: str
    sku: str
    fnsku: str
    asin: str
    product: str
    order_id: str
    reference_id: str
    event_date: date | None
    units: int | None
    why: str
    rows: list[SourceRow] = field(default_factory=list)
