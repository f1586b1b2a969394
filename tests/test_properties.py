"""Laws that hold for every seller, on random small reports through the whole line: a few by default, many when slow."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recoup.detectors import all_detectors
from recoup.identity import claim_id
from recoup.model import Claim, NotClaimed
from recoup.pipeline import Brief, Result, detect
from recoup.policy import load
from strategies import (
    AS_OF,
    LONG_AGO,
    ORDERS,
    PRODUCTS,
    RECENTLY,
    Cells,
    Tabs,
    ago,
    ledger_row,
    payment_row,
    refund_row,
    reports_of,
    return_row,
    sale_rows,
    tabs,
    units,
)

LEDGER_KINDS = ("lost_in_warehouse", "damaged_in_warehouse")
ORDER_KINDS = ("return_not_received", "return_damaged_by_amazon")
MONEY_KINDS = ("refund_exceeds_charge", "refund_commission_kept")
LAG = 7
REPORTS_OF_KIND = {  # what must be read from the event to the day of the run less the lag (RULES 1 and 3)
    "lost_in_warehouse": ("inventory_ledger", "reimbursements"),
    "damaged_in_warehouse": ("inventory_ledger", "reimbursements"),
    "return_not_received": ("transactions", "customer_returns", "reimbursements"),
    "return_damaged_by_amazon": ("customer_returns", "reimbursements"),
    "return_not_restocked": ("customer_returns", "inventory_ledger", "reimbursements"),
    "refund_exceeds_charge": ("transactions",),
    "refund_commission_kept": ("transactions",),
    "reimbursement_underpaid": ("reimbursements",),
    "reimbursement_reversed": ("reimbursements",),
}
Law = Callable[[Tabs, Result], None]
Comparison = Callable[[st.DataObject], None]
LAWS: list[Law] = []
COMPARISONS: list[Comparison] = []


@cache
def brief() -> Brief:
    return Brief(load(), AS_OF)


def run(given_tabs: Tabs) -> Result:
    return detect(reports_of(given_tabs), brief())


def law(function: Law) -> Law:
    """Note a statement about one run."""
    LAWS.append(function)
    return function


def comparison(function: Comparison) -> Comparison:
    """Note a statement about two runs."""
    COMPARISONS.append(function)
    return function


# --- what a run says of one seller ------------------------------------------------------------------------------


@law
def every_lost_unit_is_claimed_or_not_claimed_once(seller: Tabs, result: Result) -> None:
    """lost = found + paid + corrected + claimed + not claimed, per FNSKU and per order; claimed <= lost."""
    if any(period is None for period in seller.periods.values()):
        return  # a kind that was not run says nothing
    reversed_units: Counter[tuple[str, str]] = Counter()
    for account in result.allocation.accounts:
        reversed_units[place(account.loss.kind, account.loss)] += account.reversed_units
    claimed, left = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for claim in result.claims:
        claimed[place(claim.kind, claim)] += claim.units or 0
    for item in result.not_claimed:
        left[place(item.kind, item)] += item.units or 0
    lost = lost_units(seller)
    for where in {p for p in (*claimed, *left, *lost) if p[0] in (*LEDGER_KINDS, *ORDER_KINDS)}:
        assert claimed[where] <= lost[where], where
        assert claimed[where] + left[where] + reversed_units[where] == lost[where], where


def place(kind: str, event: object) -> tuple[str, str]:
    fnsku = getattr(event, "fnsku", "") or getattr(getattr(event, "product", None), "fnsku", "")
    return kind, str(fnsku if kind in LEDGER_KINDS else getattr(event, "order_id", ""))


def lost_units(seller: Tabs) -> Counter[tuple[str, str]]:
    """Units lost, counted from the rows by hand."""
    lost: Counter[tuple[str, str]] = Counter()
    kinds = {"M": LEDGER_KINDS[0], "5": LEDGER_KINDS[0], "E": LEDGER_KINDS[1], "U": LEDGER_KINDS[1]}
    for row in seller.rows["inventory_ledger"]:
        if row["event_type"] == "Adjustments" and row["reason"] in kinds:
            lost[kinds[str(row["reason"])], str(row["fnsku"])] -= int(str(row["quantity"]))
    for row in seller.rows["money_lines"]:
        if row["type"] == "Refund":
            lost[ORDER_KINDS[0], str(row["order_id"])] += int(str(row["quantity"]))
    for row in seller.rows["customer_returns"]:
        if row["disposition"] in ("CARRIER_DAMAGED", "DAMAGED"):
            lost[ORDER_KINDS[1], str(row["order_id"])] += int(str(row["quantity"]))
    return lost


@law
def evidence_adds_up_to_the_units_of_its_claim(seller: Tabs, result: Result) -> None:
    for claim in result.claims:
        if claim.kind in MONEY_KINDS:
            assert round(sum(e.amount or 0.0 for e in claim.evidence), 2) == claim.claim_value, claim
            assert sum(e.units or 0 for e in claim.evidence) == (claim.units or 0), claim
            continue
        rows = [e for e in claim.evidence if e.role not in ("sale", "fee", "cost")]
        if claim.kind == "reimbursement_reversed":
            rows = [e for e in rows if e.role == "reversal"]
        assert sum(e.units or 0 for e in rows) == claim.units, claim


@law
def a_ready_claim_has_no_question_and_every_report_reaches_far_enough(seller: Tabs, result: Result) -> None:
    asked = {
        claim_id(all_detectors()[a.loss.kind].prefix, "US", a.loss.kind, a.loss.key)
        for a in result.allocation.accounts
        if a.open > a.reversed_units and (a.doubtful or a.loss.question)
    }
    for claim in result.claims:
        if claim.status != "Ready":
            continue
        assert claim.claim_id not in asked
        for report in REPORTS_OF_KIND[claim.kind]:
            period = seller.periods[report]
            assert period is not None, report
            assert period[0] <= claim.event_date
            assert period[1] >= ago(LAG), report


@law
def a_ready_claim_is_open_today_and_only_an_expired_one_is_late(seller: Tabs, result: Result) -> None:
    for claim in result.claims:
        if claim.status == "Ready":
            assert claim.opens is not None and claim.deadline is not None
            assert claim.opens <= AS_OF <= claim.deadline
        late = claim.deadline is not None and claim.deadline < AS_OF
        assert late == (claim.status == "Expired")


@law
def nothing_dated_after_the_day_of_the_run_is_claimed(seller: Tabs, result: Result) -> None:
    losses = [c for c in result.claims if c.kind in (*LEDGER_KINDS, *ORDER_KINDS)]
    assert all(c.event_date <= AS_OF for c in losses)


@law
def claims_have_ids_of_their_own(seller: Tabs, result: Result) -> None:
    claims = result.claims
    assert len({c.claim_id for c in claims}) == len(claims)


# --- what changes when the reports change -----------------------------------------------------------------------


@comparison
def the_order_of_rows_does_not_matter(data: st.DataObject) -> None:
    seller = data.draw(tabs())
    turned = {name: data.draw(st.permutations(rows)) for name, rows in seller.rows.items()}
    assert said(run(Tabs(turned, seller.periods))) == said(run(seller))


@comparison
def running_twice_says_the_same_and_leaves_the_frames_alone(data: st.DataObject) -> None:
    reports = reports_of(data.draw(tabs()))
    before = {name: frame.copy(deep=True) for name, frame in reports.frames.items()}
    first, second = detect(reports, brief()), detect(reports, brief())
    assert (first.claims, first.not_claimed, first.problems) == (
        second.claims,
        second.not_claimed,
        second.problems,
    )
    assert all(frame.equals(before[name]) for name, frame in reports.frames.items())


@comparison
def a_payment_never_raises_the_units_of_any_loss_or_return_claim(data: st.DataObject) -> None:
    seller, product = data.draw(tabs()), data.draw(st.sampled_from((*PRODUCTS[:1] * 3, *PRODUCTS)))
    reason = data.draw(
        st.sampled_from(("Lost_Warehouse", "Damaged_Warehouse", "CustomerReturn", "GeneralAdjustment"))
    )
    order = data.draw(st.sampled_from(("", *ORDERS)))
    row = payment_row(product, data.draw(RECENTLY), "R50", reason, data.draw(units), order_id=order)
    assert_lowers(seller, seller.plus("reimbursements", row))


@comparison
def a_find_never_raises_the_units_of_any_loss_or_return_claim(data: st.DataObject) -> None:
    seller, product = data.draw(tabs(goods=False)), data.draw(st.sampled_from((*PRODUCTS[:1] * 3, *PRODUCTS)))
    code, count = data.draw(st.sampled_from("FN")), data.draw(units)
    row = ledger_row(product, data.draw(RECENTLY), code, count, reference_id="F50")
    assert_lowers(seller, seller.plus("inventory_ledger", row))


@comparison
def a_good_return_never_raises_the_units_of_any_loss_or_return_claim(data: st.DataObject) -> None:
    seller, product = data.draw(tabs()), data.draw(st.sampled_from((*PRODUCTS[:1] * 3, *PRODUCTS)))
    row = return_row(product, data.draw(LONG_AGO), data.draw(st.sampled_from(ORDERS)), data.draw(units))
    assert_lowers(seller, seller.plus("customer_returns", row))


@comparison
def a_find_later_than_all_losses_closes_as_many_open_units(data: st.DataObject) -> None:
    """Units that the ledger calls reconciled are explained first (RULES 2.2)."""
    seller, product = data.draw(tabs(goods=False)), data.draw(st.sampled_from((*PRODUCTS[:1] * 3, *PRODUCTS)))
    count = data.draw(st.integers(1, 6))
    row = ledger_row(product, -5, "F", count, reference_id="F50")
    reconciled, before = standing(run(seller), product.fnsku)
    _, after = standing(run(seller.plus("inventory_ledger", row)), product.fnsku)
    assert before - after == min(max(count - reconciled, 0), before)


@comparison
def claim_ids_do_not_change_with_units_or_titles(data: st.DataObject) -> None:
    seller = data.draw(tabs())
    twice = {name: [doubled(row) for row in rows] for name, rows in seller.rows.items()}
    assert ids(run(Tabs(twice, seller.periods))) == ids(run(seller))


def said(result: Result) -> tuple[list[object], list[object]]:
    """What people read of a run, in its order; rows may stand elsewhere."""
    claims = [
        (
            c.claim_id,
            c.kind,
            c.units,
            c.claim_value,
            c.value_low,
            c.value_high,
            c.status,
            c.missing,
            c.why,
            c.deadline,
        )
        for c in result.claims
    ]
    return list(claims), [(n.claim_id, n.reason, n.detail, n.units, n.why) for n in result.not_claimed]


def assert_lowers(less: Tabs, more: Tabs) -> None:
    before, after = open_claims(run(less)), open_claims(run(more))
    for where in after:
        assert after[where] <= before[where], where


def open_claims(result: Result) -> Counter[str]:
    """Units of loss and return claims that can still be made, by FNSKU and by order."""
    found: Counter[str] = Counter()
    for claim in result.claims:
        if claim.status != "Expired" and claim.kind in (*LEDGER_KINDS, *ORDER_KINDS):
            found[claim.fnsku if claim.kind in LEDGER_KINDS else claim.order_id] += claim.units or 0
    return found


def standing(result: Result, fnsku: str) -> tuple[int, int]:
    """Reconciled and open units of an FNSKU's warehouse losses."""
    accounts = [
        a
        for a in result.allocation.accounts
        if a.loss.kind == LEDGER_KINDS[0] and a.loss.product.fnsku == fnsku and not a.loss.excluded
    ]
    return sum(a.reconciled for a in accounts), sum(a.open for a in accounts)


