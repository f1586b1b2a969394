"""Legal but unusual files: what other programs write is edited in place, or refused before anything is written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import book_samples as samples
from book_compare import differences
from corpus import write_ours
from grafting import STRICT
from recoup.books import open_book
from recoup.books.base import BookUnsupported
from recoup.books.package_book import PackageBook
from recoup.books.worksheet import _parse_any_cells, parse_cells
from recoup.books.xml_text import plain_xml

Parts = dict[str, bytes]
CASES = "xl/worksheets/sheet7.xml"


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    path = samples.build(tmp_path_factory.mktemp("usual") / "book.xlsx", drawn=True)
    samples.add_calculation_chain(path)
    assert samples.part_of(path, "Cases") == CASES
    return samples.parts(path)


def packed(parts: Parts, **how: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = how.get("compression", zipfile.ZIP_DEFLATED)
            with package.open(info, "w", force_zip64=how.get("zip64", False)) as member:
                member.write(content)
    return out.getvalue()


def round_trip(
    data: bytes, folder: Path, name: str = "book.xlsx", read: bool = True
) -> tuple[PackageBook, bytes]:
    """Write to Recoup's sheets, save, and see that nothing else changed."""
    path = folder / name
    path.write_bytes(data)
    book = open_book(path)
    assert isinstance(book, PackageBook)
    written, _ = write_ours(book)
    book.patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-AAA", "Units": 12}])
    book.save()
    after = path.read_bytes()
    assert differences(data, after, written) == []
    saved = open_book(path)
    rows = {r["Claim ID"]: r for r in saved.read_table("Cases").records()}
    assert (rows["LW-00003"]["Units"], rows["LW-AAA"]["Case"], rows["LW-BBB"]["Owner"]) == (
        99.0,
        "C-1",
        "Zoë",
    )
    assert rows["LW-AAA"]["Notes"] == "ask Ann & Bob"
    assert len(saved.read_table("Evidence").rows) == 7 and saved.read_name("Recoup_AsOf") == "as of today"
    assert not read or saved.read_raw("Reimbursements").cells.iloc[1, 1] == "0012345"
    assert isinstance(saved, PackageBook)
    return saved, after


# ---- the same workbook in other words: text -> text for the parts that end so

Change = Callable[[str], str]


def prefixed(xml: str) -> str:
    xml = re.sub(r"<(/?)(\w+)(?=[ />])", r"<\1o-1.x:\2", xml)
    return xml.replace(" xmlns=", " xmlns:o-1.x=")


def single_quoted(xml: str) -> str:
    def tag(match: re.Match[str]) -> str:
        return re.sub(r' ([\w:]+)="([^"\']*)"', r"\n\t \1 = '\2'", match[0])

    xml = re.sub(r"<[^?!][^>]*>", tag, xml)
    return re.sub(r"</([\w:]+)>", r"</\1 >", xml)


def commented(xml: str) -> str:
    """CDATA in texts, comments and processing instructions around the cells."""
    xml = re.sub(r"<t>([^<&]+)</t>", r"<t><![CDATA[\1]]></t>", xml)
    head, close, tail = xml.rpartition("</")
    return re.sub(
        r"(\?>\s*<[^>]*>)", r"\1<!-- made by \"another\" program --><?hint x='1'?>", head, count=1
    ) + ("<!-- end -->" + close + tail)


def unaddressed(xml: str) -> str:
    """Rows and cells without addresses wherever they follow the one before."""
    below = 0

    def row(match: re.Match[str]) -> str:
        nonlocal below
        number, was, below = int(match[1]), below, int(match[1])
        return match[0] if number != was + 1 else match[0].replace(f' r="{number}"', "", 1)

    def cells(match: re.Match[str]) -> str:
        column = 0

        def cell(found: re.Match[str]) -> str:
            nonlocal column
            index = ord(found[1]) - 64 if len(found[1]) == 1 else 99
            was, column = column, index
            return f"<c{found[2]}" if index == was + 1 else found[0]

        return re.sub(r'<c r="([A-Z]+)\d+"([^>]*)', cell, match[0])

    xml = re.sub(r"<row .*?</row>", cells, xml, flags=re.S)
    return re.sub(r'<row r="(\d+)"', row, xml)


def greater_in_attributes(xml: str) -> str:
    return xml.replace("<sheetData", '<x:note xmlns:x="urn:x" says="a > b"/><sheetData', 1)


