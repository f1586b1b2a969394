"""What policy is made of: dated values, report codes, marketplaces and settings. No logic beyond naming."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Value: TypeAlias = float | int | str
Certainty: TypeAlias = Literal[
    "confirmed",  # Amazon's own text for that marketplace, read
    "quoted",  # Amazon's text known through a repost, a quotation or an announcement to a neighbour
    "inferred, not confirmed",
    "old page, not confirmed",
    "unknown",
    "our choice",  # a working number of Recoup, not a rule of Amazon
]
AppliesBy: TypeAlias = Literal["event_date", "approval_date", "charge_date", "run_date"]

ALL = "all"  # stands for every marketplace, in the YAML, in rule ids and in the Marketplaces column
BEGINNING = date(2010, 1, 1)  # "for as long as anybody remembers"
FLAGGED: frozenset[str] = frozenset({"inferred, not confirmed", "old page, not confirmed", "unknown"})


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """One value in force for one marketplace (or all) from one day on: one row of the Policy sheet.

    ``rule`` is the row's id, "<key>.<marketplace>.<first day>", and never changes once shipped.
    ``value`` is None when Amazon's rule is unknown; ``ends_on`` None when it is still in force.
    """

    rule: str
    key: str
    topic: str
    value: Value | None
    unit: str
    starts_on: date
    ends_on: date | None
    marketplaces: tuple[str, ...]
    certainty: Certainty
    reference: str
    last_reviewed: date
    applies_by: AppliesBy
    meaning: str
    choices: tuple[str, ...] = ()
    overridden_by: str = ""

    @property
    def number(self) -> float:
        """The value as a number; TypeError for a text or unknown value."""
        if isinstance(self.value, (int, float)):
            return float(self.value)
        raise TypeError(f"{self.rule} holds no number but {self.value!r}")

    @property
    def flag(self) -> str:
        """The certainty to show with the claim; "" when confirmed, quoted, ours or overridden."""
        return self.certainty if self.certainty in FLAGGED and not self.overridden_by else ""


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """One code of a report and the role it plays: one row of the Reason Codes sheet.

    ``group`` is the code list ("ledger", "disposition", "returns", "return_status", "payments");
    for payments ``role`` is the pool and ``kinds`` the claim kinds the reason pays.
    """

    code: str
    group: str
    report: str
    sign: str  # "+", "-" or ""
    wording: str
    role: str
    meaning: str
    reference: str
    last_reviewed: date
    kinds: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    overridden_by: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """What to do about a denial whose reason has this role; ``wait`` is the key of the days to wait first.

    ``of_kind``: attach what Amazon wants of the kind of claim as well. ``leave`` says when not to appeal.
    """

    role: str
    do: str
    attach: tuple[str, ...]
    of_kind: bool
    where: str
    leave: str
    wait: str
    certainty: Certainty
    reference: str
    last_reviewed: date


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One Amazon marketplace: two-letter code, currency, site, and the languages of its reports."""

    code: str
    name: str
    currency: str
    region: str
    domain: str  # "amazon.com"
    names: tuple[str, ...] = ()  # other spellings found in reports
    languages: tuple[str, ...] = ()  # English names, the commonest first


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the Settings table; ``value`` is the seller's answer, or the default while blank."""

    key: str
    name: str
    kind: Literal["days", "count", "money", "text", "yes/no", "marketplace", "marketplaces"]
    default: Value | None
    meaning: str
    value: Value | None
    least: float = 0

    def as_value(self) -> PolicyValue:
        """The answer as a policy value, so that ``value("report_lag")`` gives the seller's number."""
        return PolicyValue(
            rule=self.key,
            key=self.key,
            topic="settings",
            value=self.value,
            unit=self.kind,
            starts_on=BEGINNING,
            ends_on=None,
            marketplaces=(ALL,),
            certainty="our choice",
            reference=f"Settings: {self.name}",
            last_reviewed=date.max,
            applies_by="run_date",
            meaning=self.meaning,
        )
