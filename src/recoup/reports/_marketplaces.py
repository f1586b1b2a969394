"""Marketplaces: the two-letter code of a marketplace's name, and the currency it settles in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_BY_DOMAIN = {
    "com": "US", "ca": "CA", "com.mx": "MX", "com.br": "BR", "co.uk": "UK", "de": "DE", "fr": "FR",
    "it": "IT", "es": "ES", "nl": "NL", "se": "SE", "pl": "PL", "com.be": "BE", "be": "BE", "ie": "IE",
    "com.tr": "TR", "ae": "AE", "sa": "SA", "eg": "EG", "in": "IN", "co.jp": "JP", "jp": "JP",
    "com.au": "AU", "sg": "SG", "co.za": "ZA",
}  # fmt: skip
_CURRENCY = {
    "US": "USD", "CA": "CAD", "MX": "MXN", "BR": "BRL", "UK": "GBP", "NL": "EUR", "DE": "EUR",
    "FR": "EUR", "IT": "EUR", "ES": "EUR", "BE": "EUR", "IE": "EUR", "SE": "SEK", "PL": "PLN",
    "TR": "TRY", "AE": "AED", "SA": "SAR", "EG": "EGP", "IN": "INR", "JP": "JPY", "AU": "AUD",
    "SG": "SGD", "ZA": "ZAR",
}  # fmt: skip
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?amazon\.([a-z]{2,3}(?:\.[a-z]{2})?)/?$")
_CODES = re.compile(rf"(?<![A-Z])({'|'.join(sorted(set(_CURRENCY.values())))})(?![A-Z])")


@cache
def marketplace_code(name: str) -> str:
    """``amazon.co.uk`` -> UK, ``Amazon.com`` -> US; "" for anything that is no Amazon marketplace."""
    match = _DOMAIN.match(name.strip().casefold())
    return _BY_DOMAIN.get(match.group(1), "") if match else ""


def currency_of(code: str) -> str:
    """The currency of a marketplace code, "" when unknown."""
    return _CURRENCY.get(code, "")


def currency_in(lines: Iterable[str]) -> str:
    """The one currency that lines such as "All amounts in USD, unless specified" name, else ""."""
    text = "\n".join(lines)
    found = set(_CODES.findall(text)) | ({"EUR"} if re.search(r"\b[Ee]uros?\b", text) else set())
    return found.pop() if len(found) == 1 else ""
