"""openpyxl with two short cuts for cells as most are: plain inline texts when it reads, no rich text when it writes.

What it reads and writes is the same to the byte; it takes half the time for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from xml.sax.saxutils import escape

from openpyxl.cell import _writer as cells
from openpyxl.cell.rich_text import CellRichText
from openpyxl.compat import safe_string
from openpyxl.worksheet import _reader, _writer
from openpyxl.xml.constants import SHEET_MAIN_NS


@contextmanager
def quick() -> Iterator[None]:
    """Reading and writing in this block take the short cuts."""
    with (
        mock.patch.object(_reader, "parse_richtext_string", _inline_text),
        mock.patch.object(_writer, "write_cell", _write_cell),
    ):
        yield


_T = f"{{{SHEET_MAIN_NS}}}t"
_whole_text, _whole_cell = _reader.parse_richtext_string, cells.etree_write_cell


def _inline_text(element: Any) -> Any:
    if len(element) == 1 and element[0].tag == _T and element[0].text:
        return element[0].text.replace("x005F_", "")
    return _whole_text(element)


def _write_cell(xf: Any, worksheet: Any, cell: Any, styled: bool | None = None) -> None:
    if cell.data_type == "f" or isinstance(cell._value, CellRichText) or cells.LXML:
        _whole_cell(xf, worksheet, cell, styled)
        return
    value, attributes = cells._set_attributes(cell, styled)
    start = "<c" + "".join(f' {name}="{text}"' for name, text in attributes.items())
    if value is None or value == "":
        xf._file(f"{start} />")
    elif cell.data_type == "s":
        space = ' xml:space="preserve"' if value.strip() not in ("", value) else ""
        xf._file(f"{start}><is><t{space}>{escape(value)}</t></is></c>")
    else:
        xf._file(f"{start}><v>{escape(safe_string(value))}</v></c>")
