"""Claim ids: the same event has the same id in every run, whatever the row order or the units."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

DIGITS = 13  # base-32 digits of the hash: 65 bits
BYTES = 10  # that hold them


@lru_cache(maxsize=1 << 16)  # a claim is named several times in a run
def claim_id(prefix: str, home: str, kind: str, key: tuple[str, ...]) -> str:
    """Prefix, hyphen and base-32 digits; at most 24 characters, safe as a file name, never number-like.

    ``key`` holds Amazon's own identifiers only (RULES 1), never values, titles, units or what people edit.
    """
    text = "\x1f".join((home, kind, *key))
    digest = base64.b32encode(hashlib.sha256(text.encode()).digest()[:BYTES]).decode()
    return f"{prefix}-{digest[:DIGITS]}"
