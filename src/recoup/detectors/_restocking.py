"""Which returned units the ledger shows as received again: each unit of either report paired at most once.

Decisions: a unit is looked for in the ledger from the day before its return, since the two reports cut their days in
different time zones, to the last day of the policy's wait. Units called back in inventory choose first among the
sellable units of the ledger, then other sellable returns; units that came back unsellable have the unsellable ones.
What a unit called back is then offered is an unsellable unit that no such return explains: perhaps it is that one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True, slots=True)
class Restocked:
    """What became of the returns that are called back in inventory; the arrays are aligned with the frames.

    ``open``: units of each return that no sellable unit of the ledger explains. ``doubtful``: those of them that may
    be an unsellable unit of the ledger, in row ``doubt`` (a position, NONE where there is none). ``surplus``: sellable
    units of each ledger row that no return explains.
    """

    open: Numbers
    doubtful: Numbers
    doubt: Numbers
    surplus: Numbers


@dataclass(slots=True)
class _Units:
    """Single units by product code and day; ``row`` is the row of each, ``partner`` the unit paired with it."""

    row: Numbers
    code: Numbers
    day: Numbers
    partner: Numbers

    @classmethod
    def of(cls, codes: Numbers, days: pd.Series, quantities: pd.Series) -> _Units:
        """The units of a frame's rows."""
        numbers = day_numbers(days)
        row = np.repeat(np.arange(len(codes)), quantities.round().astype(np.int64))
        row = row[np.lexsort((row, numbers[row], codes[row]))]
        return cls(row, codes[row], numbers[row], np.full(len(row), NONE, dtype=np.int64))

    def per_row(self, chosen: Flags, rows: int) -> Numbers:
        """How many of the chosen units each row has."""
        return np.bincount(self.row[chosen], minlength=rows).astype(np.int64)


def day_numbers(days: pd.Series) -> Numbers:
    """Days as whole numbers."""
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)


def pair_returns(returns: pd.DataFrame, received: pd.DataFrame) -> Restocked:
    """Pair returned units with the units the ledger received.

    ``returns``: columns fnsku, return_date, quantity, sellable (bool), claimable (bool: called back in inventory),
    wait (days). ``received``: fnsku, date, quantity, sellable. A row without an FNSKU has no partner.
    """
    names = pd.concat([returns["fnsku"], received["fnsku"]], ignore_index=True)
    codes = pd.factorize(names)[0].astype(np.int64)
    back = _Units.of(codes[: len(returns)], returns["return_date"], returns["quantity"])
    ledger = _Units.of(codes[len(returns) :], received["date"], received["quantity"])
    until = back.day + returns["wait"].to_numpy(dtype=np.int64)[back.row]
    named = returns["fnsku"].ne("").to_numpy()[back.row]
    good = returns["sellable"].to_numpy()[back.row]
    called = returns["claimable"].to_numpy()[back.row]
    shelf = received["sellable"].to_numpy()[ledger.row]
    for mine, theirs in ((called, shelf), (good & ~called, shelf), (~good, ~shelf)):
        _pair(back, ledger, until, mine & named, theirs)
    unseen = called & (back.partner == NONE)
    _pair(back, ledger, until, unseen & named, ~shelf)
    doubtful = unseen & (back.partner != NONE)
    doubt = np.full(len(returns), NONE, dtype=np.int64)
    doubt[back.row[doubtful]] = ledger.row[back.partner[doubtful]]
    return Restocked(
        open=back.per_row(unseen, len(returns)),
        doubtful=back.per_row(doubtful, len(returns)),
        doubt=doubt,
        surplus=ledger.per_row(shelf & (ledger.partner == NONE), len(received)),
    )


def _pair(back: _Units, ledger: _Units, until: Numbers, mine: Flags, theirs: Flags) -> None:
    """Give each free unit, oldest first, the oldest free unit of its product received within its days."""
    ours = np.flatnonzero(mine & (back.partner == NONE))
    free = np.flatnonzero(theirs & (ledger.partner == NONE))
    offers = list(zip(ledger.code[free].tolist(), ledger.day[free].tolist(), free.tolist(), strict=True))
    wanted = zip(*(x.tolist() for x in (back.code[ours], back.day[ours], until[ours], ours)), strict=True)
    place = 0
    for code, day, last, unit in wanted:
        while place < len(offers) and offers[place] < (code, day - 1):
            place += 1
        if place == len(offers):
            return
        offered, received, other = offers[place]
        if offered == code and received <= last:
            back.partner[unit], ledger.partner[other] = other, unit
            place += 1
