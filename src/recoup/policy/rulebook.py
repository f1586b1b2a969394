"""The rule book that the engine asks: values by key, day and marketplace; codes; facts; sheet rows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from recoup.model import Cell, Problem, Record
from recoup.policy import answers, overrides, sheet_rows
from recoup.policy.vocabulary import ALL, Marketplace, Play, PolicyValue, ReasonCode, Setting, Value

DENIALS = "denials"  # the group of reasons of a denial


@dataclass(frozen=True, slots=True)
class _Timeline:
    starts: list[date]
    values: list[PolicyValue]


@dataclass(frozen=True, eq=False)
class Policy:
    """All policy, frozen. Values of settings answer like any other key, but live on the Settings sheet."""

    values: tuple[PolicyValue, ...]
    reason_codes: tuple[ReasonCode, ...]
    code_names: frozenset[str]  # every "<group>.<role>" that codes() knows
    pools: Mapping[str, str]  # kind of claim -> the pool its payments come from
    marketplaces: Mapping[str, Marketplace]
    stock_countries: Mapping[str, frozenset[str]]  # region -> countries its ledger may name
    settings: Mapping[str, Setting]
    plays: Mapping[str, Play]  # role of a reason of denial -> what to do about it

    # --- dated values -------------------------------------------------------------------------------------

    def entry(self, key: str, *, on: date, marketplace: str) -> PolicyValue | None:
        """The row in force, also when its value is unknown; None when no row covers the day or marketplace.

        An unknown key raises KeyError.
        """
        asked = (key, marketplace, on)
        if asked not in self._answers:
            self._answers[asked] = self._entry(key, on, marketplace)
        return self._answers[asked]

    @cached_property
    def _answers(self) -> dict[tuple[str, str, date], PolicyValue | None]:
        """What was asked before: few keys, marketplaces and days, but for each of tens of thousands of events."""
        return {}

    def _entry(self, key: str, on: date, marketplace: str) -> PolicyValue | None:
        timeline = self._timelines.get((key, marketplace)) or self._timelines.get((key, ALL))
        if timeline is None:
            if key not in self.keys:
                raise KeyError(f"policy has no key {key!r}")
            return None
        day = on.date() if isinstance(on, datetime) else on
        found = bisect_right(timeline.starts, day) - 1
        if found < 0:
            return None
        value = timeline.values[found]
        return value if value.ends_on is None or day <= value.ends_on else None

    def value(self, key: str, *, on: date, marketplace: str) -> PolicyValue | None:
        """The value in force that day in that marketplace, None when unknown; KeyError for a wrong key."""
        entry = self.entry(key, on=on, marketplace=marketplace)
        return None if entry is None or entry.value is None else entry

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key that value() knows, those of settings included."""
        return frozenset(v.key for v in self.values)

    @cached_property
    def _timelines(self) -> dict[tuple[str, str], _Timeline]:
        lines: dict[tuple[str, str], _Timeline] = {}
        for value in sorted(self.values, key=lambda v: v.starts_on):
            for marketplace in value.marketplaces:
                line = lines.setdefault((value.key, marketplace), _Timeline([], []))
                line.starts.append(value.starts_on)
                line.values.append(value)
        return lines

    def confidence(self, kind: str, *, on: date, marketplace: str) -> tuple[str, float]:
        """Evidence grade of the kind ("high", "medium", "low") and the chance of success of that grade."""
        grade = self.value(f"evidence_grade.{kind}", on=on, marketplace=marketplace)
        if grade is None:
            raise KeyError(f"no evidence grade for {kind!r}")
        chance = self.value(f"confidence_prior.{grade.value}", on=on, marketplace=marketplace)
        if chance is None:
            raise KeyError(f"no confidence for grade {grade.value!r}")
        return str(grade.value), chance.number

    # --- codes --------------------------------------------------------------------------------------------

    def codes(self, name: str) -> frozenset[str]:
        """The codes of a role, by "<group>.<role>" such as "ledger.lost"; KeyError for no such role."""
        if name not in self.code_names:
            raise KeyError(f"policy has no codes {name!r}; it has {', '.join(sorted(self.code_names))}")
        return self._codes_by_name.get(name, frozenset())

    @cached_property
    def _codes_by_name(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for code in self.reason_codes:
            found.setdefault(f"{code.group}.{code.role}", set()).add(code.code)
        return {name: frozenset(codes) for name, codes in found.items()}

    def reason_code(self, code: str) -> ReasonCode | None:
        """The ledger's reason code, or None when Amazon's list does not hold it."""
        return self._ledger_codes.get(code.strip().upper())

    @cached_property
    def _ledger_codes(self) -> dict[str, ReasonCode]:
        return {c.code: c for c in self.reason_codes if c.group == "ledger"}

    def payment_reason(self, reason: str) -> ReasonCode | None:
        """The reimbursement reason, whatever its case and separators; None when it is not known."""
        return self._payment_reasons.get(plain(reason))

    @cached_property
    def _payment_reasons(self) -> dict[str, ReasonCode]:
        known = [c for c in self.reason_codes if c.group == "payments"]
        return {plain(spelling): c for c in known for spelling in (c.code, *c.spellings)}

    def denial_reason(self, reason: str) -> ReasonCode | None:
        """The reason of a denial by its name, role or other spellings; None when it is none of those known."""
        return self._denial_reasons.get(plain(reason))

    @cached_property
    def _denial_reasons(self) -> dict[str, ReasonCode]:
        known = [c for c in self.reason_codes if c.group == DENIALS]
        return {plain(spelling): c for c in known for spelling in (*c.spellings, c.role, c.code)}

    def payment_kinds(self, reason: str) -> tuple[str, ...]:
        """The kinds of claim this reimbursement reason pays; () when the reason names none or is unknown."""
        known = self.payment_reason(reason)
        return known.kinds if known else ()

    def payment_pool(self, reason: str) -> str:
        """ledger, order, inbound, removal, fee, reversal or any (also for an unknown reason)."""
        known = self.payment_reason(reason)
        return known.role if known else "any"

    def pool(self, kind: str) -> str:
        """The pool that payments of this kind of claim come from; KeyError for an unknown kind."""
        return self.pools[kind]

    # --- marketplaces and settings ------------------------------------------------------------------------

    def marketplace_named(self, text: str) -> str:
        """The two-letter code for a site or country as reports write it ("Amazon.co.uk", "GB"), else ""."""
        return self._marketplace_names.get(text.strip().lower().removeprefix("www."), "")

    @cached_property
    def _marketplace_names(self) -> dict[str, str]:
        return {
            name.lower(): m.code
            for m in self.marketplaces.values()
            for name in (m.code, m.name, m.domain, *m.names)
        }

    def marketplace_of_stock(self, country: str, *, home: str) -> str:
        """The marketplace whose windows rule a unit lying in that country.

        ``home`` when the country is blank or stores stock of home's region, else that country's marketplace,
        else the country as written, for which nothing is known.
        """
        region = self.marketplaces[home].region if home in self.marketplaces else ""
        written = country.strip().upper()
        if not written or written in self.stock_countries.get(region, frozenset()):
            return home
        return self.marketplace_named(country) or written

    def setting(self, key: str) -> Value | None:
        """The seller's answer, or the default; None when both are blank. KeyError for an unknown setting."""
        return self.settings[key].value

    # --- sheets -------------------------------------------------------------------------------------------

    def rows(self) -> list[Record]:
        """The Policy table, people's columns left out, in the order of the files."""
        return sheet_rows.policy_rows(self.values, frozenset(self.settings))

    def reason_code_rows(self) -> list[Record]:
        """The Reason Codes table, people's columns left out."""
        return sheet_rows.reason_code_rows(self.reason_codes)

    def setting_defaults(self) -> list[Record]:
        """The Settings table as shipped: Name, Default, Meaning; Value is the seller's and left out."""
        return sheet_rows.setting_rows(self.settings.values())

    def overridden(
        self, policy_rows: Sequence[Mapping[str, Cell]], code_rows: Sequence[Mapping[str, Cell]]
    ) -> tuple[Policy, list[Problem]]:
        """This policy with the filled Override cells of both sheets, and what is wrong with them.

        Rows are keyed by the sheets' headers; ``_row`` (the sheet row) is named in problems when given.
        """
        return overrides.apply(self, policy_rows, code_rows)

    def with_settings(self, rows: Sequence[Mapping[str, Cell]]) -> tuple[Policy, list[Problem]]:
        """This policy with the seller's answers of the Settings table, and what is wrong with them."""
        return answers.apply(self, rows)

    def stale(self, as_of: date) -> list[Problem]:
        """One warning per topic not reviewed for ``review_interval`` days; its values stay in use."""
        interval = self.value("review_interval", on=as_of, marketplace=ALL)
        return sheet_rows.stale_problems(self, as_of, int(interval.number) if interval else 0)


@lru_cache(maxsize=1024)  # a report has few reasons, each in thousands of lines
def plain(text: str) -> str:
    """A reason without case and separators: Lost_Warehouse, LostWarehouse and "Lost:Warehouse" are one."""
    return re.sub(r"[\W_]+", "", text).casefold()
