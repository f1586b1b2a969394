"""Hostile text in every text column of every report: it runs nowhere, breaks nothing and reaches no terminal raw."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from recoup import doors, reports, sheets
from recoup.books import ENGINES, open_book
from recoup.console import printable
from recoup.model import LONGEST_SENTENCE
from recoup.reports._columns import positions_used
from recoup.reports._grid import Grid
from recoup.reports._headings import find_headings
from report_samples import samples
from test_commands import Answer, Recoup, recoup  # noqa: F401
from workbooks import AS_OF, Seller, blank_book, claims, make_book, run

MARK = "hx0"  # stands in every hostile text, so that each can be found again
HOSTILE = tuple(
    text.replace("?", MARK)
    for text in (
        "=?+1", "+?", "-?", "@SUM(?)", "\t=?", "\r=?", "\n=?", "＝?+1", "＋?", "=cmd|' /C calc'!?", "'=?", ' "=?"',
        " =?", '=HYPERLINK("http://?","x")', '"),?,("', "\x1b[31m?\x1b]0;title\x07", "\u202e?\u2066",
        "?\x00\x01\x7f\x9b",
        "_x000D_=?_x0000_", "[bold]?[/bold][link=http://x]", "</t></is><f>?</f>", "&amp;&#61;?", "?" + "z" * 40_000,
        "{?}", "%?%", "]]>?<!--", "\ufeff=?", "\u2028=?", "DDE(\"?\";\"x\")",
    )
)  # fmt: skip
DAY = ("--as-of", AS_OF.isoformat())
OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def hostile_files(folder: Path) -> list[Path]:
    """For each report: its sample, and below it a row per hostile text with that text in all text columns."""
    files = []
    for sample in {path.parent.name: path for path in samples()}.values():
        (table, *_) = reports.read_bytes(sample.name, sample.read_bytes())
        heading = find_headings(Grid(table))[0]
        assert heading.report is not None
        texts = {
            index
            for name, index in heading.columns.items()
            if heading.report.column(name).kind in ("id", "text", "value") and "month" not in name
        }
        titles = {i for n, i in heading.columns.items() if heading.report.column(n).kind == "text"}
        rows = table.cells.to_numpy(dtype=object).tolist()
        like = rows[heading.row + 1]
        spare = positions_used(heading.report, heading) - texts
        for text in HOSTILE:
            short = text[
                :200
            ]  # a code of 40,000 letters is a title; ids of that length are tried on the seller
            rows.append(
                [
                    text if i in titles else short if i in texts else c if i in spare else ""
                    for i, c in enumerate(like)
                ]
            )
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(r[: len(like)] for r in rows)
        path = folder / f"[bold]{sample.parent.name}\u202e\x1b[31m =.csv"
        path.write_bytes(out.getvalue().encode("utf-8") + "\ud800".encode("utf-8", "surrogatepass"))
        files.append(path)
    return files


def hostile_seller() -> Seller:
    """Losses, payments and returns whose ids and titles are hostile, so that they end in claims."""
    seller = Seller()
    for number, text in enumerate(HOSTILE):
        fnsku = f"X00HX{number:02d}AA0"
        seller.lose("2026-10-20", fnsku, 2, text[:200], sku=f"{text[:200]}{number}", title=text)
        seller.pay("2026-09-25", f"{text[:100]}3", fnsku, "5.00")
    return seller


def cells_of(book: Path) -> list[tuple[str, str, str, str, str]]:
    """(part, address, text, formula, number format) of every filled cell, read with nothing of Recoup."""
    found = []
    with zipfile.ZipFile(book) as package:
        styles = ElementTree.fromstring(package.read("xl/styles.xml"))
        custom = {n.get("numFmtId"): n.get("formatCode") or "" for n in styles.iter(f"{MAIN}numFmt")}
        formats = [
            custom.get(x.get("numFmtId"), x.get("numFmtId") or "")
            for x in styles.find(f"{MAIN}cellXfs") or ()
        ]
        shared: list[str] = []
        if "xl/sharedStrings.xml" in package.namelist():
            root = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
            shared = ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in root]
        for part in [n for n in package.namelist() if n.startswith("xl/worksheets/sheet")]:
            for cell in ElementTree.fromstring(package.read(part)).iter(f"{MAIN}c"):
                value = cell.findtext(f"{MAIN}v") or "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
                text = shared[int(value)] if cell.get("t") == "s" else value
                formula, style = cell.findtext(f"{MAIN}f") or "", formats[int(cell.get("s") or 0)]
                found.append((part, cell.get("r") or "", text, formula, style))
    return found


def check_book(book: Path) -> int:
    """No hostile text in a formula; each stands in a text cell, whole as far as a cell holds it. How many there are."""
    hits = 0
    for part, address, text, formula, style in cells_of(book):
        where = f"{part} {address}: {text[:60]!r}"
        assert MARK not in formula, where
        assert len(text.encode("utf-16-le")) <= 2 * 32_767, where
        if MARK in text:
            hits += 1
            assert not formula, where
            assert style in ("@", "49"), f"{where} has the format {style}: typed again it would run"
    with zipfile.ZipFile(book) as package:
        assert MARK.encode() not in package.read("xl/workbook.xml")
    return hits


def check_answer(answer: Answer) -> str:
    """Nothing that a terminal obeys was printed."""
    text = answer.out + answer.err
    bad = OBEYED.search(text)
    assert bad is None, text[max(0, bad.start() - 80) : bad.end() + 20].encode("unicode_escape")
    text.encode()
    return text


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    hostile_files(folder)
    return folder


def test_every_text_column_of_every_report_is_among_the_hostile_files(inbox: Path) -> None:
    read = reports.read(reports.read_files([inbox]))
    assert {e.report for e in read.exports} == set(reports.all_reports())
    for name, report in reports.all_reports().items():
        have = next(e for e in read.exports if e.report == name).columns
        frame = read.frames[name]
        texts = [c for c in report.columns if c.kind in ("id", "text") and c.name in have]
        missing = {c.name for c in texts if not frame[c.name].str.contains(MARK).any()}
        above = {"shipment_id", "shipment_name"}  # they stand above the heading
        assert missing <= above | {n for n in missing if "month" in n}, name


@pytest.mark.parametrize("engine", ["package", pytest.param("openpyxl", marks=pytest.mark.slow)])
def test_hostile_texts_are_text_on_every_sheet_and_harmless_on_the_terminal(
    tmp_path: Path,
    inbox: Path,
    recoup: Recoup,  # noqa: F811
    engine: str,
) -> None:
    book = make_book(tmp_path, hostile_seller())
    with_engine = ("--engine", engine)
    said = [recoup("import", book, inbox, *with_engine)]
    told = recoup("refresh", book, *DAY, "--reports", inbox, "--json", *with_engine)
    assert [said[0].code, told.code] == [0, 0], said[0].err + told.err
    if engine != "package":  # every other command, in the long run
        said += [recoup(word, book, *DAY, *with_engine) for word in ("check", "refresh", "prepare")]
    hostile = [k for k, r in claims(book).items() if MARK in str(r["SKU"])]
    assert len(hostile) >= len(HOSTILE)
    said += [recoup("explain", book, claim) for claim in sorted(hostile)[:4]]
    shown = "".join(map(check_answer, said))
    assert shown.count(MARK) > 20 and "[bold]" in shown
    check_answer(told)
    document = json.dumps(json.loads(told.out), ensure_ascii=False)
    assert document.count(MARK) > 50
    assert check_book(book) > 500
    assert not list(tmp_path.rglob(f"*{MARK}*")), "no file is named by the text of a report"
    assert sum(map(check_book, (tmp_path / "Recoup backups").iterdir())) > 0


def test_the_same_claims_stand_on_the_sheet_whichever_engine_wrote_them(tmp_path: Path) -> None:
    found = []
    for engine in ENGINES:
        book = make_book(tmp_path / engine, hostile_seller())
        doors.refresh_book(book, run(), [], target=doors.Target(), engine=engine)
        found.append({k: (r["SKU"], r["Product"], r["Reference ID"]) for k, r in claims(book).items()})
    assert found[0] == found[1] and sum(MARK in str(v) for v in found[0].values()) == len(HOSTILE)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hostile_name_of_a_tab_stays_a_name_in_links(tmp_path: Path, engine: str) -> None:
    name = "Inventory Ledger \"&'!A1 =hx0"[:31]
    book = make_book(tmp_path, hostile_seller())
    with zipfile.ZipFile(book) as package:
        parts = {n: package.read(n) for n in package.namelist()}
    new = name.replace("&", "&amp;").replace('"', "&quot;").encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b'name="Inventory Ledger"', b'name="' + new + b'"'
    )
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    opened = open_book(book, engine)
    assert name in opened.sheet_names()
    doors.refresh_book(book, run(), [], target=doors.Target(), engine=engine)
    links = [f for *_, f, _ in cells_of(book) if MARK in f]
    quoted = name.replace("'", "''").replace('"', '""')
    assert links and all(
        re.fullmatch(rf"HYPERLINK\(\"#'{re.escape(quoted)}'!A\d+\",\"[^\"]*\"\)", f) for f in links
    )


def test_a_tab_that_a_person_added_by_hand_gets_its_rows_as_text(tmp_path: Path) -> None:
    book = blank_book(tmp_path)
    for engine in ENGINES:
        opened = open_book(book, engine)
        opened.write_tab(
            "My tab" if "My tab" in opened.sheet_names() else "Inventory Ledger", [[f"={MARK}", "-1"]]
        )
        copy = opened.save(tmp_path / f"{engine}.xlsx")
        assert check_book(copy) == 1


def test_every_column_of_text_that_recoup_writes_is_formatted_as_text(tmp_path: Path) -> None:
    from recoup.template.styles import NUMBER_FORMATS

    texts = [c for t in sheets.TABLES.values() for c in t.columns if c.kind in ("text", "long")]
    assert len(texts) > 100 and NUMBER_FORMATS["text"] == NUMBER_FORMATS["long"] == "@"


@pytest.mark.parametrize(
    "character", ["\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u2066", "\ud800", "\u2028", "\r"]
)
def test_what_a_terminal_obeys_is_spelt_out(character: str) -> None:
    assert printable(f"a{character}b\n") == f"a\\u{ord(character):04x}b\n"


def test_an_endless_cell_makes_no_endless_sentence() -> None:
    rows = pd.DataFrame([["Date", "FNSKU"]])
    assert len(rows) == 1
    sample = next(p for p in samples() if p.parent.name == "aged_inventory")
    text = sample.read_text(encoding="utf-8").replace("USD", "Q" * 9_000, 1)
    found = reports.read(reports.read_bytes("a.txt", text.encode())).problems
    assert max(len(p.problem) for p in found) <= LONGEST_SENTENCE
