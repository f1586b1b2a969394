"""Names what is wrong with the columns of an export as such: absent, there twice, about the buyer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from ..model import Problem
from ._account import Account, column_letters
from ._buyers import about_buyer
from ._columns import positions_used
from ._declared import Report, fold


def name_absent_columns(account: Account) -> None:
    """Columns that every export of today has: without them something stays open."""
    report, columns = account.block.report, account.block.heading.columns
    absent = [c.headers[0] for c in report.columns if c.need == "usual" and c.name not in columns]
    if absent:
        text = f"this {report.tab} export lacks {', '.join(absent)}; what depends on it stays open"
        remedy = f"download it again with all columns: {report.menu}"
        account.problems.append(
            Problem("warning", account.block.grid.table.name, text, remedy, ", ".join(absent))
        )


def name_buyer_columns(account: Account) -> None:
    """Columns about the buyer are never read; in a tab that people share they should not stand at all."""
    block = account.block
    if block.grid.table.kind != "sheet":
        return
    for index, header in buyer_columns(block.heading.texts, block.report):
        cells = block.grid.column(index).part(np.isin(np.arange(block.grid.height), block.rows))
        if any(text for text in cells.texts.to_pylist()):
            filled = np.array([bool(t) for t in cells.texts.to_pylist()])[cells.codes]
            text = f"{header} holds buyer data; it was not read"
            remedy = "delete this column from the tab; `recoup import` leaves it out by itself"
            account.report(filled, text, remedy, "warning", index, header)


def name_twice(account: Account) -> None:
    """Headings that stand twice over other cells: which of the columns is meant cannot be told."""
    block = account.block
    word = "column" if block.grid.table.kind == "sheet" else "field"
    for first, second in _repeated(account):
        one, other = (block.grid.column(i).part(block.rows).as_text() for i in (first, second))
        differ = np.asarray(pc.not_equal(one, other).to_numpy(zero_copy_only=False), dtype=bool)
        if differ.any():
            header = block.heading.texts[first].strip()
            names = [column_letters(i) if word == "column" else str(i + 1) for i in (first, second)]
            text = f"{header} stands twice, over other cells; {word} {names[0]} was read, not {names[1]}"
            remedy = f"delete the {word} that does not belong to the report, or import the downloaded file"
            account.report(differ, text, remedy, "error", second, header)


def _repeated(account: Account) -> Iterator[tuple[int, int]]:
    """Positions of a used column and of each further one with its heading."""
    heading = account.block.heading
    used = positions_used(account.block.report, heading)
    place: dict[str, int] = {}
    for index, text in enumerate(heading.texts):
        first = place.setdefault(fold(text), index) if text and len(text) <= 100 else index
        if first != index and first in used:
            yield first, index


def buyer_columns(headers: tuple[str, ...], report: Report) -> list[tuple[int, str]]:
    """Position and header of the columns that hold buyer names, addresses, e-mails, telephones or comments."""
    return [(i, h) for i, h in enumerate(headers) if h and about_buyer(h, report.buyer)]
