"""Damage that keeps its shape: what a report file or a part of a workbook may look like after bad luck or malice.

Every function takes a ``Random``: the same seed gives the same damage, for hypothesis as for a coverage-guided fuzzer.
"""

from __future__ import annotations

import gzip
import re
import struct
import zipfile
import zlib
from io import BytesIO
from random import Random

HOSTILE_TEXTS = (
    "", " ", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n", "\x1b[31m", "\x00", "_x000D_", "\u202e", "＝1+1",
    '"', '""', "'", "0", "-0", "1e999", "-1e999", "nan", "inf", "1,5", "1.234,5", "1.234.567", "12/13/2026",
    "99999-01-01", "2026-02-30", "0000-00-00", "45999", "9" * 40, "#N/A", "#REF!", "٣", "½", "１２", "x" * 5000,
    "2026-09-20T00:00:00+99:99", "31.12.9999", "(1.00)", "$-1", "¥1", "1 000", "\u00a01", "\ufeff", "NaT", "<NA>",
)  # fmt: skip
HOSTILE_VALUES = (
    "", "-1", "0", "1", "1048576", "1048577", "16385", "4294967295", "4294967296", "9" * 30, "1e999", "nan", "x",
    "A0", "A1", "a1", "XFD1048576", "XFE1", "ZZZZ1", "A1:XFD1048576", "D4:B2", "A1:", ":", "$A$1", "A1:B2:C3",
    "../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/x", "\\\\host\\share",
    "xl/workbook.xml", "worksheets/sheet1.xml", "&#0;", "&#xD800;", "&lt;x&gt;", "_x0000_", "_xD800_", "é" * 40,
    "true", "s", "str", "inlineStr", "e", "b", "d", "shared", "array", "hidden", "veryHidden", "External",
)  # fmt: skip
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
_ELEMENT = re.compile(rb"<(\w[\w:]*)\b[^<>]*(?:/>|>[^<>]*</\1>)")
_TAG = re.compile(rb"</?[\w:]+\b[^<>]*>")
_DOCTYPES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/">]>',
)


# ---- report files


def damaged_report(data: bytes, dice: Random) -> bytes:
    """A delimited file after one to four blows: cells, lines, delimiters, encoding, wrapping, length."""
    for _ in range(dice.randint(1, 4)):
        data = dice.choice(_REPORT_BLOWS)(data, dice)
    return data


def _cell(data: bytes, dice: Random) -> bytes:
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    mark = dice.choice((b"\t", b",", b";"))
    cells = lines[at].split(mark)
    cells[dice.randrange(len(cells))] = dice.choice(HOSTILE_TEXTS).encode("utf-8", "surrogatepass")
    lines[at] = mark.join(cells)
    return b"\n".join(lines)


def _column(data: bytes, dice: Random) -> bytes:
    """One column of every line takes the same text, or leaves."""
    mark, text = dice.choice((b"\t", b",")), dice.choice(HOSTILE_TEXTS).encode("utf-8", "surrogatepass")
    index, drop = dice.randrange(12), dice.random() < 0.3
    lines = []
    for number, line in enumerate(data.split(b"\n")):
        cells = line.split(mark)
        if index < len(cells) and (number or drop):
            cells[index : index + 1] = [] if drop else [text]
        lines.append(mark.join(cells))
    return b"\n".join(lines)


