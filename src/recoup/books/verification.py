"""What a new file must show before it may take the place of the old one."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard
from xml.parsers import expat

from recoup.books.base import BookError
from recoup.books.package import Content, Package
from recoup.books.table_part import find_tables
from recoup.books.usual_rows import without_usual_rows
from recoup.books.workbook_part import WorkbookPart
from recoup.untrusted import Unreadable

_XML = (".xml", ".rels")
_PIECE = 1 << 18  # bytes: the parser lets no other thread work while it is at one


@dataclass(frozen=True, slots=True)
class Draft:
    """A file about to be saved: its bytes, and what must be found in them.

    ``source`` is the package that every member but the ``fresh`` ones was copied from, less the ``dropped`` ones.
    ``proven`` are fresh parts as they were packed, found to be ``well_formed`` then.
    """

    data: bytes
    sheets: list[str]
    tables: dict[str, list[str]]
    fresh: Collection[str] = ()
    source: Package | None = None
    dropped: Collection[str] = field(default_factory=frozenset)
    proven: Mapping[str, bytes] = field(default_factory=dict)

    def verify(self, name: str) -> None:
        """Raise ``BookError`` unless every part is whole, and all tabs and tables are found again."""
        try:
            package = Package(self.data, name)
            for part, info in package.members.items():
                if part in self.proven:
                    if not _unpacks_to(package, part, self.proven[part]):
                        raise BookError(f"{part} is not what was packed")
                elif self.source is None or part in self.fresh:
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


def well_formed(parts: Mapping[str, Content]) -> dict[str, bytes]:
    """Those that hold well-formed XML, of parts that are whole in memory; can be asked while they are packed."""
    return {part: content for part, content in parts.items() if _is_well_formed(content, part)}


def _is_well_formed(content: Content, part: str) -> TypeGuard[bytes]:
    if not part.endswith(_XML) or not isinstance(content, bytes):
        return False
    if len(content) > _PIECE:
        content = without_usual_rows(content)
    try:
        _parse(content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
    except expat.ExpatError:
        return False
    return True


def _unpacks_to(package: Package, part: str, content: bytes) -> bool:
    """Whether a member, read to its end, which compares its CRC, is the very content."""
    at = 0
    for block in package.blocks(part):
        if not content.startswith(block, at):
            return False
        at += len(block)
    return at == len(content)


def _read_through(package: Package, part: str) -> None:
    """Read a member to its end, which compares its CRC; XML must be well-formed."""
    if part.endswith(_XML):
        _parse(package.blocks(part))
    else:
        for _ in package.blocks(part):
            pass


def _parse(blocks: Iterable[bytes]) -> None:
    parser = expat.ParserCreate()
    for block in blocks:
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _is_copy(package: Package, info: zipfile.ZipInfo, source: Package) -> bool:
    """The same compressed bytes under the same CRC and sizes."""
    old = source.members.get(info.filename)
    if old is None:
        return False
    facts = ("CRC", "file_size", "compress_size", "compress_type")
    same = all(getattr(info, fact) == getattr(old, fact) for fact in facts)
    return same and package.raw(info) == source.raw(old)
