"""What a lead types on Policy, Reason Codes and Settings counts for that workbook, and mistakes are named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from recoup import policy, sheets
from recoup.model import Formula
from recoup.policy import Policy, PolicyValue

POLICY = policy.load()
TODAY = date(2026, 11, 21)
LOST = "claim_window_latest.lost_in_warehouse"
LOST_US = f"{LOST}.US.2024-10-23"
REMOVAL_JP = "claim_window_latest.removal_lost.JP.2010-01-01"


def _value(which: Policy, key: str, marketplace: str = "US") -> PolicyValue:
    found = which.value(key, on=TODAY, marketplace=marketplace)
    assert found is not None
    return found


def _row(rule: str, override: Any, **more: Any) -> dict[str, Any]:
    return {
        "Rule": rule,
        "Override": override,
        "Override by": "Kim",
        "Why": "read on the page",
        "_row": 12,
        **more,
    }


def _code(code: str, override: Any, report: str = "Inventory Ledger") -> dict[str, Any]:
    return {"Code": code, "Report": report, "Override": override, "Override by": "Kim", "_row": 5}


def test_the_shipped_rows_with_blank_overrides_change_nothing() -> None:
    rows = [
        {**row, "Override": blank, "Override by": "Kim"} for row in POLICY.rows() for blank in (None, " ")
    ]
    codes = [{**row, "Override": float("nan")} for row in POLICY.reason_code_rows()]
    changed, problems = POLICY.overridden(rows, codes)
    assert problems == []
    assert changed.values == POLICY.values and changed.reason_codes == POLICY.reason_codes


def test_an_edited_shipped_value_counts_for_nothing() -> None:
    changed, problems = POLICY.overridden([{"Rule": LOST_US, "Shipped value": 999}], [])
    assert problems == [] and _value(changed, LOST).value == 60


def test_an_override_counts_in_its_marketplace_and_says_who() -> None:
    changed, problems = POLICY.overridden([_row(LOST_US, 45)], [])
    assert problems == []
    assert (_value(changed, LOST).value, _value(changed, LOST).overridden_by) == (45, "Kim")
    assert (_value(changed, LOST, "CA").value, _value(changed, LOST, "CA").overridden_by) == (60, "")
    assert _value(POLICY, LOST).value == 60


def test_an_override_of_an_unknown_rule_makes_it_known_and_no_longer_flagged() -> None:
    assert POLICY.value("claim_window_latest.removal_lost", on=TODAY, marketplace="JP") is None
    changed, problems = POLICY.overridden([_row(REMOVAL_JP, 75)], [])
    assert problems == []
    found = _value(changed, "claim_window_latest.removal_lost", "JP")
    assert (found.value, found.flag, found.overridden_by) == (75, "", "Kim")


def test_an_override_without_a_name_says_that_no_name_was_given() -> None:
    changed, _ = POLICY.overridden([_row(LOST_US, 45, **{"Override by": None})], [])
    assert _value(changed, LOST).overridden_by == "no name given"


@pytest.mark.parametrize("typed", [45, 45.0, "45", " 45 ", Formula("40+5", 45.0)])
def test_a_number_is_read_however_it_was_typed(typed: Any) -> None:
    changed, problems = POLICY.overridden([_row(LOST_US, typed)], [])
    assert problems == [] and _value(changed, LOST).value == 45


@pytest.mark.parametrize(
    "typed", ["two months", "45 days", -1, 45.5, True, date(2026, 1, 1), "4,5", float("inf"), 1e7]
)
def test_a_wrong_override_of_days_names_sheet_row_and_remedy(typed: Any) -> None:
    changed, problems = POLICY.overridden([_row(LOST_US, typed)], [])
    assert _value(changed, LOST).value == 60
    (problem,) = problems
    assert problem.severity == "error" and problem.where == "Policy" and problem.first_cells == "row 12"
    assert LOST_US in problem.problem and "row 12" in problem.problem and "days" in problem.problem
    assert "clear it" in problem.remedy


def test_money_may_have_cents() -> None:
    changed, problems = POLICY.overridden([_row("reimbursement_cap.US.2010-01-01", 5000.5)], [])
    assert problems == [] and _value(changed, "reimbursement_cap").value == 5000.5


def test_a_probability_is_at_most_one() -> None:
    rule = "confidence_prior.high.all.2010-01-01"
    assert POLICY.overridden([_row(rule, 0.9)], [])[0].confidence(
        "lost_in_warehouse", on=TODAY, marketplace="US"
    ) == ("high", 0.9)
    assert [p.severity for p in POLICY.overridden([_row(rule, 90)], [])[1]] == ["error"]


def test_a_text_override_must_be_one_of_the_choices() -> None:
    rule = "valuation_basis.before_order.CA.2010-01-01"
    changed, problems = POLICY.overridden([_row(rule, "sourcing_cost")], [])
    assert problems == [] and _value(changed, "valuation_basis.before_order", "CA").value == "sourcing_cost"
    changed, problems = POLICY.overridden([_row(rule, "cost")], [])
    assert changed.value("valuation_basis.before_order", on=TODAY, marketplace="CA") is None
    assert "sourcing_cost" in problems[0].problem


@pytest.mark.parametrize("typed", [date(2025, 3, 1), datetime(2025, 3, 1), "2025-03-01"])
def test_a_date_override_is_read_as_a_day(typed: Any) -> None:
    changed, problems = POLICY.overridden([_row("underpaid_starts.CA.2010-01-01", typed)], [])
    assert problems == [] and _value(changed, "underpaid_starts", "CA").value == "2025-03-01"


def test_a_date_override_that_is_no_date_is_an_error() -> None:
    _, problems = POLICY.overridden([_row("underpaid_starts.CA.2010-01-01", 45717)], [])
    assert [p.severity for p in problems] == ["error"] and "date such as" in problems[0].problem


@pytest.mark.parametrize(
    ("rule", "typed"), [(LOST_US, 61), ("claim_window_earliest.return_not_received.US.2024-10-23", 59)]
)
def test_a_longer_window_than_shipped_counts_with_a_warning(rule: str, typed: int) -> None:
    changed, problems = POLICY.overridden([_row(rule, typed)], [])
    assert _value(changed, rule.rsplit(".", 2)[0]).value == typed
    (problem,) = problems
    assert (
        problem.severity == "warning" and "longer window" in problem.problem and "row 12" in problem.problem
    )


@pytest.mark.parametrize(
    ("rule", "typed"), [(LOST_US, 60), ("claim_window_earliest.return_not_received.US.2024-10-23", 60)]
)
def test_a_window_as_long_as_shipped_needs_no_warning(rule: str, typed: int) -> None:
    assert POLICY.overridden([_row(rule, typed)], [])[1] == []


def test_an_override_of_a_rule_that_is_not_shipped_is_an_error() -> None:
    changed, problems = POLICY.overridden([_row("claim_window_latest.lost_in_warehouse.US", 45)], [])
    assert changed.values == POLICY.values
    assert problems[0].severity == "error" and "there is no rule" in problems[0].problem
    assert POLICY.overridden([_row("", 45)], [])[1][0].severity == "error"


def test_a_setting_cannot_be_overridden_on_the_policy_sheet() -> None:
    changed, problems = POLICY.overridden([_row("report_lag", 1)], [])
    assert _value(changed, "report_lag").value == 7 and problems[0].severity == "error"


def test_of_two_overrides_of_one_rule_the_first_counts() -> None:
    changed, problems = POLICY.overridden([_row(LOST_US, 45), _row(LOST_US, 50, _row=13)], [])
    assert _value(changed, LOST).value == 45
    assert "overridden twice" in problems[0].problem and "row 13" in problems[0].problem


def test_a_reason_code_can_be_given_another_role() -> None:
    changed, problems = POLICY.overridden([], [_code("J", "lost"), _code(5.0, "unknown")])  # type: ignore[arg-type]
    assert problems == []
    assert changed.codes("ledger.lost") == {"M", "J"}
    found = changed.reason_code("J")
    assert found is not None and found.overridden_by == "Kim"
    assert POLICY.codes("ledger.lost") == {"M", "5"}


def test_a_role_nobody_knows_is_an_error() -> None:
    changed, problems = POLICY.overridden([], [_code("J", "mislaid"), _code("ZZ", "lost")])
    assert changed.reason_codes == POLICY.reason_codes
    assert [p.where for p in problems] == ["Reason Codes", "Reason Codes"]
    text = " ".join(p.problem for p in problems)
    assert "lost" in text and "row 5" in text and "ZZ" in text


def test_a_role_of_another_list_is_an_error() -> None:
    _, problems = POLICY.overridden([], [_code("M", "amazon_fault")])
    assert [p.severity for p in problems] == ["error"]


def test_a_payment_reason_can_be_given_other_kinds_of_one_pool() -> None:
    typed = "return_not_received, return_damaged_by_amazon"
    changed, problems = POLICY.overridden([], [_code("GeneralAdjustment", typed, "Reimbursements")])
    assert problems == []
    assert changed.payment_kinds("general adjustment") == ("return_not_received", "return_damaged_by_amazon")
    assert changed.payment_pool("GeneralAdjustment") == "order"
    changed, problems = POLICY.overridden([], [_code("Lost_Warehouse", "any", "Reimbursements")])
    assert problems == [] and changed.payment_kinds("Lost_Warehouse") == ()


@pytest.mark.parametrize("typed", ["lost_in_warehouse, lost_inbound", "lost", "lost_in_warehouse,"])
def test_kinds_of_two_pools_or_of_none_are_an_error(typed: str) -> None:
    changed, problems = POLICY.overridden([], [_code("Lost_Warehouse", typed, "Reimbursements")])
    assert [p.severity for p in problems] == ["error"]
    assert changed.payment_kinds("Lost_Warehouse") == POLICY.payment_kinds("Lost_Warehouse")


def test_an_overridden_value_is_not_called_stale() -> None:
    rows = [_row(v.rule, 1) for v in POLICY.values if v.key == "reimbursement_cap"]
    changed, _ = POLICY.overridden(rows, [])
    assert any(p.problem.startswith("caps") for p in POLICY.stale(date(2028, 1, 1)))
    assert not any(p.problem.startswith("caps") for p in changed.stale(date(2028, 1, 1)))


# --- settings ------------------------------------------------------------------------------------------------


def _setting(name: str, value: Any) -> dict[str, Any]:
    return {"Name": name, "Value": value, "_row": 6}


def test_an_answer_in_settings_is_the_value_and_blanks_are_the_default() -> None:
    rows = [
        _setting("Report lag", 9),
        _setting("Safety margin", None),
        _setting("  home  MARKETPLACE ", "uk"),
    ]
    changed, problems = POLICY.with_settings(rows)
    assert problems == []
    assert changed.setting("report_lag") == 9 and _value(changed, "report_lag", "DE").value == 9
    assert changed.setting("safety_margin") == 3 and changed.setting("home_marketplace") == "UK"
    assert POLICY.setting("report_lag") == 7


def test_settings_and_overrides_do_not_disturb_each_other() -> None:
    one = POLICY.with_settings([_setting("Report lag", 9)])[0].overridden([_row(LOST_US, 45)], [])[0]
    other = POLICY.overridden([_row(LOST_US, 45)], [])[0].with_settings([_setting("Report lag", 9)])[0]
    assert one.values == other.values
    assert _value(one, "report_lag").value == 9 and _value(one, LOST).value == 45


@pytest.mark.parametrize(
    ("name", "typed", "key", "read"),
    [
        ("Four eyes", "YES", "four_eyes", "Yes"),
        ("Marketplaces", "us, Amazon.de; GB", "marketplaces", "US, DE, UK"),
        ("Minimum claim value", "2.50", "minimum_claim_value", 2.5),
        ("Daily filing limit", 5.0, "daily_filing_limit", 5),
        ("Reports folder", "reports 2026", "reports_folder", "reports 2026"),
    ],
)
def test_an_answer_is_read_by_its_kind(name: str, typed: Any, key: str, read: Any) -> None:
    changed, problems = POLICY.with_settings([_setting(name, typed)])
    assert problems == [] and changed.setting(key) == read


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Report lag", "a week"),
        ("Report lag", -1),
        ("Report lag", 1.5),
        ("Report lag", 1e9),
        ("Backups kept", 0),
        ("Four eyes", "maybe"),
        ("Home marketplace", "Narnia"),
        ("Marketplaces", "US, Narnia"),
        ("Colour", "blue"),
    ],
)
def test_a_wrong_answer_is_named_and_the_default_stands(name: str, typed: Any) -> None:
    changed, problems = POLICY.with_settings([_setting(name, typed)])
    assert changed.settings == POLICY.settings
    (problem,) = problems
    assert problem.severity == "error" and problem.where == "Settings" and problem.column == "Value"
    assert "row 6" in problem.problem and name in problem.problem


def test_of_two_answers_the_first_counts() -> None:
    changed, problems = POLICY.with_settings([_setting("Report lag", 9), _setting("Report lag", 3)])
    assert changed.setting("report_lag") == 9 and "twice" in problems[0].problem


def test_every_setting_of_the_contract_is_there() -> None:
    names = [row["Name"] for row in POLICY.setting_defaults()]
    assert names[:3] == ["Home marketplace", "Marketplaces", "Report lag"] and len(names) == 14
    assert set(POLICY.pools) == set(sheets.KINDS)
