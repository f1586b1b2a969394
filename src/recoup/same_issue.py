"""Whether a claim and a row of Cases are about the same units or the same money, told by what both of them name.

Decisions:
- What tells an issue are the columns Kind, SKU, FNSKU, ASIN, Order ID (a removal order stands there too), Shipment ID,
  Reference ID (the ledger's, a reimbursement, a tracking number, LPNs) and Event date. A blank cell says nothing.
  Capitals and blanks do not count, and a cell may name several ids.
- Two kinds of one pool (`policy`) are the same issue when what identifies that pool agrees: the ledger reference and
  day; the shipment; the removal order and parcel; the order; else the order, the reference or the calendar month.
- A row whose Kind is blank or none of Recoup's, as people type it, is the same issue when it shares any id with the
  claim, and another issue when it names only other ids. An order or a shipment named without product is all of it.
- A filed row that names a product and no id at all is perhaps the same issue, unless its Event date is another day, it
  was filed before the event, or Recoup has found its payment, which the allocation has counted then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .cases import day, text, was_filed
from .model import Cell, Record

Verdict = Literal["", "perhaps", "same"]
_MONEY = frozenset({"refund_exceeds_charge", "refund_commission_kept"})  # of an order, besides its units
_TELLS = {  # by pool: the ids that tell an issue; of other kinds those of "", or the month
    "ledger": ("references",),
    "inbound": ("shipments",),
    "removal": ("orders", "references"),
    "order": ("orders",),
    "": ("orders", "references"),
}
_SEPARATORS = re.compile(r"[,;|\s]+")
Pools = Mapping[str, str]  # kind -> the pool its payments come from


@dataclass(frozen=True, slots=True)
class Issue:
    """What a row names. ``about`` is what its kind shares units with, "" where the kind is none of Recoup's."""

    about: str
    names: frozenset[str]
    orders: frozenset[str]
    shipments: frozenset[str]
    references: frozenset[str]
    when: date | None

    @property
    def ids(self) -> frozenset[str]:
        """All ids but those of the product."""
        return self.orders | self.shipments | self.references


def issue_of(row: Mapping[str, Cell], pools: Pools) -> Issue:
    """What a claim or a row of Cases is about, as far as it says."""
    kind = re.sub(r"[\s-]+", "_", text(row.get("Kind")).casefold())
    pool = "" if kind in _MONEY else pools.get(kind, "")
    return Issue(
        about=pool if pool in _TELLS and pool else kind if kind in pools else "",
        names=frozenset(n for h in ("FNSKU", "SKU", "ASIN") if (n := _text(row.get(h)).casefold())),
        orders=_ids(row, "Order ID", "Removal order ID"),
        shipments=_ids(row, "Shipment ID"),
        references=_ids(row, "Reference ID"),
        when=day(row.get("Event date")),
    )


def _ids(row: Mapping[str, Cell], *headers: str) -> frozenset[str]:
    return frozenset(i for h in headers for i in _SEPARATORS.split(_text(row.get(h)).casefold()) if i)


def _text(cell: Cell) -> str:
    """An id as text, also where Excel made a number of it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else text(cell)


def compare(claim: Issue, row: Issue) -> Verdict:
    """Whether both are about the same units or money."""
    if claim.names and row.names and not claim.names & row.names:
        return ""
    if claim.about and row.about:
        return _compare_kinds(claim, row) if claim.about == row.about else ""
    if claim.ids & row.ids:
        return "same"
    return _perhaps(claim, row) if not row.ids else ""


def _compare_kinds(claim: Issue, row: Issue) -> Verdict:
    ids: tuple[str, ...] = _TELLS.get(claim.about, _TELLS[""])
    pairs = [(getattr(claim, i), getattr(row, i)) for i in ids]
    if any(a and b and not a & b for a, b in pairs):
        return ""
    if any(a and b for a, b in pairs):
        by_day = claim.about == "ledger" and claim.when and row.when
        return "" if by_day and claim.when != row.when else "same"
    if claim.about not in _TELLS and claim.when and row.when and not any(a or b for a, b in pairs):
        return "same" if _month(claim) == _month(row) else ""
    return _perhaps(claim, row)


def _month(issue: Issue) -> tuple[int, int]:
    when = issue.when or date.min
    return when.year, when.month


def _perhaps(claim: Issue, row: Issue) -> Verdict:
    another_day = claim.when and row.when and claim.when != row.when
    return "perhaps" if claim.names & row.names and not another_day else ""


@dataclass(slots=True)
class Issues:
    """Rows of Cases by what they name, so that those of one issue are found among many."""

    pools: Pools
    _rows: list[tuple[Record, Issue]] = field(default_factory=list)
    _places: dict[str, list[int]] = field(default_factory=dict)

    def add(self, row: Record, facts: Mapping[str, Cell]) -> None:
        """Take in a row; ``facts``: its cells, and where they are blank those of its claim."""
        issue = issue_of(facts, self.pools)
        for name in (*issue.ids, *issue.names):
            self._places.setdefault(name, []).append(len(self._rows))
        self._rows.append((row, issue))

    def alike(self, claim: Mapping[str, Cell]) -> Iterator[tuple[Record, Verdict]]:
        """The rows that are, or may be, about the same as a claim or another row, in their order."""
        if self._rows:
            yield from self._near(issue_of(claim, self.pools))

    def _near(self, mine: Issue) -> Iterator[tuple[Record, Verdict]]:
        near = {n for name in (*mine.ids, *mine.names) for n in self._places.get(name, ())}
        for row, issue in (self._rows[n] for n in sorted(near)):
            verdict = compare(mine, issue)
            if verdict == "same" or (verdict and _may_be(row, mine)):
                yield row, verdict


def _may_be(row: Mapping[str, Cell], claim: Issue) -> bool:
    """Whether a row that does not say what it is about was filed for this event, and not paid as far as is known."""
    filed_on = day(row.get("Filed on"))
    filed = was_filed(row) or bool(text(row.get("Amazon case ID")))
    before = filed_on is not None and claim.when is not None and filed_on < claim.when
    return filed and not before and not text(row.get("Reimbursement IDs"))


def index(rows: Iterable[tuple[Record, Mapping[str, Cell]]], pools: Pools) -> Issues:
    """All rows of Cases with their facts."""
    found = Issues(pools)
    for row, facts in rows:
        found.add(row, facts)
    return found
