"""The contract of every workbook engine: what a person put into the workbook survives, what Recoup wrote is there."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

import book_samples as samples
from live_books import EVERY, FILES, SELDOM, open_book
from recoup import sheets
from recoup.books.base import (
    Book,
    BookError,
    BookUnsupported,
    ColumnMissing,
    NameMissing,
    SheetMissing,
    TableBlocked,
    TableMissing,
)
from recoup.model import Formula, RecoupError
from workbooks import blank_book

PATCH = [
    {"Claim ID": "LW-AAA", "Units": 9, "Product": "renamed"},
    {"Claim ID": "LW-ZZZ", "Units": 1, "Stage": "Draft", "Deadline": date(2025, 6, 1)},
]
LINK = 'HYPERLINK("#Evidence!A4","1 row")'


in_files = pytest.mark.parametrize("engine", FILES)  # Excel fits rows, calculates and opens files itself
in_many = pytest.mark.parametrize("engine", SELDOM)


@pytest.fixture(params=EVERY)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return samples.build(tmp_path / "book.xlsx")


def table(path: Path, name: str, engine: str = "package") -> list[dict[str, object]]:
    return open_book(path, engine).read_table(name).records()  # type: ignore[return-value]


def by_id(path: Path, name: str = "Cases", engine: str = "package") -> dict[object, dict[str, object]]:
    return {r["Claim ID"]: r for r in table(path, name, engine)}


def patch_cases(path: Path, engine: str, records: list[dict[str, object]] = PATCH) -> Book:  # type: ignore[assignment]
    book = open_book(path, engine)
    book.patch_rows("Cases", ["Claim ID"], records)  # type: ignore[arg-type]
    book.save()
    return book


# ---- reading


def test_every_declared_table_is_found_with_its_headers(path: Path, engine: str) -> None:
    found = open_book(path, engine).tables()
    assert {name: t.headers for name, t in sheets.TABLES.items()} == found


def test_values_come_back_with_their_types(path: Path, engine: str) -> None:
    row = by_id(path, engine=engine)["LW-AAA"]
    assert row["Event date"] == date(2025, 1, 5) and type(row["Event date"]) is date
    assert row["Units"] == 2.0 and row["Case"] == "C-1" and row["Kind"] is None
    assert row["Notes"] == "ask Ann & Bob"
    assert row["Follow up on"] == 45669.0


def test_row_numbers_are_those_of_the_sheet_and_an_empty_table_has_no_rows(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    assert book.read_table("Cases").numbers == [4, 5, 6]
    assert book.read_table("Claims").rows == []


@pytest.mark.parametrize("date1904", [False, True])
def test_dates_survive_in_both_date_systems(tmp_path: Path, engine: str, date1904: bool) -> None:
    path = samples.build(tmp_path / "b.xlsx", date1904=date1904)
    when = datetime(2025, 3, 4, 5, 6, 7)
    book = open_book(path, engine)
    book.append_rows("Journal", [{"ID": "1", "When": when}, {"ID": "2", "When": datetime(2025, 3, 4)}])
    book.append_rows("Exclusions", [{"Kind": date(2025, 1, 5)}])
    book.save()
    assert [r["When"] for r in table(path, "Journal")] == [when, datetime(2025, 3, 4)]
    assert by_id(path)["LW-AAA"]["Event date"] == date(2025, 1, 5)
    assert openpyxl.load_workbook(path)["Journal"]["B4"].value == when


def test_shared_strings_rich_texts_and_inline_strings_are_read(path: Path, engine: str) -> None:
    def inline(xml: str) -> str:
        cell = samples.cases_cell("Owner", 0)
        rich = f'<c r="{cell}" t="inlineStr"><is><r><t>in </t></r><r><t xml:space="preserve">line</t></r></is></c>'
        return re.sub(rf'<c r="{cell}"[^>]*/>', rich, xml)

    samples.edit_part(path, samples.part_of(path, "Cases"), inline)
    row = by_id(path, engine=engine)["LW-AAA"]
    assert (row["Owner"], row["Notes"], row["Stage"]) == ("in line", "ask Ann & Bob", "Filed")


@pytest.mark.parametrize(("hidden", "count"), [((), 0), ((5,), 1), ((4, 5, 6), 3), ((9,), 0)])
def test_the_rows_that_a_filter_hides_are_counted(
    path: Path, engine: str, hidden: tuple[int, ...], count: int
) -> None:
    def hide(xml: str) -> str:
        xml = xml.replace('hidden="1"', "").replace("</sheetData>", '<row r="9" ht="12"/></sheetData>')
        return re.sub(r'<row r="(\d+)"', lambda m: m[0] + ' hidden="1"' * (int(m[1]) in hidden), xml)

    samples.edit_part(path, samples.part_of(path, "Cases"), hide)
    assert open_book(path, engine).rows_hidden("Cases") == count


# ---- people's cells


def test_hidden_rows_stay_hidden_heights_stay_and_new_rows_are_visible(path: Path, engine: str) -> None:
    patch_cases(path, engine, [{"Claim ID": "LW-BBB", "Units": 8}, *PATCH])
    tab = openpyxl.load_workbook(path)["Cases"]
    assert [tab.row_dimensions[n].hidden for n in (4, 5, 6, 7)] == [False, True, False, False]
    assert tab.row_dimensions[6].height == 33
    assert by_id(path)["LW-BBB"]["Units"] == 8.0


CHOSEN = 'ht="33" customHeight="1"'


@in_files
@pytest.mark.parametrize("former", ['ht="15"', 'ht="62.4"', 'ht="31.5" customHeight="1"'])
def test_a_row_that_is_written_is_fitted_to_its_text_unless_a_person_chose_its_height(
    path: Path, engine: str, former: str
) -> None:
    give_heights(path, "Cases", {"4": former, "5": CHOSEN, "6": former})
    text = "many words " * 40
    patch_cases(path, engine, [{"Claim ID": i, "Product": text} for i in ("LW-AAA", "LW-BBB", "LW-NEW")])
    untouched = float(re.findall(r"[\d.]+", former)[0])
    assert heights(path, "Cases") == {"4": None, "5": 33, "6": untouched, "7": None}


@in_files
@pytest.mark.parametrize("former", ['ht="62.4"', 'ht="31.5" customHeight="1"'])
def test_rows_that_are_replaced_or_come_anew_are_fitted_to_their_text(
    path: Path, engine: str, former: str
) -> None:
    give_heights(path, "Checks", {"4": former, "5": CHOSEN})
    book = open_book(path, engine)
    book.replace_rows("Checks", [{"Problem": f"{n} words " * 40} for n in range(4)])
    book.save()
    assert heights(path, "Checks") == {"4": None, "5": 33, "6": None, "7": None}


WORDS = "Paste the report again with its heading, then refresh and look at Checks once more; "


@in_files
@pytest.mark.parametrize(
    ("times", "height", "wider"), [(0, None, None), (1, 33, 33), (3, 78, 63), (12, 258, 213)]
)
def test_a_row_is_as_tall_as_its_longest_text_at_the_width_of_its_column(
    tmp_path: Path, engine: str, times: int, height: float | None, wider: float | None
) -> None:
    path = blank_book(tmp_path)
    rows = [{"Severity": "note", "Problem": WORDS * times, "First cells": WORDS * 9}, {"What to do": "a\nb"}]
    book = open_book(path, engine)
    book.replace_rows("Checks", rows)
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "LW-A", "Why": WORDS * times, "Policy": WORDS * 9}])
    book.save()
    assert heights(path, "Checks") == {"4": height, "5": 33}
    assert heights(path, "Claims") == {"4": wider}  # Policy is folded away
    assert (
        "customHeight" not in samples.parts(path)[samples.part_of(path, "Checks")].decode().split('r="4"')[1]
    )
    book = open_book(path, engine)
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "LW-A", "Why": "paid"}])
    book.save()
    assert heights(path, "Claims") == {"4": None}


@in_files
def test_a_column_that_a_person_made_narrower_makes_new_rows_taller(tmp_path: Path, engine: str) -> None:
    tall = []
    for width in ("64", "31"):
        path = blank_book(tmp_path / width)
        samples.edit_part(
            path,
            samples.part_of(path, "Checks"),
            lambda x, width=width: re.sub(r'(<col min="6" max="7" width=")[\d.]+', rf"\g<1>{width}", x),
        )
        book = open_book(path, engine)
        book.replace_rows("Checks", [{"Problem": WORDS * 4}])
        book.save()
        tall.append(heights(path, "Checks")["4"])
    assert tall[1] and tall[0] and tall[1] > 1.8 * tall[0]


def give_heights(path: Path, sheet: str, given: dict[str, str]) -> None:
    def as_in_excel(xml: str) -> str:
        missing = [n for n in given if f'<row r="{n}"' not in xml]
        xml = xml.replace("</sheetData>", "".join(f'<row r="{n}"/>' for n in missing) + "</sheetData>")
        bare = re.sub(r'(<row [^>]*?)(?: (?:ht|customHeight)="[^"]*")+', r"\1", xml)
        return re.sub(r'<row r="(\d+)"', lambda m: f"{m[0]} {given.get(m[1], '')}", bare)

    samples.edit_part(path, samples.part_of(path, sheet), as_in_excel)


def heights(path: Path, sheet: str) -> dict[str, float | None]:
    """The height that each row below the heading states."""
    heads = re.findall(r'<row r="(\d+)"([^>]*)>', samples.parts(path)[samples.part_of(path, sheet)].decode())
    stated = {n: re.search(r'\sht="([^"]*)"', head) for n, head in heads if int(n) > 3}
    return {n: float(found[1]) if found else None for n, found in stated.items()}


def test_rows_a_person_sorted_stay_where_they_are(tmp_path: Path, engine: str) -> None:
    path = samples.build(tmp_path / "b.xlsx", {"Cases": samples.CASES[::-1]})
    patch_cases(path, engine)
    assert [r["Claim ID"] for r in table(path, "Cases")] == ["LW-CCC", "LW-BBB", "LW-AAA", "LW-ZZZ"]
    assert by_id(path)["LW-AAA"]["Product"] == "renamed"


@in_many
@pytest.mark.parametrize("at", [0, 5, len(sheets.CLAIMS.columns)])
def test_columns_that_people_add_stay_in_any_position(
    tmp_path: Path, engine: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = list(sheets.CLAIMS.columns)
    columns.insert(at, sheets.Column("My mark"))
    wide = sheets.Table("Claims", "Claims", tuple(columns), key=("Claim ID",))
    with monkeypatch.context() as patched:
        patched.setitem(sheets.TABLES, "Claims", wide)
        path = samples.build(
            tmp_path / "b.xlsx", {"Claims": [{"Claim ID": "A", "My mark": "mine"}, {"Claim ID": "B"}]}
        )
    book = open_book(path, engine)
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": c, "Units": 3, "Why": "so"} for c in "BAC"])
    book.save()
    rows = by_id(path, "Claims")
    assert {k: (r["My mark"], r["Units"], r["Why"]) for k, r in rows.items()} == {
        "A": ("mine", 3.0, "so"),
        "B": (None, 3.0, "so"),
        "C": (None, 3.0, "so"),
    }


def test_a_renamed_tab_still_works(path: Path, engine: str) -> None:
    samples.edit_part(path, "xl/workbook.xml", lambda x: x.replace('name="Cases"', 'name="Fälle &amp; more"'))
    patch_cases(path, engine)
    assert by_id(path)["LW-ZZZ"]["Units"] == 1.0


def test_a_deleted_table_a_deleted_column_and_a_missing_tab_are_refused_with_the_remedy(
    path: Path, engine: str
) -> None:
    with pytest.raises(ColumnMissing, match="no column 'Nonsense'"):
        open_book(path, engine).patch_rows("Cases", ["Claim ID"], [{"Claim ID": "x", "Nonsense": 1}])
    with pytest.raises(SheetMissing, match="no tab 'Nowhere'"):
        open_book(path, engine).read_raw("Nowhere")
    part = next(p for p, x in samples.parts(path).items() if b'displayName="Cases"' in x)
    rename = lambda x: x.replace('displayName="Cases"', 'displayName="Table7"')  # noqa: E731
    samples.edit_part(path, part, rename)
    with pytest.raises(TableMissing, match=r"no table Cases .*Insert > Table"):
        open_book(path, engine).read_table("Cases")
    assert issubclass(TableMissing, RecoupError)


def test_of_rows_with_one_key_the_first_is_edited_none_is_lost_and_a_person_is_told(
    tmp_path: Path, engine: str
) -> None:
    doubled = [{"Claim ID": "A", "Owner": "Ann"}, {"Claim ID": "A", "Owner": "Bob"}]
    path = samples.build(tmp_path / "b.xlsx", {"Cases": doubled})
    book = patch_cases(path, engine, [{"Claim ID": "A", "Units": 5}])
    assert [r["Claim ID"] for r in table(path, "Cases")] == ["A", "A"]
    assert [r["Units"] for r in table(path, "Cases")] == [5.0, None]
    assert [p.first_cells for p in book.problems] == ["B5"]


def test_two_records_with_one_key_are_a_mistake_of_the_caller(path: Path, engine: str) -> None:
    with pytest.raises(ValueError, match="two records"):
        open_book(path, engine).patch_rows("Cases", ["Claim ID"], [{"Claim ID": "A"}, {"Claim ID": "A"}])


def test_rows_people_opened_without_a_claim_id_are_left_alone(tmp_path: Path, engine: str) -> None:
    path = samples.build(tmp_path / "b.xlsx", {"Cases": [{}, {"Claim ID": "B"}]})
    patch_cases(path, engine, [{"Claim ID": "B", "Units": 1}, {"Claim ID": "C", "Units": 2}])
    assert [(r["Claim ID"], r["Notes"]) for r in table(path, "Cases")] == [
        (None, "ask Ann & Bob"),
        ("B", None),
        ("C", None),
    ]


# ---- writing


STRANGE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "00123",
    "1e5",
    "TRUE",
    " padded ",
    "two\nlines",
    "tab\there",
    "<b>&amp;'\"",
    "_x0041_",
    "日本語 🎉 café",
    "#N/A",
    "]]>",
]


@in_files
@pytest.mark.parametrize("text", STRANGE)
def test_text_stays_text_for_us_and_for_openpyxl(path: Path, engine: str, text: str) -> None:
    patch_cases(path, engine, [{"Claim ID": "LW-AAA", "Product": text}, {"Claim ID": text, "Case": text}])
    rows = table(path, "Cases")
    assert rows[0]["Product"] == text and rows[3]["Claim ID"] == text and rows[3]["Case"] == text
    cell = openpyxl.load_workbook(path)["Cases"][samples.cases_cell("Product", 0)]
    assert cell.data_type in ("s", "inlineStr") and "<f" not in samples.cell_xml(
        path, "Cases", cell.coordinate
    )
    if "_x" not in text:
        assert cell.value == text


def test_characters_that_a_file_cannot_hold_are_made_safe_and_long_text_is_cut_with_a_mark(
    path: Path, engine: str
) -> None:
    records = [{"Claim ID": "LW-AAA", "Product": "a\x00b\x0bc\ud800d\r\ne", "Why": "🎉" * 20_000}]
    records[0]["Suggested next step"] = records[0].pop("Why")
    patch_cases(path, engine, records)
    row = by_id(path)["LW-AAA"]
    assert row["Product"] == "a\ufffdb\ufffdc\ufffdd\ne"
    long = str(row["Suggested next step"])
    assert len(long.encode("utf-16-le")) // 2 <= 32_767 and long.endswith("(cut)") and long.startswith("🎉🎉")
    before = path.read_bytes()
    patch_cases(path, engine, records)
    assert path.read_bytes() == before


def test_numbers_blanks_booleans_and_missing_values_are_written_as_what_they_are(
    path: Path, engine: str
) -> None:
    import numpy as np
    import pandas as pd

    values = [
        1,
        2.5,
        True,
        float("nan"),
        np.float64(3.25),
        np.int64(7),
        pd.NaT,
        pd.NA,
        "",
        None,
        np.bool_(False),
    ]
    book = open_book(path, engine)
    book.append_rows("Exclusions", [{"SKU": "x", "Reason": v} for v in values])
    book.save()
    got = [r["Reason"] for r in table(path, "Exclusions")]
    assert got == [1.0, 2.5, True, None, 3.25, 7.0, None, None, None, None, False]
    assert [type(v) for v in got[:3]] == [float, float, bool]


@in_files
def test_a_formula_is_written_with_its_cached_value_and_only_the_value_changes_later(
    path: Path, engine: str
) -> None:
    book = open_book(path, engine)
    book.append_rows(
        "Evidence", [{"Claim ID": "A", "Link": Formula(LINK, "1 row"), "Row": Formula("1+1", 2)}]
    )
    book.patch_rows("Evidence", ["Claim ID"], [{"Claim ID": "A", "Row": Formula("1+1", 3)}])
    book.save()
    row = table(path, "Evidence")[0]
    assert (row["Link"], row["Row"]) == ("1 row", 3.0)
    tab = openpyxl.load_workbook(path)["Evidence"]
    assert (tab["K4"].value, tab["D4"].value) == ("=" + LINK, "=1+1")
    before = path.read_bytes()
    book.patch_rows("Evidence", ["Claim ID"], [{"Claim ID": "A", "Link": Formula(LINK, "1 row")}])
    book.save()
    assert path.read_bytes() == before


def test_new_rows_take_the_styles_of_the_first_row_and_the_table_ends_with_them(
    path: Path, engine: str
) -> None:
    book = open_book(path, engine)
    book.append_rows("Claims", [{"Claim ID": f"C{i}", "Deadline": date(2025, 1, 1)} for i in range(3)])
    book.save()
    tab = openpyxl.load_workbook(path)["Claims"]
    claims = tab.tables["Claims"]
    assert claims.ref == claims.autoFilter.ref == "A3:AK6"
    column = sheets.CLAIMS.headers.index("Deadline") + 1
    assert {tab.cell(n, column).number_format for n in (4, 5, 6)} == {"yyyy-mm-dd"}
    assert tab.dimensions.endswith("AK6")


def test_what_stands_below_a_table_is_never_absorbed(path: Path, engine: str) -> None:
    def note(xml: str) -> str:
        row = '<row r="8"><c r="C8" t="inlineStr"><is><t>note</t></is></c></row>'
        return xml.replace("</sheetData>", row + "</sheetData>")

    samples.edit_part(path, samples.part_of(path, "Cases"), note)
    patch_cases(path, engine)
    before = path.read_bytes()
    with pytest.raises(TableBlocked, match="C8 below it is filled"):
        patch_cases(path, engine, [{"Claim ID": "one more"}, {"Claim ID": "and more"}])
    assert path.read_bytes() == before


def test_a_totals_row_moves_down_with_the_table(tmp_path: Path, engine: str) -> None:
    path = samples.build(tmp_path / "b.xlsx")
    part = next(p for p, x in samples.parts(path).items() if b'displayName="Cases"' in x)
    grown = lambda x: x.replace('ref="A3:AJ6"', 'ref="A3:AJ7"', 1).replace(  # noqa: E731
        ' totalsRowShown="0"', ' totalsRowCount="1"'
    )
    samples.edit_part(path, part, grown)
    unit = samples.cases_cell("Units", 3)
    label = '<c r="A7" t="inlineStr"><is><t>Total</t></is></c>'
    total = f'<row r="7">{label}<c r="{unit}"><f>SUBTOTAL(109,Cases[Units])</f><v>7</v></c></row>'
    samples.edit_part(
        path, samples.part_of(path, "Cases"), lambda x: x.replace("</sheetData>", total + "</sheetData>")
    )
    patch_cases(path, engine)
    tab = openpyxl.load_workbook(path)["Cases"]
    assert (tab["B7"].value, tab["A8"].value) == ("LW-ZZZ", "Total")
    assert tab[unit.replace("7", "8")].value == "=SUBTOTAL(109,Cases[Units])"
    assert (tab.tables["Cases"].ref, tab.tables["Cases"].autoFilter.ref) == ("A3:AJ8", "A3:AJ7")
    assert "Total" not in {r["Case"] for r in table(path, "Cases")}


def test_a_totals_row_moves_up_with_the_table(tmp_path: Path, engine: str) -> None:
    rows = [{"Problem": p, "Rows affected": 1} for p in "abcd"]
    path = samples.build(tmp_path / "b.xlsx", {"Checks": rows})
    part = next(p for p, x in samples.parts(path).items() if b'displayName="Checks"' in x)
    totalled = lambda x: x.replace('ref="A3:G7"', 'ref="A3:G8"', 1).replace(  # noqa: E731
        ' totalsRowShown="0"', ' totalsRowCount="1"'
    )
    samples.edit_part(path, part, totalled)
    total = '<row r="8"><c r="A8" t="inlineStr"><is><t>Total</t></is></c></row>'
    samples.edit_part(
        path, samples.part_of(path, "Checks"), lambda x: x.replace("</sheetData>", total + "</sheetData>")
    )
    book = open_book(path, engine)
    book.replace_rows("Checks", rows[:2])
    book.save()
    tab = openpyxl.load_workbook(path)["Checks"]
    assert [tab[f"A{n}"].value for n in range(6, 10)] == ["Total", None, None, None]
    assert tab.tables["Checks"].ref == "A3:G6"


def test_a_note_stays_where_a_row_is_taken_away(tmp_path: Path, engine: str) -> None:
    path = samples.build(tmp_path / "b.xlsx")
    book = open_book(path, engine)
    book.replace_rows("Cases", [{"Claim ID": "LW-AAA"}])
    book.save()
    tab = openpyxl.load_workbook(path)["Cases"]
    cell = tab[samples.cases_cell("Owner", 1)]
    assert tab.tables["Cases"].ref == "A3:AJ4"
    assert (cell.value, cell.comment.text) == (None, "on holiday until May")


def test_a_calculated_column_of_a_person_is_filled_into_new_rows(path: Path, engine: str) -> None:
    part = next(p for p, x in samples.parts(path).items() if b'displayName="Cases"' in x)

    def calculated(xml: str) -> str:
        return re.sub(
            r'(<tableColumn [^>]*name="Follow up on"[^>]*?)/>',
            r"\1><calculatedColumnFormula>K4+1</calculatedColumnFormula></tableColumn>",
            xml,
        )

    samples.edit_part(path, part, calculated)
    last = samples.cases_cell("Follow up on", 2)
    samples.edit_part(
        path,
        samples.part_of(path, "Cases"),
        lambda x: re.sub(rf'<c r="{last}"( s="\d+")/>', rf'<c r="{last}"\1><f>K6+1</f><v>1</v></c>', x),
    )
    patch_cases(path, engine)
    tab = openpyxl.load_workbook(path)["Cases"]
    assert tab[samples.cases_cell("Follow up on", 3)].value == "=K7+1"


def test_replacing_keeps_peoples_columns_with_their_rows_and_reports_what_had_no_row(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = sheets.Table("Checks", "Checks", (*sheets.CHECKS.columns, sheets.Column("Seen by")))
    rows = [{"Problem": p, "Rows affected": 1, "Seen by": f"Ann {p}"} for p in "abcd"]
    with monkeypatch.context() as patched:
        patched.setitem(sheets.TABLES, "Checks", wide)
        path = samples.build(tmp_path / "b.xlsx", {"Checks": rows})
    book = open_book(path, engine)
    book.replace_rows("Checks", [{"Problem": p, "Rows affected": 2} for p in "dxb"], keep_by=["Problem"])
    book.save()
    assert [(r["Problem"], r["Rows affected"], r["Seen by"]) for r in table(path, "Checks")] == [
        ("d", 2.0, "Ann d"),
        ("x", 2.0, None),
        ("b", 2.0, "Ann b"),
    ]
    assert "Ann a" in book.problems[0].problem and "Ann c" in book.problems[0].problem
    assert openpyxl.load_workbook(path)["Checks"].tables["Checks"].ref == "A3:H6"


def test_replacing_by_nothing_leaves_one_blank_styled_row_that_is_used_first(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    book.replace_rows("Evidence", [{"Claim ID": f"{i}"} for i in range(30)])
    book.replace_rows("Evidence", [])
    book.save()
    tab = openpyxl.load_workbook(path)["Evidence"]
    assert tab.tables["Evidence"].ref == "A3:K4" and tab["E4"].number_format == "yyyy-mm-dd"
    assert tab["A5"].value is None and book.read_table("Evidence").rows == []
    book.append_rows("Evidence", [{"Claim ID": "first"}])
    assert book.read_table("Evidence").numbers == [4]


def test_a_table_of_fixed_size_is_filled_and_blanked_but_never_resized(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    book.replace_rows("HomeMoney", [{"Status": s, "Claims": 1} for s in "abc"])
    book.replace_rows("HomeMoney", [{"Status": "d", "Claims": 2}])
    book.patch_rows("HomeReports", ["Report"], [{"Report": r, "Rows": 1} for r in sheets.REPORT_TABS])
    book.save()
    home = openpyxl.load_workbook(path)["Home"]
    sizes = {t.name: t.fixed_rows for t in (sheets.HOME_MONEY, sheets.HOME_REPORTS)}
    for name, size in sizes.items():
        top, bottom = re.findall(r"\d+", home.tables[name].ref)
        assert int(bottom) - int(top) == size
    assert [r["Status"] for r in table(path, "HomeMoney")] == ["d"]
    assert len(table(path, "HomeReports")) == len(sheets.REPORT_TABS)
    with pytest.raises(ValueError, match="at most"):
        book.replace_rows("HomeMoney", [{"Status": str(i)} for i in range(sizes["HomeMoney"] + 1)])


def test_tables_side_by_side_do_not_touch_each_other(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    book.replace_rows("Settings", [{"Name": str(i), "Default": i} for i in range(5)], keep_by=["Name"])
    book.append_rows("Exclusions", [{"SKU": s} for s in "xy"])
    book.replace_rows("Settings", [{"Name": "only"}], keep_by=["Name"])
    book.append_rows("ReportPeriods", [{"From": date(2025, 1, 1)}])
    book.save()
    assert [r["SKU"] for r in table(path, "Exclusions")] == ["x", "y"]
    assert [r["Name"] for r in table(path, "Settings")] == ["only"]
    assert table(path, "ReportPeriods")[0]["From"] == date(2025, 1, 1)


def test_named_cells_are_read_and_written(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    assert book.read_name("Recoup_AsOf") is None
    book.write_names({"Recoup_AsOf": "2025-03-01", "Recoup_Version": 1})
    book.save()
    again = open_book(path, engine)
    assert (again.read_name("Recoup_AsOf"), again.read_name("Recoup_Version")) == ("2025-03-01", 1.0)
    with pytest.raises(NameMissing, match="Recoup_Nothing"):
        again.read_name("Recoup_Nothing")


def test_tabs_are_shown_and_hidden_but_never_all(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    book.set_visible("Hidden one", True)
    book.set_visible("Home", False)
    book.save()
    seen = openpyxl.load_workbook(path)
    assert (seen["Hidden one"].sheet_state, seen["Home"].sheet_state) == ("visible", "hidden")
    assert seen["_Recoup"].sheet_state == "veryHidden" and seen.active.title != "Home"
    with pytest.raises(SheetMissing, match="only visible"):
        for name in book.sheet_names():
            book.set_visible(name, False)


def wide(header: str, kind: str = "text", owner: str = "recoup") -> sheets.Column:
    return sheets.Column(header, kind, 20, owner)  # type: ignore[arg-type]


def test_columns_are_added_at_the_right_end_in_the_look_of_their_kind(path: Path, engine: str) -> None:
    new = [
        wide("Seen on", "date"),
        wide("Claim ID"),
        wide("Worth", "money"),
        wide("Remark", "text", "people"),
    ]
    book = open_book(path, engine)
    book.append_rows("Claims", [{"Claim ID": c} for c in "AB"])
    book.add_columns("Claims", new)
    book.add_columns("Claims", new)
    assert book.tables()["Claims"] == [*sheets.CLAIMS.headers, "Seen on", "Worth", "Remark"]
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": c, "Seen on": date(2025, 1, 5)} for c in "BC"])
    book.save()
    assert [r["Seen on"] for r in table(path, "Claims")] == [None, date(2025, 1, 5), date(2025, 1, 5)]
    tab = openpyxl.load_workbook(path)["Claims"]
    assert tab.tables["Claims"].ref == tab.tables["Claims"].autoFilter.ref == "A3:AN6"
    assert [tab[f"{c}3"].value for c in ("AL", "AM", "AN")] == ["Seen on", "Worth", "Remark"]
    formats = {n: [tab[f"{c}{n}"].number_format for c in ("AL", "AM", "AN")] for n in (4, 5, 6)}
    assert list(formats.values()) == [["yyyy-mm-dd", "#,##0.00", "@"]] * 3
    ids = [c.id for c in tab.tables["Claims"].tableColumns]
    assert len(set(ids)) == len(ids) == 40


@pytest.mark.parametrize(("name", "cell"), [("Exclusions", ""), ("Cases", "AK5")])
def test_columns_are_never_added_over_what_stands_to_the_right(
    path: Path, engine: str, name: str, cell: str
) -> None:
    if cell:
        typed = f'<c r="{cell}"><v>1</v></c></row><row r="6"'
        samples.edit_part(
            path, samples.part_of(path, name), lambda x: x.replace('</row><row r="6"', typed, 1)
        )
    before = path.read_bytes()
    book = open_book(path, engine)
    with pytest.raises(TableBlocked, match="to its right"):
        book.add_columns(name, [wide("one"), wide("two")])
    book.save()
    assert path.read_bytes() == before
    with pytest.raises(TableMissing):
        book.add_columns("Nothing", [wide("one")])


LIST = ("Seattle", "=1+1", "Reno", "Waco")


@in_many
@pytest.mark.parametrize(
    ("values", "stands"), [(("a", "b"), "$A$1:$B$1"), (("a",), "$D$1:$D$1"), (LIST, "$D$1:$G$1")]
)
def test_a_drop_down_list_grows_beside_its_old_cells(
    path: Path, engine: str, values: tuple[str, ...], stands: str
) -> None:
    cell = '<c r="{0}1" t="inlineStr"><is><t>{1}</t></is></c>'
    row = f'<row r="1">{cell.format("A", "a")}{cell.format("B", "b")}</row>'
    samples.edit_part(
        path,
        samples.part_of(path, "Hidden one"),
        lambda x: x.replace("<sheetData/>", f"<sheetData>{row}</sheetData>"),
    )
    name = "<definedName name=\"Recoup_{0}\">'Hidden one'!{1}</definedName>"
    names = name.format("Places", "$A$1:$B$1") + name.format("Column", "$A$1:$A$2")
    samples.edit_part(
        path, "xl/workbook.xml", lambda x: x.replace("</definedNames>", names + "</definedNames>")
    )
    book = open_book(path, engine)
    book.write_list("Recoup_Places", values)
    book.save()
    again = openpyxl.load_workbook(path)
    sheet, target = next(again.defined_names["Recoup_Places"].destinations)
    assert (sheet, target) == ("Hidden one", stands)
    held = again[sheet][target]
    assert [c.value for c in (held[0] if isinstance(held, tuple) else (held,))] == list(values)
    with pytest.raises(NameMissing, match="Recoup_Nothing"):
        book.write_list("Recoup_Nothing", values)
    with pytest.raises(NameMissing, match="Recoup_Column"):
        book.write_list("Recoup_Column", values)


# ---- report tabs


def fill_tab(path: Path, engine: str, count: int = 6) -> None:
    book = open_book(path, engine)
    book.write_tab("Reimbursements", [[f"row {n}", f"00{n}"] for n in range(1, count + 1)])
    book.save()


@in_many
@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ((), "123456"),
        ((2, 4), "1356"),
        ((1,), "23456"),
        ((6, 5), "1234"),
        ((3, 99), "12456"),
        (range(1, 7), ""),
    ],
)
def test_rows_of_a_report_tab_are_dropped_and_the_others_move_up(
    path: Path, engine: str, gone: tuple[int, ...], left: str
) -> None:
    fill_tab(path, engine)
    book = open_book(path, engine)
    book.drop_rows("Reimbursements", gone)
    expected = [[f"row {n}", f"00{n}"] for n in left]
    assert book.read_raw("Reimbursements").cells.to_numpy().tolist() == expected
    book.write_tab("Reimbursements", [["later", ""]])
    book.save()
    tab = openpyxl.load_workbook(path)["Reimbursements"]
    assert [c.value for c in tab["A"] if c.value] == [*(f"row {n}" for n in left), "later"]
    assert {c.number_format for c in tab["B"] if c.value} <= {"@"}
    with pytest.raises(SheetMissing):
        book.drop_rows("Nowhere", [1])


HANGING = {
    "merged cells": '<mergeCells count="1"><mergeCell ref="F8:G9"/></mergeCells>',
    "a conditional format": '<conditionalFormatting sqref="A4:A9"><cfRule type="containsBlanks" priority="1">'
    "<formula>LEN(A4)=0</formula></cfRule></conditionalFormatting>",
    "a validation": '<dataValidations count="1"><dataValidation type="whole" sqref="A4"><formula1>1</formula1>'
    "</dataValidation></dataValidations>",
    "a link": '<hyperlinks><hyperlink ref="A4" location="Claims!A1"/></hyperlinks>',
}


@in_many
@pytest.mark.parametrize("what", HANGING)
def test_rows_are_only_emptied_where_something_hangs_on_them(path: Path, engine: str, what: str) -> None:
    fill_tab(path, engine)
    part = samples.part_of(path, "Reimbursements")
    samples.edit_part(path, part, lambda x: x.replace("</sheetData>", "</sheetData>" + HANGING[what]))
    book = open_book(path, engine)
    book.drop_rows("Reimbursements", [2, 3])
    book.save()
    tab = openpyxl.load_workbook(path)["Reimbursements"]
    assert [c.value for c in tab["A"][:6]] == ["row 1", None, None, "row 4", "row 5", "row 6"]
    assert (
        [str(r) for r in tab.merged_cells.ranges]
        + [str(r.sqref) for r in tab.conditional_formatting]
        + [str(r.sqref) for r in tab.data_validations.dataValidation]
        + [c.coordinate for c in tab["A"] if c.hyperlink]
    ) == re.findall(r'(?:sqref|ref)="([^"]*)"', HANGING[what])


@pytest.mark.parametrize("visible", [True, False])
def test_a_tab_is_added_empty_as_text_with_its_first_row_frozen(
    path: Path, engine: str, visible: bool
) -> None:
    book = open_book(path, engine)
    before = book.sheet_names()
    book.add_tab("Fee & Preview", visible=visible)
    assert book.sheet_names() == [*before, "Fee & Preview"]
    assert book.read_raw("Fee & Preview").cells.shape == (0, 0)
    book.write_tab("Fee & Preview", [["sku", "fee"], ["007", "=1"]])
    book.save()
    seen = openpyxl.load_workbook(path)
    tab = seen["Fee & Preview"]
    assert tab.sheet_state == ("visible" if visible else "hidden") and tab.freeze_panes == "A2"
    assert [(c.value, c.data_type, c.number_format) for c in tab[2]] == [("007", "s", "@"), ("=1", "s", "@")]
    everywhere = tab.column_dimensions["A"]
    assert (everywhere.min, everywhere.max, everywhere.number_format) == (1, 16384, "@")
    assert seen.active.title == "Home"
    with pytest.raises(BookError, match="already"):
        open_book(path, engine).add_tab("fee & PREVIEW", visible=True)


def test_rows_are_added_below_what_a_report_tab_holds(path: Path, engine: str) -> None:
    book = open_book(path, engine)
    book.write_tab("Inventory Ledger", [["01/03/2025", "=X", "007"], ["", "tail"]])
    book.write_tab("Inventory Ledger", [["last"]])
    book.write_tab("Reimbursements", [["approval-date", "sku"], ["2025", "A"]])
    unsaved = book.read_raw("Inventory Ledger").cells.to_numpy().tolist()
    book.save()
    saved = open_book(path, engine).read_raw("Inventory Ledger")
    assert saved.cells.to_numpy().tolist() == unsaved
    assert unsaved[2:] == [["01/03/2025", "=X", "007"], ["", "tail", ""], ["last", "", ""]]
    assert open_book(path, engine).read_raw("Reimbursements").cells.to_numpy().tolist() == [
        ["approval-date", "sku"],
        ["2025", "A"],
    ]
    tab = openpyxl.load_workbook(path)["Reimbursements"]
    assert tab["A2"].number_format == "@" and tab["A2"].value == "2025"


def test_rows_added_to_a_tab_that_a_person_made_by_hand_are_formatted_as_text(
    path: Path, engine: str
) -> None:
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Inventory Ledger UK")["A1"] = "Date"
    workbook.save(path)
    book = open_book(path, engine)
    book.write_tab("Inventory Ledger UK", [["=1+1", "007"]])
    book.save()
    tab = openpyxl.load_workbook(path)["Inventory Ledger UK"]
    assert [(c.value, c.data_type, c.number_format) for c in tab[2]] == [
        ("=1+1", "s", "@"),
        ("007", "s", "@"),
    ]
    assert tab["A1"].number_format == "General"


def test_raw_cells_keep_their_places_and_are_text(tmp_path: Path, engine: str) -> None:
    path, book = tmp_path / "b.xlsx", openpyxl.Workbook()
    tab = book.active
    tab.title = "Ledger"
    tab["C3"], tab["D3"], tab["C5"], tab["D5"] = "day", "n", date(2025, 1, 2), 1234567890123456
    tab["C6"], tab["D6"], tab["C7"], tab["D7"] = datetime(2025, 1, 2, 3, 4, 5), 12.5, True, "#N/A"
    tab["C8"], tab["D8"], tab["C9"] = " 007 ", 19.99, 3.0
    book.create_sheet("Empty")
    book.save(path)
    raw = open_book(path, engine).read_raw("Ledger")
    assert raw.rows.tolist() == list(range(1, 10))
    assert [str(t) for t in raw.cells.dtypes] == ["str"] * 4
    assert raw.cells.to_numpy().tolist()[2:] == [
        ["", "", "day", "n"],
        ["", "", "", ""],
        ["", "", "2025-01-02 00:00:00", "1234567890123456"],
        ["", "", "2025-01-02 03:04:05", "12.5"],
        ["", "", "true", "#N/A"],
        ["", "", " 007 ", "19.99"],
        ["", "", "3", ""],
    ]
    empty = open_book(path, engine).read_raw("Empty")
    assert empty.cells.shape == (0, 0) and empty.rows.tolist() == []


@in_files
def test_files_of_other_formats_are_named_as_what_they_are(tmp_path: Path, engine: str) -> None:
    locked = b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    for name, content, says in [
        ("a.xlsx", locked, "password"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
        ("a.csv", b"a,b\n", "no Excel workbook"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BookUnsupported, match=says):
            open_book(tmp_path / name, engine)
    with pytest.raises(BookUnsupported, match="no file"):
        open_book(tmp_path / "none.xlsx", engine)
