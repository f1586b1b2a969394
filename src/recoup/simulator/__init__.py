"""A seller whose truth is known: units are simulated, and the reports are written from their lives.

Three layers share one account: stories (`stories/`), one trap of the rules each, the same for every seed; mishaps
(`mishaps`), other ones for every seed, on products of their own; and trade (`background`), most of the rows.

What is not modelled: multi-channel orders, Amazon Warehousing and Distribution, Grade and Resell beyond its SKUs;
inbound defect, placement, low-inventory, returns-processing, removal and aged-inventory fees; the utilization
surcharge, incentives and dangerous goods in storage; fee tables of other years than 2024 to 2026 (those of 2026 go
on), and more than a few measured sizes. In the UK and Germany no wrong fees and no kept commission. Prices that
change, VAT of other countries, one account in several marketplaces; cases filed and what Amazon answers; refunds
that the seller issued (no report tells them apart), restocking fees; truncated, damaged or translated ledgers, and
files that Excel has saved again. How often each thing happens is invented: rates say nothing about real sellers.
The exports end the day before the run, and all of them do; gaps in what a seller downloads are not simulated.
"""

from __future__ import annotations

from .definitions import Definition, read_definition, read_definitions
from .reports import MESS
from .seller import Seller, simulate
from .stories import STORIES, Story
from .truth import TruthClaim
from .units import Charge, Incident, Innocent, Unit

__all__ = [
    "MESS",
    "STORIES",
    "Charge",
    "Definition",
    "Incident",
    "Innocent",
    "Seller",
    "Story",
    "TruthClaim",
    "Unit",
    "read_definition",
    "read_definitions",
    "simulate",
]
