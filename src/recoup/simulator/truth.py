"""What Amazon owes at the end, told from the lives of the units and a small table of windows (US)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

from .units import Incident, Innocent, Kind, Unit

Status = Literal["Ready", "Waiting", "Needs input", "Expired"]

WINDOWS: dict[Kind, tuple[int, int]] = {
    "lost_in_warehouse": (0, 60),
    "damaged_in_warehouse": (0, 60),
    "return_not_received": (60, 120),
    "return_damaged_by_amazon": (60, 120),
    "reimbursement_underpaid": (0, 60),
    "reimbursement_reversed": (0, 60),
}
PAID_BY_ITSELF: frozenset[Kind] = frozenset(
    ("lost_in_warehouse", "damaged_in_warehouse", "return_not_received", "return_damaged_by_amazon")
)
USUAL_PAYMENT_DAYS = 10
NEVER_WAIT_LAST_DAYS = 14


@dataclass(frozen=True, slots=True)
class TruthClaim:
    """Units owed under one key and one status. Money in dollars; ``doubtful`` of the units are a question.

    Expired and live units of one key are two entries.
    """

    kind: Kind
    fnsku: str
    sku: str
    asin: str
    order_id: str
    reference_id: str
    event_date: date
    return_date: date | None
    reimbursement_id: str
    units: int
    opens: date
    deadline: date
    status: Status
    unit_value: float | None
    claim_value: float | None
    trap: str
    question: bool
    doubtful: int


def tell(
    incidents: list[Incident], innocents: list[Innocent], as_of: date
) -> tuple[list[TruthClaim], list[Innocent]]:
    """The claims that are owed and the discrepancies that are not, both in a fixed order."""
    claims: list[TruthClaim] = []
    cleared = list(innocents)
    for incident in incidents:
        if incident.day > as_of or not incident.open_units:
            cleared.append(_innocent(incident))
        else:
            claims.extend(_claims(incident, as_of))
    claims.sort(key=lambda c: (c.kind, c.event_date, c.fnsku, c.order_id, c.reference_id, c.deadline))
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
        "Waiting" if incident.deferred else "",
    )


def _claims(incident: Incident, as_of: date) -> list[TruthClaim]:
    """One entry for the units whose window is over, one for those whose window is not."""
    latest = timedelta(days=WINDOWS[incident.kind][1])
    over = [u for u in incident.open_units if _clock(u) + latest < as_of]
    live = [u for u in incident.open_units if _clock(u) + latest >= as_of]
    return [_claim(incident, units, as_of) for units in (over, live) if units]


def _clock(unit: Unit) -> date:
    assert unit.clock is not None
    return unit.clock


def _claim(incident: Incident, units: list[Unit], as_of: date) -> TruthClaim:
    earliest, latest = WINDOWS[incident.kind]
    opens = max(incident.last_clock or date.min, *(_clock(u) for u in units)) + timedelta(days=earliest)
    deadline = min(_clock(u) for u in units) + timedelta(days=latest)
    doubtful = sum(1 for u in units if u.doubt)
    cents = incident.unit_cents
    about_payment = incident.kind in ("reimbursement_underpaid", "reimbursement_reversed")
    return TruthClaim(
        kind=incident.kind,
        fnsku=incident.product.fnsku,
        sku=incident.sku,
        asin=incident.product.asin,
        order_id=incident.order_id,
        reference_id=incident.reference,
        event_date=incident.day,
        return_date=incident.return_date,
        reimbursement_id=incident.reference if about_payment else "",
        units=len(units),
        opens=opens,
        deadline=deadline,
        status=status(incident.kind, as_of, opens, deadline, bool(doubtful)),
        unit_value=None if cents is None else cents / 100,
        claim_value=None if cents is None else cents * len(units) / 100,
        trap=incident.story,
        question=bool(doubtful),
        doubtful=doubtful,
    )


def status(kind: Kind, as_of: date, opens: date, deadline: date, question: bool) -> Status:
    """Where such a claim stands on that day, with the settings a new workbook has."""
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
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(item).items()}
