"""Derives every claim of a saved workbook again from its Evidence rows: units, value, first and last day to file.

    python tests/crosscheck.py BOOK.xlsx

It reads the .xlsx with openpyxl and knows nothing of the program that wrote it: the rules below are written down
a second time, from the rule book. Windows and caps are read from the sheet Policy, an Override before the shipped
value. Prints one line per claim that does not follow from its rows and exits with 1 when there is one.
"""

from __future__ import annotations

import sys
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

Row = dict[str, Any]
VALUE_ONLY = {"sale", "fee", "cost", "document"}  # rows that say what a unit is worth, not that it is missing
MONEY = {  # kinds whose rows add up to money
    "refund_exceeds_charge",
    "refund_commission_kept",
    "fulfillment_fee_overcharged",
    "referral_fee_overcharged",
    "storage_fee_overcharged",
}
REFUND_STARTS = {"return_not_received", "return_damaged_by_amazon", "return_not_restocked"}
# Kinds whose days all belong to one event: it opens from the last and closes from the first of them.
TOGETHER = {"return_damaged_by_amazon", "return_not_restocked", "removal_lost", "storage_fee_overcharged"}
CENT = 0.005


def rows_of(book: Workbook, table: str) -> list[Row]:
    """The body of a table by its headings; blank rows left out."""
    for sheet in book.worksheets:
        if table in sheet.tables:
            grid = [[c.value for c in line] for line in sheet[sheet.tables[table].ref]]
            body = [dict(zip(grid[0], line, strict=True)) for line in grid[1:]]
            return [r for r in body if any(v not in (None, "") for v in r.values())]
    raise SystemExit(f"{table}: there is no such table; is this a workbook of claims?")


def day(cell: Any) -> date | None:
    return cell.date() if isinstance(cell, datetime) else cell if isinstance(cell, date) else None


def number(cell: Any) -> float:
    return float(cell) if isinstance(cell, (int, float)) else 0.0


def total(rows: Iterable[Row], column: str) -> float:
    return sum(number(r[column]) for r in rows)


class Rules:
    """The sheet Policy: which value holds for a key, a marketplace and a day."""

    def __init__(self, rows: list[Row]) -> None:
        self._by_key: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            key, _, _ = str(row["Rule"]).rpartition(".")
            self._by_key[key.rpartition(".")[0]].append(row)

    def find(self, key: str, market: str, on: date) -> tuple[float, str] | None:
        """(value, unit) in force, None when it is not known."""
        fitting = [
            r
            for r in self._by_key[key]
            if {market, "all"} & set(str(r["Marketplaces"]).split(", "))
            and (day(r["In force from"]) or date.min) <= on <= (day(r["In force to"]) or date.max)
        ]
        if not fitting:
            return None
        newest = max(fitting, key=lambda r: day(r["In force from"]) or date.min)
        value = newest["Override"] if newest["Override"] not in (None, "") else newest["Shipped value"]
        return (float(value), str(newest["Unit"])) if isinstance(value, (int, float)) else None

    def shift(self, key: str, market: str, on: date) -> date | None:
        """The day that many days or months after ``on``."""
        found = self.find(key, market, on)
        if found is None:
            return None
        count, unit = round(found[0]), found[1]
        if not unit.startswith("month"):
            return on + timedelta(days=count)
        year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
        return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def units_of(kind: str, rows: list[Row]) -> float | None:
    """What went missing less what settled it."""
    if kind in MONEY:
        return total(rows, "Units") if any(isinstance(r["Units"], (int, float)) for r in rows) else None
    if kind == "reimbursement_reversed":
        return total([r for r in rows if r["Role"] == "reversal"], "Units")
    return total([r for r in rows if r["Role"] not in VALUE_ONLY], "Units")


def value_of(claim: Row, rows: list[Row], units: float, rules: Rules) -> float | None:
    """The money of all units; None where the rows do not tell it."""
    kind, by_role = claim["Kind"], defaultdict(list)
    for row in rows:
        by_role[row["Role"]].append(row)
    if kind in MONEY:
        return total(rows, "Amount")
    if kind == "reimbursement_reversed":
        return -total(by_role["reversal"], "Amount")
    event = day(claim["Event date"])
    cap = rules.find("reimbursement_cap", claim["Marketplace"], event) if event else None
    most = cap[0] if cap and cap[1] == claim["Currency"] else float("inf")
    if kind == "reimbursement_underpaid":
        due = min(total(by_role["cost"], "Amount"), most) * units
        return due - total(by_role["reimbursement"], "Amount")
    if by_role["sale"]:
        fees = {str(r["What it shows"]).split(" ")[0] for r in by_role["fee"]}
        if not {"Commission", "FulfillmentFee"} <= fees:
            return None
        left = total(by_role["sale"], "Amount") + total(by_role["fee"], "Amount")
        return round(min(max(round(left / total(by_role["sale"], "Units"), 2), 0.0), most), 2) * units
    if not by_role["cost"]:
        return None
    return min(total(by_role["cost"], "Amount"), most) * units


