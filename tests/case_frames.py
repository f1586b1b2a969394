"""Turns the small pipe tables of a case into the canonical frames and exports of `recoup.reports.Reports`.

A table is a report cut to the columns that matter. What it leaves out:
- a product: rows that name no sku, fnsku, asin or product are product A; a column `product` names it by a letter
  (A = SKU-A, X00AAAAAAA, B00AAAAAAA); a row that names one identifier has the other two blank;
- ids: `reference_id`, `reimbursement_id` and `license_plate_number` are numbered by row (L1, R1, LPN1);
- the rest as in DEFAULTS, else blank. A cell left empty in a column that is there is blank, never a default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from recoup.model import Problem
from recoup.reports import Export, Report, Reports, StatedPeriod, all_reports
from recoup.reports._exports import settle_period
from recoup.reports.money_lines import COLUMNS as MONEY_COLUMNS
from recoup.reports.money_lines import to_money_lines
from recoup.reports.transactions import MONEY

TEXT = "str"
EIGHTEEN_MONTHS = timedelta(days=548)
ALWAYS_THERE = ("inventory_ledger", "reimbursements", "customer_returns", "transactions")
ONLY_WITH_A_TABLE = tuple(name for name in all_reports() if name not in ALWAYS_THERE)
MONEY_LINES = (
    "money_lines"  # not a report of Amazon: given directly, in place of transactions and settlements
)
TABLES = (*ALWAYS_THERE, *ONLY_WITH_A_TABLE, MONEY_LINES)
PRODUCT = ("sku", "fnsku", "asin")
SITES = {
    "US": ("amazon.com", "USD"), "CA": ("amazon.ca", "CAD"), "UK": ("amazon.co.uk", "GBP"),
    "DE": ("amazon.de", "EUR"), "FR": ("amazon.fr", "EUR"), "IT": ("amazon.it", "EUR"),
    "ES": ("amazon.es", "EUR"), "JP": ("amazon.co.jp", "JPY"), "AU": ("amazon.com.au", "AUD"),
}  # fmt: skip
COUNTRIES = {"UK": "GB"}
DEFAULTS: dict[str, dict[str, str]] = {
    "inventory_ledger": {
        "event_type": "Adjustments",
        "reference_id": "L{row}",
        "fulfillment_center": "ABC1",
        "disposition": "SELLABLE",
        "country": "{country}",
    },
    "reimbursements": {
        "reimbursement_id": "R{row}",
        "reason": "Lost_Warehouse",
        "condition": "NewItem",
        "currency": "{currency}",
        "amount_per_unit": "10.00",
        "has_original": "yes",
    },
    "customer_returns": {
        "quantity": "1",
        "fulfillment_center": "ABC1",
        "disposition": "SELLABLE",
        "reason": "UNWANTED_ITEM",
        "status": "Unit returned to inventory",
        "license_plate_number": "LPN{row}",
    },
    "transactions": {
        "settlement_id": "900",
        "marketplace": "{site}",
        "fulfillment": "Amazon",
        "currency": "{currency}",
    },
    "settlements": {
        "settlement_id": "901",
        "marketplace": "{site}",
        "amount_type": "ItemPrice",
        "amount_description": "Principal",
        "fulfillment": "AFN",
        "currency": "{currency}",
    },
    "sourcing_costs": {"currency": "{currency}"},
    "ledger_summary": {"disposition": "SELLABLE", "location": "{country}"},
    "replacements": {"fulfillment_center": "ABC1", "original_fulfillment_center": "ABC1", "quantity": "1"},
    "fulfilled_shipments": {"currency": "{currency}"},
    "inbound_shipments": {"status": "Closed", "action": "Action required"},
    "removal_orders": {"order_type": "Return", "order_status": "Completed", "disposition": "SELLABLE"},
    "removal_shipments": {"disposition": "SELLABLE", "carrier": "UPS", "order_type": "Return"},
    "removal_receipts": {"condition": "OK"},
    "product_dimensions": {"dimension_unit": "in", "weight_unit": "lb"},
    "storage_fees": {
        "fulfillment_center": "ABC1",
        "country": "{country}",
        "dimension_unit": "inches",
        "weight_unit": "pounds",
        "volume_unit": "cubic feet",
        "currency": "{currency}",
    },
    MONEY_LINES: {
        "marketplace": "{home}",
        "item": "Principal",
        "fulfillment": "Amazon",
        "currency": "{currency}",
        "deferred": "no",
    },
}
MONEY_KINDS = {"posted_date": "date", "amount": "money", "quantity": "quantity", "deferred": "present"}


class CaseError(Exception):
    """A case that is not understood: the file, the case or the key is named."""


@dataclass(frozen=True)
class CaseTables:
    """The tables of a case, the day of the run, the home marketplace, and what the exports are said to cover."""

    as_of: date
    home: str
    tables: Mapping[str, str]
    absent: tuple[str, ...] = ()
    periods: Mapping[str, str] = field(default_factory=dict)
    covers: tuple[StatedPeriod, ...] = ()
    conflicts: tuple[str, ...] = ()
    backwards: bool = False  # rows in the opposite order


def build_reports(case: CaseTables) -> Reports:
    """Frames of every declared report plus `money_lines`, and one export per report that is there."""
    declared = all_reports()
    reports = Reports({name: _frame(name, case) for name in declared})
    for name in (*ALWAYS_THERE, *ONLY_WITH_A_TABLE):
        if name not in case.absent and (name in ALWAYS_THERE or name in case.tables):
            reports.exports.append(_export(declared[name], reports.frames[name], case))
    for export in reports.exports:
        settle_period(export, case.covers)
    if MONEY_LINES in case.tables:
        reports.frames[MONEY_LINES] = _frame(MONEY_LINES, case)
    else:
        ignored: list[Problem] = []
        reports.frames[MONEY_LINES] = to_money_lines(
            *(reports.frames[n] for n in ("settlements", "settlements_v1", "transactions")), ignored
        )
    return reports


def _frame(name: str, case: CaseTables) -> pd.DataFrame:
    rows = [_complete(name, row, n, case) for n, row in enumerate(_rows(name, case, _kinds(name)), start=1)]
    if case.backwards:
        rows = rows[::-1]
    return _typed(name, rows) if rows else _empty(name)


@cache
def _empty(name: str) -> pd.DataFrame:
    return _typed(name, [])


def _typed(name: str, rows: list[dict[str, str]]) -> pd.DataFrame:
    kinds = _kinds(name)
    data = {column: _series([row[column] for row in rows], kind) for column, kind in kinds.items()}
    data["_where"] = pd.Series([_tab(name)] * len(rows), dtype=TEXT)
    data["_row"] = pd.Series(range(2, len(rows) + 2), dtype="int64")
    return pd.DataFrame(data)


@cache
def _kinds(name: str) -> dict[str, str]:
    """Canonical columns and how their cells are read."""
    if name == MONEY_LINES:
        return {c: MONEY_KINDS.get(c, "text") for c in MONEY_COLUMNS if not c.startswith("_")}
    return {column.name: column.kind for column in all_reports()[name].columns}


def _tab(name: str) -> str:
    return all_reports()["transactions" if name == MONEY_LINES else name].tab


def _rows(name: str, case: CaseTables, kinds: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of a pipe table as texts by column; an unknown or repeated column fails."""
    lines = [line for line in case.tables.get(name, "").splitlines() if line.strip()]
    if not lines:
        return []
    header, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    unknown = set(header) - set(kinds) - {"product"}
    if unknown or len(set(header)) < len(header):
        raise CaseError(f"{name}: columns not understood: {', '.join(sorted(unknown)) or 'a repeated one'}")
    for cells in body:
        if len(cells) != len(header):
            raise CaseError(f"{name}: {len(header)} cells expected in {' | '.join(cells)}")
    return [dict(zip(header, cells, strict=True)) for cells in body]


