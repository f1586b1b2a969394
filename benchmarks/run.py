"""Measures Recoup against the bare readers: ``python -m benchmarks`` (and ``--help``).

Every number is the median of runs in fresh processes; a floor is measured right after what it is compared with,
in the same round. CPU seconds are shown beside the clock because other work on the machine disturbs them less.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {"workbook": 1.8, "files": 10.0}  # times the floor
MOST_MEMORY = 2 * 1024  # MB
GROWTH = (10_000, 100_000, 1_000_000)  # rows of --growth
CACHE = str(Path(tempfile.gettempdir()) / "recoup-benchmarks" / "cache")  # of readings, for these runs only
SANE_ROWS = 14_000  # two catalogues


@dataclass(frozen=True, slots=True)
class Measure:
    """Medians of one task: seconds by the clock and of CPU, the highest peak memory in MB, its last findings."""

    seconds: float
    cpu: float
    peak_mb: float
    found: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what was measured and the floors it stands on."""

    title: str
    measure: Measure
    floors: tuple[Measure, ...] = ()
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """Clock seconds over those of the floors together; None without a floor."""
        return self.measure.seconds / sum(f.seconds for f in self.floors) if self.floors else None

    @property
    def cpu_ratio(self) -> float | None:
        """The same for CPU seconds."""
        return self.measure.cpu / sum(f.cpu for f in self.floors) if self.floors else None


def main() -> None:
    """Make the inputs once, measure, print."""
    options = _options()
    if options.growth:
        print(_growth(options.runs))
        return
    rows = SANE_ROWS if options.sanity else options.rows
    runs = 1 if options.sanity else options.runs
    folder = _cache(rows)
    held = _prepare(folder, rows)
    if options.profile:
        _profile(folder, options.profile)
        return
    lines = _measure(folder, runs)
    if not options.sanity:  # the demo is run by all who start; here it only takes time
        lines.insert(
            0, Line("Demo: simulate, make the workbook, import, refresh", measure([["demo"]], runs)[0])
        )
    print(_table(lines, held, runs))
    if options.sanity:
        check_sanity(lines)
        print("Sanity: tabs and files give the same claims, and every floor read every row.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="report rows (default 1,000,000)")
    parser.add_argument("--runs", type=int, default=3, help="runs per number (default 3)")
    parser.add_argument("--sanity", action="store_true", help="small and once: that it works, not how fast")
    parser.add_argument(
        "--growth", action="store_true", help="10,000, 100,000 and 1,000,000 rows: seconds and memory"
    )
    parser.add_argument("--profile", choices=("workbook", "files"), help="print where the time goes instead")
    return parser.parse_args()


def _cache(rows: int) -> Path:
    """A temporary folder for inputs of this size; another one when the code that makes them changes."""
    sources = [*Path(__file__).parent.glob("large_*.py"), *(ROOT / "src/recoup/simulator").rglob("*.py")]
    sources += [ROOT / "src/recoup/sheets.py", *(ROOT / "src/recoup/template").glob("*.py")]
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(sources))).hexdigest()
    folder = Path(tempfile.gettempdir()) / "recoup-benchmarks" / f"{rows}-{digest[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _prepare(folder: Path, rows: int) -> int:
    """Make the files and the workbook unless they are there; returns the report rows they hold."""
    done = folder / "rows.txt"
    if not done.exists():
        print(f"Making {rows:,} report rows as files and as a workbook in {folder} …", file=sys.stderr)
        run_task("make_files", str(folder / "reports"), str(rows))
        made = run_task("make_book", str(folder / "seller.xlsx"), str(rows))
        done.write_text(str(made["rows"]), encoding="ascii")
    return int(done.read_text(encoding="ascii"))


def _profile(folder: Path, what: str) -> None:
    source = "seller.xlsx" if what == "workbook" else "reports"
    arguments = [f"refresh_{what}", str(folder / source), str(folder / f"{what}_filled.xlsx")]
    subprocess.run(_command("--profile", *arguments), cwd=ROOT, check=True)


