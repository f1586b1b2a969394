"""Every worksheet function: its name, what it answers, and its arguments, as Excel's function wizard shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MOST_HELP = 255  # characters that the function wizard takes of a text
CATEGORY = "Recoup"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument; one that is ``optional`` may be left out."""

    name: str
    says: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function. ``gives`` tells how Excel shows one answer; ``volatile``: always, or with a blank last argument."""

    name: str
    says: str
    arguments: tuple[Argument, ...]
    gives: Literal["date", "value"] = "value"
    volatile: Literal["", "always", "with a blank last"] = ""


_KIND = Argument("kind", "Kind of claim as on Policy, such as lost_in_warehouse. A cell or a range.")
_EVENT = Argument(
    "event_date",
    "The day from which Amazon counts (Policy says which): a date, a serial number or 2026-09-02.",
)
_MARKET = Argument("marketplace", "US, UK, DE, ... Left out: the home marketplace on Settings.", True)
_SIDES = (
    Argument("longest", "The longest side in inches, packed as it ships."),
    Argument("median", "The side between, in inches."),
    Argument("shortest", "The shortest side in inches."),
    Argument("weight", "The weight in pounds."),
)
_SHIPS = Argument("date", "The day the unit ships. Left out: the day of the calculation.", True)
_CLAIM = Argument("claim_id", "The Claim ID, as on Claims. A cell or a range.")

FUNCTIONS = (
    Function(
        "RECOUP_DEADLINE",
        "The last day on which Amazon takes the claim, by the Policy of this workbook; a text that says so where "
        "Amazon's rule is not known.",
        (_KIND, _EVENT, _MARKET),
        gives="date",
    ),
    Function(
        "RECOUP_OPENS",
        "The first day on which Amazon takes the claim, by the Policy of this workbook; a text that says so where "
        "Amazon's rule is not known.",
        (_KIND, _EVENT, _MARKET),
        gives="date",
    ),
    Function(
        "RECOUP_DAYSLEFT",
        "Days from today, or another day, to the last day on which Amazon takes the claim; below 0 it is too late.",
        (_KIND, _EVENT, _MARKET, Argument("on", "The day to count from. Left out: today.", True)),
        volatile="with a blank last",
    ),
    Function(
        "RECOUP_UNITVALUE",
        "What Amazon owes for one unit in stock on a day: its cost on Sourcing Costs, capped as on Policy; a text "
        "that says so where no cost is known.",
        (
            Argument("sku_or_fnsku", "The SKU, FNSKU or ASIN. A cell or a range."),
            Argument("on", "The day of the loss. Left out: the day of the calculation.", True),
            _MARKET,
        ),
    ),
    Function(
        "RECOUP_FBAFEE",
        "Amazon's US fulfilment fee of a unit in USD, recomputed from its measures by the tables of the day it ships.",
        (
            *_SIDES,
            Argument("price", "The unit's price in USD."),
            _SHIPS,
            Argument("category", "Blank, apparel or dangerous goods.", True),
        ),
    ),
    Function(
        "RECOUP_SIZETIER",
        "Amazon's US size tier of one unit by the tables of the day it ships.",
        (*_SIDES, _SHIPS),
    ),
    Function(
        "RECOUP_REASON",
        "What a reason code of the ledger, a reimbursement or a denial means, and how Recoup takes it.",
        (
            Argument(
                "code", "The code as the report shows it, such as M or Lost_Warehouse. A cell or a range."
            ),
        ),
    ),
    Function(
        "RECOUP_WHY",
        "Why a claim is one, with the arithmetic, or why it is on Not Claimed.",
        (_CLAIM,),
    ),
    Function(
        "RECOUP_CASETEXT",
        "The text to file the claim with, from the rows of Evidence; says first what is missing in it.",
        (_CLAIM,),
    ),
    Function(
        "RECOUP_DUE",
        "What is overdue, due today and due within some days, as a table with headings that spills.",
        (Argument("days", "How many days to look ahead. Left out: 7.", True),),
        volatile="always",
    ),
)
BY_NAME = {f.name: f for f in FUNCTIONS}