def disordered(xml: str) -> str:
    """The cells of each row from right to left."""
    cell = re.compile(r"<c [^>]*?(?:/>|>.*?</c>)", re.S)
    return re.sub(
        r"(<row [^>]*[^/]>)(.*?)(</row>)",
        lambda m: m[1] + "".join(reversed(cell.findall(m[2]))) + m[3],
        xml,
        flags=re.S,
    )


def extended(xml: str) -> str:
    """Alternate content, an extension in a row, and blanks that count."""
    ext = '<extLst><ext uri="{1}" xmlns:q="urn:q"><q:c r="A4">5</q:c></ext></extLst>'
    xml = re.sub(r'(<row r="4".*?)(</row>)', rf"\g<1>{ext}\2", xml, count=1, flags=re.S)
    choice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14" xmlns:x14="urn:14"><controls/></mc:Choice></mc:AlternateContent>'
    )
    return xml.replace("</worksheet>", choice + "</worksheet>")


def strict(xml: str) -> str:
    for transitional, name in STRICT.items():
        xml = xml.replace(transitional, name)
    return xml


SHEETS = ("xl/worksheets/sheet",)
OWN_XML = ("xl/worksheets/sheet", "xl/tables/", "xl/workbook.xml", "xl/sharedStrings.xml")
EVERY = (*OWN_XML, "xl/_rels/workbook", "xl/worksheets/_rels", "[Content", "_rels/.rels", "xl/styles")
DIALECTS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "strict names": (strict, EVERY),
    "a prefix on every element": (prefixed, EVERY),
    "single quotes and blanks inside tags": (single_quoted, EVERY),
    "comments and CDATA": (commented, EVERY),
    "no addresses": (unaddressed, SHEETS),
    "attributes with a greater-than sign": (greater_in_attributes, SHEETS),
    "cells from right to left": (disordered, SHEETS),
    "extensions and alternate content": (extended, (CASES,)),
    "absolute part names": (lambda x: x.replace('Target="worksheets', 'Target="/xl/worksheets'), EVERY),
    "percent-encoded part names": (lambda x: x.replace('/sheet7.xml"', '/%73heet7.xml"'), ("xl/_rels",)),
    "part names in another case": (lambda x: x.replace("sheet7.xml", "Sheet7.XML"), ("xl/_rels", "[Content")),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_workbook_in_other_words_comes_back_whole(
    usual: Parts, tmp_path: Path, dialect: str
) -> None:
    change, where = DIALECTS[dialect]
    parts = {n: change(x.decode()).encode() if n.startswith(where) else x for n, x in usual.items()}
    assert parts != usual
    round_trip(packed(parts), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-15"])
def test_parts_in_other_encodings_are_read_and_written(usual: Parts, tmp_path: Path, encoding: str) -> None:
    def encoded(xml: bytes) -> bytes:
        name = encoding.removesuffix("-sig").upper()
        return xml.decode().replace('encoding="UTF-8"', f'encoding="{name}"').encode(encoding)

    def can(xml: bytes) -> bool:
        return encoding.startswith("utf") or xml.isascii()

    parts = {n: encoded(x) if n.startswith(OWN_XML) and can(x) else x for n, x in usual.items()}
    round_trip(packed(parts), tmp_path, read=encoding != "utf-16")  # fastexcel reads none


# ---- zip files


def test_packages_with_zip64_sizes_come_back_whole(usual: Parts, tmp_path: Path) -> None:
    round_trip(packed(usual, zip64=True), tmp_path)


def test_stored_packages_come_back_whole(usual: Parts, tmp_path: Path) -> None:
    round_trip(packed(usual, compression=zipfile.ZIP_STORED), tmp_path)


def test_packages_written_to_a_stream_come_back_whole(usual: Parts, tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError("a pipe")

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in usual.items():
            package.writestr(name, content)
    data = pipe.getvalue()
    assert b"PK\x07\x08" in data, "no data descriptors"
    round_trip(data, tmp_path)


def test_part_names_with_a_leading_slash_or_backslashes_are_found(usual: Parts, tmp_path: Path) -> None:
    parts = {
        ("/" + n if "theme" in n else n.replace("/", "\\") if "tables" in n else n): x
        for n, x in usual.items()
    }
    round_trip(packed(parts), tmp_path)


def test_the_calculation_chain_goes_whatever_the_parts_are_called(usual: Parts, tmp_path: Path) -> None:
    renamed = {"xl/workbook.xml": "xl/book1.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/book1.xml.rels",
               "xl/calcChain.xml": "xl/odd calcChain.xml"}  # fmt: skip

    def told(xml: bytes) -> bytes:
        xml = xml.replace(b"calcChain.xml", b"odd%20calcChain.xml")
        chain = re.compile(rb"<Override ([^>]*odd%20[^>]*)/>")
        return chain.sub(rb"<Override \1></Override>", xml.replace(b"xl/workbook.xml", b"xl/book1.xml"))

    parts = {renamed.get(n, n): told(x) if "rels" in n or "[" in n else x for n, x in usual.items()}
    _, after = round_trip(packed(parts), tmp_path, read=False)  # fastexcel knows but one name
    with zipfile.ZipFile(io.BytesIO(after)) as package:
        assert "xl/odd calcChain.xml" not in package.namelist()
        assert not [
            n for n in ("[Content_Types].xml", "xl/_rels/book1.xml.rels") if b"odd%20" in package.read(n)
        ]


# ---- what is refused, and as what


def doubled(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/styles.xml", b"x")
    return out.getvalue()


def flagged(data: bytes) -> bytes:
    at = data.index(b"PK\1\2") + 8
    return data[:at] + bytes([data[at] | 1]) + data[at + 1 :]


def with_part(name: str, content: bytes = b"x") -> Callable[[Parts], bytes]:
    return lambda parts: packed({**parts, name: content})


REFUSED: dict[str, tuple[str, Callable[[Parts], bytes]]] = {
    "a doubled part": ("holds the part xl/styles.xml twice", lambda p: doubled(packed(p))),
    "a zip password": ("packed with a password", lambda p: flagged(packed(p))),
    "bzip2": ("packed in a way Excel does not use", lambda p: packed(p, compression=zipfile.ZIP_BZIP2)),
    "lzma": ("packed in a way Excel does not use", lambda p: packed(p, compression=zipfile.ZIP_LZMA)),
    "a signature": ("is signed", with_part("_xmlsignatures/sig1.xml")),
    "a binary workbook": (r"\.xlsb", with_part("xl/workbook.bin")),
    "an open document": (r"\.ods", lambda _: packed({"mimetype": b"x", "content.xml": b"x"})),
    "an old workbook": ("old Excel", lambda _: b"\x09\x08\x10\x00" + bytes(50)),
    "an encrypted one": (
        "password to open",
        lambda _: b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
    ),
    "a web page": ("web page", lambda _: b"<html><table></table></html>"),
    "nothing": ("is empty", lambda _: b""),
    "another zip file": ("no Excel workbook", lambda _: packed({"a.txt": b"x"})),
}


@pytest.mark.parametrize("what", REFUSED)
def test_files_that_cannot_be_edited_are_named_as_what_they_are(
    usual: Parts, tmp_path: Path, what: str
) -> None:
    says, make = REFUSED[what]
    path = tmp_path / "book.xlsx"
    path.write_bytes(make(usual))
    with pytest.raises(BookUnsupported, match=says) as caught:
        open_book(path)
    assert str(caught.value).startswith("book.xlsx") and "\n" not in str(caught.value)


FOOLING = {  # what the refusal says, and what stands in the sheet instead of what
    "comments among the cells": ("comments", "<row", "<!-- note --><row"),
    "cells in a comment": ("comments", "<sheetData", '<!-- <c r="A1"/> --><sheetData'),
    "a document type": ("document type", "?>", "?><!DOCTYPE worksheet>"),
    "a row twice": ("twice", '<row r="5"', '<row r="4"'),
    "a cell twice": ("twice", 'r="B4"', 'r="A4"'),
    "something that is no row": ("no row", "<row", "<mc:Choice/><row"),
    "something that is no cell": ("no cell", '<c r="B4"', '<x:c xmlns:x="u"/><c r="B4"'),
    "addresses in small letters": ("no address", 'r="B4"', 'r="b4"'),
    "another encoding": ("UTF-8", "UTF-8", "x-unknown"),
}


@pytest.mark.parametrize("what", FOOLING)
def test_xml_that_would_fool_the_engine_is_refused_and_the_file_stays(
    usual: Parts, tmp_path: Path, what: str
) -> None:
    says, usually, here = FOOLING[what]
    assert usually.encode() in usual[CASES]
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed({**usual, CASES: usual[CASES].replace(usually.encode(), here.encode(), 1)}))
    before = path.read_bytes()
    with pytest.raises(BookUnsupported, match=says):
        book = open_book(path)
        book.patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-AAA", "Units": 5}])
        book.save()
    assert path.read_bytes() == before


def test_usual_xml_stays_the_same_bytes(usual: Parts) -> None:
    assert plain_xml(usual[CASES], CASES) is usual[CASES]
    assert [n for n, x in usual.items() if n.endswith((".xml", ".rels")) and plain_xml(x, n) != x] == []


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("<a b='1>2'/>", '<a b="1&gt;2"/>'),
        ('<a\r\n\tb = \'it"s\'  c="d" >x > y</a >', '<a b="it&quot;s" c="d">x &gt; y</a>'),
        ('<t><![CDATA[<c r="A1"> & ]]></t>', '<t>&lt;c r="A1"&gt; &amp; </t>'),
        ("<a><!-- it's = 'x' --><?pi a='1'?></a>", "<a><!-- it's = 'x' --><?pi a='1'?></a>"),
    ],
)
def test_the_plain_dialect_says_the_same(odd: str, plain: str) -> None:
    assert plain_xml(odd.encode(), "x").decode() == plain


