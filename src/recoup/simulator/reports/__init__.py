"""The reports of the simulated seller, written as Seller Central writes them."""

from __future__ import annotations

from pathlib import Path

from ..world import World
from .costs import write_costs
from .fulfilment import write_ledger, write_reimbursements, write_returns
from .payments import write_settlements, write_transactions


def write_reports(world: World, folder: Path) -> list[Path]:
    """Write every report into the folder; returns the files in a fixed order."""
    return [
        write_ledger(world, folder),
        write_reimbursements(world, folder),
        write_returns(world, folder),
        *write_settlements(world, folder),
        write_transactions(world, folder),
        write_costs(world, folder),
    ]
