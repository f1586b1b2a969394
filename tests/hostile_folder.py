"""A folder from which an add-in may take nothing: settings, programs and modules in a workbook and beside it."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from recoup.addin.settings import SHEET

HARMLESS, HOSTILE = "Claims.xlsx", "Claims & 100% %PATH% 'x' $(id).xlsx"
EVIL = "/evil/python"
SETTINGS = {"INTERPRETER_WIN": EVIL, "INTERPRETER": EVIL, "PYTHONPATH": "/evil", "SHOW CONSOLE": "True"}
SHEETS = ["Claims", SHEET, "recoup.conf", "_xlwings.conf", "RecoupSettings", "x.py", "recoup.py", "macros.py"]
MODULES = ["recoup", "xlwings", "x", "macros", "sitecustomize", "usercustomize", "json", "recoup/macros"]


def make_hostile_folder(folder: Path) -> Path:
    """Two workbooks, one of them hostile, and everything that tools like xlwings would read beside a workbook."""
    conf = "".join(f'"{name}","{value}"\n' for name, value in SETTINGS.items())
    for name in ("xlwings.conf", "recoup.conf", ".xlwings/xlwings.conf", ".recoup/recoup.conf"):
        _write(folder / name, conf)
    for name in MODULES:
        _write(folder / f"{name}.py", "raise SystemExit('taken from the folder of the workbook')\n")
    _write(folder / "pyvenv.cfg", f"home = {EVIL}\n")
    for name in ("python", "pythonw.exe", "python.exe"):
        _write(folder / name, "#!/bin/sh\necho taken from the folder of the workbook\n")
        (folder / name).chmod(0o755)
    _make_workbook(folder / HARMLESS, SHEETS[:1])
    _make_workbook(folder / HOSTILE, SHEETS)
    return folder


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _make_workbook(path: Path, sheets: list[str]) -> None:
    with xlsxwriter.Workbook(path) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for row, setting in enumerate(SETTINGS.items() if name != SHEETS[0] else ()):
                sheet.write_row(row, 0, setting)
        if len(sheets) > 1:
            book.define_name("INTERPRETER_WIN", f'="{EVIL}"')
