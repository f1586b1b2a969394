"""Random shops with every report, random cases and payments under their ids: what must hold of their money."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_following import Following, untold
from recoup.case_money import CaseMoney
from recoup.memory import plain
from recoup.model import Record
from recoup.pipeline import Brief, Result, detect
from recoup.policy import Policy, load
from strategies import AS_OF, Tabs, reports_of
from test_one_allocation import shops

NUMBERS = ("1701", "1702", "1703")
STAGES = ("Draft", "Filed", "Partly paid", "Paid", "Denied", "Closed")


@cache
def policy() -> Policy:
    return load()


@st.composite
def followed(draw: st.DrawFn) -> tuple[Tabs, list[Record]]:
    """A shop some of whose payments name a case, and the rows of Cases of it."""
    shop = draw(shops())
    paid = [
        {**row, "case_id": draw(st.sampled_from(("", "", *NUMBERS)))} for row in shop.rows["reimbursements"]
    ]
    shop = replace(shop, rows={**shop.rows, "reimbursements": paid})
    unpaid = replace(shop, rows={**shop.rows, "reimbursements": []})
    claims = [*detect(reports_of(unpaid), Brief(policy(), AS_OF)).claims] if draw(st.integers(0, 2)) else []
    claims = claims or detect(reports_of(shop), Brief(policy(), AS_OF)).claims  # those about payments too
    found = sorted({(c.claim_id, c.kind, c.units or 0) for c in claims})
    rows: list[Record] = []
    for claim, kind, units in draw(st.permutations(found)):
        if draw(st.booleans()) and all(r["Claim ID"] != claim for r in rows):
            stage = draw(st.sampled_from(STAGES))
            filed = (
                draw(st.integers(1, units)) if units and stage != "Draft" and draw(st.booleans()) else None
            )
            rows.append(
                {
                    "Case": f"C-{claim}",
                    "Claim ID": claim,
                    "Kind": kind,
                    "Stage": stage,
                    "Currency": "USD",
                    "Amazon case ID": draw(st.sampled_from((None, *NUMBERS[:2]))),
                    "Units filed": filed,
                    "Value filed": None if filed is None else 10.0 * filed,
                }
            )
    if draw(st.booleans()):
        rows.append({"Case": "OWN", "Amazon case ID": draw(st.sampled_from(NUMBERS))})
    return shop, rows


def follow(shop: Tabs, rows: list[Record]) -> tuple[Following, Result, CaseMoney]:
    desk = Following(policy(), deepcopy(rows))
    done = desk.run(reports_of(shop), AS_OF)
    for claim in {plain(row.get("Claim ID")) for row in rows} & desk.claims.keys():
        desk.claims[claim]["Decision"] = "Take up"  # there is no case of a claim that nobody took up
    return desk, *done


CHECKS = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
PATIENT = settings(suppress_health_check=CHECKS)


@given(followed())
@settings(PATIENT, max_examples=8)
def test_the_money_of_a_few_cases(shop_and_rows: tuple[Tabs, list[Record]]) -> None:
    what_must_hold(shop_and_rows)


@pytest.mark.slow
@given(followed())
@PATIENT
def test_the_money_of_many_cases(shop_and_rows: tuple[Tabs, list[Record]]) -> None:
    what_must_hold(shop_and_rows)


def what_must_hold(shop_and_rows: tuple[Tabs, list[Record]]) -> None:
    shop, rows = shop_and_rows
    desk, result, money = follow(shop, rows)
    of_claims = [row for row in rows if row.get("Claim ID")]
    assert money.done.figures or not of_claims, "money is followed where there are cases of claims"
    if rows:
        every_unit_paid_is_told_once(result, money)
    no_payment_is_counted_on_two_rows(result, money)
    what_no_case_counts_stands_on_not_claimed(result, money)
    every_case_owes_no_less_than_nothing_and_no_more_than_was_filed(desk)
    once, shown = desk.shown(), figures(desk)
    desk.run(reports_of(shop), AS_OF)
    assert desk.shown() == once, "run twice"
    backwards = replace(shop, rows={name: found[::-1] for name, found in shop.rows.items()})
    assert figures(follow(backwards, rows)[0]) == shown, "rows in the opposite order"


def every_unit_paid_is_told_once(result: Result, money: CaseMoney) -> None:
    assert not untold(result, money)


def no_payment_is_counted_on_two_rows(result: Result, money: CaseMoney) -> None:
    counted: Counter[tuple[str, bool]] = Counter()
    for shown in money.done.figures.values():
        for paid in shown.paid:
            counted[paid.reimbursement_id, paid.units is None] += paid.units or 0
    there: Counter[str] = Counter()
    vague = set()
    for purse in result.allocation.purses:
        if purse.credit.role == "reimbursement":
            there[purse.credit.reference_id] += (purse.credit.units or 0) - purse.reversed
            vague |= {purse.credit.reference_id} if purse.credit.units is None else set()
    assert all(n <= there[i] for (i, money_only), n in counted.items() if not money_only and i not in vague)


def what_no_case_counts_stands_on_not_claimed(result: Result, money: CaseMoney) -> None:
    left: Counter[str] = Counter()
    for line in result.not_claimed:
        if line.reason == "paid":
            left[line.claim_id] += line.units or 0
    kinds = {c.claim_id for c in result.claims} | set(left)
    for key, paid in money.done.ledger.paid.items():
        if key in kinds and key not in money.done.filed:
            assert sum(p.units or 0 for p in paid if not p.needless) <= left[key], key


def every_case_owes_no_less_than_nothing_and_no_more_than_was_filed(desk: Following) -> None:
    for row in desk.cases:
        balance, value = row.get("Balance"), row.get("Value filed")
        assert not isinstance(balance, float) or balance >= 0
        if isinstance(balance, float) and isinstance(value, float):
            assert balance <= value + 1e-9


def figures(desk: Following) -> list[dict[str, str]]:
    """Sentences name rows, which are others when the rows are."""
    names = ("Paid units", "Paid amount", "Reimbursement IDs", "Reversed", "Balance", "Suggested stage")
    return [{h: plain(r.get(h)) for h in names} for r in desk.cases]
