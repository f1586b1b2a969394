"""The shared strings of a workbook, found one by one: report tabs may hold millions of them."""

from __future__ import annotations

import re
from array import array

from recoup.books.base import BookUnsupported
from recoup.books.cells import text_of

_COMMENT = re.compile(rb"<!--.*?-->", re.S)


class SharedStrings:
    """Texts by index, decoded only when asked for."""

    def __init__(self, xml: bytes) -> None:
        """``xml`` is the shared strings part, empty when the workbook has none."""
        xml = _COMMENT.sub(b"", xml) if b"<!--" in xml else xml
        root = re.search(rb"<((?:[\w.-]+:)?)sst\b", xml)
        prefix = root[1] if root else b""
        self._xml = xml
        self._starts = array("q", (m.start() for m in re.finditer(rb"<" + prefix + rb"si[ />]", xml)))
        self._known: dict[int, str] = {}

    def __getitem__(self, index: int) -> str:
        text = self._known.get(index)
        if text is None:
            if not 0 <= index < len(self._starts):
                raise BookUnsupported(
                    f"A cell shows text number {index}, but the workbook holds {len(self._starts):,} texts; "
                    "open it in Excel, let it be repaired and save it again."
                )
            end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._xml)
            text = text_of(self._xml[self._starts[index] : end].decode("utf-8"))
            self._known[index] = text
        return text
