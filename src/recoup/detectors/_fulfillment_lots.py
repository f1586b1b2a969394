"""Overcharged order lines as overcharges: lots of one product and day, with the rows that add up to what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd

from ..events import Overcharge, Product
from ..frames import Row, records, source
from ..model import Evidence
from ..money import cents
from ..reports import Reports
from ._detector import Scene
from ._fulfillment_due import TAB

BASIS = "fee charged less recomputed fee"
LOT = ["fnsku", "day", "currency", "marketplace", "question", "alone", "record"]


class Names:
    """Identifiers of products, by SKU and by their record."""

    def __init__(self, reports: Reports, scene: Scene) -> None:
        self.rows = list(records(reports.frames["product_dimensions"]))
        self.previews = {row["sku"]: row for row in records(reports.frames["fee_preview"])}
        self._catalogue = scene.catalogue
        self._fnskus: dict[str, set[str]] = {}
        for fnsku, product in scene.catalogue.by_fnsku.items():
            self._fnskus.setdefault(product.sku, set()).add(fnsku)

    def product(self, row: Row) -> Product:
        """The product of an order line, completed from its record where that names the same SKU."""
        known = self._catalogue.complete(Product(row["sku"]))
        record = self.rows[row["record"]]
        same = record["sku"] == row["sku"]
        own = Product(row["sku"], record["fnsku"] if same else "", record["asin"] if same else "")
        return Product(
            row["sku"], known.fnsku or own.fnsku, known.asin or own.asin or record["asin"], known.title
        )

    def key(self, row: Row) -> str:
        """The FNSKU, else the SKU."""
        return self.product(row).fnsku or str(row["sku"])

    def question(self, row: Row) -> str:
        """Why the FNSKU is not sure, or ""."""
        several = self._fnskus.get(row["sku"], set())
        if len(several) > 1:
            return f"SKU {row['sku']} has several FNSKUs ({', '.join(sorted(several))}): which one shipped?"
        return "" if self.product(row).fnsku else f"state the FNSKU of SKU {row['sku']} on {TAB}"


def overcharges(kind: str, over: pd.DataFrame, fees: pd.DataFrame, names: Names) -> Iterator[Overcharge]:
    """One for each lot: the lines of one product and day with the same question; ``fees`` are the money lines.

    ``over``: the columns of `charges` and `fulfillment_fees`, LOT, counted (bool) and explained (bool).
    """
    rows = _rows_of(fees, over)
    lots: dict[tuple[object, ...], list[Row]] = {}
    for line in records(over.sort_values([*LOT, "order_id"], kind="stable")):
        lots.setdefault(tuple(line[name] for name in LOT), []).append(line)
    for lines in lots.values():
        yield _overcharge(kind, lines, rows, names)


def _rows_of(fees: pd.DataFrame, over: pd.DataFrame) -> dict[tuple[str, str], list[Row]]:
    """The fee lines of the order lines, by order and SKU."""
    rows: dict[tuple[str, str], list[Row]] = {}
    some = fees[fees["order_id"].isin(over["order_id"].unique())]
    for row in records(some.sort_values(["day", "_where", "_row"], kind="stable")):
        rows.setdefault((row["order_id"], row["sku"]), []).append(row)
    return rows


def _overcharge(
    kind: str, lines: list[Row], rows: dict[tuple[str, str], list[Row]], names: Names
) -> Overcharge:
    first = lines[0]
    day, product = first["day"].date(), names.product(first)
    due = cents(sum(line["fee"] * line["units"] for line in lines))
    charged = [e for line in lines for e in _charged(line, rows[line["order_id"], line["sku"]])]
    amount = cents(sum(e.amount or 0 for e in charged) - due)
    orders = frozenset(line["order_id"] for line in lines)
    counted = all(line["counted"] for line in lines)
    return Overcharge(
        kind=kind,
        key=(product.fnsku or product.sku, f"{day:%Y-%m}"),
        date=day,
        clocks=tuple(sorted({line[name].date() for line in lines for name in ("day", "first_day")})),
        product=product,
        marketplace=first["marketplace"],
        amount=amount,
        currency=first["currency"],
        basis=BASIS,
        units=round(sum(line["units"] for line in lines)) if counted else None,
        story=_story(lines, due, amount),
        evidence=(*charged, _record(first, due, names), *_preview(first, names)),
        order_id=next(iter(orders)) if len(orders) == 1 else "",
        question=first["question"],
        low=0.0 if any(line["explained"] for line in lines) else None,
        high=None if counted else cents(sum(line["charged"] - line["fee"] for line in lines)),
        orders=orders,
    )


def _charged(line: Row, rows: Iterable[Row]) -> list[Evidence]:
    """The fee lines that make up what was charged for an order line."""
    mine = [r for r in rows if line["first_day"] <= r["day"] <= line["day"]]
    by_day: dict[date, float] = {}
    for row in mine:
        by_day[row["day"]] = by_day.get(row["day"], 0.0) + row["amount"]
    shipped: str = (
        f", shipped {line['shipped'].date()}" if pd.notna(line["shipped_first"]) else ", ship date not known"
    )
    identifiers = f"order {line['order_id']} · SKU {line['sku']}"
    return [
        Evidence(
            "fee",
            source(r),
            r["day"].date(),
            None,
            cents(-r["amount"]),
            r["currency"],
            identifiers,
            f"fulfilment fee {-r['amount']:,.2f} {r['currency']}{shipped}",
        )
        for r in mine
        if by_day[r["day"]] < 0 and (r["type"] == "Order" or r["amount"] < 0)
    ]


def _record(line: Row, due: float, names: Names) -> Evidence:
    record = names.rows[line["record"]]
    day = record["measured_on"]
    measured: date | None = None if pd.isna(day) else day.date()
    ids = (("SKU", record["sku"]), ("FNSKU", record["fnsku"]), ("ASIN", record["asin"]))
    identifiers = " · ".join(f"{name} {value}" for name, value in ids if value)
    shows = f"{_measures(line)}: {line['size_tier']}; {_table(line)}: {due:,.2f} {line['currency']} due"
    return Evidence("record", source(record), measured, None, -due, line["currency"], identifiers, shows)


def _preview(line: Row, names: Names) -> Iterator[Evidence]:
    """What Amazon holds of the product, for information."""
    row = names.previews.get(line["sku"])
    if row is None or pd.isna(row["weight"]):
        return
    sides = " x ".join(f"{row[name]:.2f}" for name in ("longest_side", "median_side", "shortest_side"))
    weight = f"{row['weight']:.2f} {row['weight_unit']}"
    shows = f"Amazon holds {sides} {row['dimension_unit']}, {weight}: {row['size_tier']}"
    yield Evidence(
        "record", source(row), None, None, None, "", f"SKU {row['sku']} · ASIN {row['asin']}", shows
    )


def _measures(line: Row) -> str:
    sides = " x ".join(f"{line[name]:.2f}" for name in ("longest", "median", "shortest"))
    return f"{sides} in, {line['weight']:.2f} lb, shipping weight {line['shipping_weight']:.2f} lb"


def _table(line: Row) -> str:
    unsure = "" if line["certainty"] == "confirmed" else f" ({line['certainty']})"
    surcharge = f" with {line['surcharge']:,.2f} surcharge" if line["surcharge"] else ""
    return f"{line['table']}{unsure}{surcharge}"


def _story(lines: list[Row], due: float, amount: float) -> str:
    first, units = lines[0], sum(line["units"] for line in lines)
    charged = sum(line["charged"] for line in lines)
    rules = [f"{x['size_tier']}, {x['shipping_weight']:.2f} lb, {_table(x)}" for x in lines]
    return (
        f"{units:g} charged {charged:,.2f} {first['currency']} on {first['day'].date()}; {due:,.2f} due "
        f"({' or '.join(dict.fromkeys(rules))}): {amount:,.2f} too much"
    )
