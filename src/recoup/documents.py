"""Which documents prove an inbound claim, which of them are there, and the money that waits for the others.

A document is tied to a shipment or product by `Applies to` (several names separated by comma or semicolon), or by
a name that stands by itself in the file name of `Path or link`; of names within names the longest counts.

Decisions: an invoice may name the shipment or the product, a proof of delivery must name the shipment; a bill of
lading is one. What is known of a document and breaks a rule (a format Amazon refuses, a date too old or after the
delivery) makes it count as missing, with the reason; what is not written down is left to the person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from .events import Product
from .frames import Row, records, source
from .model import Claim, Evidence, Problem, SourceRow
from .policy import Policy
from .receipts import plain

KIND = "lost_inbound"
OWNERSHIP, DELIVERY = ("invoice", "packing slip"), ("proof of delivery", "bill of lading")
_WORD = re.compile(r"[a-z0-9]+")
_EXTENSION = re.compile(r"\.([A-Za-z]{2,5})$")


@dataclass(frozen=True, slots=True)
class Consignment:
    """What a document must speak of: one product of one shipment, delivered on ``day``."""

    shipment_id: str
    product: Product
    day: date
    marketplace: str


@dataclass(frozen=True, slots=True)
class Document:
    """One row of Documents. ``names`` are the shipments and products it is tied to, as `plain` writes them."""

    name: str
    kind: str
    names: frozenset[str]
    file: str
    day: date | None
    row: SourceRow


@dataclass(frozen=True, slots=True)
class Lacking:
    """A document that a claim still needs: which one, and the rules it must meet."""

    what: str  # "invoice" or "proof of delivery"
    text: str


@dataclass(frozen=True)
class Documents:
    """All documents, with the rules that they must meet."""

    rows: tuple[Document, ...]
    policy: Policy

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        """Name -> the documents tied to it, by place."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, document in enumerate(self.rows):
            for name in document.names:
                found[name].append(place)
        return found

    def _named(self, *names: str) -> list[Document]:
        """The documents tied to any of these names, in the order of the rows."""
        places = {place for name in names if name for place in self._by_name.get(plain(name), ())}
        return [self.rows[place] for place in sorted(places)]

    def delivered(self, shipment_id: str) -> date | None:
        """The earliest day of the proofs of delivery of a shipment; None where none has a date."""
        days = (d.day for d in self._named(shipment_id) if d.kind in DELIVERY and d.day)
        return min(days, default=None)

    def proofs(self, sent: Consignment) -> list[Evidence]:
        """The documents tied to it that serve, as evidence."""
        tied = [*self._tied(sent, OWNERSHIP), *self._tied(sent, DELIVERY)]
        return [_evidence(d, sent) for d in tied if not self._flaw(d, sent)]

    def lacking(self, sent: Consignment) -> list[Lacking]:
        """What is still needed, each in one sentence with its rules."""
        found = []
        for what, kinds in (("invoice", OWNERSHIP), ("proof of delivery", DELIVERY)):
            tied = self._tied(sent, kinds)
            flaws = [flaw for d in tied if (flaw := self._flaw(d, sent))]
            if len(flaws) == len(tied):
                found.append(Lacking(what, "; ".join([self.rules(what, sent), *flaws])))
        return found

    def rules(self, what: str, sent: Consignment) -> str:
        """A document that is wanted, and the rules it must meet."""
        formats = self._value("document_formats.lost_inbound", sent)
        if what == "invoice":
            age = self._value("invoice_age_max.lost_inbound", sent)
            return (
                f"invoice (or, of a manufacturer, signed packing slip) for {sent.product.sku or sent.product.fnsku}: "
                f"names the product and the units shipped, dated at most {age} days before the delivery, "
                f"no pro-forma, {formats}"
            )
        return (
            f"proof of delivery of shipment {sent.shipment_id}: bill of lading stamped by Amazon with boxes and "
            f"weight, or the tracking page of each parcel, {formats}"
        )

    def _tied(self, sent: Consignment, kinds: Sequence[str]) -> list[Document]:
        product = (sent.product.sku, sent.product.fnsku) if kinds == OWNERSHIP else ()
        return [d for d in self._named(sent.shipment_id, *product) if d.kind in kinds]

    def _flaw(self, document: Document, sent: Consignment) -> str:
        """Why a document does not serve; "" when nothing known speaks against it."""
        formats = str(self._value("document_formats.lost_inbound", sent))
        extension = _EXTENSION.search(document.file)
        accepted = [f.strip().casefold() for f in formats.split(",")]
        if extension and not any(
            f.startswith(extension.group(1).casefold()) for f in accepted
        ):  # tif is TIFF
            return f"{document.name} is a {extension.group(1).upper()} file"
        if document.day is None or document.kind in DELIVERY:
            return ""
        if document.day > sent.day:
            return f"{document.name} is dated after the delivery"
        age = self._value("invoice_age_max.lost_inbound", sent)
        old = (sent.day - document.day).days
        return f"{document.name} is {old} days older than the delivery" if old > float(age) else ""

    def _value(self, key: str, sent: Consignment) -> str | int | float:
        rule = self.policy.value(key, on=sent.day, marketplace=sent.marketplace)
        return "" if rule is None or rule.value is None else rule.value


