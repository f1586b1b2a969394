"""Everything people keep in a workbook stays byte for byte while Recoup writes, on its own sheets too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import book_samples as samples
from book_compare import Written, differences
from corpus import write_ours
from recoup.books import open_book
from recoup.books.base import TableBlocked
from recoup.books.package_book import PackageBook
from recoup.model import Record
from test_books_dialects import CASES, Parts, packed

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
CASES_TABLE = "cases table"
X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
XM = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'


@dataclass(frozen=True, slots=True)
class Feature:
    """Something people have in a workbook: parts with their relationships, and elements in sheet or workbook."""

    parts: dict[str, str]  # part name -> relationship kind
    owner: str = "workbook"  # whose relationships list them: the workbook, the Cases sheet, the package
    sheet: str = ""  # an element before the table parts of the Cases sheet
    behind: str = ""  # an extension list behind them
    workbook: str = ""  # an element of the workbook part
    space: str = OFFICE


def on_sheet(**parts: str) -> Feature:
    return Feature({f"xl/{name.replace('__', '.')}": kind for name, kind in parts.items()}, owner="sheet")


FEATURES: dict[str, Feature] = {
    "threaded comments and their persons": Feature(
        {
            "xl/threadedComments/threadedComment1.xml": f"{MICROSOFT}/2017/10/relationships/threadedComment",
            "xl/persons/person.xml": f"{MICROSOFT}/2017/10/relationships/person",
        },
        owner="sheet",
    ),
    "notes": Feature(
        {"xl/comments9.xml": "comments", "xl/drawings/vmlDrawing9.vml": "vmlDrawing"},
        owner="sheet",
        sheet='<legacyDrawing r:id="rIdF1"/>',
    ),
    "x14 conditional formats": Feature(
        {},
        behind=f'<ext uri="{{78C0D931}}" {X14}><x14:conditionalFormattings>'
        f'<x14:conditionalFormatting {XM}><x14:cfRule type="dataBar"/><xm:sqref>B4:B6</xm:sqref>'
        "</x14:conditionalFormatting></x14:conditionalFormattings></ext>",
    ),
    "x14 validations": Feature(
        {},
        behind=f'<ext uri="{{CCE6A557}}" {X14}><x14:dataValidations count="1">'
        f'<x14:dataValidation type="list" {XM}><x14:formula1><xm:f>Home!$A$1:$A$3</xm:f></x14:formula1>'
        "<xm:sqref>C4:C6</xm:sqref></x14:dataValidation></x14:dataValidations></ext>",
    ),
    "sparklines": Feature(
        {},
        behind=f'<ext uri="{{05C60535}}" {X14}><x14:sparklineGroups {XM}><x14:sparklineGroup>'
        "<x14:sparklines><x14:sparkline><xm:f>Cases!A4:C4</xm:f><xm:sqref>ZZ4</xm:sqref></x14:sparkline>"
        "</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>",
    ),
    "a slicer on the table": Feature(
        {"xl/slicers/slicer1.xml": f"{MICROSOFT}/2007/relationships/slicer"},
        owner="sheet",
        behind=f'<ext uri="{{3A4CF648}}" {X14}><x14:slicerList><x14:slicer r:id="rIdF0"/></x14:slicerList></ext>',
    ),
    "slicer caches": Feature(
        {"xl/slicerCaches/slicerCache1.xml": f"{MICROSOFT}/2007/relationships/slicerCache"}
    ),
    "timelines": Feature(
        {"xl/timelines/timeline1.xml": f"{MICROSOFT}/2011/relationships/timeline"}, owner="sheet"
    ),
    "timeline caches": Feature(
        {"xl/timelineCaches/timelineCache1.xml": f"{MICROSOFT}/2011/relationships/timelineCache"}
    ),
    "shapes, charts and pictures": Feature(
        {"xl/drawings/drawing9.xml": "drawing"}, owner="sheet", sheet='<drawing r:id="rIdF0"/>'
    ),
    "form controls": Feature(
        {"xl/ctrlProps/ctrlProp1.xml": "ctrlProp"},
        owner="sheet",
        sheet='<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        f'Requires="x14" {X14}><controls>'
        '<control shapeId="1025" r:id="rIdF0" name="Drop"/></controls></mc:Choice>'
        "</mc:AlternateContent>",
    ),
    "pictures in header and footer": Feature(
        {"xl/drawings/vmlDrawing8.vml": "vmlDrawing"}, owner="sheet", sheet='<legacyDrawingHF r:id="rIdF0"/>'
    ),
    "printer settings": Feature(
        {"xl/printerSettings/printerSettings1.bin": "printerSettings"}, owner="sheet"
    ),
    "custom sheet properties": Feature(
        {"xl/customProperty1.bin": "customProperty"},
        owner="sheet",
        sheet='<customProperties><customPr name="x" r:id="rIdF0"/></customProperties>',
    ),
    "embedded objects": Feature(
        {"xl/embeddings/oleObject1.bin": "oleObject"},
        owner="sheet",
        sheet='<oleObjects><oleObject progId="Word" shapeId="7" r:id="rIdF0"/></oleObjects>',
    ),
    "a query behind the table": Feature({"xl/queryTables/queryTable1.xml": "queryTable"}, owner="sheet"),
    "pivot tables and their caches": Feature(
        {"xl/pivotTables/pivotTable1.xml": "pivotTable"},
        owner="sheet",
        workbook='<pivotCaches><pivotCache cacheId="1" r:id="rIdX"/></pivotCaches>',
    ),
    "protection and ranges people may edit": Feature(
        {}, sheet="", workbook='<workbookProtection lockStructure="1"/>'
    ),
    "ignored errors": Feature(
        {}, sheet='<ignoredErrors><ignoredError sqref="A1:Z99" numberStoredAsText="1"/></ignoredErrors>'
    ),
    "phonetics": Feature({}, sheet='<phoneticPr fontId="1" type="Hiragana"/>'),
    "co-authors' sheet views": Feature(
        {"xl/namedSheetViews/namedSheetView1.xml": f"{MICROSOFT}/2019/04/relationships/namedSheetView"},
        owner="sheet",
    ),
    "custom views": Feature(
        {},
        sheet='<customSheetViews><customSheetView guid="{A}" filter="1"/></customSheetViews>',
        workbook='<customWorkbookViews><customWorkbookView name="Ann" guid="{A}"/></customWorkbookViews>',
    ),
    "links, breaks and scenarios": Feature(
        {},
        sheet='<scenarios current="0"><scenario name="a"><inputCells r="B2" val="1"/>'
        '</scenario></scenarios><rowBreaks count="1"><brk id="40" max="9"/></rowBreaks>'
        '<cellWatches><cellWatch r="A1"/></cellWatches>',
    ),
    "merged cells above the table": Feature(
        {}, sheet='<mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>'
    ),
    "external links": Feature(
        {"xl/externalLinks/externalLink1.xml": "externalLink"},
        workbook='<externalReferences><externalReference r:id="rIdF0"/></externalReferences>',
    ),
    "a DDE link": Feature({"xl/externalLinks/externalLink2.xml": "externalLink"}),
    "connections and the data model": Feature(
        {
            "xl/connections.xml": "connections",
            "xl/model/item.data": f"{MICROSOFT}/2011/relationships/powerPivotData",
        }
    ),
    "custom XML": Feature({"customXml/item1.xml": "customXml"}),
    "dynamic arrays and rich values": Feature(
        {
            "xl/metadata.xml": "sheetMetadata",
            "xl/richData/rdrichvalue.xml": f"{MICROSOFT}/2017/06/relationships/rdRichValue",
        }
    ),
    "checkboxes": Feature(
        {
            "xl/featurePropertyBag/featurePropertyBag.xml": f"{MICROSOFT}/2022/11/relationships/FeaturePropertyBag"
        }
    ),
    "chart sheets": Feature({"xl/chartsheets/sheet1.xml": "chartsheet"}),
    "dialog sheets": Feature({"xl/dialogsheets/sheet1.xml": "dialogsheet"}),
    "XML maps": Feature({"xl/xmlMaps.xml": "xmlMaps"}),
    "real-time data": Feature({"xl/volatileDependencies.xml": "volatileDependencies"}),
    "a ribbon and macros": Feature(
        {"customUI/customUI14.xml": f"{MICROSOFT}/2007/relationships/ui/extensibility"}, owner="package"
    ),
    "a feature of a later Excel": Feature(
        {"xl/future/thing1.xml": f"{MICROSOFT}/2031/relationships/thing"},
        owner="sheet",
        behind='<ext uri="{FUTURE}"><f:c xmlns:f="urn:f" r="A4"><f:v>1</f:v></f:c></ext>',
    ),
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    path = samples.build(tmp_path_factory.mktemp("usual") / "book.xlsx")
    return samples.parts(path)


def furnished(usual: Parts, feature: Feature) -> Parts:
    """The workbook with a feature; what stands in the parts does not matter, but that it stays."""
    parts = dict(usual)
    owner = {"workbook": "xl/_rels/workbook.xml.rels", "package": "_rels/.rels"}.get(
        feature.owner, CASES.replace("sheets/", "sheets/_rels/") + ".rels"
    )
    listed = ""
    for i, (part, kind) in enumerate(feature.parts.items()):
        parts[part] = f"<!-- {part} --><content>a &gt; b</content>".encode()
        type_ = kind if "://" in kind else f"{OFFICE}/{kind}"
        listed += f'<Relationship Id="rIdF{i}" Type="{type_}" Target="/{part}"/>'
    parts[owner] = parts[owner].replace(b"</Relationships>", listed.encode() + b"</Relationships>")
    sheet = parts[CASES].decode()
    sheet = sheet.replace("<tableParts", feature.sheet + "<tableParts", 1)
    if feature.behind:
        sheet = sheet.replace("</worksheet>", f"<extLst>{feature.behind}</extLst></worksheet>")
    parts[CASES] = sheet.encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<calcPr", feature.workbook.encode() + b"<calcPr", 1
    )
    assert parts != usual
    return parts


def write(path: Path) -> Written:
    book = open_book(path)
    assert isinstance(book, PackageBook)
    written, _ = write_ours(book)
    book.save()
    return written


@pytest.mark.parametrize("feature", FEATURES)
def test_what_people_keep_stays_while_recoup_writes(usual: Parts, tmp_path: Path, feature: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed(furnished(usual, FEATURES[feature])))
    before = path.read_bytes()
    written = write(path)
    assert path.read_bytes() != before
    assert differences(before, path.read_bytes(), written) == []
    for part in FEATURES[feature].parts:
        assert samples.parts(path)[part] == f"<!-- {part} --><content>a &gt; b</content>".encode()


def test_everything_at_once_stays_while_recoup_writes(usual: Parts, tmp_path: Path) -> None:
    parts, path = usual, tmp_path / "book.xlsx"
    for feature in FEATURES.values():
        if not feature.behind:
            parts = furnished(parts, feature)
    path.write_bytes(packed(parts))
    before = path.read_bytes()
    assert differences(before, path.read_bytes(), write(path)) == []


def test_a_lost_part_or_a_changed_cell_of_people_would_be_seen(usual: Parts, tmp_path: Path) -> None:
    before = packed(furnished(usual, FEATURES["notes"]))
    lost = packed({n: x for n, x in usual.items() if "theme" not in n})
    assert any("theme" in d for d in differences(packed(usual), lost, Written()))
    mine = {**usual, CASES: usual[CASES].replace(b"<v>45669</v>", b"<v>1</v>")}
    assert mine != usual
    assert differences(packed(usual), packed(mine), Written({CASES: lambda _row, _column: False}))
    assert differences(before, packed(usual), Written({CASES: lambda _row, _column: True}))


# ---- formulas around and inside the tables


def edited(path: Path, change: tuple[str, str]) -> None:
    samples.edit_part(path, CASES, lambda x: re.sub(*change, x, count=1))


@pytest.fixture
def path(usual: Parts, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed(usual))
    return path


def test_a_cell_inside_an_array_formula_or_data_table_is_never_written_over(path: Path) -> None:
    master, inside = samples.cases_cell("Units", 0), samples.cases_cell("Units", 1)
    for kind in ("array", "dataTable"):
        content = samples.parts(path)
        formula = f'<f t="{kind}" ref="{master}:{inside}">ROW(1:2)</f>'
        edited(path, (rf'(<c r="{master}"[^>]*>)', rf"\g<1>{formula}"))
        before = path.read_bytes()
        for records in ([{"Claim ID": "LW-BBB", "Units": 8}], [{"Claim ID": "LW-AAA", "Units": 8}]):
            with pytest.raises(
                Exception, match=f"{master}:{inside} belongs to an array formula or data table"
            ):
                open_book(path).patch_rows("Cases", ["Claim ID"], records)  # type: ignore[arg-type]
        with pytest.raises(Exception, match="array formula or data table"):
            open_book(path).replace_rows("Cases", [{"Claim ID": "x"}])
        open_book(path).patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-CCC", "Units": 8}])
        assert path.read_bytes() == before
        path.write_bytes(packed(content))


def test_a_dynamic_array_beside_other_cells_stays_when_its_row_is_written(path: Path) -> None:
    ref = samples.cases_cell("Notes", 1)
    array = f'<c r="{ref}" cm="1" t="str"><f t="array" ref="{ref}">SORT(A4:A6)</f><v>C-1</v></c>'
    edited(path, (rf'<c r="{ref}"[^>]*/>', array))
    book = open_book(path)
    book.patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-BBB", "Units": 8}])
    book.save()
    assert samples.cell_xml(path, "Cases", ref) == array


def test_a_calculated_column_of_dynamic_arrays_goes_on_as_such(path: Path) -> None:
    part = next(n for n, x in samples.parts(path).items() if b'displayName="Cases"' in x)
    calculated = r'\g<1>><calculatedColumnFormula array="1">SORT(A4)</calculatedColumnFormula></tableColumn>'
    samples.edit_part(
        path, part, lambda x: re.sub(r'(<tableColumn id="\d+" name="Notes"[^>]*?)/>', calculated, x)
    )
    ref = samples.cases_cell("Notes", 2)
    edited(
        path,
        (
            rf'<c r="{ref}" s="(\d+)"/>',
            rf'<c r="{ref}" s="\1" cm="1"><f t="array" ref="{ref}">SORT(A6)</f><v>1</v></c>',
        ),
    )
    book = open_book(path)
    book.append_rows("Cases", [{"Claim ID": "new"}])
    book.save()
    new = samples.cases_cell("Notes", 3)
    xml = samples.cell_xml(path, "Cases", new)
    assert re.fullmatch(
        rf'<c r="{new}" cm="1"(?: s="\d+")?><f t="array" ref="{new}">SORT\(A7\)</f></c>', xml
    ), xml


def test_a_shared_formula_that_reaches_out_of_the_table_keeps_its_meaning(path: Path) -> None:
    first, outside = samples.cases_cell("Units", 0), "AZ4"
    edited(
        path,
        (
            rf'<c r="{first}"([^>]*)><v>2</v></c>',
            rf'<c r="{first}"\1><f t="shared" ref="{first}:{outside}" si="3">LEN(B4)</f><v>6</v></c>',
        ),
    )
    edited(path, (r'(<row r="4".*?)(</row>)', rf'\1<c r="{outside}"><f t="shared" si="3"/><v>9</v></c>\2'))
    expected = f'<c r="{outside}"><f>'
    book = open_book(path)
    book.replace_rows("Cases", [{"Claim ID": "a", "Units": 1}])
    book.save()
    xml = samples.cell_xml(path, "Cases", outside)
    assert xml.startswith(expected) and "shared" not in samples.parts(path)[CASES].decode()


def test_a_totals_row_and_a_formula_column_follow_a_growing_table(tmp_path: Path) -> None:
    import openpyxl
    import xlsxwriter

    path = tmp_path / "theirs.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        tab = book.add_worksheet("Sales")
        columns = [{"header": "SKU", "total_string": "Total"}, {"header": "Units", "total_function": "sum"},
                   {"header": "Twice", "formula": "=[@Units]*2"}]  # fmt: skip
        tab.add_table("B3:D6", {"name": "Sales", "columns": columns, "total_row": True,
                                "data": [["a", 1], ["b", 2]]})  # fmt: skip
        tab.write("F20", "mine")
    ours = open_book(path)
    ours.append_rows("Sales", [{"SKU": "c", "Units": 3}, {"SKU": "d", "Units": 4}])
    ours.save()
    sheet = openpyxl.load_workbook(path)["Sales"]
    assert [sheet[f"B{n}"].value for n in range(4, 9)] == ["a", "b", "c", "d", "Total"]
    assert sheet["C8"].value == "=SUBTOTAL(109,[Units])" and "Units" in sheet["D7"].value
    assert (sheet.tables["Sales"].ref, sheet["F20"].value) == ("B3:D8", "mine")


def test_a_note_below_a_table_blocks_its_growth(usual: Parts, path: Path) -> None:
    note = b'<comments><authors/><commentList><comment ref="B7" authorId="0"><text/></comment></commentList></comments>'
    parts = furnished(usual, FEATURES["notes"])
    parts["xl/comments9.xml"] = note
    path.write_bytes(packed(parts))
    before = path.read_bytes()
    record: Record = {"Claim ID": "new"}
    with pytest.raises(TableBlocked, match="a note on B7 stands below it"):
        open_book(path).append_rows("Cases", [record])
    assert path.read_bytes() == before
