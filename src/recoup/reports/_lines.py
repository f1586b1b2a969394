"""The bytes of a delimited file and where its lines and quotes stand: what is counted is counted once."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 20  # bytes compared at a time: what they give stays in the processor's cache


class Lines:
    """UTF-8 text as it is read: never edited, so that counts stay true."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._counts: dict[str, int] = {}

    def count(self, characters: str) -> int:
        """How often these characters, frequent ones, stand one after another; faster than ``bytes.count`` for such."""
        if characters not in self._counts:
            raw, found = np.frombuffer(self.data, dtype=np.uint8), 0
            size = len(raw) - len(characters) + 1
            for at in range(0, size, CHUNK):
                stop = min(at + CHUNK, size)
                here = raw[at:stop] == ord(characters[0])
                for further, character in enumerate(characters[1:], start=1):
                    here &= raw[at + further : stop + further] == ord(character)
                found += int(np.count_nonzero(here))
            self._counts[characters] = found
        return self._counts[characters]

    @property
    def number(self) -> int:
        """How many lines there are; the last one may lack its end."""
        return self.count("\n") + (not self.data.endswith(b"\n"))

    def with_one_kind_of_end(self) -> Lines:
        """A lone carriage return is a line end where there is no other, else a blank inside a text."""
        if b"\r" not in self.data:
            return self
        if b"\n" not in self.data:
            return Lines(self.data.replace(b"\r", b"\n"))
        if self.count("\r") == self.count("\r\n"):
            return self
        return Lines(re.sub(rb"\r+\n", b"\n", self.data).replace(b"\r", b" "))

    @cached_property
    def has_ends_in_quotes(self) -> bool:
        """Whether a quoted field holds a line end."""
        if b'"' not in self.data:
            return False
        ended = self.count('"\n') + (self.count('"\r\n') if b"\r" in self.data else 0)
        if ended >= self.count("\n"):
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
