"""Refuses workbook files with a cell so far out that reading the used range would take all memory."""

from __future__ import annotations

import io
import re
import zipfile

from ..model import Problem

MOST_CELLS = 40_000_000  # a reader takes about 32 bytes for each cell of the used range, blank ones too
_HEAD = 10_000
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\b[^>]*?\bref="[A-Z]+\d+(?::([A-Z]+)(\d+))?"')
_FAR = re.compile(rb'\br="([A-Z]{3})(\d+)"')


def too_wide(name: str, data: bytes) -> Problem | None:
    """What is wrong with a workbook whose used range is too large to read, or None."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [p for p in package.namelist() if re.search(r"worksheets/[^/]+\.xml$", p)]
            wide = any(_cells(package, part) > MOST_CELLS for part in parts)
    except (zipfile.BadZipFile, RuntimeError, OSError):
        return None  # no workbook of that form, or a protected one: the reader says so
    if not wide:
        return None
    text = "cells far out make this workbook too large to read; nothing was read"
    remedy = "delete the columns to the right of the report and the rows below it, or save it as .csv"
    return Problem("error", name, text, remedy)


def _cells(package: zipfile.ZipFile, part: str) -> int:
    """Columns times rows of the used range, as stated at the top or, where it is not, by cells beyond column ZZ."""
    with package.open(part) as stream:
        head = stream.read(_HEAD)
        found = _DIMENSION.search(head)
        if found:
            return _index(found[1] or b"A") * int(found[2] or 1)
        far = [(_index(m[1]), int(m[2])) for m in _FAR.finditer(head + stream.read())]
    return max((c for c, _ in far), default=0) * max((r for _, r in far), default=0)


def _index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index
