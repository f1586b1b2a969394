"""A pack is whole, the same when made again, safe to hand on, and never written over something else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import workbooks
from recoup.case_papers import pack_case
from recoup.case_texts import Records, assemble, write_text
from recoup.doors import open_workbook
from recoup.evidence_pack import Pack, build_pack, safe_name, write_pack
from recoup.model import Formula, RecoupError
from recoup.sheets import WORKBOOK_VERSION
from test_case_texts import big_shipment
from test_commands import Recoup, recoup

assert recoup  # the fixture
PDF = b"%PDF-1.4 a stamped paper"
TABS = {"Inbound Shipments": "ab" * 32}
FIRST = "LI-000000AAAA"


def shipment(**document: Any) -> Records:
    """Two short SKUs of a shipment, with papers on disk under papers/."""
    records = big_shipment(2)
    papers = [
        {"Document ID": "INV-0", "Kind": "invoice", "Path or link": "papers/inv.pdf"},
        {"Document ID": "POD-1", "Kind": "proof of delivery", "Path or link": "papers/pod.jpg"},
    ]
    papers += [{"Kind": "other", **document}] if document else []
    return replace(records, documents=[{"Applies to": "FBA15ABCDEFG", **p} for p in papers])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The workbook's folder, with the papers."""
    folder = tmp_path / "home"
    (folder / "papers").mkdir(parents=True)
    (folder / "papers" / "inv.pdf").write_bytes(PDF)
    (folder / "papers" / "pod.jpg").write_bytes(b"\xff\xd8 a photo")
    return folder


def packed(records: Records, home: Path, purpose: str = "file") -> Pack:
    dossier = assemble(records, [FIRST])
    return build_pack(dossier, write_text(dossier, purpose), home=home, tabs=TABS)


def manifest(pack: Pack) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(pack.files["manifest.json"])
    return document


def test_a_pack_holds_text_rows_summary_documents_and_a_manifest_of_all_of_them(home: Path) -> None:
    pack = packed(shipment(), home)
    assert sorted(pack.files) == [
        "C-LI-000000AAAA evidence.xlsx",
        "C-LI-000000AAAA summary.html",
        "C-LI-000000AAAA text.txt",
        "documents/inv.pdf",
        "documents/pod.jpg",
        "manifest.json",
    ]
    assert pack.problems == ()
    listed = {f["name"]: f["sha256"] for f in manifest(pack)["files"]}
    assert listed == {n: hashlib.sha256(c).hexdigest() for n, c in pack.files.items() if n != "manifest.json"}


def test_the_manifest_names_sources_policy_versions_and_the_day(home: Path) -> None:
    records = shipment()
    file = "reports/inbound.csv"
    proof = Formula('HYPERLINK("x")', f"line 7 · SHA-256 {'cd' * 32}")
    rule = "claim_window_latest.lost_inbound.US.2010-01-01"
    records = replace(
        records,
        evidence=[*records.evidence[:1], {**records.evidence[1], "Sheet or file": file, "Link": proof}],
        claims=[{**c, "Policy": f"{rule} = 9 months; confidence: medium evidence"} for c in records.claims],
        periods=[("reimbursements", "184 rows 2025-11-28 to 2026-11-06", "2025-11-15:2026-11-14")],
    )
    told = manifest(packed(records, home))
    assert told["sources"] == [
        {"name": "Inbound Shipments", "is": "tab", "sha256": "ab" * 32, "rows": [0]},
        {"name": file, "is": "file", "sha256": "cd" * 32, "rows": [100]},
    ]
    assert [(r["rule"], r["value"], r["unit"]) for r in told["policy"]] == [
        ("case_text_limit.inbound.all.2010-01-01", 2000, "characters"),
        (rule, 9, "months"),
    ]
    assert told["policy"][0]["certainty"] == "inferred, not confirmed"
    assert told["reports_read"][0]["covers"] == "2025-11-15:2026-11-14"
    assert (told["as_of"], told["workbook_version"]) == ("2026-11-15", WORKBOOK_VERSION)
    assert told["recoup_version"]


def test_a_pack_made_again_is_the_same_to_the_byte_whatever_the_order_of_the_rows(home: Path) -> None:
    records = shipment()
    mixed = replace(
        records,
        claims=list(reversed(records.claims)),
        evidence=list(reversed(records.evidence)),
        documents=list(reversed(records.documents)),
    )
    assert packed(records, home).files == packed(mixed, home).files


def test_a_pack_is_the_same_in_another_process_on_another_day(home: Path) -> None:
    code = (
        f"import sys, hashlib, pathlib; sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "from test_evidence_pack import packed, shipment\n"
        f"files = packed(shipment(), pathlib.Path({str(home)!r})).files\n"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())\n"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    here = hashlib.sha256(repr(sorted(packed(shipment(), home).files.items())).encode()).hexdigest()
    assert done.stdout.strip() == here


