"""A small window with the step under way and a Cancel button, for runs that were started from Excel.

It is a process of its own: Excel gives no Esc to a program it waits for, a run that computes has no time to draw, and
macOS draws only from a process's first thread. Steps go to it as lines; it ends with them, or with Cancel. Where no
window can be shown the run goes on without.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

from .own_python import start_python
from .progress import WAITING, Cancelled, Progress

CANCELLED, NO_DISPLAY = 10, 3  # how the window ends; 0 when the run did
_POLL = 100  # milliseconds
_WIDTH = 60  # letters
_LAST_WAIT = 2.0  # seconds


@contextmanager
def window(title: str) -> Iterator[Progress]:
    """Show a window until the end; what it yields raises ``Cancelled`` at the first step after Cancel was clicked."""
    shown = start_python("-m", __name__, title)

    def show(step: str) -> None:
        if shown is None:
            return
        if shown.poll() == CANCELLED:
            raise Cancelled("Cancelled: nothing was written into the workbook.")
        if shown.stdin is not None:
            with suppress(OSError, ValueError):
                shown.stdin.write(" ".join(step.split()) + "\n")
                shown.stdin.flush()

    try:
        yield show
    finally:
        if shown is not None:
            _end(shown)


def _end(shown: subprocess.Popen[str]) -> None:
    if shown.stdin is not None:
        with suppress(OSError):
            shown.stdin.close()
    try:
        shown.wait(_LAST_WAIT)
    except subprocess.TimeoutExpired:
        shown.kill()
        shown.wait()


# ---- the other process


def main(title: str, lines: IO[str]) -> int:
    """Show the steps that come as lines until there are no more, or Cancel is clicked; how it ended."""
    try:
        import tkinter

        root = tkinter.Tk()
    except Exception:  # no tkinter here, or no display
        return NO_DISPLAY
    ended: list[int] = []

    def end(how: int) -> None:
        ended.append(how)
        root.destroy()

    root.title(title)
    root.resizable(False, False)
    root.attributes("-topmost", True)
    root.protocol("WM_DELETE_WINDOW", lambda: end(CANCELLED))
    step = tkinter.StringVar(root, value="Starting")
    tkinter.Label(root, textvariable=step, width=_WIDTH, anchor="w").pack(padx=16, pady=(16, 8))
    tkinter.Button(root, text="Cancel", width=12, command=lambda: end(CANCELLED)).pack(pady=(0, 16))
    steps: SimpleQueue[str | None] = SimpleQueue()
    Thread(target=_receive, args=(lines, steps), daemon=True).start()

    def look() -> None:
        with suppress(Empty):
            while (text := steps.get_nowait()) is not None:
                step.set(text[:_WIDTH])
                if text == WAITING:
                    root.withdraw()
                elif root.state() == "withdrawn":
                    root.deiconify()
            end(0)
            return
        root.after(_POLL, look)

    root.after(_POLL, look)
    root.mainloop()
    return ended[0] if ended else 0


def _receive(lines: IO[str], steps: SimpleQueue[str | None]) -> None:
    for line in lines:
        steps.put(line.strip())
    steps.put(None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.stdin))
