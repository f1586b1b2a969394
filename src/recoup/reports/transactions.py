"""Transactions: the date range (custom unified transaction) CSV, in every language it is known in."""

from __future__ import annotations

import pandas as pd

from ..model import Problem
from ._declared import Column, Kind, Need, Report
from ._grid import respelt
from ._marketplaces import currency_in, currency_of, marketplace_code
from ._transaction_headers import HEADERS
from ._transaction_words import FULFILLMENT, STATUSES, TYPES, english_description

MONEY = tuple(HEADERS)[tuple(HEADERS).index("product_sales") : tuple(HEADERS).index("total") + 1]
MUST = {"posted_date", "type", "order_id", "sku", "product_sales", "total"}
USUAL = {"settlement_id", "marketplace", "quantity", "description", "selling_fees", "fba_fees", "other"}
# The settlement id of a deferred line and its status come later, so they tell no line from another.
NO_IDENTITY = {"settlement_id", "status", "release_date", "fulfillment"}
PLUS = {
    "marketplace_withheld_tax": (
        "low value goods",
        "TCS-CGST",
        "TCS-SGST",
        "TCS-IGST",
        "TDS (Section 194-O)",
    ),
    "product_sales_tax": ("Total sales tax liable(GST before adjusting TCS)",),
    "other": ("Amazonポイントの費用",),
}


def _kind(name: str) -> Kind:
    if name in MONEY:
        return "money"
    kinds: dict[str, Kind] = {
        "posted_date": "date",
        "release_date": "date",
        "quantity": "quantity",
        "settlement_id": "id",
        "order_id": "id",
        "sku": "id",
        "type": "value",
        "status": "value",
        "fulfillment": "value",
    }
    return kinds.get(name, "text")


def _column(name: str) -> Column:
    need: Need = "must" if name in MUST else "usual" if name in USUAL else "maybe"
    return Column(
        name,
        _kind(name),
        HEADERS[name],
        need,
        key=name in ("posted_date", "type", "total"),
        identity=name not in NO_IDENTITY,
        values={"type": TYPES, "status": STATUSES, "fulfillment": FULFILLMENT}.get(name, {}),
        known="(Released|Deferred)?" if name == "status" else "",
        plus=PLUS.get(name, ()),
    )


def settle(frame: pd.DataFrame, preamble: tuple[str, ...]) -> pd.DataFrame:
    """The currency of each row's marketplace, else that of the preamble; payments for units described in English."""
    own = respelt(frame["marketplace"], lambda name: currency_of(marketplace_code(name)))
    known = set(own.unique()) - {""}
    stated = currency_in(preamble) or (known.pop() if len(known) == 1 else "")
    frame["currency"] = frame["currency"].mask(frame["currency"].eq(""), own.mask(own.eq(""), stated))
    frame["description"] = respelt(frame["description"], english_description)
    return frame


def name_unknown_types(transactions: pd.DataFrame) -> list[Problem]:
    """One warning per export and type that no list holds, with the money of its rows; they are used as written."""
    strange = transactions[~transactions["type"].isin({*TYPES.values(), ""})]
    problems = []
    for (where, kind), rows in strange.groupby(["_where", "type"], sort=True):
        sums = rows.groupby("currency", sort=True)["total"].sum()
        money = " and ".join(f"{amount:,.2f} {currency}".strip() for currency, amount in sums.items())
        text = (
            f"transaction type {kind} is not known; its {len(rows)} rows with {money} in all settle no claim"
        )
        first = ", ".join(str(n) for n in rows["_row"].head(5))
        remedy = (
            "look at these rows; if they are orders, refunds or payments for units, tell the makers of Recoup"
        )
        problems.append(Problem("warning", str(where), text, remedy, "type", len(rows), f"row {first}"))
    return problems


REPORT = Report(
    name="transactions",
    tab="Transactions",
    menu="Payments > Reports Repository > Transaction report > Custom date range > Download .csv",
    request="Transaction (unified), custom range: at most 12 months a file, together 18 months up to today",
    day="posted_date",
    groups=("settlement_id", "type", "marketplace", "fulfillment", "status", "sku"),
    native_dates="written",
    settle=settle,
    columns=(
        *(_column(name) for name in HEADERS),
        Column("currency", "value", ("currency", "Währung", "devise"), otherwise=str.upper),
    ),
)
