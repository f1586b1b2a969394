"""Every trap of the rules has a story, and every story ends as the rules say."""

from __future__ import annotations

import ast
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import recoup.simulator
from recoup.simulator import STORIES, Seller, simulate

LOST, DAMAGED = "lost_in_warehouse", "damaged_in_warehouse"
MISSING, SPOILT = "return_not_received", "return_damaged_by_amazon"
UNDERPAID, REVERSED = "reimbursement_underpaid", "reimbursement_reversed"
DISPOSED, INBOUND = "disposed_without_request", "lost_inbound"
UNSHELVED, RESENT = "return_not_restocked", "replacement_not_returned"
TOO_MUCH, KEPT = "refund_exceeds_charge", "refund_commission_kept"
PARCEL, BROKEN = "removal_lost", "removal_damaged"
FULFILMENT, REFERRAL = "fulfillment_fee_overcharged", "referral_fee_overcharged"
STORAGE = "storage_fee_overcharged"

# Where the trap is written -> its stories -> what is owed in the end: (kind, status, units).
TRAPS: dict[str, dict[str, tuple[tuple[str, str, int | None], ...]]] = {
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
    "1 Kinds: refund_commission_kept": {
        "commission_not_returned": ((KEPT, "Ready", 1),),
        "commission_returned_in_half": ((KEPT, "Ready", 2),),
        "administration_fee_too_high": ((KEPT, "Ready", 1),),
        "administration_fee_above_the_most": ((KEPT, "Ready", 1),),
        "administration_fee_at_the_most": (),
        "administration_fee_not_taken": (),
        "commission_a_cent_short": (),
        "commission_of_one_of_two": (),
        "commission_returned_later": (),
        "commission_kept_this_week": ((KEPT, "Ready", 1),),
        "commission_kept_of_an_unknown_sale": ((KEPT, "Needs input", 1),),
    },
    "1 Kinds: disposed_without_request": {
        "disposed_of_unasked": ((DISPOSED, "Ready", 2),),
        "disposed_of_as_ordered": (),
        "disposed_of_more_than_ordered": ((DISPOSED, "Ready", 1),),
        "disposal_order_cancelled": ((DISPOSED, "Ready", 2),),
        "disposed_of_beside_a_return_order": ((DISPOSED, "Ready", 1),),
        "disposal_paid": (),
        "disposal_paid_as_a_loss": ((DISPOSED, "Ready", 1),),
        "disposed_of_with_no_damage_before": ((DISPOSED, "Needs input", 1),),
    },
    "1 Kinds: fulfillment_fee_overcharged": {
        "charged_as_a_larger_size": ((FULFILMENT, "Ready", 4),),
        "charged_as_bulky": ((FULFILMENT, "Ready", 2),),
        "at_the_edge_of_a_size": (),
        "past_the_edge_of_a_size": (),
        "fees_that_change": (),
        "shipped_before_peak_and_charged_in_it": (),
        "three_units_of_one_order": (),
        "a_cent_too_much": (),
        "cheap_and_dear_of_one_size": (),
        "a_cent_below_the_next_price_band": (),
        "fee_corrected": (),
        "fee_corrected_in_part": ((FULFILMENT, "Ready", 1),),
        "fee_adjusted_on_the_order": (),
    },
    "1 Kinds: refund_exceeds_charge": {
        "more_tax_refunded_than_charged": ((TOO_MUCH, "Ready", 1),),
        "shipping_refunded_that_nobody_paid": ((TOO_MUCH, "Ready", 1),),
        "refunded_twice": ((TOO_MUCH, "Ready", 1),),
        "goodwill_on_top": (),
        "over_refund_taken_back": (),
        "over_refund_taken_back_in_part": ((TOO_MUCH, "Ready", 1),),
        "shipping_refunded_as_paid": (),
        "over_refund_of_this_week": ((TOO_MUCH, "Ready", 1),),
    },
    "1 Kinds: referral_fee_overcharged": {
        "commission_of_another_category": (
            (REFERRAL, "Ready", 1),
            (REFERRAL, "Ready", 2),
        ),
        "commission_on_shipping_and_gift_wrap": (),
        "commission_at_its_minimum": (),
        "commission_of_clothes_by_price": ((REFERRAL, "Ready", 1),),
        "commission_in_two_parts": ((REFERRAL, "Ready", 1),),
        "commission_given_back": (),
    },
    "1 Kinds: removal_damaged": {
        "arrived_damaged": ((BROKEN, "Ready", 2),),
        "arrived_as_something_else": ((BROKEN, "Ready", 1),),
        "damaged_and_short": (
            (BROKEN, "Ready", 1),
            (PARCEL, "Ready", 1),
        ),
        "damaged_removal_paid_for_something": ((BROKEN, "Needs input", 1),),
        "damaged_removal_paid": (),
    },
    "1 Kinds: removal_lost": {
        "parcel_never_arrived": ((PARCEL, "Ready", 5),),
        "parcel_arrived_short": ((PARCEL, "Ready", 2),),
        "parcel_arrived_whole": (),
        "parcel_nobody_counted": ((PARCEL, "Needs input", 3),),
        "counted_without_tracking": ((PARCEL, "Ready", 1),),
        "counted_without_tracking_too_early": ((PARCEL, "Needs input", 1),),
        "one_of_two_parcels_lost": ((PARCEL, "Ready", 3),),
        "two_products_in_one_parcel": ((PARCEL, "Ready", 1),),
        "still_being_picked": (),
        "lost_parcel_paid": (),
    },
    "1 Kinds: replacement_not_returned": {
        "replaced_and_never_returned": ((RESENT, "Ready", 1),),
        "replaced_and_original_returned": (),
        "replaced_and_replacement_returned": (),
        "replaced_and_paid": (),
        "refunded_and_replaced": ((MISSING, "Ready", 1),),
        "refunded_replaced_and_returned": (),
        "replaced_twice": ((RESENT, "Ready", 2),),
        "one_of_two_replaced": ((RESENT, "Ready", 1),),
        "replaced_and_another_product_returned": ((RESENT, "Needs input", 1),),
        "replaced_last_month": ((RESENT, "Waiting", 1),),
    },
    "1 Kinds: return_not_restocked": {
        "returned_but_not_put_back": ((UNSHELVED, "Ready", 1),),
        "put_back_after_three_weeks": (),
        "put_back_very_late": (),
        "put_back_as_another_listing": (),
        "one_of_two_put_back": ((UNSHELVED, "Ready", 1),),
        "not_put_back_but_paid": (),
        "returned_two_weeks_ago": (),
        "not_put_back_and_paid_for_something": ((UNSHELVED, "Needs input", 1),),
        "spoilt_and_never_put_back": (),
        "not_put_back_and_never_refunded": ((UNSHELVED, "Ready", 1),),
    },
    "1 Kinds: lost_inbound": {
        "short_on_arrival": ((INBOUND, "Ready", 3),),
        "several_short_products": (
            (INBOUND, "Ready", 1),
            (INBOUND, "Ready", 2),
        ),
        "arrived_whole": (),
        "still_receiving": (),
        "cancelled_shipment": (),
        "conceded_by_the_seller": (),
        "investigated_or_filed_before": (),
        "explained_on_the_shipment": (),
        "explained_in_part": ((INBOUND, "Ready", 2),),
        "received_left_blank": ((INBOUND, "Ready", 2),),
        "record_against_ledger": (),
        "received_as_another_product": ((INBOUND, "Needs input", 2),),
        "received_with_another_shipment": ((INBOUND, "Needs input", 1),),
        "partly_received_as_another_product": ((INBOUND, "Needs input", 3),),
        "invoice_missing": ((INBOUND, "Needs input", 2),),
        "inbound_loss_paid": (),
        "inbound_loss_paid_in_part": ((INBOUND, "Ready", 1),),
    },
    "1 Kinds: storage_fee_overcharged": {
        "stored_at_twice_its_volume": ((STORAGE, "Ready", None),),
        "stored_at_its_volume": (),
        "stored_by_nobodys_measure": (),
        "storage_corrected": (),
    },
    "4 Clocks of the kinds since": {
        "returns_not_put_back_around_the_deadline": (
            (UNSHELVED, "Expired", 1),
            (UNSHELVED, "Ready", 1),
        ),
        "replacements_around_the_deadline": (
            (RESENT, "Expired", 1),
            (RESENT, "Ready", 1),
        ),
        "disposals_around_the_deadline": (
            (DISPOSED, "Expired", 1),
            (DISPOSED, "Ready", 1),
        ),
        "shipments_around_the_deadline": (
            (INBOUND, "Expired", 1),
            (INBOUND, "Ready", 1),
        ),
        "parcels_around_the_deadline": (
            (PARCEL, "Expired", 1),
            (PARCEL, "Ready", 1),
            (PARCEL, "Waiting", 1),
        ),
        "damaged_removals_around_the_deadline": (
            (BROKEN, "Expired", 1),
            (BROKEN, "Ready", 1),
        ),
        "over_refunds_around_the_deadline": (
            (TOO_MUCH, "Expired", 1),
            (TOO_MUCH, "Ready", 1),
        ),
        "kept_commissions_around_the_deadline": (
            (KEPT, "Expired", 1),
            (KEPT, "Ready", 1),
        ),
        "fulfilment_fees_around_the_deadline": (
            (FULFILMENT, "Expired", 1),
            (FULFILMENT, "Ready", 1),
        ),
        "referral_fees_around_the_deadline": (
            (REFERRAL, "Expired", 1),
            (REFERRAL, "Ready", 1),
        ),
        "storage_of_half_a_year_ago": ((STORAGE, "Expired", None),),
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

KINDS = (
    LOST, DAMAGED, MISSING, SPOILT, UNDERPAID, REVERSED, DISPOSED, INBOUND, UNSHELVED, RESENT, TOO_MUCH, KEPT,
    PARCEL, BROKEN, FULFILMENT, REFERRAL, STORAGE,
)  # fmt: skip


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
    assert {name: tuple(sorted(told[name], key=str)) for name in STORIES} == EXPECTED


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
    assert {name: tuple(sorted(told[name], key=str)) for name in STORIES} == EXPECTED


def test_every_seed_has_mishaps_of_its_own_of_every_kind_that_trade_does_not_bring() -> None:
    sellers = [simulate(seed, size=0.05) for seed in (7, 8, 9, 10)]
    told = [[(c.kind, c.event_date, c.units, c.claim_value) for c in s.truth if not c.trap] for s in sellers]
    assert all(a != b for a, b in pairwise(told))
    brought = {kind for claims in told for kind, *_ in claims}
    assert brought >= set(KINDS) - {SPOILT, UNDERPAID, REVERSED}


def test_both_sides_of_each_window_lie_one_day_apart(seller: Seller) -> None:
    as_of = seller.world.as_of
    for name, kind in (
        ("damaged_on_both_sides_of_the_window", DAMAGED),
        ("underpaid_on_both_sides_of_the_window", UNDERPAID),
        ("reversed_on_both_sides_of_the_window", REVERSED),
        ("refunds_around_the_deadline", MISSING),
        ("damaged_returns_around_the_deadline", SPOILT),
        ("returns_not_put_back_around_the_deadline", UNSHELVED),
        ("replacements_around_the_deadline", RESENT),
        ("disposals_around_the_deadline", DISPOSED),
        ("shipments_around_the_deadline", INBOUND),
        ("damaged_removals_around_the_deadline", BROKEN),
        ("over_refunds_around_the_deadline", TOO_MUCH),
        ("kept_commissions_around_the_deadline", KEPT),
        ("fulfilment_fees_around_the_deadline", FULFILMENT),
        ("referral_fees_around_the_deadline", REFERRAL),
    ):
        deadlines = {c.status: c.deadline for c in seller.truth if c.trap == name and c.kind == kind}
        assert deadlines == {"Ready": as_of, "Expired": as_of - timedelta(days=1)}


def test_every_kind_has_something_ready_something_expired_and_something_innocent(seller: Seller) -> None:
    for status in ("Ready", "Expired"):
        assert {c.kind for c in seller.truth if c.status == status} == set(KINDS)
    assert {i.kind for i in seller.innocent} == set(KINDS)


def test_every_kind_but_the_fees_asks_about_something(seller: Seller) -> None:
    asked = {c.kind for c in seller.truth if c.question and c.asks} | {
        i.kind for i in seller.innocent if i.may_show == "Needs input"
    }
    assert set(KINDS) - asked == {REFERRAL, STORAGE, SPOILT}


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
    assert (told["market"], told["mess"], told["not_told"]) == ("US", [], [])
    assert {c["kind"] for c in told["claims"]} == {*KINDS}
    assert set(told["claims"][0]) >= {
        "kind", "fnsku", "sku", "asin", "order_id", "shipment_id", "removal_order_id", "reference_id",
        "event_date", "units", "unit_value", "claim_value", "currency", "marketplace", "opens", "deadline",
        "status", "trap", "question", "doubtful",
    }  # fmt: skip


def test_too_few_products_or_months_are_refused() -> None:
    with pytest.raises(ValueError, match="too few SKUs"):
        simulate(skus=30)
    with pytest.raises(ValueError, match="months"):
        simulate(months=3)


def test_the_simulator_imports_nothing_of_the_engine_and_nothing_but_the_standard_library_and_yaml() -> None:
    import sys

    allowed = {*sys.stdlib_module_names, "yaml"}

    root = Path(recoup.simulator.__file__).parent
    for path in root.rglob("*.py"):
        depth = len(path.relative_to(root).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] in allowed for alias in node.names), path
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] in allowed, path
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= depth, f"{path} reaches out of the simulator"
