"""Workbooks and report files made to harm: each ends in one sentence, with bounded memory, and nothing is written.

Memory is bounded by the system: every case runs in a process of its own that may not have more than ``MOST_MEMORY``,
and is ended after ``MOST_SECONDS``, which no case comes near.
"""

# ruff: noqa: E501
from __future__ import annotations

import gzip
import os
import re
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from recoup import reports
from recoup.books import ENGINES, open_book
from recoup.books.base import BookError
from report_samples import LEDGER, delimited, ledger_row

MOST_MEMORY = 3 << 30  # address space: libraries alone take 1 GB of it
MOST_SECONDS = 120
LEDGER_PART = "xl/worksheets/sheet2.xml"


@cache
def small() -> dict[str, bytes]:
    """The parts of a workbook with one table and one report tab."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    cases = book.add_worksheet("Cases")
    cases.add_table("A3:B5", {"name": "Cases", "columns": [{"header": "Case"}, {"header": "Note"}]})
    cases.add_table("D3:E5", {"name": "Other", "columns": [{"header": "X"}, {"header": "Y"}]})
    ledger = book.add_worksheet("Inventory Ledger")
    for number, row in enumerate([LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")]):
        ledger.write_row(number, 0, row)
    book.define_name("Recoup_AsOf", "=Cases!$H$1")
    book.close()
    with zipfile.ZipFile(out) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def changed(part: str, old: str, new: str) -> bytes:
    parts = dict(small())
    text = parts[part].decode()
    assert re.search(old, text), f"{old} is not in {part}"
    return packed({**parts, part: re.sub(old, lambda _: new, text, count=1).encode()})


def ledger(rows: str, dimension: str = "A1:O3") -> bytes:
    """The report tab with other rows."""
    xml = re.sub(
        "<sheetData>.*</sheetData>", lambda _: f"<sheetData>{rows}</sheetData>", small()[LEDGER_PART].decode()
    )
    xml = re.sub('<dimension ref="[^"]*"', f'<dimension ref="{dimension}"', xml)
    return packed({**small(), LEDGER_PART: xml.encode()})


def bomb(size: int, stated: int | None = None) -> bytes:
    """The workbook with a tab of zeros; ``stated`` is the size that its directory tells."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(b"0" * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    raw = block * (size >> 20) + squeeze.flush()  # a full flush makes each block stand for itself
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, content in small().items():
            package.writestr(name, raw if name == LEDGER_PART else content)
    data = bytearray(out.getvalue())
    entry = data.index(LEDGER_PART.encode(), data.index(b"PK\1\2")) - 46
    data[entry + 10 : entry + 12] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    data[entry + 16 : entry + 28] = struct.pack("<LLL", 0, len(raw), min(stated or size, 0xFFFF_FFFE))
    return bytes(data)


def overlapping() -> bytes:
    """All members share the bytes of one."""
    data = bytearray(packed(small()))
    places = [m.start() for m in re.finditer(rb"PK\x01\x02", bytes(data))]
    for place in places[1:]:
        data[place + 42 : place + 46] = data[places[0] + 42 : places[0] + 46]
    return bytes(data)


