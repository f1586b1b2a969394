"""Looks through a workbook file before its sheets are read: what it says of itself may be a lie."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from ..model import Problem
from ..untrusted import (
    Unreadable,
    open_package,
    refuse_damage,
    refuse_document_type,
    refuse_far_cells,
    refuse_far_counts,
    unpacked,
)

_REMEDY = "save it as .xlsx without a password"


def unreadable(name: str, data: bytes) -> Problem | None:
    """Why the sheets of a workbook cannot be read, None when they can."""
    try:
        _look_through(data)
    except Unreadable as found:
        return Problem("error", name, f"a workbook that cannot be read: {found.reason}", found.remedy)
    return None


def _look_through(data: bytes) -> None:
    if not data.startswith(b"PK"):
        raise Unreadable("an old Excel file (.xls), or one with a password", _REMEDY)
    try:
        package = open_package(data)
    except zipfile.BadZipFile as error:
        raise Unreadable("it is damaged", "download it again") from error
    if "xl/workbook.xml" not in package.NameToInfo:
        raise Unreadable("it is no .xlsx file", _REMEDY)
    refuse_damage(package, data)
    for member in package.infolist():

        def chunks(member: zipfile.ZipInfo = member) -> Iterator[bytes]:
            return unpacked(data, member)

        if member.filename.endswith((".xml", ".rels")):
            refuse_document_type(member.filename, next(chunks(), b""))
            refuse_far_cells(chunks)
            refuse_far_counts(chunks())
