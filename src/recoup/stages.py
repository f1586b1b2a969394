"""The stages of a case: which may follow which, what each needs, when to look again, whether an appeal is possible.

Decisions:
- What Amazon paid counts as an answer: a payment that Recoup found, or what a person wrote into `Amazon answer`.
- An appeal needs the reason of the denial and evidence that was not there before, named on Case Log under the
  direction `New evidence`; as many such lines as a case has, as many appeals it had.
- A paid case goes back to `Waiting on Amazon` when Amazon took the payment back. A closed case stays closed: whoever
  closed it by mistake types the stage again, which is found, noted and left alone.
- Working days are Monday to Friday; holidays of no country are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .cases import BEYOND_DRAFT, day, stage_of, text
from .model import Cell
from .policy import ALL, Policy
from .policy.vocabulary import PolicyValue
from .sheets import STAGES

_ANSWERED = ("Approved", "Partly paid", "Paid", "Denied")
_OPEN_ENDS = ("Info requested", *_ANSWERED, "Closed")
FOLLOWING: dict[str, tuple[str, ...]] = {
    "Draft": ("Filed", "Closed"),
    "Filed": ("Waiting on Amazon", *_OPEN_ENDS),
    "Waiting on Amazon": _OPEN_ENDS,
    "Info requested": ("Waiting on Amazon", *_ANSWERED, "Closed"),
    "Approved": ("Waiting on Amazon", "Partly paid", "Paid", "Denied", "Closed"),
    "Partly paid": ("Waiting on Amazon", "Info requested", "Paid", "Denied", "Closed"),
    "Paid": ("Waiting on Amazon", "Closed"),
    "Denied": ("Appealed", "Approved", "Partly paid", "Paid", "Closed"),
    "Appealed": ("Waiting on Amazon", *_OPEN_ENDS),
    "Closed": (),
}
NEW_EVIDENCE = "New evidence"  # Direction on Case Log
_LAST_WORD = "no further action"  # Amazon's words for a decision that it does not look at again
_LOOK_AGAIN = {
    "Filed": "case_answer_wait",
    "Waiting on Amazon": "case_answer_wait",
    "Appealed": "case_answer_wait",
    "Info requested": "information_answer",
    "Approved": "payment_posting",
    "Partly paid": "payment_posting",
    "Denied": "denial_review",
}
_MEASURED = "fulfillment_fee_overcharged"  # Amazon measures the product again


@dataclass(frozen=True, slots=True)
class Rules:
    """What a stage is judged by besides its row: policy, the day, the claim's window, and the appeals so far."""

    policy: Policy
    on: date
    marketplace: str
    opens: date | None = None
    appeals: int = 0

    def number(self, *keys: str) -> PolicyValue | None:
        """The first of these keys whose value is known in the marketplace."""
        for key in keys:
            found = key in self.policy.keys and self.policy.value(
                key, on=self.on, marketplace=self.marketplace
            )
            if found:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a case row, and what to do about it."""

    column: str
    says: str
    remedy: str


def wrong_step(before: str, after: str) -> str:
    """Why ``after`` may not follow ``before``; "" when it may."""
    if before == after or before not in FOLLOWING or after in FOLLOWING[before]:
        return ""
    choices = ", ".join(FOLLOWING[before]) or "nothing"
    return f"{after} does not follow {before} (what may: {choices})"


def find_faults(row: Mapping[str, Cell], rules: Rules) -> list[Fault]:
    """What the stage of a case row needs and lacks."""
    stage = stage_of(row)
    if stage not in STAGES:
        known = ", ".join(STAGES)
        return [Fault("Stage", f"{stage!r} is no stage and counts as none", f"Pick one of {known}.")]
    found = _faults_of_filing(row, rules) if stage in BEYOND_DRAFT else []
    paid_or_said = text(row.get("Amazon answer")) or text(row.get("Paid amount"))
    if stage in ("Info requested", "Approved", "Partly paid", "Paid") and not paid_or_said:
        what = "what Amazon asks" if stage == "Info requested" else "what Amazon answered or paid"
        found.append(Fault("Amazon answer", f"{stage} without {what}", f"Fill Amazon answer: {what}."))
    if stage in ("Denied", "Appealed") and not text(row.get("Decision reason")):
        found.append(_blank("Decision reason", stage, "Amazon's reason for the denial, word for word"))
    if stage == "Appealed":
        found += _faults_of_appeal(text(row.get("Kind")), rules)
    if stage == "Closed" and not (text(row.get("Decision reason")) or text(row.get("Notes"))):
        found.append(_blank("Notes", stage, "why the case is closed"))
    return found


def _blank(column: str, stage: str, what: str) -> Fault:
    return Fault(column, f"{stage} without {column}", f"Fill {column}: {what}.")


def _faults_of_filing(row: Mapping[str, Cell], rules: Rules) -> list[Fault]:
    stage, found = stage_of(row), []
    if not text(row.get("Amazon case ID")):
        found.append(_blank("Amazon case ID", stage, "the number Seller Central gave the case"))
    found += _faults_of_day(row, rules)
    if not text(row.get("Filed by")):
        found.append(_blank("Filed by", stage, "who sent it to Amazon"))
    return found


def _faults_of_day(row: Mapping[str, Cell], rules: Rules) -> list[Fault]:
    filed, deadline = day(row.get("Filed on")), day(row.get("Deadline"))
    if filed is None:
        typed = text(row.get("Filed on"))
        if not typed:
            return [_blank("Filed on", stage_of(row), "the day it was sent")]
        return [Fault("Filed on", f"Filed on says {typed!r}, which is no day", "Write it as 2026-11-15.")]
    remedy = "Correct Filed on if it is a slip; Amazon may refuse the case otherwise."
    if filed > rules.on:
        return [Fault("Filed on", f"Filed on {filed} lies in the future (today is {rules.on})", remedy)]
    if deadline and filed > deadline:
        return [Fault("Filed on", f"filed on {filed}, after the deadline of {deadline}", remedy)]
    if rules.opens and filed < rules.opens:
        return [Fault("Filed on", f"filed on {filed}, before the window opened on {rules.opens}", remedy)]
    return []


def _faults_of_appeal(kind: str, rules: Rules) -> list[Fault]:
    if not rules.appeals:
        says = f"Appealed, but Case Log names no new evidence (Direction {NEW_EVIDENCE})"
        return [Fault("Stage", says, "Add a line to Case Log that names what Amazon has not seen yet.")]
    most = rules.number(f"appeals_most.{kind}", "appeals_most")
    if most and rules.appeals > most.number:
        says = f"appealed {rules.appeals} times; {shown(most)} at most"
        return [Fault("Stage", says, "Leave it at the last decision; Amazon warns of repeated requests.")]
    return []


def why_no_appeal(row: Mapping[str, Cell], rules: Rules) -> str:
    """Why a denied case cannot be appealed (any more), by policy; "" when it can."""
    said = f"{text(row.get('Decision reason'))} {text(row.get('Amazon answer'))}".casefold()
    if _LAST_WORD in said:
        return f"Amazon's answer says {_LAST_WORD!r}: it does not look at this case again"
    most = rules.number(f"appeals_most.{text(row.get('Kind'))}", "appeals_most")
    if most and rules.appeals >= most.number:
        return f"it was appealed {rules.appeals} of {round(most.number)} times ({shown(most)})"
    last = last_appeal(row, rules)
    if last and last < rules.on:
        return f"the window for appeals closed on {last}"
    return ""


def last_appeal(row: Mapping[str, Cell], rules: Rules) -> date | None:
    """The last day on which policy lets a denial be appealed; None where no deadline is known."""
    deadline, after = day(row.get("Deadline")), rules.number("appeal_after_deadline")
    return deadline + timedelta(days=round(after.number)) if deadline and after else None


def look_again(stage: str, kind: str, on: date, rules: Rules) -> tuple[date | None, str]:
    """The day a case of this stage is due, counted from ``on``, and the rule that says so; None when it never is."""
    key = _LOOK_AGAIN.get(stage)
    if key is None:
        return None, ""
    first = ["fee_review_wait"] if kind == _MEASURED and key == "case_answer_wait" else []
    rule = rules.number(*first, key)
    if rule is None:
        return None, ""
    count = round(rule.number)
    due = working_days_after(on, count) if rule.unit == "working days" else on + timedelta(days=count)
    return due, shown(rule)


def working_days_after(on: date, count: int) -> date:
    """The day that many days from Monday to Friday after ``on``."""
    while count > 0:
        on += timedelta(days=1)
        count -= on.weekday() < 5
    return on


def shown(rule: PolicyValue) -> str:
    """A rule in words: `case_answer_wait: 10 working days, inferred, not confirmed`."""
    flag = f", {rule.flag}" if rule.flag else ""
    return f"{rule.key}: {rule.value} {rule.unit}{flag}"


def home_of(policy: Policy) -> str:
    """The marketplace that counts where a case names none."""
    return text(policy.setting("home_marketplace")) or ALL
