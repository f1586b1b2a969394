"""The one place that asks what time it is and who is at the computer, for the command line and the ribbon."""

from __future__ import annotations

import getpass
from datetime import date, datetime

from .run import Run


def today() -> date:
    """The operator's day."""
    return date.today()


def run_now(as_of: date | None = None) -> Run:
    """A run that starts now, for today or the day that was named."""
    now = datetime.now()  # noqa: DTZ005 - the operator's own clock
    return Run(as_of or now.date(), now.replace(microsecond=0), getpass.getuser())
