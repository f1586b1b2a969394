"""Facts of one row of Evidence: its own cells, the names in Identifiers, and what `What it shows` states.

The sentences that detectors write are read back here and nowhere else, by the forms below. A row whose sentence has
none of these forms gives no such fact, so that the text names it as missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from ..cases import day, text
from ..model import Cell, Record


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency."""

    amount: float
    currency: str


Fact: TypeAlias = "str | int | date | Money"

NAMES = (  # as `Identifiers` writes them, longer ones before those they begin with
    *("SKU", "FNSKU", "ASIN", "order", "shipment", "removal order", "reference", "case"),
    *("reimbursement", "original", "parcel"),
)
_BETWEEN = re.compile(rf" · (?=(?:{'|'.join(NAMES)}) )")
_CLEARED = re.compile(r" \(report cleared [\d-]+\)$")  # the row stands on its own: its facts stay
_CODE = r"[A-Z][A-Z_]*"
_MONEY = r"-?[\d,]+\.\d+"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:misplaced|damaged|disposed of) (?P<quantity>\d+) at (?P<fc>\S+) "
        rf"\(code (?P<code>\w+), (?P<disposition>{_CODE})?\)",
        r"found (?P<quantity>\d+) at (?P<fc>\S+) \(code (?P<code>\w+)\)",
        rf"returned (?P<quantity>\d+) as (?P<disposition>{_CODE}), status (?P<status>[^,;]+?)"
        r"(?:, LPN (?P<lpn>[^;]+))?(?:$|;)",
        rf"returned (?P<quantity>\d+) \((?P<disposition>{_CODE})?, (?P<status>[^)]*)\)",
        rf"refunded (?:(?P<quantity>\d+), )?(?P<refunded>{_MONEY}) (?P<currency>[A-Z]{{3}}) principal",
        rf"refunded (?P<item>[A-Za-z ]+) (?P<refunded>{_MONEY})$",
        rf"(?:Order|Refund): (?P<item>[A-Za-z][A-Za-z :_-]*?) {_MONEY}$",
        r"(?P<quantity>\d+) sent again as order (?P<replacement>[^\s,]+)",
        r"shipment \S+: (?P<shipped>\d+) shipped, (?P<received>\d+) received, (?P<reconciled>\d+) reconciled",
        r"(?P<quantity>\d+) (?P<state>\w+) shipped under (?P<tracking>\S+)",
        r"(?P<arrived>\d+) of \S+ arrived",
        r"(?P<quantity>\d+) arrived: (?P<condition>.+)",
        rf"fulfilment fee (?P<charged>{_MONEY}) (?P<currency>[A-Z]{{3}})(?:, shipped (?P<shipped_on>[\d-]+))?",
        rf"(?P<dimensions>[\d.]+ x [\d.]+ x [\d.]+ \w+), (?P<weight>[\d.]+ \w+), [^:]*: (?P<size_tier>[^;]+);.*: "
        rf"(?P<due>{_MONEY}) (?P<currency>[A-Z]{{3}}) due",
        r".*: \d+ paid (?P<paid_as>in inventory)",
        rf"commission (?P<commission>{_MONEY})$",
        rf"commission (?P<commission>{_MONEY}) charged",
        rf"commission (?P<given_back>{_MONEY}) given back",
        rf"administration fee (?P<fee_kept>{_MONEY}) kept",
        rf"(?P<most_kept>{_MONEY}) is the most that Amazon may keep",
        rf"{_MONEY} charged, (?P<due_back>{_MONEY}) due back in all",
        rf"commission of the sale, estimated, (?P<due_back>{_MONEY}) due back in all",
        rf"(?P<due>{_MONEY}) due on (?:\d+|\?) sold \((?P<category>.+)\)",
        rf"item price (?P<price>{_MONEY})",
        rf"shipping (?P<shipping_price>{_MONEY})",
        rf"(?P<charged>{_MONEY}) charged at (?P<fc>\S+) for (?P<charged_volume>[\d.]+) cubic feet a unit",
        rf"(?P<due>{_MONEY}) due for (?P<measured_volume>[\d.]+) cubic feet a unit"
        r"(?:, measured (?P<measured_on>[\d-]+))?",
    )
)
_MONIES = frozenset(
    {
        *("refunded", "charged", "due", "commission", "given_back", "fee_kept", "most_kept", "due_back"),
        *("price", "shipping_price"),
    }
)
_COUNTS = frozenset({"quantity", "shipped", "received", "reconciled", "arrived"})
_DAYS = frozenset({"shipped_on", "measured_on"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of Evidence, read. ``facts`` holds what is known of it, by name."""

    claim_id: str
    role: str
    place: str  # report and row, for people
    facts: Mapping[str, Fact]
    units: float | None  # as they count for or against the claim
    amount: float | None

    def __getitem__(self, name: str) -> Fact | None:
        return self.facts.get(name)

    @property
    def deducts(self) -> bool:
        """True for a row that takes units or money of the claim away."""
        return (self.units is not None and self.units < 0) or self.facts.get("deducts") is not None


def read_row(record: Record) -> Row:
    """The facts of a row of Evidence."""
    shows = _CLEARED.sub("", text(record.get("What it shows")))
    currency = text(record.get("Currency"))
    units, amount = number(record.get("Units")), number(record.get("Amount"))
    facts: dict[str, Fact] = {}
    for form in _FORMS:
        found = form.match(shows) or (form.search(shows) if "due back" in form.pattern else None)
        for name, value in (found.groupdict() if found else {}).items():
            fact = _typed(name, value or "", currency)
            if fact is not None:
                facts.setdefault(name, fact)
    for part in _BETWEEN.split(text(record.get("Identifiers"))):
        name = next((n for n in NAMES if part.startswith(f"{n} ")), "")
        value = part.removeprefix(name).strip()
        if name and value not in ("", "?", "not named"):
            facts[name.lower().replace(" ", "_")] = value
    when = day(record.get("Date"))
    facts |= {"date": when} if when else {}
    facts |= {"units": int(abs(units))} if units else {}
    if amount is not None and currency and "paid_as" not in facts:
        facts |= {"amount": Money(abs(amount), currency), "signed": Money(amount, currency)}
        facts |= {"negated": Money(0.0 - amount, currency)}
    facts |= {"deducts": "yes"} if "past the deadline" in shows else {}
    place = f"{text(record.get('Sheet or file'))} {number(record.get('Row')) or 0:.0f}"
    return Row(text(record.get("Claim ID")), text(record.get("Role")), place, facts, units, amount)


def _typed(name: str, value: str, currency: str) -> Fact | None:
    if value in ("", "?", "blank") or name == "currency":
        return None
    if name in _MONIES:
        return Money(abs(float(value.replace(",", ""))), currency) if currency else None
    if name in _COUNTS:
        return int(value)
    return date.fromisoformat(value) if name in _DAYS else value


def number(cell: Cell) -> float | None:
    """A number cell, None for anything else."""
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
