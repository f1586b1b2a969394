"""Under which category of the referral fees each SKU was recorded, and what of that is not understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..events import Product
from ..fees.referral import category_named, may_be
from ..model import Problem
from ._product_records import ProductRecord, ProductRecords

RESOLD = "amzn.gr."
TAB, SETTINGS = "Product Dimensions", "Settings"


@dataclass(frozen=True, slots=True)
class Filed:
    """The categories of one SKU, by the rows that record them; without rows it is the default of Settings."""

    names: tuple[str, ...]
    records: tuple[ProductRecord, ...]

    @property
    def also(self) -> tuple[str, ...]:
        """What a unit of it may be as well."""
        return tuple(m for n in self.names for m in may_be(n) if m not in self.names)


def find_categories(
    skus: Iterable[str], known: ProductRecords, default: str
) -> tuple[dict[str, Filed], list[Problem]]:
    """The categories of every SKU that has one, and the lines for Checks. ``default``: as typed in Settings."""
    filed: dict[str, Filed] = {}
    strange: dict[str, set[int]] = {}
    unnamed = 0
    for sku in skus:
        if not sku or sku.startswith(RESOLD):
            continue
        recorded = known.of(Product(sku))
        rows = tuple(r for r in recorded if r.category)
        unnamed += bool(recorded) and not rows and not default
        for row in rows:
            if not category_named(row.category):
                strange.setdefault(row.category, set()).add(row.row.row)
        names = tuple(sorted({category_named(r.category) for r in rows} or {category_named(default)}))
        if all(names):
            filed[sku] = Filed(names, rows)
    problems = [_strange(SETTINGS, default, 0)] if default and not category_named(default) else []
    problems += [_strange(TAB, text, len(rows)) for text, rows in sorted(strange.items())]
    return filed, problems + _unnamed(unnamed)


def _strange(where: str, category: str, rows: int) -> Problem:
    text = f"the category {category!r} is not in Amazon's list of referral fees: no commission was compared with it"
    remedy = "Write the category as Amazon's fee page names it."
    return Problem("warning", where, text, remedy, "Category", rows)


def _unnamed(skus: int) -> list[Problem]:
    text = f"{skus} SKUs sold have no category: no commission was compared with it"
    remedy = f"Fill Category, or name the default category of {SETTINGS}."
    return [Problem("note", TAB, text, remedy, "Category", skus)] if skus else []
