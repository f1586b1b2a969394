"""What openpyxl alone would drop or change is as people left it after the openpyxl engine has saved."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

import book_samples as samples
from recoup import doors
from recoup.books import open_book
from recoup.model import Formula

SHEET = "xl/worksheets/sheet1.xml"


def saved(path: Path) -> Path:
    """The workbook after the engine wrote one cell of it."""
    book = open_book(path, "openpyxl")
    book.write_tab("Mine", [["written"]])
    book.save()
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A person's tab: formulas of every kind, a note with a wide box, links, merged cells, heights, digits."""
    book = xlsxwriter.Workbook(str(tmp_path / "mine.xlsx"))
    tab, red = book.add_worksheet("Mine"), book.add_format({"bg_color": "#FF0000", "border": 1})
    tab.write_formula("A1", "=1+1", None, 2)
    tab.write_formula("A2", '="a"&"<b>"', None, "a<b>")
    tab.write_formula("A3", "=1=1", None, True)
    tab.write_formula("A4", "=1/0", None, "#DIV/0!")
    tab.write_formula("A5", "=NOW()", None, "")
    tab.write_array_formula("B1:B2", "{=A1:A2*2}", None, 4)
    tab.write_comment("C1", "a note", {"width": 333, "height": 44})
    tab.merge_range("E1:F2", "merged", red)
    tab.set_row(9, 40)
    tab.set_column("H:J", 9, None, {"level": 1, "hidden": True})
    tab.ignore_errors({"number_stored_as_text": "A1:A9"})
    tab.write_url("C5", "internal:'Mine'!A1", None, "there")
    tab.set_header('&L&"Arial,Bold"Mine&R&D')
    book.set_properties({"company": "Mine Ltd", "manager": "Ann"})
    book.close()
    return tmp_path / "mine.xlsx"


def xml_of(path: Path, part: str = SHEET) -> str:
    return samples.parts(path)[part].decode()


def test_formulas_of_people_keep_their_last_values(mine: Path) -> None:
    tab = openpyxl.load_workbook(saved(mine), data_only=True)["Mine"]
    assert [tab[f"A{n}"].value for n in range(1, 6)] == [2, "a<b>", True, "#DIV/0!", None]
    assert tab["B1"].value == 4
    texts = openpyxl.load_workbook(mine)["Mine"]
    assert [texts[f"A{n}"].value for n in (1, 2, 5)] == ["=1+1", '="a"&"<b>"', "=NOW()"]
    assert (texts["B1"].value.ref, texts["B1"].value.text) == ("B1:B2", "=A1:A2*2")
    assert 'fullCalcOnLoad="1"' in xml_of(mine, "xl/workbook.xml")


def test_a_formula_without_a_value_is_written_without_one(mine: Path) -> None:
    samples.edit_part(mine, SHEET, lambda x: x.replace("<f>1+1</f><v>2</v>", "<f>1+1</f>"))
    assert "<f>1+1</f></c>" in xml_of(saved(mine))


def test_values_of_formulas_follow_when_they_are_patched_and_saved_again(mine: Path) -> None:
    name = '<definedNames><definedName name="Mine">Mine!$A$1</definedName></definedNames>'
    samples.edit_part(mine, "xl/workbook.xml", lambda x: x.replace("<calcPr", name + "<calcPr"))
    book = open_book(mine, "openpyxl")
    for value in (3, "three", None):
        book.write_names({"Mine": Formula(f"{value!r}+1" if value == 3 else "1+1", value)})
        book.save()
        shown = openpyxl.load_workbook(mine, data_only=True)["Mine"]["A1"].value
        assert shown == (value or "three"), "a formula given without a value keeps the one it has"


def test_notes_keep_their_boxes_and_fonts_byte_by_byte(mine: Path) -> None:
    before = {n: x for n, x in samples.parts(mine).items() if "comment" in n or n.endswith(".vml")}
    after = {n: x for n, x in samples.parts(saved(mine)).items() if "comment" in n or n.endswith(".vml")}
    assert len(before) == 2 and sorted(before.values()) == sorted(after.values())


def test_cells_under_a_merged_area_keep_their_look(mine: Path) -> None:
    values = '<c r="F2" s="1"><v>7</v></c>'
    samples.edit_part(mine, SHEET, lambda x: re.sub(r'<c r="F2"[^>]*/>', values, x))
    saved(mine)
    assert re.search(r'<c r="F2" s="\d+" t="n"><v>7</v></c>', xml_of(mine))
    assert openpyxl.load_workbook(mine)["Mine"]["E1"].fill.fgColor.rgb == "FFFF0000"


