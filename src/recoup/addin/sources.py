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
    return [module_in(f.name, f.read_text(encoding="utf-8", errors="replace"), str(f)) for f in files]


def module_in(name: str, text: str, shown: str = "") -> Module:
    """The module that a text of that file name is. Raises ``RecoupError`` when it names itself otherwise."""
    stem, ending = name.rsplit(".", 1)
    code = _CLASS_HEAD.sub("", text)
    attributes = {}
    while found := _ATTRIBUTE.match(code):
        attributes[found[1]] = found[2]
        code = code[found.end() :]
    if attributes.get("Name") != stem:
        raise RecoupError(
            f'{shown or name}: begin it with Attribute VB_Name = "{stem}", the name of the file.'
        )
    return Module(stem, _KINDS[f".{ending}"], code)
