"""What is measured, one task per fresh process: ``python -m benchmarks.tasks TASK [FILE OR FOLDER]…``.

A task gets ready, starts the clock, works, and prints one JSON line: its seconds, the peak memory of the whole
process in MB, and what it found. Importing modules is not on the clock, neither for Recoup nor for the floors.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from .large_seller import AS_OF, delimiter, is_heading, quoting, read_rows

RESULTS = ("Claims", "Not Claimed", "Evidence", "Checks", "Journal", "_Recoup", "Home")
Found = dict[str, Any]
Work = Callable[[], Found]


def make_files(folder: str, rows: str) -> Work:
    """Write the report files."""
    from .large_seller import Extent, write_reports

    return lambda: {"rows": write_reports(Path(folder), Extent.of(int(rows)))}


def make_book(path: str, rows: str) -> Work:
    """Write the workbook with the same rows in its tabs."""
    from .large_seller import Extent
    from .large_workbook import write_workbook

    return lambda: {"rows": write_workbook(Path(path), Extent.of(int(rows)))}


def refresh_workbook(book: str, copy: str) -> Work:
    """`recoup refresh BOOK --output COPY`."""
    return _refresh(Path(book), [], Path(copy))


def refresh_files(folder: str, copy: str) -> Work:
    """`recoup refresh BOOK --reports FOLDER --output COPY` with an empty book."""
    from recoup.doors import make_workbook

    book = Path(copy).with_name("empty.xlsx")
    book.unlink(missing_ok=True)
    return _refresh(make_workbook(book), [Path(folder)], Path(copy))


def forget(cache: str, task: str, *arguments: str) -> Work:
    """Another task, after what earlier runs remembered of reports is gone."""
    shutil.rmtree(cache, ignore_errors=True)
    work: Work = globals()[task](*arguments)
    return work


def demo() -> Work:
    """`recoup demo`: simulate, make the workbook, import, refresh."""
    from recoup.doors import make_demo
    from recoup.run import Run

    def work() -> Found:
        with TemporaryDirectory() as folder:
            done = make_demo(Path(folder), 7, Run(AS_OF, datetime(2026, 11, 15, 12), "benchmark"))
        return _found(done.refreshed.summary)

    return work


def read_workbook(book: str) -> Work:
    """The floor of a workbook: fastexcel reads the report tabs into Arrow, nothing else."""
    import fastexcel

    from .large_workbook import TABS

    def work() -> Found:
        reader = fastexcel.read_excel(book)
        batches = [reader.load_sheet(t, header_row=None, dtypes="string").to_arrow() for t in TABS]
        return {"rows": sum(b.num_rows for b in batches)}

    return work


def write_results(book: str) -> Work:
    """The floor of the results: XlsxWriter writes the filled result sheets of a refreshed workbook anew."""
    import fastexcel
    from xlsxwriter.workbook import Workbook

    reader = fastexcel.read_excel(book)
    sheets = {name: reader.load_sheet(name, header_row=None).to_arrow().to_pylist() for name in RESULTS}

    def work() -> Found:
        count = 0
        with TemporaryDirectory() as folder, Workbook(f"{folder}/r.xlsx", {"constant_memory": True}) as new:
            for name, rows in sheets.items():
                sheet = new.add_worksheet(name)
                for r, row in enumerate(rows):
                    filled = [(c, cell) for c, cell in enumerate(row.values()) if cell is not None]
                    for c, cell in filled:
                        sheet.write(r, c, cell)
                    count += len(filled)
        return {"rows": sum(map(len, sheets.values())), "cells": count}

    return work


def read_files(folder: str) -> Work:
    """The floor of files: Arrow's CSV reader, one thread, types guessed, nothing else; memory as for a refresh."""
    from pyarrow import csv

    from recoup.heap import large_run

    plans = []
    for path in sorted(Path(folder).iterdir()):
        skip = next(i for i, row in enumerate(read_rows(path)) if is_heading(row))
        quote = '"' if quoting(path) else False
        plans.append((path, skip, csv.ParseOptions(delimiter=delimiter(path), quote_char=quote)))

    @large_run()
    def work() -> Found:
        rows = 0
        for path, skip, parse in plans:
            options = csv.ReadOptions(use_threads=False, skip_rows=skip)
            rows += csv.read_csv(path, read_options=options, parse_options=parse).num_rows
        return {"rows": rows, "bytes": sum(p.stat().st_size for p, _, _ in plans)}

    return work


def _refresh(book: Path, folders: list[Path], copy: Path) -> Work:
    import recoup.detectors
    from recoup.books import package_book  # noqa: F401 - on no clock
    from recoup.doors import Target, refresh_book
    from recoup.run import Run

    recoup.detectors.all_detectors()
    copy.unlink(missing_ok=True)  # of an earlier run: it would be opened, to see what is replaced
    run = Run(AS_OF, datetime(2026, 11, 15, 12), "benchmark")

    def work() -> Found:
        return _found(refresh_book(book, run, folders, target=Target(output=copy)).summary)

    return work


def _found(summary: Any) -> Found:
    return {
        "rows": sum(e.rows_read for e in summary.reports.exports),
        "claims": sorted(c.claim_id for c in summary.claims),
        "errors": [p.problem for p in summary.problems if p.severity == "error"],
        "not_run": summary.not_run,
        "steps": summary.seconds,
    }


def peak_memory() -> float:
    """The most memory this process has held, and the largest one it started, in MB."""
    import resource

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text(encoding="ascii").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024 + started
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit + started


def profiled(work: Work) -> None:
    """Run under cProfile and print the functions that take most time themselves, and with what they call."""
    profile = cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile)
    stats.sort_stats("tottime").print_stats(30)
    stats.sort_stats("cumulative").print_stats("recoup", 45)


def main(arguments: list[str]) -> None:
    """Run one task; ``--profile`` first prints where its time goes."""
    name, *rest = [a for a in arguments if a != "--profile"]
    work: Work = globals()[name](*rest)
    if "--profile" in arguments:
        profiled(work)
        return
    start, cpu = perf_counter(), process_time()
    found = work()
    spent = {"seconds": perf_counter() - start, "cpu": process_time() - cpu, "peak_mb": peak_memory()}
    sys.stdout.write(json.dumps(spent | found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