ROW = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
DOCTYPE = '<!DOCTYPE w [<!ENTITY a "{}">{}]>'.format(
    "ha" * 50, "".join(f'<!ENTITY a{i} "{f"&a{i - 1 if i else 0};" * 20}">' for i in range(9))
)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a tab of 10 GB of zeros": (lambda: bomb(10_000 << 20), "unreasonable size"),
    "members on top of each other": (overlapping, "on top of each other|two parts|damaged part"),
    "thirty thousand members": (
        lambda: packed({**small(), **{f"x/{i}": b"" for i in range(30_000)}}), "parts, more than any workbook"),
    "a member outside": (lambda: packed({**small(), "../../evil.xml": b"<x/>"}), "path outside"),
    "a cut-off file": (lambda: packed(small())[:-200], "no Excel workbook or is damaged"),
    "a part twice": (lambda: packed({**small(), "XL/Workbook.xml": b"<x/>"}), "twice"),
    "a billion laughs": (lambda: changed("xl/workbook.xml", "<workbook ", DOCTYPE + "<workbook "), "document type"),
    "an external entity": (
        lambda: changed("xl/workbook.xml", "<workbook ", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook '),
        "document type"),
    "a table over the whole sheet": (
        lambda: changed("xl/tables/table1.xml", 'ref="A3:B5"', 'ref="A1:XFD1048576"'), "no place for its columns"),
    "a table upside down": (lambda: changed("xl/tables/table1.xml", 'ref="A3:B5"', 'ref="B5:A3"'), "no place"),
    "a table without a place": (lambda: changed("xl/tables/table1.xml", 'ref="A3:B5"', 'ref=""'), "no place"),
    "a table column without a name": (
        lambda: changed("xl/tables/table1.xml", '<tableColumn id="1" name="[^"]*"', '<tableColumn id="1"'), "no name"),
    "tables on top of each other": (lambda: changed("xl/tables/table2.xml", 'ref="D3:E5"', 'ref="B3:C5"'), "on top"),
    "two tables of one name": (
        lambda: changed("xl/tables/table2.xml", 'name="Other" displayName="Other"', 'name="c" displayName="cases"'),
        "one name"),
    "two tabs of one name": (
        lambda: changed("xl/workbook.xml", 'name="Inventory Ledger"', 'name="CASES"'), "two tabs of one name"),
    "control characters in the workbook part": (
        lambda: changed("xl/workbook.xml", 'name="Cases"', 'name="C\x01ses"'), "no proper XML"),
}  # fmt: skip
TABS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a workbook in UTF-16": (
        lambda: packed({**small(), "xl/workbook.xml": small()["xl/workbook.xml"].decode().encode("utf-16")}),
        "cannot be read"),
    "a tab of 200 MB of zeros that says it has a hundred bytes": (lambda: bomb(200 << 20, 100), "damaged part"),
    "a cell at the end of the sheet": (
        lambda: ledger(ROW.format(1) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "A1"), ""),
    "a cell beyond the last column": (lambda: ledger('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'), ""),
    "a tab in an encoding that nobody knows": (
        lambda: packed({**small(), LEDGER_PART: b'<?xml version="1.0" encoding="yes"?>'
                        + small()[LEDGER_PART].partition(b"?>\n")[2].replace(b"<row r=", b"<row  r=")}), "no proper XML"),
    "a cell in column ZZZZ of a short sheet": (
        lambda: ledger(ROW.format(1) + '<row r="2"><c r="ZZZZ2"><v>1</v></c></row>' + ROW.format(6), "A1:B6"), ""),
    "a row beyond the last": (lambda: ledger(ROW.format(1) + ROW.format(4294967295)), "row numbered"),
    "a row below the first": (lambda: ledger(ROW.format(0)), "row numbered|cannot be read"),
    "row 1,048,577": (lambda: ledger(ROW.format(1048577)), "row numbered"),
    "rows in disorder, far apart": (lambda: ledger(ROW.format(1_000_000) + ROW.format(2)), ""),
    "a text number out of range": (lambda: ledger('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'), "cannot be read"),
    "four billion texts": (
        lambda: changed("xl/sharedStrings.xml", 'uniqueCount="[^"]*"', 'uniqueCount="4294967295"'), "number of entries"),
    "a style out of range": (lambda: ledger('<row r="1"><c r="A1" s="99999"><v>1</v></c></row>'), ""),
    "numbers that are none": (lambda: ledger('<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>nan</v></c></row>'), ""),
    "a million merged areas": (
        lambda: changed(LEDGER_PART, "</sheetData>",
            "</sheetData><mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 1_000_000 + "</mergeCells>"), ""),
    "two million cells without an address": (lambda: ledger("<row>" + "<c/>" * 2_000_000 + "</row>"), "address"),
    "unclosed rows": (lambda: ledger('<row r="1" ' * 200_000), "cannot be read|no proper XML"),
    "a tab whose part is missing": (
        lambda: changed("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/sheet9.xml"), "lacks its part"),
    "a tab that lies on the web": (
        lambda: changed("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "http://127.0.0.1/x.xml"), "lacks its part"),
    "a tab that lies outside": (
        lambda: changed("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "../../../../etc/passwd"), "lacks its part"),
    "a tab that lies on the disk": (
        lambda: changed("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "file:///etc/passwd"), "lacks its part"),
    "parts that point at each other": (
        lambda: packed({**small(), "xl/worksheets/_rels/sheet2.xml.rels":
            b'<Relationships><Relationship Id="r1" Type="x/table" Target="sheet2.xml"/></Relationships>'}), "no place"),
    "a cell of thirty million letters": (
        lambda: ledger('<row r="1"><c r="A1" t="str"><v>' + os.urandom(15_000_000).hex() + "</v></c></row>"), ""),
}  # fmt: skip
READ = """
    book = PackageBook(path, keep=0)
    for sheet in book.sheet_names():
        book.read_raw(sheet)
    for table in book.tables():
        book.read_table(table)
"""


def in_bounds(work: str, *files: Path) -> str:
    """What a process with bounded memory says about the files: ``ok``, or the sentence of a RecoupError."""
    code = f"""
import resource, sys
from pathlib import Path
from recoup import reports
from recoup.books.package_book import PackageBook
from recoup.model import RecoupError
resource.setrlimit(resource.RLIMIT_AS, ({MOST_MEMORY}, {MOST_MEMORY}))
for name in sys.argv[1:]:
    path = Path(name)
    try:
{textwrap.indent(textwrap.dedent(work), "        ")}
        print(f"{{path.name}}: ok")
    except RecoupError as error:
        print(f"{{path.name}}: {{error}}")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, files)],
        capture_output=True, text=True, timeout=MOST_SECONDS * max(1, len(files) // 4), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    return done.stdout


def written(folder: Path, cases: Iterable[tuple[str, Callable[[], bytes]]], suffix: str) -> list[Path]:
    files = []
    for name, make in cases:
        path = folder / f"{name}{suffix}"
        path.write_bytes(make())
        files.append(path)
    return files


def test_hostile_workbooks_are_refused_or_read_within_bounds(tmp_path: Path) -> None:
    cases = REFUSED | TABS
    files = written(tmp_path, ((n, make) for n, (make, _) in cases.items()), ".xlsx")
    said = dict(line.split(".xlsx: ", 1) for line in in_bounds(READ, *files).splitlines())
    assert said.keys() == cases.keys()
    for name, (_, pattern) in cases.items():
        if pattern:
            assert re.search(pattern, said[name]), f"{name}: {said[name]}"
        assert said[name] == "ok" or said[name].endswith("."), said[name]


@pytest.mark.parametrize("name", [n for n in REFUSED if "10 GB" not in n])
@pytest.mark.parametrize("engine", ENGINES)
def test_both_engines_refuse_in_one_sentence_and_touch_nothing(
    tmp_path: Path, name: str, engine: str
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(REFUSED[name][0]())
    before = path.read_bytes()
    with pytest.raises(BookError) as refused:
        open_book(path, engine)
    text = str(refused.value)
    assert text.endswith(".") and "\n" not in text and text.isprintable() and len(text) < 400
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


# ---- report files

READ_FILE = """
    read = reports.read(reports.read_files([path]))
    used = sum(e.rows_used for e in read.exports)
    raise RecoupError(f"{used} rows; " + " | ".join(p.problem for p in read.problems)[:400])
"""
TEXT = delimited([LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")]).encode()
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "binary junk": (lambda: os.urandom(3_000_000), "^0 rows; .+"),
    "half UTF-16": (lambda: TEXT.decode().encode("utf-16")[: len(TEXT)] + TEXT, r"^\d rows; .+"),
    "NULs": (lambda: b"\0" * 5_000_000, "^0 rows; .+"),
    "one line of 300 MB": (lambda: b"x" * (300 << 20), "^0 rows; .*(lines|no report)"),
    "a report with a line of 100 MB": (lambda: TEXT + b"y" * (100 << 20), "rows"),
    "a million delimiters in a line": (lambda: b"," * 1_000_000 + b"\n" + TEXT, "rows; "),
    "a million delimiters in every line": (lambda: (b"\t" * 100_000 + b"\n") * 20, "^0 rows; .+"),
    "quotes that never close": (lambda: b'"' + TEXT.replace(b"\t", b',"') * 300, "rows"),
    "gzip of gzip": (lambda: gzip.compress(gzip.compress(TEXT)), "archive inside an archive"),
    "gzip files one behind the other": (lambda: gzip.compress(TEXT) * 2, "several gzip files"),
    "zip in zip": (lambda: packed({"a.zip": packed({"a.txt": TEXT})}), "archive inside an archive"),
    "a gzip bomb": (lambda: gzip.compress(b"0" * (30 << 20)), "unreasonable size"),
    "a zip bomb": (lambda: packed({"a.txt": b"0" * (30 << 20)}), "unreasonable size"),
    "a stray path": (lambda: packed({"../../a.txt": TEXT, "b.txt": TEXT}), "^2 rows; .*path outside"),
    "a sheet far out": (
        lambda: ledger(ROW.format(1) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "A1"), "far out"),
    "a sheet of 10 GB": (lambda: bomb(10_000 << 20), "unreasonable size"),
    "a sheet with a document type": (
        lambda: changed("xl/sharedStrings.xml", "<sst ", DOCTYPE + "<sst "), "document type"),
    "an OpenDocument bomb": (lambda: packed({"content.xml": b"<x/>", "mimetype": b"x"}), "no .xlsx file"),
    "an old Excel file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(2_000), "old Excel file"),
}  # fmt: skip


def test_hostile_report_files_are_named_on_checks_within_bounds(tmp_path: Path) -> None:
    files = written(tmp_path, ((n, make) for n, (make, _) in FILES.items()), ".txt")
    said = dict(line.split(".txt: ", 1) for line in in_bounds(READ_FILE, *files).splitlines())
    assert said.keys() == FILES.keys()
    for name, (_, pattern) in FILES.items():
        assert re.search(pattern, said[name]), f"{name}: {said[name]}"


@pytest.mark.skipif(os.name != "posix", reason="pipes and symbolic links")
def test_a_folder_with_pipes_devices_and_loops_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "ledger.txt").write_bytes(TEXT)
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself.txt").symlink_to("itself.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    assert in_bounds(READ_FILE, tmp_path).count("2 rows;") == 1
    assert "no file that can be read" in in_bounds(READ_FILE, tmp_path / "pipe.txt", tmp_path / "zero.txt")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.txt"
    path.write_bytes(TEXT)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = reports.read(reports.read_files([tmp_path])).problems
    assert (problem.where, problem.problem) == ("ledger.txt", "cannot be opened: Permission denied")


def test_a_panic_of_the_reader_of_cells_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fastexcel

    class PanicException(BaseException):  # the name that pyo3 gives it
        """What a panic in Rust looks like; no Exception."""

    def panic(_: bytes) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(fastexcel, "read_excel", panic)
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(packed(small()))
    with pytest.raises(BookError, match=r"cannot be read; open it in Excel and save it again as .xlsx\.$"):
        open_book(path).read_raw("Inventory Ledger")
    assert "cannot be read" in reports.read(reports.read_files([path])).problems[0].problem
