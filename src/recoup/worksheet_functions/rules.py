"""Answers that the rules alone give: when a claim opens and closes, and what a code means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial

from recoup.deadlines import Window, find_window
from recoup.model import Cell, RecoupError
from recoup.policy import Policy
from recoup.policy.vocabulary import ReasonCode
from recoup.worksheet_functions.grids import Asked
from recoup.worksheet_functions.typed import day_of, name_of, shown

_WINDOW = "claim_window_latest."
_MARKS = re.compile(r"[\W_]+")
_LISTS = (
    ("reason_code", "Inventory Ledger"),
    ("payment_reason", "Reimbursements"),
    ("denial_reason", "denials"),
)


@dataclass(frozen=True)
class Circumstances:
    """What an answer depends on beside its arguments: the workbook's policy, the day, and how it counts days.

    Made for one call: what a cell means is found out once in it.
    """

    policy: Policy
    today: date
    date1904: bool

    @cached_property
    def kind(self) -> Callable[[Cell], str]:
        """The kind of claim that a cell means. Raises ``RecoupError``."""
        return cache(partial(kind_of, self.policy))

    @cached_property
    def marketplace(self) -> Callable[[Cell], str]:
        """The marketplace that a cell means. Raises ``RecoupError``."""
        return cache(partial(marketplace_of, self.policy))

    @cached_property
    def event_day(self) -> Callable[[Cell], date]:
        """The day that a cell of ``event_date`` means. Raises ``RecoupError``."""
        return cache(partial(day_of, "event_date", date1904=self.date1904))


def marketplace_of(policy: Policy, cell: Cell) -> str:
    """The marketplace that is meant; the home marketplace when none is named. Raises ``RecoupError``."""
    text = name_of(cell)
    if not text:
        return str(policy.setting("home_marketplace"))
    if code := policy.marketplace_named(text):
        return code
    raise RecoupError(
        f"No marketplace named {shown(cell)}: write one of {', '.join(sorted(policy.marketplaces))}."
    )


def kind_of(policy: Policy, cell: Cell) -> str:
    """The kind of claim that is meant. Raises ``RecoupError``."""
    kind = _MARKS.sub("_", name_of(cell).strip().casefold()).strip("_")
    if f"{_WINDOW}{kind}" not in policy.keys:
        if cell is None:
            raise RecoupError("kind is blank: name a kind of claim, see the Policy sheet.")
        raise RecoupError(f"No claim kind named {shown(cell)}: see the Policy sheet.")
    return kind


def _window(at: Circumstances, kind: Cell, event: Cell, marketplace: Cell) -> Window:
    day = at.event_day(event)
    try:
        return find_window(at.policy, at.kind(kind), [day], at.marketplace(marketplace))
    except (OverflowError, ValueError) as error:
        raise RecoupError(f"event_date: {day} is too far ahead.") from error


def deadline(at: Circumstances, asked: Asked) -> Cell:
    """The last day to file."""
    found = _window(at, *asked)
    return found.deadline or _unknown(at, asked, found)


def opens(at: Circumstances, asked: Asked) -> Cell:
    """The first day to file."""
    found = _window(at, *asked)
    return found.opens or _unknown(at, asked, found)


def days_left(at: Circumstances, asked: Asked) -> Cell:
    """Days to the last day to file."""
    *about, on = asked
    start = at.today if on is None else day_of("on", on, at.date1904)
    found = _window(at, *about)
    return (found.deadline - start).days if found.deadline else _unknown(at, about, found)


def _unknown(at: Circumstances, about: Sequence[Cell], window: Window) -> str:
    """Why there is no day: where the rule of today is known, the event is older than it."""
    kind, event, marketplace = about
    day = at.event_day(event)
    today = find_window(at.policy, at.kind(kind), [at.today], at.marketplace(marketplace))
    if day < at.today and not today.question:
        return f"Unknown: {day} is before the rules that Recoup knows for this marketplace: check the event date."
    return f"Unknown: {window.question}."


def reason(at: Circumstances, asked: Asked) -> Cell:
    """What a code means, by every list that holds it."""
    (cell,) = asked
    code = name_of(cell)
    looks: list[tuple[Callable[[str], ReasonCode | None], str]] = [
        (getattr(at.policy, f), n) for f, n in _LISTS
    ]
    found = [(known, report) for look, report in looks if (known := look(code))]
    if not found:
        raise RecoupError(f"No reason code {shown(cell)}: see the Reason Codes sheet.")
    return " / ".join(_meaning(known, report) for known, report in found)


def _meaning(code: ReasonCode, report: str) -> str:
    name = f"{code.code} ({report})"
    wording = code.wording if code.group == "ledger" else ""
    says = ". ".join(t.rstrip(".") for t in (wording, code.meaning) if t)
    taken = ", ".join(code.kinds) or code.role.replace("_", " ")
    by = f", overridden by {code.overridden_by}" if code.overridden_by else ""
    return f"{name}: {says}. Taken as: {taken}{by}." if says else f"{name}: taken as {taken}{by}."
