"""Public rule sets for the same reports, re-implemented from their descriptions to be scored beside Recoup.

Each module says where its rules are published, what they claim and what they do not do. ``tests/rivals`` holds the
examples those projects publish. No code of theirs is used.

The comparison is made at the level a rule set names units by (FNSKU, SKU, ASIN, or order and SKU), kinds put together,
and in its favour: a unit of the right product counts as right whatever the event; a unit that is owed under another
kind, or was owed and is too late, is counted as neither right nor wrong; windows are those of the seller's own
marketplace where the project only knows one; and what is only too early counts as asserted, as Recoup's Waiting does.
Recoup's own claims of the same kinds are counted in the same way beside it.
"""

from __future__ import annotations

from . import all_time_netting, asin_netting, dated_netting, refunds_without_return, unreconciled
from ._ruleset import Finding, RuleSet, Windows

RIVALS: tuple[RuleSet, ...] = (
    unreconciled.RULES,
    asin_netting.RULES,
    all_time_netting.RULES,
    dated_netting.RULES,
    refunds_without_return.RULES,
)

__all__ = ["RIVALS", "Finding", "RuleSet", "Windows"]