@pytest.mark.parametrize("link", ['ref="D7" location="Mine!A1"', 'ref="D7:D8" location="Mine!A1"'])
def test_links_on_blank_cells_and_over_several_write_nothing_into_them(mine: Path, link: str) -> None:
    samples.edit_part(mine, SHEET, lambda x: x.replace("</hyperlinks>", f"<hyperlink {link}/></hyperlinks>"))
    saved(mine)
    written = re.findall(r'<hyperlink ref="(D7[^"]*)" (?:display="[^"]*" )?location="Mine!A1"', xml_of(mine))
    assert written == re.findall(r'ref="([^"]*)"', link)
    assert re.findall(r'<c r="D7"[^>]*>', xml_of(mine)) == ['<c r="D7" t="n" />']


def test_marks_heights_outlines_header_and_properties_stay(mine: Path) -> None:
    samples.edit_part(mine, SHEET, lambda x: x.replace('<row r="5"', '<row r="5" ht="31"', 1))
    before = xml_of(mine)
    after = xml_of(saved(mine))
    marks = re.search(r"<ignoredErrors>.*</ignoredErrors>", before)
    assert marks and marks[0] in after
    assert after.index("<headerFooter") < after.index("<ignoredErrors") < after.index("<legacyDrawing")
    heights = dict(re.findall(r'<row r="(5|10)"[^>]*?( customHeight="1"|>)', after))
    assert heights == {"5": ">", "10": ' customHeight="1"'}
    assert re.search(r'<sheetFormatPr[^>]*outlineLevelCol="1"', after)
    assert '&amp;L&amp;"Arial,Bold"Mine&amp;R&amp;D' in after
    properties = xml_of(mine, "docProps/app.xml")
    assert "Mine Ltd" in properties and "Ann" in properties


@pytest.mark.parametrize(
    "number", ["0.30000000000000004", "12345678901234567", "1E-300", "45000.123456789012", "-0.5"]
)
@pytest.mark.parametrize("style", ["", ' s="1"'])
def test_numbers_keep_all_their_digits_whatever_their_format(mine: Path, number: str, style: str) -> None:
    samples.edit_part(
        mine,
        "xl/styles.xml",
        lambda x: x.replace(
            '<xf numFmtId="0" fontId="0" fillId="2"', '<xf numFmtId="14" fontId="0" fillId="2"'
        ),
    )
    cell = f'<c r="C7"{style}><v>{number}</v></c>'
    samples.edit_part(
        mine,
        SHEET,
        lambda x: x.replace("</sheetData>", f'<row r="11">{cell}</row></sheetData>').replace('"C7"', '"C11"'),
    )
    saved(mine)
    found = re.search(r'<c r="C11"[^>]*><v>([^<]*)</v>', xml_of(mine))
    assert found and float(found[1]) == float(number)


@pytest.mark.parametrize("text", ["_x005F_x0041_", "_x000D_", "a_x005F_b", "plain"])
@pytest.mark.parametrize("kind", ["t", "r"])
def test_escapes_in_texts_stay_as_they_were_written(mine: Path, text: str, kind: str) -> None:
    inner = f"<t>{text}</t>" if kind == "t" else f"<r><rPr><b/></rPr><t>{text}</t></r><r><t>end</t></r>"
    cell = f'<row r="11"><c r="C11" t="inlineStr"><is>{inner}</is></c></row></sheetData>'
    samples.edit_part(mine, SHEET, lambda x: x.replace("</sheetData>", cell))
    assert f"<t>{text}</t>" in xml_of(saved(mine))


def test_saving_says_nothing_of_the_clock_and_leaves_a_new_workbook_as_it_was_drawn(tmp_path: Path) -> None:
    path = doors.make_workbook(tmp_path / "new.xlsx")
    before = xml_of(path, "docProps/core.xml")
    book = open_book(path, "openpyxl")
    book.write_tab("Inventory Ledger", [["Date"]])
    book.save()
    stamp = re.compile(r"<dcterms:(?:created|modified)[^>]*>([^<]*)<")
    assert stamp.findall(before) == stamp.findall(xml_of(path, "docProps/core.xml"))
    claims = samples.part_of(path, "Claims")
    assert re.search(r'<sheetFormatPr[^>]*outlineLevelCol="1"', xml_of(path, claims))
