"""Monthly storage charged for a larger volume than the product measures.

Looks for:   volume per unit of a storage line against the measured one, beyond the tolerance (US).
Wrong when:  the package changed, the smaller unit has a dearer rate, or Amazon gave the money back.
Amazon says: fees/storage.yaml, policy/claim_windows.yaml

Decisions: owed is the fee of the lines less the share of it that the measured volume makes due, all warehouses of a
month together. Lines charged for less than the measured volume, beyond the tolerance too, count against it, and so
does the whole incentive of the lines counted; what would be owed if the incentive shrank with the volume is the
high value. A unit that measures as standard size while the line was charged a lower rate, that of oversize, is due
at the rate of standard size. A lone measurement holds for any month, whenever it was taken; of several the youngest
by the end of the month. The claim is dated with the first day of its month; Amazon charged it between two days of
the next month, so the claim opens by the later and closes by the earlier of them. A line without a volume, with a
unit other than cubic feet, in another currency or of a month without a table makes no claim.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import pandas as pd

from ..events import Findings, Overcharge, Product
from ..fees.size_tiers import size_tier
from ..fees.storage import charge_days, is_cubic_feet, is_larger, last_day, storage_rate, storage_table
from ..frames import Row, records, source
from ..model import Evidence, Problem, RecoupError
from ..money import cents
from ..reports import Reports
from ._detector import Detector, Scene, product
from ._product_records import ProductRecord, ProductRecords

KIND = "storage_fee_overcharged"
MARKETPLACE = "US"  # the only one whose fees are recomputed
TAB = "Storage Fees"
BASIS = "storage fee less its share for the measured volume"
IDS = ["fnsku", "sku", "asin", "month"]


def find(reports: Reports, scene: Scene) -> Findings:
    """One overcharge per FNSKU and month, and a note on what is not recomputed."""
    lines = reports.frames["storage_fees"]
    lines = lines[lines["fee"].gt(0)].reset_index(drop=True)
    lines["country"] = lines["country"].mask(lines["country"].eq(""), scene.home)
    units = [unit for unit in lines["volume_unit"].unique() if is_cubic_feet(unit)]
    ours = lines["country"].eq(MARKETPLACE) & lines["volume_unit"].isin(units)
    found = Findings(problems=_left_alone(lines[~ours]))
    known = ProductRecords(reports.frames["product_dimensions"], scene.catalogue, scene.home)
    for rows in _over(lines[ours & lines["unit_volume"].gt(0)], known):
        found.overcharges += _claim(rows, known, scene)
    return found


def _left_alone(lines: pd.DataFrame) -> list[Problem]:
    if lines.empty:
        return []
    places = ", ".join(sorted(lines["country"].unique()))
    text = f"the storage fees of {len(lines)} lines ({places}) are shown, not recomputed"
    remedy = f"Only those of {MARKETPLACE} in cubic feet are recomputed."
    return [Problem("note", TAB, text, remedy, rows=len(lines))]


def _over(lines: pd.DataFrame, known: ProductRecords) -> list[list[Row]]:
    """By FNSKU and month with a line of too large a volume: its lines beyond the tolerance, either way."""
    each = lines[IDS].drop_duplicates()
    found = [known.measured(_named(row), last_day(row["month"].date()))[0] for row in records(each)]
    each = each.assign(measured=[r.volume if r else math.nan for r in found])
    lines = lines.merge(each, on=IDS)
    lines["larger"] = is_larger(lines["unit_volume"], lines["measured"], lines["month"], MARKETPLACE)
    smaller = is_larger(lines["measured"], lines["unit_volume"], lines["month"], MARKETPLACE)
    beyond = lines[lines["larger"] | smaller].sort_values(["fnsku", "month", "_where", "_row"])
    groups = groupby(records(beyond), key=lambda row: (row["fnsku"], row["month"]))
    of_month = (list(rows) for _, rows in groups)
    return [rows for rows in of_month if any(row["larger"] for row in rows)]


def _named(row: Row) -> Product:
    return Product(row["sku"], row["fnsku"], row["asin"])


def _claim(rows: Sequence[Row], known: ProductRecords, scene: Scene) -> list[Overcharge]:
    """What the lines of one FNSKU and month were charged beyond the measured volume, if anything is left of it."""
    first, month = rows[0], rows[0]["month"].date()
    table = storage_table(month, MARKETPLACE)
    record, asked = known.measured(_named(first), last_day(month))
    if table is None or record is None or any(r["currency"] not in (table.currency, "") for r in rows):
        return []
    standard = _is_standard(record, month)
    shares = [_share(r, record, standard, month) for r in rows]
    incentive = sum(cents(abs(_number(r["incentive"]))) for r in rows)
    evidence = _evidence(rows, shares, record, table.currency)
    amount = cents(sum(e.amount or 0 for e in evidence))
    if amount <= table.tolerance:
        return []
    high = cents(
        sum((r["fee"] - abs(_number(r["incentive"]))) * (1 - s) for r, s in zip(rows, shares, strict=True))
    )
    clocks = charge_days(table, month)
    return [
        Overcharge(
            kind=KIND,
            key=(first["fnsku"], f"{month:%Y-%m}"),
            date=month,
            clocks=clocks,
            product=product(first, scene.catalogue),
            marketplace=MARKETPLACE,
            amount=amount,
            currency=table.currency,
            basis=BASIS,
            units=None,
            story=_story(rows, record, evidence),
            evidence=tuple(evidence),
            since=month,
            question="; ".join(filter(None, (asked, _surcharged(rows, standard, month)))),
            high=high if incentive and high > amount else None,
        )
    ]


def _share(row: Row, record: ProductRecord, standard: bool, month: date) -> float:
    """The share of a line's fee that is due for the measured volume; more than 1 where it was charged for less."""
    volume = record.volume / row["unit_volume"]
    if not row["larger"]:
        return float(volume)
    return float(min(volume * _dearer(row, standard, month), 1))


