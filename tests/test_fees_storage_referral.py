"""Storage, aged inventory, referral and refund administration fees: worked examples, and both sides of every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from recoup.fees.aged_inventory import aged_surcharge, aged_tables
from recoup.fees.referral import category_named, category_on, referral_fees, referral_tables
from recoup.fees.refund_administration import administration_fees
from recoup.fees.storage import charge_days, is_cubic_feet, storage_fees, storage_table, storage_tables
from recoup.policy import load

FOLDER = Path(__file__).parent / "fees"
Example = dict[str, Any]
Fees = Callable[[pd.DataFrame], pd.DataFrame]
EXAMPLES: dict[str, tuple[Fees, Example]] = {  # file -> what computes it, what an example leaves out
    "referral": (referral_fees, {"date": date(2026, 3, 1), "quantity": 1}),
    "storage": (storage_fees, {"size": "standard", "dangerous_goods": False, "volume": 100.0}),
    "aged_inventory": (
        aged_surcharge,
        {"snapshot_date": date(2025, 6, 15), "quantity": 10, "unit_volume": 1.0},
    ),
}
ANSWERS = ("fee", "closing_fee", "table", "certainty", "tolerance", "question")


def read(stem: str) -> list[Example]:
    return list(yaml.safe_load((FOLDER / f"{stem}.yaml").read_text("utf-8")))


def frame_of(given: Example, stem: str) -> pd.DataFrame:
    cells = EXAMPLES[stem][1] | {k: v for k, v in given.items() if k not in ("name", *ANSWERS)}
    dated = {k: pd.Timestamp(v) if isinstance(v, date) else v for k, v in cells.items()}
    return pd.DataFrame([dated])


@pytest.mark.parametrize(
    ("stem", "example"),
    [pytest.param(s, e, id=f"{s}: {e['name']}") for s in EXAMPLES for e in read(s)],
)
def test_worked_example(stem: str, example: Example) -> None:
    answer = EXAMPLES[stem][0](frame_of(example, stem)).iloc[0]
    expected = {"question": "", **{k: v for k, v in example.items() if k in ANSWERS}}
    for name, value in expected.items():
        if value is None:
            assert np.isnan(answer[name])
        elif isinstance(value, float):
            assert answer[name] == pytest.approx(value, abs=1e-9), name
        else:
            assert answer[name] == value


@pytest.mark.parametrize("stem", EXAMPLES)
def test_every_example_has_a_name_of_its_own(stem: str) -> None:
    names = [e["name"] for e in read(stem)]
    assert len(names) == len(set(names)) > 0


def test_every_category_of_the_newest_table_has_a_worked_example() -> None:
    worked = {category_named(e["category"]) for e in read("referral")}
    assert set(referral_tables()[-1].categories) <= worked


def test_every_step_of_every_category_has_an_example_on_it_and_one_above() -> None:
    prices: dict[str, set[float]] = {}
    for e in read("referral"):
        prices.setdefault(category_named(e["category"]), set()).add(e["price"] / (e.get("quantity") or 1))
    for name, category in referral_tables()[-1].categories.items():
        for step in category.steps[1:]:
            assert step.above in prices[name], name
            assert any(p > step.above for p in prices[name]), name


@pytest.mark.parametrize("tables", [referral_tables(), storage_tables(), aged_tables()])
def test_every_table_follows_the_one_before_without_a_gap(tables: Any) -> None:
    for earlier, later in pairwise(tables):
        assert (later.starts_on - earlier.ends_on).days == 1
    assert tables[-1].ends_on is None


@pytest.mark.parametrize("fees", [referral_fees, storage_fees, aged_surcharge])
def test_other_marketplaces_have_no_table(fees: Any) -> None:
    stem = {referral_fees: "referral", storage_fees: "storage", aged_surcharge: "aged_inventory"}[fees]
    answer = fees(pd.concat([frame_of(e, stem) for e in read(stem)[:3]]), "UK")
    assert answer["fee"].isna().all() and answer["question"].str.startswith("no ").all()


def test_an_answer_keeps_the_index_of_its_question() -> None:
    frame = pd.concat([frame_of(e, "referral") for e in read("referral")[:3]]).set_axis([7, 3, 7])
    assert referral_fees(frame).index.tolist() == [7, 3, 7]


def test_no_rows_have_no_fees() -> None:
    for stem, (fees, _) in EXAMPLES.items():
        assert len(fees(frame_of(read(stem)[0], stem).iloc[:0])) == 0


@given(
    st.sampled_from(sorted(referral_tables()[-1].categories)),
    st.floats(0.01, 3000).map(lambda p: round(p, 2)),
    st.floats(0.01, 3000).map(lambda p: round(p, 2)),
)
def test_between_two_prices_no_price_makes_more_due_than_the_answer(name: str, a: float, b: float) -> None:
    low, high = sorted((a, b))
    between = np.linspace(low, high, 7)
    one = pd.DataFrame(
        {"category": [name], "date": [pd.Timestamp("2026-03-01")], "price": [high], "lowest_price": [low]}
    )
    each = pd.DataFrame({"category": name, "date": pd.Timestamp("2026-03-01"), "price": between})
    dearest = referral_fees(each.assign(quantity=1))["fee"].max()
    assert referral_fees(one.assign(quantity=1))["fee"].iloc[0] >= dearest - 1e-9


def test_the_rate_of_a_category_is_said_in_words() -> None:
    def words(name: str) -> str:
        category = category_on(name, date(2026, 3, 1))
        return category.words if category else ""

    assert words("Toys and Games") == "15 %"
    assert words("Clothing and Accessories") == "5 % up to 15, 10 % up to 20, 17 % above"
    assert words("Jewelry") == "20 % up to 250, 5 % on the part above"


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (date(2026, 9, 1), date(2026, 10, 7), date(2026, 10, 15)),
        (date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 15)),
    ],
)
def test_a_month_is_charged_in_the_next(month: date, first: date, last: date) -> None:
    table = storage_table(month)
    assert table is not None and charge_days(table, month) == (first, last)


@pytest.mark.parametrize("unit", ["cubic feet", "Cubic-Feet", "cubic_feet", "ft3"])
def test_cubic_feet_in_any_spelling(unit: str) -> None:
    assert is_cubic_feet(unit)


@pytest.mark.parametrize("unit", ["", "cubic meters", "cubic inches", "cm"])
def test_no_other_unit_is_taken_for_cubic_feet(unit: str) -> None:
    assert not is_cubic_feet(unit)


@pytest.mark.parametrize(
    ("commission", "spared", "fee"),
    [
        (4.50, False, 0.90),  # a fifth
        (25.00, False, 5.00),  # a fifth is the most
        (25.10, False, 5.00),
        (100.00, False, 5.00),
        (24.90, False, 4.98),
        (4.50, True, 0.00),  # media refunded in full
    ],
)
def test_the_refund_administration_fee_is_a_fifth_and_at_most_five_dollars(
    commission: float, spared: bool, fee: float
) -> None:
    frame = pd.DataFrame(
        {"date": [pd.Timestamp("2026-03-01")], "commission": [commission], "spared": [spared]}
    )
    answer = administration_fees(frame, load()).iloc[0]
    assert (answer["fee"], answer["certainty"], answer["question"]) == (fee, "confirmed", "")


def test_what_amazon_keeps_elsewhere_is_not_known() -> None:
    frame = pd.DataFrame({"date": [pd.Timestamp("2026-03-01")], "commission": [4.50]})
    answer = administration_fees(frame, load(), "UK").iloc[0]
    assert np.isnan(answer["fee"]) and answer["question"] == "what Amazon may keep there is not known"


@pytest.mark.parametrize("stem", EXAMPLES)
def test_a_hundred_thousand_lines_take_seconds(stem: str) -> None:
    frame = pd.concat([frame_of(e, stem) for e in read(stem)], ignore_index=True)
    many = frame.iloc[np.arange(100_000) % len(frame)].reset_index(drop=True)
    started = perf_counter()
    EXAMPLES[stem][0](many)
    assert perf_counter() - started < 5
