"""From a draft to a claim: window, value, status and the sentence that explains it.

Decisions: a claim has one status. A deadline that has passed comes first, then a question, then waiting. A claim
with questions on some of its units counts all of them in `Units`; `Value low` leaves the questioned ones out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .confidence import Outcomes, find_confidence
from .coverage import Coverage, Question, tab_name
from .deadlines import Window, Windows
from .detectors import Detector
from .drafts import Draft, Lot
from .events import Aside
from .identity import claim_id
from .model import Claim, Evidence, NotClaimed, Reason, Status
from .policy import ALL, Policy
from .policy.vocabulary import PolicyValue
from .valuation import Prices, find_worth


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A line of Settings: claims of this kind and SKU are not made. A blank field means any."""

    kind: str
    sku: str
    reason: str
    by: str

    def covers(self, draft: Draft) -> bool:
        """True when it names the draft's kind or SKU, and contradicts neither."""
        named = bool(self.kind or self.sku)
        return named and self.kind in ("", draft.kind) and self.sku in ("", draft.product.sku)


@dataclass(frozen=True, slots=True)
class Assessor:
    """Everything a draft is judged by. ``as_of`` is the day of the run; nothing here asks the clock."""

    policy: Policy
    windows: Windows
    coverage: Coverage
    prices: Prices
    as_of: date
    home: str
    exclusions: tuple[Exclusion, ...] = ()
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)

    def days(self, key: str) -> int:
        """A number of policy or Settings that holds everywhere."""
        rule = self.policy.value(key, on=self.as_of, marketplace=ALL)
        return round(rule.number) if rule else 0

    def assess(self, draft: Draft, detector: Detector) -> tuple[Claim | None, list[NotClaimed]]:
        """The claim, if any unit is owed, and the units of the draft that are not claimed, with reasons."""
        left = [self._settled(draft, detector, s.reason, s.units, s.why, s.rows) for s in draft.settled]
        if not draft.lots:
            return None, left
        if draft.event_date > self.as_of:
            why = f"dated {draft.event_date}, after the day of this run ({self.as_of})"
            return None, [*left, self._all(draft, detector, "too early", why)]
        excluded = next((e for e in self.exclusions if e.covers(draft)), None)
        if excluded:
            why = f"excluded in Settings: {excluded.reason or 'no reason given'}"
            return None, [*left, self._all(draft, detector, "excluded by policy", why, excluded.by)]
        windows = [(lot, self.windows.of(draft.kind, lot.clocks, draft.marketplace)) for lot in draft.lots]
        alive = [(lot, w) for lot, w in windows if not w.deadline or w.deadline >= self.as_of]
        dead = [(lot, w) for lot, w in windows if w.deadline and w.deadline < self.as_of]
        shown = self.as_of - timedelta(days=self.days("keep_expired"))
        keep = not alive and any(w.deadline and w.deadline >= shown for _, w in dead)
        for lot, window in [] if keep else dead:
            why = f"{lot.shown(draft.currency)} open; the claim window closed on {window.deadline}"
            rows = [e.source for e in draft.evidence if _counts_up(e)]
            units = lot.units if draft.counted else None
            left.append(self._settled(draft, detector, "expired", units, why, rows))
        chosen = dead if keep else alive
        if not chosen:
            return None, left
        claim = self._claim(draft, detector, chosen, expired=keep)
        claim.read_to = self._read_to(draft, detector)
        minimum = self.policy.value("minimum_claim_value", on=self.as_of, marketplace=ALL)
        if minimum and claim.claim_value is not None and claim.claim_value < minimum.number:
            why = f"worth {claim.claim_value:,.2f} {claim.currency}, less than the minimum in Settings"
            rows = [e.source for e in draft.evidence]
            return None, [*left, self._settled(draft, detector, "below threshold", claim.units, why, rows)]
        return claim, left

    def _claim(
        self,
        draft: Draft,
        detector: Detector,
        chosen: Sequence[tuple[Lot, Window]],
        *,
        expired: bool,
    ) -> Claim:
        lots = [lot for lot, _ in chosen]
        opens = max((w.opens for _, w in chosen if w.opens), default=None)
        deadline = min((w.deadline for _, w in chosen if w.deadline), default=None)
        units = sum(x.units for x in lots)
        value = self.prices.value(draft, detector.value)
        worth = find_worth(draft, lots, value)
        unread = self._unread(draft, detector)
        questions = self._questions(chosen, [q.text for q in unread])
        status = self._status(detector, opens, deadline, expired, bool(questions))
        rules = _distinct([r for _, w in chosen for r in w.rules] + list(value.rules))
        confidence, known_by = self._confidence(draft)
        return Claim(
            claim_id=self.identify(draft.kind, draft.key, detector),
            kind=draft.kind,
            status=status,
            marketplace=draft.marketplace,
            sku=draft.product.sku,
            fnsku=draft.product.fnsku,
            asin=draft.product.asin,
            product=draft.product.title,
            order_id=draft.order_id,
            shipment_id=draft.shipment_id,
            removal_order_id=draft.removal_order_id,
            reference_id=draft.reference_id,
            event_date=draft.event_date,
            units=units if draft.counted else None,
            unit_value=worth.unit,
            claim_value=worth.total,
            value_low=worth.low,
            value_high=worth.high,
            currency=value.currency,
            value_basis=value.basis,
            opens=opens,
            deadline=deadline,
            file_by=deadline - timedelta(days=self.days("safety_margin")) if deadline else None,
            confidence=confidence,
            missing="; ".join(filter(None, [*questions, value.missing])),
            why=self._why(draft, detector, lots),
            policy="; ".join([*(_rule_text(r) for r in rules), known_by]),
            evidence=[*draft.evidence, *value.evidence, *_expired_evidence(draft, lots)],
            waits_for=tuple(dict.fromkeys(q.tab for q in unread)),
        )

    def _confidence(self, draft: Draft) -> tuple[float, str]:
        outcomes = self.outcomes.get(draft.kind)
        return find_confidence(
            self.policy, draft.kind, outcomes, on=self.as_of, marketplace=draft.marketplace
        )

    def _unread(self, draft: Draft, detector: Detector) -> list[Question]:
        refuted_by = draft.refuted_by if draft.refuted_by is not None else detector.refuted_by
        return self.coverage.questions((*detector.needs, *refuted_by), draft.since)

    @staticmethod
    def _questions(chosen: Sequence[tuple[Lot, Window]], unread: Sequence[str]) -> list[str]:
        total = sum(lot.units for lot, _ in chosen)
        texts = []
        for lot, window in chosen:
            for units, question in lot.doubts:
                count = min(units, lot.units)
                whole = count == total or lot.amount is not None
                texts.append(question if whole else f"{count} of {total} units: {question}")
            texts.append(window.question)
        texts += unread
        return [t for t in dict.fromkeys(texts) if t]

    def _status(
        self, detector: Detector, opens: date | None, deadline: date | None, expired: bool, asks: bool
    ) -> Status:
        if expired:
            return "Expired"
        if asks or opens is None or deadline is None:
            return "Needs input"
        ready = opens
        if detector.pays_itself:
            guard = deadline - timedelta(days=self.days("auto_payment_guard"))
            ready = max(opens, min(opens + timedelta(days=self.days("auto_payment_wait")), guard))
        return "Waiting" if self.as_of < ready else "Ready"

    def _read(self, draft: Draft, detector: Detector) -> list[tuple[str, date | None]]:
        """The reports that could refute it, and the day to which each is read."""
        refuted_by = draft.refuted_by if draft.refuted_by is not None else detector.refuted_by
        names = [n if isinstance(n, tuple) else (n,) for n in refuted_by]
        return [(tab_name(n[0]), self.coverage.read_to(*n)) for n in names]

    def _read_to(self, draft: Draft, detector: Detector) -> date | None:
        """How far all of them are read."""
        days = [day for _, day in self._read(draft, detector)]
        known = [day for day in days if day]
        return min(known, default=None) if len(known) == len(days) else None

    def _why(self, draft: Draft, detector: Detector, lots: Sequence[Lot]) -> str:
        read = [f"{tab} read to {day or 'nowhere'}" for tab, day in self._read(draft, detector)]
        story = draft.story or _arithmetic(draft.evidence, detector.word)
        gone, still = draft.lots_but(lots), Lot.joined(lots)
        expired = f", {gone.shown(draft.currency)} past the deadline" if gone else ""
        return f"{story}{expired}: {still.shown(draft.currency)} open; {', '.join(read)}"

    def identify(self, kind: str, key: tuple[str, ...], detector: Detector) -> str:
        """The claim's id."""
        return claim_id(detector.prefix, self.home, kind, key)

    def _all(self, draft: Draft, detector: Detector, reason: Reason, why: str, by: str = "") -> NotClaimed:
        rows = [e.source for e in draft.evidence]
        return self._settled(draft, detector, reason, draft.units, why, rows, by)

    def _settled(
        self,
        draft: Draft | Aside,
        detector: Detector,
        reason: Reason,
        units: int | None,
        why: str,
        rows: Sequence[object],
        by: str = "",
    ) -> NotClaimed:
        return NotClaimed(
            claim_id=self.identify(draft.kind, draft.key, detector),
            kind=draft.kind,
            reason=reason,
            detail=by,
            marketplace=draft.marketplace,
            sku=draft.product.sku,
            fnsku=draft.product.fnsku,
            asin=draft.product.asin,
            product=draft.product.title,
            order_id=draft.order_id or draft.removal_order_id,
            reference_id=draft.reference_id or draft.shipment_id,
            event_date=draft.date if isinstance(draft, Aside) else draft.event_date,
            units=units,
            why=why,
            rows=list(dict.fromkeys(rows)),  # type: ignore[arg-type]
        )

    def set_aside(self, aside: Aside, detector: Detector) -> NotClaimed:
        """Units that never reached the allocation."""
        return self._settled(aside, detector, aside.reason, aside.units, aside.why, [aside.row])


