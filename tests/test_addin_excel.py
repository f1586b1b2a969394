"""The add-in in real Excel on Windows: it opens, compiles and keeps to its own sheet. Run there: pytest -m excel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostile_folder import HARMLESS, HOSTILE, make_hostile_folder
from recoup import __version__
from recoup.addin.settings import Settings
from recoup.addin.sources import read_modules
from recoup.addin.xlam import build_addin

VBA = Path(__file__).parents[1] / "addin" / "vba"
PYTHON = Path(sys.executable).with_name("pythonw.exe")

pytestmark = [
    pytest.mark.excel,
    pytest.mark.skipif(sys.platform != "win32", reason="needs real Excel on Windows"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hostile_folder(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def excel(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A second Excel, unseen, with the add-in open."""
    import xlwings

    addin = tmp_path_factory.mktemp("addin") / "recoup.xlam"
    addin.write_bytes(build_addin(read_modules(VBA), Settings(interpreter_win=str(PYTHON))))
    with xlwings.App(visible=False, add_book=False) as app:
        app.display_alerts = False
        app.api.Workbooks.Open(str(addin))
        yield app


def run(excel: Any, procedure: str, *arguments: str) -> Any:
    return excel.api.Run(f"recoup.xlam!{procedure}", *arguments)


def test_excel_opens_the_addin_as_one_and_compiles_each_module(excel: Any) -> None:
    assert excel.api.Workbooks("recoup.xlam").IsAddin
    assert run(excel, "RecoupPython.Recoup_Setting", "RECOUP_VERSION") == __version__
    assert run(excel, "RecoupSystem.Recoup_InterpreterName") == "INTERPRETER_WIN"
    assert run(excel, "RecoupSystem.Recoup_FileExists", str(PYTHON)) is True
    assert run(excel, "RecoupPython.Recoup_BookName") == "", "no workbook is open but the add-in"


@pytest.mark.parametrize("book", [HARMLESS, HOSTILE])
def test_a_click_would_start_its_own_python_whatever_workbook_is_in_front(
    excel: Any, folder: Path, book: str
) -> None:
    opened = excel.books.open(folder / book)
    opened.activate()
    try:
        assert run(excel, "RecoupPython.Recoup_BookName") == book
        assert run(excel, "RecoupPython.Recoup_Problem", "refresh_claims") == ""
        line = run(excel, "RecoupPython.Recoup_CommandLine", "refresh_claims")
        assert line == f'"{PYTHON}" -E -P -m recoup.macros refresh_claims'
    finally:
        opened.close()


def test_a_formula_of_another_workbook_cannot_call_into_the_addin(excel: Any) -> None:
    book = excel.books.add()
    try:
        cell = book.sheets[0]["A1"]
        for formula in ('=Recoup_Setting("RECOUP_VERSION")', '=recoup.xlam!Recoup_Launch("tidy_claims")'):
            cell.formula = formula
            assert cell.api.Text.startswith("#"), formula
    finally:
        book.close()
