"""What the workbook holds about one case: its claims, their evidence, its rows of Cases, its documents.

Decisions: one case is one issue, so claims of several kinds, or of several shipments, orders, removal orders or
products, make no case together. Of an inbound shipment every open claim belongs to the case, named or not. Rows are
put in an order of their own, so that nothing made of a dossier depends on how people sorted the sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..books.base import BookToRead
from ..cases import case_name, day
from ..memory import plain
from ..model import Record, RecoupError
from ..policy import Policy, load
from ..receipts import plain as folded
from ..reports.documents import KINDS as DOCUMENT_KINDS
from ..workbook import check_version, read_own_records
from ._kinds import KINDS

_OPEN = ("Ready", "Waiting", "Needs input", "Filed")
_PARTS = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a workbook that tell about cases, as records. ``covered``: report -> the day it was read to."""

    name: str  # of the workbook
    claims: Sequence[Record]
    evidence: Sequence[Record]
    cases: Sequence[Record] = ()
    documents: Sequence[Record] = ()
    covered: Mapping[str, date] = field(default_factory=dict)
    as_of: date | None = None
    policy: Policy = field(default_factory=load)
    periods: Sequence[
        tuple[str, str, str]
    ] = ()  # of imported exports: report, its rows and days, what it covers


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case. ``claims`` and ``evidence`` are in an order that only their content decides."""

    case: str
    kind: str
    marketplace: str
    claims: tuple[Record, ...]
    evidence: tuple[Record, ...]
    cases: tuple[Record, ...]
    documents: tuple[Record, ...]
    covered: Mapping[str, date]
    as_of: date | None
    policy: Policy
    periods: tuple[tuple[str, str, str], ...]

    @property
    def claim_ids(self) -> list[str]:
        """The ids of its claims, in order."""
        return [plain(c.get("Claim ID")) for c in self.claims]

    def of_case(self, header: str) -> list[str]:
        """What people wrote in a column of its rows of Cases: each answer once, blanks left out."""
        return sorted({plain(row.get(header)) for row in self.cases} - {""})


def read_records(book: BookToRead) -> Records:
    """The rows of an open workbook. Raises RecoupError when a newer Recoup made it."""
    check_version(book)
    tables = {n: book.read_table(n).records() for n in ("Claims", "Evidence", "Cases", "HomeReports")}
    policy, _ = load().with_settings(book.read_table("Settings").records())
    policy, _ = policy.overridden(
        book.read_table("Policy").records(), book.read_table("ReasonCodes").records()
    )
    covered = {plain(r.get("Report")): day(r.get("Covered to")) for r in tables["HomeReports"]}
    return Records(
        name=book.path.name,
        claims=tables["Claims"],
        evidence=tables["Evidence"],
        cases=tables["Cases"],
        documents=_documents(book),
        covered={report: until for report, until in covered.items() if until},
        as_of=day(book.read_name("Recoup_AsOf")),
        policy=policy,
        periods=sorted(
            (plain(r.get("Key")), plain(r.get("Field")), plain(r.get("Value")))
            for r in book.read_table("RecoupMemory").records()
            if plain(r.get("What")) == "period"
        ),
    )


def _documents(book: BookToRead) -> list[Record]:
    """The rows of Documents and of tabs named after it."""
    frame = read_own_records(book, "documents")
    return [
        document_record(dict(zip(frame.columns, row, strict=True))) for row in frame.itertuples(index=False)
    ]


def document_record(row: Mapping[str, object]) -> Record:
    """A row of the frame documents under the headings of its tab."""
    when = row["date"]
    return {
        "Document ID": str(row["document_id"]),
        "Kind": str(row["kind"]),
        "Applies to": str(row["applies_to"]),
        "Date": when.date() if when == when and hasattr(when, "date") else None,
        "Path or link": str(row["path"]),
    }


def assemble(records: Records, claim_ids: Sequence[str]) -> Dossier:
    """The case that these claims make. Raises RecoupError when they make none, or not one."""
    cases = {plain(r.get("Claim ID")): r for r in records.cases if plain(r.get("Claim ID"))}
    claims = dict(cases)
    claims |= {
        plain(r.get("Claim ID")): {**cases.get(plain(r.get("Claim ID")), {}), **r} for r in records.claims
    }
    wanted = sorted(set(claim_ids))
    if not wanted:
        raise RecoupError("Name at least one claim: copy its id from Claims.")
    for name in wanted:
        if name not in claims:
            raise RecoupError(
                f"{records.name}, sheet Claims: there is no claim {name}; copy the id from Claims."
            )
    kind = _one_kind(records, wanted, claims)
    chosen = _with_siblings(wanted, claims, cases, kind)
    own = [cases[c] for c in chosen if c in cases]
    evidence = [r for r in records.evidence if plain(r.get("Claim ID")) in chosen]
    rows = [claims[c] for c in chosen]
    named = next((plain(r.get("Case")) for r in own if plain(r.get("Case"))), "")
    home = str(records.policy.setting("home_marketplace") or "US")
    return Dossier(
        case=named
        or next((plain(r.get("Case")) for r in rows if plain(r.get("Case"))), "")
        or case_name(wanted[0]),
        kind=kind,
        marketplace=plain(rows[0].get("Marketplace")) or home,
        claims=tuple(sorted(rows, key=lambda r: (plain(r.get("SKU")), plain(r.get("Claim ID"))))),
        evidence=tuple(sorted(evidence, key=_evidence_order)),
        cases=tuple(sorted(own, key=lambda r: plain(r.get("Claim ID")))),
        documents=tuple(_documents_of(records.documents, rows, evidence, kind)),
        covered=records.covered,
        as_of=records.as_of,
        policy=records.policy,
        periods=tuple(records.periods),
    )


def _one_kind(records: Records, wanted: Sequence[str], claims: Mapping[str, Record]) -> str:
    kinds = {plain(claims[c].get("Kind")) for c in wanted}
    kind = min(kinds)
    if len(kinds) > 1:
        raise RecoupError(f"One case is one issue: {', '.join(sorted(kinds))} are filed separately.")
    if kind not in KINDS:
        raise RecoupError(
            f"{records.name}, claim {wanted[0]}: {kind or 'a blank Kind'} is no kind Recoup writes texts for; "
            "write this one by hand."
        )
    together = KINDS[kind].together
    if len({plain(claims[c].get(together)) for c in wanted}) > 1:
        raise RecoupError(
            f"One case is one issue: these claims have several values of {together}; name those of one only."
        )
    return kind


def _with_siblings(
    wanted: Sequence[str], claims: Mapping[str, Record], cases: Mapping[str, Record], kind: str
) -> list[str]:
    """The claims asked for and, of an inbound shipment, its other open ones, those of the case where there is one."""
    about = KINDS[kind]
    if not about.all_together:
        return list(wanted)
    shared = plain(claims[wanted[0]].get(about.together))
    case = {plain(cases[c].get("Case")) for c in wanted if c in cases}
    for name, row in claims.items():
        if name in wanted or plain(row.get("Kind")) != kind or plain(row.get(about.together)) != shared:
            continue
        same = plain(cases[name].get("Case")) in case if name in cases else not case
        if shared and same and plain(row.get("Status")) in _OPEN:
            wanted = [*wanted, name]
    return sorted(wanted)


def _evidence_order(row: Record) -> tuple[object, ...]:
    number = row.get("Row")
    return (
        plain(row.get("Claim ID")),
        plain(row.get("Date")),
        plain(row.get("Sheet or file")),
        float(number) if isinstance(number, (int, float)) else 0.0,
        *(plain(row.get(h)) for h in ("Role", "What it shows", "Units", "Amount", "Identifiers")),
    )


def _documents_of(
    documents: Iterable[Record], claims: Sequence[Record], evidence: Sequence[Record], kind: str
) -> list[Record]:
    """The documents that name what the case is about: always those of its shipment, order or removal order; those
    that name a product only when they are of a kind that proves something about products.
    """
    events = ("Order ID", "Shipment ID", "Removal order ID", "Reference ID")
    own = {folded(plain(c.get(h))) for c in claims for h in events} - {""}
    products = {folded(plain(c.get(h))) for c in claims for h in ("SKU", "FNSKU")} - {""}
    proofs = {
        plain(e.get("What it shows")).partition(" (report cleared")[0]: e
        for e in evidence
        if plain(e.get("Role")) == "document"
    }
    found = []
    for document in documents:
        applies = plain(document.get("Applies to"))
        names = {folded(part) for part in (applies, *_PARTS.split(applies))}
        of_kind = plain(document.get("Kind"))
        shown = [s for s in proofs if s.partition(" of 2")[0] == f"{of_kind} {_name(document)}"]
        proves = any(proofs.pop(s) for s in shown)
        if proves or names & own or (names & products and of_kind in KINDS[kind].product_documents):
            found.append(document)
    found += [_remembered(shown, row) for shown, row in proofs.items()]
    return sorted(
        found, key=lambda d: tuple(plain(d.get(h)) for h in ("Document ID", "Kind", "Path or link"))
    )


def _name(document: Record) -> str:
    """How Evidence names a document: by its id, else by its file."""
    return plain(document.get("Document ID")) or re.split(r"[\\/]", plain(document.get("Path or link")))[-1]


def _remembered(shown: str, row: Record) -> Record:
    """A document that Evidence holds and Documents does not any more."""
    kind = next((k for k in DOCUMENT_KINDS if shown.startswith(f"{k} ")), "other")
    name = re.sub(r" of \d{4}-\d\d-\d\d$", "", shown.removeprefix(kind).strip())
    return {"Document ID": name, "Kind": kind, "Applies to": "", "Date": row.get("Date"), "Path or link": ""}
