"""What a lead typed on Policy and Reason Codes: read, judged, and put over the shipped values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from recoup.model import Cell, Problem
from recoup.policy.sheet_rows import PAYMENT_WORDS, shown_role
from recoup.policy.typed_cells import Row, WrongCellError, problem_at, read_date, read_number, shown, text_of
from recoup.policy.vocabulary import PolicyValue, ReasonCode, Value

if TYPE_CHECKING:
    from recoup.policy.rulebook import Policy

Key = TypeVar("Key")
UNNAMED = "no name given"


def apply(
    policy: Policy, policy_rows: Sequence[Row], code_rows: Sequence[Row]
) -> tuple[Policy, list[Problem]]:
    """The policy with every usable Override, and Problems: unusable ones, windows made longer."""
    problems: list[Problem] = []
    values = {v.rule: v for v in policy.values if v.key not in policy.settings}
    for row, rule in _filled(policy_rows, "Policy", values, lambda r: text_of(r.get("Rule")), problems):
        try:
            values[rule] = _overridden_value(values[rule], row, problems)
        except WrongCellError as error:
            problems.append(problem_at("error", "Policy", row, f"the Override of {rule} must be {error}"))
    codes = {(c.report, c.code): c for c in policy.reason_codes}
    for row, key in _filled(
        code_rows,
        "Reason Codes",
        codes,
        lambda r: (text_of(r.get("Report")), text_of(r.get("Code"))),
        problems,
    ):
        try:
            codes[key] = _overridden_code(policy, codes[key], row)
        except WrongCellError as error:
            named = f"{key[1]} ({key[0]})"
            problems.append(
                problem_at("error", "Reason Codes", row, f"the Override of {named} must be {error}")
            )
    changed = replace(
        policy,
        values=tuple(values.get(v.rule, v) for v in policy.values),
        reason_codes=tuple(codes.values()),
    )
    return changed, problems


def _filled(
    rows: Sequence[Row],
    sheet: str,
    known: Mapping[Key, object],
    key_of: Callable[[Row], Key],
    problems: list[Problem],
) -> Iterator[tuple[Row, Key]]:
    """The rows whose Override counts: filled, for a known rule, the first of its rule."""
    seen: set[Key] = set()
    for row in rows:
        if text_of(row.get("Override")) == "":
            continue
        key = key_of(row)
        if key not in known:
            problems.append(
                problem_at("error", sheet, row, f"there is no rule {_named(key)}: its Override is not used")
            )
        elif key in seen:
            problems.append(
                problem_at("error", sheet, row, f"{_named(key)} is overridden twice: the first counts")
            )
        else:
            seen.add(key)
            yield row, key


def _named(key: object) -> str:
    if isinstance(key, tuple):
        return f"for code {key[1]} of {key[0]}" if key[0] else f"for code {key[1]}"
    return str(key) or "(the Rule cell is blank)"


def _overridden_value(shipped: PolicyValue, row: Row, problems: list[Problem]) -> PolicyValue:
    value = _read_value(shipped, shown(row.get("Override")))
    if _longer_window(shipped, value):
        problems.append(
            problem_at(
                "warning",
                "Policy",
                row,
                f"{shipped.rule} is overridden to {value:g} {shipped.unit}, a longer window than the shipped "
                f"{shipped.value:g}",
                "Amazon may refuse or hold it against you: make sure of the source written under Why.",
            )
        )
    return replace(shipped, value=value, overridden_by=text_of(row.get("Override by")) or UNNAMED)


def _longer_window(shipped: PolicyValue, value: Value) -> bool:
    if not isinstance(shipped.value, (int, float)) or not isinstance(value, (int, float)):
        return False
    if shipped.key.startswith("claim_window_latest."):
        return value > shipped.value
    return shipped.key.startswith("claim_window_earliest.") and value < shipped.value


def _read_value(shipped: PolicyValue, cell: Cell) -> Value:
    if shipped.choices:
        text = text_of(cell)
        if text not in shipped.choices:
            raise WrongCellError(f"one of {', '.join(shipped.choices)}")
        return text
    if shipped.unit == "date":
        return read_date(cell)
    return read_number(cell, shipped.unit)


def _overridden_code(policy: Policy, shipped: ReasonCode, row: Row) -> ReasonCode:
    text = text_of(row.get("Override"))
    who = text_of(row.get("Override by")) or UNNAMED
    if shipped.group == "payments":
        return _overridden_payment(policy, shipped, text, who)
    roles = sorted(n.partition(".")[2] for n in policy.code_names if n.startswith(f"{shipped.group}."))
    if text not in roles:
        raise WrongCellError(f"one of {', '.join(roles)} (shipped: {shown_role(shipped)})")
    return replace(shipped, role=text, overridden_by=who)


def _overridden_payment(policy: Policy, shipped: ReasonCode, text: str, who: str) -> ReasonCode:
    if text in PAYMENT_WORDS:
        return replace(shipped, role=text, kinds=(), overridden_by=who)
    kinds = tuple(kind.strip() for kind in text.split(","))
    pools = {policy.pools.get(kind, "") for kind in kinds}
    if "" in pools or len(pools) > 1:
        raise WrongCellError(
            f"kinds of claim paid from one pool, separated by commas, or {' or '.join(PAYMENT_WORDS)}"
        )
    return replace(shipped, role=pools.pop(), kinds=kinds, overridden_by=who)
