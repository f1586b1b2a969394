"""A run that is killed at any call that changes a file leaves the old or the new workbook, whole, and good backups.

Every command runs in a child process that the kernel stops before each system call which could change a file
(``syscalls``); it is killed there, and every write once more with half of its bytes in the file. The folder then
holds the old or the new file to the byte, every backup is a workbook that once stood there, none is lost, and the
command simply given once more works and leaves nothing behind (``kills``). The slow runs print their kills.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import syscalls
from conftest import EFFORT
from workbooks import Seller, imported_book, refreshed_book

TESTS = Path(__file__).parent
RELEASED = TESTS / "released" / "workbook_v1.xlsx"
COMMANDS = (
    "save", "save with openpyxl", "refresh", "refresh to a copy", "refresh with openpyxl", "import", "clear",
    "upgrade", "new",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not syscalls.can_trace(), reason="no tracing of child processes here (ptrace)"
)


def make_base(folder: Path, command: str) -> Path:
    """The seller's workbook before the command, with three older backups (a run of ``save`` keeps three)."""
    folder.mkdir(parents=True)
    if command == "upgrade":
        shutil.copy(RELEASED, folder / "seller.xlsx")
    elif command in ("clear", "import"):
        refreshed_book(folder)
    else:
        imported_book(folder)
    if command == "import":
        Seller().lose("2026-10-21", "X00MORE01A", 2, "9100").write(folder / "reports")
    if command == "refresh to a copy":
        shutil.copy(folder / "seller.xlsx", folder / "copy.xlsx")
    backups = folder / "Recoup backups"
    backups.mkdir()
    for day in (1, 2, 3):
        (backups / f"seller 2026-11-0{day} 090000.xlsx").write_bytes(RELEASED.read_bytes() + bytes(day))
    return folder


def kill(tmp_path: Path, command: str, step: int = 1) -> dict[str, Any]:
    base = make_base(tmp_path / "base", command)
    run = tmp_path.resolve() / "run"
    words = [sys.executable, str(TESTS / "kills.py"), command, str(base), str(run), str(step)]
    done = subprocess.run(words, cwd=TESTS, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_save_killed_at_a_call_leaves_the_old_or_the_new_workbook(tmp_path: Path) -> None:
    found = kill(tmp_path, "save", step=6)
    assert found["failures"] == []
    assert {"write", "fsync", "rename", "unlink"} <= set(found["calls"])
    assert found["runs"] >= len(found["calls"]) // 6


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_killed_at_every_call_leaves_the_old_or_the_new_workbook(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    step = 6 if EFFORT == "ci" else 1
    found = kill(tmp_path, command, step)
    with capsys.disabled():
        calls, runs = len(found["calls"]), found["runs"]
        sys.stdout.write(f"\n{command}: {calls} calls that could change a file, {runs} kills\n")
    assert found["failures"] == []
    assert found["runs"] >= len(found["calls"]) // step > 0


# ---- the calls that are counted are all there are

READS = {
    "access", "faccessat", "faccessat2", "stat", "lstat", "fstat", "newfstatat", "statx", "statfs", "fstatfs", "read",
    "pread64", "readv", "lseek", "close", "getdents64", "readlink", "readlinkat", "ioctl", "fcntl", "flock", "execve",
    "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "getcwd", "chdir", "fadvise64",
    "inotify_add_watch",
}  # fmt: skip


def changes(line: str) -> bool:
    """Whether a line of strace is a call that could change a file: everything that is not known to only read."""
    name = line.partition("(")[0].split()[-1]
    if name in ("open", "openat"):
        return bool(re.search("O_CREAT|O_TRUNC", line))
    if name in ("mmap", "mprotect"):
        return "MAP_SHARED" in line and "PROT_WRITE" in line
    return name not in READS


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_strace_sees_no_call_that_is_not_counted(tmp_path: Path) -> None:
    base, log = make_base(tmp_path / "base", "save"), tmp_path / "strace.log"
    code = (
        "import sys, kills; book = kills.fresh(*map(kills.Path, sys.argv[1:])); "
        "book.with_name('START').exists(); kills.save(book)"
    )
    words = [sys.executable, "-B", "-c", code, str(base), str(tmp_path / "run")]
    subprocess.run(["strace", "-f", "-y", "-o", str(log), *words], cwd=TESTS, check=True, timeout=300)
    lines = [x for x in log.read_text(errors="replace").splitlines() if f"{tmp_path}/run" in x and "(" in x]
    first = next(i for i, x in enumerate(lines) if "/START" in x)  # before it the folder is filled
    seen = [line.partition("(")[0].split()[-1] for line in lines[first:] if changes(line)]
    counted = kill(tmp_path / "again", "save", step=1000)["calls"]
    assert sorted(seen) == sorted(counted)


def test_the_tracer_kills_before_the_call_and_in_the_middle_of_a_write(tmp_path: Path) -> None:
    file = tmp_path / "file"

    def work() -> None:
        with file.open("wb", buffering=0) as stream:
            stream.write(b"12345678")

    assert syscalls.run_traced(work).calls == ["openat", "write"]
    states: list[tuple[Callable[[], syscalls.Traced], bytes | None]] = [
        (lambda: syscalls.run_traced(work, 0), None),
        (lambda: syscalls.run_traced(work, 1), b""),
    ]
    if syscalls.can_tear():
        states.append((lambda: syscalls.run_traced(work, 1, torn=True), b"1234"))
    for run, content in states:
        file.unlink(missing_ok=True)
        assert run().killed
        assert (file.read_bytes() if file.exists() else None) == content
