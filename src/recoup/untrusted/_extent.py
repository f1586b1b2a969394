"""The used range of a worksheet, found before it is read: a cell far out would cost all memory.

The reader of cells makes room for the whole rectangle between the first and the last cell. What the sheet states
about itself may be a lie, so every address is looked at: one pass of a pattern that finds whatever is not an address
within bounds, written as Excel writes it. Only a sheet that does not pass is taken apart tag by tag.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from xml.parsers import expat

import pyarrow as pa
import pyarrow.compute as pc

from ._limits import LAST_COLUMN, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from ._packages import Unreadable

_OVERLAP = 64
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\b[^>]*?\bref="[A-Z]+\d+(?::([A-Z]{1,2})(\d{1,7}))?"')
_ADDRESS = re.compile(r"([A-Za-z]{1,4})(\d{1,8})")
_TOO_FAR = "has cells so far out that it is too large to read"
_REMEDY = "delete the columns to the right of the data and the rows below it, then save it again"


def _greater(bound: str, digits: str) -> str:
    """The pattern of the texts that are longer than the bound, or as long and behind it in order."""
    found = [f"[{digits}]{{{len(bound) + 1}}}"]
    for at, digit in enumerate(bound):
        if digit != digits[-1]:
            left = len(bound) - at - 1
            behind = f"{bound[:at]}[{chr(ord(digit) + 1)}-{digits[-1]}]"
            found.append(behind + (f"[{digits}]{{{left}}}" if left else ""))
    return "|".join(found)


_COUNT = f"[cC]ount\\s*=\\s*[\"']({_greater(str(MOST_CELLS), '0-9')}|[0-9]*[^0-9\"'])"


def refuse_far_cells(chunks: Callable[[], Iterator[bytes]]) -> None:
    """Raise ``Unreadable`` when the used range of a worksheet is larger than can be held.

    ``chunks`` gives the worksheet from its start each time it is called.
    """
    bounds = [b for b in (_stated(next(chunks(), b"")), *_usual_bounds()) if b]
    if not any(_none_occurs(chunks(), _outside(*bound)) for bound in bounds):
        _Extent().measure(chunks())


def refuse_far_counts(chunks: Iterable[bytes]) -> None:
    """Raise ``Unreadable`` when a list states more entries than there are cells: room is made for them."""
    if not _none_occurs(chunks, _COUNT):
        raise Unreadable("states a number of entries that no workbook has")


def _usual_bounds() -> list[tuple[str, int]]:
    tall = "AL"
    return [(LAST_COLUMN, MOST_CELLS // index_of(LAST_COLUMN)), (tall, MOST_ROWS)]


def _stated(head: bytes) -> tuple[str, int] | None:
    """The last column and row a sheet states, when a range of that size can be held."""
    found = _DIMENSION.search(head[:10_000])
    if found is None or not found[1]:
        return None
    column, row = found[1].decode(), int(found[2])
    return (column, row) if 0 < index_of(column) * row <= MOST_CELLS else None


def index_of(letters: str) -> int:
    """A -> 1, AA -> 27."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index


def _none_occurs(chunks: Iterable[bytes], pattern: str) -> bool:
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        if _occurs(pattern, text):
            return False
        rest = text[-_OVERLAP:]
    return True


def _occurs(pattern: str, text: bytes) -> bool:
    offsets = pa.py_buffer(struct.pack("<qq", 0, len(text)))
    array = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(text)])
    return bool(pc.match_substring_regex(array, pattern)[0].as_py())


@cache
def _outside(column: str, row: int) -> str:
    """What no sheet within these bounds holds: rows and cells without a plain address, or with one beyond."""
    number = f'(0|{_greater(str(row), "0-9")}|[0-9]+[^0-9"])'
    start = ' [^r]| r[^=]| r=[^"]'
    line = f'[^ A-Za-z]|{start}| r="([^0-9]|{number})'
    cell = f'[^ A-Za-z]|{start}| r="([^A-Z]|{_greater(column, "A-Z")}|[A-Z]+([^A-Z0-9]|{number}))'
    return f"<row({line})|<c({cell})|:(c|row)[ \\t\\r\\n/>]"


class _Extent:
    """Takes a worksheet apart tag by tag, as the reader does, and notes the last row and column."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0

    def measure(self, chunks: Iterable[bytes]) -> None:
        """Raise ``Unreadable`` when the range is too large, or an address is none."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError) as error:
            raise Unreadable(f"holds a sheet that is no proper XML ({error})") from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "row":
            stated = attributes.get("r", str(self.row + 1))
            self.row, self.column = self._number(stated), 0
        elif name == "c":
            self._cell(attributes.get("r"))

    def _cell(self, address: str | None) -> None:
        if address is None:
            self.column += 1
        else:
            found = _ADDRESS.fullmatch(address)
            if found is None:
                raise Unreadable(f"has a cell with the address {address[:20]!r}, which is none")
            self.column, self.row = index_of(found[1]), self._number(found[2])
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
        if address is None and self.column > MOST_COLUMNS:
            raise Unreadable(f"has a row with more than {MOST_COLUMNS:,} cells without an address")
        if self.column > MOST_COLUMNS or self.last_row * self.last_column > MOST_CELLS:
            raise Unreadable(_TOO_FAR, _REMEDY)

    @staticmethod
    def _number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= MOST_ROWS:
            raise Unreadable(f"has a row numbered {text[:20]!r} (sheets end at row {MOST_ROWS:,})")
        return int(text)


def _refuse_document_type(*_: object) -> None:
    raise Unreadable("holds a document type, which no workbook has", "do not trust it")
