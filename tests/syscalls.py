"""Runs a function in a child process and stops it dead at one chosen system call that could change a file.

The kernel's own tracing is used (ptrace, Linux only): the child halts before every system call, so none that changes
a file can be missed, whichever library makes it. Only calls on descriptors of regular files and folders count,
and calls that name a path; what is written to a pipe or a terminal does not.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import signal
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

# The calls of Linux that change a file, a name or what is said of one, by number.
_X86_64 = {
    1: "write", 18: "pwrite64", 20: "writev", 40: "sendfile", 74: "fsync", 75: "fdatasync", 76: "truncate",
    77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 85: "creat", 86: "link", 87: "unlink", 88: "symlink",
    90: "chmod", 91: "fchmod", 92: "chown", 93: "fchown", 94: "lchown", 132: "utime", 188: "setxattr",
    189: "lsetxattr", 190: "fsetxattr", 197: "removexattr", 235: "utimes", 258: "mkdirat", 260: "fchownat",
    261: "futimesat", 263: "unlinkat", 264: "renameat", 265: "linkat", 266: "symlinkat", 268: "fchmodat",
    275: "splice", 277: "sync_file_range", 280: "utimensat", 285: "fallocate", 296: "pwritev", 316: "renameat2",
    326: "copy_file_range", 328: "pwritev2", 2: "open", 257: "openat",
}  # fmt: skip
_AARCH64 = {
    64: "write", 68: "pwrite64", 66: "writev", 71: "sendfile", 82: "fsync", 83: "fdatasync", 45: "truncate",
    46: "ftruncate", 34: "mkdirat", 35: "unlinkat", 36: "symlinkat", 37: "linkat", 38: "renameat", 52: "fchmod",
    53: "fchmodat", 54: "fchownat", 55: "fchown", 5: "setxattr", 6: "lsetxattr", 7: "fsetxattr", 14: "removexattr",
    76: "splice", 84: "sync_file_range", 88: "utimensat", 47: "fallocate", 70: "pwritev", 276: "renameat2",
    285: "copy_file_range", 287: "pwritev2", 56: "openat",
}  # fmt: skip
NUMBERS = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(platform.machine(), {})
_BY_DESCRIPTOR = {
    "write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "fchmod", "fchown", "fsetxattr",
    "sync_file_range", "fallocate", "pwritev", "pwritev2", "sendfile",
}  # fmt: skip
_TO_DESCRIPTOR = {"splice": 2, "copy_file_range": 2}
_MOST_PATH = _PAGE = 4096
_FLAGS_OF = {"open": 1, "openat": 2}
_CHANGES = os.O_CREAT | os.O_TRUNC

_TRACEME, _CONT, _SYSCALL, _SETOPTIONS, _INFO = 0, 7, 24, 0x4200, 0x420E
_OPTIONS = (
    0x1 | 0x2 | 0x4 | 0x8 | 0x100000
)  # mark system calls, follow forks and threads, die with the tracer
_POKEUSER, _LENGTH_AT = 6, 12 * 8  # the third argument of a call on x86_64
_ENTRY = 1
_WALL = 0x40000000


class _Info(ctypes.Structure):
    _fields_ = [
        ("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32), ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64), ("number", ctypes.c_uint64), ("args", ctypes.c_uint64 * 6),
        ("more", ctypes.c_uint64 * 4),
    ]  # fmt: skip


@dataclass
class Traced:
    """What a traced child did: its calls that could change a file, and whether it came to its end."""

    calls: list[str] = field(default_factory=list)
    killed: bool = False
    code: int = 0


def can_trace() -> bool:
    """Whether this system lets a process trace its own child."""
    if sys.platform != "linux" or not NUMBERS:
        return False

    def fail_to_make_a_folder() -> None:
        with suppress(OSError):
            Path("/nowhere/at/all").mkdir()

    try:
        return run_traced(fail_to_make_a_folder).calls in (["mkdir"], ["mkdirat"])
    except OSError:
        return False


def can_tear() -> bool:
    """Whether a write can be cut in half: the register that holds its length is known here."""
    return platform.machine() == "x86_64"


def run_traced(
    work: Callable[[], object], kill_at: int | None = None, *, torn: bool = False, below: Path = Path("/")
) -> Traced:
    """Run ``work`` in a forked child; kill it right before its call number ``kill_at`` (the first is 0).

    ``below``: calls that surely change something elsewhere, such as temporary files of a library, do not count.
    ``torn``: let that call, a write, put half of its bytes into the file first.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long

    def ptrace(request: int, pid: int, address: int = 0, data: object = None) -> int:
        return int(libc.ptrace(request, pid, address, data))

    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setpgid(0, 0)
            ptrace(_TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            work()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    os.waitpid(child, 0)
    if ptrace(_SETOPTIONS, child, 0, _OPTIONS) != 0:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise OSError(ctypes.get_errno(), "ptrace is not allowed here")
    ptrace(_SYSCALL, child)
    return _follow(child, ptrace, kill_at, torn, below)


def _follow(child: int, ptrace: Callable[..., int], kill_at: int | None, torn: bool, below: Path) -> Traced:
    done, info, dying = Traced(), _Info(), 0
    while True:
        pid, status = os.waitpid(-child, _WALL)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if pid == child:
                done.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
                return done
            continue
        passed_on = 0
        if os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
            size = ptrace(_INFO, pid, ctypes.sizeof(info), ctypes.byref(info))
            if pid == dying:  # half of the bytes are in the file
                os.kill(child, signal.SIGKILL)
                continue
            if size > 0 and info.op == _ENTRY and (name := _changing(pid, info, below)):
                if len(done.calls) == kill_at:
                    done.killed = True
                    if not torn:
                        os.kill(child, signal.SIGKILL)
                        continue
                    dying = pid
                    ptrace(_POKEUSER, pid, _LENGTH_AT, info.args[2] // 2)
                done.calls.append(name)
        elif status >> 16 == 0 and os.WSTOPSIG(status) not in (signal.SIGSTOP, signal.SIGTRAP):
            passed_on = os.WSTOPSIG(status)
        ptrace(_SYSCALL, pid, 0, passed_on)


def _changing(pid: int, info: _Info, below: Path) -> str:
    """The name of the call when it could change a file there, else ""."""
    name = NUMBERS.get(info.number, "")
    if name in _FLAGS_OF and not info.args[_FLAGS_OF[name]] & _CHANGES:
        return ""
    if name in _BY_DESCRIPTOR or name in _TO_DESCRIPTOR:
        file = Path(f"/proc/{pid}/fd/{info.args[_TO_DESCRIPTOR.get(name, 0)]}")
        try:
            mode = file.stat().st_mode
        except OSError:
            return ""
        inside = file.readlink().is_relative_to(below)
        return name if inside and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) else ""
    return name if name and not _is_elsewhere(pid, info, name, below) else ""


def _is_elsewhere(pid: int, info: _Info, name: str, below: Path) -> bool:
    """Whether every path that a call names is whole and lies elsewhere; in doubt it does not."""
    at = 1 if re.search("at2?$", name) and name != "creat" else 0  # behind the folder they are relative to
    places = [at, at + at + 1] if name.startswith(("rename", "link")) else [at]
    if name.startswith("symlink"):
        places = [2 if at else 1]
    paths = [_text(pid, info.args[place]) for place in places]
    return all(p.startswith("/") and not Path(p).is_relative_to(below) for p in paths)


def _text(pid: int, address: int) -> str:
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
            memory.seek(address)
            text = b""
            while b"\0" not in text and len(text) < _MOST_PATH:  # page by page: the next one may not be there
                text += memory.read(_PAGE - (address + len(text)) % _PAGE)
            return os.fsdecode(text.partition(b"\0")[0])
    except OSError:
        return ""
