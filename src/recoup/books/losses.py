"""What openpyxl would lose of a workbook, found in its parts, relationships and elements before anything is opened.

Only what is known to survive is let through: every other kind of part, element and extension is named as a loss,
so that a feature of a later Excel is refused and never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from openpyxl.worksheet.header_footer import HeaderFooter

from recoup.books.package import Package, Relationship, relationships_part
from recoup.books.workbook_part import WorkbookPart

_KEPT_PARTS = {
    "": "officeDocument core-properties extended-properties custom-properties thumbnail",
    "workbook": "worksheet styles theme sharedStrings calcChain externalLink",
    "worksheet": "table comments vmlDrawing",
}
_KEPT_ELEMENTS = {
    "workbook": "fileVersion workbookPr AlternateContent revisionPtr workbookProtection bookViews sheets "
    "externalReferences definedNames calcPr fileRecoveryPr",
    "worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetProtection scenarios autoFilter "
    "mergeCells conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks ignoredErrors drawing legacyDrawing tableParts",
    "table": "autoFilter sortState tableColumns tableStyleInfo",
    "styles": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors",
}
_NAMES = {
    "chartsheet": "chart sheets", "dialogsheet": "dialog sheets", "xlMacrosheet": "macro sheets",
    "pivotTable": "pivot tables", "pivotTables": "pivot tables", "pivotCaches": "pivot tables",
    "pivotCacheDefinition": "pivot tables", "slicer": "slicers", "slicerCache": "slicers", "slicerList": "slicers",
    "slicerCaches": "slicers", "timeline": "timelines", "timelineCache": "timelines", "timelineRefs": "timelines",
    "timelineCacheRefs": "timelines", "threadedComment": "threaded comments", "person": "threaded comments",
    "ctrlProp": "form controls", "control": "form controls", "controls": "form controls",
    "oleObject": "embedded objects", "oleObjects": "embedded objects", "package": "embedded objects",
    "image": "pictures", "picture": "background pictures", "legacyDrawingHF": "pictures in header or footer",
    "printerSettings": "printer settings", "customProperty": "custom sheet properties",
    "customProperties": "custom sheet properties", "customXml": "custom XML", "connections": "data connections",
    "queryTable": "data queries", "sheetMetadata": "dynamic arrays", "rdRichValue": "pictures in cells",
    "FeaturePropertyBag": "checkboxes in cells", "extensibility": "ribbon parts", "vbaProject": "macros",
    "conditionalFormattings": "x14 conditional formats", "dataValidations": "x14 validations",
    "sparklineGroups": "sparklines", "protectedRanges": "ranges people may edit", "phoneticPr": "phonetic readings",
    "customSheetViews": "custom views", "customWorkbookViews": "custom views", "fileSharing": "a write reservation",
    "classificationlabels": "sensitivity labels", "dataConsolidate": "data consolidation",
    "cellWatches": "cell watches",
    "sortState": "a remembered sort", "table": "a table's alternative text", "xmlMaps": "XML maps",
    "id": "x14 conditional formats", "volatileDependencies": "real-time data",
}  # fmt: skip
_HARMLESS_EXTENSIONS = frozenset(
    {
        "{140A7094-0E35-4892-8432-C4D2E57EDEB5}",  # which chart data is tracked
        "{B58B0392-4F1F-4190-BB64-5DF3571DCE5F}",  # what Excel's calculation can do
        "{79F54976-1DA5-4618-B147-4CDE4B953A38}",  # image resolution of new pictures
        "{EB79DEF2-80B8-43E5-98BD-54CBDDF9020C}",  # the usual slicer style
        "{9260A510-F301-46A8-8523-D12C1FE8A8C0}",  # the usual timeline style
        "{9260A510-F301-46A8-8635-F512D64BE5F5}",
    }
)
_ROWS = re.compile(rb"<(?:[\w.-]+:)?row\b")
_DATA = re.compile(rb"(<(?:[\w.-]+:)?sheetData\b[^>]*>)(.*)(</(?:[\w.-]+:)?sheetData>)", re.S)
_DATE_CELL = re.compile(rb'<(?:[\w.-]+:)?c\b[^>]*\bt="d"')
_PHONETIC = re.compile(rb"<(?:[\w.-]+:)?rPh\b")
_LINE_BREAK = re.compile(r"_x[0-9A-Fa-f]{4}_")
_NOTE = re.compile(rb'ObjectType="(\w+)"')


def find_losses(package: Package, workbook: WorkbookPart) -> list[str]:
    """What would be lost, as words for a person, each once; empty when openpyxl keeps everything."""
    found = [*_lost_parts(package, "", "", ""), *_lost_parts(package, workbook.part, "workbook", "")]
    found += _lost_elements(workbook.xml.encode("utf-8"), "workbook", "")
    for rel in workbook.relationships.values():
        if rel.kind == "styles" and rel.part in package:
            found += _lost_elements(package.read(rel.part), "styles", "the styles")
        elif rel.kind == "sharedStrings" and rel.part in package:
            found += ["phonetic readings"] * bool(_PHONETIC.search(package.read(rel.part)))
        elif rel.kind == "theme" and relationships_part(rel.part) in package:
            found.append("pictures of the theme")
    found += ["macros"] * package.has_macros
    for sheet, part in workbook.sheets.items():
        found += _losses_of_sheet(package, part, f"on {sheet!r}")
    return list(dict.fromkeys(found))


def count_rows(package: Package, workbook: WorkbookPart) -> int:
    """How many rows all tabs have together."""
    return sum(sum(1 for _ in _ROWS.finditer(package.read(part))) for part in workbook.sheets.values())


def _lost_parts(package: Package, part: str, kind: str, where: str) -> Iterator[str]:
    kept = _KEPT_PARTS.get(kind, "").split()
    for rel in package.relationships(part).values():
        if rel.kind == "drawing":
            yield from (f"{what} {where}" for what in _drawn(package, rel.part))
        elif rel.kind not in kept:
            yield _named(rel.kind, where)


def _losses_of_sheet(package: Package, part: str, where: str) -> Iterator[str]:
    yield from _lost_parts(package, part, "worksheet", where)
    xml = package.read(part)
    data = _DATA.search(xml)
    cells = data[2] if data else b""
    yield from _lost_elements(xml.replace(cells, b"") if cells else xml, "worksheet", where)
    if _DATE_CELL.search(cells):
        yield f"dates stored as text {where}"
    if _PHONETIC.search(cells):
        yield f"phonetic readings {where}"
    if b"extLst" in cells:
        yield f"extensions of cells {where}"
    for rel in package.relationships(part).values():
        yield from _lost_beside(package, rel, where)


def _lost_beside(package: Package, rel: Relationship, where: str) -> Iterator[str]:
    if rel.kind == "table":
        xml = package.read(rel.part)
        yield from _lost_elements(xml, "table", where)
        yield from _lost_parts(package, rel.part, "table", where)
        if any(_LINE_BREAK.search(c.get("name", "")) for c in _elements(xml, "tableColumn")):
            yield f"headings of several lines {where}"
    elif rel.kind == "vmlDrawing":
        if any(kind != b"Note" for kind in _NOTE.findall(package.read(rel.part))):
            yield f"form controls {where}"
        if package.relationships(rel.part):
            yield f"pictures in notes {where}"


def _drawn(package: Package, part: str) -> list[str]:
    """What a drawing holds beside charts, which are kept as the parts they are: ``2 pictures``, ``shapes``, ..."""
    if part not in package:
        return ["drawings"]
    elements = list(ElementTree.fromstring(package.read(part)).iter())
    tags = [_local(e.tag) for e in elements]
    frames = [e.get("uri", "") for e in elements if _local(e.tag) == "graphicData"]
    found = []
    for what, count in (
        ("diagrams", sum(not uri.endswith("/chart") for uri in frames)),
        ("pictures", tags.count("pic")),
        ("shapes", sum(tags.count(name) for name in ("sp", "cxnSp", "grpSp", "contentPart"))),
    ):
        if count:
            found.append(what if count == 1 else f"{count} {what}")
    return found if found or frames else ["drawings"]


def _lost_elements(xml: bytes, kind: str, where: str) -> Iterator[str]:
    root = ElementTree.fromstring(xml)
    if "purl.oclc.org" in root.tag:
        yield "the strict file format"
        return
    kept = _KEPT_ELEMENTS[kind].split()
    for element in root:
        name = _local(element.tag)
        if name not in kept and name != "extLst":
            yield _named(name, where)
        elif name == "headerFooter" and _is_rewritten(element):
            yield f"parts of the header or footer {where}"
        elif name == "ignoredErrors" and b"<ignoredErrors" not in xml:
            yield f"errors to ignore {where}"
        elif name == "hyperlinks" and any(len(_uid_free(link)) == 0 for link in element):
            yield f"links {where}"
    for extension in root.iter():
        if _local(extension.tag) == "ext" and extension.get("uri", "").upper() not in _HARMLESS_EXTENSIONS:
            inner = [_local(e.tag) for e in extension]
            yield _named(inner[0] if inner else extension.get("uri", "unknown"), where)


def _uid_free(link: ElementTree.Element) -> list[str]:
    return [name for name in link.attrib if "uid" not in name]


def _is_rewritten(element: ElementTree.Element) -> bool:
    """Whether openpyxl would write another text into a header or footer."""
    ours = HeaderFooter.from_tree(element).to_tree()  # type: ignore[arg-type,union-attr]
    texts = [{_local(e.tag): e.text for e in tree if e.text} for tree in (element, ours)]
    return texts[0] != texts[1]


def _elements(xml: bytes, name: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(xml).iter() if _local(e.tag) == name]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _named(name: str, where: str) -> str:
    return f"{_NAMES.get(name, name)} {where}".strip()
