"""The numbers of policy that Dashboard asks for: minimum counts, bands of age, horizons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count, takewhile

from ..policy import ALL, Policy


@dataclass(frozen=True, slots=True)
class Limits:
    """What policy says on a day; a minimum is at least 1. ``bands`` and ``horizons`` are in days, ascending."""

    centre_units: int
    sku_units: int
    decided: int
    paid: int
    history: int
    bands: tuple[int, ...]
    horizons: tuple[int, ...]

    @classmethod
    def of(cls, policy: Policy, on: date) -> Limits:
        """The numbers in force on a day."""

        def number(key: str) -> int:
            value = policy.value(key, on=on, marketplace=ALL)
            return round(value.number) if value else 0

        def minimum(key: str) -> int:
            return max(number(key), 1)

        def steps(key: str) -> tuple[int, ...]:
            names = takewhile(policy.keys.__contains__, (f"{key}.{n}" for n in count(1)))
            return tuple(sorted({number(name) for name in names}))

        return cls(
            minimum("loss_rate_units_min.fulfilment_centre"),
            minimum("loss_rate_units_min.sku"),
            minimum("win_rate_cases_min"),
            minimum("days_to_pay_cases_min"),
            minimum("cash_history_cases_min"),
            steps("open_age_band"),
            steps("cash_horizon"),
        )
