"""What Amazon owes at the end, told from the lives of the units and the money, and a small table of windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Literal

from .market import Market
from .units import Charge, Incident, Innocent, Kind, Unit
from .windows import Window, window

Status = Literal["Ready", "Waiting", "Needs input", "Expired"]

PAID_BY_ITSELF: frozenset[Kind] = frozenset(
    (
        "lost_in_warehouse",
        "damaged_in_warehouse",
        "return_not_received",
        "return_damaged_by_amazon",
        "return_not_restocked",
        "replacement_not_returned",
    )
)
AMONG_UNITS = ("reimbursement_underpaid", "reimbursement_reversed")
USUAL_PAYMENT_DAYS = 10
NEVER_WAIT_LAST_DAYS = 14
COUNTRIES = {"US": "US", "CA": "CA", "GB": "UK", "DE": "DE", "FR": "FR", "IT": "IT", "ES": "ES"}


@dataclass(frozen=True, slots=True)
class TruthClaim:
    """What is owed under one key and one status: units, or for kinds about money the money alone.

    Money in the currency; ``doubtful`` of the units are a question. Expired and live units of one key are two
    entries. ``opens`` and ``deadline`` are None where Amazon's days are not known.
    """

    kind: Kind
    fnsku: str
    sku: str
    asin: str
    order_id: str
    shipment_id: str
    removal_order_id: str
    reference_id: str
    event_date: date
    return_date: date | None
    reimbursement_id: str
    units: int | None
    opens: date | None
    deadline: date | None
    status: Status
    unit_value: float | None
    claim_value: float | None
    currency: str
    marketplace: str
    trap: str
    question: bool
    doubtful: int
    asks: str


def tell(
    incidents: list[Incident], innocents: list[Innocent], as_of: date, market: Market
) -> tuple[list[TruthClaim], list[Innocent]]:
    """The claims that are owed and the discrepancies that are not, both in a fixed order."""
    claims: list[TruthClaim] = []
    cleared = list(innocents)
    for incident in incidents:
        if incident.day > as_of or not (incident.open_units or incident.open_charges):
            cleared.append(_innocent(incident))
        else:
            claims.extend(_claims(incident, as_of, market))
    claims.sort(key=lambda c: (c.kind, c.event_date, c.fnsku, c.order_id, c.reference_id, str(c.deadline)))
    cleared.sort(key=lambda i: (i.kind, i.event_date, i.fnsku, i.order_id, i.reference_id, i.story))
    return claims, cleared


def _innocent(incident: Incident) -> Innocent:
    return Innocent(
        incident.story,
        incident.kind,
        incident.product.fnsku,
        incident.sku,
        incident.order_id,
        incident.reference,
        incident.day,
        incident.shipment,
        incident.removal,
        "Waiting" if incident.deferred else incident.may_show,
    )


def _claims(incident: Incident, as_of: date, market: Market) -> list[TruthClaim]:
    """One entry for what is past its window, one for what is not."""
    days = window(incident.kind, market.code)
    owed: list[Unit] | list[Charge] = incident.open_charges or incident.open_units
    over = [x for x in owed if days and days.deadline(_clock(x)) < as_of]
    live = [x for x in owed if x not in over]
    return [_claim(incident, part, days, as_of, market) for part in (over, live) if part]


def _clock(owed: Unit | Charge) -> date:
    if isinstance(owed, Charge):
        return owed.day
    assert owed.clock is not None
    return owed.clock


def _claim(
    incident: Incident, owed: Sequence[Unit | Charge], days: Window | None, as_of: date, market: Market
) -> TruthClaim:
    clocks = [_clock(x) for x in owed]
    opens = days.opens(max(incident.last_clock or date.min, *clocks)) if days else None
    deadline = days.deadline(min(clocks)) if days else None
    doubtful, asks = _questions(incident, owed, days)
    units, unit_value, value = _worth(incident, owed)
    return TruthClaim(
        kind=incident.kind,
        fnsku=incident.product.fnsku,
        sku=incident.sku,
        asin=incident.product.asin,
        order_id=incident.order_id,
        shipment_id=incident.shipment,
        removal_order_id=incident.removal,
        reference_id=incident.reference,
        event_date=incident.day,
        return_date=incident.return_date,
        reimbursement_id=incident.reference if incident.kind in AMONG_UNITS else "",
        units=units,
        opens=opens,
        deadline=deadline,
        status=status(incident.kind, as_of, opens, deadline, bool(asks)),
        unit_value=unit_value,
        claim_value=value,
        currency=market.currency,
        marketplace=COUNTRIES.get(incident.country, market.code),
        trap=incident.story,
        question=bool(asks),
        doubtful=doubtful,
        asks=asks,
    )


def _questions(incident: Incident, owed: Sequence[Unit | Charge], days: Window | None) -> tuple[int, str]:
    """How many units are doubtful, and all that has to be settled first."""
    doubts = [x.doubt for x in owed if x.doubt]
    asks = list(dict.fromkeys(doubts))
    if incident.missing:
        asks.append(f"the document is missing: {incident.missing}")
    if days is None:
        asks.append("the window is not known")
    return len(doubts), "; ".join(asks)


def _worth(
    incident: Incident, owed: Sequence[Unit | Charge]
) -> tuple[int | None, float | None, float | None]:
    """Units, value of a unit and value of the claim; None where it is not known or there is none."""
    charges = [x for x in owed if isinstance(x, Charge)]
    if charges:
        counts = [c.units for c in charges if c.units is not None]
        known = all(c.known for c in charges)
        return sum(counts) if counts else None, None, sum(c.owed for c in charges) / 100 if known else None
    cents = incident.unit_cents
    if cents is None:
        return len(owed), None, None
    return len(owed), cents / 100, cents * len(owed) / 100


def status(kind: Kind, as_of: date, opens: date | None, deadline: date | None, question: bool) -> Status:
    """Where such a claim stands on that day, with the settings a new workbook has."""
    if opens is None or deadline is None:
        return "Needs input"
    if as_of > deadline:
        return "Expired"
    if question:
        return "Needs input"
    ready = opens
    if kind in PAID_BY_ITSELF:
        usual = opens + timedelta(days=USUAL_PAYMENT_DAYS)
        ready = max(opens, min(usual, deadline - timedelta(days=NEVER_WAIT_LAST_DAYS)))
    return "Waiting" if as_of < ready else "Ready"


def as_json(item: TruthClaim | Innocent) -> dict[str, object]:
    """A plain dictionary with ISO dates."""
    told = asdict(item)
    return {f.name: v.isoformat() if isinstance(v := told[f.name], date) else v for f in fields(item)}
