"""Stories of monthly storage charged by a volume that Amazon measured wrong, or right."""

from __future__ import annotations

from .. import fees
from ..charging import correct_fee, store
from ._stage import Stage, story


@story("own", only="US")
def stored_at_twice_its_volume(s: Stage) -> None:
    """A quarter of a cubic foot stored as half of one: half of the fee is owed."""
    fees.measure(s.product, fees.CUBE)
    store(s.world, s.product, s.month(2), 500, due=250)


@story("own", only="US")
def stored_at_its_volume(s: Stage) -> None:
    """Stored at the measured volume, and once a hair above it: nothing is owed."""
    fees.measure(s.product, fees.CUBE)
    store(s.world, s.product, s.month(2), 250, due=250)
    incident = store(s.world, s.product, s.month(3), 252, due=252)
    assert incident is not None


@story("own", only="US")
def stored_by_nobodys_measure(s: Stage) -> None:
    """A volume that nobody has measured against: nothing can be said."""
    store(s.world, s.product, s.month(2), 900)
    s.world.clear("storage_fee_overcharged", s.product, s.month(2))


@story("own", only="US")
def storage_corrected(s: Stage) -> None:
    """The excess was paid back: nothing is owed."""
    fees.measure(s.product, fees.CUBE)
    incident = store(s.world, s.product, s.month(2), 500, due=250)
    assert incident is not None
    correct_fee(s.world, incident, s.ago(9), sum(c.owed for c in incident.charges))
