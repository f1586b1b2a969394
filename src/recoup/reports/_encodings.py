"""Decides the encoding of a text file by evidence and turns it into UTF-8."""

from __future__ import annotations

import codecs
import re

import numpy as np
import pyarrow as pa

from ._declared import fold
from ._headings import vocabulary

SAMPLE = 2_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def to_utf8(data: bytes) -> tuple[bytes, str, int]:
    """UTF-8 without BOM, the encoding found, and how many bytes could not be decoded."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _recoded(data, name)
    if data[:2000].count(0) > len(data[:2000]) // 5:
        even = data[:2000:2].count(0)
        return _recoded(data, "utf-16-be" if even > len(data[:2000]) // 5 else "utf-16-le")
    if data.isascii():
        return data, "ascii", 0
    if not _is_utf8(data):
        return _recoded(data, _guess(data))
    return data, "utf-8", 0


def _is_utf8(data: bytes) -> bool:
    """Whether these bytes are UTF-8: Arrow looks at them where they lie, ``decode`` would make a copy."""
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    whole = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _recoded(data: bytes, encoding: str) -> tuple[bytes, str, int]:
    try:
        return data.decode(encoding).encode("utf-8"), encoding, 0
    except UnicodeError:
        text = data.decode(encoding, "replace")
        return text.encode("utf-8"), encoding, text.count("\ufffd")


def _guess(data: bytes) -> str:
    """UTF-8 with a few broken bytes; else the code page whose headings are known; else what looks most like text.

    Western (cp1252), Central European (cp1250) and Turkish (cp1254) code pages differ in few letters: only
    headings tell them apart, and without any the Western one is taken.
    """
    sample = data[: data.rfind(b"\n", 0, SAMPLE) + 1] or data
    text = sample.decode("utf-8", "replace")
    right = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    if right > 3 * text.count("\ufffd"):
        return "utf-8"
    texts = {name: _decoded(sample, name) for name in ("cp1252", "cp1250", "cp1254", "cp932", "gbk")}
    known = {name: _known_headings(text) for name, text in texts.items()}
    best = max(known, key=lambda name: known[name])
    if known[best]:
        return best
    east = {name: _east_score(texts[name], name) for name in ("cp932", "gbk")}
    best = max(east, key=lambda name: east[name])
    return best if east[best] > 0.5 else "cp1252"


def _decoded(sample: bytes, encoding: str) -> str:
    """The text in that encoding, "" when some bytes have no meaning in it."""
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _known_headings(text: str) -> int:
    """How many cells with foreign characters near the top are headings of a report."""
    cells = {c for line in text.splitlines()[:50] for c in re.split(r"[\t,;]", line) if c and not c.isascii()}
    return sum(1 for c in cells if len(c) <= 100 and fold(c) in vocabulary())


def _east_score(text: str, encoding: str) -> float:
    """Share of the foreign characters that are everyday ones in that script."""
    runs = _FOREIGN.findall(text)
    foreign = "".join(runs)
    if len(foreign) < 4 or sum(len(r) for r in runs if len(r) > 1) < 0.7 * len(foreign):
        return 0.0  # single foreign characters among plain ones: accents misread, not words
    if encoding == "cp932":
        usual = sum(
            1 for c in foreign if "\u3000" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or c > "\uff9f"
        )
    else:
        usual = sum(1 for c in foreign if _in_gb2312(c))
    return usual / max(1, len(foreign))


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
