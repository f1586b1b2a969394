"""The zip file of a workbook: members within the limits, apart from each other, exactly as long as they say."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from xml.parsers import expat

from ._limits import MOST_MEMBERS, MOST_PART, MOST_RATIO, MOST_UNPACKED, RATIO_FROM

_BLOCK = 1 << 20
_LOCAL_HEADER = 30
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    ValueError,
    struct.error,
    OSError,
    OverflowError,
    EOFError,
)
# possessive: what an instruction or a comment has passed over is not looked through again for a second end
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.S)


class Unreadable(Exception):  # noqa: N818
    """Why a file is not read; ``remedy`` is what a person can do."""

    def __init__(self, reason: str, remedy: str = "open it in Excel and save it again as .xlsx") -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason, self.remedy = reason, remedy


def open_package(data: bytes) -> zipfile.ZipFile:
    """The directory of a zip file. Raises ``zipfile.BadZipFile`` when it has none."""
    try:
        return zipfile.ZipFile(BytesIO(data))
    except _BROKEN as error:
        raise zipfile.BadZipFile(str(error)) from error


def refuse_damage(package: zipfile.ZipFile, data: bytes) -> None:
    """Raise ``Unreadable`` for more, larger, doubled, overlapping or locked members than any workbook has."""
    members = package.infolist()
    names = [m.filename.replace("\\", "/").lstrip("/").casefold() for m in members]
    largest = max((m.file_size for m in members), default=0)
    if len(members) > MOST_MEMBERS:
        raise Unreadable(f"has {len(members):,} parts, more than any workbook")
    if (
        largest > MOST_PART
        or sum(m.file_size for m in members) > MOST_UNPACKED
        or any(map(_is_bomb, members))
    ):
        raise Unreadable(
            f"unpacks to an unreasonable size ({largest / 1e9:,.1f} GB in one part)", "do not trust it"
        )
    doubled = next((name for name, count in Counter(names).items() if count > 1), "")
    if doubled:
        raise Unreadable(f"holds the part {doubled[:100]} twice")
    if any(".." in name.split("/") for name in names):
        raise Unreadable("holds a part with a path outside the workbook", "do not trust it")
    if any(m.flag_bits & 1 for m in members):
        raise Unreadable("was packed with a password (a zip password, not Excel's)", "unpack it first")
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise Unreadable("holds parts that are packed in a way Excel does not use")
    _refuse_overlap(data, members, package.start_dir)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(RATIO_FROM, MOST_RATIO * member.compress_size)


def _refuse_overlap(data: bytes, members: Iterable[zipfile.ZipInfo], end: int) -> None:
    """Members must lie one behind the other, each behind a header of its own, before the directory."""
    behind = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < behind:
            raise Unreadable("holds parts that lie on top of each other", "do not trust it")
        behind = _start(data, member) + member.compress_size
    if behind > end:
        raise Unreadable("holds a part that is longer than the file")


def _start(data: bytes, member: zipfile.ZipInfo) -> int:
    """Where the packed bytes of a member begin. Raises ``Unreadable``."""
    at, name = member.header_offset, member.orig_filename
    head = data[at : at + _LOCAL_HEADER] if at >= 0 else b""
    if len(head) == _LOCAL_HEADER and head.startswith(b"PK\3\4"):
        name_size, extra_size = struct.unpack_from("<HH", head, 26)
        written = data[at + _LOCAL_HEADER : at + _LOCAL_HEADER + name_size]
        if written in (name.encode("utf-8"), name.encode("cp437", "replace")):
            return int(at + _LOCAL_HEADER + name_size + extra_size)
    raise _damaged(member)


def _damaged(member: zipfile.ZipInfo) -> Unreadable:
    return Unreadable(f"holds a damaged part ({member.filename[:100]!r})")


def unpacked(data: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a member, block by block. Raises ``Unreadable`` when it is not what the directory says."""
    start = _start(data, member)
    raw = memoryview(data)[start : start + member.compress_size]
    size = crc = 0
    try:
        for block in (raw,) if member.compress_type == zipfile.ZIP_STORED else _inflated(raw):
            size, crc = size + len(block), zlib.crc32(block, crc)
            if size > member.file_size:
                raise _damaged(member)
            yield bytes(block)
    except zlib.error as error:
        raise _damaged(member) from error
    if size != member.file_size or crc != member.CRC:
        raise _damaged(member)


def _inflated(raw: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    rest: bytes | memoryview = raw
    while not inflate.eof:
        block = inflate.decompress(rest, _BLOCK)
        rest = inflate.unconsumed_tail
        if not block and not rest and not inflate.eof:
            raise zlib.error("cut short")
        yield block
    if inflate.unused_data:
        raise zlib.error("more than one stream")


def unpack(data: bytes, member: zipfile.ZipInfo) -> bytes:
    """The whole content of a member. Raises ``Unreadable``."""
    return b"".join(unpacked(data, member))


def refuse_document_type(part: str, head: bytes) -> None:
    """Raise ``Unreadable`` when the start of a part declares a document type, and with it perhaps entities."""
    if _PROLOG.match(head):
        raise Unreadable(f"holds a document type in {part[:100]}, which no workbook has", "do not trust it")


def refuse_foreign_xml(part: str, content: bytes) -> None:
    """Raise ``Unreadable`` unless a part is well-formed XML in UTF-8 without a document type."""
    refuse_document_type(part, content)
    try:
        content.decode("utf-8")
        expat.ParserCreate("utf-8").Parse(content, True)
    except UnicodeDecodeError as error:
        raise Unreadable(f"holds a part that is not written in UTF-8 ({part[:100]})") from error
    except expat.ExpatError as error:
        raise Unreadable(f"holds a part that is no proper XML ({part[:100]}: {error})") from error
