"""The phrases of one language, and how it writes days, numbers and amounts.

Days are ISO in every language, so that no month is taken for a day; amounts carry their currency and no separator
of thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ..model import RecoupError
from ._facts import Fact, Money

CODES = ("en", "de", "fr", "it", "es", "ja")
_NO_CENTS = frozenset({"JPY"})
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Language:
    """The phrases of a language, as its file holds them."""

    code: str
    phrases: dict[str, Any]

    def say(self, name: str, **facts: str) -> str:
        """A phrase with its facts."""
        return str(self.phrases[name]).format(**facts)

    def word(self, group: str, name: str, **facts: str) -> str:
        """A phrase of a group, such as a label."""
        return str(self.phrases[group][name]).format(**facts)

    def sentence(self, kind: str, part: str) -> str:
        """The title, story or request of a kind of claim."""
        return str(self.phrases["kinds"][kind][part])

    def show(self, name: str, fact: Fact) -> str:
        """A fact as this language writes it."""
        if isinstance(fact, date):
            return f"{fact:%Y-%m}" if name == "month" else fact.isoformat()
        if isinstance(fact, Money):
            places = 0 if fact.currency in _NO_CENTS and fact.amount == round(fact.amount) else 2
            return f"{fact.amount:.{places}f}".replace(".", self.phrases["decimal"]) + f" {fact.currency}"
        if name in ("condition", "item", "paid_as"):
            return str(self.phrases["words"].get(fact, fact))
        return " ".join(str(fact).split())

    def item(self, name: str, fact: Fact) -> str:
        """`Label: value`."""
        return f"{self.word('labels', name)}{self.phrases['colon']}{self.show(name, fact)}"

    def items(self, pairs: list[tuple[str, Fact]]) -> str:
        """Facts in one line; a day stands first and needs no label."""
        shown = [self.show(n, f) if n == "date" else self.item(n, f) for n, f in pairs]
        return str(self.phrases["between"]).join(shown)


@cache
def language(code: str) -> Language:
    """The language of a code."""
    text = (files(__package__) / "languages" / f"{code}.yaml").read_text(encoding="utf-8")
    return Language(code, yaml.load(text, Loader=_Loader))


def find_language(name: str) -> Language:
    """A language by its code or its name. Raises RecoupError when no texts are written in it."""
    for code in CODES:
        if name.strip().casefold() in language(code).phrases["also"]:
            return language(code)
    known = ", ".join(f"{c} ({language(c).phrases['name']})" for c in CODES)
    raise RecoupError(f"No case texts are written in {name}; choose one of {known}.")
