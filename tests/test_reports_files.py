"""Files: encodings, delimiters that lie, bare quotes, ragged lines, archives, workbooks, wrong downloads."""

from __future__ import annotations

import gzip
import re
import zipfile
from io import BytesIO
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup import reports
from recoup.model import RawTable
from recoup.reports import _archives
from recoup.reports._delimited import _Style, _well_quoted, parse
from recoup.reports._grid import Grid
from recoup.reports._lines import Lines
from report_samples import FOLDER, LEDGER, as_text, delimited, ledger_row, read_text

US = (FOLDER / "inventory_ledger/us_2026_16_columns.tsv").read_text()
JP = (FOLDER / "transactions/jp_28_columns.csv").read_text()
FR = (FOLDER / "transactions/fr_29_columns.csv").read_text()


def rows_of(text: str | bytes, report: str, name: str = "report.txt") -> str:
    return as_text(read_text(text, name).frames[report])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_western_encodings_read_alike(encoding: str) -> None:
    assert rows_of(FR.encode(encoding), "transactions") == rows_of(FR, "transactions")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_japanese_encodings_read_alike(encoding: str) -> None:
    assert rows_of(JP.encode(encoding), "transactions") == rows_of(JP, "transactions")


def test_chinese_titles_in_gbk_are_read() -> None:
    text = delimited([LEDGER, ledger_row("09/20/2026", title="不锈钢平底锅 十二寸 蓝色")])
    read = read_text(text.encode("gbk"))
    assert read.inventory_ledger["title"].tolist() == ["不锈钢平底锅 十二寸 蓝色"]


@pytest.mark.parametrize(
    "title", ["Café crème à l’œuf – déjà vu", "Größe", "Füße größer für Türen", "Größe Größe Größe"]
)
def test_a_few_accents_do_not_make_a_file_japanese_or_chinese(title: str) -> None:
    text = delimited([LEDGER, ledger_row("09/20/2026", title=title), ledger_row("09/21/2026", title=title)])
    read = read_text(text.encode("cp1252"))
    assert read.inventory_ledger["title"].tolist() == [title, title]


def test_japanese_titles_under_english_headings_are_read() -> None:
    text = delimited([LEDGER, ledger_row("09/20/2026", title="フライパン 26cm 深型 ガス火専用")])
    read = read_text(text.encode("cp932"))
    assert read.inventory_ledger["title"].tolist() == ["フライパン 26cm 深型 ガス火専用"]


def test_one_broken_byte_in_utf8_is_a_warning_and_not_another_encoding() -> None:
    text = delimited([LEDGER, *(ledger_row("09/20/2026", title="Käse für Öfen") for _ in range(5))])
    read = read_text(text.encode().replace(b"Pan", b"Pan", 1) + b"\xe4")
    assert read.inventory_ledger["title"].tolist() == ["Käse für Öfen"] * 5
    assert any("could not be read as utf-8" in p.problem for p in read.problems)