def _arithmetic(evidence: Sequence[Evidence], word: str) -> str:
    """`3 misplaced 2026-09-02, 1 found 2026-09-10, 0 reimbursed`, from the rows that count."""
    lost = [e for e in evidence if e.units and e.units > 0]
    days = sorted({str(e.date) for e in lost})
    parts = [
        f"{sum(e.units or 0 for e in lost)} {word} {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
    ]
    for role, name in (
        ("found", "found"),
        ("return", "returned"),
        ("receipt", "arrived"),
        ("removal order", "asked for"),
        ("correction", "corrected"),
        ("reimbursement", "reimbursed"),
    ):
        used = [e for e in evidence if e.role == role and e.units and e.units < 0]
        if used or role == "reimbursement":
            when = f" {max(str(e.date) for e in used)}" if used else ""
            parts.append(f"{-sum(e.units or 0 for e in used)} {name}{when}")
    other = -sum(e.units or 0 for e in evidence if e.role in ("loss", "refund") and e.units and e.units < 0)
    return ", ".join(parts) + (f", {other} settled by Amazon's own word or a reversal" if other else "")


def _counts_up(evidence: Evidence) -> bool:
    return bool(evidence.units and evidence.units > 0) or bool(evidence.amount and evidence.amount > 0)


def _expired_evidence(draft: Draft, chosen: Sequence[Lot]) -> list[Evidence]:
    """The row that takes out of the sum what is past its deadline while the rest of the claim is not."""
    gone = draft.lots_but(chosen)
    if gone is None:
        return []
    first = draft.evidence[0]
    shows = f"{gone.shown(draft.currency)} past the deadline"
    units = -gone.units if draft.counted else None
    amount = None if gone.amount is None else -gone.amount
    currency = "" if amount is None else draft.currency
    return [Evidence(first.role, first.source, first.date, units, amount, currency, first.identifiers, shows)]


def _distinct(rules: Sequence[PolicyValue]) -> list[PolicyValue]:
    return list({r.rule: r for r in rules}.values())


def _rule_text(rule: PolicyValue) -> str:
    flags = [f for f in (rule.flag, f"overridden by {rule.overridden_by}" if rule.overridden_by else "") if f]
    return f"{rule.rule} = {rule.value} {rule.unit}" + (f" ({', '.join(flags)})" if flags else "")
