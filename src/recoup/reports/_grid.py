"""One tab or file as columns of text, each encoded once as codes into its distinct texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionArray

from ..model import RawTable
from ._cores import on_all_cores

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
CODED = pa.dictionary(pa.int32(), pa.large_string())  # of a file's column: most repeat few texts
FEW = 8  # rows left out, whose texts are looked for one by one
TOP = 200  # rows at the top that are always looked at one by one
INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"  # zero-width characters and soft hyphens
_INVISIBLE = re.compile(INVISIBLE)


@dataclass(frozen=True, slots=True)
class FileTable(RawTable):
    """A delimited file; ``widths`` says how many cells each line really had."""

    widths: npt.NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """A run of cells: ``texts[codes]``. ``texts`` is large_string without repeats, blank is "".

    ``cells`` are the same row by row, where they are at hand.
    """

    texts: pa.Array
    codes: Codes
    cells: pa.Array | None = None

    def part(self, keep: slice | Mask | npt.NDArray[np.int64]) -> Encoded:
        """The cells of some rows only; texts that no longer occur are dropped."""
        codes, cells = self.codes[keep], None
        if isinstance(keep, slice):
            start, stop, _ = keep.indices(len(self.codes))
            cells = None if self.cells is None else self.cells.slice(start, stop - start)
        if isinstance(keep, slice) and len(codes) >= len(self.codes) - FEW:
            left_out = {*self.codes[:start].tolist(), *self.codes[stop:].tolist()}
            used = _still_used(len(self.texts), left_out, codes)
        else:
            used = np.zeros(len(self.texts), dtype=bool)
            used[codes] = True
        if used.all():
            return Encoded(self.texts, codes, cells)
        first = int(used.argmax())
        if used[first:].all():  # a heading, the first of all texts
            return Encoded(self.texts.slice(first), codes - np.int32(first), cells)
        renumbered = np.cumsum(used, dtype=np.int32) - np.int32(1)
        return Encoded(self.texts.filter(pa.array(used)), renumbered[codes], cells)

    def as_text(self) -> pa.Array:
        """The texts row by row."""
        return self.texts.take(pa.array(self.codes)) if self.cells is None else self.cells


def _still_used(texts: int, left_out: set[int], codes: Codes) -> Mask:
    """Per text whether it occurs among the codes; only those of the few rows left out may not."""
    used = np.ones(texts, dtype=bool)
    for code in left_out:
        used[code] = bool((codes == code).any())
    return used


def encode(cells: pa.Array | pa.ChunkedArray) -> Encoded:
    """Distinct texts (missing ones become "") and codes of one column."""
    flat = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if isinstance(flat, pa.ChunkedArray):
        flat = pa.concat_arrays(flat.chunks)
    if pa.types.is_dictionary(flat.type):
        return Encoded(flat.dictionary, flat.indices.to_numpy())
    if flat.type != pa.large_string():
        flat = flat.cast(pa.large_string())
    if flat.null_count:
        flat = pc.fill_null(flat, "")
    coded = flat.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return Encoded(coded.dictionary, codes, flat)


def text_series(cells: pa.Array | pa.ChunkedArray) -> pd.Series:
    """Arrow text as a pandas column of the house's text dtype."""
    return pd.Series(text_array(cells), copy=False)


def text_array(cells: pa.Array | pa.ChunkedArray) -> ExtensionArray:
    """The same without an index, for a frame made of many."""
    return pd.arrays.ArrowStringArray(cells, dtype=TEXT)  # type: ignore[call-arg]  # the stubs do not know it


def respelt(texts: pd.Series, spell: Callable[[str], str]) -> pd.Series:
    """Every text of a column in another spelling; each distinct one is looked at once."""
    cells = encode(pa.array(texts.array))
    return spread([spell(text) for text in cells.texts.to_pylist()], cells.codes, texts.index)


def spread(texts: Sequence[str], codes: npt.NDArray[np.integer], index: pd.Index) -> pd.Series:
    """A text per row, by its code."""
    return text_series(pa.array(texts, pa.large_string()).take(pa.array(codes))).set_axis(index)


def constant(text: str, size: int) -> pd.Series:
    """The same text in every row."""
    if not size:
        return pd.Series([], dtype=TEXT)
    return text_series(pa.repeat(pa.scalar(text, pa.large_string()), size))


def text_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table of texts, encoded or not, as a pandas frame with columns 0..n-1 of the same kind."""
    columns = {
        place: text_array(column)
        if column.type == pa.large_string()
        else pd.arrays.ArrowExtensionArray(column)
        for place, column in enumerate(table.columns)
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)
    frame.columns = pd.RangeIndex(len(columns))
    return frame


def _texts(cells: pa.Array | pa.ChunkedArray) -> list[str]:
    """A few cells as texts without characters that nobody sees; missing ones are ""."""
    texts = [t or "" for t in cells.cast(pa.large_string()).to_pylist()]
    return texts if "".join(texts).isascii() else [_INVISIBLE.sub("", t) for t in texts]


def _visible(cells: Encoded) -> Encoded:
    """The cells without characters that nobody sees."""
    texts = cells.texts
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return cells
    if not pc.any(pc.match_substring_regex(texts, INVISIBLE)).as_py():
        return cells
    again = encode(pc.replace_substring_regex(texts, INVISIBLE, ""))
    return Encoded(again.texts, again.codes[cells.codes])


@dataclass(slots=True)
class Grid:
    """A RawTable with its encoded columns, made when first asked for."""

    table: RawTable
    _arrow: list[pa.Array | pa.ChunkedArray] = field(default_factory=list)
    _encoded: dict[int, Encoded] = field(default_factory=dict)
    _top: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.table.cells)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.table.cells.columns)

    def cells(self, index: int) -> pa.Array | pa.ChunkedArray:
        """One column as Arrow holds it."""
        if not self._arrow:
            self._arrow = [pa.array(column.array) for _, column in self.table.cells.items()]
        return self._arrow[index]

    def column(self, index: int) -> Encoded:
        """One column, encoded; zero-width characters are left out."""
        if index not in self._encoded:
            self._encoded[index] = _visible(encode(self.cells(index)))
        return self._encoded[index]

    def columns(self) -> list[Encoded]:
        """All columns, encoded."""
        return on_all_cores(self.column, range(self.width), self.height)

    def row(self, index: int) -> tuple[str, ...]:
        """The cells of one row; the rows at the top are taken out of Arrow all at once."""
        if not self._top:
            columns = [_texts(self.cells(i).slice(0, TOP)) for i in range(self.width)]
            self._top = list(zip(*columns, strict=True))
        if index < len(self._top):
            return self._top[index]
        return tuple(_texts(self.cells(i).slice(index, 1))[0] for i in range(self.width))

    def filled(self, index: int) -> Mask:
        """Per row: the cell of this column holds more than blanks."""
        column = self.column(index)
        texts = pc.not_equal(pc.utf8_trim_whitespace(column.texts), "")
        filled: Mask = texts.to_numpy(zero_copy_only=False)[column.codes]
        return filled

    def blank_rows(self) -> Mask:
        """True for rows without any text but blanks."""
        blank = np.ones(self.height, dtype=bool)
        for index in range(self.width):
            blank &= ~self.filled(index)
            if not blank.any():
                break
        return blank
