"""When to come back to a case that was filed, and what to do then: one step per stage.

Decisions:
- `Follow up on` counts where it is filled in, whatever policy says. Where it is blank, or is no day, the days of policy
  count, from when the case was last heard of (Case Log, else `Filed on`).
- An appeal is never due after the last day on which it is possible, whatever `Follow up on` says.
- A case nobody knows anything about since when is due at once.
- A paid case is watched as long as Amazon usually takes payments back, counted from the payment; then it is closed.
- A closed case is never due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .cases import day, stage_of, text
from .model import Cell
from .playbook import FINAL, find_play, tell_play
from .sheets import STAGES
from .stages import Rules, last_appeal, look_again, shown, why_no_appeal

_SAYS = {
    "Filed": ("look again", "Look for Amazon's answer on {due}; when there is none, ask in the same case"),
    "Waiting on Amazon": (
        "look again",
        "Look for Amazon's answer on {due}; when there is none, ask in the same case",
    ),
    "Appealed": (
        "look again",
        "Look for the answer to the appeal on {due}; when there is none, ask in the same case",
    ),
    "Info requested": ("answer", "Answer in the same case by {due}: see Amazon answer for what is asked"),
    "Approved": (
        "expect payment",
        "Expect the payment by {due}: refresh with new Reimbursements; when it is not there, ask in the same case",
    ),
    "Partly paid": (
        "expect payment",
        "Expect the rest by {due}: refresh with new Reimbursements; when it is not there, ask for it in the same case",
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What a person does next about a case: ``due`` is None when nothing is to be done any more.

    ``last`` is the day after which it is too late, where there is one.
    """

    what: str
    says: str
    due: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a case besides its row: when it was last heard of, and when it was last paid."""

    heard: date | None = None
    paid_on: date | None = None


def next_step(row: Mapping[str, Cell], rules: Rules, seen: Seen) -> Step:
    """The step of a case beyond Draft, by its stage, what was heard of it, and what its owner planned."""
    stage, planned = stage_of(row), day(row.get("Follow up on"))
    if stage == "Closed":
        return Step("", "")
    if stage not in STAGES:
        return Step("correct", f"{stage} is no stage: pick one of {', '.join(STAGES)}.", rules.on)
    since = max((d for d in (seen.heard, _filed_on(row, rules)) if d), default=None)
    if stage == "Paid":
        return _watch(seen.paid_on or since, planned, rules)
    if stage == "Denied":
        return _denied(row, since, planned, rules)
    what, says = _SAYS[stage]
    due, rule = look_again(stage, text(row.get("Kind")), since, rules) if since else (None, "")
    last = due if stage == "Info requested" else None
    due, why = (planned, "as planned in Follow up on") if planned else (due or rules.on, rule)
    since_when = f"counted from {since}, " if since and not planned else ""
    unknown = "" if since or planned else "; Filed on and Case Log do not say since when"
    return Step(what, f"{says.format(due=due)}{_brackets(since_when + why)}{unknown}.", due, last)


def to_file(file_by: date | None, deadline: date | None, on: date) -> str:
    """The step of a draft that nothing speaks against."""
    return (
        f"File with Amazon{by_when(file_by, deadline, on)}, then fill Amazon case ID, Filed on and Filed by."
    )


def to_set_stage(draft: Mapping[str, Cell]) -> str:
    """The step of a draft that says that it was filed; "" of others."""
    said = [h for h in ("Amazon case ID", "Filed on") if text(draft.get(h))]
    return (
        f"Set its Stage: {' and '.join(said)} say{'s' * (len(said) == 1)} that it was filed." if said else ""
    )


def by_when(file_by: date | None, deadline: date | None, on: date) -> str:
    """by the day to file by, at once after it, and the deadline; "" where no day is known."""
    at_most = f" ({deadline} at the latest)" if deadline else ""
    if file_by is None:
        return ""
    return f" {'at once' if file_by < on else f'by {file_by}'}{at_most}"


def _brackets(words: str) -> str:
    return f" ({words})" if words else ""


def _filed_on(row: Mapping[str, Cell], rules: Rules) -> date | None:
    filed = day(row.get("Filed on"))
    return filed if filed and filed <= rules.on else None


def _watch(since: date | None, planned: date | None, rules: Rules) -> Step:
    rule = replace(rules, on=since).number("payment_at_risk") if since else None
    until = since + timedelta(days=round(rule.number)) if since and rule else None
    due = planned or until or rules.on
    if due <= rules.on and (until is None or until <= rules.on):
        return Step("close", "Check that the payment still stands, and close the case.", due)
    look = f"; look on {planned} as planned in Follow up on" if planned else ""
    why = _brackets(shown(rule)) if rule else ""
    says = (
        f"Watch until {until or due} whether Amazon takes the payment back{why}{look}; then close the case."
    )
    return Step("watch", says, due)


def _denied(row: Mapping[str, Cell], since: date | None, planned: date | None, rules: Rules) -> Step:
    reason = text(row.get("Decision reason"))
    review = look_again("Denied", text(row.get("Kind")), since, rules)[0] if since else None
    due = planned or review or rules.on
    why = why_no_appeal(row, rules)
    play = find_play(rules.policy, reason)
    if not why and play.role == FINAL:
        why = play.leave
    if why:
        return Step("close", f"Do not appeal: {why}. Close the case.", due)
    wait = rules.number(play.wait) if play.wait else None
    if wait and since:
        due = planned or since + timedelta(days=round(wait.number))
    last = last_appeal(row, rules)
    due = min(due, last) if last else due
    by = f"by {last} at the latest" if last else "soon"
    at = f"Decide on {due} about an appeal, {by}"
    held = f" (not before: {shown(wait)})" if wait else ""
    said = tell_play(rules.policy, reason, text(row.get("Kind")))
    return Step("appeal", f"{at}{held}. {said}", due, last)
