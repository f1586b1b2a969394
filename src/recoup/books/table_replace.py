"""Replacing the rows of a table, with people's cells carried over to the rows that agree; and reordering them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from recoup.books.cell_edit import people_cell_at, unshare_formulas
from recoup.books.row_keys import Key, record_key
from recoup.books.table_body import TableBody
from recoup.books.worksheet import CellXml
from recoup.model import Problem, Record


def replace_rows(
    body: TableBody, records: Sequence[Record], keep_by: Sequence[str], engine: Sequence[str]
) -> list[Problem]:
    """Rewrite the body; ``engine`` are the headers that are Recoup's when there are no records."""
    body.check_headers(records)
    named = list(dict.fromkeys(chain.from_iterable(records))) or [*engine]
    body.sheet.refuse_spanned(body.table.body)
    if any('t="shared"' in body.sheet.rows[n] for n in body.numbers()):
        unshare_formulas(body.sheet)
    people = [h for h in body.table.headers if h not in named]
    by = list(keep_by) or [h for h in named if h in body.table.headers]
    kept = _people_cells(body, people, by) if people else {}
    old = body.table.body
    fill = body.calculated_formulas(old.top)
    bottom = old.bottom if body.fixed else old.top + max(len(records), 1) - 1
    if body.fixed and len(records) > old.bottom - old.top + 1:
        raise ValueError(f"{body.table.name} holds at most {old.bottom - old.top + 1} rows")
    body.end_at(bottom)
    bare: dict[int, Record] = {number: {} for number in range(old.top, bottom + 1)}
    for number, record in enumerate(records, old.top):
        same = kept.get(record_key(record, by, body.values.date1904)) if kept else None
        if same:
            body.write_row(number, record, fill, same.pop(0))
            del bare[number]
        else:
            bare[number] = record
    body.write_rows(bare, fill)
    below = bottom + 1 + (body.table.area.bottom - body.table.body.bottom)  # a totals row has moved up
    for number in range(below, old.bottom + 1):
        body.put_cells(number, dict.fromkeys(body.letters, ""))
    return _lost_cells(body, kept)


def reorder(body: TableBody, numbers: Sequence[int]) -> None:
    """Let the rows with these numbers stand from the top of the body in that order, and the others below."""
    area = body.table.body
    every = range(area.top, area.bottom + 1)
    order = [*numbers, *(n for n in every if n not in set(numbers))]
    if order == [*every]:
        return
    body.sheet.refuse_spanned(area)
    if any('t="shared"' in body.sheet.rows[n] for n in body.numbers()):
        unshare_formulas(body.sheet)
    rows = {number: body.sheet.row(number) for number in every}
    for number, source in zip(every, order, strict=True):
        if number != source:
            cells = dict.fromkeys(body.letters, "")
            for column, cell in rows[source].cells.items():
                if column in cells:
                    cells[column] = people_cell_at(cell, f"{body.letters[column]}{number}")
            body.put_cells(number, cells, body.new_height(rows[source], {}))


def _people_cells(
    body: TableBody, people: Sequence[str], by: Sequence[str]
) -> dict[Key, list[dict[int, CellXml]]]:
    """People's cells by the key of their row."""
    columns = {body.table.column_of(header) for header in people}
    keys = [body.table.column_of(header) for header in by]
    found: dict[Key, list[dict[int, CellXml]]] = {}
    for number in body.numbers():
        row = body.sheet.row(number)
        cells = {c: cell for c, cell in row.cells.items() if c in columns}
        if any(not cell.is_blank or cell.style != body.styles[c] for c, cell in cells.items()):
            found.setdefault(body.key_of(row, keys), []).append(cells)
    return found


def _lost_cells(body: TableBody, left: dict[Key, list[dict[int, CellXml]]]) -> list[Problem]:
    texts = []
    for key, rows in left.items():
        for cells in rows:
            typed = [body.values.value("", c.kind, c.inner) for c in cells.values() if not c.has_formula]
            if any(t is not None for t in typed):
                texts.append(f"{' '.join(key)}: {'; '.join(str(t) for t in typed if t is not None)}")
    if not texts:
        return []
    return [
        Problem(
            "warning",
            body.table.sheet,
            f"What was typed beside {len(texts)} rows that no longer exist was removed with them: "
            + " | ".join(texts[:20]),
            "Find it again in the backup of this workbook if it is needed.",
            rows=len(texts),
        )
    ]
