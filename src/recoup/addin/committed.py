"""The committed files of the add-in, made from its sources."""

from __future__ import annotations

from pathlib import Path

from recoup.addin.functions import function_modules
from recoup.addin.ribbon import ribbon_xml
from recoup.addin.sources import module_in, read_modules
from recoup.addin.xlam import build_addin
from recoup.books.saving import replace_file


def made_from(folder: Path) -> dict[Path, bytes]:
    """What the sources in a folder make: each file and its bytes; writes nothing. Raises ``RecoupError``."""
    made = {f"{name}.bas": text for name, text in function_modules().items()}
    modules = {
        m.name: m for m in (*read_modules(folder / "vba"), *(module_in(n, t) for n, t in made.items()))
    }
    return {
        folder / "ribbon.xml": ribbon_xml().encode("utf-8"),
        **{folder / "vba" / name: text.encode("ascii") for name, text in made.items()},
        folder / "recoup.xlam": build_addin(modules[name] for name in sorted(modules)),
    }


def build_files(folder: Path) -> list[Path]:
    """Write them; the files."""
    files = made_from(folder)
    for file, content in files.items():
        replace_file(file, content, lambda: None, alone=False)
    return list(files)
