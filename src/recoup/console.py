"""The console: sentences, tables and JSON documents on standard output, the same in a pipe as on a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

from .memory import plain
from .model import Record

# Nothing that a terminal obeys: control characters, ANSI escapes, changes of writing direction, lone surrogates.
_OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def printable(text: str) -> str:
    """The text with every character that a terminal obeys spelt out, such as ``\\u001b``; line ends stay."""
    return _OBEYED.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def text_of(show: Callable[..., object], *shown: Any, **options: Any) -> str:
    """What a function says of something, as text: for windows instead of a terminal."""
    with redirect_stdout(StringIO()) as said, redirect_stderr(said):
        show(*shown, **options)
    return said.getvalue()


def ready_for_any_text() -> None:
    """Let both streams take every character, whatever the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def print_json(document: dict[str, Any]) -> None:
    """One JSON document."""
    say(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def print_table(title: str, rows: Sequence[Record], columns: Sequence[str]) -> None:
    """Columns of the rows under a title, numbers to the right; nothing when there are no rows."""
    if not rows:
        return
    broken = [any(_is_broken(r.get(c)) for r in rows) for c in columns]
    cells = [[_cell(r.get(c), b) for c, b in zip(columns, broken, strict=True)] for r in rows]
    widths = [max(len(columns[i]), *(len(row[i]) for row in cells)) for i in range(len(columns))]
    numbers = [all(_is_number(r.get(c)) for r in rows) for c in columns]
    say(f"\n{title}")
    say("  " + "  ".join(c.ljust(w) for c, w in zip(columns, widths, strict=True)).rstrip())
    for row in cells:
        padded = (t.rjust(w) if n else t.ljust(w) for t, w, n in zip(row, widths, numbers, strict=True))
        say("  " + "  ".join(padded).rstrip())
    say("")


def _is_broken(cell: Any) -> bool:
    return isinstance(cell, float) and not cell.is_integer()


def _cell(cell: Any, cents: bool) -> str:
    """A cell as text; ``cents``: its column holds amounts with cents, and all of them show theirs."""
    if cents and cell is not None and _is_number(cell):
        return f"{cell:,.2f}"
    return printable(" ".join(plain(getattr(cell, "cached", cell)).split("\n")))


def _is_number(cell: Any) -> bool:
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool))


def add(total: Any, more: Any) -> float:
    """A sum in which a blank counts nothing."""
    return float(total or 0) + (float(more) if isinstance(more, (int, float)) else 0.0)


def say(text: str) -> None:
    """A line of text; what a terminal would obey is spelt out."""
    sys.stdout.write(printable(text) + "\n")


def say_error(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(printable(text) + "\n")
