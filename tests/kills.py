"""Kills a command at every system call that could change a file: ``python kills.py COMMAND BASE FOLDER [STEP [AT]]``.

BASE holds ``seller.xlsx`` and what the command needs; each run works on a fresh copy of it in FOLDER. It is a program
of its own because forked children must not inherit the threads of other tests. It prints one JSON document.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import recoup.books.openpyxl_book  # every child would import it anew
import recoup.books.package_book
import recoup.template  # noqa: F401
from recoup import doors
from recoup.books import open_book
from recoup.detectors import all_detectors
from recoup.policy import load
from recoup.run import Run
from syscalls import Traced, can_tear, run_traced

BACKUPS = "Recoup backups"
RUN = Run(date(2026, 11, 15), datetime(2026, 11, 15, 9), "Ann")


def save(book: Path, engine: str = "package") -> None:
    """The save alone, over the oldest backups."""
    opened = open_book(book, engine, keep=3)
    opened.append_rows("Exclusions", [{"SKU": "SKU-1"}])
    opened.save()


COMMANDS: dict[str, Callable[[Path], object]] = {
    "save": save,
    "save with openpyxl": lambda b: save(b, "openpyxl"),
    "refresh": lambda b: doors.refresh_book(b, RUN, [], target=doors.Target()),
    "refresh with openpyxl": lambda b: doors.refresh_book(
        b, RUN, [], target=doors.Target(), engine="openpyxl"
    ),
    "refresh to a copy": lambda b: doors.refresh_book(
        b, RUN, [], target=doors.Target(output=b.with_name("copy.xlsx"))
    ),
    "import": lambda b: doors.import_files(b, [b.parent / "reports"]),
    "clear": lambda b: doors.clear_book(b, "Inventory Ledger", None, agree=lambda _: True),
    "upgrade": lambda b: doors.upgrade_book(b),
    "new": lambda b: doors.make_workbook(b.with_name("new.xlsx")),
}


def fresh(base: Path, folder: Path) -> Path:
    """A copy of the base, with the times of its files."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    return folder / "seller.xlsx"


def digests(folder: Path) -> dict[str, str]:
    """Every workbook in a folder (not below it): name -> digest of all it holds, read to the last byte.

    The times that openpyxl gives to the members of its files do not count.
    """
    found = {}
    for file in sorted(folder.glob("*.xlsx")):
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(file) as package:
                for member in package.namelist():
                    digest.update(member.encode() + package.read(member))
            found[file.name] = digest.hexdigest()
        except zipfile.BadZipFile:
            found[file.name] = "not a whole file"
    return found


def silently(work: Callable[[], object]) -> Callable[[], object]:
    """Without a word on the console."""

    def run() -> object:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return work()

    return run


def judge(folder: Path, old: dict[str, str], new: dict[str, str], kept: dict[str, str]) -> list[str]:
    """What is wrong after a kill: a file that is neither the old nor the new one, a backup that is not whole."""
    wrong = []
    for name, digest in digests(folder).items():
        if digest not in {old.get(name), new.get(name)}:
            wrong.append(f"{name} is neither the old nor the new file")
    wrong += [f"{name} is gone" for name in old if not (folder / name).exists()]
    backups = digests(folder / BACKUPS)
    whole = {*kept.values(), *old.values()}
    wrong += [f"the backup {n} is not whole" for n, d in backups.items() if d not in whole]
    if len(backups) < len(kept):
        wrong.append(f"{len(backups)} backups are left of {len(kept)}")
    return wrong


def kill_everywhere(command: str, base: Path, folder: Path, step: int, at: int) -> dict[str, object]:
    """Kill the command at every write and rename, and at every ``step``-th call from number ``at`` on.

    After each kill judge what is found, and run the command again.
    """
    work = COMMANDS[command]
    old, kept = digests(base), digests(base / BACKUPS)
    book = fresh(base, folder)
    whole = run_traced(silently(lambda: work(book)), below=folder)
    new = digests(folder)
    failures = [] if whole.code == 0 and new != old else [f"the command itself ends with {whole.code}"]
    runs = 0
    writes = {n for n, call in enumerate(whole.calls) if call in ("write", "pwrite64", "rename")}
    for number in sorted(writes | set(range(at, len(whole.calls), step))):
        torn_too = can_tear() and whole.calls[number] in ("write", "pwrite64")
        for torn in (False, True) if torn_too else (False,):
            book = fresh(base, folder)
            done = run_traced(silently(lambda b=book: work(b)), number, torn=torn, below=folder)  # type: ignore[misc]
            wrong = judge(folder, old, new, kept) if done.killed else ["it was not killed"]
            runs += 1
            wrong += next_run(work, book, done)
            failures += [f"call {number} {whole.calls[number]}{' (half)' * torn}: {w}" for w in wrong]
    return {"calls": whole.calls, "runs": runs, "failures": failures}


def next_run(work: Callable[[Path], object], book: Path, killed: Traced) -> list[str]:
    """What is wrong when the command is simply given once more: it must work, and tidy up."""
    again = run_traced(silently(lambda: work(book)))
    wrong = [] if again.code == 0 or work is COMMANDS["new"] else [f"the next run ends with {again.code}"]
    left = [p.name for p in book.parent.rglob(".~recoup*")]
    return wrong + [f"{name} is left over" for name in left]


if __name__ == "__main__":
    all_detectors(), load()
    command_, base_, folder_, *numbers = sys.argv[1:]
    step_, at_ = [*map(int, numbers), 1, 0][:2] if len(numbers) != 1 else (int(numbers[0]), 0)
    print(json.dumps(kill_everywhere(command_, Path(base_), Path(folder_), step_, at_)))  # noqa: T201
