"""The group Claims of the ribbon: find claims, explain one, take up or dismiss what is selected, tidy."""

from __future__ import annotations

from ..console import text_of
from ..live_doors import refresh_live
from ..printing import print_refresh
from .desk import Desk, go_to_table


def refresh_claims(desk: Desk) -> None:
    """Find claims and fill the sheets; then Claims is in front."""
    with desk.opened("Refresh claims") as work:
        done = refresh_live(work.book, desk.run, work.progress)
        go_to_table(work.book, "Claims")
    desk.dialogs.show("Refresh claims", text_of(print_refresh, done, as_json=False, strict=False))
