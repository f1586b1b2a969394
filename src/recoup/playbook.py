"""What to do about a denial: the play of its reason, in words and as a table. All it says stands in policy.

Decisions:
- A reason that is not known is played as `other`, and the reasons that are known are named.
- What Amazon wants attached for a kind of claim stands with the texts of that kind.
"""

from __future__ import annotations

from datetime import date

from .case_texts import KINDS
from .cases import text
from .model import Record
from .policy import DENIALS, Play, Policy

OTHER, FINAL = "other", "final"


def find_play(policy: Policy, reason: str) -> Play:
    """The play of a reason, that of `other` when it is not known."""
    known = policy.denial_reason(reason)
    role = known.role if known else OTHER
    return policy.plays.get(role) or policy.plays[OTHER]


def tell_play(policy: Policy, reason: str, kind: str) -> str:
    """What to do, what to attach, where, and when not to appeal."""
    play = find_play(policy, reason)
    attach = [*play.attach, *(KINDS[kind].attach if play.of_kind and kind in KINDS else ())]
    said = [
        _unknown(policy, reason),
        play.do,
        f"Attach: {'; '.join(dict.fromkeys(attach))}." if attach else "",
        f"Where: {play.where}.",
        f"Do not appeal when {play.leave}.",
    ]
    return " ".join(filter(None, said))


def known_reasons(policy: Policy) -> list[str]:
    """The reasons of a denial that have a play of their own."""
    return [c.code for c in policy.reason_codes if c.group == DENIALS]


def _unknown(policy: Policy, reason: str) -> str:
    if text(reason) and policy.denial_reason(reason) is None:
        return f"Decision reason is none that Recoup knows ({', '.join(known_reasons(policy))}): played as other."
    return ""


def play_rows(policy: Policy, on: date, marketplace: str) -> list[Record]:
    """The playbook as a table: one row per reason."""
    rows: list[Record] = []
    for code in policy.reason_codes:
        if code.group != DENIALS:
            continue
        play = find_play(policy, code.code)
        wait = policy.value(play.wait, on=on, marketplace=marketplace) if play.wait else None
        attach = [*play.attach, *(["what Amazon wants of the kind of claim"] if play.of_kind else [])]
        rows.append(
            {
                "Reason": code.code,
                "Meaning": code.meaning,
                "Do": play.do,
                "Attach": "; ".join(attach),
                "Where": play.where,
                "Not before": f"{wait.value} {wait.unit} after the denial" if wait else "",
                "Do not appeal when": play.leave,
                "Certainty": play.certainty,
                "Source": play.reference,
            }
        )
    return rows
