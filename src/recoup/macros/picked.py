"""What the person picked in Excel before the click: claims and rows of cases, told by their ids."""

from __future__ import annotations

from ..books.xlwings_book import XlwingsBook
from ..case_log import case_of
from ..cases import text
from ..model import Record, RecoupError

_TABLES = ("Claims", "Evidence", "Cases", "NotClaimed")
_WHERE = (
    "on Claims, Evidence, Cases or Not Claimed click a cell in each row you mean (several with Ctrl; hidden rows do "
    "not count), then click the button again"
)


def picked_rows(book: XlwingsBook) -> list[Record]:
    """The selected rows of the table in front that may name a claim or a case. Raises RecoupError."""
    rows = [row for found in book.selected() if found.table in _TABLES for row in found.records]
    if not rows:
        raise RecoupError(f"Nothing is selected that names a claim: {_WHERE}. Nothing was changed.")
    return rows


def picked_claims(book: XlwingsBook) -> list[str]:
    """The ids of the claims that are selected, each once. Raises RecoupError when there is none."""
    ids = list(dict.fromkeys(key for row in picked_rows(book) if (key := text(row.get("Claim ID")))))
    if not ids:
        raise RecoupError(f"The selected rows name no claim: {_WHERE}. Nothing was changed.")
    return ids


def picked_cases(book: XlwingsBook) -> list[str]:
    """What the selected cases are called, each once: Case, else the claim, else Amazon's id."""
    cases = list(dict.fromkeys(filter(None, map(case_of, picked_rows(book)))))
    if not cases:
        raise RecoupError(f"The selected rows name no case: {_WHERE}. Nothing was changed.")
    return cases


def picked_case(book: XlwingsBook) -> str:
    """What the one selected case is called. Raises RecoupError when there is none, or more than one."""
    cases = picked_cases(book)
    if len(cases) > 1:
        more = f" and {len(cases) - 2} more" if len(cases) > 2 else ""
        raise RecoupError(f"{cases[0]}, {cases[1]}{more} are selected; select one case. Nothing was changed.")
    return cases[0]
