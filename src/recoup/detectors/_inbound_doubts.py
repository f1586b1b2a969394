"""What leaves a doubt on units that are short in an inbound shipment: the questions, on how many units each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..documents import Consignment, Documents
from ..inbound import SentLine
from ..model import Evidence
from ..policy import ALL
from ..receipts import plain
from ..reports import Reports
from ._detector import Scene

CLOSED, CASE, CLAIMABLE = "Closed", "Case submitted", ("", "Action required")
NO_FNSKU = "the FNSKU of {0} (Inbound Shipments), by which payments are found"
NO_STATUS = "the status of shipment {0}: only a closed one can be claimed, Inbound Shipments says {1}"
NO_RECEIVED = "units received of shipment {0}: the record is blank and the Inventory Ledger does not cover it"
NO_DELIVERY = "the day on which shipment {0} was delivered (Inbound Shipments: Delivered)"
SUBMITTED = "a case was submitted for shipment {0}, and Amazon takes one per shipment: record it on Cases"
UNKNOWN_ACTION = "what Amazon means by {0!r} on shipment {1}"
TWICE = "lines of shipment {0} stand twice: say whether both are real"
OTHER_PRODUCT = "more of {0} was received in this shipment than sent: say whether these units are among them"
OTHER_SHIPMENT = "more of it was received in shipment {0} than sent: say whether these units are among them"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question on some units of a line (None: on all), with the rows that raise it."""

    units: int | None
    question: str
    evidence: tuple[Evidence, ...] = ()


class Shipments:
    """All lines by shipment, with those received beyond what was sent, and the documents that prove them."""

    def __init__(
        self, lines: Sequence[SentLine], documents: Documents, reports: Reports, scene: Scene
    ) -> None:
        self.documents, self._scene = documents, scene
        self._reports = reports
        self._over: dict[str, list[SentLine]] = defaultdict(list)
        self.by_id: dict[str, list[SentLine]] = defaultdict(list)
        for line in lines:
            self.by_id[plain(line.shipment_id)].append(line)
            if line.surplus and line.product.fnsku:
                self._over[line.product.fnsku].append(line)

    def day(self, line: SentLine) -> date | None:
        """The day a loss is dated and its window counted from; None where no record tells any."""
        if line.delivered:
            return line.delivered[0]
        return self.documents.delivered(line.shipment_id) or line.created

    def doubts(self, line: SentLine, day: date) -> list[Doubt]:
        """Every question on a short line dated ``day``."""
        sent = Consignment(line.shipment_id, line.product, day, self._scene.home)
        whole = [*self._of_record(line), *(need.text for need in self.documents.lacking(sent))]
        return [*(Doubt(None, text) for text in whole), *self._of_some(line)]

    def _of_record(self, line: SentLine) -> Iterator[str]:
        name = line.shipment_id
        if line.statuses != {CLOSED}:
            yield NO_STATUS.format(name, ", ".join(sorted(line.statuses - {CLOSED, ""})) or "nothing")
        if not line.product.fnsku:
            yield NO_FNSKU.format(line.product.sku or line.product.asin)
        if any(CASE in x.actions for x in self.by_id[plain(name)]):
            yield SUBMITTED.format(name)
        for action in sorted(line.actions - {*CLAIMABLE, CASE}):
            yield UNKNOWN_ACTION.format(action, name)
        if line.silent and not (line.by_ledger and self._ledger_covers(line)):
            yield NO_RECEIVED.format(name)
        if not line.delivered and self.documents.delivered(name) is None:
            yield NO_DELIVERY.format(name)

    def _of_some(self, line: SentLine) -> Iterator[Doubt]:
        """Questions on some units: received in place of them, or entered twice."""
        if line.repeated:
            yield Doubt(line.repeated, TWICE.format(line.shipment_id))
        for other in self.by_id[plain(line.shipment_id)]:
            if other.surplus and other is not line:
                name = other.product.sku or other.product.fnsku
                yield Doubt(other.surplus, OTHER_PRODUCT.format(name), tell_rows(other))
        for other in self._over.get(line.product.fnsku, []):
            if plain(other.shipment_id) != plain(line.shipment_id):
                yield Doubt(other.surplus, OTHER_SHIPMENT.format(other.shipment_id), tell_rows(other))

    def _ledger_covers(self, line: SentLine) -> bool:
        """Whether the ledger reaches back to the shipment and as far on as Reimbursements, less the report lag."""
        since = line.created or min(line.delivered, default=date.min)
        (first, last), (_, paid) = self._reach("inventory_ledger"), self._reach("reimbursements")
        lag = self._scene.policy.value("report_lag", on=since, marketplace=ALL)
        if not (first and last and paid and lag):
            return False
        return first <= since and paid - timedelta(days=round(lag.number)) <= last

    def _reach(self, name: str) -> tuple[date | None, date | None]:
        exports = [e for e in self._reports.exports if e.report == name and not e.conflict]
        firsts = [d for e in exports if (d := e.stated_from or e.first_day)]
        lasts = [d for e in exports if (d := e.stated_to or e.last_day)]
        return min(firsts, default=None), max(lasts, default=None)


def tell_rows(line: SentLine) -> tuple[Evidence, ...]:
    """The rows of a line as evidence that counts no units."""
    return tuple(
        Evidence("record", row, day, None, None, "", identify(line), text) for row, day, text in line.rows
    )


def identify(line: SentLine) -> str:
    """The identifiers of a line, as evidence shows them."""
    named = (
        ("SKU", line.product.sku),
        ("FNSKU", line.product.fnsku),
        ("ASIN", line.product.asin),
        ("shipment", line.shipment_id),
    )
    return " · ".join(f"{name} {value}" for name, value in named if value)
