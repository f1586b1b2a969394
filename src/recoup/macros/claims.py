"""The group Claims of the ribbon: find claims, explain one, take up or dismiss what is selected, tidy."""

from __future__ import annotations

from collections.abc import Sequence

from ..case_start import dismiss, start
from ..console import text_of
from ..dialogs import Field
from ..explain import explain
from ..live_doors import WRITTEN, refresh_live
from ..memory import plain
from ..model import Record
from ..printing import MOST_CLAIMS, print_explanation, print_refresh, print_tidied
from ..reports_folder import report_files
from ..tidying import tidy
from .desk import Desk, go_to_row, go_to_table
from .picked import picked_claims


def refresh_claims(desk: Desk) -> None:
    """Find claims and fill the sheets; then Claims is in front."""
    with desk.opened("Refresh claims") as work:
        done = refresh_live(work.book, desk.run, work.progress)
        go_to_table(work.book, "Claims")
    desk.dialogs.show("Refresh claims", text_of(print_refresh, done, as_json=False, strict=False))


def explain_claim(desk: Desk) -> None:
    """Show the rows that the selected claims stand on; then those of the first are in front."""
    with desk.opened("Explain", to_write=False) as work:
        picked = picked_claims(work.book)
        shown = [explain(work.book, key) for key in picked[:MOST_CLAIMS]]
        texts = [text_of(print_explanation, claim, as_json=False) for claim in shown]
        texts += _more(picked)
        go_to_row(work.book, "Evidence", "Claim ID", picked[0])
    desk.dialogs.show("Explain", "\n".join(texts))


def take_up_claims(desk: Desk) -> None:
    """Make Drafts on Cases from the selected claims; then the first of these is in front."""
    with desk.opened("Take up") as work:
        picked = picked_claims(work.book)
        done = start(work.book, desk.run, picked, report_files(work.book, []))
        work.book.save()
        go_to_row(work.book, "Cases", "Claim ID", picked[0])
    desk.dialogs.show("Take up", "\n".join([*done.said, "", WRITTEN]))


def dismiss_claims(desk: Desk) -> None:
    """Ask why, and move the selected claims to Not Claimed, dismissed by this person."""
    with desk.opened("Dismiss") as work:
        picked = picked_claims(work.book)
        question = f"{_named(work.book.read_table('Claims').records(), picked)}\n\nWhy are they dismissed?"
        answers = work.asking().ask("Dismiss", question, [_BECAUSE])
        done = dismiss(work.book, desk.run, picked, answers[_BECAUSE.label])
        work.book.save()
        go_to_row(work.book, "NotClaimed", "Claim ID", picked[0])
    desk.dialogs.show("Dismiss", "\n".join([*done.said, "", WRITTEN]))


def tidy_claims(desk: Desk) -> None:
    """Sort Claims by priority, what is finished below; then Claims is in front."""
    with desk.opened("Tidy") as work:
        moved = tidy(work.book)
        work.book.save()
        go_to_table(work.book, "Claims")
    desk.dialogs.show("Tidy", text_of(print_tidied, moved) + WRITTEN * bool(moved))


_BECAUSE = Field("Reason", lines=3, needed=True, hint="It stands on Claims and Not Claimed, with your name.")


def _named(claims: Sequence[Record], picked: Sequence[str]) -> str:
    """The picked claims in a line each, as far as a window holds them."""
    shown = ("Claim ID", "Kind", "SKU", "Units", "Claim value", "Currency")
    rows = {
        plain(r.get("Claim ID")): ", ".join(filter(None, (plain(r.get(h)) for h in shown))) for r in claims
    }
    return "\n".join([*(rows.get(key, key) for key in picked[:MOST_CLAIMS]), *_more(picked)])


def _more(picked: Sequence[str]) -> list[str]:
    return [f"… and {len(picked) - MOST_CLAIMS} more"] if len(picked) > MOST_CLAIMS else []
