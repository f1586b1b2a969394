"""Reads the YAML files of this folder strictly: unknown, missing and repeated keys fail, naming the file."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from recoup.policy.vocabulary import ALL, AppliesBy, Certainty, Value

Document = TypeVar("Document", bound=BaseModel)
Market = str


class PolicyFileError(Exception):
    """A policy file is wrong: names the file, the place in it and what is wrong there."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Entry(_Strict):
    """One dated value; ``to`` only where nothing follows, ``unit`` only where it is not the rule's."""

    starts_on: date = Field(alias="from")
    ends_on: date | None = Field(default=None, alias="to")
    marketplaces: list[Market] = Field(min_length=1)
    value: Value | None
    unit: str = ""
    certainty: Certainty
    reference: str = Field(min_length=8)
    note: str = ""

    @model_validator(mode="after")
    def _unknown_is_null(self) -> Entry:
        if (self.value is None) != (self.certainty == "unknown"):
            raise ValueError('value null goes with certainty "unknown", and only with it')
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("it ends before it starts")
        if ALL in self.marketplaces and len(self.marketplaces) > 1:
            raise ValueError('"all" stands alone')
        return self


class Rule(_Strict):
    """One key of policy: what it means, its unit, the date that selects its value, and the values by date."""

    description: str = Field(min_length=10)
    unit: str = Field(min_length=1)
    applies_by: AppliesBy
    last_reviewed: date
    also: list[str] = []  # further keys with the very same values
    choices: list[str] = []  # the only texts allowed
    values: list[Entry] = Field(min_length=1)

    @model_validator(mode="after")
    def _values_are_of_the_kind_the_unit_asks_for(self) -> Rule:
        for entry in self.values:
            if entry.value is None:
                continue
            if self.choices:
                if entry.value not in self.choices:
                    raise ValueError(f"{entry.value!r} is none of {self.choices}")
            elif (entry.unit or self.unit) == "date":
                date.fromisoformat(str(entry.value))
            elif isinstance(entry.value, str):
                raise ValueError(f"{entry.value!r} is text; a number of {self.unit} is asked for")
        return self


class RuleFile(RootModel[dict[str, Rule]]):
    """A topic of dated values: policy key to rule."""

    model_config = ConfigDict(frozen=True, strict=True)


class Code(_Strict):
    """One code of a report."""

    role: str
    meaning: str
    sign: Literal["+", "-", ""] = ""
    wording: str = ""
    spellings: list[str] = []
    reference: str = ""  # when it is not that of the list


class CodeList(_Strict):
    """The codes one report column may hold, and the roles they may play."""

    report: str
    description: str
    reference: str = Field(min_length=8)
    last_reviewed: date
    roles: dict[str, str]
    codes: dict[str, Code]

    @model_validator(mode="after")
    def _roles_are_declared(self) -> CodeList:
        for name, code in self.codes.items():
            if code.role not in self.roles:
                raise ValueError(f"code {name}: role {code.role!r} is none of {sorted(self.roles)}")
        return self


class CodeFile(RootModel[dict[str, CodeList]]):
    """Code lists by their group name."""

    model_config = ConfigDict(frozen=True, strict=True)


class PlayFact(_Strict):
    """What to do about a denial of one role. ``of_kind``: attach what Amazon wants of the kind of claim as well."""

    do: str
    leave: str  # when not to appeal
    attach: list[str] = []
    of_kind: bool = False
    where: str = ""  # when it is not that of the file
    wait: str = ""  # key of the days to wait first


class PlayFile(_Strict):
    """What to do about denials, by the role of their reason."""

    reference: str = Field(min_length=8)
    last_reviewed: date
    certainty: Certainty
    where: str
    plays: dict[str, PlayFact]


class PaymentReason(_Strict):
    """One reason of the Reimbursements report; ``pays`` is empty when the reason names no kind."""

    pays: list[str]
    meaning: str
    confirmed_by: str
    pool: str = ""  # only where ``pays`` is empty
    spellings: list[str] = []


class PaymentFile(_Strict):
    """Reimbursement reasons, and the pool each kind of claim is paid from."""

    report: str
    description: str
    reference: str = Field(min_length=8)
    last_reviewed: date
    pools: dict[str, list[str]]
    reasons: dict[str, PaymentReason]


class MarketplaceFact(_Strict):
    """Facts of one marketplace."""

    name: str
    currency: str = Field(pattern="^[A-Z]{3}$")
    languages: list[str] = Field(min_length=1)
    region: str
    domain: str
    names: list[str] = []


class MarketplaceFile(_Strict):
    """Marketplaces by two-letter code, and the countries in which a region keeps stock."""

    marketplaces: dict[str, MarketplaceFact]
    stock_countries: dict[str, list[str]]


class SettingFact(_Strict):
    """One setting the seller may change; ``default`` null means blank."""

    name: str
    kind: Literal["days", "count", "money", "text", "yes/no", "marketplace", "marketplaces"]
    default: Value | None
    meaning: str
    least: float = 0


class SettingFile(RootModel[dict[str, SettingFact]]):
    """Settings by policy key, in the order of the Settings sheet."""

    model_config = ConfigDict(frozen=True, strict=True)


_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _OneOfEachKey(_Loader):  # type: ignore[misc]
    """A YAML loader that refuses a repeated key."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        written = list(node.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(written):
            self._refuse_repeated(written)
        return mapping

    def _refuse_repeated(self, written: list[tuple[yaml.Node, yaml.Node]]) -> None:
        seen: set[Hashable] = set()
        for key_node, _ in written:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise PolicyFileError(f"line {key_node.start_mark.line + 1}: the key {key!r} is repeated")
            seen.add(key)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """The content of a YAML text, once where several readers ask for it in other shapes; they must not change it."""
    return yaml.load(text, Loader=_OneOfEachKey)


def read_document(file: Traversable, shape: type[Document]) -> Document:
    """The content of one YAML file in its shape; PolicyFileError names the file and the first wrong place."""
    try:
        return shape.model_validate(_parsed(file.read_text(encoding="utf-8")))
    except PolicyFileError as error:
        raise PolicyFileError(f"{file.name}: {error}") from None
    except yaml.YAMLError as error:
        raise PolicyFileError(f"{file.name}: not readable as YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part) for part in first["loc"])
        raise PolicyFileError(f"{file.name}: {place}: {first['msg']}") from None
