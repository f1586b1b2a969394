"""Policy as rows of the sheets Policy, Reason Codes and Settings, and what of it was not reviewed lately."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from recoup.model import Problem, Record
from recoup.policy.vocabulary import PolicyValue, ReasonCode, Setting

if TYPE_CHECKING:
    from recoup.policy.rulebook import Policy

PAYMENT_WORDS = ("any", "reversal")  # what a payment reason that names no kind is shown as


def policy_rows(values: Iterable[PolicyValue], settings: Collection[str]) -> list[Record]:
    """One record per shipped value by the headers of sheets.POLICY; settings have a table of their own."""
    return [
        {
            "Rule": v.rule,
            "Kind or topic": _kind_or_topic(v),
            "Marketplaces": ", ".join(v.marketplaces),
            "In force from": v.starts_on,
            "In force to": v.ends_on,
            "Chosen by": v.applies_by.replace("_", " "),
            "Shipped value": v.value,
            "Unit": v.unit,
            "Certainty": v.certainty,
            "Meaning": v.meaning,
            "Source": v.reference,
            "Reviewed on": v.last_reviewed,
        }
        for v in values
        if v.key not in settings
    ]


def _kind_or_topic(value: PolicyValue) -> str:
    prefix, _, kind = value.key.partition(".")
    return kind if kind and prefix.startswith(("claim_window", "evidence_grade")) else value.topic


def reason_code_rows(codes: Iterable[ReasonCode]) -> list[Record]:
    """One record per code by the headers of sheets.REASON_CODES."""
    return [
        {
            "Code": c.code,
            "Report": c.report,
            "Sign": c.sign,
            "Amazon's wording": c.wording,
            "Shipped value": shown_role(c),
            "Meaning": c.meaning,
            "Source": c.reference,
            "Reviewed on": c.last_reviewed,
        }
        for c in codes
    ]


def shown_role(code: ReasonCode) -> str:
    """What stands under Shipped value: the role; for payments the kinds paid, else the pool."""
    return ", ".join(code.kinds) or code.role


def setting_rows(settings: Iterable[Setting]) -> list[Record]:
    """One record per setting by the headers of sheets.SETTINGS, without Value."""
    return [{"Name": s.name, "Default": s.default, "Meaning": s.meaning} for s in settings]


def stale_problems(policy: Policy, as_of: date, interval: int) -> list[Problem]:
    """One warning per topic and code list last reviewed more than ``interval`` days before ``as_of``."""
    limit = as_of - timedelta(days=interval)
    old: dict[tuple[str, str], list[tuple[date, str]]] = {}
    for value in policy.values:
        if value.last_reviewed < limit and not value.overridden_by:
            old.setdefault(("Policy", value.topic), []).append((value.last_reviewed, value.rule))
    for code in policy.reason_codes:
        if code.last_reviewed < limit and not code.overridden_by:
            old.setdefault(("Reason Codes", code.report), []).append((code.last_reviewed, code.code))
    return [
        Problem(
            severity="warning",
            where=sheet,
            problem=f"{topic}: {len(found)} values not reviewed since {min(found)[0]}; they stay in use.",
            remedy="Check them against Amazon's pages, or type the new value under Override; "
            "a newer release of Recoup may hold them.",
            column="Reviewed on",
            rows=len(found),
            first_cells=", ".join(name for _, name in sorted(found)[:3]),
        )
        for (sheet, topic), found in old.items()
    ]
