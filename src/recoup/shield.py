"""The duplicate shield: what speaks against drafting or filing a claim, each with its reason and its rows.

Decisions:
- It judges by the sheets as the last refresh left them. Whoever calls it first makes sure that nothing was pasted,
  cleared or set since (`freshness`): a claim whose reports were not read since the last edit never gets here.
- Two claims that one refresh derived never hold the same units: the allocation gives each unit to one claim. So the
  same identifiers block only against rows of a claim that is not derived now, and rows that a person opened.
- Four eyes and the daily limit are about what is sent to Amazon: they block filing, not drafting.
- Of two names that differ in capitals, accents, width or blanks only, one is a slip: they are one person.
- Case rows that a person opened for something Recoup never found are judged by what they hold themselves; what makes
  them the same issue as a claim says `same_issue`. One that does not tell what it is about blocks until it does.
- The claims of one shipment go together: a short SKU that is not in its case blocks filing, one that comes after
  the shipment was filed blocks for good.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from .cases import day, stage_of, text, was_filed
from .documents import DELIVERY, OWNERSHIP
from .documents import KIND as INBOUND
from .model import Cell, Record
from .policy import ALL, Policy
from .same_issue import Issues, Verdict, index, issue_of

OPEN = ("Ready", "Waiting", "Needs input")
ENDED_FOR_GOOD = frozenset({"open case", "denied before", "paid by a case", "paid", "shipment filed"})
_REIMBURSEMENT = re.compile(r", (\S+) of \d{4}-\d\d-\d\d")  # as Not Claimed names a payment
_SHOWN = 8
_PERHAPS = (
    "a case that names this product, and not what it is about, may be for the same units: fill in its Kind, "
    "Event date, Reference ID, Order ID or Shipment ID"
)
_KANA = "\u3099\u309a"  # marks that make other letters of kana, no accents


@dataclass(frozen=True, slots=True)
class Block:
    """One reason not to draft or file, and the rows that say so, such as `Cases C-LW-1` or `Evidence: Ledger 12`."""

    rule: str
    why: str
    rows: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason with its rows."""
        more = f" and {len(self.rows) - _SHOWN} more" if len(self.rows) > _SHOWN else ""
        return self.why + (f" ({'; '.join(self.rows[:_SHOWN])}{more})" if self.rows else "")


@dataclass(frozen=True)
class Standing:
    """The sheets as the last refresh left them. ``read_to``: claim id -> how far the refuting reports were read."""

    policy: Policy
    on: date
    claims: Mapping[str, Record]
    cases: Sequence[Record]
    evidence: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    not_claimed: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    read_to: Mapping[str, date | None] = field(default_factory=dict)

    @cached_property
    def derived(self) -> frozenset[str]:
        """The claims that the last refresh derived."""
        last = max((d for c in self.claims.values() if (d := day(c.get("Last seen")))), default=None)
        return frozenset(k for k, c in self.claims.items() if last and day(c.get("Last seen")) == last)

    @cached_property
    def issues(self) -> Issues:
        """Case rows by what they are about."""
        return index(((row, self._facts(row)) for row in self.cases), self.policy.pools)

    @cached_property
    def by_claim(self) -> dict[str, list[Record]]:
        """Case rows by their claim, copies among them."""
        return grouped(self.cases)

    @cached_property
    def by_shipment(self) -> dict[str, list[Record]]:
        """Case rows of inbound claims, and of none of Recoup's kinds, by their shipment."""
        found: dict[str, list[Record]] = {}
        for row in self.cases:
            facts = self._facts(row)
            if issue_of(facts, self.policy.pools).about in ("", "inbound") and (s := self.shipment(row)):
                found.setdefault(s, []).append(row)
        return found

    def shipment(self, row: Mapping[str, Cell]) -> str:
        """The shipment of a case row, by itself or by its claim."""
        return text(row.get("Shipment ID")) or text(self._claim(row).get("Shipment ID"))

    def _claim(self, row: Mapping[str, Cell]) -> Record:
        return self.claims.get(text(row.get("Claim ID")), {})

    def _facts(self, row: Mapping[str, Cell]) -> Record:
        """The cells of a case row, blank ones as its claim has them; of a claim its own."""
        claim = self._claim(row)
        return claim if claim is row else {**claim, **{h: c for h, c in row.items() if text(c)}}

    def rivals(self, row: Record) -> list[tuple[Record, Verdict]]:
        """Rows of Cases about the same, or perhaps so, under another claim id, or opened by a person."""
        own = text(row.get("Claim ID"))
        return [
            (other, verdict)
            for other, verdict in self.issues.alike(self._facts(row))
            for key in (text(other.get("Claim ID")),)
            if (key != own or not own) and not (key in self.derived and own in self.derived)
        ]


