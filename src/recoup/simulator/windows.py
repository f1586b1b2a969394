"""The days of each claim window, restated by hand from Amazon's pages: the truth reads no rule of the engine."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .units import Kind


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day after the clock, both inclusive; ``months`` where the last day is counted in months."""

    earliest: int
    latest: int
    months: bool = False

    def opens(self, clock: date) -> date:
        """The first day on which it can be claimed."""
        return clock + timedelta(days=self.earliest)

    def deadline(self, clock: date) -> date:
        """The last day on which it can be claimed."""
        return add_months(clock, self.latest) if self.months else clock + timedelta(days=self.latest)

    def last_clock(self, as_of: date) -> date:
        """The oldest clock that is still inside the window on that day."""
        day = as_of - timedelta(days=self.latest * (32 if self.months else 1))
        while self.deadline(day) < as_of:
            day += timedelta(days=1)
        return day


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


_WAREHOUSE, _FEE = Window(0, 60), Window(0, 90)
_US: dict[Kind, Window | None] = {
    "lost_in_warehouse": _WAREHOUSE,
    "damaged_in_warehouse": _WAREHOUSE,
    "disposed_without_request": _WAREHOUSE,
    "lost_inbound": Window(0, 9, months=True),
    "return_not_received": Window(60, 120),
    "return_damaged_by_amazon": Window(60, 120),
    "return_not_restocked": Window(60, 120),
    "replacement_not_returned": Window(60, 120),
    "refund_exceeds_charge": _FEE,
    "refund_commission_kept": _FEE,
    "removal_lost": Window(15, 75),
    "removal_damaged": _WAREHOUSE,
    "fulfillment_fee_overcharged": _FEE,
    "referral_fee_overcharged": _FEE,
    "storage_fee_overcharged": _FEE,
    "reimbursement_underpaid": _WAREHOUSE,
    "reimbursement_reversed": _WAREHOUSE,
}
_RETURNS_EUROPE = Window(45, 105)
_EUROPE: dict[Kind, Window | None] = _US | {
    "lost_inbound": Window(0, 6, months=True),
    "return_not_received": _RETURNS_EUROPE,
    "return_damaged_by_amazon": _RETURNS_EUROPE,
    "return_not_restocked": _RETURNS_EUROPE,
    "replacement_not_returned": _RETURNS_EUROPE,
    "reimbursement_underpaid": None,  # no European page on it was ever read: a question
}


def window(kind: Kind, market: str) -> Window | None:
    """The window of a kind in that market, None where Amazon's days are not known."""
    return (_US if market == "US" else _EUROPE)[kind]
