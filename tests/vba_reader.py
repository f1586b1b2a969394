"""Reads VBA projects back, by MS-OVBA alone and without anything of Recoup; olefile reads the container.

Its measure are projects that Excel and others wrote, with the sources they were made from (see test_addin_format.py).
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import olefile

_NAME, _STREAM, _OFFSET, _STANDARD, _OTHER, _VERSION = 0x19, 0x1A, 0x31, 0x21, 0x22, 0x09


def decompressed(container: bytes) -> bytes:
    """The text of a compressed container (2.4.1)."""
    if container[:1] != b"\x01":
        raise ValueError("no compressed container")
    text, at = b"", 1
    while at < len(container):
        (header,) = struct.unpack_from("<H", container, at)
        end = at + (header & 0x0FFF) + 3
        if header >> 12 & 7 != 3 or end > len(container):
            raise ValueError(f"a damaged chunk at {at}")
        body = container[at + 2 : end]
        text += _chunk(body) if header >> 15 else body
        at = end
    return text


def _chunk(body: bytes) -> bytes:
    text, at = bytearray(), 0
    while at < len(body):
        flags, at = body[at], at + 1
        for bit in range(8):
            if at >= len(body):
                break
            if flags >> bit & 1:
                (token,) = struct.unpack_from("<H", body, at)
                bits = max(4, (len(text) - 1).bit_length())  # how many of the token tell the offset
                offset, length = (token >> 16 - bits) + 1, (token & 0xFFFF >> bits) + 3
                if offset > len(text):
                    raise ValueError("a copy from before the chunk")
                for _ in range(length):
                    text.append(text[-offset])
                at += 2
            else:
                text.append(body[at])
                at += 1
    if len(text) > 4096:
        raise ValueError("a chunk of more than 4,096 bytes")
    return bytes(text)


def records(project: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record of the dir stream (2.3.4.2)."""
    with olefile.OleFileIO(io.BytesIO(project)) as file:
        text = decompressed(file.openstream("VBA/dir").read())
    at = 0
    while at < len(text):
        number, size = struct.unpack_from("<HI", text, at)
        size += 2 if number == _VERSION else 0  # whose size leaves two bytes out
        yield number, text[at + 6 : at + 6 + size]
        at += 6 + size


def read_project(project: bytes) -> dict[str, str]:
    """The text of each module by the name its file would have, in the order of the project."""
    streams: list[tuple[str, str, int, str]] = []
    name = stream = ""
    offset = 0
    for number, content in records(project):
        if number == _NAME:
            name = content.decode("cp1252")
        elif number == _STREAM:
            stream = content.decode("cp1252")
        elif number == _OFFSET:
            (offset,) = struct.unpack("<I", content)
        elif number in (_STANDARD, _OTHER):
            streams.append((name, stream, offset, ".bas" if number == _STANDARD else ".cls"))
    with olefile.OleFileIO(io.BytesIO(project)) as file:
        return {
            name + ending: decompressed(file.openstream(f"VBA/{stream}").read()[offset:])
            .decode("cp1252")
            .replace("\r\n", "\n")
            for name, stream, offset, ending in streams
        }


def project_in(file: Path) -> bytes:
    """The VBA project of an add-in or workbook."""
    with zipfile.ZipFile(file) as package:
        return package.read("xl/vbaProject.bin")
