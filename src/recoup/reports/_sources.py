"""What reports are read from: a tab or a file, whose cells are only made when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from ..model import Problem, RawTable
from ._report import BlockRead


@dataclass(frozen=True, slots=True)
class Source:
    """One tab or file. ``digest`` is the SHA-256 of all that its cells come from, "" where nobody knows it.

    Two sources with one name and one digest give the same tables. ``apart``: another thread may load it, also
    while others are loaded, and it is worth one; what is not is loaded in the thread that asks, one by one.
    """

    name: str
    digest: str
    load: Callable[[], Iterable[RawTable]]
    apart: bool = False


@dataclass(slots=True)
class Reading:
    """What one source gave: its exports, and what is wrong with it as a whole; of a tab a digest of its cells."""

    blocks: list[BlockRead] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    content: str = ""


class Shelf(Protocol):
    """Keeps readings from one run to the next."""

    def find(self, source: Source) -> Reading | None:
        """What was read of that very content before, or None."""
        ...

    def keep(self, source: Source, reading: Reading) -> None:
        """Remember it as it is now; it may still be on its way until ``finish``."""
        ...

    def put_away(self) -> None:
        """All is read: what was kept may go onto the shelf now."""
        ...

    def finish(self) -> None:
        """Wait until all that was kept is on the shelf."""
        ...
