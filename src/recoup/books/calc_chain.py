"""The calculation chain goes when cells change: Excel builds a new one, and takes a stale one for damage."""

from __future__ import annotations

import re

from recoup.books.package import Package, attributes, relationships_part
from recoup.books.workbook_part import WorkbookPart

_LISTED = re.compile(rb"\s*<((?:[\w.-]+:)?(?:Override|Relationship))\b([^>]*?)(?:/>|>\s*</\1\s*>)", re.S)


def without_calculation_chain(package: Package, workbook: WorkbookPart) -> dict[str, bytes]:
    """The two parts that list the calculation chain, without it; nothing when there is none."""
    chain = workbook.related("calcChain")
    if chain not in package:
        return {}

    def unlisted(match: re.Match[bytes]) -> bytes:
        a = attributes(match[2].decode("utf-8"))
        gone = a.get("Type", "").endswith("/calcChain") or package.named(a.get("PartName", "/")) == chain
        return b"" if gone else match[0]

    listing = (package.content_types, package.named(relationships_part(workbook.part)))
    return {part: _LISTED.sub(unlisted, package.xml(part)) for part in listing}