def doubled(row: Cells) -> Cells:
    numbers = {
        "quantity",
        "reconciled",
        "unreconciled",
        "amount",
        "amount_total",
    }
    counts = {"quantity_cash", "quantity_inventory", "quantity_total"}
    changed: Mapping[str, object] = {
        name: 2 * float(str(row[name])) for name in numbers | counts if row.get(name) is not None
    }
    return (
        {**row, **changed, "title": f"New: {row.get('title', '')}"} if "title" in row else {**row, **changed}
    )


def ids(result: Result) -> set[str]:
    either: list[Claim | NotClaimed] = [*result.claims, *result.not_claimed]
    return {x.claim_id for x in either}


# --- the runs ---------------------------------------------------------------------------------------------------


def check_laws(examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(tabs(), tabs(), tabs(fully_read=False)))
    def hold(seller: Tabs) -> None:
        result = run(seller)
        for statement in LAWS:
            statement(seller, result)

    hold()


def check_comparison(statement: Comparison, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        statement(data)

    holds()


def test_every_law_holds_for_a_few_sellers(scaled: Callable[[int], int]) -> None:
    check_laws(scaled(30))


@pytest.mark.parametrize("statement", COMPARISONS, ids=lambda f: f.__name__)
def test_for_a_few_sellers(statement: Comparison, scaled: Callable[[int], int]) -> None:
    check_comparison(statement, scaled(6))


@pytest.mark.slow
def test_every_law_holds_for_many_sellers(scaled: Callable[[int], int]) -> None:
    check_laws(scaled(1000))


@pytest.mark.slow
@pytest.mark.parametrize("statement", COMPARISONS, ids=lambda f: f.__name__)
def test_for_many_sellers(statement: Comparison, scaled: Callable[[int], int]) -> None:
    check_comparison(statement, scaled(200))


# --- the clock --------------------------------------------------------------------------------------------------

CLOCKS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time",
    "time_ns",
    "localtime",
    "gmtime",
}