def grouped(rows: Iterable[Record]) -> dict[str, list[Record]]:
    """Rows by their claim id."""
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(_id(row), []).append(row)
    return found


def draft_blocks(claim_id: str, standing: Standing) -> list[Block]:
    """What speaks against a case for this claim, the hardest first."""
    claim = standing.claims[claim_id]
    return [
        *_duplicates(claim, standing),
        *_payments(claim, standing),
        *_window(claim, standing.on),
        *_answers(claim, standing.on),
        *_age(claim, standing),
        *_documents(claim, standing),
    ]


def filing_blocks(rows: Sequence[Record], standing: Standing) -> list[Block]:
    """What speaks against sending the rows of one case to Amazon now."""
    unsigned = [b for r in rows if (b := unchecked(r, standing.policy))]
    return [*case_blocks(rows, standing), *dict.fromkeys(unsigned), *_daily_limit(rows, standing)]


def case_blocks(rows: Sequence[Record], standing: Standing) -> list[Block]:
    """What speaks against sending the rows of one case to Amazon, on whichever day."""
    found = [
        b for r in rows if text(r.get("Claim ID")) in standing.claims for b in draft_blocks(_id(r), standing)
    ]
    for row in rows:
        if text(row.get("Claim ID")) not in standing.claims:
            found += _row_duplicates(row, standing)
    found += _shipment_siblings(rows, standing)
    return list(dict.fromkeys(found))


def unchecked(row: Mapping[str, Cell], policy: Policy) -> Block | None:
    """Where Settings ask for four eyes: that nobody but who files a case has checked it."""
    if text(policy.setting("four_eyes")).casefold() != "yes":
        return None
    filed_by, checked_by = text(row.get("Filed by")), text(row.get("Checked by"))
    if checked_by and not same_person(checked_by, filed_by):
        return None
    who = f"{checked_by}, who files it" if checked_by else "nobody"
    why = f"Settings ask for four eyes, and Checked by names {who}: have a colleague check it and sign there"
    return Block("four eyes", why, (f"Cases {text(row.get('Case')) or _id(row)} Checked by",))


CHECK_FIRST = "Have it checked by a colleague first (Checked by). "


def checked_first(step: str, row: Mapping[str, Cell], policy: Policy) -> str:
    """The next step of a draft that is ready to be filed, or to be checked before."""
    return f"{CHECK_FIRST}{step}" if unchecked(row, policy) else step


def same_person(one: str, other: str) -> bool:
    """Whether two names mean one person, however they are typed."""
    return _folded(one) == _folded(other) != ""


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(c for c in letters if not unicodedata.combining(c) or c in _KANA).split()
    ).casefold()


def _id(row: Mapping[str, Cell]) -> str:
    return text(row.get("Claim ID"))


def _case(row: Mapping[str, Cell]) -> str:
    amazon = text(row.get("Amazon case ID"))
    name = text(row.get("Case")) or _id(row) or text(row.get("SKU")) or text(row.get("FNSKU"))
    words = " ".join(filter(None, ("Cases", name, stage_of(row))))
    return f"{words}, Amazon case {amazon}" if amazon else words