@pytest.mark.parametrize("name", ["ledger.csv", "ledger.txt", "ledger.tsv", "ledger (1).csv"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_the_delimiter_is_decided_from_the_content(delimiter: str, name: str) -> None:
    text = delimited([LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")], delimiter)
    assert rows_of(text, "inventory_ledger", name).count("2026-09-2") == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("final", [True, False])
def test_line_ends_and_a_missing_last_one_do_not_matter(end: str, final: bool) -> None:
    text = delimited([LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")], end=end)
    read = read_text(text if final else text.removesuffix(end))
    assert read.inventory_ledger["_row"].tolist() == [2, 3]
    assert read.inventory_ledger["date"].dt.day.tolist() == [20, 21]


@pytest.mark.parametrize("title", ['12" pan', '"Best" pan', 'pan 12"', '"', '5" x 7" x 9"'])
def test_bare_quotes_in_a_tab_file_are_text(title: str) -> None:
    text = delimited([LEDGER, ledger_row("09/20/2026", title=title), ledger_row("09/21/2026")])
    read = read_text(text)
    assert read.inventory_ledger["title"].tolist() == [title, "Pan"]


def test_a_bare_quote_inside_quoted_tab_fields_loses_no_line() -> None:
    quoted = [[f'"{c}"' for c in row] for row in (LEDGER, ledger_row("09/20/2026", title='12" pan'))]
    quoted += [[f'"{c}"' for c in ledger_row("09/21/2026")]] * 3
    read = read_text(delimited(quoted))
    assert read.exports[0].rows_read == read.exports[0].rows_used == 4
    assert read.inventory_ledger["title"].tolist() == ['12" pan', "Pan", "Pan", "Pan"]


def test_quoting_is_only_trusted_where_every_quote_inside_a_field_is_doubled() -> None:
    """All pairs of fields of up to four characters: no other text of a field is ever changed."""
    inside = ["".join(field) for size in range(5) for field in product('a"', repeat=size)]
    style = _Style("\t", 2, quoted=True)
    for fields in product(inside, repeat=2):
        table = _well_quoted(Lines('"{}"\t"{}"\n'.format(*fields).encode()), style)
        assert (table is not None) == all(re.fullmatch('(a|"")*', field) for field in fields)
        if table is not None:
            assert [table[0][0].as_py(), table[1][0].as_py()] == [f.replace('""', '"') for f in fields]


def test_line_numbers_stay_true_after_a_line_end_inside_quotes() -> None:
    rows = [LEDGER, ledger_row("09/20/2026", title="two\nlines"), ledger_row("09/21/2026")]
    text = "".join(",".join(f'"{c}"' for c in row) + "\n" for row in rows)
    read = read_text(text, "ledger.csv")
    assert read.inventory_ledger["_row"].tolist() == [2, 4]
    assert read.inventory_ledger["title"].tolist() == ["two\nlines", "Pan"]


def test_a_stray_quote_in_a_comma_file_swallows_no_lines() -> None:
    rows = [LEDGER, ledger_row("09/20/2026", title='"Pan'), *(ledger_row("09/21/2026") for _ in range(30))]
    read = read_text(delimited(rows, ","), "ledger.csv")
    assert read.exports[0].rows_read == read.exports[0].rows_used == 31


def test_ragged_lines_are_skipped_and_named_with_their_numbers() -> None:
    rows = [LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")[:9], ledger_row("09/22/2026"), []]
    rows += [[*ledger_row("09/23/2026"), "one too many"], [*ledger_row("09/24/2026"), ""]]
    read = read_text(delimited(rows))
    assert read.inventory_ledger["date"].dt.day.tolist() == [20, 22, 24]
    assert read.inventory_ledger["_row"].tolist() == [2, 4, 7]
    (export,) = read.exports
    assert (export.rows_read, export.rows_used, sum(export.skipped.values())) == (5, 3, 2)
    assert export.unreadable == 2
    (problem,) = [p for p in read.problems if p.severity == "error"]
    assert (problem.first_cells, problem.rows) == ("line 3, 6", 2)


def test_an_export_cut_in_the_middle_of_a_line_loses_that_line_only() -> None:
    text = delimited([LEDGER, *(ledger_row(f"09/{d}/2026") for d in range(20, 30))])
    read = read_text(text[:-60])
    assert read.exports[0].rows_used == 9
    assert read.exports[0].unreadable == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("\n <HTML>\n<body>x</body>\n</HTML>", "web page"),
        ("<?xml version='1.0'?><ErrorResponse/>", "web page"),
        ("Incorrect size, expected 12 bytes", "a message instead of a report: Incorrect size"),
        ("", "the file is empty"),
        ("\ufeff\n", "the file is empty"),
    ],
)
def test_a_wrong_download_is_named_as_what_it_is(content: str, says: str) -> None:
    read = read_text(content)
    assert [p.severity for p in read.problems] == ["error"]
    assert says in read.problems[0].problem
    assert read.exports == []


def test_a_file_that_is_no_report_is_a_warning() -> None:
    read = read_text("name\tage\tcity\nA\t1\tX\nB\t2\tY\nC\t3\tZ\n")
    assert [p.severity for p in read.problems] == ["warning"]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_files_folders_zip_and_gzip_give_the_same_rows(tmp_path: Path) -> None:
    expected = rows_of(US, "inventory_ledger")
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/a.txt").write_bytes(US.encode())
    (tmp_path / "deep/notes.pdf").write_bytes(b"%PDF")
    (tmp_path / "deep/~$a.xlsx").write_bytes(b"x")
    (tmp_path / "b.zip").write_bytes(zipped({"inside/a.txt": US.encode(), "__MACOSX/._a.txt": b"x"}))
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(US.encode()))
    for path in (tmp_path / "deep", tmp_path / "b.zip", tmp_path / "c.txt.gz"):
        read = reports.read(reports.read_files([path]))
        assert as_text(read.inventory_ledger) == expected
        assert [p.problem for p in read.problems] == ["not reports, not read: notes.pdf"] * (
            path.name == "deep"
        )
    names = [t.name for t in reports.read_files([tmp_path]) if len(t.cells)]
    assert names == ["b.zip/a.txt", "c.txt.gz", "deep/er/a.txt"]


def test_progress_names_each_file_and_ends_at_all(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(US)
    seen: list[tuple[str, int, int]] = []
    reports.read_files([tmp_path], progress=lambda *step: seen.append(step))
    assert seen == [("a.txt", 0, 2), ("b.txt", 1, 2), ("", 2, 2)]


def test_a_missing_file_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    (table,) = reports.read_files([tmp_path / "gone.txt"])
    assert "cannot be opened" in table.problems[0].problem


@pytest.mark.parametrize("name", ["../up.txt", "/etc/x.txt", "a/../../b.txt", "..\\up.txt", "C:/x.txt"])
def test_zip_members_that_point_outside_are_refused(name: str) -> None:
    read = read_text(zipped({name: US.encode()}), "a.zip")
    assert read.exports == []
    assert "path outside" in read.problems[0].problem


def test_a_zip_bomb_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"a.txt": b"0" * 30_000_000})
    assert len(bomb) < 60_000
    (member,) = _archives.unpack("a.zip", bomb)
    assert member.problem is not None
    assert "unreasonable size" in member.problem.problem
    (member,) = _archives.unpack("a.gz", gzip.compress(b"0" * 30_000_000))
    assert member.problem is not None
    assert "unreasonable size" in member.problem.problem


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\x1f\x8bbroken", gzip.compress(US.encode())[:-20]])
def test_damaged_archives_are_named(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    (table,) = reports.read_files([tmp_path / "a.zip"])
    assert table.problems[0].severity == "error"


def test_a_workbook_is_read_with_all_its_cells_as_text(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        date = book.add_format({"num_format": "mm/dd/yyyy"})
        for row, cells in enumerate([LEDGER, ledger_row(""), ledger_row(""), ledger_row("")], start=2):
            sheet.write_row(row, 0, cells)
        for row in (3, 4, 5):
            sheet.write_datetime(row, 0, pd.Timestamp(2026, 9, 18 + row), date)
        sheet.write_number(3, 7, -2)
        sheet.write_number(3, 6, 20260921001)
        sheet.write_formula(4, 7, "=1/0", None, "#DIV/0!")
        book.add_worksheet("Notes").write(0, 0, "hello")
    read = reports.read(reports.read_files([path]))
    frame = read.inventory_ledger
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-09-21", "2026-09-23"]
    assert frame["quantity"].tolist() == [-2, -1]
    assert frame["reference_id"].tolist() == ["20260921001", "20260901001"]
    assert frame["_row"].tolist() == [4, 6]
    assert [(p.severity, p.first_cells) for p in read.problems] == [("note", ""), ("error", "line 5")]


cells = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\r\n\t\0", exclude_categories=["Cc", "Zs", "Zl", "Zp", "Cf"]
    )
)


@settings(max_examples=60, deadline=None)
@given(
    titles=st.lists(cells, min_size=1, max_size=8), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_titles_come_back_as_written_from_tab_files(titles: list[str], encoding: str) -> None:
    wanted = [
        t if not (t.startswith(("=", "'")) or (t.startswith('"') and t.endswith('"'))) else "x"
        for t in titles
    ]
    text = delimited([LEDGER, *(ledger_row("09/20/2026", title=t) for t in wanted)])
    read = read_text(text.encode(encoding))
    assert read.inventory_ledger["title"].tolist() == wanted
    assert read.inventory_ledger["_row"].tolist() == list(range(2, len(wanted) + 2))


@settings(max_examples=60, deadline=None)
@given(titles=st.lists(cells, min_size=1, max_size=8), delimiter=st.sampled_from([",", ";", "\t"]))
def test_titles_come_back_as_written_from_quoted_files(titles: list[str], delimiter: str) -> None:
    wanted = [t if not t.startswith(("=", "'")) else "x" for t in titles]
    rows = [LEDGER, *(ledger_row("09/20/2026", title=t) for t in wanted)]
    quoted = [['"' + c.replace('"', '""') + '"' for c in row] for row in rows]
    read = read_text(delimited(quoted, delimiter))
    assert read.inventory_ledger["title"].tolist() == wanted


def test_a_text_with_quotes_around_it_is_the_same_text_as_without() -> None:
    parsed = parse(b'order\tsku\n"A-1"\t1\nA-1\t2\n"the ""A"""\t3\n')
    cells = Grid(RawTable("a.txt", "file", parsed.cells, parsed.lines)).column(0)
    assert cells.texts.to_pylist() == ["order", "A-1", 'the "A"']
    assert cells.codes.tolist() == [0, 1, 1, 2]