def rows_of(pack: Pack, sheet: str) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(pack.files["C-LI-000000AAAA evidence.xlsx"]))
    return list(book[sheet].iter_rows(values_only=True))


def test_the_rows_of_the_case_and_no_others_are_in_the_xlsx(home: Path) -> None:
    records = shipment()
    stranger = {**records.evidence[0], "Claim ID": "LW-OTHER", "Identifiers": "SKU SECRET"}
    pack = packed(replace(records, evidence=[*records.evidence, stranger]), home)
    rows = rows_of(pack, "Evidence")
    assert rows[0][:4] == ("Claim ID", "Role", "Sheet or file", "Row")
    assert [r[0] for r in rows[1:]] == [FIRST, "LI-000001AAAA"]
    assert [r[0] for r in rows_of(pack, "Claims")[1:]] == [FIRST, "LI-000001AAAA"]
    assert [r[0] for r in rows_of(pack, "Documents")[1:]] == ["INV-0", "POD-1"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_text_that_looks_like_a_formula_stays_text(home: Path, start: str) -> None:
    records = shipment()
    nasty = f'{start}HYPERLINK("http://x","y")'
    evidence = [{**e, "Identifiers": nasty, "Sheet or file": nasty} for e in records.evidence]
    claims = [{**c, "Product": nasty, "ASIN": "0012345678", "Reference ID": "1E5"} for c in records.claims]
    pack = packed(replace(records, evidence=evidence, claims=claims), home)
    book = load_workbook(BytesIO(pack.files["C-LI-000000AAAA evidence.xlsx"]))
    cell = next(c for c in book["Evidence"][2] if str(c.value).lstrip().startswith(start.strip() or "="))
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert {c.value for c in book["Claims"][2]} >= {"0012345678", "1E5"}
    assert "<a " not in pack.files["C-LI-000000AAAA summary.html"].decode()


def test_what_people_wrote_is_not_in_a_pack(home: Path) -> None:
    records, buyer = shipment(), "Jane Doe, 5 Elm Street"
    typed = {"Notes": buyer, "Amazon answer": buyer}
    cases = [{"Claim ID": c["Claim ID"], "Case": c["Case"], **typed} for c in records.claims]
    claims = [{**c, "Decision note": buyer, "My column": buyer} for c in records.claims]
    documents = [{**d, "Note": buyer} for d in records.documents]
    evidence = [{**e, "My column": buyer} for e in records.evidence]
    pack = packed(replace(records, cases=cases, claims=claims, documents=documents, evidence=evidence), home)
    for name, content in pack.files.items():
        assert b"Jane" not in content, name
    for sheet in ("Evidence", "Claims", "Documents"):
        assert "Jane" not in str(rows_of(pack, sheet))


def test_markup_in_a_cell_is_shown_not_run(home: Path) -> None:
    records = shipment()
    claims = [
        {**c, "Why": "<script>alert(1)</script> Reimbursements read to 2026-11-14"} for c in records.claims
    ]
    page = packed(replace(records, claims=claims), home).files["C-LI-000000AAAA summary.html"].decode()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert not re.search(r"https?://|src=|href=", page)


# --- documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("papers/gone.pdf", "papers/gone.pdf is not there: correct the path"),
        ("papers", "papers is no file: list the file itself"),
        ("https://drive.example/inv.pdf", "is a link to a site: download it and list the file"),
        ("", "no path is not said: list the file"),
        ("papers/id_rsa", "papers/id_rsa is not copied: Amazon takes PDF, JPG, JPEG, PNG, TIFF"),
        ("papers/list.xlsx", "papers/list.xlsx is not copied: Amazon takes PDF"),
        ("papers/link.pdf", "papers/link.pdf is not copied: Amazon takes PDF"),
    ],
)
def test_a_document_that_cannot_be_in_the_pack_is_named(home: Path, path: str, says: str) -> None:
    for name in ("id_rsa", "list.xlsx"):
        (home / "papers" / name).write_bytes(b"secret")
    (home / "papers" / "link.pdf").symlink_to(home / "papers" / "id_rsa")
    pack = packed(shipment(**{"Document ID": "X-1", "Path or link": path}), home)
    assert (
        len(pack.problems) == 1 and says in pack.problems[0] and "Documents, X-1 (other)" in pack.problems[0]
    )
    assert not any(b"secret" in content for content in pack.files.values())
    told = next(d for d in manifest(pack)["documents"] if d["id"] == "X-1")
    assert told["copied_as"] is None
    assert "Not in this pack: other X-1" in pack.files["C-LI-000000AAAA summary.html"].decode()


