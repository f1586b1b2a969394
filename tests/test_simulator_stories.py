"""Every trap of the rules has a story, and every story ends as the rules say."""

from __future__ import annotations

import ast
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

import recoup.simulator
from recoup.simulator import STORIES, Seller, simulate

LOST, DAMAGED = "lost_in_warehouse", "damaged_in_warehouse"
MISSING, SPOILT = "return_not_received", "return_damaged_by_amazon"
UNDERPAID, REVERSED = "reimbursement_underpaid", "reimbursement_reversed"

# Where the trap is written -> its stories -> what is owed in the end: (kind, status, units).
TRAPS: dict[str, dict[str, tuple[tuple[str, str, int], ...]]] = {
    "1 Kinds: lost_in_warehouse": {
        "lost_and_never_seen_again": ((LOST, "Ready", 3),),
        "lost_with_code_5": ((LOST, "Ready", 2),),
        "two_losses_on_one_day": ((LOST, "Ready", 1), (LOST, "Ready", 2)),
        "partly_reconciled": ((LOST, "Ready", 11),),
        "reconciled_with_another_sku": (),
        "found_at_another_centre": (),
        "found_the_same_day": (),
        "found_by_code_n": (),
        "found_under_an_amazon_found_sku": ((LOST, "Ready", 1),),
        "paid_in_cash": (),
        "paid_in_cash_in_part": ((LOST, "Ready", 1),),
    },
    "1 Kinds: damaged_in_warehouse": {
        "damaged_and_never_paid": ((DAMAGED, "Ready", 2),),
        "damaged_and_paid": (),
        "damage_corrected": (),
        "damage_partly_corrected": ((DAMAGED, "Ready", 2),),
        "damage_regraded_but_not_to_sellable": ((DAMAGED, "Ready", 1),),
        "regraded_at_two_centres": ((DAMAGED, "Ready", 1),),
        "regraded_on_two_days": ((DAMAGED, "Ready", 1),),
        "damaged_when_already_unsellable": (),
        "damage_beside_a_loss": ((LOST, "Ready", 1),),
    },
    "1 Kinds: returns": {
        "refunded_and_never_returned": ((MISSING, "Ready", 1),),
        "refund_paid_by_amazon": (),
        "returned_in_time": (),
        "returned_damaged_by_the_carrier": ((SPOILT, "Ready", 1),),
        "returned_damaged_in_the_warehouse": ((SPOILT, "Ready", 1),),
        "returned_damaged_and_paid": (),
        "return_called_reimbursed": (),
        "returned_spoilt_by_the_customer": (),
    },
    "1 Kinds: reimbursement_underpaid": {
        "paid_below_the_approved_cost": ((UNDERPAID, "Ready", 2),),
        "damage_paid_below_the_approved_cost": ((UNDERPAID, "Ready", 1),),
        "paid_one_cent_below": (),
        "paid_two_cents_below": ((UNDERPAID, "Ready", 3),),
        "underpayment_made_good": (),
        "underpayment_made_good_in_part": ((UNDERPAID, "Ready", 1),),
        "cost_approved_after_the_payment": (),
        "cost_approved_on_the_day_of_payment": ((UNDERPAID, "Ready", 1),),
        "cost_in_another_currency": (),
        "paid_below_the_own_cost": ((LOST, "Ready", 1), (UNDERPAID, "Needs input", 1)),
        "order_payment_below_the_sourcing_cost": (),
        "unsellable_unit_paid_low": (),
        "inbound_loss_paid_in_full": (),
        "paid_low_for_a_loss_nobody_sees": ((UNDERPAID, "Needs input", 1),),
    },
    "1 Kinds: reimbursement_reversed": {
        "reversed_without_reason": ((REVERSED, "Ready", 1),),
        "reversed_because_found": (),
        "reversed_with_goods_back": (),
        "reversed_after_a_find_without_goods": (),
        "reversed_and_found_later": (),
    },
    "2.1 Scope": {"found_in_another_country": (), "moved_between_centres": ()},
    "2.2 Order of credits": {
        "reconciled_units_are_explained_first": ((LOST, "Ready", 2),),
        "reconciled_units_explained_by_a_payment": ((LOST, "Ready", 1),),
        "lost_twice_paid_once": ((LOST, "Ready", 1),),
        "lost_before_and_after_a_find": ((LOST, "Ready", 1),),
    },
    "2.3 Inventory payments": {
        "paid_in_inventory": ((LOST, "Ready", 1),),
        "paid_in_inventory_goods_first": ((LOST, "Ready", 1),),
    },
    "2.4 Which payment pays what": {
        "paid_after_a_case": (),
        "merged_payment": (),
        "payment_finds_its_reason": ((DAMAGED, "Ready", 1),),
        "payment_named_by_asin_only": ((LOST, "Ready", 1),),
        "general_adjustment": ((LOST, "Needs input", 1),),
        "payment_under_another_reason": ((LOST, "Needs input", 1),),
        "payment_without_identifiers": ((LOST, "Ready", 1),),
        "payment_spent_on_an_expired_loss": ((LOST, "Needs input", 1),),
        "refund_paid_without_quantity": (),
        "one_id_over_two_products": ((LOST, "Ready", 1), (LOST, "Ready", 1)),
        "identical_reimbursement_lines": (),
    },
    "2.5 The date rule": {
        "found_long_before_the_loss": ((LOST, "Ready", 1),),
        "found_eight_days_before_the_loss": ((LOST, "Ready", 1),),
        "found_within_seven_days_before_the_loss": ((LOST, "Needs input", 1),),
        "found_before_but_called_unreconciled": ((LOST, "Ready", 1),),
        "one_find_before_two_lost_units": ((LOST, "Needs input", 2),),
        "payment_just_before_the_loss": ((LOST, "Needs input", 1),),
        "payment_long_before_the_loss": ((LOST, "Ready", 1),),
        "returned_before_the_refund_was_posted": (),
        "refund_paid_before_it_was_posted": (),
    },
    "2.6 Reversals": {
        "reversed_in_part": ((REVERSED, "Ready", 1),),
        "reversed_and_paid_again": (),
        "reversal_of_one_of_two_products": ((REVERSED, "Ready", 1),),
        "reversal_whose_original_is_unknown": ((REVERSED, "Needs input", 1),),
        "returned_late_and_reversed": (),
    },
    "2.7 Precedence": {
        "return_payment_reversed_without_return": ((REVERSED, "Ready", 1),),
        "damaged_then_disposed_of": ((DAMAGED, "Ready", 1),),
        "damage_paid_then_disposed_of": (),
        "disposed_of_with_no_damage_before": (),
        "damaged_then_misplaced": ((DAMAGED, "Ready", 1),),
        "damage_paid_then_misplaced": (),
        "unsellable_misplaced": (),
        "one_back_whole_one_back_damaged": ((SPOILT, "Ready", 1), (MISSING, "Ready", 1)),
    },
    "2.8 Returns": {
        "returned_under_a_renamed_sku": (),
        "returned_under_a_second_sku": (),
        "another_product_of_the_order_returned": ((MISSING, "Needs input", 1),),
        "two_products_of_one_order": ((MISSING, "Ready", 1),),
        "more_returned_than_refunded": (),
    },
    "2.9 Reason codes": {
        "inventory_correction": (),
        "correction_after_reimbursement": (),
        "redefinition_pair": (),
        "disposition_pairs": (),
        "donated": (),
        "unsellable_disposed_of": (),
        "unknown_reason_code": (),
    },
    "2.10 Refund size": {
        "refunded_in_part": (),
        "refund_of_a_discounted_order": ((MISSING, "Ready", 2),),
        "refund_one_cent_short": ((MISSING, "Ready", 1),),
        "multi_unit_order_refunded_for_one": ((MISSING, "Ready", 1),),
        "refund_in_two_parts_of_money": ((MISSING, "Ready", 1),),
        "refund_without_its_sale": ((MISSING, "Needs input", 1),),
        "seller_fulfilled_refund": (),
        "graded_and_resold": (),
        "deferred_refund": (),
    },
    "4 Clocks": {
        "lost_sixty_days_ago": ((LOST, "Ready", 1),),
        "lost_sixty_one_days_ago": ((LOST, "Expired", 1),),
        "lost_nine_months_ago": ((LOST, "Expired", 1),),
        "lost_five_days_ago": ((LOST, "Waiting", 1),),
        "loss_dated_after_as_of": (),
        "damaged_on_both_sides_of_the_window": ((DAMAGED, "Expired", 1), (DAMAGED, "Ready", 1)),
        "underpaid_on_both_sides_of_the_window": ((UNDERPAID, "Expired", 1), (UNDERPAID, "Ready", 1)),
        "reversed_on_both_sides_of_the_window": ((REVERSED, "Expired", 1), (REVERSED, "Ready", 1)),
        "reversal_of_an_old_loss": ((REVERSED, "Ready", 1),),
        "refunds_around_the_opening": (
            (MISSING, "Ready", 1),
            (MISSING, "Waiting", 1),
            (MISSING, "Waiting", 1),
        ),
        "refunds_around_the_deadline": ((MISSING, "Expired", 1), (MISSING, "Ready", 1)),
        "damaged_returns_around_the_deadline": ((SPOILT, "Expired", 1), (SPOILT, "Ready", 1)),
        "damaged_return_not_open_yet": ((SPOILT, "Waiting", 1),),
        "returned_damaged_without_refund": ((SPOILT, "Ready", 1),),
        "refund_of_two_units_on_two_days": ((MISSING, "Ready", 2),),
        "one_of_two_refunds_expired": ((MISSING, "Expired", 1), (MISSING, "Ready", 1)),
        "never_waits_into_the_last_days": ((MISSING, "Ready", 2),),
    },
    "5 Values": {
        "cost_nobody_knows": ((LOST, "Ready", 1),),
        "costs_more_than_the_cap": ((LOST, "Ready", 1),),
        "worth_only_an_estimate": ((LOST, "Ready", 1),),
    },
    "domain.md 5.7": {
        "refund_younger_than_sixty_days": ((MISSING, "Waiting", 1),),
        "returned_late": (),
        "returned_late_and_payment_kept": (),
        "multi_unit_order_partly_returned": ((MISSING, "Ready", 2),),
        "returnless_refund": ((MISSING, "Ready", 1),),
        "chargeback": (),
        "a_to_z_guarantee": (),
        "refund_in_both_money_reports": ((MISSING, "Ready", 1),),
        "refund_not_yet_settled": ((MISSING, "Waiting", 1),),
        "identical_ledger_rows": ((LOST, "Ready", 2),),
        "researching_unit": ((LOST, "Ready", 1),),
    },
}
EXPECTED = {name: owed for stories in TRAPS.values() for name, owed in stories.items()}


