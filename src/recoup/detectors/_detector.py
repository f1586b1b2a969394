"""What a detector declares, what it is given, and how report rows become events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from ..accounts import Allocation
from ..catalogue import FOUND_SKU, Catalogue
from ..drafts import Draft
from ..events import Credit, Findings, Loss, Product
from ..frames import Row, source
from ..orders import Orders
from ..payments import Payments
from ..policy import Policy
from ..receipts import Removals
from ..refunds import Resent
from ..reports import Reports
from ..sourcing import SourcingCosts


@dataclass(frozen=True, slots=True)
class Scene:
    """What every detector may look at besides the reports.

    ``replaced``: the order id of a replacement -> the order it replaces. ``filed``: claim id -> the Amazon case
    ids under which it was filed. ``charged_again``: first order id -> that its customer was charged again, in words.
    ``resent``: see `resent_units`. ``removals``: parcels of removals and what was received of them.
    ``money_adjusted``, ``stock_adjusted``: the few rows of large reports at which several detectors look, see
    `adjusted_lines` and `stock_adjustments`. ``damaged``: FNSKU -> the first day of a damage that the workbook
    remembers, also when its report was cleared.
    """

    policy: Policy
    home: str  # home marketplace
    catalogue: Catalogue
    orders: Orders
    payments: Payments
    costs: SourcingCosts = field(default_factory=SourcingCosts)
    replaced: Mapping[str, str] = field(default_factory=dict)
    filed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    charged_again: Mapping[str, str] = field(default_factory=dict)
    resent: Mapping[str, Sequence[Resent]] = field(default_factory=dict)
    removals: Removals = field(default_factory=Removals)
    money_adjusted: pd.DataFrame = field(default_factory=pd.DataFrame)
    stock_adjusted: pd.DataFrame = field(default_factory=pd.DataFrame)
    damaged: Mapping[str, date] = field(default_factory=dict)


def _nothing(reports: Reports, scene: Scene) -> Findings:
    return Findings()


def _no_credits(reports: Reports, scene: Scene, orders: Collection[str] | None) -> list[Credit]:
    return []


def _no_drafts(allocation: Allocation, reports: Reports, scene: Scene) -> list[Draft]:
    return []


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of claim.

    ``needs`` are the reports it reads, ``refuted_by`` those that could refute it (both must reach from the
    event to the day of the run); a tuple inside them means "one of these". ``find`` reports events before the
    allocation, ``arrivals`` what came back for the orders it is given (None: all), and ``review`` drafts claims from
    its result. ``value`` says how the money is found (RULES 5).
    """

    kind: str
    prefix: str  # of the claim id
    needs: tuple[str | tuple[str, ...], ...]
    refuted_by: tuple[str | tuple[str, ...], ...]
    value: Literal["before_order", "after_order", "given"]
    clock: str  # what the window counts from, in words
    word: str = ""  # what happened to the units, for the Why sentence
    helped_by: tuple[str, ...] = ()  # further reports it looks at where they are there
    pays_itself: bool = False  # Amazon usually pays such units without a claim
    find: Callable[[Reports, Scene], Findings] = field(default=_nothing)
    arrivals: Callable[[Reports, Scene, Collection[str] | None], list[Credit]] = field(default=_no_credits)
    review: Callable[[Allocation, Reports, Scene], list[Draft]] = field(default=_no_drafts)


def product(row: Row, catalogue: Catalogue) -> Product:
    """The product a row names, completed from the catalogue."""
    return catalogue.complete(Product(row["sku"], row["fnsku"], row["asin"], row["title"]))


def by_asin(row: Row) -> bool:
    """True where a row is known by ASIN only: stock found under an `Amazon.Found.` SKU, or without FNSKU."""
    return row["sku"].startswith(FOUND_SKU) or not row["fnsku"]


def ledger_loss(
    kind: str,
    row: Row,
    scene: Scene,
    verb: str,
    *,
    excluded: str = "",
) -> Loss:
    """A negative adjustment of the Inventory Ledger as a loss, keyed by FNSKU, Reference ID and date."""
    day: date = row["date"].date()
    units = -round(row["quantity"])
    reconciled = row["reconciled"]
    return Loss(
        kind=kind,
        key=(row["fnsku"], row["reference_id"], day.isoformat()),
        pool="ledger",
        date=day,
        units=units,
        product=product(row, scene.catalogue),
        row=source(row),
        shows=f"{verb} {units} at {row['fulfillment_center'] or '?'} (code {row['reason']}, {row['disposition']})",
        clocks=(day,),
        marketplace=scene.policy.marketplace_of_stock(row["country"], home=scene.home),
        reconciled=0 if pd.isna(reconciled) else round(abs(reconciled)),
        ruled=not pd.isna(row["unreconciled"]),
        reference_id=row["reference_id"],
        code=row["reason"],
        excluded=excluded,
    )


def stock_adjustments(ledger: pd.DataFrame) -> pd.DataFrame:
    """The ledger's adjustments with a quantity."""
    found: pd.DataFrame = ledger[
        ledger["event_type"].eq("Adjustments") & ledger["quantity"].ne(0) & ledger["date"].notna()
    ]
    return found
