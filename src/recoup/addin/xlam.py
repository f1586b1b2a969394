"""The add-in file: a workbook of one sheet with settings, the VBA project and the ribbon.

Its parts are stored, not deflated, so that the file is the same byte for byte whatever zlib a Python has.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from recoup.addin.ribbon import ribbon_xml
from recoup.addin.settings import SHEET, Settings
from recoup.addin.vba_project import Kind, Module, vba_project
from recoup.model import RecoupError

_PROJECT, _SHEET_MODULE, _BOOK_MODULE = "RecoupAddin", "RecoupSettings", "ThisWorkbook"
_DATED = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_RELATIONS = f"{_OPEN}/officeDocument/2006/relationships"
_PACKAGE = "application/vnd.openxmlformats-package"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "/xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    "/xl/worksheets/sheet1.xml": f"{_OFFICE}.spreadsheetml.worksheet+xml",
    "/xl/styles.xml": f"{_OFFICE}.spreadsheetml.styles+xml",
    "/xl/vbaProject.bin": "application/vnd.ms-office.vbaProject",
    "/docProps/core.xml": f"{_PACKAGE}.core-properties+xml",
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def build_addin(modules: Iterable[Module], settings: Settings | None = None) -> bytes:
    """The bytes of recoup.xlam. Raises ``RecoupError`` when a module or a setting cannot be in it."""
    documents = [Module(_BOOK_MODULE, Kind.WORKBOOK), Module(_SHEET_MODULE, Kind.SHEET)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            (f"{_RELATIONS}/officeDocument", "xl/workbook.xml"),
            (f"{_OPEN}/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
            (
                "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
                "customUI/customUI14.xml",
            ),
        ),
        "docProps/core.xml": _core(),
        "xl/workbook.xml": _workbook(),
        "xl/_rels/workbook.xml.rels": _relations(
            (f"{_RELATIONS}/worksheet", "worksheets/sheet1.xml"),
            (f"{_RELATIONS}/styles", "styles.xml"),
            ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
        ),
        "xl/worksheets/sheet1.xml": _sheet((settings or Settings()).rows()),
        "xl/styles.xml": _styles(),
        "customUI/customUI14.xml": ribbon_xml(),
        "xl/vbaProject.bin": vba_project(_PROJECT, [*documents, *modules]),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _DATED)
            entry.create_system = 0  # else it says which system built it
            package.writestr(entry, part)
    return file.getvalue()


def _content_types() -> str:
    defaults = {"rels": f"{_PACKAGE}.relationships+xml", "xml": "application/xml"}
    return (
        f'{_XML}<Types xmlns="{_OPEN}/package/2006/content-types">'
        + "".join(f'<Default Extension="{e}" ContentType="{kind}"/>' for e, kind in defaults.items())
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in _TYPES.items())
        + "</Types>"
    )


def _relations(*targets: tuple[str, str]) -> str:
    lines = (
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_OPEN}/package/2006/relationships">{"".join(lines)}</Relationships>'


def _core() -> str:
    """What Excel's list of add-ins shows."""
    dublin = "http://purl.org/dc"
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_OPEN}/package/2006/metadata/core-properties"'
        f' xmlns:dc="{dublin}/elements/1.1/"><dc:title>Recoup</dc:title>'
        "<dc:description>Finds the money Amazon owes an FBA seller and proves it row by row.</dc:description>"
        "</cp:coreProperties>"
    )


def _workbook() -> str:
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr codeName="{_BOOK_MODULE}"/>'
        f'<sheets><sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    """Every cell as text, so that Excel takes no path or version for anything else."""
    lines = (
        f'<row r="{number}">'
        + "".join(_cell(f"{column}{number}", text) for column, text in zip("ABC", row, strict=True))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr codeName="{_SHEET_MODULE}"/>'
        '<cols><col min="1" max="1" width="22" style="1" customWidth="1"/>'
        '<col min="2" max="3" width="70" style="1" customWidth="1"/></cols>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def _cell(address: str, text: str) -> str:
    if _NOT_IN_XML.search(text):
        raise RecoupError(f"{text!r} holds characters that a sheet cannot hold; rename that folder.")
    return f'<c r={quoteattr(address)} s="1" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _styles() -> str:
    """The least Excel asks for, and a style for text."""
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