@pytest.fixture(scope="module")
def seller() -> Seller:
    return simulate()


def test_every_trap_has_a_story_and_every_story_is_listed_once() -> None:
    listed = Counter(name for stories in TRAPS.values() for name in stories)
    assert set(listed) == set(STORIES)
    assert max(listed.values()) == 1


def test_every_story_says_its_trap_in_a_sentence() -> None:
    assert [name for name, story in STORIES.items() if len(story.says) < 20] == []


@pytest.mark.parametrize("seed", [7, 8, 21])
def test_every_story_ends_as_the_rules_say(seed: int) -> None:
    told = defaultdict(list)
    for claim in simulate(seed).truth:
        told[claim.trap].append((claim.kind, claim.status, claim.units))
    assert {name: tuple(sorted(told[name])) for name in STORIES} == EXPECTED


def test_every_story_leaves_a_claim_or_something_that_must_not_be_claimed(seller: Seller) -> None:
    traces = {claim.trap for claim in seller.truth} | {innocent.story for innocent in seller.innocent}
    assert traces == {*STORIES, ""}


def test_no_key_is_both_wholly_owed_and_innocent(seller: Seller) -> None:
    owed = {(c.kind, c.fnsku, c.sku, c.order_id, c.reference_id, c.event_date) for c in seller.truth}
    clear = {(i.kind, i.fnsku, i.sku, i.order_id, i.reference_id, i.event_date) for i in seller.innocent}
    assert not owed & clear


