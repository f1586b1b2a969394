"""One text from a dossier: what happened, each row that shows it, what was checked, what is asked.

Decisions:
- Only facts of the rows are stated; the sentences around them hold none. A fact that Amazon asks for and that no row
  states is named in ``missing``, and the text is then no text to send.
- What Amazon answered is never quoted: it may name a customer.
- A text longer than the form takes first leaves out the rows behind each total, then the single products, then the
  names of the documents: they are in the attached .xlsx. Nothing is ever cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ..cases import day
from ..memory import plain
from ..model import Record
from ._dossier import Dossier
from ._facts import Fact, Money, Row, number, read_row
from ._kinds import KINDS, Check, Lines
from ._language import Language

_CLAIM_FACTS = {  # fact -> its column of Claims
    "fnsku": "FNSKU",
    "sku": "SKU",
    "asin": "ASIN",
    "shipment_id": "Shipment ID",
    "delivered": "Event date",
    "order_id": "Order ID",
    "removal_order_id": "Removal order ID",
    "reference_id": "Reference ID",
    "units_claimed": "Units",
    "amount_claimed": "Claim value",
}
_NOT_READ = ("cost", "document")  # roles that only some kinds list
EVERYTHING, TOTALS, NO_PRODUCTS, NO_NAMES = range(4)  # how much is left out


class Writer:
    """Writes one dossier in one language; ``missing`` gathers what no row states."""

    def __init__(self, dossier: Dossier, words: Language, file: str) -> None:
        """``file`` is the name of the attached list."""
        self.dossier, self.words, self.file = dossier, words, file
        self.missing: list[str] = []
        self._about = KINDS[dossier.kind]
        self._rows = [read_row(r) for r in self.dossier.evidence]
        for claim in self.dossier.claims:
            question = plain(claim.get("Missing"))
            if plain(claim.get("Status")) == "Needs input":
                self._lacks(f"{plain(claim.get('Claim ID'))}: {question or 'the question on Claims'}")

    def _lacks(self, what: str) -> None:
        if what not in self.missing:
            self.missing.append(what)

    # --- parts of the text ---------------------------------------------------------------------------------

    def title(self) -> str:
        """What the case is about, with its first identifiers."""
        pairs = self._claim_pairs(self.dossier.claims[0], self._about.about)
        return f"{self.words.sentence(self.dossier.kind, 'title')} – {self.words.items(pairs)}"

    def facts(self, level: int) -> list[str]:
        """The claims, and below each the rows that show it."""
        claims, lines = self.dossier.claims, []
        shared = self._shared()
        if len(claims) > 1:
            lines.append(self.words.items(self._claim_pairs(claims[0], shared)))
            lines.append(self._total())
        if level >= NO_PRODUCTS and len(claims) > 1:
            self._check_rows()
            return [*lines, self.words.say("all_listed", file=self.file)]
        for claim in claims:
            facts = [f for f in self._about.claim if len(claims) == 1 or f not in shared]
            lines.append(self.words.items(self._claim_pairs(claim, facts)))
            lines += self._claim_rows(claim, level)
        return lines

    def _shared(self) -> tuple[str, ...]:
        events = ("shipment_id", "delivered", "order_id", "removal_order_id")
        return tuple(f for f in self._about.claim if f in events)

    def _total(self) -> str:
        units = sum(number(c.get("Units")) or 0 for c in self.dossier.claims)
        return f"{self.words.phrases['total_units']}{self.words.phrases['colon']}{units:.0f}"

    def _check_rows(self) -> None:
        """Name what is missing of rows that are not written out."""
        for claim in self.dossier.claims:
            self._claim_pairs(claim, self._about.claim)
            self._claim_rows(claim, EVERYTHING)

    def _claim_pairs(self, claim: Record, names: Sequence[str]) -> list[tuple[str, Fact]]:
        pairs: list[tuple[str, Fact]] = []
        for name in names:
            optional, (label, source) = name.endswith("?"), _labelled(name.rstrip("?"))
            fact = _claim_fact(claim, source)
            if fact is not None:
                pairs.append((label, fact))
            elif not optional:
                column = _CLAIM_FACTS[source]
                self._lacks(
                    f"{plain(claim.get('Claim ID'))}: {self._label(label)} ({column} on Claims is blank)"
                )
        return pairs

    def _claim_rows(self, claim: Record, level: int) -> list[str]:
        claim_id, shown = plain(claim.get("Claim ID")), []
        mine = [r for r in self._rows if r.claim_id == claim_id]
        for lines in self._about.lines:
            rows = [r for r in mine if _stands_in(r, lines)]
            if not rows and not lines.optional:
                self._lacks(f"{claim_id}: no {lines.role} row on Evidence states {self._label(lines.mark)}")
            written = [self._line(r, lines) for r in rows]
            if level >= TOTALS and len(rows) > 1:
                shown.append(f"- {self._summary(rows)}")
            else:
                once = lines.role == "record"  # one measurement proves many charges
                shown += [f"- {line}" for line in (dict.fromkeys(written) if once else written)]
        return [*shown, *self._left_out(mine)]

    def _line(self, row: Row, lines: Lines) -> str:
        pairs: list[tuple[str, Fact]] = []
        for name in (*lines.facts, *lines.known):
            label, source = _labelled(name)
            fact = row[source]
            if fact is not None:
                pairs.append((label, fact))
            elif name in lines.facts and (source != "date" or row.role != "sale"):
                self._lacks(f"{row.claim_id}: {row.place} does not state {self._label(label)}")
        return self.words.items(pairs)

    def _summary(self, rows: Sequence[Row]) -> str:
        days = sorted(d for r in rows if isinstance(d := r["date"], date))
        parts = [self.words.say("from_to", first=str(days[0]), last=str(days[-1]))] if days else []
        return str(self.words.phrases["between"]).join([*parts, self.words.say("listed", file=self.file)])

    def _left_out(self, rows: Sequence[Row]) -> list[str]:
        """Units and money that rows take from the claim and no check tells about."""
        checked = {c.role for c in self._about.checks}
        gone = [r for r in rows if r.deducts and not any(_stands_in(r, x) for x in self._about.lines)]
        gone = [r for r in gone if r.role not in checked or r["deducts"]]
        units = -sum(r.units or 0 for r in gone if (r.units or 0) < 0)
        money = [r["amount"] for r in gone if (r.amount or 0) < 0]
        found = []
        if "amount_claimed" in self._about.claim:
            found += [f"- {self._phrase('amount_out', m)}" for m in money if isinstance(m, Money)]
        elif units:
            found.append(f"- {self._phrase('units_out', int(units))}")
        return found

    def _phrase(self, name: str, fact: Fact) -> str:
        return f"{self.words.phrases[name]}{self.words.phrases['colon']}{self.words.show('', fact)}"

    def checks(self, level: int) -> list[str]:
        """What was looked for, in which report up to which day, and what was there."""
        return [
            self.words.phrases["checked"],
            *(line for c in self._about.checks for line in self._check(c, level)),
        ]

    def _check(self, check: Check, level: int) -> Iterator[str]:
        rows = [r for r in self._rows if r.role == check.role and not r["deducts"]]
        rows = [r for r in rows if not any(_stands_in(r, lines) for lines in self._about.lines)]
        rows = [r for r in rows if (r.units or 0) <= 0]
        source = self._read_to(check)
        less = -sum(r.units or 0 for r in rows)
        what = self.words.word("checks", check.what)
        result = self.words.say("deducted", units=f"{less:.0f}") if less else ""
        between = self.words.phrases["colon"]
        if not rows:
            result = str(self.words.phrases["none"])
        yield f"- {what}{between if result else ' '}{result}{' ' if result else ''}({source})"
        if level == EVERYTHING:
            yield from (f"  - {self._seen(r, check)}" for r in rows)
        elif rows:
            yield f"  - {self.words.say('listed', file=self.file)}"

    def _seen(self, row: Row, check: Check) -> str:
        pairs = [(label, row[fact]) for label, fact in map(_labelled, check.facts) if row[fact] is not None]
        text = self.words.items(pairs)  # type: ignore[arg-type]
        doubted = row.units == 0 and check.what != "revaluation"
        return f"{text} ({self.words.phrases['not_counted']})" if doubted else text

    def _read_to(self, check: Check) -> str:
        if not check.report:
            return str(self.words.phrases["own_record"])
        reports = check.report.split("|")
        for report in reports:
            days = [_stated(claim, report) for claim in self.dossier.claims]
            if all(days):
                return self._source(report, min(d for d in days if d))
        for report in reports:
            until = self.dossier.covered.get(report)
            if until and all(day(c.get("Last seen")) == self.dossier.as_of for c in self.dossier.claims):
                return self._source(report, until)
        self._lacks(f"up to which day {reports[0]} was read (refresh the workbook)")
        return self.words.word("reports", reports[0])

    def _source(self, report: str, until: date) -> str:
        return self.words.say("read_to", report=self.words.word("reports", report), day=until.isoformat())

    def documents(self, level: int) -> list[str]:
        """The documents that are attached, by kind and id."""
        kinds = {plain(d.get("Kind")) for d in self.dossier.documents}
        wanted = self._about.must_attach
        if wanted and not kinds & set(wanted):
            self._lacks(
                f"Documents: no {' or '.join(wanted)}; carrier, tracking, boxes and weight are stated there"
            )
        lines = [self._document(d) for d in self.dossier.documents]
        if level > EVERYTHING:
            lines = [*([] if level >= NO_NAMES else lines), f"- {self.file}"]
        return [self.words.phrases["attached"], *lines] if lines else []

    def _document(self, document: Record) -> str:
        kind, when = plain(document.get("Kind")), day(document.get("Date"))
        name = (
            plain(document.get("Document ID"))
            or plain(document.get("Path or link")).replace("\\", "/").split("/")[-1]
        )
        of_kind = self.words.phrases["words"].get(kind, kind)
        return f"- {of_kind} {' '.join(name.split())}" + (f" ({when})" if when else "")

    @staticmethod
    def _label(name: str) -> str:
        return name.replace("_", " ")


def _labelled(name: str) -> tuple[str, str]:
    label, _, source = name.partition("=")
    return label, source or label


def _stands_in(row: Row, lines: Lines) -> bool:
    whole = lines.spent or not row.deducts
    return row.role == lines.role and row[lines.mark] is not None and whole


def _claim_fact(claim: Record, name: str) -> Fact | None:
    cell = claim.get(_CLAIM_FACTS[name])
    if name == "delivered":
        return day(cell)
    if name == "units_claimed":
        units = number(cell)
        return None if units is None else int(units)
    if name == "amount_claimed":
        amount, currency = number(cell), plain(claim.get("Currency"))
        return Money(amount, currency) if amount is not None and currency else None
    return plain(cell) or None


def _stated(claim: Record, report: str) -> date | None:
    """The day that `Why` says a report was read to."""
    _, found, rest = plain(claim.get("Why")).partition(f"{report} read to ")
    return day(rest[:10]) if found else None