def clocks_asked(work: Callable[[], object]) -> list[str]:
    """The clocks that Python code asks while the work runs."""
    asked: list[str] = []

    def watch(frame: FrameType, event: str, called: object) -> None:
        name = getattr(called, "__qualname__", "")
        if event == "c_call" and name in CLOCKS:
            asked.append(f"{name} in {frame.f_code.co_filename}:{frame.f_lineno}")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return asked


def busy_seller() -> Tabs:
    """One of everything."""
    product = PRODUCTS[0]
    rows = {
        "inventory_ledger": [
            ledger_row(product, 40, "M", -3),
            ledger_row(product, 35, "F", 1),
            ledger_row(product, 30, "E", -1),
        ],
        "reimbursements": [
            payment_row(product, 20, "R1", "Lost_Warehouse", 1),
            payment_row(product, 10, "V1", "Reimbursement_Reversal", -1, original_reimbursement_id="R1"),
        ],
        "customer_returns": [return_row(product, 80, "O2", 1, disposition="CARRIER_DAMAGED", status="")],
        "money_lines": [*sale_rows("O1", "S1", 120, 2), refund_row("O1", "S1", 90, 1)],
        "sourcing_costs": [{"sku": "S1", "fnsku": "X1", "own_cost": 8.0, "currency": "USD"}],
    }
    names = ("inventory_ledger", "reimbursements", "customer_returns", "transactions", "sourcing_costs")
    return Tabs(rows, {name: (ago(500), AS_OF) for name in names})


