"""The money of the cases in one refresh: reconciled, written to the rows of Cases, told on Evidence and the Journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .case_figures import remembered
from .case_payments import Paid
from .case_sheet import own_key, own_name
from .cases import Tracking, text
from .detectors import all_detectors
from .identity import claim_id
from .journal import Change, cell_changes
from .kept_evidence import StillThere, keep_evidence
from .memory import plain
from .model import Evidence, Problem, Record
from .payment_evidence import payment_evidence, recall_payments
from .pipeline import Result
from .policy import Policy
from .reconciliation import JOURNALLED, Reconciliation, Told, figure_changes, reconcile
from .reports import Reports, all_reports
from .reversal_watch import AtRisk, payments_at_risk, risk_notes

FIGURES = ("Paid units", "Paid amount", "Reimbursement IDs", "Reversed", "Balance")


@dataclass(slots=True)
class CaseMoney:
    """What the payments of a run mean for the sheets.

    ``before``: rows of Cases by name, ``own`` by their whole key. ``remembered``: payments of rows without figures.
    """

    done: Reconciliation
    before: dict[str, Record]
    own: dict[tuple[str, ...], Record] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    at_risk: list[AtRisk] = field(default_factory=list)
    remembered: dict[str, list[Paid]] = field(default_factory=dict)

    @property
    def paid(self) -> dict[str, list[Paid]]:
        """The payments that stand, by the name of the row of Cases that they were for."""
        return self.remembered | {name: figures.paid for name, figures in self.done.figures.items()}

    @property
    def problems(self) -> list[Problem]:
        """For Checks."""
        return [*self.done.problems, *risk_notes(self.at_risk)]

    def fill(self, rows: Sequence[Record], as_of: date) -> list[Record]:
        """Put the figures into Recoup's rows of Cases, and add those of claims that no other row was made for."""
        filled = {plain(row["Claim ID"]): dict(row) for row in rows}
        for key, cells in self.done.rows.items():
            row = filled.setdefault(key, {"Claim ID": key})
            row |= cells
            if _changed(self.before.get(key, {}), cells):
                row["Last change"] = as_of
        return list(filled.values())

    def own_rows(self, as_of: date) -> list[Record]:
        """The rows of cases that people opened, with what was paid under their Amazon case id."""
        return [
            row | ({"Last change": as_of} if _changed(self._own_before(row), row) else {})
            for row in self.done.own
        ]

    def changes(self, rows: Iterable[Record], who: str) -> list[Change]:
        """What changes in the amounts of these rows of claims, and in those of the rows that people opened."""
        return [*figure_changes(self.before, rows, who), *self._own_changes(who)]

    def _own_changes(self, who: str) -> list[Change]:
        return [
            change
            for row in self.done.own
            for change in cell_changes(own_name(row), self._own_before(row), row, JOURNALLED, who)
        ]

    def _own_before(self, row: Record) -> Record:
        return self.own.get(own_key(row), {})

    def keep(
        self,
        old: Iterable[Record],
        fresh: Iterable[Record],
        tracking: Tracking,
        reports: Reports,
        as_of: date,
    ) -> list[Record]:
        """Evidence that stays although this run does not tell it."""
        return keep_evidence(old, fresh, tracking, self.before.keys(), _still_there(reports), as_of)


def follow_money(
    cases: Sequence[Record],
    evidence: Sequence[Record],
    reports: Reports,
    result: Result,
    tracking: Tracking,
    policy: Policy,
    as_of: date,
) -> CaseMoney:
    """Reconcile the rows of Cases with the payments of a run. ``evidence``: Evidence as it stood."""
    before: dict[str, Record] = {}
    own: dict[tuple[str, ...], Record] = {}
    for row in cases:
        if own_name(row):
            before.setdefault(own_name(row), row)
            own.setdefault(own_key(row), row)
    rows = {c.claim_id: c.evidence for c in result.claims}
    if not before:
        return CaseMoney(Reconciliation(), before, evidence=dict(rows))
    ids = frozenset(reports.frames["reimbursements"]["reimbursement_id"])
    mine = [row for row in evidence if text(row.get("Claim ID")) in before]
    told = Told(
        cases,
        frozenset(t.claim_id for t in tracking.tracked),
        recall_payments(mine, ids),
        reports.frames["money_lines"],
        policy,
        frozenset(tracking.undone),
    )
    money = CaseMoney(reconcile(result, told), before, own)
    money.evidence = rows | payment_evidence(money.done, rows)
    every = recall_payments(mine, ())
    money.remembered = {n: remembered(r, every) for n, r in before.items() if n not in money.done.figures}
    home = str(policy.setting("home_marketplace") or "US")
    prefixes = {kind: d.prefix for kind, d in all_detectors().items()}
    money.at_risk = payments_at_risk(
        money.done,
        result.allocation,
        lambda kind, key: claim_id(prefixes[kind], home, kind, key),
        cases,
        policy,
        as_of,
    )
    return money


def _changed(before: Mapping[str, object], cells: Record) -> bool:
    return any(plain(before.get(h)) != plain(cells[h]) for h in FIGURES if h in cells)  # type: ignore[arg-type]


def _still_there(reports: Reports) -> StillThere:
    """Whether a tab or file holds a row of that day; read once it is asked."""
    known: set[tuple[str, date | None]] = set()
    places: Collection[str] = set()

    def there(where: str, when: date | None) -> bool:
        nonlocal places
        if not places:
            places = {"", *_read_days(reports, known)}
        return (where, when) in known if when else where in places

    return there


def _read_days(reports: Reports, known: set[tuple[str, date | None]]) -> set[str]:
    places: set[str] = set()
    for name, report in all_reports().items():
        frame = reports.frames[name]
        if frame.empty:
            continue
        places |= set(frame["_where"].unique())
        if report.day:
            days = frame.loc[frame[report.day].notna(), ["_where", report.day]].drop_duplicates()
            known |= {(w, d.date()) for w, d in days.itertuples(index=False)}
    return places
