"""The one place that knows the order: reports in, claims out. Pure: no file, no Excel, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .accounts import Allocation
from .catalogue import Catalogue, build_catalogue
from .charges import settle_charges, split_early
from .checks import check_coverage, check_reports
from .claims import Assessor, Exclusion
from .confidence import Outcomes
from .coverage import Coverage
from .damaged_stock import settle_damaged_stock
from .deadlines import Windows
from .detectors import Detector, Scene, all_detectors, stock_adjustments
from .detectors.reimbursement_reversed import KIND as REVERSED
from .detectors.reimbursement_underpaid import KIND as UNDERPAID
from .detectors.reimbursement_underpaid import PREFIX as UNDERPAID_PREFIX
from .documents import missing_documents
from .drafts import Draft, draft_accounts
from .events import Aside, Credit, Findings, Loss, MoneyCredit, Overcharge, Product
from .identity import claim_id
from .model import Claim, NotClaimed, Problem
from .netting import ClaimKey, allocate
from .order_adjustments import adjusted_lines, charged_again
from .orders import build_orders, replaced_orders
from .payments import AboutMoney, Payments, read_payments
from .policy import ALL, Policy
from .recalled import Recalled, missing_losses, not_derived, remembered_damages, settle_recalled
from .receipts import read_removals
from .refunds import resent_units
from .reports import Reports, StatedPeriod
from .roll_forward import check_roll_forward
from .sourcing import SourcingCosts
from .valuation import Prices
from .waiting import not_run_problems

AMAZONS = ("inventory_ledger", "reimbursements", "customer_returns")  # tell which ids belong together
FURTHER = (
    *("storage_fees", "fee_preview", "fba_inventory", "removal_orders", "removal_shipments"),
    *("shipment_contents", "product_dimensions"),
)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a run is told besides the reports. ``cases``: Amazon case id -> claim ids filed under it."""

    policy: Policy
    as_of: date
    exclusions: tuple[Exclusion, ...] = ()
    cases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    periods: tuple[StatedPeriod, ...] = ()
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)
    recalled: tuple[Recalled, ...] = ()
    cleared: Mapping[str, date] = field(default_factory=dict)  # report -> the last day cleared from its tab

    @property
    def home(self) -> str:
        """The home marketplace of the account."""
        return str(self.policy.setting("home_marketplace") or "US")


@dataclass(slots=True)
class Result:
    """Claims and what is not claimed, with proof; ``not_run`` names the tabs each silent kind waits for.

    ``given_back``: of claims about money, by claim id, what was paid and how much of it for them.
    ``held`` is what kinds that were not run would claim: no claims, only money that a report might unlock.
    """

    claims: list[Claim]
    not_claimed: list[NotClaimed]
    problems: list[Problem]
    coverage: Coverage
    not_run: dict[str, list[str]]
    allocation: Allocation
    catalogue: Catalogue
    payments: Payments = field(default_factory=Payments)
    given_back: dict[str, list[tuple[MoneyCredit, float]]] = field(default_factory=dict)
    held: list[Claim] = field(default_factory=list)


def detect(reports: Reports, brief: Brief) -> Result:
    """Find, net, date, value: all claims of all kinds from the reports, in an order that rows cannot change."""
    scene = _scene(reports, brief)
    lag = _number(brief, "report_lag")
    coverage = Coverage(
        reports, brief.policy, lag=lag, as_of=brief.as_of, periods=brief.periods, cleared=brief.cleared
    )
    not_run = {k: m for k, d in all_detectors().items() if (m := coverage.missing((*d.needs, *d.refuted_by)))}
    findings = _find(reports, scene, coverage)
    settle_damaged_stock(findings, brief.policy.codes("ledger.damaged"))
    losses, early = _split_early(findings.losses, brief)
    overcharges, too_early = split_early(findings.overcharges, brief.as_of)
    early += too_early
    windows = Windows(brief.policy)
    losses = [x._replace(deadline=_deadline(x, windows)) for x in losses]
    derived = _ids([*losses, *early, *findings.asides], brief) if brief.recalled else []
    recalled = not_derived(brief.recalled, derived)
    arrived = _arrivals(None if recalled else _orders(losses, scene), reports, scene, coverage)
    credits = [_of_original(c, scene) for c in (*arrived, *findings.credits, *scene.payments.credits)]
    recalled = missing_losses(recalled, credits) if recalled else []
    losses += [r.loss for r in recalled]
    allocation = allocate(
        losses,
        credits,
        scene.payments.reversals,
        lead_days=_number(brief, "credit_before_loss"),
        cases=_case_keys(losses, brief),
    )
    allocation, ended = settle_recalled(allocation, recalled)
    problems = [*scene.payments.problems, *findings.problems]
    problems += check_reports(reports, brief.policy, brief.as_of)
    problems += check_roll_forward(reports, coverage)
    drafts = _drafts(allocation, reports, scene)
    back = [*findings.money_credits, *scene.payments.fee_corrections]
    back += scene.payments.case_money
    filed = _case_keys(overcharges, brief)
    drafts += settle_charges(overcharges, back, lambda o: _deadline(o, windows), filed)
    problems += _question_unsound(drafts, allocation)
    prices = Prices(brief.policy, scene.costs, scene.orders, brief.as_of)
    judge = (brief.policy, windows, coverage, prices)
    assessor = Assessor(*judge, brief.as_of, brief.home, brief.exclusions, brief.outcomes)
    claims, left, held = _assess(drafts, [*findings.asides, *early], assessor, not_run)
    problems += missing_documents(claims, reports.frames, brief.policy)
    problems += [*not_run_problems(not_run, held), *check_coverage(coverage)]
    left += ended
    told, given = (scene.catalogue, scene.payments), _given_back(drafts, brief)
    return Result(claims, left, problems, coverage, not_run, allocation, *told, given, held)


def _scene(reports: Reports, brief: Brief) -> Scene:
    frames = reports.frames
    catalogue = build_catalogue([frames[n] for n in AMAZONS], [frames[n] for n in FURTHER])
    replaced = replaced_orders(frames["replacements"])
    adjusted = adjusted_lines(frames["money_lines"])
    named_orders = {*frames["customer_returns"]["order_id"].tolist(), *replaced.values()}
    return Scene(
        policy=brief.policy,
        home=brief.home,
        catalogue=catalogue,
        orders=build_orders(frames["money_lines"], named_orders),
        payments=read_payments(
            frames["reimbursements"], brief.policy, catalogue, brief.cases.keys(), _about_money(brief)
        ),
        costs=SourcingCosts(frames["sourcing_costs"]),
        replaced=replaced,
        filed=_filed(brief),
        charged_again=charged_again(adjusted, replaced),
        resent=resent_units(frames["replacements"], replaced),
        removals=read_removals(
            frames["removal_shipments"], frames["removal_orders"], frames["removal_receipts"], catalogue
        ),
        money_adjusted=adjusted,
        stock_adjusted=stock_adjustments(frames["inventory_ledger"]),
        damaged=remembered_damages(brief.recalled),
    )


def _about_money(brief: Brief) -> AboutMoney:
    """The kinds of a case's claims when all are about money; none for the very line that was paid too little."""
    kinds = {d.prefix: k for k, d in all_detectors().items() if d.value == "given" and k != REVERSED}
    found = {case: {kinds.get(i.partition("-")[0], "") for i in ids} for case, ids in brief.cases.items()}
    known = {case: frozenset(named) for case, named in found.items() if "" not in named}

    def kinds_of(case: str, reimbursement: str, product: Product) -> frozenset[str]:
        key = (reimbursement, product.fnsku or product.asin)
        own = claim_id(UNDERPAID_PREFIX, brief.home, UNDERPAID, key)
        return frozenset() if own in brief.cases.get(case, ()) else known.get(case, frozenset())

    return kinds_of


def _filed(brief: Brief) -> dict[str, frozenset[str]]:
    """Claim id -> the Amazon case ids that people recorded for it."""
    found: dict[str, set[str]] = {}
    for case, ids in brief.cases.items():
        for name in ids:
            found.setdefault(name, set()).add(case)
    return {name: frozenset(cases) for name, cases in found.items()}


def _find(reports: Reports, scene: Scene, coverage: Coverage) -> Findings:
    """Events of every kind whose own reports are there, also where a refuting one is missing."""
    findings = Findings()
    for detector in all_detectors().values():
        if not coverage.missing(detector.needs):
            findings.add(detector.find(reports, scene))
    return findings


def _orders(losses: Iterable[Loss], scene: Scene) -> set[str]:
    """The first orders of which anything was lost or paid: what came back of any other settles nothing.

    Not for losses whose rows were cleared: which return settled one may stand in its old line alone.
    """
    paid = {credit.order_id for credit in scene.payments.credits} - {""}
    return {name for loss in losses for name in loss.ids} | {scene.replaced.get(o, o) for o in paid}


def _arrivals(
    orders: Collection[str] | None, reports: Reports, scene: Scene, coverage: Coverage
) -> list[Credit]:
    """What came back for these orders (None: for any), of every kind whose own reports are there."""
    detectors = [d for d in all_detectors().values() if not coverage.missing(d.needs)]
    return [credit for detector in detectors for credit in detector.arrivals(reports, scene, orders)]


def _split_early(losses: Sequence[Loss], brief: Brief) -> tuple[list[Loss], list[Aside]]:
    """Losses dated after the day of the run are too early; credits of those days count."""
    now = [x for x in losses if x.date <= brief.as_of]
    early = [
        Aside(
            kind=x.kind,
            key=x.key,
            reason="too early",
            date=x.date,
            units=x.units,
            product=x.product,
            row=x.row,
            why=f"dated {x.date}, after the day of this run ({brief.as_of})",
            marketplace=x.marketplace,
            order_id=x.order_id,
            reference_id=x.reference_id,
            shipment_id=x.shipment_id,
            removal_order_id=x.removal_order_id,
        )
        for x in losses
        if x.date > brief.as_of
    ]
    return now, early


def _of_original(credit: Credit, scene: Scene) -> Credit:
    """A return or payment that names a replacement order belongs to the order that was replaced."""
    original = scene.replaced.get(credit.order_id) if credit.order_id else None
    return credit._replace(belongs_to=original) if original else credit


def _deadline(event: Loss | Overcharge, windows: Windows) -> date | None:
    return windows.of(event.kind, event.clocks, event.marketplace).deadline


def _ids(events: Iterable[Loss | Aside | Overcharge | Draft], brief: Brief) -> list[str]:
    prefixes = {kind: d.prefix for kind, d in all_detectors().items()}
    return [claim_id(prefixes[x.kind], brief.home, x.kind, x.key) for x in events]


def _given_back(drafts: Sequence[Draft], brief: Brief) -> dict[str, list[tuple[MoneyCredit, float]]]:
    paid = [draft for draft in drafts if draft.given_back]
    return {key: draft.given_back for key, draft in zip(_ids(paid, brief), paid, strict=True)}


def _case_keys(losses: Sequence[Loss | Overcharge], brief: Brief) -> dict[str, list[ClaimKey]]:
    if not brief.cases:
        return {}
    by_id = {key: (x.kind, x.key) for key, x in zip(_ids(losses, brief), losses, strict=True)}
    return {case: [by_id[i] for i in ids if i in by_id] for case, ids in brief.cases.items()}


def _drafts(allocation: Allocation, reports: Reports, scene: Scene) -> list[Draft]:
    drafts = draft_accounts(allocation.accounts)
    for detector in all_detectors().values():
        drafts += detector.review(allocation, reports, scene)
    return drafts


def _question_unsound(drafts: Sequence[Draft], allocation: Allocation) -> list[Problem]:
    """No claim is Ready whose units do not add up (RULES 2)."""
    wrong = {(x.kind, x.key): x for x in allocation.imbalances()}
    for draft in drafts:
        if (draft.kind, draft.key) in wrong:
            for lot in draft.lots:
                lot.doubts.append((lot.units, "the units of this claim do not add up: see Checks"))
    return [
        Problem(
            "error",
            loss.row.where,
            f"the units of {loss.kind} {' '.join(loss.key)} do not add up",
            "This is a fault of Recoup: do not file this claim, and report it with the rows on Evidence.",
            rows=1,
            first_cells=f"row {loss.row.row}",
        )
        for loss in wrong.values()
    ]


def _assess(
    drafts: Sequence[Draft], asides: Sequence[Aside], assessor: Assessor, not_run: Mapping[str, object]
) -> tuple[list[Claim], list[NotClaimed], list[Claim]]:
    """Claims, what is not claimed, and what the kinds that were not run would claim."""
    detectors: dict[str, Detector] = all_detectors()
    claims: list[Claim] = []
    left: list[NotClaimed] = []
    held: list[Claim] = []
    for draft in drafts:
        claim, rest = assessor.assess(draft, detectors[draft.kind])
        mine = held if draft.kind in not_run else claims
        mine += [claim] if claim else []
        left += [] if draft.kind in not_run else rest
    left += [assessor.set_aside(a, detectors[a.kind]) for a in asides if a.kind not in not_run]
    claims.sort(key=lambda c: (-(priority(c, assessor.as_of) or 0), c.deadline or date.max, c.claim_id))
    left = _merge(left)
    return claims, left, held


def _merge(left: Sequence[NotClaimed]) -> list[NotClaimed]:
    """One line per claim id and reason: units added up, sentences and rows joined."""
    merged: dict[tuple[str, str, str], NotClaimed] = {}
    for item in left:
        key = (item.claim_id, item.reason, item.detail)
        known = merged.get(key)
        if known is None:
            merged[key] = item
            continue
        known.units = None if known.units is None or item.units is None else known.units + item.units
        known.why = known.why if item.why in known.why else f"{known.why}; {item.why}"
        known.rows = list(dict.fromkeys([*known.rows, *item.rows]))
    return sorted(merged.values(), key=lambda n: (n.event_date or date.min, n.kind, n.claim_id, n.reason))


def priority(claim: Claim, as_of: date) -> float | None:
    """Expected value at risk per day left; None when the value or the deadline is unknown."""
    if claim.expected_value is None or claim.deadline is None or claim.status == "Expired":
        return None
    return round(claim.expected_value / max((claim.deadline - as_of).days + 1, 1), 4)


def _number(brief: Brief, key: str) -> int:
    value = brief.policy.value(key, on=brief.as_of, marketplace=ALL)
    return round(value.number) if value else 0
