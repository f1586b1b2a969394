"""Reads the rows under one heading into a typed frame, and accounts for every row it could not use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from ..model import Problem, Severity
from ._account import SHOWN, Account, Block, column_letters
from ._added_rows import skip_added_rows
from ._column_names import buyer_columns, name_absent_columns, name_buyer_columns, name_twice
from ._columns import Cells, Read, read_columns
from ._cores import on_all_cores
from ._declared import Report
from ._exports import Export, period_in_name, period_in_text
from ._grid import FileTable, Mask, constant
from ._mixed import name_mixed
from ._settled import settled

__all__ = [
    "Block",
    "BlockRead",
    "buyer_columns",
    "column_letters",
    "empty_frame",
    "ragged_rows",
    "read_block",
]


@dataclass(slots=True)
class BlockRead:
    """The used rows of a block, what was skipped, and what a person should know."""

    frame: pd.DataFrame
    export: Export
    problems: list[Problem] = field(default_factory=list)


def read_block(block: Block) -> BlockRead:
    """One export: typed columns, skipped rows with reasons, the period it covers, problems for Checks."""
    account = Account(block, np.ones(len(block.rows), dtype=bool))
    _skip_ragged(account)
    read = read_columns(block.report, block.heading, block.grid, block.rows)
    skip_added_rows(account, read)
    for column in read:
        _skip_damaged(account, column)
        _name_suspects(account, column)
        _name_unknown_values(account, column)
    name_absent_columns(account)
    name_buyer_columns(account)
    name_twice(account)
    name_mixed(account, read)
    frame = _frame(block, read)
    frame = _refuse(account, frame)
    export = _export(account, frame)
    return BlockRead(frame, export, account.problems)


def _skip_ragged(account: Account) -> None:
    ragged = ragged_rows(account.block)
    if ragged.any():
        cells = sum(1 for text in account.block.heading.texts if text)
        text = f"{int(ragged.sum())} lines do not have the {cells} cells of their heading; they were not used"
        remedy = "download the report again; the file was cut or edited"
        if ragged[-1] and ragged.sum() == 1:
            text = f"cut short: the last line does not have the {cells} cells of its heading; it was not used"
            remedy = "download the report again; what followed is missing"
        account.report(ragged, text, remedy, "error")
        account.skip(ragged, "cells missing or too many")


def ragged_rows(block: Block) -> Mask:
    """Lines of a file with another number of cells than their heading: one is missing or one too many."""
    table = block.grid.table
    if not isinstance(table, FileTable) or table.widths is None:
        return np.zeros(len(block.rows), dtype=bool)
    widths, heading = table.widths[block.rows], int(table.widths[block.heading.row])
    ragged: Mask = widths <= max(block.heading.columns.values())
    if (widths > heading).any():
        for index in range(heading, block.grid.width):
            ragged |= block.grid.filled(index)[block.rows]
    return ragged


def _skip_damaged(account: Account, column: Read) -> None:
    declared, header = column.column, column.header
    decisive = declared.key or (declared.identity and not declared.spare)
    for rows, reason, remedy in column.damages:
        fresh = rows & account.used
        if not fresh.any():
            continue
        effect = "these rows were not used" if decisive else "these cells were read as blank"
        severity: Severity = "error" if decisive else "warning"
        account.report(fresh, f"{header}: {reason}; {effect}", remedy, severity, column.index, header)
        if decisive:
            account.skip(fresh, f"{header}: {reason}")
        elif declared.spare:
            account.spoilt.add(declared.name)
    if declared.key:
        blank = column.blank() & account.used
        if blank.any():
            text = f"{header} is blank; these rows were not used"
            account.report(blank, text, "download the report again", "error", column.index, header)
            account.skip(blank, f"no {header}")


def _name_suspects(account: Account, column: Read) -> None:
    """Cells that are perhaps no longer what Amazon wrote: used as they are, but named."""
    for rows, reason, remedy in column.suspects:
        if (rows & account.used).any():
            text = f"{column.header}: {reason}"
            account.report(rows & account.used, text, remedy, "warning", column.index, column.header)


def _name_unknown_values(account: Account, column: Read) -> None:
    """Values that the report never held so far: used as written, but named."""
    if not column.column.known or column.texts is None:
        return
    strange = [not re.fullmatch(column.column.known, text) for text in column.texts.texts.to_pylist()]
    rows = np.array(strange, dtype=bool)[column.texts.codes] & account.used
    if rows.any():
        values = [t for t, odd in zip(column.texts.texts.to_pylist(), strange, strict=True) if odd]
        text = f"{column.header}: {', '.join(sorted(values)[:SHOWN])} not known; kept as written, counts for nothing"
        words = re.fullmatch(r"\(?([\w ,|/-]+)\)?\??", column.column.known)
        remedy = "download the report as a file; the online view has other texts"
        if words and not account.block.report.day:  # a record that people type
            remedy = f"write one of {', '.join(words[1].split('|'))}"
        account.report(rows, text, remedy, "warning", column.index, column.header)


def _refuse(account: Account, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without unusable rows, its cells settled, and without the rows its report refuses."""
    report = account.block.report
    if not account.used.all():
        frame = frame[account.used].reset_index(drop=True)
    if report.settle is not None:
        frame = report.settle(frame, account.block.preamble)
    if report.refuse is None or not len(frame):
        return frame
    reasons = report.refuse(frame)
    refused = reasons.ne("").to_numpy(dtype=bool)
    if not refused.any():
        return frame
    used = np.flatnonzero(account.used)
    for reason in sorted(reasons[refused].unique()):
        rows = np.zeros(len(account.used), dtype=bool)
        rows[used[reasons.eq(reason).to_numpy()]] = True
        account.report(rows, f"{reason}: these rows were not used", "complete the rows", report.refusal)
        account.skip(rows, reason, lost=report.refusal == "error")
    return frame[~refused].reset_index(drop=True)


