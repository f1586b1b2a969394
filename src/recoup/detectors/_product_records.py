"""What the seller recorded on Product Dimensions of a product: its sides, weight and category, row by row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..catalogue import Catalogue
from ..events import Product
from ..fees.measures import in_inches_and_pounds
from ..frames import Row, records, source
from ..model import SourceRow

CUBIC_INCHES_OF_A_CUBIC_FOOT = 12**3


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """One row: sides in inches, longest first, and weight in pounds."""

    product: Product
    sides: tuple[float, float, float]
    weight: float
    category: str
    dangerous: bool
    measured_on: date | None
    row: SourceRow

    @property
    def volume(self) -> float:
        """Cubic feet of one unit."""
        longest, median, shortest = self.sides
        return longest * median * shortest / CUBIC_INCHES_OF_A_CUBIC_FOOT

    @property
    def named(self) -> str:
        """The identifiers it was recorded under."""
        ids = (("SKU", self.product.sku), ("FNSKU", self.product.fnsku), ("ASIN", self.product.asin))
        return " · ".join(f"{name} {value}" for name, value in ids if value)


class ProductRecords:
    """The rows of Product Dimensions, found by any identifier of a product."""

    def __init__(self, frame: pd.DataFrame, catalogue: Catalogue, marketplace: str) -> None:
        """``frame``: the rows of Product Dimensions; a blank unit is that of the marketplace."""
        self._catalogue = catalogue
        self._by_id: dict[tuple[str, str], list[ProductRecord]] = defaultdict(list)
        rows = frame.join(in_inches_and_pounds(frame, marketplace).rename(columns={"weight": "pounds"}))
        for row in records(rows.sort_values(["_where", "_row"])):
            record = _record(row)
            for name in ("sku", "fnsku", "asin"):
                self._by_id[name, getattr(record.product, name)].append(record)

    def of(self, product: Product) -> list[ProductRecord]:
        """The rows that name its SKU or FNSKU; when none does, those of its ASIN."""
        known = self._catalogue.complete(product)
        own = [r for name in ("sku", "fnsku") for r in self._named(name, getattr(known, name))]
        return list(dict.fromkeys(own)) or self._named("asin", known.asin)

    def measured(self, product: Product, until: date) -> tuple[ProductRecord | None, str]:
        """The row whose measures held until a day, and the question it leaves.

        A lone measurement holds for any time. Of several the youngest up to that day counts, and when none of
        them is, the largest.
        """
        rows = sorted(self.of(product), key=lambda r: (r.volume, r.weight), reverse=True)
        if len({(r.volume, r.weight) for r in rows}) < 2:
            return (rows[0] if rows else None), ""
        days = [r.measured_on for r in rows if r.measured_on and r.measured_on <= until]
        if not days:
            return rows[0], f"several measurements, none dated up to {until}: which one held then?"
        youngest = [r for r in rows if r.measured_on == max(days)]
        several = len({(r.volume, r.weight) for r in youngest}) > 1
        return youngest[0], f"several measurements of {max(days)}: which one is right?" if several else ""

    def _named(self, name: str, value: str) -> list[ProductRecord]:
        return self._by_id.get((name, value), []) if value else []


def _record(row: Row) -> ProductRecord:
    return ProductRecord(
        product=Product(row["sku"], row["fnsku"], row["asin"]),
        sides=(row["longest"], row["median"], row["shortest"]),
        weight=row["pounds"],
        category=" ".join(row["category"].split()),
        dangerous=row["dangerous_goods"] == "Y",
        measured_on=None if pd.isna(row["measured_on"]) else row["measured_on"].date(),
        row=source(row),
    )