def starts_of(kind: str, rows: list[Row], tracking: str = "") -> list[date]:
    """The days that start the window of what is still open: the oldest units are settled first."""
    if kind == "storage_fee_overcharged":  # Amazon charges a month between the 7th and the 15th of the next
        months = sorted({d for r in rows if r["Role"] == "fee" and (d := day(r["Date"]))})
        return [(months[0].replace(day=28) + timedelta(days=4)).replace(day=n) for n in (7, 15)]
    refunded = [r for r in rows if r["Role"] == "refund" and day(r["Date"])]
    if kind == "refund_commission_kept":
        return sorted({r["Date"].date() for r in refunded})
    if kind == "refund_exceeds_charge":  # the day on which the refunds passed the charges
        charged = -total([r for r in rows if r["Role"] == "sale"], "Amount")
        days_of = sorted({r["Date"].date() for r in refunded})
        sums = {d: total([r for r in refunded if r["Date"].date() <= d], "Amount") for d in days_of}
        return [d for d in days_of if sums[d] > charged + CENT][:1]
    if kind in MONEY:
        return sorted({d for r in rows if number(r["Amount"]) > 0 and (d := day(r["Date"]))})
    if kind == "reimbursement_reversed":
        counted = [r for r in rows if r["Role"] == "reversal" and number(r["Units"]) > 0]
        return sorted({d for r in counted if (d := day(r["Date"]))})
    beside = [r for r in rows if r["Role"] not in VALUE_ONLY]
    lost = sorted(
        ((d, number(r["Units"])) for r in beside if number(r["Units"]) > 0 and (d := day(r["Date"]))),
        key=lambda x: x[0],
    )
    settled = -sum(number(r["Units"]) for r in beside if number(r["Units"]) < 0)
    days: list[date] = []
    for on, count in lost:
        gone = min(count, settled)
        settled -= gone
        if count > gone:
            days.append(on)
    if kind == "removal_lost":  # something of the parcel arrived later: its last known movement
        days += [
            d
            for r in rows
            if r["Role"] == "receipt"
            and tracking
            and tracking in str(r["Identifiers"])
            and not str(r["What it shows"]).startswith("0 of")
            and (d := day(r["Date"]))
            and d > min(days)
        ]
    refunds = [d for r in rows if r["Role"] == "refund" and not r["Units"] and (d := day(r["Date"]))]
    if kind in REFUND_STARTS and refunds:
        return sorted({*refunds, *(days if kind == "return_not_received" else [])})
    return sorted(set(days))


def window_of(claim: Row, starts: list[date], rules: Rules, as_of: date) -> tuple[date | None, date | None]:
    """First and last day to file, of what is not past its last day; of all of it when everything is."""
    kind, market = claim["Kind"], claim["Marketplace"]
    last = {d: rules.shift(f"claim_window_latest.{kind}", market, d) for d in starts}
    together = kind in TOGETHER or claim["Status"] == "Expired"
    alive = [d for d in starts if together or last[d] is None or last[d] >= as_of] or starts  # type: ignore[operator]
    opens = rules.shift(f"claim_window_earliest.{kind}", market, max(alive))
    return opens, last[min(alive)]


def as_of_in(book: Workbook) -> date:
    """The day the claims were refreshed for."""
    ((sheet, cell),) = book.defined_names["Recoup_AsOf"].destinations
    return day(book[sheet][cell.replace("$", "")].value) or date.max


def differences(book: Workbook) -> Iterator[str]:
    """One line per claim and column that does not follow from the rows."""
    rules, as_of = Rules(rows_of(book, "Policy")), as_of_in(book)
    evidence: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(book, "Evidence"):
        if not str(row["What it shows"]).endswith(")") or "(report cleared" not in str(row["What it shows"]):
            evidence[row["Claim ID"]].append(row)
    for claim in rows_of(book, "Claims"):
        rows = evidence.get(claim["Claim ID"])
        if rows is None:
            if day(claim["Last seen"]) == as_of:
                yield f"{claim['Claim ID']} {claim['Kind']}: no evidence"
            continue
        yield from _compare(claim, rows, rules, as_of)


def _compare(claim: Row, rows: list[Row], rules: Rules, as_of: date) -> Iterator[str]:
    units = units_of(claim["Kind"], rows)
    starts = starts_of(claim["Kind"], rows, str(claim["Reference ID"] or ""))
    opens, deadline = window_of(claim, starts, rules, as_of) if starts else (None, None)
    value = value_of(claim, rows, units or 0, rules)
    if claim["Claim value"] is None and value is not None and claim["Value high"] is not None:
        value = None  # bounds only
    for column, derived in (
        ("Units", units),
        ("Claim value", value),
        ("Opens", opens),
        ("Deadline", deadline),
    ):
        stated = day(claim[column]) if column in ("Opens", "Deadline") else claim[column]
        same = stated == derived
        if isinstance(stated, (int, float)) and isinstance(derived, (int, float)):
            same = abs(stated - derived) < CENT
        if not same:
            yield f"{claim['Claim ID']} {claim['Kind']}: {column} is {stated}, its rows say {derived}"


def main() -> int:
    """Check the workbook named on the command line."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        raise SystemExit("usage: python tests/crosscheck.py BOOK.xlsx")
    book = load_workbook(sys.argv[1], data_only=True)
    found = list(differences(book))
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.stdout.write(f"{len(rows_of(book, 'Claims'))} claims looked at, {len(found)} differences\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