def _dearer(row: Row, standard: bool, month: date) -> float:
    """How much dearer the rate of standard size is than the one charged; 1 where it is not, or not known."""
    dangerous = bool(row["dangerous_goods"])
    charged = _number(row["base_rate"]) or _number(row["storage_rate"])
    charged = charged or storage_rate(
        month, _size(row["size_tier"]), dangerous=dangerous, marketplace=MARKETPLACE
    )
    rate = storage_rate(month, "standard", dangerous=dangerous, marketplace=MARKETPLACE)
    return max(rate / charged, 1) if standard and charged > 0 and rate > charged else 1


def _surcharged(rows: Sequence[Row], standard: bool, month: date) -> str:
    """The question where a utilization surcharge would have been that of another size."""
    other = any(r["larger"] and _number(r["surcharge"]) > 0 and _dearer(r, standard, month) > 1 for r in rows)
    return (
        "the utilization surcharge of standard size is dearer too: work it out before filing" if other else ""
    )


def _size(tier: str) -> str:
    words = tier.casefold()
    return "oversize" if any(w in words for w in ("oversize", "bulky", "extra")) else "standard"


def _is_standard(record: ProductRecord, month: date) -> bool:
    try:
        return "standard" in size_tier(*record.sides, record.weight, month, marketplace=MARKETPLACE)
    except RecoupError:
        return False


def _number(value: float) -> float:
    return 0.0 if pd.isna(value) else float(value)


def _evidence(
    rows: Sequence[Row], shares: Sequence[float], record: ProductRecord, currency: str
) -> list[Evidence]:
    """Each line with its fee, its incentive, and the measured volume with what it makes due."""
    found = []
    for row in rows:
        identifiers = f"FNSKU {row['fnsku']} · ASIN {row['asin']}"
        place, day = row["fulfillment_center"] or "?", row["month"].date()
        shows = f"{row['fee']:,.2f} charged at {place} for {row['unit_volume']:.4f} cubic feet a unit"
        found.append(Evidence("fee", source(row), day, None, cents(row["fee"]), currency, identifiers, shows))
        incentive = cents(abs(_number(row["incentive"])))
        if incentive:
            shows = f"incentive {incentive:,.2f} at {place}"
            found.append(Evidence("fee", source(row), day, None, -incentive, currency, identifiers, shows))
    due = cents(sum(r["fee"] * s for r, s in zip(rows, shares, strict=True)))
    shows = f"{due:,.2f} due for {record.volume:.4f} cubic feet a unit, measured {record.measured_on or ''}".rstrip()
    return [
        *found,
        Evidence("record", record.row, record.measured_on, None, -due, currency, record.named, shows),
    ]


def _story(rows: Sequence[Row], record: ProductRecord, evidence: Sequence[Evidence]) -> str:
    charged = cents(sum(r["fee"] for r in rows))
    volumes = sorted({f"{r['unit_volume']:.4f}" for r in rows})
    due, back = -(evidence[-1].amount or 0), cents(sum(cents(abs(_number(r["incentive"]))) for r in rows))
    less = f", {back:,.2f} given back as incentive" if back else ""
    return (
        f"storage of {rows[0]['month']:%Y-%m} charged {charged:,.2f} {evidence[0].currency} for "
        f"{' and '.join(volumes)} cubic feet a unit; measured {record.volume:.4f} makes {due:,.2f} due{less}"
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="SF",
    needs=("storage_fees", "product_dimensions"),
    refuted_by=("reimbursements",),
    value="given",
    clock="the charge",
    word="overcharged",
    find=find,
)
