"""FBA fulfilment fees, size tiers and shipping weight against the tables and worked examples of tests/fees."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.fees import fulfillment, stale_tables
from recoup.fees._dated import NONE, Table, choose, in_force, load_folder, not_recomputed, per_row, weakest
from recoup.fees._fulfillment_tables import FulfillmentTable, fulfillment_tables
from recoup.fees.fulfillment import dearer_prices, fulfillment_fee, fulfillment_fees, possible_addition
from recoup.fees.measures import in_inches_and_pounds
from recoup.fees.size_tiers import SizeTable, assign_tiers, size_tables, size_tier, tier_names
from recoup.model import RecoupError
from recoup.policy.documents import PolicyFileError

FOLDER = Path(__file__).parent / "fees"
FEES = Path(fulfillment.__file__).parent
MARCH = date(2026, 3, 2)
SIDES = {  # a unit of the tier whose dimensional weight is next to nothing
    "small standard": (10, 6, 0.5),
    "large standard": (4, 4, 0.8),
    "small bulky": (19, 2, 2),
    "large bulky": (40, 2, 2),
    "extra-large": (60, 2, 2),
}
EXAMPLE_KEYS = {
    "name",
    "reference",
    "ships",
    "sides",
    "weight",
    "price",
    "category",
    "tier",
    "charged",
    "fee",
    "no_fee",
}
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "fulfillment_examples.yaml").read_text("utf-8"))
TABLES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "fulfillment_tables.yaml").read_text("utf-8"))


def unit(
    sides: tuple[float, ...] = (10, 6, 0.5),
    weight: float = 0.4,
    price: float = 20.0,
    on: date = MARCH,
    goods: str = "other",
) -> dict[str, Any]:
    """One row for `fulfillment_fees`."""
    measures = dict(zip(("longest", "median", "shortest"), map(float, sides), strict=True))
    flags = {"apparel": goods == "apparel", "dangerous_goods": goods == "dangerous_goods"}
    return {**measures, "weight": float(weight), "price": price, "ship_date": pd.Timestamp(on), **flags}


def due(*units: dict[str, Any], marketplace: str = "US") -> pd.DataFrame:
    return fulfillment_fees(pd.DataFrame(units), marketplace=marketplace)


def random_units(count: int, seed: int = 7) -> pd.DataFrame:
    r = np.random.default_rng(seed)
    days = r.integers(0, 1000, count).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "longest": r.uniform(1, 30, count) * r.choice([1, 4], count),
            "median": r.uniform(0.5, 20, count),
            "shortest": r.uniform(0.1, 10, count),
            "weight": r.gamma(1, 6, count) + 0.01,
            "price": r.choice([9.99, 10.0, 20.0, 50.0, 50.01], count),
            "ship_date": (np.datetime64("2024-04-15", "D") + days).astype("datetime64[s]"),
            "apparel": r.random(count) < 0.3,
            "dangerous_goods": r.random(count) < 0.2,
        }
    )


# --- the tables and examples ------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e["name"])
def test_every_worked_example_comes_true(example: dict[str, Any]) -> None:
    assert not set(example) - EXAMPLE_KEYS - {"no_fee"}
    goods = fulfillment.CATEGORIES[example.get("category", "")]
    row = due(
        unit(tuple(example["sides"]), example["weight"], example["price"], example["ships"], goods)
    ).iloc[0]
    if "tier" in example:
        assert row["size_tier"] == example["tier"].removesuffix(", overmax")
        assert size_tier(*example["sides"], example["weight"], example["ships"]) == example["tier"]
    if "charged" in example:
        assert row["shipping_weight"] == pytest.approx(example["charged"], abs=1e-6)
    if "no_fee" in example:
        assert (row["question"], np.isnan(row["fee"])) == (example["no_fee"], True)
    else:
        assert (row["question"], row["fee"]) == ("", pytest.approx(example["fee"], abs=1e-9))


def table_rows() -> list[Any]:
    found = []
    for table in TABLES:
        rows = [[cell.strip() for cell in line.split("|")] for line in table["fees"].splitlines()]
        for day in table["ships"]:
            name = f"{table['reference']}, {table['goods']}, {day}"
            found.append(pytest.param(day, table["goods"], rows, table.get("less_surcharge", False), id=name))
    return found


@pytest.mark.parametrize(("day", "goods", "rows", "less_surcharge"), table_rows())
def test_every_cell_of_the_tables_is_charged(
    day: date, goods: str, rows: list[list[str]], less_surcharge: bool
) -> None:
    cells = [
        (tier, float(weight), price, float(fee))
        for tier, weight, *fees in rows
        for price, fee in zip((9.99, 10.0, 50.01), fees, strict=False)
    ]
    sides = [SIDES["extra-large" if tier.startswith("extra-large") else tier] for tier, *_ in cells]
    units = [unit(s, w, p, day, goods) for s, (_, w, p, _) in zip(sides, cells, strict=True)]
    found = due(*units)
    assert found["size_tier"].tolist() == [tier for tier, *_ in cells]
    fees = found["fee"] - found["surcharge"] if less_surcharge else found["fee"]
    assert fees.round(6).tolist() == [fee for *_, fee in cells]
    assert found["surcharge"].gt(0).all() == less_surcharge


def test_every_cell_is_in_the_list_of_cells() -> None:
    for table in fulfillment_tables():
        for goods in ("other", "apparel", "dangerous_goods"):
            listed = {
                (line.split("|")[0].strip())
                for t in TABLES
                if t["goods"] == goods and table.starts_on in t["ships"]
                for line in t["fees"].splitlines()
            }
            assert listed == {rate.tier for rate in getattr(table.rates, goods)}, (table.name, goods)


def test_dangerous_goods_of_2026_pay_the_premium_of_2024() -> None:
    """The check by which the reference holds the table of 2026 to be right: 26 rows that both years have."""
    premiums = []
    for name in ("US fulfilment 2024", "US fulfilment 2026"):
        for suffix in ("", ", peak"):
            table = next(t for t in fulfillment_tables() if t.name == name + suffix)
            plain = {(r.tier, r.up_to): r.fees[1] for r in table.rates.other}
            risky = {(r.tier, r.up_to): r.fees[1] for r in table.rates.dangerous_goods}
            premiums.append({k: round(risky[k] - plain[k], 2) for k in risky if k[0] != "small bulky"})
    assert len(premiums[0]) == 26
    assert premiums[0] == premiums[2]
    assert premiums[1] == premiums[3]


# --- certainty --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "sides", "certainty", "tolerance"),
    [
        (date(2025, 10, 14), (10, 6, 0.5), "confirmed", 0.01),
        (date(2025, 10, 15), (10, 6, 0.5), "inferred, not confirmed", 0.10),
        (date(2026, 1, 14), (10, 6, 0.5), "inferred, not confirmed", 0.10),
        (date(2026, 1, 15), (10, 6, 0.5), "quoted", 0.05),
        (date(2026, 4, 16), (10, 6, 0.5), "quoted", 0.05),
        (date(2026, 4, 17), (10, 6, 0.5), "quoted", 0.06),
        (date(2026, 3, 2), (97, 2, 2), "inferred, not confirmed", 4.05),
    ],
)
def test_a_fee_is_as_certain_as_its_least_certain_table(
    on: date, sides: tuple[float, ...], certainty: str, tolerance: float
) -> None:
    row = due(unit(sides, on=on)).iloc[0]
    assert (row["certainty"], row["tolerance"]) == (certainty, pytest.approx(tolerance))


def test_every_table_that_is_not_confirmed_has_a_tolerance_above_a_cent() -> None:
    for table in fulfillment_tables():
        assert (table.certainty == "confirmed") == (table.tolerance <= 0.01), table.name


# --- what the measures do not tell ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "excess", "on", "asked"),
    [
        ("small standard", 0.11, MARCH, "lithium"),
        ("small standard", 0.10, MARCH, "lithium"),
        ("small standard", 0.12, MARCH, "lithium"),
        ("small standard", 0.13, MARCH, ""),
        ("small standard", 0.32, MARCH, "short of stock"),
        ("small standard", 0.36, MARCH, ""),
        ("large standard", 0.36, MARCH, "short of stock"),
        ("small standard", 0.92, MARCH, ""),
        ("small standard", 0.92, date(2026, 5, 1), "short of stock"),
        ("small bulky", 1.51, MARCH, "packaging"),
        ("large bulky", 1.51, date(2025, 5, 1), ""),
        ("small standard", 1.51, MARCH, ""),
    ],
)
def test_a_difference_that_amazon_may_have_added_is_asked_about(
    tier: str, excess: float, on: date, asked: str
) -> None:
    question = possible_addition(tier, excess, on, "US")
    assert asked in question and bool(question) == bool(asked)


@pytest.mark.parametrize(
    ("price", "on", "near", "following"),
    [
        (9.98, MARCH, 9.98, 10.00),
        (9.99, MARCH, 10.00, 10.00),
        (5.00, MARCH, 5.00, 10.00),
        (4.99, MARCH, 4.99, 4.99),
        (10.00, MARCH, 10.00, 10.00),
        (25.00, MARCH, 25.00, 25.00),
        (25.01, MARCH, 25.01, 50.01),
        (50.00, MARCH, 50.01, 50.01),
        (80.00, MARCH, 80.00, 80.00),
        (40.00, date(2025, 6, 2), 40.00, 40.00),
    ],
)
def test_a_price_near_a_band_may_be_in_it(price: float, on: date, near: float, following: float) -> None:
    found = dearer_prices(pd.Series([price]), pd.Series([pd.Timestamp(on)]), "US").iloc[0]
    assert (found["near"], found["next"]) == (near, following)


def test_an_unknown_price_pays_the_dearest_band() -> None:
    assert due(unit(price=np.nan))["fee"].tolist() == due(unit(price=60.0))["fee"].tolist() == [3.80]


def test_dangerous_goods_that_are_apparel_pay_the_dearer_fee() -> None:
    both = unit() | {"apparel": True, "dangerous_goods": True}
    assert due(both)["fee"].tolist() == due(unit(goods="dangerous_goods"))["fee"].tolist() == [4.43]


@pytest.mark.parametrize(("name", "value"), [("weight", 0.0), ("longest", np.nan), ("shortest", -1.0)])
def test_a_unit_without_measures_has_no_fee(name: str, value: float) -> None:
    row = due(unit() | {name: value}).iloc[0]
    assert (row["size_tier"], row["question"], row["certainty"]) == (
        "",
        "a side or the weight is missing",
        "",
    )


def test_fees_of_other_marketplaces_are_shown_not_recomputed() -> None:
    assert due(unit(), marketplace="DE")["question"].tolist() == ["fees of DE are shown, not recomputed"]
    assert due(unit(), marketplace="DE")["fee"].isna().all()
    assert (fulfillment.not_covered("DE"), fulfillment.not_covered("US")) == (
        "fees of DE are shown, not recomputed",
        "",
    )


# --- what must always hold --------------------------------------------------------------------------------


def test_the_fee_never_falls_when_the_weight_rises_within_a_tier() -> None:
    lighter = random_units(20_000)
    heavier = lighter.assign(weight=lighter["weight"] * 1.05)
    before, after = fulfillment_fees(lighter), fulfillment_fees(heavier)
    same = before["size_tier"].eq(after["size_tier"]) & before["size_tier"].ne("")
    assert same.sum() > 15_000
    assert (after["fee"][same] >= before["fee"][same] - 1e-9).all()
    assert (after["fee"][same] > before["fee"][same] + 1e-9).any()


def test_the_fee_never_falls_when_the_price_rises() -> None:
    units = random_units(20_000)
    cheap, dear = fulfillment_fees(units), fulfillment_fees(units.assign(price=units["price"] + 30))
    known = cheap["fee"].notna()
    assert (dear["fee"][known] >= cheap["fee"][known] - 1e-9).all()
    assert (dear["fee"][known] > cheap["fee"][known] + 1e-9).any()


def test_the_order_of_the_sides_and_of_the_rows_changes_nothing() -> None:
    units = random_units(5_000)
    turned = units.rename(columns={"longest": "shortest", "shortest": "median", "median": "longest"})
    fees = fulfillment_fees(units)
    pd.testing.assert_frame_equal(fees, fulfillment_fees(turned))
    pd.testing.assert_frame_equal(fees, fulfillment_fees(units[::-1]).sort_index())


def test_every_fee_is_in_whole_cents_and_holds_its_surcharge() -> None:
    fees = fulfillment_fees(random_units(5_000))
    known = fees[fees["fee"].notna()]
    assert (known["fee"] * 100).sub((known["fee"] * 100).round()).abs().lt(1e-6).all()
    share = known["surcharge"] / (known["fee"] - known["surcharge"])
    assert share.between(0.033, 0.037).sum() + known["surcharge"].eq(0).sum() == len(known)
    assert fees["fee"].isna().eq(fees["question"].ne("")).all()


@settings(max_examples=40, deadline=None)
@given(
    sides=st.tuples(*[st.floats(0.1, 60)] * 3),
    weight=st.floats(0.01, 200),
    price=st.floats(0, 100),
    day=st.dates(date(2024, 1, 1), date(2027, 3, 1)),
    category=st.sampled_from(["", "apparel", "dangerous goods"]),
)
def test_one_unit_is_charged_like_a_column_of_units(
    sides: tuple[float, float, float], weight: float, price: float, day: date, category: str
) -> None:
    row = due(unit(sides, weight, price, day, fulfillment.CATEGORIES[category])).iloc[0]
    if row["question"]:
        with pytest.raises(RecoupError, match="there is no fee"):
            fulfillment_fee(*sides, weight, price, day, category)
    else:
        assert fulfillment_fee(*sides, weight, price, day, category) == row["fee"]


# --- wrong arguments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0, 6, 1, 1, 20, MARCH), "longest must be a number of inches above 0, not 0"),
        ((10, 6, -1, 1, 20, MARCH), "shortest must be a number of inches above 0"),
        ((10, 6, 1, "1 lb", 20, MARCH), "weight must be a number of lb above 0, not '1 lb'"),
        ((10, 6, 1, float("inf"), 20, MARCH), "weight must be a number of lb above 0"),
        ((10, True, 1, 1, 20, MARCH), "median must be a number of inches above 0"),
        ((10, 6, 1, 1, -1, MARCH), "price must be a number of 0 or more, not -1"),
        ((10, 6, 1, 1, 20, MARCH, "toys"), "category must be blank, apparel or dangerous goods, not 'toys'"),
        ((10, 6, 1, 1, 20, date(2024, 4, 14)), "there is no fee: no fulfilment fee table is known"),
    ],
)
def test_a_wrong_argument_is_answered_with_a_sentence(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(RecoupError, match=said.replace("(", r"\(")):
        fulfillment_fee(*arguments)


def test_a_tier_of_a_day_without_tiers_is_answered_with_a_sentence() -> None:
    assert size_tier(10, 6, 0.5, 0.4, date(2024, 2, 5)) == "small standard"
    with pytest.raises(RecoupError, match="no size tiers of US are known for 2024-02-04"):
        size_tier(10, 6, 0.5, 0.4, date(2024, 2, 4))
    with pytest.raises(RecoupError, match="fits no size tier"):
        size_tier(90, 40, 10, 60, MARCH)


# --- units of measure -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "weight", "marketplace", "inches", "pounds"),
    [
        (("in", 10.0), ("lb", 2.0), "US", 10.0, 2.0),
        (("", 10.0), ("", 2.0), "US", 10.0, 2.0),
        (("", 25.4), ("", 1.0), "DE", 10.0, 2.20462262),
        (("cm", 38.1), ("oz", 16.0), "US", 15.0, 1.0),
        (("cm", 2.54), ("g", 453.59237), "US", 1.0, 1.0),
        (("in", 1.0), ("kg", 0.45359237), "US", 1.0, 1.0),
    ],
)
def test_measures_are_turned_into_inches_and_pounds(
    lengths: tuple[str, float], weight: tuple[str, float], marketplace: str, inches: float, pounds: float
) -> None:
    row = {f"{side}_side": [lengths[1]] for side in ("longest", "median", "shortest")}
    row |= {"dimension_unit": [lengths[0]], "weight": [weight[1]], "weight_unit": [weight[0]]}
    found = in_inches_and_pounds(pd.DataFrame(row), marketplace).iloc[0]
    assert found[["longest", "median", "shortest"]].tolist() == pytest.approx([inches] * 3)
    assert found["weight"] == pytest.approx(pounds)


def test_38_1_cm_is_still_the_longest_side_of_small_standard() -> None:
    record = {"longest_side": [38.1], "median_side": [30.48], "shortest_side": [1.905], "weight": [453.59237]}
    measures = in_inches_and_pounds(pd.DataFrame(record | {"dimension_unit": ["cm"], "weight_unit": ["g"]}))
    sized = assign_tiers(measures, pd.Series([pd.Timestamp(MARCH)]), "US")
    assert tier_names()[sized.tier[0]] == "small standard"


# --- dated tables -----------------------------------------------------------------------------------------

PLAIN = """tables:
  - name: first
    from: 2024-01-01
    to: 2024-06-30
    marketplaces: [US]
    certainty: confirmed
    tolerance: 0.01
    reference: a page of Amazon
    last_reviewed: 2026-11-21
    rate: 1.5
