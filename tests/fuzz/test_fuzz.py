"""The fuzz targets under hypothesis: any bytes, and damaged reports and workbooks; and what fuzzing once found."""

# ruff: noqa: E501
from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from random import Random

import package_target
import pytest
import report_target
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import damaged_report, damaged_workbook

from recoup.reports import all_reports

SEED = st.integers(0, 2**32)
FEW, MANY = 15, 3_000


@cache
def report_seeds() -> list[bytes]:
    return list(report_target.seeds())


@cache
def workbook_seeds() -> list[bytes]:
    return list(package_target.seeds())


@settings(max_examples=FEW)
@given(st.binary(max_size=2_000) | st.text(max_size=500).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_the_report_reader_takes_any_bytes(data: bytes) -> None:
    report_target.check(data)


@settings(max_examples=FEW)
@given(SEED)
def test_the_report_reader_keeps_its_promises_on_damaged_reports(seed: int) -> None:
    dice = Random(seed)
    report_target.check(damaged_report(dice.choice(report_seeds()), dice))


@settings(max_examples=FEW)
@given(SEED)
def test_the_package_engine_keeps_its_promises_on_damaged_workbooks(seed: int) -> None:
    dice = Random(seed)
    package_target.check(damaged_workbook(dice.choice(workbook_seeds()), dice))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["reports", "workbooks"])
def test_no_damage_breaks_a_promise(target: str, scaled: Callable[[int], int]) -> None:
    check, seeds, damage = {
        "reports": (report_target.check, report_seeds(), damaged_report),
        "workbooks": (package_target.check, workbook_seeds(), damaged_workbook),
    }[target]
    for seed in range(scaled(MANY)):
        dice = Random(seed)
        check(damage(dice.choice(seeds), dice))


@pytest.mark.parametrize("number", range(4))
def test_undamaged_workbooks_keep_all_promises(number: int) -> None:
    package_target.check(workbook_seeds()[number])


# ---- found by fuzzing


def zipped(**parts: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "."), text)
    return out.getvalue()


def patched(data: bytes, at: int, value: int) -> bytes:
    """The zip file with one field of its first directory entry changed."""
    place = data.index(b"PK\1\2") + at
    return data[:place] + struct.pack("<H", value) + data[place + 2 :]


LEDGER = "Date\tFNSKU\tASIN\tMSKU\tTitle\tEvent Type\tReference ID\tQuantity\tFulfillment Center\tDisposition\tReason\tCountry"
REPORTS = {
    "a zip of a later version": patched(zipped(a__txt="x"), 6, 227),
    "a zip whose member starts before the file": patched(zipped(a__txt="x"), 42, 0xFFFF),
    "a zip without any report": zipped(a__exe="x"),
    "a zip with a nameless member": zipped(**{"/": "x"}),
    "two gzip files in one": __import__("gzip").compress(b"a\tb\n") * 2,
    "blank lines and characters that nobody sees": ";;;\n".encode("utf-16")
    + "\u202e\n\n".encode("utf-16-le"),
    "one lone carriage return": f'"{LEDGER}\n"a\rb\t1\n2\t3"\n"'.encode(),
    "a line of a thousand cells": b"," * 1_000,
    "a delimiter after a heading of one cell": ("'\n\n" + "a\tb\tc\td\te\n" * 3).encode(),
    "a currency of nine thousand letters": (
        "Date\tFNSKU\tCurrency\n" + "2026-01-01\tX\t" + "Q" * 9_000
    ).encode(),
    "a settlement whose id has nine thousand letters": (
        "\t".join(c.headers[0] for c in all_reports()["settlements"].columns)
        + "\n"
        + "Q" * 9_000
        + "\t"
        + "2026-01-01\t" * 3
        + "5.00"
        + "\t" * 15
    ).encode(),
}


@pytest.mark.parametrize("name", REPORTS)
def test_report_files_that_broke_a_promise_once(name: str) -> None:
    report_target.check(REPORTS[name])


def changed(part: str, old: str, new: str) -> bytes:
    """The first seed with one part changed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook_seeds()[0])) as old_book, zipfile.ZipFile(out, "w") as package:
        for name in old_book.namelist():
            text = old_book.read(name).decode()
            assert name != part or old in text
            package.writestr(name, text.replace(old, new, 1) if name == part else text)
    return out.getvalue()


def longer_local_name() -> bytes:
    """The header in front of the first member says that its name is longer than the directory says."""
    data = workbook_seeds()[0]
    return data[:26] + struct.pack("<H", 4_000) + data[28:]


def renamed_table(content: bytes) -> bytes:
    """The table stands in a part that is no XML, by its name and its content."""
    data = changed("xl/worksheets/_rels/sheet1.xml.rels", "table1.xml", "table1.jpg")
    with zipfile.ZipFile(out := BytesIO(data), "a") as package:
        package.writestr("xl/tables/table1.jpg", content)
    return out.getvalue()


WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "a cell at the end of the sheet": lambda: changed(
        "xl/worksheets/sheet3.xml",
        "</sheetData>",
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    ),
    "a list of four billion texts": lambda: changed(
        "xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="9999999'
    ),
    "a local header that disagrees with the directory": longer_local_name,
    "a table with more columns than its place": lambda: changed(
        "xl/tables/table1.xml", 'ref="A3:F6"', 'ref="A3:XFD6"'
    ),
    "a number that is none": lambda: changed("xl/worksheets/sheet1.xml", "<v>3</v>", "<v>\n</v>"),
    "a text number out of range": lambda: changed(
        "xl/worksheets/sheet1.xml", 't="s"><v>0<', 't="s"><v>9999<'
    ),
    "a table that is a picture": lambda: renamed_table(b"\xff\xd8"),
    "no tabs at all": lambda: changed("xl/workbook.xml", "<sheet ", "<shee "),
    "a tab whose part is missing": lambda: changed("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml"),
    "styles that are a tab": lambda: changed(
        "xl/_rels/workbook.xml.rels", "styles.xml", "worksheets/sheet1.xml"
    ),
    "a tab without a name": lambda: changed("xl/workbook.xml", '<sheet name="', '<sheet nome="'),
    "columns numbered with letters": lambda: changed("xl/worksheets/sheet3.xml", 'min="1"', 'min="d"'),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_workbooks_that_broke_a_promise_once(name: str) -> None:
    package_target.check(WORKBOOKS[name]())
