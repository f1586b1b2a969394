"""XML parts in one plain dialect, so that patterns can be trusted: UTF-8, double quotes, ``>`` only where tags end.

Excel writes it anyway. Where another program wrote something else that is legal, the same XML is spelled in the
plain way; what a pattern could be fooled by is refused.
"""

from __future__ import annotations

import codecs
import re
from html import escape

from recoup.books.base import BookUnsupported

_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.-]+)[\"']")
_ENCODING = re.compile(r"(^<\?xml[^>]*?\sencoding\s*=\s*[\"'])[\w.-]+")
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
         (b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))  # fmt: skip
_MARKS = (b"'", b"\t", b"\n", b"\r", b"= ", b" =", b" >")  # odd when they stand inside a tag
_INSIDE_A_TAG = rb"[^<>]*>"
_TAG = r"<[^<>\"'!?](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>"
_TOKEN = re.compile(rf"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>|<!|({_TAG})|>", re.S)
_TAG_PARTS = re.compile(r"<(/?[^\s/>]+)(.*?)\s*(/?)>", re.S)
_ATTRIBUTE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def plain_xml(data: bytes, name: str) -> bytes:
    """The part in the plain dialect, mostly ``data`` itself; ``name`` of the part is for messages.

    Raises ``BookUnsupported`` for a document type, for comments that hold markup, and for other encodings.
    """
    data = _in_utf8(data, name)
    if _is_plain(data):
        return data
    return _TOKEN.sub(lambda token: _plain_token(token, name), data.decode("utf-8")).encode("utf-8")


def _in_utf8(data: bytes, name: str) -> bytes:
    declared = _DECLARED.match(data[:200])
    encoding = next((e for bom, e in _BOMS if data.startswith(bom)), declared[1].decode() if declared else "")
    try:
        if encoding.lower() in ("", "utf-8", "utf8", "us-ascii", "ascii"):
            if not data.isascii():
                data.decode("utf-8")
            return data
        return _ENCODING.sub(r"\g<1>UTF-8", data.decode(encoding), count=1).encode("utf-8")
    except (UnicodeError, LookupError) as error:
        raise BookUnsupported(
            f"{name} is not written in UTF-8; open the workbook in Excel and save it again."
        ) from error


def _is_plain(data: bytes) -> bool:
    declared = data.startswith((b"<?xml", codecs.BOM_UTF8 + b"<?xml"))
    start = data.find(b"?>") + 2 if declared else 0  # the XML declaration may be written in any way
    if any(data.find(m, start) >= 0 <= data.find(b"<" + m, start) for m in (b"!", b"?")):
        return False
    if data.count(b"<") != data.count(b">"):
        return False
    return not any(
        data.find(mark, start) >= 0
        and re.compile(re.escape(mark) + (b"" if mark == b" >" else _INSIDE_A_TAG)).search(data, start)
        for mark in _MARKS
    )


def _plain_token(token: re.Match[str], name: str) -> str:
    whole = token[0]
    if token[2]:
        return _plain_tag(whole)
    if whole == ">":
        return "&gt;"
    if whole.startswith("<![CDATA["):
        return escape(token[1], quote=False)
    if whole == "<!":
        raise BookUnsupported(
            f"{name} holds a document type, which no workbook needs; save the workbook in Excel."
        )
    if "<" in whole[1:] or ">" in whole[:-1]:
        raise BookUnsupported(
            f"{name} holds comments with XML in them, as only other programs write; save the workbook in Excel."
        )
    return whole


def _plain_tag(tag: str) -> str:
    parts = _TAG_PARTS.fullmatch(tag)
    if parts is None:
        return tag
    attributes = "".join(f' {a[1]}="{_plain_value(a)}"' for a in _ATTRIBUTE.finditer(parts[2]))
    return f"<{parts[1]}{attributes}{parts[3]}>"


def _plain_value(attribute: re.Match[str]) -> str:
    value = attribute[2] if attribute[2] is not None else attribute[3].replace('"', "&quot;")
    return re.sub(r"[\t\r\n]", " ", value).replace(">", "&gt;")
