"""Files from elsewhere, before anything is read from them: how large and how odd a workbook may be."""

from ._calamine import open_sheets, reading_cells
from ._extent import refuse_far_cells, refuse_far_counts
from ._limits import LAST_COLUMN, MOST_CELLS
from ._packages import (
    Unreadable,
    open_package,
    refuse_damage,
    refuse_document_type,
    refuse_foreign_xml,
    unpack,
    unpacked,
)

__all__ = [
    "LAST_COLUMN",
    "MOST_CELLS",
    "Unreadable",
    "open_package",
    "open_sheets",
    "reading_cells",
    "refuse_damage",
    "refuse_document_type",
    "refuse_far_cells",
    "refuse_far_counts",
    "refuse_foreign_xml",
    "unpack",
    "unpacked",
]
