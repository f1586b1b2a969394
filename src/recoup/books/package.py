"""The zip package of a workbook: members are read, and copied as the raw compressed bytes they are."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape

from recoup.books.base import BookUnsupported
from recoup.books.formats import MACROS, refuse_other_formats, what_it_is
from recoup.books.xml_text import plain_xml
from recoup.untrusted import Unreadable, open_package, refuse_damage, refuse_foreign_xml, unpack, unpacked

Content = bytes | Iterable[bytes]

_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_RELATIONSHIP = re.compile(r"<(?:[\w.-]+:)?Relationship\b([^>]*?)/?>")
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_LEVEL = 6  # of compression, of report rows: they are packed once
_QUICK = 5  # of parts that a refresh writes anew: a quarter quicker, 3 % larger
_LIMIT, _MOST_MEMBERS = 0xFFFF_FFFF, 0xFFFE
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


def _canonical(part: str) -> str:
    """Part names are alike whatever their case, their leading slash and their percent-encoding."""
    if "%" in part:
        part = _ENCODED.sub(lambda m: bytes.fromhex(m[1].decode()), part.encode()).decode("utf-8", "replace")
    return part.replace("\\", "/").lstrip("/").lower()


class Package:
    """All members of one .xlsx or .xlsm file, held in memory as they were read."""

    def __init__(self, data: bytes, name: str) -> None:
        """``name`` is the file name that messages show. Raises ``BookUnsupported``."""
        self.data, self.name = data, name
        self._digests: dict[str, str] = {}
        try:
            members = open_package(data)
            self.members = {info.filename: info for info in members.infolist()}
            self._names = {_canonical(part): part for part in self.members}
            refuse_other_formats(self._names.keys(), name)
            refuse_damage(members, data)
        except zipfile.BadZipFile as error:
            raise BookUnsupported(what_it_is(data, name)) from error
        except Unreadable as error:
            raise self._unsupported(error) from error
        self.content_types = self._names["[content_types].xml"]

    def _unsupported(self, error: Unreadable) -> BookUnsupported:
        return BookUnsupported(f"{self.name} {error}.")

    def _member(self, part: str) -> zipfile.ZipInfo:
        if part not in self.members:
            raise BookUnsupported(f"{self.name} lacks its part {part[:100]!r}; restore it from a backup.")
        return self.members[part]

    def __contains__(self, part: str) -> bool:
        return part in self.members

    @property
    def has_macros(self) -> bool:
        """Whether it is a macro-enabled workbook (.xlsm)."""
        return MACROS in self.xml(self.content_types)

    def named(self, part: str) -> str:
        """The part as the zip file spells its name; ``part`` itself when there is none."""
        return self._names.get(_canonical(part), part)

    def read(self, part: str) -> bytes:
        """The uncompressed content of a part. Raises ``BookUnsupported`` when it is missing or damaged."""
        try:
            return unpack(self.data, self._member(part))
        except Unreadable as error:
            raise self._unsupported(error) from error

    def xml(self, part: str) -> bytes:
        """An XML part, well-formed, in the plain dialect that patterns can be trusted with.

        Raises ``BookUnsupported``.
        """
        content = plain_xml(self.read(part), f"{self.name}: its part {part}")
        try:
            refuse_foreign_xml(part, content)
        except Unreadable as error:
            raise self._unsupported(error) from error
        return content

    def digest(self, parts: Iterable[str], *more: str) -> str:
        """The SHA-256 of some parts as they are compressed, those that are there, and of some texts."""
        found = [part for part in parts if part in self.members]
        for part in found:
            if part not in self._digests:
                self._digests[part] = hashlib.sha256(self.raw(self.members[part])).hexdigest()
        return hashlib.sha256(" ".join([*(self._digests[p] for p in found), *more]).encode()).hexdigest()

    def blocks(self, part: str) -> Iterator[bytes]:
        """The uncompressed content of a part, block by block. Raises ``Unreadable``."""
        return unpacked(self.data, self._member(part))

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part, by id; links out of the package are left out."""
        rels = self.named(relationships_part(part))
        if rels not in self.members:
            return {}
        found = {}
        for match in _RELATIONSHIP.finditer(self.xml(rels).decode("utf-8")):
            a = attributes(match[1])
            if a.get("TargetMode") != "External" and "Target" in a:
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), a["Target"]))
                kind = a.get("Type", "").rsplit("/", 1)[-1]
                found[a.get("Id", "")] = Relationship(kind, self.named(target.lstrip("/")))
        return found

    def raw(self, info: zipfile.ZipInfo) -> memoryview:
        """The compressed bytes of a member."""
        name_size, extra_size = struct.unpack_from("<HH", self.data, info.header_offset + 26)
        start = info.header_offset + 30 + name_size + extra_size
        return memoryview(self.data)[start : start + info.compress_size]

    def with_parts(self, changed: Mapping[str, Content], dropped: Iterable[str] = ()) -> bytes:
        """The package with some parts replaced, added or left out; every other one is copied byte for byte."""
        gone = frozenset(dropped)
        infos = {n: i for n, i in self.members.items() if n not in gone}
        infos |= {n: zipfile.ZipInfo(n) for n in changed.keys() - self.members.keys()}
        writer = _Writer()
        with ThreadPoolExecutor() as pool:
            packed = {n: pool.submit(_deflated, c) for n, c in changed.items() if isinstance(c, bytes)}
            for name, info in infos.items():
                content = changed.get(name)
                if content is None:
                    writer.add_raw(info, self.raw(info))
                elif isinstance(content, bytes):
                    writer.add_deflated(info, packed[name].result())
                else:
                    writer.add_stream(info, content)
        return writer.finish()


@dataclass(frozen=True, slots=True)
class _Deflated:
    data: bytes
    crc: int
    size: int


def _deflated(content: bytes) -> _Deflated:
    deflate = zlib.compressobj(_QUICK, zlib.DEFLATED, -15)
    return _Deflated(deflate.compress(content) + deflate.flush(), zlib.crc32(content), len(content))


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

    def add_deflated(self, info: zipfile.ZipInfo, new: _Deflated) -> None:
        entry = _entry_like(info)
        entry.compress_type, entry.CRC = zipfile.ZIP_DEFLATED, new.crc
        entry.compress_size, entry.file_size = len(new.data), new.size
        self.add_raw(entry, new.data)

    def add_stream(self, info: zipfile.ZipInfo, content: Iterable[bytes]) -> None:
        entry = _entry_like(info)
        entry.compress_type = zipfile.ZIP_DEFLATED
        start = self.out.tell()
        self._begin(entry)
        body, crc, size = self.out.tell(), 0, 0
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
        for chunk in content:
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
        if count > _MOST_MEMBERS:
            raise BookUnsupported(f"The workbook has more than {_MOST_MEMBERS:,} parts; save it in Excel.")
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