def test_the_stories_move_with_as_of() -> None:
    later = simulate(as_of=date(2027, 3, 2))
    told = defaultdict(list)
    for claim in later.truth:
        told[claim.trap].append((claim.kind, claim.status, claim.units))
    assert {name: tuple(sorted(told[name])) for name in STORIES} == EXPECTED


def test_both_sides_of_each_window_lie_one_day_apart(seller: Seller) -> None:
    as_of = seller.world.as_of
    for name, kind in (
        ("damaged_on_both_sides_of_the_window", DAMAGED),
        ("underpaid_on_both_sides_of_the_window", UNDERPAID),
        ("reversed_on_both_sides_of_the_window", REVERSED),
        ("refunds_around_the_deadline", MISSING),
        ("damaged_returns_around_the_deadline", SPOILT),
    ):
        deadlines = {c.status: c.deadline for c in seller.truth if c.trap == name and c.kind == kind}
        assert deadlines == {"Ready": as_of, "Expired": as_of - timedelta(days=1)}


def test_several_clocks_open_late_and_close_early(seller: Seller) -> None:
    (claim,) = (c for c in seller.truth if c.trap == "refund_of_two_units_on_two_days")
    as_of = seller.world.as_of
    assert (claim.opens, claim.deadline) == (as_of - timedelta(days=15), as_of + timedelta(days=8))
    (claim,) = (c for c in seller.truth if c.trap == "refund_in_two_parts_of_money")
    assert (claim.opens, claim.deadline) == (as_of - timedelta(days=31), as_of + timedelta(days=26))


