"""Two copies of a table merged: the situations of merging.yaml, and laws that hold after any edits on both sides."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import EFFORT
from recoup.memory import plain
from recoup.model import Formula, Record
from recoup.shared_work._alignment import Layout
from recoup.shared_work._rows import ROW, UNKNOWN, Before, Conflict, Merged, Rows, merge_rows
from recoup.shared_work._tables import LAYOUTS, LOGS

SITUATIONS = yaml.safe_load(Path(__file__).with_name("merging.yaml").read_text(encoding="utf-8"))


def table(text: str) -> Rows:
    """A small table; `-` is blank, `=…` a formula, and `-` inside a heading a blank."""
    lines = [line.replace("Claim ID", "Claim-ID").split() for line in text.strip().splitlines()]
    headers = [h.replace("-", " ") for h in lines[0]]
    return Rows(headers, [dict(zip(headers, map(_cell, line), strict=True)) for line in lines[1:]])


def _cell(word: str) -> Any:
    if word == "-":
        return None
    return Formula(word[1:], None) if word.startswith("=") else word


def said(conflict: Conflict) -> str:
    row = conflict.mine or conflict.theirs or {}
    one, other = ("a formula" if isinstance(c, Formula) else plain(c) or "-" for c in conflict.values())
    return f"{next(plain(c) for c in row.values() if plain(c))}, {conflict.field}: {one} / {other}"


@pytest.mark.parametrize("situation", SITUATIONS, ids=[s["name"] for s in SITUATIONS])
def test_the_situations_of_the_table(situation: dict[str, Any]) -> None:
    layout = {**LAYOUTS, **LOGS}[situation["table"]]
    base = table(situation["base"]) if "base" in situation else None
    mine, theirs = table(situation["mine"]), table(situation["theirs"])

    def past(row: Record, header: str) -> Before:
        return situation.get("was", {}).get(f"{plain(row.get('Claim ID'))} {header}", UNKNOWN)

    merged = merge_rows(layout, base, mine, theirs, past)
    wanted, got = table(situation["merged"]), merged.of(mine)
    assert got.headers == wanted.headers
    assert [{h: row.get(h) for h in got.headers} for row in got.rows] == wanted.rows
    assert [said(c) for c in merged.conflicts] == situation.get("conflicts", [])
    assert [next(plain(c) for c in r.values() if plain(c)) for r in merged.kept] == situation.get("kept", [])
    assert merged.unmarked == situation.get("unmarked", 0)


# ---- laws


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["type", "type", "type", "same", "empty", "sort", "column", "delete", "add", "copy"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=12,
)
START = {  # a small book: tables of each sort, with a row that a person opened and a column that people added
    "Claims": """
Claim-ID  Units  Decision  Decision-note
LW-1      1      -         -
LW-2      2      Hold      old
LW-3      3      -         -
LW-4      4      Take-up   -
""",
    "Cases": """
Claim-ID  Case    SKU  Stage  Notes
LW-4      C-LW-4  S-4  Draft  -
-         C-own   S-9  Filed  mine
LI-1      C-LI-1  S-1  Draft  x
LI-2      C-LI-1  S-2  Draft  -
""",
    "Exclusions": """
Kind  SKU  Reason
lost  S-1  sold
lost  S-2  gift
-     S-3  test
""",
    "CaseLog": """
