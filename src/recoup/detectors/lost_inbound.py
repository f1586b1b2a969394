"""Units sent to Amazon in a shipment and neither received nor accounted for.

Looks for:   lines of closed shipments of which more was shipped than received and reconciled.
Wrong when:  receiving goes on, fewer units were sent, the investigation is over, or they were received elsewhere.
Amazon says: policy/claim_windows.yaml

Decisions: a loss is dated, and its window counted, from Delivered; where that is blank from the earliest dated
proof of delivery of the shipment, else from Created under a question. Amazon takes one claim per shipment: a case
submitted for one line questions every other short line of it. Units received beyond those shipped, of another
FNSKU of the shipment or of the same FNSKU in another shipment, question as many units of each short line they may
be. Lines that stand twice with the same cells are added up, and what only the repetition makes short is asked.
The ledger stands in for a blank record only as far as it covers the shipment. Inbound Problems informs, no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from ..documents import Consignment, read_documents
from ..events import Aside, Findings, Loss
from ..frames import Row, records, source
from ..inbound import SentLine, read_inbound
from ..model import Evidence, Problem
from ..reports import Reports
from ..reports.inbound_shipments import STATUSES
from ._detector import Detector, Scene
from ._inbound_doubts import CASE, CLOSED, Doubt, Shipments, identify, tell_rows

KIND = "lost_inbound"
Noted = dict[tuple[str, str], list[Row]]  # rows of Inbound Problems by shipment and FNSKU
GONE = frozenset({"Cancelled", "Deleted"})
OPEN = frozenset(STATUSES) - {CLOSED}
OVER = {
    "investigation completed": "Amazon's investigation is completed: it is no longer eligible",
    "units not shipped": "the seller said that these units were not shipped",
    "acknowledged fewer": "the seller acknowledged that fewer units were sent",
}


def find(reports: Reports, scene: Scene) -> Findings:
    """Short lines of closed shipments as losses; those of open ones are too early."""
    lines, problems = read_inbound(reports.frames, scene.catalogue)
    shipments = Shipments(lines, read_documents(reports.frames, scene.policy), reports, scene)
    findings = Findings(problems=problems)
    noted = _noted(reports.frames["inbound_problems"])
    for members in shipments.by_id.values():
        short = [x for x in members if x.short]
        findings.problems += _submitted(short)
        for line in short:
            day = shipments.day(line)
            if day is None:
                findings.problems.append(_undated(line))
            elif line.statuses & OPEN:
                findings.asides.append(_aside(line, day, scene))
            else:
                loss = _loss(line, day, len(short), shipments, noted, scene)
                findings.losses += _doubted(loss, shipments.doubts(line, day))
    return findings


def _aside(line: SentLine, day: date, scene: Scene) -> Aside:
    gone = bool(line.statuses & GONE)
    why = f"shipment {line.shipment_id} is {', '.join(sorted(line.statuses - {CLOSED, ''}))}"
    return Aside(
        kind=KIND,
        key=_key(line),
        reason="excluded by policy" if gone else "too early",
        date=day,
        units=line.short,
        product=line.product,
        row=line.rows[0][0],
        why=f"{why}: Amazon owes nothing for it"
        if gone
        else f"{why}, not Closed: units may still be received",
        marketplace=scene.home,
        shipment_id=line.shipment_id,
    )


def _key(line: SentLine) -> tuple[str, ...]:
    return line.shipment_id, line.product.fnsku or line.product.sku or line.product.asin


def _loss(line: SentLine, day: date, short: int, shipments: Shipments, noted: Noted, scene: Scene) -> Loss:
    """All short units of a line; ``short`` is how many products of the shipment are short."""
    sent = Consignment(line.shipment_id, line.product, day, scene.home)
    products = "the only SKU of it short" if short == 1 else f"{short} SKUs of it short, to be filed together"
    return Loss(
        kind=KIND,
        key=_key(line),
        pool="inbound",
        date=day,
        units=line.short,
        product=line.product,
        row=line.rows[0][0],
        role="record",
        shows=f"shipment {line.shipment_id}: {line.shipped} shipped, {line.received or 0} received, "
        f"{line.reconciled} reconciled; {products}",
        clocks=(day, max(line.delivered, default=day)),
        marketplace=scene.home,
        shipment_id=line.shipment_id,
        excluded=_excluded(line),
        since=min(day, line.created or day),
        evidence=(*_told(line, noted), *shipments.documents.proofs(sent)),
    )


def _excluded(line: SentLine) -> str:
    """Why policy makes no claim of it, where the actions of all its lines say so."""
    reasons = [
        next((why for word, why in OVER.items() if action.casefold().startswith(word)), "")
        for action in sorted(line.actions)
    ]
    return reasons[0] if all(reasons) else ""


def _doubted(loss: Loss, doubts: Sequence[Doubt]) -> Iterator[Loss]:
    """The loss with its questions; in two parts where only some of its units are doubtful."""
    if loss.excluded or not doubts:
        yield loss
        return
    question = "; ".join(dict.fromkeys(d.question for d in doubts))
    units = sum(loss.units if d.units is None else d.units for d in doubts)
    told = (*loss.evidence, *(e for d in doubts for e in d.evidence))
    yield loss._replace(units=min(units, loss.units), question=question, evidence=told)
    if units < loss.units:
        yield loss._replace(units=loss.units - units, evidence=())


def _noted(problems: pd.DataFrame) -> Noted:
    """Dated rows of Inbound Problems by shipment and FNSKU."""
    found: Noted = defaultdict(list)
    for row in records(problems[problems["issue_date"].notna()]):
        found[row["shipment_id"], row["fnsku"]].append(row)
    return found


def _told(line: SentLine, noted: Noted) -> Iterator[Evidence]:
    """Its further record rows, the ledger's receipts where they decided, and what Inbound Problems says of it."""
    yield from tell_rows(line)[1:]
    for row, day, units in line.by_ledger.rows if line.by_ledger else ():
        text = f"received {units} by the ledger"
        yield Evidence("receipt", row, day, None, None, "", identify(line), text)
    for problem in noted.get((line.shipment_id, line.product.fnsku), ()):
        text = f"Inbound Problems: {problem['problem_type'] or problem['problem_level']}"
        day = problem["issue_date"].date()
        yield Evidence("record", source(problem), day, None, None, "", identify(line), text)


def _submitted(short: Sequence[SentLine]) -> list[Problem]:
    lines = [x for x in short if CASE in x.actions]
    if not lines:
        return []
    units = sum(x.short for x in lines)
    return [
        Problem(
            "warning",
            lines[0].rows[0][0].where,
            f"shipment {lines[0].shipment_id}: a case is submitted for {units} unit{'s' * (units != 1)}",
            "Record the case on Cases. Amazon takes one case per shipment: add what is missing to that one.",
            column="Action",
            rows=len(lines),
            first_cells=", ".join(f"row {x.rows[0][0].row}" for x in lines),
        )
    ]


def _undated(line: SentLine) -> Problem:
    row = line.rows[0][0]
    return Problem(
        "warning",
        row.where,
        f"shipment {line.shipment_id}: {line.short} units short, and neither Delivered nor Created says when",
        "Fill Delivered: the window to claim counts from it.",
        column="Delivered",
        rows=len(line.rows),
        first_cells=f"row {row.row}",
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="LI",
    needs=("inbound_shipments",),
    refuted_by=("reimbursements",),
    helped_by=("documents", "inventory_ledger", "inbound_problems"),
    value="before_order",
    clock="verified delivery",
    word="short",
    pays_itself=True,
    find=find,
)
