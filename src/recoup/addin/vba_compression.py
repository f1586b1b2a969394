"""The compression of VBA source, MS-OVBA 2.4.1: chunks of 4,096 bytes, copies told as offset and length."""

from __future__ import annotations

import struct

_CHUNK = 4096
_SIGNATURE = b"\x01"
_COMPRESSED, _RAW = (
    0xB000,
    0x3000,
)  # header of a chunk: flag and signature; its low 12 bits are the size less 3
_SHORTEST_COPY = 3
_TOKENS_PER_FLAGS = 8


def compress(data: bytes) -> bytes:
    """The compressed container. Raises ``ValueError`` when a last, short chunk is noise: it would grow by padding."""
    return _SIGNATURE + b"".join(_chunk(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK))


def _chunk(data: bytes) -> bytes:
    body = _Tokens(data).written()
    if len(body) <= _CHUNK:
        return struct.pack("<H", _COMPRESSED | len(body) - 1) + body
    if len(data) < _CHUNK:
        raise ValueError("text that cannot be compressed is no VBA source")
    return struct.pack("<H", _RAW | _CHUNK - 1) + data


class _Tokens:
    """One chunk as literal bytes and copies of what stands before them in the chunk."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self._seen: dict[bytes, list[int]] = {}  # where each three bytes stood so far

    def written(self) -> bytes:
        """Groups of a byte of flags and up to eight tokens; a flag is set for a copy."""
        written = bytearray()
        while self._at < len(self._data):
            flags, group = 0, bytearray()
            for bit in range(_TOKENS_PER_FLAGS):
                if self._at == len(self._data):
                    break
                offset, length = self._longest_copy()
                flags |= (length > 0) << bit
                group += self._copy(offset, length) if length else self._data[self._at : self._at + 1]
                self._pass(length or 1)
            written += bytes([flags]) + group
        return bytes(written)

    def _longest_copy(self) -> tuple[int, int]:
        """How far back it starts and how long it is, the nearest of the longest; length 0 when there is none."""
        data, at = self._data, self._at
        longest = min((0xFFFF >> self._offset_bits()) + _SHORTEST_COPY, len(data) - at)
        best, length = 0, 0
        for start in reversed(self._seen.get(data[at : at + _SHORTEST_COPY], ())):
            same = _SHORTEST_COPY
            while same < longest and data[start + same] == data[at + same]:
                same += 1
            if same > length:
                best, length = at - start, same
            if length >= longest:
                break
        return best, length

    def _copy(self, offset: int, length: int) -> bytes:
        return struct.pack("<H", offset - 1 << 16 - self._offset_bits() | length - _SHORTEST_COPY)

    def _offset_bits(self) -> int:
        """The further into the chunk, the more bits of a copy are its offset and the fewer its length."""
        return max(4, (self._at - 1).bit_length()) if self._at else 4

    def _pass(self, count: int) -> None:
        for at in range(self._at, self._at + count):
            self._seen.setdefault(self._data[at : at + _SHORTEST_COPY], []).append(at)
        self._at += count
