"""Cell addresses and rectangles of cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recoup.books.cells import column_index, column_letter

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of an Excel sheet
_AREA = re.compile(r"^\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, 1-based, all four sides included."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, ref: str) -> Area | None:
        """``B3:D9`` or ``B3``; None for whole columns and rows."""
        match = _AREA.match(ref)
        if match is None:
            return None
        left, top = column_index(match[1]), int(match[2])
        return cls(left, top, column_index(match[3]) if match[3] else left, int(match[4] or top))

    def __str__(self) -> str:
        return f"{column_letter(self.left)}{self.top}:{column_letter(self.right)}{self.bottom}"

    @property
    def absolute(self) -> str:
        """The address that stays when a formula is moved: ``$B$3:$D$9``, ``$B$3`` for one cell."""
        first, last = (
            f"${column_letter(c)}${r}" for c, r in ((self.left, self.top), (self.right, self.bottom))
        )
        return first if first == last else f"{first}:{last}"

    def is_on_a_sheet(self) -> bool:
        """Whether its corners are in order and within an Excel sheet."""
        return 1 <= self.left <= self.right <= MAX_COLUMNS and 1 <= self.top <= self.bottom <= MAX_ROWS

    def overlaps(self, other: Area) -> bool:
        """Whether they share a cell."""
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom

    def union(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )
