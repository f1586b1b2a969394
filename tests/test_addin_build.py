"""The committed add-in: what its sources make, always the same bytes, and read back without them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import fastexcel
import pytest

from recoup.addin.committed import made_from
from recoup.addin.settings import SHEET, Settings
from recoup.addin.sources import read_modules
from recoup.addin.xlam import build_addin
from recoup.model import RecoupError
from vba_reader import project_in, read_project

ROOT = Path(__file__).parents[1]
ADDIN = ROOT / "addin"
BUILT = ADDIN / "recoup.xlam"
MODULES = sorted((ADDIN / "vba").iterdir())
MADE = ("ribbon.xml", "vba/RecoupFunctions.bas", "vba/RecoupHelp.bas", "recoup.xlam")
PYTHON = r"C:\Users\Zoë & Söhne\recoup\Scripts\pythonw.exe"


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(BUILT) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("name", MADE)
def test_the_committed_file_is_what_its_sources_make(name: str) -> None:
    made = made_from(ADDIN)[ADDIN / name]
    assert made == (ADDIN / name).read_bytes(), (
        f"addin/{name} is stale: run `recoup addin build` and commit it"
    )


def test_the_command_makes_the_same_bytes_elsewhere_and_later(tmp_path: Path) -> None:
    shutil.copytree(ADDIN / "vba", tmp_path / "x" / "vba")
    command = [sys.executable, "-m", "recoup.cli", "addin", "build", "x"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"Made {Path('x', n)}." for n in MADE]
    assert (tmp_path / "x" / "recoup.xlam").read_bytes() == BUILT.read_bytes()


def test_the_text_of_every_source_is_read_back_as_it_was() -> None:
    codes = read_project(project_in(BUILT))
    sources = {file.name: file.read_text() for file in MODULES}
    documents = {"ThisWorkbook.cls", "RecoupSettings.cls"}
    assert codes.keys() == sources.keys() | documents
    modules = {n: t for n, t in sources.items() if n.endswith(".bas")}
    assert {name: codes[name] for name in modules} == modules
    assert {n: _code(codes[n]) for n in documents} == dict.fromkeys(documents, "")
    classes = sources.keys() - modules.keys()
    assert classes and all(_code(codes[n]) == _code(sources[n].split("END\n", 1)[1]) for n in classes)


def _code(text: str) -> str:
    return re.sub(r"(?m)^Attribute .*\n", "", text)


def test_every_part_has_a_type_and_every_relation_a_target(parts: dict[str, bytes]) -> None:
    types = ET.fromstring(parts["[Content_Types].xml"])
    typed = {e.get("PartName", "").lstrip("/") for e in types}
    endings = tuple(f".{e.get('Extension')}" for e in types if e.get("Extension"))
    assert [n for n in parts if n not in typed and not n.endswith(endings)] == []
    assert typed - {""} <= parts.keys()
    targets = {e.get("Target") for e in ET.fromstring(parts["_rels/.rels"])}
    targets |= {f"xl/{e.get('Target')}" for e in ET.fromstring(parts["xl/_rels/workbook.xml.rels"])}
    assert targets == {n for n in parts if not n.endswith((".rels", "[Content_Types].xml"))}


def test_the_code_names_of_book_and_sheet_are_modules_of_the_project(parts: dict[str, bytes]) -> None:
    names = re.findall(rb'codeName="(\w+)"', parts["xl/workbook.xml"] + parts["xl/worksheets/sheet1.xml"])
    assert [f"{n.decode()}.cls" for n in names] == ["ThisWorkbook.cls", "RecoupSettings.cls"]
    assert {"ThisWorkbook.cls", "RecoupSettings.cls"} <= read_project(parts["xl/vbaProject.bin"]).keys()


def test_the_ribbon_inside_is_the_committed_one(parts: dict[str, bytes]) -> None:
    assert parts["customUI/customUI14.xml"] == (ADDIN / "ribbon.xml").read_bytes()


def test_nothing_of_the_machine_or_the_day_is_in_the_file(parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(BUILT) as package:
        assert {(i.date_time, i.create_system, i.compress_type) for i in package.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0, zipfile.ZIP_STORED)
        }
    assert b"dcterms" not in parts["docProps/core.xml"]


def test_the_settings_are_read_back_as_they_were_given() -> None:
    settings = Settings(interpreter_win=PYTHON, interpreter_mac="/Users/zoë/<env>/bin/python")
    file = build_addin(read_modules(ADDIN / "vba"), settings)
    frame = fastexcel.read_excel(file).load_sheet(SHEET, header_row=None).to_pandas().fillna("")
    rows = [tuple(row) for row in frame.to_numpy().tolist()]
    assert rows == settings.rows() and rows[2][:2] == ("INTERPRETER_WIN", PYTHON)


def test_the_committed_file_names_no_interpreter() -> None:
    assert made_from(ADDIN)[BUILT] == build_addin(read_modules(ADDIN / "vba"), Settings("", ""))


def test_a_setting_that_no_sheet_can_hold_is_refused() -> None:
    with pytest.raises(RecoupError, match="cannot hold"):
        build_addin([], Settings("C:\\\x07\\python.exe"))


def test_a_folder_without_vba_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "recoup.cli", "addin", "build"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "holds no VBA" in done.stderr and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_source_must_be_named_like_its_file(tmp_path: Path) -> None:
    (tmp_path / "New.bas").write_text('Attribute VB_Name = "Old"\n')
    with pytest.raises(RecoupError, match='begin it with Attribute VB_Name = "New"'):
        read_modules(tmp_path)


def test_a_class_as_excel_exports_it_is_read(tmp_path: Path) -> None:
    head = "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n"
    (tmp_path / "Click.cls").write_text(
        f'{head}Attribute VB_Name = "Click"\nAttribute VB_Exposed = False\nPublic Tag As String\n'
    )
    (module,) = read_modules(tmp_path)
    assert (module.name, module.code) == ("Click", "Public Tag As String\n")


def test_a_source_that_is_not_plain_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vba").mkdir()
    (tmp_path / "vba" / "New.bas").write_bytes(b'Attribute VB_Name = "New"\r\n\' caf\xe9\r\n')
    with pytest.raises(RecoupError, match="New, line 1: write it with plain ASCII characters"):
        made_from(tmp_path)
