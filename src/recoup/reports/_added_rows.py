"""Rows that people added to an export: totals, subtotals and remarks; they are named and not used."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ._account import Account
from ._columns import Read
from ._dates import read_written
from ._grid import Encoded, Mask

Places = npt.NDArray[np.int64]

MOST_SUMS = 200  # rows without a word whose amounts are compared with the sums above them
CENT = 0.005
_WORDS = (
    "totals?|totale|totaal|totalt|toplam|sub-?totals?|grand totals?|sum|summe|suma|somme|somma|soma|gesamt"
    "|gesamtsumme|gesamtergebnis|zwischensumme|teilergebnis|ergebnis|result|average|mittelwert|count|anzahl"
    "|total general|total général|totale complessivo|合計|総計|小計"
)
_TOTALS = rf"^(?i:\W*({_WORDS})(\W.{{0,40}})?|.{{0,40}}\W({_WORDS})\W*)$"
_REMARK = r"\p{L}.*\s|\s.*\p{L}"
_NO_NUMBER = "[^0-9-]"  # order and settlement ids have none of these
NUMBERS = ("quantity", "money")


def skip_added_rows(account: Account, read: list[Read]) -> None:
    """Take out totals, subtotals and remarks: rows none of whose keys is what the report writes there."""
    places = np.flatnonzero(_keyless(read, len(account.used)) & account.used)
    if not len(places):
        return
    totals = _worded(account, read, places) | _sums(read, places)
    _skip(account, places[totals], "totals row", "a totals row added by hand; it was not used")
    remarks = ~totals & _remarks(account, places)
    _skip(account, places[remarks], "remark", "a remark among or below the rows; it was not used")


def _skip(account: Account, places: Places, reason: str, text: str) -> None:
    if len(places):
        rows = np.zeros(len(account.used), dtype=bool)
        rows[places] = True
        account.report(rows, text, "delete it, so that the tab holds the report alone", "note")
        account.skip(rows, reason, lost=False)


def _keyless(read: list[Read], size: int) -> Mask:
    """Rows without a date and without any other key but a word for a total or a sentence."""
    keys = [r for r in read if r.column.key and r.column.kind not in NUMBERS]
    rows = np.full(size, bool(keys))
    for key in sorted(
        keys, key=lambda r: r.column.kind != "date"
    ):  # in a clean report no row is left at once
        rows &= key.blank() | (_wordy(key.texts) if key.texts is not None else False)
        if not rows.any():
            break
    return rows


def _worded(account: Account, read: list[Read], places: Places) -> Mask:
    """Rows with a word for a total in their first cell or in an identifying one, and no other identifier."""
    block = account.block
    found = _totals(block.grid.column(0).part(block.rows[places]))
    named = np.zeros(len(places), dtype=bool)
    for column in read:
        if column.column.kind not in NUMBERS and (column.column.key or column.column.identity):
            cells = block.grid.column(column.index).part(block.rows[places])
            found |= _totals(cells)
            named |= ~_empty(cells) & ~_wordy(cells) if column.column.kind == "id" else False
    return found & ~named


def _sums(read: list[Read], places: Places) -> Mask:
    """Rows that hold amounts only, each the sum of the rows above or of those since the last such row."""
    sums = np.zeros(len(places), dtype=bool)
    texts = [r for r in read if r.texts is not None and not r.column.values]
    numbers = [np.asarray(r.values, dtype=float) for r in read if r.column.kind in NUMBERS]
    bare = np.logical_and.reduce([r.blank()[places] for r in texts]) if texts else sums
    for at in np.flatnonzero(bare)[:MOST_SUMS]:
        place, start = int(places[at]), int(places[at - 1]) + 1 if at else 0
        filled = [n for n in numbers if not np.isnan(n[place])]
        others = np.ones(place, dtype=bool)
        others[places[:at]] = False
        sums[at] = bool(filled) and (
            all(abs(np.nansum(n[:place][others]) - n[place]) < CENT for n in filled)
            or all(abs(np.nansum(n[start:place]) - n[place]) < CENT for n in filled)
        )
    return sums


def _remarks(account: Account, places: Places) -> Mask:
    """Rows with a single cell, which holds a sentence and no date."""
    block = account.block
    count = np.zeros(len(places), dtype=np.int32)
    sentences = np.zeros(len(places), dtype=bool)
    for index in range(block.grid.width):
        cells = block.grid.column(index).part(block.rows[places])
        count += ~_empty(cells)
        spoken = [read_written(t).form == "bad" for t in cells.texts.to_pylist()]
        sentences |= _matching(cells, _REMARK) & np.array(spoken, dtype=bool)[cells.codes]
    alone: Mask = (count == 1) & sentences
    return alone


def _wordy(cells: Encoded) -> Mask:
    if not pc.any(
        pc.match_substring_regex(cells.texts, _NO_NUMBER)
    ).as_py():  # many times faster than to look for words
        return np.zeros(len(cells.codes), dtype=bool)
    return _totals(cells) | _matching(cells, _REMARK)


def _totals(cells: Encoded) -> Mask:
    return _matching(cells, _TOTALS)


def _empty(cells: Encoded) -> Mask:
    return _matching(cells, r"^\s*$")


def _matching(cells: Encoded, pattern: str) -> Mask:
    found: pa.Array = pc.match_substring_regex(pc.utf8_trim_whitespace(cells.texts), pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)[cells.codes]
