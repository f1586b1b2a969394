"""The committed files of the add-in, made from its sources."""

from __future__ import annotations

from pathlib import Path

from recoup.addin.ribbon import ribbon_xml
from recoup.addin.sources import read_modules
from recoup.addin.xlam import build_addin
from recoup.books.saving import replace_file


def made_from(folder: Path) -> dict[Path, bytes]:
    """What the sources in a folder make: each file and its bytes; writes nothing. Raises ``RecoupError``."""
    return {
        folder / "ribbon.xml": ribbon_xml().encode("utf-8"),
        folder / "recoup.xlam": build_addin(read_modules(folder / "vba")),
    }


def build_files(folder: Path) -> list[Path]:
    """Write them; the files."""
    files = made_from(folder)
    for file, content in files.items():
        replace_file(file, content, lambda: None, alone=False)
    return list(files)
