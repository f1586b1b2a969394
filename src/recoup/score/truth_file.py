"""The truth of a seller as `truth.json` tells it: what is owed, in doubt, too late, and what is innocent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..model import RecoupError
from .keys import KEYS, Key, field_of, key_of

NAME = "truth.json"
IDENTIFIERS = ("sku", "fnsku", "asin", "order_id")


@dataclass(frozen=True, slots=True)
class Owed:
    """Units (or one line of money) under one key; ``state`` says whether they can be claimed now or soon."""

    kind: str
    key: Key
    state: str  # "owed", "doubt" or "expired"
    units: int
    value: float | None
    currency: str
    story: str
    sku: str
    fnsku: str
    asin: str
    order_id: str


@dataclass(frozen=True, slots=True)
class Bait:
    """A discrepancy for which nothing is owed; ``may_show`` is the one status with which it may be shown."""

    story: str
    key: Key
    may_show: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """One seller's truth."""

    as_of: date
    market: str
    owed: tuple[Owed, ...]
    innocents: tuple[Bait, ...]


def read_truth(path: Path) -> Truth:
    """The truth in a file; RecoupError when it is missing or is not such a file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return parse_truth(document)
    except FileNotFoundError:
        raise RecoupError(
            f"{path} is not there: report files can only be scored beside their {NAME}."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecoupError(
            f"{path} is no truth file Recoup reads ({error}); make it with the simulator."
        ) from None


def parse_truth(document: dict[str, Any]) -> Truth:
    """The truth in a parsed document; a missing field raises KeyError, a kind nobody knows does too."""
    return Truth(
        as_of=date.fromisoformat(document["as_of"]),
        market=str(document.get("market") or "US"),
        owed=tuple(_owed(claim) for claim in document["claims"]),
        innocents=tuple(
            Bait(
                str(item.get("story") or ""),
                key_of(item["kind"], item),
                str(item.get("may_show") or item.get("shown") or ""),
            )
            for item in document["innocent"]
            if item["kind"] in KEYS
        ),
    )


def _owed(claim: dict[str, Any]) -> Owed:
    kind, value = claim["kind"], claim.get("claim_value")
    state = "expired" if claim["status"] == "Expired" else "doubt" if _doubtful(claim) else "owed"
    return Owed(
        kind=kind,
        key=key_of(kind, claim),
        state=state,
        units=int(claim["units"] or 0),
        value=None if value is None else float(value),
        currency=str(claim.get("currency") or "USD"),
        story=str(claim.get("trap") or ""),
        **{name: field_of(claim, name) for name in IDENTIFIERS},
    )


def _doubtful(claim: dict[str, Any]) -> bool:
    return bool(claim.get("question")) or claim["status"] == "Needs input"
