"""Reads the declared columns of one export, each according to its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionArray

from ._cores import on_all_cores
from ._dates import read_dates, read_written, with_months
from ._declared import Column, Report, fold
from ._grid import Encoded, Grid, Mask, encode, text_array
from ._headings import Heading
from ._identifiers import AS_TEXT, clean, damage, error_cells, holds_damage, holds_errors
from ._numbers import NO_BARE_AMOUNT, Mark, NumberColumn, currency_named, read_numbers

Cells = ExtensionArray | npt.NDArray[np.generic]  # a column of a frame
Damage = tuple[Mask, str, str]  # rows, reason, remedy


@dataclass(slots=True)
class Read:
    """One column as read: texts, or numbers or days, and the rows whose cells are damaged."""

    column: Column
    index: int  # position in the grid
    header: str
    added: list[int] = field(default_factory=list)  # further columns whose amounts belong to this one
    texts: Encoded | None = None
    values: npt.NDArray[np.generic] | None = None
    damages: list[Damage] = field(default_factory=list)
    suspects: list[Damage] = field(default_factory=list)  # perhaps damaged: used as they are

    def cells(self) -> Cells:
        """The column as it goes into the frame; damaged cells are blank."""
        bad = np.logical_or.reduce([rows for rows, _, _ in self.damages]) if self.damages else None
        if self.values is not None:
            if bad is None or self.values.dtype.kind != "f":
                return self.values
            return np.where(bad, np.nan, self.values)
        if self.texts is None:
            raise ValueError(f"{self.header} was not read")
        cells = self.texts.as_text()
        return text_array(cells if bad is None else pc.if_else(pa.array(bad), "", cells))

    def blank(self) -> Mask:
        """Rows without a value."""
        if self.texts is None:
            missing: Mask = np.asarray(pd.isna(self.values), dtype=bool)
            return missing
        empty: Mask = np.asarray(pc.equal(self.texts.texts, "").to_numpy(zero_copy_only=False), dtype=bool)
        return empty[self.texts.codes]


def positions_used(report: Report, heading: Heading) -> set[int]:
    """Where the columns stand that reading looks at: the declared ones, those added to them, those that prove dates."""
    also = {fold(h) for c in report.columns for h in (*c.plus, *c.same_day_as)}
    return {*heading.columns.values(), *(i for i, text in enumerate(heading.texts) if fold(text) in also)}


def read_columns(report: Report, heading: Heading, grid: Grid, rows: npt.NDArray[np.int64]) -> list[Read]:
    """Every canonical column that the heading has, in declared order."""
    every = len(rows) == grid.height
    keep = slice(None) if every else _selection(rows)

    @cache
    def cells(index: int) -> Encoded:
        return grid.column(index).part(keep)

    reads = []
    for column in report.columns:
        places = _places(column, heading)
        if places and column.kind != "present":
            reads.append(Read(column, places[0], heading.texts[places[0]].strip(), places[1:]))
    cents = not _in_yen(reads, cells)
    _read_numbers([r for r in reads if r.column.kind in ("money", "quantity")], cells, cents)
    for read in (r for r in reads if r.column.kind == "measure"):
        _read_measures(read, cells(read.index))
    _read_days([r for r in reads if r.column.kind == "date"], report, heading, cells)
    _read_texts([r for r in reads if r.column.kind in ("id", "text", "value")], cells, len(rows))
    _find_other_currencies(reads, cells)
    return reads


def _selection(rows: npt.NDArray[np.int64]) -> slice | Mask | npt.NDArray[np.int64]:
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _read_texts(reads: list[Read], cells: Callable[[int], Encoded], rows: int) -> None:
    """Identifiers, words and codes; codes in their canonical spelling."""
    cleaned = on_all_cores(lambda r: clean(cells(r.index), quotes=r.column.kind != "text"), reads, rows)
    ids = holds_damage([c for r, c in zip(reads, cleaned, strict=True) if r.column.kind == "id"])
    errors = holds_errors([c for r, c in zip(reads, cleaned, strict=True) if r.column.kind != "id"])
    for read, texts in zip(reads, cleaned, strict=True):
        if read.column.kind == "id":
            found = damage(texts, read.column.name, likely=ids)
            read.damages = [(d.rows, d.reason, d.remedy) for d in found if d.certain]
            read.suspects = [(d.rows, d.reason, d.remedy) for d in found if not d.certain]
        elif errors and (wrong := error_cells(texts)).any():
            read.damages = [(wrong, "an Excel error instead of a value", AS_TEXT)]
        read.texts = _spelt(texts, read.column) if read.column.kind == "value" else texts


def _spelt(cells: Encoded, column: Column) -> Encoded:
    """Values of a fixed list in their canonical spelling."""
    spelt = [_spell(text, column.values, column.otherwise) for text in cells.texts.to_pylist()]
    again = encode(pa.array(spelt, pa.large_string()))
    return Encoded(again.texts, again.codes[cells.codes])


def _spell(text: str, values: Mapping[str, str], otherwise: Callable[[str], str] | None) -> str:
    known = values.get(fold(text))
    return known if known is not None else otherwise(text) if otherwise else text


def _places(column: Column, heading: Heading) -> list[int]:
    """Where the column stands, then where the columns stand whose amounts are added to it."""
    own = [heading.columns[column.name]] if column.name in heading.columns else []
    plus = {fold(h) for h in column.plus}
    return own + [i for i, text in enumerate(heading.texts) if fold(text) in plus] if plus else own


def _in_yen(reads: list[Read], cells: Callable[[int], Encoded]) -> bool:
    """Whether currency, marketplace or currency signs say that all amounts are in yen, which has no cents."""
    texts: set[str] = set()
    for read in reads:
        if read.column.name in ("currency", "marketplace"):
            texts |= {t.strip().casefold() for t in cells(read.index).texts.to_pylist()}
        elif read.column.kind == "money":
            texts |= {"jpy"} if _has_yen_sign(cells(read.index).texts) else set()
    return bool(texts - {""}) and texts <= {"", "jpy", "amazon.co.jp", "amazon.jp"}


def _has_yen_sign(texts: pa.Array) -> bool:
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return False
    return bool(pc.any(pc.match_substring_regex(texts, "[¥￥円]")).as_py())


def _read_numbers(reads: list[Read], cells: Callable[[int], Encoded], cents: bool) -> None:
    """Amounts that prove no decimal mark take it from the other amounts of the export, when these agree."""
    first = [read_numbers(cells(r.index), whole=r.column.kind == "quantity", cents=cents) for r in reads]
    marks = {n.mark for r, n in zip(reads, first, strict=True) if n.mark and r.column.kind == "money"}
    hint: Mark = next(iter(marks)) if len(marks) == 1 else ""
    for read, numbers in zip(reads, first, strict=True):
        whole = read.column.kind == "quantity"
        if numbers.unusable.any() and hint:
            numbers = read_numbers(cells(read.index), whole=whole, cents=cents, hint=hint)
        read.values = numbers.numbers
        read.damages = _number_damages(numbers, cells(read.index), whole)
        if numbers.rarer is not None:
            text = "decimal commas and decimal points in one column; each amount was read by its own"
            read.suspects = [(numbers.rarer, text, "import the downloaded file instead of pasting it")]
        for index in read.added:
            part = read_numbers(cells(index), cents=cents, hint=hint)
            read.damages += _number_damages(part, cells(index), False)
            both = np.isnan(numbers.numbers) & np.isnan(part.numbers)
            read.values = np.where(both, np.nan, np.nan_to_num(read.values) + np.nan_to_num(part.numbers))


def _read_measures(read: Read, cells: Encoded) -> None:
    """Sides, weights, volumes, rates: where nothing else decides, the only mark is the decimal one."""
    numbers = read_numbers(cells)
    if numbers.unusable.any():
        comma = pc.any(pc.match_substring(cells.texts, ",")).as_py()
        numbers = read_numbers(cells, hint="," if comma else ".")
    read.values = numbers.numbers
    read.damages = _number_damages(numbers, cells, False)


def _find_other_currencies(reads: list[Read], cells: Callable[[int], Encoded]) -> None:
    """Amounts that name another currency than their row: neither of the two can be trusted."""
    stated = next((r.texts for r in reads if r.column.name == "currency" and r.texts is not None), None)
    for read in (r for r in reads if r.column.kind == "money" and stated is not None):
        amounts = cells(read.index)
        if not pc.any(pc.match_substring_regex(amounts.texts, NO_BARE_AMOUNT)).as_py():
            continue
        named = [currency_named(text) for text in amounts.texts.to_pylist()]
        if stated is not None and any(named):
            row = np.array(named, dtype=object)[amounts.codes]
            other = (row != "") & (row != np.array(stated.texts.to_pylist(), dtype=object)[stated.codes])
            if other.any():
                remedy = "correct the amount or the currency of the row"
                read.damages.append((other.astype(bool), "another currency than that of the row", remedy))


def _number_damages(numbers: NumberColumn, cells: Encoded, whole: bool) -> list[Damage]:
    damages: list[Damage] = []
    bad = numbers.unusable
    if bad.any():
        errors, dates = error_cells(cells), _dates_instead(cells)
        for rows, reason, remedy in (
            (
                bad & errors,
                "an Excel error instead of a number",
                "correct the formula or paste the report again",
            ),
            (bad & dates & ~errors, "a date instead of a number, made by Excel", AS_TEXT),
            (bad & ~dates & ~errors, numbers.reason, numbers.remedy),
        ):
            if rows.any():
                damages.append((rows, reason, remedy))
    if whole:
        broken = ~np.isnan(numbers.numbers) & (numbers.numbers != np.round(numbers.numbers))
        if broken.any():
            damages.append((broken, "not a whole number", "correct the cells, or paste the report again"))
    return damages


def _dates_instead(cells: Encoded) -> Mask:
    like = pc.match_substring_regex(cells.texts, r"^\d{4}-\d\d-\d\d|^\d{1,2}[-./ ]{1,2}\p{L}{3}")
    mask: Mask = np.array(like.to_numpy(zero_copy_only=False), dtype=bool)
    for index in np.flatnonzero(mask):
        mask[index] = _is_date(cells.texts[int(index)].as_py())
    return mask[cells.codes]


def _is_date(text: str) -> bool:
    """A date with or without its year; ``8 units`` is none."""
    return any(read_written(t).day is not None for t in (text, f"{text.rstrip('.')} 2024"))


def _read_days(reads: list[Read], report: Report, heading: Heading, cells: Callable[[int], Encoded]) -> None:
    """Dates whose order the column does not prove take it from the other dates of the export, when these agree."""
    places = {fold(text): index for index, text in reversed(list(enumerate(heading.texts))) if text}
    converted = report.native_dates == "written"
    proofs = [[cells(places[fold(h)]) for h in r.column.same_day_as if fold(h) in places] for r in reads]
    first = [
        read_dates(cells(read.index), proof=proof, converted=converted)
        for read, proof in zip(reads, proofs, strict=True)
    ]
    orders = {d.month_first for d in first if d.month_first is not None}
    hint = next(iter(orders)) if len(orders) == 1 else None
    for read, days, proof in zip(reads, first, proofs, strict=True):
        order = hint if hint is not None else read.column.month_first
        if days.open_order and order is not None:
            days = read_dates(cells(read.index), hint=order, proof=proof, converted=converted)
        if read.column.months and days.unusable.any():
            days = with_months(days, cells(read.index))
        read.values = days.days
        if days.unusable.any():
            errors = error_cells(cells(read.index)) & days.unusable
            rest = days.unusable & ~errors
            read.damages = [(errors, "an Excel error instead of a date", AS_TEXT)] if errors.any() else []
            read.damages += [(rest, days.reason, days.remedy)] if rest.any() else []
