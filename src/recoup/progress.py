"""How far long work is: its steps, the files within a step, a bar on a terminal, and what each step took."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from .model import RecoupError

Progress = Callable[[str], None]


class Cancelled(RecoupError):  # noqa: N818  (named by what happened)
    """The person who looks on wants no more; raised before anything is written."""


class Detail(str):
    """A step within the step before: shown, not counted."""


WAITING = Detail("Waiting for your answer")  # a window of steps is out of sight meanwhile


def unseen(_: str) -> None:
    """Nobody looks."""


def each_file(progress: Progress) -> Callable[[str, int, int], None]:
    """Each file that is read, as a detail of the step under way."""

    def show(name: str, done: int, files: int) -> None:
        if done < files:
            progress(Detail(f"{done + 1}/{files} {name}"))

    return show


@contextmanager
def bar(steps: int) -> Iterator[Progress]:
    """A bar of so many steps on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<28}", markup=False), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=steps)
        yield lambda step: shown.update(task, description=step[:60], advance=not isinstance(step, Detail))


class Stopwatch:
    """Tells the steps of a run, and the seconds of each."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._step, self._since = "", 0.0

    def start(self, step: str) -> None:
        """The step before is done, this one begins."""
        self._mark()
        self._step, self._since = step, perf_counter()
        self._progress(step)

    def stop(self) -> dict[str, float]:
        """All is done: the seconds by step."""
        self._mark()
        self._step = ""
        return dict(self._seconds)

    def _mark(self) -> None:
        if self._step:
            self._seconds[self._step] = round(perf_counter() - self._since, 3)
