"""Units lost or disposed of that were damaged stock already: the same units as an earlier damage (RULES 2.7).

A unit that Amazon damaged is claimed once, as damaged. When it later goes missing from damaged stock, or is
disposed of, that is no second loss. Only what no damage in the ledger explains is left, as a question.

Decisions: all kinds draw from one stock of damages, in date order, so that no damage explains two units. A find
in damaged stock brings back a unit lost from there; finds that nothing uses count as finds of sellable stock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .events import Aside, Credit, Findings, Loss

NO_DAMAGE = "no damage of this unit in the ledger: paste the Inventory Ledger for the months before"
EXPLAINED = "the damaged unit was found again, or its damage is looked at already"


@dataclass(slots=True)
class _Stock:
    """Units of one row that may still explain a loss of damaged stock."""

    event: Loss | Credit
    left: int

    def draw(self, wanted: int) -> int:
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


def settle_damaged_stock(findings: Findings, damage_codes: frozenset[str]) -> None:
    """Take out of ``findings`` what is explained: losses of damaged stock become asides, or a question."""
    damages = _by_fnsku((x, x.units) for x in _in_order(x for x in findings.losses if x.code in damage_codes))
    finds = _by_fnsku((c, c.units or 0) for c in findings.credits if c.stock == "damaged")
    losses: list[Loss] = [x for x in findings.losses if x.stock != "damaged"]
    for loss in _in_order(x for x in findings.losses if x.stock == "damaged"):
        left = loss.units - _draw(loss, finds, damages)
        if left:
            losses.append(
                loss._replace(units=left, shows=_recount(loss, left), question=loss.question or NO_DAMAGE)
            )
        if left < loss.units:
            findings.asides.append(_aside(loss, loss.units - left))
    findings.losses = losses
    findings.credits = [c for c in findings.credits if c.stock != "damaged"] + [
        _left_over(s.event, s.left)
        for stocks in finds.values()
        for s in stocks
        if s.left and isinstance(s.event, Credit)
    ]


def _by_fnsku(events: Iterable[tuple[Loss | Credit, int]]) -> dict[str, list[_Stock]]:
    stock: dict[str, list[_Stock]] = defaultdict(list)
    for event, units in events:
        stock[event.product.fnsku].append(_Stock(event, units))
    return stock


def _in_order(losses: Iterable[Loss]) -> Sequence[Loss]:
    return sorted(losses, key=lambda x: (x.date, x.reference_id, x.kind, -x.units, x.row.where, x.row.row))


def _draw(loss: Loss, finds: dict[str, list[_Stock]], damages: dict[str, list[_Stock]]) -> int:
    fnsku, left = loss.product.fnsku, loss.units
    for found in finds.get(fnsku, []):
        if (
            isinstance(found.event, Credit)
            and loss.kind in found.event.kinds
            and found.event.date >= loss.date
        ):
            left -= found.draw(left)
    for damage in damages.get(fnsku, []):
        if damage.event.date <= loss.date:
            left -= damage.draw(left)
    return loss.units - left


def _recount(loss: Loss, units: int) -> str:
    return loss.shows if units == loss.units else f"{loss.shows}, {units} of them not known as damaged"


def _left_over(credit: Credit, units: int) -> Credit:
    return credit._replace(units=units, stock="sellable")


def _aside(loss: Loss, units: int) -> Aside:
    return Aside(
        kind=loss.kind,
        key=loss.key,
        reason="excluded by policy",
        date=loss.date,
        units=units,
        product=loss.product,
        row=loss.row,
        why=EXPLAINED,
        marketplace=loss.marketplace,
        reference_id=loss.reference_id,
        shipment_id=loss.shipment_id,
        removal_order_id=loss.removal_order_id,
    )
