"""The console: sentences, tables and JSON documents on standard output, the same in a pipe as on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from .memory import plain
from .model import Record


def print_json(document: dict[str, Any]) -> None:
    """One JSON document."""
    say(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def print_table(title: str, rows: Sequence[Record], columns: Sequence[str]) -> None:
    """Columns of the rows under a title, numbers to the right; nothing when there are no rows."""
    if not rows:
        return
    cells = [[_cell(r.get(c)) for c in columns] for r in rows]
    widths = [max(len(columns[i]), *(len(row[i]) for row in cells)) for i in range(len(columns))]
    numbers = [all(_is_number(r.get(c)) for r in rows) for c in columns]
    say(f"\n{title}")
    say("  " + "  ".join(c.ljust(w) for c, w in zip(columns, widths, strict=True)).rstrip())
    for row in cells:
        padded = (t.rjust(w) if n else t.ljust(w) for t, w, n in zip(row, widths, numbers, strict=True))
        say("  " + "  ".join(padded).rstrip())
    say("")


def _cell(cell: Any) -> str:
    return (
        f"{cell:,.2f}"
        if isinstance(cell, float) and not cell.is_integer()
        else plain(getattr(cell, "cached", cell))
    )


def _is_number(cell: Any) -> bool:
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool))


def add(total: Any, more: Any) -> float:
    """A sum in which a blank counts nothing."""
    return float(total or 0) + (float(more) if isinstance(more, (int, float)) else 0.0)


def say(text: str) -> None:
    """One line."""
    sys.stdout.write(text + "\n")
