"""Renders workbooks through LibreOffice, so that tests and people can look at them without Excel."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest

from recoup.books import open_book

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""
SECONDS = 180


def render(pdf: Path, dpi: int = 70) -> list[Path]:
    """One PNG per printed page; skips the test where the tools are absent."""
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-png", pdf, pdf.with_suffix("")],
        check=True,
        timeout=SECONDS,
        capture_output=True,
    )
    return sorted(pdf.parent.glob(f"{pdf.stem}*.png"))


def pixels(pdf: Path, dpi: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The first printed page as rows of red, green and blue."""
    done = subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-f", "1", "-l", "1", pdf],
        check=True,
        timeout=SECONDS,
        capture_output=True,
    )
    _, size, _, data = done.stdout.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def showing_only(book: Path, sheets: Collection[str], to: Path) -> Path:
    """A copy of a workbook that prints these sheets alone."""
    opened = open_book(book, keep=0)
    for name in sheets:
        opened.set_visible(name, True)
    for name in opened.sheet_names():
        if name not in sheets:
            opened.set_visible(name, False)
    return opened.save(to)


def page_texts(pdf: Path) -> list[str]:
    """The words of each printed page, as drawn: a column that is too narrow shows ``###``."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, timeout=SECONDS, capture_output=True, text=True
    )
    return done.stdout.split("\f")


def convert(book: Path, kind: str) -> Path:
    """The workbook opened, recalculated and saved by LibreOffice as ``kind`` ("pdf", "xlsx"), in a folder beside it."""
    return convert_all([book], kind)[0]


def convert_all(books: Sequence[Path], kind: str) -> list[Path]:
    """The workbooks of one folder, converted by one start of LibreOffice."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("soffice (libreoffice-calc) is not installed")
    out = books[0].parent / f"{books[0].stem}-{kind}"
    made = [out / f"{book.stem}.{kind}" for book in books]
    with tempfile.TemporaryDirectory(prefix="recoup-office-", ignore_cleanup_errors=True) as folder:
        profile = Path(folder)
        (profile / "user").mkdir()
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind]
        done = subprocess.run(
            [*command, "--outdir", str(out), *map(str, books)],
            check=False,
            timeout=SECONDS,
            capture_output=True,
            text=True,
        )
    lost = [book.name for book, result in zip(books, made, strict=True) if not result.exists()]
    if lost:
        raise AssertionError(f"LibreOffice could not open {', '.join(lost)}: {done.stdout} {done.stderr}")
    return made
