"""Derives a claim again from its Evidence rows alone, so that anybody can follow the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .books.base import Book
from .cases import text
from .detectors import all_detectors
from .memory import plain
from .model import Cell, Record, RecoupError
from .payment_evidence import NO_MORE, ON_CASES
from .source_files import Cited, look_up

BESIDE = ("sale", "fee", "cost", "document")  # rows that tell the value, never the units
ABOUT_REIMBURSEMENTS = ("reimbursement_reversed", "reimbursement_underpaid")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A claim row, its evidence rows, and the units and value that follow from the rows alone."""

    claim: Record
    evidence: list[Record]
    units: float | None
    value: float | None
    cited: list[Cited] = field(default_factory=list)  # of the evidence that stands in files

    @property
    def agrees(self) -> bool:
        """True when Claims states what the rows say."""
        same_value = plain(self.claim.get("Claim value")) == plain(self.value)
        return plain(self.claim.get("Units")) == plain(self.units) and same_value


def explain(book: Book, claim_id: str) -> Explanation:
    """Look a claim up and add its rows. Raises RecoupError when there is no such claim."""
    claim = next(
        (r for r in book.read_table("Claims").records() if text(r.get("Claim ID")) == claim_id), None
    )
    if claim is None:
        raise RecoupError(
            f"{book.path.name}, sheet Claims: there is no claim {claim_id}; copy the id from Claims."
        )
    evidence = [r for r in book.read_table("Evidence").records() if text(r.get("Claim ID")) == claim_id]
    units, value = derive(claim, evidence)
    cited = look_up(
        evidence, book.read_table("RecoupMemory").records(), book.path, plain(claim.get("Last seen"))
    )
    return Explanation(claim, evidence, units, value, cited)


def derive(claim: Record, evidence: Sequence[Record]) -> tuple[float | None, float | None]:
    """(units, value of all of them) from the rows; None where the rows do not give one.

    Of a claim about money the amounts of all rows add up to its value.
    """
    kind, evidence = text(claim.get("Kind")), [r for r in evidence if counts(r)]
    if kind not in ABOUT_REIMBURSEMENTS and all_detectors()[kind].value == "given":
        counted = any(isinstance(r.get("Units"), (int, float)) for r in evidence)
        return _sum(evidence, "Units") if counted else None, round(_sum(evidence, "Amount"), 2)
    if kind == "reimbursement_reversed":
        taken = _of(evidence, "reversal")
        units = _sum(taken, "Units")
        return units, round(-_sum(taken, "Amount"), 2)
    units = _sum([r for r in evidence if text(r.get("Role")) not in BESIDE], "Units")
    if plain(claim.get("Unit value")) == "":
        return units, None
    if kind == "reimbursement_underpaid":
        due = _sum(_of(evidence, "cost"), "Amount") * units
        short = round(due - _sum(_of(evidence, "reimbursement"), "Amount"), 2)
        stated = _number(claim.get("Claim value"))
        return units, min(short, stated) if "capped" in text(claim.get("Value basis")) else short
    sold = _of(evidence, "sale")
    if sold:
        left = _sum(sold, "Amount") + _sum(_of(evidence, "fee"), "Amount")
        each = _share(left, _sum(sold, "Units"))
        return units, None if each is None else _times(_capped(claim, max(each, 0.0)), units)
    return units, _times(_capped(claim, _sum(_of(evidence, "cost"), "Amount")), units)


def counts(row: Record) -> bool:
    """Whether a row counts for its claim as it stands: not one that only explains its case, or is outdated."""
    shows = text(row.get("What it shows"))
    return ON_CASES not in shows and NO_MORE not in shows


def _capped(claim: Record, each: float) -> float:
    """Amazon's cap is policy, not evidence: a capped claim may not be worth more than the rows say."""
    capped = "capped" in text(claim.get("Value basis"))
    return round(min(each, _number(claim.get("Unit value"))) if capped else each, 2)


def _of(evidence: Sequence[Record], role: str) -> list[Record]:
    return [r for r in evidence if text(r.get("Role")) == role]


def _sum(rows: Sequence[Record], header: str) -> float:
    return sum(_number(r.get(header)) for r in rows)


def _share(amount: float, units: float) -> float | None:
    return round(amount / units, 2) if units else None


def _times(each: float | None, units: float) -> float | None:
    return None if each is None else round(each * units, 2)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, (int, float)) else 0.0
