"""Runs a fuzz target with the coverage-guided fuzzer atheris and says what it reached.

    python tests/fuzz/run.py reports --minutes 30 --folder /tmp/fuzz
    python tests/fuzz/run.py packages --minutes 30 --folder /tmp/fuzz

atheris and coverage are not among Recoup's dependencies: ``pip install atheris coverage`` in a venv of its own.
Inputs that break a promise are saved under FOLDER/TARGET/findings, one per place in the code, with their traceback; a
process that dies (memory, time, a fault in a library) leaves its input there as well and the run goes on.
"""

# ruff: noqa: T201, E501
from __future__ import annotations

import argparse
import hashlib
import importlib
import re
import subprocess
import sys
import time
import traceback
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
TARGETS = {"reports": ("report_target", "damaged_report"), "packages": ("package_target", "damaged_workbook")}
MOST_BYTES = 60_000
MOST_MEMORY = 2_500  # MB
MOST_SECONDS = 30  # for one input


def main() -> None:
    """Fuzz for some minutes, then replay the corpus and print executions, edges and lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--worker", choices=("fuzz", "replay"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = asked.folder / asked.target
    if asked.worker == "fuzz":
        _fuzz(asked.target, folder, asked.minutes)
    elif asked.worker == "replay":
        _replay(asked.target, folder)
    else:
        _run(asked.target, folder, asked.minutes)


def _run(target: str, folder: Path, minutes: float) -> None:
    for name in ("corpus", "findings"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for seed in importlib.import_module(TARGETS[target][0]).seeds():
        (folder / "corpus" / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    start, executions, edges, died = time.monotonic(), 0, 0, 0
    while (left := minutes * 60 - (time.monotonic() - start)) > 5:
        done = _worker(target, folder, "fuzz", left / 60)
        log = done.stderr.decode("utf-8", "replace")
        executions += max((int(n) for n in re.findall(r"(?:^#|executed_units: )(\d+)", log, re.M)), default=0)
        edges = max((int(n) for n in re.findall(r"cov: (\d+)", log)), default=edges)
        if done.returncode:
            died += 1
            (folder / "findings" / f"died-{int(time.time())}.txt").write_text(log[-8000:])
    print(
        f"{target}: {executions:,} executions in {time.monotonic() - start:,.0f} s, {edges:,} edges, {died} processes died"
    )
    print(f"findings: {sorted(p.name for p in (folder / 'findings').iterdir())}")
    print(_worker(target, folder, "replay", 0).stdout.decode())


def _worker(target: str, folder: Path, what: str, minutes: float) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, __file__, target, "--worker", what, "--minutes", str(minutes)]
    return subprocess.run([*command, "--folder", str(folder.parent)], capture_output=True, check=False)


def _fuzz(target: str, folder: Path, minutes: float) -> None:
    import atheris

    with atheris.instrument_imports(include=["recoup.reports", "recoup.books"]):
        check = importlib.import_module(TARGETS[target][0]).check
    damage = getattr(importlib.import_module("mutations"), TARGETS[target][1])

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        dice = Random(seed)
        changed = atheris.Mutate(data, most) if dice.random() < 0.1 else damage(data, dice)
        return bytes(changed[:most])

    def test(data: bytes) -> None:
        try:
            check(data)
        except Exception as error:
            _keep(folder / "findings", data, error)

    options = [
        f"-max_total_time={max(1, round(minutes * 60))}", f"-max_len={MOST_BYTES}", f"-rss_limit_mb={MOST_MEMORY}",
        f"-timeout={MOST_SECONDS}", f"-artifact_prefix={folder / 'findings'}/", "-print_final_stats=1", "-len_control=0",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], test, custom_mutator=mutate)
    atheris.Fuzz()


def _keep(folder: Path, data: bytes, error: Exception) -> None:
    """One input per kind of error and place: the last lines of the traceback name it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = "_".join(f"{Path(f.filename).stem}-{f.lineno}" for f in frames[-3:])
    name = f"{type(error).__name__}_{place}"
    if not (folder / name).exists():
        (folder / name).write_bytes(data)
        (folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)), errors="replace")


def _replay(target: str, folder: Path) -> None:
    """Line coverage of the corpus found."""
    import coverage

    measured = coverage.Coverage(source=["recoup.reports", "recoup.books"], data_file=None)
    measured.start()
    check = importlib.import_module(TARGETS[target][0]).check
    for path in sorted((folder / "corpus").iterdir()):
        try:
            check(path.read_bytes())
        except Exception:
            print(f"{path.name}: still a finding")
    measured.stop()
    measured.report(file=sys.stdout)


if __name__ == "__main__":
    main()
