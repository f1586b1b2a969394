"""The system's clipboard, where a text stays when this program has ended: tkinter's own is lost with its window."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from time import sleep
from typing import Any

from ..model import RecoupError

_UNICODE_TEXT, _MOVEABLE = 13, 2  # CF_UNICODETEXT, GMEM_MOVEABLE
_ATTEMPTS, _PAUSE = 20, 0.05  # seconds: another program may hold the clipboard for a moment
_PROGRAMS = (("pbcopy",), ("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "-b", "-i"))
_REFUSED = RecoupError("The clipboard is held by another program; close it, then try again.")


def put_text(text: str) -> None:
    """Put a text on the clipboard. Raises RecoupError."""
    if sys.platform == "win32":
        import ctypes

        put_on_windows(text, ctypes.windll.user32, ctypes.windll.kernel32, ctypes.memmove)
    else:
        _put_by_program(text)


def put_on_windows(text: str, user: Any, kernel: Any, move: Callable[..., object]) -> None:
    """Hand the text to Windows, which owns it from then on."""
    data = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-16-le", "surrogatepass") + b"\0\0"
    _declare(user, kernel)
    for _ in range(_ATTEMPTS):
        if user.OpenClipboard(None):
            break
        sleep(_PAUSE)
    else:
        raise _REFUSED
    try:
        user.EmptyClipboard()
        memory = kernel.GlobalAlloc(_MOVEABLE, len(data))
        move(kernel.GlobalLock(memory), data, len(data))
        kernel.GlobalUnlock(memory)
        if not user.SetClipboardData(_UNICODE_TEXT, memory):
            kernel.GlobalFree(memory)
            raise _REFUSED
    finally:
        user.CloseClipboard()


def _declare(user: Any, kernel: Any) -> None:
    """Handles are as wide as pointers, which ctypes does not know by itself."""
    from ctypes import c_size_t, c_uint, c_void_p

    for function, arguments, result in (
        (user.OpenClipboard, (c_void_p,), c_uint),
        (user.SetClipboardData, (c_uint, c_void_p), c_void_p),
        (kernel.GlobalAlloc, (c_uint, c_size_t), c_void_p),
        (kernel.GlobalLock, (c_void_p,), c_void_p),
        (kernel.GlobalUnlock, (c_void_p,), c_uint),
        (kernel.GlobalFree, (c_void_p,), c_void_p),
    ):
        function.argtypes, function.restype = arguments, result


def _put_by_program(text: str) -> None:
    program = next((p for p in _PROGRAMS if shutil.which(p[0])), None)
    if program is None:
        raise RecoupError(
            "There is no program for the clipboard on this computer; install xclip or wl-clipboard."
        )
    try:
        subprocess.run(program, input=text.encode("utf-8", "replace"), check=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        raise RecoupError(f"{program[0]} could not put the text on the clipboard; try again.") from error
