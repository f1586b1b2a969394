"""Reads the rows under one heading into a typed frame, and accounts for every row it could not use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ..model import Problem, Severity
from ._buyers import about_buyer
from ._columns import Read, read_columns
from ._declared import Report
from ._exports import Export, period_in_name, period_in_text
from ._grid import TEXT, FileTable, Grid, Mask, text_series
from ._headings import Heading

SHOWN = 5  # first cells named in a problem


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the rows below it, up to the next heading."""

    grid: Grid
    heading: Heading
    rows: npt.NDArray[np.int64]  # positions in the grid of the rows that are not blank
    preamble: tuple[str, ...] = ()

    @property
    def report(self) -> Report:
        """The report that the heading belongs to."""
        if self.heading.report is None:
            raise ValueError("a near miss has no rows to read")
        return self.heading.report


@dataclass(slots=True)
class BlockRead:
    """The used rows of a block, what was skipped, and what a person should know."""

    frame: pd.DataFrame
    export: Export
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Account:
    """Which rows are still in use; each row is skipped once, for its first reason."""

    block: Block
    used: Mask
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: int = 0

    def report(
        self,
        rows: Mask,
        text: str,
        remedy: str,
        severity: Severity,
        column: int | None = None,
        header: str = "",
    ) -> None:
        """Put rows on Checks."""
        places = _places(self.block, np.flatnonzero(rows)[:SHOWN], column)
        table = self.block.grid.table
        self.problems.append(Problem(severity, table.name, text, remedy, header, int(rows.sum()), places))

    def skip(self, rows: Mask, reason: str, lost: bool = True) -> int:
        """Take rows out of use; returns how many."""
        fresh = rows & self.used
        count = int(fresh.sum())
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count
            self.used &= ~fresh
            self.unreadable += count if lost else 0
        return count


def read_block(block: Block) -> BlockRead:
    """One export: typed columns, skipped rows with reasons, the period it covers, problems for Checks."""
    account = _Account(block, np.ones(len(block.rows), dtype=bool))
    _skip_ragged(account)
    read = read_columns(block.report, block.heading, block.grid, block.rows)
    for column in read:
        _skip_damaged(account, column)
        _name_unknown_values(account, column)
    _name_absent_columns(account)
    _name_buyer_columns(account)
    frame = _frame(block, read)
    frame = _refuse(account, frame)
    export = _export(account, frame)
    return BlockRead(frame, export, account.problems)


def _skip_ragged(account: _Account) -> None:
    ragged = ragged_rows(account.block)
    if ragged.any():
        cells = sum(1 for text in account.block.heading.texts if text)
        text = f"{int(ragged.sum())} lines do not have the {cells} cells of their heading; they were not used"
        account.report(ragged, text, "download the report again; the file was cut or edited", "error")
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


def _skip_damaged(account: _Account, column: Read) -> None:
    declared, header = column.column, column.header
    decisive = declared.key or declared.identity
    for rows, reason, remedy in column.damages:
        fresh = rows & account.used
        if not fresh.any():
            continue
        effect = "these rows were not used" if decisive else "these cells were read as blank"
        severity: Severity = "error" if decisive else "warning"
        account.report(fresh, f"{header}: {reason}; {effect}", remedy, severity, column.index, header)
        if decisive:
            account.skip(fresh, f"{header}: {reason}")
    if declared.key:
        blank = column.blank() & account.used
        if blank.any():
            text = f"{header} is blank; these rows were not used"
            account.report(blank, text, "download the report again", "error", column.index, header)
            account.skip(blank, f"no {header}")


def _name_unknown_values(account: _Account, column: Read) -> None:
    """Values that the report never held so far: used as written, but named."""
    if not column.column.known or column.texts is None:
        return
    strange = [not re.fullmatch(column.column.known, text) for text in column.texts.texts.to_pylist()]
    rows = np.array(strange, dtype=bool)[column.texts.codes] & account.used
    if rows.any():
        values = [t for t, odd in zip(column.texts.texts.to_pylist(), strange, strict=True) if odd]
        text = f"{column.header}: {', '.join(sorted(values)[:SHOWN])} not known; kept as written, counts for nothing"
        remedy = "download the report as a file; the online view has other texts"
        account.report(rows, text, remedy, "warning", column.index, column.header)


