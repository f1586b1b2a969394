"""The daily limit: each request once, none after its deadline without a word, the most money in time, any order."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.filing_plan import Plan, Request, plan_filings

TODAY = date(2026, 11, 15)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def plan_of(text: str, limit: int, filed: int = 0) -> tuple[dict[str, int], list[str]]:
    """`name deadline money` per request, days counted from today, `-` for an unknown deadline."""
    requests = []
    for line in text.strip().split(";"):
        name, last, money, *start = line.split()
        known = None if last == "-" else day(int(last))
        requests.append(Request(name, known, float(money), day(int(start[0])) if start else None))
    plan = plan_filings(requests, TODAY, limit, filed)
    return {k: (d - TODAY).days for k, d in plan.days.items()}, list(plan.no_room)


STORIES = [
    ("All go out today where there is room", "a 5 1; b 9 1", 2, 0, {"a": 0, "b": 0}, []),
    ("The first deadline goes first", "a 9 50; b 5 1", 1, 0, {"b": 0, "a": 1}, []),
    ("Of one deadline the most money goes first", "a 5 1; b 5 50", 1, 0, {"b": 0, "a": 1}, []),
    ("What was filed today takes room", "a 5 1; b 5 1", 2, 1, {"a": 0, "b": 1}, []),
    ("More filed than allowed takes today's room only", "a 5 1; b 5 1", 2, 7, {"a": 1, "b": 1}, []),
    ("The last day counts", "a 0 1", 1, 0, {"a": 0}, []),
    ("What is past its deadline has no room", "a -1 9; b 0 1", 5, 0, {"b": 0}, ["a"]),
    ("The least money misses its deadline", "a 0 1; b 0 2", 1, 0, {"b": 0}, ["a"]),
    ("Also where the larger sum has more time", "a 0 1; b 1 2; c 1 3", 1, 0, {"c": 0, "b": 1}, ["a"]),
    ("Unknown deadlines come last", "a - 99; b 40 1", 1, 0, {"b": 0, "a": 1}, []),
    ("What was put off waits for its day", "a 9 1 3; b 9 1", 1, 0, {"b": 0, "a": 3}, []),
    ("What was put off beyond its deadline is named", "a 2 1 3", 1, 0, {}, ["a"]),
]


@pytest.mark.parametrize(
    ("text", "limit", "filed", "days", "no_room"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_requests_are_spread(
    text: str, limit: int, filed: int, days: dict[str, int], no_room: list[str]
) -> None:
    assert plan_of(text, limit, filed) == (days, no_room)


def test_two_requests_of_one_name_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="one name"):
        plan_filings([Request("a", None), Request("a", None)], TODAY, 1)


requests = st.lists(
    st.builds(
        lambda last, money, start: (None if last is None else day(last), money, start),
        st.none() | st.integers(-2, 6),
        st.sampled_from([0.0, 1.0, 2.5, 7.0, 40.0]),
        st.none() | st.integers(0, 4),
    ),
    max_size=12,
).map(
    lambda rows: [
        Request(f"r{n}", last, money, None if start is None else day(start))
        for n, (last, money, start) in enumerate(rows)
    ]
)


@given(requests, st.integers(1, 4), st.integers(0, 5))
def test_each_request_once_within_the_limit_and_never_after_its_deadline(
    asked: list[Request], limit: int, filed: int
) -> None:
    plan = plan_filings(asked, TODAY, limit, filed)
    assert sorted([*plan.days, *plan.no_room]) == sorted(r.name for r in asked)
    for request in asked:
        if (on := plan.days.get(request.name)) is not None:
            assert on >= max(TODAY, request.start or TODAY)
            assert request.last is None or on <= request.last
    sent = Counter(plan.days.values())
    assert all(count <= limit for count in sent.values())
    assert sent[TODAY] <= max(limit - filed, 0)


@given(requests, st.integers(1, 4), st.randoms())
def test_the_order_of_rows_changes_nothing(asked: list[Request], limit: int, chance: object) -> None:
    mixed = list(asked)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert plan_filings(mixed, TODAY, limit) == plan_filings(asked, TODAY, limit)


@given(requests, st.integers(1, 3), st.integers(0, 2))
def test_no_other_choice_brings_more_money_in_time(asked: list[Request], limit: int, filed: int) -> None:
    asked = [Request(r.name, r.last, r.money) for r in asked[:7]]
    plan = plan_filings(asked, TODAY, limit, filed)
    kept = sum(r.money for r in asked if r.name in plan.days)
    assert kept == max(sum(r.money for r in some) for some in _fitting(asked, limit, filed))


def _fitting(asked: list[Request], limit: int, filed: int) -> list[tuple[Request, ...]]:
    """Every choice that can go out by its deadlines, counted day by day."""
    room = [max(limit - filed, 0) + limit * n for n in range(40)]
    return [
        some
        for size in range(len(asked) + 1)
        for some in combinations(asked, size)
        if all(sum(r.last is not None and r.last <= day(n) for r in some) <= room[n] for n in range(40))
        and not any(r.last and r.last < TODAY for r in some)
    ]


def test_a_thousand_requests_all_find_their_day() -> None:
    asked = [Request(f"r{n}", day(n % 60), float(n % 97)) for n in range(1000)]
    plan: Plan = plan_filings(asked, TODAY, 20)
    assert len(plan.days) == 1000 and max(plan.days.values()) <= day(59)
