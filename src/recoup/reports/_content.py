"""What a table of cells holds, as one digest: formats are no content, the order of rows is, since they are cited."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model import RawTable


def digest_of(table: RawTable) -> str:
    """A digest of all cells in their order; "" when there are none."""
    digest, filled = hashlib.sha256(), False
    for name in table.cells.columns:
        lengths, letters = _content(table.cells[name])
        if letters:
            filled = True
            digest.update(f"{name} {len(lengths)} ".encode() + lengths)
            digest.update(letters)
    return digest.hexdigest()[:32] if filled else ""


def _content(column: pd.Series) -> tuple[bytes, memoryview]:
    """The lengths of a column's texts without the blank ones below the last, and the texts one after another."""
    flat = pa.chunked_array(pa.array(column, type=pa.large_string())).combine_chunks()
    lengths = pc.fill_null(pc.binary_length(flat), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    filled = np.flatnonzero(lengths)
    if not len(filled):
        return b"", memoryview(b"")
    ends = np.frombuffer(flat.buffers()[1], np.int64)[flat.offset : flat.offset + len(flat) + 1]
    return lengths[: filled[-1] + 1].tobytes(), memoryview(flat.buffers()[2])[ends[0] : ends[-1]]
