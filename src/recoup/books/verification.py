"""What a new file must show before it may take the place of the old one."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers import expat

from recoup.books.base import BookError
from recoup.books.package import Package
from recoup.books.table_part import find_tables
from recoup.books.workbook_part import WorkbookPart
from recoup.untrusted import Unreadable

_XML = (".xml", ".rels")


@dataclass(frozen=True, slots=True)
class Draft:
    """A file about to be saved: its bytes, and what must be found in them.

    ``source`` is the package that every member but the ``fresh`` ones was copied from, less the ``dropped`` ones.
    """

    data: bytes
    sheets: list[str]
    tables: dict[str, list[str]]
    fresh: Collection[str] = ()
    source: Package | None = None
    dropped: Collection[str] = field(default_factory=frozenset)

    def verify(self, name: str) -> None:
        """Raise ``BookError`` unless every part is whole, and all tabs and tables are found again."""
        try:
            package = Package(self.data, name)
            for part, info in package.members.items():
                if self.source is None or part in self.fresh:
                    _read_through(package, part)
                elif not _is_copy(package, info, self.source):
                    raise BookError(f"{part} is no longer what it was")
            lost = (self.source.members.keys() if self.source else set()) - package.members.keys()
            if lost - set(self.dropped):
                raise BookError(f"{min(lost)} is missing")
            workbook = WorkbookPart(package, name)
            if workbook.sheet_names() != self.sheets:
                raise BookError("not all tabs are found again")
            if {t.name: t.headers for t in find_tables(package, workbook)} != self.tables:
                raise BookError("not all tables are found again")
        except (BookError, expat.ExpatError, zipfile.BadZipFile, KeyError, ValueError, Unreadable) as error:
            raise BookError(
                f"{name} was not saved: the new file would not be whole ({str(error).rstrip('.')}); use the other "
                "--engine and report it. Nothing was changed."
            ) from error


def _read_through(package: Package, part: str) -> None:
    """Read a member to its end, which compares its CRC; XML must be well-formed."""
    parser = expat.ParserCreate() if part.endswith(_XML) else None
    for block in package.blocks(part):
        if parser is not None:
            parser.Parse(block, False)
    if parser is not None:
        parser.Parse(b"", True)


def _is_copy(package: Package, info: zipfile.ZipInfo, source: Package) -> bool:
    """The same compressed bytes under the same CRC and sizes."""
    old = source.members.get(info.filename)
    if old is None:
        return False
    facts = ("CRC", "file_size", "compress_size", "compress_type")
    same = all(getattr(info, fact) == getattr(old, fact) for fact in facts)
    return same and package.raw(info) == source.raw(old)
