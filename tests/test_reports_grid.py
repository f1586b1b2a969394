"""Columns of text by code: what is left of one when rows are left out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from recoup.reports._grid import Encoded, encode

COLUMNS = st.lists(st.sampled_from(["", "Date", "a", "b", "c"]), min_size=1, max_size=30)


def same(part: Encoded, texts: list[str]) -> None:
    """The same cells, and each text of theirs once."""
    assert part.as_text().to_pylist() == texts
    assert sorted(part.texts.to_pylist()) == sorted(set(texts))
    assert [part.texts[int(code)].as_py() for code in part.codes] == texts


@given(COLUMNS, st.integers(0, 12), st.integers(0, 12), st.booleans())
def test_a_run_of_rows_knows_its_own_texts_only(
    texts: list[str], above: int, below: int, by_code: bool
) -> None:
    cells = pa.array(texts, pa.large_string())
    column = encode(cells.dictionary_encode() if by_code else cells)
    stop = max(len(texts) - below, 0)
    above = min(above, stop)
    same(column.part(slice(above, stop)), texts[above:stop])
    same(column.part(slice(None)), texts)


@given(COLUMNS, st.data())
def test_chosen_rows_know_their_own_texts_only(texts: list[str], data: st.DataObject) -> None:
    column = encode(pa.array(texts, pa.large_string()))
    keep = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True).map(sorted))
    chosen = [texts[place] for place in keep]
    same(column.part(np.array(keep, dtype=np.int64)), chosen)
    same(column.part(np.isin(np.arange(len(texts)), keep)), chosen)
