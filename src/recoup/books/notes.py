"""Where people put notes and threaded comments on a sheet."""

from __future__ import annotations

import re

from recoup.books.area import Area
from recoup.books.package import Package, attributes

_NOTE = re.compile(r"<(?:[\w.-]+:)?(?:comment|threadedComment)\s([^>]*)>")


def noted_cells(package: Package, sheet_part: str) -> list[Area]:
    """The cells of a sheet that have a note or a threaded comment."""
    kept = [
        r.part for r in package.relationships(sheet_part).values() if "omment" in r.kind and r.part in package
    ]
    refs = (
        attributes(m[1]).get("ref", "") for p in kept for m in _NOTE.finditer(package.xml(p).decode("utf-8"))
    )
    return [area for ref in refs if (area := Area.parse(ref))]
