"""Processes that read the large report files of a listing at the same time as this one does.

This process keeps two cores busy; part of a folder of reports is read by others when there are more. They put what
they read into the user's cache, where this process finds it by the content of each file: a worker that fails,
dies or is never begun costs time and changes nothing. This process takes the files from the first on, the workers
take them from the last. Without a cache, for few bytes, and for what the cache already holds there are no workers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from .frame_cache import FrameCache, user_cache
from .own_python import start_python
from .reports import Listing, Reading, Shelf, Source, file_sources, shelve

LEAST_BYTES = 32 << 20  # of all text files: below, a process is hardly begun when all is read
LEAST_FILE = 1 << 19  # bytes; a smaller file is read as fast as it is handed over
MOST = 3  # workers: each holds a report in memory
OWN_CORES = (
    2  # this process keeps as many busy: it reads two files at a time, and Arrow has threads of its own
)
TEXTS = {".txt", ".csv", ".tsv"}
_SERVE = "from recoup.report_workers import serve; serve()"


def shelf_for(files: Listing) -> Shelf | None:
    """The user's cache, with workers that fill it where the files are large; None where there is no cache."""
    shelf = user_cache()
    workers = min(_cores() - OWN_CORES, MOST)
    large = _large(files)
    if shelf is None or workers < 1 or sum(size for _, _, size in large) < LEAST_BYTES:
        return shelf
    return Workers(shelf, [(name, path) for name, path, _ in large], workers)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _large(files: Listing) -> list[tuple[str, Path, int]]:
    """Name, path and bytes of every text file that is worth handing over, in order."""
    found = []
    for name, path in files.files:
        if path.suffix.lower() in TEXTS:
            try:
                size = path.stat().st_size
            except OSError:
                continue  # whoever opens it says so
            if size >= LEAST_FILE:
                found.append((name, path, size))
    return found


class Workers:
    """A shelf over a cache that other processes fill too; they are begun when a file is not on it."""

    def __init__(self, cache: FrameCache, files: Sequence[tuple[str, Path]], number: int) -> None:
        self._cache, self._number = cache, number
        self._left = dict(files)  # that nobody has begun, in order
        self._theirs: dict[str, Event] = {}  # that a worker has begun: set when it is done
        self._lock = Lock()
        self._processes: list[subprocess.Popen[str]] | None = None

    def find(self, source: Source) -> Reading | None:
        """What is on the shelf, after a worker that has begun this file is done with it."""
        with self._lock:
            theirs = self._theirs.get(source.name)
            mine = self._left.pop(source.name, None)
        if theirs is not None:
            theirs.wait()
        known = self._cache.find(source)
        if known is None and mine is not None:
            self._begin()
        return known

    def keep(self, source: Source, reading: Reading) -> None:
        """Remember what this process read."""
        self._cache.keep(source, reading)

    def put_away(self) -> None:
        """Write it beside the work that follows."""
        self._cache.put_away()

    def finish(self) -> None:
        """Let the workers go; all they began was waited for."""
        for process in self._processes or ():
            process.kill()
        self._cache.finish()

    def _begin(self) -> None:
        with self._lock:
            if self._processes is not None:
                return
            self._processes = [
                p
                for _ in range(min(self._number, len(self._left)))
                if (p := start_python("-c", _SERVE, answers=True))
            ]
            for process in self._processes:
                Thread(target=self._feed, args=(process,), daemon=True).start()

    def _feed(self, process: subprocess.Popen[str]) -> None:
        """Hand over one file after the other, from the last on, until none is left or the worker is gone."""
        with suppress(OSError), process:  # the pipe to one that died cannot be emptied
            while (file := self._take()) is not None:
                name, path, done = file
                try:
                    alive = _hand_over(process, name, path, self._cache.folder)
                finally:
                    done.set()
                if not alive:
                    return

    def _take(self) -> tuple[str, Path, Event] | None:
        with self._lock:
            if not self._left:
                return None
            name, path = self._left.popitem()
            self._theirs[name] = done = Event()
            return name, path, done


def _hand_over(process: subprocess.Popen[str], name: str, path: Path, folder: Path) -> bool:
    """Whether the worker answered; what it read is on the shelf then, unless it could not be kept."""
    if process.stdin is None or process.stdout is None:
        return False
    try:
        process.stdin.write(json.dumps([name, str(path), str(folder)]) + "\n")
        process.stdin.flush()
        return bool(process.stdout.readline())
    except (OSError, ValueError):
        return False


def serve() -> None:
    """The work of such a process: a line with name, path and cache folder in, the file's name back out when kept."""
    for line in sys.stdin:
        name, path, folder = json.loads(line)
        cache = FrameCache(Path(folder))
        for source in file_sources(Listing(files=[(name, Path(path))])):
            shelve(source, cache)
        sys.stdout.write(json.dumps(name) + "\n")
        sys.stdout.flush()
