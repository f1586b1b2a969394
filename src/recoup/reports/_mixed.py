"""Names exports in which several currencies or marketplaces stand together, with the rows of each."""

from __future__ import annotations

import numpy as np

from ._account import Account
from ._columns import Read
from ._marketplaces import marketplace_code

MIXED = {"currency": "currencies", "marketplace": "marketplaces"}
MOST = 8  # values that are listed


def name_mixed(account: Account, read: list[Read]) -> None:
    """Amounts are kept apart by currency; a person should know that more than one is there."""
    for column in read:
        if column.column.name in MIXED and column.texts is not None:
            _name(account, column, MIXED[column.column.name])


def _name(account: Account, column: Read, what: str) -> None:
    assert column.texts is not None
    texts, codes = column.texts.texts.to_pylist(), column.texts.codes
    counts = np.bincount(codes[account.used], minlength=len(texts))
    spelt = [marketplace_code(text) or text.casefold() for text in texts]
    folded: dict[str, int] = {}
    first: dict[str, str] = {}
    for text, same, count in zip(texts, spelt, counts.tolist(), strict=True):
        if text and count:
            folded[same] = folded.get(same, 0) + count
            first.setdefault(same, text)
    if len(folded) < 2:
        return
    ordered = sorted(((first[s], n) for s, n in folded.items()), key=lambda item: (-item[1], item[0]))
    most = marketplace_code(ordered[0][0]) or ordered[0][0].casefold()
    shown = ", ".join(f"{text} {count:,} {'row' if count == 1 else 'rows'}" for text, count in ordered[:MOST])
    more = f" and {len(ordered) - MOST} more" if len(ordered) > MOST else ""
    others = np.array([same not in ("", most) for same in spelt], dtype=bool)[codes] & account.used
    remedy = "nothing, if you sell there; else remove the rows that belong to another account"
    account.report(others, f"{what} mixed: {shown}{more}", remedy, "note", column.index, column.header)
