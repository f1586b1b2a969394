"""Start a case from claims, or dismiss them: what the Decision on Claims says, done at once.

Decisions:
- Starting asks the shield, which works on the sheets as the last refresh left them; where anything was pasted, cleared
  or set since, it refuses and asks for a refresh.
- A shipment is filed once: starting one of its short SKUs starts all that are open, and each must pass.
- A dismissed claim is not started: whoever dismissed it clears the Decision first.
- What is refused is told case by case: `start` takes all claims or none, the ribbon starts those that a person saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .books.base import Book
from .case_acts import (
    UNCHANGED,
    Act,
    Done,
    evidence_of,
    find_claims,
    refuse,
    refuse_later_day,
    refuse_typed,
    standing_of,
)
from .case_checks import named
from .cases import case_name, day, dismissal, stage_of, text, was_filed
from .documents import KIND as INBOUND
from .follow_ups import to_file
from .freshness import refuse_stale
from .memory import plain
from .model import Record, RecoupError
from .policy import Policy
from .reports import Listing
from .results import case_facts
from .run import Run
from .shield import OPEN, Standing, checked_first, draft_blocks, open_of_shipment
from .workbook import Notebook


@dataclass(frozen=True, slots=True)
class Plan:
    """What starting claims comes to: the claims of each case to be made, and why another case cannot be."""

    notebook: Notebook
    cases: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def claims(self, case: str) -> list[Record]:
        """The rows of Claims that a case is made of."""
        return [self.notebook.known.claims[key] for key in self.cases[case]]


def start(book: Book, run: Run, claim_ids: Sequence[str], files: Listing) -> Done:
    """Make Draft rows of one case for these claims, or of one case each where they are different issues.

    Short SKUs of one shipment come along. Raises RecoupError when the shield blocks any of them, or when the reports
    were not read since the last edit.
    """
    plan = plan_start(book, run, claim_ids, files)
    for why in plan.refused.values():
        raise RecoupError(why)
    return start_planned(book, run, plan)


def plan_start(book: Book, run: Run, claim_ids: Sequence[str], files: Listing) -> Plan:
    """The cases that these claims make, and what speaks against others; nothing is written.

    Raises RecoupError for an unknown claim, and when the reports were not read since the last edit.
    """
    notebook, wanted = find_claims(book, claim_ids)
    known = notebook.known
    shipments = {s for k in wanted if (s := _shipment(known.claims[k]))}
    together = [k for s in sorted(shipments) for k in open_of_shipment(s, known.claims.values())]
    wanted = [k for k in dict.fromkeys((*wanted, *together)) if k in claim_ids or k not in known.cases]
    refused = {k: _taken(book, k, known.cases[k]) for k in wanted if k in known.cases.keys() - known.deleted}
    fresh = [k for k in wanted if k not in refused]
    if fresh:
        refuse_stale(book, notebook.memory, files)
        refuse_later_day(book, notebook, run)
        standing = standing_of(book, notebook, run.as_of)
        refused |= {k: why for k in fresh if (why := _why_not(book, notebook, k, standing))}
    plan, names = Plan(notebook), _names(wanted, notebook)
    for key in wanted:
        plan.cases.setdefault(names[key], []).append(key)
    for name in [names[key] for key in wanted if key in refused]:
        for key in plan.cases.pop(name, ()):
            if key in refused:
                plan.refused.setdefault(name, refused[key])
    return plan


def _taken(book: Book, key: str, case: Record) -> str:
    return (
        f"{book.path.name}, sheet Cases: {key} has a case already, {named(case)} ({stage_of(case)}); "
        f"use `recoup record {book.path.name} {text(case.get('Case')) or key}`. Nothing was changed."
    )


def _why_not(book: Book, notebook: Notebook, key: str, standing: Standing) -> str:
    try:
        refuse_typed(book, notebook, [key])
        refuse(f"{book.path.name}: {key} cannot be started", draft_blocks(key, standing), UNCHANGED)
    except RecoupError as error:
        return str(error)
    return ""


def start_planned(book: Book, run: Run, plan: Plan) -> Done:
    """Make the Draft rows of a plan."""
    notebook = plan.notebook
    act, done = Act(book, run, notebook), Done(case=next(iter(plan.cases), ""))
    for case, key in [(case, key) for case, keys in plan.cases.items() for key in keys]:
        claim = notebook.known.claims[key]
        decided = {"Decision": "Take up", "Decided by": run.who, "Case": case}
        if text(claim.get("Decision")) == "Take up":
            decided.pop("Decided by")
        act.type_claim(key, decided)
        act.type_case({"Claim ID": key}, _draft(claim, case, run, notebook.policy))
        done.said.append(_said(claim, case))
    act.write()
    return done


def _shipment(claim: Record) -> str:
    return text(claim.get("Shipment ID")) if text(claim.get("Kind")) == INBOUND else ""


def _names(wanted: Sequence[str], notebook: Notebook) -> dict[str, str]:
    """The case of each claim: short SKUs of one shipment share one, that of their drafts or of the first id."""
    known = notebook.known
    shared = {
        known.shipment_of(r): text(r.get("Case")) for r in known.cases.values() if stage_of(r) == "Draft"
    }
    names = {}
    for key in sorted(wanted):
        shipment = _shipment(known.claims[key])
        names[key] = shared.setdefault(shipment, case_name(key)) if shipment else case_name(key)
    return names


def _draft(claim: Record, case: str, run: Run, policy: Policy) -> Record:
    step = to_file(day(claim.get("File by")), day(claim.get("Deadline")), run.as_of)
    return {
        **case_facts(claim),
        "Case": case,
        "Stage": "Draft",
        "Suggested stage": "Filed",
        "Suggested next step": checked_first(step, {}, policy),
        "Last change": run.as_of,
    }


def _said(claim: Record, case: str) -> str:
    value = claim.get("Claim value")
    money = (
        f"{value:,.2f} {text(claim.get('Currency'))}" if isinstance(value, (int, float)) else "no known value"
    )
    what = f"{text(claim.get('Claim ID'))}, {text(claim.get('Kind'))}, {money}"
    return f"{case}: {what}; file by {plain(claim.get('File by'))}"


def dismiss(book: Book, run: Run, claim_ids: Sequence[str], because: str) -> Done:
    """Move claims to Not Claimed, dismissed by this person. Raises RecoupError where a case was filed for one."""
    if not because.strip():
        raise RecoupError(f"{book.path.name}: say why with --because TEXT. {UNCHANGED}")
    notebook, wanted = find_claims(book, claim_ids)
    for key in wanted:
        case = notebook.known.cases.get(key, {})
        if was_filed(case):
            raise RecoupError(
                f"{book.path.name}, sheet Cases: {key} was filed in {named(case)} ({stage_of(case)}); end that case "
                f"with `recoup record {book.path.name} {text(case.get('Case'))} --stage Closed`. {UNCHANGED}"
            )
        status = text(notebook.known.claims[key].get("Status"))
        if status not in OPEN:
            raise RecoupError(f"{book.path.name}, sheet Claims: {key} is {status}, not open. {UNCHANGED}")
    refuse_typed(book, notebook, wanted)
    act, done = Act(book, run, notebook), Done()
    for key in wanted:
        claim = notebook.known.claims[key]
        kept = {
            "dismissed units": plain(claim.get("Units")),
            "dismissed value": plain(claim.get("Claim value")),
        }
        act.type_claim(key, {"Decision": "Dismiss", "Decided by": run.who, "Decision note": because.strip()})
        act.note_claim(key, kept)
        act.restate(key, dismissal(claim, run.who, because.strip(), evidence_of(book, key)))
        done.said.append(f"{key}: dismissed by {run.who}: {because.strip()}")
        if key in notebook.sheet.by_key:
            done.said.append(f"{named(notebook.known.cases[key])} stays on Cases as a draft: close it there.")
    act.write()
    return done