def _measure(folder: Path, runs: int) -> list[Line]:
    book, reports = str(folder / "seller.xlsx"), str(folder / "reports")
    filled, again, from_files = (str(folder / f"{name}.xlsx") for name in ("filled", "again", "files_filled"))
    tabs, second, read, write = measure(
        [
            ["forget", CACHE, "refresh_workbook", book, filled],
            ["refresh_workbook", filled, again],
            ["read_workbook", book],
            ["write_results", filled],
        ],
        runs,
    )
    files, csv = measure(
        [["forget", CACHE, "refresh_files", reports, from_files], ["read_files", reports]], runs
    )
    return [
        Line("Refresh a workbook with its report tabs", tabs, (read, write), TARGETS["workbook"]),
        Line("Refresh it again, nothing changed", second, (read, write)),
        Line("  floor: fastexcel reads these tabs into Arrow", read),
        Line("  floor: XlsxWriter writes the result sheets", write),
        Line("Refresh from the same rows as files", files, (csv,), TARGETS["files"]),
        Line("  floor: Arrow's CSV reader on one thread", csv),
    ]


def _growth(runs: int) -> str:
    """Seconds and memory of a refresh at each size, and what ten times the rows cost."""
    lines = [["Rows", "Workbook s", "MB", "Files s", "MB", "s per 100,000 rows"], ["---:"] * 6]
    for rows in GROWTH:
        folder = _cache(rows)
        held = _prepare(folder, rows)
        tabs, *_, files, _ = (line.measure for line in _measure(folder, runs))
        each = [f"{m.seconds / held * 1e5:.2f}" for m in (tabs, files)]
        cells = [
            f"{x:,.1f}" if x < 100 else f"{x:,.0f}" for m in (tabs, files) for x in (m.seconds, m.peak_mb)
        ]
        lines.append([f"{held:,}", *cells, " / ".join(each)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def measure(
    tasks: Sequence[Sequence[str]], runs: int, run: Callable[..., dict[str, Any]] | None = None
) -> list[Measure]:
    """Run the tasks one after another, ``runs`` rounds of them, each in a fresh process."""
    run = run or run_task
    rounds = [[run(*task) for task in tasks] for _ in range(runs)]
    return [
        Measure(
            median(r[i]["seconds"] for r in rounds),
            median(r[i]["cpu"] for r in rounds),
            max(r[i]["peak_mb"] for r in rounds),
            rounds[-1][i],
        )
        for i in range(len(tasks))
    ]


def run_task(*arguments: str) -> dict[str, Any]:
    """One task in a fresh process; its findings. Raises RuntimeError with its last words when it fails."""
    environment = os.environ | {"RECOUP_CACHE": CACHE}
    done = subprocess.run(
        _command(*arguments), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def check_sanity(lines: Sequence[Line]) -> None:
    """Raises ValueError unless both ways found the same claims and each floor read what Recoup read."""
    tabs, second, read, _, files, csv = (line.measure.found for line in lines)
    if tabs["claims"] != second["claims"]:
        raise ValueError("what was remembered of the tabs gives other claims than the tabs")
    if not tabs["claims"] or tabs["claims"] != files["claims"]:
        differing = sorted(set(tabs["claims"]) ^ set(files["claims"]))[:10]
        raise ValueError(f"tabs and files give other claims, or none: {differing}")
    if tabs["not_run"] or files["not_run"]:
        raise ValueError(f"kinds that did not run: {tabs['not_run']} {files['not_run']}")
    if not csv["rows"] == files["rows"] == tabs["rows"] <= read["rows"]:
        raise ValueError(f"rows: {csv['rows']}, {files['rows']}, {tabs['rows']}, {read['rows']}")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.tasks", *arguments]


def _table(lines: Sequence[Line], rows: int, runs: int) -> str:
    head = ["", "Rows", "Seconds", "CPU s", "Peak MB", "x floor", "x floor (CPU)", "Target"]
    cells = [head, ["---", *["---:"] * 7]]
    for line in lines:
        m = line.measure
        ratios = ["" if r is None else f"{r:.1f}" for r in (line.ratio, line.cpu_ratio)]
        target = f"{line.target:g} x, {MOST_MEMORY:,} MB" if line.target else ""
        counts = [f"{m.found['rows']:,}", f"{m.seconds:.1f}", f"{m.cpu:.1f}", f"{m.peak_mb:,.0f}"]
        cells.append([line.title.replace("  floor", "· floor"), *counts, *ratios, target])
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    shown = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores{load}"
    return "\n".join([*shown, "", f"Median of {runs}; {rows:,} rows in the tabs; {machine}."])


if __name__ == "__main__":
    main()
