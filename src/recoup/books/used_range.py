"""Looks at a worksheet before it is read: cells far out that would cost all memory, and rows that are hidden."""

from __future__ import annotations

import re
from functools import partial

import fastexcel

from recoup.books.cells import column_index
from recoup.books.package import Package
from recoup.books.workbook_part import WorkbookPart
from recoup.model import Problem
from recoup.untrusted import (
    LAST_COLUMN,
    MOST_CELLS,
    Unreadable,
    open_sheets,
    refuse_far_cells,
    refuse_far_counts,
)

SMALL = 50_000_000  # bytes of a worksheet that are looked through for rows hidden by hand
_HEAD = 10_000
_DIMENSION = re.compile(rb'<(?:[\w.-]+:)?dimension\b[^<>]*?\bref="[A-Z]+\d+(?::([A-Z]+)(\d+))?"')
_FAR = re.compile(
    rb'<((?:[\w.-]+:)?c) [^<>]*?\br="([A-Z]{3,})(\d+)"(?:[^<>]*?/>|[^<>]*>(.*?)</\1>)', re.DOTALL
)
_HIDDEN = re.compile(rb'<(?:[\w.-]+:)?row\b[^<>]*?\bhidden="(?:1|true)"[^<>]*(?<!/)>')
_FILTERED = re.compile(rb'<(?:[\w.-]+:)?sheetPr\b[^<>]*?\bfilterMode="(?:1|true)"')


def readable(package: Package, part: str, sheet: str) -> tuple[bytes, tuple[Problem, ...]]:
    """The workbook with this worksheet cut at ``LAST_COLUMN`` where it must be, and what a person should know.

    A filter is noted at the top of a worksheet; rows hidden by hand are counted in worksheets below ``SMALL`` only.
    Raises ``Unreadable`` when the sheet is too large even so, or damaged.
    """
    head = next(package.blocks(part), b"")[:_HEAD]
    far = _too_wide(head)
    small = package.members[part].file_size <= SMALL
    whole = b"".join(package.blocks(part)) if small else b""
    try:
        refuse_far_cells(partial(iter, (whole,)) if small else partial(package.blocks, part))
    except Unreadable:
        far = True
    problems: list[Problem] = []
    if not (far or small or _FILTERED.search(head)):
        return package.data, ()
    xml = whole or package.read(part)
    hidden = len(_HIDDEN.findall(xml))
    if hidden:
        problems.append(_hidden(sheet, hidden))
    if not far:
        return package.data, tuple(problems)
    near = _FAR.sub(b"", xml)
    refuse_far_cells(lambda: iter((near,)))
    if near == xml:
        return package.data, tuple(problems)
    filled = [m for m in _FAR.finditer(xml) if m[4]]
    if filled:
        column, row = min(((m[2].decode(), int(m[3])) for m in filled), key=lambda p: (p[1], p[0]))
        problems.append(far_cells(sheet, column, row, len(filled)))
    return package.with_parts({part: near}), tuple(problems)


def open_reader(package: Package, workbook: WorkbookPart) -> fastexcel.ExcelReader:
    """The reader of a workbook's cells, after a look at whatever it might take for a tab. Raises ``Unreadable``."""
    listed = set(workbook.sheets.values()) if workbook.lists_plainly() else set()
    for part in package.members:
        if part.endswith((".xml", ".rels")) and part not in listed:
            refuse_far_cells(partial(package.blocks, part))
            refuse_far_counts(package.blocks(part))
    return open_sheets(package.data)


def far_cells(sheet: str, column: str, row: int, count: int) -> Problem:
    """The warning that cells beyond any report were not read; ``column`` and ``row`` are those of the first."""
    return Problem(
        "warning",
        sheet,
        "Cells far to the right of the report hold something; they were not read.",
        "Delete the columns to the right of the report, then save the workbook.",
        column=column,
        rows=count,
        first_cells=f"{column}{row}",
    )


def _too_wide(head: bytes) -> bool:
    """Whether the used range is wider than any report, or unknown."""
    found = _DIMENSION.search(head)
    if found is None:
        return True
    width = column_index(found[1].decode()) if found[1] else 1
    height = int(found[2]) if found[2] else 1
    return width > column_index(LAST_COLUMN) or width * height > MOST_CELLS


def _hidden(sheet: str, count: int) -> Problem:
    rows = "1 row is hidden" if count == 1 else f"{count:,} rows are hidden"
    text = f"{rows}, by a filter or by hand; hidden rows were read like all others"
    return Problem("note", sheet, text, "nothing, unless rows should not count: delete those", rows=count)
