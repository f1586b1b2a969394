"""Workbooks for the tests of books: the tables of sheets.py with what people do to them."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from recoup import sheets

CASES = [
    {"Case": "C-1", "Claim ID": "LW-AAA", "Units": 2, "Event date": date(2025, 1, 5), "Stage": "Filed"},
    {"Case": "C-2", "Claim ID": "LW-BBB", "Units": 1, "Event date": date(2025, 2, 6), "Stage": "Draft"},
    {"Case": "C-3", "Claim ID": "LW-CCC", "Units": 4, "Event date": date(2025, 3, 7), "Stage": "Paid"},
]
FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "money": "#,##0.00", "percent": "0%"}


def build(
    path: Path,
    rows: dict[str, list[dict[str, Any]]] | None = None,
    *,
    date1904: bool = False,
    drawn: bool = False,
) -> Path:
    """A workbook with every owned table, the named cells, two report tabs and a person's own sheet.

    ``drawn``: with a text box, which openpyxl would lose. The same workbook is drawn once, then copied.
    """
    filled = {"Cases": CASES, **(rows or {})}
    wanted = repr((filled, date1904, drawn))
    if wanted not in _DRAWN:
        _DRAWN[wanted] = _draw(filled, date1904, drawn)
    path.write_bytes(_DRAWN[wanted])
    return path


_DRAWN: dict[str, bytes] = {}  # by what build was asked for


def _draw(filled: dict[str, list[dict[str, Any]]], date1904: bool, drawn: bool) -> bytes:
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"date_1904": date1904})
    tabs = {name: book.add_worksheet(name) for name in ("Home", "Settings")}
    for table in sheets.TABLES.values():
        tabs.setdefault(table.sheet, None) or tabs.update({table.sheet: book.add_worksheet(table.sheet)})
        add_table(book, tabs[table.sheet], table, filled.get(table.name, []))
    tabs["_Recoup"].very_hidden()
    for name, target in sheets.NAMED_CELLS.items():
        book.define_name(name, "=" + target)
    _add_report_tabs(book)
    _add_peoples_marks(book, tabs["Cases"])
    own = book.add_worksheet("My sheet")
    own.write("A1", "mine")
    own.write_formula("A2", "=Cases!M4*2", None, 4)
    if drawn:
        own.insert_textbox("C3", "a text box")
    book.add_worksheet("Hidden one").hide()
    book.close()
    return file.getvalue()


def add_table(book: Any, tab: Any, table: sheets.Table, records: list[dict[str, Any]]) -> None:
    """One declared table at its anchor, with formats by kind and one blank styled row when empty."""
    top, left = xl_cell_to_rowcol(table.anchor)
    count = table.fixed_rows or max(len(records), 1)
    formats = {k: book.add_format({"num_format": f}) for k, f in FORMATS.items()}
    text = book.add_format({"num_format": "@"})
    columns = [{"header": c.header, "format": formats.get(c.kind, text)} for c in table.columns]
    tab.add_table(
        top,
        left,
        top + count,
        left + len(columns) - 1,
        {"name": table.name, "columns": columns, "style": None},
    )
    for i in range(count):
        record = records[i] if i < len(records) else {}
        for j, column in enumerate(table.columns):
            value, style = record.get(column.header), formats.get(column.kind, text)
            if isinstance(value, date):
                tab.write_datetime(top + 1 + i, left + j, value, style)
            else:
                tab.write(top + 1 + i, left + j, value, style)


def _add_report_tabs(book: Any) -> None:
    text = book.add_format({"num_format": "@"})
    ledger = book.add_worksheet("Inventory Ledger")
    ledger.set_column("A:XFD", 14, text)
    ledger.write_row(0, 0, ["Date", "FNSKU", "Quantity"])
    ledger.write_row(1, 0, ["01/02/2025", "X001", "-1"])
    book.add_worksheet("Reimbursements").set_column("A:XFD", 14, text)


def cases_cell(header: str, row: int = 0) -> str:
    """The address of a cell of Cases: ``row`` counts body rows from 0."""
    top, left = xl_cell_to_rowcol(sheets.CASES.anchor)
    return str(xl_rowcol_to_cell(top + 1 + row, left + sheets.CASES.headers.index(header)))


def _add_peoples_marks(book: Any, tab: Any) -> None:
    """In Cases: a formula, a rich text, a comment, a colour; a hidden row; a height."""
    bold, red = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFCC00", "num_format": "@"})
    tab.write_formula(cases_cell("Follow up on", 0), '=DATE(2025,1,5)+IF("a"<"b",7,0)', None, 45669)
    tab.write_rich_string(cases_cell("Notes", 0), "ask ", bold, "Ann", " & Bob")
    tab.write(cases_cell("Owner", 1), "Zoë", red)
    tab.write_comment(cases_cell("Owner", 1), "on holiday until May")
    top = xl_cell_to_rowcol(sheets.CASES.anchor)[0]
    tab.set_row(top + 2, None, None, {"hidden": True})
    tab.set_row(top + 3, 33)


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a workbook, uncompressed."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def part_of(path: Path, sheet: str) -> str:
    """The worksheet part of a tab (XlsxWriter numbers them in order)."""
    names = re.findall(r'<sheet name="([^"]*)"', parts(path)["xl/workbook.xml"].decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def cell_xml(path: Path, sheet: str, ref: str) -> str:
    """One cell as it stands in the file."""
    xml = parts(path)[part_of(path, sheet)].decode()
    match = re.search(rf'<c r="{ref}"[^>]*?(?:/>|>.*?</c>)', xml, re.S)
    return match[0] if match else ""


def edit_part(path: Path, part: str, change: Any) -> None:
    """Rewrite one part of a workbook as a person's Excel might have: ``change`` maps text to text."""
    content = parts(path)
    assert change(content[part].decode()) != content[part].decode()
    content[part] = change(content[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)


def add_calculation_chain(path: Path) -> None:
    """Give a workbook the calcChain part that Excel writes."""
    link = (
        '<Relationship Id="rId999" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'calcChain" Target="calcChain.xml"/></Relationships>'
    )
    kind = (
        '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.calcChain+xml"/></Types>'
    )
    edit_part(path, "xl/_rels/workbook.xml.rels", lambda x: x.replace("</Relationships>", link))
    edit_part(path, "[Content_Types].xml", lambda x: x.replace("</Types>", kind))
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/calcChain.xml", '<calcChain><c r="A2" i="30"/></calcChain>')
