"""What happens to units inside Amazon's warehouses: lost, found, damaged, corrected, moved, disposed of."""

from __future__ import annotations

from datetime import date, timedelta

from .rows import LedgerRow, Reconciled
from .units import Incident, Product, Unit
from .world import World


def receive(world: World, product: Product, day: date, units: int, centre: str, shipment: str) -> None:
    """Units of a shipment arrive."""
    world.note(LedgerRow(day, product, "Receipts", units, centre, reference=shipment))


def move(world: World, product: Product, day: date, units: int) -> None:
    """Units travel from one centre to another: two rows, nothing lost."""
    origin = world.centre()
    target = world.centre(origin)
    arrival = min(day + timedelta(days=world.random.randint(0, 4)), world.last_day)
    world.note(LedgerRow(day, product, "WhseTransfers", -units, origin))
    world.note(LedgerRow(arrival, product, "WhseTransfers", units, target))


def lose(
    world: World,
    product: Product,
    day: date,
    units: int = 1,
    *,
    code: str = "M",
    reconciled: Reconciled = "blank",
    rows: int = 1,
    centre: str = "",
    lost_on: date | None = None,
) -> Incident:
    """Sellable units go missing; with several ``rows`` the loss is booked as so many identical lines."""
    lost = [Unit(product) for _ in range(units)]
    reference, centre = world.reference(), centre or world.centre()
    incident = world.happen(
        "lost_in_warehouse",
        product,
        day,
        lost,
        reference=reference,
        unit_cents=product.value,
        happened_on=lost_on or day,
        country=world.market.country_of(centre),
    )
    for unit in lost:
        unit.live(lost_on or day, "lost")
        unit.owe(incident, day)
    each = units // rows
    for part in range(rows):
        share = lost[part * each : (part + 1) * each]
        world.note(
            LedgerRow(
                day, product, "Adjustments", -each, centre, "SELLABLE", code, reference, reconciled, share
            )
        )
    return incident


def find(
    world: World,
    product: Product,
    day: date,
    units: list[Unit] | None = None,
    *,
    count: int = 0,
    code: str = "F",
    reconciled: Reconciled = "blank",
    under_asin: bool = False,
    centre: str = "",
    country: str = "",
) -> None:
    """Missing units turn up (or ``count`` units that nobody missed)."""
    found = units or []
    world.note(
        LedgerRow(
            day,
            product,
            "Adjustments",
            len(found) or count,
            centre or world.centre(),
            "SELLABLE",
            code,
            world.reference(),
            reconciled,
            found,
            country,
            under_asin,
        )
    )
    for unit in found:
        if unit.fate == "paid":
            unit.live(day, "found")
        else:
            unit.settle(day, "found")


def damage(
    world: World, product: Product, day: date, units: int = 1, *, reconciled: Reconciled = "blank"
) -> Incident:
    """Amazon damages sellable units: ``E``, followed by the ``P`` that books them as damaged."""
    damaged = [Unit(product) for _ in range(units)]
    reference, centre = world.reference(), world.centre()
    incident = world.happen(
        "damaged_in_warehouse",
        product,
        day,
        damaged,
        reference=reference,
        unit_cents=product.value,
        country=world.market.country_of(centre),
    )
    for unit in damaged:
        unit.live(day, "damaged")
        unit.owe(incident, day)
    world.note(
        LedgerRow(
            day, product, "Adjustments", -units, centre, "SELLABLE", "E", reference, reconciled, damaged
        )
    )
    adjust(world, product, day, "P", units, "WAREHOUSE_DAMAGED", centre=centre)
    return incident


def adjust(
    world: World,
    product: Product,
    day: date,
    code: str,
    quantity: int,
    disposition: str = "SELLABLE",
    *,
    centre: str = "",
    reconciled: Reconciled = "none",
) -> LedgerRow:
    """Amazon books any other adjustment; nobody is owed a unit for it."""
    return world.note(
        LedgerRow(
            day,
            product,
            "Adjustments",
            quantity,
            centre or world.centre(),
            disposition,
            code,
            world.reference(),
            reconciled,
        )
    )


def regrade(
    world: World, product: Product, day: date, units: int, origin: str, target: str
) -> tuple[LedgerRow, LedgerRow]:
    """Units change their disposition: ``Q`` out of one, ``P`` into the other, same centre and day."""
    centre = world.centre()
    out = adjust(world, product, day, "Q", -units, origin, centre=centre)
    return out, adjust(world, product, day, "P", units, target, centre=centre)


def correct(world: World, incident: Incident, day: date) -> None:
    """Inspected: the units that were booked as damaged are sellable after all."""
    units = incident.open_units
    regrade(world, incident.product, day, len(units), "WAREHOUSE_DAMAGED", "SELLABLE")
    for unit in units:
        unit.settle(day, "corrected")


def explain(units: list[Unit], day: date) -> None:
    """Amazon reconciles units with an event of another SKU: no report shows it but the reconciled quantity."""
    for unit in units:
        unit.settle(day, "explained")
