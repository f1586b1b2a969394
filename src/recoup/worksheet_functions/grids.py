"""Arguments as Excel gives them, one cell or many, laid over each other as Excel does.

Decision: rows or columns of which one argument has more than another are not filled up with #N/A as Excel would: one
sentence says which sizes do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeAlias

from recoup.books.cells import ERRORS
from recoup.model import Cell, RecoupError

Cells: TypeAlias = "Sequence[Sequence[Cell]]"
Given: TypeAlias = "Cell | Sequence[Cell] | Sequence[Sequence[Cell]]"
Asked: TypeAlias = "tuple[Cell, ...]"  # the arguments of one answer


def as_cells(given: Given) -> Cells:
    """Rows of cells: one cell, one row, or rows."""
    if not isinstance(given, (list, tuple)):
        return [[given]]  # type: ignore[list-item]
    if given and isinstance(given[0], (list, tuple)):
        return given
    return [list(given)]


def lay_over(names: Sequence[str], grids: Sequence[Cells]) -> tuple[int, int]:
    """The rows and columns of the answer. Raises ``RecoupError`` when two arguments do not fit together."""
    shapes = [(len(grid), len(grid[0])) for grid in grids]
    for side, most in enumerate(found := [max(sides) for sides in zip(*shapes, strict=True)]):
        largest = next(name for name, shape in zip(names, shapes, strict=True) if shape[side] == most)
        for name, shape in zip(names, shapes, strict=True):
            if shape[side] not in (1, most):
                what = ("rows", "columns")[side]
                raise RecoupError(
                    f"The ranges do not fit: {name} has {shape[side]} {what}, {largest} {most}; give ranges of one "
                    "size, or a single cell."
                )
    return found[0], found[1]


def for_each(
    grids: Sequence[Cells], shape: tuple[int, int], answer: Callable[[list[Asked]], list[Cell]]
) -> Cells:
    """The answer to each cell; ``answer`` is given every different question once."""
    rows, columns = shape
    asked = list(zip(*(_flat(grid, rows, columns) for grid in grids), strict=True))
    questions = list(dict.fromkeys(asked))
    given = answer([tuple(map(seen, question)) for question in questions])
    answers = list(map(dict(zip(questions, given, strict=True)).__getitem__, asked))
    return [answers[start : start + columns] for start in range(0, rows * columns, columns)]


def _flat(grid: Cells, rows: int, columns: int) -> list[Cell]:
    wide = [list(row) * columns for row in grid] if len(grid[0]) < columns else grid
    flat = list(chain.from_iterable(wide if len(wide) == rows else list(wide) * rows))
    return list(map(seen, flat)) if {bool, int} & set(map(type, flat)) else flat  # else True would be 1


def seen(cell: Cell) -> Cell:
    """A cell as a person sees it: truth and errors as their text, a blank text as nothing."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, bool):
        return str(cell).upper()
    return ERRORS.get(cell, cell) if isinstance(cell, int) else cell