def read_documents(frames: Mapping[str, pd.DataFrame], policy: Policy) -> Documents:
    """The frame documents, tied to the names that inbound_shipments holds."""
    record = frames["inbound_shipments"]
    known = {n.casefold() for column in ("shipment_id", "sku", "fnsku") for n in record[column].unique()} - {
        ""
    }
    names = Names(known)
    return Documents(tuple(_document(row, names) for row in records(frames["documents"])), policy)


class Names:
    """Names to look for in a text, found by the first word in them: there may be thousands of both."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for name in names:
            word = _WORD.search(name)
            self._by_word[word[0] if word else ""].append(name)

    def perhaps_in(self, text: str) -> list[str]:
        """The names whose first word stands in the text, the longest first."""
        words = {"", *_WORD.findall(text)}
        found = (name for word in words for name in self._by_word.get(word, ()))
        return sorted(found, key=lambda n: (-len(n), n))


def _document(row: Row, known: Names) -> Document:
    file = _file(row["path"])
    applies = {plain(part) for part in (row["applies_to"], *re.split(r"[,;\n]", row["applies_to"]))}
    day = row["date"]
    return Document(
        name=row["document_id"] or file or f"row {row['_row']} of {row['_where']}",
        kind=row["kind"],
        names=frozenset(applies | _named(file, known)),
        file=file,
        day=None if pd.isna(day) else day.date(),
        row=source(row),
    )


def _file(path: str) -> str:
    """The last part of a path or link; "" for a link that names a site only."""
    scheme, _, rest = path.rpartition("://")
    parts = re.split(r"[\\/]", re.split(r"[?#]", rest)[0] if scheme else rest)
    if scheme:
        parts = parts[1:]
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m.group(1), 16)), parts[-1]) if parts else ""


def _named(file: str, known: Names) -> set[str]:
    """The names that stand in a file name, each by itself; a name taken by a longer one is not there."""
    text, found = file.casefold(), set()
    for name in known.perhaps_in(text):
        pattern = rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])"
        if re.search(pattern, text):
            found.add(plain(name))
            text = re.sub(pattern, "\0", text)
    return found


def _evidence(document: Document, sent: Consignment) -> Evidence:
    shows = f"{document.kind} {document.name}" + (f" of {document.day}" if document.day else "")
    named = f"shipment {sent.shipment_id} · SKU {sent.product.sku}"
    return Evidence("document", document.row, document.day, None, None, "", named, shows)


def missing_documents(
    claims: Iterable[Claim], frames: Mapping[str, pd.DataFrame], policy: Policy
) -> list[Problem]:
    """One line per shipment: the documents its open claims lack, the rules, and the money that waits for them."""
    documents = read_documents(frames, policy)
    shipments: dict[str, list[tuple[Claim, list[Lacking]]]] = defaultdict(list)
    for claim in claims:
        if claim.kind == KIND and claim.status == "Needs input":
            lacking = documents.lacking(consignment_of(claim))
            if lacking:
                shipments[claim.shipment_id].append((claim, lacking))
    waiting = [(_money([c for c, _ in members]), name, members) for name, members in shipments.items()]
    waiting.sort(key=lambda w: (-sum(c.claim_value or 0.0 for c, _ in w[2]), w[1]))
    return [_waits(name, money, members) for money, name, members in waiting]


def consignment_of(claim: Claim) -> Consignment:
    """What the documents of an inbound claim must speak of."""
    product = Product(claim.sku, claim.fnsku, claim.asin)
    return Consignment(claim.shipment_id, product, claim.event_date, claim.marketplace)


def _waits(name: str, money: str, members: Sequence[tuple[Claim, list[Lacking]]]) -> Problem:
    invoices = sorted({c.sku or c.fnsku for c, need in members if any(x.what == "invoice" for x in need)})
    delivery = any(x.what != "invoice" for _, need in members for x in need)
    wanted = [f"an invoice for {', '.join(invoices)}"] if invoices else []
    wanted += ["a proof of delivery"] if delivery else []
    rules = dict.fromkeys(x.text for _, need in members for x in need)
    return Problem(
        "warning",
        "Documents",
        f"shipment {name} lacks {' and '.join(wanted)}: {money} wait for it",
        "; ".join(rules),
        column="Applies to",
        rows=len(members),
    )


def _money(claims: Sequence[Claim]) -> str:
    """`5 units, 60.00 USD, 2 of them without a known value`."""
    by_currency: dict[str, float] = defaultdict(float)
    for claim in claims:
        if claim.claim_value is not None:
            by_currency[claim.currency] += claim.claim_value
    parts = [f"{sum(c.units or 0 for c in claims)} units"]
    parts += [f"{total:,.2f} {currency}" for currency, total in sorted(by_currency.items())]
    unknown = sum(c.units or 0 for c in claims if c.claim_value is None)
    parts += [f"{unknown} of them without a known value"] if unknown else []
    return ", ".join(parts)