def _frame(block: Block, read: list[Read]) -> pd.DataFrame:
    """All canonical columns, blank or NaN where the export has none, plus ``_where`` and ``_row``."""
    size = len(block.rows)
    found_cells = on_all_cores(Read.cells, read, size)
    by_name = {column.column.name: cells for column, cells in zip(read, found_cells, strict=True)}
    data: dict[str, Cells] = {}
    for column in block.report.columns:
        found = by_name.get(column.name)
        data[column.name] = blank_cells(column.kind, size) if found is None else found
        if column.kind == "present":
            present = any(h for h in block.heading.columns if _same(block.report, h, column.headers))
            data[column.name] = np.full(size, present)
    data["_where"] = constant(block.grid.table.name, size).array
    data["_row"] = block.grid.table.rows[block.rows].astype(np.int64, copy=False)
    return pd.DataFrame(data, copy=False)


def _same(report: Report, name: str, headers: tuple[str, ...]) -> bool:
    return bool(set(report.column(name).headers) & set(headers))


def blank_cells(kind: str, size: int) -> Cells:
    """A column of the canonical dtype without a value."""
    if kind == "date":
        return np.full(size, np.datetime64("NaT", "s"))
    if kind in ("quantity", "money", "measure"):
        return np.full(size, np.nan)
    return np.zeros(size, dtype=bool) if kind == "present" else constant("", size).array


def empty_frame(report: Report) -> pd.DataFrame:
    """No rows, all canonical columns with their dtypes."""
    return _without_rows(report).copy(deep=False)


@cache
def _without_rows(report: Report) -> pd.DataFrame:
    data = {c.name: blank_cells(c.kind, 0) for c in report.columns}
    return pd.DataFrame({**data, "_where": constant("", 0).array, "_row": np.array([], dtype=np.int64)})


def _export(account: Account, frame: pd.DataFrame) -> Export:
    block, table, report = account.block, account.block.grid.table, account.block.report
    export = Export(
        report=report.name,
        where=table.name,
        rows_read=len(block.rows),
        rows_used=len(frame),
        skipped=account.skipped,
        sha256=table.sha256,
        heading_row=int(table.rows[block.heading.row]),
        unreadable=account.unreadable,
        columns=frozenset(
            {*block.heading.columns, *settled(report, block.heading.columns, frame)} - account.spoilt
        ),
    )
    days = frame[report.day].dropna() if report.day else frame.iloc[:0, 0]
    if len(days):
        export.first_day, export.last_day = days.min().date(), days.max().date()
    _find_period(export, frame, report, block.preamble)
    return export


def _find_period(export: Export, frame: pd.DataFrame, report: Report, preamble: tuple[str, ...]) -> None:
    sources: list[tuple[str, Callable[[], object]]] = [("preamble", lambda: period_in_text(preamble))]
    if report.period is not None:
        first, last = (frame[name].dropna() for name in report.period)
        if len(first) and len(last):
            sources.insert(0, ("settlement", lambda: (first.min().date(), last.max().date())))
    sources.append(("file name", lambda: period_in_name(export.where)))
    for source, find in sources:
        period = find()
        if isinstance(period, tuple):
            export.stated_from, export.stated_to = period
            export.period_source = source
            return
