"""Which SKU, FNSKU, ASIN and title belong together, as the seller's own reports say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from .events import Product

FOUND_SKU = "Amazon.Found."
COLUMNS = ["sku", "fnsku", "asin", "title"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products by FNSKU and by SKU. A SKU with several FNSKUs has a blank FNSKU: never guessed."""

    by_fnsku: dict[str, Product]
    by_sku: dict[str, Product]

    def complete(self, product: Product) -> Product:
        """The product with its blanks filled from the catalogue; what the row says is kept."""
        known = self.by_fnsku.get(product.fnsku) if product.fnsku else self.by_sku.get(product.sku)
        if known is None:
            return product
        return Product(
            product.sku or known.sku,
            product.fnsku or known.fnsku,
            product.asin or known.asin,
            product.title or known.title,
        )


def build_catalogue(frames: Iterable[pd.DataFrame], further: Iterable[pd.DataFrame] = ()) -> Catalogue:
    """Collect the products of frames with columns sku, fnsku, asin, title (str; a missing one is blank).

    ``further`` frames tell of products that the first ones do not name at all. Row order does not matter.
    """
    first, more = _collect(frames), _collect(further)
    named = {*first.by_fnsku, *first.by_sku}
    fresh = [
        {name: p for name, p in products.items() if not {p.sku, p.fnsku} & named}
        for products in (more.by_fnsku, more.by_sku)
    ]
    return Catalogue(fresh[0] | first.by_fnsku, fresh[1] | first.by_sku)


def _collect(frames: Iterable[pd.DataFrame]) -> Catalogue:
    parts = [f.reindex(columns=COLUMNS, fill_value="").drop_duplicates() for f in frames if len(f)]
    by_fnsku: dict[str, Product] = {}
    by_sku: dict[str, Product] = {}
    if not parts:
        return Catalogue(by_fnsku, by_sku)
    rows = pd.concat(parts).drop_duplicates().sort_values(COLUMNS)
    for sku, fnsku, asin, title in rows.itertuples(index=False, name=None):
        if sku.startswith(FOUND_SKU):
            continue
        product = Product(sku, fnsku, asin, title)
        if fnsku:
            by_fnsku[fnsku] = product
        if sku:
            known = by_sku.get(sku)
            ambiguous = known is not None and fnsku and known.fnsku and known.fnsku != fnsku
            by_sku[sku] = product._replace(fnsku="") if ambiguous else _merge(product, known)
    return Catalogue(by_fnsku, by_sku)


def _merge(product: Product, known: Product | None) -> Product:
    if known is None:
        return product
    return Product(
        product.sku, product.fnsku or known.fnsku, product.asin or known.asin, product.title or known.title
    )
