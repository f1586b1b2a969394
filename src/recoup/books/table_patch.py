"""Patching a table by key: only the named cells whose value differs are edited, and no row moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recoup.books.cell_edit import with_cached
from recoup.books.cell_values import formula_text
from recoup.books.cells import column_letter, plain, render
from recoup.books.row_heights import fitted
from recoup.books.row_keys import Key, by_key
from recoup.books.table_body import TableBody
from recoup.books.worksheet import Row
from recoup.model import Cell, Formula, Problem, Record


def patch_rows(body: TableBody, key: Sequence[str], records: Sequence[Record]) -> list[Problem]:
    """Edit the rows with those keys where a value differs, append the others."""
    body.check_headers(records)
    columns = [body.table.column_of(header) for header in key]
    waiting = by_key(key, records, body.table.name, body.values.date1904)
    done: set[Key] = set()
    doubled: dict[Key, list[int]] = {}
    for number in body.numbers():
        row = body.sheet.row(number)
        row_key = body.key_of(row, columns)
        if row_key in done:
            doubled.setdefault(row_key, []).append(number)
        elif row_key in waiting:
            _edit_row(body, number, row, waiting.pop(row_key))
            done.add(row_key)
    body.append(list(waiting.values()))
    return [_doubled_rows(body, key, doubled)] if doubled else []


def edit_rows(body: TableBody, records: Mapping[int, Record]) -> None:
    """Edit the rows with those sheet numbers where a value differs."""
    body.check_headers(list(records.values()))
    for number, record in records.items():
        _edit_row(body, number, body.sheet.row(number), record)


def _edit_row(body: TableBody, number: int, row: Row, record: Record) -> None:
    changes = {}
    for header, value in record.items():
        column = body.table.column_of(header)
        new, cell = plain(value, body.values.date1904), row.cells.get(column)
        ref = f"{body.letters[column]}{number}"
        if cell and cell.xml == render(ref, cell.style, new, body.sheet.prefix):
            continue
        if not body.values.holds(cell, new, body.sheet):
            changes[column] = new
    if not changes:
        return
    before = body.sheet.rows.get(number)
    body.free_formulas(number, changes)
    if body.sheet.rows.get(number) is not before:
        row = body.sheet.row(number)
    row.attributes = fitted(row.attributes, body.new_height(row, changes))
    for column, new in changes.items():
        _edit_cell(body, number, row, column, new)
    body.sheet.set_row(number, row.render(number, body.sheet.prefix))


def _edit_cell(body: TableBody, number: int, row: Row, column: int, new: Cell) -> None:
    cell, ref = row.cells.get(column), f"{body.letters[column]}{number}"
    if cell and isinstance(new, Formula) and formula_text(cell, body.sheet) == new.text:
        row.put(column, with_cached(cell, plain(new.cached), body.sheet.prefix), cell.style)
        return
    style = cell.style if cell else body.styles[column]
    row.put(column, render(ref, style, new, body.sheet.prefix), style)


def _doubled_rows(body: TableBody, key: Sequence[str], doubled: dict[Key, list[int]]) -> Problem:
    rows = sorted(n for numbers in doubled.values() for n in numbers)
    letter = column_letter(body.table.column_of(key[0]))
    shown = next(iter(doubled))
    return Problem(
        "warning",
        body.table.sheet,
        f"{len(rows)} rows repeat the {' and '.join(key)} of a row above ({', '.join(filter(None, shown))}); "
        "only the first row of each is kept up to date.",
        "Move what was typed in the repeated rows to the first one, then delete them.",
        column=key[0],
        rows=len(rows),
        first_cells=", ".join(f"{letter}{n}" for n in rows[:3]),
    )
