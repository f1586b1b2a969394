"""Which ids belong together, as the seller's own reports say."""

from __future__ import annotations

import pandas as pd
import pytest

from recoup.catalogue import build_catalogue
from recoup.events import Product

NAMES = ("sku", "fnsku", "asin", "title")


def frame(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(NAMES, row, strict=True)) for row in rows], columns=NAMES, dtype="str")


LEDGER = frame(("A", "X1", "B1", "Mug"), ("D", "X4", "B4", "Bowl"), ("D", "X5", "B4", "Bowl"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Product(sku="A"), Product("A", "X1", "B1", "Mug")),
        (Product(fnsku="X1"), Product("A", "X1", "B1", "Mug")),
        (Product(sku="D"), Product("D", "", "B4", "Bowl")),  # two FNSKUs: never guessed
        (Product(sku="C"), Product("C", "X3", "B3", "Pan")),  # only the further report names it
        (Product(fnsku="X3"), Product("C", "X3", "B3", "Pan")),
        (Product(fnsku="X9"), Product(fnsku="X9")),  # what it says of a product known otherwise is not taken
        (Product(sku="E"), Product(sku="E")),
    ],
)
def test_a_product_is_completed_from_what_the_reports_say(asked: Product, found: Product) -> None:
    further = frame(("A", "X9", "B9", "Mug, other"), ("C", "X3", "B3", "Pan"))
    assert build_catalogue([LEDGER], [further]).complete(asked) == found


def test_a_report_without_titles_tells_of_products_all_the_same() -> None:
    bare = frame(("C", "X3", "B3", "")).drop(columns="title")
    assert build_catalogue([], [bare]).complete(Product(sku="C")) == Product("C", "X3", "B3")
