"""A workbook of a newer version is refused, one of an older version too, and upgraded without losing anything."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

import book_samples as samples
from recoup import cli, doors
from recoup.books import ENGINES, open_book
from recoup.model import RecoupError
from recoup.policy import load
from recoup.sheets import LISTS, OWN_RECORDS, REPORT_TABS, TABLES, WORKBOOK_VERSION
from recoup.template import draw_template
from recoup.workbook import version_of
from test_commands import DAY, Recoup, recoup
from workbooks import Desk, cells, claim_of, copy_of, refresh, refreshed_book, table

__all__ = ["recoup"]  # a fixture
RELEASED = {
    int(p.stem.removeprefix("workbook_v")): p
    for p in sorted((Path(__file__).parent / "released").glob("workbook_v*.xlsx"))
}
OLDER = [p for version, p in RELEASED.items() if version < WORKBOOK_VERSION]
SHIPPED = {
    "Policy",
    "ReasonCodes",
    "Settings",
    "HomeReports",
}  # tables whose own columns an upgrade brings up to date


@pytest.fixture(params=OLDER, ids=lambda p: p.stem)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "seller.xlsx"))


@pytest.fixture(params=RELEASED.values(), ids=lambda p: p.stem)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "seller.xlsx"))


def test_there_is_a_workbook_of_every_former_version_and_none_of_a_later_one() -> None:
    former = set(range(1, WORKBOOK_VERSION))
    assert former <= set(RELEASED) <= former | {WORKBOOK_VERSION}, (
        "keep one of the former version in tests/released"
    )


def test_every_released_workbook_says_its_version() -> None:
    assert {n: version_of(open_book(p)) for n, p in RELEASED.items()} == {n: n for n in RELEASED}


def kept_cells(path: Path) -> dict[str, list[dict[str, str]]]:
    """What an upgrade must keep: every row of report tabs and of tables, but what Recoup ships in them."""
    opened, found = open_book(path), {}
    for name in opened.sheet_names():
        if name.startswith((*REPORT_TABS, *OWN_RECORDS)):
            found[name] = opened.read_raw(name).cells.astype(str).to_dict("records")
    for name in opened.tables():
        declared = TABLES[name]
        shipped = {c.header for c in declared.columns if c.owner == "recoup"} if name in SHIPPED else set()
        shipped -= set(declared.key)
        rows = opened.read_table(name).records()
        found[name] = [{h: str(v) for h, v in r.items() if h not in shipped} for r in rows]
    return found


def test_upgrading_and_refreshing_a_released_workbook_keeps_everything(released: Path) -> None:
    before = kept_cells(released)
    doors.upgrade_book(released)
    upgraded = kept_cells(released)
    for name, rows in before.items():
        now = [{h: r[h] for h in rows[0]} for r in upgraded[name]] if rows else []
        assert now[: len(rows)] == rows, f"{name} is not what it was"
    people = {name: people_of(released, name) for name in ("Claims", "Cases", "NotClaimed")}
    refresh(released, hour=12)
    for name, typed in people.items():
        now_typed = people_of(released, name)
        assert {key: now_typed.get(key) for key in typed} == typed, name
    journal = before["Journal"]
    assert kept_cells(released)["Journal"][: len(journal)] == journal


def people_of(path: Path, name: str) -> dict[str, list[str]]:
    """The cells of people by claim id."""
    people = TABLES[name].people
    return {
        str(r["Claim ID"]): [str(r[h]) for h in people] for r in open_book(path).read_table(name).records()
    }


# ---- a workbook of a newer version


@pytest.fixture(scope="module")
def _newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = refreshed_book(tmp_path_factory.mktemp("newer"))
    opened = open_book(path, keep=0)
    opened.write_names({"Recoup_Version": WORKBOOK_VERSION + 1})
    opened.save()
    return path


@pytest.fixture
def newer(_newer: Path, tmp_path: Path) -> Path:
    return copy_of(_newer, tmp_path)


COMMANDS: dict[str, tuple[object, ...]] = {
    "check": DAY,
    "explain": ("LW-AAAAAAAAAAAAA",),
    "refresh": DAY,
    "refresh --dry-run": DAY,
    "refresh --output": ("copy.xlsx", *DAY),
    "refresh --in-place": DAY,
    "prepare": DAY,
    "prepare --dry-run": DAY,
    "clear": ("Inventory Ledger", "--yes"),
    "clear --dry-run": ("Inventory Ledger",),
    "import": ("report.txt",),
    "tidy": (),
    "upgrade": (),
    "case": ("LW-AAAAAAAAAAAAA",),
    "pack": ("LW-AAAAAAAAAAAAA", "--to", "packs"),
    "merge": ("theirs.xlsx", "--output", "merged.xlsx"),
    "journal": (),
    "journal --undo": ("R-1",),
    "start": ("LW-AAAAAAAAAAAAA",),
    "record": ("C-LW-AAAAAAAAAAAAA", "--stage", "Filed"),
    "due": (),
    "dismiss": ("LW-AAAAAAAAAAAAA", "--because", "found by us"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_a_workbook_of_a_newer_recoup_and_writes_nothing(
    newer: Path, recoup: Recoup, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(newer.parent)
    (newer.parent / "report.txt").write_text("Date\tFNSKU\n")
    before = {p.name: p.read_bytes() for p in newer.parent.iterdir()}
    name, *options = command.split()
    answer = recoup(name, newer, *options, *COMMANDS[command])
    assert answer.code == 2
    answer.is_one_sentence("seller.xlsx", "made by a newer Recoup", "update Recoup")
    assert {p.name: p.read_bytes() for p in newer.parent.iterdir()} == before


def test_the_commands_tried_are_all_that_open_a_workbook() -> None:
    named = {c.name or getattr(c.callback, "__name__", "") for c in cli.app.registered_commands}
    assert named - {"new", "policy", "score", "demo"} == {c.split()[0] for c in COMMANDS}


def test_the_openpyxl_engine_refuses_a_newer_workbook_too(newer: Path) -> None:
    before = newer.read_bytes()
    with pytest.raises(RecoupError, match="made by a newer Recoup"):
        doors.open_workbook(newer, "openpyxl")
    assert newer.read_bytes() == before


def test_a_copy_of_a_newer_recoup_is_not_replaced_by_an_older_one(newer: Path, recoup: Recoup) -> None:
    copy = newer.rename(newer.with_name("copy.xlsx"))
    book, before = refreshed_book(newer.parent), copy.read_bytes()
    answer = recoup("refresh", book, *DAY, "--output", copy)
    answer.is_one_sentence("copy.xlsx", "newer Recoup")
    assert copy.read_bytes() == before


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("typed", "said"),
    [(str(WORKBOOK_VERSION + 1), "newer Recoup"), ("two", "is no number"), (2.5, "is no number")],
)
def test_a_version_that_somebody_typed_is_read_or_named(
    tmp_path: Path, engine: str, typed: str | float, said: str
) -> None:
    path = refreshed_book(tmp_path)
    opened = open_book(path, keep=0)
    opened.write_names({"Recoup_Version": typed})
    opened.save()
    with pytest.raises(RecoupError, match=said):
        doors.open_workbook(path, engine)


# ---- a workbook of an older version


@pytest.fixture(scope="module", params=OLDER, ids=lambda p: p.stem)
def _upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[str]]:
    book = Path(shutil.copy(request.param, tmp_path_factory.mktemp("upgraded") / "seller.xlsx"))
    return book, doors.upgrade_book(book)[0]


FIRST = pytest.mark.parametrize("_upgraded", [RELEASED[1]], indirect=True, ids=["workbook_v1"])


@pytest.fixture
def upgraded(_upgraded: tuple[Path, list[str]], tmp_path: Path) -> Path:
    """A workbook of an older version that was upgraded."""
    return copy_of(_upgraded[0], tmp_path)


def test_a_refresh_of_an_older_workbook_says_to_upgrade_and_changes_nothing(book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(RecoupError, match=r"run `recoup upgrade seller.xlsx` first"):
        refresh(book)
    assert book.read_bytes() == before


@FIRST
def test_an_upgraded_workbook_refreshes_as_a_new_one_and_keeps_what_people_typed(
    upgraded: Path, tmp_path: Path
) -> None:
    refresh(upgraded)
    (tmp_path / "new").mkdir()
    fresh = refreshed_book(tmp_path / "new")
    people = {
        "Decision",
        "Decision note",
        "Open",
    }  # Open: a formula without its value since a person saved it
    for name in ("Claims", "NotClaimed", "Evidence", "HomeReports", "HomeMoney"):
        old_rows = [{k: v for k, v in r.items() if k not in people} for r in table(upgraded, name)]
        new_rows = [{k: v for k, v in r.items() if k not in people} for r in table(fresh, name)]
        assert _sorted(old_rows) == _sorted(new_rows), name
    listed = {str(r["Rule"]): r for r in doors.open_workbook(upgraded).read_table("Policy").records()}
    shipped = {str(r["Rule"]): r for r in load().rows()}
    assert listed.keys() == shipped.keys()
    assert all(str(listed[k]["Certainty"]) == r["Certainty"] for k, r in shipped.items())
    lost = claim_of(upgraded, "X00LOST01A")
    assert (lost["Decision"], lost["Decision note"]) == ("Hold", "ask Ann first")


def _sorted(rows: list[dict[str, object]]) -> list[str]:
    return sorted(str(sorted((k, str(v)) for k, v in r.items())) for r in rows)


def test_it_says_what_it_did_and_a_second_time_does_nothing(
    _upgraded: tuple[Path, list[str]], upgraded: Path
) -> None:
    _, done = _upgraded
    (said,) = (line for line in done if line.startswith("workbook version"))
    assert re.fullmatch(rf"workbook version [12] is now {WORKBOOK_VERSION}", said)
    assert done[0] == "tab Dashboard rebuilt with tables and charts: refresh to fill it"
    assert any(line.startswith("Home: column Money waiting") for line in done) == ("version 1" in said)
    bytes_then = upgraded.read_bytes()
    assert doors.upgrade_book(upgraded) == ([], None)
    assert upgraded.read_bytes() == bytes_then


def test_every_declared_column_is_there_and_the_new_ones_look_like_their_neighbours(upgraded: Path) -> None:
    workbook = openpyxl.load_workbook(upgraded)
    for name, declared in TABLES.items():
        sheet = next(s for s in workbook.worksheets if name in s.tables)
        headings = [c.value for c in sheet[sheet.tables[name].ref][0]]
        assert set(declared.headers) <= set(headings), name
    home = workbook["Home"]
    head = home[home.tables["HomeReports"].ref][0]
    assert head[-1].value == "Money waiting"
    assert head[-1].fill.fgColor.rgb == head[-2].fill.fgColor.rgb
    assert home.column_dimensions[head[-1].column_letter].width > 20


def test_drop_down_lists_hold_todays_choices(upgraded: Path) -> None:
    workbook = openpyxl.load_workbook(upgraded)
    for name, choices in LISTS.items():
        sheet, ref = workbook.defined_names[name].attr_text.replace("$", "").replace("'", "").split("!")
        assert tuple(c.value for c in workbook[sheet][ref][0]) == choices, name


def test_a_deleted_report_tab_and_column_come_back(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        del desk.workbook["Removal Orders"]
        del desk.workbook["Documents"]
    done, _ = doors.upgrade_book(book)
    assert done[:2] == ["tab Removal Orders added, hidden", "tab Documents added, hidden"]
    lists = [line.partition(":")[0] for line in done[2:]]
    assert lists == ["Policy", "Reason Codes"], "the test's workbook lists every tenth row only"
    workbook = openpyxl.load_workbook(book)
    assert workbook["Removal Orders"].sheet_state == "hidden"
    assert workbook["Documents"]["A1"].value == "Document ID"
    assert workbook["Removal Orders"]["C7"].number_format == "@" or _column_is_text(
        workbook["Removal Orders"]
    )
    refresh(book)


def _column_is_text(sheet: openpyxl.worksheet.worksheet.Worksheet) -> bool:
    return bool(sheet.column_dimensions["A"].number_format == "@")


@pytest.mark.parametrize("book", [RELEASED[1]], indirect=True, ids=["workbook_v1"])
def test_something_to_the_right_of_a_table_that_must_grow_is_never_overwritten(book: Path) -> None:
    with Desk(book) as desk:
        home = desk.workbook["Home"]
        ref = home.tables["HomeReports"].ref
        row, column = home[ref][0][-1].row, home[ref][0][-1].column
        home.cell(row + 2, column + 1, "my own note")
    before = book.read_bytes()
    with pytest.raises(RecoupError, match="something stands to its right"):
        doors.upgrade_book(book)
    assert book.read_bytes() == before


# ---- Dashboard, which came with version 3


def parts_but(book: Path, changed: set[str]) -> dict[str, bytes]:
    return {name: part for name, part in samples.parts(book).items() if name not in changed}


def test_dashboard_comes_with_its_charts_and_touches_nothing_else(book: Path) -> None:
    before, part = samples.parts(book), samples.part_of(book, "Dashboard")
    opened = open_book(book)
    opened.adopt_tab("Dashboard", draw_template())
    opened.save()
    after = samples.parts(book)
    lists = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    same = before.keys() - {part, "xl/calcChain.xml"} - lists
    assert [n for n in sorted(same) if after[n] != before[n]] == []
    fresh = {re.sub(r"\d+", "", n) for n in after.keys() - before.keys()}
    assert fresh == {
        *("xl/charts/chart.xml", "xl/drawings/drawing.xml", "xl/drawings/_rels/drawing.xml.rels"),
        *("xl/tables/table.xml", "xl/worksheets/_rels/sheet.xml.rels"),
    }
    formats = [
        re.findall(r"<xf [^>]*", re.search(r"<cellXfs.*?</cellXfs>", s, re.S)[0])
        for s in styles_of(before, after)
    ]  # type: ignore[index]
    assert formats[1][: len(formats[0])] == formats[0], "every cell format keeps its number"


def styles_of(*packages: dict[str, bytes]) -> list[str]:
    return [p["xl/styles.xml"].decode() for p in packages]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_upgraded_dashboard_is_that_of_a_new_workbook(book: Path, engine: str, tmp_path: Path) -> None:
    doors.upgrade_book(book, engine=engine)
    new = openpyxl.load_workbook(doors.make_workbook(tmp_path / "new.xlsx"))
    upgraded = openpyxl.load_workbook(book)
    sheets = [w["Dashboard"] for w in (new, upgraded)]
    cells = [{c.coordinate: looks(c) for row in s.iter_rows() for c in row} for s in sheets]
    assert cells[0] == cells[1] and len(cells[0]) > 1000
    assert upgraded["Dashboard"].sheet_state == "visible"
    for of in (
        lambda s: [(t.name, t.ref) for t in s.tables.values()],
        lambda s: [str(area) for area in s.merged_cells.ranges],
        lambda s: s.freeze_panes,
        lambda s: {letter: d.width for letter, d in s.column_dimensions.items()},
        lambda s: len(s._charts),
    ):
        assert of(sheets[0]) == of(sheets[1])
    assert dashboard_charts(book) == dashboard_charts(tmp_path / "new.xlsx")
    names = [
        {n: d.attr_text for n, d in w.defined_names.items() if "Dashboard" in n} for w in (new, upgraded)
    ]
    assert names[0] == names[1] and len(names[0]) == 17


def looks(cell: openpyxl.cell.cell.Cell) -> tuple[object, ...]:
    font, fill = cell.font, cell.fill
    return (
        cell.value,
        cell.number_format,
        (font.name, font.sz, font.b, font.i, font.color and font.color.rgb),
        fill.fgColor.rgb if fill.fill_type else None,
        (cell.alignment.horizontal, cell.alignment.wrap_text, cell.alignment.indent),
        cell.border.bottom.style,
    )


def dashboard_charts(book: Path) -> list[bytes]:
    found = {n: p for n, p in samples.parts(book).items() if n.startswith("xl/charts/chart")}
    return [found[n] for n in sorted(found, key=lambda n: int(re.findall(r"\d+", n)[0]))]


def test_what_somebody_typed_on_the_old_dashboard_stops_the_upgrade(book: Path) -> None:
    with Desk(book) as desk:
        desk.workbook["Dashboard"]["B7"] = "my own sums"
    before = book.read_bytes()
    with pytest.raises(RecoupError, match="tab Dashboard: 'my own sums' was typed there; rename that tab"):
        doors.upgrade_book(book)
    assert book.read_bytes() == before


def test_a_chart_of_somebodys_own_on_the_old_dashboard_stops_the_upgrade(book: Path) -> None:
    with Desk(book) as desk:
        desk.workbook["Dashboard"].add_chart(openpyxl.chart.BarChart(), "C9")
    before = book.read_bytes()
    with pytest.raises(RecoupError, match=r"tab Dashboard: somebody put something there \(drawing\)"):
        doors.upgrade_book(book)
    assert book.read_bytes() == before


def test_a_workbook_in_the_strict_format_is_refused_with_the_remedy(book: Path) -> None:
    usual, strict = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    samples.edit_part(book, "xl/workbook.xml", lambda x: x.replace(usual, strict))
    before = book.read_bytes()
    with pytest.raises(RecoupError, match="strict file format; save it in Excel as an ordinary workbook"):
        open_book(book).adopt_tab("Dashboard", draw_template())
    assert book.read_bytes() == before


@pytest.mark.parametrize("engine", ENGINES)
def test_a_deleted_dashboard_stops_no_refresh_and_comes_back(tmp_path: Path, engine: str) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        del desk.workbook["Dashboard"]
        for name, target in desk.workbook.defined_names.items():  # as Excel leaves the names of a deleted tab
            if name.startswith("Recoup_Dashboard"):
                target.attr_text = f"#REF!{target.attr_text.partition('!')[2]}"
    refresh(book, hour=11)
    (said,) = (r for r in table(book, "Checks") if r["Sheet or file"] == "Dashboard")
    assert (said["Severity"], said["What to do"]) == (
        "note",
        "Run `recoup upgrade seller.xlsx` to get it back.",
    )
    done, _ = doors.upgrade_book(book, engine=engine)
    assert done[0] == "tab Dashboard added with tables and charts: refresh to fill it"
    refresh(book, hour=12)
    assert not [r for r in table(book, "Checks") if r["Sheet or file"] == "Dashboard"]
    assert table(book, "DashboardMoney")
    assert str(cells(book, "Dashboard")["B2"]).startswith("As of ")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("book", [RELEASED[1]], indirect=True, ids=["workbook_v1"])
def test_a_dashboard_in_capitals_is_rebuilt_under_its_name(book: Path, engine: str) -> None:
    with Desk(book) as desk:
        desk.workbook["Dashboard"].title = "D"
        desk.workbook["D"].title = "DASHBOARD"
    assert doors.upgrade_book(book, engine=engine)[0][0].startswith("tab DASHBOARD rebuilt")
    refresh(book, engine=engine)
    assert str(cells(book, "DASHBOARD")["B2"]).startswith("As of ")


def test_a_dashboard_that_lost_one_table_is_named_with_the_remedy(tmp_path: Path) -> None:
    book = refreshed_book(tmp_path)
    with Desk(book) as desk:
        del desk.workbook["Dashboard"].tables["DashboardCash"]
    with pytest.raises(
        RecoupError, match=r"the table DashboardCash was deleted .* delete the tab, then upgrade"
    ):
        doors.upgrade_book(book)