# ---- macro workbooks


def macro_parts(usual: Parts) -> Parts:
    types, rels = usual["[Content_Types].xml"].decode(), usual["xl/_rels/workbook.xml.rels"].decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ).replace(
        "<Override",
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override',
        1,
    )
    office = "http://schemas.microsoft.com/office/2006/relationships"
    rels = rels.replace(
        "</R", f'<Relationship Id="v" Type="{office}/vbaProject" Target="vbaProject.bin"/></R'
    )
    root = (
        usual["_rels/.rels"]
        .decode()
        .replace(
            "</R",
            f'<Relationship Id="u" Type="{office}/ui/extensibility" Target="customUI/customUI14.xml"/></R',
        )
    )
    return {
        **usual,
        "[Content_Types].xml": types.encode(),
        "xl/_rels/workbook.xml.rels": rels.encode(),
        "_rels/.rels": root.encode(),
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macros",
        "xl/vbaProjectSignature.bin": b"signed",
        "customUI/customUI14.xml": b"<customUI/>",
    }


def test_a_macro_workbook_keeps_its_macros_signature_and_ribbon(usual: Parts, tmp_path: Path) -> None:
    book, after = round_trip(packed(macro_parts(usual)), tmp_path, "book.xlsm")
    with zipfile.ZipFile(io.BytesIO(after)) as package:
        assert package.read("xl/vbaProject.bin") == b"\xd0\xcf\x11\xe0 macros"
        assert (
            b"vbaProject" in package.read("xl/_rels/workbook.xml.rels")
            and "customUI/customUI14.xml" in package.namelist()
        )
    assert book.save(tmp_path / "copy.xlsm").read_bytes() == after


