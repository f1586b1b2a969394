"""The VBA of the add-in as text files: ``NAME.bas`` for a standard module, ``NAME.cls`` for a class."""

from __future__ import annotations

import re
from pathlib import Path

from recoup.addin.vba_project import Kind, Module
from recoup.model import RecoupError

_KINDS = {".bas": Kind.STANDARD, ".cls": Kind.CLASS}
_CLASS_HEAD = re.compile(r"\AVERSION 1\.0 CLASS\nBEGIN\n.*?^END\n", re.DOTALL | re.MULTILINE)
_ATTRIBUTE = re.compile(r"\AAttribute VB_(\w+) = \"?([^\"\n]*)\"?\n")


def read_modules(folder: Path) -> list[Module]:
    """All modules of a folder by name. Raises ``RecoupError`` when there are none, or one is not what it says."""
    files = sorted(p for p in folder.glob("*") if p.suffix in _KINDS)
    if not files:
        raise RecoupError(
            f"{folder} holds no VBA (*.bas, *.cls); run this in a clone of Recoup or name its addin folder."
        )
    return [_module(file) for file in files]


def _module(file: Path) -> Module:
    code = _CLASS_HEAD.sub("", file.read_text(encoding="utf-8", errors="replace"))
    attributes = {}
    while found := _ATTRIBUTE.match(code):
        attributes[found[1]] = found[2]
        code = code[found.end() :]
    if attributes.get("Name") != file.stem:
        raise RecoupError(f'{file}: begin it with Attribute VB_Name = "{file.stem}", the name of the file.')
    return Module(file.stem, _KINDS[file.suffix], code)