@pytest.mark.parametrize("clock", [date.today, datetime.now, time.time])
def test_asking_a_clock_is_noticed(clock: Callable[[], object]) -> None:
    assert clocks_asked(lambda: clock()) != []


def test_the_day_of_the_run_is_the_only_clock() -> None:
    reports = reports_of(busy_seller())
    results: list[Result] = []
    own = [c for c in clocks_asked(lambda: results.append(detect(reports, brief()))) if "recoup" in c]
    assert own == []
    assert {c.kind for c in results[0].claims} >= {*LEDGER_KINDS, *ORDER_KINDS, "reimbursement_reversed"}


# --- examples that once failed -------------------------------------------------------------------------


def shop(**rows: list[Cells]) -> Tabs:
    """These rows and nothing else, every report read in full."""
    names = ("inventory_ledger", "reimbursements", "customer_returns", "transactions", "sourcing_costs")
    nothing: dict[str, list[Cells]] = {name: [] for name in (*names, "money_lines")}
    return Tabs({**nothing, **rows}, {name: (ago(500), AS_OF) for name in names})


def values(seller: Tabs, kind: str) -> list[float | None]:
    return [c.claim_value for c in run(seller).claims if c.kind == kind]


LOST_3 = ledger_row(PRODUCTS[0], 50, "M", -3)
COST_1250 = {"fnsku": "X1", "approved_cost": 12.5, "currency": "USD", "effective_from": ago(400)}
TWO_PRICES = [
    payment_row(PRODUCTS[0], 40, "R1", "Lost_Warehouse", 1, amount_per_unit=9.0, amount_total=9.0),
    payment_row(PRODUCTS[0], 40, "R1", "Lost_Warehouse", 2, amount_per_unit=5.0, amount_total=10.0),
]
TAKEN_BACK = [
    {**row, "reimbursement_id": "V1", "reason": "Reimbursement_Reversal", "original_reimbursement_id": "R1"}
    | {"approval_date": ago(20), "quantity_cash": -n, "quantity_total": -n, "amount_total": -money}
    for row, n, money in zip(TWO_PRICES, (1, 2), (9.0, 10.0), strict=True)
]


