"""Writes a workbook with openpyxl into bytes, with every digit and with what openpyxl drops put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.workbook import Workbook
from openpyxl.workbook.properties import CalcProperties
from openpyxl.writer.excel import ExcelWriter

from recoup.books.openpyxl_cells import Tab
from recoup.books.openpyxl_kept import put_back


def write(workbook: Workbook, tabs: Mapping[str, Tab], name: str, app: bytes) -> bytes:
    """The whole file; ``app`` are the document's properties as they were, ``name`` is what messages show."""
    for tab in tabs.values():  # else openpyxl forgets the buttons of collapsed columns
        columns = tab.sheet.column_dimensions
        columns.max_outline = max((d.outlineLevel or 0 for d in columns.values()), default=0) or None
    if any(tab.changed for tab in tabs.values()):
        workbook.calculation = workbook.calculation or CalcProperties()
        workbook.calculation.fullCalcOnLoad = True
    out = BytesIO()
    with _all_digits(tabs.values()):
        ExcelWriter(workbook, ZipFile(out, "w", ZIP_DEFLATED)).save()
    return put_back(out.getvalue(), name, {title: tab.kept for title, tab in tabs.items()}, app)


@contextmanager
def _all_digits(tabs: Iterable[Tab]) -> Iterator[None]:
    """openpyxl writes sixteen digits of a number; those that have more are written as they are."""
    long = [
        (cell, value)
        for tab in tabs
        for cell in tab.cells.values()
        if isinstance(value := cell._value, (int, float))  # type: ignore[attr-defined]
        and cell.data_type == "n"
        and float(f"{value:.16g}") != value
    ]
    try:
        for cell, value in long:
            cell._value = repr(value)  # type: ignore[attr-defined]
        yield
    finally:
        for cell, value in long:
            cell._value = value  # type: ignore[attr-defined]