def _refuse(account: _Account, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without unusable rows, and without the rows its report refuses."""
    report = account.block.report
    frame = frame[account.used] if not account.used.all() else frame
    frame = frame.reset_index(drop=True)
    if report.refuse is not None and len(frame):
        reasons = report.refuse(frame)
        used = np.flatnonzero(account.used)
        for reason in sorted(set(reasons.unique()) - {""}):
            rows = np.zeros(len(account.used), dtype=bool)
            rows[used[reasons.eq(reason).to_numpy()]] = True
            account.report(rows, f"rows with {reason} were not used", "complete the rows", report.refusal)
            account.skip(rows, reason, lost=report.refusal == "error")
        frame = frame[reasons.eq("")].reset_index(drop=True)
    if report.settle is not None:
        frame = report.settle(frame, account.block.preamble)
    return frame


def _name_absent_columns(account: _Account) -> None:
    report, columns = account.block.report, account.block.heading.columns
    absent = [c.headers[0] for c in report.columns if c.need == "usual" and c.name not in columns]
    if absent:
        text = f"this {report.tab} export lacks {', '.join(absent)}; what depends on it stays open"
        remedy = f"download it again with all columns: {report.menu}"
        account.problems.append(
            Problem("warning", account.block.grid.table.name, text, remedy, ", ".join(absent))
        )


def _name_buyer_columns(account: _Account) -> None:
    """Columns about the buyer are never read; in a tab that people share they should not stand at all."""
    block = account.block
    if block.grid.table.kind != "sheet":
        return
    for index, header in buyer_columns(block.heading.texts, block.report):
        cells = block.grid.column(index).part(np.isin(np.arange(block.grid.height), block.rows))
        if any(text for text in cells.texts.to_pylist()):
            filled = np.array([bool(t) for t in cells.texts.to_pylist()])[cells.codes]
            text = f"{header} holds buyer data; it was not read"
            remedy = "delete this column from the tab; `recoup import` leaves it out by itself"
            account.report(filled, text, remedy, "warning", index, header)


def buyer_columns(headers: tuple[str, ...], report: Report) -> list[tuple[int, str]]:
    """Position and header of the columns that hold buyer names, addresses, e-mails, telephones or comments."""
    return [(i, h) for i, h in enumerate(headers) if h and about_buyer(h, report.buyer)]


def _frame(block: Block, read: list[Read]) -> pd.DataFrame:
    """All canonical columns, blank or NaN where the export has none, plus ``_where`` and ``_row``."""
    size = len(block.rows)
    by_name = {column.column.name: column for column in read}
    data = {}
    for column in block.report.columns:
        found = by_name.get(column.name)
        data[column.name] = found.series() if found else blank_series(column.kind, size)
        if column.kind == "present":
            present = any(h for h in block.heading.columns if _same(block.report, h, column.headers))
            data[column.name] = pd.Series(np.full(size, present))
    data["_where"] = constant(block.grid.table.name, size)
    data["_row"] = pd.Series(block.grid.table.rows[block.rows], dtype="int64")
    return pd.DataFrame(data)


def _same(report: Report, name: str, headers: tuple[str, ...]) -> bool:
    return bool(set(report.column(name).headers) & set(headers))


def blank_series(kind: str, size: int) -> pd.Series:
    """A column of the canonical dtype without a value."""
    if kind == "date":
        return pd.Series(np.full(size, np.datetime64("NaT", "s")))
    if kind in ("quantity", "money"):
        return pd.Series(np.full(size, np.nan))
    return pd.Series(np.zeros(size, dtype=bool)) if kind == "present" else constant("", size)


def constant(text: str, size: int) -> pd.Series:
    """The same text in every row."""
    if not size:
        return pd.Series([], dtype=TEXT)
    return text_series(pa.repeat(pa.scalar(text, pa.large_string()), size))


def empty_frame(report: Report) -> pd.DataFrame:
    """No rows, all canonical columns with their dtypes."""
    data = {c.name: blank_series(c.kind, 0) for c in report.columns}
    return pd.DataFrame({**data, "_where": constant("", 0), "_row": pd.Series([], dtype="int64")})


def _export(account: _Account, frame: pd.DataFrame) -> Export:
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
        columns=frozenset(block.heading.columns),
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


def _places(block: Block, rows: npt.NDArray[np.int64], column: int | None) -> str:
    numbers = block.grid.table.rows[block.rows[rows]]
    if block.grid.table.kind == "file":
        return "line " + ", ".join(str(n) for n in numbers)
    if column is None:
        return "row " + ", ".join(str(n) for n in numbers)
    return ", ".join(f"{column_letters(column)}{n}" for n in numbers)


def column_letters(index: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters
