"""Reads any number of tabs and files into one frame per report."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from ..model import Problem, RawTable
from ._content import digest_of
from ._dates import read_written
from ._declared import Report, all_reports, fold
from ._exports import Export, StatedPeriod, settle_period
from ._grid import Grid
from ._headings import Heading, find_headings
from ._merge import merge, pasted_over, same_export_twice
from ._one_cell import split_lines_in_cells
from ._parts import rows_in_two_parts
from ._report import Block, BlockRead, empty_frame, read_block
from ._sources import Reading, Shelf, Source
from .money_lines import to_money_lines
from .shipment_contents import is_label

AT_ONCE = 2  # large files: more of them would wait for each other
IN_MEMORY = 3  # large files that are read or wait for it, while small ones that follow them are read


@dataclass(slots=True)
class Reports:
    """All reports as frames (every report is there, possibly empty), what each export gave, what is wrong.

    ``contents``: tab -> a digest of its cells, where it holds any.
    """

    frames: dict[str, pd.DataFrame]
    exports: list[Export] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A frame by its report's name; AttributeError for an unknown one."""
        if name == "frames" or name not in self.frames:
            raise AttributeError(name)
        return self.frames[name]


def read(
    tables: Iterable[RawTable | Source], *, periods: Sequence[StatedPeriod] = (), shelf: Shelf | None = None
) -> Reports:
    """Frames, exports and problems of these tabs and files; a source found on the shelf is not read again.

    Sheets are read when their name starts with a report tab's name; files always. ``frames`` has one frame per
    declared report and ``money_lines``; columns and dtypes as declared, plus ``_where`` (text) and ``_row``
    (int64). For every export rows_read = rows_used + skipped, and the used rows of all exports are the frame's.
    """
    reads: dict[str, list[BlockRead]] = {name: [] for name in all_reports()}
    reports = Reports({})
    for name, reading in _readings(tables, shelf):
        if reading.content:
            reports.contents[name] = reading.content
        reports.problems += reading.problems
        for block in reading.blocks:
            reads[block.export.report].append(block)
    if shelf is not None:
        shelf.put_away()
    for name, report in all_reports().items():
        reports.frames[name] = _merged(report, reads[name], reports)
    for export in reports.exports:
        settle_period(export, periods)
    frames = reports.frames
    frames["money_lines"] = to_money_lines(
        frames["settlements"], frames["settlements_v1"], frames["transactions"], reports.problems
    )
    return reports


def _readings(tables: Iterable[RawTable | Source], shelf: Shelf | None) -> Iterator[tuple[str, Reading]]:
    """The name of each and what it gave, in order; those that stand apart beside all others."""
    waiting: deque[tuple[str, Reading | Future[Reading]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as readers:
        for table in tables:
            source = table if isinstance(table, Source) else Source(table.name, "", partial(iter, [table]))
            while (
                source.apart and sum(isinstance(g, Future) and not g.done() for _, g in waiting) >= IN_MEMORY
            ):
                yield _given(*waiting.popleft())
            reading = readers.submit(_reading, source, shelf) if source.apart else _reading(source, shelf)
            waiting.append((source.name, reading))
        while waiting:
            yield _given(*waiting.popleft())


def _given(name: str, reading: Reading | Future[Reading]) -> tuple[str, Reading]:
    return name, reading.result() if isinstance(reading, Future) else reading


def shelve(source: Source, shelf: Shelf) -> None:
    """Read one source so that the shelf has it, unless it is there already."""
    _reading(source, shelf)
    shelf.finish()


def _reading(table: Source, shelf: Shelf | None) -> Reading:
    known = shelf.find(table) if shelf is not None and table.digest else None
    if known is not None:
        return known
    reading = Reading()
    for each in table.load():
        reading.blocks += read_blocks(each, reading.problems)
        reading.content = digest_of(each) if each.kind == "sheet" else ""
    if shelf is not None and table.digest:
        shelf.keep(table, reading)
    return reading


def _merged(report: Report, reads: list[BlockRead], reports: Reports) -> pd.DataFrame:
    exports = [r.export for r in reads]
    for block in reads:
        reports.problems += block.problems
    reports.exports += exports
    if not reads:
        return empty_frame(report)
    frame = merge(report, [r.frame for r in reads], exports)
    reports.problems += [*same_export_twice(exports), *rows_in_two_parts(exports)]
    return frame


def read_blocks(table: RawTable, problems: list[Problem]) -> list[BlockRead]:
    """Every export in one tab or file."""
    grid = split_lines_in_cells(table)
    problems += grid.table.problems
    headings = find_headings(grid) if grid.height else []
    if not headings:
        problems += _nothing_found(grid)
        return []
    if table.kind == "sheet" and _tab_of(table.name) is None:
        problems.append(_stray_sheet(table, headings[0]))
        return []
    blocks = _blocks(grid, headings, problems)
    return [_checked(read_block(block), block) for block in blocks]


def _blocks(grid: Grid, headings: list[Heading], problems: list[Problem]) -> list[Block]:
    """The rows of every heading; near misses and damaged headings are named and left out."""
    filled = ~grid.blank_rows()
    blocks, start = [], 0
    stops = [_preamble_start(grid, h.row, p.row) for p, h in pairwise(headings)]
    for heading, stop in zip(headings, [*stops, grid.height], strict=True):
        preamble = tuple(c for r in range(start, heading.row) for c in grid.row(r) if c.strip())
        rows = np.flatnonzero(filled[heading.row + 1 : stop]) + heading.row + 1
        if not len(rows) and _pasted_twice(headings, heading):
            problems.append(_twice(grid.table, heading))
        elif heading.readable:
            blocks.append(Block(grid, heading, rows.astype(np.int64), preamble))
            problems += _wrong_tab(grid.table, heading)
        else:
            problems.append(_unreadable(grid.table, heading, len(rows)))
        start = stop
    return blocks


def _pasted_twice(headings: list[Heading], heading: Heading) -> bool:
    """Whether the very next row is the same heading again, every column in its place."""
    return any(
        h.row == heading.row + 1
        and h.report is heading.report
        and heading.columns.items() <= h.columns.items()
        for h in headings
    )


def _twice(table: RawTable, heading: Heading) -> Problem:
    word, number = "row" if table.kind == "sheet" else "line", int(table.rows[heading.row])
    text = "the heading stands there twice; the rows were read once"
    return Problem("note", table.name, text, f"delete {word} {number}", first_cells=f"{word} {number}")


def _preamble_start(grid: Grid, heading: int, above: int) -> int:
    """Blank lines, sentences and labels right above a further heading belong to it, not to the export above."""
    row = heading
    while row - 1 > above and (_is_sentence(grid.row(row - 1)) or is_label(grid.row(row - 1))):
        row -= 1
    return row


def _is_sentence(cells: Sequence[str]) -> bool:
    """Only the first cell holds text, of several words, and that is no date."""
    first, others = cells[0].strip(), any(cell.strip() for cell in cells[1:])
    words = not first or (any(c.isalpha() for c in first) and any(c in " :" for c in first))
    return not others and words and read_written(first).form in ("bad", "blank")


def _checked(read: BlockRead, block: Block) -> BlockRead:
    start = pasted_over(block.report, read.frame)
    if start is not None:
        read.export.conflict = True
        row = int(read.frame["_row"].iloc[start])
        word = "row" if block.grid.table.kind == "sheet" else "line"
        read.problems.append(
            Problem(
                "error",
                block.grid.table.name,
                f"from {word} {row} on, rows were pasted over days that are already there; "
                "this export covers nothing until that is resolved",
                f"put the heading above {word} {row}, or remove the rows that are there twice; "
                "if it is one export, sort it by date",
                rows=int(len(read.frame) - start),
                first_cells=f"{word} {row}",
            )
        )
    return read


def _tab_of(sheet: str) -> str | None:
    """The report tab that a sheet's name starts with."""
    tabs = {r.tab for r in all_reports().values()}
    fits = [tab for tab in tabs if sheet.casefold().startswith(tab.casefold())]
    return max(fits, key=len, default=None)


def _title(heading: Heading) -> str:
    if heading.report is not None:
        return heading.report.tab
    return heading.near_miss.name if heading.near_miss is not None else ""


def _stray_sheet(table: RawTable, heading: Heading) -> Problem:
    title = _title(heading)
    return Problem(
        "note", table.name, f"looks like {title}, not read", f"rename the sheet to {title} to include it"
    )


def _wrong_tab(table: RawTable, heading: Heading) -> list[Problem]:
    tab = _tab_of(table.name)
    title = _title(heading)
    if table.kind == "file" or tab is None or fold(tab) == fold(title):
        return []
    text = f"this tab holds {title}; it was read as {title}"
    return [Problem("warning", table.name, text, f"move it to the tab {title}")]


def _unreadable(table: RawTable, heading: Heading, rows: int) -> Problem:
    """Why the rows of a heading were not read: another report, or columns missing."""
    number, word = int(table.rows[heading.row]), "row" if table.kind == "sheet" else "line"
    if heading.near_miss is not None:
        miss = heading.near_miss
        return Problem(
            "error",
            table.name,
            f"this is {miss.name}; {rows} rows were not read",
            miss.advice,
            rows=rows,
            first_cells=f"{word} {number}",
        )
    missing = ", ".join(heading.missing)
    report = heading.report
    menu = report.menu if report else ""
    return Problem(
        "error",
        table.name,
        f"this looks like {_title(heading)}, but lacks {missing}; {rows} rows were not read",
        f"download it again with all columns: {menu}; if its headings are in a language Recoup does not know, "
        "set the language of reports to English first (Seller Central > Settings > Account Info)",
        missing,
        rows,
        f"{word} {number}",
    )


def _nothing_found(grid: Grid) -> list[Problem]:
    """A tab or file with text but without a heading of any report we know."""
    table = grid.table
    if table.problems or not grid.height:
        return []
    if bool(grid.blank_rows().all()):
        empty = Problem("error", table.name, "the file is empty", "download the report again")
        return [empty] if table.kind == "file" else []
    if table.kind == "sheet":
        tab = _tab_of(table.name)
        if tab is None:
            return []
        remedy = f"paste the {tab} report with its heading row"
        return [
            Problem(
                "error", table.name, "no heading row of a known report was found; nothing was read", remedy
            )
        ]
    if table.name.endswith("]"):
        return [Problem("note", table.name, "no report on this sheet; it was not read", "nothing")]
    text = "no report that Recoup knows; nothing was read"
    return [
        Problem(
            "warning",
            table.name,
            text,
            "remove it, or download the report again in English",
            rows=grid.height,
        )
    ]