@pytest.mark.parametrize("turn", [1, -1])
def test_lines_of_one_reimbursement_at_two_prices_are_each_short_by_their_own(turn: int) -> None:
    seller = shop(inventory_ledger=[LOST_3], reimbursements=TWO_PRICES[::turn], sourcing_costs=[COST_1250])
    assert values(seller, "reimbursement_underpaid") == [1 * 3.5 + 2 * 7.5]


@pytest.mark.parametrize("turn", [1, -1])
def test_lines_of_one_reversal_at_two_prices_are_worth_what_each_took_back(turn: int) -> None:
    seller = shop(inventory_ledger=[LOST_3], reimbursements=TWO_PRICES + TAKEN_BACK[::turn])
    assert values(seller, "reimbursement_reversed") == [9.0 + 10.0]


def test_one_questioned_unit_is_not_questioned_in_two_claims() -> None:
    paid = payment_row(PRODUCTS[0], 40, "R1", "Lost_Warehouse", 1)
    other = payment_row(PRODUCTS[0], 30, "R2", "GeneralAdjustment", 1)
    back = {**paid, **TAKEN_BACK[0]}
    claims = run(shop(inventory_ledger=[LOST_3], reimbursements=[paid, other, back])).claims
    assert sum("may have paid" in c.missing for c in claims) == 1


def test_a_reversal_without_a_quantity_is_not_passed_over() -> None:
    blank = {"quantity_cash": None, "quantity_total": None}
    paid = payment_row(PRODUCTS[0], 40, "R1", "Lost_Warehouse", 3)
    result = run(shop(inventory_ledger=[LOST_3], reimbursements=[paid, {**TAKEN_BACK[0], **blank}]))
    assert "reimbursement_reversed" in {x.kind for x in [*result.claims, *result.not_claimed]}


def test_units_below_the_minimum_and_units_past_their_deadline_are_counted_once() -> None:
    refunds = [refund_row("O1", "S1", 130, 2), refund_row("O1", "S1", 70, 1)]
    seller = shop(money_lines=[*sale_rows("O1", "S1", 200, 3), *refunds])
    policy, _ = load().with_settings([{"Name": "Minimum claim value", "Value": 1000}])
    result = detect(reports_of(seller), Brief(policy, AS_OF))
    returned = [n for n in result.not_claimed if n.kind == "return_not_received"]
    assert sum(n.units or 0 for n in returned) == 3
