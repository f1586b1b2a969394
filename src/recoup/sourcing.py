"""What a unit cost to source, by product and day, and which source says so (RULES 5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from .events import Product
from .frames import Row, records, source
from .model import SourceRow

Basis = Literal["approved", "own", "estimate"]


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost per unit in ``currency``, from ``since`` on (None: the row is not dated)."""

    basis: Basis
    amount: float
    currency: str
    since: date | None
    row: SourceRow


class SourcingCosts:
    """Costs of the Sourcing Costs tab, by FNSKU, else SKU, else ASIN."""

    def __init__(self, frame: pd.DataFrame | None = None) -> None:
        """``frame``: the rows of the tab; None for no cost at all."""
        self._costs: dict[tuple[str, str], list[Cost]] = defaultdict(list)
        for row in records(frame) if frame is not None else ():
            for cost in _costs(row):
                for name in ("fnsku", "sku", "asin"):
                    if row[name]:
                        self._costs[name, row[name]].append(cost)

    def find(self, product: Product, basis: Basis, currency: str, on: date) -> Cost | None:
        """The newest cost of that basis and currency dated on or before ``on``; an undated one comes last."""
        known = [c for c in self._of(product) if c.basis == basis and c.currency in ("", currency)]
        dated = [c for c in known if c.since is None or c.since <= on]
        return max(dated, key=lambda c: (c.since or date.min, c.amount, c.row.row), default=None)

    def later(self, product: Product, basis: Basis, currency: str, on: date) -> Cost | None:
        """A cost of that basis and currency dated only after ``on``."""
        known = [c for c in self._of(product) if c.basis == basis and c.currency in ("", currency)]
        return next((c for c in known if c.since is not None and c.since > on), None)

    def currencies(self, product: Product) -> set[str]:
        """The currencies in which the product has any cost."""
        return {c.currency for c in self._of(product)}

    def _of(self, product: Product) -> list[Cost]:
        for name in ("fnsku", "sku", "asin"):
            value = getattr(product, name)
            if value and (name, value) in self._costs:
                return self._costs[name, value]
        return []


def _costs(row: Row) -> list[Cost]:
    bases: tuple[tuple[Basis, str], ...] = (
        ("approved", "approved_cost"),
        ("own", "own_cost"),
        ("estimate", "estimated_cost"),
    )
    since = row["effective_from"]
    day: date | None = None if pd.isna(since) else since.date()
    return [
        Cost(basis, float(row[column]), row["currency"], day, source(row))
        for basis, column in bases
        if not pd.isna(row[column]) and float(row[column]) > 0
    ]