When        Case    Text
2026-11-01  C-LW-4  filed
2026-11-02  C-LW-4  called
""",
}


def play(name: str, start: Rows, steps: list[tuple[str, int, int]], who: str) -> Rows:
    """What a person makes of a copy; every value typed is new, so that it can be found again."""
    layout = {**LAYOUTS, **LOGS}[name]
    copy = Rows(list(start.headers), [dict(row) for row in start.rows])
    for number, (kind, i, j) in enumerate(steps):
        word, row = f"{who}{number}", copy.rows[i % len(copy.rows)] if copy.rows else {}
        if kind in ("type", "same", "empty") and row:
            key = {h for k in layout.keys for h in k}
            free = [h for h in layout.people(row, copy.headers) if h not in key]
            if free:
                row[free[j % len(free)]] = {"type": word, "same": "agreed", "empty": None}[kind]
        elif kind == "sort":
            random.Random(i).shuffle(copy.rows)
        elif kind == "column":
            copy.headers.insert(1 + j % len(copy.headers), word)
            for at, other in enumerate(copy.rows):
                other[word] = f"{word}.{at}" if at % 2 else None
        elif kind == "delete" and row:
            copy.rows.remove(row)
        elif kind == "add":
            fresh: Record = dict.fromkeys(copy.headers)
            copy.rows.append({**fresh, copy.headers[0]: f"{word}-id", layout_free(layout, copy): word})
        elif kind == "copy" and name == "CaseLog" and row:
            copy.rows.append(dict(row))
    return copy


def layout_free(layout: Layout, copy: Rows) -> str:
    """A heading of people's that is no key of a table's rows."""
    key = {h for k in layout.keys for h in k}
    return next((h for h in copy.headers if h not in layout.engine and h not in key), copy.headers[-1])


def words(rows: Rows) -> Counter[str]:
    return Counter(plain(c) for row in rows.rows for c in row.values() if plain(c))


def typed_by(copy: Rows, base: Rows, who: str) -> set[str]:
    """Words of that person; a claim id alone is no work."""
    return {w for w in words(copy) if w.startswith(who) and not w.endswith("-id") and w not in words(base)}


def listed(merged: Merged) -> set[str]:
    """Every value that the conflicts show."""
    found = set()
    for c in merged.conflicts:
        sides = [c.mine or {}, c.theirs or {}]
        found |= {plain(x) for side in sides for h, x in side.items() if c.field in (ROW, h)}
    return found


def nobody_knows(*_: object) -> Before:
    return UNKNOWN


def as_set(layout: Layout, rows: Rows, in_doubt: set[tuple[str, str]]) -> Counter[Any]:
    """Rows in which people typed, whatever their order and that of their columns; cells in conflict left out."""
    found: Counter[Any] = Counter()
    for row in rows.rows:
        sure = {h: plain(c) for h, c in row.items() if plain(c) and (identity(row), h) not in in_doubt}
        if layout.every or layout.people(row, sure):
            found[frozenset(sure.items())] += 1
    return found


def identity(row: Record) -> str:
    return (
        plain(row.get("Claim ID"))
        or plain(row.get("Case"))
        or f"{plain(row.get('Kind'))} {plain(row.get('SKU'))}"
    )


def the_laws_hold(name: str, one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]) -> None:
    layout, base = {**LAYOUTS, **LOGS}[name], table(START[name])
    mine, theirs = play(name, base, one, "a"), play(name, base, other, "b")
    merged = merge_rows(layout, base, mine, theirs, nobody_knows)
    result = merged.of(mine)
    _nothing_typed_is_lost(merged, result, base, mine, theirs)
    _deletions_count(layout, base, mine, theirs, result, merged)
    if not any(_has_twins(layout, copy) for copy in (mine, theirs)):
        _who_is_mine_decides_conflicts_only(layout, base, mine, theirs, merged)
        for again in (theirs, mine, result):
            _changes_nothing(merge_rows(layout, base, result, again, nobody_knows), result)
    _changes_nothing(merge_rows(layout, base, mine, mine, nobody_knows), mine)
    _changes_nothing(merge_rows(layout, None, mine, mine, nobody_knows), mine)
    unbased = merge_rows(layout, None, mine, theirs, nobody_knows)
    _nothing_typed_is_lost(unbased, unbased.of(mine), base, mine, theirs)


def _has_twins(layout: Layout, copy: Rows) -> bool:
    """Whether two lines read the same to the letter: nobody can tell which of them a person marked."""
    keys = [layout.key_of(row) for row in copy.rows if layout.key_of(row)]
    return len(keys) > len(set(keys))


def _nothing_typed_is_lost(merged: Merged, result: Rows, base: Rows, mine: Rows, theirs: Rows) -> None:
    typed = typed_by(mine, base, "a") | typed_by(theirs, base, "b")
    assert typed - set(words(result)) - listed(merged) == set()
    assert typed_by(mine, base, "a") <= set(words(result)), "what MINE typed stands in the sheet"


def _deletions_count(
    layout: Layout, base: Rows, mine: Rows, theirs: Rows, result: Rows, merged: Merged
) -> None:
    """Untouched on one side and deleted on the other: gone from people's own tables, there in all others."""
    for row in base.rows:
        key = (identity(row), plain(row.get("When")), plain(row.get("Text")))
        there = [
            sum((identity(r), plain(r.get("When")), plain(r.get("Text"))) == key for r in copy.rows)
            for copy in (mine, theirs, result)
        ]
        if there[:2] == [0, 0]:
            assert there[2] == 0
        elif 0 in there[:2] and not layout.stays:
            assert there[2] == (
                identity(row) in {identity(c.mine or c.theirs or {}) for c in merged.conflicts}
            )
        elif layout.every:
            assert there[2] >= 1


def _who_is_mine_decides_conflicts_only(
    layout: Layout, base: Rows, mine: Rows, theirs: Rows, merged: Merged
) -> None:
    turned = merge_rows(layout, base, theirs, mine, nobody_knows)
    in_doubt = {(identity(c.mine or c.theirs or {}), c.field) for m in (merged, turned) for c in m.conflicts}
    assert as_set(layout, merged.of(mine), in_doubt) == as_set(layout, turned.of(theirs), in_doubt)
    assert Counter(c.field for c in merged.conflicts) == Counter(c.field for c in turned.conflicts)
    assert sorted(map(sorted, (map(str, c.values()) for c in merged.conflicts))) == sorted(
        map(sorted, (map(str, c.values()) for c in turned.conflicts))
    )


def _changes_nothing(merged: Merged, rows: Rows) -> None:
    assert (merged.edits, merged.added, merged.emptied, merged.columns) == ({}, [], [], []), rows


NAMES = st.sampled_from(list(START))


@settings(max_examples=150 if EFFORT == "ci" else 400, deadline=None)
@given(NAMES, STEPS, STEPS)
def test_after_any_edits_on_two_copies_nothing_is_lost_and_only_conflicts_know_who_is_mine(
    name: str, one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]
) -> None:
    the_laws_hold(name, one, other)


@pytest.mark.slow
@settings(max_examples=500 if EFFORT == "ci" else 20_000, deadline=None)
@given(NAMES, STEPS, STEPS)
def test_after_many_more_edits_nothing_is_lost(
    name: str, one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]
) -> None:
    the_laws_hold(name, one, other)