"""
SECOND = (
    PLAIN.replace("first", "second").replace("2024-01-01", "2024-07-01").replace("to: 2024-06-30", "to: null")
)


class RateTable(Table):
    """A table with one number."""

    rate: float


def load(folder: Path, *texts: str) -> tuple[RateTable, ...]:
    for number, text in enumerate(texts):
        (folder / f"rates.{number}.yaml").write_text(text, encoding="utf-8")
    return load_folder(folder, "rates", RateTable)


def test_each_day_has_the_table_in_force(tmp_path: Path) -> None:
    tables = load(tmp_path, SECOND.replace("rate: 1.5", "rate: 2.5"), PLAIN)
    assert [t.name for t in tables] == ["first", "second"]
    days = pd.Series(
        pd.to_datetime(["2023-12-31", "2024-01-01", "2024-06-30", "2024-07-01", "2030-01-01", None])
    )
    chosen = choose(tables, days, "US")
    assert chosen.tolist() == [NONE, 0, 0, 1, 1, NONE]
    assert per_row(chosen, [t.rate for t in tables], 0.0).tolist() == [0, 1.5, 1.5, 2.5, 2.5, 0]
    assert choose(tables, days, "DE").tolist() == [NONE] * 6
    assert in_force(tables, date(2024, 7, 1), "US") is tables[1]
    assert in_force(tables, date(2023, 12, 31), "US") is None
    assert (not_recomputed(tables, "US"), not_recomputed(tables, "")) == (
        "",
        "fees of an unknown marketplace are shown, not recomputed",
    )


def test_a_time_of_day_does_not_end_a_table_early(tmp_path: Path) -> None:
    late = pd.Series([pd.Timestamp("2024-06-30 23:59:59")])
    assert choose(load(tmp_path, PLAIN), late, "US").tolist() == [0]


def test_tables_of_two_marketplaces_may_hold_together(tmp_path: Path) -> None:
    assert len(load(tmp_path, PLAIN, SECOND.replace("2024-07-01", "2024-03-01").replace("[US]", "[CA]"))) == 2


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([PLAIN + "    colour: red\n"], "rates.0.yaml: tables > 0 > colour: Extra inputs"),
        ([PLAIN.replace("    rate: 1.5\n", "")], "rates.0.yaml: tables > 0 > rate: Field required"),
        ([PLAIN.replace("    to: 2024-06-30\n", "")], "rates.0.yaml: tables > 0 > to: Field required"),
        ([PLAIN + "    rate: 2\n"], "rates.0.yaml: line 11: the key 'rate' is repeated"),
        ([PLAIN.replace("confirmed", "sure")], "rates.0.yaml: tables > 0 > certainty"),
        ([PLAIN.replace("to: 2024-06-30", "to: 2023-06-30")], "rates.0.yaml: .*it ends before it starts"),
        ([PLAIN, PLAIN], "rates.1.yaml: the table 'first' is stated twice"),
        ([PLAIN, SECOND.replace("2024-07-01", "2024-06-30")], "rates.1.yaml: .* both hold on 2024-06-30"),
        ([], "rates.yaml: there is no such file"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, texts: list[str], said: str) -> None:
    with pytest.raises(PolicyFileError, match=said):
        load(tmp_path, *texts)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "up_to: 2 oz, fees: [2.43, 3.32, 3.58]",
            "up_to: 2, fees: [2.43, 3.32, 3.58]",
            "no weight in oz or lb",
        ),
        ("fees: [2.43, 3.32, 3.58]", "fees: [2.43, 3.32]", "one fee for each price band"),
        ("tier: small standard, up_to: 2 oz", "tier: small, up_to: 2 oz", "'small' is no size tier"),
        ("[0.00, 10.00, 50.01]", "[0.00, 50.01, 10.00]", "not in order"),
    ],
)
def test_a_wrong_fulfilment_table_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (FEES / "fulfillment.us-2026-01-15.yaml").read_text("utf-8")
    (tmp_path / "fulfillment.us.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyFileError, match=rf"fulfillment.us.yaml: .*{said}"):
        load_folder(tmp_path, "fulfillment", FulfillmentTable)


def test_the_least_certain_of_several_counts() -> None:
    assert weakest(["confirmed", "inferred, not confirmed", "quoted"]) == "inferred, not confirmed"
    assert weakest([]) == "confirmed"


def test_size_tables_follow_each_other_without_a_hole() -> None:
    tables: tuple[SizeTable, ...] = size_tables()
    for earlier, later in pairwise(tables):
        assert earlier.ends_on is not None and (later.starts_on - earlier.ends_on).days == 1


def test_fee_tables_that_nobody_looked_at_for_long_are_named_and_old_ones_are_let_be() -> None:
    assert stale_tables(date(2026, 11, 22), 180) == []
    (problem,) = stale_tables(date(2028, 1, 1), 180)
    assert "fee tables not reviewed since 2026-11-21" in problem.problem
    assert "2024" not in problem.problem  # ended long ago
