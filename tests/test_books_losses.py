"""What openpyxl would lose is named before anything is opened, and what Recoup itself makes is never refused."""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import book_samples as samples
import workbooks
from recoup import doors
from recoup.books import open_book
from recoup.books.base import BookUnsupported
from recoup.books.part_lists import NO_RELATIONSHIPS

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"


def chart(book: Any) -> Any:
    pie = book.add_chart({"type": "pie"})
    pie.add_series({"values": "='My sheet'!$A$1:$A$2"})
    return pie


def picture(folder: Path) -> str:
    (folder / "pixel.png").write_bytes(PIXEL)
    return str(folder / "pixel.png")


DRAWN: dict[str, Callable[[Any, Any, Path], Any]] = {
    "shapes on 'My sheet'": lambda book, tab, _: (
        tab.insert_chart("C3", chart(book)),
        tab.insert_textbox("C20", "text"),
    ),
    "2 pictures on 'My sheet'": lambda _, tab, folder: [
        tab.insert_image(cell, picture(folder)) for cell in ("C3", "E9")
    ],
    "chart sheets": lambda book, _, __: book.add_chartsheet("Chart").set_chart(chart(book)),
    "x14 conditional formats on 'My sheet'": lambda _, tab, __: tab.conditional_format(
        "A1:A9", {"type": "data_bar", "data_bar_2010": True}
    ),
    "sparklines on 'My sheet'": lambda _, tab, __: tab.add_sparkline("C1", {"range": "'My sheet'!A1:A2"}),
    "form controls on 'My sheet'": lambda _, tab, __: tab.insert_button("C3", {"caption": "Press"}),
    "pictures in header or footer on 'My sheet'": lambda _, tab, folder: tab.set_header(
        "&L&G", {"image_left": picture(folder)}
    ),
    "background pictures on 'My sheet'": lambda _, tab, folder: tab.set_background(picture(folder)),
    "dynamic arrays": lambda _, tab, __: tab.write_dynamic_array_formula("C1:C2", "=SORT(A1:A2)"),
    "pictures in cells": lambda _, tab, folder: tab.embed_image("C3", picture(folder)),
    "checkboxes in cells": lambda _, tab, __: tab.insert_checkbox("C3", True),
    "ranges people may edit on 'My sheet'": lambda _, tab, __: (tab.protect(), tab.unprotect_range("A1:B2")),
}