def _lines(data: bytes, dice: Random) -> bytes:
    lines = data.split(b"\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    what = dice.randrange(4)
    if what == 0:
        lines.insert(second, lines[first])
    elif what == 1:
        lines[first], lines[second] = lines[second], lines[first]
    elif what == 2:
        del lines[first]
    else:
        lines[first:first] = [b""] * dice.choice((1, 3, 300))
    return b"\n".join(lines)


def _characters(data: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    junk = dice.choice(
        (b'"', b"\0", b"\r", b"\n", b"\xff", b"\xed\xa0\x80", b",", b"\t", b"\x1a", b'""', b"\xef\xbb\xbf")
    )
    return data[:at] + junk * dice.choice((1, 1, 2, 500)) + data[at + dice.choice((0, 0, 1, 5)) :]


def _marks(data: bytes, dice: Random) -> bytes:
    old, new = dice.sample((b"\t", b",", b";", b'"', b"\n", b"\r\n", b"/", b"-", b"."), 2)
    return data.replace(old, new, dice.choice((-1, -1, 1, 7)))


def _encoding(data: bytes, dice: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = dice.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp932", "gbk", "utf-7"))
    coded = text.encode(encoding, "replace")
    return coded if dice.random() < 0.6 else coded[: len(coded) // 2] + data[len(data) // 2 :]


def _wrapping(data: bytes, dice: Random) -> bytes:
    if dice.random() < 0.4:
        return gzip.compress(data, mtime=0)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        name = dice.choice(
            ("a.txt", "../a.csv", "/a.txt", "C:\\a.txt", "a/b/c.tsv", "a.zip", "x.gz", "a.exe")
        )
        archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _length(data: bytes, dice: Random) -> bytes:
    if dice.random() < 0.6:
        return data[: dice.randrange(len(data) + 1)]
    return (data + data)[:60_000]


_REPORT_BLOWS = (
    _cell,
    _cell,
    _cell,
    _column,
    _column,
    _lines,
    _lines,
    _characters,
    _marks,
    _encoding,
    _length,
    _wrapping,
)


# ---- workbooks


def damaged_workbook(data: bytes, dice: Random) -> bytes:
    """A workbook after one to three blows to the XML of its parts, and now and then to its zip structure."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = {i.filename: archive.read(i) for i in archive.infolist()}
    except Exception:  # no zip file any more: only its bytes can be damaged
        return _flipped(data, dice)
    if not parts:
        return _flipped(data, dice)
    for _ in range(dice.randint(1, 3)):
        name = dice.choice(sorted(parts))
        parts[name] = dice.choice(_XML_BLOWS)(parts[name], dice)
    if dice.random() < 0.15:
        parts = _renamed(parts, dice)
    packed = _packed(parts, dice)
    return dice.choice(_ZIP_BLOWS)(packed, dice) if dice.random() < 0.15 else packed


def _packed(parts: dict[str, bytes], dice: Random) -> bytes:
    out = BytesIO()
    stored = dice.random() < 0.1
    with zipfile.ZipFile(
        out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, compresslevel=1
    ) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = archive.compression
            archive.writestr(info, content)
    return out.getvalue()


def _renamed(parts: dict[str, bytes], dice: Random) -> dict[str, bytes]:
    name = dice.choice(sorted(parts))
    other = dice.choice(
        (*sorted(parts), "../evil.xml", "/xl/x.xml", name.upper(), name + "/", "xl/vbaProject.bin")
    )
    renamed = {(other if n == name else n): c for n, c in parts.items()}
    if dice.random() < 0.4:
        renamed.pop(other, None)
    return renamed


def _value(xml: bytes, dice: Random) -> bytes:
    return _swapped(xml, dice, _ATTRIBUTE, 2, HOSTILE_VALUES)


def _content(xml: bytes, dice: Random) -> bytes:
    return _swapped(xml, dice, _TEXT, 1, HOSTILE_TEXTS + HOSTILE_VALUES)


def _swapped(
    xml: bytes, dice: Random, pattern: re.Pattern[bytes], group: int, pool: tuple[str, ...]
) -> bytes:
    """One match takes a hostile text or that of another match."""
    found = list(pattern.finditer(xml))
    if not found:
        return xml
    match, other = dice.choice(found), dice.choice(found)
    text = dice.choice(pool).encode("utf-8", "surrogatepass").replace(b"<", b"&lt;").replace(b'"', b"&quot;")
    new = text if dice.random() < 0.7 else other[group]
    return xml[: match.start(group)] + new + xml[match.end(group) :]


def _elements(xml: bytes, dice: Random) -> bytes:
    found = list(_ELEMENT.finditer(xml))
    if not found:
        return xml
    match, other = dice.choice(found), dice.choice(found)
    what = dice.randrange(4)
    if what == 0:
        return xml[: match.start()] + xml[match.end() :]
    if what == 1:
        return xml[: match.end()] + match[0] * dice.choice((1, 2, 50)) + xml[match.end() :]
    if what == 2:
        return xml[: match.start()] + other[0] + xml[match.end() :]
    return xml[: match.start()] + other[0] + match[0] + xml[match.end() :]


def _tags(xml: bytes, dice: Random) -> bytes:
    """One tag leaves, or comes twice, or takes another prefix."""
    found = list(_TAG.finditer(xml))
    if not found:
        return xml
    match = dice.choice(found)
    new = dice.choice((b"", match[0] * 2, match[0].replace(b"<", b"<x:"), match[0].replace(b'"', b"'")))
    return xml[: match.start()] + new + xml[match.end() :]


def _prolog(xml: bytes, dice: Random) -> bytes:
    end = xml.find(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    junk = dice.choice((*_DOCTYPES, b"<!-- x -->", b"<?pi x?>", b"<![CDATA[x]]>", b"\xff\xfe", b"\0"))
    return xml[:end] + junk + xml[end:]


def _prefixed(xml: bytes, dice: Random) -> bytes:
    return re.sub(rb"<(/?)(\w+)", rb"<\1x:\2", xml).replace(b' xmlns="', b' xmlns:x="')


def _recoded(xml: bytes, dice: Random) -> bytes:
    return xml.decode("utf-8", "replace").encode(dice.choice(("utf-16", "utf-8-sig", "cp1252")), "replace")


def _cut(xml: bytes, dice: Random) -> bytes:
    return dice.choice((b"", xml[: dice.randrange(len(xml) + 1)]))


def _flipped(data: bytes, dice: Random) -> bytes:
    changed = bytearray(data or b"PK")
    for _ in range(dice.choice((1, 2, 8))):
        changed[dice.randrange(len(changed))] = dice.choice((0, 0xFF, dice.randrange(256)))
    return bytes(changed)


_XML_BLOWS = (
    _value, _value, _value, _value, _content, _content, _elements, _elements, _tags, _prolog, _prefixed, _recoded,
    _cut, _flipped,
)  # fmt: skip


def _directory_lie(data: bytes, dice: Random) -> bytes:
    """One field of one entry in the central directory says something else."""
    places = [m.start() for m in re.finditer(rb"PK\x01\x02", data)]
    if not places:
        return data
    at = dice.choice(places) + dice.choice(
        (8, 10, 16, 20, 24, 28, 30, 42)
    )  # flags, method, CRC, sizes, offset
    value = dice.choice((0, 1, 8, 99, 0xFFFF, 0xFFFFFFFF, dice.randrange(1 << 32)))
    return data[:at] + struct.pack("<I", value)[: dice.choice((2, 4))] + data[at + 4 :]


def _overlapping(data: bytes, dice: Random) -> bytes:
    """Every entry points at the bytes of one and the same member."""
    places = [m.start() + 42 for m in re.finditer(rb"PK\x01\x02", data)]
    changed = bytearray(data)
    if places:
        offset = bytes(changed[places[0] : places[0] + 4])
        for at in places[: dice.choice((2, len(places)))]:
            changed[at : at + 4] = offset
    return bytes(changed)


def _shortened(data: bytes, dice: Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _framed(data: bytes, dice: Random) -> bytes:
    junk = zlib.compress(bytes(dice.randrange(200)))
    return junk + data if dice.random() < 0.5 else data + junk


_ZIP_BLOWS = (_directory_lie, _directory_lie, _overlapping, _shortened, _framed, _flipped)
