"""Stories of ledger rows that look like losses and are none."""

from __future__ import annotations

from ..money import pay
from ..warehouse import adjust, find, lose, regrade
from ._stage import Stage, story

_ALREADY_UNSELLABLE = {
    "6": "CARRIER_DAMAGED",
    "7": "EXPIRED",
    "H": "CUSTOMER_DAMAGED",
    "K": "DEFECTIVE",
    "U": "DISTRIBUTOR_DAMAGED",
}


@story("quiet")
def damaged_when_already_unsellable(s: Stage) -> None:
    """Codes 6, 7, H, K and U damage units that could not be sold anyway: Not Claimed."""
    for ago, (code, disposition) in enumerate(_ALREADY_UNSELLABLE.items(), 20):
        centre = s.world.centre()
        row = adjust(s.world, s.product, s.ago(ago), code, -1, disposition, centre=centre, reconciled=(0, 1))
        adjust(s.world, s.product, s.ago(ago), "P", 1, "WAREHOUSE_DAMAGED", centre=centre)
        s.world.clear("damaged_in_warehouse", s.product, s.ago(ago), reference=row.reference)


@story("quiet")
def disposition_pairs(s: Stage) -> None:
    """Q and P are two halves of a regrading."""
    for ago, origin, target in (
        (44, "CUSTOMER_DAMAGED", "SELLABLE"),
        (36, "SELLABLE", "DEFECTIVE"),
        (31, "SELLABLE", "WAREHOUSE_DAMAGED"),
    ):
        row, _ = regrade(s.world, s.product, s.ago(ago), 2, origin, target)
        s.world.clear("damaged_in_warehouse", s.product, s.ago(ago), reference=row.reference)


@story("quiet")
def redefinition_pair(s: Stage) -> None:
    """Codes 4 and 3 move a unit from one SKU to another."""
    other = s.ordered()
    row = adjust(s.world, s.product, s.ago(33), "4", -2)
    adjust(s.world, other, s.ago(33), "3", 2)
    s.world.clear("lost_in_warehouse", s.product, s.ago(33), reference=row.reference)


@story("quiet")
def inventory_correction(s: Stage) -> None:
    """Code O alone: stock received by error is taken out again, neither loss nor credit."""
    row = adjust(s.world, s.product, s.ago(39), "O", -3)
    s.world.clear("lost_in_warehouse", s.product, s.ago(39), reference=row.reference)


@story("quiet")
def donated(s: Stage) -> None:
    """Code G gives units to charity under the disposal programme."""
    row = adjust(s.world, s.product, s.ago(42), "G", -2, "CUSTOMER_DAMAGED")
    s.world.clear("damaged_in_warehouse", s.product, s.ago(42), reference=row.reference)
    s.world.clear("disposed_without_request", s.product, s.ago(42), reference=row.reference)


@story("quiet")
def unsellable_disposed_of(s: Stage) -> None:
    """Code D of units that customers or makers spoilt is never claimed."""
    for ago, disposition in ((41, "CUSTOMER_DAMAGED"), (40, "DEFECTIVE"), (38, "EXPIRED")):
        row = adjust(s.world, s.product, s.ago(ago), "D", -1, disposition)
        s.world.clear("damaged_in_warehouse", s.product, s.ago(ago), reference=row.reference)
        s.world.clear("disposed_without_request", s.product, s.ago(ago), reference=row.reference)


@story("quiet")
def unsellable_misplaced(s: Stage) -> None:
    """M of stock that was unsellable for other reasons is Not Claimed."""
    for ago, disposition in ((37, "DEFECTIVE"), (35, "CUSTOMER_DAMAGED")):
        row = adjust(s.world, s.product, s.ago(ago), "M", -1, disposition, reconciled=(0, 1))
        s.world.clear("lost_in_warehouse", s.product, s.ago(ago), reference=row.reference)


@story("quiet")
def unknown_reason_code(s: Stage) -> None:
    """A code nobody has explained is a check with its units, never a loss, whatever its disposition."""
    for ago, code, disposition in ((34, "X", "SELLABLE"), (32, "T", "WAREHOUSE_DAMAGED")):
        row = adjust(s.world, s.product, s.ago(ago), code, -1, disposition)
        s.world.clear("lost_in_warehouse", s.product, s.ago(ago), reference=row.reference)
        s.world.clear("damaged_in_warehouse", s.product, s.ago(ago), reference=row.reference)


@story("own")
def correction_after_reimbursement(s: Stage) -> None:
    """Lost, paid, found, and taken out by code O because it was paid: the O is no second loss."""
    incident = lose(s.world, s.product, s.ago(45), 1)
    pay(s.world, incident.units, s.ago(41))
    find(s.world, s.product, s.ago(36), incident.units)
    row = adjust(s.world, s.product, s.ago(36), "O", -1)
    s.world.clear("lost_in_warehouse", s.product, s.ago(36), reference=row.reference)