def drawn_book(path: Path, draw: Callable[[Any, Any, Path], Any]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    tab = book.add_worksheet("My sheet")
    tab.write_column("A1", [1, 2])
    draw(book, tab, path.parent)
    book.close()
    return path


@pytest.mark.parametrize("lost", DRAWN)
def test_what_people_draw_is_named_with_its_tab(tmp_path: Path, lost: str) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", DRAWN[lost])
    before = path.read_bytes()
    with pytest.raises(BookUnsupported, match=r"^mine\.xlsx holds what openpyxl would lose: ") as caught:
        open_book(path, "openpyxl")
    assert lost in str(caught.value) and "use --engine package" in str(caught.value)
    assert path.read_bytes() == before
    open_book(path)


RELATED = {
    "slicer": "slicers on 'My sheet'",
    "timeline": "timelines on 'My sheet'",
    "threadedComment": "threaded comments on 'My sheet'",
    "pivotTable": "pivot tables on 'My sheet'",
    "queryTable": "data queries on 'My sheet'",
    "printerSettings": "printer settings on 'My sheet'",
    "oleObject": "embedded objects on 'My sheet'",
    "somethingNew": "somethingNew on 'My sheet'",
}
OF_WORKBOOK = {
    "slicerCache": "slicers",
    "pivotCacheDefinition": "pivot tables",
    "connections": "data connections",
    "customXml": "custom XML",
    "person": "threaded comments",
    "somethingNew": "somethingNew",
}
ELEMENTS = {
    "<customSheetViews/>": "custom views on 'My sheet'",
    '<dataConsolidate function="sum"/>': "data consolidation on 'My sheet'",
    '<somethingNew a="1"/>': "somethingNew on 'My sheet'",
    '<extLst><ext uri="{0}"><dataValidations/></ext></extLst>': "x14 validations on 'My sheet'",
    '<extLst><ext uri="{0}"><somethingNew/></ext></extLst>': "somethingNew on 'My sheet'",
    '<extLst><ext uri="{unknown}"/></extLst>': "{unknown} on 'My sheet'",
}
CELLS = {
    '<c r="C1" t="d"><v>2025-01-05</v></c>': "dates stored as text on 'My sheet'",
    '<c r="C1" t="inlineStr"><is><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></is></c>': "phonetic readings",
}


def relationship(kind: str) -> str:
    return f'<Relationship Id="rIdX" Type="{RELATIONSHIPS}/{kind}" Target="/xl/any.xml"/></Relationships>'


def refused(path: Path) -> str:
    with pytest.raises(BookUnsupported, match="openpyxl would lose") as caught:
        open_book(path, "openpyxl")
    return str(caught.value)


@pytest.mark.parametrize("kind", RELATED)
def test_parts_beside_a_tab_are_named_also_kinds_that_are_not_known_yet(tmp_path: Path, kind: str) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", lambda _, tab, __: tab.write_url("C1", "https://example.com"))
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    open_book(path, "openpyxl")
    samples.edit_part(path, rels, lambda x: x.replace("</Relationships>", relationship(kind)))
    assert f": {RELATED[kind]}; use" in refused(path)


@pytest.mark.parametrize("kind", OF_WORKBOOK)
def test_parts_of_the_whole_workbook_are_named(tmp_path: Path, kind: str) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", lambda *_: None)
    rels = "xl/_rels/workbook.xml.rels"
    samples.edit_part(path, rels, lambda x: x.replace("</Relationships>", relationship(kind)))
    assert f": {OF_WORKBOOK[kind]}; use" in refused(path)


@pytest.mark.parametrize("element", ELEMENTS)
def test_elements_of_a_tab_that_openpyxl_does_not_write_are_named(tmp_path: Path, element: str) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", lambda *_: None)
    samples.edit_part(path, SHEET, lambda x: x.replace("</worksheet>", element + "</worksheet>"))
    assert f": {ELEMENTS[element]}; use" in refused(path)


@pytest.mark.parametrize("cell", CELLS)
def test_cells_that_would_change_are_named(tmp_path: Path, cell: str) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", lambda *_: None)
    samples.edit_part(path, SHEET, lambda x: x.replace("</row>", cell + "</row>", 1))
    assert CELLS[cell] in refused(path)


def test_table_headings_of_several_lines_and_a_tables_description_are_named(tmp_path: Path) -> None:
    path = samples.build(tmp_path / "b.xlsx")
    part = next(p for p, x in samples.parts(path).items() if b'displayName="Cases"' in x)
    samples.edit_part(path, part, lambda x: x.replace('name="Notes"', 'name="Notes_x000a_of all"'))
    described = '<extLst><ext uri="{0}"><x:table xmlns:x="x" altText="mine"/></ext></extLst></table>'
    samples.edit_part(path, part, lambda x: x.replace("</table>", described))
    said = refused(path)
    assert "headings of several lines on 'Cases'" in said
    assert "a table's alternative text on 'Cases'" in said


def test_everything_lost_is_listed_at_once_and_each_thing_once(tmp_path: Path) -> None:
    def draw(book: Any, tab: Any, folder: Path) -> None:
        for other in (tab, book.add_worksheet("Other")):
            other.insert_image("C3", picture(folder))
            other.insert_textbox("C9", "text")

    said = refused(drawn_book(tmp_path / "mine.xlsx", draw))
    drawn = [f"{what} on '{tab}'" for tab in ("My sheet", "Other") for what in ("pictures", "shapes")]
    assert said == f"mine.xlsx holds what openpyxl would lose: {', '.join(drawn)}; use --engine package."


def test_what_excel_adds_to_every_workbook_is_no_loss(tmp_path: Path) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", lambda *_: None)
    of_styles = '<extLst><ext uri="{EB79DEF2-80B8-43e5-98BD-54CBDDF9020C}"><slicerStyles/></ext></extLst>'
    of_book = '<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}"><a/></ext></extLst>'
    samples.edit_part(
        path, "xl/styles.xml", lambda x: x.replace("</styleSheet>", of_styles + "</styleSheet>")
    )
    samples.edit_part(path, "xl/workbook.xml", lambda x: x.replace("</workbook>", of_book + "</workbook>"))
    samples.add_calculation_chain(path)
    open_book(path, "openpyxl")


def test_charts_stay_byte_by_byte_beside_notes_and_tables_and_through_two_saves(tmp_path: Path) -> None:
    def draw(book: Any, tab: Any, _: Path) -> None:
        tab.insert_chart("C3", chart(book))
        tab.insert_chart("C20", chart(book))
        tab.write_comment("A1", "a note")
        tab.add_table("H1:I3", {"name": "Mine"})
        book.add_worksheet("Other").insert_chart("C3", chart(book))

    path = drawn_book(tmp_path / "mine.xlsx", draw)
    before = samples.parts(path)
    book = open_book(path, "openpyxl")
    for value in (7, 8):
        book.edit_cells("My sheet", {(1, 1): value})
        book.save()
        after = samples.parts(path)
        drawn = [p for p in before if "/charts/" in p or re.search(r"drawings/(_rels/)?drawing", p)]
        assert len(drawn) == 7
        assert {p: after[p] for p in drawn} == {p: before[p] for p in drawn}
    kept = openpyxl.load_workbook(path)
    assert [len(kept[tab]._charts) for tab in ("My sheet", "Other")] == [2, 1]
    assert kept["My sheet"]["A1"].comment.text == "a note"
    assert b'PartName="/xl/charts/chart3.xml"' in after["[Content_Types].xml"]
    assert open_book(path).tables() == {"Mine": ["Column1", "Column2"]}


def test_a_picture_that_charts_of_two_tabs_are_filled_with_is_listed_once(tmp_path: Path) -> None:
    def draw(book: Any, tab: Any, _: Path) -> None:
        for sheet in (tab, book.add_worksheet("Other")):
            sheet.insert_chart("C3", chart(book))

    path = drawn_book(tmp_path / "mine.xlsx", draw)
    link = NO_RELATIONSHIPS.decode().replace(
        "></",
        f'><Relationship Id="rId1" Type="{RELATIONSHIPS}/image" Target="../media/image1.png"/></',
    )
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/media/image1.png", PIXEL)
        for number in (1, 2):
            package.writestr(f"xl/charts/_rels/chart{number}.xml.rels", link)
    png = '<Default Extension="png" ContentType="image/png"/><Override'
    samples.edit_part(path, "[Content_Types].xml", lambda x: x.replace("<Override", png, 1))
    book = open_book(path, "openpyxl")
    book.edit_cells("My sheet", {(1, 1): 7})
    book.save()
    after = samples.parts(path)
    assert after["xl/media/image1.png"] == PIXEL
    named = re.findall(rb'PartName="([^"]*)"', after["[Content_Types].xml"])
    assert len(named) == len(set(named))


def test_workbooks_that_recoup_makes_are_accepted(tmp_path: Path) -> None:
    for book in (doors.make_workbook(tmp_path / "new.xlsx"), workbooks.refreshed_book(tmp_path)):
        assert "Claims" in open_book(book, "openpyxl").tables()


def test_a_workbook_that_openpyxl_cannot_read_is_refused_with_the_other_engine_named(tmp_path: Path) -> None:
    path = drawn_book(tmp_path / "mine.xlsx", lambda *_: None)
    wrong = '<autoFilter ref="A1:A2"><filterColumn colId="no"/></autoFilter>'
    samples.edit_part(path, SHEET, lambda x: x.replace("</sheetData>", "</sheetData>" + wrong))
    with pytest.raises(BookUnsupported, match=r"cannot be read by openpyxl .*--engine package"):
        open_book(path, "openpyxl")


def test_large_workbooks_are_left_to_the_default_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = samples.build(tmp_path / "b.xlsx")
    rows = [["2025-01-01", "X001"]] * 200
    book = open_book(path, "openpyxl")
    monkeypatch.setattr("recoup.books.openpyxl_book.MOST_ROWS", 500)
    book.write_tab("Reimbursements", rows)
    with pytest.raises(BookUnsupported, match=r"rows, more than the 500 .*--engine package"):
        book.write_tab("Reimbursements", rows)
    book.append_rows("Exclusions", [{"By": date(2025, 1, 1)}])
    book.save()
    monkeypatch.setattr("recoup.books.openpyxl_book.MOST_ROWS", 100)
    with pytest.raises(BookUnsupported, match="more than the 100 "):
        open_book(path, "openpyxl")
