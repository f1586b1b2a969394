"""The zip package of a workbook: members are read, and copied as the raw compressed bytes they are."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from recoup.books.base import BookUnsupported
from recoup.untrusted import Unreadable, open_package, refuse_damage, refuse_foreign_xml, unpack, unpacked

Content = bytes | Iterable[bytes]

_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_RELATIONSHIP = re.compile(r"<(?:\w+:)?Relationship\b([^>]*?)/?>")
_OLE = b"\xd0\xcf\x11\xe0"
_LIMIT = 0xFFFF_FFFF
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")


def attributes(tag: str) -> dict[str, str]:
    """The attributes of an XML start tag, unescaped."""
    return {name: unescape(a or b) for name, a, b in _ATTRIBUTE.findall(tag)}


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part to another: the last word of its type, and the part it points at."""

    kind: str
    part: str


def relationships_part(part: str) -> str:
    """The part that holds the relationships of ``part``."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


class Package:
    """All members of one .xlsx file, held in memory as they were read."""

    def __init__(self, data: bytes, name: str) -> None:
        """``name`` is the file name that messages show. Raises ``BookUnsupported``."""
        self.data, self.name = data, name
        try:
            members = open_package(data)
            self.members = {info.filename: info for info in members.infolist()}
            _refuse_other_formats(self.members, name)
            refuse_damage(members, data)
        except zipfile.BadZipFile as error:
            raise BookUnsupported(_what_it_is(data, name)) from error
        except Unreadable as error:
            raise self._unsupported(error) from error

    def _unsupported(self, error: Unreadable) -> BookUnsupported:
        return BookUnsupported(f"{self.name} {error}.")

    def _member(self, part: str) -> zipfile.ZipInfo:
        if part not in self.members:
            raise BookUnsupported(f"{self.name} lacks its part {part[:100]!r}; restore it from a backup.")
        return self.members[part]

    def __contains__(self, part: str) -> bool:
        return part in self.members

    def read(self, part: str, xml: bool = False) -> bytes:
        """The uncompressed content of a part; with ``xml``, or a name that says so, well-formed XML.

        Raises ``BookUnsupported``.
        """
        try:
            content = unpack(self.data, self._member(part))
            if part.endswith((".xml", ".rels")) or xml:
                refuse_foreign_xml(part, content)
        except Unreadable as error:
            raise self._unsupported(error) from error
        return content

    def blocks(self, part: str) -> Iterator[bytes]:
        """The uncompressed content of a part, block by block. Raises ``Unreadable``."""
        return unpacked(self.data, self._member(part))

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part, by id; links out of the package are left out."""
        rels = relationships_part(part)
        if rels not in self.members:
            return {}
        found = {}
        for match in _RELATIONSHIP.finditer(self.read(rels).decode("utf-8")):
            a = attributes(match[1])
            if a.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), a["Target"]))
                found[a["Id"]] = Relationship(a["Type"].rsplit("/", 1)[-1], target.lstrip("/"))
        return found

    def raw(self, info: zipfile.ZipInfo) -> memoryview:
        """The compressed bytes of a member."""
        name_size, extra_size = struct.unpack_from("<HH", self.data, info.header_offset + 26)
        start = info.header_offset + 30 + name_size + extra_size
        return memoryview(self.data)[start : start + info.compress_size]

    def with_parts(self, changed: Mapping[str, Content], dropped: Iterable[str] = ()) -> bytes:
        """The package with some parts replaced, added or left out; every other one is copied byte for byte."""
        writer, gone = _Writer(), frozenset(dropped)
        for name, info in self.members.items():
            if name in gone:
                continue
            if name in changed:
                writer.add_new(info, changed[name])
            else:
                writer.add_raw(info, self.raw(info))
        for name in changed.keys() - self.members.keys():
            writer.add_new(zipfile.ZipInfo(name), changed[name])
        return writer.finish()


