"""Money taken beyond what was due is reduced by what was given back, each cent of it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.charges import settle_charges, split_early
from recoup.drafts import Draft
from recoup.events import MoneyCredit, Overcharge, Product
from recoup.model import Evidence, SourceRow

FEE, OTHER = "fulfillment_fee_overcharged", "referral_fee_overcharged"
A, B = Product("SKU-A", "X00EXAMPLA", "B00EXAMPLA"), Product("SKU-B", "X00EXAMPLB", "B00EXAMPLB")


def charge(
    day: int, amount: float, *, row: int = 1, kind: str = FEE, key: str = "2026-03", **details: object
) -> Overcharge:
    """An overcharge of product A in March 2026; the fee is taken, what was due counts down."""
    on = date(2026, 3, day)
    taken = Evidence("fee", SourceRow("Transactions", row), on, 9, amount + 5.0, "USD", "", "charged")
    due = Evidence("record", SourceRow("Product Dimensions", 2), None, None, -5.0, "USD", "", "due")
    base = Overcharge(
        kind,
        ("X00EXAMPLA", key),
        on,
        (on,),
        A,
        "US",
        amount,
        "USD",
        "fee less due",
        2,
        "2 units",
        (taken, due),
    )
    return replace(base, **details)


def credit(day: int, amount: float, *, row: int = 50, **details: object) -> MoneyCredit:
    """Money given back in March 2026 for fees of product A."""
    base = MoneyCredit(
        date(2026, 3, day), amount, "USD", frozenset({FEE}), SourceRow("Reimbursements", row), "corrected"
    )
    return replace(base, product=A, **details)


def owed(drafts: Sequence[Draft]) -> list[float | None]:
    return [lot.amount for draft in drafts for lot in draft.lots]


def test_the_charges_of_one_claim_are_lots_of_one_draft_with_their_own_clocks() -> None:
    (draft,) = settle_charges([charge(2, 1.50), charge(9, 0.75, row=2)], [])
    assert [(lot.amount, lot.units, lot.clocks) for lot in draft.lots] == [
        (1.50, 2, (date(2026, 3, 2),)),
        (0.75, 2, (date(2026, 3, 9),)),
    ]


def test_money_given_back_later_goes_to_the_oldest_charge_of_its_product_first() -> None:
    drafts = settle_charges([charge(9, 0.75, row=2), charge(2, 1.50)], [credit(20, 1.75)])
    assert owed(drafts) == [0.50]
    assert [(s.reason, s.rows[0].row) for s in drafts[0].settled] == [("paid", 50), ("paid", 50)]


def test_money_given_back_before_a_charge_is_not_for_it() -> None:
    assert owed(settle_charges([charge(9, 0.75)], [credit(8, 0.75)])) == [0.75]


def test_money_that_names_an_order_is_for_that_order_whatever_the_dates() -> None:
    named = credit(1, 0.75, order_id="111-1")
    assert owed(settle_charges([charge(9, 0.75, order_id="111-1")], [named])) == []
    assert owed(settle_charges([charge(9, 0.75, orders=frozenset({"111-1", "111-2"}))], [named])) == []
    assert owed(settle_charges([charge(9, 0.75, order_id="111-9")], [named])) == [0.75]


@pytest.mark.parametrize(
    "details", [{"currency": "CAD"}, {"kinds": frozenset({OTHER})}, {"product": B}], ids=str
)
def test_money_of_another_currency_kind_or_product_touches_nothing(details: dict[str, object]) -> None:
    assert owed(settle_charges([charge(2, 1.50)], [replace(credit(20, 1.50), **details)])) == [1.50]


def test_a_given_back_dollar_is_used_once_over_all_kinds() -> None:
    both = credit(20, 1.00, kinds=frozenset({FEE, OTHER}))
    drafts = settle_charges([charge(2, 1.00), charge(3, 1.00, row=2, kind=OTHER)], [both])
    assert owed(drafts) == [1.00]


def test_money_that_two_kinds_found_in_one_row_is_used_once() -> None:
    found = [credit(20, 1.00), credit(20, 1.00, kinds=frozenset({OTHER}))]
    drafts = settle_charges([charge(2, 1.00), charge(3, 1.00, row=2, kind=OTHER)], found)
    assert owed(drafts) == [1.00]
    assert (
        owed(
            settle_charges([charge(2, 1.00), charge(3, 1.00, row=2)], [*found[:1], credit(20, 1.00, row=51)])
        )
        == []
    )


def test_the_rows_of_a_draft_add_up_to_what_is_owed_and_count_its_units_once() -> None:
    (draft,) = settle_charges([charge(2, 1.50), charge(9, 0.75, row=2)], [credit(20, 0.25)])
    assert round(sum(e.amount or 0 for e in draft.evidence), 2) == 2.00
    assert sum(e.units or 0 for e in draft.evidence) == draft.units == 4


def test_a_doubted_charge_keeps_its_question_and_its_bounds_less_what_was_given_back() -> None:
    (draft,) = settle_charges(
        [charge(2, 1.50, question="which size?", low=0.50, high=2.00)], [credit(20, 0.25)]
    )
    (lot,) = draft.lots
    assert (lot.doubts, lot.amount, lot.low, lot.high) == ([(2, "which size?")], 1.25, 0.25, 1.75)


def test_of_many_charges_the_first_are_told_and_the_others_counted() -> None:
    charges = [charge(n, 1.50, row=n, story=f"on day {n}") for n in range(1, 9)]
    assert settle_charges(charges[:2], [])[0].story == "on day 1; on day 2"
    story = settle_charges(charges, [])[0].story
    assert story == "on day 1; on day 2; and 6 more from 2026-03-01 to 2026-03-08"


def test_a_charge_without_units_makes_a_claim_without_units() -> None:
    assert not settle_charges([charge(2, 1.50, units=None)], [])[0].counted
    assert settle_charges([charge(2, 1.50)], [])[0].counted


def test_a_charge_after_the_day_of_the_run_is_too_early() -> None:
    now, early = split_early([charge(2, 1.50), charge(9, 0.75)], date(2026, 3, 5))
    assert ([o.date.day for o in now], [(a.reason, a.date.day) for a in early]) == ([2], [("too early", 9)])


CHARGES = st.lists(st.tuples(st.integers(1, 28), st.integers(1, 500)), max_size=8)


@given(CHARGES, CHARGES, st.randoms(use_true_random=False))
def test_no_cent_is_lost_or_used_twice_whatever_the_order_of_rows(
    taken: list[tuple[int, int]], back: list[tuple[int, int]], random: object
) -> None:
    charges = [charge(day, c / 100, row=n) for n, (day, c) in enumerate(taken)]
    credits = [credit(day, c / 100, row=n) for n, (day, c) in enumerate(back)]
    drafts = settle_charges(charges, credits)
    total = round(sum(owed(drafts), start=0.0) * 100)  # type: ignore[arg-type]
    assert max(sum(c for _, c in taken) - sum(c for _, c in back), 0) <= total <= sum(c for _, c in taken)
    for draft in drafts:
        assert sum(round(100 * (lot.amount or 0)) for lot in draft.lots) == round(
            100 * sum(e.amount or 0 for e in draft.evidence)
        )
    random.shuffle(charges)  # type: ignore[attr-defined]
    random.shuffle(credits)  # type: ignore[attr-defined]
    assert owed(settle_charges(charges, credits)) == owed(drafts)
