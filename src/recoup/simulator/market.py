"""Where a seller sells: currency, names in the reports, warehouses, and how that market writes days and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Days = Literal["US", "dots", "iso"]


@dataclass(frozen=True, slots=True)
class Market:
    """One marketplace. ``sites`` are its names in settlements and transactions; tax rates are per cent.

    ``abroad`` is a warehouse in another country of the same ledger; ``cap`` what Amazon pays at most for a unit.
    """

    code: str
    currency: str
    country: str
    sites: tuple[str, str]
    centres: tuple[str, ...]
    abroad: tuple[str, str]
    taxes: tuple[float, ...]
    cap: int
    language: Literal["en", "de"] = "en"
    withheld: bool = False  # Amazon collects the tax and keeps it
    days: Days = "dots"
    comma: bool = False
    countries: tuple[tuple[str, str], ...] = ()  # (warehouse, its country) where that is not ``country``

    def country_of(self, centre: str) -> str:
        """The country a warehouse stands in."""
        return dict((*self.countries, self.abroad)).get(centre, self.country)

    def money(self, cents: int) -> str:
        """Cents as that market's settlements write them: ``-12.50`` or ``-12,50``."""
        text = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
        return text.replace(".", ",") if self.comma else text

    def grouped(self, cents: int) -> str:
        """Cents with thousands separators, as its transactions write them."""
        text = f"{cents / 100:,.2f}"
        return text.translate(str.maketrans(",.", ".,")) if self.comma else text

    def day(self, moment: datetime) -> str:
        """A day as its settlements write it."""
        return moment.strftime("%Y-%m-%d" if self.days == "US" else "%d.%m.%Y")

    def time(self, moment: datetime) -> str:
        """A moment (UTC) as its settlements write it."""
        return f"{self.day(moment)} {moment:%H:%M:%S} UTC"


US = Market(
    "US", "USD", "US", ("Amazon.com", "amazon.com"),
    ("ABE8", "BNA2", "CLT2", "DFW7", "FTW1", "GYR3", "IND9", "LAS2", "MDW2", "ONT8", "PHX7", "TEB9"),
    ("YYZ4", "CA"), (0, 0.0625, 0.07, 0.0825), 5_000_00, withheld=True, days="US",
)  # fmt: skip
UK = Market(
    "UK", "GBP", "GB", ("Amazon.co.uk", "amazon.co.uk"),
    ("BHX4", "CWL1", "EDI4", "LTN1", "LTN4", "MAN1", "EUK5"), ("WRO5", "PL"), (0.2,), 2_000_00,
)  # fmt: skip
DE = Market(
    "DE", "EUR", "DE", ("Amazon.de", "amazon.de"),
    ("BER3", "CGN1", "DTM2", "EDE4", "FRA3", "HAM2", "LEJ1", "MUC3"), ("WRO5", "PL"), (0.19, 0.07), 2_000_00,
    language="de", comma=True,
)  # fmt: skip
MARKETS = {market.code: market for market in (US, UK, DE)}
_EUROPE = {"PL": ("WRO1", "POZ1"), "FR": ("LIL1", "ORY1"), "IT": ("MXP5",), "ES": ("MAD4",), "CZ": ("PRG2",)}


def market_of(code: str, countries: Sequence[str] = ()) -> Market:
    """The market of that code, its stock spread over these further countries too (Pan-European FBA).

    Raises ValueError for a market or country that is not simulated.
    """
    if code not in MARKETS:
        raise ValueError(f"no market {code} is simulated; choose one of {', '.join(sorted(MARKETS))}")
    unknown = sorted(set(countries) - set(_EUROPE))
    if unknown or (countries and code == "US"):
        raise ValueError(f"no stock of {code} is simulated in {', '.join(unknown or countries)}")
    further = tuple((centre, country) for country in countries for centre in _EUROPE[country])
    market = MARKETS[code]
    return replace(market, centres=(*market.centres, *(c for c, _ in further)), countries=further)
