"""A policy file that is wrong fails when it is read, naming the file and what is wrong in it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup import policy, sheets
from recoup.policy import PolicyFileError
from recoup.policy.vocabulary import BEGINNING

SHIPPED = Path(policy.__file__).parent
POLICY = policy.load()
RULE_IDS = Path(__file__).parent / "test_policy_rule_ids.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in SHIPPED.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


WINDOW = """days_in_hand:
  description: A rule made up for this test.
  unit: days
  applies_by: event_date
  last_reviewed: 2026-11-21
  values:
    - {from: 2010-01-01, marketplaces: [US, CA], value: 60, certainty: confirmed, reference: "https://x.example"}
    - {from: 2024-10-23, marketplaces: [US], value: 30, certainty: quoted, reference: "https://x.example"}
"""
MISTAKES = [
    ("an unknown key of a rule", "  unit: days", "  unit: days\n  colour: blue", "colour"),
    ("an unknown key of a value", "value: 30,", "value: 30, until: 2025-01-01,", "until"),
    ("a missing key of a rule", "  last_reviewed: 2026-11-21\n", "", "last_reviewed"),
    (
        "a missing key of a value",
        ', reference: "https://x.example"}\n    - {from: 2024',
        "}\n    - {from: 2024",
        "reference",
    ),
    ("a repeated key of a rule", "  unit: days", "  unit: days\n  unit: days", "'unit' is repeated"),
    ("a repeated key of a value", "value: 30,", "value: 30, value: 31,", "'value' is repeated"),
    ("a text where a number belongs", "value: 30", 'value: "30 days"', "text"),
    ("a truth value where a number belongs", "value: 30", "value: yes", "value"),
    (
        "an unknown value called confirmed",
        "value: 60, certainty: confirmed",
        "value: null, certainty: confirmed",
        "unknown",
    ),
    ("a known value called unknown", "certainty: quoted", "certainty: unknown", "unknown"),
    ("a certainty nobody knows", "certainty: quoted", "certainty: fairly sure", "certainty"),
    ("a date picker nobody knows", "applies_by: event_date", "applies_by: moon", "applies_by"),
    ("a marketplace nobody knows", "marketplaces: [US],", "marketplaces: [ZZ],", "marketplace ZZ"),
    ("all beside a marketplace", "marketplaces: [US],", "marketplaces: [all],", "all"),
    ("all beside a marketplace in one value", "[US, CA]", "[all, CA]", "all"),
    ("two values on one day", "from: 2024-10-23", "from: 2010-01-01", "two values for US"),
    ("a value that reaches into the next", "value: 60,", "to: 2024-10-23, value: 60,", "two values for US"),
    (
        "a value that ends before it starts",
        "value: 30,",
        "to: 2024-10-22, value: 30,",
        "ends before it starts",
    ),
    ("a text none of the choices", "  unit: days", "  unit: days\n  choices: [a, b]", "none of"),
    (
        "no reference",
        'reference: "https://x.example"}\n    - {from: 2024',
        'reference: ""}\n    - {from: 2024',
        "reference",
    ),
    ("no marketplace", "marketplaces: [US],", "marketplaces: [],", "marketplaces"),
    ("a day that is no day", "from: 2024-10-23", "from: soon", "from"),
    ("broken YAML", "values:", "values: [", "YAML"),
]


@pytest.mark.parametrize(("change", "to", "said"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_in_a_topic_fails_and_names_the_file(folder: Path, change: str, to: str, said: str) -> None:
    assert WINDOW.count(change) == 1
    (folder / "made_up.yaml").write_text(WINDOW.replace(change, to), encoding="utf-8")
    with pytest.raises(PolicyFileError, match=r"made_up\.yaml.*" + said):
        policy.load_folder(folder)


def test_the_same_file_without_a_mistake_is_read(folder: Path) -> None:
    (folder / "made_up.yaml").write_text(WINDOW, encoding="utf-8")
    read = policy.load_folder(folder)
    day = read.value("days_in_hand", on=date(2024, 10, 22), marketplace="US")
    assert day is not None and day.value == 60 and day.ends_on == date(2024, 10, 22)
    canada = read.value("days_in_hand", on=date(2026, 1, 1), marketplace="CA")
    assert canada is not None and canada.value == 60 and canada.ends_on is None


def test_a_key_stated_in_two_files_fails_and_names_one(folder: Path) -> None:
    text = WINDOW.replace("days_in_hand:", "reimbursement_cap:")
    (folder / "made_up.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyFileError, match=r"made_up\.yaml: reimbursement_cap is stated twice"):
        policy.load_folder(folder)


FIXED_FILES = [
    ("reason_codes.yaml", "role: lost, sign", "role: gone, sign", "'gone' is none of"),
    ("reason_codes.yaml", '"F": {role', '"M": {role', "'M' is repeated"),
    ("dispositions.yaml", "EXPIRED: {role: unsellable,", "EXPIRED: {rolle: unsellable,", "role"),
    ("payment_reasons.yaml", "{pays: [lost_inbound],", "{pays: [lost_inbound, removal_lost],", "one pool"),
    ("payment_reasons.yaml", "pool: reversal", "pool: pocket", "one pool"),
    ("marketplaces.yaml", "currency: USD", "currency: Dollar", "currency"),
    ("settings.yaml", "kind: money", "kind: gold", "kind"),
    ("settings.yaml", "kind: money, default: 0,", "kind: money,", "default"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change", "to", "said"), FIXED_FILES, ids=[f"{f[0]}: {f[3]}" for f in FIXED_FILES]
)
def test_a_mistake_in_a_file_of_codes_or_facts_names_it(
    folder: Path, name: str, change: str, to: str, said: str
) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert change in text
    file.write_text(text.replace(change, to, 1), encoding="utf-8")
    with pytest.raises(PolicyFileError, match=name.replace(".", r"\.") + ".*" + said):
        policy.load_folder(folder)


def test_an_unknown_key_is_refused_and_an_unknown_value_is_none() -> None:
    with pytest.raises(KeyError, match=r"claim_window_latest\.lost_in_transit"):
        POLICY.value("claim_window_latest.lost_in_transit", on=date(2026, 1, 1), marketplace="US")
    with pytest.raises(KeyError, match=r"ledger\.gone"):
        POLICY.codes("ledger.gone")
    unknown = POLICY.entry("claim_window_latest.removal_lost", on=date(2026, 1, 1), marketplace="JP")
    assert unknown is not None and unknown.value is None and unknown.flag == "unknown"
    assert POLICY.value(unknown.key, on=date(2026, 1, 1), marketplace="JP") is None


@given(
    st.sampled_from(sorted(POLICY.keys)),
    st.sampled_from([*sheets.MARKETPLACES, "AU"]),
    st.dates(BEGINNING - timedelta(days=2), date(2027, 12, 31)),
)
def test_the_value_found_is_the_one_whose_days_hold_the_day(key: str, marketplace: str, day: date) -> None:
    holding = [
        v
        for v in POLICY.values
        if v.key == key
        and set(v.marketplaces) & {marketplace, policy.ALL}
        and v.starts_on <= day
        and (v.ends_on is None or day <= v.ends_on)
    ]
    assert len(holding) <= 1
    assert POLICY.entry(key, on=day, marketplace=marketplace) == (holding[0] if holding else None)


def test_rule_ids_are_unique_and_none_that_was_shipped_is_gone() -> None:
    """Overrides of sellers hang on these ids: add new ones to the list, never change or remove one."""
    ids = [str(row["Rule"]) for row in POLICY.rows()]
    ids += [f"{row['Report']}: {row['Code']}" for row in POLICY.reason_code_rows()]
    assert len(ids) == len(set(ids))
    assert sorted(ids) == RULE_IDS.read_text(encoding="utf-8").splitlines()


def test_the_sheet_rows_have_every_column_recoup_owns_and_no_other() -> None:
    for table, rows in (
        (sheets.POLICY, POLICY.rows()),
        (sheets.REASON_CODES, POLICY.reason_code_rows()),
        (sheets.SETTINGS, POLICY.setting_defaults()),
    ):
        owned = [c.header for c in table.columns if c.owner == "recoup"]
        assert rows and all(list(row) == owned for row in rows)


def test_an_unknown_value_is_a_row_with_a_blank_and_says_unknown() -> None:
    rows = {row["Rule"]: row for row in POLICY.rows()}
    row = rows["claim_window_latest.removal_lost.JP.2010-01-01"]
    assert row["Shipped value"] is None and row["Certainty"] == "unknown"
    assert row["Kind or topic"] == "removal_lost" and row["Marketplaces"] == "JP"
    assert all((r["Shipped value"] is None) == (r["Certainty"] == "unknown") for r in rows.values())


def test_settings_are_on_their_own_sheet_only() -> None:
    assert not {str(row["Rule"]) for row in POLICY.rows()} & set(POLICY.settings)
    lag = POLICY.value("report_lag", on=date(2026, 11, 21), marketplace="US")
    assert lag is not None and lag.value == 7


def test_every_reference_is_a_link_or_spelled_out() -> None:
    for value in POLICY.values:
        words = value.reference.split()
        assert value.reference.startswith("https://") or len(words) > 1, value.rule
        if value.certainty == "confirmed":
            assert value.reference.startswith("https://sellercentral"), value.rule


def test_values_not_reviewed_for_half_a_year_are_reported_and_stay_in_use() -> None:
    assert POLICY.stale(date(2026, 11, 21)) == []
    assert POLICY.stale(date(2027, 5, 20)) == []
    stale = POLICY.stale(date(2027, 5, 21))
    assert {p.where for p in stale} == {"Policy", "Reason Codes"}
    windows = next(p for p in stale if p.problem.startswith("claim_windows"))
    assert "not reviewed since 2026-11-21" in windows.problem and windows.severity == "warning"
    assert windows.rows == sum(v.topic == "claim_windows" for v in POLICY.values)
    assert not any("settings" in p.problem for p in stale)
    assert POLICY.value("claim_window_latest.lost_in_warehouse", on=date(2030, 1, 1), marketplace="US")
