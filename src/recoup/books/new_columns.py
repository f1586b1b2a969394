"""Adds columns at the right end of a table: headings, styled blank cells, and the table's own list of columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recoup import sheets
from recoup.books.area import Area
from recoup.books.base import TableBlocked
from recoup.books.cells import column_letter, render
from recoup.books.table_body import TableBody
from recoup.books.worksheet import column_styles

_COLS = re.compile(r"<((?:[\w.-]+:)?)cols>(.*?)</(?:[\w.-]+:)?cols>", re.S)


def add_columns(body: TableBody, columns: Sequence[sheets.Column]) -> None:
    """Widen the table. Raises ``TableBlocked`` when something stands to its right."""
    table, sheet = body.table, body.sheet
    fresh = [c for c in columns if c.header not in table.headers]
    if not fresh:
        return
    area = table.area
    room = Area(area.right + 1, area.top, area.right + len(fresh), area.bottom)
    _refuse_if_taken(body, room)
    header_row = sheet.row(area.top)
    for place, column in enumerate(fresh, room.left):
        like = table.column_of(column_like(table.name, table.headers, column))
        head = header_row.cells.get(
            table.column_of(column_like(table.name, table.headers, column, any_kind=True))
        )
        style = head.style if head else ""
        _put(body, area.top, place, style, column.header)
        for number in range(area.top + 1, area.bottom + 1):
            _put(body, number, place, body.styles.get(like, ""), None)
        sheet.head = _with_width(sheet.head, place, column.width + 1)
    table.add_columns([c.header for c in fresh])
    sheet.cover(room)
    sheet.changed = True


def _refuse_if_taken(body: TableBody, room: Area) -> None:
    taken = any(room.overlaps(a) for a in (*body.neighbours, *body.sheet.merged()))
    for number in range(room.top, room.bottom + 1):
        cells = body.sheet.row(number).cells if number in body.sheet.rows else {}
        taken = taken or any(room.left <= c <= room.right and not x.is_blank for c, x in cells.items())
    if taken:
        raise TableBlocked(
            f"The table {body.table.name} on {body.table.sheet!r} needs {room.right - room.left + 1} more columns, "
            f"but something stands to its right ({room}): move it, then try again."
        )


def column_like(table: str, headers: Sequence[str], column: sheets.Column, any_kind: bool = False) -> str:
    """The last column that looks as the new one shall: of its kind and owner, else of its owner, else the last."""
    declared = {c.header: c for c in sheets.TABLES[table].columns} if table in sheets.TABLES else {}
    known = [declared[h] for h in headers if h in declared and declared[h].owner == column.owner]
    alike = known if any_kind else [c for c in known if c.kind == column.kind]
    return (alike or known or [sheets.Column(headers[-1])])[-1].header


def _put(body: TableBody, number: int, column: int, style: str, text: str | None) -> None:
    sheet = body.sheet
    row, p = sheet.row(number), sheet.prefix
    xml = render(f"{column_letter(column)}{number}", style, text, p)
    if xml:
        row.put(column, xml, style)
        sheet.set_row(number, row.render(number, p))


def _with_width(head: str, column: int, width: int) -> str:
    """The sheet's list of column widths with one more, where none is stated for that column."""
    block = _COLS.search(head)
    if block is None or column in column_styles(head) or _is_stated(block[2], column):
        return head
    col = f'<{block[1]}col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
    found = list(re.finditer(r'<(?:[\w.-]+:)?col\b[^>]*?\bmin="(\d+)"[^>]*?/?>', block[2]))
    at = next((m.start() for m in found if int(m[1]) > column), len(block[2]))
    return head[: block.start(2)] + block[2][:at] + col + block[2][at:] + head[block.end(2) :]


def _is_stated(cols: str, column: int) -> bool:
    spans = re.findall(r'\bmin="(\d+)"[^>]*?\bmax="(\d+)"', cols)
    return any(int(first) <= column <= int(last) for first, last in spans)
