"""One run of Recoup: when, for which day and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True)
class Run:
    """When, for which day and by whom; the doors know, nothing else does."""

    as_of: date
    when: datetime
    who: str

    @property
    def name(self) -> str:
        """A short name of the run for the Journal."""
        return f"{self.when:%Y%m%d-%H%M%S}"
