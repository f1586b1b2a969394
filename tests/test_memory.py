"""What memory keeps of rows is made column by column: the same lines as one row after another gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from recoup.memory import key_of, mark, recall, remember
from recoup.model import Cell, Formula, Record

HEADERS = ("Claim ID", "Units", "Why", "Case", "Of an older Recoup")
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, 1.0, 2.50, 1e20, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), Formula("1+1", 2)]),
    st.sampled_from(["", "1", 'a "b"\\\r\nc', " é ", "2026-01-02"]),
)
ROWS = st.lists(
    st.builds(
        lambda key, row: {"Claim ID": key, **row},
        st.sampled_from(["A-1", "A-2", "A-3"]),
        st.dictionaries(st.sampled_from(HEADERS[1:]), CELLS),
    ),
    max_size=6,
)
BEFORE = st.dictionaries(
    st.sampled_from(["A-1", "A-2", "A-3"]), st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=3))
)


def told(row: Record, before: Mapping[str, str]) -> str:
    fresh = {h: mark("claim", h, c) for h, c in row.items() if not isinstance(c, Formula)}
    return json.dumps({h: v for h, v in {**before, **fresh}.items() if v}, sort_keys=True)


@given(ROWS, BEFORE)
def test_lines_are_what_one_row_after_another_gives(
    rows: list[Record], before: dict[str, dict[str, str]]
) -> None:
    lines = remember(rows, {}, before)
    names = [key_of(row, ["Claim ID"]) for row in rows]
    assert [entry["Key"] for entry in lines] == names
    assert [entry["Value"] for entry in lines] == [
        told(row, before.get(name, {})) for row, name in zip(rows, names, strict=True)
    ]
    written, _ = recall(lines)
    assert written.keys() == set(names)