def test_a_document_outside_the_folder_is_copied_from_where_it_was_listed_and_its_path_told_to_nobody(
    home: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "Anna private" / "photo one.png"
    outside.parent.mkdir()
    outside.write_bytes(b"a photo")
    for listed in (str(outside), "../Anna private/photo one.png", f'"{outside}"'):
        pack = packed(shipment(**{"Document ID": "X-1", "Path or link": listed}), home)
        assert pack.files["documents/photo one.png"] == b"a photo"
        assert not any(b"Anna" in content for content in pack.files.values())


def test_a_windows_path_is_found_on_any_system(home: Path) -> None:
    pack = packed(shipment(**{"Document ID": "X-1", "Path or link": "papers\\more\\a.pdf"}), home)
    assert "is not there" in pack.problems[0]
    (home / "papers" / "more").mkdir()
    (home / "papers" / "more" / "a.pdf").write_bytes(b"a")
    assert (
        packed(shipment(**{"Document ID": "X-1", "Path or link": "papers\\more\\a.pdf"}), home).problems == ()
    )


def test_two_documents_of_one_name_are_both_there_and_one_listed_twice_is_there_once(home: Path) -> None:
    (home / "more").mkdir()
    (home / "more" / "INV.pdf").write_bytes(b"another")
    pack = packed(shipment(**{"Document ID": "X-1", "Path or link": "more/INV.pdf"}), home)
    assert pack.files["documents/inv.pdf"] == PDF
    assert pack.files["documents/INV (2).pdf"] == b"another"
    again = packed(shipment(**{"Document ID": "X-1", "Path or link": "papers/inv.pdf"}), home)
    assert sorted(n for n in again.files if n.startswith("documents/")) == [
        "documents/inv.pdf",
        "documents/pod.jpg",
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("C-LW-1", "C-LW-1"),
        ("..", "_"),
        ("a/b\\c:d*e?.pdf", "a_b_c_d_e_.pdf"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("name. ", "name"),
        ("two\nlines.pdf", "two lines.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
    ],
)
def test_names_are_safe_on_windows(name: str, safe: str) -> None:
    assert safe_name(name) == safe


# --- the folder ---------------------------------------------------------------------------------------------------


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_pack_is_written_once_and_found_unchanged_again(home: Path, tmp_path: Path) -> None:
    pack = packed(shipment(), home)
    folder, written = write_pack(pack, tmp_path / "packs")
    assert written and folder == tmp_path / "packs" / "C-LI-000000AAAA"
    assert everything(tmp_path / "packs") == {f"C-LI-000000AAAA/{n}": c for n, c in pack.files.items()}
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    assert write_pack(pack, tmp_path / "packs") == (folder, False)
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "mine.txt").write_text("x"), "holds mine.txt, which is not of this pack"),
        (
            lambda f: (f / "documents" / "inv.pdf").write_bytes(b"new"),
            "already with another documents/inv.pdf",
        ),
        (lambda f: (f / "documents" / "inv.pdf").unlink(), "already and lacks documents/inv.pdf"),
    ],
)
def test_a_folder_with_anything_else_is_refused_and_left_alone(
    home: Path, tmp_path: Path, spoil: Any, says: str
) -> None:
    pack = packed(shipment(), home)
    folder, _ = write_pack(pack, tmp_path / "packs")
    spoil(folder)
    before = everything(tmp_path)
    with pytest.raises(RecoupError, match=re.escape(says)):
        write_pack(pack, tmp_path / "packs")
    assert everything(tmp_path) == before


def test_a_document_that_changed_since_is_named(home: Path, tmp_path: Path) -> None:
    write_pack(packed(shipment(), home), tmp_path / "packs")
    (home / "papers" / "pod.jpg").write_bytes(b"another photo")
    with pytest.raises(RecoupError, match=r"documents/pod\.jpg"):
        write_pack(packed(shipment(), home), tmp_path / "packs")


def test_a_file_in_the_folders_place_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "C-LI-000000AAAA").write_text("mine")
    with pytest.raises(RecoupError, match="is a file"):
        write_pack(packed(shipment(), home), tmp_path / "packs")