def test_a_copy_under_an_ending_excel_would_not_open_is_refused(usual: Parts, tmp_path: Path) -> None:
    for parts, name, wrong in ((macro_parts(usual), "a.xlsm", "b.xlsx"), (usual, "a.xlsx", "b.xlsm")):
        (tmp_path / name).write_bytes(packed(parts))
        with pytest.raises(BookUnsupported, match=name[-5:]):
            open_book(tmp_path / name).save(tmp_path / wrong)
        assert not (tmp_path / wrong).exists()


def test_the_openpyxl_engine_refuses_macro_workbooks_by_name(usual: Parts, tmp_path: Path) -> None:
    (tmp_path / "a.xlsm").write_bytes(packed(macro_parts(usual)))
    with pytest.raises(
        BookUnsupported, match=r"a\.xlsm holds what openpyxl would lose: .*macros.*--engine package"
    ):
        open_book(tmp_path / "a.xlsm", "openpyxl")


@pytest.mark.parametrize(("writer", "end"), [("Excel", "/>"), ("openpyxl", " />")])
def test_the_quick_way_through_a_row_finds_what_the_slow_one_finds(writer: str, end: str) -> None:
    blank = f'<c r="B4" s="7"{end}'
    row = f'<row r="4"><c r="A4" t="n"><v>1</v></c>{blank}<c r="C4" t="s"><v>2</v></c></row>'
    assert (2, "7", "", "", blank) in parse_cells(row)
    assert list(parse_cells(row)) == list(_parse_any_cells(row))
