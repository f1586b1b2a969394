"""How many of the units received are gone, by fulfilment centre and by SKU.

Decisions:
- Gone are units lost, damaged or disposed of in the ledger that did not come back: still open, or paid for.
- A fulfilment centre receives shipments of the seller and transfers from other centres; a SKU what the seller sent in.
- Below its minimum count a rate is not worked out: small numbers make any rate. Those stand last, with what is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..model import Record
from ..sheets import TABLES
from ._limits import Limits
from ._panel import Filled, counted

Days = tuple[date, date] | None
_SHOWN = TABLES["DashboardSkus"].fixed_rows
NAMELESS = "not named"
_NAMED = ["_where", "_row", "fulfillment_center", "sku", "fnsku"]


@dataclass(frozen=True, slots=True)
class Gone:
    """Units of one ledger row that did not come back."""

    where: str
    row: int
    units: int


def by_centre(ledger: pd.DataFrame, lost: pd.DataFrame, days: Days, limits: Limits) -> Filled:
    """Loss rates of fulfilment centres; ``lost`` as ``lost_rows`` gives it."""
    arrived = _arrived(ledger, ["Receipts", "WhseTransfers"], ["quantity", "fulfillment_center"])
    received = _units(arrived["quantity"], arrived["fulfillment_center"])
    missing = _units(lost["gone"], lost["fulfillment_center"])
    return _rated(received, missing, limits.centre_units, "Fulfilment centre", "fulfilment centre", days)


def by_sku(ledger: pd.DataFrame, lost: pd.DataFrame, days: Days, limits: Limits) -> Filled:
    """Loss rates of SKUs; the FNSKU where the export has no SKU."""
    arrived = _arrived(ledger, ["Receipts"], ["quantity", "sku", "fnsku"])
    received, missing = _units(arrived["quantity"], _sku(arrived)), _units(lost["gone"], _sku(lost))
    return _rated(received, missing, limits.sku_units, "SKU", "SKU", days)


def _arrived(ledger: pd.DataFrame, kinds: Sequence[str], columns: list[str]) -> pd.DataFrame:
    """These columns of the rows that bring units: a ledger is long, and its other columns are not asked for."""
    return ledger[columns][ledger["event_type"].isin(kinds) & ledger["quantity"].gt(0)]


def _sku(frame: pd.DataFrame) -> pd.Series:
    return frame["sku"].where(frame["sku"].ne(""), frame["fnsku"])


def _units(units: pd.Series, names: pd.Series) -> dict[str, int]:
    sums = units.astype("float64").groupby(names.astype(str)).sum()
    return {name or NAMELESS: round(total) for name, total in sums.items()}  # type: ignore[misc]


def lost_rows(gone: Sequence[Gone], ledger: pd.DataFrame) -> pd.DataFrame:
    """What the ledger names in rows of units that are gone; of a report that was cleared there are none."""
    rows = ledger[_NAMED][ledger["event_type"].eq("Adjustments")]
    frame = pd.DataFrame(
        {"_where": [g.where for g in gone], "_row": [g.row for g in gone], "gone": [g.units for g in gone]}
    ).astype({"_where": rows["_where"].dtype, "_row": rows["_row"].dtype, "gone": "int64"})
    return rows.merge(frame.groupby(["_where", "_row"], as_index=False)["gone"].sum(), on=["_where", "_row"])


def _rated(
    received: dict[str, int], gone: dict[str, int], least: int, header: str, what: str, days: Days
) -> Filled:
    rated = sorted(
        (name for name, units in received.items() if units >= least),
        key=lambda name: (-gone.get(name, 0) / received[name], -received[name], name),
    )
    few = sorted(gone.keys() - set(rated), key=lambda name: (-gone[name], name))
    rows = [_row(header, name, received.get(name, 0), gone.get(name, 0), least) for name in (*rated, *few)]
    if not received:
        nothing = "No units received in Inventory Ledger: paste its detailed view."
        return Filled(rows[:_SHOWN], nothing, nothing)
    blank = "" if rated else f"No {what} received {counted(least, 'unit')}: no rate is worked out below that."
    return Filled(rows[:_SHOWN], _basis(received, gone, len(rated), len(rows), least, what, days), blank)


def _row(header: str, name: str, received: int, gone: int, least: int) -> Record:
    enough = received >= least
    return {
        header: name,
        "Units received": received or None,
        "Units lost": gone,
        "Loss rate": round(gone / received, 6) if enough else None,
        "Note": None if enough else f"fewer than {counted(least, 'unit')} received",
    }


def _basis(
    received: dict[str, int], gone: dict[str, int], rated: int, rows: int, least: int, what: str, days: Days
) -> str:
    period = f" from {days[0]} to {days[1]}" if days else ""
    few = len(received) - rated
    gone_units, units = counted(sum(gone.values()), "unit"), sum(received.values())
    below = f"{counted(few, what)} with fewer than {counted(least, 'unit')} received have no rate."
    found = f"{units:,} units received in {counted(len(received), what)}, {gone_units} gone"
    said = f"Inventory Ledger{period}: {found}; {below}"
    return f"{said} {rows - _SHOWN:,} more not shown." if rows > _SHOWN else said
