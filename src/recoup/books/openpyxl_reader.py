"""Opens a workbook with openpyxl so that cells, links and merged areas stay exactly as the file states them."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import Any

from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import RelationshipList, get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.reader.strings import read_rich_text
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.merge import MergedCellRange
from openpyxl.worksheet.table import Table
from openpyxl.xml.constants import SHARED_STRINGS
from openpyxl.xml.functions import fromstring

from recoup.books.base import BookUnsupported

COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t\b[^>]*>[^<]*")


def load(data: bytes, name: str) -> Workbook:
    """The workbook with its formulas; dates are left as the numbers they are.

    Raises ``BookUnsupported`` when openpyxl cannot read it or says that it leaves something out.
    """
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            reader = _Reader(BytesIO(data), rich_text=True)
            reader.read()
    except Exception as error:
        raise BookUnsupported(
            f"{name} cannot be read by openpyxl ({type(error).__name__}: {str(error)[:120]}); "
            "use --engine package."
        ) from error
    for warning in said:
        if issubclass(warning.category, UserWarning) and "default style" not in str(warning.message):
            raise BookUnsupported(
                f"{name} holds what openpyxl would lose ({warning.message}); use --engine package."
            )
    workbook: Workbook = reader.wb
    return workbook


class _Reader(ExcelReader):
    """openpyxl's reader for the parts that ``losses`` allows: worksheets, their tables and their notes."""

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            xml = _shielded(self.archive.read(part.PartName[1:]))
            self.shared_strings: list[Any] = read_rich_text(BytesIO(xml))

    def read_worksheets(self) -> None:
        workbook: Any = self.wb
        workbook._date_formats, workbook._timedelta_formats = set(), set()
        for sheet, rel in self.parser.find_sheets():
            path = get_rels_path(rel.target)  # type: ignore[no-untyped-call]
            rels = get_dependents(self.archive, path) if path in self.valid_files else RelationshipList()
            tab = workbook.create_sheet(sheet.name)
            tab._rels = rels
            source = BytesIO(_shielded(self.archive.read(rel.target)))
            reader = _TabReader(tab, source, self.shared_strings, False, True)
            reader.bind_all()
            tab.legacy_drawing = None
            self._read_notes(tab, rels)
            for part in reader.tables:
                tab.add_table(Table.from_tree(self._tree(part)))
            tab.sheet_state = sheet.state

    def _read_notes(self, tab: Any, rels: RelationshipList) -> None:
        for rel in rels.find(COMMENTS):
            notes: Any = CommentSheet.from_tree(self._tree(rel.target))
            for ref, note in notes.comments:
                tab[ref].comment = note

    def _tree(self, part: str) -> Any:
        return fromstring(self.archive.read(part))


def _shielded(xml: bytes) -> bytes:
    """The part with its texts so that they come out of openpyxl as they are: it drops every ``x005F_`` of a text."""
    if b"x005F_" not in xml:
        return xml
    return _TEXT.sub(lambda m: m[0].replace(b"x005F_", b"x005Fx005F__"), xml)


class _TabReader(WorksheetReader):
    """Keeps the cells under merged areas, and links on blank cells or over several, as they are."""

    def bind_merged_cells(self) -> None:
        if self.parser.merged_cells:
            areas = [MergedCellRange(self.ws, cell.ref) for cell in self.parser.merged_cells.mergeCell]
            self.ws.merged_cells = MultiCellRange(areas)

    def bind_hyperlinks(self) -> None:
        for link in self.parser.hyperlinks.hyperlink:
            if link.id:
                link.target = self.ws._rels.get(link.id).Target  # type: ignore[attr-defined]
            cell: Any = self.ws[link.ref.partition(":")[0]]
            cell._hyperlink = link
            cell._value = (
                "" if cell._value is None else cell._value
            )  # else openpyxl skips the cell with its link
