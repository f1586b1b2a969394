"""Rows of a table that the sheet does not hold yet, rendered column by column: many cells say the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recoup.books.alike_cells import once_each
from recoup.books.cells import plain, render, render_head, render_text, safe_text
from recoup.books.row_heights import fitted, height_for, lines_of
from recoup.model import Cell, Formula, Record

_NUMBER = "\0"  # stands for the row in a cell that several rows share; what a cell holds is without it
Fill = Callable[[str], str]  # the formula cell at an address


@dataclass(frozen=True, slots=True)
class FreshColumn:
    """A column of the table: where it stands, and how new cells in it look."""

    header: str
    letter: str
    style: str
    wrapped: int | None = None  # letters of a line, where texts are broken into lines
    fill: Fill | None = None  # for records that do not name the column


def fresh_rows(
    numbers: Sequence[int],
    records: Sequence[Record],
    columns: Sequence[FreshColumn],
    date1904: bool,
    prefix: str,
) -> list[str]:
    """The XML of each row, "" for one without any cell."""
    rendered = [_column(column, numbers, records, date1904, prefix) for column in columns]
    most = list(map(max, [1] * len(numbers), *(lines for _, lines in rendered if lines), [1] * len(numbers)))
    heads = {lines: fitted("", height_for(lines)) for lines in set(most)}
    rows = []
    for number, lines, cells in zip(numbers, most, zip(*(c for c, _ in rendered), strict=True), strict=True):
        body, attributes = "".join(cells).replace(_NUMBER, str(number)), heads[lines]
        filled = body or attributes
        rows.append(f'<{prefix}row r="{number}"{attributes}>{body}</{prefix}row>' if filled else "")
    return rows


def _column(
    column: FreshColumn, numbers: Sequence[int], records: Sequence[Record], date1904: bool, p: str
) -> tuple[list[str], list[int]]:
    """The cells of one column, and into how many lines each is broken where the column is wrapped."""
    values = [record.get(column.header) for record in records]
    ref, letters = f"{column.letter}{_NUMBER}", column.wrapped
    head = render_head(ref, column.style, p)

    def written(value: Cell) -> str:
        if value.__class__ is str and (text := safe_text(value)):
            return render_text(head, text, p)  # what most cells hold, by the shortest way
        return render(ref, column.style, plain(value, date1904), p)

    cells = once_each(values, written)
    lines = once_each(values, lambda value: _lines(plain(value, date1904), letters)) if letters else []
    if column.fill:
        for place, record in enumerate(records):
            if column.header not in record:
                cells[place] = column.fill(f"{column.letter}{numbers[place]}")
                lines[place : place + 1] = [1] if lines else []
    return cells, lines


def _lines(value: Cell, letters: int) -> int:
    return lines_of(value.cached if isinstance(value, Formula) else value, letters)
