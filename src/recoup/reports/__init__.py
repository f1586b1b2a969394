"""Reads the reports that sellers download from Seller Central, from tabs and from files.

``list_files(paths)`` finds report files, ``file_sources(listing)`` and a book's tabs are Sources of RawTables;
``read(sources)`` gives one typed frame per report, ``read_files(paths)`` the tables at once.
One module per report declares its tab, its columns and every spelling of their headers.
"""

from ._bare import bare_heading, under_heading
from ._cited import CitedRows, cited_rows
from ._content import digest_of
from ._declared import Column, Report, all_reports
from ._exports import Export, StatedPeriod
from ._files import file_sources, read_bytes, read_files
from ._folders import Listing, join_listings, list_files
from ._grid import FileTable, text_series
from ._read import Reports, read, shelve
from ._report import BlockRead
from ._rows import Form, TabRows, filled_rows, find_form, tab_rows
from ._sources import Reading, Shelf, Source

__all__ = [
    "BlockRead",
    "CitedRows",
    "Column",
    "Export",
    "FileTable",
    "Form",
    "Listing",
    "Reading",
    "Report",
    "Reports",
    "Shelf",
    "Source",
    "StatedPeriod",
    "TabRows",
    "all_reports",
    "bare_heading",
    "cited_rows",
    "digest_of",
    "file_sources",
    "filled_rows",
    "find_form",
    "join_listings",
    "list_files",
    "read",
    "read_bytes",
    "read_files",
    "shelve",
    "tab_rows",
    "text_series",
    "under_heading",
]
