"""Money as reports write it: rounded to cents, compared without the noise of binary fractions."""

from __future__ import annotations

_NOISE = 1e-9


def cents(amount: float) -> float:
    """The amount in whole cents."""
    return round(amount, 2)


def exceeds(amount: float, limit: float) -> bool:
    """True when the amount is more than the limit, beyond the noise of floating point."""
    return amount > limit + _NOISE
