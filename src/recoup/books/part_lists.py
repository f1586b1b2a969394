"""Text insertions into what lists the parts of a package: relationships and content types."""

from __future__ import annotations

import re

from recoup.books.base import BookError
from recoup.books.package import Package, attributes

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
NO_RELATIONSHIPS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def relationship_type(rels: bytes, kind: str) -> str:
    """The type of a relationship as others have it: the strict file format has types of its own."""
    found = re.search(r'"([^"]*/officeDocument/(?:2006/)?relationships/)\w+"', rels.decode("utf-8"))
    return (found[1] if found else RELATIONSHIPS) + kind


def inserted(xml: bytes, root: str, element: str) -> bytes:
    """The element, in the namespace prefix of its root, as the last child."""
    text = xml.decode("utf-8-sig")
    close = re.search(rf"</([\w.-]+:)?{root}>", text)
    if close is None:
        raise BookError(f"The workbook's list of parts ({root}) is damaged; save it once in Excel.")
    prefixed = element.replace("<", f"<{close[1] or ''}", 1)
    return (text[: close.start()] + prefixed + text[close.start() :]).encode("utf-8")


def content_type(package: Package, part: str) -> str:
    """What the package says a part is; "" when it says nothing."""
    text = package.xml(package.content_types).decode("utf-8-sig")
    tags = [
        (m[1], attributes(m[2])) for m in re.finditer(r"<(?:[\w.-]+:)?(Override|Default)\b([^>]*)>", text)
    ]
    own = (a["ContentType"] for tag, a in tags if tag == "Override" and package.named(a["PartName"]) == part)
    usual = (a["ContentType"] for tag, a in tags if tag == "Default" and part.endswith("." + a["Extension"]))
    return next(own, "") or next(usual, "")


def override(part: str, kind: str) -> str:
    """The line of the content types that says what a part is."""
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'
