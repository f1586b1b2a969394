"""Reads the reports that sellers download from Seller Central, from tabs and from files.

``read_files(paths)`` and a book's tabs give RawTables; ``read(tables)`` gives one typed frame per report.
One module per report declares its tab, its columns and every spelling of their headers.
"""

from ._cited import CitedRows, cited_rows
from ._declared import Column, Report, all_reports
from ._exports import Export, StatedPeriod
from ._files import read_bytes, read_files
from ._folders import Listing, list_files
from ._grid import FileTable
from ._read import Reports, read
from ._rows import Form, TabRows, filled_rows, find_form, tab_rows

__all__ = [
    "CitedRows",
    "Column",
    "Export",
    "FileTable",
    "Form",
    "Listing",
    "Report",
    "Reports",
    "StatedPeriod",
    "TabRows",
    "all_reports",
    "cited_rows",
    "filled_rows",
    "find_form",
    "list_files",
    "read",
    "read_bytes",
    "read_files",
    "tab_rows",
]
