"""What the seller answered on the Settings sheet, put over the shipped defaults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from recoup.model import Cell, Problem
from recoup.policy.typed_cells import Row, WrongCellError, problem_at, read_number, shown, text_of
from recoup.policy.vocabulary import Setting, Value

if TYPE_CHECKING:
    from recoup.policy.rulebook import Policy


def apply(policy: Policy, rows: Sequence[Row]) -> tuple[Policy, list[Problem]]:
    """The policy with the filled Value cells of Settings; a wrong or unknown one is a Problem."""
    problems: list[Problem] = []
    by_name = {_name(s.name): s for s in policy.settings.values()}
    answers: dict[str, Setting] = {}
    for row in rows:
        if text_of(row.get("Value")) == "":
            continue
        setting = by_name.get(_name(text_of(row.get("Name"))))
        if setting is None or setting.key in answers:
            what = "there is no setting" if setting is None else "answered twice (the first counts):"
            problems.append(
                problem_at("error", "Settings", row, f"{what} {text_of(row.get('Name')) or '(no name)'}")
            )
            continue
        try:
            answers[setting.key] = replace(
                setting, value=_read_setting(policy, setting, shown(row.get("Value")))
            )
        except WrongCellError as error:
            problems.append(
                problem_at(
                    "error",
                    "Settings",
                    row,
                    f"{setting.name} must be {error}; the default {setting.default!r} is used",
                    "Correct the Value, or clear it to take the default.",
                )
            )
    settings = {key: answers.get(key, s) for key, s in policy.settings.items()}
    values = tuple(settings[v.key].as_value() if v.key in settings else v for v in policy.values)
    return replace(policy, settings=settings, values=values), problems


def _read_setting(policy: Policy, setting: Setting, cell: Cell) -> Value:
    text = text_of(cell)
    if setting.kind in ("days", "count", "money"):
        return read_number(cell, setting.kind, setting.least)
    if setting.kind == "yes/no":
        if text.casefold() not in ("yes", "no"):
            raise WrongCellError("Yes or No")
        return text.capitalize()
    if setting.kind in ("marketplace", "marketplaces"):
        return _read_marketplaces(policy, text, several=setting.kind == "marketplaces")
    return text


def _read_marketplaces(policy: Policy, text: str, *, several: bool) -> str:
    codes = [policy.marketplace_named(part) for part in (re.split(r"[,;\s]+", text) if several else [text])]
    if not all(codes):
        raise WrongCellError(
            f"{'letters of marketplaces' if several else 'a marketplace'} such as US, UK or DE"
        )
    return ", ".join(dict.fromkeys(codes))


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()
