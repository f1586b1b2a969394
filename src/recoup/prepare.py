"""The rows a person must answer: one line per missing record, its identifiers filled in, largest money first.

Lines are added below what a tab of own records holds, under its own headings; no line that is there is touched,
and none is added for a record that is there, answered or not. An unanswered line is no record.

Decisions:
- Sourcing Costs: products of open claims whose unit cost is unknown. The money is what the units were sold for: an
  upper bound, to order the work by.
- Removal Receipts: parcels of which nobody said what arrived, with the value of their units.
- Product Dimensions: products whose fees can still be claimed, with the fees charged, which no claim can exceed.
- Inbound Shipments: shipments that the ledger received within the claim window and nobody recorded.
- Documents: what Amazon asks for with a claim and nobody filed, with the money it blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from .books.base import Book
from .catalogue import Catalogue
from .documents import KIND as INBOUND
from .documents import consignment_of, read_documents
from .events import Product
from .frames import records
from .model import Claim, RecoupError
from .pipeline import Result
from .policy import Policy
from .reports import Reports, all_reports, find_form
from .sheets import OWN_RECORDS
from .valuation import NO_COST

OPEN = ("Ready", "Waiting", "Needs input")
PRODUCT = ("sku", "fnsku", "asin")
US = "US"


@dataclass(frozen=True, slots=True)
class Ask:
    """One record that is missing: the report it belongs to, its identifiers, and the money that waits for it."""

    report: str
    record: Mapping[str, str]  # canonical column -> text
    money: float | None
    currency: str
    why: str

    @property
    def tab(self) -> str:
        """The tab of own records it is written to."""
        return all_reports()[self.report].tab


def find_missing(result: Result, reports: Reports, policy: Policy, as_of: date) -> list[Ask]:
    """Every missing record, by tab in the order above, the largest money first; without money last."""
    asks = [
        *_costs(result.claims, reports),
        *_receipts(result.claims),
        *_dimensions(reports, result.catalogue, policy, as_of),
        *_shipments(reports, result.catalogue, policy, as_of),
        *_documents(result.claims, reports, policy),
    ]
    order = {a.report: n for n, a in reversed(list(enumerate(asks)))}
    return sorted(asks, key=lambda a: (order[a.report], -(a.money or 0.0), *a.record.values()))


def prepare(book: Book, asks: Sequence[Ask]) -> list[Ask]:
    """Add a line for each of them that is not there; the caller saves. Returns what was added.

    Raises RecoupError when a tab of own records is gone or has lost its headings.
    """
    added: list[Ask] = []
    for report in dict.fromkeys(a.report for a in asks):
        added += _add_lines(book, [a for a in asks if a.report == report])
    return added


def _add_lines(book: Book, asks: Sequence[Ask]) -> list[Ask]:
    report, tab = asks[0].report, asks[0].tab
    if tab not in book.sheet_names():
        raise RecoupError(f"{book.path.name} has no tab {tab}: add a sheet of that name, then prepare again.")
    form = find_form(book.read_raw(tab), report)
    if form is None:
        headings = ", ".join(OWN_RECORDS[tab][:3])
        raise RecoupError(
            f"{book.path.name}, tab {tab}: no heading row ({headings}, …) was found; copy the headings from a "
            "new workbook (recoup new) into row 1, then prepare again."
        )
    fresh = [a for a in asks if not any(_same(a.record, row) for row in form.rows)]
    lines = []
    for ask in fresh:
        cells = [""] * form.width
        for name, text in ask.record.items():
            if name in form.places:
                cells[form.places[name]] = text
        lines.append(cells)
    if lines:
        book.write_tab(tab, lines)
        book.set_visible(tab, True)
    return fresh


def _same(record: Mapping[str, str], row: Mapping[str, str]) -> bool:
    """True when the line names the record: the same ids, and of the product whichever id both name."""
    others = [n for n in record if n not in (*PRODUCT, "currency") and record[n]]
    if any(row.get(n, "").casefold() != record[n].casefold() for n in others):
        return False
    shared = [n for n in PRODUCT if record.get(n) and row.get(n)]
    return any(row[n] == record[n] for n in shared) if any(record.get(n) for n in PRODUCT) else True


def _costs(claims: Iterable[Claim], reports: Reports) -> Iterator[Ask]:
    prices = _prices(reports)
    units: dict[tuple[str, ...], int] = {}
    for claim in claims:
        if NO_COST in claim.missing and claim.status in OPEN:
            key = (claim.sku, claim.fnsku, claim.asin, claim.currency)
            units[key] = units.get(key, 0) + (claim.units or 0)
    for (sku, fnsku, asin, currency), count in units.items():
        price = prices.get(sku)
        yield Ask(
            "sourcing_costs",
            {"sku": sku, "fnsku": fnsku, "asin": asin, "currency": currency},
            None if price is None else round(price * count, 2),
            currency,
            f"{count} units claimed without a unit cost",
        )


def _prices(reports: Reports) -> dict[str, float]:
    """What a unit of each SKU was sold for, on average."""
    lines = reports.frames["money_lines"]
    sold = lines[lines["type"].eq("Order") & lines["item"].eq("Principal") & lines["quantity"].gt(0)]
    sums = sold.groupby("sku")[["amount", "quantity"]].sum()
    prices = sums["amount"] / sums["quantity"]
    return {str(sku): float(price) for sku, price in prices.items()}


def _receipts(claims: Iterable[Claim]) -> Iterator[Ask]:
    for claim in claims:
        if claim.kind == "removal_lost" and claim.status == "Needs input" and "what arrived" in claim.missing:
            yield Ask(
                "removal_receipts",
                {
                    "removal_order_id": claim.removal_order_id,
                    "tracking_number": claim.reference_id,
                    "sku": claim.sku,
                    "fnsku": claim.fnsku,
                },
                claim.claim_value,
                claim.currency,
                f"{claim.units} units shipped {claim.event_date}",
            )


def _dimensions(reports: Reports, catalogue: Catalogue, policy: Policy, as_of: date) -> Iterator[Ask]:
    """Products with fulfilment fees of the claim window; other marketplaces are not recomputed."""
    window = policy.value("claim_window_latest.fulfillment_fee_overcharged", on=as_of, marketplace=US)
    if window is None:
        return
    lines = reports.frames["money_lines"]
    fees = lines[
        lines["item"].eq("FulfillmentFee")
        & lines["amount"].lt(0)
        & lines["marketplace"].eq(US)
        & lines["posted_date"].ge(pd.Timestamp(as_of - timedelta(days=round(window.number))))
        & lines["sku"].ne("")
    ]
    measured = reports.frames["product_dimensions"]
    known = {name: set(measured[name]) - {""} for name in PRODUCT}
    for row in records(fees.groupby(["sku", "currency"], as_index=False)[["amount"]].sum()):
        product = catalogue.complete(Product(sku=row["sku"]))
        if not any(getattr(product, name) in known[name] for name in PRODUCT):
            identifiers = {name: getattr(product, name) for name in PRODUCT}
            yield Ask(
                "product_dimensions",
                identifiers,
                round(-float(row["amount"]), 2),
                row["currency"],
                f"fulfilment fees charged in the last {window.number:.0f} days",
            )


def _shipments(reports: Reports, catalogue: Catalogue, policy: Policy, as_of: date) -> Iterator[Ask]:
    """Received under a shipment id within the claim window, and not on record."""
    home = policy.setting("home_marketplace") or US
    window = policy.value("claim_window_latest.lost_inbound", on=as_of, marketplace=str(home))
    if window is None:
        return
    days = round(window.number * (31 if window.unit.startswith("month") else 1))
    ledger = reports.frames["inventory_ledger"]
    rows = ledger[
        ledger["event_type"].eq("Receipts")
        & ledger["date"].ge(pd.Timestamp(as_of - timedelta(days=days)))
        & ledger["reference_id"].str.startswith("FBA")
        & ~ledger["reference_id"].isin(set(reports.frames["inbound_shipments"]["shipment_id"]))
    ]
    for row in records(rows.groupby(["reference_id", "fnsku"], as_index=False)[["quantity"]].sum()):
        product = catalogue.complete(Product(fnsku=row["fnsku"]))
        identifiers = {name: getattr(product, name) for name in PRODUCT}
        yield Ask(
            "inbound_shipments",
            {"shipment_id": row["reference_id"], **identifiers},
            None,
            "",
            f"{row['quantity']:.0f} units received, not on record",
        )


def _documents(claims: Iterable[Claim], reports: Reports, policy: Policy) -> Iterator[Ask]:
    """An invoice per product, a proof of delivery per shipment."""
    documents = read_documents(reports.frames, policy)
    money: dict[tuple[str, str, str], float] = {}
    rules: dict[tuple[str, str, str], str] = {}
    for claim in claims:
        if claim.kind != INBOUND or claim.status != "Needs input":
            continue
        for lacking in documents.lacking(consignment_of(claim)):
            of_product = lacking.what == "invoice"
            name = (claim.sku or claim.fnsku) if of_product else claim.shipment_id
            key = (lacking.what, name, claim.currency)
            money[key] = round(money.get(key, 0.0) + (claim.claim_value or 0.0), 2)
            rules.setdefault(key, lacking.text)
    for (what, name, currency), total in money.items():
        record = {"kind": what, "applies_to": name}
        yield Ask("documents", record, total or None, currency, rules[what, name, currency])
