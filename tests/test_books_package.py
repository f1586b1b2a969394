"""The loss-free engine: what it does not own stays the same XML, whoever wrote the file."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import book_samples as samples
from recoup import sheets
from recoup.books import open_book
from recoup.books.base import BookUnsupported
from recoup.books.cell_values import translated
from recoup.books.style_lists import StyleLists, take_over
from recoup.model import Formula, Record
from test_books import PATCH, by_id, table

MARKED = [("Follow up on", 0), ("Notes", 0), ("Owner", 1)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return samples.build(tmp_path / "book.xlsx", drawn=True)


def patch_cases(path: Path, records: list[Record] = PATCH) -> None:  # type: ignore[assignment]
    book = open_book(path)
    book.patch_rows("Cases", ["Claim ID"], records)
    book.save()


@pytest.mark.parametrize(("header", "row"), MARKED)
def test_a_formula_a_rich_text_and_a_coloured_cell_come_back_as_the_same_xml(
    path: Path, header: str, row: int
) -> None:
    ref = samples.cases_cell(header, row)
    before = samples.cell_xml(path, "Cases", ref)
    assert "<f>" in before or "<v>" in before
    patch_cases(path)
    patch_cases(path, [{"Claim ID": f"LW-{i}", "Units": i} for i in range(50)])
    assert samples.cell_xml(path, "Cases", ref) == before
    assert by_id(path)["LW-AAA"]["Units"] == 9.0 and len(by_id(path)) == 54


def test_every_other_part_is_byte_identical_and_styles_never_change(path: Path) -> None:
    samples.edit_part(path, "xl/workbook.xml", lambda x: x.replace(' fullCalcOnLoad="1"', ""))
    before = samples.parts(path)
    assert any("comments" in p for p in before) and any("drawing" in p for p in before)
    patch_cases(path)
    after = samples.parts(path)
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert "xl/styles.xml" not in changed
    cases_table = next(p for p, x in before.items() if b'displayName="Cases"' in x)
    assert changed == {samples.part_of(path, "Cases"), cases_table, "xl/workbook.xml"}


def test_the_calculation_chain_goes_and_excel_is_asked_to_recalculate(path: Path) -> None:
    samples.add_calculation_chain(path)
    samples.edit_part(path, "xl/workbook.xml", lambda x: x.replace(' fullCalcOnLoad="1"', ""))
    before = samples.parts(path)
    patch_cases(path)
    after = samples.parts(path)
    assert set(before) - set(after) == {"xl/calcChain.xml"}
    for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        assert b"calcChain" in before[part] and b"calcChain" not in after[part]
    assert re.search(rb'<calcPr [^>]*fullCalcOnLoad="1"', after["xl/workbook.xml"])
    openpyxl.load_workbook(path)


def test_copied_parts_keep_their_compressed_bytes(path: Path) -> None:

    def packed(name: str) -> tuple[int, int]:
        with zipfile.ZipFile(path) as z:
            return z.getinfo(name).compress_size, z.getinfo(name).CRC

    raw = path.read_bytes()
    size = packed("xl/styles.xml")
    patch_cases(path)
    assert packed("xl/styles.xml") == size
    with zipfile.ZipFile(path) as z:
        info = z.getinfo("xl/theme/theme1.xml")
        start = info.header_offset + 30 + len(info.filename)
        assert path.read_bytes()[start : start + info.compress_size] in raw


def test_running_twice_changes_no_byte(path: Path) -> None:
    def run() -> bytes:
        book = open_book(path)
        book.patch_rows("Cases", ["Claim ID"], PATCH)  # type: ignore[arg-type]
        book.replace_rows("Evidence", [{"Claim ID": "A", "Date": date(2025, 1, 1), "Units": 1.5}])
        book.write_names({"Recoup_AsOf": "x"})
        book.save()
        return path.read_bytes()

    assert run() == run()


def cases_part(path: Path) -> str:
    return samples.part_of(path, "Cases")


# ---- other writers


def test_a_sheet_with_namespace_prefixes_is_edited_in_its_own_dialect(path: Path) -> None:
    def prefixed(xml: str) -> str:
        xml = re.sub(r"<(/?)(\w+)(?=[ />])", r"<\1x:\2", xml)
        return xml.replace("xmlns=", "xmlns:x=")

    samples.edit_part(path, cases_part(path), prefixed)
    patch_cases(path)
    xml = samples.parts(path)[cases_part(path)].decode()
    assert "<c " not in xml and "<row" not in xml and "<is>" not in xml
    assert by_id(path)["LW-ZZZ"]["Stage"] == "Draft" and by_id(path)["LW-AAA"]["Notes"] == "ask Ann & Bob"
    assert openpyxl.load_workbook(path)["Cases"]["B7"].value == "LW-ZZZ"


def test_attributes_that_excel_adds_to_rows_stay(path: Path) -> None:
    samples.edit_part(
        path,
        cases_part(path),
        lambda x: x.replace('<row r="4"', '<row r="4" xr:uid="{0}" x14ac:dyDescent="0.25"'),
    )
    samples.edit_part(
        path, cases_part(path), lambda x: x.replace("<worksheet ", '<worksheet xmlns:xr="u" xmlns:x14ac="v" ')
    )
    patch_cases(path)
    assert 'xr:uid="{0}" x14ac:dyDescent="0.25"' in samples.parts(path)[cases_part(path)].decode()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_book_that_libreoffice_saved_is_refreshed_like_any_other(path: Path, tmp_path: Path) -> None:
    patch_cases(path)
    ours = table(path, "Cases")
    saved = tmp_path / "saved"
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", str(saved), str(path)], check=True, capture_output=True, timeout=180
    )
    theirs = saved / "book.xlsx"
    assert table(theirs, "Cases") == ours
    before = theirs.read_bytes()
    patch_cases(theirs)
    assert theirs.read_bytes() == before
    patch_cases(
        theirs, [{"Claim ID": "LW-AAA", "Units": 12}, {"Claim ID": "later", "Deadline": date(2025, 2, 3)}]
    )
    rows = by_id(theirs)
    assert (rows["LW-AAA"]["Units"], rows["later"]["Deadline"]) == (12.0, date(2025, 2, 3))


def test_a_book_that_openpyxl_saved_is_refreshed_like_any_other(path: Path, tmp_path: Path) -> None:
    patch_cases(path)
    ours, theirs = table(path, "Claims"), tmp_path / "theirs.xlsx"
    openpyxl.load_workbook(path, rich_text=True).save(theirs)
    assert table(theirs, "Claims") == ours
    before = theirs.read_bytes()
    patch_cases(theirs)
    assert theirs.read_bytes() == before


def test_a_report_tab_whose_last_row_has_no_number_is_refused_with_the_remedy(path: Path) -> None:
    part = samples.part_of(path, "Inventory Ledger")
    samples.edit_part(path, part, lambda x: x.replace('<row r="2"', "<row"))
    before = path.read_bytes()
    book = open_book(path)
    with pytest.raises(BookUnsupported, match="without numbers or out of order; save the workbook once"):
        book.write_tab("Inventory Ledger", [["a"]])
    assert path.read_bytes() == before


def test_a_name_that_came_with_a_copied_tab_is_not_taken_for_ours(path: Path) -> None:
    local = '<definedName name="Recoup_AsOf" localSheetId="1">Settings!$Z$9</definedName>'
    samples.edit_part(
        path, "xl/workbook.xml", lambda x: x.replace("<definedNames>", "<definedNames>" + local)
    )
    book = open_book(path)
    book.write_names({"Recoup_AsOf": "today"})
    book.save()
    assert open_book(path).read_name("Recoup_AsOf") == "today"
    assert openpyxl.load_workbook(path)["Settings"]["Z9"].value is None


# ---- formulas


def shared_formula(path: Path) -> None:
    """What Excel writes after a formula was filled down in Units: the first cell states it, the others share."""
    refs = [samples.cases_cell("Units", i) for i in range(3)]

    def fill(xml: str) -> str:
        for i, ref in enumerate(refs):
            text = f' ref="{refs[0]}:{refs[2]}" si="0">LEN(B4)</f>' if i == 0 else ' si="0"/>'
            xml = re.sub(
                rf'<c r="{ref}"([^>]*)><v>[^<]*</v></c>',
                rf'<c r="{ref}"\1><f t="shared"{text}<v>6</v></c>',
                xml,
            )
        return xml

    samples.edit_part(path, cases_part(path), fill)


def formulas(path: Path) -> list[object]:
    tab = openpyxl.load_workbook(path)["Cases"]
    return [tab[samples.cases_cell("Units", i)].value for i in range(3)]


def test_writing_over_the_cell_that_states_a_shared_formula_leaves_the_others_theirs(path: Path) -> None:
    shared_formula(path)
    assert [r["Units"] for r in table(path, "Cases")] == [6.0, 6.0, 6.0]
    patch_cases(path, [{"Claim ID": "LW-AAA", "Units": 1}])
    assert formulas(path) == [1, "=LEN(B5)", "=LEN(B6)"]


def test_a_shared_formula_that_already_reads_as_asked_is_not_touched(path: Path) -> None:
    shared_formula(path)
    before = path.read_bytes()
    same: list[Record] = [{"Claim ID": "LW-CCC", "Units": Formula("LEN(B6)", 6)}]
    patch_cases(path, same)
    assert path.read_bytes() == before
    patch_cases(path, [{"Claim ID": "LW-CCC", "Units": Formula("LEN(B6)", 7)}])
    assert 'si="0"/><v>7</v>' in samples.cell_xml(path, "Cases", samples.cases_cell("Units", 2))


def test_an_array_formula_over_several_cells_is_refused(path: Path) -> None:
    ref, other = (samples.cases_cell("Units", i) for i in (0, 1))
    samples.edit_part(
        path,
        cases_part(path),
        lambda x: re.sub(rf'(<c r="{ref}"[^>]*>)', rf'\1<f t="array" ref="{ref}:{other}">ROW(1:2)</f>', x),
    )
    with pytest.raises(BookUnsupported, match="array formula"):
        patch_cases(path)


def test_a_formula_beside_a_replaced_row_moves_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = sheets.Table("Checks", "Checks", (*sheets.CHECKS.columns, sheets.Column("Twice")))
    rows = [{"Problem": p, "Rows affected": i, "Twice": f"=D{4 + i}*2"} for i, p in enumerate("abc")]
    with monkeypatch.context() as patched:
        patched.setitem(sheets.TABLES, "Checks", wide)
        path = samples.build(tmp_path / "b.xlsx", {"Checks": rows})
    book = open_book(path)
    book.replace_rows("Checks", [{"Problem": p, "Rows affected": 5} for p in "cxa"], keep_by=["Problem"])
    book.save()
    tab = openpyxl.load_workbook(path)["Checks"]
    assert [tab[f"H{n}"].value for n in (4, 5, 6)] == ["=D4*2", None, "=D6*2"]


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("D3+$H$3+1", "#REF!+$H$3+1"),
        ("SUM(D1:D5)", "SUM(#REF!)"),
        ("SUM(3:5)", "SUM(#REF!)"),
        ("D4*2", "D1*2"),
    ],
)
def test_what_a_formula_names_above_the_first_row_is_no_reference_once_it_moves_up(
    formula: str, moved: str
) -> None:
    assert translated(formula, "H6", "H3") == moved


def test_a_blank_row_that_a_person_prepared_keeps_formulas_and_colours_when_it_is_used(path: Path) -> None:
    ref = "B4"
    claims = samples.part_of(path, "Claims")
    samples.edit_part(
        path, claims, lambda x: re.sub(r'<c r="AK4"[^>]*/>', '<c r="AK4" s="1"><f>1+1</f><v>2</v></c>', x)
    )
    book = open_book(path)
    assert book.read_table("Claims").rows == []
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "first"}, {"Claim ID": "second"}])
    book.save()
    tab = openpyxl.load_workbook(path)["Claims"]
    assert (tab["A4"].value, tab["AK4"].value, tab["A5"].value, tab[ref].value) == (
        "first",
        "=1+1",
        "second",
        None,
    )


def test_rules_that_end_with_a_table_still_do_when_it_grows(path: Path) -> None:
    tall = '<conditionalFormatting sqref="A4:A1048576"/><conditionalFormatting sqref="B4:B6 D1:D2 C4:D6"/>'
    samples.edit_part(path, cases_part(path), lambda x: x.replace("</sheetData>", "</sheetData>" + tall))
    patch_cases(path)
    xml = samples.parts(path)[cases_part(path)].decode()
    assert 'sqref="A4:A1048576"' in xml and 'sqref="B4:B7 D1:D2 C4:D7"' in xml


@pytest.mark.slow
def test_appending_is_not_quadratic_and_memory_is_replaced_fast(path: Path) -> None:
    import time

    book = open_book(path)
    start = time.perf_counter()
    for _ in range(20):
        book.append_rows("Journal", [{"ID": str(i), "To": "x"} for i in range(10_000)])
    book.replace_rows(
        "RecoupMemory", [{"What": "claim", "Key": str(i), "Value": "1"} for i in range(100_000)]
    )
    book.save()
    assert len(open_book(path).read_table("RecoupMemory").rows) == 100_000
    assert time.perf_counter() - start < 60


def test_an_edited_cell_keeps_the_style_it_has(path: Path) -> None:
    ref, colour = samples.cases_cell("Event date", 1), 's="1"'
    samples.edit_part(
        path, cases_part(path), lambda x: re.sub(rf'(<c r="{ref}") s="\d+"', rf"\1 {colour}", x)
    )
    patch_cases(path, [{"Claim ID": "LW-BBB", "Event date": date(2024, 2, 29)}])
    assert samples.cell_xml(path, "Cases", ref) == f'<c r="{ref}" {colour}><v>45351</v></c>'


def test_a_row_that_gets_a_further_cell_no_longer_states_its_old_span(path: Path) -> None:
    ref = samples.cases_cell("Last change", 0)
    samples.edit_part(path, cases_part(path), lambda x: re.sub(rf'<c r="{ref}"[^>]*/>', "", x))
    patch_cases(path, [{"Claim ID": "LW-AAA", "Last change": date(2025, 1, 1)}])
    row = re.search(r'<row r="4"[^>]*>', samples.parts(path)[cases_part(path)].decode())
    assert row and "spans" not in row[0]
    assert by_id(path)["LW-AAA"]["Last change"] == date(2025, 1, 1)


def test_a_record_in_a_row_that_was_hidden_is_visible(path: Path) -> None:
    for sheet in ("Claims", "Evidence"):
        part = samples.part_of(path, sheet)
        samples.edit_part(path, part, lambda x: x.replace('<row r="4"', '<row r="4" hidden="1"'))
    book = open_book(path)
    book.append_rows("Claims", [{"Claim ID": "A"}])
    book.replace_rows("Evidence", [{"Claim ID": "A"}])
    book.save()
    for sheet in ("Claims", "Evidence"):
        assert not openpyxl.load_workbook(path)[sheet].row_dimensions[4].hidden


def test_a_table_right_of_another_is_replaced_alone(path: Path) -> None:
    book = open_book(path)
    book.append_rows("Settings", [{"Name": str(i)} for i in range(6)])
    book.append_rows("Exclusions", [{"SKU": str(i)} for i in range(6)])
    book.replace_rows(
        "Exclusions", [{"Kind": "k", "SKU": str(i), "Reason": "r", "By": "b"} for i in range(4)]
    )
    book.save()
    assert [r["Name"] for r in table(path, "Settings")] == list("012345")
    assert [r["SKU"] for r in table(path, "Exclusions")] == list("0123")


def test_the_text_of_a_phonetic_reading_is_no_part_of_a_value(path: Path) -> None:
    reading = '<c r="C4" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>'
    samples.edit_part(path, cases_part(path), lambda x: re.sub(r'<c r="C4"[^>]*/>', reading, x))
    assert by_id(path)["LW-AAA"]["Kind"] == "東京"


def test_the_insert_row_of_an_empty_excel_table_becomes_a_row(path: Path) -> None:
    part = next(p for p, x in samples.parts(path).items() if b'displayName="Claims"' in x)
    samples.edit_part(path, part, lambda x: x.replace(' ref="A3', ' insertRow="1" ref="A3', 1))
    book = open_book(path)
    book.append_rows("Claims", [{"Claim ID": "A"}])
    book.save()
    assert b"insertRow" not in samples.parts(path)[part]


def test_a_format_prepared_for_the_heading_row_of_a_report_tab_is_used(path: Path) -> None:
    part = samples.part_of(path, "Reimbursements")
    heading = '<sheetData><row r="1" s="2" customFormat="1"/></sheetData>'
    samples.edit_part(path, part, lambda x: x.replace("<sheetData/>", heading))
    book = open_book(path)
    book.write_tab("Reimbursements", [["sku"], ["A"]])
    book.save()
    xml = samples.parts(path)[part].decode()
    assert '<row r="1" s="2" customFormat="1"><c r="A1" s="2"' in xml and '<row r="2"><c r="A2" s="' in xml
    assert '<c r="A2" s="2"' not in xml


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("yyyy-mm-dd", False),
        ("d/m/yy h:mm", True),
        ("[$-407]d. mmmm yyyy;@", False),
        ("[h]:mm", None),
        ("h:mm AM/PM", None),
        ("mm:ss", None),
        ("[mm]", None),
        ('0.00" days"', None),
        ("General", None),
        ("#,##0.00\\ [$EUR]", None),
        ("[Red]0;[Blue]-0", None),
        ("mmm", False),
    ],
)
def test_number_formats_that_show_days_are_told_from_others(code: str, expected: bool | None) -> None:
    from xml.sax.saxutils import quoteattr

    from recoup.books.number_formats import date_styles

    xml = f'<numFmts><numFmt numFmtId="164" formatCode={quoteattr(code)}/></numFmts>'
    xml += '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"><alignment/></xf></cellXfs>'
    assert date_styles(xml).get("1") is expected


def test_cell_formats_are_taken_over_into_styles_of_any_prefix_and_into_empty_lists() -> None:
    theirs = StyleLists(
        '<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="0.00%"/></numFmts>'
        '<fonts count="2"><font/><font><b/></font></fonts><fills><fill/></fills><borders><border/></borders>'
        '<cellXfs count="2"><xf fontId="0"/><xf numFmtId="164" fontId="1" fillId="0" borderId="0" xfId="3">'
        '<alignment indent="1"/></xf></cellXfs></styleSheet>'
    )
    for p, declared in (
        ("", ""),
        ("x:", ""),
        ("", '<numFmts count="1"><numFmt numFmtId="170" formatCode="0.00%"/></numFmts>'),
    ):
        mine = StyleLists(
            f'<?xml version="1.0"?><{p}styleSheet a="b">{declared}<{p}fonts count="1"><{p}font/></{p}fonts>'
            f'<{p}fills/><{p}borders count="1"><{p}border/></{p}borders>'
            f'<{p}cellXfs count="1"><{p}xf/></{p}cellXfs></{p}styleSheet>'
        )
        assert take_over(mine, theirs, [1]) == {1: 1}
        number = 170 if declared else 164
        assert mine.children("cellXfs")[1] == (
            f'<{p}xf numFmtId="{number}" fontId="1" fillId="0" borderId="1" xfId="0">'
            f'<{p}alignment indent="1"/></{p}xf>'
        )
        assert (mine.children("fonts")[1], mine.children("fills")) == (
            f"<{p}font><{p}b/></{p}font>",
            [f"<{p}fill/>"],
        )
        assert len(mine.children("numFmts")) == 1
        assert f'<{p}cellXfs count="2">' in mine.xml
