"""How a run over millions of rows uses the computer's memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa


@contextmanager
def large_run() -> Iterator[None]:
    """Python does not search for cycles, and Arrow takes its memory in small pages; afterwards all is as before."""
    with _uncollected(), _small_pages():
        yield


@contextmanager
def _uncollected() -> Iterator[None]:
    """The search for cycles would look at the millions of rows and events of a run over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # what is left of the run counts as old now: not all of it is looked at right away
            gc.enable()


@contextmanager
def _small_pages() -> Iterator[None]:
    """On Linux, Arrow's own allocator asks for pages of 2 MB: to clear them takes a tenth of the time of a refresh."""
    usual = pa.default_memory_pool()
    if sys.platform == "linux":
        pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)