def _complete(name: str, row: dict[str, str], number: int, case: CaseTables) -> dict[str, str]:
    site, currency = SITES[case.home]
    country = COUNTRIES.get(case.home, case.home)
    words = {"row": number, "site": site, "currency": currency, "country": country, "home": case.home}
    full = {key: text.format(**words) for key, text in DEFAULTS.get(name, {}).items()} | row
    if not set(row) & {*PRODUCT, "product"}:
        full["product"] = "A"
    letter = full.pop("product", "")
    if letter:
        named = {"sku": f"SKU-{letter}", "fnsku": f"X00{letter * 7}", "asin": f"B00{letter * 7}"}
        full = named | full
    if name == "reimbursements":
        _complete_payment(full, row)
    if name == "transactions":
        full.setdefault("total", str(sum(float(full.get(m) or 0) for m in MONEY[:-1])))
    kinds = _kinds(name)
    return {column: full.get(column, "") for column in kinds}


def _complete_payment(full: dict[str, str], row: dict[str, str]) -> None:
    cash, goods = full.get("quantity_cash", ""), full.get("quantity_inventory", "")
    if (cash or goods) and "quantity_total" not in row:
        full["quantity_total"] = str(float(cash or 0) + float(goods or 0))
    if "amount_total" not in row:
        full["amount_total"] = str(float(full["amount_per_unit"] or 0) * abs(float(cash or 0)))


def _series(cells: list[str], kind: str) -> pd.Series:
    if kind == "date":
        days = [np.datetime64(c, "s") if c else np.datetime64("NaT", "s") for c in cells]
        return pd.Series(np.array(days, dtype="datetime64[s]"))
    if kind in ("quantity", "money", "measure"):
        return pd.Series([float(c) if c else math.nan for c in cells], dtype="float64")
    if kind == "present":
        return pd.Series([_yes(c) for c in cells], dtype=bool)
    return pd.Series(cells, dtype=TEXT)


def _yes(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise CaseError(f"yes or no expected, not {cell!r}")
    return cell == "yes"


def _export(report: Report, frame: pd.DataFrame, case: CaseTables) -> Export:
    """One export that states 18 months up to the day of the run, or what the case says of its period."""
    export = Export(report.name, report.tab, rows_read=len(frame), rows_used=len(frame))
    export.conflict = report.name in case.conflicts
    days = frame[report.day].dropna() if report.day else pd.Series(dtype="datetime64[s]")
    if len(days):
        export.first_day, export.last_day = days.min().date(), days.max().date()
    stated = case.periods.get(report.name, "")
    if stated == "rows":
        return export
    first, last = _period(stated) if stated else (case.as_of - EIGHTEEN_MONTHS, case.as_of)
    export.stated_from, export.stated_to, export.period_source = first, last, "preamble"
    return export


def _period(text: str) -> tuple[date, date]:
    first, _, last = text.partition(" to ")
    return date.fromisoformat(first), date.fromisoformat(last)