def _what_it_is(data: bytes, name: str) -> str:
    if data[:4] == _OLE and "EncryptedPackage".encode("utf-16-le") in data:
        return f"{name} is protected with a password to open; remove it in Excel (File > Info) and save it again."
    if data[:4] == _OLE:
        return f"{name} is an old Excel file (.xls); save it in Excel as Excel workbook (.xlsx)."
    return f"{name} is no Excel workbook or is damaged; open it in Excel and save it as .xlsx."


def _refuse_other_formats(members: Mapping[str, zipfile.ZipInfo], name: str) -> None:
    if "xl/workbook.bin" in members:
        raise BookUnsupported(f"{name} is a binary workbook (.xlsb); save it in Excel as .xlsx.")
    if "content.xml" in members and "mimetype" in members:
        raise BookUnsupported(f"{name} is an OpenDocument spreadsheet; save it as Excel workbook (.xlsx).")
    if "xl/vbaProject.bin" in members:
        raise BookUnsupported(
            f"{name} holds macros (.xlsm); save it in Excel as .xlsx, Recoup needs no macros."
        )
    if "[Content_Types].xml" not in members or "_rels/.rels" not in members:
        raise BookUnsupported(f"{name} is a zip file but no Excel workbook; give the .xlsx file itself.")


@dataclass(slots=True)
class _Writer:
    """Writes a zip file member by member; nothing that is copied is compressed again."""

    out: io.BytesIO = field(default_factory=io.BytesIO)
    directory: list[tuple[zipfile.ZipInfo, int]] = field(default_factory=list)

    def add_raw(self, info: zipfile.ZipInfo, raw: bytes | memoryview) -> None:
        entry = _entry_like(info)
        entry.compress_type, entry.CRC = info.compress_type, info.CRC
        entry.compress_size, entry.file_size = info.compress_size, info.file_size
        self._begin(entry)
        self.out.write(raw)

    def add_new(self, info: zipfile.ZipInfo, content: Content) -> None:
        entry = _entry_like(info)
        entry.compress_type = zipfile.ZIP_DEFLATED
        start = self.out.tell()
        self._begin(entry)
        body, crc, size = self.out.tell(), 0, 0
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        for chunk in (content,) if isinstance(content, bytes) else content:
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            self.out.write(deflate.compress(chunk))
        self.out.write(deflate.flush())
        end = self.out.tell()
        entry.CRC, entry.file_size, entry.compress_size = crc, size, end - body
        self.out.seek(start)
        self.out.write(entry.FileHeader(zip64=False))
        self.out.seek(end)

    def _begin(self, entry: zipfile.ZipInfo) -> None:
        self.directory.append((entry, self.out.tell()))
        self.out.write(entry.FileHeader(zip64=False))

    def finish(self) -> bytes:
        start = self.out.tell()
        if start + max((e.file_size for e, _ in self.directory), default=0) > _LIMIT:
            raise BookUnsupported(
                "The workbook grew past 4 GB; keep the reports in a Reports folder instead."
            )
        for entry, offset in self.directory:
            self._write_directory_entry(entry, offset)
        size, count = self.out.tell() - start, len(self.directory)
        self.out.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0))
        return self.out.getvalue()

    def _write_directory_entry(self, entry: zipfile.ZipInfo, offset: int) -> None:
        y, mo, d, h, mi, s = entry.date_time
        day, time = (y - 1980) << 9 | mo << 5 | d, h << 11 | mi << 5 | s // 2
        name = entry.filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
        self.out.write(
            _CENTRAL.pack(
                b"PK\1\2", 20, entry.create_system, 20, 0, entry.flag_bits, entry.compress_type, time, day,
                entry.CRC, entry.compress_size, entry.file_size, len(name), 0, 0, 0, entry.internal_attr,
                entry.external_attr, offset,
            )
        )  # fmt: skip
        self.out.write(name)


def _entry_like(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(info.filename, info.date_time)
    entry.create_system, entry.external_attr = info.create_system, info.external_attr
    entry.internal_attr, entry.CRC = info.internal_attr, 0
    entry.flag_bits = info.flag_bits & ~0x09  # sizes stand in the header; never encrypted
    if not info.filename.isascii():
        entry.flag_bits |= 0x800
    return entry
