"""The workbook template: everything sheets.py declares is there, looks right and survives other engines."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from recoup import policy, sheets
from recoup.template import build_template
from recoup.template.marks import MARKS
from recoup.template.plain import RECORD_CHOICES, RECORD_LISTS
from recoup.template.styles import NUMBER_FORMATS

LAST_ROW = 1_048_576
COMMITTED = Path(__file__).parents[1] / "workbook_templates" / "recoup.xlsx"
ALL_TABLES = sorted(sheets.TABLES)
GROWING = sorted(t.name for t in sheets.TABLES.values() if t.sheet not in (*sheets.SEVERAL_TABLES, "_Recoup"))
PEOPLE_PASTE = (*sheets.REPORT_TABS, *sheets.OWN_RECORDS)
VOLATILE_OR_NEW = (
    *(
        "INDIRECT",
        "OFFSET",
        "RAND",
        "NOW",
        "WEBSERVICE",
        "RECOUP_",
        "XLOOKUP",
        "FILTER",
        "LET",
        "UNIQUE",
        "SORT",
    ),
    *("TEXTJOIN", "SEQUENCE", "LAMBDA", "_xlfn", "[@"),
)
SHORTEST = {"date": 11, "datetime": 17, "money": 11, "int": 7, "percent": 7}  # characters a value needs


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_template(tmp_path_factory.mktemp("template") / "recoup.xlsx")


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def parts(path: Path) -> dict[str, str]:
    with ZipFile(path) as package:
        return {name: package.read(name).decode("utf-8") for name in package.namelist()}


def place(table: sheets.Table, book: Workbook) -> tuple[Worksheet, int, int, int, int]:
    """The sheet of a table, its heading row, last row, first and last column."""
    sheet = book[table.sheet]
    left, top, right, bottom = range_boundaries(sheet.tables[table.name].ref)
    return sheet, top, bottom, left, right


def named(book: Workbook, name: str) -> list[object]:
    """The values of the cells that a defined name stands for."""
    ((sheet, ref),) = book.defined_names[name].destinations
    cells = book[sheet][ref.replace("$", "")]
    rows = cells if isinstance(cells, tuple) else ((cells,),)
    return [cell.value for row in rows for cell in row]


# --- the file ---------------------------------------------------------------------------------------------


def test_the_same_code_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    assert build_template(tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_the_committed_workbook_is_what_the_code_builds(path: Path) -> None:
    """Compared part by part, so that another zlib on another machine makes no difference."""
    assert COMMITTED.exists(), "run `python -m recoup.template`"
    with ZipFile(COMMITTED) as committed, ZipFile(path) as built:
        assert committed.namelist() == built.namelist(), "run `python -m recoup.template`"
        changed = [n for n in built.namelist() if committed.read(n) != built.read(n)]
    assert not changed, "run `python -m recoup.template`"


def test_the_template_holds_no_code_no_links_element_and_nothing_from_outside(parts: dict[str, str]) -> None:
    assert not [n for n in parts if "vba" in n.lower() or "external" in n.lower() or n.endswith(".bin")]
    assert not [n for n, xml in parts.items() if "<hyperlink" in xml]
    assert "xl/calcChain.xml" not in parts


def test_formulas_use_only_functions_that_every_excel_has(parts: dict[str, str]) -> None:
    tags = r"<(?:f|formula|formula1|formula2|calculatedColumnFormula|definedName)\b[^>]*>([^<]*)<"
    formulas = [f for xml in parts.values() for f in re.findall(tags, xml)]
    assert len(formulas) > 60
    assert not [f for f in formulas for word in VOLATILE_OR_NEW if word in f]


def test_links_are_formulas_that_lead_to_sheets_that_exist(parts: dict[str, str]) -> None:
    links = [
        found
        for xml in parts.values()
        for found in re.findall(
            r"<f>HYPERLINK\(&quot;#'([^']+)'!A1&quot;,&quot;([^&]+)&quot;\)</f><v>([^<]+)</v>", xml
        )
        or re.findall(r"<f>HYPERLINK\(\"#'([^']+)'!A1\",\"([^\"]+)\"\)</f><v>([^<]+)</v>", xml)
    ]
    assert {target for target, _, _ in links} <= set(sheets.sheet_order())
    assert {target for target, _, _ in links} >= set(PEOPLE_PASTE)
    assert all(text == cached for _, text, cached in links)
    assert len(links) == sum(xml.count("HYPERLINK(") for xml in parts.values())


# --- what sheets.py declares ------------------------------------------------------------------------------


def test_all_sheets_stand_in_the_declared_order(book: Workbook) -> None:
    assert book.sheetnames == sheets.sheet_order()


def test_only_what_a_beginner_needs_is_visible(book: Workbook) -> None:
    optional = {name for name in PEOPLE_PASTE if name not in sheets.STARTER_TABS}
    states = {name: book[name].sheet_state for name in book.sheetnames}
    assert {n for n, state in states.items() if state == "hidden"} == optional
    assert {n for n, state in states.items() if state == "veryHidden"} == set(sheets.HIDDEN)
    assert book.active.title == "Home"


@pytest.mark.parametrize("name", ALL_TABLES)
def test_every_table_has_its_columns_at_its_place(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, top, bottom, left, right = place(table, book)
    assert f"{get_column_letter(left)}{top}" == table.anchor
    assert [sheet.cell(top, col).value for col in range(left, right + 1)] == table.headers
    assert [c.name for c in sheet.tables[name].tableColumns] == table.headers
    if table.fixed_rows:
        assert bottom - top == table.fixed_rows


def test_tables_on_one_sheet_do_not_touch(book: Workbook) -> None:
    for sheet in book.worksheets:
        areas = [range_boundaries(t.ref) for t in sheet.tables.values()]
        for i, (left, top, right, bottom) in enumerate(areas):
            for left2, top2, right2, bottom2 in areas[i + 1 :]:
                assert right + 1 < left2 or right2 + 1 < left or bottom + 1 < top2 or bottom2 + 1 < top


@pytest.mark.parametrize("name", [n for n in GROWING if n not in ("Policy", "ReasonCodes")])
def test_an_empty_table_keeps_one_blank_styled_row(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, top, bottom, left, _ = place(table, book)
    assert bottom == top + 1
    for col, column in enumerate(table.columns, left):
        cell = sheet.cell(top + 1, col)
        assert cell.value in (None, "")
        assert cell.number_format == NUMBER_FORMATS[column.kind], column.header


def test_days_left_counts_from_today_in_the_form_every_engine_reads(book: Workbook) -> None:
    columns = {c.name: c for c in book["Claims"].tables["Claims"].tableColumns}
    formula = columns["Days left"].calculatedColumnFormula.attr_text
    deadline = "Claims[[#This Row],[Deadline]]"
    assert formula == f'IF({deadline}="","",{deadline}-TODAY())'


def test_named_cells_and_lists_are_where_they_are_declared(book: Workbook) -> None:
    for name, ref in sheets.NAMED_CELLS.items():
        assert book.defined_names[name].attr_text.replace("'", "") == ref
    for name, values in {**sheets.LISTS, **RECORD_LISTS}.items():
        assert named(book, name) == list(values)
    assert named(book, "Recoup_Version") == [sheets.WORKBOOK_VERSION]
    assert set(named(book, "Recoup_Reports")) == set(PEOPLE_PASTE)
    assert all(name.startswith("Recoup_") for name in book.defined_names)


@pytest.mark.parametrize("name", ALL_TABLES)
def test_choices_are_validated_down_to_the_last_row(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, top, bottom, left, _ = place(table, book)
    rules = {(str(r.sqref), r.type, r.formula1) for r in sheet.data_validations.dataValidation}
    last = bottom if table.fixed_rows else LAST_ROW
    for col, column in enumerate(table.columns, left):
        area = f"{get_column_letter(col)}{top + 1}:{get_column_letter(col)}{last}"
        if column.choices:
            assert (area, "list", column.choices) in rules
            assert column.choices in book.defined_names
        elif column.owner == "people" and column.kind in ("date", "datetime"):
            assert [r for r in rules if r[:2] == (area, "date")], column.header


def test_each_setting_accepts_only_what_makes_sense(book: Workbook) -> None:
    sheet, top, bottom, left, _ = place(sheets.SETTINGS, book)
    rules = {str(r.sqref): r for r in sheet.data_validations.dataValidation}
    kinds = {s.name: s.kind for s in policy.load().settings.values()}
    expected = {
        "yes/no": ("list", "Recoup_YesNo"),
        "marketplace": ("list", "Recoup_Marketplaces"),
        "days": ("whole", "0"),
        "count": ("whole", "0"),
        "money": ("decimal", "0"),
    }
    for row in range(top + 1, bottom + 1):
        kind = kinds[sheet.cell(row, left).value]
        rule = rules.get(f"{get_column_letter(left + 1)}{row}")
        assert ((rule.type, rule.formula1) if rule else None) == expected.get(kind)


@pytest.mark.parametrize("name", sorted(MARKS))
def test_marks_reach_from_the_first_row_to_the_last(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, top, bottom, left, right = place(table, book)
    last = bottom if table.fixed_rows else LAST_ROW
    areas = {str(area.sqref): [r.formula[0] for r in area.rules] for area in sheet.conditional_formatting}
    for mark in MARKS[name]:
        spans = [left + table.headers.index(h) for h in mark.columns]
        for first, final in [(c, c) for c in spans] or [(left, right)]:
            area = f"{get_column_letter(first)}{top + 1}:{get_column_letter(final)}{last}"
            assert area in areas, f"{mark.when} has no format on {area}"
            assert all("{" not in formula for formula in areas[area])


def test_an_overtaken_status_says_refresh_before_any_other_mark(book: Workbook) -> None:
    areas = {str(area.sqref): area.rules for area in book["Claims"].conditional_formatting}
    first, *others = sorted(areas[f"C4:C{LAST_ROW}"], key=lambda rule: rule.priority)
    assert first.dxf.numFmt.formatCode == '@" · refresh"'
    assert first.stopIfTrue
    said = {re.fullmatch(r'\$C4="(.+)"', rule.formula[0]).group(1) for rule in others}
    assert said == set(sheets.STATUSES)


# --- looks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL_TABLES)
def test_columns_are_wide_enough_for_their_values_and_headings(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, _, _, left, _ = place(table, book)
    widths: dict[int, float] = {}
    for dimension in sheet.column_dimensions.values():
        widths |= dict.fromkeys(range(dimension.min, dimension.max + 1), dimension.width)
    for col, column in enumerate(table.columns, left):
        needed = max(SHORTEST.get(column.kind, 0), *(len(w) + 3 for w in column.header.split()))
        assert widths[col] >= needed, column.header


@pytest.mark.parametrize("name", GROWING)
def test_headings_and_the_first_column_stay_in_view(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, top, _, left, _ = place(table, book)
    assert sheet.freeze_panes == f"{get_column_letter(left + 1)}{top + 1}"
    assert sheet.print_title_rows == f"${top}:${top}"


@pytest.mark.parametrize("name", GROWING)
def test_shown_columns_are_visible_and_the_others_folded_into_groups(
    name: str, parts: dict[str, str]
) -> None:
    table = sheets.TABLES[name]
    xml = parts[f"xl/worksheets/sheet{sheets.sheet_order().index(table.sheet) + 1}.xml"]
    columns: dict[int, str] = {}
    for low, high, rest in re.findall(r'<col min="(\d+)" max="(\d+)"([^>]*)/>', xml):
        columns |= dict.fromkeys(range(int(low), int(high) + 1), rest)
    for col, column in enumerate(table.columns, 1):
        folded = 'hidden="1"' in columns[col]
        assert folded == ('outlineLevel="1"' in columns[col])
        if not column.shown:
            assert folded, column.header
        if column.owner == "people":
            assert not folded, column.header
        if folded and 'hidden="1"' not in columns.get(col + 1, ""):
            assert 'collapsed="1"' in columns[col + 1], f"the group before column {col + 1} has no button"


def test_claims_opens_with_the_columns_that_people_work_by(parts: dict[str, str]) -> None:
    xml = parts[f"xl/worksheets/sheet{sheets.sheet_order().index('Claims') + 1}.xml"]
    visible = []
    for low, high, rest in re.findall(r'<col min="(\d+)" max="(\d+)"([^>]*)/>', xml):
        if 'hidden="1"' not in rest:
            visible += [sheets.CLAIMS.headers[i - 1] for i in range(int(low), int(high) + 1)]
    promised = "Claim ID,Kind,Status,SKU,Product,Units,Claim value,Currency,File by,Days left,Missing,Why,Case,Decision"
    assert visible == [*promised.split(","), "Decided by", "Decision note"]


@pytest.mark.parametrize("name", ALL_TABLES)
def test_columns_of_people_have_another_heading_colour_and_look_like_input(name: str, book: Workbook) -> None:
    table = sheets.TABLES[name]
    sheet, top, _, left, _ = place(table, book)
    headings: dict[str, set[str]] = {"recoup": set(), "people": set()}
    bodies: dict[str, set[str]] = {"recoup": set(), "people": set()}
    for col, column in enumerate(table.columns, left):
        heading, body = sheet.cell(top, col).fill, sheet.cell(top + 1, col).fill
        headings[column.owner].add(heading.fgColor.rgb)
        bodies[column.owner].add(body.fgColor.rgb if body.fill_type else "none")
    assert headings["recoup"] <= {"FF1F3A5F"}
    assert headings["people"] <= {"FFA84A00"}
    assert bodies["recoup"] <= {"none"}
    assert bodies["people"] <= {"FFFFF8EA"}


def luminance(rgb: str) -> float:
    parts = [int(rgb[-6:][i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_text_stands_out_from_its_ground(book: Workbook) -> None:
    seen = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                ground = cell.fill.fgColor.rgb if cell.fill.fill_type else "FFFFFFFF"
                seen.add((cell.font.color.rgb if cell.font.color.type == "rgb" else "FF000000", ground))
    assert len(seen) > 5
    assert not [pair for pair in seen if contrast(*pair) < 4.5]


def test_every_mark_stands_out_from_its_ground(book: Workbook) -> None:
    grounds = {"FFFFFFFF", "FFFFF8EA"}  # plain cells and cells that people fill
    pairs = set()
    for sheet in book.worksheets:
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                font = rule.dxf.font.color.rgb if rule.dxf.font else "FF1F2937"
                own = {rule.dxf.fill.bgColor.rgb} if rule.dxf.fill else grounds
                pairs |= {(font, ground) for ground in own}
    assert len(pairs) > 5
    assert not [pair for pair in pairs if contrast(*pair) < 4.5]


def test_pages_print_landscape_one_page_wide_with_page_numbers(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert "Page &P of &N" in sheet.oddFooter.right.text.replace("&[Page]", "&P").replace(
            "&[Pages]", "&N"
        )


# --- tabs that people fill --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sheets.REPORT_TABS)
def test_a_report_tab_is_an_empty_grid_of_text(name: str, book: Workbook, parts: dict[str, str]) -> None:
    sheet = book[name]
    assert sheet.freeze_panes == "A2"
    assert not sheet.tables
    assert not sheet.conditional_formatting
    assert not sheet.data_validations.dataValidation
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    whole = sheet.column_dimensions["A"]
    assert (whole.min, whole.max, whole.number_format) == (1, 16_384, "@")
    assert sheet.row_dimensions[1].number_format == "@"
    assert sheet.sheet_properties.tabColor is not None


@pytest.mark.parametrize("name", sorted(sheets.OWN_RECORDS))
def test_an_own_record_has_our_headings_over_text_cells(name: str, book: Workbook) -> None:
    sheet = book[name]
    headers = list(sheets.OWN_RECORDS[name])
    assert [cell.value for cell in sheet[1]][: len(headers)] == headers
    formats = {d.number_format for d in sheet.column_dimensions.values()}
    assert formats == {"@"}
    assert max(d.max for d in sheet.column_dimensions.values()) == 16_384
    rules = {str(r.sqref): r.formula1 for r in sheet.data_validations.dataValidation}
    for (tab, header), choices in RECORD_CHOICES.items():
        if tab == name:
            letter = get_column_letter(headers.index(header) + 1)
            assert rules[f"{letter}2:{letter}{LAST_ROW}"] == choices


# --- what is filled in ------------------------------------------------------------------------------------


def records(table: sheets.Table, book: Workbook) -> list[dict[str, object]]:
    sheet, top, bottom, left, right = place(table, book)
    rows = sheet.iter_rows(top + 1, bottom, left, right, values_only=True)
    return [dict(zip(table.headers, row, strict=True)) for row in rows]


def test_home_tells_how_to_get_every_report_the_starter_set_first(book: Workbook) -> None:
    rows = records(sheets.HOME_REPORTS, book)
    names = [row["Report"] for row in rows]
    assert tuple(names[: len(sheets.STARTER_TABS)]) == sheets.STARTER_TABS
    assert sorted(map(str, names)) == sorted(PEOPLE_PASTE)
    for row in rows:
        assert row["State"] == "empty"
        assert row["Open"] == f'=HYPERLINK("#\'{row["Report"]}\'!A1","Open tab")'
        assert row["Where in Seller Central"]
        assert row["Request"]
        assert row["Unlocks"]


def test_home_says_what_to_do_first(book: Workbook) -> None:
    assert "Inventory Ledger" in str(named(book, "Recoup_NextStep")[0])
    assert named(book, "Recoup_RefreshedOn") == [None]


@pytest.mark.parametrize(
    ("table", "shipped"),
    [
        (sheets.POLICY, policy.load().rows()),
        (sheets.REASON_CODES, policy.load().reason_code_rows()),
        (sheets.SETTINGS, policy.load().setting_defaults()),
    ],
    ids=["Policy", "Reason Codes", "Settings"],
)
def test_rules_and_settings_are_the_shipped_ones(
    table: sheets.Table, shipped: list[dict[str, object]], book: Workbook
) -> None:
    found = records(table, book)
    assert len(found) == len(shipped) > 0
    for row, expected in zip(found, shipped, strict=True):
        for header in table.headers:
            value, wanted = row[header], expected.get(header)
            if isinstance(wanted, date):
                value = value.date()  # type: ignore[attr-defined]
            assert value == (None if wanted == "" else wanted), header
        assert not [h for h in table.people if row[h] is not None]


def test_another_marketplace_is_set_and_prints_on_its_paper(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(build_template(tmp_path / "de.xlsx", marketplace="DE"))
    values = {row["Name"]: row["Value"] for row in records(sheets.SETTINGS, book)}
    assert {name: value for name, value in values.items() if value is not None} == {"Home marketplace": "DE"}
    assert book["Claims"].page_setup.paperSize == 9
    with pytest.raises(ValueError, match="XX"):
        build_template(tmp_path / "xx.xlsx", marketplace="XX")


def test_saving_with_openpyxl_loses_no_table_list_mark_or_name(
    path: Path, book: Workbook, tmp_path: Path
) -> None:
    openpyxl.load_workbook(path).save(tmp_path / "saved.xlsx")
    saved = openpyxl.load_workbook(tmp_path / "saved.xlsx")

    def inventory(b: Workbook) -> dict[str, object]:
        return {
            s.title: (
                s.sheet_state,
                sorted((t.name, t.ref) for t in s.tables.values()),
                sorted((str(r.sqref), r.type, str(r.formula1)) for r in s.data_validations.dataValidation),
                sorted((str(a.sqref), r.formula[0]) for a in s.conditional_formatting for r in a.rules),
                s.freeze_panes,
            )
            for s in b.worksheets
        }

    assert inventory(saved) == inventory(book)
    assert {n: d.attr_text for n, d in saved.defined_names.items()} == {
        n: d.attr_text for n, d in book.defined_names.items()
    }
