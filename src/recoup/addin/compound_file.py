"""Writes a compound file (MS-CFB version 3): storages and streams in one file, the container of vbaProject.bin."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SECTOR, _MINI_SECTOR, _MINI_LIMIT = 512, 64, 4096
_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_LONGEST_NAME = 31
_FAT_SECTORS_IN_HEADER = 109
_PER_SECTOR = _SECTOR // 4
_ENTRY = "<64sHBB3I16sI8s8sIQ"

Storage = Mapping[str, "bytes | Storage"]


@dataclass(slots=True)
class _Entry:
    """A line of the directory; ``children`` are the numbers of the entries of a storage."""

    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    color: int = _BLACK
    left: int = _FREE
    right: int = _FREE
    child: int = _FREE
    start: int = 0

    def written(self) -> bytes:
        name = f"{self.name}\0".encode("utf-16-le")
        links = (self.left, self.right, self.child)
        blank = (bytes(16), 0, bytes(8), bytes(8))  # class id, state, times
        return struct.pack(
            _ENTRY, name, len(name), self.kind, self.color, *links, *blank, self.start, len(self.data)
        )

    def order(self) -> tuple[int, bytes]:
        """Entries of a storage are sorted by length of name, then by its capitals."""
        return len(self.name), self.name.upper().encode("utf-16-be")


class _Sectors:
    """Runs of sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size, self.data, self.chain = size, bytearray(), list[int]()

    def add(self, data: bytes) -> int:
        """The first sector of the run that now holds ``data``."""
        if not data:
            return _END
        count, first = -(-len(data) // self.size), len(self.chain)
        self.chain += [*range(first + 1, first + count), _END]
        self.data += data.ljust(count * self.size, b"\0")
        return first


def compound_file(root: Storage) -> bytes:
    """The file that holds these storages (mappings) and streams (bytes)."""
    entries = _directory(root)
    sectors, mini = _Sectors(_SECTOR), _Sectors(_MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.start = (mini if len(entry.data) < _MINI_LIMIT else sectors).add(entry.data)
    entries[0].data = bytes(mini.data)
    entries[0].start = sectors.add(entries[0].data)
    mini_fat = _table(mini.chain)
    mini_start = sectors.add(mini_fat)
    directory = sectors.add(_written(entries))
    fat = _file_table(sectors)
    return _header(directory, mini_start, len(mini_fat) // _SECTOR, fat) + bytes(sectors.data)


def _directory(root: Storage) -> list[_Entry]:
    """All entries, the root first; each storage's entries form a balanced red-black tree."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add(entries, 0, root)
    for entry in entries:
        children = sorted(entry.children, key=lambda number: entries[number].order())
        full = len(children) & (len(children) + 1) == 0
        red = 0 if full else len(children).bit_length() - 1  # the deepest level, when it is not full
        entry.child = _tree(entries, children, 0, red)
    return entries


def _add(entries: list[_Entry], parent: int, storage: Storage) -> None:
    for name, content in storage.items():
        if len(name) > _LONGEST_NAME:
            raise ValueError(f"{name}: a name has at most {_LONGEST_NAME} characters")
        number = len(entries)
        entries[parent].children.append(number)
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _add(entries, number, content)


def _tree(entries: list[_Entry], numbers: Sequence[int], depth: int, red: int) -> int:
    if not numbers:
        return _FREE
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.left = _tree(entries, numbers[:middle], depth + 1, red)
    entry.right = _tree(entries, numbers[middle + 1 :], depth + 1, red)
    entry.color = _RED if depth and depth == red else _BLACK
    return numbers[middle]


def _written(entries: Sequence[_Entry]) -> bytes:
    unused = struct.pack(_ENTRY, b"", 0, 0, 0, *(_FREE,) * 3, bytes(16), 0, bytes(8), bytes(8), 0, 0)
    lines = b"".join(entry.written() for entry in entries)
    return lines + unused * (-len(lines) % _SECTOR // len(unused))


def _table(chain: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(chain)}I", *chain) + b"\xff" * (-len(chain) * 4 % _SECTOR)


def _file_table(sectors: _Sectors) -> list[int]:
    """Add the table of all sectors, itself included; the sectors it stands in."""
    count, first = 1, len(sectors.chain)
    while count * _PER_SECTOR < first + count:
        count += 1
    if count > _FAT_SECTORS_IN_HEADER:
        raise ValueError("more than 6 MB do not fit into this kind of compound file")
    sectors.chain += [_FAT_SECTOR] * count
    sectors.data += _table(sectors.chain)
    return list(range(first, first + count))


def _header(directory: int, mini_start: int, mini_count: int, fat: Sequence[int]) -> bytes:
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    sizes = (
        0x3E,
        3,
        0xFFFE,
        9,
        6,
    )  # version 62.3, little-endian, sectors of 2**9, mini sectors of 2**6 bytes
    counts = (0, len(fat), directory, 0, _MINI_LIMIT, mini_start, mini_count, _END, 0)
    places = [*fat, *(_FREE,) * (_FAT_SECTORS_IN_HEADER - len(fat))]
    return struct.pack("<8s16s5H6s9I109I", signature, bytes(16), *sizes, bytes(6), *counts, *places)
