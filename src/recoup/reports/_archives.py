"""Opens files, zip and gzip archives into named bytes, guarded against bombs and stray paths."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..model import Problem
from ..untrusted import Unreadable, open_package
from ..untrusted import unpack as unpack_member

READABLE = {".txt", ".tsv", ".csv", ".xlsx", ".xlsm", ".parquet", ".pq", ".zip", ".gz"}
MOST_BYTES = 4 << 30  # unpacked, per archive
MOST_MEMBERS = 2_000
MOST_RATIO = 500  # unpacked to packed, above 10 MB


@dataclass(frozen=True, slots=True)
class Member:
    """The bytes of one file, under the name people see; ``problem`` says why there are none."""

    name: str
    data: bytes
    problem: Problem | None = None


def open_members(name: str, path: Path) -> Iterator[Member]:
    """One member for a plain file, the unpacked members of an archive."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device would never end
            yield _refused(name, "no file that can be read", "give the report file itself")
            return
        data = path.read_bytes()
    except OSError as error:
        yield _refused(
            name, f"cannot be opened: {error.strerror}", "check that the file exists and is closed"
        )
        return
    yield from unpack(name, data)


def unpack(name: str, data: bytes) -> Iterator[Member]:
    """Zip (not workbooks) and gzip are unpacked, one level deep; everything else passes as it is."""
    if data.startswith(b"\x1f\x8b"):
        yield _gunzip(name, data)
    elif data.startswith(b"PK\x03\x04") and not is_workbook(data):
        yield from _unzip(name, data)
    else:
        yield Member(name, data)


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are an Excel workbook (new or old binary form)."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return True
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with open_package(data) as archive:
            return any(n in archive.NameToInfo for n in ("xl/workbook.xml", "xl/workbook.bin", "content.xml"))
    except zipfile.BadZipFile:
        return False


def _gunzip(name: str, data: bytes) -> Member:
    unzip = zlib.decompressobj(wbits=31)
    most = min(MOST_BYTES, max(10 << 20, MOST_RATIO * len(data)))
    try:
        text = unzip.decompress(data, most)
    except zlib.error:
        return _refused(name, "a damaged gzip file", "download it again")
    if unzip.unconsumed_tail:
        return _refused(
            name, "unpacks to an unreasonable size; not read", "unpack it yourself and look at it"
        )
    if not unzip.eof:
        return _refused(name, "a gzip file that was cut short", "download it again")
    if unzip.unused_data.strip(b"\0"):
        return _refused(name, "several gzip files in one; not read", "unpack it first")
    if _is_packed(text):
        return _refused(name, "an archive inside an archive; not read", "unpack it first")
    return Member(name, text)


def _is_packed(data: bytes) -> bool:
    return data.startswith(b"\x1f\x8b") or (data.startswith(b"PK\x03\x04") and not is_workbook(data))


def _unzip(name: str, data: bytes) -> Iterator[Member]:
    try:
        with open_package(data) as archive:
            members = [i for i in archive.infolist() if not i.is_dir()]
            size = sum(i.file_size for i in members)
            too_dense = size > max(10 << 20, MOST_RATIO * len(data))
            if len(members) > MOST_MEMBERS or size > MOST_BYTES or too_dense:
                yield _refused(
                    name, "unpacks to an unreasonable size; not read", "unpack it yourself and look at it"
                )
                return
        found = False
        for info in members:
            for member in _unzip_member(name, data, info):
                found = True
                yield member
        if not found:
            text = "a zip file without any report file (.txt, .csv, .xlsx)"
            yield _refused(name, text, "unpack it and look at it")
    except zipfile.BadZipFile:
        yield _refused(name, "a damaged zip file", "download it again")


def _unzip_member(name: str, packed: bytes, info: zipfile.ZipInfo) -> Iterator[Member]:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    shown = f"{name}/{path.name}"
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        yield _refused(
            f"{name}/{path.name}", "a member with a path outside the archive; not read", "do not trust it"
        )
        return
    if path.suffix.lower() not in READABLE or path.name.startswith((".", "~$")) or "__MACOSX" in path.parts:
        return
    if info.flag_bits & 1:
        yield _refused(shown, "protected by a password", "unpack it first")
        return
    try:
        data = unpack_member(packed, info)
    except Unreadable:
        yield _refused(shown, "damaged inside its zip file", "download it again")
        return
    if data.startswith(b"\x1f\x8b"):
        yield _gunzip(shown, data)
    elif _is_packed(data):
        yield _refused(shown, "an archive inside an archive; not read", "unpack it first")
    else:
        yield Member(shown, data)


def _refused(name: str, problem: str, remedy: str) -> Member:
    return Member(name, b"", Problem("error", name, problem, remedy))
