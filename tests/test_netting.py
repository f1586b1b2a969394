"""The allocation: compared unit by unit with a brute-force oracle, and one readable example per rule of RULES 2."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from oracle import Oracle
from recoup.accounts import Account, Allocation
from recoup.events import Credit, Loss, Product, Reversal
from recoup.model import SourceRow
from recoup.netting import allocate
from strategies import PAYS, PRODUCTS, ClaimKey, History, day, histories

LEAD_DAYS = 7
FULL = os.environ.get("RECOUP_EFFORT") != "ci"
Scaled = Callable[[int], int]  # the fixture of conftest.py
MUG, USED_MUG, BOWL = PRODUCTS  # the two mugs share an ASIN
LOST, DAMAGED = "lost_in_warehouse", "damaged_in_warehouse"
REFUNDED, BACK_DAMAGED = "return_not_received", "return_damaged_by_amazon"


def run(history: History) -> Allocation:
    return allocate(
        history.losses, history.credits, history.reversals, lead_days=LEAD_DAYS, cases=history.cases
    )


def ask_oracle(history: History) -> Oracle:
    return Oracle(history.losses, history.credits, history.reversals, LEAD_DAYS, history.cases)


def outcome(account: Account) -> dict[str, int]:
    """Units of one loss by what became of them, as the oracle names it."""
    result = {"found": 0, "return": 0, "correction": 0, "reimbursement": 0}
    for use in account.uses:
        result[use.credit.role] += use.units
    return {
        **result,
        "reconciled": account.reconciled,
        "open": account.open,
        "reopened": account.reversed_units,
        "questioned": account.doubtful,
    }


# --- against the oracle -----------------------------------------------------------------------------------------

SETTLED = ("found", "return", "correction", "reimbursement", "reconciled")
OFTEN: Mapping[str, Callable[[dict[str, int]], bool]] = {
    "a unit is found": lambda o: o["found"] > 0,
    "a unit is returned": lambda o: o["return"] > 0,
    "a unit is corrected": lambda o: o["correction"] > 0,
    "some units are paid and some stay open": lambda o: o["reimbursement"] * o["open"] > 0,
    "some open units are questioned, others not": lambda o: 0 < o["questioned"] < o["open"],
    "a unit is reopened": lambda o: o["reopened"] > 0,
}
SELDOM: Mapping[str, Callable[[dict[str, int]], bool]] = {
    "a reconciled unit stays reconciled and another is found": lambda o: o["reconciled"] * o["found"] > 0,
    "some open units were reopened, others not": lambda o: 0 < o["reopened"] < o["open"],
    "a reopened loss is also paid": lambda o: o["reopened"] * o["reimbursement"] > 0,
    "a reopened loss is also found": lambda o: o["reopened"] * o["found"] > 0,
}


def compare(history: History) -> list[dict[str, int]]:
    """Fail unless engine and oracle agree on every loss; return what became of each."""
    result, oracle = run(history), ask_oracle(history)
    assert result.imbalances() == []
    outcomes = []
    for account in result.accounts:
        outcomes.append(outcome(account))
        assert outcomes[-1] == oracle.outcome(account.loss), account.loss
        assert sum(outcomes[-1][k] for k in SETTLED) + account.open == account.loss.units
    return outcomes


def compare_many(examples: int) -> set[str]:
    """Compare random histories; return which outcomes they reached, so that no run is empty."""
    reached: set[str] = set()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories())
    def agree(history: History) -> None:
        outcomes = compare(history)
        reached.update(n for n, seen in {**OFTEN, **SELDOM}.items() if any(map(seen, outcomes)))

    agree()
    return reached


def test_every_unit_of_a_random_history_ends_where_the_oracle_puts_it(scaled: Scaled) -> None:
    assert compare_many(max(scaled(300), 300)) >= set(OFTEN)


@pytest.mark.slow
def test_every_unit_of_very_many_histories_ends_where_the_oracle_puts_it(scaled: Scaled) -> None:
    assert compare_many(scaled(20_000) if FULL else 700) == {*OFTEN, *SELDOM}


@settings(max_examples=60 if FULL else 15, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_the_order_of_losses_and_credits_does_not_matter(history: History) -> None:
    turned = replace(history, losses=history.losses[::-1], credits=history.credits[::-1])
    first = {a.loss: outcome(a) for a in run(history).accounts}
    assert {a.loss: outcome(a) for a in run(turned).accounts} == first


# --- the words of the examples ----------------------------------------------------------------------------------


def lost(on: int, units: int = 1, ref: str = "L", product: Product = MUG, **more: object) -> Loss:
    kind = str(more.pop("kind", LOST))
    loss = Loss(
        kind=kind,
        key=(product.fnsku, ref, day(on).isoformat()),
        pool="ledger",
        date=day(on),
        units=units,
        product=product,
        row=SourceRow("Inventory Ledger", on),
        shows="lost",
        clocks=(day(on),),
        marketplace="US",
        reference_id=ref,
    )
    return loss._replace(**more)


def refunded(on: int, units: int = 1, product: Product = MUG, order: str = "O1", **more: object) -> Loss:
    loss = lost(on, units, ref="", product=product, kind=REFUNDED)
    return loss._replace(key=(order, product.sku), pool="order", order_id=order)._replace(**more)


def found(on: int, units: int = 1, product: Product = MUG, code: str = "F", **more: object) -> Credit:
    credit = Credit(
        role="found",
        date=day(on),
        units=units,
        product=product,
        row=SourceRow("Inventory Ledger", 100 + on),
        shows="found",
        kinds=frozenset({LOST}),
        reference_id=f"F{on}",
        code=code,
    )
    return credit._replace(**more)


def corrected(on: int, units: int = 1) -> Credit:
    return found(on, units, role="correction", kinds=frozenset({DAMAGED}), code="", reference_id=f"Q{on}")


def returned(on: int, units: int = 1, product: Product = MUG, order: str = "O1") -> Credit:
    return found(
        on,
        units,
        product,
        role="return",
        kinds=frozenset({REFUNDED}),
        order_id=order,
        code="",
        reference_id="LPN",
    )


def paid(
    on: int, units: int | None = 1, ref: str = "R1", reason: str = "Lost_Warehouse", **more: object
) -> Credit:
    product = more.pop("product", MUG)
    assert isinstance(product, Product)
    order = str(more.get("order_id", ""))
    credit = Credit(
        role="reimbursement",
        date=day(on),
        units=units,
        product=product,
        row=SourceRow("Reimbursements", 100 + on),
        shows=reason,
        kinds=frozenset(PAYS[reason]),
        by_asin=not product.fnsku,
        reference_id=ref,
        own_order=bool(order) and reason == "CustomerReturn",
    )
    return credit._replace(**more)


def reversed_(on: int, units: int = 1, original: str = "R1", ref: str = "V1", **more: object) -> Reversal:
    reversal = Reversal(
        date=day(on),
        reimbursement_id=ref,
        original_id=original,
        product=MUG,
        units=units,
        returned=0,
        amount=10.0 * units,
        currency="USD",
        row=SourceRow("Reimbursements", 200 + on),
        shows="taken back",
    )
    return replace(reversal, **more)


def settle(
    losses: Sequence[Loss],
    credits: Sequence[Credit] = (),
    reversals: Sequence[Reversal] = (),
    cases: Mapping[str, Sequence[ClaimKey]] | None = None,
) -> list[dict[str, int]]:
    """What became of each loss, in the order given; zeros left out."""
    result = allocate(losses, credits, reversals, lead_days=LEAD_DAYS, cases=cases)
    assert result.imbalances() == []
    by_loss = {id(a.loss): {k: v for k, v in outcome(a).items() if v} for a in result.accounts}
    return [by_loss[id(loss)] for loss in losses]


def unfollowed(
    losses: Sequence[Loss], credits: Sequence[Credit], reversals: Sequence[Reversal]
) -> list[tuple[str, int, str]]:
    """Reversal id, units, and which of its rows is not in the reports."""
    result = allocate(losses, credits, reversals, lead_days=LEAD_DAYS)
    return [(reversal.reimbursement_id, units, what) for reversal, units, what in result.unlinked]


# --- 2.1 scope --------------------------------------------------------------------------------------------------


def test_a_unit_lost_in_one_country_is_settled_by_a_find_of_its_fnsku_in_another() -> None:
    assert settle([lost(1, marketplace="DE")], [found(5)]) == [{"found": 1}]


def test_a_find_of_another_fnsku_settles_nothing_even_of_the_same_asin() -> None:
    assert settle([lost(1)], [found(5, product=USED_MUG)]) == [{"open": 1}]


def test_a_find_under_an_amazon_found_sku_settles_by_asin() -> None:
    assert settle([lost(1)], [found(5, product=USED_MUG, by_asin=True)]) == [{"found": 1}]


# --- 2.2 order of credits ---------------------------------------------------------------------------------------


def test_a_find_first_explains_reconciled_units_then_serves_unreconciled_ones() -> None:
    a = lost(5, 2, "A", ruled=True)
    b = lost(8, 2, "B", ruled=True, reconciled=2)
    assert settle([a, b], [found(10, 2)]) == [{"open": 2}, {"found": 2}]
    assert settle([a, b], [found(10, 3)]) == [{"found": 1, "open": 1}, {"found": 2}]


def test_a_find_serves_losses_dated_on_its_day_or_before_and_none_after() -> None:
    assert settle([lost(10)], [found(10)]) == [{"found": 1}]
    assert settle([lost(11, ruled=True)], [found(10)]) == [{"open": 1}]


def test_credits_are_taken_in_date_order_so_that_the_early_one_is_not_wasted() -> None:
    losses = [lost(1, ref="A"), lost(10, ref="B")]
    assert settle(losses, [found(12), paid(5)]) == [{"reimbursement": 1}, {"found": 1}]


def test_losses_of_one_day_are_served_by_reference_id() -> None:
    assert settle([lost(1, ref="B"), lost(1, ref="A")], [found(5)]) == [{"open": 1}, {"found": 1}]


def test_without_reconciled_cells_no_unit_is_settled_by_amazons_word() -> None:
    assert settle([lost(1, 2)]) == [{"open": 2}]
    assert settle([lost(1, 3, ruled=True, reconciled=1)]) == [{"reconciled": 1, "open": 2}]


def test_a_correction_serves_damages_only_and_a_find_losses_only() -> None:
    losses = [lost(1, ref="A"), lost(1, ref="B", kind=DAMAGED)]
    assert settle(losses, [corrected(5, 2)]) == [{"open": 1}, {"correction": 1}]
    assert settle(losses, [found(5, 2)]) == [{"found": 1}, {"open": 1}]


# --- 2.3 payments in goods --------------------------------------------------------------------------------------


def test_a_payment_in_goods_and_the_row_that_brings_the_units_are_one_credit() -> None:
    assert settle([lost(1, 3)], [paid(5, 2, in_kind=True), found(8, 2, code="N")]) == [
        {"reimbursement": 2, "open": 1}
    ]


def test_the_pair_counts_at_the_earlier_date() -> None:
    losses = [lost(1, ref="A"), lost(6, ref="B", ruled=True)]
    credits = [found(3, code="N"), paid(10, in_kind=True), paid(4, ref="R0")]
    assert settle(losses, credits) == [{"reimbursement": 1}, {"open": 1}]


def test_what_is_left_of_either_counts_alone() -> None:
    assert settle([lost(1, 5)], [paid(5, 3, in_kind=True), found(8, 1)]) == [{"reimbursement": 3, "open": 2}]
    assert settle([lost(1, 5)], [paid(5, 1, in_kind=True), found(8, 3)]) == [
        {"found": 2, "reimbursement": 1, "open": 2}
    ]


def test_n_and_f_rows_are_paired_alike_the_oldest_first() -> None:
    losses = [lost(1, ref="A"), lost(4, ref="B", ruled=True)]
    credits = [found(3, code="F"), found(9, code="N"), paid(6, in_kind=True)]
    assert settle(losses, credits) == [{"reimbursement": 1}, {"found": 1}]


# --- 2.4 which payment pays what --------------------------------------------------------------------------------


def test_a_payment_first_pays_the_claims_of_its_recorded_case() -> None:
    losses = [lost(1, ref="A"), lost(2, ref="B")]
    cases = {"C1": [(LOST, losses[1].key)]}
    assert settle(losses, [paid(9, case_id="C1")], cases=cases) == [{"open": 1}, {"reimbursement": 1}]
    assert settle(losses, [paid(9, case_id="C2")], cases=cases) == [{"reimbursement": 1}, {"open": 1}]


def test_a_payment_with_an_order_id_pays_its_order_before_older_losses_of_its_product() -> None:
    losses = [lost(1), refunded(5)]
    assert settle(losses, [paid(9, order_id="O1")]) == [{"open": 1}, {"reimbursement": 1}]


def test_what_the_order_does_not_take_goes_on_to_the_product_and_reason() -> None:
    losses = [lost(1), refunded(5)]
    assert settle(losses, [paid(9, 2, order_id="O1")]) == [{"reimbursement": 1}, {"reimbursement": 1}]


def test_a_payment_by_reason_pays_the_oldest_open_loss_of_that_kind() -> None:
    losses = [lost(1, ref="E", kind=DAMAGED), lost(2, ref="A"), lost(3, ref="B")]
    assert settle(losses, [paid(9)]) == [{"open": 1}, {"reimbursement": 1}, {"open": 1}]


def test_a_payment_of_any_other_reason_makes_the_oldest_open_units_a_question() -> None:
    losses = [lost(1, 2, "A"), lost(2, 2, "B")]
    assert settle(losses, [paid(9, 3, reason="GeneralAdjustment")]) == [
        {"open": 2, "questioned": 2},
        {"open": 2, "questioned": 1},
    ]


def test_a_payment_without_a_quantity_covers_all_open_units_of_its_order_and_no_other() -> None:
    losses = [refunded(1, 2), refunded(1, 2, order="O2")]
    assert settle(losses, [paid(9, None, reason="CustomerReturn", order_id="O1")]) == [
        {"reimbursement": 2},
        {"open": 2},
    ]


def test_a_payment_without_a_quantity_or_order_makes_all_units_of_its_product_a_question() -> None:
    assert settle([lost(1, 2), lost(2, 1, product=BOWL)], [paid(9, None)]) == [
        {"open": 2, "questioned": 2},
        {"open": 1},
    ]


def test_a_merged_line_is_spent_unit_by_unit_over_several_losses() -> None:
    losses = [lost(1, 2, "A"), lost(2, 2, "B")]
    assert settle(losses, [paid(9, 3)]) == [{"reimbursement": 2}, {"reimbursement": 1, "open": 1}]


def test_each_payment_is_used_once() -> None:
    assert settle([lost(1), refunded(2)], [paid(9, order_id="O1")]) == [{"open": 1}, {"reimbursement": 1}]


def test_a_payment_of_an_order_reason_keeps_to_its_order() -> None:
    losses = [lost(1), refunded(1, order="O2")]
    assert settle(losses, [paid(9, 2, reason="CustomerReturn", order_id="O1")]) == [{"open": 1}, {"open": 1}]


def test_a_payment_spent_on_an_expired_loss_makes_the_newer_one_a_question() -> None:
    losses = [lost(1, ref="A", deadline=day(4)), lost(3, ref="B")]
    assert settle(losses, [paid(4)]) == [{"reimbursement": 1}, {"open": 1}]
    assert settle(losses, [paid(5)]) == [{"reimbursement": 1}, {"open": 1, "questioned": 1}]


def test_a_newer_loss_dated_after_the_payment_is_no_question() -> None:
    losses = [lost(1, ref="A", deadline=day(4)), lost(6, ref="B", ruled=True)]
    assert settle(losses, [paid(5)]) == [{"reimbursement": 1}, {"open": 1}]


def test_a_loss_that_policy_excludes_takes_only_what_no_claimable_loss_could_use() -> None:
    losses = [lost(1, ref="A", excluded="unsellable before"), lost(2, ref="B")]
    assert settle(losses, [paid(5)]) == [{"open": 1}, {"reimbursement": 1}]
    assert settle(losses, [paid(5, 2)]) == [{"reimbursement": 1}, {"reimbursement": 1}]
    assert settle(losses[:1], [paid(5, reason="GeneralAdjustment")]) == [{"open": 1}]


def test_a_payment_of_a_recorded_case_after_its_deadline_leaves_newer_losses_alone() -> None:
    losses = [lost(1, ref="A", deadline=day(4)), lost(3, ref="B")]
    cases = {"C1": [(LOST, losses[0].key)]}
    assert settle(losses, [paid(5, case_id="C1")], cases=cases) == [{"reimbursement": 1}, {"open": 1}]


def test_a_payment_with_an_unknown_order_spent_on_an_expired_loss_makes_the_newer_one_a_question() -> None:
    losses = [lost(1, ref="A", deadline=day(4)), lost(3, ref="B")]
    assert settle(losses, [paid(5, order_id="O9")]) == [{"reimbursement": 1}, {"open": 1, "questioned": 1}]


def test_a_payment_without_a_quantity_for_another_product_of_the_order_leaves_no_unit_unquestioned() -> None:
    payment = paid(9, None, reason="CustomerServiceIssue", order_id="O1", product=BOWL)
    (result,) = settle([refunded(1)], [payment])
    assert result.get("open", 0) == result.get("questioned", 0)


# --- 2.5 the date rule ------------------------------------------------------------------------------------------


def test_returns_and_payments_of_an_order_may_precede_its_refund() -> None:
    assert settle([refunded(20, 2)], [returned(1), paid(1, reason="CustomerReturn", order_id="O1")]) == [
        {"return": 1, "reimbursement": 1}
    ]


def test_an_unused_credit_up_to_seven_days_before_a_loss_makes_as_many_units_a_question() -> None:
    assert settle([lost(10, 3)], [found(3, 2)]) == [{"open": 3, "questioned": 2}]
    assert settle([lost(10, 3)], [paid(3, 2)]) == [{"open": 3, "questioned": 2}]
    assert settle([lost(10, 3)], [found(2, 2)]) == [{"open": 3}]


def test_units_the_ledger_calls_unreconciled_are_no_question_for_an_early_credit() -> None:
    assert settle([lost(10, 3, ruled=True)], [found(8, 2)]) == [{"open": 3}]


def test_a_used_credit_questions_nothing() -> None:
    assert settle([lost(1, ref="A"), lost(10, ref="B")], [found(8)]) == [{"found": 1}, {"open": 1}]


# --- 2.6 reversals ----------------------------------------------------------------------------------------------


def test_a_reversal_reopens_the_units_its_payment_had_paid() -> None:
    assert settle([lost(1, 3)], [paid(5, 2)], [reversed_(9, 1)]) == [
        {"reimbursement": 1, "open": 2, "reopened": 1}
    ]


def test_a_find_after_the_payment_makes_the_reversal_fair() -> None:
    for on in (7, 12):
        assert settle([lost(1)], [paid(5), found(on)], [reversed_(9)]) == [{"found": 1}]
        assert unfollowed([lost(1)], [paid(5), found(on)], [reversed_(9)]) == []


def test_a_payment_after_the_reversal_settles_the_unit_again() -> None:
    assert settle([lost(1)], [paid(5), paid(12, ref="R2")], [reversed_(9)]) == [{"reimbursement": 1}]


def test_a_payment_from_before_the_reversal_only_makes_the_reopened_unit_a_question() -> None:
    assert settle([lost(1)], [paid(5), paid(6, ref="R2")], [reversed_(9)]) == [
        {"open": 1, "reopened": 1, "questioned": 1}
    ]


def test_goods_given_back_keep_the_units_settled_and_use_up_their_arrival() -> None:
    back = reversed_(9, 1, returned=1)
    assert settle([lost(1), lost(2, ref="B", ruled=True)], [paid(5), found(10, code="N")], [back]) == [
        {"reimbursement": 1},
        {"open": 1},
    ]


def test_a_reversal_finds_its_payment_by_id_and_product_not_by_id_alone() -> None:
    losses = [lost(1), lost(1, product=BOWL)]
    credits = [paid(5), paid(5, product=BOWL)]
    assert settle(losses, credits, [reversed_(9, product=BOWL)]) == [
        {"reimbursement": 1},
        {"open": 1, "reopened": 1},
    ]


def test_a_reversal_of_an_unknown_payment_or_loss_or_without_link_reopens_nothing() -> None:
    assert unfollowed([lost(1)], [paid(5)], [reversed_(9, original="R7")]) == [("V1", 1, "original")]
    assert unfollowed([lost(1)], [paid(5)], [reversed_(9, linkable=False)]) == [("V1", 1, "original")]
    assert unfollowed([], [paid(5)], [reversed_(9)]) == [("V1", 1, "loss")]
    assert settle([lost(1)], [paid(5)], [reversed_(9, linkable=False)]) == [{"reimbursement": 1}]


def test_an_order_payment_taken_back_after_the_return_came_is_fair() -> None:
    credits = [returned(8), paid(5, reason="CustomerReturn", order_id="O1")]
    assert settle([refunded(1)], credits, [reversed_(9)]) == [{"return": 1}]
    assert unfollowed([refunded(1)], credits, [reversed_(9)]) == []


def test_a_find_of_a_reconciled_unit_leaves_the_reversed_one_a_reversal() -> None:
    loss = lost(1, 2, ruled=True, reconciled=1)
    assert settle([loss], [paid(3), found(6)], [reversed_(5)]) == [{"found": 1, "open": 1, "reopened": 1}]


def test_a_reversal_reopens_the_units_of_a_payment_without_a_quantity() -> None:
    payment = paid(5, None, reason="CustomerReturn", order_id="O1")
    assert settle([refunded(1)], [payment], [reversed_(9)]) == [{"open": 1, "reopened": 1}]


def test_a_reversal_never_settles_units() -> None:
    (before,) = settle([lost(1, 3)], [paid(5, None)])
    (after,) = settle([lost(1, 3)], [paid(5, None)], [reversed_(9)])
    assert before == {"open": 3, "questioned": 3}
    assert after["open"] == 3


@pytest.mark.xfail(reason="stays a question on purpose, for now")
def test_a_payment_taken_back_for_a_unit_that_was_found_before_it_is_fair() -> None:
    assert unfollowed([lost(1)], [found(3), paid(5)], [reversed_(9)]) == []


def test_a_payment_taken_back_for_a_unit_that_the_ledger_calls_reconciled_is_a_question() -> None:
    loss = lost(1, reconciled=1, ruled=True)
    assert unfollowed([loss], [paid(5)], [reversed_(9)]) == [("V1", 1, "settled")]


@pytest.mark.xfail(reason="decided where the claim is made, in reimbursement_reversed, not here")
def test_a_second_payment_makes_the_first_reversal_good_not_the_later_one() -> None:
    credits = [paid(5, ref="R1"), paid(6, ref="R2"), paid(20, ref="R3")]
    taken = [reversed_(10, original="R1", ref="V1"), reversed_(30, original="R2", ref="V2")]
    result = allocate([lost(1, 2)], credits, taken, lead_days=LEAD_DAYS)
    (account,) = result.accounts
    assert account.reversed_units == 1
    assert {t.reversal.reimbursement_id for t in account.reopened if t.units} == {"V2"}


@pytest.mark.xfail(reason="see the two tests above: found before the payment, and which of two reversals")
@settings(max_examples=400 if FULL else 100, deadline=None, phases=[Phase.generate], database=None)
@given(histories())
def test_every_reversed_unit_is_reopened_fair_or_a_question_as_the_oracle_says(history: History) -> None:
    result, oracle = run(history), ask_oracle(history)
    for reversal in history.reversals:
        reopened = [t for a in result.accounts for t in a.reopened if t.reversal is reversal]
        expected = oracle.reversed_units(reversal)
        assert sum(t.units for t in reopened) == expected["reopened"]
        for what in ("original", "settled", "loss"):
            units = sum(n for r, n, missing in result.unlinked if r is reversal and missing == what)
            assert units == expected[what], (what, reversal)


# --- 2.7 precedence, 2.8 returns --------------------------------------------------------------------------------


def test_a_return_settles_the_refund_and_not_the_damage_it_came_back_with() -> None:
    damaged = refunded(8, kind=BACK_DAMAGED, key=("O1", "X1", "2026-01-09"))
    assert settle([refunded(1), damaged], [returned(8)]) == [{"return": 1}, {"open": 1}]


def test_one_payment_of_the_order_does_not_pay_both_the_refund_and_the_damage() -> None:
    damaged = refunded(8, kind=BACK_DAMAGED, key=("O1", "X1", "2026-01-09"))
    payment = paid(9, reason="CustomerReturn", order_id="O1")
    assert settle([refunded(1), damaged], [payment]) == [{"reimbursement": 1}, {"open": 1}]


@pytest.mark.parametrize("known_by", [Product(sku="S1"), Product(fnsku="X1"), Product(asin="B1")])
def test_a_return_matches_by_order_and_sku_or_fnsku_or_asin(known_by: Product) -> None:
    assert settle([refunded(1)], [returned(5, product=known_by)]) == [{"return": 1}]
    assert settle([refunded(1)], [returned(5, product=known_by, order="O2")]) == [{"open": 1}]


def test_a_return_of_the_order_left_over_makes_as_many_units_a_question() -> None:
    assert settle([refunded(1, 3)], [returned(5, 2, product=BOWL)]) == [{"open": 3, "questioned": 2}]


@pytest.mark.parametrize("credit", [returned, lambda on, product: paid(on, order_id="O1", product=product)])
def test_the_sku_is_looked_at_before_the_asin(credit: Callable[..., Credit]) -> None:
    first, second = settle([refunded(1), refunded(2, product=USED_MUG)], [credit(5, product=USED_MUG)])
    assert first == {"open": 1}
    assert "open" not in second


# --- a payment never raises what is claimed ---------------------------------------------------------------------


def opened(history: History) -> int:
    return sum(a.open - a.reversed_units for a in run(history).accounts)


@settings(max_examples=80 if FULL else 20, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_each_cash_payment_find_correction_and_return_only_lowers_the_open_units(history: History) -> None:
    without_goods = [c for c in history.credits if not c.in_kind]
    full = opened(replace(history, credits=without_goods))
    for left_out in without_goods:
        rest = [c for c in without_goods if c is not left_out]
        assert opened(replace(history, credits=rest)) >= full, left_out


@pytest.mark.parametrize("reason,order", [("Damaged_Warehouse", ""), ("CustomerReturn", "O1")])
def test_a_payment_in_goods_for_something_else_does_not_undo_a_find(reason: str, order: str) -> None:
    payment = paid(6, reason=reason, order_id=order, in_kind=True)
    assert "open" not in settle([lost(1)], [found(5), payment])[0]


def test_a_loss_between_the_arrival_of_goods_and_their_payment_is_a_question() -> None:
    payment = paid(10, in_kind=True)
    assert settle([lost(5, ruled=True)], [payment]) == [{"reimbursement": 1}]
    assert settle([lost(5, ruled=True)], [payment, found(3, code="N")]) == [{"open": 1, "questioned": 1}]


def test_two_lines_of_one_reimbursement_in_goods_are_paired_alike_in_any_row_order() -> None:
    lines = [paid(9, in_kind=True), paid(9, in_kind=True, reason="Damaged_Warehouse")]
    arrivals = [found(2, code="N"), found(8, code="N")]
    loss = lost(5, ruled=True)
    assert settle([loss], lines + arrivals) == settle([loss], lines[::-1] + arrivals)