def test_values_follow_cost_price_and_shortfall(seller: Seller) -> None:
    value = {c.trap: (c.unit_value, c.claim_value) for c in seller.truth if c.trap}
    assert value["cost_nobody_knows"] == (None, None)
    assert value["refund_without_its_sale"] == (None, None)
    assert value["costs_more_than_the_cap"] == (5000.0, 5000.0)
    assert value["worth_only_an_estimate"] == (7.77, 7.77)
    assert value["paid_below_the_approved_cost"] == (3.72, 7.44)
    assert value["underpayment_made_good_in_part"] == (1.72, 1.72)
    (claim,) = (c for c in seller.truth if c.trap == "refund_in_two_parts_of_money")
    (product,) = (p for p in seller.world.products if p.fnsku == claim.fnsku)
    assert claim.unit_value == (product.price - product.commission - product.fulfilment_fee) / 100


def test_the_truth_is_written_beside_the_reports(seller: Seller, tmp_path: Path) -> None:
    paths = seller.write(tmp_path)
    told = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert tmp_path / "truth.json" not in paths
    assert len(told["claims"]) == len(seller.truth)
    assert len(told["innocent"]) == len(seller.innocent)
    assert told["as_of"] == "2026-11-15"


def test_too_few_products_or_months_are_refused() -> None:
    with pytest.raises(ValueError, match="too few SKUs"):
        simulate(skus=30)
    with pytest.raises(ValueError, match="months"):
        simulate(months=3)


def test_the_simulator_imports_nothing_of_the_engine_and_nothing_but_the_standard_library() -> None:
    import sys

    root = Path(recoup.simulator.__file__).parent
    for path in root.rglob("*.py"):
        depth = len(path.relative_to(root).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names), path
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] in sys.stdlib_module_names, path
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= depth, f"{path} reaches out of the simulator"
