"""Fuzz target: the package engine on any workbook. It refuses with a sentence, or reads, writes and loses nothing."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zlib import crc32

import openpyxl
import xlsxwriter

from recoup.books.base import BookError
from recoup.books.package import Package
from recoup.books.package_book import PackageBook
from recoup.model import Formula, Record

LONGEST_SENTENCE = 1_500
TEXT = "=fuzz"
_FORMATS = re.compile(rb"<(?:[\w.-]+:)?(?:xf|font|fill|border|numFmt)\b[^>]*>")


def seeds() -> Iterator[bytes]:
    """Small workbooks: as XlsxWriter and as openpyxl write them, with 1900 and 1904 dates."""
    for date1904 in (False, True):
        small = _small_workbook(date1904)
        yield small
        again = BytesIO()
        openpyxl.load_workbook(BytesIO(small)).save(again)
        yield again.getvalue()


def _small_workbook(date1904: bool) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"date_1904": date1904, "in_memory": True})
    day, text, bold = (
        book.add_format(f) for f in ({"num_format": "yyyy-mm-dd"}, {"num_format": "@"}, {"bold": True})
    )
    cases = book.add_worksheet("Cases")
    columns = [{"header": h} for h in ("Case", "Claim ID", "Units", "Filed on", "Notes")]
    columns.append({"header": "Double", "formula": "=[@Units]*2"})
    cases.add_table(2, 0, 5, 5, {"name": "Cases", "columns": columns})
    for row, claim in enumerate(("LW-A", "LW-B"), 3):
        cases.write_row(row, 0, [f"C-{row}", claim, row])
        cases.write_datetime(row, 3, datetime(2025, 1, row), day)
    cases.write_rich_string("E4", "ask ", bold, "Ann", " & Bob")
    cases.write_comment("E5", "a note")
    cases.conditional_format("C4:C6", {"type": "cell", "criteria": ">", "value": 3, "format": bold})
    cases.data_validation("A4:A6", {"validate": "list", "source": ["x", "y"]})
    cases.set_row(4, 30, None, {"hidden": True})
    own = book.add_worksheet("My sheet")
    own.write_array_formula("A1:A2", "{=B1:B2*2}")
    own.merge_range("C1:D2", "merged")
    own.write_url("A5", "https://example.com")
    ledger = book.add_worksheet("Inventory Ledger")
    ledger.set_column("A:XFD", 14, text)
    ledger.write_row(0, 0, ["Date", "FNSKU", "Quantity"])
    ledger.write_row(1, 0, ["01/02/2025", "X001", -1])
    book.define_name("Recoup_AsOf", "='My sheet'!$F$1")
    book.define_name("Recoup_List", "='My sheet'!$H$1:$I$1")
    book.close()
    return out.getvalue()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="recoup-fuzz-"))


def check(data: bytes) -> None:
    """Open, read and write a workbook with this content. Raises AssertionError, or what the engine raised."""
    path = _folder() / "book.xlsx"
    path.write_bytes(data)
    try:
        book = PackageBook(path, keep=0)
    except BookError as error:
        _check_sentence(error)
        return
    _read(book)
    _save(path, (_write_tables, _write_tables, _write_names, _write_tabs, _drop_rows)[crc32(data) % 5])


def _read(book: PackageBook) -> None:
    for sheet in book.sheet_names():
        try:
            raw = book.read_raw(sheet)
            assert len(raw.cells) == len(raw.rows)
        except BookError as error:
            _check_sentence(error)
    for table, headers in book.tables().items():
        try:
            found = book.read_table(table)
            assert found.headers == headers and len(found.rows) == len(found.numbers)
            shown, rows = book.rows_shown(table)
            assert 0 <= shown <= rows
            assert book.sheet_of(table) in book.sheet_names()
        except BookError as error:
            _check_sentence(error)


def _write_tables(book: PackageBook) -> set[str]:
    sheets = set()
    for table, headers in book.tables().items():
        unique = list(dict.fromkeys(h for h in headers if h not in ("Double", "Notes")))
        record: Record = dict.fromkeys(unique, TEXT)
        if unique:
            book.append_rows(table, [record])
            book.patch_rows(table, unique[:1], [{**record, unique[0]: f"{TEXT} {i}"} for i in (1, 2)])
            if len(unique) > 1:
                book.patch_rows(table, unique[:1], [{unique[0]: TEXT, unique[1]: Formula("1+1", 2.0)}])
            book.replace_rows(table, [record, {**record, unique[0]: "last"}], unique[:1])
        sheets.add(book.sheet_of(table))
    return sheets


def _write_names(book: PackageBook) -> set[str]:
    book.write_names({"Recoup_AsOf": TEXT})
    assert book.read_name("Recoup_AsOf") == TEXT
    book.write_list("Recoup_List", ["a", "b", "c"])
    return {book._workbook.place_of("Recoup_AsOf").sheet, book._workbook.row_of_cells("Recoup_List")[0]}


def _write_tabs(book: PackageBook) -> set[str]:
    sheet = book.sheet_names()[-1]
    book.write_tab(sheet, [[TEXT, "a\x00b"], ["", TEXT]])
    book.read_raw(sheet)
    return {sheet}


def _drop_rows(book: PackageBook) -> set[str]:
    sheet = book.sheet_names()[-1]
    book.drop_rows(sheet, [1, 3])
    return {sheet}


def _save(path: Path, write: object) -> None:
    """What was written stands in a copy that opens again, and every other part is byte for byte what it was."""
    copy = path.with_name("copy.xlsx")
    copy.unlink(missing_ok=True)
    book = PackageBook(path, keep=0)
    before = {name: bytes(book._package.raw(info)) for name, info in book._package.members.items()}
    try:
        sheets = write(book)  # type: ignore[operator]
        book.save(copy)
    except BookError as error:
        _check_sentence(error)
        assert not copy.exists()
        return
    again = PackageBook(copy, keep=0)
    assert again.sheet_names() == book.sheet_names()
    may_differ = {book._workbook.part, book._workbook.related("calcChain"), "[Content_Types].xml"}
    may_differ |= {book._workbook.part.replace("workbook.xml", "_rels/workbook.xml.rels")}
    may_differ |= {book._workbook.sheets[s] for s in sheets} | {t.part for t in book._tables.values()}
    after = Package(copy.read_bytes(), copy.name)
    styles = book._workbook.related("styles") if write is _write_tabs else ""
    for name, raw in before.items():
        now = bytes(after.raw(after.members[name]))
        if name == styles and now != raw:  # a tab whose cells have no format gets one for text
            old, new = (
                Counter(_FORMATS.findall(p.xml(name))) for p in (Package(path.read_bytes(), name), after)
            )
            assert not old - new, f"{name} lost a format"
            assert (new - old).total() == 1, f"{name} gained more than one format"
        elif name not in may_differ:
            assert now == raw, f"{name} changed"
    _read(again)


def _check_sentence(error: BookError) -> None:
    text = str(error)
    assert text.endswith((".", ")")) and len(text) <= LONGEST_SENTENCE, text[:300]
    assert "\n" not in text and text.isprintable(), text[:300]
    text.encode()
