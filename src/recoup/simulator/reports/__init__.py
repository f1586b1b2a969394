"""The reports of the simulated seller, written as Seller Central writes them, and his own records."""

from __future__ import annotations

from pathlib import Path

from ..world import World
from .costs import costs
from .fulfilment import ledger, reimbursements, returns
from .mess import MESS, NO_RECONCILED, known_mess, make_messy
from .orders import fulfilled_shipments, replacements
from .records import own_records
from .removals import removal_orders, removal_shipments
from .settlements import settlements
from .storage import storage_fees
from .summary import summary
from .text import Sheet
from .transactions import transactions

__all__ = ["MESS", "NO_RECONCILED", "known_mess", "write_reports"]


def write_reports(world: World, folder: Path) -> list[Path]:
    """Write every report and record into the folder; returns the files in a fixed order."""
    return [sheet.write(folder) for sheet in make_messy(_sheets(world), world)]


def _sheets(world: World) -> list[Sheet]:
    sheets = [
        ledger(world),
        summary(world),
        reimbursements(world),
        returns(world),
        replacements(world),
        *settlements(world),
        transactions(world),
        fulfilled_shipments(world),
        removal_orders(world),
        removal_shipments(world),
        costs(world),
        *own_records(world),
    ]
    return [*sheets, storage_fees(world)] if world.storage else sheets
