"""Units are conserved: what was lost is found, paid, corrected, explained or owed, each unit once."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from recoup.simulator import Seller, simulate
from recoup.simulator.truth import PAID_BY_ITSELF

SEEDS = (1, 7, 11)
ABOUT_MONEY = {
    "refund_exceeds_charge",
    "refund_commission_kept",
    "fulfillment_fee_overcharged",
    "referral_fee_overcharged",
    "storage_fee_overcharged",
}
PAID_KIND = {"lost_in_warehouse": "Lost_Warehouse", "damaged_in_warehouse": "Damaged_Warehouse"}


@pytest.fixture(scope="module", params=SEEDS)
def seller(request: pytest.FixtureRequest) -> Seller:
    return simulate(request.param)


def test_every_unit_is_owed_at_most_once_and_only_under_an_incident_it_went_through(seller: Seller) -> None:
    owed = [(unit, incident) for incident in seller.world.incidents for unit in incident.open_units]
    assert len({id(unit) for unit, _ in owed}) == len(owed)
    for unit, incident in owed:
        assert unit.clock is not None and not incident.charges
        assert unit.clock <= incident.day or incident.order_id


def test_every_unit_of_every_incident_is_owed_somewhere_or_has_a_fate(seller: Seller) -> None:
    excused = {"return_not_received"}  # a chargeback or seller-fulfilled refund was never owed
    for incident in seller.world.incidents:
        for unit in incident.units:
            if incident.kind not in excused:
                assert unit.owed_under is not None or unit.fate
            assert not (unit.owed_under is not None and unit.fate not in ("", "paid"))


def test_the_truth_counts_exactly_the_units_that_stand_open(seller: Seller) -> None:
    opened = Counter[str]()
    for incident in seller.world.incidents:
        if incident.day <= seller.world.as_of and incident.open_units:
            opened[incident.kind] += len(incident.open_units)
    told = Counter[str]()
    for claim in seller.truth:
        if claim.kind not in ABOUT_MONEY:
            told[claim.kind] += claim.units or 0
    assert opened == told


def test_the_truth_counts_exactly_the_money_that_was_taken_and_neither_due_nor_given_back(
    seller: Seller,
) -> None:
    owed = Counter[str]()
    for incident in seller.world.incidents:
        assert not (incident.charges and incident.kind not in ABOUT_MONEY)
        for charge in incident.charges:
            if charge.known:
                owed[incident.kind] += max(charge.taken - charge.due - charge.back, 0)
    told = Counter[str]()
    for claim in seller.truth:
        if claim.kind in ABOUT_MONEY and claim.claim_value is not None:
            told[claim.kind] += round(claim.claim_value * 100)
    assert set(told) == ABOUT_MONEY
    assert owed == told


def test_a_clock_never_runs_before_the_event_but_for_refunds_and_replacements(seller: Seller) -> None:
    for incident in seller.world.incidents:
        for unit in incident.open_units:
            assert unit.clock is not None
            assert unit.clock == incident.day or incident.order_id


def test_no_life_is_lived_after_the_last_day_of_the_reports(seller: Seller) -> None:
    for incident in seller.world.incidents:
        if incident.day <= seller.world.as_of:
            for unit in incident.units:
                assert all(day <= seller.world.last_day for day, _ in unit.life)


def test_everyday_losses_are_found_paid_or_owed_as_the_written_reports_show(
    seller: Seller, tmp_path: Path
) -> None:
    seller.write(tmp_path)
    storied = {incident.product.fnsku for incident in seller.world.incidents if incident.story}
    ledger = _read(next(tmp_path.glob("inventory-ledger*")), "\t")
    payments = _read(next(tmp_path.glob("reimbursements*")), ",")
    lost, damaged, credits = Counter[str](), Counter[str](), Counter[str]()
    for row in ledger:
        if row["Disposition"] == "SELLABLE" and row["FNSKU"] not in storied:
            quantity = int(row["Quantity"])
            lost[row["FNSKU"]] -= quantity if row["Reason"] in ("M", "5") else 0
            damaged[row["FNSKU"]] -= quantity if row["Reason"] == "E" else 0
            credits[row["FNSKU"]] += quantity if row["Reason"] in ("F", "N") else 0
    for row in payments:
        if row["fnsku"] not in storied and row["reason"] in PAID_KIND.values():
            credits[row["fnsku"]] += int(row["quantity-reimbursed-cash"])
    owed = Counter[str]()
    for claim in seller.truth:
        if claim.fnsku not in storied and claim.kind in PAID_KIND:
            owed[claim.fnsku] += claim.units
    fnskus = {fnsku for fnsku in (lost | damaged) if lost[fnsku] + damaged[fnsku]}
    assert len(fnskus) >= 4
    for fnsku in fnskus:
        assert lost[fnsku] + damaged[fnsku] == credits[fnsku] + owed[fnsku]


def test_the_ledgers_reconciled_quantities_of_everyday_rows_say_what_became_of_the_units(
    seller: Seller,
) -> None:
    rows = [row for row in seller.world.ledger if row.reconciled == "exact"]
    assert len(rows) > 40
    assert all(len(row.units) == abs(row.quantity) for row in rows)


def test_no_status_of_an_everyday_claim_hangs_on_the_very_day_waiting_ends(seller: Seller) -> None:
    for claim in seller.truth:
        if not claim.trap and claim.kind in PAID_BY_ITSELF:
            assert claim.opens is not None
            assert (seller.world.as_of - claim.opens).days != 10


def test_a_bigger_seller_has_more_business_and_the_same_stories() -> None:
    small, big = simulate(size=0.2), simulate(size=1.5)
    assert len(big.world.transactions) > 4.5 * len(small.world.transactions)
    small_stories = [c for c in small.truth if c.trap]
    big_stories = [c for c in big.truth if c.trap]
    assert [(c.trap, c.kind, c.units, c.status) for c in small_stories] == [
        (c.trap, c.kind, c.units, c.status) for c in big_stories
    ]


def _read(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
