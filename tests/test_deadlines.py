"""The windows of a run are worked out once for all events of the same kind, days and marketplace, not of fewer."""

from __future__ import annotations

from datetime import date
from itertools import product

from recoup.deadlines import Windows, find_window
from recoup.detectors import all_detectors
from recoup.policy import load

DAYS = (date(2024, 2, 29), date(2025, 3, 31), date(2026, 1, 31))


def test_a_window_found_before_is_that_of_the_event() -> None:
    policy = load()
    windows = Windows(policy)
    for kind, first, last, marketplace in product(all_detectors(), DAYS, DAYS, ("US", "DE", "JP")):
        clocks = (last, first)
        assert windows.of(kind, clocks, marketplace) == find_window(policy, kind, clocks, marketplace)
