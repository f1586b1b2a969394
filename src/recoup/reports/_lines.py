"""The bytes of a delimited file and where its lines and quotes stand: what is counted is counted once."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 22


class Lines:
    """UTF-8 text as it is read: never edited, so that counts stay true."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._counts: dict[str, int] = {}

    def count(self, character: str) -> int:
        """How often a frequent character occurs; several times faster than ``bytes.count`` for these."""
        if character not in self._counts:
            raw, code = np.frombuffer(self.data, dtype=np.uint8), ord(character)
            chunks = (raw[at : at + CHUNK] == code for at in range(0, len(raw), CHUNK))
            self._counts[character] = sum(map(int, map(np.count_nonzero, chunks)))
        return self._counts[character]

    @property
    def number(self) -> int:
        """How many lines there are; the last one may lack its end."""
        return self.count("\n") + (not self.data.endswith(b"\n"))

    @cached_property
    def _pairs(self) -> int:
        """How many lines end with carriage return and line feed."""
        raw = np.frombuffer(self.data, dtype=np.uint8)
        ends = np.flatnonzero(raw == 10)
        return int(np.count_nonzero(raw[ends[ends > 0] - 1] == 13))

    def with_one_kind_of_end(self) -> Lines:
        """A lone carriage return is a line end where there is no other, else a blank inside a text."""
        if b"\r" not in self.data:
            return self
        if b"\n" not in self.data:
            return Lines(self.data.replace(b"\r", b"\n"))
        if self.count("\r") == self._pairs:
            return self
        return Lines(re.sub(rb"\r+\n", b"\n", self.data).replace(b"\r", b" "))

    @cached_property
    def has_ends_in_quotes(self) -> bool:
        """Whether a quoted field holds a line end."""
        ended = self.data.count(b'"\n') + (self.data.count(b'"\r\n') if b"\r" in self.data else 0)
        if b'"' not in self.data or ended >= self.count("\n"):
            return False
        return bool(self._inside_quotes.any())

    @cached_property
    def _inside_quotes(self) -> npt.NDArray[np.bool_]:
        """Per line end: True when it stands inside quotes (an odd number of quotes before it)."""
        raw = np.frombuffer(self.data, dtype=np.uint8)
        parity = np.cumsum(raw == 34, dtype=np.uint8) & 1
        inside: npt.NDArray[np.bool_] = parity[raw == 10].astype(bool)
        return inside

    def starts(self, records: int, quoted: bool) -> npt.NDArray[np.int64]:
        """The line on which each record begins."""
        if self.number == records or not quoted:
            return np.arange(1, records + 1, dtype=np.int64)
        outside = np.flatnonzero(~self._inside_quotes) + 2
        begins: npt.NDArray[np.int64] = np.r_[1, outside][:records].astype(np.int64)
        return begins if len(begins) == records else np.arange(1, records + 1, dtype=np.int64)