def _duplicates(claim: Record, standing: Standing) -> list[Block]:
    own: list[tuple[Record, Verdict]] = [(row, "same") for row in _own_other_rows(claim, standing)]
    rivals = [*standing.rivals(claim), *own]
    found = [_against(row, verdict) for row, verdict in rivals if stage_of(row) != "Closed"]
    shipment = text(claim.get("Shipment ID"))
    if text(claim.get("Kind")) == INBOUND and shipment:
        others = standing.by_shipment.get(shipment, [])
        mine = {text(r.get("Case")) for r in others if _id(r) == _id(claim)}
        filed = [r for r in others if was_filed(r) and text(r.get("Case")) not in mine]
        if filed:
            why = f"shipment {shipment} was filed already, and Amazon takes one claim per shipment"
            found.append(Block("shipment filed", why, tuple(dict.fromkeys(map(_case, filed)))))
    left = standing.not_claimed.get(_id(claim), ())
    denied = [n for n in left if text(n.get("Reason")) == "denied" and _number(n.get("Units"))]
    if denied:
        found.append(_denied(claim, [f"Not Claimed: {text(n.get('Why'))}" for n in denied]))
    return found


def _own_other_rows(claim: Record, standing: Standing) -> list[Record]:
    """Rows of the very claim that are no draft any more, copies among them."""
    return [r for r in standing.by_claim.get(_id(claim), ()) if stage_of(r) != "Draft"]


def _row_duplicates(row: Record, standing: Standing) -> list[Block]:
    """Of a case that a person opened: rows of other cases with the same identifiers."""
    return [
        _against(other, verdict)
        for other, verdict in standing.rivals(row)
        if verdict == "same" and stage_of(other) != "Closed" and _label(other) != _label(row)
    ]


def _label(row: Mapping[str, Cell]) -> str:
    """What rows of one case have in common."""
    return text(row.get("Case")) or f"Amazon case {text(row.get('Amazon case ID'))}"


def _against(row: Record, verdict: Verdict) -> Block:
    stage, shown = stage_of(row), (_case(row),)
    if verdict == "perhaps":
        return Block("perhaps in a case", _PERHAPS, shown)
    if stage == "Denied":
        return _denied(row, shown)
    if stage == "Paid":
        return Block("paid by a case", "another case was paid for the same units", shown)
    return Block("open case", "the same units stand in another case", shown)


def _denied(row: Mapping[str, Cell], shown: Sequence[str]) -> Block:
    why = f"Amazon denied these units before{_reason(row)}: appeal in that case, with new evidence"
    return Block("denied before", why, tuple(shown))


def _reason(row: Mapping[str, Cell]) -> str:
    reason = text(row.get("Decision reason"))
    return f" ({reason})" if reason else ""


def _payments(claim: Record, standing: Standing) -> list[Block]:
    why = text(claim.get("Why"))
    if text(claim.get("Status")) != "Paid" and not why.startswith("paid: "):
        return []
    lines = [n for n in standing.not_claimed.get(_id(claim), ()) if text(n.get("Reason")) == "paid"]
    rows = tuple(f"Not Claimed: {text(n.get('Why'))}, {text(n.get('Rows'))}" for n in lines)
    ids = {i for t in (why, *(text(n.get("Why")) for n in lines)) for i in _REIMBURSEMENT.findall(t)}
    others = [r for r in standing.cases if _id(r) != _id(claim) and ids & _payments_of(r)]
    if others:
        shown = (*map(_case, others), *rows)
        return [Block("paid by a case", f"the payment of another case settled it: {why}", shown)]
    return [Block("paid", f"Amazon has paid it by itself: {why}", rows)]


def _payments_of(row: Mapping[str, Cell]) -> set[str]:
    return set(re.split(r"[,;\s]+", text(row.get("Reimbursement IDs")))) - {""}


def _window(claim: Record, on: date) -> list[Block]:
    opens, deadline = day(claim.get("Opens")), day(claim.get("Deadline"))
    if deadline and deadline < on:
        return [
            Block("deadline past", too_late(deadline), (f"Claims {_id(claim)} Deadline",)),
        ]
    if opens and opens > on:
        return [
            Block(
                "window not open", f"the window opens on {opens}, not before", (f"Claims {_id(claim)} Opens",)
            )
        ]
    return []


def too_late(deadline: date) -> str:
    """Why a claim is not filed any more after its deadline."""
    return f"the deadline {deadline} has passed"


