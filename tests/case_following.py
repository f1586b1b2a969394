"""The sheets of a seller who follows cases, without a workbook: claims, cases and Evidence from run to run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from recoup import results
from recoup.case_money import FIGURES, CaseMoney, follow_money
from recoup.cases import Known, track
from recoup.detectors import all_detectors
from recoup.memory import plain
from recoup.model import Record
from recoup.pipeline import Brief, Result, detect
from recoup.policy import Policy
from recoup.recalled import recall_losses
from recoup.reports import Reports
from recoup.source_files import SourceFiles


@dataclass
class Following:
    """What stands on Claims, Not Claimed, Cases and Evidence. ``run`` refreshes them."""

    policy: Policy
    cases: list[Record] = field(default_factory=list)
    claims: dict[str, Record] = field(default_factory=dict)
    left: dict[tuple[str, ...], Record] = field(default_factory=dict)
    evidence: list[Record] = field(default_factory=list)

    def run(self, reports: Reports, as_of: date) -> tuple[Result, CaseMoney]:
        """A refresh: detect, track, reconcile, and what it writes."""
        prefixes = {kind: d.prefix for kind, d in all_detectors().items()}
        home = str(self.policy.setting("home_marketplace") or "US")
        numbers: dict[str, list[str]] = {}
        for row in self.cases:
            if plain(row.get("Amazon case ID")) and plain(row.get("Claim ID")):
                numbers.setdefault(plain(row["Amazon case ID"]), []).append(plain(row["Claim ID"]))
        recalled = tuple(recall_losses(self.claims.values(), self.left.values(), prefixes, home))
        result = detect(reports, Brief(self.policy, as_of, cases=numbers, recalled=recalled))
        known = Known.of(list(self.claims.values()), self.cases, {})
        tracking = track(result.claims, result.not_claimed, known, as_of, {})
        money = follow_money(self.cases, self.evidence, reports, result, tracking, self.policy, as_of)
        patched, _ = results.case_rows(tracking, known.cases, as_of)
        filled = {plain(r["Claim ID"]): r for r in money.fill(patched, as_of)}
        fresh = results.evidence_rows(money.evidence, set(), SourceFiles([], [], Path("book.xlsx")))
        self.evidence = fresh + money.keep(self.evidence, fresh, tracking, reports, as_of)
        for row in self.cases:
            row |= filled.get(plain(row.get("Claim ID")), {})
        for own in money.own_rows(as_of):
            mine = next(
                r
                for r in self.cases
                if all(
                    plain(r.get(h)) == plain(own[h]) for h in ("Case", "Claim ID", "SKU", "Amazon case ID")
                )
            )
            mine |= own
        for row in results.claim_rows(tracking, as_of):
            self.claims[plain(row["Claim ID"])] = self.claims.get(plain(row["Claim ID"]), {}) | row
        lines = results.not_claimed_rows([*result.not_claimed, *tracking.not_claimed], self.left, as_of)
        looked_at = {c.claim_id for c in result.claims} | {n.claim_id for n in result.not_claimed}
        lines += results.stale_lines(self.left, lines, looked_at, {t.claim_id for t in tracking.tracked})
        for row in lines:
            key = tuple(plain(row[h]) for h in ("Claim ID", "Reason", "Closed by"))
            self.left[key] = self.left.get(key, {}) | row
        return result, money

    def shown(self) -> list[dict[str, Any]]:
        """What Recoup says on Cases and Evidence, to compare two runs."""
        names = (*FIGURES, "Suggested stage", "Suggested next step")
        rows = [{h: plain(r.get(h)) for h in names} for r in self.cases]
        return [*rows, *sorted(({h: plain(v) for h, v in r.items()} for r in self.evidence), key=str)]


def untold(result: Result, money: CaseMoney) -> Counter[str]:
    """Units paid, by reimbursement, that are told not exactly once. Empty when all is well."""
    count: Counter[str] = Counter()
    for purse in result.allocation.purses:
        credit = purse.credit
        if credit.role == "reimbursement" and credit.units is not None:
            count[credit.reference_id] += credit.units - purse.reversed
    told = [p for paid in money.done.ledger.paid.values() for p in paid] + money.done.ledger.loose
    vague = {p.credit.reference_id for p in result.allocation.purses if p.credit.units is None}
    for paid in told:
        if paid.units is not None and paid.reimbursement_id not in vague:
            count[paid.reimbursement_id] -= paid.units
    return Counter({k: n for k, n in count.items() if n})