def test_a_write_that_fails_leaves_nothing_behind(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(RecoupError, match="No space left"):
        write_pack(packed(shipment(), home), tmp_path / "packs")
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_text_that_is_not_complete_says_so_in_the_pack(home: Path) -> None:
    records = replace(shipment(), documents=[])
    pack = packed(records, home)
    kept = pack.files["C-LI-000000AAAA text.txt"].decode()
    assert kept.startswith("NOT COMPLETE, do not send. Missing:\n- Documents: no proof of delivery")
    assert "Missing: Documents: no proof of delivery" in pack.files["C-LI-000000AAAA summary.html"].decode()


def test_a_long_case_stays_on_one_page_and_says_where_the_rest_is(home: Path) -> None:
    dossier = assemble(big_shipment(60), [FIRST])
    pack = build_pack(dossier, write_text(dossier), home=home, tabs={})
    page = pack.files["C-LI-000000AAAA summary.html"].decode()
    assert page.count("<tr>") == 24 and "46 more rows: see C-LI-000000AAAA evidence.xlsx" in page
    assert len(rows_of(pack, "Evidence")) == 61


# --- the commands -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbooks.refreshed_book(tmp_path_factory.mktemp("papers"))


def test_the_commands_print_a_text_and_write_a_pack_and_leave_the_workbook_alone(
    book: Path, tmp_path: Path, recoup: Recoup
) -> None:
    before = book.read_bytes()
    claim_id = str(workbooks.claim_of(book, "X00LOST01A")["Claim ID"])
    said = recoup("case", book, claim_id, "--language", "de")
    assert said.code == 0, said.err
    assert said.out.startswith("Im Logistikzentrum verlorene Einheiten – FNSKU: X00LOST01A\n")
    assert "of 2000 characters" in said.err and "Inventory Defect" in said.err
    made = recoup("pack", book, claim_id, "--to", tmp_path / "packs")
    assert made.code == 0, made.err
    assert made.out.startswith(f"Wrote {tmp_path / 'packs' / f'C-{claim_id}'} (4 files)")
    assert recoup("pack", book, claim_id, "--to", tmp_path / "packs").out.startswith("Unchanged:")
    told = json.loads((tmp_path / "packs" / f"C-{claim_id}" / "manifest.json").read_text())
    assert [s["name"] for s in told["sources"]] == ["Inventory Ledger", "Sourcing Costs"]
    assert all(re.fullmatch(r"[0-9a-f]{64}", s["sha256"]) for s in told["sources"])
    assert book.read_bytes() == before


def test_a_text_that_is_not_complete_exits_with_1_and_a_wrong_word_with_2(book: Path, recoup: Recoup) -> None:
    claim_id = str(workbooks.claim_of(book, "X00LOST01A")["Claim ID"])
    chase = recoup("case", book, claim_id, "--purpose", "chase")
    assert chase.code == 1
    assert chase.out.startswith("NOT COMPLETE, do not send. Missing:\n- Cases: case C-")
    for words, says in (
        (["--purpose", "beg"], "--purpose beg: choose one of file, chase, answer, appeal."),
        (["--language", "nl"], "No case texts are written in nl; choose one of en (English)"),
        (["--purpose", "appeal", "--reason", "rain"], "--reason rain: choose one of"),
    ):
        wrong = recoup("case", book, claim_id, *words)
        assert wrong.code == 2 and says in wrong.err and wrong.out == ""
    nobody = recoup("case", book, "LW-NOBODY")
    assert nobody.code == 2 and "there is no claim LW-NOBODY; copy the id from Claims" in nobody.err


def test_json_gives_the_text_with_its_limit(book: Path, recoup: Recoup) -> None:
    claim_id = str(workbooks.claim_of(book, "X00LOST01A")["Claim ID"])
    told = json.loads(recoup("case", book, claim_id, "--json").out)
    assert told["complete"] and told["limit"] == 2000 and told["text"].startswith("Units lost")


def test_the_documents_tab_of_a_workbook_is_read_relative_to_the_workbook(tmp_path: Path) -> None:
    book = workbooks.refreshed_book(tmp_path)
    claim = workbooks.claim_of(book, "X00DAMG01A")
    (tmp_path / "photo.png").write_bytes(b"a photo")
    opened = open_workbook(book)
    headings = ["Document ID", "Kind", "Applies to", "Date", "Path or link", "Note"]
    row = ["D-1", "photo", str(claim["Reference ID"]), "2026-10-02", "photo.png", "hers"]
    opened.write_tab("Documents", [headings, row])
    opened.save(book)
    pack, text, folder, _ = pack_case(
        book, [str(claim["Claim ID"])], tmp_path / "packs", purpose="file", language="", reason=""
    )
    assert (folder / "documents" / "photo.png").read_bytes() == b"a photo"
    assert "- photo D-1 (2026-10-02)" in text.text.splitlines()
    assert pack.problems == ()
    shutil.rmtree(folder)


def test_an_evidence_day_is_a_day_in_the_xlsx(home: Path) -> None:
    row = rows_of(packed(shipment(), home), "Evidence")[1]
    assert row[4].date() == date(2026, 9, 1)