def _age(claim: Record, standing: Standing) -> list[Block]:
    claim_id = _id(claim)
    if text(claim.get("Status")) not in OPEN or claim_id not in standing.derived:
        return []  # it is no longer claimed, which says more
    lag = standing.policy.value("report_lag", on=standing.on, marketplace=ALL)
    oldest = standing.on - timedelta(days=round(lag.number) if lag else 0)
    read = standing.read_to.get(claim_id)
    if read is not None and read >= oldest:
        return []
    said = f"read to {read}" if read else "not read"
    why = (
        f"the reports that could refute it are {said}, too old on {standing.on}: paste newer ones and refresh"
    )
    return [Block("reports too old", why, (f"Claims {claim_id} Why",))]


def _documents(claim: Record, standing: Standing) -> list[Block]:
    if text(claim.get("Kind")) != INBOUND:
        return []
    shown = [
        text(e.get("What it shows"))
        for e in standing.evidence.get(_id(claim), ())
        if text(e.get("Role")) == "document"
    ]
    needs = (("an invoice", OWNERSHIP), ("a proof of delivery", DELIVERY))
    missing = [what for what, kinds in needs if not any(s.startswith(kinds) for s in shown)]
    if not missing:
        return []
    where = f"shipment {text(claim.get('Shipment ID'))}, {text(claim.get('SKU')) or text(claim.get('FNSKU'))}"
    why = f"{' and '.join(missing)} of {where} is missing: add it to Documents and refresh"
    return [Block("document missing", why, (f"Claims {_id(claim)} Missing",))]


def _answers(claim: Record, on: date) -> list[Block]:
    """Questions open, waiting, or no longer owed, as the claim's status says."""
    status, rows = text(claim.get("Status")), (f"Claims {_id(claim)} Status {text(claim.get('Status'))}",)
    if status == "Needs input":
        return [Block("question open", f"settle first: {text(claim.get('Missing'))}", rows)]
    opens = day(claim.get("Opens"))
    if status == "Waiting" and opens and opens <= on:
        why = "Amazon usually still pays this by itself; the claim is Ready once that time is over"
        return [Block("payment expected", why, rows)]
    if status in ("Withdrawn", "Expired"):
        why = f"it is no longer claimed ({text(claim.get('Why')) or status})"
        return [Block("no longer claimed", why, rows)]
    return []


def _shipment_siblings(rows: Sequence[Record], standing: Standing) -> list[Block]:
    inside = {_id(r) for r in rows}
    shipments = {s for r in rows if text(r.get("Kind")) == INBOUND and (s := standing.shipment(r))}
    found = []
    for shipment in sorted(shipments):
        left = [k for k in open_of_shipment(shipment, standing.claims.values()) if k not in inside]
        if left:
            why = f"shipment {shipment} is filed once, and not all its short SKUs are in the case: add or dismiss them"
            found.append(Block("shipment incomplete", why, tuple(f"Claims {k}" for k in left)))
    return found


def open_of_shipment(shipment: str, claims: Iterable[Mapping[str, Cell]]) -> list[str]:
    """The open claims of one inbound shipment."""
    return sorted(
        _id(c)
        for c in claims
        if text(c.get("Kind")) == INBOUND
        and text(c.get("Shipment ID")) == shipment
        and text(c.get("Status")) in OPEN
    )


def _daily_limit(rows: Sequence[Record], standing: Standing) -> list[Block]:
    most = standing.policy.value("daily_filing_limit", on=standing.on, marketplace=ALL)
    own = {text(r.get("Case")) or _id(r) for r in rows}
    filed = filed_today(standing.cases, standing.on) - own
    if most is None or len(filed) < most.number:
        return []
    why = f"{len(filed)} cases were filed on {standing.on}; Settings allow {round(most.number)} a day"
    return [Block("daily limit", why, tuple(f"Cases {c}" for c in sorted(filed)))]


def filed_today(cases: Iterable[Mapping[str, Cell]], on: date) -> set[str]:
    """The cases that were filed on a day."""
    return {text(r.get("Case")) or _id(r) for r in cases if day(r.get("Filed on")) == on and was_filed(r)}


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, (int, float)) else 0.0
